"""Texts as blocks of words with marks: what HTML and plain text are read into, and Markdown is written from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

# No honest table has more columns; one that has is written row by row.
_MOST_COLUMNS: Final = 20


@dataclass(frozen=True, slots=True)
class Run:
    """Words with the same marks; a line feed among them is a line break.

    `target` is the address of a link, `image` the name of an image whose alternative is the text.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    target: str = ""
    image: str = ""

    def saying(self, text: str) -> Run:
        """Return other words with the same marks."""
        if text == self.text:
            return self
        # This is done so often that `replace` would take too long.
        return Run(text, self.strong, self.emphasis, self.code, self.target, self.image)

    @property
    def marks(self) -> tuple[bool, bool, bool, str, str]:
        """All but the words."""
        return self.strong, self.emphasis, self.code, self.target, self.image


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; with a level above zero, a heading."""

    runs: Sequence[Run]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of code."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. The first row heads the columns if `headed`."""

    rows: Sequence[Sequence[Sequence[Run]]]
    headed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; numbered from `start` if there is one."""

    items: Sequence[Sequence[Block]]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said."""

    blocks: Sequence[Block]


Block = Paragraph | Code | Table | Rule | Items | Quote


def paragraphs(plain: str) -> Sequence[Paragraph]:
    """Return a plain text as blocks: empty lines part paragraphs, other line ends are breaks."""
    texts = re.split(r"\n[ \t]*\n\s*", plain.replace("\0", "").strip())
    return [Paragraph([Run(re.sub(r"[ \t\f\v\r]+", " ", text))]) for text in texts if text]


def tidied(runs: Sequence[Run]) -> Sequence[Run]:
    """Return runs with no blank twice, none beside a break or at an end, and equal neighbours in one."""
    found: list[Run] = []
    last = "\n"
    for run in runs:
        text = run.text
        if not run.image:
            text = re.sub(r" ?\n ?", "\n", text)
            if last in "\n ":
                text = text.lstrip(" ")
            if text.startswith("\n") and found:
                _strip_end(found, " ")
            if not text:
                continue
        last = text[-1:] if not run.image else "!"
        if found and not run.image and found[-1].marks == run.marks:
            found[-1] = run.saying(found[-1].text + text)
        else:
            # Two pieces of code without a blank between would be read as one.
            touching = found and found[-1].code and run.code
            found.append(run.saying(f" {text}" if touching else text))
    _strip_end(found, None)
    while found and not found[0].image and not found[0].text.strip():
        del found[0]
    if found and not found[0].image:
        found[0] = found[0].saying(found[0].text.lstrip())
    return found


def _strip_end(runs: list[Run], characters: str | None) -> None:
    while runs and not runs[-1].image:
        text = runs[-1].text.rstrip(characters)
        if text:
            runs[-1] = runs[-1].saying(text)
            return
        del runs[-1]


# -- Words ----------------------------------------------------------------------------------------


