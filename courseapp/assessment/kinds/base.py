"""What a kind of question must be able to do, and what several kinds share.

A question is shown as *items*: the things in it that take an answer. Most kinds have one, matching has one for
each pair. An item says which widget it needs; pages draw widgets and know nothing of kinds.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.errors import InvalidInput
from courseapp.core.types import JsonObject

MOST_OPTIONS: Final = 8
# The key of the item of a question that has only one.
ONLY: Final = "answer"


class Widget(enum.StrEnum):
    """What an item is answered with."""

    RADIO = "radio"
    CHECKBOXES = "checkboxes"
    SELECT = "select"
    NUMBER = "number"
    TEXT = "text"
    LONG_TEXT = "long_text"


class AnswerShape(enum.StrEnum):
    """What an answer looks like in the API and in a form."""

    ONE = "one"
    MANY = "many"
    BY_ITEM = "by_item"


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """An option as a page or an answer of the API shows it. `right` and `feedback_html` are None until revealed."""

    key: str
    html: str
    chosen: bool
    right: bool | None = None
    feedback_html: str | None = None

    @property
    def text(self) -> str:
        """The option without markup, for a list that can hold none."""
        return plain(self.html)


@dataclass(frozen=True, slots=True)
class ShownItem:
    """Something to answer. `credit`, `right_value`, `right_answer` and `feedback_html` are None until revealed.

    `value` is the stored answer: the key of a choice, or what was typed. `right_value` is the right one, and
    `right_answer` the same in words, as plain text.
    """

    key: str
    widget: Widget
    label_html: str = ""
    choices: Sequence[ShownChoice] = ()
    value: str = ""
    unit: str = ""
    most_characters: int | None = None
    credit: float | None = None
    right_value: str | None = None
    right_answer: str | None = None
    feedback_html: str | None = None

    @property
    def chosen_text(self) -> str:
        """The chosen option without markup, or what was typed."""
        chosen = next((choice.text for choice in self.choices if choice.chosen), None)
        return self.value if chosen is None else chosen


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text with gaps: some HTML, and the item that follows it (None after the last piece)."""

    html: str
    item: ShownItem | None


@dataclass(frozen=True, slots=True)
class ShownBody:
    """What there is to answer in a question. With `segments` the prompt is in them, around the items."""

    items: Sequence[ShownItem]
    segments: Sequence[Segment] = ()


class Kind(Protocol):
    """One kind of question. All methods are pure; `structure` is what `read` returned."""

    @property
    def name(self) -> str:
        """The word that authors write after `kind:` and that the API shows."""

    @property
    def answer_shape(self) -> AnswerShape:
        """What an answer looks like."""

    @property
    def is_countable(self) -> bool:
        """Whether several people can give the same answer, so that answers can be counted."""

    def read(self, fields: Fields) -> AuthoredBody:
        """Read a question in the source language, reporting problems to `fields`."""

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read a translation of the same question's texts."""

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Return what is decided when an attempt starts, such as the order of options."""

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Return an answer as it is stored; raises InvalidInput for `answer` when it cannot be one."""

    def answer_in_words(self, answer: JsonObject) -> Any:
        """Return a stored answer in the shape in which it was sent."""

    def is_blank(self, answer: JsonObject | None) -> bool:
        """Tell whether there is no answer, or one that was taken back."""

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction | None:
        """Return the credit that an answer earns, from 0 to 1; None when a person must judge it."""

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return an answer that earns everything, as it would be sent; None when no rule can tell one."""

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Return what a learner sees; what is right and why only with `reveal`."""

    def tally(self, structure: JsonObject, answer: JsonObject) -> Mapping[str, Sequence[str]]:
        """Return what was answered in each item, in a form that can be counted."""

    def can_regrade(self, old: JsonObject, new: JsonObject) -> bool:
        """Tell whether answers given to one edition's structure can be graded with another's."""

    def hint(self, structure: JsonObject) -> Any | None:
        """Return a sentence on how to answer, where the question itself may not tell."""


def plain(html: str) -> str:
    """Return the words of some HTML."""
    return Markup(html).striptags()  # noqa: S704  # its tags are taken away, not trusted


def refuse(sentence: Any) -> InvalidInput:
    """Return the refusal of an answer, to be raised."""
    return InvalidInput({"answer": [sentence]})


