"""Neutral questions to GIFT."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch
from typing import Final

from courseapp.interop.questions.answers import (
    graded,
    objective_tag,
    with_source,
    written_text,
)
from courseapp.interop.questions.moodle_text import from_plain
from courseapp.interop.questions.numbers import written
from courseapp.interop.questions.remarks import Notes, NotTaken
from courseapp.interop.questions.text import (
    escape_markdown,
    html_of,
    plain_of_markdown,
    writable,
)
from courseapp.interop.questions.types import (
    Choice,
    Essay,
    ExchangedQuestion,
    Interaction,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Remark,
    TextEntry,
    Writing,
)

_SIGNS: Final = re.compile(r"[\\:#={}~]")

# What stands in the braces right behind the first one, and lines below it.
_Answers = tuple[str, Sequence[str]]


def write(questions: Sequence[ExchangedQuestion]) -> Writing:
    """Return a file of questions."""
    blocks: list[str] = []
    remarks: list[Remark] = []
    for question in questions:
        notes = Notes(about=question.key or question.title or question.prompt)
        try:
            blocks.append(_block(question, notes))
        except NotTaken as reason:
            notes.remarks.clear()
            notes.refuse(str(reason))
        remarks += notes.remarks
    return Writing(writable("\n".join(blocks)).encode(), remarks)


def _block(question: ExchangedQuestion, notes: Notes) -> str:
    if question.pictures:
        notes.change("GIFT has no pictures: they were left out.")
    head, lines = _answers(question.interaction, notes)
    explanation = with_source(question)
    general = [f"####{_text(explanation)}"] if explanation else []
    body = f"{head}\n" + "".join(f"\t{line}\n" for line in [*lines, *general])
    title = f"::{_escaped(from_plain(_line(question.title)))}::" if question.title.strip() else ""
    return (
        f"{_comments(question)}{title}[markdown]{_escaped(question.prompt)}"
        f"{{{body if lines else head + ''.join(general)}}}\n"
    )


def _comments(question: ExchangedQuestion) -> str:
    marks = []
    if question.key:
        marks.append(f"[id:{_bracketed(question.key)}]")
    if question.objective:
        marks.append(f"[tag:{_bracketed(objective_tag(question.objective))}]")
    lines = [" ".join(marks)] if marks else []
    if question.source:
        lines.append(f"source: {_line(question.source)}")
    return "".join(f"// {line}\n" for line in lines)


def _bracketed(text: str) -> str:
    return _line(text).replace("]", "\\]")


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    lines = re.sub(r"\r\n?", "\n", text.strip())
    return _SIGNS.sub(r"\\\g<0>", lines).replace("\n", "\\n")


def _text(markdown: str) -> str:
    """Return a text that has the format of its question, Markdown."""
    return _unmistakable(_escaped(markdown), "markdown")


def _unmistakable(text: str, text_format: str) -> str:
    # Else what stands in the bracket could be taken for the name of a format.
    return f"[{text_format}]{text}" if text.startswith("[") else text


def _without_arrows(markdown: str) -> str:
    # Where Moodle finds an arrow, it reads something to match.
    return markdown.replace("->", "-&gt;")


def _plain(markdown: str, notes: Notes) -> str:
    """Return the words of a text where Moodle has no more."""
    words = _line(plain_of_markdown(markdown))
    if html_of(escape_markdown(words)) != html_of(markdown):
        notes.change(
            "Some texts lost their emphasis, links or pictures: GIFT has only words there."
        )
    return words


# -- Answers --------------------------------------------------------------------------------------


@singledispatch
def _answers(_interaction: Interaction, _notes: Notes) -> _Answers:
    """Return what stands in the braces. Gaps are the only ones that have no way of their own."""
    raise NotTaken("GIFT has no gaps within a text.")


@_answers.register
def _(choice: Choice, notes: Notes) -> _Answers:
    if choice.is_true_false:
        return _true_false(choice)
    if not choice.shuffle:
        notes.change("GIFT cannot say that the options keep their order.")
    if len(choice.options) < 2:
        raise NotTaken("A choice needs two options at least.")
    if not any(option.credit > 0 for option in choice.options):
        raise NotTaken("No option is right.")
    right = [] if choice.many else [option for option in choice.options if option.credit == 100]
    if not choice.many and not right:
        raise NotTaken("No option earns all of the point.")
    return "", [_option(option, notes, marked=option in right[:1]) for option in choice.options]


def _option(option: Option, notes: Notes, *, marked: bool) -> str:
    text = _text(option.text)
    if not text:
        raise NotTaken("An option has no text.")
    if marked:
        return f"={text}{_feedback(option.feedback)}"
    if not option.credit and not text.startswith("%"):
        return f"~{text}{_feedback(option.feedback)}"
    return f"~%{graded(option.credit, notes)}%{text}{_feedback(option.feedback)}"


def _feedback(markdown: str) -> str:
    return f"#{_text(markdown)}" if markdown.strip() else ""


def _true_false(choice: Choice) -> _Answers:
    if [option.credit for option in choice.options] not in ([100, 0], [0, 100]):
        raise NotTaken("One of true and false must be right.")
    if_true, if_false = choice.options
    right, wrong = (if_true, if_false) if if_true.credit else (if_false, if_true)
    word = "TRUE" if right is if_true else "FALSE"
    if right.feedback:
        return f"{word}#{_text(wrong.feedback)}#{_text(right.feedback)}", []
    return f"{word}{_feedback(wrong.feedback)}", []


@_answers.register
def _(entry: TextEntry, notes: Notes) -> _Answers:
    if entry.case_sensitive:
        notes.change("GIFT cannot say that capital letters count.")
    if not any(option.credit > 0 for option in entry.accept):
        raise NotTaken("No answer is right.")
    return "", [_accepted_text(option, entry, notes) for option in entry.accept]


def _accepted_text(option: Option, entry: TextEntry, notes: Notes) -> str:
    if not option.text.strip():
        raise NotTaken("An accepted text is empty.")
    if "->" in option.text:
        raise NotTaken("An arrow -> in an accepted text would make something to match of it.")
    text = _escaped(written_text(option.text, wildcards=entry.wildcards))
    return (
        f"=%{graded(option.credit, notes)}%{_unmistakable(text, 'plain')}"
        f"{_feedback(_without_arrows(option.feedback))}"
    )


@_answers.register
def _(entry: NumberEntry, notes: Notes) -> _Answers:
    if entry.units:
        notes.change("GIFT has no units: the number alone is asked for.")
    if not any(number.credit > 0 for number in entry.accept):
        raise NotTaken("No number is right.")
    lines = [
        f"=%{graded(number.credit, notes)}%{written(number.value)}:{written(number.tolerance)}"
        f"{_feedback(number.feedback)}"
        for number in entry.accept
    ]
    return "#", lines


@_answers.register
def _(matching: Matching, notes: Notes) -> _Answers:
    if any(pair.feedback for pair in matching.pairs):
        notes.change("GIFT has no feedback on what was matched.")
    if not matching.shuffle:
        notes.change("GIFT cannot say that what is to be matched keeps its order.")
    if not matching.pairs or len(matching.pairs) + len(matching.distractors) < 2:
        raise NotTaken("There must be two things to match at least.")
    rows = [(pair.text, pair.match) for pair in matching.pairs]
    return "", [
        _pair(*row, notes) for row in [*rows, *(("", text) for text in matching.distractors)]
    ]


def _pair(text: str, match: str, notes: Notes) -> str:
    partner = _escaped(from_plain(_plain(match, notes)))
    if not partner:
        raise NotTaken("Something to match has no partner.")
    return f"={_text(_without_arrows(text))} -> {partner}"


@_answers.register
def _(ordering: Ordering, notes: Notes) -> _Answers:
    if len(ordering.steps) < 2:
        raise NotTaken("There must be two steps at least.")
    # Every one of these words must stand here: Moodle would take them from the first step otherwise.
    head = f">{len(ordering.steps)} ALL VERTICAL RELATIVE_ALL_PREVIOUS_AND_NEXT SHOW none"
    return head, [_step(step, notes) for step in ordering.steps]


def _step(markdown: str, notes: Notes) -> str:
    """Return a step. Moodle does not understand escaped signs there, only the backslash's own."""
    text = from_plain(_plain(markdown, notes))
    if not text or text.startswith("//") or re.search(r"[{}]|####", text):
        raise NotTaken("A step is empty, or has signs in it that GIFT needs itself.")
    return text.replace("\\", "\\\\")


@_answers.register
def _(essay: Essay, notes: Notes) -> _Answers:
    if essay.rubric:
        notes.change("GIFT has no place for the points of a rubric.")
    if essay.most_characters:
        notes.change("GIFT cannot limit how much is written.")
    return "", []
