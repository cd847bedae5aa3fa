"""Lists in the API: what may be asked of them, and the shape they come in."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from courseapp.core.http.forms import StrictSchema
from courseapp.core.paging import MOST_PER_PAGE


class PageRequestSchema(StrictSchema):
    """Which part of a list is wanted."""

    cursor = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST_PER_PAGE), strict=False)


class PageSchema(Schema):
    """The part of a list that every list has; `items` is added by each."""

    next_cursor = fields.String(allow_none=True)


class ClientIdSchema(StrictSchema):
    """An id that a client may choose, so that a repeated delivery is recognized."""

    id = fields.UUID(load_default=None)
