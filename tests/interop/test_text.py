"""Bytes, HTML and plain text become Markdown that shows the same words, and Markdown becomes HTML."""

from __future__ import annotations

import html
import re
import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from courseapp.core.markdown import render
from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.text import (
    convert,
    decode,
    escape_markdown,
    html_of,
    inline_html_of,
    markdown_of,
    plain_of,
    plain_of_markdown,
)
from courseapp.interop.questions.xml import parse_xml

# What has a meaning in Markdown or in HTML, and what stands beside it.
SIGNS = "*_`[]()<>!#+-=.:|~\\&;{}^\"'$%,/?@ \n1a"
PLAIN = st.text(st.sampled_from(SIGNS) | st.characters(categories=["L", "N", "P", "S", "Zs"]))


def shown(page: str) -> str:
    """Return the words of rendered HTML, with no regard to blanks, nor to the sort of quotation marks."""
    words = html.unescape(re.sub(r"<[^>]*>", " ", page))
    words = words.translate(str.maketrans("“”‘’", "\"\"''"))
    return re.sub(r"[\s\u200b\ufeff]+", "", words)


def rendered(markdown: str) -> str:
    return shown(render(markdown, lambda target: target))


def said(plain: str) -> str:
    return shown(html.escape(plain))


# -- Plain text -----------------------------------------------------------------------------------


@given(PLAIN)
@example("1. one\n- two\n# three\n> four\n    five\n::: key six\n| a |\n|---|\n")
@example("[a]: https://example.org\n\n[a] ![a](b.png) <https://example.org> <b>c</b> &amp; &#65;")
@example("**a** _b_ `c` \\ d\\\n===\n---\n***\n___\n~~~\ne")
def test_an_escaped_text_shows_the_same_words(plain):
    assert rendered(escape_markdown(plain)) == said(plain)


@given(PLAIN)
def test_an_escaped_text_is_only_paragraphs(plain):
    tags = set(re.findall(r"</?([a-z0-9]+)", html_of(escape_markdown(plain))))
    assert tags <= {"p", "br"}


@given(PLAIN)
def test_an_escaped_text_can_stand_on_one_line_too(plain):
    on_one_line = " ".join(plain.split())
    assert shown(inline_html_of(escape_markdown(on_one_line))) == said(plain)


@given(st.text(st.sampled_from(SIGNS.replace("\n", "")), min_size=1))
def test_the_words_of_an_escaped_text_are_the_text(plain):
    assert plain_of_markdown(escape_markdown(plain)) == " ".join(plain.split())


def test_what_needs_no_escape_has_none():
    text = "3 * 4 < 5 & snake_case – 50 % (sic!) costs 5 $: “yes”; the word is ____."
    assert escape_markdown(text) == text


def test_lines_and_paragraphs_of_a_plain_text_stay():
    assert html_of(escape_markdown("one\ntwo\n\n\nthree")) == "<p>one<br/>\ntwo</p>\n<p>three</p>"


# -- HTML to Markdown -----------------------------------------------------------------------------

WORDS = st.text(st.sampled_from(SIGNS.replace("\n", "") + "bé€　"), min_size=1, max_size=8)
INLINE = ("b", "strong", "i", "em", "u", "code", "span", "font", 'a href="https://example.org/a_b"')
BLOCK = ("p", "div", "h1", "h3", "ul><li", "ol><li", "blockquote", "table><tr><td", "table><tr><th")


def element(tags: str, content: str) -> str:
    """Return content in some nested tags."""
    names = [tag.split()[0] for tag in tags.split("><")]
    return f"<{tags}>{content}" + "".join(f"</{name}>" for name in reversed(names))


def wrapped(tags: tuple[str, ...], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(inner, max_size=3).map("".join)
    return st.builds(element, st.sampled_from(tags), parts)


TEXTS = st.recursive(
    WORDS.map(html.escape) | st.sampled_from(["<br>", "<br/>\n", " "]),
    lambda inner: wrapped(INLINE, inner),
    max_leaves=6,
)
PAGES = st.lists(
    st.recursive(TEXTS, lambda inner: wrapped(BLOCK, inner), max_leaves=8), max_size=4
).map("".join)


@given(PAGES)
@example("<b>a</b><i>b</i><b>(c)</b>d<i> e</i>f <b><i>g</i> h</b><b>i</b>")
@example("Hey!<a href='https://example.org'>a</a> <code>`b`</code><code>c</code>")
@example("<ul><li>a<ol><li>b</ol><li><p>c<p>d</ul><ul><li>e</ul><ol><li>f</ol>")
@example("<ul><li><ul><li><blockquote><ul><li>a<ul><li>b<ul><li>c")
@example("<h1>a #</h1>#<h3># b</h3>")
@example("<b>(a)</b><img src='b.png' alt='c'>d<code> </code>e")
@example("<ul>a<li>b</ul><td>c<table>d<td>e<tr></table>")
@example("<table><tr><td><code>a|b</code><td>|<td><table><tr><td>c</table><tr><td>\\</table>")
def test_markdown_made_from_html_shows_the_same_words(page):
    markdown = markdown_of(page)
    # A cell without a heading above it gets an empty one; nothing else is added.
    assert rendered(markdown) == shown(page)


def printed(markdown: str) -> str:
    # Not by `html_of`, which prints quotation marks.
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown))


