"""True or false: one statement to judge."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from markupsafe import escape

from courseapp.assessment.kinds.base import OneOfSeveralOptions
from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

OPTIONS = ["true", "false"]


class TrueFalse(OneOfSeveralOptions):
    """An answer is `{"value": "true"}` or `{"value": "false"}`."""

    name = "true_false"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read `answer: true` or `answer: false`."""
        answer = fields.boolean("answer")
        structure = {"options": [*OPTIONS], "right": [OPTIONS[0 if answer else 1]]}
        return AuthoredBody(structure, _feedback(fields))

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the feedback: the two words are the platform's own."""
        return _feedback(fields)

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Keep the usual order."""
        return {"options": [*OPTIONS]}

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take the words, or a JSON boolean."""
        if isinstance(raw, bool):
            raw = OPTIONS[0 if raw else 1]
        return super().parse_answer(structure, raw)

    def option_texts(self, question: QuestionContent) -> Mapping[str, Any]:
        """Return the two words in the reader's language."""
        words = {"true": str(escape(_("True"))), "false": str(escape(_("False")))}
        return {
            key: {"text": word, "feedback": question.texts.get(f"feedback_{key}")}
            for key, word in words.items()
        }


def _feedback(fields: Fields) -> JsonObject:
    names = [f"feedback_{key}" for key in OPTIONS]
    return {name: fields.line_text(name) for name in names if name in fields}


KIND = TrueFalse()
