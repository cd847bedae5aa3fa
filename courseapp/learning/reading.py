"""A lesson as the learner opens it: what page and API both show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from courseapp.assessment.queries import show_practice
from courseapp.assessment.types import ShownQuestion
from courseapp.catalog.errors import LessonNotFound
from courseapp.catalog.queries import get_course, get_lesson, get_quiz
from courseapp.catalog.types import (
    Activity,
    CourseContent,
    LessonContent,
    LessonSummary,
    ModuleContent,
    QuestionContent,
    QuestionVersionId,
)
from courseapp.cohorts.types import Enrollment
from courseapp.core.markdown import split_at_questions
from courseapp.core.types import JsonObject
from courseapp.learning.queries import lesson_state
from courseapp.learning.rules import find_lesson


@dataclass(frozen=True, slots=True)
class OpenedLesson:
    """A lesson with everything around it."""

    enrollment: Enrollment
    course: CourseContent
    module: ModuleContent
    summary: LessonSummary
    content: LessonContent
    questions: Sequence[QuestionContent]
    answers: Mapping[QuestionVersionId, JsonObject]
    objectives: Sequence[str]
    done: bool
    previous: Activity | None
    next: Activity | None

    def question(self, key: str) -> QuestionContent | None:
        """Return a question that the lesson shows, by its key."""
        return next((question for question in self.questions if question.key == key), None)

    def shown_questions(self) -> Sequence[ShownQuestion]:
        """Return the questions in the lesson, each with its answer and what is right once it is answered."""
        return [
            show_practice(question, self.answers.get(question.version_id), position=position)
            for position, question in enumerate(self.questions, start=1)
        ]

    def pieces(self) -> Sequence[tuple[str, ShownQuestion | None]]:
        """Return the lesson's HTML in pieces, each with the question that follows it."""
        shown = {question.key: question for question in self.shown_questions()}
        return [
            (html, None if key is None else shown.get(key))
            for html, key in split_at_questions(self.content.html)
        ]


def open_lesson(
    session: Session, enrollment: Enrollment, lesson_key: str, language: str
) -> OpenedLesson:
    """Return a lesson of the enrollment's course version; raises LessonNotFound. One query when cached."""
    course = get_course(session, enrollment.course_version_id, language)
    summary = find_lesson(course, lesson_key)
    if summary is None:
        raise LessonNotFound
    content = get_lesson(session, summary.version_id, language)
    module = course.module_of(lesson_key)
    quiz = get_quiz(session, module.quiz.version_id, language)
    keys = [key for _, key in split_at_questions(content.html) if key is not None]
    questions = [question for key in keys if (question := quiz.practice_question(key)) is not None]
    done, answers = lesson_state(session, enrollment, summary, questions)
    previous, following = course.neighbours(lesson_key)
    return OpenedLesson(
        enrollment=enrollment,
        course=course,
        module=module,
        summary=summary,
        content=content,
        questions=questions,
        answers=answers,
        objectives=[module.objectives[key] for key in content.objectives],
        done=done,
        previous=previous,
        next=following,
    )