class OneItem:
    """What kinds with a single item that takes one value share."""

    answer_shape = AnswerShape.ONE
    is_countable = True

    def answer_in_words(self, answer: JsonObject) -> Any:
        """Return the value."""
        return answer["value"]

    def is_blank(self, answer: JsonObject | None) -> bool:
        """Tell whether there is a value."""
        return not answer or answer["value"] == ""

    def counted(self, value: str) -> str:
        """Return the form in which a value is counted; an empty one is not counted."""
        return value

    def tally(self, structure: JsonObject, answer: JsonObject) -> Mapping[str, Sequence[str]]:
        """Count the value."""
        counted = self.counted(answer["value"])
        return {ONLY: [counted]} if counted else {}

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Draw nothing."""
        return {}

    def can_regrade(self, old: JsonObject, new: JsonObject) -> bool:
        """Allow it: what was typed can be graded by any key."""
        return True

    def hint(self, structure: JsonObject) -> Any | None:
        """Say nothing: the question says it all."""
        return None


class ItemsWithOneRightValue:
    """What kinds with several items, each answered by one value, share.

    An answer is `{"items": {item key: value}}`; items without a value are left out.
    """

    answer_shape = AnswerShape.BY_ITEM
    is_countable = True

    def item_keys(self, structure: JsonObject) -> Sequence[str]:
        """Return the keys of all items."""
        raise NotImplementedError

    def parse_value(self, structure: JsonObject, item: str, raw: Any) -> str:
        """Return one item's value as it is stored; an empty one takes the answer back."""
        raise NotImplementedError

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take an object of values by item; items may be missing."""
        known = self.item_keys(structure)
        if not isinstance(raw, dict) or not set(raw) <= set(known):
            raise refuse(_l("Answer the items shown, each by its key."))
        values = {
            item: self.parse_value(structure, item, raw[item]) for item in known if item in raw
        }
        return {"items": {item: value for item, value in values.items() if value != ""}}

    def answer_in_words(self, answer: JsonObject) -> Any:
        """Return the values by item."""
        return answer["items"]

    def is_blank(self, answer: JsonObject | None) -> bool:
        """Tell whether any item has a value."""
        return not answer or not answer["items"]

    def value_of(self, answer: JsonObject | None, item: str) -> str:
        """Return the value of one item, or an empty text."""
        return str(answer["items"].get(item, "")) if answer else ""

    def tally(self, structure: JsonObject, answer: JsonObject) -> Mapping[str, Sequence[str]]:
        """Count each item's value."""
        return {item: [str(value)] for item, value in answer["items"].items()}

    def can_regrade(self, old: JsonObject, new: JsonObject) -> bool:
        """Tell whether the items are the same ones."""
        return set(self.item_keys(old)) == set(self.item_keys(new))

    def hint(self, structure: JsonObject) -> Any | None:
        """Say nothing: the question says it all."""
        return None


