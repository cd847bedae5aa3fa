"""An item's XML in one form: the names of 2.x without namespaces, whichever version it was written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

from lxml import etree

from courseapp.interop.questions.qti.names import camel

# Attributes of HTML with a hyphen, which are no names of QTI.
_KEPT = ("data-", "aria-")


def canonical(root: etree._Element) -> etree._Element:
    """Rename everything below an element (in place) and return it."""
    for element in root.iter():
        element.tag = local_name(element)
        attributes: dict[str | bytes, str | bytes] = {
            _attribute_name(str(key)): str(value)
            for key, value in element.attrib.items()
            # xml:lang, xsi:schemaLocation and the like say nothing that is used here.
            if not str(key).startswith("{")
        }
        element.attrib.clear()
        element.attrib.update(attributes)
    return root


def _attribute_name(name: str) -> str:
    return name if name.startswith(_KEPT) else camel(name)


def local_name(element: etree._Element) -> str:
    """Return the name of an element of any version, in the form of 2.x."""
    name = etree.QName(element).localname
    return camel(name.removeprefix("qti-")) if re.match(r"qti-[A-Za-z_]", name) else name


def children(element: etree._Element, *names: str) -> Sequence[etree._Element]:
    """Return the children of these names (all of them, if none is given)."""
    return [child for child in element if not names or child.tag in names]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child of this name."""
    found = children(element, name)
    return found[0] if found else None


def within(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the elements of these names below an element, in their order."""
    for found in element.iter(*names):
        if found is not element:
            yield found


def words(element: etree._Element | None) -> str:
    """Return the text of an element, as one line."""
    return "" if element is None else " ".join(text_of(element).split())


def text_of(element: etree._Element) -> str:
    """Return the text of an element as it stands there."""
    return "".join(str(text) for text in element.itertext())


def attribute(element: etree._Element, name: str, default: str = "") -> str:
    """Return an attribute without blanks around it."""
    return str(element.get(name, default)).strip()


def line_of(element: etree._Element) -> int:
    """Return where an element starts, 0 where nobody knows."""
    return cast("int | None", element.sourceline) or 0


def remove(element: etree._Element) -> None:
    """Take an element out of its parent, and leave the text that follows it."""
    replace(element, "")


def replace(element: etree._Element, text: str) -> None:
    """Put a text in the place of an element."""
    parent = element.getparent()
    if parent is None:
        return
    text += element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)
