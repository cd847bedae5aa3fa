"""Aiken, the plainest format: a line with the question, lettered options, and the letter of the right one.

It is read as Moodle reads it: each question is a choice with one right option, and its text one line.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from flask_babel import lazy_gettext as _l

from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.remarks import Notes, NotTaken
from courseapp.interop.questions.text import (
    decode,
    escape_markdown,
    html_of,
    plain_of_markdown,
    writable,
)
from courseapp.interop.questions.types import (
    Choice,
    ExchangedQuestion,
    Option,
    Reading,
    Remark,
    Writing,
)

MOST_QUESTIONS: Final = 5_000

_OPTION: Final = re.compile(r"[A-Z][).]")
_ANSWER: Final = "ANSWER:"
_LETTERS: Final = string.ascii_uppercase


# -- Reading --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Begun:
    """A question whose answer has not come yet."""

    line: int
    text: str
    options: list[str] = field(default_factory=list)


def read(content: bytes) -> Reading:
    """Return the questions of a file."""
    reader = _Reader()
    for number, raw in enumerate(decode(content).split("\n"), start=1):
        line = raw.strip()
        # Moodle passes over what is too short to be anything.
        if len(line.encode()) < 2:
            continue
        if _OPTION.match(line):
            reader.option(line[2:].strip(), number)
        elif line.startswith(_ANSWER):
            reader.answer(line.removeprefix(_ANSWER).strip(), number)
        else:
            reader.question(line, number)
    reader.end()
    return Reading(reader.questions, reader.remarks)


@dataclass(slots=True)
class _Reader:
    """Takes the lines of a file by what they are."""

    questions: list[ExchangedQuestion] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    _begun: _Begun | None = None

    def question(self, text: str, number: int) -> None:
        """Take a line that is neither an option nor an answer: the text of a question."""
        self.end()
        self._begun = _Begun(number, text)

    def option(self, text: str, number: int) -> None:
        """Take an option."""
        if self._begun is None:
            self._refuse(number, text, "This option belongs to no question.")
        else:
            self._begun.options.append(text)

    def answer(self, letter: str, number: int) -> None:
        """Take the letter of the right option, which ends the question."""
        begun, self._begun = self._begun, None
        if begun is None:
            self._refuse(number, letter, "This answer belongs to no question.")
            return
        right = _LETTERS.find(letter[0]) if letter else -1
        if len(begun.options) < 2:
            self._refuse(number, begun.text, "A question needs two options at least.")
        elif not 0 <= right < len(begun.options):
            self._refuse(
                number, begun.text, f"No option has the letter {letter[:1] or 'after ANSWER:'}."
            )
        elif not all(begun.options):
            self._refuse(begun.line, begun.text, "An option has no text.")
        elif len(self.questions) >= MOST_QUESTIONS:
            raise Unreadable(_l("It holds more than five thousand questions."))
        else:
            options = tuple(
                Option(escape_markdown(text), 100 * (place == right))
                for place, text in enumerate(begun.options)
            )
            self.questions.append(
                ExchangedQuestion(escape_markdown(begun.text), Choice(options), line=begun.line)
            )

    def end(self) -> None:
        """Let go of a question that has got no answer."""
        begun, self._begun = self._begun, None
        if begun is not None:
            self._refuse(
                begun.line,
                begun.text,
                "No ANSWER: follows this question. "
                "Its text must stand on one line, and each option on one of its own.",
            )

    def _refuse(self, line: int, about: str, message: str) -> None:
        notes = Notes(line, about)
        notes.refuse(message)
        self.remarks += notes.remarks


# -- Writing --------------------------------------------------------------------------------------


def write(questions: Sequence[ExchangedQuestion]) -> Writing:
    """Return a file of those questions that are a choice with one right option."""
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
    choice = question.interaction
    if not isinstance(choice, Choice) or choice.many:
        raise NotTaken("Aiken holds only questions with one right option.")
    right = [place for place, option in enumerate(choice.options) if option.credit == 100]
    if len(right) != 1:
        raise NotTaken("Aiken needs one option that earns all of the point, and no second one.")
    if not 2 <= len(choice.options) <= len(_LETTERS):
        raise NotTaken("Aiken holds between 2 and 26 options.")
    _note_losses(question, choice, notes)
    prompt = _words(question.prompt, notes)
    options = [_words(option.text, notes) for option in choice.options]
    if len(prompt.encode()) < 2 or not all(options):
        raise NotTaken("The question or an option has no text.")
    if _OPTION.match(prompt) or prompt.startswith(_ANSWER):
        raise NotTaken("The text of the question begins like an option or an answer.")
    lines = [f"{letter}) {text}" for letter, text in zip(_LETTERS, options, strict=False)]
    return "\n".join([prompt, *lines, f"{_ANSWER} {_LETTERS[right[0]]}", ""])


def _note_losses(question: ExchangedQuestion, choice: Choice, notes: Notes) -> None:
    lost = {
        "the credit for options that are partly right": any(
            option.credit not in {0, 100} for option in choice.options
        ),
        "the feedback": any(option.feedback for option in choice.options),
        "the explanation": question.explanation,
        "the source": question.source,
        "the objective": question.objective,
        "the key": question.key,
        "the title": question.title,
        "that the options keep their order": not choice.shuffle,
        "that the options are true and false": choice.is_true_false,
        "the pictures": question.pictures,
    }
    if parts := [what for what, is_lost in lost.items() if is_lost]:
        notes.change(f"Aiken does not hold {', '.join(parts)}.")


def _words(markdown: str, notes: Notes) -> str:
    words = " ".join(plain_of_markdown(markdown).split())
    if html_of(escape_markdown(words)) != html_of(markdown):
        notes.change("Aiken holds words on one line: emphasis, lists, links and the like are lost.")
    return words
