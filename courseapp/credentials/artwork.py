"""Pictures that organizations put on their certificates: written anew, so that only what is drawn is kept.

What is returned here is what is stored, drawn into the PDF by Typst, and shown in pages as an image.
"""

from __future__ import annotations

import io
import math
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from flask_babel import lazy_gettext as _l
from lxml import etree
from PIL import Image

from courseapp.core.errors import InvalidInput

MOST_PNG_BYTES: Final = 1_000_000
# Written anew without a palette, a picture may grow. What is stored goes into every PDF.
MOST_WRITTEN_BYTES: Final = 2_000_000
LEAST_PIXELS: Final = 16
MOST_PIXELS: Final = 2_000
MOST_SVG_BYTES: Final = 200_000


@dataclass(frozen=True, slots=True)
class Artwork:
    """A picture that is safe to store, to set and to show; its sides are in pixels."""

    content: bytes
    format: Literal["png", "svg"]
    width: int
    height: int


class _Unusable(Exception):
    """Carries the sentence to where the name of the field is known."""

    def __init__(self, reason: Any) -> None:
        super().__init__()
        self.reason = reason


def check_logo(data: bytes, field_name: str = "logo") -> Artwork:
    """Return a PNG or an SVG as it is stored; raises InvalidInput for the field."""
    try:
        return _png(data) if data.startswith(_PNG_SIGNATURE) else _svg(data)
    except _Unusable as unusable:
        raise InvalidInput({field_name: [unusable.reason]}) from unusable


def check_signature_image(data: bytes, field_name: str = "signature") -> Artwork:
    """Return a PNG as it is stored; raises InvalidInput for the field."""
    if not data.startswith(_PNG_SIGNATURE):
        sentence = _l("This is no PNG picture. Save the signature as PNG, and send that.")
        raise InvalidInput({field_name: [sentence]})
    try:
        return _png(data)
    except _Unusable as unusable:
        raise InvalidInput({field_name: [unusable.reason]}) from unusable


# -- PNG ------------------------------------------------------------------------------------------

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = struct.Struct(">II5B")
# All that makes up the pixels. Texts, times, profiles, positions and the frames of an animation are
# left out before the decoder sees them.
_PIXEL_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def _png(data: bytes) -> Artwork:
    """Decode a PNG and encode its pixels again, as RGB or RGBA in sRGB.

    A colour profile is not applied but dropped: few logos have another than sRGB, and to read what a
    stranger's profile holds is not worth a shade.
    """
    if len(data) > MOST_PNG_BYTES:
        raise _Unusable(_l("The picture is larger than one megabyte. Send a smaller one."))
    image = _decoded(_pixels_only(data))
    if image.mode == "RGBA":
        least, most = image.getchannel("A").getextrema()
        if most == 0:
            raise _Unusable(_l("This picture is transparent all over: nothing would be seen."))
        if least == 255:
            image = image.convert("RGB")
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    if content.tell() > MOST_WRITTEN_BYTES:
        raise _Unusable(
            _l("The picture holds too much detail. Halve its width and height, please.")
        )
    return Artwork(content.getvalue(), "png", image.width, image.height)


