"""What machines ask: does this process serve, and does its database answer."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from courseapp.core.db import snapshot
from courseapp.core.http.access import public

blueprint = Blueprint("ops", __name__)


@blueprint.get("/health")
@public
def health() -> ResponseReturnValue:
    """Answer 200 when the database does; an error otherwise."""
    with snapshot() as session:
        session.execute(text("SELECT 1"))
    return jsonify(status="ok")