def to_words(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the words of each block, on lines of their own."""
    for block in blocks:
        match block:
            case Paragraph(runs):
                yield from _plain(runs).split("\n")
            case Code(text):
                yield from text.split("\n")
            case Table(rows):
                yield from (" ".join(filter(None, map(_plain, row))) for row in rows)
            case Items(items):
                for item in items:
                    yield from to_words(item)
            case Quote(quoted):
                yield from to_words(quoted)


def _plain(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in tidied(runs))


# -- Markdown -------------------------------------------------------------------------------------


def to_markdown(blocks: Sequence[Block]) -> str:
    """Return the blocks as Markdown that shows the same words, and no others."""
    return "\n".join(_lines(blocks))


def _lines(blocks: Sequence[Block], *, close: bool = False) -> Sequence[str]:
    """Return the lines of blocks; with `close`, a list follows its paragraph without an empty line."""
    lines: list[str] = []
    other = False
    before: Block | None = None
    for block in blocks:
        # Two lists in a row are one, unless their markers differ.
        follows = isinstance(block, Items) and isinstance(before, Items)
        other = follows and not other
        written = _block_lines(block, other=other)
        if not written:
            continue
        # Only a list that begins with one may interrupt a paragraph.
        if lines and not (close and isinstance(block, Items) and block.start in {None, 1}):
            lines.append("")
        lines += written
        before = block
    return lines


def _block_lines(block: Block, *, other: bool) -> Sequence[str]:  # noqa: PLR0911  # one for each block
    match block:
        case Paragraph(runs, 0):
            return [_begin_line(line) for line in _inline(runs).split("\n") if line]
        case Paragraph(runs, level):
            return _heading_lines(_on_one_line(runs), level)
        case Code(text):
            fence = "`" * max(3, 1 + _longest(r"`+", text))
            return [fence, *text.split("\n"), fence]
        case Table():
            return _table_lines(block)
        case Rule():
            return ["___"]
        case Items():
            return _list_lines(block, other=other)
        case Quote(quoted):
            return [f"> {line}".rstrip() for line in _lines(quoted)]


def _heading_lines(text: str, level: int) -> Sequence[str]:
    # A # at the end would be taken for decoration.
    return [f"{'#' * level} " + re.sub(r"#+$", r"\\\g<0>", text)] if text else []


def _list_lines(block: Items, *, other: bool) -> Sequence[str]:
    items = [item for item in block.items if _lines(item)]
    close = all(_is_close(item) for item in items)
    lines: list[str] = []
    for number, item in enumerate(items, start=block.start or 0):
        marker = "*-"[not other] if block.start is None else f"{number}{').'[not other]}"
        indent = " " * (len(marker) + 1)
        if lines and not close:
            lines.append("")
        first, *rest = _lines(item, close=close)
        lines.append(f"{marker} {first}")
        lines += [indent + line if line else "" for line in rest]
    return lines


def _is_close(item: Sequence[Block]) -> bool:
    """Tell whether an item is one paragraph, with at most lists below it."""
    return isinstance(item[0], Paragraph | Items) and all(isinstance(b, Items) for b in item[1:])


def _table_lines(table: Table) -> Sequence[str]:
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    columns = max((len(row) for row in rows), default=0)
    if not any(cell for row in rows for cell in row):
        return []
    if columns > _MOST_COLUMNS:
        return _lines(
            [Paragraph([r for cell in row for r in (*cell, Run(" "))]) for row in table.rows]
        )
    if not table.headed:
        rows.insert(0, [])
    lines = ["| " + " | ".join(row + [""] * (columns - len(row))) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * columns)
    return lines


def _cell(runs: Sequence[Run]) -> str:
    # Cells are cut apart before code is looked for, so bars are escaped even there.
    hidden = [run.saying(run.text.replace("|", "\0")) if run.code else run for run in runs]
    return _on_one_line(hidden).replace("\0", "\\|")


# What means something only where a line begins with it.
_LINE_START: Final = re.compile(
    r"#{1,6}(?=[ ]|$)|>|[-+*](?=[ ]|$)|=+[ ]*$|~~~|:::|[-:|][-:|\s\\]*$"
)
_NUMBERED: Final = re.compile(r"(\d{1,9})([.)])(?=[ ]|$)")


def _begin_line(line: str) -> str:
    if _LINE_START.match(line):
        return f"\\{line}"
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


def _inline(runs: Sequence[Run]) -> str:
    kept = tidied(runs)
    # Most texts have no marks at all.
    marks = _MARKS if any(any(run.marks) for run in kept) else ()
    return _marked(kept, marks, "", "") if kept else ""


def _on_one_line(runs: Sequence[Run]) -> str:
    return _inline([run.saying(run.text.replace("\n", " ")) for run in runs])


# Stands for a neighbour about which nothing is known: with it, signs need letters inside.
_UNKNOWN: Final = "x"


@dataclass(frozen=True, slots=True)
class _Mark:
    """A kind of mark: who has it, what is written around the words, and how that begins."""

    of: Callable[[Run], object]
    around: Callable[[str, Run], str]
    sign: str = "*"
    # The characters just inside of it, as marks further in see them.
    inside: tuple[str, str] = (_UNKNOWN, _UNKNOWN)


_LINK: Final = _Mark(
    of=lambda run: run.target,
    around=lambda text, run: f"[{text}]({_address(run.target)})",
    sign="[",
    inside=("[", "]"),
)
_STRONG: Final = _Mark(of=lambda run: run.strong, around=lambda text, _: f"**{text}**")
_EMPHASIS: Final = _Mark(of=lambda run: run.emphasis, around=lambda text, _: f"*{text}*")
_MARKS: Final = (_LINK, _STRONG, _EMPHASIS)


def _marked(runs: Sequence[Run], marks: Sequence[_Mark], before: str, after: str) -> str:
    """Return runs that stand between two characters ("" for the ends of the paragraph)."""
    if not marks:
        last = len(runs) - 1
        return "".join(
            _leaf(run, _UNKNOWN if number else before, after if number == last else _UNKNOWN)
            for number, run in enumerate(runs)
        )
    mark, *others = marks
    groups = [(value, list(group)) for value, group in groupby(runs, key=mark.of)]
    nexts = [*(_first_sign(group[0], marks) for _, group in groups[1:]), after]
    written = ""
    for (value, group), following in zip(groups, nexts, strict=True):
        previous = written[-1:] or before
        if not value:
            written += _marked(group, others, previous, following)
            continue
        inner = _marked(group, others, *mark.inside)
        core = inner.strip()
        lead, trail = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        if mark is _LINK and not lead:
            # An exclamation mark before a link would make an image of it.
            written = re.sub(r"!$", r"\\!", written)
        if core and (
            mark is _LINK or _signs_hold(lead[-1:] or previous, core, trail[:1] or following)
        ):
            written += lead + mark.around(core, group[0]) + trail
        else:
            written += inner
    return written


def _first_sign(run: Run, marks: Sequence[_Mark]) -> str:
    """Return the character with which a run will begin in Markdown, with these of its marks."""
    if run.text[:1].isspace():
        return run.text[0]
    for mark in marks:
        if mark.of(run):
            return mark.sign
    if run.image:
        return "!"
    return "`" if run.code else run.text[0]


def _signs_hold(before: str, core: str, after: str) -> bool:
    """Tell whether asterisks around the words are read as marks, between these two characters."""
    return _side_holds(core[0], before) and _side_holds(core[-1], after)


def _side_holds(inside: str, outside: str) -> bool:
    if outside == "*":
        return False
    return not _is_sign(inside) or not outside or outside.isspace() or _is_punctuation(outside)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] == "P"


_SPECIAL: Final = re.compile(
    r"(?P<markers>\*+|_+)"
    # Tags and entities mean nothing to us, but to other tools. As entities every Markdown understands them.
    r"|(?P<tag><)(?=[A-Za-z/!?])|(?P<entity>&)(?=#?[A-Za-z0-9]{1,32};)"
    r"|[\\`\[\]|]"
)


# The alternative of an image is shown letter by letter, so nothing in it can be escaped.
_ALTERNATIVE: Final = str.maketrans("[]\\`<|\n", "()/'‹/ ")


def _leaf(run: Run, before: str, after: str) -> str:
    if run.image:
        return f"![{run.text.translate(_ALTERNATIVE)}]({run.image})"
    if run.code:
        return _code(run.text)
    lines = run.text.split("\n")
    befores, afters = [before] + [""] * (len(lines) - 1), [""] * (len(lines) - 1) + [after]
    return "\\\n".join(map(_escaped, lines, befores, afters))


def _escaped(text: str, before: str, after: str) -> str:
    """Return a line of words that stands between two characters, with nothing in it that means more."""
    # A line of nothing but markers may be a line across, or close what another line opens.
    only_markers = re.search(r"[^\s*_]", text) is None

    def escape(match: re.Match[str]) -> str:
        found = match[0]
        if match["tag"]:
            return "&lt;"
        if match["entity"]:
            return "&amp;"
        if match["markers"] and not only_markers:
            left = text[match.start() - 1] if match.start() else before
            right = text[match.end()] if match.end() < len(text) else after
            if not left.strip() and (found[0] == "_" or not right.strip()):
                # Nothing to close: we write no emphasis with underscores, and a lone asterisk is just that.
                return found
            if found[0] == "_" and left.isalnum() and right.isalnum():
                return found
        return "".join(f"\\{character}" for character in found)

    return _SPECIAL.sub(escape, text)


def _code(text: str) -> str:
    """Return a code span, with the blanks around it that code loses on the page anyway."""
    core = text.replace("\n", " ").strip()
    if not core:
        return " " if text else ""
    fence = "`" * (1 + _longest(r"`+", core))
    pad = " " if core[0] == "`" or core[-1] == "`" else ""
    lead, trail = " " * text.startswith((" ", "\n")), " " * text.endswith((" ", "\n"))
    return f"{lead}{fence}{pad}{core}{pad}{fence}{trail}"


def _longest(pattern: str, text: str) -> int:
    return max((len(found) for found in re.findall(pattern, text)), default=0)


def _address(target: str) -> str:
    return re.sub(r"[\s<>()\\|\"`\[\]*_]", lambda found: f"%{ord(found[0]):02X}", target)
