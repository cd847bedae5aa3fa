"""Questions on their way between neutral form and the quiz file: nothing of them changes."""

from __future__ import annotations

import dataclasses
import textwrap
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from config import PROJECT_ROOT
from courseapp.assessment.kinds import KINDS
from courseapp.catalog.service import load_content
from courseapp.core.authored import Problems, parse_yaml
from courseapp.interop.questions.authored import Defaults, key_from, to_entry
from courseapp.interop.questions.exported import from_authored
from courseapp.interop.questions.quiz_file import with_entries, written
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Criterion,
    Essay,
    ExchangedQuestion,
    Gaps,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Severity,
    TextEntry,
    Unit,
)

DEFAULTS = Defaults("an-objective", "Convention No. 102 (1952)", "Because it says so.")


def entry_of(interaction, *, prompt="What is it?", **fields):
    entry, remarks = to_entry(ExchangedQuestion(prompt, interaction, **fields), (), DEFAULTS)
    return entry, [(remark.severity, remark.message) for remark in remarks]


def refusal_of(interaction, **fields):
    entry, remarks = entry_of(interaction, **fields)
    assert entry is None
    (severity, message) = remarks[-1]
    assert severity is Severity.REFUSED
    return message


def read_again(entry):
    """Read an entry as the content check does; return what its kind makes of it, and the problems."""
    problems = Problems(Path())
    fields = parse_yaml(yaml.safe_dump(entry, sort_keys=False), Path("quiz.yaml"), problems)
    body = KINDS[entry["kind"]].read(fields)
    for name in ("key", "kind", "objective", "explanation", "source", "prompt"):
        fields.value(name)
    fields.close()
    return body, [problem.message for problem in problems.sorted()]


REAL = [
    (course, quiz, question)
    for course in load_content(PROJECT_ROOT, KINDS)[0]
    for quiz in [*(module.quiz for module in course.modules), course.final_quiz]
    for question in quiz.questions
]


@pytest.mark.parametrize("real", REAL, ids=[f"{q.key}/{question.key}" for _, q, question in REAL])
def test_every_question_of_the_course_leaves_and_comes_back_the_same(real):
    _, _, question = real
    exchanged = from_authored(question, "en", {})
    entry, remarks = to_entry(exchanged, (), DEFAULTS)
    assert list(remarks) == []
    assert (entry["key"], entry["kind"], entry["objective"]) == (
        question.key,
        question.kind,
        question.objective,
    )
    text = question.texts["en"]
    assert (entry["prompt"], entry["explanation"]) == (text.prompt, text.explanation)
    assert entry["source"] == text.source
    body, problems = read_again(entry)
    assert problems == []
    again = from_authored_body(body, question)
    assert again == exchanged


def from_authored_body(body, question):
    """Return the neutral form of a body that was read again, beside the question's other texts."""
    text = question.texts["en"]
    return from_authored(
        dataclasses.replace(
            question,
            body=body,
            texts={"en": dataclasses.replace(text, kind_texts=body.texts)},
        ),
        "en",
        {},
    )


def test_a_key_is_kept_made_from_words_or_numbered():
    assert key_from("c102-branches") == "c102-branches"
    assert key_from("Qué es la Protección Social?") == "que-es-la-proteccion-social"
    assert key_from("102 branches") == "q-102-branches"
    assert key_from("社会保障") == ""
    entry, _ = to_entry(
        ExchangedQuestion("Why?", TextEntry([Option("x", 100)]), key="why"),
        {"why", "why-2"},
        DEFAULTS,
    )
    assert entry["key"] == "why-3"


def test_what_the_file_does_not_say_is_given():
    entry, _ = entry_of(TextEntry([Option("x", 100)]))
    assert entry["objective"] == "an-objective"
    assert entry["source"] == "Convention No. 102 (1952)"
    assert entry["explanation"] == "Because it says so."
    question = ExchangedQuestion("Why?", TextEntry([Option("x", 100)]))
    nothing, remarks = to_entry(question, (), Defaults("an-objective", "x"))
    assert nothing is None
    assert remarks[0].message == "it has no explanation: give one for all such questions"


def test_a_choice_with_two_right_options_is_refused_and_one_that_takes_away_is_remarked_upon():
    two = Choice([Option("a", 100), Option("b", 100), Option("c")])
    assert refusal_of(two) == "2 of its options earn everything: exactly one must"
    entry, remarks = entry_of(Choice([Option("a", 100), Option("b", 50), Option("c", -25)]))
    assert [option.get("credit") for option in entry["options"]] == [None, 50, None]
    assert remarks == [
        (
            Severity.CHANGED,
            "the option “c” took away from the result: here it earns nothing",
        )
    ]


@pytest.mark.parametrize(
    ("credits", "penalty"),
    [
        ([50, 50, -50], None),
        ([50, 50, 0], 0),
        ([33, 33, 33, -33], None),
        ([50, 50, -25], 50),
    ],
)
def test_what_a_wrong_option_costs_becomes_the_penalty(credits, penalty):
    options = [Option(f"option {number}", credit) for number, credit in enumerate(credits)]
    entry, remarks = entry_of(Choice(options, many=True))
    assert entry.get("penalty") == penalty
    assert remarks == []


