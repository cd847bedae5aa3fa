"""The learner's pages: home, courses, modules, lessons, and her own courses."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courseapp.accounts.doors import current_actor, find_current_actor, reading_language
from courseapp.accounts.types import Actor
from courseapp.assessment.doors import read_answer
from courseapp.assessment.errors import QuestionNotFound
from courseapp.catalog.errors import CourseModuleNotFound
from courseapp.catalog.queries import get_current_course, list_courses
from courseapp.catalog.types import CourseContent
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.doors import enroll_first
from courseapp.cohorts.queries import find_enrollment
from courseapp.cohorts.types import Enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import InvalidInput
from courseapp.core.http.access import public, signed_in
from courseapp.core.paging import MOST_PER_PAGE, PageRequest
from courseapp.learning import service
from courseapp.learning.queries import (
    find_learner_course,
    list_learner_courses,
)
from courseapp.learning.reading import OpenedLesson, open_lesson
from courseapp.learning.rules import reason_in_words
from courseapp.learning.types import LearnerCourse

blueprint = Blueprint("learning", __name__, template_folder="templates")
blueprint.app_template_filter("reason")(reason_in_words)


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """Show what the site offers."""
    with snapshot() as session:
        courses = [
            get_current_course(session, listing.key, reading_language())
            for listing in list_courses(session, reading_language())
        ]
    return render_template("learning/home.html", courses=courses)


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say what the site holds about people."""
    return render_template("learning/privacy.html")


@blueprint.get("/my-courses")
@signed_in
def my_courses() -> ResponseReturnValue:
    """Show a learner her courses, how far she is, and where she goes on."""
    with snapshot() as session:
        page = list_learner_courses(
            session, current_actor(), PageRequest(limit=MOST_PER_PAGE), reading_language()
        )
        enrolled = {learner.course.id for learner in page.items}
        others = [c for c in list_courses(session, reading_language()) if c.id not in enrolled]
    return render_template("learning/my_courses.html", learners=page.items, others=others)


@blueprint.get("/courses/<course_key>")
@public
def course(course_key: str) -> ResponseReturnValue:
    """Show a course, and to a learner how far she is in it."""
    content, learner = _course_and_learner(course_key)
    with snapshot() as session:
        current = get_current_course(session, course_key, reading_language())
    return render_template(
        "learning/course.html",
        course=content,
        learner=learner,
        newer_version=learner is not None
        and not learner.progress.is_complete
        and current.version_id != content.version_id,
    )


@blueprint.get("/courses/<course_key>/modules/<module_key>")
@public
def module(course_key: str, module_key: str) -> ResponseReturnValue:
    """Show a module, and to a learner what she has done in it."""
    content, learner = _course_and_learner(course_key)
    found = content.module(module_key)
    if found is None:
        raise CourseModuleNotFound
    return render_template("learning/module.html", course=content, module=found, learner=learner)


@blueprint.post("/courses/<course_key>/enrollment")
@signed_in
def enroll(course_key: str) -> ResponseReturnValue:
    """Enroll in a course, and go to its first lesson."""
    with transaction() as session:
        content = get_current_course(session, course_key, reading_language())
        cohorts.enroll(session, current_actor(), content, at=clock.now())
    return redirect(url_for(".continue_course", course_key=course_key))


@blueprint.get("/courses/<course_key>/continue")
@signed_in
def continue_course(course_key: str) -> ResponseReturnValue:
    """Lead to where the learner stopped."""
    _current, learner = _course_and_learner(course_key)
    if learner is None:
        return redirect(url_for(".course", course_key=course_key))
    key = learner.progress.next_activity
    if key is None:
        return redirect(url_for("credentials.certificate", course_key=course_key))
    return redirect(activity_address(learner.course, key))


@blueprint.get("/courses/<course_key>/lessons/<lesson_key>")
@signed_in
def lesson(course_key: str, lesson_key: str) -> ResponseReturnValue:
    """Show a lesson, and remember that the learner is here."""
    actor = current_actor()
    with snapshot() as session:
        enrollment = _enrollment_or_none(session, actor, course_key)
        if enrollment is None:
            return enroll_first(course_key)
        opened = open_lesson(session, enrollment, lesson_key, reading_language())
    if enrollment.last_activity != lesson_key and request.method == "GET":
        with transaction() as session:
            cohorts.record_opening(session, enrollment, lesson_key, at=clock.now())
    return _lesson_page(opened)


