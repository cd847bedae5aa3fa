"""Short text: a few words typed in, right when they are the same to a reader as those that are accepted."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import AWKWARD, EACH_KIND, Question, question, read, read_texts

STATE = """\
accept:
  - text: l'État
    feedback: Yes, *the State*.
  - text: government
    credit: 50
  - text: the government of the country
    credit: 75
"""


def accepts(*texts: str, **how: Any) -> Question:
    return question("short_text", {"accept": [{"text": text} for text in texts], **how})


@pytest.mark.parametrize(
    ("typed", "credit"),
    [
        ("l'État", 1),
        ("l\u2019Etat", 1),
        (" L'ÉTAT ", 1),
        ("l'E\u0301tat", 1),
        ("l'\u200bÉtat", 1),
        ("Government", Fraction(1, 2)),
        ("the\u00a0government  of the\tcountry", Fraction(3, 4)),
        ("the government", 0),
        ("", 0),
        ("\u200b", 0),
    ],
)
def test_what_is_the_same_to_a_reader_earns_what_its_author_says(
    typed: str, credit: Fraction
) -> None:
    assert question("short_text", STATE).credit(typed) == credit


def test_the_first_accepted_text_that_fits_counts() -> None:
    both = question(
        "short_text",
        "accept: [{text: work}, {text: decent*, credit: 80}, {text: decent work, credit: 90}]\n"
        "wildcards: true",
    )

    assert both.credit("decent work") == Fraction(4, 5)


@pytest.mark.parametrize(
    ("how", "right", "wrong"),
    [
        ({}, ["ÉTAT", "état", "Etat", "ETAT"], ["Stat"]),
        ({"case": "required"}, ["État", "Etat"], ["état", "ÉTAT"]),
        ({"accents": "required"}, ["État", "état"], ["Etat", "etat"]),
        ({"case": "required", "accents": "required"}, ["État"], ["état", "Etat", "etat"]),
        ({"case": "ignore", "accents": "ignore"}, ["ETAT"], ["Stat"]),
    ],
)
def test_case_and_accents_count_where_they_are_required(
    how: dict[str, str], right: list[str], wrong: list[str]
) -> None:
    state = accepts("État", **how)

    assert {typed: state.credit(typed) for typed in [*right, *wrong]} == (
        dict.fromkeys(right, 1) | dict.fromkeys(wrong, 0)
    )


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("solid*", ["solidarity", "Solid", "solid ground"], ["a solid", "soli"]),
        ("*convention*102*", ["Convention No. 102", "the convention (102)"], ["102 Convention"]),
        ("*", ["anything", "?"], ["", "\u200b"]),
        ("na*ve", ["naïve", "naive", "na*ve"], ["nav"]),
        ("a.c*", ["a.c", "A.Cd"], ["abc"]),
        ("(x+)+$*", ["(x+)+$ and more"], ["xxxx"]),
    ],
)
def test_a_star_stands_for_any_characters_where_wildcards_are_on(
    pattern: str, right: list[str], wrong: list[str]
) -> None:
    free, plain = accepts(pattern, wildcards=True), accepts(pattern)

    assert [free.credit(typed) for typed in [*right, *wrong]] == [1] * len(right) + [0] * len(wrong)
    assert plain.credit(pattern) == free.credit(pattern) == 1
    assert plain.credit("Solidarity") == 0


def test_a_hostile_pattern_takes_no_longer_than_another() -> None:
    hostile = accepts("*a*a*a*a*a*a*b", *["*a" * 250] * 19, wildcards=True, case="required")

    began = time.process_time()
    assert hostile.credit("a" * 500) == 1
    assert hostile.credit("a" * 249) == 0
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", [*AWKWARD, "a|b", ".*", "\\", "[", "(?P<x>", "{0}", "%s", "*?"])
def test_texts_full_of_signs_are_texts(text: str) -> None:
    exact = accepts(text)

    assert exact.credit(text) == 1
    assert exact.credit(text + "x") == exact.credit("x" + text) == exact.credit("aXb") == 0


@EACH_KIND
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    how=st.fixed_dictionaries(
        {},
        optional={
            "case": st.just("required"),
            "accents": st.just("required"),
            "wildcards": st.just(True),
        },
    ),
)
def test_what_an_author_writes_is_told_to_be_wrong_or_can_be_answered(
    text: str, how: dict[str, Any]
) -> None:
    written = {"accept": [{"text": text}], **how}

    if not read("short_text", written)[1]:
        assert accepts(text, **how).credit(text) == 1


@pytest.mark.parametrize("raw", ["a" * 501, "a\nb", "a\x00", "\ud800", 5, True, None, ["a"], {}])
def test_only_a_line_of_text_can_be_sent(raw: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        question("short_text", STATE).parse(raw)

    assert list(refusal.value.details["errors"]) == ["answer"]


def test_a_text_of_five_hundred_characters_can_be_accepted_and_typed() -> None:
    assert accepts("a" * 500).credit("a" * 500) == 1


def test_a_field_shows_what_was_typed_and_the_feedback_only_when_it_is_revealed() -> None:
    state = question("short_text", STATE)
    answer = state.parse("  L’Etat  ")

    (before,), (after,) = state.items(answer), state.items(answer, reveal=True)

    assert (before.value, before.most_characters, before.feedback_html) == ("L’Etat", 500, None)
    assert (after.credit, after.right_value, after.right_answer, after.feedback_html) == (
        1.0,
        "l'État",
        "l'État",
        "Yes, <em>the State</em>.",
    )
    (other,) = state.items(state.parse("nobody"), reveal=True)
    assert (other.credit, other.feedback_html) == (0.0, None)


def test_texts_that_are_the_same_to_a_reader_are_counted_as_one() -> None:
    state = question("short_text", STATE)

    def counted(typed: str) -> Any:
        return state.kind.tally(state.structure, state.parse(typed))

    assert counted("L’État") == counted(" l'etat ") == {"answer": ["l'etat"]}
    assert counted("") == counted("\u200b") == {}


ACCEPT = "accept:\n  - text: a\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: P", ["1: accept must be a list: start each entry with `- `"]),
        ("accept: []", ["1: accept has 0 entries: give 1 to 20"]),
        (ACCEPT + "  - text: b\n" * 20, ["1: accept has 21 entries: give 1 to 20"]),
        ("accept:\n  - a", ["2: each entry of accept must hold fields"]),
        ("accept:\n  - credit: 100", ["2: text is missing: add `text: ...`"]),
        ("accept:\n  - text: 102", ["2: text must be a text: put it into quotes"]),
        ("accept:\n  - text: no", ["2: text must be a text: put it into quotes"]),
        ("accept:\n  - text: ' '", ["2: text is empty"]),
        ('accept:\n  - text: "a\\nb"', ["2: text must be one line", "2: this cannot be typed: use characters that can be seen"]),
        ("accept:\n  - text: " + "a" * 501, ["2: an accepted text has at most 500 characters"]),
        *(
            (f'accept:\n  - text: "{text}"', ["2: this cannot be typed: use characters that can be seen"])
            for text in ["\\u200b", "\\u0301", "a\\x07", "a\\rb"]
        ),
        (ACCEPT + "    credit: 99", ["3: the first accepted answer must earn 100"]),
        (ACCEPT + "  - text: b\n    credit: 0", ["4: credit must be a whole number, 1 to 100"]),
        (ACCEPT + "  - text: b\n    credit: half", ["4: credit must be a whole number, 1 to 100"]),
        (ACCEPT + "    feedback: |\n      a\n      b", ["3: feedback must be one line"]),
        (ACCEPT + "    value: 1", ["3: there is no field 'value' here; known are text"]),
        (ACCEPT + "case: exact", ["3: case is 'exact': use one of ignore, required"]),
        (ACCEPT + "accents: true", ["3: accents must be a text: put it into quotes"]),
        (ACCEPT + "wildcards: '*'", ["3: wildcards must be true or false"]),
        (ACCEPT + "units: []", ["3: there is no field 'units' here; known are accents, accept, " + "case, explanation, prompt, source, wildcards"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[str]) -> None:
    assert read("short_text", text)[1] == found


def test_a_mark_alone_can_be_typed_where_accents_are_required() -> None:
    assert read("short_text", {"accept": [{"text": "\u0301"}], "accents": "required"})[1] == []


@pytest.mark.parametrize(
    ("text", "texts", "found"),
    [
        ("feedback: {0: Oui.}", {"feedback": {"0": "Oui."}}, []),
        ("prompt: P", {"feedback": {}}, []),
        ("feedback:\n  0: 1", {"feedback": {"0": ""}}, ["2: 0 must be a text: put it into quotes"]),
        (
            "prompt: P\naccept: [{text: État}]",
            {"feedback": {}},
            ["2: there is no field 'accept' here; known are prompt"],
        ),
    ],
)
def test_a_translation_has_the_feedback_only(
    text: str, texts: dict[str, Any], found: list[str]
) -> None:
    assert read_texts("short_text", text, question("short_text", STATE).body) == (texts, found)
