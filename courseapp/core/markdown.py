"""Authored Markdown to HTML: CommonMark and tables with HTML off, plus boxes, charts and our own links.

docs/content-format.md describes what authors may write. Rendering happens once, when content is
published; reading a lesson renders nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Final

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.container import container_plugin

BOX_KINDS: Final = ("case", "example", "key", "note", "union")
# Where a question stands in rendered HTML; authors cannot write it, HTML being off.
QUESTION_MARK: Final = "<!--question "
LinkResolver = Callable[[str], str]

_WORD = re.compile(r"[\w’'-]*\w")
_BOX_OPENING = re.compile(r"^:::\s*(?P<kind>\S*)\s*(?P<title>.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Located:
    """Something found in a text, with its line in that text, counted from 1."""

    line: int
    value: str


@dataclass(slots=True)
class Outline:
    """What a text contains, for checks."""

    words: int = 0
    links: list[Located] = field(default_factory=list)
    images: list[Located] = field(default_factory=list)
    images_without_text: list[Located] = field(default_factory=list)
    boxes: list[Located] = field(default_factory=list)
    untitled_boxes: list[Located] = field(default_factory=list)
    unknown_boxes: list[Located] = field(default_factory=list)
    unclosed_boxes: list[Located] = field(default_factory=list)
    top_headings: list[Located] = field(default_factory=list)
    broken_charts: list[Located] = field(default_factory=list)
    html: list[Located] = field(default_factory=list)
    questions: list[Located] = field(default_factory=list)
    ends_with: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart: labelled values of one unit, all from one source."""

    caption: str
    rows: Sequence[tuple[str, float]]
    source: str
    unit: str = ""
    maximum: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Chart:
        """Read a chart fence; raises ValueError with a sentence for the author."""
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(f"the chart is not valid YAML: {error}") from error
        if not isinstance(data, dict):
            raise ValueError("a chart needs caption, rows and source")  # noqa: TRY004  # authors meet one kind of error
        if unknown := sorted(set(data) - {"caption", "unit", "max", "rows", "source"}):
            raise ValueError(f"a chart has no field {unknown[0]!r}")
        caption, source, rows = data.get("caption"), data.get("source"), data.get("rows")
        if not isinstance(caption, str) or not isinstance(source, str):
            raise ValueError("a chart needs caption and source")  # noqa: TRY004  # authors meet one kind of error
        if not isinstance(rows, list) or not rows:
            raise ValueError("a chart needs rows, each as [label, number]")
        values = [_chart_row(row) for row in rows]
        maximum = data.get("max", max(value for _, value in values))
        if not _is_number(maximum) or maximum <= 0:
            raise ValueError("a chart's max must be a number above zero")
        if any(not 0 <= value <= maximum for _, value in values):
            raise ValueError("a chart's values must lie between 0 and its max")
        return cls(caption, values, source, str(data.get("unit", "")), float(maximum))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _chart_row(row: object) -> tuple[str, float]:
    if (
        not isinstance(row, list)
        or len(row) != 2
        or not isinstance(row[0], str)
        or not _is_number(row[1])
    ):
        raise ValueError("each row of a chart is [label, number]")
    return row[0], row[1]


def render(text: str, resolve: LinkResolver) -> str:
    """Return the HTML of a text. `resolve` turns `glossary:`, `lesson:` and image names into addresses."""
    return str(_parser().render(text, {"resolve": resolve, "boxes": 0}))


def split_at_questions(html: str) -> Sequence[tuple[str, str | None]]:
    """Return rendered HTML in pieces, each with the key of the question that follows it, or None at the end."""
    first, *rest = html.split(QUESTION_MARK)
    pieces: list[tuple[str, str | None]] = []
    before = first
    for piece in rest:
        key, _, after = piece.partition("-->\n")
        pieces.append((before, key))
        before = after
    return [*pieces, (before, None)]


def render_inline(text: str, resolve: LinkResolver) -> str:
    """Return the HTML of one line: emphasis, code and links only."""
    return str(_parser().renderInline(text.strip(), {"resolve": resolve}))


def curl_apostrophes(text: str) -> str:
    """Return a plain text with printed apostrophes, as in “workers’ rights”."""
    return re.sub(r"(?<=\w)'", "’", text)


def outline(text: str) -> Outline:
    """Return what the text contains and what is wrong with it."""
    found = Outline()
    tokens = _parser().parse(text, {})
    found.words = sum(
        len(_WORD.findall(child.content))
        for token in tokens
        for child in (token.children or [])
        if child.type in {"text", "code_inline"}
    )
    for token, line in _with_lines(tokens):
        _note(found, token, line)
    _note_boxes(found, text)
    found.ends_with = _last_box(tokens)
    return found