def _pixels_only(data: bytes) -> bytes:
    """Return the PNG with nothing in it but its pixels, and nothing after its end."""
    kept = [_PNG_SIGNATURE]
    for number, (kind, chunk) in enumerate(_chunks(data)):
        if (kind == b"IHDR") != (number == 0):
            raise _damaged()
        if kind == b"IHDR":
            _check_header(chunk[8:-4])
        if kind == b"acTL":
            raise _Unusable(_l("This picture is animated. Send one that stands still."))
        if kind in _PIXEL_CHUNKS:
            kept.append(chunk)
        elif not kind[0] & 0x20:
            # A chunk that the standard calls critical, and does not have.
            raise _damaged()
    return b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the whole of each chunk, up to IEND (PNG, third edition, section 5.3)."""
    place = len(_PNG_SIGNATURE)
    while True:
        if place + 12 > len(data):
            raise _damaged()
        (length,) = struct.unpack_from(">I", data, place)
        chunk = data[place : place + 12 + length]
        if len(chunk) < 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise _damaged()
        yield chunk[4:8], chunk
        if chunk[4:8] == b"IEND":
            return
        place += len(chunk)


def _check_header(header: bytes) -> None:
    if len(header) != _HEADER.size:
        raise _damaged()
    width, height, *_ = _HEADER.unpack(header)
    # They stand in the header: nothing has been decoded yet.
    if min(width, height) < LEAST_PIXELS or max(width, height) > MOST_PIXELS:
        raise _Unusable(
            _l(
                "The picture has %(width)s by %(height)s pixels. "
                "Each side must have from %(least)s to %(most)s.",
                width=width,
                height=height,
                least=LEAST_PIXELS,
                most=MOST_PIXELS,
            )
        )


def _decoded(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
            opened.load()
            image: Image.Image = opened
            has_alpha = image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info
            if image.mode.startswith("I"):
                # Greys of 16 bits: Pillow would cut what is above 255 instead of scaling it.
                image = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
                has_alpha = False
            image = image.convert("RGBA" if has_alpha else "RGB")
            # A new picture, without what the other one says about itself.
            return Image.frombytes(image.mode, image.size, image.tobytes())
    except (OSError, SyntaxError, ValueError, IndexError, struct.error, zlib.error) as error:
        # With these Pillow says that the file is damaged; a SyntaxError is one of the file's.
        raise _damaged() from error


def _damaged() -> _Unusable:
    return _Unusable(_l("This PNG picture is damaged or cut off. Save it again, and send that."))


# -- SVG: what may stand in it --------------------------------------------------------------------

_SVG_NS: Final = "http://www.w3.org/2000/svg"
_XLINK_NS: Final = "http://www.w3.org/1999/xlink"
_XML_NS: Final = "http://www.w3.org/XML/1998/namespace"
# What drawing programs write for themselves: dropped with all that is in it.
_EDITORS: Final = (
    "http://www.inkscape.org/namespaces/",
    "http://sodipodi.sourceforge.net/",
    "http://ns.adobe.com/",
    "http://www.bohemiancoding.com/sketch/",
    "http://www.serif.com/",
    "https://boxy-svg.com",
    "http://www.corel.com/",
)
_LEFTOVER_ELEMENTS: Final = frozenset({"metadata"})
_LEFTOVER_ATTRIBUTES: Final = frozenset({"version", "baseProfile", "class", "role", "lang"})
# They say something about text, or about effects that are refused where they are made.
_LEFTOVER_PROPERTIES: Final = re.compile(
    r"-inkscape-.*|font|font-.*|text-.*|letter-spacing|word-spacing|line-height|writing-mode"
    r"|direction|unicode-bidi|white-space|kerning|glyph-orientation-.*|(?:dominant|alignment)-baseline"
    r"|baseline-shift|inline-size|shape-(?:inside|padding|margin|subtract)|solid-(?:color|opacity)"
    r"|flood-(?:color|opacity)|lighting-color|color-profile|enable-background|pointer-events"
    r"|image-rendering|color-interpolation-filters|user-select|background(?:-color)?"
)
# These change the drawing unless they say what would be so without them.
_LEFTOVER_VALUES: Final = frozenset(
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
_NUMBERS: Final = re.compile(_NUMBER)
_COLOUR: Final = r"(?:[A-Za-z]{3,30}|#[0-9A-Fa-f]{3,8}|(?:rgb|hsl)a?\([-+0-9.,%/\s]*\))"
_LINK: Final = r"url\(\s*[\"']?#([^\s\"'()\\]+)[\"']?\s*\)"
_FUNCTION: Final = r"(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([-+0-9.eE,\s]*\)[\s,]*"


def _value(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:inherit|{pattern})\s*", re.ASCII)


_LENGTH: Final = _value(rf"{_NUMBER}\s*(?:px|pt|pc|mm|cm|in|%)?")
_LIST: Final = _value(r"none|[-+0-9.eE,\s]*")
_WORDS: Final = _value(r"[A-Za-z][A-Za-z -]{0,40}")
_PLAIN_COLOUR: Final = _value(_COLOUR)
_PAINT: Final = _value(rf"{_COLOUR}|{_LINK}(?:\s+{_COLOUR})?")
_NONE_OR_LINK: Final = _value(rf"none|{_LINK}")
_TRANSFORM: Final = _value(rf"none|(?:{_FUNCTION})*")
_PATH: Final = _value(r"none|[MmZzLlHhVvCcSsQqTtAa0-9eE+.,\s-]*")
_HREF: Final = re.compile(r"\s*#(\S+)\s*")

_Values: TypeAlias = Mapping[str, re.Pattern[str]]

_PRESENTATION: Final[_Values] = {
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
        _LENGTH,
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
    "stroke-dasharray": _LIST,
    "transform": _TRANSFORM,
}
_GRADIENT: Final[_Values] = {
    "gradientUnits": _WORDS,
    "gradientTransform": _TRANSFORM,
    "spreadMethod": _WORDS,
    "href": _HREF,
}


def _lengths(*names: str) -> _Values:
    return dict.fromkeys(names, _LENGTH)


_ELEMENTS: Final[Mapping[str, _Values]] = {
    "svg": {
        **_lengths("x", "y", "width", "height"),
        "viewBox": _LIST,
        "preserveAspectRatio": _WORDS,
    },
    "g": {},
    "defs": {},
    "title": {},
    "desc": {},
    "path": {"d": _PATH, "pathLength": _LENGTH},
    "rect": _lengths("x", "y", "width", "height", "rx", "ry", "pathLength"),
    "circle": _lengths("cx", "cy", "r", "pathLength"),
    "ellipse": _lengths("cx", "cy", "rx", "ry", "pathLength"),
    "line": _lengths("x1", "y1", "x2", "y2", "pathLength"),
    "polyline": {"points": _LIST, "pathLength": _LENGTH},
    "polygon": {"points": _LIST, "pathLength": _LENGTH},
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
_SHAPES: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_GRADIENTS: Final = frozenset({"linearGradient", "radialGradient"})
# What a link of this name may lead to.
_TARGETS: Final[Mapping[str, frozenset[str]]] = {
    "fill": _GRADIENTS,
    "stroke": _GRADIENTS,
    "clip-path": frozenset({"clipPath"}),
    "mask": frozenset({"mask"}),
}
_ADVICE: Final[Mapping[str, Any]] = {
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


# -- SVG: reading and writing it anew -------------------------------------------------------------

MOST_DEPTH: Final = 50
# As characters, when everything that is used several times is written out each time.
MOST_UNFOLDED: Final = 10 * MOST_SVG_BYTES
# How far from its origin a drawing may reach, in sides of its own.
FARTHEST: Final = 1_000
LEAST_SIDE: Final = 0.1
MOST_SIDE: Final = 100_000
MOST_RATIO: Final = MOST_PIXELS / LEAST_PIXELS

_COMMANDS: Final = re.compile(r"([MZLHVCSQTA])([^MZLHVCSQTA]*)", re.IGNORECASE)
_FUNCTIONS: Final = re.compile(r"([a-zA-Z]+)\s*\(([^)]*)\)")
# How many numbers a step of a path's command has.
_STEPS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}
_PIXELS: Final = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
}


def _svg(data: bytes) -> Artwork:
    """Read an SVG and write a new one of what is known to be harmless; refuse it for anything else."""
    root = _parsed(data)
    drawing = _Drawing()
    written = drawing.copy(root, 1)
    drawing.link()
    whole = drawing.check_unfolded(written)
    if not any(_name_of(part) in _SHAPES for part in written.iter()):
        raise _Unusable(_l("This drawing is empty: there is no shape in it."))
    width, height = _sized(written, whole.reach)
    etree.cleanup_namespaces(written)
    content = etree.tostring(written, encoding="UTF-8", xml_declaration=False)
    _check_that_it_can_be_drawn(content)
    return Artwork(content, "svg", width, height)


def _parsed(data: bytes) -> etree._Element:
    if data.startswith(b"\x1f\x8b"):
        raise _Unusable(_l("This file is compressed (SVGZ). Save it as plain SVG."))
    # Past the marks of UTF-8 and UTF-16.
    if not data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        raise _Unusable(_l("This is neither a PNG nor an SVG. Save the logo as one of these."))
    if len(data) > MOST_SVG_BYTES:
        raise _Unusable(
            _l("This drawing is larger than 200 kilobytes. Simplify it, or send a PNG.")
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data.lstrip(b" \t\r\n"), parser)
    except etree.XMLSyntaxError as error:
        raise _Unusable(
            _l(
                "This file is not well-formed XML: look at line %(line)s. Save it once more.",
                line=error.lineno or 1,
            )
        ) from error
    # The stubs of lxml do not know what a DTD holds.
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any((*dtd.iterentities(), *dtd.iterelements())):
        raise _Unusable(
            _l("This file declares entities or elements of its own. Save it as plain SVG.")
        )
    if root.tag != f"{{{_SVG_NS}}}svg":
        raise _Unusable(
            _l(
                "This is XML, but no SVG: its first element is “%(name)s”, "
                "or lacks the namespace of SVG.",
                name=_shown(root),
            )
        )
    return root


def _split(name: str | bytes) -> tuple[str, str]:
    """Return the namespace, or "", and the rest of a name as lxml writes it."""
    namespace, _, rest = str(name).rpartition("}")
    return namespace.removeprefix("{"), rest


def _name_of(element: etree._Element) -> str:
    return _split(element.tag)[1]


def _line(element: etree._Element) -> int:
    # The stubs of lxml take it for an ellipsis.
    line: Any = element.sourceline
    return int(line or 1)


def _shown(element: etree._Element) -> str:
    name = _name_of(element)
    return f"{element.prefix}:{name}"[:40] if element.prefix else name[:40]


@dataclass(frozen=True, slots=True)
class _Link:
    """An attribute of the new drawing that names another element of it."""

    element: etree._Element
    attribute: str
    id: str
    targets: frozenset[str]
    line: int


@dataclass(slots=True)
class _Drawing:
    """The new drawing while it is written."""

    _by_id: dict[str, list[etree._Element]] = field(default_factory=dict)
    _links: list[_Link] = field(default_factory=list)
    _leads_to: dict[etree._Element, list[etree._Element]] = field(default_factory=dict)

    def copy(self, element: etree._Element, depth: int) -> etree._Element:
        """Return a new element with what is allowed of one; raise for what is neither that nor a leftover."""
        line = _line(element)
        if depth > MOST_DEPTH:
            raise _too_deep()
        namespace, name = _split(element.tag)
        if namespace != _SVG_NS or name not in _ELEMENTS or (name == "svg" and depth > 1):
            raise _element_refused(element)
        new = etree.Element(f"{{{_SVG_NS}}}{name}", nsmap=_NSMAP)
        self._copy_attributes(element, new, line)
        if name in {"title", "desc"}:
            new.text = " ".join("".join(str(text) for text in element.itertext()).split())
            return new
        for child in element:
            # The tag of an entity that XML does not know is a function.
            if not isinstance(child.tag, str):
                raise _Unusable(
                    _l("Line %(line)s uses an entity. Save the file as plain SVG.", line=line)
                )
            if not _is_leftover(child):
                new.append(self.copy(child, depth + 1))
        if any((text or "").strip() for text in (element.text, *(c.tail for c in element))):
            raise _Unusable(
                _l(
                    "In or after line %(line)s there is text outside any text element. Remove it.",
                    line=line,
                )
            )
        return new

    def _copy_attributes(self, element: etree._Element, new: etree._Element, line: int) -> None:
        name = _name_of(element)
        kept: dict[str, str] = {}
        styled: dict[str, str] = {}
        for key, value in element.attrib.items():
            attribute = _attribute_name(str(key), line)
            text = str(value)
            if attribute == "id":
                self._by_id.setdefault(text, []).append(new)
            elif attribute == "style":
                styled.update(_declarations(text, line))
            elif attribute and not _is_without_effect(attribute, text):
                kept[attribute] = text
        # A style counts more than an attribute; here it becomes one.
        kept |= styled
        for attribute, text in sorted(kept.items()):
            allowed = _ELEMENTS[name].get(attribute) or _PRESENTATION.get(attribute)
            if allowed is None or (attribute in styled and attribute not in _PRESENTATION):
                raise _attribute_refused(attribute, line)
            self._set(new, attribute, _checked(attribute, text, allowed, line), allowed, line)

    def _set(
        self,
        new: etree._Element,
        attribute: str,
        text: str,
        allowed: re.Pattern[str],
        line: int,
    ) -> None:
        match = allowed.fullmatch(text)
        linked = match[1] if match and allowed.groups else None
        if linked is None:
            new.set(attribute, text)
            return
        name = _name_of(new)
        if attribute == "href":
            targets = _GRADIENTS if name in _GRADIENTS else _SHAPES | {"g", "use"}
        else:
            targets = _TARGETS[attribute]
        self._links.append(_Link(new, attribute, linked, targets, line))

    def link(self) -> None:
        """Write the links, with new names for what they lead to; other names are left out."""
        names: dict[etree._Element, str] = {}
        for link in self._links:
            found = self._by_id.get(link.id, [])
            if len(found) != 1 or _name_of(found[0]) not in link.targets:
                raise _Unusable(
                    _l(
                        "“%(name)s” in line %(line)s leads to “#%(id)s”, "
                        "which is not in the file, is there twice, or is of another kind.",
                        name=link.attribute,
                        line=link.line,
                        id=link.id[:40],
                    )
                )
            target = found[0]
            name = names.setdefault(target, f"part{len(names) + 1}")
            target.set("id", name)
            if link.attribute == "href":
                link.element.set(f"{{{_XLINK_NS}}}href", f"#{name}")
            else:
                link.element.set(link.attribute, f"url(#{name})")
            self._leads_to.setdefault(link.element, []).append(target)

    def check_unfolded(self, root: etree._Element) -> _Measure:
        """Refuse parts that hold themselves, and few parts that are used so often that they become many."""
        measured: dict[etree._Element, _Measure] = {}
        open_: set[etree._Element] = set()

        def measure(element: etree._Element) -> _Measure:
            if element in measured:
                return measured[element]
            if element in open_:
                raise _Unusable(_l("A part of this drawing uses itself. Remove the loop."))
            if len(open_) > MOST_DEPTH:
                raise _too_deep()
            open_.add(element)
            parts = [measure(part) for part in (*element, *self._leads_to.get(element, ()))]
            open_.remove(element)
            measured[element] = _Measure(
                20
                + sum(len(str(value)) for value in element.attrib.values())
                + sum(part.characters for part in parts),
                1 + max((part.levels for part in parts), default=0),
                _transformed(
                    element.get("transform", ""),
                    _own_reach(element) + max((part.reach for part in parts), default=0.0),
                ),
            )
            return measured[element]

        whole = measure(root)
        if whole.levels > MOST_DEPTH:
            raise _too_deep()
        if whole.characters > MOST_UNFOLDED:
            raise _Unusable(
                _l("This drawing uses its parts too many times. Simplify it, or send a PNG.")
            )
        return whole


@dataclass(frozen=True, slots=True)
class _Measure:
    """What an element comes to when all that it uses is written out in it.

    `reach` is a distance from its origin beyond which it draws nothing.
    """

    characters: int
    levels: int
    reach: float


def _own_reach(element: etree._Element) -> float:
    """Return how far from its origin an element's own numbers can lead, before it is transformed."""
    name = _name_of(element)
    if name not in _SHAPES | {"use"}:
        return _largest(element.get("stroke-width", ""))
    if name == "path":
        return _path_reach(element.get("d", "")) + _largest(element.get("stroke-width", ""))
    kinds = _ELEMENTS[name].keys() | {"stroke-width"}
    return sum(
        _largest(str(value)) for key, value in element.attrib.items() if _split(key)[1] in kinds
    )


