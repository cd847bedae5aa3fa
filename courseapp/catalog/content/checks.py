"""Checks that need the whole course: what refers to what, and the rules of good lessons."""

from __future__ import annotations

from collections import Counter

from courseapp.catalog.content.authored import AuthoredCourse, AuthoredModule, LessonText
from courseapp.catalog.content.quiz_checks import check_final_quiz, check_module_quiz
from courseapp.catalog.content.reporting import Lines, check_links, link_problem, place_in, report
from courseapp.core.authored import Problems


def check_course(course: AuthoredCourse, problems: Problems) -> None:
    """Report everything that is wrong with the course as a whole."""
    _check_keys(course, problems)
    for module in course.modules:
        _check_module(module, problems)
        for lesson in module.lessons:
            for text in lesson.texts.values():
                _check_lesson_text(course, module, text, problems)
        _check_module_texts(course, module, problems)
        if module.quiz is not None:
            check_module_quiz(course, module, module.quiz, problems)
    if course.final_quiz is not None:
        check_final_quiz(course, course.final_quiz, problems)
    for term in course.terms:
        for language, term_text in term.texts.items():
            place = place_in(course, language, term.place)
            check_links(course, term_text.definition, place, problems)
    for language, course_text in course.texts.items():
        place = place_in(course, language, course.place)
        check_links(course, course_text.about, place, problems)


def _check_keys(course: AuthoredCourse, problems: Problems) -> None:
    lessons = Counter(lesson.key for lesson in course.lessons)
    for lesson in course.lessons:
        if lessons[lesson.key] > 1:
            report(problems, lesson.place, f"another lesson of the course has the key {lesson.key}")
        if any(lesson.key == module.key for module in course.modules):
            report(
                problems, lesson.place, f"{lesson.key} is a module's key already: choose another"
            )


def _check_module(module: AuthoredModule, problems: Problems) -> None:
    if not module.lessons:
        report(problems, module.place, "this module has no lesson")
    known = set(module.objectives)
    taught = {objective for lesson in module.lessons for objective in lesson.objectives}
    for lesson in module.lessons:
        for unknown in sorted(set(lesson.objectives) - known):
            report(problems, lesson.place, f"module.yaml has no objective {unknown}")
    for objective in sorted(known - taught):
        report(problems, module.place, f"no lesson teaches the objective {objective}")


def _check_lesson_text(
    course: AuthoredCourse, module: AuthoredModule, text: LessonText, problems: Problems
) -> None:
    found = text.outline
    at = Lines(text.place, problems)
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
        if message := link_problem(course, link.value):
            at.report(link.line, message)
    at.report_all(found.images_without_text, "describe the image between its brackets")
    for image in found.images:
        if f"{module.key}/{image.value}" not in course.images:
            at.report(image.line, f"there is no image {image.value} beside this lesson")


def _check_module_texts(course: AuthoredCourse, module: AuthoredModule, problems: Problems) -> None:
    for language, text in module.texts.items():
        place = place_in(course, language, module.place)
        for objective in text.objectives.values():
            check_links(course, objective, place, problems)
