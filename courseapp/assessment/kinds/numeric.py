"""Numeric: a number typed in, with a tolerance, units, and every way of writing numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from courseapp.assessment.kinds.base import ONLY, OneItem, ShownBody, ShownItem, Widget
from courseapp.assessment.kinds.typed import (
    MOST_NUMBER_CHARACTERS,
    accepted_credit,
    accepted_number,
    counted_number,
    feedback_on,
    first_unit,
    parse_number,
    read_accepted_numbers,
    read_feedback,
    right_number,
)
from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject


class Numeric(OneItem):
    """An answer is `{"value": as typed}`, such as "12,5 %"."""

    name = "numeric"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the accepted numbers and the units."""
        structure, feedback = read_accepted_numbers(fields)
        return AuthoredBody(structure, {"feedback": feedback})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the feedback on accepted numbers, by their place."""
        return {"feedback": read_feedback(fields)}

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take a number, as JSON or as people write it."""
        return {"value": parse_number(structure, raw)}

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give what the first accepted number earns that lies near enough."""
        index = accepted_number(structure, answer["value"]) if answer else None
        return accepted_credit(structure, index)

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return the first accepted number."""
        return right_number(structure)

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show a field, with the unit after it."""
        structure, value = question.structure, answer["value"] if answer else ""
        item = ShownItem(
            key=ONLY,
            widget=Widget.NUMBER,
            value=value,
            unit=first_unit(structure),
            most_characters=MOST_NUMBER_CHARACTERS,
            credit=float(self.grade(structure, answer)) if reveal else None,
            right_value=right_number(structure) if reveal else None,
            right_answer=right_number(structure) if reveal else None,
            feedback_html=feedback_on(question, accepted_number(structure, value))
            if reveal and value
            else None,
        )
        return ShownBody([item])

    def counted(self, value: str) -> str:
        """Count what was typed without its spaces."""
        return counted_number(value)


KIND = Numeric()