def _path_reach(path: str) -> float:
    """Return how far a path can lead: in small letters, each step begins where the one before it ended."""
    farthest = x = y = 0.0
    start = (x, y)
    for command, text in _COMMANDS.findall(path):
        kind = command.upper()
        if kind == "Z":
            x, y = start
            continue
        numbers = list(_path_numbers(kind, text))
        step = _STEPS[kind]
        for place in range(0, len(numbers) - step + 1, step):
            ways = numbers[place : place + step]
            from_x, from_y = (x, y) if command.islower() else (0.0, 0.0)
            farthest = max(farthest, max(abs(from_x), abs(from_y)) + max(map(abs, ways)))
            if kind != "V":
                x = from_x + ways[0 if kind == "H" else -2]
            if kind != "H":
                y = from_y + ways[-1]
            if kind == "M" and place == 0:
                start = (x, y)
    return farthest


def _path_numbers(kind: str, text: str) -> Iterator[float]:
    """Yield the numbers of a path's command; an arc's two flags need no space after them."""
    place = count = 0
    while place < len(text):
        is_flag = kind == "A" and count % 7 in {3, 4}
        if is_flag and text[place] in "01":
            found, end = text[place], place + 1
        elif number := _NUMBERS.match(text, place):
            found, end = number[0], number.end()
        else:
            place += 1
            continue
        yield float(found)
        count += 1
        place = end


