"""The glossary, and the pictures of lessons; open to everybody."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from courseapp.accounts.doors import reading_language
from courseapp.catalog.queries import find_picture, get_current_course, list_terms
from courseapp.core.db import snapshot
from courseapp.core.errors import NotFound
from courseapp.core.http.access import public
from courseapp.core.http.headers import ONE_YEAR

blueprint = Blueprint("catalog", __name__, template_folder="templates")


@blueprint.get("/courses/<course_key>/glossary")
@public
def glossary(course_key: str) -> ResponseReturnValue:
    """Show a course's terms."""
    with snapshot() as session:
        course = get_current_course(session, course_key, reading_language())
        terms = list_terms(session, course.id, reading_language())
    return render_template("catalog/glossary.html", course=course, terms=terms)


@blueprint.get("/pictures/<digest>")
@public
def picture(digest: str) -> ResponseReturnValue:
    """Send a lesson's image; the digest in its address is that of its bytes."""
    with snapshot() as session:
        found = find_picture(session, digest)
    if found is None:
        raise NotFound
    media_type, content = found
    response = Response(content, mimetype=media_type)
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response
