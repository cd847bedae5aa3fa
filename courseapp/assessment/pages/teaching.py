"""What trainers and administrators do with quizzes: judge answers, grant exceptions, grade again."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.accounts.queries import list_names
from courseapp.assessment import service
from courseapp.assessment.errors import NothingToReview, OnlyForAdministrators, PlanHasChanged
from courseapp.assessment.queries import (
    get_quiz_of,
    get_quiz_summary,
    get_review_sheet,
    list_attempts,
    list_exceptions,
    list_quiz_outcomes,
    list_waiting_reviews,
)
from courseapp.assessment.schemas import CommentSchema, GrantSchema, RegradeSchema
from courseapp.assessment.types import AttemptState
from courseapp.catalog.queries import get_course, get_current_course, list_courses
from courseapp.catalog.types import QuizSummary
from courseapp.cohorts.queries import (
    access_taught_enrollment,
    find_enrollments,
    list_taught_enrollments,
    teaches,
)
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import InvalidInput, NotFound
from courseapp.core.http.access import signed_in
from courseapp.core.http.forms import Form, read_form
from courseapp.core.ids import new_id
from courseapp.core.paging import PageRequest, parse_page_request

# So many of a plan's results are listed on the page; the plan holds, and does, all of them.
MOST_SHOWN: Final = 200

blueprint = Blueprint("teaching", __name__, template_folder="../templates")


@blueprint.get("/teaching")
@signed_in
def index() -> ResponseReturnValue:
    """Show the quizzes of all courses, and how many answers wait for a trainer."""
    actor = current_actor()
    with snapshot() as session:
        if not teaches(session, actor):
            raise NotFound
        courses = [
            get_current_course(session, listing.key, reading_language())
            for listing in list_courses(session, reading_language())
        ]
        waiting = list_waiting_reviews(session, actor, PageRequest())
    return render_template(
        "assessment/teaching/index.html",
        courses=[
            (course, [a for a in course.activities if isinstance(a, QuizSummary)])
            for course in courses
        ],
        waiting=waiting,
    )


@blueprint.get("/teaching/reviews")
@signed_in
def reviews() -> ResponseReturnValue:
    """List the attempts that wait for a trainer, the oldest first."""
    actor = current_actor()
    page_request = parse_page_request(request.args.get("cursor"), 50)
    with snapshot() as session:
        if not teaches(session, actor):
            raise NotFound
        page = list_waiting_reviews(session, actor, page_request)
        enrollments = find_enrollments(session, [w.enrollment_id for w in page.items])
        names = list_names(session, [e.person_id for e in enrollments.values()])
        rows = []
        for waiting in page.items:
            enrollment = enrollments[waiting.enrollment_id]
            course = get_course(session, enrollment.course_version_id, reading_language())
            quiz = next((a.title for a in course.activities if a.id == waiting.quiz_id), _("Quiz"))
            rows.append((waiting, names[enrollment.person_id], quiz))
    return render_template(
        "assessment/teaching/reviews.html", rows=rows, next_cursor=page.next_cursor
    )


@blueprint.get("/teaching/reviews/<uuid:attempt_id>")
@signed_in
def review(attempt_id: UUID) -> ResponseReturnValue:
    """Show the answers of an attempt that need a trainer, each with its rubric."""
    return _review_page(attempt_id)


def _review_page(attempt_id: UUID, question_key: str = "", errors: tuple[str, ...] = ()) -> str:
    with snapshot() as session:
        sheet = get_review_sheet(session, current_actor(), attempt_id, reading_language())
        name = list_names(session, [sheet.person_id])[sheet.person_id]
    return render_template(
        "assessment/teaching/review.html",
        sheet=sheet,
        name=name,
        question_key=question_key,
        errors=errors,
        typed=request.form if request.method == "POST" else {},
    )


@blueprint.post("/teaching/reviews/<uuid:attempt_id>/questions/<question_key>")
@signed_in
def judge(attempt_id: UUID, question_key: str) -> ResponseReturnValue:
    """Give points for one answer; with the last one the attempt has its result."""
    typed = {
        name.removeprefix("points."): value
        for name, value in request.form.items()
        if name.startswith("points.")
    }
    try:
        points = _whole_numbers(typed)
        with transaction() as session:
            state = service.judge_answer(
                session,
                current_actor(),
                attempt_id,
                question_key,
                points=points,
                comment=_comment(),
                at=clock.now(),
            )
    except InvalidInput as error:
        sentences = tuple(s for texts in error.details["errors"].values() for s in texts)
        return _review_page(attempt_id, question_key, sentences), 422
    except NothingToReview as refusal:
        flash(str(refusal))
        return redirect(url_for(".reviews"))
    if state is AttemptState.GRADED:
        flash(_("Thank you. The attempt has its result, and the learner sees what you wrote."))
        return redirect(url_for(".reviews"))
    return redirect(url_for(".review", attempt_id=attempt_id))


def _whole_numbers(typed: dict[str, str]) -> dict[str, int]:
    if not all(text.isascii() and text.isdigit() and len(text) < 4 for text in typed.values()):
        raise InvalidInput({"points": [_("Give points for every line of the rubric.")]})
    return {key: int(text) for key, text in typed.items()}


def _comment() -> str:
    form = read_form(CommentSchema())
    if form.errors:
        raise InvalidInput(form.errors)
    comment: str = form.data["comment"]
    return comment


@blueprint.get("/teaching/courses/<course_key>/quizzes/<quiz_key>/learners")
@signed_in
def learners(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """List one's learners with what they have reached in a quiz."""
    actor = current_actor()
    page_request = parse_page_request(request.args.get("cursor"), 50)
    with snapshot() as session:
        if not teaches(session, actor):
            raise NotFound
        course = get_current_course(session, course_key, reading_language())
        quiz = get_quiz_summary(session, course_key, quiz_key, reading_language())
        page = list_taught_enrollments(session, actor, course.id, page_request)
        outcomes = list_quiz_outcomes(session, [e.id for e in page.items], quiz.id)
        names = list_names(session, [e.person_id for e in page.items])
    return render_template(
        "assessment/teaching/learners.html",
        course=course,
        quiz=quiz,
        rows=[(e, names[e.person_id], outcomes.get(e.id)) for e in page.items],
        next_cursor=page.next_cursor,
    )