@blueprint.post("/courses/<course_key>/lessons/<lesson_key>/questions/<question_key>")
@signed_in
def answer_practice(course_key: str, lesson_key: str, question_key: str) -> ResponseReturnValue:
    """Answer a question that a lesson shows for practice, and go back to where it stands."""
    actor = current_actor()
    with snapshot() as session:
        enrollment = _enrollment_or_none(session, actor, course_key)
        if enrollment is None:
            return enroll_first(course_key)
        opened = open_lesson(session, enrollment, lesson_key, reading_language())
    shown = next((q for q in opened.shown_questions() if q.key == question_key), None)
    if shown is None:
        raise QuestionNotFound
    raw = read_answer(request.form, shown)
    if raw is not None:
        try:
            with transaction() as session:
                service.answer_practice(
                    session, actor, enrollment.id, lesson_key, question_key, raw, at=clock.now()
                )
        except InvalidInput as error:
            return _lesson_page(opened, question_key, error.details["errors"]["answer"]), 422
    return redirect(
        url_for(
            ".lesson",
            course_key=course_key,
            lesson_key=lesson_key,
            _anchor=f"practice-{question_key}",
        )
    )


def _lesson_page(opened: OpenedLesson, answered: str = "", errors: Sequence[str] = ()) -> str:
    return render_template(
        "learning/lesson.html",
        lesson=opened,
        course=opened.course,
        answered=answered,
        errors=errors,
        typed=request.form if request.method == "POST" else {},
    )


@blueprint.post("/courses/<course_key>/lessons/<lesson_key>/completion")
@signed_in
def complete_lesson(course_key: str, lesson_key: str) -> ResponseReturnValue:
    """Mark a lesson as done and go on to what follows it."""
    actor = current_actor()
    with transaction() as session:
        enrollment = _enrollment_or_none(session, actor, course_key)
        if enrollment is None:
            return enroll_first(course_key)
        learner = service.complete_lesson(session, actor, enrollment.id, lesson_key, at=clock.now())
    if learner.progress.is_complete:
        return redirect(url_for("credentials.certificate", course_key=course_key))
    _, following = learner.course.neighbours(lesson_key)
    if following is None:
        return redirect(url_for(".course", course_key=course_key))
    return redirect(activity_address(learner.course, following.key))


@blueprint.post("/courses/<course_key>/enrollment/version")
@signed_in
def move_to_current_version(course_key: str) -> ResponseReturnValue:
    """Move the learner's enrollment to the course's newest version, as she asked."""
    actor = current_actor()
    with transaction() as session:
        enrollment = _enrollment_or_none(session, actor, course_key)
        if enrollment is None:
            return enroll_first(course_key)
        service.move_to_current_version(session, actor, enrollment.id, at=clock.now())
    flash(_("You are now in the newest version of the course."))
    return redirect(url_for(".course", course_key=course_key))


@blueprint.app_template_global()
def activity_address(content: CourseContent, key: str) -> str:
    """Return the address of a lesson's or quiz's page."""
    activity = content.activity(key)
    if activity is not None and activity.is_quiz:
        return url_for("assessment.quiz", course_key=content.key, quiz_key=key)
    return url_for("learning.lesson", course_key=content.key, lesson_key=key)


def _course_and_learner(course_key: str) -> tuple[CourseContent, LearnerCourse | None]:
    """Return the learner's own version of a course, or the current one for everybody else."""
    actor = find_current_actor()
    with snapshot() as session:
        content = get_current_course(session, course_key, reading_language())
        if actor is None:
            return content, None
        learner = find_learner_course(session, actor, content.id, reading_language())
    return (content, None) if learner is None else (learner.course, learner)


def _enrollment_or_none(session: Session, actor: Actor, course_key: str) -> Enrollment | None:
    content = get_current_course(session, course_key, reading_language())
    return find_enrollment(session, actor, content.id)
