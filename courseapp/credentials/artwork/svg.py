"""SVG: a drawing is read, and a new one is written of what may stand in it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from lxml import etree

from courseapp.credentials.artwork.common import (
    LEAST_PIXELS,
    MOST_PIXELS,
    MOST_SVG_BYTES,
    Artwork,
    Unusable,
)
from courseapp.credentials.artwork.trial import check_that_it_can_be_drawn
from courseapp.credentials.artwork.vocabulary import (
    ADVICE,
    EDITORS,
    ELEMENTS,
    GRADIENTS,
    LEFTOVER_ATTRIBUTES,
    LEFTOVER_ELEMENTS,
    LEFTOVER_PROPERTIES,
    LEFTOVER_VALUES,
    LENGTH,
    LIST,
    MOST_NUMBER,
    NUMBERS,
    PATH,
    PRESENTATION,
    SHAPES,
    SVG_NS,
    TARGETS,
    TRANSFORM,
    XLINK_NS,
    XML_NS,
)

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


def read_svg(data: bytes) -> Artwork:
    """Read an SVG and write a new one of what is known to be harmless; refuse it for anything else."""
    root = _parsed(data)
    drawing = _Drawing()
    written = drawing.copy(root, 1)
    drawing.link()
    whole = drawing.check_unfolded(written)
    if not any(_name_of(part) in SHAPES for part in written.iter()):
        raise Unusable(_l("This drawing is empty: there is no shape in it."))
    width, height = _sized(written, whole.reach)
    etree.cleanup_namespaces(written)
    content = etree.tostring(written, encoding="UTF-8", xml_declaration=False)
    check_that_it_can_be_drawn(content)
    return Artwork(content, "svg", width, height)


def _parsed(data: bytes) -> etree._Element:
    if data.startswith(b"\x1f\x8b"):
        raise Unusable(_l("This file is compressed (SVGZ). Save it as plain SVG."))
    # Past the marks of UTF-8 and UTF-16.
    if not data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        raise Unusable(_l("This is neither a PNG nor an SVG. Save the logo as one of these."))
    if len(data) > MOST_SVG_BYTES:
        raise Unusable(_l("This drawing is larger than 200 kilobytes. Simplify it, or send a PNG."))
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
        raise Unusable(
            _l(
                "This file is not well-formed XML: look at line %(line)s. Save it once more.",
                line=error.lineno or 1,
            )
        ) from error
    # The stubs of lxml do not know what a DTD holds.
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any((*dtd.iterentities(), *dtd.iterelements())):
        raise Unusable(
            _l("This file declares entities or elements of its own. Save it as plain SVG.")
        )
    if root.tag != f"{{{SVG_NS}}}svg":
        raise Unusable(
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
        if namespace != SVG_NS or name not in ELEMENTS or (name == "svg" and depth > 1):
            raise _element_refused(element)
        new = etree.Element(f"{{{SVG_NS}}}{name}", nsmap=_NSMAP)
        self._copy_attributes(element, new, line)
        if name in {"title", "desc"}:
            new.text = " ".join("".join(str(text) for text in element.itertext()).split())
            return new
        for child in element:
            # The tag of an entity that XML does not know is a function.
            if not isinstance(child.tag, str):
                raise Unusable(
                    _l("Line %(line)s uses an entity. Save the file as plain SVG.", line=line)
                )
            if not _is_leftover(child):
                new.append(self.copy(child, depth + 1))
        if any((text or "").strip() for text in (element.text, *(c.tail for c in element))):
            raise Unusable(
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
            allowed = ELEMENTS[name].get(attribute) or PRESENTATION.get(attribute)
            if allowed is None or (attribute in styled and attribute not in PRESENTATION):
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
            targets = GRADIENTS if name in GRADIENTS else SHAPES | {"g", "use"}
        else:
            targets = TARGETS[attribute]
        self._links.append(_Link(new, attribute, linked, targets, line))

    def link(self) -> None:
        """Write the links, with new names for what they lead to; other names are left out."""
        names: dict[etree._Element, str] = {}
        for link in self._links:
            found = self._by_id.get(link.id, [])
            if len(found) != 1 or _name_of(found[0]) not in link.targets:
                raise Unusable(
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
                link.element.set(f"{{{XLINK_NS}}}href", f"#{name}")
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
                raise Unusable(_l("A part of this drawing uses itself. Remove the loop."))
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
            raise Unusable(
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
    if name not in SHAPES | {"use"}:
        return _largest(element.get("stroke-width", ""))
    if name == "path":
        return _path_reach(element.get("d", "")) + _largest(element.get("stroke-width", ""))
    kinds = ELEMENTS[name].keys() | {"stroke-width"}
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
        elif number := NUMBERS.match(text, place):
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
        numbers = [float(number) for number in NUMBERS.findall(text)]
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
    return max((abs(float(number)) for number in NUMBERS.findall(text)), default=0.0)


_NSMAP: Final[Any] = {None: SVG_NS, "xlink": XLINK_NS}


def _attribute_name(key: str, line: int) -> str | None:
    """Return an attribute's name as the lists have it; None for a leftover."""
    namespace, name = _split(key)
    if not namespace:
        is_leftover = name in LEFTOVER_ATTRIBUTES or name.startswith(("data-", "aria-"))
        return None if is_leftover else name
    if namespace == XLINK_NS:
        # The others say how a link is to be opened, in words that nobody implemented.
        return "href" if name == "href" else None
    if namespace == XML_NS and name in {"space", "lang", "id"}:
        return None
    if namespace.startswith(EDITORS):
        return None
    raise _attribute_refused(name, line)


