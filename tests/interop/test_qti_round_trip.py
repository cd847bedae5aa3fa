"""What is written as QTI is what is read from it, and is what the schemas of QTI allow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courseapp.interop.questions.qti import read, write_21, write_22, write_30
from courseapp.interop.questions.qti.patterns import (
    fits,
    pattern_of_wildcards,
    wildcards_of_pattern,
)
from tests.interop.qti_questions import INTERACTIONS, TYPED, questions, same
from tests.interop.qti_schema import problems_of_package

WRITERS = {"2.1": write_21, "2.2": write_22, "3.0": write_30}
FEW = settings(max_examples=12)


@pytest.mark.parametrize("version", WRITERS)
@pytest.mark.parametrize("kind", [*INTERACTIONS, "gaps"])
@FEW
@given(st.data())
def test_a_question_is_the_same_after_the_way_there_and_back(version, kind, data):
    question = data.draw(questions(kinds=[kind]))
    writing = WRITERS[version]([question])
    assert writing.remarks == []
    reading = read(writing.content)
    assert reading.remarks == []
    assert same(reading.questions) == same([question])


@pytest.mark.parametrize("version", WRITERS)
@settings(max_examples=25)
@given(questions())
def test_what_is_written_is_what_the_schemas_allow(version, question):
    assert problems_of_package(WRITERS[version]([question]).content, version) == []


@pytest.mark.parametrize("version", WRITERS)
@FEW
@given(st.lists(questions(), min_size=1, max_size=3, unique_by=lambda question: question.key))
def test_several_questions_keep_their_order(version, several):
    reading = read(WRITERS[version](several).content)
    assert same(reading.questions) == same(several)


@pytest.mark.parametrize("version", WRITERS)
@FEW
@given(questions())
def test_the_same_questions_make_the_same_file(version, question):
    content = WRITERS[version]([question]).content
    assert WRITERS[version]([question]).content == content
    assert WRITERS[version](read(content).questions).content == content


@FEW
@given(questions())
def test_a_question_may_go_through_all_versions(question):
    current = [question]
    for write in WRITERS.values():
        current = read(write(current).content).questions
    assert same(current) == same([question])


@given(TYPED, st.lists(TYPED, max_size=2), st.text("abXY*.$^[]() ", max_size=6), st.booleans())
def test_wildcards_are_the_expressions_that_they_are_written_as(
    first, others, text, case_sensitive
):
    wanted = "*".join([first, *others])
    pattern = pattern_of_wildcards(wanted, case_sensitive=case_sensitive)
    assert wildcards_of_pattern(pattern) == (wanted, case_sensitive)
    for answer in (text, wanted, wanted.replace("*", text), wanted.swapcase()):
        assert fits(pattern, answer) == bool(re.fullmatch(pattern, answer))


@pytest.mark.parametrize(
    "pattern", ["a|b", "(a)", "a+", "a?", "[abc]", "[a-z]", "^a", "a$", r"\d", r"\*", "[*]", "[ab]"]
)
def test_other_expressions_are_not_read(pattern):
    assert wildcards_of_pattern(pattern) is None
    assert fits(pattern, "a") is None
