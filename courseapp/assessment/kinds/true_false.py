"""True or false: one statement to judge."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import escape

from courseapp.assessment.kinds.base import OneRightOption
from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

OPTIONS = ["true", "false"]


class TrueFalse(OneRightOption):
    """An answer is `{"option": "true"}` or `{"option": "false"}`."""

    name = "true_false"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read `answer: true` or `answer: false`."""
        answer = fields.boolean("answer")
        return AuthoredBody({"options": OPTIONS, "right": [OPTIONS[0 if answer else 1]]}, {})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """There is nothing but the statement to translate."""
        return {}

    def draw(self, structure: JsonObject, generator: random.Random) -> Sequence[str]:
        """Keep the usual order."""
        return OPTIONS

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take the words, or a JSON boolean."""
        if isinstance(raw, bool):
            raw = OPTIONS[0 if raw else 1]
        return super().parse_answer(structure, raw)

    def option_texts(self, structure: JsonObject, texts: JsonObject) -> Mapping[str, Any]:
        """Return the two words in the reader's language."""
        return {
            "true": {"text": str(escape(_("True")))},
            "false": {"text": str(escape(_("False")))},
        }


KIND = TrueFalse()