def _transformed(transform: str, reach: float) -> float:
    """Return how far something can reach that was transformed, the last function first."""
    for name, text in reversed(_FUNCTIONS.findall(transform)):
        numbers = [float(number) for number in _NUMBERS.findall(text)]
        a, b, c, d, e, f = (*map(abs, numbers), *[0.0] * 6)[:6]
        if name == "translate":
            reach += max(a, b)
        elif name == "scale":
            reach *= max(a, b)
        elif name == "rotate":
            # Around a point: there and back.
            reach = 2 * reach + 4 * max(b, c)
        elif name == "matrix":
            reach = max(a + c, b + d) * reach + max(e, f)
        else:
            reach *= 1 + abs(math.tan(math.radians(a)))
    return reach


def _largest(text: str) -> float:
    return max((abs(float(number)) for number in _NUMBERS.findall(text)), default=0.0)


_NSMAP: Final[Any] = {None: _SVG_NS, "xlink": _XLINK_NS}


def _attribute_name(key: str, line: int) -> str | None:
    """Return an attribute's name as the lists have it; None for a leftover."""
    namespace, name = _split(key)
    if not namespace:
        is_leftover = name in _LEFTOVER_ATTRIBUTES or name.startswith(("data-", "aria-"))
        return None if is_leftover else name
    if namespace == _XLINK_NS:
        # The others say how a link is to be opened, in words that nobody implemented.
        return "href" if name == "href" else None
    if namespace == _XML_NS and name in {"space", "lang", "id"}:
        return None
    if namespace.startswith(_EDITORS):
        return None
    raise _attribute_refused(name, line)


