"""Checks that need the whole course: what refers to what, and the rules of good lessons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from courseapp.catalog.content.authored import (
    AuthoredCourse,
    AuthoredModule,
    LessonText,
    Place,
)
from courseapp.core.authored import Problems
from courseapp.core.markdown import Located, outline
from courseapp.core.types import JsonObject

_YEAR: Final = re.compile(r"\b(19|20)\d\d\b")


def check_course(course: AuthoredCourse, problems: Problems) -> None:
    """Report everything that is wrong with the course as a whole."""
    lessons = Counter(lesson.key for lesson in course.lessons)
    for lesson in course.lessons:
        if lessons[lesson.key] > 1:
            _report(
                problems, lesson.place, f"another lesson of the course has the key {lesson.key}"
            )
        if any(lesson.key == module.key for module in course.modules):
            _report(
                problems, lesson.place, f"{lesson.key} is a module's key already: choose another"
            )
    for module in course.modules:
        _check_module(module, problems)
        for lesson in module.lessons:
            for text in lesson.texts.values():
                _check_lesson_text(course, module, text, problems)
        _check_module_texts(course, module, problems)
        _check_quiz_texts(course, module, problems)
    for term in course.terms:
        for language, term_text in term.texts.items():
            place = _place_in(course, language, term.place)
            _check_links(course, term_text.definition, place, problems)
    for language, course_text in course.texts.items():
        place = _place_in(course, language, course.place)
        _check_links(course, course_text.about, place, problems)


def _report(problems: Problems, place: Place, message: str) -> None:
    problems.add(place.path, place.line, message)


def _place_in(course: AuthoredCourse, language: str, place: Place) -> Place:
    """Return where the translation of something stands: its file, without a line."""
    if language == course.language:
        return place
    return Place(place.path.with_name(f"{place.path.stem}.{language}{place.path.suffix}"))


def _check_module(module: AuthoredModule, problems: Problems) -> None:
    if not module.lessons:
        _report(problems, module.place, "this module has no lesson")
    known = set(module.objectives)
    taught = {objective for lesson in module.lessons for objective in lesson.objectives}
    for lesson in module.lessons:
        for unknown in sorted(set(lesson.objectives) - known):
            _report(problems, lesson.place, f"module.yaml has no objective {unknown}")
    for objective in sorted(known - taught):
        _report(problems, module.place, f"no lesson teaches the objective {objective}")
    if module.quiz is None:
        return
    asked = {question.objective for question in module.quiz.questions}
    for question in module.quiz.questions:
        if question.objective not in known:
            message = f"module.yaml has no objective {question.objective}"
            _report(problems, question.place, message)
    for objective in sorted(known - asked):
        _report(problems, module.quiz.place, f"no question asks about {objective}")


def _check_lesson_text(
    course: AuthoredCourse, module: AuthoredModule, text: LessonText, problems: Problems
) -> None:
    found = text.outline
    at = _Lines(text.place, problems)
    if not course.least_words <= found.words <= course.most_words:
        at.report(
            1,
            f"the lesson has {found.words} words: write {course.least_words} to {course.most_words}",
        )
    at.report_all(found.top_headings, "start headings at level two (##): the title is level one")
    at.report_all(found.html, "HTML is shown as text: use Markdown")
    at.report_all(found.unclosed_boxes, "this box is not closed: end it with a line :::")
    at.report_all(found.unknown_boxes, "there is no such kind of box")
    at.report_all(found.untitled_boxes, "give the box a title after its kind")
    for chart in found.broken_charts:
        at.report(chart.line, chart.value)
    kinds = [box.value for box in found.boxes]
    if not {"case", "example"} & set(kinds):
        at.report(1, "the lesson has no country case and no worked example: add a box of one kind")
    if kinds.count("union") != 1 or found.ends_with != "union":
        at.report(1, "end the lesson with exactly one box of the kind union")
    for link in found.links:
        if message := _link_problem(course, link.value):
            at.report(link.line, message)
    at.report_all(found.images_without_text, "describe the image between its brackets")
    for image in found.images:
        if f"{module.key}/{image.value}" not in course.images:
            at.report(image.line, f"there is no image {image.value} beside this lesson")


class _Lines:
    """Reports problems by their line within a text that starts somewhere in a file."""

    def __init__(self, place: Place, problems: Problems) -> None:
        self._place = place
        self._problems = problems

    def report(self, line: int, message: str) -> None:
        self._problems.add(self._place.path, self._place.line + line - 1, message)

    def report_all(self, places: Iterable[Located], message: str) -> None:
        for place in places:
            self.report(place.line, message)


def _link_problem(course: AuthoredCourse, target: str) -> str | None:
    scheme, _, key = target.partition(":")
    match scheme:
        case "glossary":
            if course.is_whole and not any(term.key == key for term in course.terms):
                return f"the glossary has no term {key}"
        case "lesson":
            if course.is_whole and not any(lesson.key == key for lesson in course.lessons):
                return f"the course has no lesson {key}"
        case "https":
            return None
        case _:
            return f"link to glossary:, lesson: or https://, not to {target!r}"
    return None


def _check_module_texts(course: AuthoredCourse, module: AuthoredModule, problems: Problems) -> None:
    for language, text in module.texts.items():
        place = _place_in(course, language, module.place)
        for objective in text.objectives.values():
            _check_links(course, objective, place, problems)


def _check_quiz_texts(course: AuthoredCourse, module: AuthoredModule, problems: Problems) -> None:
    if module.quiz is None:
        return
    for question in module.quiz.questions:
        for language, text in question.texts.items():
            place = _place_in(course, language, question.place)
            if text.source and not _YEAR.search(text.source):
                _report(problems, place, f"the source line of {question.key} needs a year")
            for markdown in (
                text.prompt,
                text.explanation,
                text.source,
                *_leaves(text.kind_texts),
            ):
                _check_links(course, markdown, place, problems, pictures_of=module)
            if _shape(text.kind_texts) != _shape(question.texts[course.language].kind_texts):
                message = f"{question.key} does not have the same parts as in {course.language}"
                _report(problems, place, message)
    for language, quiz_text in module.quiz.texts.items():
        place = _place_in(course, language, module.quiz.place)
        _check_links(course, quiz_text.intro, place, problems)


def _check_links(
    course: AuthoredCourse,
    markdown: str,
    place: Place,
    problems: Problems,
    *,
    pictures_of: AuthoredModule | None = None,
) -> None:
    """Check a text that is no lesson; it may show the pictures of one module, or none."""
    found = outline(markdown)
    for link in found.links:
        if message := _link_problem(course, link.value):
            _report(problems, place, message)
    for image in found.images:
        if pictures_of is None:
            _report(problems, place, "pictures stand in lessons and questions only")
        elif f"{pictures_of.key}/{image.value}" not in course.images:
            _report(problems, place, f"there is no image {image.value} beside the module's lessons")
    if found.images_without_text:
        _report(problems, place, "describe the image between its brackets")
    if found.html:
        _report(problems, place, "HTML is shown as text: use Markdown")


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
