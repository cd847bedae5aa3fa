"""Attempts for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.assessment import service
from courseapp.assessment.doors import (
    closing_though_refused,
    closing_when_late,
    shown_attempt,
)
from courseapp.assessment.errors import QuestionNotFound
from courseapp.assessment.queries import get_shown_attempt
from courseapp.assessment.schemas import (
    AnswerSchema,
    AttemptSchema,
    QuestionSchema,
    SavedAnswerSchema,
)
from courseapp.assessment.types import ShownAttempt, ShownQuestion
from courseapp.core import clock
from courseapp.core.db import transaction
from courseapp.core.http.access import signed_in
from courseapp.core.http.json_api import ApiBlueprint
from courseapp.core.http.lists import ClientIdSchema

blueprint = ApiBlueprint("assessment_api", __name__, description="Attempts at quizzes")


@blueprint.route("/enrollments/<uuid:enrollment_id>/quizzes/<quiz_key>/attempts", methods=["POST"])
@blueprint.arguments(ClientIdSchema)
@blueprint.response(201, AttemptSchema)
@blueprint.alt_response(200, schema=AttemptSchema, description="An attempt is open already")
@signed_in
def create_attempt(
    data: dict[str, Any], enrollment_id: UUID, quiz_key: str
) -> tuple[ShownAttempt, int]:
    """Start an attempt, or return the open one."""
    actor = current_actor()
    with closing_though_refused(enrollment_id), transaction() as session:
        attempt, created = service.start_attempt(
            session, actor, enrollment_id, quiz_key, attempt_id=data["id"], at=clock.now()
        )
        shown = get_shown_attempt(session, actor, attempt.id, reading_language())
    return shown, 201 if created else 200


@blueprint.route("/attempts/<uuid:attempt_id>")
@blueprint.response(200, AttemptSchema)
@signed_in
def get_attempt(attempt_id: UUID) -> ShownAttempt:
    """Return the drawn questions in their order; what was right and why comes when the quiz's rules say so."""
    return shown_attempt(attempt_id)


@blueprint.route("/attempts/<uuid:attempt_id>/responses/<question_key>", methods=["PUT"])
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, SavedAnswerSchema)
@signed_in
def save_response(data: dict[str, Any], attempt_id: UUID, question_key: str) -> dict[str, Any]:
    """Store the answer to one question of an open attempt."""
    at = clock.now()
    with closing_when_late(attempt_id), transaction() as session:
        stored = service.save_response(
            session, current_actor(), attempt_id, question_key, data["answer"], at=at
        )
    return {"question": question_key, "answer": stored, "saved_at": at}


@blueprint.route("/attempts/<uuid:attempt_id>/responses/<question_key>/check", methods=["PUT"])
@blueprint.response(200, QuestionSchema)
@signed_in
def check_response(attempt_id: UUID, question_key: str) -> ShownQuestion:
    """Make a stored answer final and return what was right and why, in quizzes with feedback at once."""
    actor = current_actor()
    with closing_when_late(attempt_id), transaction() as session:
        service.check_response(session, actor, attempt_id, question_key, at=clock.now())
        attempt = get_shown_attempt(session, actor, attempt_id, reading_language())
    question = attempt.question(question_key)
    if question is None:
        raise QuestionNotFound
    return question


@blueprint.route("/attempts/<uuid:attempt_id>/submission", methods=["POST"])
@blueprint.response(200, AttemptSchema)
@signed_in
def submit_attempt(attempt_id: UUID) -> ShownAttempt:
    """Submit an attempt with the answers stored; a repeated submission changes nothing."""
    actor = current_actor()
    with transaction() as session:
        service.submit_attempt(session, actor, attempt_id, at=clock.now())
        return get_shown_attempt(session, actor, attempt_id, reading_language())
