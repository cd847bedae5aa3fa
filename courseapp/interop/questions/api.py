"""Questions in and out, for programs of administrators."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from courseapp.core.http.access import signed_in
from courseapp.core.http.json_api import ApiBlueprint
from courseapp.interop.questions.doors import (
    content_dir,
    exchanging_actor,
    run_import,
    take_large_file,
)
from courseapp.interop.questions.formats import FORMATS
from courseapp.interop.questions.schemas import ExportSchema, ImportPlanSchema, ImportSchema
from courseapp.interop.questions.service import export_quiz

blueprint = ApiBlueprint("questions_api", __name__, description="Questions of other programs")

_FILE = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


@blueprint.route("/courses/<course_key>/quizzes/<quiz_key>/question-imports", methods=["POST"])
@blueprint.arguments(ImportSchema, location="query")
@blueprint.doc(requestBody=_FILE)
@blueprint.response(200, ImportPlanSchema)
@signed_in
def import_questions(asked: dict[str, Any], course_key: str, quiz_key: str) -> dict[str, Any]:
    """Say what the questions of a file become, or why they cannot be taken; with `apply` add them.

    The body is the file as it is. For administrators of the whole site.
    """
    actor = exchanging_actor()
    take_large_file()
    plan = run_import(actor, course_key, quiz_key, request.get_data(cache=False), asked)
    return {
        "applied": asked["apply"],
        "taken": plan.taken,
        "questions": plan.questions,
        "remarks": plan.remarks,
        "problems": [str(problem) for problem in plan.problems],
        "yaml": plan.yaml,
    }


@blueprint.route("/courses/<course_key>/quizzes/<quiz_key>/questions")
@blueprint.arguments(ExportSchema, location="query")
@blueprint.doc(responses={"200": {"description": "The file", "content": _FILE["content"]}})
@signed_in
def export_questions(asked: dict[str, Any], course_key: str, quiz_key: str) -> Response:
    """Return a quiz's questions, answer keys included, as a file of a format; for administrators.

    How many remarks there are on what could not go into it is said in the header `Remarks`.
    """
    exchanging_actor()
    chosen = FORMATS[asked["format"]]
    writing = export_quiz(content_dir(), course_key, quiz_key, chosen.name)
    response = Response(writing.content, mimetype=chosen.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{quiz_key}{chosen.suffix}"'
    response.headers["Remarks"] = str(len(writing.remarks))
    return response
