"""Questions in and out, on a page for administrators."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from courseapp.accounts.doors import reading_language
from courseapp.catalog.errors import QuizNotFound
from courseapp.catalog.queries import get_current_course, list_courses
from courseapp.catalog.types import CourseContent, QuizSummary
from courseapp.core.db import snapshot
from courseapp.core.errors import DomainError
from courseapp.core.http.access import signed_in
from courseapp.core.http.forms import Form, read_form
from courseapp.interop.questions.doors import (
    content_dir,
    exchanging_actor,
    run_import,
    take_large_file,
)
from courseapp.interop.questions.errors import ImportHasProblems, UnknownFormat
from courseapp.interop.questions.formats import FORMATS
from courseapp.interop.questions.schemas import ImportSchema
from courseapp.interop.questions.service import ImportPlan, export_quiz

blueprint = Blueprint("questions", __name__, template_folder="templates")


@blueprint.get("/teaching/questions")
@signed_in
def exchange() -> ResponseReturnValue:
    """Offer every quiz for bringing questions in or taking them out."""
    exchanging_actor()
    return render_template("questions/exchange.html", courses=_courses(), formats=FORMATS)


@blueprint.get("/teaching/questions/<course_key>/<quiz_key>")
@signed_in
def quiz(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Show the form with which questions are brought into one quiz."""
    exchanging_actor()
    return _import_page(course_key, quiz_key, Form())


@blueprint.post("/teaching/questions/<course_key>/<quiz_key>")
@signed_in
def import_questions(course_key: str, quiz_key: str) -> ResponseReturnValue:
    """Show what the questions of a file become, or add them."""
    actor = exchanging_actor()
    take_large_file()
    form = read_form(ImportSchema())
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    errors = dict(form.errors)
    if not content:
        errors["file"] = [_("Choose a file.")]
    if errors:
        return _import_page(course_key, quiz_key, Form(form.values, errors, form.data)), 422
    try:
        plan = run_import(actor, course_key, quiz_key, content, dict(form.data))
    except ImportHasProblems as error:
        problems = [str(error), *(str(problem) for problem in error.problems)]
        return _import_page(course_key, quiz_key, Form(form.values, {"file": problems})), 422
    except DomainError as error:
        if error.status == 404:
            raise
        return _import_page(course_key, quiz_key, Form(form.values, {"file": [str(error)]})), 422
    if form.data["apply"] and plan.taken:
        flash(
            ngettext(
                "%(num)s question was added to the quiz file. It is asked once the content is published.",
                "%(num)s questions were added to the quiz file. They are asked once the content is published.",
                plan.taken,
            )
        )
    return _import_page(course_key, quiz_key, form, plan)


@blueprint.get("/teaching/questions/<course_key>/<quiz_key>/<format_name>")
@signed_in
def export_questions(course_key: str, quiz_key: str, format_name: str) -> ResponseReturnValue:
    """Send a quiz's questions, answer keys included, as a file."""
    exchanging_actor()
    if format_name not in FORMATS:
        raise UnknownFormat
    chosen = FORMATS[format_name]
    writing = export_quiz(content_dir(), course_key, quiz_key, format_name)
    response = Response(writing.content, mimetype=chosen.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{quiz_key}{chosen.suffix}"'
    return response


def _courses() -> list[tuple[CourseContent, list[QuizSummary]]]:
    with snapshot() as session:
        courses = [
            get_current_course(session, listing.key, reading_language())
            for listing in list_courses(session, reading_language())
        ]
    return [
        (course, [a for a in course.activities if isinstance(a, QuizSummary)]) for course in courses
    ]


def _import_page(course_key: str, quiz_key: str, form: Form, plan: ImportPlan | None = None) -> str:
    for course, quizzes in _courses():
        for found in quizzes:
            if (course.key, found.key) == (course_key, quiz_key):
                return render_template(
                    "questions/import.html",
                    course=course,
                    quiz=found,
                    form=form,
                    plan=plan,
                    objectives=_objectives(course, quiz_key),
                    formats=FORMATS,
                )
    raise QuizNotFound


def _objectives(course: CourseContent, quiz_key: str) -> Mapping[str, str]:
    """Return the objectives that a quiz can ask about, as its file names them."""
    module = course.find_module_of(quiz_key)
    if module is not None:
        return module.objectives
    return {
        f"{module.key}/{key}": f"{module.title}: {text}"
        for module in course.modules
        for key, text in module.objectives.items()
    }
