"""The course that this installation comes with."""

import pytest

from config import PROJECT_ROOT
from courseapp.assessment.kinds import KINDS
from courseapp.catalog.content import load_content

COURSES, PROBLEMS = load_content(PROJECT_ROOT, KINDS)
MODULES = [module for course in COURSES for module in course.modules]


def test_the_real_content_has_no_problem():
    assert [str(problem) for problem in PROBLEMS] == []


def test_there_is_one_course_of_five_modules():
    assert [course.key for course in COURSES] == ["social-protection"]
    assert len(MODULES) == 5
    assert len({module.pictogram for module in MODULES}) == 5
    assert len({module.accent for module in MODULES}) == 5


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.key)
class TestEachModule:
    def test_has_five_or_six_lessons_that_can_be_read_in_a_quarter_of_an_hour(self, module):
        assert 5 <= len(module.lessons) <= 6
        assert all(lesson.minutes <= 15 for lesson in module.lessons)

    def test_asks_at_least_ten_questions_of_several_kinds(self, module):
        assert len(module.quiz.questions) >= 10
        assert {question.kind for question in module.quiz.questions} == set(KINDS)

    def test_asks_for_a_pass_that_guessing_does_not_reach(self, module):
        assert module.quiz.pass_mark >= 60

    def test_gives_every_lesson_a_source(self, module):
        assert all(text.sources for lesson in module.lessons for text in lesson.texts.values())
