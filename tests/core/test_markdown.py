"""Authored Markdown becomes safe HTML, and its outline tells the checks what it contains."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.core.markdown import (
    Chart,
    outline,
    render,
    render_inline,
    split_at_questions,
)


def resolve(target: str) -> str:
    return f"/to/{target}"


def test_tables_scroll_in_a_frame_that_the_keyboard_reaches_and_that_has_a_name() -> None:
    html = render("| Branch | Rate |\n|---|---|\n| Sickness | 45% |\n", resolve)

    assert '<div class="table-scroll" role="group" tabindex="0" aria-label="Branch · Rate">' in html
    assert "<td>Sickness</td>" in html
    assert html.rstrip().endswith("</table></div>")


@pytest.mark.parametrize("kind", ["case", "example", "key", "note", "union"])
def test_a_box_is_a_note_named_by_its_title(kind: str) -> None:
    html = render(f"::: {kind} A title & more\nInside **it**.\n:::\n", resolve)

    name = re.search(r'aria-labelledby="([^"]+)"', html)
    assert name is not None
    assert f'class="box box-{kind}"' in html
    assert f'id="{name[1]}">A title &amp; more</' in html
    assert "<strong>it</strong>" in html
    assert html.count("<div") == html.count("</div>") == 1


def test_two_boxes_of_a_text_have_different_names() -> None:
    html = render("::: key One\na\n:::\n\n::: note Two\nb\n:::\n", resolve)

    names = re.findall(r'aria-labelledby="([^"]+)"', html)
    assert len(names) == 2
    assert len(set(names)) == 2


def test_a_box_of_an_unknown_kind_is_shown_as_text() -> None:
    assert "<div" not in render("::: poem A title\nInside.\n:::\n", resolve)


def test_a_chart_is_a_table_whose_bars_have_the_length_of_their_values() -> None:
    html = render(
        "```chart\ncaption: Covered\nunit: '%'\nmax: 80\nrows:\n"
        "  - [Women, 20]\n  - [Men, 60]\nsource: ILO (2024)\n```\n",
        resolve,
    )

    assert "<figcaption>Covered</figcaption>" in html
    assert re.findall(r"<th [^>]*>(\w+)</th>", html) == ["Women", "Men"]
    assert re.findall(r'class="bar-value" width="([^"]+)"', html) == ["25.0%", "75.0%"]
    assert re.findall(r'class="number">([^<]+)<', html) == ["20%", "60%"]
    assert "ILO (2024)" in html
    # The drawing says nothing that the table does not say.
    assert html.count("<svg") == html.count('aria-hidden="true"')


def test_without_a_maximum_the_longest_bar_fills_the_chart() -> None:
    html = render(
        "```chart\ncaption: Money\nunit: dollars\nrows:\n  - [A, 1500]\n  - [B, 3000]\nsource: S\n```",
        resolve,
    )

    assert re.findall(r'class="bar-value" width="([^"]+)"', html) == ["50.0%", "100.0%"]
    assert "3,000 dollars" in html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a list", "caption, rows and source"),
        ("caption: [", "not valid YAML"),
        ("caption: C\nsource: S\nrows: [[a, 1]]\ncolour: red", "no field 'colour'"),
        ("source: S\nrows: [[a, 1]]", "needs caption and source"),
        ("caption: C\nrows: [[a, 1]]", "needs caption and source"),
        ("caption: C\nsource: S", "needs rows"),
        ("caption: C\nsource: S\nrows: []", "needs rows"),
        ("caption: C\nsource: S\nrows: [[a]]", "each row"),
        ("caption: C\nsource: S\nrows: [[a, b]]", "each row"),
        ("caption: C\nsource: S\nrows: [[a, yes]]", "each row"),
        ("caption: C\nsource: S\nrows: [[2023, 1]]", "each row"),
        ("caption: C\nsource: S\nrows: [[a, 1]]\nmax: 0", "max must be a number above zero"),
        ("caption: C\nsource: S\nrows: [[a, 1]]\nmax: many", "max must be a number above zero"),
        ("caption: C\nsource: S\nrows: [[a, 0]]", "max must be a number above zero"),
        ("caption: C\nsource: S\nrows: [[a, 9]]\nmax: 8", "between 0 and its max"),
        ("caption: C\nsource: S\nrows: [[a, -1]]\nmax: 8", "between 0 and its max"),
    ],
)
def test_a_broken_chart_says_what_to_do(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        Chart.parse(text)


def test_a_broken_chart_is_shown_as_its_problem() -> None:
    assert "each row of a chart" in render(
        "```chart\ncaption: C\nsource: S\nrows: [[<b>]]\n```\n", resolve
    )


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("[t](glossary:floor)", '<a href="/to/glossary:floor" class="term">t</a>'),
        ("[t](lesson:start)", '<a href="/to/lesson:start">t</a>'),
        ("[t](https://a.b/)", '<a href="/to/https://a.b/" rel="noopener noreferrer">t</a>'),
        ("![a < b](p.png)", '<img src="/to/p.png" alt="a &lt; b" loading="lazy">'),
        ("*a* **b** `c<d`", "<em>a</em> <strong>b</strong> <code>c&lt;d</code>"),
    ],
)
def test_links_pictures_and_emphasis_stand_on_one_line_too(markdown: str, html: str) -> None:
    assert render_inline(f"  {markdown}\n", resolve) == html
    assert html in render(markdown, resolve)


def test_an_address_from_the_resolver_cannot_leave_its_attribute() -> None:
    assert '"><script>' not in render_inline("[t](lesson:x)", lambda _: '"><script>')


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        'a <img src=x onerror="alert(1)"> b',
        "<div>\n\nblock\n\n</div>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        "::: key <b>bold</b>\ntext\n:::",
        "```chart\ncaption: <script>\nrows: [['<script>', 1]]\nsource: <script>\n```",
        "```\n<script>\n```",
        "| <b> |\n|---|\n| <script> |",
    ],
)
def test_html_and_script_addresses_come_out_as_text(text: str) -> None:
    html = render(text, resolve)

    assert not re.search(r"<(script|img|b|div(?! class)|iframe)\b", html), html
    assert not re.search(r"""(href|src)=["'](javascript|data):""", html), html


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_no_text_whatever_brings_in_a_tag_of_its_own(text: str) -> None:
    html = render(text, resolve)

    known = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"}
    known |= {"em", "strong", "a", "img", "hr", "br", "div"}
    known |= {"table", "thead", "tbody", "tr", "th", "td"}
    assert {name.lower() for name in re.findall(r"<\s*([a-zA-Z!?][\w-]*)", html)} <= known