def _with_lines(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Yield blocks and what stands in them, each with the line of its block."""
    for token in tokens:
        line = token.map[0] + 1 if token.map else 1
        yield token, line
        for child in token.children or []:
            yield child, line


def _note(found: Outline, token: Token, line: int) -> None:
    if token.type == "link_open":
        found.links.append(Located(line, str(token.attrs.get("href", ""))))
    elif token.type == "image":
        found.images.append(Located(line, str(token.attrs.get("src", ""))))
        if not token.content.strip():
            found.images_without_text.append(Located(line, str(token.attrs.get("src", ""))))
    elif token.type == "heading_open" and token.tag == "h1":
        found.top_headings.append(Located(line, ""))
    elif token.type == "text" and re.search(r"</?[a-zA-Z][^>]*>", token.content):
        found.html.append(Located(line, token.content))
    elif token.type == "fence" and token.info.strip() == "question":
        found.questions.append(Located(line, token.content.strip()))
    elif token.type == "fence" and token.info.strip() == "chart":
        try:
            Chart.parse(token.content)
        except ValueError as error:
            found.broken_charts.append(Located(line, str(error)))


def _note_boxes(found: Outline, text: str) -> None:
    opened: Located | None = None
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        fenced ^= line.startswith("```")
        if fenced or not line.startswith(":::"):
            continue
        match = _BOX_OPENING.match(line)
        kind = match["kind"] if match else ""
        if not kind:
            opened = None
            continue
        if opened is not None:
            found.unclosed_boxes.append(opened)
        opened = Located(number, kind)
        if kind not in BOX_KINDS:
            found.unknown_boxes.append(opened)
            continue
        found.boxes.append(opened)
        if match and not match["title"]:
            found.untitled_boxes.append(opened)
    if opened is not None:
        found.unclosed_boxes.append(opened)


def _last_box(tokens: Sequence[Token]) -> str:
    if tokens and tokens[-1].type.startswith("container_"):
        return tokens[-1].type.removeprefix("container_").removesuffix("_close")
    return ""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    # Typed apostrophes and quotation marks become printed ones.
    parser.enable(["table", "smartquotes"])
    for kind in BOX_KINDS:
        parser.use(
            container_plugin,
            name=kind,
            validate=lambda params, *_, kind=kind: params.strip().split(" ", 1)[0] == kind,
        )
        parser.add_render_rule(f"container_{kind}_open", _box_open)
        parser.add_render_rule(f"container_{kind}_close", _box_close)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    parser.add_render_rule("th_open", _header_open)
    parser.add_render_rule("th_close", _header_close)
    parser.add_render_rule("heading_open", _heading_open)
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("image", _image)
    return parser


# The rules below have the signature that markdown-it-py calls: the renderer comes first.


def _box_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    kind, _, title = tokens[index].info.strip().partition(" ")
    env["boxes"] = int(env.get("boxes", 0)) + 1
    name = f"box-{env['boxes']}"
    # The union box is a part of the lesson and gets a heading; the others stand beside the text.
    tag = "h2" if kind == "union" else "p"
    return (
        f'<div class="box box-{kind}" role="note" aria-labelledby="{name}">'
        f'<{tag} class="box-title" id="{name}">{escape(title.strip())}</{tag}>\n'
    )


def _box_close(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</div>\n"


def _fence(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    if token.info.strip() == "question":
        return f"{QUESTION_MARK}{escape(token.content.strip())}-->\n"
    if token.info.strip() != "chart":
        return f"<pre><code>{escape(token.content)}</code></pre>\n"
    try:
        return _chart_html(Chart.parse(token.content))
    except ValueError as error:
        # The content check refuses to publish this; a preview shows where it stands.
        return f"<p>{escape(str(error))}</p>\n"


def _chart_html(chart: Chart) -> str:
    rows = "".join(
        f'<tr role="row"><th role="rowheader" scope="row">{escape(label)}</th>'
        f'<td role="cell" class="bar"><svg aria-hidden="true" focusable="false" width="100%" height="14">'
        f'<rect class="bar-track" width="100%" height="14" rx="3"/>'
        f'<rect class="bar-value" width="{100 * value / chart.maximum:.1f}%" height="14" rx="3"/></svg></td>'
        f'<td role="cell" class="number">{escape(_with_unit(value, chart.unit))}</td></tr>\n'
        for label, value in chart.rows
    )
    return (
        f'<figure class="chart"><figcaption>{escape(chart.caption)}</figcaption>\n'
        # The roles keep it a table for screen readers where a narrow page lays it out otherwise.
        f'<table role="table"><tbody role="rowgroup">\n{rows}</tbody></table>\n'
        f'<p class="source">{escape(chart.source)}</p></figure>\n'
    )


def _with_unit(value: float, unit: str) -> str:
    number = f"{value:,}"
    return f"{number}%" if unit == "%" else f"{number} {unit}".strip()


def _table_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    # A wide table scrolls inside its frame on a narrow phone, by keyboard too.
    first = " · ".join(
        token.content
        for token in tokens[index : index + 12]
        if token.type == "inline" and token.content
    )
    return f'<div class="table-scroll" role="group" tabindex="0" aria-label="{escape(first)}"><table>\n'


def _table_close(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</table></div>\n"


def _header_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    # The corner above the rows' names is often empty: then it is the header of nothing.
    return "<th>" if tokens[index + 1].content else "<td>"


def _header_close(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</th>\n" if tokens[index - 1].content else "</td>\n"


def _heading_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    words = re.findall(r"\w+", tokens[index + 1].content.lower())
    return f'<{tokens[index].tag} id="{escape("-".join(words))}">'


def _link_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    target = str(tokens[index].attrs.get("href", ""))
    extra = {
        "glossary": ' class="term"',
        "https": ' rel="noopener noreferrer"',
    }.get(target.partition(":")[0], "")
    return f'<a href="{escape(env["resolve"](target))}"{extra}>'


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    address = env["resolve"](str(tokens[index].attrs.get("src", "")))
    return f'<img src="{escape(address)}" alt="{escape(tokens[index].content)}" loading="lazy">'