@given(PAGES)
def test_markdown_made_from_html_comes_to_rest(page):
    markdown = markdown_of(printed(markdown_of(page)))
    assert markdown_of(printed(markdown)) == markdown


@given(PAGES | st.text())
def test_no_html_is_left_even_for_those_who_would_read_it(page):
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown_of(page))
    inside = [child for token in tokens for child in token.children or []]
    assert not [t for t in tokens + inside if t.type in {"html_block", "html_inline"}]


@pytest.mark.parametrize(
    ("page", "markdown"),
    [
        ("A <b>bold</b> and <em>fine</em> <code>x = 1</code>", "A **bold** and *fine* `x = 1`"),
        ("<p>One</p>\n<p>Two<br>three<br><br>four</p>", "One\n\nTwo\\\nthree\n\nfour"),
        ("<b>very <i>much</i> so</b>", "**very *much* so**"),
        ("<b>a </b>b<b>&nbsp;c</b>", "**a** b\u00a0**c**"),
        ("<u>underlined</u>", "*underlined*"),
        ("H<sub>2</sub>O x<sup>2</sup> x<sup>a+b</sup> 1<sup>er</sup>", "H₂O x² x^(a+b) 1er"),
        ("<h1>A</h1><h4>B</h4>", "## A\n\n#### B"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol start='3'><li>a</li><li><p>b</p><p>c</p></li></ol>", "3. a\n\n4. b\n\n   c"),
        ("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre>for x:\n    ``` pass\n</pre>", "````\nfor x:\n    ``` pass\n````"),
        ("a<hr>b", "a\n\n___\n\nb"),
        ("<table><tr><th>a<th>b<tr><td>1|2<td>3</table>", "| a | b |\n|---|---|\n| 1\\|2 | 3 |"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "|  |  |\n|---|---|\n| a | b |\n| c |  |"),
        ("<a href='https://example.org/a b(c)'>a]</a>", "[a\\]](https://example.org/a%20b%28c%29)"),
        ("<img src='map.png' alt='A [map]'>", "![A (map)](map.png)"),
        ("<q>a</q> <!-- b --> <span style='color:red'>c</span><o:p></o:p>", "“a” c"),
        ("2 < 3 and 4<y", "2 < 3 and 4&lt;y"),
        ("<p>&nbsp;</p><p> </p>", ""),
        ("<pre>a<br>  b</pre>", "```\na\n  b\n```"),
        ("<table><td><pre>a</pre><td>b</table>", "|  |  |\n|---|---|\n| `a` | b |"),
        ("<table><tr><td></td></tr></table>", ""),
        ("<table>" + "<td>a" * 21 + "</table>", " ".join("a" * 21)),
        ("<ul>a<li>b</ul>", "- a\n- b"),
    ],
)
def test_html_becomes(page, markdown):
    assert convert(page).text == markdown
    assert not convert(page).left_out


@pytest.mark.parametrize(
    ("page", "markdown", "left_out"),
    [
        ("<script>alert(1)</script>a", "a", "a script"),
        ("<video src='a.mp4'>No video</video>a", "a", "a video"),
        ("<iframe src='https://example.org'></iframe>a", "a", "an embedded page"),
        ("<input value='x'>a", "a", "a form field"),
        ("a <del>b</del>", "a b", "crossing out"),
        ("<img src='https://example.org/a.png' alt='A map'>", "A map", "an image"),
        ("<img src='../a.png'>a", "a", "an image"),
        (
            "<a href='http://example.org'>a</a>",
            "a (http://example.org)",
            "a link that does not begin with https://",
        ),
        ("<a href='javascript:alert(1)'>a</a>", "a", "a link that does not begin with https://"),
        ("List<String> a", "List a", "the tag <string>"),
        ("<math><mi>a</mi></math>", "a", "the layout of a formula"),
    ],
)
def test_what_has_no_counterpart_is_said(page, markdown, left_out):
    assert convert(page).text == markdown
    assert convert(page).left_out == (left_out,)


def test_the_reader_of_a_format_names_its_images():
    names = {"@@PLUGINFILE@@/a%20b.png": "a-b.png"}
    converted = convert("<img src='@@PLUGINFILE@@/a%20b.png' alt='x'>", names.get)
    assert converted.text == "![x](a-b.png)"


def test_words_of_html_are_lines():
    page = "<p>a <b>b</b></p><ul><li>c<li>d</ul><table><tr><td>e<td>f</table>g<br>h"
    more = "<blockquote>i</blockquote><pre>j\nk</pre><hr>"
    assert plain_of(page + more) == "a b\nc\nd\ne f\ng\nh\ni\nj\nk"


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<b><i>",
        "<ul><li>",
        "<blockquote>",
        "<table><tr><td>",
        "<a><p>",
        "<!--",
        "&lt;",
        "<b/a>x<p>",
        "<td>",
        "<pre>",
        "**",
        "<sup>",
        "<br>",
        "<img/>",
        "<code>`",
        "<a/href='",
    ],
)
def test_no_html_takes_long(piece):
    page = piece * (100_000 // len(piece))
    begun = time.perf_counter()
    markdown = markdown_of(page)
    assert time.perf_counter() - begun < 5
    assert len(markdown) < 20 * len(page)


# -- Markdown to HTML -----------------------------------------------------------------------------


def test_exported_html_has_only_plain_elements():
    page = html_of(
        "A [term](glossary:pension), a [lesson](lesson:care) and a [link](https://example.org).\n\n"
        "![A map](map.png)\n\n3. a\n4. b\n\n1. c\n\n"
        "| a | b |\n|---|---|\n| **c** | d |\n\n"
        "```chart\ncaption: Covered\nunit: '%'\nrows:\n  - [Women, 20]\nsource: ILO (2024)\n```\n"
    )
    assert 'A term, a lesson and a <a href="https://example.org">link</a>.' in page
    assert '<img src="map.png" alt="A map"/>' in page
    assert "<td><strong>c</strong></td>" in page
    assert '<ol start="3">' in page
    assert "<p>Covered</p>" in page
    assert not re.search(r"<(svg|div|figure)|class=|role=|loading=", page)
    assert parse_xml(f"<div>{page}</div>".encode()).tag == "div"


def test_one_line_of_html_has_no_paragraph_around_it():
    assert inline_html_of("a **b** & <c>") == "a <strong>b</strong> &amp; &lt;c&gt;"


def test_typed_quotation_marks_stay_in_plain_text():
    assert plain_of_markdown('He *said* "it\'s `ours`"') == 'He said "it\'s ours"'


# -- Bytes ----------------------------------------------------------------------------------------

TEXT = "Où est l’égalité ?\nÀ suivre …"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_text_is_understood_in_many_encodings(encoding, ending):
    assert decode(TEXT.replace("\n", ending).encode(encoding)) == TEXT


def test_utf_16_with_either_mark_is_understood():
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be")) == TEXT
    assert decode(b"\xff\xfe" + TEXT.encode("utf-16-le")) == TEXT


def test_stray_control_characters_are_blanks():
    assert decode(b"a\x0bb\x0cc\x1ad") == "a b c d"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\0\0",
        b"\xff\xd8\xff\xe0\x01",
        b"a\0bcd",
        b"\xff\xfea",
        b"\xff\xfe\0\0",
        b"a" * 5_000_001,
    ],
)
def test_what_is_no_text_is_refused(content):
    with pytest.raises(Unreadable):
        decode(content)


