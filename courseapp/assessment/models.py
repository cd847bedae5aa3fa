"""The tables of attempts. A graded attempt does not change: the migration's triggers hold that too."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.assessment.types import AttemptId, AttemptState
from courseapp.catalog.types import QuestionVersionId, QuizId, QuizVersionId
from courseapp.cohorts.types import EnrollmentId
from courseapp.core.db import Base, enum_type
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject


class Attempt(Base):
    """One try at a quiz version. `quiz_id` repeats what the version says, for the unique rules below."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "quiz_id", "number"),
        # One open attempt for each learner and quiz: the database decides when two clicks arrive at once.
        Index(
            "uq_attempt_open",
            "enrollment_id",
            "quiz_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint(
            "(state = 'open') = (submitted_at IS NULL)"
            " AND (submitted_at IS NULL) = (percent IS NULL)"
            " AND (percent IS NULL) = (passed IS NULL)",
            name="graded_has_result",
        ),
    )

    id: Mapped[AttemptId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    enrollment_id: Mapped[EnrollmentId] = mapped_column(ForeignKey("enrollment.id"))
    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quiz.id"))
    quiz_version_id: Mapped[QuizVersionId] = mapped_column(ForeignKey("quiz_version.id"))
    number: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(enum_type(AttemptState))
    seed: Mapped[int]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    percent: Mapped[int | None]
    passed: Mapped[bool | None]


class AttemptQuestion(Base):
    """A question as drawn for one attempt, and after grading the credit that its answer earned."""

    __tablename__ = "attempt_question"
    __table_args__ = (
        UniqueConstraint("attempt_id", "question_version_id"),
        CheckConstraint("credit BETWEEN 0 AND 1", name="credit"),
    )

    attempt_id: Mapped[AttemptId] = mapped_column(
        ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_version.id")
    )
    drawn: Mapped[JsonObject]
    credit: Mapped[float | None]


class Response(Base):
    """The answer to one question of an attempt: the last one saved counts."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("attempt_id", "question_version_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"))
    question_version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_version.id")
    )
    answer: Mapped[JsonObject]
    saved_at: Mapped[datetime]
