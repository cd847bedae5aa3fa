"""How often pages ask the database: a phone on a bad connection waits for each of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.api_journey import any_answer
from tests.authoring import PRACTICE
from tests.queries import QueryRecorder
from tests.studying import COURSE, SMALL_COURSE

HERE = f"/courses/{COURSE}"


@pytest.fixture
def reading(study, alice) -> Any:
    """Alice, enrolled, and the content of the whole course read once by somebody before her."""
    study.enroll(alice)
    course = study.course()
    module = course.modules[0]
    api = alice.api()
    enrollment = api.get("/enrollments").json["items"][0]["id"]
    for lesson in module.lessons:
        api.get(f"/enrollments/{enrollment}/lessons/{lesson.key}")
    browser = alice.browser()
    browser.get(f"{HERE}/quizzes/{module.quiz.key}")
    browser.get("/my-courses")
    return browser


def queries_of(browser: Any, path: str) -> QueryRecorder:
    """Return what a page asks of the database when it is opened for the first time."""
    with QueryRecorder() as queries:
        page = browser.get(path)
    assert page.status_code == 200, path
    return queries


def test_a_lesson_page_asks_four_times_at_most_the_first_opening_included(study, reading):
    for lesson in study.course().modules[0].lessons:
        path = f"{HERE}/lessons/{lesson.key}"
        first = queries_of(reading, path)
        assert len(first) <= 4, first
        assert any("UPDATE" in statement for statement in first.statements)
        again = queries_of(reading, path)
        assert len(again) <= 3, again


def test_a_quiz_page_asks_four_times_at_most(study, reading):
    key = study.course().modules[0].quiz.key
    reading.get(f"{HERE}/lessons/{study.course().modules[0].lessons[0].key}")
    first = queries_of(reading, f"{HERE}/quizzes/{key}")
    assert len(first) <= 4, first
    assert any("UPDATE" in statement for statement in first.statements)


def test_every_question_page_asks_four_times_at_most(study, reading):
    quiz = study.course().modules[0].quiz
    started = reading.submit(f"{HERE}/quizzes/{quiz.key}/attempts")
    for position in range(1, quiz.question_count + 1):
        queries = queries_of(reading, f"{started.location}/questions/{position}")
        assert len(queries) <= 4, queries
    queries = queries_of(reading, f"{started.location}/overview")
    assert len(queries) <= 4, queries


def test_the_review_asks_six_times_at_most(study, reading):
    started = reading.submit(f"{HERE}/quizzes/{study.course().modules[0].quiz.key}/attempts")
    reading.submit(f"{started.location}/submission")
    queries = queries_of(reading, f"{started.location}/review")
    assert len(queries) <= 6, queries


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (HERE, 4),
        (f"{HERE}/modules/closing-gender-gaps", 4),
        (f"{HERE}/certificate", 5),
        ("/account", 1),
        ("/privacy", 1),
        (f"{HERE}/glossary", 1),
    ],
)
def test_the_other_pages_ask_little(reading, path, most):
    reading.get(path)
    queries = queries_of(reading, path)
    assert len(queries) <= most, queries


def test_strangers_pages_ask_next_to_nothing(site, reading):
    stranger = site.browser()
    for path in ("/", HERE, f"{HERE}/modules/closing-gender-gaps", "/sign-in", "/verify"):
        stranger.get(path)
        queries = queries_of(stranger, path)
        assert len(queries) <= 1, queries


def test_my_courses_asks_by_the_course_not_by_the_activity(study, alice, authored, reading):
    one = queries_of(reading, "/my-courses")
    assert len(one) <= 5, one
    study.publish(authored)
    study.enroll(alice, SMALL_COURSE)
    reading.get("/my-courses")
    two = queries_of(reading, "/my-courses")
    # Two for each course: what was read, and what was tried.
    assert len(two) <= len(one) + 2, two


def test_how_much_was_done_does_not_matter(study, alice, reading):
    before = {path: len(queries_of(reading, path)) for path in ("/my-courses", HERE)}
    study.finish(alice)
    after = {path: len(queries_of(reading, path)) for path in ("/my-courses", HERE)}
    assert after == before


def test_saving_an_answer_asks_four_times_at_most_whatever_the_kind(study, alice, reading):
    api = alice.api()
    enrollment = study.again(alice).id
    key = study.course().modules[0].quiz.key
    attempt = api.post(f"/enrollments/{enrollment}/quizzes/{key}/attempts").json
    for question in attempt["questions"]:
        path = f"/attempts/{attempt['id']}/responses/{question['key']}"
        # The answer, and then the same again.
        for _ in range(2):
            with QueryRecorder() as queries:
                saved = api.put(path, {"answer": any_answer(question)})
            assert saved.status_code == 200
            # Who is asking; the attempt with its questions; her enrollment; the answer.
            assert len(queries) <= 4, queries


def test_a_lesson_asks_no_more_often_when_its_questions_are_answered(study, alice, authored):
    study.publish(authored)
    enrollment = study.enroll(alice, SMALL_COURSE)
    browser, api = alice.browser(), alice.api()
    page = f"/courses/{SMALL_COURSE}/lessons/go-on"
    lesson = f"/enrollments/{enrollment.id}/lessons/go-on"
    questions = api.get(lesson).json["questions"]
    assert len(questions) == len(PRACTICE)
    first = queries_of(browser, page)
    assert len(first) <= 4, first
    assert any("UPDATE" in statement for statement in first.statements)
    before = queries_of(browser, page)
    for question in questions:
        path = f"{lesson}/questions/{question['key']}/response"
        with QueryRecorder() as queries:
            assert api.put(path, {"answer": any_answer(question)}).status_code == 200
        assert len(queries) <= 4, queries
    after = queries_of(browser, page)
    assert len(after) == len(before) <= 3, after


def test_a_question_for_practice_is_answered_on_the_page_by_a_few_queries(study, alice, authored):
    study.publish(authored)
    study.enroll(alice, SMALL_COURSE)
    browser = alice.browser()
    lesson = f"/courses/{SMALL_COURSE}/lessons/go-on"
    browser.get(lesson)
    place = PRACTICE.index("how-many") + 1
    with QueryRecorder() as queries:
        sent = browser.submit(f"{lesson}/questions/how-many", **{f"q{place}": "271828"})
    assert sent.location == f"{lesson}#practice-how-many"
    # The page has to know what stands there before it saves.
    assert len(queries) <= 6, queries


def test_the_final_quiz_asks_no_more_often_than_another(study, reading):
    quiz = study.course().final_quiz
    assert quiz is not None
    path = f"{HERE}/quizzes/{quiz.key}"
    reading.get(path)
    overview = queries_of(reading, path)
    assert len(overview) <= 4, overview
    started = reading.submit(f"{path}/attempts")
    for position in (1, quiz.question_count):
        reading.get(f"{started.location}/questions/{position}")
        queries = queries_of(reading, f"{started.location}/questions/{position}")
        assert len(queries) <= 4, queries
