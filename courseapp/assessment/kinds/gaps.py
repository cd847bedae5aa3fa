"""Gaps: a text with gaps to fill, each a choice, a number or a text.

The prompt holds each gap as `[[key]]`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from courseapp.assessment.kinds.base import (
    ItemsWithOneRightValue,
    Segment,
    ShownBody,
    ShownChoice,
    ShownItem,
    Widget,
    check_option,
    keyed_children,
    option_credit,
    plain,
    read_options,
    shuffled,
)
from courseapp.assessment.kinds.typed import (
    MOST_CHARACTERS,
    MOST_NUMBER_CHARACTERS,
    accepted_credit,
    accepted_number,
    accepted_text,
    clean_text,
    counted_number,
    counted_text,
    first_unit,
    parse_number,
    read_accepted_numbers,
    read_accepted_texts,
    right_number,
)
from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import KEY, Fields
from courseapp.core.types import JsonObject

MOST_GAPS: Final = 12
_MARK: Final = re.compile(r"\[\[(" + KEY.pattern + r")\]\]")


@dataclass(frozen=True, slots=True)
class GapKind:
    """How one of the three sorts of gap is parsed, graded, drawn as a field and told about."""

    widget: Widget
    most_characters: int | None
    parse: Callable[[JsonObject, Any], str]
    credit: Callable[[JsonObject, str], Fraction]
    right_value: Callable[[JsonObject], str]
    right_answer: Callable[[JsonObject, JsonObject], str]
    counted: Callable[[str], str]


def _parse_choice(structure: JsonObject, raw: Any) -> str:
    return "" if raw == "" else check_option(structure, raw)


GAP_KINDS: Final[Mapping[str, GapKind]] = {
    "choice": GapKind(
        widget=Widget.SELECT,
        most_characters=None,
        parse=_parse_choice,
        credit=option_credit,
        right_value=lambda gap: str(gap["right"][0]),
        right_answer=lambda gap, options: plain(options[gap["right"][0]]),
        counted=str,
    ),
    "number": GapKind(
        widget=Widget.NUMBER,
        most_characters=MOST_NUMBER_CHARACTERS,
        parse=parse_number,
        credit=lambda gap, typed: accepted_credit(gap, accepted_number(gap, typed)),
        right_value=right_number,
        right_answer=lambda gap, _: right_number(gap),
        counted=counted_number,
    ),
    "text": GapKind(
        widget=Widget.TEXT,
        most_characters=MOST_CHARACTERS,
        parse=lambda _, raw: clean_text(raw),
        credit=lambda gap, typed: accepted_credit(gap, accepted_text(gap, typed)),
        right_value=lambda gap: str(gap["accept"][0]["text"]),
        right_answer=lambda gap, _: str(gap["accept"][0]["text"]),
        counted=counted_text,
    ),
}


class Gaps(ItemsWithOneRightValue):
    """The items are the gaps, by their keys."""

    name = "gaps"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the gaps; each stands in the prompt once."""
        gaps: JsonObject = {}
        texts: JsonObject = {}
        for entry in keyed_children(fields, "gaps", least=1, most=MOST_GAPS):
            key = entry.key()
            gaps[key], options = _read_gap(entry)
            if options:
                texts[key] = options
            entry.close()
        _check_marks(fields, gaps)
        # JSONB does not keep the order of keys; the list does.
        return AuthoredBody({"order": list(gaps), "gaps": gaps}, {"gaps": texts})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the options of gaps with a choice, by key; the translated prompt has the same gaps."""
        _check_marks(fields, structure["gaps"])
        with_choice = [k for k in structure["order"] if structure["gaps"][k]["sort"] == "choice"]
        texts: JsonObject = {}
        if with_choice:
            gaps = fields.child("gaps")
            for key in with_choice:
                gap = gaps.child(key)
                options = gap.child("options")
                texts[key] = {
                    option: options.line_text(option)
                    for option in structure["gaps"][key]["options"]
                }
                options.close()
                gap.close()
            gaps.close()
        return {"gaps": texts}

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Shuffle the options of gaps with a choice, unless their order says something."""
        return {
            "options": {
                key: shuffled(
                    gap["options"], generator, shuffle=shuffle and gap.get("shuffle", True)
                )
                for key in structure["order"]
                if (gap := structure["gaps"][key])["sort"] == "choice"
            }
        }

    def item_keys(self, structure: JsonObject) -> Sequence[str]:
        """Return the keys of the gaps."""
        order: list[str] = structure["order"]
        return order

    def parse_value(self, structure: JsonObject, item: str, raw: Any) -> str:
        """Take what the sort of gap takes."""
        gap = structure["gaps"][item]
        return GAP_KINDS[gap["sort"]].parse(gap, raw)

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give the mean of what the gaps earn."""
        earned = [self._credit(structure, key, answer) for key in structure["order"]]
        return sum(earned, Fraction(0)) / len(earned)

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return what fills each gap rightly."""
        gaps = structure["gaps"]
        return {key: GAP_KINDS[gaps[key]["sort"]].right_value(gaps[key]) for key in gaps}

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show the text with a field in each gap."""
        pieces = _MARK.split(question.prompt_html)
        # A mark in front of the text of each gap: split gives text, key, text, key, text.
        segments = [
            Segment(html, self._shown(question, key, drawn, answer, reveal=reveal))
            for html, key in zip(pieces[::2], pieces[1::2], strict=False)
        ]
        items = [segment.item for segment in segments if segment.item is not None]
        return ShownBody(items, [*segments, Segment(pieces[-1], None)])

    def tally(self, structure: JsonObject, answer: JsonObject) -> Mapping[str, Sequence[str]]:
        """Count each gap's value."""
        return {
            key: [counted]
            for key, value in answer["items"].items()
            if (counted := GAP_KINDS[structure["gaps"][key]["sort"]].counted(value))
        }

    def can_regrade(self, old: JsonObject, new: JsonObject) -> bool:
        """Tell whether the gaps are the same ones, of the same sorts and with the same options."""
        return super().can_regrade(old, new) and all(
            old["gaps"][key]["sort"] == new["gaps"][key]["sort"]
            and set(old["gaps"][key].get("options", ())) == set(new["gaps"][key].get("options", ()))
            for key in old["order"]
        )

    def hint(self, structure: JsonObject) -> Any | None:
        """Say what to do."""
        return _l("Fill in the gaps.")

    def _credit(self, structure: JsonObject, key: str, answer: JsonObject | None) -> Fraction:
        gap = structure["gaps"][key]
        return GAP_KINDS[gap["sort"]].credit(gap, self.value_of(answer, key))

    def _shown(
        self,
        question: QuestionContent,
        key: str,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownItem:
        gap = question.structure["gaps"][key]
        kind = GAP_KINDS[gap["sort"]]
        options = question.texts["gaps"].get(key, {})
        value = self.value_of(answer, key)
        return ShownItem(
            key=key,
            widget=kind.widget,
            choices=[
                ShownChoice(option, options[option], option == value)
                for option in drawn["options"].get(key, ())
            ],
            value=value,
            unit=first_unit(gap),
            most_characters=kind.most_characters,
            credit=float(self._credit(question.structure, key, answer)) if reveal else None,
            right_value=kind.right_value(gap) if reveal else None,
            right_answer=kind.right_answer(gap, options) if reveal else None,
        )


def _read_gap(entry: Fields) -> tuple[JsonObject, JsonObject]:
    """Read one gap: with options it is a choice, else what is accepted tells."""
    if "options" in entry:
        body, right = read_options(entry, plain=True)
        if len(right) != 1:
            entry.report("options", f"mark exactly one option as correct, {len(right)} are marked")
        return {"sort": "choice", **body.structure}, body.texts["options"]
    accept = entry.value("accept")
    is_text = isinstance(accept, list) and any(isinstance(a, dict) and "text" in a for a in accept)
    structure, feedback = read_accepted_texts(entry) if is_text else read_accepted_numbers(entry)
    if feedback:
        entry.report("accept", "there is no feedback in gaps: say it in the explanation")
    return {"sort": "text" if is_text else "number", **structure}, {}


def _check_marks(fields: Fields, gaps: Mapping[str, Any]) -> None:
    marks = _MARK.findall(fields.text("prompt"))
    for key in gaps:
        if marks.count(key) != 1:
            fields.report("prompt", f"the prompt must hold the gap [[{key}]] once")
    for key in sorted(set(marks) - set(gaps)):
        fields.report("prompt", f"there is no gap {key}")


KIND = Gaps()
