"""Reviews: a trainer judges the answers that no rule can grade."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.assessment.errors import NothingToReview, QuestionNotFound
from courseapp.assessment.models import Attempt, AttemptQuestion, JudgementRow
from courseapp.assessment.queries import access_taught_attempt
from courseapp.assessment.rules import exact, judged_credit
from courseapp.assessment.service.closing import finish
from courseapp.assessment.types import AttemptState
from courseapp.catalog.queries import get_quiz
from courseapp.catalog.types import QuestionContent
from courseapp.core import audit
from courseapp.core.db import insert_or_update
from courseapp.core.errors import InvalidInput


def judge_answer(
    session: Session,
    actor: Actor,
    attempt_id: UUID,
    question_key: str,
    *,
    points: Mapping[str, int],
    comment: str,
    at: datetime,
) -> AttemptState:
    """Give points by the rubric for one answer of a waiting attempt; return the attempt's state after it.

    Can be given anew until the last answer is judged: then the attempt has its result. Raises AttemptNotFound,
    NotForOneself, NothingToReview, QuestionNotFound, or InvalidInput for the field `points`.
    """
    attempt, enrollment = access_taught_attempt(session, actor, attempt_id, lock=True)
    if attempt.state is not AttemptState.NEEDS_REVIEW:
        raise NothingToReview
    quiz = get_quiz(session, attempt.quiz_version_id, actor.locale)
    drawn = {row.question_version_id: row for row in _drawn(session, attempt)}
    question = next(
        (q for q in quiz.questions if q.key == question_key and q.version_id in drawn), None
    )
    if question is None or "rubric" not in question.structure:
        raise QuestionNotFound
    place = (attempt.id, question.version_id)
    if drawn[question.version_id].credit is not None and not session.get(JudgementRow, place):
        # There is no answer: it has earned nothing, without anybody.
        raise NothingToReview
    _check_points(question, points)
    insert_or_update(
        session,
        JudgementRow,
        keys={"attempt_id": attempt.id, "question_version_id": question.version_id},
        values={
            "points": dict(points),
            "comment": comment,
            "judged_by": actor.id,
            "judged_at": at,
        },
    )
    drawn[question.version_id].credit = float(judged_credit(question.structure, points))
    session.flush()
    audit.record(
        session,
        "answer.judged",
        "attempt",
        attempt.id,
        by=actor.id,
        at=at,
        enrollment_id=str(enrollment.id),
        question=question.key,
    )
    credits_given = [row.credit for row in drawn.values()]
    earned = [exact(credit) for credit in credits_given if credit is not None]
    if len(earned) == len(drawn):
        finish(session, attempt, earned, pass_mark=quiz.rules.pass_mark, by_learner=False, at=at)
    return attempt.state


def _drawn(session: Session, attempt: Attempt) -> list[AttemptQuestion]:
    return list(
        session.scalars(
            select(AttemptQuestion)
            .where(AttemptQuestion.attempt_id == attempt.id)
            .order_by(AttemptQuestion.position)
        )
    )


def _check_points(question: QuestionContent, points: Mapping[str, int]) -> None:
    most = {criterion["key"]: criterion["points"] for criterion in question.structure["rubric"]}
    if set(points) != set(most):
        raise InvalidInput({"points": [_l("Give points for every line of the rubric.")]})
    if any(not 0 <= given <= most[key] for key, given in points.items()):
        raise InvalidInput({"points": [_l("Give no more points than a line has.")]})
