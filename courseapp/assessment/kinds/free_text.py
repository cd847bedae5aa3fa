"""Free text: written in the learner's own words, and judged by a trainer with a rubric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from courseapp.assessment.kinds.base import (
    ONLY,
    OneItem,
    ShownBody,
    ShownItem,
    Widget,
    keyed_children,
)
from courseapp.assessment.kinds.typed import clean_text
from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

MOST_CHARACTERS = 2_000
MOST_EVER = 10_000
MOST_CRITERIA = 6


class FreeText(OneItem):
    """An answer is `{"value": text}`. The structure's `rubric` says what a trainer can give points for."""

    name = "free_text"
    is_countable = False

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the rubric."""
        points: dict[str, int] = {}
        texts: JsonObject = {}
        for entry in keyed_children(fields, "rubric", least=1, most=MOST_CRITERIA):
            key = entry.key()
            points[key] = entry.whole_number("points", least=1, most=10)
            texts[key] = {"text": entry.line_text("text")}
            entry.close()
        most = (
            fields.whole_number("most_characters", least=1, most=MOST_EVER)
            if "most_characters" in fields
            else MOST_CHARACTERS
        )
        structure = {
            "rubric": [{"key": key, "points": value} for key, value in points.items()],
            "most_characters": most,
        }
        return AuthoredBody(structure, {"rubric": texts})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the rubric's texts, by key."""
        entries = fields.child("rubric")
        texts: JsonObject = {}
        for criterion in structure["rubric"]:
            entry = entries.child(criterion["key"])
            texts[criterion["key"]] = {"text": entry.line_text("text")}
            entry.close()
        entries.close()
        return {"rubric": texts}

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take a text of several lines."""
        return {"value": clean_text(raw, most=structure["most_characters"], lines=True)}

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction | None:
        """Leave it to a person; no answer earns nothing without one."""
        return Fraction(0) if self.is_blank(answer) else None

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Leave it to a person."""
        return None

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show a field of several lines."""
        item = ShownItem(
            key=ONLY,
            widget=Widget.LONG_TEXT,
            value=answer["value"] if answer else "",
            most_characters=question.structure["most_characters"],
        )
        return ShownBody([item])

    def tally(self, structure: JsonObject, answer: JsonObject) -> Mapping[str, Sequence[str]]:
        """Count nothing: no two texts are alike."""
        return {}


KIND = FreeText()
