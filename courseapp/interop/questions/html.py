"""HTML of strangers, read as browsers read it (by libxml2), one tag after the other.

No tree is built that could be too deep, and nothing of the HTML reaches a page: what comes out are blocks, from
which Markdown is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Final, Protocol, TypeVar

from lxml import etree

from courseapp.interop.questions.blocks import (
    Block,
    Code,
    Items,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
    tidied,
)

# Says which image an address stands for, by its plain name; None where there is none.
ImageNames = Callable[[str], str | None]

# Halves of characters, which no encoding can hold.
_HALVES: Final = re.compile("[\ud800-\udfff]")
# Lists and quotations in each other; what stands deeper is read as if it stood here.
_DEEPEST: Final = 4

_STRONG: Final = frozenset({"b", "strong"})
# Underlining has no counterpart; a question may ask about "the underlined word", so it stays marked.
_EMPHASIS: Final = frozenset({"i", "em", "u", "ins", "cite", "dfn", "var"})
_CODE: Final = frozenset({"code", "kbd", "samp", "tt"})
_CROSSED_OUT: Final = frozenset({"s", "del", "strike"})
_SILENT: Final = frozenset({"style", "template"})
_ELSEWHERE: Final = {
    "script": "a script",
    "iframe": "an embedded page",
    "object": "an embedded object",
    "embed": "an embedded object",
    "applet": "an embedded object",
    "video": "a video",
    "audio": "a sound",
    "canvas": "a drawing",
    "svg": "a drawing",
    "select": "a form field",
    "input": "a form field",
    "textarea": "a form field",
    "button": "a form field",
}
_PARAGRAPH: Final = re.compile(
    r"p|div|section|article|header|footer|main|aside|nav|figure|figcaption|address|center|"
    r"caption|dl|dt|dd|form|fieldset|legend|details|summary|body|html"
)
_WORDS_ONLY: Final = re.compile(
    r"a|abbr|acronym|bdi|bdo|big|blink|data|font|head|label|link|mark|meta|nobr|noscript|q|"
    r"ruby|rb|rp|rt|small|source|span|sub|sup|time|title|track|wbr|tbody|thead|tfoot|colgroup|"
    r"col|optgroup|option|area|map|base|param|math"
)
# Formulas are said to be lost as a whole; their letters stay.
_MATHEMATICS: Final = re.compile(
    r"annotation|mfenced|mfrac|mi|mn|mo|mover|mroot|mrow|mspace|msqrt|mstyle|msub|msubsup|"
    r"msup|mtable|mtd|mtext|mtr|munder|munderover|semantics"
)

_HIGH: Final = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOW: Final = str.maketrans("0123456789+-−=()aeioruvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢₒᵣᵤᵥₓ")


class _Target(Protocol):
    """What the parser tells of a document."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def close(self) -> object: ...


_T = TypeVar("_T", bound=_Target)


def _parse(html: str, target: _T) -> _T:
    # The stubs of lxml ask for a method about comments, which lxml does not.
    listener: Any = target
    parser = etree.HTMLParser(target=listener)
    # The outer element keeps the parser from putting bare words into a paragraph.
    parser.feed(f"<div>{_HALVES.sub('', html)}</div>")
    parser.close()
    return target


# -- From others ----------------------------------------------------------------------------------


def read_html(html: str, images: ImageNames) -> tuple[Sequence[Block], Sequence[str]]:
    """Return the blocks of a text, and in words what of it has no counterpart."""
    if not re.search("[<&]", html):
        runs = tidied([Run(_words(html))])
        return ([Paragraph(runs)] if runs else []), ()
    # A < that no > follows opens no tag: somebody typed the sign for less.
    end = html.rfind(">") + 1
    reader = _parse(html[:end] + html[end:].replace("<", "&lt;"), _Reader(images))
    return reader.blocks, tuple(reader.left_out)


@dataclass(slots=True)
class _OpenList:
    start: int | None
    items: list[Sequence[Block]] = field(default_factory=list)


@dataclass(slots=True)
class _OpenTable:
    rows: list[list[Sequence[Run]]] = field(default_factory=list)
    headed: bool = False
    depth: int = 1
    in_cell: bool = False


_End = Callable[[], None]