def test_an_outline_counts_the_words_that_are_read() -> None:
    found = outline(
        "## Two words\n\nA well-known word, `code` and [a link](https://example.org/not-read).\n"
    )

    assert found.words == 2 + 7


def test_an_outline_knows_the_line_of_everything_it_reports() -> None:
    found = outline(
        "# Too high\n"  # 1
        "\n"
        "A [term](glossary:floor) and\n"  # 3
        "\n"
        "![](no-text.png) <b>html</b>\n"  # 5
        "\n"
        "::: key Open\n"  # 7
        "::: poem Title\n"  # 8
        ":::\n"
        "::: note\n"  # 10
        ":::\n"
        "\n"
        "```chart\n"  # 13
        "rows: nothing\n"
        "```\n"
    )

    lines = {
        "top_headings": [1],
        "links": [3],
        "images": [5],
        "images_without_text": [5],
        "html": [5],
        "unclosed_boxes": [7],
        "unknown_boxes": [8],
        "untitled_boxes": [10],
        "broken_charts": [13],
    }
    assert {name: [item.line for item in getattr(found, name)] for name in lines} == lines


def test_boxes_in_a_code_block_are_no_boxes() -> None:
    found = outline("```\n::: key One\n```\n")

    assert (found.boxes, found.unclosed_boxes) == ([], [])


@pytest.mark.parametrize(
    ("text", "ends_with"),
    [
        ("::: union Ask\n- it\n:::\n", "union"),
        ("::: union Ask\n- it\n:::\n\nAnd more.\n", ""),
        ("::: key Ask\nit\n:::\n", "key"),
        ("", ""),
    ],
)
def test_an_outline_tells_in_which_box_a_text_ends(text: str, ends_with: str) -> None:
    assert outline(text).ends_with == ends_with


TWO_QUESTIONS = """\
Before.

```question
one-of-two
```

Between.

```question
  two-of-two
```

After.
"""


def test_a_text_falls_into_pieces_where_its_questions_stand() -> None:
    pieces = split_at_questions(render(TWO_QUESTIONS, resolve))

    assert [key for _, key in pieces] == ["one-of-two", "two-of-two", None]
    assert [html.strip() for html, _ in pieces] == [
        "<p>Before.</p>",
        "<p>Between.</p>",
        "<p>After.</p>",
    ]


def test_a_text_without_questions_is_one_piece() -> None:
    html = render("One.\n\nTwo.\n", resolve)

    assert split_at_questions(html) == [(html, None)]


def test_the_outline_has_the_questions_with_their_lines_and_counts_no_words_of_theirs() -> None:
    found = outline(TWO_QUESTIONS)

    assert [(q.line, q.value) for q in found.questions] == [(3, "one-of-two"), (9, "two-of-two")]
    assert found.words == 3


@pytest.mark.parametrize(
    "written",
    [
        "<!--question stolen-->\n",
        "Text <!--question stolen-->\n",
        "```\n<!--question stolen-->\n```\n",
        "```question\nx--><!--question stolen\n```\n",
        "::: key <!--question stolen-->\nInside.\n:::\n",
    ],
)
def test_an_author_cannot_write_the_mark_of_a_question_himself(written: str) -> None:
    keys = [key for _, key in split_at_questions(render(written, resolve))]

    assert "stolen" not in keys
