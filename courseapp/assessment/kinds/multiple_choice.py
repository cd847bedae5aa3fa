"""Multiple choice: several options, one or more of them right."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l

from courseapp.assessment.kinds.base import AuthoredOptions, check_option, read_options
from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields
from courseapp.core.errors import InvalidInput
from courseapp.core.types import JsonObject


class MultipleChoice(AuthoredOptions):
    """An answer is `{"options": [key, ...]}`, sorted; an empty list takes the answer back."""

    name = "multiple_choice"
    answer_is_list = True

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the options; at least one must be right and one wrong."""
        body, right = read_options(fields)
        if not 0 < len(right) < len(body.structure["options"]):
            fields.report("options", "mark at least one option as correct, but not all of them")
        return body

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take a list of option keys."""
        if not isinstance(raw, list) or len(raw) > len(structure["options"]):
            raise InvalidInput({"answer": [_l("Choose from the options shown.")]})
        return {"options": sorted({check_option(structure, key) for key in raw})}

    def chosen(self, answer: JsonObject | None) -> Sequence[str]:
        """Return the chosen options."""
        return answer["options"] if answer else []

    def right_options(self, structure: JsonObject) -> Sequence[str]:
        """Return every right option."""
        right: list[str] = structure["right"]
        return right

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give (right chosen - wrong chosen) / right options, never below zero."""
        chosen, right = set(self.chosen(answer)), set(structure["right"])
        return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))


KIND = MultipleChoice()
