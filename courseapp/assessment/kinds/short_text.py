"""Short text: a few words typed in, compared with those that are accepted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from courseapp.assessment.kinds.base import ONLY, OneItem, ShownBody, ShownItem, Widget
from courseapp.assessment.kinds.typed import (
    MOST_CHARACTERS,
    accepted_credit,
    accepted_text,
    clean_text,
    counted_text,
    feedback_on,
    read_accepted_texts,
    read_feedback,
)
from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject


class ShortText(OneItem):
    """An answer is `{"value": as typed}`."""

    name = "short_text"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the accepted texts."""
        structure, feedback = read_accepted_texts(fields)
        return AuthoredBody(structure, {"feedback": feedback})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the feedback: accepted texts of all languages stand in the source file."""
        return {"feedback": read_feedback(fields)}

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take a text on one line."""
        return {"value": clean_text(raw)}

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give what the first accepted text earns that is the same to a reader."""
        index = accepted_text(structure, answer["value"]) if answer else None
        return accepted_credit(structure, index)

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return the first accepted text; a * in it stands for itself too."""
        return structure["accept"][0]["text"]

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show a field."""
        structure, value = question.structure, answer["value"] if answer else ""
        item = ShownItem(
            key=ONLY,
            widget=Widget.TEXT,
            value=value,
            most_characters=MOST_CHARACTERS,
            credit=float(self.grade(structure, answer)) if reveal else None,
            right_value=structure["accept"][0]["text"] if reveal else None,
            right_answer=structure["accept"][0]["text"] if reveal else None,
            feedback_html=feedback_on(question, accepted_text(structure, value))
            if reveal and value
            else None,
        )
        return ShownBody([item])

    def counted(self, value: str) -> str:
        """Count what is the same to a reader as one."""
        return counted_text(value)


KIND = ShortText()
