"""Single choice: the right option earns all, and another one what its author says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import as_yaml, question, read, read_texts

WEEKS = """\
options:
  - key: w12
    text: 12 weeks
    feedback: That is the limit in Convention No. 102.
    credit: 50
  - key: w14
    text: "*14* weeks"
    correct: true
    feedback: Yes.
  - key: w18
    text: 18 weeks
"""


@pytest.mark.parametrize(
    ("chosen", "credit"), [("w14", Fraction(1)), ("w12", Fraction(1, 2)), ("w18", 0), ("", 0)]
)
def test_an_option_earns_what_its_author_says(chosen: str, credit: Fraction) -> None:
    assert question("single_choice", WEEKS).credit(chosen) == credit


@pytest.mark.parametrize("per_cent", [1, 33, 99])
def test_a_part_of_the_point_is_exact(per_cent: int) -> None:
    weeks = question("single_choice", WEEKS.replace("credit: 50", f"credit: {per_cent}"))

    assert weeks.credit("w12") == Fraction(per_cent, 100)


def test_one_option_is_sent_and_shown_as_chosen_in_the_drawn_order() -> None:
    weeks = question("single_choice", WEEKS)

    (item,) = weeks.items(weeks.parse("w14"), drawn={"options": ["w18", "w14", "w12"]})

    assert [(c.key, c.html, c.chosen) for c in item.choices] == [
        ("w18", "18 weeks", False),
        ("w14", "<em>14</em> weeks", True),
        ("w12", "12 weeks", False),
    ]
    assert (item.key, item.value, item.chosen_text) == ("answer", "w14", "14 weeks")


def test_an_option_in_words_says_what_its_reader_sees() -> None:
    signs = question("single_choice", WEEKS.replace("18 weeks", '"*write* `&lt;b>` & `<i>`"'))

    (item,) = signs.items(signs.parse("w18"))

    assert item.chosen_text == "write &lt;b> & <i>"


def test_revealing_says_of_every_option_whether_it_is_right_and_why() -> None:
    weeks = question("single_choice", WEEKS)

    (item,) = weeks.items(weeks.parse("w12"), reveal=True, drawn={"options": ["w12", "w14", "w18"]})

    assert [(c.right, c.feedback_html) for c in item.choices] == [
        (False, "That is the limit in Convention No. 102."),
        (True, "Yes."),
        (False, None),
    ]
    assert item.credit == 0.5


@pytest.mark.parametrize("raw", ["w99", "W14", " w14", ["w14"], {"value": "w14"}, None, 14, True])
def test_only_the_key_of_an_option_can_be_sent(raw: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("single_choice", WEEKS).parse(raw)

    assert refusal.value.details == {"errors": {"answer": ["Choose one of the options shown."]}}


def test_options_are_shuffled_unless_their_order_says_something() -> None:
    weeks = question("single_choice", WEEKS)
    in_order = question("single_choice", WEEKS + "shuffle: false\n")
    as_written = ["w12", "w14", "w18"]

    assert {tuple(weeks.drawn(seed)["options"]) for seed in range(40)} > {tuple(as_written)}
    assert {tuple(in_order.drawn(seed)["options"]) for seed in range(40)} == {tuple(as_written)}
    assert weeks.drawn(shuffle=False) == {"options": as_written}


def test_answers_to_other_options_cannot_be_graded_again() -> None:
    weeks = question("single_choice", WEEKS)
    renamed = question("single_choice", WEEKS.replace("w18", "w19"))
    another_key = question(
        "single_choice",
        as_yaml(
            {
                "options": [
                    {"key": k, "text": k, "correct": k == "w18"} for k in ("w18", "w12", "w14")
                ]
            }
        ),
    )

    assert not weeks.kind.can_regrade(weeks.structure, renamed.structure)
    assert weeks.kind.can_regrade(weeks.structure, another_key.structure)


KNOWN = "explanation, options, prompt, shuffle, source"


def nine(*, correct: int) -> str:
    entries = "".join(f"  - {{key: o{n}, text: T}}\n" for n in range(9 - correct))
    return "options:\n" + entries + "  - {key: right, text: T, correct: true}\n" * correct


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "prompt: Well?",
            [
                "1: mark exactly one option as correct, 0 are marked",
                "1: options must be a list: start each entry with `- `",
            ],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}",
            ["1: options has 1 entries: give 2 to 8"],
        ),
        (nine(correct=1), ["1: options has 9 entries: give 2 to 8"]),
        (
            "options:\n  - {key: a, text: A}\n  - {key: b, text: B}",
            ["1: mark exactly one option as correct, 0 are marked"],
        ),
        (
            "\noptions:\n  - {key: a, text: A, correct: true}\n  - {key: b, text: B, correct: true}",
            ["2: mark exactly one option as correct, 2 are marked"],
        ),
        (
            "options:\n  - key: a\n    text: A\n    correct: true\n  - text: B\n    key: a",
            ["6: a is there twice"],
        ),
        (
            "options:\n  - key: a\n    text: A\n    correct: perhaps\n  - {key: b, text: B, correct: true}",
            ["4: correct must be true or false"],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - key: b\n    text: B\n    credit: 100",
            ["5: credit must be a whole number, 1 to 99"],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - key: b\n    text: B\n    credit: 0",
            ["5: credit must be a whole number, 1 to 99"],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - key: b\n    text: ''\n    feedback: 1",
            ["4: text is empty", "5: feedback must be a text: put it into quotes"],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - key: b\n    text: |\n      B\n      C",
            ["4: text must be one line"],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - key: no\n    txt: B",
            [
                "3: key must be a text: put it into quotes",
                "3: text is missing: add `text: ...`",
                "4: there is no field 'txt' here; known are correct, key, text",
            ],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - {key: B, text: B}\nshuffle: never",
            [
                "3: key is 'B': use small letters, digits and hyphens, starting with a letter, at most 60",
                "4: shuffle must be true or false",
            ],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - {key: b, text: B}\n  - c",
            ["4: each entry of options must hold fields"],
        ),
        (
            "options:\n  - {key: a, text: A, correct: true}\n  - {key: b, text: B}\npenalty: 5",
            ["4: there is no field 'penalty' here; known are " + KNOWN],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("single_choice", text)[1] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: options is missing"]),
        ("options: [w12]", ["1: options must hold fields, each as `name: value`"]),
        (
            "options:\n  w12: {text: A}\n  w14: {text: B}",
            ["1: w18 is missing"],
        ),
        (
            "options:\n  w12: {text: A}\n  w14: {text: B}\n  w18: {text: C}\n  w19: {text: D}",
            ["5: there is no field 'w19' here; known are w12, w14, w18"],
        ),
        (
            "options:\n  w12: {text: A}\n  w14: {}\n  w18:\n    text: C\n    correct: true",
            [
                "3: text is missing: add `text: ...`",
                "6: there is no field 'correct' here; known are text",
            ],
        ),
    ],
)
def test_what_is_wrong_in_a_translation_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read_texts("single_choice", text, question("single_choice", WEEKS).body)[1] == found
