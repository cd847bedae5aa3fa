"""A person's own data as a file."""

from __future__ import annotations

from flask import Blueprint, Response, json
from flask.typing import ResponseReturnValue

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.core import clock
from courseapp.core.db import snapshot
from courseapp.core.http.access import signed_in
from courseapp.reporting.queries import export_own_data

blueprint = Blueprint("reporting", __name__)


@blueprint.get("/account/data")
@signed_in
def download_data() -> ResponseReturnValue:
    """Send a person everything that is stored about her, as one JSON file."""
    with snapshot() as session:
        data = export_own_data(session, current_actor(), reading_language(), at=clock.now())
    response = Response(json.dumps(data, indent=2, ensure_ascii=False), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
