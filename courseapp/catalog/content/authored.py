"""A course as its authors wrote it: what the files say, before anything is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from courseapp.catalog.types import AuthoredBody, QuizRules, Source
from courseapp.core.markdown import Outline
from courseapp.core.types import JsonObject


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    path: Path
    line: int = 1


@dataclass(frozen=True, slots=True)
class LessonText:
    """A lesson in one language; `place` is where its Markdown starts."""

    title: str
    body: str
    sources: Sequence[Source]
    outline: Outline
    place: Place


@dataclass(frozen=True, slots=True)
class AuthoredLesson:
    """A lesson: what all languages share, and the text in each."""

    key: str
    minutes: int
    objectives: Sequence[str]
    minor_change: bool
    texts: Mapping[str, LessonText]
    place: Place


@dataclass(frozen=True, slots=True)
class QuestionText:
    """A question's Markdown in one language; `kind_texts` is of the kind's own making."""

    prompt: str
    explanation: str
    source: str
    kind_texts: JsonObject


@dataclass(frozen=True, slots=True)
class AuthoredQuestion:
    """A question of a quiz, or one for `practice` in lessons."""

    key: str
    kind: str
    objective: str
    practice: bool
    body: AuthoredBody
    texts: Mapping[str, QuestionText]
    place: Place


@dataclass(frozen=True, slots=True)
class QuizText:
    """A quiz's own texts in one language."""

    title: str
    intro: str


@dataclass(frozen=True, slots=True)
class AuthoredQuiz:
    """A module's quiz, or the final one."""

    key: str
    rules: QuizRules
    questions: Sequence[AuthoredQuestion]
    texts: Mapping[str, QuizText]
    place: Place

    @property
    def pool(self) -> Sequence[AuthoredQuestion]:
        """The questions that attempts are drawn from."""
        return [question for question in self.questions if not question.practice]


@dataclass(frozen=True, slots=True)
class ModuleText:
    """A module's texts in one language."""

    title: str
    summary: str
    brief: str
    objectives: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuthoredModule:
    """A module with its lessons in order. The quiz is None only when its file has problems."""

    key: str
    pictogram: str
    accent: str
    objectives: Sequence[str]
    lessons: Sequence[AuthoredLesson]
    quiz: AuthoredQuiz | None
    texts: Mapping[str, ModuleText]
    place: Place


@dataclass(frozen=True, slots=True)
class TermText:
    """A glossary entry in one language."""

    term: str
    definition: str


@dataclass(frozen=True, slots=True)
class AuthoredTerm:
    """A glossary entry; `official_terms` are the words of other languages."""

    key: str
    official_terms: Mapping[str, str]
    texts: Mapping[str, TermText]
    place: Place


@dataclass(frozen=True, slots=True)
class CourseText:
    """A course's own texts in one language."""

    title: str
    summary: str
    about: str
    notice: str
    certificate_title: str
    certificate_statement: str
    # On the smaller certificate of each module, where the course gives one.
    module_certificate_title: str | None = None
    module_certificate_statement: str | None = None


@dataclass(frozen=True, slots=True)
class AuthoredCourse:
    """A whole course."""

    key: str
    language: str
    least_words: int
    most_words: int
    requires_lessons: bool
    requires_quizzes: bool
    modules: Sequence[AuthoredModule]
    terms: Sequence[AuthoredTerm]
    texts: Mapping[str, CourseText]
    place: Place
    images: Mapping[str, Path] = field(default_factory=dict)
    final_quiz: AuthoredQuiz | None = None
    certificate_shows_score: bool = False
    # False when a file that holds what others refer to could not be read.
    is_whole: bool = True

    @property
    def lessons(self) -> Sequence[AuthoredLesson]:
        """Every lesson, in order."""
        return [lesson for module in self.modules for lesson in module.lessons]
