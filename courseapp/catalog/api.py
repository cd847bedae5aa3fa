"""Published content for programs; open to everybody."""

from __future__ import annotations

from typing import Any

from courseapp.accounts.doors import reading_language
from courseapp.catalog.errors import CourseModuleNotFound
from courseapp.catalog.queries import get_current_course, list_courses
from courseapp.catalog.schemas import CourseListSchema, CourseSchema, ModuleSchema
from courseapp.catalog.types import CourseContent, ModuleContent
from courseapp.core.db import snapshot
from courseapp.core.http.access import public
from courseapp.core.http.json_api import ApiBlueprint

blueprint = ApiBlueprint("catalog_api", __name__, description="Courses and their modules")


@blueprint.route("/courses")
@blueprint.response(200, CourseListSchema)
@public
def get_courses() -> dict[str, Any]:
    """List all published courses."""
    with snapshot() as session:
        return {"items": list_courses(session, reading_language()), "next_cursor": None}


@blueprint.route("/courses/<course_key>")
@blueprint.response(200, CourseSchema)
@public
def get_course(course_key: str) -> CourseContent:
    """Return a course with its modules, lessons and quizzes."""
    with snapshot() as session:
        return get_current_course(session, course_key, reading_language())


@blueprint.route("/courses/<course_key>/modules/<module_key>")
@blueprint.response(200, ModuleSchema)
@public
def get_module(course_key: str, module_key: str) -> ModuleContent:
    """Return one module of a course."""
    with snapshot() as session:
        course = get_current_course(session, course_key, reading_language())
    module = course.module(module_key)
    if module is None:
        raise CourseModuleNotFound
    return module
