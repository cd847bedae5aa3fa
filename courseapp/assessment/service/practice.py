"""Practice: questions that a lesson shows, with feedback at once. Their answers never count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from courseapp.assessment.kinds import KINDS
from courseapp.assessment.models import PracticeResponse
from courseapp.catalog.types import QuestionContent
from courseapp.cohorts.types import Enrollment
from courseapp.core.db import insert_or_update
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject


def answer_practice(
    session: Session,
    enrollment: Enrollment,
    question: QuestionContent,
    raw_answer: Any,
    *,
    at: datetime,
) -> JsonObject:
    """Remember the answer to a lesson's question, in place of an earlier one, and return it as stored.

    Access to the enrollment was given before. Raises InvalidInput for the field `answer`.
    """
    answer = KINDS[question.kind].parse_answer(question.structure, raw_answer)
    insert_or_update(
        session,
        PracticeResponse,
        keys={"enrollment_id": enrollment.id, "question_id": question.id},
        values={
            "question_version_id": question.version_id,
            "answer": answer,
            "answered_at": at,
        },
        id=new_id(),
    )
    return answer
