"""Reading attempts, on behalf of the learner whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.assessment.errors import AttemptNotFound
from courseapp.assessment.models import Attempt, AttemptQuestion, Response
from courseapp.assessment.rules import show_question
from courseapp.assessment.types import (
    AttemptState,
    AttemptSummary,
    QuizOutcome,
    ShownAttempt,
)
from courseapp.catalog.queries import get_course, get_quiz
from courseapp.catalog.types import QuizId
from courseapp.cohorts.errors import EnrollmentNotFound
from courseapp.cohorts.queries import access_enrollment
from courseapp.cohorts.types import Enrollment, EnrollmentId


def access_attempt(
    session: Session, actor: Actor, attempt_id: UUID, *, lock: bool = False
) -> tuple[Attempt, Enrollment]:
    """Return an attempt that the actor may see, with its enrollment; raises AttemptNotFound.

    With `lock` the enrollment is locked before the attempt is read, so that its state is the latest.
    """
    enrollment_id = (
        session.scalars(select(Attempt.enrollment_id).where(Attempt.id == attempt_id)).one_or_none()
        if lock
        else None
    )
    attempt = None if lock else session.get(Attempt, attempt_id)
    if attempt is not None:
        enrollment_id = attempt.enrollment_id
    if enrollment_id is None:
        raise AttemptNotFound
    try:
        enrollment = access_enrollment(session, actor, enrollment_id, lock=lock)
    except EnrollmentNotFound:
        raise AttemptNotFound from None
    return attempt or session.get_one(Attempt, attempt_id), enrollment


def get_shown_attempt(
    session: Session, actor: Actor, attempt_id: UUID, language: str
) -> ShownAttempt:
    """Return an attempt as its learner may see it now: 3 queries when the content is cached."""
    attempt, enrollment = access_attempt(session, actor, attempt_id)
    return show_attempt(session, attempt, enrollment, language)


def show_attempt(
    session: Session, attempt: Attempt, enrollment: Enrollment, language: str
) -> ShownAttempt:
    """Return what may be seen of an attempt that the actor has been given access to."""
    quiz = get_quiz(session, attempt.quiz_version_id, language)
    course = get_course(session, enrollment.course_version_id, language)
    rows = session.execute(
        select(AttemptQuestion, Response.answer)
        .outerjoin(
            Response,
            (Response.attempt_id == AttemptQuestion.attempt_id)
            & (Response.question_version_id == AttemptQuestion.question_version_id),
        )
        .where(AttemptQuestion.attempt_id == attempt.id)
        .order_by(AttemptQuestion.position)
    )
    return ShownAttempt(
        summary=summary_of(attempt),
        course_key=course.key,
        quiz_key=quiz.key,
        quiz_title=quiz.title,
        accent=course.module_of(quiz.key).accent,
        notice=course.notice,
        pass_mark=quiz.pass_mark,
        questions=[
            show_question(
                quiz.question(drawn.question_version_id),
                position=drawn.position,
                drawn=drawn.drawn,
                answer=answer,
                credit=drawn.credit,
                reviewed=attempt.state is AttemptState.GRADED,
            )
            for drawn, answer in rows
        ],
    )


def list_attempts(
    session: Session, enrollment: Enrollment, quiz_id: QuizId
) -> Sequence[AttemptSummary]:
    """Return all attempts of one enrollment at one quiz, the first one first."""
    rows = session.scalars(
        select(Attempt)
        .where(Attempt.enrollment_id == enrollment.id, Attempt.quiz_id == quiz_id)
        .order_by(Attempt.number)
    )
    return [summary_of(row) for row in rows]


def list_outcomes(session: Session, enrollment_id: EnrollmentId) -> Mapping[QuizId, QuizOutcome]:
    """Return what an enrollment has reached in each quiz that it has tried: one query."""
    attempts: dict[QuizId, list[AttemptSummary]] = {}
    for row in session.scalars(select(Attempt).where(Attempt.enrollment_id == enrollment_id)):
        attempts.setdefault(row.quiz_id, []).append(summary_of(row))
    return {quiz_id: _outcome_of(quiz_id, tries) for quiz_id, tries in attempts.items()}


def summary_of(row: Attempt) -> AttemptSummary:
    """Return what other features may know of an attempt."""
    return AttemptSummary(
        id=row.id,
        enrollment_id=row.enrollment_id,
        quiz_id=row.quiz_id,
        number=row.number,
        state=row.state,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        percent=row.percent,
        passed=row.passed,
    )


def _outcome_of(quiz_id: QuizId, attempts: Sequence[AttemptSummary]) -> QuizOutcome:
    results = [attempt.percent for attempt in attempts if attempt.percent is not None]
    return QuizOutcome(
        quiz_id=quiz_id,
        best_percent=max(results, default=None),
        passed=any(attempt.passed for attempt in attempts),
        attempts_used=len(attempts),
        open_attempt_id=next(
            (attempt.id for attempt in attempts if attempt.state is AttemptState.OPEN), None
        ),
    )


def export_attempts(
    session: Session, actor: Actor, enrollment: Enrollment, language: str
) -> list[dict[str, object]]:
    """Return a learner's attempts and answers, for her own download."""
    ids = session.scalars(
        select(Attempt.id)
        .where(Attempt.enrollment_id == enrollment.id)
        .order_by(Attempt.started_at, Attempt.id)
    ).all()
    return [
        _exported(get_shown_attempt(session, actor, attempt_id, language)) for attempt_id in ids
    ]


def _exported(attempt: ShownAttempt) -> dict[str, object]:
    summary = attempt.summary
    return {
        "id": str(summary.id),
        "quiz": attempt.quiz_key,
        "number": summary.number,
        "state": summary.state.value,
        "started_at": summary.started_at.isoformat(),
        "submitted_at": summary.submitted_at.isoformat() if summary.submitted_at else None,
        "percent": summary.percent,
        "passed": summary.passed,
        "answers": {
            question.key: [option.key for option in question.options if option.chosen]
            for question in attempt.questions
        },
    }
