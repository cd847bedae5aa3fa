"""The tables of cohorts and enrollments."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.accounts.types import OrganizationId, PersonId
from courseapp.catalog.types import CourseId, CourseVersionId
from courseapp.cohorts.types import CohortId, EnrollmentId
from courseapp.core.db import Base, Immutable
from courseapp.core.ids import new_id


class Cohort(Base):
    """A group of learners that trainers follow through one course."""

    __tablename__ = "cohort"

    id: Mapped[CohortId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    organization_id: Mapped[OrganizationId] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"))
    name: Mapped[str]
    created_at: Mapped[datetime]


class CohortTrainer(Base):
    """Who follows a cohort."""

    __tablename__ = "cohort_trainer"

    cohort_id: Mapped[CohortId] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(
        ForeignKey("person.id"), primary_key=True, index=True
    )


class EnrollmentRow(Base):
    """One person taking one course version.

    percent, completed_at and last_active_at sum up the facts that `learning` and `assessment` hold; they
    are written with them and can be computed again (`courseapp doctor` compares).
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("person_id", "course_id"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("(percent = 100) = (completed_at IS NOT NULL)", name="completed_at_100"),
        # A trainer's list of one cohort.
        Index("ix_enrollment_cohort", "cohort_id", "id"),
    )

    id: Mapped[EnrollmentId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"))
    course_version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_version.id"))
    cohort_id: Mapped[CohortId | None] = mapped_column(ForeignKey("cohort.id"))
    created_at: Mapped[datetime]
    percent: Mapped[int] = mapped_column(default=0)
    # How often its progress was counted anew because something was taken away: with it, percent may fall.
    recounts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    completed_at: Mapped[datetime | None]
    last_active_at: Mapped[datetime]
    last_activity: Mapped[str | None]


class EnrollmentMove(Immutable, Base):
    """The record of moving an enrollment to another version of its course."""

    __tablename__ = "enrollment_move"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrollment_id: Mapped[EnrollmentId] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE"), index=True
    )
    from_version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_version.id"))
    to_version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_version.id"))
    moved_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    moved_at: Mapped[datetime]
