"""Gaps: a text with gaps to fill, each a choice, a number or a text."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from courseapp.assessment.kinds.base import Widget
from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import Question, question, read, read_texts

PROMPT = """\
prompt: |
  Convention No. 102 has [[branches]] branches, and at least [[rate]] of the [[base]] wage.

  It rests on **[[word]]**.
"""
GAPS = """\
gaps:
  - key: word
    accept:
      - text: solidarity
      - text: mutual*
        credit: 50
    wildcards: true
  - key: rate
    accept:
      - value: 45
        tolerance: 5
    units:
      - text: "%"
  - key: branches
    accept:
      - value: 9
  - key: base
    options:
      - key: minimum
        text: minimum
      - key: reference
        text: reference
        correct: true
      - key: average
        text: average & usual
        credit: 25
"""
RIGHT = {"branches": "9", "rate": "45%", "base": "reference", "word": "solidarity"}


def wages(more: str = "") -> Question:
    return question("gaps", PROMPT + GAPS + more)


@pytest.mark.parametrize(
    ("changes", "credit"),
    [
        ({}, 1),
        ({"rate": "48,5", "word": " Solidarity "}, 1),
        ({"word": "mutualism"}, Fraction(7, 8)),
        ({"base": "average"}, Fraction(13, 16)),
        ({"base": "average", "word": "mutual aid"}, Fraction(11, 16)),
        ({"branches": "8"}, Fraction(3, 4)),
        ({"branches": "", "rate": ""}, Fraction(1, 2)),
        ({"branches": "", "rate": "0", "word": "", "base": "minimum"}, 0),
    ],
)
def test_the_mean_of_what_the_gaps_earn_is_earned(
    changes: dict[str, str], credit: Fraction
) -> None:
    assert wages().credit(RIGHT | changes) == credit


def test_gaps_that_are_left_out_earn_nothing_and_are_not_stored() -> None:
    assert wages().parse({"rate": " 45 % ", "word": ""}) == {"items": {"rate": "45 %"}}
    assert wages().credit({"rate": "45 %"}) == Fraction(1, 4)


def test_a_gap_takes_a_json_number_where_a_number_is_asked_for() -> None:
    assert wages().parse({"branches": 9}) == {"items": {"branches": "9"}}


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"branches": "nine"}, "Write a number in digits, for example 12.5."),
        ({"branches": "9 %"}, "Write the number only, for example 12.5."),
        ({"rate": "45 weeks"}, "Write the number with no unit, or with one of: %."),
        ({"base": "mean"}, "Choose one of the options shown."),
        ({"base": 3}, "Choose one of the options shown."),
        ({"word": 3}, "This must be a text."),
        ({"word": "a\nb"}, "This has a character that cannot be used."),
        ({"word": "a" * 501}, "Use at most 500 characters."),
        ({"other": "a"}, "Answer the items shown, each by its key."),
        (["9"], "Answer the items shown, each by its key."),
        ("9", "Answer the items shown, each by its key."),
        (None, "Answer the items shown, each by its key."),
    ],
)
def test_each_sort_of_gap_refuses_what_it_cannot_hold(raw: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        wages().parse(raw)

    assert refusal.value.details == {"errors": {"answer": [sentence]}}


def test_the_text_is_shown_in_pieces_around_its_gaps() -> None:
    body = wages().kind.show(wages().content, wages().drawn(), None, reveal=False)

    pieces = [(segment.html, segment.item and segment.item.key) for segment in body.segments]
    assert pieces == [
        ("<p>Convention No. 102 has ", "branches"),
        (" branches, and at least ", "rate"),
        (" of the ", "base"),
        (" wage.</p>\n<p>It rests on <strong>", "word"),
        ("</strong>.</p>\n", None),
    ]
    assert [item.key for item in body.items] == ["branches", "rate", "base", "word"]


def test_each_sort_of_gap_has_its_field() -> None:
    answer = wages().parse({"rate": "44", "base": "average"})

    items = {item.key: item for item in wages().items(answer, drawn=wages().drawn(shuffle=False))}

    assert {key: (i.widget, i.value, i.unit, i.most_characters) for key, i in items.items()} == {
        "branches": (Widget.NUMBER, "", "", 60),
        "rate": (Widget.NUMBER, "44", "%", 60),
        "base": (Widget.SELECT, "average", "", None),
        "word": (Widget.TEXT, "", "", 500),
    }
    assert [(c.key, c.text, c.chosen) for c in items["base"].choices] == [
        ("minimum", "minimum", False),
        ("reference", "reference", False),
        ("average", "average & usual", True),
    ]
    assert items["base"].chosen_text == "average & usual"


def test_revealing_tells_what_belongs_into_each_gap() -> None:
    items = wages().items(wages().parse({"rate": "60", "base": "average"}), reveal=True)

    assert [(i.key, i.credit, i.right_value, i.right_answer) for i in items] == [
        ("branches", 0.0, "9", "9"),
        ("rate", 0.0, "45%", "45%"),
        ("base", 0.25, "reference", "reference"),
        ("word", 0.0, "solidarity", "solidarity"),
    ]


def test_the_options_of_a_gap_are_shuffled_unless_their_order_says_something() -> None:
    in_order = wages("    shuffle: false\n")

    assert len({tuple(wages().drawn(seed)["options"]["base"]) for seed in range(60)}) == 6
    assert {tuple(in_order.drawn(seed)["options"]["base"]) for seed in range(60)} == {
        ("minimum", "reference", "average")
    }
    assert set(wages().drawn()["options"]) == {"base"}


def test_what_fills_each_gap_is_counted_as_its_sort_counts() -> None:
    answer = wages().parse(
        {"branches": " 9 ", "rate": "4 500 %", "base": "minimum", "word": "\u201cSolidarité\u201d"}
    )

    assert wages().kind.tally(wages().structure, answer) == {
        "branches": ["9"],
        "rate": ["4500%"],
        "base": ["minimum"],
        "word": ['"solidarite"'],
    }
    assert wages().kind.tally(wages().structure, wages().parse({"word": "\u200b"})) == {}


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        (("value: 9", "value: 10"), True),
        (("text: solidarity", "text: sharing"), True),
        (("text: average & usual", "text: mean"), True),
        (("minimum\n        text", "least\n        text"), False),
        (("      - value: 9", "      - text: nine"), False),
        (("key: word", "key: words"), False),
    ],
)
def test_answers_can_be_graded_again_where_gaps_sorts_and_options_are_the_same(
    change: tuple[str, str], *, allowed: bool
) -> None:
    prompt = PROMPT.replace("[[word]]", "[[words]]") if "words" in change[1] else PROMPT
    mended = question("gaps", prompt + GAPS.replace(*change))

    assert wages().kind.can_regrade(wages().structure, mended.structure) is allowed


def test_the_hint_says_what_to_do() -> None:
    assert str(wages().kind.hint(wages().structure)) == "Fill in the gaps."


@pytest.mark.parametrize(
    "prompt",
    [
        "[[a]][[b]]",
        "[[b]]\n\n- one\n- [[a]]",
        "| x | y |\n|---|---|\n| [[a]] | [[b]] |",
        "*[[a]]* and `[[b]]`, but no [[A]], [[ a ]], [b] or [[]]",
        "[[[a]]] [[b]]!",
        "[[a]]: [[b]] & <[[ x ]]>",
    ],
)
def test_a_gap_can_stand_anywhere_in_the_text(prompt: str) -> None:
    two = question(
        "gaps",
        {"prompt": prompt, "gaps": [{"key": k, "accept": [{"value": 1}]} for k in ("a", "b")]},
    )

    body = two.kind.show(two.content, two.drawn(), None, reveal=False)

    assert sorted(item.key for item in body.items) == ["a", "b"]
    whole = "".join(s.html + (f"[[{s.item.key}]]" if s.item else "") for s in body.segments)
    assert whole == two.content.prompt_html


ONE = "prompt: A [[a]] gap.\ngaps:\n  - key: a\n"
CHOICE = "    options:\n      - {key: x, text: X, correct: true}\n      - {key: y, text: Y}\n"
NUMBER = "    accept:\n      - value: 1\n"
TEXT = "    accept:\n      - text: one\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: gaps must be a list: start each entry with `- `"]),
        ("prompt: P\ngaps: []", ["2: gaps has 0 entries: give 1 to 12"]),
        (
            "prompt: P " + " ".join(f"[[g{n}]]" for n in range(13)) + "\ngaps:\n"
            + "".join(f"  - {{key: g{n}, accept: [{{value: 1}}]}}\n" for n in range(13)),
            ["2: gaps has 13 entries: give 1 to 12"],
        ),
        (ONE + NUMBER + "  - key: a\n" + NUMBER, ["6: a is there twice"]),
        (ONE + CHOICE, []),
        (ONE + NUMBER, []),
        (ONE + TEXT, []),
        # What the prompt holds.
        ("gaps:\n  - {key: a, accept: [{value: 1}]}", ["1: prompt is missing: add `prompt: ...`", "1: the prompt must hold the gap [[a]] once"]),
        (ONE.replace("[[a]]", "no") + NUMBER, ["1: the prompt must hold the gap [[a]] once"]),
        (ONE.replace("gap.", "[[a]]") + NUMBER, ["1: the prompt must hold the gap [[a]] once"]),
        (ONE.replace("gap.", "[[b]] [[c]] [[b]]") + NUMBER, ["1: there is no gap b", "1: there is no gap c"]),
        ("gaps:\n  - {key: a, accept: [{value: 1}]}\nprompt: P", ["3: the prompt must hold the gap [[a]] once"]),
        # What a gap is.
        (ONE, ["3: accept must be a list: start each entry with `- `"]),
        (ONE + "    accept: 9", ["4: accept must be a list: start each entry with `- `"]),
        (ONE + CHOICE.replace(", correct: true", ""), ["4: mark exactly one option as correct, 0 are marked"]),
        (ONE + CHOICE.replace("text: Y", "text: Y, correct: true"), ["4: mark exactly one option as correct, 2 are marked"]),
        (ONE + CHOICE + "      - {key: z, text: Z, feedback: F}", ["7: there is no field 'feedback' here; known are correct, key, text"]),
        (ONE + CHOICE + NUMBER, ["7: there is no field 'accept' here; known are key, options, shuffle"]),
        (ONE + CHOICE + "    units: []", ["7: there is no field 'units' here; known are key, options, shuffle"]),
        (ONE + "    options:\n      - {key: x, text: X, correct: true}", ["4: options has 1 entries: give 2 to 8"]),
        (ONE + NUMBER + "        feedback: F", ["4: there is no feedback in gaps: say it in the explanation"]),
        (ONE + TEXT + "        feedback: F", ["4: there is no feedback in gaps: say it in the explanation"]),
        (ONE + NUMBER + "        credit: 50", ["6: the first accepted answer must earn 100"]),
        (ONE + NUMBER + "    wildcards: true", ["6: there is no field 'wildcards' here; known are accept, key"]),
        (ONE + TEXT + "    case: maybe", ["6: case is 'maybe': use one of ignore, required"]),
        (ONE + TEXT + "      - value: 1", ["6: text is missing: add `text: ...`", "6: there is no field 'value' here; known are text"]),
        (ONE + TEXT + "    units: []", ["6: there is no field 'units' here; known are accents, accept, case, key, wildcards"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("gaps", text)[1] == found


TRANSLATED = "prompt: La [[base]], [[rate]], [[branches]], [[word]].\n"
CHOICES = "gaps:\n  base:\n    options:\n      minimum: minimal\n      average: moyen\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TRANSLATED + CHOICES + "      reference: de référence", []),
        (TRANSLATED, ["1: gaps is missing"]),
        (TRANSLATED + CHOICES, ["4: reference is missing: add `reference: ...`"]),
        (
            TRANSLATED + CHOICES + "      reference: 5\n      mean: moyen",
            [
                "7: reference must be a text: put it into quotes",
                "8: there is no field 'mean' here; known are average, minimum, reference",
            ],
        ),
        (
            TRANSLATED + CHOICES + "      reference: R\n    accept: []\n  rate: {}",
            [
                "8: there is no field 'accept' here; known are options",
                "9: there is no field 'rate' here; known are base",
            ],
        ),
        (TRANSLATED + "gaps:\n  rate: {}", ["2: base is missing", "3: there is no field 'rate' here; known are base"]),
        (
            TRANSLATED.replace("[[rate]]", "[[taux]]") + CHOICES + "      reference: R",
            ["1: the prompt must hold the gap [[rate]] once", "1: there is no gap taux"],
        ),
        (
            TRANSLATED.replace("[[rate]]", "[[rate]] [[rate]]") + CHOICES + "      reference: R",
            ["1: the prompt must hold the gap [[rate]] once"],
        ),
        (CHOICES + "      reference: R", [
            "1: prompt is missing: add `prompt: ...`",
            *(f"1: the prompt must hold the gap [[{key}]] once" for key in sorted(RIGHT)),
        ]),
    ],
)  # fmt: skip
def test_a_translation_has_the_same_gaps_and_the_texts_of_choices(
    text: str, found: list[str]
) -> None:
    assert read_texts("gaps", text, wages().body)[1] == found


def test_a_text_without_choices_has_only_its_prompt_to_translate() -> None:
    body = question("gaps", ONE + NUMBER).body

    assert read_texts("gaps", "prompt: Un [[a]].", body) == ({"gaps": {}}, [])
    assert read_texts("gaps", "prompt: Un [[a]].\ngaps: {}", body)[1] == [
        "2: there is no field 'gaps' here; known are prompt"
    ]


def test_the_translation_is_shown_with_its_gaps_in_its_own_order() -> None:
    texts, _ = read_texts(
        "gaps", TRANSLATED + CHOICES + "      reference: de référence", wages().body
    )

    assert texts == {
        "gaps": {"base": {"minimum": "minimal", "reference": "de référence", "average": "moyen"}}
    }
