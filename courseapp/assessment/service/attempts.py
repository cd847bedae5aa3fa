"""Starting, answering and submitting attempts."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.assessment.errors import (
    AnswerIsFinal,
    AttemptClosed,
    AttemptNotFound,
    NothingToCheck,
    QuestionNotFound,
    TimeIsUp,
)
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.models import Attempt, AttemptQuestion, Response
from courseapp.assessment.queries import (
    access_attempt,
    get_quiz_of,
    get_standing,
    list_attempts,
    summary_of,
)
from courseapp.assessment.rules import (
    check_may_start,
    draw_options,
    draw_questions,
    due_time,
    is_overdue,
)
from courseapp.assessment.service.closing import close_attempt, close_if_overdue
from courseapp.assessment.types import AttemptState, AttemptSummary
from courseapp.catalog.queries import get_quiz
from courseapp.catalog.types import FeedbackTime, QuestionContent, QuizContent
from courseapp.cohorts.errors import EnrollmentNotFound
from courseapp.cohorts.queries import access_enrollment
from courseapp.core.db import insert_or_update, insert_unless_exists
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
    Raises EnrollmentNotFound, QuizNotFound, AttemptsExhausted, PauseNotOver, or IdInUse.
    """
    enrollment = access_enrollment(session, actor, enrollment_id, lock=True)
    quiz = get_quiz_of(session, enrollment, quiz_key, actor.locale)
    close_if_overdue(session, enrollment, quiz.id, at=at)
    standing = get_standing(session, enrollment, quiz.id)
    for attempt in standing.attempts:
        if attempt.state is AttemptState.OPEN or attempt.id == attempt_id:
            return attempt, False
    check_may_start(quiz.rules, standing.attempts, standing.extra_attempts, at=at)
    chosen_id = attempt_id or new_id()
    seed = secrets.randbits(31)
    created = insert_unless_exists(
        session,
        Attempt,
        id=chosen_id,
        enrollment_id=enrollment.id,
        quiz_id=quiz.id,
        quiz_version_id=quiz.version_id,
        number=len(standing.attempts) + 1,
        state=AttemptState.OPEN,
        seed=seed,
        started_at=at,
        due_at=due_time(quiz.rules, standing.extra_minutes, started_at=at),
    )
    if not created:
        raise IdInUse
    content = get_quiz(session, quiz.version_id, actor.locale)
    session.add_all(
        AttemptQuestion(
            attempt_id=chosen_id,
            position=position,
            question_version_id=question.version_id,
            drawn=draw_options(question, position, seed, shuffle=quiz.rules.shuffle_options),
        )
        for position, question in enumerate(
            draw_questions(content.questions, quiz.rules, seed), start=1
        )
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
) -> Any:
    """Store the answer to one question and return what is stored; saving it again changes nothing.

    Three queries: the attempt with its questions, its enrollment, and the answer. Raises AttemptNotFound,
    AttemptClosed, TimeIsUp (then the attempt is still to be closed), QuestionNotFound, AnswerIsFinal, or
    InvalidInput for the field `answer`.
    """
    attempt, _, question = _open_question(session, actor, attempt_id, question_key, at=at)
    kind = KINDS[question.kind]
    answer = kind.parse_answer(question.structure, raw_answer)
    written = insert_or_update(
        session,
        Response,
        keys={"attempt_id": attempt.id, "question_version_id": question.version_id},
        values={"answer": answer, "saved_at": at},
        unless=Response.checked_at.is_not(None),
        id=new_id(),
    )
    if not written:
        raise AnswerIsFinal
    return kind.answer_in_words(answer)


def check_response(
    session: Session, actor: Actor, attempt_id: UUID, question_key: str, *, at: datetime
) -> None:
    """Make the stored answer to one question final, so that its feedback may be shown at once.

    Doing so again changes nothing. Raises NothingToCheck and what `save_response` raises.
    """
    attempt, quiz, question = _open_question(session, actor, attempt_id, question_key, at=at)
    response = session.scalars(
        select(Response).where(
            Response.attempt_id == attempt.id,
            Response.question_version_id == question.version_id,
        )
    ).one_or_none()
    if quiz.rules.feedback is not FeedbackTime.AT_ONCE:
        raise NothingToCheck
    if response is None or KINDS[question.kind].is_blank(response.answer):
        raise NothingToCheck
    if response.checked_at is None:
        response.checked_at = at
        session.flush()


def _open_question(
    session: Session, actor: Actor, attempt_id: UUID, question_key: str, *, at: datetime
) -> tuple[Attempt, QuizContent, QuestionContent]:
    """Return an attempt that takes answers now, locked, and the question drawn in it that has the key."""
    rows = session.execute(
        select(Attempt, AttemptQuestion.question_version_id)
        .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id)
        # Whoever submits waits for this answer, and it for a submission that came first.
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        raise AttemptNotFound
    attempt = rows[0][0]
    try:
        access_enrollment(session, actor, attempt.enrollment_id)
    except EnrollmentNotFound:
        raise AttemptNotFound from None
    if attempt.state is not AttemptState.OPEN:
        raise AttemptClosed
    quiz = get_quiz(session, attempt.quiz_version_id, actor.locale)
    if is_overdue(quiz.rules, attempt.due_at, at=at):
        raise TimeIsUp
    drawn = {version_id for _, version_id in rows}
    for question in quiz.questions:
        if question.key == question_key and question.version_id in drawn:
            return attempt, quiz, question
    raise QuestionNotFound


def submit_attempt(
    session: Session, actor: Actor, attempt_id: UUID, *, at: datetime
) -> AttemptSummary:
    """Submit an attempt with the answers that are stored; a second submission returns the first's result.

    Where a trainer has to judge an answer it waits for a review, else it is graded. Raises AttemptNotFound.
    """
    attempt, enrollment = access_attempt(session, actor, attempt_id, lock=True)
    if attempt.state is AttemptState.OPEN:
        close_attempt(session, attempt, at=at)
    summaries = list_attempts(session, enrollment, attempt.quiz_id)
    return next(summary for summary in summaries if summary.id == attempt.id)
