"""Content packages that we write, beyond that they are read back (test_qti_round_trip.py)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from lxml import etree

from courseapp.interop.questions.packages import read_package
from courseapp.interop.questions.qti import read, write_21, write_22, write_30
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    ExchangedQuestion,
    Gaps,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Picture,
    Reading,
    Severity,
    TextEntry,
)
from tests.interop.qti_items import (
    WRITERS,
    every_version,
    one,
)
from tests.interop.qti_questions import PNG
from tests.interop.qti_schema import NAMESPACES, problems_of_package

PLAIN = Choice([Option("a", 100, "", "a"), Option("b", 0, "", "b")])


def written(version: str, *several: ExchangedQuestion) -> tuple[Reading, list[str]]:
    writing = WRITERS[version](several)
    assert problems_of_package(writing.content, version) == []
    return read(writing.content), [remark.message for remark in writing.remarks]


def item_of(content: bytes, name: str) -> str:
    return read_package(content)[f"items/{name}.xml"].decode()


@every_version
def test_a_package_says_of_which_version_it_is(version):
    files = read_package(WRITERS[version]([ExchangedQuestion("P", PLAIN, key="q")]).content)
    root = etree.fromstring(files["imsmanifest.xml"])
    assert sorted(files) == ["imsmanifest.xml", "items/q.xml"]
    [found] = root.iter("{*}resource")
    assert found.get("type") == f"imsqti_item_xmlv{version.replace('.', 'p')}"
    assert etree.QName(etree.fromstring(files["items/q.xml"])).namespace == NAMESPACES[version]


@every_version
def test_keys_that_qti_does_not_allow_are_changed_and_told(version):
    questions_ = [ExchangedQuestion("P", PLAIN, key=key) for key in ("1 a/b", "x", "X", "äö", "")]
    reading, remarks = written(version, *questions_)
    assert [q.key for q in reading.questions] == ["_1-a-b", "x", "X-2", "", ""]
    assert remarks[0] == "Its key became _1-a-b: QTI allows fewer signs, and each name once."
    assert len(remarks) == 3


@every_version
def test_keys_of_options_that_are_not_allowed_are_changed_and_told(version):
    choice = Choice(
        [Option("a", 100, "", "SCORE"), Option("b", 0, "", "b c"), Option("c", 0, "", "b c")]
    )
    reading, remarks = written(version, ExchangedQuestion("P", choice, key="q"))
    assert [o.key for o in reading.questions[0].interaction.options] == ["SCORE-2", "b-c", "b-c-2"]
    assert len(remarks) == 3


@every_version
def test_two_questions_may_have_pictures_of_the_same_name(version):
    several = [
        ExchangedQuestion(
            f"![x](a.png) {n}", PLAIN, key=f"q{n}", pictures=[Picture("a.png", PNG + bytes([n]))]
        )
        for n in (1, 2)
    ]
    reading, remarks = written(version, *several)
    assert [q.pictures[0].content for q in reading.questions] == [PNG + b"\1", PNG + b"\2"]
    assert remarks == []


@every_version
def test_pictures_that_are_not_shown_and_images_that_are_not_there_are_told(version):
    question = ExchangedQuestion(
        "See ![a chart](gone.png)", PLAIN, key="q", pictures=[Picture("a.png", PNG)]
    )
    reading, remarks = written(version, question)
    assert reading.questions[0].prompt == "See a chart"
    assert remarks == [
        "The image gone.png is not there, so its words stand in its place.",
        "No text shows its picture a.png, so it was left out.",
    ]


@every_version
@pytest.mark.parametrize(
    ("interaction", "sentence"),
    [
        (Choice([]), "It has no options."),
        (TextEntry([Option("a", 0)]), "It accepts no answer."),
        (NumberEntry([]), "It accepts no answer."),
        (Matching([]), "It has no pairs."),
        (Ordering([]), "It has no steps."),
        (Gaps({}), "It has no gaps."),
        (Gaps({"a": PLAIN}), "Its text has no place for the gap a."),
        (Gaps({"p": Choice([Option("a")])}), "One of its gaps has no right option."),
        (
            Gaps({"p": Choice([Option("a", 100)], many=True)}),
            "In one of its gaps, several options are to be chosen.",
        ),
    ],
)
def test_questions_that_cannot_be_written_are_told_and_left_out(version, interaction, sentence):
    question = ExchangedQuestion("P [[p]] x", interaction, key="q", title="T", line=7)
    writing = WRITERS[version]([question, ExchangedQuestion("P", PLAIN, key="r")])
    [remark] = writing.remarks
    assert (remark.severity, remark.message) == (Severity.REFUSED, sentence)
    assert (remark.about, remark.line) == ("T", 7)
    assert [q.key for q in read(writing.content).questions] == ["r"]


@every_version
def test_a_list_that_begins_later_is_told(version):
    reading, remarks = written(version, ExchangedQuestion("P\n\n3. a\n4. b", PLAIN, key="q"))
    assert reading.questions[0].prompt == "P\n\n1. a\n2. b"
    assert remarks == ["A numbered list begins at 1 in QTI, whatever it began with."]


@every_version
def test_characters_that_xml_cannot_hold_become_blanks(version):
    question = ExchangedQuestion("a\x0bb\ud800c", PLAIN, key="q", title="t\x01", source="s\x00")
    reading, remarks = written(version, question)
    assert reading.questions[0].prompt == "a b c"
    assert remarks == []


@every_version
@pytest.mark.parametrize(
    ("prompt", "read_back"),
    [
        ('He said "no", didn\'t he?', 'He said "no", didn\'t he?'),
        ('A [link](https://example.org "its title") here', "A [link](https://example.org) here"),
        ("# A heading\n\nwords", "A heading\n\nwords"),
        ("| a |\n|---|", "| a |\n|---|"),
        ("> # quoted\n> words", "> quoted\n>\n> words"),
        ("`[[p]]` and [[q]]", "`[[p]]` and \\[\\[q\\]\\]"),
        ("<b>not bold</b> &amp; *so*", "&lt;b>not bold&lt;/b> & *so*"),
        ("a [term](glossary:term)", "a term"),
    ],
)
def test_texts_are_written_so_that_they_show_the_same(version, prompt, read_back):
    reading, remarks = written(version, ExchangedQuestion(prompt, PLAIN, key="q"))
    assert reading.questions[0].prompt == read_back
    assert remarks == []


def test_an_escaped_gap_is_none():
    gaps = Gaps({"p": TextEntry([Option("x", 100)])})
    reading, _ = written("2.1", ExchangedQuestion(r"\[[p]] and [[p]] and [[p]]", gaps, key="q"))
    assert reading.questions[0].prompt == r"\[\[p\]\] and [[p]] and \[\[p\]\]"


def test_the_file_does_not_give_the_order_away():
    content = write_21([ExchangedQuestion("P", Ordering(["a", "b", "c"]), key="q")]).content
    assert re.findall(r">([abc])</simpleChoice>", item_of(content, "q")) == ["c", "b", "a"]


def test_the_file_does_not_give_matches_away_where_nobody_shuffles():
    pairs = [Pair("1", "z"), Pair("2", "b")]
    content = write_21(
        [ExchangedQuestion("P", Matching(pairs, ["a"], shuffle=False), key="q")]
    ).content
    assert re.findall(r">(\w)</simpleAssociableChoice>", item_of(content, "q")) == [
        "1",
        "2",
        "b",
        "z",
        "a",
    ]


def test_simple_questions_are_scored_by_the_standard_templates():
    several = [
        ExchangedQuestion("P", PLAIN, key="one"),
        ExchangedQuestion("P", TextEntry([Option("a", 100)]), key="two"),
        ExchangedQuestion("P", NumberEntry([AcceptedNumber(Decimal(4))]), key="three"),
    ]
    content = write_30(several).content
    used = [
        re.search(r"rptemplates/(\w+)\.xml", item_of(content, n))[1]
        for n in ("one", "two", "three")
    ]
    assert used == ["match_correct", "map_response", "match_correct"]


def test_what_a_question_is_based_on_stands_in_the_manifest():
    question = ExchangedQuestion(
        "P", PLAIN, key="q", source="Convention No. 102", objective="name-it"
    )
    files = read_package(write_22([question]).content)
    metadata = files["imsmanifest.xml"].decode()
    assert "isbasedon" in metadata
    assert "educational objective" in metadata
    assert one(write_22([question]).content).source == "Convention No. 102"
