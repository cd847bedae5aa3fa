"""Multiple choice: several options, one or more of them right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l

from courseapp.assessment.kinds.base import (
    ONLY,
    AnswerShape,
    ShownBody,
    Widget,
    check_option,
    options_body,
    read_option_texts,
    read_options,
    refuse,
    shuffled,
)
from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject


class MultipleChoice:
    """An answer is `{"options": [key, ...]}`, sorted; an empty list takes the answer back."""

    name = "multiple_choice"
    answer_shape = AnswerShape.MANY
    is_countable = True

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the options; at least one must be right and one wrong."""
        body, right = read_options(fields)
        if "credits" in body.structure:
            fields.report(
                "options", "credit belongs to single choice: here every option weighs the same"
            )
        if not 0 < len(right) < len(body.structure["options"]):
            fields.report("options", "mark at least one option as correct, but not all of them")
        if "penalty" in fields:
            body.structure["penalty"] = fields.whole_number("penalty", least=0, most=100)
        return body

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the options' texts."""
        return read_option_texts(fields, structure)

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Shuffle the options, unless their order says something."""
        shuffle = shuffle and structure.get("shuffle", True)
        return {"options": shuffled(structure["options"], generator, shuffle=shuffle)}

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take a list of option keys."""
        if not isinstance(raw, list) or len(raw) > len(structure["options"]):
            raise refuse(_l("Choose from the options shown."))
        return {"options": sorted({check_option(structure, key) for key in raw})}

    def answer_in_words(self, answer: JsonObject) -> Any:
        """Return the chosen keys."""
        return answer["options"]

    def is_blank(self, answer: JsonObject | None) -> bool:
        """Tell whether nothing is chosen."""
        return not answer or not answer["options"]

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give (right chosen - wrong chosen x penalty) / right options, never below zero."""
        chosen, right = set(answer["options"] if answer else []), set(structure["right"])
        penalty = Fraction(structure.get("penalty", 100), 100)
        earned = len(chosen & right) - len(chosen - right) * penalty
        return max(Fraction(0), Fraction(earned) / len(right))

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return every right option."""
        return list(structure["right"])

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show the options, any number to be chosen."""
        return options_body(
            Widget.CHECKBOXES,
            drawn["options"],
            question.texts["options"],
            chosen=set(answer["options"] if answer else []),
            right=set(question.structure["right"]) if reveal else None,
            credit=self.grade(question.structure, answer),
        )

    def tally(self, structure: JsonObject, answer: JsonObject) -> Mapping[str, Sequence[str]]:
        """Count each chosen option."""
        return {ONLY: answer["options"]}

    def can_regrade(self, old: JsonObject, new: JsonObject) -> bool:
        """Tell whether the options are the same ones."""
        return set(old["options"]) == set(new["options"])

    def hint(self, structure: JsonObject) -> Any | None:
        """Say that several may be right, and what a wrong one costs."""
        if structure.get("penalty", 100):
            return _l("Choose all that are right. A wrong choice takes away from a right one.")
        return _l("Choose all that are right.")


KIND = MultipleChoice()