@blueprint.get("/teaching/enrollments/<uuid:enrollment_id>/quizzes/<quiz_key>")
@signed_in
def learner(enrollment_id: UUID, quiz_key: str) -> ResponseReturnValue:
    """Show a learner's attempts at a quiz and what was granted, with a form to grant more."""
    return _learner_page(enrollment_id, quiz_key, Form())


@blueprint.post("/teaching/enrollments/<uuid:enrollment_id>/quizzes/<quiz_key>")
@signed_in
def grant(enrollment_id: UUID, quiz_key: str) -> ResponseReturnValue:
    """Grant a learner more time or more attempts."""
    form = read_form(GrantSchema())
    if form.errors:
        return _learner_page(enrollment_id, quiz_key, form), 422
    with transaction() as session:
        service.grant_exception(
            session,
            current_actor(),
            enrollment_id,
            quiz_key,
            extra_minutes=form.data["extra_minutes"],
            extra_attempts=form.data["extra_attempts"],
            reason=form.data["reason"],
            exception_id=form.data["id"],
            at=clock.now(),
        )
    flash(_("Granted. It holds from now on."))
    return redirect(url_for(".learner", enrollment_id=enrollment_id, quiz_key=quiz_key))


def _learner_page(enrollment_id: UUID, quiz_key: str, form: Form) -> str:
    with snapshot() as session:
        enrollment = access_taught_enrollment(session, current_actor(), enrollment_id)
        course = get_course(session, enrollment.course_version_id, reading_language())
        quiz = get_quiz_of(session, enrollment, quiz_key, reading_language())
        granted = list_exceptions(session, enrollment.id, quiz.id)
        attempts = list_attempts(session, enrollment, quiz.id)
        name = list_names(session, [enrollment.person_id])[enrollment.person_id]
    return render_template(
        "assessment/teaching/learner.html",
        enrollment=enrollment,
        course=course,
        quiz=quiz,
        name=name,
        granted=granted,
        attempts=attempts,
        form=form,
        new_id=new_id(),
    )


@blueprint.get("/teaching/courses/<course_key>/quizzes/<quiz_key>/regrade")
@signed_in
def regrade(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Show an administrator whose result a regrade would change, and how."""
    return _regrade_page(course_key, quiz_key, Form())


@blueprint.post("/teaching/courses/<course_key>/quizzes/<quiz_key>/regrade")
@signed_in
def apply_regrade(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Regrade as the page said that was looked at."""
    form = read_form(RegradeSchema())
    if form.errors:
        return _regrade_page(course_key, quiz_key, form), 422
    try:
        with transaction() as session:
            plan = service.apply_regrade(
                session,
                current_actor(),
                course_key,
                quiz_key,
                fails_allowed=form.data["fails_allowed"],
                reason=form.data["reason"],
                expected_digest=form.data["digest"],
                at=clock.now(),
            )
    except PlanHasChanged as refusal:
        flash(str(refusal))
        return redirect(url_for(".regrade", course_key=course_key, quiz_key=quiz_key))
    flash(
        ngettext("%(num)s result was changed.", "%(num)s results were changed.", len(plan.changed))
    )
    return redirect(url_for(".regrade", course_key=course_key, quiz_key=quiz_key))


def _regrade_page(course_key: str, quiz_key: str, form: Form) -> str:
    actor = current_actor()
    if not actor.is_site_administrator:
        raise NotFound if not _teaches() else OnlyForAdministrators
    fails_allowed = request.values.get("fails_allowed") == "1"
    with snapshot() as session:
        plan = service.plan_regrade(
            session, actor, course_key, quiz_key, fails_allowed=fails_allowed
        )
        course = get_current_course(session, course_key, reading_language())
        quiz = get_quiz_summary(session, course_key, quiz_key, reading_language())
        listed = plan.results[:MOST_SHOWN]
        enrollments = find_enrollments(session, [result.enrollment_id for result in listed])
        names = list_names(session, [e.person_id for e in enrollments.values()])
    return render_template(
        "assessment/teaching/regrade.html",
        course=course,
        quiz=quiz,
        plan=plan,
        rows=[(result, names[enrollments[result.enrollment_id].person_id]) for result in listed],
        fails_allowed=fails_allowed,
        form=form,
    )


def _teaches() -> bool:
    with snapshot() as session:
        return teaches(session, current_actor())
