"""Closing attempts: by their learner, or by the clock."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.assessment.models import (
    Attempt,
    AttemptQuestion,
    Response,
    of_the_same_question,
)
from courseapp.assessment.queries import list_overdue_attempts
from courseapp.assessment.rules import grade_response, is_overdue, is_pass, percent_of
from courseapp.assessment.types import AttemptGraded, AttemptId, AttemptState
from courseapp.catalog.queries import get_quiz
from courseapp.catalog.types import QuizId
from courseapp.cohorts.queries import get_enrollment
from courseapp.cohorts.types import Enrollment, EnrollmentId
from courseapp.core import events


def close_attempt(session: Session, attempt: Attempt, *, at: datetime) -> None:
    """Close an open attempt with what is saved; it and its enrollment are locked by the caller.

    Past its time and grace it counts as submitted when its time ended, by the clock.
    """
    quiz = get_quiz(session, attempt.quiz_version_id, "en")
    timed_out = is_overdue(quiz.rules, attempt.due_at, at=at)
    submitted_at = attempt.due_at if timed_out and attempt.due_at is not None else at
    rows = session.execute(
        select(AttemptQuestion, Response.answer)
        .outerjoin(Response, of_the_same_question(Response))
        .where(AttemptQuestion.attempt_id == attempt.id)
        .order_by(AttemptQuestion.position)
    ).all()
    graded = [
        (drawn, grade_response(quiz.question(drawn.question_version_id), answer))
        for drawn, answer in rows
    ]
    for drawn, credit in graded:
        drawn.credit = None if credit is None else float(credit)
    # The credits first: once the attempt is graded, the database lets nothing in it change.
    session.flush()
    attempt.submitted_at = submitted_at
    attempt.timed_out = timed_out
    earned = [credit for _, credit in graded if credit is not None]
    if len(earned) < len(graded):
        attempt.state = AttemptState.NEEDS_REVIEW
        session.flush()
        return
    finish(
        session,
        attempt,
        earned,
        pass_mark=quiz.rules.pass_mark,
        by_learner=not timed_out,
        at=at,
    )


def finish(
    session: Session,
    attempt: Attempt,
    earned: list[Fraction],
    *,
    pass_mark: int,
    by_learner: bool,
    at: datetime,
) -> None:
    """Give an attempt its result, and tell everybody; `by_learner` says that she submitted it just now."""
    attempt.state = AttemptState.GRADED
    attempt.score = float(sum(earned, Fraction(0)) / len(earned)) if earned else 0.0
    attempt.percent = percent_of(earned)
    attempt.passed = is_pass(earned, pass_mark)
    session.flush()
    events.publish(
        session, AttemptGraded(attempt.enrollment_id, attempt.id, at, by_learner=by_learner)
    )


def close_if_overdue(
    session: Session, enrollment: Enrollment, quiz_id: QuizId, *, at: datetime
) -> None:
    """Close the enrollment's open attempt at a quiz if its time is over; the enrollment is locked already."""
    attempt = session.scalars(
        select(Attempt)
        .where(
            Attempt.enrollment_id == enrollment.id,
            Attempt.quiz_id == quiz_id,
            Attempt.state == AttemptState.OPEN,
            Attempt.due_at < at,
        )
        .with_for_update()
    ).one_or_none()
    if attempt is None:
        return
    rules = get_quiz(session, attempt.quiz_version_id, "en").rules
    if is_overdue(rules, attempt.due_at, at=at):
        close_attempt(session, attempt, at=at)


def close_overdue_attempt(session: Session, attempt_id: AttemptId, *, at: datetime) -> None:
    """Close one attempt if it is open and its time is over, for the platform itself."""
    enrollment_id = session.scalars(
        select(Attempt.enrollment_id).where(Attempt.id == attempt_id)
    ).one_or_none()
    if enrollment_id is None:
        return
    enrollment = get_enrollment(session, enrollment_id, lock=True)
    quiz_id = session.scalars(select(Attempt.quiz_id).where(Attempt.id == attempt_id)).one()
    close_if_overdue(session, enrollment, quiz_id, at=at)


def close_overdue_attempts(
    session: Session, *, enrollment_id: EnrollmentId | None = None, at: datetime
) -> int:
    """Close every open attempt whose time is over, of one enrollment or of all; return how many there were."""
    overdue = list_overdue_attempts(session, at=at, enrollment_id=enrollment_id)
    for attempt_id in overdue:
        close_overdue_attempt(session, attempt_id, at=at)
    return len(overdue)