class SortedIntoPlaces(ItemsWithOneRightValue):
    """What matching and categorise share: each item belongs to one of the places that all can choose from.

    The structure is `{"items": [key], "places": [key], "right": {item: place}}`, the texts
    `{"items": {key: {"text", "feedback"}}, "places": {key: text}}`.
    """

    def item_keys(self, structure: JsonObject) -> Sequence[str]:
        """Return the keys of all items."""
        items: list[str] = structure["items"]
        return items

    def parse_value(self, structure: JsonObject, item: str, raw: Any) -> str:
        """Take the key of a place."""
        if raw == "" or (isinstance(raw, str) and raw in structure["places"]):
            return str(raw)
        raise refuse(_l("Choose from the options shown."))

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return each item's place."""
        return dict(structure["right"])

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Shuffle items and places."""
        return {
            "items": shuffled(structure["items"], generator, shuffle=shuffle),
            "places": shuffled(structure["places"], generator, shuffle=shuffle),
        }

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give the share of items in their right place."""
        right = structure["right"]
        fits = sum(self.value_of(answer, item) == right[item] for item in structure["items"])
        return Fraction(fits, len(structure["items"]))

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show a list of places beside each item."""
        texts, right = question.texts, question.structure["right"]

        def shown(item: str) -> ShownItem:
            value = self.value_of(answer, item)
            choices = [
                ShownChoice(place, texts["places"][place], place == value)
                for place in drawn["places"]
            ]
            return ShownItem(
                key=item,
                widget=Widget.SELECT,
                label_html=texts["items"][item]["text"],
                choices=choices,
                value=value,
                credit=float(value == right[item]) if reveal else None,
                right_value=right[item] if reveal else None,
                right_answer=plain(texts["places"][right[item]]) if reveal else None,
                feedback_html=texts["items"][item].get("feedback") if reveal else None,
            )

        return ShownBody([shown(item) for item in drawn["items"]])

    def can_regrade(self, old: JsonObject, new: JsonObject) -> bool:
        """Tell whether items and places are the same ones."""
        return super().can_regrade(old, new) and set(old["places"]) == set(new["places"])


class OneOfSeveralOptions(OneItem):
    """What kinds share where one option is chosen: structure `{"options", "right", "credits"}`."""

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return the right option."""
        return structure["right"][0]

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take the key of one option; an empty text takes the answer back."""
        return {"value": raw if raw == "" else check_option(structure, raw)}

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give full credit for the right option, and what the author says for another."""
        return option_credit(structure, answer["value"] if answer else "")

    def option_texts(self, question: QuestionContent) -> Mapping[str, Any]:
        """Return the HTML and feedback of each option, by key."""
        options: Mapping[str, Any] = question.texts["options"]
        return options

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show the options, one to be chosen."""
        value = answer["value"] if answer else ""
        return options_body(
            Widget.RADIO,
            drawn["options"],
            self.option_texts(question),
            chosen={value} - {""},
            right=set(question.structure["right"]) if reveal else None,
            credit=self.grade(question.structure, answer),
        )

    def can_regrade(self, old: JsonObject, new: JsonObject) -> bool:
        """Tell whether the options are the same ones."""
        return set(old["options"]) == set(new["options"])


def options_body(
    widget: Widget,
    order: Sequence[str],
    texts: Mapping[str, Any],
    *,
    chosen: set[str],
    right: set[str] | None,
    credit: Fraction,
) -> ShownBody:
    """Return the one item of a question with options; `right` is None until revealed."""
    choices = [
        ShownChoice(
            key=key,
            html=texts[key]["text"],
            chosen=key in chosen,
            right=None if right is None else key in right,
            feedback_html=None if right is None else texts[key].get("feedback"),
        )
        for key in order
    ]
    return ShownBody(
        [
            ShownItem(
                key=ONLY,
                widget=widget,
                choices=choices,
                value=next(iter(chosen), "") if widget is Widget.RADIO else "",
                credit=None if right is None else float(credit),
            )
        ]
    )


def read_options(
    fields: Fields, *, most: int = MOST_OPTIONS, plain: bool = False
) -> tuple[AuthoredBody, Sequence[str]]:
    """Read `options:`; return the body and the keys of those marked as correct."""
    order: list[str] = []
    right: list[str] = []
    credits_given: dict[str, int] = {}
    texts: JsonObject = {}
    for entry in keyed_children(fields, "options", least=2, most=most):
        key = entry.key()
        order.append(key)
        if entry.boolean("correct", default=False):
            right.append(key)
        if "credit" in entry:
            credits_given[key] = entry.whole_number("credit", least=1, most=99)
        texts[key] = entry.line_text("text") if plain else option_text(entry)
        entry.close()
    structure: JsonObject = {"options": order, "right": right}
    if credits_given:
        structure["credits"] = credits_given
    if not fields.boolean("shuffle", default=True):
        structure["shuffle"] = False
    return AuthoredBody(structure, {"options": texts}), right


def read_option_texts(fields: Fields, structure: JsonObject) -> JsonObject:
    """Read the options' texts in another language, by key."""
    return {"options": texts_by_key(fields, "options", structure["options"])}


def keyed_children(fields: Fields, name: str, *, least: int, most: int) -> Sequence[Fields]:
    """Return the entries of a list, reporting a key that is there twice."""
    entries = fields.children(name, least=least, most=most)
    seen: set[str] = set()
    for entry in entries:
        key = entry.key()
        if key in seen:
            entry.report("key", f"{key} is there twice")
        seen.add(key)
    return entries


def texts_by_key(fields: Fields, name: str, keys: Iterable[str]) -> JsonObject:
    """Read `name: {key: {text, feedback}}` of a translation, one entry for each key."""
    entries = fields.child(name)
    texts: JsonObject = {}
    for key in keys:
        entry = entries.child(key)
        texts[key] = option_text(entry)
        entry.close()
    entries.close()
    return texts


def option_text(fields: Fields) -> JsonObject:
    """Read one text and, where there is one, its feedback."""
    text: JsonObject = {"text": fields.line_text("text")}
    if "feedback" in fields:
        text["feedback"] = fields.line_text("feedback")
    return text


def check_option(structure: JsonObject, key: Any) -> str:
    """Return the key when it names an option; raises InvalidInput otherwise."""
    if not isinstance(key, str) or key not in structure["options"]:
        raise refuse(_l("Choose one of the options shown."))
    return key


def option_credit(structure: JsonObject, key: str) -> Fraction:
    """Return what one chosen option earns."""
    if key in structure["right"]:
        return Fraction(1)
    return Fraction(structure.get("credits", {}).get(key, 0), 100)


def shuffled(keys: Sequence[str], generator: random.Random, *, shuffle: bool) -> list[str]:
    """Return the keys in a drawn order, or as they are."""
    order = list(keys)
    if shuffle:
        generator.shuffle(order)
    return order