@given(st.binary())
def test_bytes_are_a_text_or_refused(content):
    # Nothing but `Unreadable` may be raised.
    with suppress(Unreadable):
        assert "\0" not in decode(content)


# -- XML ------------------------------------------------------------------------------------------


def test_elements_know_their_lines():
    root = parse_xml(b"\n<?xml version='1.0'?>\n<a><!-- x -->\n <b/>\n <?y?><c/></a>")
    assert [(child.tag, child.sourceline) for child in root] == [("b", 3), ("c", 4)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1"),
        (b"<a>\n<b></a>", "line 2"),
        (b"<a>\n&nbsp;</a>", "line 2"),
        (b"<!DOCTYPE a SYSTEM 'x.dtd'>\n<a>\n&nbsp;</a>", "line 3"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "entities"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a/>", "entities"),
        (b"<!DOCTYPE a [<!ENTITY % b SYSTEM 'file:///etc/hostname'> %b;]><a/>", "entities"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, "line 1"),
        ("<a>é</a>".encode("cp1252"), "line 1"),
        (b"<a>" + b"b" * 5_000_000 + b"</a>", "five megabytes"),
    ],
)
def test_broken_or_suspicious_xml_is_refused_with_its_place(content, words):
    with pytest.raises(Unreadable, match=words):
        parse_xml(content)


def test_entities_that_multiply_are_refused_at_once():
    laughs = "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 12))
    bomb = f"<!DOCTYPE a [<!ENTITY l0 'ha'>{laughs}]><a b='&l11;'>&l11;</a>"
    begun = time.perf_counter()
    with pytest.raises(Unreadable):
        parse_xml(bomb.encode())
    assert time.perf_counter() - begun < 1