def _is_leftover(element: etree._Element) -> bool:
    namespace, name = _split(element.tag)
    if namespace == SVG_NS:
        return name in LEFTOVER_ELEMENTS
    return namespace.startswith(EDITORS)


def _is_without_effect(name: str, value: str) -> bool:
    return name not in PRESENTATION and (
        LEFTOVER_PROPERTIES.fullmatch(name) is not None or (name, value.strip()) in LEFTOVER_VALUES
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
        raise Unusable(
            _l(
                "“%(name)s” in line %(line)s leads out of the file. "
                "A logo holds all that it shows: remove the link, and save the file once more.",
                name=attribute[:40],
                line=line,
            )
        )
    if match is None:
        raise Unusable(
            _l(
                "The value of “%(name)s” in line %(line)s cannot be used here. "
                "Simplify the drawing, or send the logo as PNG.",
                name=attribute[:40],
                line=line,
            )
        )
    if any(abs(number) > MOST_NUMBER for number in _numbers_of(allowed, text)):
        raise Unusable(
            _l(
                "A number of “%(name)s” in line %(line)s is larger than a million. "
                "Make the drawing smaller.",
                name=attribute,
                line=line,
            )
        )
    return text


def _numbers_of(allowed: re.Pattern[str], text: str) -> Iterator[float]:
    if allowed is PATH:
        for command, numbers in _COMMANDS.findall(text):
            yield from _path_numbers(command.upper(), numbers)
    elif allowed in {LENGTH, LIST, TRANSFORM}:
        yield from map(float, NUMBERS.findall(text))


def _element_refused(element: etree._Element) -> Unusable:
    return Unusable(
        _l(
            "“%(name)s” in line %(line)s cannot be part of a logo. %(advice)s",
            name=_shown(element),
            line=_line(element),
            advice=ADVICE.get(_name_of(element), _l("Remove it, and save the file once more.")),
        )
    )


def _attribute_refused(name: str, line: int) -> Unusable:
    return Unusable(
        _l(
            "The attribute “%(name)s” in line %(line)s cannot be part of a logo. "
            "Remove it, and save the file once more.",
            name=name[:40],
            line=line,
        )
    )


def _too_deep() -> Unusable:
    return Unusable(
        _l("The groups of this drawing are nested too deeply. Ungroup some, or send a PNG.")
    )


def _sized(root: etree._Element, reach: float) -> tuple[int, int]:
    """Give the drawing a view box and a size, whichever of them it lacks; return the size."""
    own = [_in_pixels(root.get(name)) for name in ("width", "height")]
    text = root.get("viewBox")
    box = [float(number) for number in NUMBERS.findall(text)] if text else []
    if len(box) != 4:
        if text is not None or None in own:
            raise Unusable(
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
            raise Unusable(
                _l(
                    "This drawing is %(width)s wide and %(height)s high: "
                    "that is too small, too large, or too narrow for a logo.",
                    width=f"{width:g}",
                    height=f"{height:g}",
                )
            )
    # Renderers count in few digits: what lies far away takes them long, or ends them.
    if reach > FARTHEST * max(box[2:]):
        raise Unusable(
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
    number = NUMBERS.match(length) if length else None
    if not (length and number) or length.endswith("%"):
        return None
    return float(number[0]) * _PIXELS[length[number.end() :].strip()]
