"""Single choice: several options, exactly one of them right."""

from __future__ import annotations

import random

from courseapp.assessment.kinds.base import (
    OneOfSeveralOptions,
    read_option_texts,
    read_options,
    shuffled,
)
from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject


class SingleChoice(OneOfSeveralOptions):
    """An answer is `{"value": option key}`."""

    name = "single_choice"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the options; exactly one must be right."""
        body, right = read_options(fields)
        if len(right) != 1:
            fields.report("options", f"mark exactly one option as correct, {len(right)} are marked")
        return body

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the options' texts."""
        return read_option_texts(fields, structure)

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Shuffle the options, unless their order says something."""
        shuffle = shuffle and structure.get("shuffle", True)
        return {"options": shuffled(structure["options"], generator, shuffle=shuffle)}


KIND = SingleChoice()
