"""Answers that more than one format writes in the same way: true or false, typed words, where texts come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from courseapp.interop.questions.numbers import grade_of, is_grade
from courseapp.interop.questions.remarks import Notes
from courseapp.interop.questions.types import Choice, ExchangedQuestion, Option

TRUE: Final = "True"
FALSE: Final = "False"

_OBJECTIVE: Final = "objective:"


def true_false(*, answer: bool, if_true: str = "", if_false: str = "") -> Choice:
    """Return the choice between true and false, with the feedback on each."""
    return Choice(
        (Option(TRUE, 100 * answer, if_true), Option(FALSE, 100 * (not answer), if_false)),
        is_true_false=True,
    )


def graded(credit: int, notes: Notes) -> str:
    """Return a credit as Moodle's formats have it, with a word of warning where Moodle may refuse it."""
    if not is_grade(credit):
        notes.change(
            f"{credit} % is not among Moodle's grades: let it take the nearest one when importing."
        )
    return grade_of(credit)


# -- Typed words: in Moodle's formats * stands for any characters, and \* for itself ----------------------


def has_wildcard(text: str) -> bool:
    r"""Tell whether a text has a * without a \ before it."""
    return re.search(r"(?<!\\)\*", text) is not None


def accepted_texts(options: Sequence[Option]) -> tuple[Sequence[Option], bool]:
    """Return accepted texts as we have them, and whether their asterisks stand for any characters."""
    if any(has_wildcard(option.text) for option in options):
        return tuple(options), True
    plain = (replace(option, text=option.text.replace("\\*", "*")) for option in options)
    return tuple(plain), False


def written_text(text: str, *, wildcards: bool) -> str:
    """Return an accepted text as Moodle has it."""
    return text if wildcards else text.replace("*", "\\*")


# -- Sources and objectives, which Moodle has no fields for -----------------------------------------------


def with_source(question: ExchangedQuestion) -> str:
    """Return the explanation with the source below it, where learners see it."""
    signature = f"— {question.source}" if question.source else ""
    return "\n\n".join(filter(None, (question.explanation, signature)))


def without_source(explanation: str, source: str) -> tuple[str, str]:
    """Return explanation and source, of which the file says that it was put below the explanation."""
    signature = f"— {source}"
    if source and (explanation == signature or explanation.endswith(f"\n\n{signature}")):
        return explanation.removesuffix(signature).rstrip(), source
    return explanation, ""


def objective_tag(objective: str) -> str:
    """Return the tag that stands for an objective."""
    return f"{_OBJECTIVE}{objective}"


def split_tags(tags: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the objective that tags name, and the other tags."""
    named = [tag for tag in tags if tag.startswith(_OBJECTIVE)]
    others = [tag for tag in tags if tag and tag not in named[:1]]
    return named[0].removeprefix(_OBJECTIVE) if named else "", others
