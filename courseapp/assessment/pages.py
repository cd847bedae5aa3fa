"""The quiz pages: one question at a time, each answer saved by itself, then submission and review."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.assessment import service
from courseapp.assessment.errors import AttemptClosed, AttemptsExhausted, QuestionNotFound
from courseapp.assessment.queries import get_shown_attempt, list_attempts
from courseapp.assessment.types import AttemptState, ShownAttempt, ShownQuestion
from courseapp.catalog.errors import QuizNotFound
from courseapp.catalog.queries import get_course, get_current_course, get_quiz
from courseapp.catalog.types import QuizSummary
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.doors import enroll_first
from courseapp.cohorts.queries import find_enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import InvalidInput
from courseapp.core.http.access import signed_in

blueprint = Blueprint("assessment", __name__, template_folder="templates")


@blueprint.get("/courses/<course_key>/quizzes/<quiz_key>")
@signed_in
def quiz(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Show what a quiz is about, and one's own attempts at it."""
    actor = current_actor()
    with snapshot() as session:
        current = get_current_course(session, course_key, reading_language())
        enrollment = find_enrollment(session, actor, current.id)
        if enrollment is None:
            return enroll_first(course_key)
        course = get_course(session, enrollment.course_version_id, reading_language())
        summary = course.activity(quiz_key)
        if not isinstance(summary, QuizSummary):
            raise QuizNotFound
        content = get_quiz(session, summary.version_id, reading_language())
        attempts = list_attempts(session, enrollment, content.id)
    if enrollment.last_activity != quiz_key and request.method == "GET":
        with transaction() as session:
            cohorts.record_opening(session, enrollment, quiz_key, at=clock.now())
    left = (
        None
        if content.attempts_allowed is None
        else max(0, content.attempts_allowed - len(attempts))
    )
    return render_template(
        "assessment/quiz.html",
        course=course,
        module=course.module_of(quiz_key),
        quiz=content,
        attempts=attempts,
        open_attempt=next((a for a in attempts if a.state is AttemptState.OPEN), None),
        attempts_left=left,
    )


@blueprint.post("/courses/<course_key>/quizzes/<quiz_key>/attempts")
@signed_in
def start_attempt(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Start an attempt, or go on with the open one."""
    actor = current_actor()
    try:
        with transaction() as session:
            course = get_current_course(session, course_key, reading_language())
            enrollment = find_enrollment(session, actor, course.id)
            if enrollment is None:
                return enroll_first(course_key)
            attempt, _created = service.start_attempt(
                session, actor, enrollment.id, quiz_key, at=clock.now()
            )
    except AttemptsExhausted as refusal:
        flash(str(refusal))
        return redirect(url_for(".quiz", course_key=course_key, quiz_key=quiz_key))
    return redirect(url_for(".attempt", attempt_id=attempt.id))


@blueprint.get("/attempts/<uuid:attempt_id>")
@signed_in
def attempt(attempt_id: UUID) -> ResponseReturnValue:
    """Lead to the first question without an answer, to the overview, or to the review."""
    shown = _shown(attempt_id)
    if shown.summary.state is AttemptState.GRADED:
        return redirect(url_for(".review", attempt_id=attempt_id))
    for question in shown.questions:
        if not question.answered:
            return redirect(url_for(".question", attempt_id=attempt_id, position=question.position))
    return redirect(url_for(".overview", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/questions/<int:position>")
@signed_in
def question(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Show one question, with the answer that is stored."""
    shown = _shown(attempt_id)
    if shown.summary.state is AttemptState.GRADED:
        return redirect(url_for(".review", attempt_id=attempt_id))
    return _question_page(shown, _question_at(shown, position))


@blueprint.post("/attempts/<uuid:attempt_id>/questions/<int:position>")
@signed_in
def answer(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Store the answer to one question and go on to the next, or where the button says."""
    shown = _shown(attempt_id)
    found = _question_at(shown, position)
    chosen = request.form.getlist("answer")
    # Going on without a choice saves nothing; a multiple choice may be emptied on purpose.
    if chosen or (found.answer_is_list and found.answered):
        raw = chosen if found.answer_is_list else chosen[-1]
        try:
            with transaction() as session:
                service.save_response(
                    session, current_actor(), attempt_id, found.key, raw, at=clock.now()
                )
        except AttemptClosed as refusal:
            flash(str(refusal))
            return redirect(url_for(".review", attempt_id=attempt_id))
        except InvalidInput as error:
            return _question_page(shown, found, error.details["errors"]["answer"]), 422
    wanted = request.form.get("go", "next")
    if wanted == "previous" and position > 1:
        return redirect(url_for(".question", attempt_id=attempt_id, position=position - 1))
    if wanted == "next" and position < len(shown.questions):
        return redirect(url_for(".question", attempt_id=attempt_id, position=position + 1))
    return redirect(url_for(".overview", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/overview")
@signed_in
def overview(attempt_id: UUID) -> ResponseReturnValue:
    """Show which questions have an answer, before submission."""
    shown = _shown(attempt_id)
    if shown.summary.state is AttemptState.GRADED:
        return redirect(url_for(".review", attempt_id=attempt_id))
    return render_template("assessment/overview.html", attempt=shown)


@blueprint.post("/attempts/<uuid:attempt_id>/submission")
@signed_in
def submit(attempt_id: UUID) -> ResponseReturnValue:
    """Grade the attempt; a second click shows the same result."""
    with transaction() as session:
        service.submit_attempt(session, current_actor(), attempt_id, at=clock.now())
    return redirect(url_for(".review", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/review")
@signed_in
def review(attempt_id: UUID) -> ResponseReturnValue:
    """Show the result, and for each question what was right and why."""
    actor = current_actor()
    with snapshot() as session:
        shown = get_shown_attempt(session, actor, attempt_id, reading_language())
        if shown.summary.state is not AttemptState.GRADED:
            return redirect(url_for(".overview", attempt_id=attempt_id))
        current = get_current_course(session, shown.course_key, reading_language())
        enrollment = find_enrollment(session, actor, current.id)
        course = (
            current
            if enrollment is None
            else get_course(session, enrollment.course_version_id, reading_language())
        )
    return render_template(
        "assessment/review.html",
        attempt=shown,
        course=course,
        following=course.neighbours(shown.quiz_key)[1],
        completed=enrollment is not None and enrollment.completed_at is not None,
    )


def _shown(attempt_id: UUID) -> ShownAttempt:
    with snapshot() as session:
        return get_shown_attempt(session, current_actor(), attempt_id, reading_language())


def _question_at(shown: ShownAttempt, position: int) -> ShownQuestion:
    if not 1 <= position <= len(shown.questions):
        raise QuestionNotFound
    return shown.questions[position - 1]


def _question_page(
    shown: ShownAttempt, found: ShownQuestion, errors: list[str] | None = None
) -> str:
    return render_template(
        "assessment/question.html", attempt=shown, question=found, errors=errors or []
    )
