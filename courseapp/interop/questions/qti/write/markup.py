"""Our Markdown as the XHTML that an item may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

from lxml import etree

from courseapp.interop.questions.qti.write.elements import Maker, append, clean
from courseapp.interop.questions.remarks import Notes
from courseapp.interop.questions.text import html_of, inline_html_of

_BLOCKS: Final = frozenset(
    ["p", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "blockquote", "table", "hr"]
)
# Between what these hold there is no text.
_ONLY_ELEMENTS: Final = frozenset(["ul", "ol", "table", "thead", "tbody", "tr"])
# Private characters, which no text for people has, stand for a gap and for typed quotation marks while the text
# is Markdown: on our pages these become printed ones, but a file that comes back should be what it was.
_PRIVATE: Final = re.compile("[\ue000-\ue003]")
_PLACE: Final = "\ue000{}\ue001"
_PLACES: Final = re.compile("\ue000([0-9]+)\ue001")
_QUOTES: Final = {'"': "\ue002", "'": "\ue003"}
_UNQUOTES: Final = str.maketrans({private: typed for typed, private in _QUOTES.items()})
# Quotation marks, and before them what holds some that belong to Markdown.
_QUOTED: Final = re.compile(
    r"""\\.|\]\([^)\n]*\)|^ {0,3}\[[^\]\n]+\]:.*$|(?P<quote>["'])""", re.MULTILINE | re.DOTALL
)


@dataclass(slots=True)
class Markup:
    """Writes the texts of one question."""

    make: Maker
    notes: Notes
    # Where the question's pictures lie, seen from its item.
    folder: str
    pictures: frozenset[str] = frozenset()
    shown: set[str] = field(default_factory=set)
    _gaps: Sequence[Sequence[etree._Element]] = ()

    def blocks(
        self, markdown: str, gaps: Mapping[str, Sequence[etree._Element]] | None = None
    ) -> Sequence[etree._Element]:
        """Return a text as paragraphs and the like, with elements in the places of its gaps."""
        text = _prepared(markdown)
        self._gaps = list((gaps or {}).values())
        for number, key in enumerate(gaps or {}):
            text = re.sub(rf"(?<!\\)\[\[{re.escape(key)}\]\]", _PLACE.format(number), text, count=1)
        holder = self.make.html("div")
        self._copy(_parsed(html_of(text)), holder, only_blocks=True)
        return list(holder)

    def fill(self, element: etree._Element, markdown: str) -> etree._Element:
        """Put a text into an element: words, if it is one line, else paragraphs."""
        self._gaps = ()
        if "\n" in markdown.strip():
            for block in self.blocks(markdown):
                element.append(block)
        else:
            html = inline_html_of(_prepared(markdown.strip()))
            self._copy(_parsed(html), element, only_blocks=False)
        return element

    def _copy(self, source: etree._Element, target: etree._Element, *, only_blocks: bool) -> None:
        """Copy what an element holds; with `only_blocks`, words get paragraphs of their own."""
        paragraph: etree._Element | None = None
        for part in _parts(source):
            if isinstance(part, str):
                if source.tag in _ONLY_ELEMENTS or (only_blocks and not part.strip()):
                    continue
                if only_blocks and paragraph is None:
                    paragraph = self._new(target, "p")
                self._say(target if paragraph is None else paragraph, part)
                continue
            if part.tag in _BLOCKS:
                paragraph = None
            elif only_blocks and paragraph is None:
                paragraph = self._new(target, "p")
            self._copy_element(part, target if paragraph is None else paragraph)

    def _copy_element(self, part: etree._Element, target: etree._Element) -> None:
        name = str(part.tag)
        if name == "img":
            self._show(part, target)
            return
        copy = self._new(target, name)
        if name == "a":
            copy.set("href", str(part.get("href", "")))
        if name == "ol" and part.get("start", "1") != "1":
            self.notes.change("A numbered list begins at 1 in QTI, whatever it began with.")
        self._copy(part, copy, only_blocks=name == "blockquote")
        if name == "table":
            _give_body(copy, self.make)

    def _new(self, target: etree._Element, name: str) -> etree._Element:
        element = self.make.html(name)
        target.append(element)
        return element

    def _say(self, target: etree._Element, text: str) -> None:
        """Put words into an element, and elements where gaps are."""
        words = _PLACES.split(text)
        for index, piece in enumerate(words):
            if index % 2 == 0:
                append(target, piece.translate(_UNQUOTES))
                continue
            for count, filled in enumerate(self._gaps[int(piece)]):
                if count:
                    append(target, " ")
                target.append(filled)

    def _show(self, image: etree._Element, target: etree._Element) -> None:
        name = unquote(str(image.get("src", "")))
        alternative = str(image.get("alt", "")).translate(_UNQUOTES)
        if name not in self.pictures:
            self.notes.change(f"The image {name} is not there, so its words stand in its place.")
            append(target, alternative)
            return
        self.shown.add(name)
        copy = self._new(target, "img")
        copy.set("src", quote(f"{self.folder}/{name}"))
        copy.set("alt", alternative)


def _prepared(markdown: str) -> str:
    text = _PRIVATE.sub("", clean(markdown))
    return _QUOTED.sub(lambda match: _QUOTES.get(match[0], match[0]), text)


def _parsed(xhtml: str) -> etree._Element:
    return etree.fromstring(f"<div>{xhtml}</div>")


def _parts(element: etree._Element) -> Iterator[etree._Element | str]:
    if element.text:
        yield element.text
    for child in element:
        yield child
        if child.tail:
            yield child.tail


def _give_body(table: etree._Element, make: Maker) -> None:
    """Make the head of a table that has no other rows its body: every table of QTI has one."""
    bodies = [part for part in table if etree.QName(part).localname == "tbody"]
    if bodies or not len(table):
        return
    body = make.html("tbody")
    for row in list(table[0]):
        body.append(row)
    table.remove(table[0])
    table.append(body)
