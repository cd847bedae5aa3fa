"""The quiz pages: questions with answers that are saved one by one, then submission and review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.assessment import service
from courseapp.assessment.doors import closing_when_late, field_name, read_answer, shown_attempt
from courseapp.assessment.errors import (
    AnswerIsFinal,
    AttemptClosed,
    AttemptsExhausted,
    NothingToCheck,
    PauseNotOver,
    QuestionNotFound,
    TimeIsUp,
)
from courseapp.assessment.queries import get_quiz_of, get_standing
from courseapp.assessment.rules import attempts_left, pause_ends_at
from courseapp.assessment.types import AttemptState, ShownAttempt, ShownQuestion
from courseapp.catalog.queries import get_course, get_current_course, get_quiz
from courseapp.catalog.types import QuizLayout
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.doors import enroll_first
from courseapp.cohorts.queries import find_enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import InvalidInput
from courseapp.core.http.access import signed_in

blueprint = Blueprint("assessment", __name__, template_folder="../templates")
blueprint.app_template_global("field_name")(field_name)


@blueprint.get("/courses/<course_key>/quizzes/<quiz_key>")
@signed_in
def quiz(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Show what a quiz is about, and one's own attempts at it."""
    actor = current_actor()
    at = clock.now()
    with snapshot() as session:
        current = get_current_course(session, course_key, reading_language())
        enrollment = find_enrollment(session, actor, current.id)
        if enrollment is None:
            return enroll_first(course_key)
        course = get_course(session, enrollment.course_version_id, reading_language())
        summary = get_quiz_of(session, enrollment, quiz_key, reading_language())
        content = get_quiz(session, summary.version_id, reading_language())
        standing = get_standing(session, enrollment, content.id)
    open_attempt = standing.open_attempt
    if open_attempt is not None and open_attempt.due_at is not None and open_attempt.due_at < at:
        # Whether its grace is over too, the rules say by which it was started.
        with transaction() as session:
            service.close_overdue_attempt(session, open_attempt.id, at=at)
            standing = get_standing(session, enrollment, content.id)
    if enrollment.last_activity != quiz_key and request.method == "GET":
        with transaction() as session:
            cohorts.record_opening(session, enrollment, quiz_key, at=at)
    pause_until = pause_ends_at(content.rules, standing.attempts)
    return render_template(
        "assessment/quiz.html",
        course=course,
        module=course.find_module_of(quiz_key),
        quiz=content,
        summary=summary,
        attempts=standing.attempts,
        open_attempt=standing.open_attempt,
        attempts_left=attempts_left(content.rules, len(standing.attempts), standing.extra_attempts),
        minutes=(content.rules.time_limit_minutes or 0) + standing.extra_minutes,
        pause_until=pause_until if pause_until is not None and pause_until > at else None,
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
    except (AttemptsExhausted, PauseNotOver) as refusal:
        flash(str(refusal))
        return redirect(url_for(".quiz", course_key=course_key, quiz_key=quiz_key))
    return redirect(url_for(".attempt", attempt_id=attempt.id))


@blueprint.get("/attempts/<uuid:attempt_id>")
@signed_in
def attempt(attempt_id: UUID) -> ResponseReturnValue:
    """Lead to the first question without an answer, to the overview, or to the review."""
    shown = shown_attempt(attempt_id)
    if shown.summary.state is not AttemptState.OPEN:
        return redirect(url_for(".review", attempt_id=attempt_id))
    if shown.rules.layout is QuizLayout.ALL_ON_A_PAGE:
        return redirect(url_for(".questions", attempt_id=attempt_id))
    for question in shown.questions:
        if not question.answered:
            return redirect(url_for(".question", attempt_id=attempt_id, position=question.position))
    return redirect(url_for(".overview", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/questions/<int:position>")
@signed_in
def question(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Show one question, with the answer that is stored."""
    shown = shown_attempt(attempt_id)
    if shown.summary.state is not AttemptState.OPEN:
        return redirect(url_for(".review", attempt_id=attempt_id))
    return _question_page(shown, _question_at(shown, position))


@blueprint.post("/attempts/<uuid:attempt_id>/questions/<int:position>")
@signed_in
def answer(attempt_id: UUID, position: int) -> ResponseReturnValue:
    """Store the answer to one question and go on to the next, or where the button says."""
    shown = shown_attempt(attempt_id)
    found = _question_at(shown, position)
    wanted = request.form.get("go", "next")
    try:
        _save(attempt_id, found)
        if wanted == "check":
            _check(attempt_id, found)
            return redirect(url_for(".question", attempt_id=attempt_id, position=position))
    except (AttemptClosed, TimeIsUp) as refusal:
        flash(str(refusal))
        return redirect(url_for(".review", attempt_id=attempt_id))
    except (AnswerIsFinal, NothingToCheck) as refusal:
        flash(str(refusal))
        return redirect(url_for(".question", attempt_id=attempt_id, position=position))
    except InvalidInput as error:
        return _question_page(shown, found, error.details["errors"]["answer"]), 422
    return redirect(_onward(shown, position, wanted))


def _onward(shown: ShownAttempt, position: int, wanted: str) -> str:
    """Return where a button leads: the question before or after, or all of them."""
    to = {"previous": position - 1, "next": position + 1}.get(wanted, 0)
    if 1 <= to <= len(shown.questions):
        return url_for(".question", attempt_id=shown.summary.id, position=to)
    return url_for(".overview", attempt_id=shown.summary.id)


@blueprint.get("/attempts/<uuid:attempt_id>/questions")
@signed_in
def questions(attempt_id: UUID) -> ResponseReturnValue:
    """Show all questions on one page, with the answers that are stored."""
    shown = shown_attempt(attempt_id)
    if shown.summary.state is not AttemptState.OPEN:
        return redirect(url_for(".review", attempt_id=attempt_id))
    return _questions_page(shown)


@blueprint.post("/attempts/<uuid:attempt_id>/questions")
@signed_in
def answers(attempt_id: UUID) -> ResponseReturnValue:
    """Store the answers to all questions of the page; one that cannot be used keeps no other from being saved."""
    shown = shown_attempt(attempt_id)
    errors: dict[int, Sequence[str]] = {}
    to_check = request.form.get("check", type=int)
    try:
        for found in shown.questions:
            try:
                _save(attempt_id, found)
            except InvalidInput as error:
                errors[found.position] = error.details["errors"]["answer"]
        if to_check is not None and not errors:
            _check(attempt_id, _question_at(shown, to_check))
    except (AttemptClosed, TimeIsUp) as refusal:
        flash(str(refusal))
        return redirect(url_for(".review", attempt_id=attempt_id))
    except (AnswerIsFinal, NothingToCheck) as refusal:
        flash(str(refusal))
        return redirect(url_for(".questions", attempt_id=attempt_id))
    if errors:
        return _questions_page(shown_attempt(attempt_id), errors), 422
    if to_check is not None:
        return redirect(url_for(".questions", attempt_id=attempt_id))
    return redirect(url_for(".overview", attempt_id=attempt_id))


def _check(attempt_id: UUID, found: ShownQuestion) -> None:
    with closing_when_late(attempt_id), transaction() as session:
        service.check_response(session, current_actor(), attempt_id, found.key, at=clock.now())


def _save(attempt_id: UUID, found: ShownQuestion) -> None:
    raw = None if found.checked else read_answer(request.form, found)
    if raw is None:
        return
    with closing_when_late(attempt_id), transaction() as session:
        service.save_response(session, current_actor(), attempt_id, found.key, raw, at=clock.now())


@blueprint.get("/attempts/<uuid:attempt_id>/overview")
@signed_in
def overview(attempt_id: UUID) -> ResponseReturnValue:
    """Show which questions have an answer, before submission."""
    shown = shown_attempt(attempt_id)
    if shown.summary.state is not AttemptState.OPEN:
        return redirect(url_for(".review", attempt_id=attempt_id))
    return render_template("assessment/overview.html", attempt=shown, now=clock.now())


@blueprint.post("/attempts/<uuid:attempt_id>/submission")
@signed_in
def submit(attempt_id: UUID) -> ResponseReturnValue:
    """Submit the attempt; a second click shows the same result."""
    with transaction() as session:
        service.submit_attempt(session, current_actor(), attempt_id, at=clock.now())
    return redirect(url_for(".review", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/review")
@signed_in
def review(attempt_id: UUID) -> ResponseReturnValue:
    """Show the result, and as far as the quiz's rules allow what was right and why."""
    actor = current_actor()
    shown = shown_attempt(attempt_id)
    if shown.summary.state is AttemptState.OPEN:
        return redirect(url_for(".overview", attempt_id=attempt_id))
    with snapshot() as session:
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


def _question_at(shown: ShownAttempt, position: int) -> ShownQuestion:
    if not 1 <= position <= len(shown.questions):
        raise QuestionNotFound
    return shown.questions[position - 1]


def _question_page(shown: ShownAttempt, found: ShownQuestion, errors: Sequence[str] = ()) -> str:
    return render_template(
        "assessment/question.html",
        attempt=shown,
        question=found,
        errors=errors,
        typed=_typed(),
        now=clock.now(),
    )


def _questions_page(shown: ShownAttempt, errors: Mapping[int, Sequence[str]] | None = None) -> str:
    return render_template(
        "assessment/questions.html",
        attempt=shown,
        errors=errors or {},
        typed=_typed(),
        now=clock.now(),
    )


def _typed() -> Mapping[str, Any]:
    """Return what was sent, so that a page with errors shows it again."""
    return request.form if request.method == "POST" else {}
