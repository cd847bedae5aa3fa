"""What the catalog hands to other features: ids, and the content of a published course."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

CourseId = NewType("CourseId", uuid.UUID)
CourseVersionId = NewType("CourseVersionId", uuid.UUID)
LessonId = NewType("LessonId", uuid.UUID)
LessonVersionId = NewType("LessonVersionId", uuid.UUID)
QuizId = NewType("QuizId", uuid.UUID)
QuizVersionId = NewType("QuizVersionId", uuid.UUID)
QuestionVersionId = NewType("QuestionVersionId", uuid.UUID)


@dataclass(frozen=True, slots=True)
class AuthoredBody:
    """What a question kind read from an author's file.

    `structure` is the same in every language and holds the answer key; `texts` are Markdown, in a tree
    of the kind's own making whose leaves are strings.
    """

    structure: JsonObject
    texts: JsonObject


class QuestionKind(Protocol):
    """The authoring side of a kind of question; `assessment.kinds` has the rest of each."""

    @property
    def name(self) -> str:
        """The word that authors write after `kind:`."""

    def read(self, fields: Fields) -> AuthoredBody:
        """Read a question in the source language, reporting problems to `fields`."""

    def read_texts(self, fields: Fields, structure: JsonObject) -> JsonObject:
        """Read a translation of the same question's texts."""


QuestionKinds = Mapping[str, QuestionKind]


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """A lesson as it stands in a course version."""

    id: LessonId
    version_id: LessonVersionId
    key: str
    number: int
    compatible_since: int
    minutes: int
    title: str

    @property
    def is_quiz(self) -> bool:
        """Whether the activity is a quiz."""
        return False


@dataclass(frozen=True, slots=True)
class QuizSummary:
    """A quiz as it stands in a course version. `attempts_allowed` is None when there is no limit."""

    id: QuizId
    version_id: QuizVersionId
    key: str
    title: str
    pass_mark: int
    attempts_allowed: int | None
    question_count: int

    @property
    def is_quiz(self) -> bool:
        """Whether the activity is a quiz."""
        return True


Activity = LessonSummary | QuizSummary


@dataclass(frozen=True, slots=True)
class ModuleContent:
    """A module of a course version, with its activities in order."""

    key: str
    title: str
    summary: str
    brief: str
    pictogram: str
    accent: str
    objectives: Mapping[str, str]
    lessons: Sequence[LessonSummary]
    quiz: QuizSummary

    @property
    def activities(self) -> Sequence[Activity]:
        """The lessons and then the quiz."""
        return (*self.lessons, self.quiz)

    @property
    def minutes(self) -> int:
        """How long the lessons take to read."""
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class CourseContent:
    """One course version, as far as the course page needs it; `language` is that of its texts."""

    id: CourseId
    version_id: CourseVersionId
    key: str
    number: int
    digest: str
    language: str
    title: str
    summary: str
    about_html: str
    notice: str
    certificate_title: str
    certificate_statement: str
    requires_lessons: bool
    requires_quizzes: bool
    modules: Sequence[ModuleContent]

    @property
    def activities(self) -> Sequence[Activity]:
        """Every activity, in the order of the course."""
        return [activity for module in self.modules for activity in module.activities]

    @property
    def minutes(self) -> int:
        """How long all lessons take to read."""
        return sum(module.minutes for module in self.modules)

    def module(self, key: str) -> ModuleContent | None:
        """Return a module by its key."""
        return next((module for module in self.modules if module.key == key), None)

    def activity(self, key: str) -> Activity | None:
        """Return an activity by its key."""
        return next((activity for activity in self.activities if activity.key == key), None)

    def neighbours(self, key: str) -> tuple[Activity | None, Activity | None]:
        """Return the activities before and after one; KeyError when there is no such activity."""
        activities = self.activities
        keys = [activity.key for activity in activities]
        if key not in keys:
            raise KeyError(key)
        here = keys.index(key)
        before = activities[here - 1] if here else None
        after = activities[here + 1] if here + 1 < len(activities) else None
        return before, after

    def module_of(self, activity_key: str) -> ModuleContent:
        """Return the module that an activity belongs to; KeyError when there is none."""
        for module in self.modules:
            if any(activity.key == activity_key for activity in module.activities):
                return module
        raise KeyError(activity_key)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a lesson's facts come from."""

    text: str
    year: int


@dataclass(frozen=True, slots=True)
class LessonContent:
    """A lesson version's text in one language."""

    version_id: LessonVersionId
    digest: str
    language: str
    title: str
    html: str
    minutes: int
    objectives: Sequence[str]
    sources: Sequence[Source]


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """A question version with its answer key: never hand this to a template or a schema before submission."""

    version_id: QuestionVersionId
    key: str
    kind: str
    objective: str
    structure: JsonObject
    language: str
    prompt_html: str
    texts: JsonObject
    explanation_html: str
    source_html: str


@dataclass(frozen=True, slots=True)
class QuizContent:
    """A quiz version's texts in one language, with all its questions."""

    id: QuizId
    version_id: QuizVersionId
    key: str
    title: str
    intro_html: str
    pass_mark: int
    attempts_allowed: int | None
    questions: Sequence[QuestionContent]

    def question(self, version_id: uuid.UUID) -> QuestionContent:
        """Return one of the quiz's questions; KeyError when it is not among them."""
        for question in self.questions:
            if question.version_id == version_id:
                return question
        raise KeyError(version_id)


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry; `official_terms` are the words of other languages, by language."""

    key: str
    term: str
    definition_html: str
    official_terms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CourseListing:
    """A published course in a list of courses."""

    id: CourseId
    key: str
    title: str
    summary: str
