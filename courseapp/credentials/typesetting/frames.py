"""The frames around certificates, as SVG: drawn once for each colour."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import cos, radians, sin
from typing import Final

_WIDTH: Final = 297.0
_HEIGHT: Final = 210.0
PAPER: Final = "#fffdf8"

# The braid, in millimetres: how far its middle is from the edge, the part that corners take, a half wave, and how
# far its threads swing to either side.
_MIDDLE: Final = 11.4
_CORNER: Final = 4.0
_WAVE: Final = 5.2
_SWINGS: Final = (-2.1, -1.26, -0.46, 0.46, 1.26, 2.1)
_ROSETTE: Final = 2.9


@lru_cache(maxsize=64)
def frame_svg(accent: str, *, small: bool) -> str:
    """Return a page's background: a braid as on old share certificates, or two thin lines on the smaller sibling."""
    if small:
        drawn = _ruled(13.0, 0.32, accent) + _ruled(14.4, 0.12, accent)
    else:
        threads = " ".join(_threads())
        circles = "".join(_rosettes())
        drawn = (
            _ruled(7.8, 0.4, accent)
            + _ruled(15.0, 0.14, accent)
            + f'<g fill="none" stroke="{accent}" stroke-width="0.1"><path d="{threads}"/>{circles}</g>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}">'
        f'<path fill="{PAPER}" d="M0 0H{_WIDTH:g}V{_HEIGHT:g}H0z"/>{drawn}</svg>'
    )


def _ruled(inset: float, line: float, accent: str) -> str:
    return (
        f'<rect x="{inset:g}" y="{inset:g}" width="{_WIDTH - 2 * inset:g}" '
        f'height="{_HEIGHT - 2 * inset:g}" fill="none" stroke="{accent}" stroke-width="{line:g}"/>'
    )


def _threads() -> Iterator[str]:
    """Yield the braid's threads as parts of one path: half waves to either side in turn."""
    start = _MIDDLE + _CORNER
    for across, length in ((True, _WIDTH - 2 * start), (False, _HEIGHT - 2 * start)):
        count = round(length / _WAVE)
        step = length / count
        for edge in (_MIDDLE, (_HEIGHT if across else _WIDTH) - _MIDDLE):
            for swing in _SWINGS:
                yield f"M{_point(start, edge, across=across)}"
                for wave in range(count):
                    # With these control points a cubic follows a sine to the eye.
                    pull = swing * 4 / 3 * (-1) ** wave
                    first = _point(step * 0.3642, pull, across=across)
                    second = _point(step * 0.6358, pull, across=across)
                    yield f"c{first} {second} {_point(step, 0, across=across)}"


def _point(along: float, beside: float, *, across: bool) -> str:
    x, y = (along, beside) if across else (beside, along)
    return f"{x:.3f} {y:.3f}"


def _rosettes() -> Iterator[str]:
    for x in (_MIDDLE, _WIDTH - _MIDDLE):
        for y in (_MIDDLE, _HEIGHT - _MIDDLE):
            for petal in range(12):
                turn = radians(30 * petal)
                yield (
                    f'<circle cx="{x + _ROSETTE / 2 * cos(turn):.3f}" '
                    f'cy="{y + _ROSETTE / 2 * sin(turn):.3f}" r="{_ROSETTE / 2:g}"/>'
                )
