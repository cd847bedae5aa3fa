"""The tables of published content.

A lasting row (course, lesson, ...) is known by its key; its versions are created once and never changed.
Texts stand beside a version, by language and number: the highest number is read, so that a translation
can be mended without a new version of what it translates.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.catalog.types import (
    CourseId,
    CourseVersionId,
    LessonId,
    LessonVersionId,
    QuestionId,
    QuestionVersionId,
    QuizId,
    QuizVersionId,
)
from courseapp.core.db import Base, Immutable
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject


class VersionColumns(Immutable):
    """What every version has: its number (from 1), and a digest of what makes it differ from the others."""

    number: Mapped[int]
    digest: Mapped[str]
    published_at: Mapped[datetime]


class TextColumns(Immutable):
    """What every text has. `body` holds rendered HTML and plain texts, by name."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    language: Mapped[str]
    number: Mapped[int]
    digest: Mapped[str]
    published_at: Mapped[datetime]
    body: Mapped[JsonObject]


class Course(Base):
    """A course."""

    __tablename__ = "course"

    id: Mapped[CourseId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]


class CourseVersion(VersionColumns, Base):
    """An edition of a course: the exact versions that it consists of are listed beside it."""

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[CourseVersionId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"))
    requires_lessons: Mapped[bool]
    requires_quizzes: Mapped[bool]
    certificate_shows_score: Mapped[bool] = mapped_column(server_default=false())


class CourseText(TextColumns, Base):
    """A course version's own texts."""

    __tablename__ = "course_text"
    __table_args__ = (UniqueConstraint("course_version_id", "language", "number"),)

    course_version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_version.id"))


class CoursePublication(Base):
    """Which version of a course new enrollments take: the only thing about content that changes."""

    __tablename__ = "course_publication"

    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"), primary_key=True)
    course_version_id: Mapped[CourseVersionId] = mapped_column(ForeignKey("course_version.id"))


class Module(Base):
    """A module of a course."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"))
    key: Mapped[str]


class ModuleVersion(VersionColumns, Base):
    """An edition of a module's own facts; its activities belong to the course version."""

    __tablename__ = "module_version"
    __table_args__ = (UniqueConstraint("module_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    module_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module.id"))
    pictogram: Mapped[str]
    accent: Mapped[str]
    structure: Mapped[JsonObject]


class ModuleText(TextColumns, Base):
    """A module version's texts."""

    __tablename__ = "module_text"
    __table_args__ = (UniqueConstraint("module_version_id", "language", "number"),)

    module_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_version.id"))


class Lesson(Base):
    """A lesson of a course."""

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[LessonId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"))
    key: Mapped[str]


class LessonVersion(VersionColumns, Base):
    """An edition of a lesson. Having read any edition from `compatible_since` on counts as having read this."""

    __tablename__ = "lesson_version"
    __table_args__ = (
        UniqueConstraint("lesson_id", "number"),
        CheckConstraint("compatible_since <= number", name="compatible_since"),
    )

    id: Mapped[LessonVersionId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    lesson_id: Mapped[LessonId] = mapped_column(ForeignKey("lesson.id"))
    minutes: Mapped[int]
    compatible_since: Mapped[int]
    structure: Mapped[JsonObject]


class LessonText(TextColumns, Base):
    """A lesson version's text."""

    __tablename__ = "lesson_text"
    __table_args__ = (UniqueConstraint("lesson_version_id", "language", "number"),)

    lesson_version_id: Mapped[LessonVersionId] = mapped_column(ForeignKey("lesson_version.id"))


class Quiz(Base):
    """A quiz of a course."""

    __tablename__ = "quiz"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[QuizId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"))
    key: Mapped[str]


class QuizVersion(VersionColumns, Base):
    """An edition of a quiz: its rules, and by `QuizVersionQuestion` its questions."""

    __tablename__ = "quiz_version"
    __table_args__ = (
        UniqueConstraint("quiz_id", "number"),
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark"),
        CheckConstraint("attempts_allowed IS NULL OR attempts_allowed > 0", name="attempts"),
    )

    id: Mapped[QuizVersionId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quiz.id"))
    pass_mark: Mapped[int]
    attempts_allowed: Mapped[int | None]
    # The other members of QuizRules; a version from before there were any has none.
    rules: Mapped[JsonObject] = mapped_column(server_default=text("'{}'"))


class QuizText(TextColumns, Base):
    """A quiz version's own texts."""

    __tablename__ = "quiz_text"
    __table_args__ = (UniqueConstraint("quiz_version_id", "language", "number"),)

    quiz_version_id: Mapped[QuizVersionId] = mapped_column(ForeignKey("quiz_version.id"))


class Question(Base):
    """A question of a quiz."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("quiz_id", "key"),)

    id: Mapped[QuestionId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    quiz_id: Mapped[QuizId] = mapped_column(ForeignKey("quiz.id"))
    key: Mapped[str]


class QuestionVersion(VersionColumns, Base):
    """An edition of a question. `structure` holds its options and the answer key."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[QuestionVersionId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    question_id: Mapped[QuestionId] = mapped_column(ForeignKey("question.id"))
    kind: Mapped[str]
    objective: Mapped[str]
    structure: Mapped[JsonObject]


class QuestionText(TextColumns, Base):
    """A question version's texts, explanation included."""

    __tablename__ = "question_text"
    __table_args__ = (UniqueConstraint("question_version_id", "language", "number"),)

    question_version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_version.id")
    )


class CourseVersionModule(Immutable, Base):
    """Which module versions a course version has, in order."""

    __tablename__ = "course_version_module"

    course_version_id: Mapped[CourseVersionId] = mapped_column(
        ForeignKey("course_version.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    module_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_version.id"))


class CourseVersionActivity(Immutable, Base):
    """Which lesson and quiz versions a course version has, in order; each row is one or the other.

    Only the final quiz belongs to no module.
    """

    __tablename__ = "course_version_activity"
    __table_args__ = (
        CheckConstraint(
            "(lesson_version_id IS NULL) <> (quiz_version_id IS NULL)", name="lesson_or_quiz"
        ),
        CheckConstraint(
            "module_version_id IS NOT NULL OR lesson_version_id IS NULL", name="lesson_in_module"
        ),
    )

    course_version_id: Mapped[CourseVersionId] = mapped_column(
        ForeignKey("course_version.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    module_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("module_version.id"))
    lesson_version_id: Mapped[LessonVersionId | None] = mapped_column(
        ForeignKey("lesson_version.id")
    )
    quiz_version_id: Mapped[QuizVersionId | None] = mapped_column(ForeignKey("quiz_version.id"))


class QuizVersionQuestion(Immutable, Base):
    """Which question versions a quiz version has, in order."""

    __tablename__ = "quiz_version_question"

    quiz_version_id: Mapped[QuizVersionId] = mapped_column(
        ForeignKey("quiz_version.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[QuestionVersionId] = mapped_column(
        ForeignKey("question_version.id")
    )
    # For lessons to show; never drawn in an attempt.
    practice: Mapped[bool] = mapped_column(default=False, server_default=false())


class GlossaryText(TextColumns, Base):
    """A course's glossary; the newest number of a language is what everybody reads."""

    __tablename__ = "glossary_text"
    __table_args__ = (UniqueConstraint("course_id", "language", "number"),)

    course_id: Mapped[CourseId] = mapped_column(ForeignKey("course.id"))


class Picture(Immutable, Base):
    """An image of a lesson, known by the digest of its bytes."""

    __tablename__ = "picture"

    digest: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