def test_weights_that_differ_are_remarked_upon():
    options = [Option("a", 70), Option("b", 30), Option("c", -100), Option("d", 0)]
    entry, remarks = entry_of(Choice(options, many=True))
    assert entry["kind"] == "multiple_choice"
    assert [message for _, message in remarks] == [
        "its right options weighed differently: here each weighs the same",
        "its wrong options cost differently: here each costs the same",
    ]


def test_several_items_with_the_same_match_become_categories():
    entry, _ = entry_of(
        Matching(
            [
                Pair("No. 102", "Convention"),
                Pair("No. 202", "Recommendation"),
                Pair("No. 183", "Convention"),
            ]
        )
    )
    assert entry["kind"] == "categorise"
    assert [c["text"] for c in entry["categories"]] == ["Convention", "Recommendation"]
    assert read_again(entry)[1] == []


def test_units_are_counted_in_the_first_one():
    entry, _ = entry_of(
        NumberEntry(
            [AcceptedNumber(Decimal("1.5"), Decimal("0.1"))],
            [Unit("kg", Decimal(1000)), Unit("g", Decimal(1))],
        )
    )
    assert entry["units"] == [{"text": "kg"}, {"text": "g", "factor": 0.001}]
    assert entry["accept"] == [{"value": 1.5, "tolerance": 0.1}]
    assert read_again(entry)[1] == []


def test_a_pattern_for_all_other_answers_comes_after_the_right_one():
    entry, remarks = entry_of(
        TextEntry(
            [Option("*", 0, "Think again."), Option("sol*", 50), Option("solidarity", 100)],
            wildcards=True,
        )
    )
    assert [accepted["text"] for accepted in entry["accept"]] == ["solidarity", "sol*"]
    assert remarks == [(Severity.CHANGED, "the feedback on the wrong answer “*” has no place here")]


def test_gaps_get_keys_that_can_be_keys():
    gaps = Gaps(
        {"1": TextEntry([Option("nine", 100)]), "2": Choice([Option("a", 100), Option("b")])}
    )
    entry, _ = entry_of(gaps, prompt="It has [[1]] branches and [[2]].")
    assert entry["prompt"] == "It has [[q-1]] branches and [[q-2]]."
    assert read_again(entry)[1] == []
    assert refusal_of(gaps, prompt="It has [[1]].") == "its text does not hold the gap 2 once"


def test_an_essay_without_a_rubric_is_judged_as_a_whole():
    entry, remarks = entry_of(Essay())
    assert entry["rubric"] == [{"key": "whole", "text": "The answer as a whole", "points": 10}]
    assert [severity for severity, _ in remarks] == [Severity.CHANGED]
    entry, remarks = entry_of(Essay([Criterion("Names it", 2)], most_characters=50_000))
    assert (entry["most_characters"], remarks) == (10_000, [])
    assert read_again(entry)[1] == []


@pytest.mark.parametrize(
    ("interaction", "words"),
    [
        (Choice([Option("a", 100)]), "it has 1 options: 2 to 8 can be taken"),
        (Choice([Option("", 100), Option("b")]), "one of its options is empty"),
        (Choice([Option("a", 50), Option("b", 50)], many=True), "all of its options are right"),
        (TextEntry([Option("a", 90)]), "no answer earns everything"),
        (NumberEntry([AcceptedNumber(Decimal("1e30"))]), "it has a number that is too large"),
        (Ordering(["a", "b"]), "it has 2 steps: 3 to 8 can be taken"),
        (Matching([Pair("a", "b")]), "it has 1 pairs: 2 to 10 can be taken"),
    ],
)
def test_what_no_kind_can_hold_is_refused_with_the_reason(interaction, words):
    assert words in refusal_of(interaction)


def test_entries_are_added_and_all_that_stood_there_stays():
    text = textwrap.dedent(
        """\
        # The quiz on the first module.
        key: first
        questions:
          - key: one   # a remark of the author
            prompt: >-
              Folded.
        title: After the questions
        """
    )
    entry, _ = entry_of(TextEntry([Option("x", 100)]), prompt="Two\nlines")
    longer = with_entries(text, [entry])
    assert longer.replace(textwrap.indent(written([entry]), "  "), "") == text
    loaded = yaml.safe_load(longer)
    assert [question["key"] for question in loaded["questions"]] == ["one", "two-lines"]
    assert loaded["title"] == "After the questions"
    assert loaded["questions"][1]["prompt"] == "Two\nlines"


def test_a_file_that_does_not_end_with_a_line_break_gets_one():
    text = "key: first\nquestions:\n- key: one"
    entry, _ = entry_of(TextEntry([Option("x", 100)]))
    loaded = yaml.safe_load(with_entries(text, [entry]))
    assert [question["key"] for question in loaded["questions"]] == ["one", "what-is-it"]
