"""Matching: each item belongs to one partner of its own, and some matches belong to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from courseapp.assessment.kinds.base import Widget
from courseapp.assessment.kinds.matching import place_key
from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import question, read, read_texts

PAIRS = """\
pairs:
  - key: maternity
    text: Income stops around a birth
    match: Maternity *benefit*
    feedback: Convention No. 183.
  - key: sickness
    text: Income stops with an illness
    match: Sickness benefit
  - key: old-age
    text: Work ends after a long life of it
    match: Pension
"""
DISTRACTORS = """\
distractors:
  - key: survivors
    text: Survivors' benefit
"""
# Places have keys that tell nothing; here each is called by the item or distractor that it belongs to.
PLACES = {
    "maternity": place_key("Maternity *benefit*"),
    "sickness": place_key("Sickness benefit"),
    "old-age": place_key("Pension"),
    "survivors": place_key("Survivors' benefit"),
}
RIGHT = {"maternity": "maternity", "sickness": "sickness", "old-age": "old-age"}


def sent(answer: Mapping[str, str]) -> dict[str, str]:
    """Return an answer as it is sent."""
    return {item: PLACES.get(place, place) for item, place in answer.items()}


@pytest.mark.parametrize(
    ("changes", "credit"),
    [
        ({}, 1),
        ({"maternity": "survivors"}, Fraction(2, 3)),
        ({"maternity": "sickness", "sickness": "maternity"}, Fraction(1, 3)),
        ({"maternity": "old-age", "sickness": "old-age"}, Fraction(1, 3)),
        ({"maternity": "", "sickness": ""}, Fraction(1, 3)),
        ({"maternity": "sickness", "sickness": "old-age", "old-age": "survivors"}, 0),
        ({"maternity": "", "sickness": "", "old-age": ""}, 0),
    ],
)
def test_the_share_of_items_matched_rightly_is_earned(
    changes: dict[str, str], credit: Fraction
) -> None:
    assert question("matching", PAIRS + DISTRACTORS).credit(sent(RIGHT | changes)) == credit


def test_items_that_are_left_out_are_not_matched() -> None:
    assert question("matching", PAIRS).credit(sent({"old-age": "old-age"})) == Fraction(1, 3)


def test_a_match_is_taken_back_with_an_empty_text() -> None:
    stored = question("matching", PAIRS).parse(sent({"maternity": "", "sickness": "old-age"}))

    assert stored == {"items": sent({"sickness": "old-age"})}


@pytest.mark.parametrize(
    "raw",
    [
        {"maternity": "nothing"},
        {"maternity": "maternity"},
        {"maternity": None},
        {"maternity": [PLACES["maternity"]]},
        {"maternity": True},
        {"survivors": PLACES["maternity"]},
        {"other": ""},
        ["maternity"],
        "maternity",
        None,
    ],
)
def test_only_items_and_matches_that_are_shown_can_be_sent(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("matching", PAIRS + DISTRACTORS).parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


def test_every_item_can_choose_from_all_matches() -> None:
    pairs = question("matching", PAIRS + DISTRACTORS)
    drawn = {
        "items": ["old-age", "maternity", "sickness"],
        "places": [PLACES[key] for key in ("survivors", "maternity", "sickness", "old-age")],
    }

    items = pairs.items(pairs.parse(sent({"maternity": "survivors"})), drawn=drawn)

    assert [item.key for item in items] == ["old-age", "maternity", "sickness"]
    assert {item.widget for item in items} == {Widget.SELECT}
    assert [[choice.key for choice in item.choices] for item in items] == [drawn["places"]] * 3
    assert items[1].label_html == "Income stops around a birth"
    assert items[1].chosen_text == "Survivors’ benefit"


def test_revealing_tells_the_right_match_of_each_item_in_words() -> None:
    pairs = question("matching", PAIRS + DISTRACTORS)

    items = pairs.items(
        pairs.parse(sent({"maternity": "survivors", "sickness": "sickness"})),
        drawn=pairs.drawn(shuffle=False),
        reveal=True,
    )

    assert [(i.credit, i.right_value, i.right_answer, i.feedback_html) for i in items] == [
        (0.0, PLACES["maternity"], "Maternity benefit", "Convention No. 183."),
        (1.0, PLACES["sickness"], "Sickness benefit", None),
        (0.0, PLACES["old-age"], "Pension", None),
    ]


def test_items_keep_their_order_where_nothing_is_shuffled_but_the_matches_never_do() -> None:
    # Written side by side, items and matches in the same order would be the answer.
    pairs = question("matching", PAIRS)
    drawn = [pairs.drawn(seed, shuffle=False) for seed in range(60)]

    assert {tuple(one["items"]) for one in drawn} == {tuple(RIGHT)}
    assert len({tuple(one["places"]) for one in drawn}) == 6


@pytest.mark.parametrize(
    ("distractors", "hint"),
    [
        ("", "Choose what belongs to each."),
        (DISTRACTORS, "Choose what belongs to each. One is left over."),
        (
            DISTRACTORS + "  - {key: d, text: D}",
            "Choose what belongs to each. Some are left over.",
        ),
    ],
)
def test_the_hint_says_when_matches_are_left_over(distractors: str, hint: str) -> None:
    pairs = question("matching", PAIRS + distractors)

    assert str(pairs.kind.hint(pairs.structure)) == hint


def test_the_key_of_a_match_tells_nothing_and_is_another_one_for_another_text() -> None:
    body = question("matching", PAIRS + DISTRACTORS).body
    changed = question("matching", PAIRS.replace("Pension", "A pension") + DISTRACTORS)

    assert not set(body.structure["places"]) & {*RIGHT, "survivors"}
    assert not changed.kind.can_regrade(body.structure, changed.structure)


def test_answers_can_be_graded_again_where_items_and_matches_are_the_same() -> None:
    old, new = question("matching", PAIRS), question("matching", PAIRS + DISTRACTORS)
    renamed = question("matching", PAIRS.replace("old-age", "age"))

    assert not old.kind.can_regrade(old.structure, new.structure)
    assert not old.kind.can_regrade(old.structure, renamed.structure)


TWO = "pairs:\n  - {key: a, text: A, match: MA}\n  - {key: b, text: B, match: MB}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: pairs must be a list: start each entry with `- `"]),
        ("pairs:\n  - {key: a, text: A, match: MA}", ["1: pairs has 1 entries: give 2 to 10"]),
        (
            "pairs:\n" + "".join(f"  - {{key: k{n}, text: T, match: M{n}}}\n" for n in range(11)),
            ["1: pairs has 11 entries: give 2 to 10"],
        ),
        (TWO.replace("key: b", "key: a"), ["3: a is there twice"]),
        (
            TWO.replace("match: MB", "match: MA"),
            ["3: two items have the same match: use the kind categorise"],
        ),
        (TWO.replace(", match: MB", ""), ["3: match is missing: add `match: ...`"]),
        (
            TWO.replace("match: MB", "match: MB, feedback: 7"),
            ["3: feedback must be a text: put it into quotes"],
        ),
        (
            TWO.replace("match: MB", "match: MB, correct: true"),
            ["3: there is no field 'correct' here; known are key, match, text"],
        ),
        (TWO + "distractors: []", ["4: distractors has 0 entries: give 1 to 5"]),
        (
            TWO + "distractors:\n" + "".join(f"  - {{key: d{n}, text: D{n}}}\n" for n in range(6)),
            ["4: distractors has 6 entries: give 1 to 5"],
        ),
        (TWO + "distractors:\n  - {key: a, text: D}", ["5: a is there twice"]),
        (
            TWO + "distractors:\n  - {key: d, text: D}\n  - {key: d, text: E}",
            ["6: d is there twice"],
        ),
        (
            TWO
            + "distractors:\n  - key: d\n    text: MA\n  - {key: e, text: D}\n  - {key: f, text: D}",
            ["6: a match has the same text", "8: a match has the same text"],
        ),
        (TWO + "distractors: a", ["4: distractors must be a list: start each entry with `- `"]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("matching", text)[1] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: distractors is missing", "1: pairs is missing"]),
        (
            """\
pairs:
  maternity: {text: A, match: B}
  sickness: {text: A}
  age: {}
distractors:
  survivors: {match: C}
  others: {text: D}
""",
            [
                "1: old-age is missing",
                "3: match is missing: add `match: ...`",
                "4: there is no field 'age' here; known are maternity, old-age, sickness",
                "6: text is missing: add `text: ...`",
                "6: there is no field 'match' here; known are text",
                "7: there is no field 'others' here; known are survivors",
            ],
        ),
    ],
)
def test_what_is_wrong_in_a_translation_is_told_with_its_line(text: str, found: list[str]) -> None:
    body = question("matching", PAIRS + DISTRACTORS).body

    assert read_texts("matching", text, body)[1] == found


def test_a_question_without_distractors_has_none_in_its_translation() -> None:
    texts = "pairs:\n  a: {text: X, match: Y}\n  b: {text: X, match: Z}\n"

    assert read_texts("matching", texts, question("matching", TWO).body)[1] == []
    assert read_texts(
        "matching", texts + "distractors: {d: {text: D}}", question("matching", TWO).body
    )[1] == ["4: there is no field 'distractors' here; known are pairs, prompt"]
