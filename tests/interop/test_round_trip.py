"""What is written in a format and read again is the same; and no file, however broken, does harm."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.formats import FORMATS
from courseapp.interop.questions.text import escape_markdown, plain_of_markdown
from courseapp.interop.questions.types import (
    Choice,
    Essay,
    ExchangedQuestion,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Picture,
    Reading,
    Severity,
    TextEntry,
)
from tests.interop.exchanged import QUESTIONS, plains

OURS: Final = ("gift", "aiken", "moodle-xml")
GIFT, AIKEN, MOODLE_XML = (FORMATS[name] for name in OURS)


# Questions are large: some of them, often, find what there is to find.
SOME: Final = settings(max_examples=settings().max_examples // 2)
FEW: Final = settings(max_examples=settings().max_examples // 5)


def taken(remarks, severity=Severity.REFUSED):
    return [remark for remark in remarks if remark.severity is severity]


def without_lines(questions):
    return [replace(question, line=0) for question in questions]


# -- Moodle XML holds everything --------------------------------------------------------------------


@SOME
@given(st.lists(QUESTIONS, min_size=1, max_size=2))
def test_moodle_xml_holds_every_question_as_it_is(written):
    writing = MOODLE_XML.write(written)
    assert not taken(writing.remarks)
    reading = MOODLE_XML.read(writing.content)
    assert without_lines(reading.questions) == written
    assert not reading.remarks


PICTURE = b"\x89PNG\r\n\x1a\n" + b"picture"


@FEW
@given(st.lists(st.sampled_from(["prompt", "explanation", "option"]), min_size=1, unique=True))
def test_moodle_xml_holds_pictures_where_texts_show_them(places):
    shown = {place: f"![A map](map-of-{place}.png)" for place in places}
    question = ExchangedQuestion(
        f"Look: {shown.get('prompt', '')}".strip(),
        Choice((Option(f"A {shown.get('option', '')}".strip(), 100), Option("B"))),
        explanation=shown.get("explanation", ""),
        pictures=tuple(Picture(f"map-of-{p}.png", PICTURE + p.encode()) for p in places),
    )
    [read] = MOODLE_XML.read(MOODLE_XML.write([question]).content).questions
    assert set(read.pictures) == set(question.pictures)
    assert replace(read, line=0, pictures=()) == replace(question, pictures=())


# -- GIFT holds most of it --------------------------------------------------------------------------


def as_gift_has_it(question):
    """Return a question without what GIFT has no place for."""
    match question.interaction:
        case Choice(is_true_false=False) as choice:
            options = tuple(replace(option, key="") for option in choice.options)
            kept = replace(choice, options=options, shuffle=True)
        case Matching() as matching:
            pairs = tuple(replace(pair, key="", feedback="") for pair in matching.pairs)
            kept = replace(matching, pairs=pairs, shuffle=True)
        case TextEntry() as entry:
            kept = replace(entry, case_sensitive=False)
        case NumberEntry() as entry:
            kept = replace(entry, units=())
        case Ordering() as ordering:
            words = (" ".join(plain_of_markdown(step).split()) for step in ordering.steps)
            kept = Ordering(tuple(map(escape_markdown, words)))
        case Essay():
            kept = Essay()
        case other:
            kept = other
    return replace(question, interaction=kept)


@SOME
@given(st.lists(QUESTIONS, min_size=1, max_size=2))
def test_gift_holds_what_it_says_it_holds(written):
    writing = GIFT.write(written)
    reading = GIFT.read(writing.content)
    assert len(reading.questions) + len(taken(writing.remarks)) == len(written)
    kept = [as_gift_has_it(question) for question in written]
    assert all(question in kept for question in without_lines(reading.questions))
    assert not taken(reading.remarks)


@FEW
@given(st.lists(QUESTIONS, min_size=1, max_size=3))
def test_what_gift_cannot_hold_is_said(written):
    remarks = GIFT.write(written).remarks
    lossy = [
        question
        for question in written
        if as_gift_has_it(question) != question
        and not isinstance(question.interaction, Choice | Matching)
    ]
    assert len(remarks) >= len(lossy)


# -- Aiken holds little -----------------------------------------------------------------------------


@SOME
@given(
    st.lists(plains().map(escape_markdown), min_size=2, max_size=5, unique=True),
    plains().map(escape_markdown),
    st.integers(0, 4),
)
def test_aiken_holds_a_question_with_one_right_option(texts, prompt, right):
    right = min(right, len(texts) - 1)
    question = ExchangedQuestion(
        prompt, Choice(tuple(Option(text, 100 * (n == right)) for n, text in enumerate(texts)))
    )
    writing = AIKEN.write([question])
    reading = AIKEN.read(writing.content)
    assert without_lines(reading.questions) == ([] if taken(writing.remarks) else [question])
    assert not reading.remarks


@FEW
@given(st.lists(QUESTIONS, max_size=3))
def test_aiken_refuses_or_takes_every_question(written):
    writing = AIKEN.write(written)
    reading = AIKEN.read(writing.content)
    assert len(reading.questions) + len(taken(writing.remarks)) == len(written)


# -- Every format -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
@FEW
@given(written=st.lists(QUESTIONS, max_size=3))
def test_what_was_read_is_read_again(name, written):
    once = FORMATS[name].read(FORMATS[name].write(written).content)
    twice = FORMATS[name].read(FORMATS[name].write(once.questions).content)
    assert without_lines(twice.questions) == without_lines(once.questions)


def is_read_or_refused(name, content):
    begun = time.perf_counter()
    # Nothing but `Unreadable` may be raised.
    with suppress(Unreadable):
        assert isinstance(FORMATS[name].read(content), Reading)
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize("name", OURS)
@SOME
@given(content=st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(name, content):
    is_read_or_refused(name, content)


@pytest.mark.parametrize("name", OURS)
@SOME
@given(written=st.lists(QUESTIONS, min_size=1, max_size=2), data=st.data())
def test_a_damaged_file_is_read_or_refused(name, written, data):
    content = bytearray(FORMATS[name].write(written).content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        length = data.draw(st.integers(0, 12))
        pieces = b"{}~=#%:\\[]<>&;'\"/*\n*->1E99@@PLUGINFILE@@"
        start = data.draw(st.integers(0, len(pieces) - 1))
        content[place : place + length] = pieces[start : start + data.draw(st.integers(0, 6))]
    is_read_or_refused(name, bytes(content))


PIECES = {
    "gift": [
        "{",
        "}",
        "\\",
        "~",
        "=",
        "{=",
        "::",
        "#",
        "%",
        "{#1:",
        "//",
        "[html]",
        "{~=->",
        "{>1 ",
        "<",
        "a\n",
        "{a}\n\n",
        "{}\n\n",
        "[markdown]![",
        "$CATEGORY:\n\n",
        "&",
        "{=a ~b}\n\n",
    ],
    "aiken": ["A) a\n", "Q\nA) a\nB) b\nANSWER: A\n", "ANSWER: A\n", "a\n", "A)", "\\"],
    "moodle-xml": [
        "{1:SA:",
        "{1:SA:=a}",
        "{1:MC:=a~b}",
        "~",
        "}",
        "{",
        "[[1]]",
        "&lt;",
        "&lt;b&gt;",
        "&amp;amp;",
        "]]&gt;",
        "@@PLUGINFILE@@/",
        "![](",
        "a ",
    ],
}


@pytest.mark.parametrize(
    ("name", "piece"), [(name, piece) for name, pieces in PIECES.items() for piece in pieces]
)
def test_no_file_takes_long(name, piece):
    content = piece * (300_000 // len(piece))
    if name == "moodle-xml":
        content = (
            '<quiz><question type="cloze"><questiontext format="html"><text>'
            f"{content}</text></questiontext></question></quiz>"
        )
    is_read_or_refused(name, content.encode())
    is_read_or_refused(name, content[:45_000].encode())


@pytest.mark.parametrize("name", OURS)
def test_a_file_of_more_than_five_megabytes_is_refused(name):
    with pytest.raises(Unreadable, match="five megabytes"):
        FORMATS[name].read(b"a" * 5_000_001)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gift", "a{}\n\n" * 5_001),
        ("aiken", "Q?\nA) a\nB) b\nANSWER: A\n" * 5_001),
        ("moodle-xml", "<quiz>" + "<question/>" * 5_001 + "</quiz>"),
    ],
)
def test_a_file_of_more_than_five_thousand_questions_is_refused(name, content):
    with pytest.raises(Unreadable, match="five thousand"):
        FORMATS[name].read(content.encode())


@pytest.mark.parametrize("name", OURS)
def test_no_question_is_a_file_all_the_same(name):
    writing = FORMATS[name].write([])
    assert FORMATS[name].read(writing.content) == Reading([], [])


@pytest.mark.parametrize("name", OURS)
def test_texts_that_no_file_can_hold_do_no_harm(name):
    strange = "a\x00b\x0bc\ufffed\ud800e\re"
    question = ExchangedQuestion(
        strange, Choice((Option(strange, 100, strange), Option("b"))), strange, strange, strange
    )
    writing = FORMATS[name].write([question])
    assert len(FORMATS[name].read(writing.content).questions) == 1
