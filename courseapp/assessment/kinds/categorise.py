"""Categorise: each item belongs into one of a few categories."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from courseapp.assessment.kinds.base import (
    SortedIntoPlaces,
    keyed_children,
    option_text,
    texts_by_key,
)
from courseapp.catalog.types import AuthoredBody
from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

MOST_CATEGORIES = 6
MOST_ITEMS = 12


class Categorise(SortedIntoPlaces):
    """The places are the categories."""

    name = "categorise"

    def read(self, fields: Fields) -> AuthoredBody:
        """Read categories and items; every category must have an item."""
        places: JsonObject = {}
        for entry in keyed_children(fields, "categories", least=2, most=MOST_CATEGORIES):
            places[entry.key()] = entry.line_text("text")
            entry.close()
        items: JsonObject = {}
        right: dict[str, str] = {}
        for entry in keyed_children(fields, "items", least=2, most=MOST_ITEMS):
            key = entry.key()
            items[key] = option_text(entry)
            right[key] = (
                entry.choice("category", list(places)) if places else entry.text("category")
            )
            entry.close()
        if len(set(right.values())) < len(places):
            fields.report("categories", "every category needs an item that belongs into it")
        structure = {"items": list(items), "places": list(places), "right": right}
        return AuthoredBody(structure, {"items": items, "places": places})

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read categories and items in another language, by key."""
        places = texts_by_key(fields, "categories", structure["places"])
        return {
            "items": texts_by_key(fields, "items", structure["items"]),
            "places": {key: text["text"] for key, text in places.items()},
        }

    def hint(self, structure: JsonObject) -> Any | None:
        """Say what to do."""
        return _l("Choose a category for each.")


KIND = Categorise()
