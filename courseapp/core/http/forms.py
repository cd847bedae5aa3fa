"""Forms by the same marshmallow schemas as the API: what was typed stays, errors stand beside their fields."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from courseapp.core.errors import InvalidInput

# The documented way of giving marshmallow's own sentences other words.
fields.Field.default_error_messages["required"] = _l("Fill in this field.")
fields.Field.default_error_messages["null"] = _l("Fill in this field.")
fields.String.default_error_messages["invalid"] = _l("This must be a text.")
fields.UUID.default_error_messages["invalid_uuid"] = _l("This is not an id.")


class StrictSchema(Schema):
    """The base of all shapes that come in: a field that nobody knows is refused."""

    class Meta:
        """Options."""

        unknown = RAISE

    def handle_error(self, error: ValidationError, *_args: Any, **_kwargs: Any) -> None:
        """Make lists of sentences of what was found: a lazy one is neither text nor list to marshmallow."""
        error.messages = _sentences(error.messages)


class PlainText(fields.String):
    """A text that a person writes: composed (NFC), trimmed, and without characters that cannot be stored."""

    def __init__(self, *, least: int = 0, most: int, **options: Any) -> None:
        """Say how many characters it has, at least and at most."""
        super().__init__(**options)
        self._least = least
        self._most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if not self._least <= len(text) <= self._most:
            raise ValidationError(
                _l("Write %(least)s to %(most)s characters.", least=self._least, most=self._most)
                if self._least
                else _l("Use at most %(most)s characters.", most=self._most)
            )
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
            raise ValidationError(_l("This has a character that cannot be used."))
        return text


def _sentences(messages: Any) -> Any:
    if isinstance(messages, Mapping):
        return {name: _sentences(inner) for name, inner in messages.items()}
    return [str(text) for text in messages] if isinstance(messages, list) else [str(messages)]


@dataclass(slots=True)
class Form:
    """A form as it was sent (or as it is first shown): values by field, and sentences about them."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    def with_errors(self, error: InvalidInput) -> Form:
        """Return the same form with what a service found wrong with it."""
        return Form(self.values, error.details["errors"], self.data)


def read_form(schema: Schema) -> Form:
    """Read the request's form by a schema; look at `errors` before `data`."""
    raw: dict[str, Any] = {}
    for name, shape in schema.fields.items():
        key = shape.data_key or name
        if isinstance(shape, fields.List):
            raw[key] = request.form.getlist(key)
        elif key in request.form:
            raw[key] = request.form[key]
    # Passwords are not sent back to the page.
    values = {name: value for name, value in raw.items() if "password" not in name}
    try:
        return Form(values, {}, schema.load(raw, unknown=EXCLUDE))
    except ValidationError as error:
        return Form(values, dict(error.messages_dict), {})
