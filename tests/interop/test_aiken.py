"""Aiken is read as strictly as Moodle reads it, and every line that is not understood is named."""

from __future__ import annotations

import pytest

from courseapp.interop.questions.aiken import read, write
from courseapp.interop.questions.answers import true_false
from courseapp.interop.questions.types import (
    Choice,
    Essay,
    ExchangedQuestion,
    Option,
    Severity,
)

QUESTION = "Who elects the shop steward?\nA) the employer\nB) the members\nANSWER: B\n"


def refused(text):
    reading = read(text.encode())
    assert all(remark.severity is Severity.REFUSED for remark in reading.remarks)
    return len(reading.questions), [(remark.line, remark.message) for remark in reading.remarks]


def test_a_question_is_a_line_its_options_and_a_letter():
    reading = read(QUESTION.encode())
    assert not reading.remarks
    assert reading.questions == [
        ExchangedQuestion(
            "Who elects the shop steward?",
            Choice((Option("the employer"), Option("the members", 100))),
            line=1,
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        QUESTION.replace(")", "."),
        QUESTION.replace(") ", ")"),
        QUESTION.replace("ANSWER: B", "ANSWER:B"),
        QUESTION.replace("ANSWER: B", "ANSWER: B) the members"),
        QUESTION.replace("\n", "\r\n"),
        QUESTION.replace("\n", "\n\n"),
        "\ufeff  " + QUESTION.replace("\n", "\n  "),
        QUESTION.replace("?\n", "?\n-\n"),
    ],
)
def test_small_differences_do_not_matter(text):
    reading = read(text.encode())
    assert not reading.remarks
    [question] = reading.questions
    assert question.interaction == Choice((Option("the employer"), Option("the members", 100)))


def test_texts_are_plain():
    text = "Is 2 < 3 *always* <b>true</b>?\nA) [yes](no)\nB) `no`\nANSWER: A"
    [question] = read(text.encode()).questions
    assert question.prompt == "Is 2 < 3 \\*always\\* &lt;b>true&lt;/b>?"
    assert [option.text for option in question.interaction.options] == [
        "\\[yes\\](no)",
        "\\`no\\`",
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("A) an option\n" + QUESTION, 1, "This option belongs to no question."),
        ("ANSWER: A\n" + QUESTION, 1, "This answer belongs to no question."),
        ("Who?\nA) me\nANSWER: A\n" + QUESTION, 3, "A question needs two options at least."),
        (QUESTION + "Who?\nA) me\nB) you\nANSWER: C\n", 8, "No option has the letter C."),
        (QUESTION + "Who?\nA) me\nB) you\nANSWER: b\n", 8, "No option has the letter b."),
        (QUESTION + "Who?\nA) me\nB) you\nANSWER:\n", 8, "No option has the letter after ANSWER:."),
        (QUESTION + "Who?\nA) me\nB)\nANSWER: A\n", 5, "An option has no text."),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(text, line, message):
    assert refused(text) == (1, [(line, message)])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A first line\n" + QUESTION, [1]),
        (QUESTION + "Who?\nA) me\nB) you\n", [5]),
        (QUESTION + "Who?\nA) me\nB) you\nanswer: A\n", [5, 8]),
    ],
)
def test_a_question_without_an_answer_is_refused(text, lines):
    questions, remarks = refused(text)
    assert questions == 1
    assert [line for line, _ in remarks] == lines
    assert all("No ANSWER: follows" in message for _, message in remarks)


# -- Writing ------------------------------------------------------------------------------------------


def said(question):
    writing = write([question])
    return writing.content.decode(), [(r.severity, r.message) for r in writing.remarks]


def test_a_plain_question_is_written_as_it_is():
    assert said(read(QUESTION.encode()).questions[0]) == (QUESTION, [])


def test_what_aiken_does_not_hold_is_said():
    content, remarks = said(
        ExchangedQuestion(
            "Who *elects*\n\nthe steward?",
            Choice((Option("a", 100, "Yes."), Option("b", 50))),
            key="steward",
            explanation="The members do.",
        )
    )
    assert content == "Who elects the steward?\nA) a\nB) b\nANSWER: A\n"
    assert [severity for severity, _ in remarks] == [Severity.CHANGED] * 2
    messages = " ".join(message for _, message in remarks)
    for lost in ("partly right", "feedback", "explanation", "key", "emphasis"):
        assert lost in messages


def test_true_and_false_become_two_options():
    content, remarks = said(ExchangedQuestion("A strike is a right.", true_false(answer=True)))
    assert content == "A strike is a right.\nA) True\nB) False\nANSWER: A\n"
    assert [severity for severity, _ in remarks] == [Severity.CHANGED]


@pytest.mark.parametrize(
    ("prompt", "interaction"),
    [
        ("Who?", Essay()),
        ("Who?", Choice((Option("a", 50), Option("b", 50)), many=True)),
        ("Who?", Choice((Option("a", 100), Option("b", 100)))),
        ("Who?", Choice((Option("a", 50), Option("b")))),
        ("Who?", Choice((Option("a", 100),))),
        ("Who?", Choice((Option("a", 100), Option("")))),
        ("Who?", Choice(tuple(Option(f"o{n}", 100 * (n == 0)) for n in range(27)))),
        ("?", Choice((Option("a", 100), Option("b")))),
        ("A) or B)?", Choice((Option("a", 100), Option("b")))),
        ("ANSWER: who?", Choice((Option("a", 100), Option("b")))),
    ],
)
def test_what_aiken_cannot_hold_is_refused(prompt, interaction):
    content, remarks = said(ExchangedQuestion(prompt, interaction))
    assert not content
    assert [severity for severity, _ in remarks] == [Severity.REFUSED]
