"""The texts of an item as our Markdown, with a place kept for each gap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from courseapp.interop.questions.qti.read.document import (
    attribute,
    remove,
    replace,
    text_of,
    within,
    words,
)
from courseapp.interop.questions.qti.read.notes import Notes
from courseapp.interop.questions.qti.read.pictures import Pictures
from courseapp.interop.questions.text import convert, plain_of

# What is said of images is said by `Pictures`, of each by its name.
_SAID: Final = "an image"
# Stands for a gap until the text around it is Markdown.
_PLACE: Final = "GAP"
_FEEDBACK: Final = ("feedbackInline", "feedbackBlock")


@dataclass(slots=True)
class Texts:
    """Turns elements of one item into Markdown, and notes what has no counterpart there."""

    notes: Notes
    pictures: Pictures
    _placeholder: str = _PLACE
    _placed: int = 0

    def keep_clear_of(self, item: etree._Element) -> None:
        """Choose a word for the places of gaps that no text of the item has."""
        alike = re.findall(f"{_PLACE}Z*", text_of(item))
        self._placeholder = max([_PLACE, *(f"{word}Z" for word in alike)], key=len)

    def put_gap(self, element: etree._Element) -> str:
        """Put a word in the place of an element that is filled in, and return it."""
        self._placed += 1
        # Zeros, so that no such word begins another one.
        word = f"{self._placeholder}{self._placed:06d}"
        replace(element, word)
        return word

    def markdown(self, *elements: etree._Element) -> str:
        """Return what stands in some elements."""
        html = "".join(self._html(element) for element in elements)
        converted = convert(html, self.pictures.name_of)
        for what in converted.left_out:
            if what != _SAID:
                self.notes.changed(f"Something in the text has no counterpart here: {what}.")
        return converted.text.strip()

    def plain(self, element: etree._Element) -> str:
        """Return the words of an element as one line."""
        return " ".join(plain_of(self._html(element)).split())

    def _html(self, element: etree._Element) -> str:
        for found in list(within(element, "stylesheet")):
            remove(found)
        for found in list(within(element, "catalogInfo")):
            self.notes.changed("Alternative forms of the content (a catalog) were left out.", found)
            remove(found)
        for found in list(within(element, *_FEEDBACK)):
            self.notes.changed(
                "A feedback within the text is shown for some answers only. It was left out.", found
            )
            remove(found)
        for found in list(within(element, "infoControl")):
            self.notes.changed("A hint that opens on demand was left out.", found)
            remove(found)
        for found in list(within(element, "object")):
            _show_image(found)
        for found in within(element, "contentBody", "prompt"):
            found.tag = "div"
        # What is inside is meant, whatever the element itself is called. It is asked for once.
        plain = etree.Element("div")
        plain.text = element.text
        plain.extend(list(element))
        return str(etree.tostring(plain, method="html", encoding="unicode"))


def _show_image(element: etree._Element) -> None:
    """Make an img of an object that is one, or holds one for those who cannot show it."""
    objects = [found for found in element.iter("object") if _kind(found).startswith("image/")]
    if not objects:
        return
    best = next((found for found in objects if _kind(found) in _KINDS), objects[0])
    address, alternative = attribute(best, "data"), words(element)
    for inner in list(element):
        element.remove(inner)
    element.text = None
    element.tag = "img"
    element.attrib.clear()
    element.set("src", address)
    element.set("alt", alternative)


_KINDS: Final = frozenset({"image/png", "image/jpeg", "image/webp"})


def _kind(element: etree._Element) -> str:
    return attribute(element, "type").lower()
