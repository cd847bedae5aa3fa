"""One question's element, and its texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from lxml import etree

from courseapp.interop.questions.html import ImageNames
from courseapp.interop.questions.moodle_text import TextFormat, to_markdown
from courseapp.interop.questions.moodle_xml.pictures import (
    PLUGIN_FILE,
    Pictures,
    files_of,
    without_inline,
)
from courseapp.interop.questions.remarks import Notes

_FORMATS: Final[Mapping[str, TextFormat]] = {
    **{text_format.value: text_format for text_format in TextFormat},
    # Nobody has written this for long; lines are lines in it, too.
    "wiki_like": TextFormat.AUTO,
}
_PICTURE_IN_MARKDOWN: Final = re.compile(rf"\]\(({PLUGIN_FILE}[^()\s]*)\)")


def line_of(element: etree._Element) -> int:
    """Return the line in which an element begins."""
    # The stubs of lxml take the line for an ellipsis.
    line: Any = element.sourceline
    return int(line or 0)


def value_of(element: etree._Element, name: str, otherwise: str = "") -> str:
    """Return what stands in the first child of that name."""
    child = element.find(name)
    return otherwise if child is None else (child.text or "").strip()


def plain_text_of(element: etree._Element | None) -> str:
    """Return what stands in an element's <text>. Tags that somebody forgot to escape count as written."""
    text = None if element is None else element.find("text")
    if text is None:
        return ""
    if not len(text):
        return (text.text or "").strip()
    inner = [etree.tostring(child, encoding="unicode") for child in text]
    return (escape(text.text or "", quote=False) + "".join(inner)).strip()


@dataclass(slots=True)
class Fields:
    """A question's element, with what is said of it and shown in it."""

    element: etree._Element
    notes: Notes
    pictures: Pictures
    # What texts have that name no format.
    text_format: TextFormat = TextFormat.HTML

    def value(self, name: str, otherwise: str = "") -> str:
        """Return what stands in a child."""
        return value_of(self.element, name, otherwise)

    def is_on(self, name: str, *, otherwise: bool) -> bool:
        """Tell whether a switch is on."""
        return self.value(name, "true" if otherwise else "false") not in {"false", "0", ""}

    def all(self, name: str) -> Sequence[etree._Element]:
        """Return all children of a name."""
        return list(self.element.iterchildren(name))

    def prompt(self) -> str:
        """Return the question's own text, which says which format the others have."""
        holder = self.element.find("questiontext")
        self.text_format = self._format_of(holder, TextFormat.HTML)
        return plain_text_of(holder)

    def markdown(self, name: str) -> str:
        """Return the text in a child."""
        return self.text_in(self.element.find(name))

    def text_in(self, holder: etree._Element | None) -> str:
        """Return the text that an element holds."""
        if holder is None:
            return ""
        return self.convert(
            plain_text_of(holder), self._format_of(holder, self.text_format), holder
        )

    def convert(
        self, text: str, text_format: TextFormat, holder: etree._Element | None = None
    ) -> str:
        """Return a text as Markdown; the holder has its pictures."""
        if not text:
            return ""
        text, files = without_inline(text)
        beside = {} if holder is None else files_of(holder)
        images = self.pictures.named_in({**beside, **files})
        if text_format is TextFormat.MARKDOWN:
            text = _with_plain_names(text, images)
        converted = to_markdown(text, text_format, images)
        for what in converted.left_out:
            self.notes.change(f"Something in the text has no counterpart here: {what}.")
        return converted.text

    @staticmethod
    def _format_of(holder: etree._Element | None, otherwise: TextFormat) -> TextFormat:
        name = None if holder is None else holder.get("format")
        return otherwise if name is None else _FORMATS.get(name.strip(), TextFormat.HTML)


def _with_plain_names(text: str, images: ImageNames) -> str:
    def renamed(match: re.Match[str]) -> str:
        name = images(match[1])
        return f"]({name})" if name else match[0]

    return _PICTURE_IN_MARKDOWN.sub(renamed, text)
