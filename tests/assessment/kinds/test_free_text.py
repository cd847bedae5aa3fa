"""Free text: written in the learner's own words, and judged by a trainer with a rubric."""

from __future__ import annotations

from typing import Any

import pytest

from courseapp.assessment.kinds.base import Widget
from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import question, read, read_texts

LETTER = """\
rubric:
  - key: names-article
    text: Names the *article* that applies
    points: 2
  - key: says-what-to-do
    text: Says what the employer has to do
    points: 3
"""


def test_no_rule_grades_what_somebody_wrote() -> None:
    letter = question("free_text", LETTER)

    assert letter.credit("Article 4 applies.") is None
    assert letter.kind.right_answer(letter.structure) is None


@pytest.mark.parametrize("raw", ["", " ", "\n\t\r\n", "\u00a0"])
def test_nothing_written_earns_nothing_without_a_trainer(raw: str) -> None:
    letter = question("free_text", LETTER)

    assert letter.kind.is_blank(letter.parse(raw))
    assert letter.credit(raw) == 0
    assert letter.kind.grade(letter.structure, None) == 0


def test_lines_and_spaces_inside_are_kept_as_they_were_written() -> None:
    letter = question("free_text", LETTER)

    assert letter.parse(" Dear all,\r\n\r\n\tarticle  4.\r") == {
        "value": "Dear all,\n\n\tarticle  4."
    }


@pytest.mark.parametrize(
    ("limit", "most"),
    [("", 2000), ("most_characters: 1\n", 1), ("most_characters: 10000\n", 10_000)],
)
def test_a_text_is_as_long_as_its_author_allows_and_no_longer(limit: str, most: int) -> None:
    letter = question("free_text", LETTER + limit)

    assert letter.parse("é" * most) == {"value": "é" * most}
    with pytest.raises(InvalidInput) as refusal:
        letter.parse("é" * (most + 1))
    assert refusal.value.details["errors"]["answer"] == [f"Use at most {most} characters."]


def test_line_ends_count_once_as_in_the_field_of_a_page() -> None:
    letter = question("free_text", LETTER + "most_characters: 9\n")

    assert letter.parse("one\r\ntwo\r\n3") == {"value": "one\ntwo\n3"}


@pytest.mark.parametrize(
    "raw", ["a\x00b", "a\x07b", "a\x1b[31mb", "a\x7fb", "\ud83d", 5, None, [], {}]
)
def test_control_characters_and_what_is_no_text_are_refused(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("free_text", LETTER).parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


def test_markup_is_kept_as_the_text_that_it_is() -> None:
    letter = question("free_text", LETTER)

    (item,) = letter.items(letter.parse("<b>4</b> & *5*"))

    assert item.value == "<b>4</b> & *5*"


@pytest.mark.parametrize("reveal", [False, True])
def test_a_field_of_several_lines_is_shown_and_nothing_tells_what_is_right(*, reveal: bool) -> None:
    letter = question("free_text", LETTER)

    (item,) = letter.items(letter.parse("a\nb"), reveal=reveal)

    assert (item.widget, item.value, item.most_characters) == (Widget.LONG_TEXT, "a\nb", 2000)
    assert (item.credit, item.right_value, item.right_answer) == (None, None, None)


def test_the_rubric_keeps_its_order_and_its_points() -> None:
    letter = question("free_text", LETTER)

    assert letter.structure == {
        "rubric": [
            {"key": "names-article", "points": 2},
            {"key": "says-what-to-do", "points": 3},
        ],
        "most_characters": 2000,
    }
    assert letter.content.texts["rubric"]["names-article"] == {
        "text": "Names the <em>article</em> that applies"
    }


def test_no_two_texts_are_alike_and_none_is_counted() -> None:
    letter = question("free_text", LETTER)

    assert not letter.kind.is_countable
    assert letter.kind.tally(letter.structure, letter.parse("a")) == {}


RUBRIC = "rubric:\n  - key: a\n    text: A\n    points: 1\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: rubric must be a list: start each entry with `- `"]),
        ("rubric: []", ["1: rubric has 0 entries: give 1 to 6"]),
        (
            "rubric:\n" + "".join(f"  - {{key: r{n}, text: R, points: 1}}\n" for n in range(7)),
            ["1: rubric has 7 entries: give 1 to 6"],
        ),
        (RUBRIC + "  - {key: a, text: B, points: 1}", ["5: a is there twice"]),
        (RUBRIC.replace("1", "0"), ["4: points must be a whole number, 1 to 10"]),
        (RUBRIC.replace("1", "11"), ["4: points must be a whole number, 1 to 10"]),
        (RUBRIC.replace("1", "1.5"), ["4: points must be a whole number, 1 to 10"]),
        (RUBRIC.replace("    points: 1\n", ""), ["2: points is missing: add a whole number, 1 to 10"]),
        (RUBRIC.replace("    text: A\n", ""), ["2: text is missing: add `text: ...`"]),
        (RUBRIC + "    feedback: F", ["5: there is no field 'feedback' here; known are key, points, text"]),
        (RUBRIC + "most_characters: 0", ["5: most_characters must be a whole number, 1 to 10000"]),
        (RUBRIC + "most_characters: 10001", ["5: most_characters must be a whole number, 1 to 10000"]),
        (RUBRIC + "most_characters: many", ["5: most_characters must be a whole number, 1 to 10000"]),
        (RUBRIC + "accept: []", ["5: there is no field 'accept' here; " + "known are explanation, prompt, rubric, source"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("free_text", text)[1] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: rubric is missing"]),
        (
            "rubric:\n  names-article: {text: A, points: 2}\n  other: {text: B}",
            [
                "1: says-what-to-do is missing",
                "2: there is no field 'points' here; known are text",
                "3: there is no field 'other' here; known are names-article, says-what-to-do",
            ],
        ),
    ],
)
def test_what_is_wrong_in_a_translation_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read_texts("free_text", text, question("free_text", LETTER).body)[1] == found