def _is_leftover(element: etree._Element) -> bool:
    namespace, name = _split(element.tag)
    if namespace == _SVG_NS:
        return name in _LEFTOVER_ELEMENTS
    return namespace.startswith(_EDITORS)


def _is_without_effect(name: str, value: str) -> bool:
    return name not in _PRESENTATION and (
        _LEFTOVER_PROPERTIES.fullmatch(name) is not None
        or (name, value.strip()) in _LEFTOVER_VALUES
    )


def _declarations(style: str, line: int) -> Iterator[tuple[str, str]]:
    """Yield the properties of a `style` attribute that have an effect."""
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip()
        if not declaration.strip():
            continue
        if not colon:
            raise _attribute_refused("style", line)
        if not _is_without_effect(name, value):
            yield name, value


def _checked(attribute: str, text: str, allowed: re.Pattern[str], line: int) -> str:
    """Return a value with single spaces, if it is one of those that the attribute may have."""
    text = " ".join(text.split())
    match = allowed.fullmatch(text)
    if match is None and (attribute == "href" or "url(" in text.lower()):
        raise _Unusable(
            _l(
                "“%(name)s” in line %(line)s leads out of the file. "
                "A logo holds all that it shows: remove the link, and save the file once more.",
                name=attribute[:40],
                line=line,
            )
        )
    if match is None:
        raise _Unusable(
            _l(
                "The value of “%(name)s” in line %(line)s cannot be used here. "
                "Simplify the drawing, or send the logo as PNG.",
                name=attribute[:40],
                line=line,
            )
        )
    if any(abs(number) > MOST_NUMBER for number in _numbers_of(allowed, text)):
        raise _Unusable(
            _l(
                "A number of “%(name)s” in line %(line)s is larger than a million. "
                "Make the drawing smaller.",
                name=attribute,
                line=line,
            )
        )
    return text


