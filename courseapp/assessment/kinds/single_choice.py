"""Single choice: several options, exactly one of them right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from courseapp.assessment.kinds.base import (
    check_option,
    read_option_texts,
    read_options,
    shuffled,
)
from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject


class SingleChoice:
    """An answer is `{"option": key}`; it earns everything or nothing."""

    name = "single_choice"
    answer_is_list = False

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the options; exactly one must be right."""
        body, right = read_options(fields)
        if len(right) != 1:
            fields.report("options", f"mark exactly one option as correct, {len(right)} are marked")
        return body

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the options' texts in another language."""
        return read_option_texts(fields, structure)

    def draw(self, structure: JsonObject, generator: random.Random) -> Sequence[str]:
        """Shuffle the options."""
        return shuffled(structure, generator)

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take the key of one option."""
        return {"option": check_option(structure, raw)}

    def chosen(self, answer: JsonObject | None) -> Sequence[str]:
        """Return the chosen option, if there is one."""
        return [answer["option"]] if answer else []

    def right_options(self, structure: JsonObject) -> Sequence[str]:
        """Return the one right option."""
        right: list[str] = structure["right"]
        return right

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give full credit for the right option."""
        return Fraction(int(list(self.chosen(answer)) == structure["right"]))

    def option_texts(self, structure: JsonObject, texts: JsonObject) -> Mapping[str, Any]:
        """Return the authored texts."""
        options: Mapping[str, Any] = texts["options"]
        return options


KIND = SingleChoice()
