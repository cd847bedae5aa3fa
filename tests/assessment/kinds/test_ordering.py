"""Ordering: what an order earns is how far it agrees with the right one, pair by pair."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import pytest

from courseapp.assessment.kinds.base import Widget
from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import Question, question, read, read_texts


def steps(keys: str) -> Question:
    return question("ordering", {"steps": [{"key": key, "text": key.upper()} for key in keys]})


@pytest.mark.parametrize(
    ("order", "credit"),
    [
        # Three pairs: each pair in the wrong order takes away two thirds.
        ("abc", 1),
        ("acb", Fraction(1, 3)),
        ("bac", Fraction(1, 3)),
        ("bca", 0),  # (1 - 2) / 3
        ("cab", 0),
        ("cba", 0),  # -3 / 3
        # Six pairs: each takes away a third.
        ("abcd", 1),
        ("abdc", Fraction(2, 3)),
        ("acbd", Fraction(2, 3)),
        ("bacd", Fraction(2, 3)),
        ("badc", Fraction(1, 3)),
        ("acdb", Fraction(1, 3)),  # b is behind c and d
        ("adbc", Fraction(1, 3)),  # d is before b and c
        ("bcad", Fraction(1, 3)),
        ("dabc", 0),  # (3 - 3) / 6
        ("bcda", 0),
        ("cdab", 0),  # (2 - 4) / 6
        ("dcba", 0),
    ],
)
def test_pairs_in_the_right_order_earn_and_those_in_the_wrong_one_cost(
    order: str, credit: Fraction
) -> None:
    assert steps("".join(sorted(order))).credit([*order]) == credit


@pytest.mark.parametrize("keys", ["abc", "abcd", "abcde", "abcdef"])
def test_every_order_earns_what_counting_its_wrong_pairs_gives(keys: str) -> None:
    right = steps(keys)
    pairs = len(keys) * (len(keys) - 1) // 2

    for order in permutations(keys):
        wrong = sum(before > after for before, after in combinations(order, 2))
        assert right.credit([*order]) == max(0, 1 - Fraction(2 * wrong, pairs))


def test_two_neighbours_swapped_among_eight_cost_little() -> None:
    assert steps("abcdefgh").credit([*"abdcefgh"]) == Fraction(26, 28)


@pytest.mark.parametrize(
    ("places", "credit"),
    [
        ({"a": "1", "b": "2", "c": "3", "d": "4"}, 1),
        # Two at the same place are in no order: five of six pairs are right.
        ({"a": "1", "b": "2", "c": "2", "d": "4"}, Fraction(5, 6)),
        # Numbers may be skipped: only what comes before what counts.
        ({"a": "1", "b": "2", "c": "2", "d": "3"}, Fraction(5, 6)),
        ({"a": "1", "b": "1", "c": "2", "d": "2"}, Fraction(4, 6)),
        ({"a": "1", "b": "1", "c": "1", "d": "1"}, 0),
        # A step without a place is in no order with any other.
        ({"a": "1", "b": "2", "c": "3"}, Fraction(3, 6)),
        ({"b": "3", "c": "4"}, Fraction(1, 6)),
        ({"a": "2", "b": "1", "c": "3"}, Fraction(1, 6)),
        ({"a": "2", "b": "1"}, 0),
        ({"d": "4"}, 0),
        ({"a": "1", "b": "", "c": "", "d": "2"}, Fraction(1, 6)),
        ({}, 0),
    ],
)
def test_ties_and_gaps_are_no_order(places: dict[str, str], credit: Fraction) -> None:
    assert steps("abcd").credit(places) == credit


def test_a_list_of_all_steps_says_the_same_as_their_places() -> None:
    by_place = {"items": {"a": "2", "b": "3", "c": "1"}}

    assert steps("abc").parse(["c", "a", "b"]) == by_place
    assert steps("abc").parse({"a": 2, "b": "3", "c": 1}) == by_place


@pytest.mark.parametrize(
    "raw",
    [
        ["a", "b"],
        ["a", "b", "b"],
        ["a", "b", "c", "c"],
        ["a", "b", "d"],
        ["a", "b", None],
        ["a", "b", ["c"]],
        [],
        {"a": "0"},
        {"a": "4"},
        {"a": 0},
        {"a": 4},
        {"a": -1},
        {"a": 10**5000},
        {"a": 1.0},
        {"a": True},
        {"a": "01"},
        {"a": " 1"},
        {"a": "١"},
        {"a": None},
        {"d": "1"},
        "abc",
        None,
    ],
)
def test_only_places_that_there_are_can_be_sent(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        steps("abc").parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


@pytest.mark.parametrize("shuffle", [True, False])
def test_steps_are_always_shuffled_and_never_into_the_right_order(*, shuffle: bool) -> None:
    right = steps("abc")

    drawn = {"".join(right.drawn(seed, shuffle=shuffle)["steps"]) for seed in range(200)}

    assert drawn == {"acb", "bac", "bca", "cab", "cba"}


def test_each_step_gets_a_place_from_the_first_to_the_last() -> None:
    right = steps("abc")

    items = right.items(right.parse({"b": "1"}), drawn={"steps": ["b", "c", "a"]})

    assert [(item.key, item.label_html, item.value) for item in items] == [
        ("b", "B", "1"),
        ("c", "C", ""),
        ("a", "A", ""),
    ]
    assert {item.widget for item in items} == {Widget.SELECT}
    assert [choice.key for choice in items[0].choices] == ["1", "2", "3"]
    assert str(right.kind.hint(right.structure)) == "Give each its place: 1 comes first."


def test_revealing_tells_the_right_place_of_each_step() -> None:
    right = steps("abc")

    items = right.items(right.parse([*"acb"]), drawn={"steps": [*"cab"]}, reveal=True)

    assert [(i.key, i.credit, i.right_value, i.right_answer) for i in items] == [
        ("c", 0.0, "3", "3"),
        ("a", 1.0, "1", "1"),
        ("b", 0.0, "2", "2"),
    ]


def test_the_same_steps_in_another_right_order_can_be_graded_again() -> None:
    old, mended, longer = steps("abc"), steps("acb"), steps("abcd")
    answer = old.parse([*"acb"])

    assert old.kind.can_regrade(old.structure, mended.structure)
    assert mended.kind.grade(mended.structure, answer) == 1
    assert not old.kind.can_regrade(old.structure, longer.structure)


KNOWN = "explanation, prompt, source, steps"
THREE = "steps:\n  - {key: a, text: A}\n  - {key: b, text: B}\n  - {key: c, text: C}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: steps must be a list: start each entry with `- `"]),
        (
            "prompt: P\nsteps:\n  - {key: a, text: A}\n  - {key: b, text: B}",
            ["2: steps has 2 entries: give 3 to 8"],
        ),
        (
            "steps:\n" + "".join(f"  - {{key: s{n}, text: S}}\n" for n in range(9)),
            ["1: steps has 9 entries: give 3 to 8"],
        ),
        (THREE + "  - {key: a, text: D}", ["5: a is there twice"]),
        (THREE + "  - {key: d}", ["5: text is missing: add `text: ...`"]),
        (
            THREE + "  - {key: d, text: D, place: 1}",
            ["5: there is no field 'place' here; known are key, text"],
        ),
        (
            THREE + "shuffle: false",
            ["5: there is no field 'shuffle' here; known are " + KNOWN],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("ordering", text)[1] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: steps is missing"]),
        (
            "steps:\n  a: {text: A}\n  c: {text: 3}\n  d: {text: D}",
            [
                "1: b is missing",
                "3: text must be a text: put it into quotes",
                "4: there is no field 'd' here; known are a, b, c",
            ],
        ),
    ],
)
def test_what_is_wrong_in_a_translation_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read_texts("ordering", text, steps("abc").body)[1] == found