def _numbers_of(allowed: re.Pattern[str], text: str) -> Iterator[float]:
    if allowed is _PATH:
        for command, numbers in _COMMANDS.findall(text):
            yield from _path_numbers(command.upper(), numbers)
    elif allowed in {_LENGTH, _LIST, _TRANSFORM}:
        yield from map(float, _NUMBERS.findall(text))


def _element_refused(element: etree._Element) -> _Unusable:
    return _Unusable(
        _l(
            "“%(name)s” in line %(line)s cannot be part of a logo. %(advice)s",
            name=_shown(element),
            line=_line(element),
            advice=_ADVICE.get(_name_of(element), _l("Remove it, and save the file once more.")),
        )
    )


def _attribute_refused(name: str, line: int) -> _Unusable:
    return _Unusable(
        _l(
            "The attribute “%(name)s” in line %(line)s cannot be part of a logo. "
            "Remove it, and save the file once more.",
            name=name[:40],
            line=line,
        )
    )


def _too_deep() -> _Unusable:
    return _Unusable(
        _l("The groups of this drawing are nested too deeply. Ungroup some, or send a PNG.")
    )


def _sized(root: etree._Element, reach: float) -> tuple[int, int]:
    """Give the drawing a view box and a size, whichever of them it lacks; return the size."""
    own = [_in_pixels(root.get(name)) for name in ("width", "height")]
    text = root.get("viewBox")
    box = [float(number) for number in _NUMBERS.findall(text)] if text else []
    if len(box) != 4:
        if text is not None or None in own:
            raise _Unusable(
                _l("This drawing does not say how large it is: it needs a viewBox of four numbers.")
            )
        box = [0.0, 0.0, *(side for side in own if side is not None)]
    size = [side for side in own if side is not None]
    if len(size) < 2:
        size = box[2:]
    for width, height in (box[2:], size):
        if not (
            min(width, height) >= LEAST_SIDE
            and max(width, height) <= MOST_SIDE
            and max(width, height) <= min(width, height) * MOST_RATIO
        ):
            raise _Unusable(
                _l(
                    "This drawing is %(width)s wide and %(height)s high: "
                    "that is too small, too large, or too narrow for a logo.",
                    width=f"{width:g}",
                    height=f"{height:g}",
                )
            )
    # Renderers count in few digits: what lies far away takes them long, or ends them.
    if reach > FARTHEST * max(box[2:]):
        raise _Unusable(
            _l("Parts of this drawing lie far outside of it. Move them into it, or remove them.")
        )
    # Where nothing else says how large it is to be shown, it has a size that a PNG could have.
    scale = max(min(1.0, MOST_PIXELS / max(size)), LEAST_PIXELS / min(size))
    shown = [round(side * scale) for side in size]
    for name in ("x", "y", "width", "height", "viewBox"):
        root.attrib.pop(name, "")
    root.set("viewBox", " ".join(f"{number:.9g}" for number in box))
    root.set("width", str(shown[0]))
    root.set("height", str(shown[1]))
    return shown[0], shown[1]


