"""Numeric: a number typed in, right when it lies near enough, in a unit that the question knows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import EACH_KIND, Question, question, read, read_texts

RATE = """\
accept:
  - value: 45
    feedback: Right.
  - value: 45
    tolerance: 0.5
    credit: 50
    feedback: Near.
  - value: -45
    credit: 10
units:
  - text: "%"
  - text: per thousand
    factor: 0.1
  - text: Ratio
    factor: 100
"""
COUNT = "accept: [{value: 9}]"


def rate() -> Question:
    return question("numeric", RATE)


@pytest.mark.parametrize(
    ("typed", "credit"),
    [
        ("45", 1),
        ("45.0", 1),
        ("45,000", 1),
        ("44.5", Fraction(1, 2)),
        ("45.5", Fraction(1, 2)),
        ("45,5", Fraction(1, 2)),
        ("44.49999999999999999999", 0),
        ("45.50000000000000000001", 0),
        ("-45", Fraction(1, 10)),
        ("\u221245", Fraction(1, 10)),
        ("-44.9", 0),
        ("0", 0),
        ("", 0),
    ],
)
def test_the_first_accepted_number_that_lies_near_enough_counts(
    typed: str, credit: Fraction
) -> None:
    assert rate().credit(typed) == credit


@pytest.mark.parametrize("typed", ["1", "1.0", "1.00000", "1,5", "0.5", ".5"])
def test_both_edges_of_a_tolerance_are_right(typed: str) -> None:
    assert question("numeric", "accept: [{value: 1, tolerance: 0.5}]").credit(typed) == 1


def test_a_tolerance_is_exact_where_floats_are_not() -> None:
    # 0.1 + 0.2 is no 0.3 in floats, and 0.3 - 0.1 is less than 0.2.
    third = question("numeric", "accept: [{value: 0.3, tolerance: 0.2}]")

    assert third.credit("0.1") == third.credit("0.5") == 1
    assert third.credit("0.09999999999") == third.credit("0.50000000001") == 0


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (1234, "1,234"),
        (1234, "1.234"),
        (1.234, "1,234"),
        (1.234, "1.234"),
        (1234, "1 234"),
        (1234567.5, "1.234.567,5"),
        (1234567.5, "1'234'567.5"),
        (45, "٤٥"),
        (45.5, "٤٥٫٥"),
        (1234.5, "١٬٢٣٤٫٥"),
        (45, "४५"),
        (45, "４５"),
        (-7, "–7"),
        (0, "-0"),
        (1000000000000000, "1 000 000 000 000 000"),
    ],
)
def test_a_right_number_is_right_however_it_is_written(value: float, typed: str) -> None:
    assert question("numeric", {"accept": [{"value": value}]}).credit(typed) == 1


@pytest.mark.parametrize(
    ("typed", "credit"),
    [
        ("45%", 1),
        ("45 %", 1),
        ("45\u00a0%", 1),
        ("45 ％", 1),
        ("٤٥٪", 1),
        ("450 per thousand", 1),
        ("450 Per  Thousand.", 1),
        ("450perthousand", 1),
        ("455 per thousand", Fraction(1, 2)),
        ("45 per thousand", 0),
        ("0.45 ratio", 1),
        ("0,45 RATIO", 1),
        # 0,450 is also 450 where the comma groups; in this unit that is 45 000.
        ("0,450 ratio", 1),
    ],
)
def test_a_unit_says_how_many_of_the_first_one_it_is(typed: str, credit: Fraction) -> None:
    assert rate().credit(typed) == credit


def test_a_factor_is_exact() -> None:
    hours = question(
        "numeric", "accept: [{value: 0.3}]\nunits: [{text: h}, {text: dh, factor: 0.1}]"
    )

    assert hours.credit("3 dh") == 1


def test_another_unit_is_refused_and_the_known_ones_are_told() -> None:
    with pytest.raises(InvalidInput) as refusal:
        rate().parse("45 weeks")

    assert refusal.value.details["errors"]["answer"] == [
        "Write the number with no unit, or with one of: %, per thousand, Ratio."
    ]


@pytest.mark.parametrize("typed", ["9 branches", "9%", "1e400", "1e2", "9-10", "9 or 10"])
def test_a_question_without_units_takes_the_number_only(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("numeric", COUNT).parse(typed)

    assert refusal.value.details["errors"]["answer"] == ["Write the number only, for example 12.5."]


@pytest.mark.parametrize(
    "raw", ["nine", "NaN", "nan", "inf", "-inf", "Infinity", "--9", "½", "12,34,5", "1" * 31]
)
def test_what_is_no_number_in_digits_is_refused(raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("numeric", COUNT).parse(raw)

    assert refusal.value.details["errors"]["answer"] == [
        "Write a number in digits, for example 12.5."
    ]


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        (9, "9"),
        (-9, "-9"),
        (9.0, "9.0"),
        (0.1, "0.1"),
        (1e-05, "0.00001"),
        (1e16, "10000000000000000"),
        (-2.5e-10, "-0.00000000025"),
        (-0.0, "-0.0"),
        (10**29, "1" + "0" * 29),
    ],
)
def test_json_numbers_are_taken_and_stored_as_people_write_them(raw: float, stored: str) -> None:
    assert question("numeric", COUNT).parse(raw) == {"value": stored}


@EACH_KIND
@given(st.floats(-1e15, 1e15, allow_subnormal=False).map(lambda number: round(number, 9)))
def test_a_json_number_means_itself(number: float) -> None:
    assert question("numeric", {"accept": [{"value": number}]}).credit(number) == 1


@pytest.mark.parametrize(
    "raw",
    [
        True,
        False,
        None,
        [9],
        {"value": 9},
        float("nan"),
        float("inf"),
        float("-inf"),
        1e300,
        1e-300,
        10**30,
        10**60,
        10**400,
    ],
)
def test_json_that_is_no_reasonable_number_is_refused(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("numeric", COUNT).parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


def test_a_json_number_of_five_thousand_digits_is_refused() -> None:
    # Python itself refuses to write it out.
    for raw in (10**5000, -(10**5000)):
        with pytest.raises(InvalidInput):
            question("numeric", COUNT).parse(raw)


def test_a_number_has_sixty_characters_at_most() -> None:
    count = question("numeric", COUNT)

    assert count.parse("9" + " " * 80) == {"value": "9"}
    assert count.parse("9" + "\u200b" * 59) == {"value": "9" + "\u200b" * 59}
    with pytest.raises(InvalidInput) as refusal:
        count.parse("9" + "\u200b" * 60)
    assert refusal.value.details["errors"]["answer"] == ["Use at most 60 characters."]


def test_what_is_stored_is_what_was_typed_without_the_spaces_around_it() -> None:
    assert rate().parse("  ٤٥  ٪ ") == {"value": "٤٥  ٪"}


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (RATE, "45%"),
        (COUNT, "9"),
        ("accept: [{value: 14}]\nunits: [{text: weeks}]", "14 weeks"),
        ("accept: [{value: 1.5e-3}]", "0.0015"),
        ("accept: [{value: 1000000000000000}]", "1000000000000000"),
        ("accept: [{value: -0.5}]", "-0.5"),
    ],
)
def test_the_right_number_is_told_as_people_write_it(text: str, right: str) -> None:
    written = question("numeric", text)

    assert written.kind.right_answer(written.structure) == right
    assert written.credit(right) == 1


def test_a_field_shows_what_was_typed_and_the_unit() -> None:
    (item,) = rate().items(rate().parse("44,5 %"))

    assert (item.value, item.unit, item.most_characters) == ("44,5 %", "%", 60)


@pytest.mark.parametrize(
    ("typed", "credit", "feedback"),
    [
        ("45", 1.0, "Right."),
        ("44.8", 0.5, "Near."),
        ("-45", 0.1, None),
        ("3", 0.0, None),
        ("", 0.0, None),
    ],
)
def test_revealing_tells_the_right_number_and_the_feedback_on_what_was_accepted(
    typed: str, credit: float, feedback: str | None
) -> None:
    (item,) = rate().items(rate().parse(typed), reveal=True)

    assert (item.credit, item.right_value, item.right_answer) == (credit, "45%", "45%")
    assert item.feedback_html == feedback


def test_numbers_are_counted_as_typed_without_their_spaces() -> None:
    def counted(typed: str) -> Any:
        return rate().kind.tally(rate().structure, rate().parse(typed))

    assert counted(" 1 234 %") == counted("1\u00a0234%") == {"answer": ["1234%"]}
    assert counted("") == {}


def test_any_edition_can_grade_what_was_typed() -> None:
    mended = question("numeric", RATE.replace("value: 45\n    feedback", "value: 60\n    feedback"))

    assert rate().kind.can_regrade(rate().structure, mended.structure)
    assert mended.kind.grade(mended.structure, rate().parse("60")) == 1


ACCEPT = "accept:\n  - value: 1\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: accept must be a list: start each entry with `- `"]),
        ("accept: 45", ["1: accept must be a list: start each entry with `- `"]),
        ("accept: []", ["1: accept has 0 entries: give 1 to 5"]),
        (ACCEPT + "  - value: 2\n" * 5, ["1: accept has 6 entries: give 1 to 5"]),
        ("accept:\n  - 45", ["2: each entry of accept must hold fields"]),
        ("accept:\n  - tolerance: 1", ["2: value must be a number, for example 12.5"]),
        ("accept:\n  - value: '45'", ["2: value must be a number, for example 12.5"]),
        ("accept:\n  - value: 45%", ["2: value must be a number, for example 12.5"]),
        ("accept:\n  - value: true", ["2: value must be a number, for example 12.5"]),
        ("accept:\n  - value: .nan", ["2: value must be a number, for example 12.5"]),
        ("accept:\n  - value: -.inf", ["2: value must be a number, for example 12.5"]),
        ("accept:\n  - value: 1.0e+16", ["2: value must be a number, for example 12.5"]),
        ("accept:\n  - value: 1.0e-40", ["2: value is too long to be typed: give at most 30 digits"]),
        (ACCEPT + "    tolerance: -1", ["3: tolerance must be 0 or more"]),
        (ACCEPT + "    tolerance: about", ["3: tolerance must be a number, for example 12.5"]),
        (ACCEPT + "    credit: 50", ["3: the first accepted answer must earn 100"]),
        (ACCEPT + "    credit: 101", ["3: credit must be a whole number, 1 to 100", "3: the first accepted answer must earn 100"]),
        (ACCEPT + "  - value: 2\n    credit: 0", ["4: credit must be a whole number, 1 to 100"]),
        (ACCEPT + "    feedback: ''", ["3: feedback is empty"]),
        (ACCEPT + "    text: a", ["3: there is no field 'text' here; known are tolerance, value"]),
        (ACCEPT + "units: []", ["3: units has 0 entries: give 1 to 5"]),
        (ACCEPT + "units: ['%']", ["3: each entry of units must hold fields"]),
        (ACCEPT + "units:\n  - {}", ["4: text is missing: add `text: ...`"]),
        (ACCEPT + "units:\n  - text: h\n    factor: 2", ["5: factor must be above zero, and 1 for the first unit"]),
        (ACCEPT + "units:\n  - text: h\n  - text: m\n    factor: 0", ["6: factor must be above zero, and 1 for the first unit"]),
        (ACCEPT + "units:\n  - text: h\n  - text: m\n    factor: -1", ["6: factor must be above zero, and 1 for the first unit"]),
        (ACCEPT + "units:\n  - text: h\n  - text: m\n    factor: x", ["6: factor must be a number, for example 12.5", "6: factor must be above zero, and 1 for the first unit"]),
        (ACCEPT + "units:\n  - text: h\n  - text: H.", ["5: H. is read as the unit before it"]),
        *(
            (ACCEPT + f"units:\n  - text: {unit}", ["4: a unit has at most 25 characters and begins like no number"])
            for unit in ['"5 kg"', '"."', '", x"', '"\\u200b"', '"a\\x07"', "a" * 26]
        ),
        (ACCEPT + "wildcards: true", ["3: there is no field 'wildcards' here; " + "known are accept, explanation, prompt, source"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("numeric", text)[1] == found


@EACH_KIND
@given(
    value=st.floats(allow_nan=True) | st.integers() | st.decimals(allow_nan=False).map(float),
    unit=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
def test_what_an_author_writes_is_told_to_be_wrong_or_can_be_answered(
    value: float, unit: str
) -> None:
    written = {"accept": [{"value": value}], "units": [{"text": unit}]}

    if not read("numeric", written)[1]:
        found = question("numeric", written)
        assert found.credit(found.kind.right_answer(found.structure)) == 1


def test_a_translation_has_the_feedback_by_the_place_of_the_accepted_number() -> None:
    texts, found = read_texts("numeric", "feedback:\n  0: Juste.\n  1: Presque.", rate().body)

    assert (texts, found) == ({"feedback": {"0": "Juste.", "1": "Presque."}}, [])
    assert read_texts("numeric", "prompt: P", rate().body) == ({"feedback": {}}, [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("feedback: Juste.", ["1: feedback must hold fields, each as `name: value`"]),
        (
            "feedback:\n  0: ''\n  1: 5",
            ["2: 0 is empty", "3: 1 must be a text: put it into quotes"],
        ),
        ("accept: []", ["1: there is no field 'accept' here; known are prompt"]),
    ],
)
def test_what_is_wrong_in_a_translation_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read_texts("numeric", text, rate().body)[1] == found
