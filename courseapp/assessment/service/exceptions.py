"""Exceptions: more time or more attempts for one learner."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.assessment.models import Attempt, QuizExceptionRow
from courseapp.assessment.queries import get_quiz_of, list_exceptions
from courseapp.assessment.service.closing import close_if_overdue
from courseapp.assessment.types import AttemptState, QuizException
from courseapp.cohorts.queries import access_taught_enrollment
from courseapp.core import audit
from courseapp.core.db import insert_unless_exists
from courseapp.core.errors import IdInUse
from courseapp.core.ids import new_id


def grant_exception(
    session: Session,
    actor: Actor,
    enrollment_id: UUID,
    quiz_key: str,
    *,
    extra_minutes: int,
    extra_attempts: int,
    reason: str,
    exception_id: UUID | None = None,
    at: datetime,
) -> tuple[QuizException, bool]:
    """Grant a learner more time or more attempts in a quiz; return it, and whether it is new.

    An attempt that is open gets the time at once, unless its own is over. A repeated request with the same id grants nothing more.
    Raises EnrollmentNotFound, NotForOneself, QuizNotFound or IdInUse.
    """
    enrollment = access_taught_enrollment(session, actor, enrollment_id, lock=True)
    quiz = get_quiz_of(session, enrollment, quiz_key, actor.locale)
    # What is over is over, whether or not somebody has looked at it since.
    close_if_overdue(session, enrollment, quiz.id, at=at)
    chosen_id = exception_id or new_id()
    created = insert_unless_exists(
        session,
        QuizExceptionRow,
        id=chosen_id,
        enrollment_id=enrollment.id,
        quiz_id=quiz.id,
        extra_minutes=extra_minutes,
        extra_attempts=extra_attempts,
        reason=reason,
        granted_by=actor.id,
        granted_at=at,
    )
    granted = next(
        (e for e in list_exceptions(session, enrollment.id, quiz.id) if e.id == chosen_id), None
    )
    if granted is None:
        raise IdInUse
    if not created:
        return granted, False
    open_attempt = session.scalars(
        select(Attempt)
        .where(
            Attempt.enrollment_id == enrollment.id,
            Attempt.quiz_id == quiz.id,
            Attempt.state == AttemptState.OPEN,
        )
        .with_for_update()
    ).one_or_none()
    if open_attempt is not None and open_attempt.due_at is not None:
        open_attempt.due_at += timedelta(minutes=extra_minutes)
        session.flush()
    audit.record(
        session,
        "quiz_exception.granted",
        "enrollment",
        enrollment.id,
        by=actor.id,
        at=at,
        quiz_id=str(quiz.id),
        extra_minutes=extra_minutes,
        extra_attempts=extra_attempts,
    )
    return granted, True
