"""What a learner does on her way, and the summary that is kept of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor, PersonErased
from courseapp.assessment import service as assessment
from courseapp.assessment.errors import QuestionNotFound
from courseapp.assessment.queries import show_practice
from courseapp.assessment.types import AttemptGraded, ShownQuestion
from courseapp.catalog.errors import LessonNotFound
from courseapp.catalog.queries import get_course, get_current_course
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.queries import (
    access_enrollment,
    get_enrollment,
    list_enrollment_ids_of,
)
from courseapp.cohorts.types import Enrollment
from courseapp.core import events
from courseapp.core.db import insert_unless_exists
from courseapp.core.errors import IdInUse
from courseapp.core.ids import new_id
from courseapp.learning.models import LessonCompletion
from courseapp.learning.queries import has_done_lesson, learner_course
from courseapp.learning.reading import open_lesson
from courseapp.learning.rules import completed_modules, find_lesson
from courseapp.learning.types import CourseCompleted, LearnerCourse, ModulesCompleted


def complete_lesson(
    session: Session,
    actor: Actor,
    enrollment_id: UUID,
    lesson_key: str,
    *,
    completion_id: UUID | None = None,
    at: datetime,
) -> LearnerCourse:
    """Mark a lesson of the enrollment's course version as done; doing it again changes nothing.

    Raises EnrollmentNotFound, LessonNotFound, or IdInUse.
    """
    enrollment = access_enrollment(session, actor, enrollment_id, lock=True)
    course = get_course(session, enrollment.course_version_id, actor.locale)
    lesson = find_lesson(course, lesson_key)
    if lesson is None:
        raise LessonNotFound
    created = insert_unless_exists(
        session,
        LessonCompletion,
        id=completion_id or new_id(),
        enrollment_id=enrollment.id,
        lesson_id=lesson.id,
        lesson_version_id=lesson.version_id,
        version_number=lesson.number,
        completed_at=at,
    )
    if created:
        return refresh_summary(session, enrollment, actor.locale, at=at)
    if not has_done_lesson(session, enrollment, lesson):
        raise IdInUse
    return learner_course(session, enrollment, actor.locale)


def refresh_summary(
    session: Session,
    enrollment: Enrollment,
    language: str,
    *,
    by_learner: bool = True,
    may_lose: bool = False,
    at: datetime,
) -> LearnerCourse:
    """Write the summary of an enrollment anew from its facts; tell everybody when it is completed.

    `by_learner` says that it was the learner who did something; `may_lose` that a fact was taken away by an
    explicit act: then progress may be less than before.
    """
    learner = learner_course(session, enrollment, language)
    progress = learner.progress
    newly_completed = progress.is_complete and enrollment.completed_at is None
    completed_at = (enrollment.completed_at or at) if progress.is_complete else None
    cohorts.record_progress(
        session,
        enrollment.id,
        percent=progress.percent,
        completed_at=completed_at,
        recounted=may_lose,
        active_at=at if by_learner else None,
    )
    if learner.course.certifies_modules and (done := completed_modules(learner.course, progress)):
        events.publish(session, ModulesCompleted(enrollment.id, enrollment.person_id, done, at))
    if newly_completed:
        events.publish(
            session,
            CourseCompleted(enrollment.id, enrollment.person_id, enrollment.course_version_id, at),
        )
    return LearnerCourse(get_enrollment(session, enrollment.id), learner.course, progress)


def move_to_current_version(
    session: Session, actor: Actor, enrollment_id: UUID, *, at: datetime
) -> LearnerCourse:
    """Move an enrollment to its course's current version; what was done counts on where it still holds.

    A completed enrollment stays as it is: its certificate tells what was done.
    """
    enrollment = access_enrollment(session, actor, enrollment_id, lock=True)
    course = get_course(session, enrollment.course_version_id, actor.locale)
    current = get_current_course(session, course.key, actor.locale)
    if enrollment.completed_at is not None or current.version_id == course.version_id:
        return learner_course(session, enrollment, actor.locale)
    moved = cohorts.move_enrollment(session, enrollment, current.version_id, by=actor.id, at=at)
    return refresh_summary(session, moved, actor.locale, at=at)


def hear_attempt_graded(session: Session, event: AttemptGraded) -> None:
    """Bring the summary up to date when a quiz has a result, the first one or another."""
    enrollment = get_enrollment(session, event.enrollment_id)
    refresh_summary(
        session,
        enrollment,
        "en",
        by_learner=event.by_learner,
        may_lose=event.may_lose,
        at=event.at,
    )


def answer_practice(
    session: Session,
    actor: Actor,
    enrollment_id: UUID,
    lesson_key: str,
    question_key: str,
    raw_answer: Any,
    *,
    at: datetime,
) -> ShownQuestion:
    """Remember the answer to a question that a lesson shows, and return it with what is right and why.

    It never counts for anything. Raises EnrollmentNotFound, LessonNotFound, QuestionNotFound, or InvalidInput
    for the field `answer`.
    """
    enrollment = access_enrollment(session, actor, enrollment_id)
    opened = open_lesson(session, enrollment, lesson_key, actor.locale)
    question = opened.question(question_key)
    if question is None:
        raise QuestionNotFound
    answer = assessment.answer_practice(session, enrollment, question, raw_answer, at=at)
    return show_practice(question, answer, position=opened.questions.index(question) + 1)


def forget_person(session: Session, event: PersonErased) -> None:
    """Delete what an erased person read."""
    session.execute(
        delete(LessonCompletion).where(
            LessonCompletion.enrollment_id.in_(list_enrollment_ids_of(session, event.person_id))
        )
    )
