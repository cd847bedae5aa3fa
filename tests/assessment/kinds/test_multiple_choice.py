"""Multiple choice: right options earn, wrong ones take away, and nothing falls below zero."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courseapp.assessment.kinds.base import Widget
from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import (
    EACH_KIND,
    Question,
    answered,
    question,
    questions,
    read,
    read_texts,
)

# a, b and c are right, x and y are wrong.
FIVE = """\
options:
  - {key: a, text: A, correct: true, feedback: Because of A.}
  - {key: x, text: X}
  - {key: b, text: B, correct: true}
  - {key: y, text: Y, feedback: Because of Y.}
  - {key: c, text: C, correct: true}
"""


def five(more: str = "") -> Question:
    return question("multiple_choice", FIVE + more)


@pytest.mark.parametrize(
    ("chosen", "full", "half", "none"),
    [
        ("", 0, 0, 0),
        ("a", Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)),
        ("ab", Fraction(2, 3), Fraction(2, 3), Fraction(2, 3)),
        ("abc", 1, 1, 1),
        ("ax", 0, Fraction(1, 6), Fraction(1, 3)),
        ("abx", Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)),
        ("abxy", 0, Fraction(1, 3), Fraction(2, 3)),
        ("abcx", Fraction(2, 3), Fraction(5, 6), 1),
        ("abcxy", Fraction(1, 3), Fraction(2, 3), 1),
        ("axy", 0, 0, Fraction(1, 3)),
        ("x", 0, 0, 0),
        ("xy", 0, 0, 0),
    ],
)
def test_a_wrong_option_takes_away_what_the_penalty_says(
    chosen: str, full: Fraction, half: Fraction, none: Fraction
) -> None:
    assert five().credit([*chosen]) == full
    assert five("penalty: 100\n").credit([*chosen]) == full
    assert five("penalty: 50\n").credit([*chosen]) == half
    assert five("penalty: 0\n").credit([*chosen]) == none


def test_an_odd_penalty_is_exact() -> None:
    assert five("penalty: 33\n").credit(["a", "x"]) == Fraction(67, 300)


@EACH_KIND
@given(answered("multiple_choice"), st.data())
def test_one_more_right_option_never_costs_and_one_more_wrong_one_never_pays(
    answer: tuple[Question, list[str]], data: st.DataObject
) -> None:
    written, chosen = answer
    left = [key for key in written.structure["options"] if key not in chosen]
    assume(left)
    more = data.draw(st.sampled_from(left))
    before, after = written.credit(chosen), written.credit([*chosen, more])

    if more in written.structure["right"]:
        assert after >= before
    else:
        assert after <= before


@EACH_KIND
@given(questions("multiple_choice"))
def test_choosing_everything_earns_all_only_where_wrong_choices_cost_nothing(
    written: Question,
) -> None:
    everything = written.credit(written.structure["options"])

    assert (everything == 1) == (written.structure.get("penalty") == 0)


def test_an_option_chosen_twice_counts_once() -> None:
    assert five().parse(["b", "a", "b"]) == {"options": ["a", "b"]}
    assert five().credit(["x", "x", "a", "b"]) == five().credit(["x", "a", "b"])


@pytest.mark.parametrize(
    "raw", ["a", "abc", ["z"], ["a", None], [["a"]], ["a"] * 6, {"a": True}, None, 3, True]
)
def test_only_a_list_of_the_options_keys_can_be_sent(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        five().parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


def test_boxes_are_shown_ticked_and_what_is_right_only_later() -> None:
    answer = five().parse(["x", "a"])
    order = {"options": ["y", "a", "x", "b", "c"]}

    (before,) = five().items(answer, drawn=order)
    (after,) = five().items(answer, drawn=order, reveal=True)

    assert before.widget is Widget.CHECKBOXES
    assert [c.key for c in before.choices if c.chosen] == ["a", "x"]
    assert [c.key for c in after.choices if c.right] == ["a", "b", "c"]
    assert [c.feedback_html for c in after.choices] == [
        "Because of Y.",
        "Because of A.",
        None,
        None,
        None,
    ]
    assert (before.credit, after.credit) == (None, 0.0)


def test_the_hint_says_what_a_wrong_choice_costs() -> None:
    costs, free = five(), five("penalty: 0\n")

    assert str(costs.kind.hint(costs.structure)) == (
        "Choose all that are right. A wrong choice takes away from a right one."
    )
    assert str(free.kind.hint(free.structure)) == "Choose all that are right."


def test_options_are_shuffled_unless_their_order_says_something() -> None:
    in_order = five("shuffle: false\n")

    assert len({tuple(five().drawn(seed)["options"]) for seed in range(40)}) > 10
    assert {tuple(in_order.drawn(seed)["options"]) for seed in range(40)} == {tuple("axbyc")}


def test_every_chosen_option_is_counted() -> None:
    assert five().kind.tally(five().structure, five().parse(["x", "a"])) == {"answer": ["a", "x"]}


def test_answers_to_other_options_cannot_be_graded_again() -> None:
    other_key = FIVE.replace("x, text: X", "x, text: X, correct: true")

    assert five().kind.can_regrade(
        five().structure, question("multiple_choice", other_key).structure
    )
    assert not five().kind.can_regrade(
        five().structure, question("multiple_choice", FIVE.replace("y,", "z,")).structure
    )


TWO = "options:\n  - {key: a, text: A, correct: true}\n  - {key: b, text: B}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "prompt: P",
            [
                "1: mark at least one option as correct, but not all of them",
                "1: options must be a list: start each entry with `- `",
            ],
        ),
        (
            TWO.replace(", correct: true", ""),
            ["1: mark at least one option as correct, but not all of them"],
        ),
        (
            TWO.replace("B}", "B, correct: true}"),
            ["1: mark at least one option as correct, but not all of them"],
        ),
        (
            TWO.replace("B}", "B, credit: 50}"),
            ["1: credit belongs to single choice: here every option weighs the same"],
        ),
        (TWO + "penalty: 101", ["4: penalty must be a whole number, 0 to 100"]),
        (TWO + "penalty: -1", ["4: penalty must be a whole number, 0 to 100"]),
        (TWO + "penalty: 0.5", ["4: penalty must be a whole number, 0 to 100"]),
        (TWO + "penalty: none", ["4: penalty must be a whole number, 0 to 100"]),
        (TWO + "shuffle: 1", ["4: shuffle must be true or false"]),
        (TWO.replace("key: b", "key: a"), ["3: a is there twice"]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("multiple_choice", text)[1] == found


def test_a_translation_lacks_no_option() -> None:
    found = read_texts("multiple_choice", "prompt: P\noptions:\n  a: {text: A}", five().body)[1]

    assert found == [f"2: {key} is missing" for key in "bcxy"]