def _nothing() -> None:
    """End an element that ends with nothing."""


@dataclass(slots=True)
class _Reader:
    """Takes what the parser tells, and builds blocks of it."""

    images: ImageNames
    blocks: list[Block] = field(default_factory=list)
    # A dict for its order: what was left out, each once.
    left_out: dict[str, None] = field(default_factory=dict)
    # What is to be done at the end of each open element.
    _ends: list[Callable[[], None]] = field(default_factory=list)
    _heard: list[str] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _places: list[list[Block] | _OpenList] = field(default_factory=list)
    _marks: Run = field(default_factory=lambda: Run(""))
    _level: int = 0
    _hidden: int = 0
    _code: list[str] | None = None
    _table: _OpenTable | None = None

    def __post_init__(self) -> None:
        self._places.append(self.blocks)

    # What the parser calls

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._gather()
        if self._hidden or tag in _SILENT or tag in _ELSEWHERE:
            if not self._hidden and tag in _ELSEWHERE:
                self._leave_out(_ELSEWHERE[tag])
            self._hidden += 1
            self._ends.append(self._show)
            return
        self._ends.append(self._begin(tag, attributes))

    def end(self, _tag: str) -> None:
        self._gather()
        self._ends.pop()()

    def data(self, text: str) -> None:
        # Each entity comes by itself: they are put together first.
        self._heard.append(text)

    def close(self) -> _Reader:
        self._gather()
        self._end_paragraph()
        return self

    def _gather(self) -> None:
        text = "".join(self._heard)
        self._heard.clear()
        if self._hidden or not text:
            return
        if self._code is not None:
            self._code.append(text)
            return
        if words := _words(text):
            self._say(words)

    # Elements

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> _End:
        """Do what an element begins with, and return what it ends with."""
        if self._code is not None:
            if tag == "br":
                self._code.append("\n")
            return _nothing
        if begin := _ELEMENTS.get(tag):
            return begin(self, attributes)
        if _PARAGRAPH.fullmatch(tag):
            return self._begin_paragraph()
        if tag in _CROSSED_OUT:
            self._leave_out("crossing out")
        elif tag == "math":
            self._leave_out("the layout of a formula")
        elif not (_WORDS_ONLY.fullmatch(tag) or _MATHEMATICS.fullmatch(tag) or ":" in tag):
            self._leave_out(f"the tag <{tag[:30]}>")
        return _nothing

    def _leave_out(self, what: str) -> None:
        self.left_out[what] = None

    def _show(self) -> None:
        self._hidden -= 1

    # Words

    def _say(self, text: str) -> None:
        self._runs.append(self._marks.saying(text))

    def _mark(self, marks: Run) -> _End:
        """Let the words that follow have these marks, until the end; code has no marks inside."""
        before = self._marks
        if not before.code:
            self._marks = marks

        def end() -> None:
            self._marks = before

        return end

    def _begin_link(self, address: str) -> _End:
        address = address.strip()
        if address.startswith("https://"):
            return self._mark(replace(self._marks, target=address))
        if not address or address.startswith("#"):
            return _nothing
        begun = len(self._runs)

        def end() -> None:
            words = "".join(run.text for run in self._runs[begun:])
            # What can be typed in is kept; where else it led, nobody here could follow.
            if address.startswith("http://") and address not in words:
                self._say(f" ({address})")
            self._leave_out("a link that does not begin with https://")

        return end

    def _image(self, address: str, alternative: str) -> _End:
        name = self.images(address)
        words = " ".join(alternative.split())
        if name is None:
            self._leave_out("an image")
            self._say(words)
        else:
            self._runs.append(replace(self._marks, text=words, image=name, code=False))
        return _nothing

    def _begin_raised(self, signs: Mapping[int, int], otherwise: str) -> _End:
        begun = len(self._runs)

        def end() -> None:
            inner = self._runs[begun:]
            words = "".join(run.text for run in inner).strip()
            if not words:
                return
            if all(ord(character) in signs or character == " " for character in words):
                self._runs[begun:] = [run.saying(run.text.translate(signs)) for run in inner]
            elif not (len(words) > 1 and words.isalpha()):
                # Words that stand high, as in 1st, are understood on the line. Formulas are not.
                words = words if len(words) == 1 else f"({words})"
                self._runs[begun:] = [inner[0].saying(f"{otherwise}{words}")]

        return end

    def _begin_quotation_marks(self) -> _End:
        self._say("“")
        return lambda: self._say("”")

    def _break_line(self) -> _End:
        before = next((r.text for r in reversed(self._runs) if r.image or r.text.strip(" ")), "")
        # Two breaks in a row make a paragraph, in the way of those who have no other.
        if before == "\n":
            self._end_paragraph()
        else:
            self._runs.append(Run("\n"))
        return _nothing

    # Blocks

    def _end_paragraph(self) -> None:
        if self._table is not None and self._table.in_cell:
            self._runs.append(Run(" "))
            return
        runs, self._runs = tidied(self._runs), []
        if runs:
            self._add(Paragraph(runs, self._level))

    def _add(self, block: Block) -> None:
        place = self._places[-1]
        if isinstance(place, _OpenList):
            place.items.append([block])
        else:
            place.append(block)

    def _begin_paragraph(self, level: int = 0) -> _End:
        self._end_paragraph()
        before, self._level = self._level, level or self._level

        def end() -> None:
            self._end_paragraph()
            self._level = before

        return end

    def _begin_code(self) -> _End:
        if self._table is not None and self._table.in_cell:
            return self._mark(replace(self._marks, code=True))
        self._end_paragraph()
        self._code = []

        def end() -> None:
            text = "".join(self._code or []).strip("\n").rstrip()
            self._code = None
            if text:
                self._add(Code(text))

        return end

    def _rule(self) -> _End:
        self._end_paragraph()
        if len(self._places) == 1 and self._table is None:
            self._add(Rule())
        return _nothing

    def _may_nest(self) -> bool:
        depth = sum(isinstance(place, _OpenList) for place in self._places)
        quotes = len(self._places) - 1 - 2 * depth
        return depth + quotes < _DEEPEST and self._table is None

    def _begin_list(self, start: int | None) -> _End:
        if not self._may_nest():
            return self._begin_paragraph()
        self._end_paragraph()
        opened = _OpenList(start)
        self._places.append(opened)

        def end() -> None:
            self._end_paragraph()
            self._places.pop()
            if opened.items:
                self._add(Items(opened.items, opened.start))

        return end

    def _begin_item(self) -> _End:
        place = self._places[-1]
        if not isinstance(place, _OpenList) or self._table is not None:
            return self._begin_paragraph()
        self._end_paragraph()
        blocks: list[Block] = []
        self._places.append(blocks)

        def end() -> None:
            self._end_paragraph()
            self._places.pop()
            if blocks:
                place.items.append(blocks)

        return end

    def _begin_quote(self) -> _End:
        if not self._may_nest() or isinstance(self._places[-1], _OpenList):
            return self._begin_paragraph()
        self._end_paragraph()
        blocks: list[Block] = []
        self._places.append(blocks)

        def end() -> None:
            self._end_paragraph()
            self._places.pop()
            if blocks:
                self._add(Quote(blocks))

        return end

    # Tables

    def _begin_table(self) -> _End:
        self._end_paragraph()
        if self._table is not None:
            self._table.depth += 1
            return self._end_inner_table
        self._table = _OpenTable()
        return self._end_table

    def _end_inner_table(self) -> None:
        self._end_paragraph()
        if self._table is not None:
            self._table.depth -= 1

    def _end_table(self) -> None:
        table, self._table = self._table, None
        self._end_paragraph()
        if table is not None and table.rows:
            self._add(Table(table.rows, table.headed))

    def _begin_row(self) -> _End:
        if self._table is None or self._table.depth > 1:
            return self._begin_paragraph()
        self._end_paragraph()
        self._table.rows.append([])
        return _nothing

    def _begin_cell(self, *, heading: bool) -> _End:
        table = self._table
        if table is None or table.depth > 1:
            return self._begin_paragraph()
        self._end_paragraph()
        if not table.rows:
            table.rows.append([])
        # The first row heads the columns if its first named cell is a heading.
        if len(table.rows) == 1:
            table.headed = table.headed or heading
        table.in_cell = True

        def end() -> None:
            table.rows[-1].append(tidied(self._runs))
            self._runs = []
            table.in_cell = False

        return end


