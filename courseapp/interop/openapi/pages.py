"""The page that describes the API, made from the OpenAPI document and served from here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from courseapp.core.http.access import public

blueprint = Blueprint("openapi", __name__, template_folder="templates")


@blueprint.get("/api/docs")
@public
def docs() -> ResponseReturnValue:
    """Show every operation with what goes in and what comes out."""
    document: dict[str, Any] = current_app.extensions["courseapp_api"].spec.to_dict()
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    return render_template(
        "openapi/docs.html",
        document=document,
        groups={
            tag["name"]: {
                "tag": tag,
                "operations": [o for o in operations if tag["name"] in o["tags"]],
            }
            for tag in document.get("tags", [])
        },
        schemas=document["components"]["schemas"],
    )
