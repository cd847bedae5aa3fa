"""What the catalog hands to other features: ids, and the content of a published course."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import NewType, Protocol

from courseapp.core.authored import Fields
from courseapp.core.types import JsonObject

CourseId = NewType("CourseId", uuid.UUID)
CourseVersionId = NewType("CourseVersionId", uuid.UUID)
LessonId = NewType("LessonId", uuid.UUID)
LessonVersionId = NewType("LessonVersionId", uuid.UUID)
QuizId = NewType("QuizId", uuid.UUID)
QuizVersionId = NewType("QuizVersionId", uuid.UUID)
QuestionId = NewType("QuestionId", uuid.UUID)
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


class CountedResult(enum.StrEnum):
    """Which of several results in a quiz is the learner's. A pass stays a pass either way."""

    BEST = "best"
    LAST = "last"


class FeedbackTime(enum.StrEnum):
    """When a learner sees what was right and why."""

    AT_ONCE = "at_once"
    AFTER_SUBMISSION = "after_submission"
    AFTER_PASSING = "after_passing"
    NEVER = "never"


class QuizLayout(enum.StrEnum):
    """How the questions of an attempt are laid out."""

    ONE_AT_A_TIME = "one_at_a_time"
    ALL_ON_A_PAGE = "all_on_a_page"


def is_about(objective: str, wanted: str) -> bool:
    """Tell whether a question's objective is the wanted one, or one of the wanted module."""
    return objective == wanted or objective.startswith(f"{wanted}/")


@dataclass(frozen=True, slots=True)
class QuizRules:
    """What an author has settled about a quiz. None stands for no limit.

    `draw` is how many questions an attempt has: of all, or by objective (in a quiz over the whole course by
    `module/objective`, or by module).
    """

    pass_mark: int
    attempts_allowed: int | None = None
    pause_minutes: int = 0
    counted_result: CountedResult = CountedResult.BEST
    time_limit_minutes: int | None = None
    grace_seconds: int = 30
    draw: int | Mapping[str, int] | None = None
    shuffle_questions: bool = False
    shuffle_options: bool = True
    feedback: FeedbackTime = FeedbackTime.AFTER_SUBMISSION
    layout: QuizLayout = QuizLayout.ONE_AT_A_TIME

    def as_json(self) -> JsonObject:
        """Return what is stored beside the pass mark and the attempts, which have columns of their own."""
        stored = asdict(self)
        return {name: stored[name] for name in stored if name not in _COLUMNS}

    @classmethod
    def from_stored(
        cls, pass_mark: int, attempts_allowed: int | None, stored: JsonObject
    ) -> QuizRules:
        """Read stored rules back; a version from before there were any has the usual ones."""
        rules = cls(pass_mark=pass_mark, attempts_allowed=attempts_allowed)
        if not stored:
            return rules
        return replace(
            rules,
            **{
                **stored,
                "counted_result": CountedResult(stored["counted_result"]),
                "feedback": FeedbackTime(stored["feedback"]),
                "layout": QuizLayout(stored["layout"]),
            },
        )

    def question_count(self, pool: int) -> int:
        """Return how many of a pool's questions one attempt has."""
        if self.draw is None:
            return pool
        return self.draw if isinstance(self.draw, int) else sum(self.draw.values())


_COLUMNS = frozenset({"pass_mark", "attempts_allowed"})


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
    """A quiz as it stands in a course version; `question_count` is that of one attempt."""

    id: QuizId
    version_id: QuizVersionId
    key: str
    title: str
    rules: QuizRules
    question_count: int

    @property
    def pass_mark(self) -> int:
        """The result, in per cent, from which the quiz is passed."""
        return self.rules.pass_mark

    @property
    def attempts_allowed(self) -> int | None:
        """How many attempts there are; None when there is no limit."""
        return self.rules.attempts_allowed

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
    final_quiz: QuizSummary | None = None
    certificate_shows_score: bool = False
    # Empty where the course gives no certificate for a module.
    module_certificate_title: str = ""
    module_certificate_statement: str = ""

    @property
    def certifies_modules(self) -> bool:
        """Whether each module has a smaller certificate of its own."""
        return bool(self.module_certificate_title)

    @property
    def activities(self) -> Sequence[Activity]:
        """Every activity, in the order of the course."""
        in_modules = [activity for module in self.modules for activity in module.activities]
        return in_modules if self.final_quiz is None else [*in_modules, self.final_quiz]

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

    def find_module_of(self, activity_key: str) -> ModuleContent | None:
        """Return the module that an activity belongs to; the final quiz belongs to none."""
        for module in self.modules:
            if any(activity.key == activity_key for activity in module.activities):
                return module
        return None

    def module_of(self, activity_key: str) -> ModuleContent:
        """Return the module that a lesson or a module's quiz belongs to; KeyError when there is none."""
        module = self.find_module_of(activity_key)
        if module is None:
            raise KeyError(activity_key)
        return module


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

    id: QuestionId
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
    """A quiz version's texts in one language, with all its questions.

    Attempts are drawn from `questions`; those for `practice` are shown in lessons and never asked here.
    """

    id: QuizId
    version_id: QuizVersionId
    key: str
    title: str
    intro_html: str
    rules: QuizRules
    questions: Sequence[QuestionContent]
    practice: Sequence[QuestionContent] = ()

    def question(self, version_id: uuid.UUID) -> QuestionContent:
        """Return one of the quiz's questions; KeyError when it is not among them."""
        for question in self.questions:
            if question.version_id == version_id:
                return question
        raise KeyError(version_id)

    def practice_question(self, key: str) -> QuestionContent | None:
        """Return a question for lessons to show, by its key."""
        return next((question for question in self.practice if question.key == key), None)


@dataclass(frozen=True, slots=True)
class QuizEdition:
    """A quiz version among the others of its quiz."""

    version_id: QuizVersionId
    number: int
    published_at: datetime


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
