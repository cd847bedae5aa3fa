"""The blueprint of the API's views: what programs send is JSON, or nothing."""

from __future__ import annotations

from typing import Any

from flask import Request, abort
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser


class JsonParser(FlaskParser):
    """Reads a JSON body; refuses one that cannot be read, or that is something else."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return what the body holds; without a body, that no field was sent."""
        if req.get_data(cache=True) and not req.is_json:
            # Overlooked, its fields would seem never to have been sent.
            abort(415)
        try:
            return super().load_json(req, schema)
        except (ValueError, RecursionError):
            # A number with thousands of digits, or thousands of levels: nobody sends that by mistake.
            abort(400)


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest publishes no types
    """flask-smorest's blueprint with our way of reading bodies."""

    ARGUMENTS_PARSER = JsonParser()
