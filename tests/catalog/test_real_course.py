"""The course that this installation comes with."""

import pytest

from config import PROJECT_ROOT
from courseapp.assessment.kinds import KINDS
from courseapp.catalog.content import load_content

COURSES, PROBLEMS = load_content(PROJECT_ROOT, KINDS)
MODULES = [module for course in COURSES for module in course.modules]
# Whoever learns alone has no trainer: nothing waits for one.
KINDS_WITHOUT_A_TRAINER = set(KINDS) - {"free_text"}


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
        assert module.quiz.rules.question_count(len(module.quiz.pool)) >= 10
        assert {q.kind for q in module.quiz.questions} == KINDS_WITHOUT_A_TRAINER

    def test_has_more_questions_than_one_attempt_asks(self, module):
        pool = len(module.quiz.pool)
        assert pool >= 1.5 * module.quiz.rules.question_count(pool)

    def test_asks_for_a_pass_that_guessing_does_not_reach(self, module):
        assert module.quiz.rules.pass_mark >= 60

    def test_practises_in_several_lessons_what_the_quiz_does_not_ask(self, module):
        practised = {q.key for q in module.quiz.questions if q.practice}
        shown = [
            {located.value for located in text.outline.questions}
            for lesson in module.lessons
            for text in lesson.texts.values()
        ]
        assert set().union(*shown) == practised
        assert sum(map(bool, shown)) >= 3

    def test_gives_every_lesson_a_source(self, module):
        assert all(text.sources for lesson in module.lessons for text in lesson.texts.values())


class TestTheFinalQuiz:
    quiz = COURSES[0].final_quiz

    def test_asks_about_every_module_alike(self):
        assert self.quiz is not None
        draw = self.quiz.rules.draw
        assert isinstance(draw, dict)
        assert set(draw) == {module.key for module in MODULES}
        assert len(set(draw.values())) == 1
        for key, count in draw.items():
            about = [q for q in self.quiz.pool if q.objective.startswith(f"{key}/")]
            assert len(about) >= 1.5 * count

    def test_asks_in_several_kinds_and_waits_for_no_trainer(self):
        assert len({q.kind for q in self.quiz.pool}) >= 6
        assert {q.kind for q in self.quiz.pool} <= KINDS_WITHOUT_A_TRAINER

    def test_asks_for_a_pass_that_guessing_does_not_reach(self):
        assert self.quiz.rules.pass_mark >= 60

    def test_asks_for_a_pause_in_which_to_read_again(self):
        assert self.quiz.rules.pause_minutes >= 10
        assert self.quiz.rules.attempts_allowed is None