def _words(text: str) -> str:
    """Return a text in which blanks and line ends are one blank, as on a page."""
    # Marks for "no break here" and "break here" that editors sow are no words.
    text = re.sub(r"[\u200b\ufeff\0]", "", text)
    text = re.sub(r"[ \t\n\f\r]+", " ", text)
    return re.sub(r"[ \u00a0]{2,}", " ", text)


def _list_start(text: str | None) -> int:
    """Return the number with which a list begins."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,6}", text) else 1


_Begin = Callable[[_Reader, Mapping[str, str]], _End]


def _heading(level: int) -> _Begin:
    return lambda reader, _: reader._begin_paragraph(level)


_ELEMENTS: Final[Mapping[str, _Begin]] = {
    **dict.fromkeys(_STRONG, lambda r, _: r._mark(replace(r._marks, strong=True))),
    **dict.fromkeys(_EMPHASIS, lambda r, _: r._mark(replace(r._marks, emphasis=True))),
    **dict.fromkeys(_CODE, lambda r, _: r._mark(replace(r._marks, code=True))),
    # The page has its own heading of the first level.
    **{f"h{level}": _heading(max(2, level)) for level in range(1, 7)},
    "br": lambda r, _: r._break_line(),
    "a": lambda r, attributes: r._begin_link(attributes.get("href", "")),
    "img": lambda r, attributes: r._image(attributes.get("src", ""), attributes.get("alt", "")),
    "sup": lambda r, _: r._begin_raised(_HIGH, "^"),
    "sub": lambda r, _: r._begin_raised(_LOW, "_"),
    "q": lambda r, _: r._begin_quotation_marks(),
    "pre": lambda r, _: r._begin_code(),
    "hr": lambda r, _: r._rule(),
    "ul": lambda r, _: r._begin_list(None),
    "ol": lambda r, attributes: r._begin_list(_list_start(attributes.get("start"))),
    "li": lambda r, _: r._begin_item(),
    "blockquote": lambda r, _: r._begin_quote(),
    "table": lambda r, _: r._begin_table(),
    "tr": lambda r, _: r._begin_row(),
    "td": lambda r, _: r._begin_cell(heading=False),
    "th": lambda r, _: r._begin_cell(heading=True),
}


# -- From our own pages ---------------------------------------------------------------------------

_KEPT: Final = frozenset(
    {
        "p",
        "strong",
        "em",
        "code",
        "pre",
        "ul",
        "li",
        "blockquote",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
)
_EMPTY: Final = frozenset({"br", "hr"})


def plain_elements(html: str) -> str:
    """Return what `courseapp.core.markdown` rendered as XHTML without what only our own pages understand."""
    return "".join(_parse(html, _Plainer()).parts).strip()


@dataclass(slots=True)
class _Plainer:
    """Writes down again what the parser tells."""

    parts: list[str] = field(default_factory=list)
    _ends: list[str] = field(default_factory=list)
    _hidden: int = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._hidden or tag == "svg":
            self._hidden += 1
            return
        begin, end = _written(tag, attributes)
        self.parts.append(begin)
        self._ends.append(end)

    def end(self, _tag: str) -> None:
        if self._hidden:
            self._hidden -= 1
        else:
            self.parts.append(self._ends.pop())

    def data(self, text: str) -> None:
        if not self._hidden:
            self.parts.append(escape(text, quote=False))

    def close(self) -> _Plainer:
        return self


def _written(tag: str, attributes: Mapping[str, str]) -> tuple[str, str]:
    if tag == "a" and attributes.get("href", "").startswith("https://"):
        return f'<a href="{escape(attributes["href"])}">', "</a>"
    if tag == "img":
        source, words = attributes.get("src", ""), attributes.get("alt", "")
        return f'<img src="{escape(source)}" alt="{escape(words)}"/>', ""
    if tag == "ol":
        start = f' start="{attributes["start"]}"' if "start" in attributes else ""
        return f"<ol{start}>", "</ol>"
    if tag == "figcaption":
        return "<p>", "</p>"
    if tag in _EMPTY:
        return f"<{tag}/>", ""
    return (f"<{tag}>", f"</{tag}>") if tag in _KEPT else ("", "")
