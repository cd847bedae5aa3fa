"""SVG: what may stand in a drawing, what is harmless and left out, and what to do about the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from flask_babel import lazy_gettext as _l

SVG_NS: Final = "http://www.w3.org/2000/svg"
XLINK_NS: Final = "http://www.w3.org/1999/xlink"
XML_NS: Final = "http://www.w3.org/XML/1998/namespace"
# What drawing programs write for themselves: dropped with all that is in it.
EDITORS: Final = (
    "http://www.inkscape.org/namespaces/",
    "http://sodipodi.sourceforge.net/",
    "http://ns.adobe.com/",
    "http://www.bohemiancoding.com/sketch/",
    "http://www.serif.com/",
    "https://boxy-svg.com",
    "http://www.corel.com/",
)
LEFTOVER_ELEMENTS: Final = frozenset({"metadata"})
LEFTOVER_ATTRIBUTES: Final = frozenset({"version", "baseProfile", "class", "role", "lang"})
# They say something about text, or about effects that are refused where they are made.
LEFTOVER_PROPERTIES: Final = re.compile(
    r"-inkscape-.*|font|font-.*|text-.*|letter-spacing|word-spacing|line-height|writing-mode"
    r"|direction|unicode-bidi|white-space|kerning|glyph-orientation-.*|(?:dominant|alignment)-baseline"
    r"|baseline-shift|inline-size|shape-(?:inside|padding|margin|subtract)|solid-(?:color|opacity)"
    r"|flood-(?:color|opacity)|lighting-color|color-profile|enable-background|pointer-events"
    r"|image-rendering|color-interpolation-filters|user-select|background(?:-color)?"
)
# These change the drawing unless they say what would be so without them.
LEFTOVER_VALUES: Final = frozenset(
    {
        ("filter", "none"),
        ("isolation", "auto"),
        ("marker", "none"),
        ("marker-end", "none"),
        ("marker-mid", "none"),
        ("marker-start", "none"),
        ("mix-blend-mode", "normal"),
        ("clip", "auto"),
        ("transform-origin", "0 0"),
    }
)

MOST_NUMBER: Final = 1e6
# Each part of a pattern can match in one way only, so that no text takes long to compare.
_NUMBER: Final = r"[-+]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
NUMBERS: Final = re.compile(_NUMBER)
_COLOUR: Final = r"(?:[A-Za-z]{3,30}|#[0-9A-Fa-f]{3,8}|(?:rgb|hsl)a?\([-+0-9.,%/\s]*\))"
_LINK: Final = r"url\(\s*[\"']?#([^\s\"'()\\]+)[\"']?\s*\)"
_FUNCTION: Final = r"(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([-+0-9.eE,\s]*\)[\s,]*"


def _value(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:inherit|{pattern})\s*", re.ASCII)


LENGTH: Final = _value(rf"{_NUMBER}\s*(?:px|pt|pc|mm|cm|in|%)?")
LIST: Final = _value(r"none|[-+0-9.eE,\s]*")
_WORDS: Final = _value(r"[A-Za-z][A-Za-z -]{0,40}")
_PLAIN_COLOUR: Final = _value(_COLOUR)
_PAINT: Final = _value(rf"{_COLOUR}|{_LINK}(?:\s+{_COLOUR})?")
_NONE_OR_LINK: Final = _value(rf"none|{_LINK}")
TRANSFORM: Final = _value(rf"none|(?:{_FUNCTION})*")
PATH: Final = _value(r"none|[MmZzLlHhVvCcSsQqTtAa0-9eE+.,\s-]*")
_HREF: Final = re.compile(r"\s*#(\S+)\s*")

_Values: TypeAlias = Mapping[str, re.Pattern[str]]

PRESENTATION: Final[_Values] = {
    **dict.fromkeys(("fill", "stroke"), _PAINT),
    **dict.fromkeys(("color", "stop-color"), _PLAIN_COLOUR),
    **dict.fromkeys(
        (
            "opacity",
            "fill-opacity",
            "stroke-opacity",
            "stop-opacity",
            "stroke-width",
            "stroke-dashoffset",
            "stroke-miterlimit",
        ),
        LENGTH,
    ),
    **dict.fromkeys(
        (
            "fill-rule",
            "clip-rule",
            "stroke-linecap",
            "stroke-linejoin",
            "display",
            "visibility",
            "overflow",
            "shape-rendering",
            "color-interpolation",
            "color-rendering",
            "paint-order",
            "vector-effect",
            "mask-type",
        ),
        _WORDS,
    ),
    **dict.fromkeys(("clip-path", "mask"), _NONE_OR_LINK),
    "stroke-dasharray": LIST,
    "transform": TRANSFORM,
}
_GRADIENT: Final[_Values] = {
    "gradientUnits": _WORDS,
    "gradientTransform": TRANSFORM,
    "spreadMethod": _WORDS,
    "href": _HREF,
}


def _lengths(*names: str) -> _Values:
    return dict.fromkeys(names, LENGTH)


ELEMENTS: Final[Mapping[str, _Values]] = {
    "svg": {
        **_lengths("x", "y", "width", "height"),
        "viewBox": LIST,
        "preserveAspectRatio": _WORDS,
    },
    "g": {},
    "defs": {},
    "title": {},
    "desc": {},
    "path": {"d": PATH, "pathLength": LENGTH},
    "rect": _lengths("x", "y", "width", "height", "rx", "ry", "pathLength"),
    "circle": _lengths("cx", "cy", "r", "pathLength"),
    "ellipse": _lengths("cx", "cy", "rx", "ry", "pathLength"),
    "line": _lengths("x1", "y1", "x2", "y2", "pathLength"),
    "polyline": {"points": LIST, "pathLength": LENGTH},
    "polygon": {"points": LIST, "pathLength": LENGTH},
    "linearGradient": {**_GRADIENT, **_lengths("x1", "y1", "x2", "y2")},
    "radialGradient": {**_GRADIENT, **_lengths("cx", "cy", "r", "fx", "fy", "fr")},
    "stop": _lengths("offset"),
    "clipPath": {"clipPathUnits": _WORDS},
    "mask": {
        **_lengths("x", "y", "width", "height"),
        "maskUnits": _WORDS,
        "maskContentUnits": _WORDS,
    },
    "use": {**_lengths("x", "y", "width", "height"), "href": _HREF},
}
SHAPES: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
GRADIENTS: Final = frozenset({"linearGradient", "radialGradient"})
# What a link of this name may lead to.
TARGETS: Final[Mapping[str, frozenset[str]]] = {
    "fill": GRADIENTS,
    "stroke": GRADIENTS,
    "clip-path": frozenset({"clipPath"}),
    "mask": frozenset({"mask"}),
}
ADVICE: Final[Mapping[str, Any]] = {
    **dict.fromkeys(
        ("text", "tspan", "textPath", "font", "font-face"),
        _l(
            "Convert text to outlines (paths) in your drawing program, and save the file once more."
        ),
    ),
    "style": _l(
        "In your drawing program, save with “presentation attributes” instead of a style sheet."
    ),
    **dict.fromkeys(
        ("image", "foreignObject"),
        _l("A logo that holds pictures is better sent as PNG."),
    ),
    **dict.fromkeys(
        ("filter", "pattern", "marker", "symbol", "switch"),
        _l("Simplify the drawing to plain shapes, or send the logo as PNG."),
    ),
}