def _in_pixels(length: str | None) -> float | None:
    """Return a length in CSS pixels; None where there is none, or a share of what is around."""
    number = _NUMBERS.match(length) if length else None
    if not (length and number) or length.endswith("%"):
        return None
    return float(number[0]) * _PIXELS[length[number.end() :].strip()]


# -- SVG: whether Typst draws it ------------------------------------------------------------------

# A drawing can end the whole program that Typst runs in (it aborts), so it is tried in another one. There it
# is set as certificates are (typesetting/setter.py): as a PDF for archives, and as a picture. Such a PDF must
# not be nested deeply: there are some boxes around the drawing, so that around a real one there may be some.
_TRIAL: Final = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_CPU, (3, 3))
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
import typst
drawing = sys.stdin.buffer.read().decode()
document = b'''
#set document(title: "Trial")
#set page(width: 297mm, height: 210mm)
#let picture(..size) = {
  let drawn = image(
    bytes(sys.inputs.drawing), format: "svg", alt: "Logo", fit: "contain", ..size,
  )
  for level in range(6) { drawn = box(clip: true, drawn) }
  drawn
}
#picture(height: 18mm, width: 80mm)
#picture(height: 9mm, width: 80mm)
#picture(width: 150mm)
'''
compiler = typst.Compiler(ignore_system_fonts=True)
inputs = {"drawing": drawing}
try:
    compiler.compile(document, format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"])
    compiler.compile(document, format="png", sys_inputs=inputs, ppi=96)
except BaseException:
    os._exit(3)
"""
_NOT_DRAWN: Final = 3
_MOST_SECONDS: Final = 15


def _check_that_it_can_be_drawn(content: bytes) -> None:
    try:
        # The program is a constant, and what it reads is no part of it.
        trial = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", _TRIAL],
            input=content,
            capture_output=True,
            check=False,
            timeout=_MOST_SECONDS,
            # What ends it by a panic ends sooner without a trace; of our own settings it needs none.
            env={"RUST_BACKTRACE": "0"},
        )
        status = trial.returncode
    except subprocess.TimeoutExpired:
        status = _NOT_DRAWN
    if status == 0:
        return
    if status == _NOT_DRAWN or status < 0:  # below 0: ended by a signal
        raise _Unusable(
            _l("This drawing cannot be printed, or takes too long. Simplify it, or send a PNG.")
        )
    raise RuntimeError(f"no drawing can be tried: {trial.stderr.decode(errors='replace')}")
