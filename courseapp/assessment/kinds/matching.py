"""Matching: each item belongs to one partner of its own."""

from __future__ import annotations

import hashlib
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
    """The places are the matches and the distractors.

    The key of a place is made from its text: it must not tell which item it belongs to, nor that it belongs to
    none. `distractors` in the structure says by which key authors know which of them, for translations.
    """

    name = "matching"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read the pairs, and the matches that belong to nothing."""
        items: JsonObject = {}
        places: JsonObject = {}
        right: dict[str, str] = {}
        for entry in keyed_children(fields, "pairs", least=2, most=MOST_PAIRS):
            key = entry.key()
            items[key], match = _pair_text(entry)
            if match and match in places.values():
                entry.report("match", "two items have the same match: use the kind categorise")
            right[key] = place_key(match)
            places[right[key]] = match
            entry.close()
        distractors = (
            keyed_children(fields, "distractors", least=1, most=MOST_DISTRACTORS)
            if "distractors" in fields
            else []
        )
        others: dict[str, str] = {}
        for entry in distractors:
            key, text = entry.key(), entry.line_text("text")
            if key in items:
                entry.report("key", f"{key} is there twice")
            if text and text in places.values():
                entry.report("text", "a match has the same text")
            others[key] = place_key(text)
            places[others[key]] = text
            entry.close()
        structure = {
            "items": list(items),
            "places": list(places),
            "right": right,
            "distractors": others,
        }
        return AuthoredBody(structure, {"items": items, "places": places})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read pairs and distractors in another language, by key."""
        pairs = fields.child("pairs")
        items: JsonObject = {}
        places: JsonObject = {}
        for key in structure["items"]:
            entry = pairs.child(key)
            items[key], places[structure["right"][key]] = _pair_text(entry)
            entry.close()
        pairs.close()
        others = structure["distractors"]
        if others:
            distractors = fields.child("distractors")
            for key, place in others.items():
                entry = distractors.child(key)
                places[place] = entry.line_text("text")
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


def place_key(text: str) -> str:
    """Return the key of a match or a distractor: another text is another key."""
    return f"m{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _pair_text(entry: Fields) -> tuple[JsonObject, str]:
    item: JsonObject = {"text": entry.line_text("text")}
    match = entry.line_text("match")
    if "feedback" in entry:
        item["feedback"] = entry.line_text("feedback")
    return item, match


KIND = Matching()
