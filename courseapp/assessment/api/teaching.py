"""What trainers and administrators do with quizzes, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.assessment import service
from courseapp.assessment.doors import load_statistics
from courseapp.assessment.queries import (
    get_quiz_of,
    get_review_sheet,
    list_exceptions,
    list_waiting_reviews,
)
from courseapp.assessment.schemas import (
    ExceptionListSchema,
    ExceptionSchema,
    GrantSchema,
    JudgedSchema,
    JudgeSchema,
    RegradePlanSchema,
    RegradeQuerySchema,
    RegradeSchema,
    ReviewSchema,
    StatisticsQuerySchema,
    StatisticsSchema,
    WaitingReviewListSchema,
)
from courseapp.assessment.statistics.report import NotEnough
from courseapp.assessment.statistics.summaries import MINIMUM_LEARNERS
from courseapp.assessment.types import (
    QuizException,
    RegradePlan,
    ReviewSheet,
    WaitingReview,
)
from courseapp.cohorts.queries import access_taught_enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.http.access import signed_in
from courseapp.core.http.json_api import ApiBlueprint
from courseapp.core.http.lists import PageRequestSchema
from courseapp.core.paging import Page, parse_page_request

blueprint = ApiBlueprint(
    "assessment_teaching_api", __name__, description="Exceptions, reviews and regrades"
)


@blueprint.route("/enrollments/<uuid:enrollment_id>/quizzes/<quiz_key>/exceptions")
@blueprint.response(200, ExceptionListSchema)
@signed_in
def get_exceptions(enrollment_id: UUID, quiz_key: str) -> dict[str, Any]:
    """List what was granted to a learner whom one teaches."""
    actor = current_actor()
    with snapshot() as session:
        enrollment = access_taught_enrollment(session, actor, enrollment_id)
        quiz = get_quiz_of(session, enrollment, quiz_key, reading_language())
        return {"items": list_exceptions(session, enrollment.id, quiz.id)}


@blueprint.route(
    "/enrollments/<uuid:enrollment_id>/quizzes/<quiz_key>/exceptions", methods=["POST"]
)
@blueprint.arguments(GrantSchema)
@blueprint.response(201, ExceptionSchema)
@blueprint.alt_response(200, schema=ExceptionSchema, description="Granted already")
@signed_in
def create_exception(
    data: dict[str, Any], enrollment_id: UUID, quiz_key: str
) -> tuple[QuizException, int]:
    """Grant a learner whom one teaches more time or more attempts, with a reason."""
    with transaction() as session:
        granted, created = service.grant_exception(
            session,
            current_actor(),
            enrollment_id,
            quiz_key,
            extra_minutes=data["extra_minutes"],
            extra_attempts=data["extra_attempts"],
            reason=data["reason"],
            exception_id=data["id"],
            at=clock.now(),
        )
    return granted, 201 if created else 200


@blueprint.route("/reviews")
@blueprint.arguments(PageRequestSchema, location="query")
@blueprint.response(200, WaitingReviewListSchema)
@signed_in
def get_reviews(data: dict[str, Any]) -> Page[WaitingReview]:
    """List the attempts of one's learners that wait for a review, the oldest first."""
    request = parse_page_request(data["cursor"], data["limit"])
    with snapshot() as session:
        return list_waiting_reviews(session, current_actor(), request)


@blueprint.route("/reviews/<uuid:attempt_id>")
@blueprint.response(200, ReviewSchema)
@signed_in
def get_review(attempt_id: UUID) -> ReviewSheet:
    """Return the answers of an attempt that need a trainer, each with its rubric."""
    with snapshot() as session:
        return get_review_sheet(session, current_actor(), attempt_id, reading_language())


@blueprint.route("/reviews/<uuid:attempt_id>/judgements/<question_key>", methods=["PUT"])
@blueprint.arguments(JudgeSchema)
@blueprint.response(200, JudgedSchema)
@signed_in
def judge_answer(data: dict[str, Any], attempt_id: UUID, question_key: str) -> dict[str, Any]:
    """Give points for an answer; the last one that is judged gives the attempt its result."""
    with transaction() as session:
        state = service.judge_answer(
            session,
            current_actor(),
            attempt_id,
            question_key,
            points=data["points"],
            comment=data["comment"],
            at=clock.now(),
        )
    return {"attempt_id": attempt_id, "state": state.value}


@blueprint.route("/courses/<course_key>/quizzes/<quiz_key>/regrade-plan")
@blueprint.arguments(RegradeQuerySchema, location="query")
@blueprint.response(200, RegradePlanSchema)
@signed_in
def get_regrade_plan(data: dict[str, Any], course_key: str, quiz_key: str) -> RegradePlan:
    """Show whose result a regrade would change, and how; for administrators of the whole site."""
    with snapshot() as session:
        return service.plan_regrade(
            session, current_actor(), course_key, quiz_key, fails_allowed=data["fails_allowed"]
        )


@blueprint.route("/courses/<course_key>/quizzes/<quiz_key>/regrades", methods=["POST"])
@blueprint.arguments(RegradeSchema)
@blueprint.response(201, RegradePlanSchema)
@signed_in
def create_regrade(data: dict[str, Any], course_key: str, quiz_key: str) -> RegradePlan:
    """Regrade a quiz as the plan says that was looked at; for administrators of the whole site."""
    with transaction() as session:
        return service.apply_regrade(
            session,
            current_actor(),
            course_key,
            quiz_key,
            fails_allowed=data["fails_allowed"],
            reason=data["reason"],
            expected_digest=data["digest"],
            at=clock.now(),
        )


@blueprint.route("/courses/<course_key>/quizzes/<quiz_key>/statistics")
@blueprint.arguments(StatisticsQuerySchema, location="query")
@blueprint.response(200, StatisticsSchema)
@signed_in
def get_statistics(data: dict[str, Any], course_key: str, quiz_key: str) -> dict[str, Any]:
    """Return how a quiz and each of its questions did with the learners whom one teaches."""
    with snapshot() as session:
        found = load_statistics(
            session,
            current_actor(),
            course_key,
            quiz_key,
            version=data["version"],
            counted=data["attempts"],
            language=reading_language(),
        )
    report = found.statistics.report
    return {
        "version": found.edition.number,
        "attempts": data["attempts"].value,
        "needed_learners": MINIMUM_LEARNERS,
        "report": None if isinstance(report, NotEnough) else report,
    }
