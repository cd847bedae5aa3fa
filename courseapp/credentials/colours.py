"""The accent colour of an organization's certificates: whoever prints or reads them must be able to see it."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import InvalidInput

# What the accent stands on: the certificate's paper (typesetting/frames.py), and a page.
PAPER: Final = "#fffdf8"
WHITE: Final = "#ffffff"
# WCAG 2.2, success criterion 1.4.3: the issuer's name is set in the accent, in ordinary letters.
LEAST_CONTRAST: Final = 4.5

_HEX: Final = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE | re.ASCII)


def check_accent(text: str) -> str:
    """Return a colour that reads well on paper and on white; raises InvalidInput for `accent`."""
    colour = parse_colour(text)
    if _reads_well(colour):
        return colour
    # Cut, not rounded: 4.497 must not be shown as the 4.5 that it is not.
    measured = int(_least_contrast(colour) * 100) / 100
    raise InvalidInput(
        {
            "accent": [
                _l(
                    "This colour is too light to read on a certificate: its contrast is %(measured)s"
                    " to 1, and at least %(least)s to 1 is needed. The nearest darker shade that"
                    " works is %(shade)s.",
                    measured=f"{measured:.2f}",
                    least=f"{LEAST_CONTRAST:g}",
                    shade=darkened(colour),
                )
            ]
        }
    )


def parse_colour(text: str) -> str:
    """Return `#rgb` or `#rrggbb` as `#rrggbb` in small letters; raises InvalidInput for `accent`."""
    typed = text.strip()
    if not _HEX.fullmatch(typed):
        raise InvalidInput(
            {
                "accent": [
                    _l("Write the colour as # and six digits or letters from a to f, like #8a2846.")
                ]
            }
        )
    digits = typed[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (`#rrggbb`), from 1 to 21.

    WCAG 2.2, "contrast ratio": https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def darkened(colour: str) -> str:
    """Return the lightest shade of a colour (`#rrggbb`), not lighter than itself, that reads well."""
    channels = _channels(colour)
    brightest = max(channels) or 1
    # Hue and saturation are ratios between the channels: to scale all three alike keeps both.
    shades = (
        "#" + "".join(f"{_scaled(channel, brightness, brightest):02x}" for channel in channels)
        for brightness in range(brightest, -1, -1)
    )
    # Black, the last of them, reads well.
    return next(shade for shade in shades if _reads_well(shade))


def _scaled(channel: int, brightness: int, brightest: int) -> int:
    # Rounded in whole numbers, halves up: the same everywhere.
    return (2 * channel * brightness + brightest) // (2 * brightest)


def _reads_well(colour: str) -> bool:
    return _least_contrast(colour) >= LEAST_CONTRAST


def _least_contrast(colour: str) -> float:
    return min(contrast(colour, ground) for ground in (PAPER, WHITE))


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance": https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:
        return channel / 12.92
    # float(): mypy takes a power of floats for Any.
    return float(((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
