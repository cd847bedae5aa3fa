"""Checks of quizzes: what they ask about, what they draw, and which questions lessons may show."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from courseapp.catalog.content.authored import (
    AuthoredCourse,
    AuthoredLesson,
    AuthoredModule,
    AuthoredQuiz,
)
from courseapp.catalog.content.reporting import Lines, check_links, place_in, report
from courseapp.catalog.types import is_about
from courseapp.core.authored import Problems
from courseapp.core.types import JsonObject

_YEAR: Final = re.compile(r"\b(19|20)\d\d\b")


def check_module_quiz(
    course: AuthoredCourse, module: AuthoredModule, quiz: AuthoredQuiz, problems: Problems
) -> None:
    """Report everything that is wrong with a module's quiz and with the questions in its lessons."""
    known = set(module.objectives)
    for question in quiz.questions:
        if question.objective not in known:
            message = f"module.yaml has no objective {question.objective}"
            report(problems, question.place, message)
    asked = {question.objective for question in quiz.pool}
    for objective in sorted(known - asked):
        report(problems, quiz.place, f"no question asks about {objective}")
    _check_draw(quiz, problems)
    _check_practice(module, quiz, problems)
    _check_quiz_texts(course, quiz, problems, pictures_of=module)


def check_final_quiz(course: AuthoredCourse, quiz: AuthoredQuiz, problems: Problems) -> None:
    """Report what the quiz over the whole course does not ask, or asks about nothing."""
    known = {f"{module.key}/{name}" for module in course.modules for name in module.objectives}
    for question in quiz.questions:
        if question.practice:
            report(problems, question.place, "questions for practice belong to a module's quiz")
        if course.is_whole and question.objective not in known:
            message = f"there is no objective {question.objective}: write <module>/<objective>"
            report(problems, question.place, message)
    for module in course.modules:
        if not any(is_about(question.objective, module.key) for question in quiz.pool):
            report(problems, quiz.place, f"no question asks about the module {module.key}")
    if quiz.key in {lesson.key for lesson in course.lessons}:
        report(problems, quiz.place, f"{quiz.key} is the key of a lesson already")
    _check_draw(quiz, problems)
    _check_quiz_texts(course, quiz, problems)


def _check_draw(quiz: AuthoredQuiz, problems: Problems) -> None:
    """Report a draw of more questions than there are."""
    pool = quiz.pool
    if not pool:
        report(problems, quiz.place, "this quiz has no question that is not for practice")
    draw = quiz.rules.draw
    if isinstance(draw, int):
        if draw > len(pool):
            message = f"draw asks for {draw} questions: there are {len(pool)}"
            report(problems, quiz.place, message)
        return
    for objective in draw or {}:
        for other in draw or {}:
            if objective != other and is_about(other, objective):
                message = f"draw asks for {other}, which is part of {objective}: name one of them"
                report(problems, quiz.place, message)
    for objective, count in (draw or {}).items():
        there = sum(is_about(question.objective, objective) for question in pool)
        if count > there:
            message = f"draw asks for {count} questions about {objective}: there are {there}"
            report(problems, quiz.place, message)


def _check_practice(module: AuthoredModule, quiz: AuthoredQuiz, problems: Problems) -> None:
    """Report what lessons show and must not, and questions for practice that no lesson shows."""
    practice = [question for question in quiz.questions if question.practice]
    asked = {question.key for question in quiz.pool}
    shown: set[str] = set()
    for lesson in module.lessons:
        shown |= _check_questions_in(lesson, asked, {q.key for q in practice}, problems)
    for question in practice:
        if question.key not in shown:
            report(problems, question.place, f"no lesson shows {question.key}")


def _check_questions_in(
    lesson: AuthoredLesson,
    asked: Collection[str],
    practice: Collection[str],
    problems: Problems,
) -> set[str]:
    """Check the questions that a lesson shows; return their keys."""
    shown: set[str] = set()
    for text in lesson.texts.values():
        at = Lines(text.place, problems)
        seen: set[str] = set()
        for question in text.outline.questions:
            key = question.value
            if key in asked:
                message = (
                    f"{key} is asked in the quiz: a lesson would give its answer away; "
                    "show one with use: practice"
                )
                at.report(question.line, message)
            elif key not in practice:
                at.report(question.line, f"the quiz has no question {key}")
            elif key in seen:
                at.report(question.line, f"{key} is shown twice in this lesson")
            seen.add(key)
        shown |= seen
    return shown


def _check_quiz_texts(
    course: AuthoredCourse,
    quiz: AuthoredQuiz,
    problems: Problems,
    *,
    pictures_of: AuthoredModule | None = None,
) -> None:
    for question in quiz.questions:
        for language, text in question.texts.items():
            place = place_in(course, language, question.place)
            if text.source and not _YEAR.search(text.source):
                report(problems, place, f"the source line of {question.key} needs a year")
            for markdown in (
                text.prompt,
                text.explanation,
                text.source,
                *_leaves(text.kind_texts),
            ):
                check_links(course, markdown, place, problems, pictures_of=pictures_of)
            if _shape(text.kind_texts) != _shape(question.texts[course.language].kind_texts):
                message = f"{question.key} does not have the same parts as in {course.language}"
                report(problems, place, message)
    for language, quiz_text in quiz.texts.items():
        place = place_in(course, language, quiz.place)
        check_links(course, quiz_text.intro, place, problems)


def _leaves(tree: JsonObject) -> Sequence[str]:
    found: list[str] = []
    for value in tree.values():
        if isinstance(value, dict):
            found.extend(_leaves(value))
        elif isinstance(value, str):
            found.append(value)
    return found


def _shape(tree: JsonObject) -> JsonObject:
    """Return the keys of a tree of texts: a translation has the same ones."""
    return {key: _shape(value) if isinstance(value, dict) else None for key, value in tree.items()}
