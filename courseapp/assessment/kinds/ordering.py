"""Ordering: steps to be put into their right order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from flask_babel import lazy_gettext as _l

from courseapp.assessment.kinds.base import (
    ItemsWithOneRightValue,
    ShownBody,
    ShownChoice,
    ShownItem,
    Widget,
    keyed_children,
    refuse,
    shuffled,
    texts_by_key,
)
from courseapp.catalog.types import AuthoredBody, QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

MOST_STEPS = 8


class Ordering(ItemsWithOneRightValue):
    """Each step gets its place, from "1". A list of all step keys in order is taken too."""

    name = "ordering"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the steps in their right order."""
        texts: JsonObject = {}
        for entry in keyed_children(fields, "steps", least=3, most=MOST_STEPS):
            texts[entry.key()] = {"text": entry.line_text("text")}
            entry.close()
        return AuthoredBody({"steps": list(texts)}, {"steps": texts})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read the steps in another language, by key."""
        return {"steps": texts_by_key(fields, "steps", structure["steps"])}

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Shuffle always, and never into the right order: that would be the answer."""
        steps = structure["steps"]
        order = shuffled(steps, generator, shuffle=True)
        return {"steps": order if order != steps else [*steps[1:], steps[0]]}

    def item_keys(self, structure: JsonObject) -> Sequence[str]:
        """Return the keys of the steps."""
        steps: list[str] = structure["steps"]
        return steps

    def parse_answer(self, structure: JsonObject, raw: Any) -> JsonObject:
        """Take the places by step, or all steps in order."""
        if isinstance(raw, list):
            steps = [step for step in raw if isinstance(step, str)]
            if len(steps) != len(raw) or sorted(steps) != sorted(structure["steps"]):
                raise refuse(_l("Give every step once."))
            raw = {step: str(place) for place, step in enumerate(steps, start=1)}
        return super().parse_answer(structure, raw)

    def parse_value(self, structure: JsonObject, item: str, raw: Any) -> str:
        """Take a place."""
        places = _places(structure)
        if isinstance(raw, int) and not isinstance(raw, bool) and 0 < raw <= len(places):
            return places[raw - 1]
        if raw == "" or raw in places:
            return str(raw)
        raise refuse(_l("Choose from the places shown."))

    def grade(self, structure: JsonObject, answer: JsonObject | None) -> Fraction:
        """Give (pairs in the right order - pairs in the wrong one) / all pairs, never below zero.

        This is Kendall's rank correlation (Kendall, A New Measure of Rank Correlation, 1938) between the
        right order and the learner's. One step misplaced costs little; half of the pairs in the wrong order, as
        many as a guess has on average, earns nothing.
        Two steps at the same place, or without one, are in no order.
        """
        places = [self.value_of(answer, step) for step in structure["steps"]]
        pairs = list(combinations(places, 2))
        earned = sum(
            (before < after) - (before > after) for before, after in pairs if before and after
        )
        return max(Fraction(0), Fraction(earned, len(pairs)))

    def right_answer(self, structure: JsonObject) -> Any | None:
        """Return the steps in order."""
        return list(structure["steps"])

    def show(
        self,
        question: QuestionContent,
        drawn: JsonObject,
        answer: JsonObject | None,
        *,
        reveal: bool,
    ) -> ShownBody:
        """Show a list of places beside each step."""
        steps = question.structure["steps"]

        def shown(step: str) -> ShownItem:
            value, place = self.value_of(answer, step), str(steps.index(step) + 1)
            return ShownItem(
                key=step,
                widget=Widget.SELECT,
                label_html=question.texts["steps"][step]["text"],
                choices=[
                    ShownChoice(number, number, number == value)
                    for number in _places(question.structure)
                ],
                value=value,
                credit=float(value == place) if reveal else None,
                right_value=place if reveal else None,
                right_answer=place if reveal else None,
            )

        return ShownBody([shown(step) for step in drawn["steps"]])

    def hint(self, structure: JsonObject) -> Any | None:
        """Say what the numbers mean."""
        return _l("Give each its place: 1 comes first.")


def _places(structure: JsonObject) -> list[str]:
    return [str(number) for number in range(1, len(structure["steps"]) + 1)]


KIND = Ordering()
