"""Categorise: each item belongs into one of a few categories."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import question, read, read_texts

STANDARDS = """\
categories:
  - key: convention
    text: Convention
  - key: recommendation
    text: "*Recommendation*"
items:
  - {key: c102, text: No. 102, category: convention, feedback: Of 1952.}
  - {key: c183, text: No. 183, category: convention}
  - {key: r202, text: No. 202, category: recommendation}
  - {key: r204, text: No. 204, category: recommendation}
"""
C, R = "convention", "recommendation"


@pytest.mark.parametrize(
    ("answer", "credit"),
    [
        ({"c102": C, "c183": C, "r202": R, "r204": R}, 1),
        ({"c102": C, "c183": C, "r202": C, "r204": C}, Fraction(1, 2)),
        ({"c102": C, "c183": R, "r202": R, "r204": R}, Fraction(3, 4)),
        ({"r204": R}, Fraction(1, 4)),
        ({"c102": R, "c183": R, "r202": C, "r204": C}, 0),
        ({}, 0),
    ],
)
def test_the_share_of_items_placed_rightly_is_earned(
    answer: dict[str, str], credit: Fraction
) -> None:
    assert question("categorise", STANDARDS).credit(answer) == credit


@pytest.mark.parametrize(
    "raw", [{"c102": "treaty"}, {"c102": "c183"}, {"convention": "c102"}, {"c102": 1}, [C], C, None]
)
def test_only_items_and_categories_that_are_shown_can_be_sent(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("categorise", STANDARDS).parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


def test_revealing_tells_the_category_of_each_item_in_words() -> None:
    standards = question("categorise", STANDARDS)

    items = standards.items(
        standards.parse({"c102": R}), drawn=standards.drawn(shuffle=False), reveal=True
    )

    assert [(i.key, i.credit, i.right_value, i.right_answer, i.feedback_html) for i in items] == [
        ("c102", 0.0, C, "Convention", "Of 1952."),
        ("c183", 0.0, C, "Convention", None),
        ("r202", 0.0, R, "Recommendation", None),
        ("r204", 0.0, R, "Recommendation", None),
    ]


def test_items_and_categories_are_shuffled_where_the_quiz_shuffles() -> None:
    standards = question("categorise", STANDARDS)
    drawn = [standards.drawn(seed) for seed in range(60)]

    assert len({tuple(one["items"]) for one in drawn}) > 12
    assert len({tuple(one["places"]) for one in drawn}) == 2
    assert standards.drawn(shuffle=False) == {
        "items": ["c102", "c183", "r202", "r204"],
        "places": [C, R],
    }


def test_each_items_category_is_counted() -> None:
    standards = question("categorise", STANDARDS)

    tally = standards.kind.tally(standards.structure, standards.parse({"r202": C, "c183": ""}))

    assert tally == {"r202": [C]}


def test_an_item_that_moves_to_another_category_can_be_graded_again() -> None:
    old = question("categorise", STANDARDS)
    moved = question("categorise", STANDARDS.replace(f"183, category: {C}", f"183, category: {R}"))
    renamed = question("categorise", STANDARDS.replace(C, "treaty"))

    assert old.kind.can_regrade(old.structure, moved.structure)
    assert not old.kind.can_regrade(old.structure, renamed.structure)


BARE = """\
categories:
  - {key: one, text: One}
  - {key: two, text: Two}
items:
  - {key: a, text: A, category: one}
  - {key: b, text: B, category: two}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "prompt: P",
            [
                "1: categories must be a list: start each entry with `- `",
                "1: items must be a list: start each entry with `- `",
            ],
        ),
        (
            "categories:\n  - {key: one, text: One}\nitems:\n  - {key: a, text: A, category: one}",
            ["1: categories has 1 entries: give 2 to 6", "3: items has 1 entries: give 2 to 12"],
        ),
        (
            "categories:\n"
            + "".join(f"  - {{key: c{n}, text: C{n}}}\n" for n in range(7))
            + "items:\n"
            + "".join(f"  - {{key: i{n}, text: I, category: c{n % 7}}}\n" for n in range(13)),
            ["1: categories has 7 entries: give 2 to 6", "9: items has 13 entries: give 2 to 12"],
        ),
        (
            BARE.replace("category: two", "category: one"),
            ["1: every category needs an item that belongs into it"],
        ),
        (
            BARE + "  - {key: c, text: C, category: three}",
            ["7: category is 'three': use one of one, two"],
        ),
        (BARE + "  - {key: c, text: C}", ["7: category is missing: add `category: ...`"]),
        (
            BARE + "  - {key: c, text: C, category: 2}",
            ["7: category must be a text: put it into quotes"],
        ),
        (
            BARE.replace("{key: two, text", "{key: one, text"),
            ["3: one is there twice", "6: category is 'two': use one of one"],
        ),
        (BARE + "  - {key: b, text: C, category: two}", ["7: b is there twice"]),
        (BARE + "  - {key: c, text: '', category: one}", ["7: text is empty"]),
        (
            BARE.replace("text: Two", "text: Two, feedback: F"),
            ["3: there is no field 'feedback' here; known are key, text"],
        ),
        (
            BARE.replace("  - {key: one, text: One}\n  - {key: two, text: Two}", "  []"),
            ["1: categories has 0 entries: give 2 to 6"],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("categorise", text)[1] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: categories is missing", "1: items is missing"]),
        (
            "categories:\n  one: {text: Un}\n  two: {text: ''}\nitems:\n  a: {text: A}\n  c: {text: C}",
            [
                "3: text is empty",
                "4: b is missing",
                "6: there is no field 'c' here; known are a, b",
            ],
        ),
    ],
)
def test_what_is_wrong_in_a_translation_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read_texts("categorise", text, question("categorise", BARE).body)[1] == found
