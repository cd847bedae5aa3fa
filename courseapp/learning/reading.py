"""A lesson as the learner opens it: what page and API both show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from courseapp.catalog.errors import LessonNotFound
from courseapp.catalog.queries import get_course, get_lesson
from courseapp.catalog.types import (
    Activity,
    CourseContent,
    LessonContent,
    LessonSummary,
    ModuleContent,
)
from courseapp.cohorts.types import Enrollment
from courseapp.learning.queries import has_done_lesson
from courseapp.learning.rules import find_lesson


@dataclass(frozen=True, slots=True)
class OpenedLesson:
    """A lesson with everything around it."""

    enrollment: Enrollment
    course: CourseContent
    module: ModuleContent
    summary: LessonSummary
    content: LessonContent
    objectives: Sequence[str]
    done: bool
    previous: Activity | None
    next: Activity | None


def open_lesson(
    session: Session, enrollment: Enrollment, lesson_key: str, language: str
) -> OpenedLesson:
    """Return a lesson of the enrollment's course version; raises LessonNotFound. One query when cached."""
    course = get_course(session, enrollment.course_version_id, language)
    summary = find_lesson(course, lesson_key)
    if summary is None:
        raise LessonNotFound
    content = get_lesson(session, summary.version_id, language)
    module = course.module_of(lesson_key)
    previous, following = course.neighbours(lesson_key)
    return OpenedLesson(
        enrollment=enrollment,
        course=course,
        module=module,
        summary=summary,
        content=content,
        objectives=[module.objectives[key] for key in content.objectives],
        done=has_done_lesson(session, enrollment, summary),
        previous=previous,
        next=following,
    )
