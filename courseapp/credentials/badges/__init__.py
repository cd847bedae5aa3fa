"""The pictures of badges: one for each course and one for each of its modules, drawn here."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from lxml import etree

from courseapp.core.types import JsonObject
from courseapp.credentials.badges.lettering import (
    Lettering,
    families_of,
    is_right_to_left,
    letter,
    plain,
)

_SVG: Final = "{http://www.w3.org/2000/svg}"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_HERE: Final = Path(__file__).parent
# The modules' pictograms are drawn there, for pages and badges alike.
_SHARED_TEMPLATES: Final = _HERE.parents[1] / "templates"
_LOBES: Final = 24
# Where words may stand on the plaque: below the medal, which hangs over its edge.
_PLAQUE_MIDDLE: Final = 422
_PLAQUE_HEIGHT: Final = 140
# The first one comes with Typst: pictures in pixels look the same on every machine.
_FAMILIES: Final = (
    "Libertinus Serif",
    "Iowan Old Style",
    "Palatino Linotype",
    "Palatino",
    "Noto Serif",
    "Georgia",
)
# Typst's compiler keeps its fonts between runs; it is not safe to share without turns.
_compiling: Final = Lock()


@dataclass(frozen=True, slots=True)
class _Accent:
    """A module's colour, and the light shade of it that stands behind drawings."""

    colour: str
    tint: str


# As in the style sheet, where pages take them from; a picture has to bring its own.
_ACCENTS: Final = {
    "plum": _Accent("#6d3b86", "#f4ecf8"),
    "clay": _Accent("#99451c", "#fbeee6"),
    "forest": _Accent("#28683f", "#e9f3ec"),
    "ocean": _Accent("#1d5f82", "#e6f1f6"),
    "wine": _Accent("#8a2846", "#f8ebef"),
}


@dataclass(frozen=True, slots=True)
class _Medal:
    """The outlines of a medal, around the origin; `middle` is its height in the picture."""

    face: int
    rim: str
    second_rim: str
    half_lobe: float
    heads: Sequence[tuple[float, float]]
    stem: str
    leaves: Sequence[tuple[float, float, float]]
    middle: int = 174


@dataclass(frozen=True, slots=True)
class _Words:
    """A text on the plaque: its lines, each with the height of its baseline."""

    size: int
    lines: Sequence[tuple[float, str]]
    families: Sequence[str]
    is_right_to_left: bool


def badge_svg(*, title: str, pictogram: str | None, accent: str, language: str, issuer: str) -> str:
    """Draw a badge: a medal with a module's pictogram, or a course's emblem, over a plaque with its title.

    The same bytes for the same words. Nothing in it is fetched from elsewhere.
    """
    title, issuer = plain(title), plain(issuer)
    return _template().render(
        title=title,
        issuer=issuer,
        language=language,
        pictogram=pictogram,
        accent=_ACCENTS[accent],
        medal=_medal(is_course=pictogram is None),
        words=_on_plaque(title, issuer, language),
    )


def badge_png(svg: str) -> bytes:
    """Return a badge that was drawn here as a PNG, its ground transparent: the same bytes each time."""
    drawing = etree.fromstring(svg)
    words = [_take_words(group) for group in drawing.findall(f"{_SVG}g[@font-family]")]
    inputs = {
        "drawing": etree.tostring(drawing, encoding="unicode"),
        "words": json.dumps(words, ensure_ascii=False),
    }
    with _compiling:
        # Points of the page are pixels of the picture.
        png = _compiler().compile(format="png", ppi=72, sys_inputs=inputs)
    if not isinstance(png, bytes):
        raise TypeError("Typst returned no single picture")
    return png


def _take_words(group: etree._Element) -> JsonObject:
    """Take lines of text out of a drawing, and tell how they are to be set."""
    lines = [
        {"y": float(line.get("y", "")), "text": line.text or ""}
        for line in group.findall(f"{_SVG}text")
    ]
    families = [family.strip(" '") for family in group.get("font-family", "").split(",")]
    for line in list(group):
        group.remove(line)
    return {
        "lines": lines,
        "families": families,
        "size": float(group.get("font-size", "")),
        "weight": int(group.get("font-weight", "400")),
        "fill": group.get("fill", ""),
        # Typst takes the language without its script or region.
        "language": group.get(_LANGUAGE, "").partition("-")[0],
        "right-to-left": group.get("direction") == "rtl",
    }


def _on_plaque(title: str, issuer: str, language: str) -> Sequence[_Words]:
    """Set title and issuer, and centre both together on the plaque."""
    below = letter(issuer, width=400, height=36, sizes=range(18, 11, -1))
    gap = 8 if below.lines else 0
    above = letter(
        title, width=416, height=_PLAQUE_HEIGHT - gap - below.height, sizes=range(38, 12, -1)
    )
    top = _PLAQUE_MIDDLE - (above.height + gap + below.height) / 2
    return [
        _words(title, language, above, top),
        _words(issuer, language, below, top + above.height + gap),
    ]


def _words(text: str, language: str, lettering: Lettering, top: float) -> _Words:
    return _Words(
        lettering.size,
        [(round(top + baseline, 2), line) for baseline, line in lettering.placed],
        [*families_of(text, language), *_FAMILIES],
        is_right_to_left(text),
    )


@cache
def _medal(*, is_course: bool) -> _Medal:
    radius = 138.0 if is_course else 149.0
    bend = 97.0
    # Leaves in pairs along the stem, and one at its tip.
    leaves = [
        (round(degrees - 90 + lean, 2), *_around(degrees / 360, bend))
        for degrees in range(104, 170, 12)
        for lean in (-34, 34)
    ]
    foot, tip = _around(172 / 360, bend), _around(92 / 360, bend)
    return _Medal(
        face=118 if is_course else 128,
        rim=_scalloped(radius),
        second_rim=_scalloped(151.0) if is_course else "",
        half_lobe=180 / _LOBES,
        heads=[_around(lobe / _LOBES, radius + 1.5) for lobe in range(_LOBES)],
        stem=f"M{foot[0]} {foot[1]}A{bend} {bend} 0 0 0 {tip[0]} {tip[1]}",
        leaves=[*leaves, (0.0, *tip)],
    )


def _around(turn: float, radius: float) -> tuple[float, float]:
    """Return a point on a circle around the origin, from the top and clockwise."""
    angle = 2 * math.pi * turn
    return round(radius * math.sin(angle), 2), round(-radius * math.cos(angle), 2)


def _scalloped(radius: float) -> str:
    """Return the outline of a disc with a rim of round lobes, around the origin."""
    points = [_around((number + 0.5) / _LOBES, radius) for number in range(_LOBES)]
    reach = round(radius * math.sin(math.pi / _LOBES) * 1.06, 2)
    arcs = "".join(f"A{reach} {reach} 0 0 1 {x} {y}" for x, y in points)
    x, y = points[-1]
    return f"M{x} {y}{arcs}Z"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader([_HERE, _SHARED_TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("badge.svg.j2")


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_HERE / "badge.typ"))
