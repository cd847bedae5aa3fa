"""Starting, answering and submitting attempts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor, PersonErased
from courseapp.assessment.errors import AttemptClosed, QuestionNotFound
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.models import Attempt, AttemptQuestion, Response
from courseapp.assessment.queries import access_attempt, list_attempts, summary_of
from courseapp.assessment.rules import (
    check_may_start,
    draw_question,
    grade_response,
    is_pass,
    percent_of,
)
from courseapp.assessment.types import AttemptGraded, AttemptState, AttemptSummary
from courseapp.catalog.errors import QuizNotFound
from courseapp.catalog.queries import get_course, get_quiz
from courseapp.catalog.types import QuizSummary
from courseapp.cohorts.queries import access_enrollment, list_enrollment_ids_of
from courseapp.cohorts.types import Enrollment
from courseapp.core import events
from courseapp.core.db import insert_unless_exists
from courseapp.core.errors import IdInUse
from courseapp.core.ids import new_id


def start_attempt(
    session: Session,
    actor: Actor,
    enrollment_id: UUID,
    quiz_key: str,
    *,
    attempt_id: UUID | None = None,
    at: datetime,
) -> tuple[AttemptSummary, bool]:
    """Start an attempt at a quiz of the enrollment's course version; return it, and whether it is new.

    An open attempt is returned as it is, and so is the one that a repeated request with the same id made.
    Raises EnrollmentNotFound, QuizNotFound, AttemptsExhausted, or IdInUse.
    """
    enrollment = access_enrollment(session, actor, enrollment_id, lock=True)
    quiz = _quiz_of(session, enrollment, actor.locale, quiz_key)
    earlier = list_attempts(session, enrollment, quiz.id)
    for attempt in earlier:
        if attempt.state is AttemptState.OPEN or attempt.id == attempt_id:
            return attempt, False
    check_may_start(len(earlier), quiz.attempts_allowed)
    chosen_id = attempt_id or new_id()
    seed = secrets.randbits(31)
    created = insert_unless_exists(
        session,
        Attempt,
        id=chosen_id,
        enrollment_id=enrollment.id,
        quiz_id=quiz.id,
        quiz_version_id=quiz.version_id,
        number=len(earlier) + 1,
        state=AttemptState.OPEN,
        seed=seed,
        started_at=at,
    )
    if not created:
        # The enrollment is locked, so nobody else started one: the id names somebody else's attempt.
        raise IdInUse
    content = get_quiz(session, quiz.version_id, actor.locale)
    session.add_all(
        AttemptQuestion(
            attempt_id=chosen_id,
            position=position,
            question_version_id=question.version_id,
            drawn=draw_question(question, position, seed),
        )
        for position, question in enumerate(content.questions, start=1)
    )
    session.flush()
    return summary_of(session.get_one(Attempt, chosen_id)), True


def save_response(
    session: Session,
    actor: Actor,
    attempt_id: UUID,
    question_key: str,
    raw_answer: Any,
    *,
    at: datetime,
) -> Sequence[str]:
    """Store the answer to one question and return the chosen options; saving it again changes nothing.

    Raises AttemptNotFound, AttemptClosed, QuestionNotFound, or InvalidInput for the field `answer`.
    """
    attempt, _ = access_attempt(session, actor, attempt_id, lock=True)
    if attempt.state is not AttemptState.OPEN:
        raise AttemptClosed
    quiz = get_quiz(session, attempt.quiz_version_id, actor.locale)
    question = next((q for q in quiz.questions if q.key == question_key), None)
    if question is None:
        raise QuestionNotFound
    answer = KINDS[question.kind].parse_answer(question.structure, raw_answer)
    response = session.scalars(
        select(Response).where(
            Response.attempt_id == attempt.id,
            Response.question_version_id == question.version_id,
        )
    ).one_or_none()
    if response is None:
        response = Response(attempt_id=attempt.id, question_version_id=question.version_id)
        session.add(response)
    response.answer = answer
    response.saved_at = at
    session.flush()
    return KINDS[question.kind].chosen(answer)


def submit_attempt(
    session: Session, actor: Actor, attempt_id: UUID, *, at: datetime
) -> AttemptSummary:
    """Grade an attempt with the answers that are stored; a second submission returns the first's result.

    Raises AttemptNotFound.
    """
    attempt, enrollment = access_attempt(session, actor, attempt_id, lock=True)
    if attempt.state is AttemptState.GRADED:
        return summary_of(attempt)
    quiz = get_quiz(session, attempt.quiz_version_id, actor.locale)
    answers = {
        response.question_version_id: response.answer
        for response in session.scalars(select(Response).where(Response.attempt_id == attempt.id))
    }
    drawn = session.scalars(
        select(AttemptQuestion)
        .where(AttemptQuestion.attempt_id == attempt.id)
        .order_by(AttemptQuestion.position)
    ).all()
    credits_earned = [
        grade_response(quiz.question(row.question_version_id), answers.get(row.question_version_id))
        for row in drawn
    ]
    for row, credit in zip(drawn, credits_earned, strict=True):
        row.credit = float(credit)
    # The credits first: once the attempt is graded, the database lets nothing in it change.
    session.flush()
    attempt.state = AttemptState.GRADED
    attempt.submitted_at = at
    attempt.percent = percent_of(credits_earned)
    attempt.passed = is_pass(credits_earned, quiz.pass_mark)
    session.flush()
    events.publish(session, AttemptGraded(enrollment.id, attempt.id, at))
    return summary_of(attempt)


def forget_person(session: Session, event: PersonErased) -> None:
    """Delete an erased person's attempts and answers."""
    ids = select(Attempt.id).where(
        Attempt.enrollment_id.in_(list_enrollment_ids_of(session, event.person_id))
    )
    session.execute(delete(Response).where(Response.attempt_id.in_(ids)))
    session.execute(delete(AttemptQuestion).where(AttemptQuestion.attempt_id.in_(ids)))
    session.execute(
        delete(Attempt).where(
            Attempt.enrollment_id.in_(list_enrollment_ids_of(session, event.person_id))
        )
    )


def _quiz_of(session: Session, enrollment: Enrollment, language: str, quiz_key: str) -> QuizSummary:
    course = get_course(session, enrollment.course_version_id, language)
    quiz = course.activity(quiz_key)
    if not isinstance(quiz, QuizSummary):
        raise QuizNotFound
    return quiz
