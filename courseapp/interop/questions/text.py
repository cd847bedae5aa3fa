"""Texts on their way in and out: bytes, HTML and plain text to our Markdown, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt

from courseapp.core.markdown import render, render_inline
from courseapp.interop.questions.blocks import paragraphs, to_markdown, to_words
from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.html import ImageNames, plain_elements, read_html

MOST_BYTES: Final = 5_000_000
# What an image may be called in a text: a file beside it, nothing that leads elsewhere.
PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

# Characters that no text file, and no XML, can hold.
_UNWRITABLE: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CONTROLS: Final = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decode(content: bytes) -> str:
    """Return the text of a file, with lines that end in a line feed."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_l("It is larger than five megabytes."))
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError as error:
        raise _no_text() from error
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise _no_text()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Stray control characters come with texts that were pasted; nobody means them.
    return _CONTROLS.sub(" ", text)


def writable(text: str) -> str:
    """Return a text without what no file can hold."""
    return _UNWRITABLE.sub("", text)


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # Without a mark, UTF-16 shows in the empty halves of its ASCII letters, blanks and line ends.
    halves = content[::2].count(0), content[1::2].count(0)
    if any(halves):
        if min(halves) > max(halves) / 20 or max(halves) < len(content) / 40:
            raise _no_text()
        return "utf-16-be" if halves[0] > halves[1] else "utf-16-le"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # A picture or an archive can mostly be read as this, too; but a text holds no control characters.
        if re.search(rb"[\x01-\x08\x0e-\x1f\x7f]", content):
            raise _no_text() from None
        return "windows-1252"
    return "utf-8"


def _no_text() -> Unreadable:
    return Unreadable(_l("It is not a text file."))


@dataclass(frozen=True, slots=True)
class Converted:
    """Markdown made from HTML, and in words what of it has no counterpart."""

    text: str
    left_out: Sequence[str] = ()


def plain_name(address: str) -> str | None:
    """Return the address of an image if it is the plain name of a file."""
    return address if PLAIN_NAME.fullmatch(address) else None


def convert(html: str, images: ImageNames = plain_name) -> Converted:
    """Return HTML as our Markdown, and say what was left out."""
    blocks, left_out = read_html(html, images)
    return Converted(to_markdown(blocks), left_out)


def markdown_of(html: str, images: ImageNames = plain_name) -> str:
    """Return HTML as our Markdown. What is no image by `images` is shown by its alternative."""
    return convert(html, images).text


def plain_of(html: str) -> str:
    """Return the words of HTML, on a line for each of its blocks."""
    blocks, _ = read_html(html, plain_name)
    return "\n".join(line for line in to_words(blocks) if line)


def html_of(markdown: str) -> str:
    """Return a text as well-formed XHTML of plain elements, in which images keep their names.

    Links within a course, which lead nowhere else, become words.
    """
    return plain_elements(render(markdown, _as_it_is))


def inline_html_of(markdown: str) -> str:
    """Return the same for one line, without a paragraph around it."""
    return plain_elements(render_inline(markdown, _as_it_is))


def one_line_of_html(markdown: str) -> str:
    """Return one line with quotation marks as they were typed, for files that are read again."""
    return plain_elements(str(_plain_parser().renderInline(markdown.strip())))


def _as_it_is(target: str) -> str:
    return target


def escape_markdown(plain: str) -> str:
    """Return Markdown that shows these words in these lines, and nothing else."""
    return to_markdown(paragraphs(plain))


def on_one_line(markdown: str) -> str:
    """Return a text with blanks for its line ends and breaks."""
    # A break is a backslash before the line end, unless that backslash is itself escaped.
    unbroken = re.sub(r"(?<!\\)((?:\\\\)*)\\\n", r"\1 ", markdown)
    return " ".join(unbroken.split())


def plain_of_markdown(markdown: str) -> str:
    """Return the words of a text, on a line for each of its blocks. Quotation marks stay as they were typed."""
    return plain_of(str(_plain_parser().render(markdown)))


@cache
def _plain_parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
