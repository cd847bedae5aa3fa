"""The table of lessons read."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.catalog.types import LessonId, LessonVersionId
from courseapp.cohorts.types import EnrollmentId
from courseapp.core.db import Base, Immutable
from courseapp.core.ids import new_id


class LessonCompletion(Immutable, Base):
    """A learner marked a lesson version as done. The number repeats the version's, for the rules."""

    __tablename__ = "lesson_completion"
    __table_args__ = (UniqueConstraint("enrollment_id", "lesson_version_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrollment_id: Mapped[EnrollmentId] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE")
    )
    lesson_id: Mapped[LessonId] = mapped_column(ForeignKey("lesson.id"))
    lesson_version_id: Mapped[LessonVersionId] = mapped_column(ForeignKey("lesson_version.id"))
    version_number: Mapped[int]
    completed_at: Mapped[datetime]
