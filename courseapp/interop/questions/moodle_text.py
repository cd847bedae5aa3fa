"""Texts in the four formats that Moodle has, as our Markdown."""

from __future__ import annotations

import enum
import re
from dataclasses import replace
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from courseapp.interop.questions.html import ImageNames
from courseapp.interop.questions.remarks import NotTaken
from courseapp.interop.questions.text import Converted, convert, escape_markdown, plain_of

# What a question can need, many times over; what is longer was not meant as a text. Markdown has no tags, which
# make texts long, and its parsers can be kept busy.
MOST_CHARACTERS: Final = 50_000
MOST_CHARACTERS_OF_MARKDOWN: Final = 15_000

_OUR_LINKS: Final = ("https://", "glossary:", "lesson:")
# How TeX is written in texts that Moodle shows.
_FORMULAS: Final = (("\\(", "\\)"), ("\\[", "\\]"))
_LOOKS_LIKE_HTML: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>|&#?[A-Za-z0-9]{1,32};")


class TextFormat(enum.StrEnum):
    """The formats, by their names in Moodle XML."""

    AUTO = "moodle_auto_format"
    HTML = "html"
    PLAIN = "plain_text"
    MARKDOWN = "markdown"


def no_images(_address: str) -> None:
    """Say that a file brings no images."""


def to_markdown(text: str, text_format: TextFormat, images: ImageNames = no_images) -> Converted:
    """Return a text as our Markdown."""
    is_markdown = text_format is TextFormat.MARKDOWN
    if len(text) > (MOST_CHARACTERS_OF_MARKDOWN if is_markdown else MOST_CHARACTERS):
        raise NotTaken("A text is longer than any question needs.")
    if is_markdown:
        return _from_markdown(text.strip(), images)
    if text_format is TextFormat.PLAIN:
        converted = Converted(escape_markdown(text))
    else:
        page = text if text_format is TextFormat.HTML else _lines_as_html(text)
        converted = convert(page, images)
    if any(begin in text and end in text for begin, end in _FORMULAS):
        return replace(converted, left_out=[*converted.left_out, "the layout of a formula"])
    return converted


def to_plain(text: str) -> str:
    """Return a text that Moodle takes for plain, but shows as HTML."""
    return plain_of(text) if _LOOKS_LIKE_HTML.search(text) else text.strip()


def from_plain(text: str) -> str:
    """Return a plain text so that Moodle, which may show it as HTML, shows the same."""
    if not _LOOKS_LIKE_HTML.search(text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _lines_as_html(text: str) -> str:
    """Return HTML whose line ends are breaks, except beside tags."""
    text = re.sub(r">\s+<", "><", text)
    text = re.sub(r"\n<", " <", text)
    text = re.sub(r">\n", "> ", text)
    return text.replace("\n", "<br>")


def _from_markdown(text: str, images: ImageNames) -> Converted:
    """Return Markdown as it is if it is ours; else what Moodle would show of it, written anew."""
    if not re.search(r"[<\[]", text) or _is_ours(_parser().parse(text), images):
        return Converted(text)
    return convert(str(_parser().render(text)), images)


def _is_ours(tokens: list[Token], images: ImageNames) -> bool:
    return all(_fits(token, images) and _is_ours(token.children or [], images) for token in tokens)


def _fits(token: Token, images: ImageNames) -> bool:
    if token.type == "link_open":
        return str(token.attrs.get("href", "")).startswith(_OUR_LINKS)
    if token.type == "image":
        source = str(token.attrs.get("src", ""))
        return images(source) == source
    return token.type not in {"html_inline", "html_block"}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")
