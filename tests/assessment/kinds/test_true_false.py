"""True or false: a statement to judge, in two words that are the platform's own."""

from __future__ import annotations

from typing import Any

import pytest

from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import question, read, read_texts

FALSE = """\
answer: false
feedback_true: "No: it *is* binding."
feedback_false: Yes.
"""


@pytest.mark.parametrize(
    ("raw", "stored", "credit"),
    [
        (False, "false", 1),
        ("false", "false", 1),
        (True, "true", 0),
        ("true", "true", 0),
        ("", "", 0),
    ],
)
def test_words_and_json_booleans_are_taken(raw: Any, stored: str, credit: int) -> None:
    binding = question("true_false", FALSE)

    assert binding.parse(raw) == {"value": stored}
    assert binding.credit(raw) == credit


def test_a_true_statement_is_true() -> None:
    assert question("true_false", "answer: true").credit(True) == 1
    assert question("true_false", "answer: true").credit(False) == 0


@pytest.mark.parametrize("raw", ["True", "FALSE", "yes", 0, 1, None, [True], {"value": "true"}])
def test_nothing_else_is_taken(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("true_false", FALSE).parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


def test_true_stands_before_false_in_every_attempt() -> None:
    binding = question("true_false", FALSE)

    drawn = {tuple(binding.drawn(seed)["options"]) for seed in range(40)}

    assert drawn == {("true", "false")}


def test_the_two_words_are_shown_and_the_feedback_on_each_when_it_is_revealed() -> None:
    binding = question("true_false", FALSE)

    (before,) = binding.items(binding.parse(True))
    (after,) = binding.items(binding.parse(True), reveal=True)

    assert [(c.html, c.chosen, c.right, c.feedback_html) for c in before.choices] == [
        ("True", True, None, None),
        ("False", False, None, None),
    ]
    assert [(c.html, c.chosen, c.right, c.feedback_html) for c in after.choices] == [
        ("True", True, False, "No: it <em>is</em> binding."),
        ("False", False, True, "Yes."),
    ]


def test_a_question_without_feedback_shows_none() -> None:
    bare = question("true_false", "answer: true")

    (item,) = bare.items(bare.parse(True), reveal=True)

    assert [choice.feedback_html for choice in item.choices] == [None, None]


def test_two_questions_share_no_list_that_one_could_spoil_for_the_other() -> None:
    one, other = question("true_false", FALSE), question("true_false", FALSE)

    one.structure["options"].reverse()
    one.drawn()["options"].reverse()

    assert other.structure["options"] == other.drawn()["options"] == ["true", "false"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: answer must be true or false"]),
        ("prompt: P\nanswer: maybe", ["2: answer must be true or false"]),
        ("answer: 'true'", ["1: answer must be true or false"]),
        ("answer: 1", ["1: answer must be true or false"]),
        ("answer: true\nfeedback_true: ''", ["2: feedback_true is empty"]),
        (
            "answer: true\nfeedback_false: 5",
            ["2: feedback_false must be a text: put it into quotes"],
        ),
        (
            "answer: true\noptions: []",
            ["2: there is no field 'options' here; known are answer, explanation, prompt, source"],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("true_false", text)[1] == found


def test_a_translation_has_the_feedback_and_nothing_of_what_is_right() -> None:
    body = question("true_false", FALSE).body

    texts, found = read_texts("true_false", "feedback_true: Non.\nanswer: true", body)

    assert texts == {"feedback_true": "Non."}
    assert found == ["2: there is no field 'answer' here; known are feedback_true, prompt"]
