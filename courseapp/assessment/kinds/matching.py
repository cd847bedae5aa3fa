"""Matching: each item belongs to one partner of its own."""

from __future__ import annotations

import random
from typing import Any

from flask_babel import lazy_gettext as _l

from courseapp.assessment.kinds.base import SortedIntoPlaces, keyed_children, shuffled
from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

MOST_PAIRS = 10
MOST_DISTRACTORS = 5


class Matching(SortedIntoPlaces):
    """The place of an item's partner has the item's own key; distractors have keys of their own."""

    name = "matching"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the pairs, and the matches that belong to nothing."""
        items: JsonObject = {}
        places: JsonObject = {}
        for entry in keyed_children(fields, "pairs", least=2, most=MOST_PAIRS):
            key = entry.key()
            items[key], match = _pair_text(entry)
            if match and match in places.values():
                entry.report("match", "two items have the same match: use the kind categorise")
            places[key] = match
            entry.close()
        distractors = (
            keyed_children(fields, "distractors", least=1, most=MOST_DISTRACTORS)
            if "distractors" in fields
            else []
        )
        for entry in distractors:
            key, text = entry.key(), entry.line_text("text")
            if key in places:
                entry.report("key", f"{key} is there twice")
            if text and text in places.values():
                entry.report("text", "a match has the same text")
            places[key] = text
            entry.close()
        structure = {
            "items": list(items),
            "places": list(places),
            "right": {key: key for key in items},
        }
        return AuthoredBody(structure, {"items": items, "places": places})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read pairs and distractors in another language, by key."""
        pairs = fields.child("pairs")
        items: JsonObject = {}
        places: JsonObject = {}
        for key in structure["items"]:
            entry = pairs.child(key)
            items[key], places[key] = _pair_text(entry)
            entry.close()
        pairs.close()
        others = [key for key in structure["places"] if key not in items]
        if others:
            distractors = fields.child("distractors")
            for key in others:
                entry = distractors.child(key)
                places[key] = entry.line_text("text")
                entry.close()
            distractors.close()
        return {"items": items, "places": places}

    def draw(self, structure: JsonObject, generator: random.Random, *, shuffle: bool) -> JsonObject:
        """Shuffle the matches always: in the order of the items they would be the answer."""
        drawn = super().draw(structure, generator, shuffle=shuffle)
        return {**drawn, "places": shuffled(drawn["places"], generator, shuffle=True)}

    def hint(self, structure: JsonObject) -> Any | None:
        """Say when some matches are left over."""
        left_over = len(structure["places"]) - len(structure["items"])
        if left_over == 1:
            return _l("Choose what belongs to each. One is left over.")
        if left_over:
            return _l("Choose what belongs to each. Some are left over.")
        return _l("Choose what belongs to each.")


def _pair_text(entry: Fields) -> tuple[JsonObject, str]:
    item: JsonObject = {"text": entry.line_text("text")}
    match = entry.line_text("match")
    if "feedback" in entry:
        item["feedback"] = entry.line_text("feedback")
    return item, match


KIND = Matching()
