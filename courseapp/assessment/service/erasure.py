"""Forgetting what an erased person answered."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courseapp.accounts.types import PersonErased
from courseapp.assessment.models import (
    Attempt,
    AttemptQuestion,
    JudgementRow,
    PracticeResponse,
    QuizExceptionRow,
    RegradedAttempt,
    Response,
)
from courseapp.cohorts.queries import list_enrollment_ids_of


def forget_person(session: Session, event: PersonErased) -> None:
    """Delete an erased person's attempts and answers, and what trainers wrote about them."""
    enrollments = list_enrollment_ids_of(session, event.person_id)
    attempts = select(Attempt.id).where(Attempt.enrollment_id.in_(enrollments))
    for of_attempt in (Response, JudgementRow, RegradedAttempt, AttemptQuestion):
        session.execute(delete(of_attempt).where(of_attempt.attempt_id.in_(attempts)))
    for of_enrollment in (Attempt, QuizExceptionRow, PracticeResponse):
        session.execute(delete(of_enrollment).where(of_enrollment.enrollment_id.in_(enrollments)))
