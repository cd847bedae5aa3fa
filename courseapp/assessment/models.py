"""The tables of attempts. A graded attempt does not change: the migrations' triggers hold that too.

What is mended later stands beside it: a regrade adds a result, and the newest one holds.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    and_,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.accounts.types import PersonId
from courseapp.assessment.types import AttemptId, AttemptState, RegradeId
from courseapp.catalog.types import QuestionId, QuestionVersionId, QuizId, QuizVersionId
from courseapp.cohorts.types import EnrollmentId
from courseapp.core.db import Base, Immutable, enum_type
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject


class Attempt(Base):
    """One try at a quiz version. `quiz_id` repeats what the version says, for the unique rules below.

    `due_at` is when its time ends, extra time included. `timed_out` says that the clock closed it, not the
    learner. `score` is the exact result, from 0 to 1, of which `percent` is what people read.
    """

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
        # Item statistics of one quiz version.
        Index("ix_attempt_quiz_version", "quiz_version_id", "state"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        CheckConstraint(
            "(state = 'open') = (submitted_at IS NULL)"
            " AND (state = 'graded') = (percent IS NOT NULL)"
            " AND (percent IS NULL) = (passed IS NULL)"
            " AND (percent IS NULL) = (score IS NULL)",
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
    due_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    timed_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    score: Mapped[float | None]
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
    """The answer to one question of an attempt: the last one saved counts, until it was checked."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("attempt_id", "question_version_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[AttemptId] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"))
    question_version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_version.id")
    )
    answer: Mapped[JsonObject]
    saved_at: Mapped[datetime]
    # When its learner asked for the feedback, in quizzes that give it at once.
    checked_at: Mapped[datetime | None]


class JudgementRow(Base):
    """What a trainer gave for an answer that no rule can grade; `points` is by criterion of the rubric."""

    __tablename__ = "judgement"

    attempt_id: Mapped[AttemptId] = mapped_column(
        ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True
    )
    question_version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_version.id"), primary_key=True
    )
    points: Mapped[JsonObject]
    comment: Mapped[str]
    judged_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    judged_at: Mapped[datetime]


def of_the_same_question(table: type[Response | JudgementRow]) -> ColumnElement[bool]:
    """Return what joins answers or judgements to the question of the attempt that they belong to."""
    return and_(
        table.attempt_id == AttemptQuestion.attempt_id,
        table.question_version_id == AttemptQuestion.question_version_id,
    )


class QuizExceptionRow(Immutable, Base):
    """More time or more attempts for one learner and quiz. Rows add up."""

    __tablename__ = "quiz_exception"
    __table_args__ = (
        CheckConstraint(
            "extra_minutes >= 0 AND extra_attempts >= 0 AND extra_minutes + extra_attempts > 0",
            name="grants_something",
        ),
        # What a learner has in one quiz.
        Index("ix_quiz_exception_enrollment", "enrollment_id", "quiz_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrollment_id: Mapped[EnrollmentId] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE")
    )
    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quiz.id"))
    extra_minutes: Mapped[int]
    extra_attempts: Mapped[int]
    reason: Mapped[str]
    granted_by: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]


class Regrade(Immutable, Base):
    """The act of grading a quiz's attempts again by the keys of one of its versions."""

    __tablename__ = "regrade"

    id: Mapped[RegradeId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quiz.id"))
    quiz_version_id: Mapped[QuizVersionId] = mapped_column(ForeignKey("quiz_version.id"))
    reason: Mapped[str]
    fails_allowed: Mapped[bool]
    # Nobody, when it was done on the command line.
    regraded_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    regraded_at: Mapped[datetime]


class RegradedAttempt(Immutable, Base):
    """An attempt's result after a regrade. The one with the highest number holds; none is ever changed.

    `questions` has by position what was graded anew: `{"credit": ..., "graded_by": question version}`.
    """

    __tablename__ = "regraded_attempt"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("number > 0", name="number"),
    )

    attempt_id: Mapped[AttemptId] = mapped_column(
        ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    regrade_id: Mapped[RegradeId] = mapped_column(ForeignKey("regrade.id"), index=True)
    percent: Mapped[int]
    passed: Mapped[bool]
    questions: Mapped[JsonObject]
    regraded_at: Mapped[datetime]


class PracticeResponse(Base):
    """The last answer to a question that a lesson shows for practice. It never counts for anything."""

    __tablename__ = "practice_response"
    __table_args__ = (UniqueConstraint("enrollment_id", "question_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrollment_id: Mapped[EnrollmentId] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE")
    )
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("question.id"))
    question_version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_version.id")
    )
    answer: Mapped[JsonObject]
    answered_at: Mapped[datetime]
