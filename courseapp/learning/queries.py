"""Reading how far a learner is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, null, select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.assessment.queries import (
    export_attempts,
    export_exceptions,
    export_practice,
    list_outcomes,
    select_practice_answers,
)
from courseapp.catalog.queries import get_course
from courseapp.catalog.types import (
    CourseId,
    LessonId,
    LessonSummary,
    QuestionContent,
    QuestionVersionId,
)
from courseapp.cohorts.queries import (
    access_enrollment,
    find_enrollment,
    iterate_enrollments,
    list_enrollments,
)
from courseapp.cohorts.types import Enrollment
from courseapp.core.paging import MOST_PER_PAGE, Page, PageRequest
from courseapp.core.types import JsonObject
from courseapp.learning.models import LessonCompletion
from courseapp.learning.rules import compute_progress, is_lesson_done
from courseapp.learning.types import Facts, LearnerCourse


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A stored summary that differs from what the facts say."""

    enrollment: Enrollment
    computed_percent: int


def get_learner_course(
    session: Session, actor: Actor, enrollment_id: UUID, language: str
) -> LearnerCourse:
    """Return an enrollment that the actor may see, with its progress; raises EnrollmentNotFound."""
    return learner_course(session, access_enrollment(session, actor, enrollment_id), language)


def find_learner_course(
    session: Session, actor: Actor, course_id: CourseId, language: str
) -> LearnerCourse | None:
    """Return the actor's own way through a course, if she is enrolled."""
    enrollment = find_enrollment(session, actor, course_id)
    return None if enrollment is None else learner_course(session, enrollment, language)


def list_learner_courses(
    session: Session, actor: Actor, request: PageRequest, language: str
) -> Page[LearnerCourse]:
    """Return the actor's own courses, the one enrolled in first coming first."""
    page = list_enrollments(session, actor, request)
    return Page([learner_course(session, e, language) for e in page.items], page.next_cursor)


def learner_course(session: Session, enrollment: Enrollment, language: str) -> LearnerCourse:
    """Return an enrollment's course and progress: two queries when the content is cached."""
    course = get_course(session, enrollment.course_version_id, language)
    facts = _load_facts(session, enrollment)
    progress = compute_progress(course, facts, enrollment.last_activity)
    return LearnerCourse(enrollment, course, progress)


def has_done_lesson(session: Session, enrollment: Enrollment, lesson: LessonSummary) -> bool:
    """Tell whether the learner has done a lesson: one query."""
    return is_lesson_done(lesson, set(session.scalars(_versions_read(enrollment, lesson))))


def lesson_state(
    session: Session,
    enrollment: Enrollment,
    lesson: LessonSummary,
    questions: Sequence[QuestionContent],
) -> tuple[bool, Mapping[QuestionVersionId, JsonObject]]:
    """Return whether the learner has done a lesson, and her answers to its questions: one query."""
    if not questions:
        return has_done_lesson(session, enrollment, lesson), {}
    answers = select_practice_answers(enrollment.id, questions).add_columns(cast(null(), Integer))
    read = select(null(), null(), _versions_read(enrollment, lesson).subquery().c.version_number)
    rows = session.execute(answers.union_all(read)).all()
    done = is_lesson_done(lesson, {number for _, _, number in rows if number is not None})
    return done, {version_id: answer for version_id, answer, number in rows if number is None}


def _versions_read(enrollment: Enrollment, lesson: LessonSummary) -> Any:
    # Any: SQLAlchemy 2.0 and 2.1 write the type of a query in two ways.
    return select(LessonCompletion.version_number).where(
        LessonCompletion.enrollment_id == enrollment.id,
        LessonCompletion.lesson_id == lesson.id,
    )


def list_disagreements(session: Session) -> Iterator[Disagreement]:
    """Yield every enrollment whose stored percent or completion differs from its facts."""
    for enrollment in iterate_enrollments(session):
        course = get_course(session, enrollment.course_version_id, "en")
        progress = compute_progress(course, _load_facts(session, enrollment))
        is_complete = enrollment.completed_at is not None
        if enrollment.percent != progress.percent or is_complete != progress.is_complete:
            yield Disagreement(enrollment, progress.percent)


def export_learning(session: Session, actor: Actor, language: str) -> list[dict[str, object]]:
    """Return everything that a person did in her courses, for her own download."""
    page = list_learner_courses(session, actor, PageRequest(limit=MOST_PER_PAGE), language)
    return [_exported(session, actor, learner, language) for learner in page.items]


def _exported(
    session: Session, actor: Actor, learner: LearnerCourse, language: str
) -> dict[str, object]:
    keys = {lesson.id: lesson.key for m in learner.course.modules for lesson in m.lessons}
    completions = session.scalars(
        select(LessonCompletion)
        .where(LessonCompletion.enrollment_id == learner.enrollment.id)
        .order_by(LessonCompletion.completed_at)
    )
    return {
        "id": str(learner.enrollment.id),
        "course": learner.course.key,
        "enrolled_at": learner.enrollment.created_at.isoformat(),
        "percent": learner.progress.percent,
        "lessons_done": [
            {"lesson": keys.get(row.lesson_id), "at": row.completed_at.isoformat()}
            for row in completions
        ],
        "attempts": export_attempts(session, actor, learner.enrollment, language),
        "granted": export_exceptions(session, learner.enrollment),
        "practice": export_practice(session, learner.enrollment),
    }


def _load_facts(session: Session, enrollment: Enrollment) -> Facts:
    read: dict[LessonId, set[int]] = {}
    for lesson_id, number in session.execute(
        select(LessonCompletion.lesson_id, LessonCompletion.version_number).where(
            LessonCompletion.enrollment_id == enrollment.id
        )
    ):
        read.setdefault(lesson_id, set()).add(number)
    return Facts(
        lessons_read={lesson_id: frozenset(numbers) for lesson_id, numbers in read.items()},
        quiz_outcomes=list_outcomes(session, enrollment.id),
    )
