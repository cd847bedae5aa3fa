"""What a kind of question must be able to do, and what the kinds with options share."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields
from courseapp.core.errors import InvalidInput
from courseapp.core.types import JsonObject

MOST_OPTIONS = 8


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option as a page or an answer of the API shows it. `right` and `feedback` are None before submission."""

    key: str
    html: str
    chosen: bool
    right: bool | None = None
    feedback_html: str | None = None


class Kind(Protocol):
    """One kind of question. All methods are pure; `structure` is what `read` returned."""

    @property
    def name(self) -> str:
        """The word that authors write after `kind:` and that the API shows."""

    @property
    def answer_is_list(self) -> bool:
        """Whether an answer is a list of option keys rather than one."""

    def read(self, fields: Fields) -> AuthoredBody:
        """Read a question in the source language, reporting problems to `fields`."""

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read a translation of the same question's texts."""

    def draw(self, structure: JsonObject, generator: random.Random) -> Sequence[str]:
        """Return the order in which the options are shown in one attempt."""

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Return an answer as it is stored; raises InvalidInput for `answer` when it cannot be one."""

    def chosen(self, answer: JsonObject | None) -> Sequence[str]:
        """Return the keys of the options that a stored answer chose."""

    def right_options(self, structure: JsonObject) -> Sequence[str]:
        """Return the keys of the right options."""

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Return the credit that an answer earns, from 0 to 1."""

    def option_texts(self, structure: JsonObject, texts: JsonObject) -> Mapping[str, Any]:
        """Return the HTML and feedback of each option, by key, from rendered texts."""


def read_options(fields: Fields) -> tuple[AuthoredBody, Sequence[str]]:
    """Read `options:`; return the body and the keys of those marked as correct."""
    order: list[str] = []
    right: list[str] = []
    texts: JsonObject = {}
    for entry in fields.children("options", least=2, most=MOST_OPTIONS):
        key = entry.key()
        if key in order:
            entry.report("key", f"the option {key} is there twice")
        order.append(key)
        if entry.boolean("correct", default=False):
            right.append(key)
        texts[key] = option_text(entry)
        entry.close()
    return AuthoredBody({"options": order, "right": right}, {"options": texts}), right


def option_text(fields: Fields) -> JsonObject:
    """Read one option's text and, where there is one, its feedback."""
    text: JsonObject = {"text": fields.line_text("text")}
    if "feedback" in fields:
        text["feedback"] = fields.line_text("feedback")
    return text


def check_option(structure: JsonObject, key: Any) -> str:
    """Return the key when it names an option; raises InvalidInput otherwise."""
    if not isinstance(key, str) or key not in structure["options"]:
        raise InvalidInput({"answer": [_l("Choose one of the options shown.")]})
    return key


class AuthoredOptions:
    """What kinds whose options are written by authors share."""

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the options' texts in another language, by key."""
        entries = fields.child("options")
        texts: JsonObject = {}
        for key in structure["options"]:
            entry = entries.child(key)
            texts[key] = option_text(entry)
            entry.close()
        entries.close()
        return {"options": texts}

    def draw(self, structure: JsonObject, generator: random.Random) -> Sequence[str]:
        """Shuffle the options."""
        order = list(structure["options"])
        generator.shuffle(order)
        return order

    def option_texts(self, structure: JsonObject, texts: JsonObject) -> Mapping[str, Any]:
        """Return the authored texts."""
        options: Mapping[str, Any] = texts["options"]
        return options


class OneRightOption:
    """What kinds with exactly one right option share: everything or nothing."""

    answer_is_list = False

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
