"""What programs of verifiers fetch: the issuer's keys, the state of credentials, the pictures of badges."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json
from flask.typing import ResponseReturnValue

from courseapp.catalog.queries import get_current_course
from courseapp.core import clock
from courseapp.core.db import snapshot
from courseapp.core.errors import NotFound
from courseapp.core.http.access import public
from courseapp.credentials.badges import badge_png
from courseapp.credentials.doors import badge_of_course, current_issuer, current_signer
from courseapp.credentials.openbadge import MEDIA_TYPE
from courseapp.credentials.publishing import did_document, jwks, status_list_credential
from courseapp.credentials.queries import list_published_keys, list_set_positions

blueprint = Blueprint("published", __name__)

MINUTES = 60


@blueprint.get("/.well-known/did.json")
@public
def did() -> ResponseReturnValue:
    """Send the document that the issuer's did:web stands for."""
    with snapshot() as session:
        keys = list_published_keys(session)
    return _send(did_document(current_issuer().identity, keys), "application/did+json")


@blueprint.get("/.well-known/jwks.json")
@public
def keys() -> ResponseReturnValue:
    """Send the issuer's keys as a JSON Web Key Set."""
    with snapshot() as session:
        found = list_published_keys(session)
    return _send(jwks(found), "application/jwk-set+json")


@blueprint.get("/credentials/status/<int:number>")
@public
def status_list(number: int) -> ResponseReturnValue:
    """Send a status list: a signed bit for each credential."""
    with snapshot() as session:
        positions = list_set_positions(session, number)
    # Signed to the minute, so that whoever asks often gets the same bytes.
    at = clock.now().replace(second=0, microsecond=0)
    identity = current_issuer().identity
    signed = status_list_credential(identity, number, positions, current_signer(), at=at)
    return _send(signed, MEDIA_TYPE)


@blueprint.get("/badges/<course_key>.<kind>")
@blueprint.get("/badges/<course_key>/<module_key>.<kind>")
@public
def badge(course_key: str, kind: str, module_key: str = "") -> ResponseReturnValue:
    """Send the picture of a course's or a module's badge, as SVG or PNG."""
    if kind not in {"svg", "png"}:
        raise NotFound
    with snapshot() as session:
        course = get_current_course(session, course_key, "en")
    picture = badge_of_course(course, module_key)
    if kind == "svg":
        response = Response(picture, mimetype="image/svg+xml")
    else:
        response = Response(badge_png(picture), mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _send(document: Any, media_type: str) -> Response:
    response = Response(json.dumps(document), mimetype=media_type)
    response.headers["Cache-Control"] = f"public, max-age={5 * MINUTES}"
    # Verifiers that run in other sites' pages may read what everybody may read.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
