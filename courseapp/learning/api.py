"""Enrollments, lessons and progress for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.assessment.schemas import AnswerSchema, QuestionSchema
from courseapp.assessment.types import ShownQuestion
from courseapp.catalog.queries import get_current_course
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.queries import access_enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.http.access import signed_in
from courseapp.core.http.json_api import ApiBlueprint
from courseapp.core.http.lists import ClientIdSchema, PageRequestSchema
from courseapp.core.paging import Page, parse_page_request
from courseapp.learning import service
from courseapp.learning.queries import (
    get_learner_course,
    learner_course,
    list_learner_courses,
)
from courseapp.learning.reading import open_lesson
from courseapp.learning.schemas import EnrollmentListSchema, EnrollmentSchema, LessonSchema
from courseapp.learning.types import LearnerCourse

blueprint = ApiBlueprint("learning_api", __name__, description="Enrollments, lessons and progress")


@blueprint.route("/courses/<course_key>/enrollments", methods=["POST"])
@blueprint.arguments(ClientIdSchema)
@blueprint.response(201, EnrollmentSchema)
@blueprint.alt_response(200, schema=EnrollmentSchema, description="Enrolled already")
@signed_in
def create_enrollment(data: dict[str, Any], course_key: str) -> tuple[LearnerCourse, int]:
    """Enroll in a course; whoever is enrolled gets the same enrollment again."""
    with transaction() as session:
        course = get_current_course(session, course_key, reading_language())
        enrollment, created = cohorts.enroll(
            session, current_actor(), course, enrollment_id=data["id"], at=clock.now()
        )
        return learner_course(session, enrollment, reading_language()), 201 if created else 200


@blueprint.route("/enrollments")
@blueprint.arguments(PageRequestSchema, location="query")
@blueprint.response(200, EnrollmentListSchema)
@signed_in
def get_enrollments(data: dict[str, Any]) -> Page[LearnerCourse]:
    """List one's own enrollments with their progress."""
    request = parse_page_request(data["cursor"], data["limit"])
    with snapshot() as session:
        return list_learner_courses(session, current_actor(), request, reading_language())


@blueprint.route("/enrollments/<uuid:enrollment_id>")
@blueprint.response(200, EnrollmentSchema)
@signed_in
def get_enrollment(enrollment_id: UUID) -> LearnerCourse:
    """Return how far an enrollment is, what is missing and why, and what is next."""
    with snapshot() as session:
        return get_learner_course(session, current_actor(), enrollment_id, reading_language())


@blueprint.route("/enrollments/<uuid:enrollment_id>/lessons/<lesson_key>")
@blueprint.response(200, LessonSchema)
@signed_in
def get_lesson(enrollment_id: UUID, lesson_key: str) -> dict[str, Any]:
    """Return a lesson to read."""
    with snapshot() as session:
        enrollment = access_enrollment(session, current_actor(), enrollment_id)
        opened = open_lesson(session, enrollment, lesson_key, reading_language())
    return {
        "key": opened.summary.key,
        "title": opened.content.title,
        "language": opened.content.language,
        "minutes": opened.content.minutes,
        "html": opened.content.html,
        "objectives": opened.objectives,
        "sources": opened.content.sources,
        "questions": opened.shown_questions(),
        "done": opened.done,
        "previous": opened.previous,
        "next": opened.next,
    }


@blueprint.route(
    "/enrollments/<uuid:enrollment_id>/lessons/<lesson_key>/questions/<question_key>/response",
    methods=["PUT"],
)
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, QuestionSchema)
@signed_in
def answer_practice(
    data: dict[str, Any], enrollment_id: UUID, lesson_key: str, question_key: str
) -> ShownQuestion:
    """Answer a question that a lesson shows for practice; what is right and why comes at once."""
    with transaction() as session:
        return service.answer_practice(
            session,
            current_actor(),
            enrollment_id,
            lesson_key,
            question_key,
            data["answer"],
            at=clock.now(),
        )


@blueprint.route(
    "/enrollments/<uuid:enrollment_id>/lessons/<lesson_key>/completion", methods=["PUT"]
)
@blueprint.arguments(ClientIdSchema)
@blueprint.response(200, EnrollmentSchema)
@signed_in
def complete_lesson(data: dict[str, Any], enrollment_id: UUID, lesson_key: str) -> LearnerCourse:
    """Mark a lesson as done; doing so again changes nothing."""
    with transaction() as session:
        return service.complete_lesson(
            session,
            current_actor(),
            enrollment_id,
            lesson_key,
            completion_id=data["id"],
            at=clock.now(),
        )
