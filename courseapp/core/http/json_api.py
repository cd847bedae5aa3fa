"""flask-smorest as the API uses it: bodies are JSON or nothing, and the description says what is so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Request, abort
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser

from courseapp.core.http.access import ACCESS_MARK, PUBLIC
from courseapp.core.http.problems import PROBLEM_TYPE


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


class ProblemSchema(Schema):
    """A refusal (RFC 9457): `code` is stable, `errors` has sentences by field."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    retry_after = fields.Integer()


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest publishes no types
    """Views of the API."""

    ARGUMENTS_PARSER = JsonParser()

    def route(self, rule: str, **options: Any) -> Callable[[Any], Any]:
        """Register a view; one that is open to everybody is described as one that needs no token."""
        register: Callable[[Any], Any] = super().route(rule, **options)

        def decorate(view: Any) -> Any:
            is_public = getattr(view, ACCESS_MARK, None) == PUBLIC
            return register(self.doc(security=[])(view) if is_public else view)

        return decorate


class DescribedApi(Api):  # type: ignore[misc]  # flask-smorest publishes no types
    """The API with its OpenAPI document, in which refusals are problem+json."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_TYPE
        super()._register_responses()
        # What is not refused is plain JSON again, as the class says.
        del self.DEFAULT_RESPONSE_CONTENT_TYPE
