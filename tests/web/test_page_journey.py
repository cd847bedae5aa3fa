"""The whole way through the pages, as somebody without JavaScript goes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.cast import PASSWORD, Person
from tests.sites import Site
from tests.studying import COURSE, SMALL_COURSE, Study
from tests.web.conftest import Clock
from tests.web.quiz_pages import (
    Memory,
    answer_from,
    any_answer,
    fields_of,
    remember,
    standing,
    with_class,
    words_of,
)
from tests.web.visitor import Visitor

HERE = f"/courses/{COURSE}"


def signed_in(person: Person) -> Visitor:
    visitor = Visitor(person.browser())
    visitor.open("/my-courses")
    return visitor


def take_quiz(visitor: Visitor, memory: Memory) -> int:
    """Answer what is remembered, leave out the rest, and submit; return the result to be expected, in per cent."""
    number = known = 0
    while "Question" in visitor.heading:
        page_says = re.fullmatch(r"Question (\d+) of (\d+)", visitor.heading)
        assert page_says
        number += 1
        assert int(page_says[1]) == number
        assert fields_of(visitor.page)
        right = memory.get(words_of(visitor.page))
        known += right is not None
        typed = {} if right is None else answer_from(visitor.page, right)
        last = page_says[1] == page_says[2]
        visitor.press("Save and look it over" if last else "Save and go on", **typed)
        assert visitor.status == 200
    assert visitor.heading == "Look it over"
    assert number >= 10
    visitor.press("Submit")
    return 100 * known // number


def pass_quiz(visitor: Visitor, time: Clock) -> None:
    """Take a quiz again and again, each time with what the reviews have told, until it is passed."""
    here = visitor.path
    memory: Memory = {}
    visitor.press("Start the quiz")
    expected = take_quiz(visitor, memory)
    assert (expected, visitor.heading) == (0, "Not passed yet")
    while visitor.heading == "Not passed yet":
        learnt = remember(visitor.page)
        assert len(learnt) >= 10
        # What was right before is right again.
        assert all(memory[words] == right for words, right in learnt.items() if words in memory)
        memory |= learnt
        visitor.follow("Try again")
        if "This quiz asks for a pause between attempts." in visitor.text:
            assert not visitor.can_press("Try again")
            time.forward(minutes=10)
            visitor.open(here)
        visitor.press("Try again")
        expected = take_quiz(visitor, memory)
        (score,) = with_class(visitor.page, "score")
        assert score.text == f"{expected}%"
    assert visitor.heading == "Passed"
    assert expected >= 70


def test_a_newcomer_takes_the_whole_course_and_a_stranger_verifies_the_certificate(
    site, stranger, time
):
    learner = stranger
    learner.follow("Look at the course")
    learner.follow("Sign up and start")
    learner.press("Sign up", name="Nadia Benali", email="nadia@union.example", password=PASSWORD)
    assert "Your account is ready" in learner.text
    learner.press("Sign in", email="NADIA@union.example ", password=PASSWORD)
    # Where she came from, not some start page.
    assert learner.path == HERE
    learner.press("Start the course")
    lessons = quizzes = 0
    while "certificate" not in learner.path:
        if "/lessons/" in learner.path:
            lessons += 1
            learner.press("Mark as done")
        else:
            assert "/quizzes/" in learner.path
            quizzes += 1
            pass_quiz(learner, time)
            learner.follow("See your certificate" if quizzes == 6 else "Go on:")
    assert (lessons, quizzes) == (30, 6)
    assert learner.heading == "Your certificate"
    assert "Nadia Benali" in learner.text
    (code,) = {e.text for e in learner.page.all("code")}
    learner.follow("Download the PDF")
    assert learner.response.mimetype == "application/pdf"
    assert learner.response.data.startswith(b"%PDF-")
    assert code in learner.response.headers["Content-Disposition"]

    checker = Visitor(site.browser())
    checker.open("/")
    checker.follow("Verify a certificate")
    checker.press("Verify", code=code.lower().replace("-", "  "))
    assert checker.heading == "This certificate is valid"
    assert "Nadia Benali" in checker.text
    assert "nadia@union.example" not in checker.response.text


def test_continue_leads_to_where_she_stopped(study, alice):
    study.enroll(alice)
    visitor = signed_in(alice)
    lessons = study.course().modules[1].lessons
    visitor.open(f"{HERE}/lessons/{lessons[2].key}")
    visitor.open("/my-courses")
    assert f"Next: {lessons[2].title}" in visitor.text
    visitor.follow("Continue")
    assert visitor.path == f"{HERE}/lessons/{lessons[2].key}"
    visitor.press("Mark as done")
    assert visitor.path == f"{HERE}/lessons/{lessons[3].key}"
    visitor.open(HERE)
    visitor.follow("Continue")
    assert visitor.path == f"{HERE}/lessons/{lessons[3].key}"


def test_every_page_with_progress_says_the_same_and_what_is_missing_and_why(study, alice):
    enrollment = study.enroll(alice)
    course = study.course()
    for lesson in course.modules[0].lessons:
        study.read(alice, enrollment, lesson.key)
    study.take_quiz(alice, enrollment, course.modules[0].quiz.key, right=False)
    percent = alice.api().get(f"/enrollments/{enrollment.id}").json["percent"]
    assert 0 < percent < 100
    visitor = signed_in(alice)
    for path in ("/my-courses", HERE, f"{HERE}/certificate"):
        visitor.open(path)
        (ring,) = [e for e in visitor.page.all("svg") if e.get("class") == "ring"]
        assert ring["aria-label"] == f"{percent}% done"
        assert f"{len(course.activities) - len(course.modules[0].lessons)} things" in visitor.text
        assert f"{course.modules[0].quiz.pass_mark}% passes: try again." in visitor.text
        assert visitor.text.count("Read the lesson and mark it as done.") == 24
        assert visitor.text.count("Take the quiz. 70% passes.") == 5
    visitor.open(f"{HERE}/lessons/{course.modules[1].lessons[0].key}")
    assert f"You have done {percent}% of the course." in visitor.text


def test_a_closed_tab_loses_nothing(study, alice):
    study.enroll(alice)
    quiz = study.course().modules[0].quiz
    visitor = signed_in(alice)
    visitor.open(f"{HERE}/quizzes/{quiz.key}")
    visitor.press("Start the quiz")
    typed = any_answer(visitor.page)
    visitor.press("Save and go on", **typed)
    assert visitor.heading.startswith("Question 2 ")

    # Another browser, another day.
    later = signed_in(alice)
    later.open(f"{HERE}/quizzes/{quiz.key}")
    later.follow("Go on with your attempt")
    assert later.heading.startswith("Question 2 ")
    later.press("Back")
    assert later.heading.startswith("Question 1 ")
    assert standing(later.page) == typed
    later.press("All questions")
    assert f"{quiz.question_count - 1} questions have no answer yet." in later.text


@pytest.mark.parametrize(
    "kind",
    [
        "single_choice",
        "true_false",
        "matching",
        "categorise",
        "ordering",
        "numeric",
        "short_text",
        "gaps",
        "free_text",
    ],
)
def test_going_on_without_a_choice_keeps_the_answer_that_is_stored(study, alice, authored, kind):
    authored.ask_everything()
    study.publish(authored)
    question = question_of(alice, kind, study)
    visitor = signed_in(alice)
    visitor.open(question)
    typed = any_answer(visitor.page)
    visitor.press("Save and", **typed)
    # A form without the question's fields says nothing about them.
    visitor.browser.submit(question, go="next")
    visitor.open(question)
    assert standing(visitor.page) == typed


def question_of(person: Person, kind: str, study: Study) -> str:
    """Start the small course's quiz, and return the address of its question of a kind."""
    enrollment = study.enroll(person, SMALL_COURSE)
    started = person.api().post(f"/enrollments/{enrollment.id}/quizzes/first/attempts").json
    (position,) = [q["position"] for q in started["questions"] if q["kind"] == kind]
    return f"/attempts/{started['id']}/questions/{position}"


def test_several_choices_may_be_taken_back_by_unticking_them(study, alice, authored):
    study.publish(authored)
    question = question_of(alice, "multiple_choice", study)
    visitor = signed_in(alice)
    visitor.open(question)
    visitor.press("Save and go on", **any_answer(visitor.page))
    visitor.open(question)
    assert standing(visitor.page) == any_answer(visitor.page)
    visitor.browser.submit(question, go="next")
    visitor.open(question)
    assert standing(visitor.page) == {}


@pytest.mark.parametrize(
    ("kind", "emptied"),
    [
        ("numeric", {"q{n}": ""}),
        ("short_text", {"q{n}": ""}),
        ("free_text", {"q{n}": ""}),
        ("categorise", {"q{n}.eleven": "", "q{n}.twelve": "", "q{n}.thirteen": ""}),
        ("gaps", {"q{n}.gross": "", "q{n}.score": "", "q{n}.origin": ""}),
    ],
)
def test_what_is_typed_may_be_taken_back_by_emptying_it(study, alice, authored, kind, emptied):
    authored.ask_everything()
    study.publish(authored)
    question = question_of(alice, kind, study)
    number = question.rpartition("/")[2]
    visitor = signed_in(alice)
    visitor.open(question)
    visitor.press("Save and", **any_answer(visitor.page))
    visitor.open(question)
    visitor.press("Save and", **{name.format(n=number): value for name, value in emptied.items()})
    visitor.open(question)
    assert standing(visitor.page) == {}
    visitor.press("All questions")
    assert "10 questions have no answer yet." in visitor.text


def test_a_submitted_attempt_shows_its_review_wherever_it_is_opened(study, alice):
    enrollment = study.enroll(alice)
    quiz = study.course().modules[0].quiz
    attempt = study.take_quiz(alice, enrollment, quiz.key)
    visitor = signed_in(alice)
    for part in ("", "/questions/1", "/overview", "/review"):
        visitor.open(f"/attempts/{attempt.id}{part}")
        assert visitor.path == f"/attempts/{attempt.id}/review"
    assert visitor.heading == "Passed"


def test_an_open_attempt_has_no_review_yet(site, study, alice):
    study.enroll(alice)
    visitor = signed_in(alice)
    visitor.open(f"{HERE}/quizzes/{study.course().modules[0].quiz.key}")
    visitor.press("Start the quiz")
    attempt = UUID(str(site.scalar("SELECT id FROM attempt")))
    visitor.open(f"/attempts/{attempt}/review")
    assert visitor.heading == "Look it over"


def test_an_answer_sent_after_submission_leads_to_the_review_and_changes_nothing(
    site, study, alice
):
    enrollment = study.enroll(alice)
    attempt = study.take_quiz(alice, enrollment, study.course().modules[0].quiz.key, right=False)
    before = site.execute("SELECT * FROM response ORDER BY id")
    visitor = signed_in(alice)
    first = alice.api().get(f"/attempts/{attempt.id}").json["questions"][0]
    names = ["q1", *(f"q1.{item['key']}" for item in first["items"])]
    sent = visitor.browser.submit(
        f"/attempts/{attempt.id}/questions/1", **dict.fromkeys(names, "true"), go="next"
    )
    assert (sent.status_code, sent.location) == (302, f"/attempts/{attempt.id}/review")
    visitor.open(sent.location)
    assert "cannot be changed any more" in visitor.text
    assert site.execute("SELECT * FROM response ORDER BY id") == before


def test_a_quiz_lists_every_attempt_and_the_best_one_counts(study, alice):
    enrollment = study.enroll(alice)
    quiz = study.course().modules[0].quiz
    study.take_quiz(alice, enrollment, quiz.key, right=True)
    study.take_quiz(alice, enrollment, quiz.key, right=False)
    visitor = signed_in(alice)
    visitor.open(f"{HERE}/quizzes/{quiz.key}")
    (attempts,) = [e for e in visitor.page.all("ul") if e.get("class") == "attempts"]
    listed = [item.text for item in attempts.all("li")]
    assert [("not passed" in text, "passed" in text) for text in listed] == [
        (False, True),
        (True, True),
    ]
    assert quiz.key in alice.api().get(f"/enrollments/{enrollment.id}").json["done"]


def test_attempts_that_are_limited_run_out(study, alice, authored):
    authored.change("quizzes/small/first.yaml", "attempts: unlimited", "attempts: 1")
    study.publish(authored)
    enrollment = study.enroll(alice, SMALL_COURSE)
    study.take_quiz(alice, enrollment, "first", right=False)
    visitor = signed_in(alice)
    visitor.open("/courses/small/quizzes/first")
    assert "You have used all attempts at this quiz." in visitor.text
    assert not visitor.can_press("Try again")
    pushed = visitor.browser.submit("/courses/small/quizzes/first/attempts")
    visitor.open(pushed.location)
    assert visitor.path == "/courses/small/quizzes/first"
    refused = alice.api().post(f"/enrollments/{enrollment.id}/quizzes/first/attempts")
    assert (refused.status_code, refused.json["code"]) == (409, "attempts_exhausted")


@pytest.mark.parametrize("part", ["/lessons/{lesson}", "/quizzes/{quiz}"])
def test_lessons_and_quizzes_ask_to_start_the_course_first(study, alice, part):
    module = study.course().modules[0]
    visitor = signed_in(alice)
    visitor.open(HERE + part.format(lesson=module.lessons[0].key, quiz=module.quiz.key))
    assert visitor.path == HERE
    assert "Start the course first" in visitor.text


def test_enrolling_twice_by_the_button_keeps_the_first_enrollment(site, study, alice):
    enrollment = study.enroll(alice)
    sent = signed_in(alice).browser.submit(f"{HERE}/enrollment")
    assert sent.status_code == 302
    assert [UUID(str(row[0])) for row in site.execute("SELECT id FROM enrollment")] == [
        enrollment.id
    ]


def test_the_certificate_page_shows_what_is_left_and_no_pdf_before_the_end(study, alice):
    study.enroll(alice)
    visitor = signed_in(alice)
    visitor.open(f"{HERE}/certificate")
    assert "It is issued as soon as nothing is left to do." in visitor.text
    assert "36 things are left to do" in visitor.text
    visitor.open(f"{HERE}/certificate.pdf")
    assert visitor.status == 404


def test_a_certificate_is_the_same_pdf_each_time_and_names_what_it_certifies(
    study, alice, authored
):
    study.publish(authored)
    study.finish(alice, SMALL_COURSE, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    browser = alice.browser()
    first = browser.get("/courses/small/certificate.pdf")
    assert first.status_code == 200
    assert browser.get("/courses/small/certificate.pdf").data == first.data
    assert "Certificate: A small course" in first.data.decode("latin-1")
    assert [side[:3] for side in re.findall(rb"MediaBox\[0 0 (\S+) (\S+)\]", first.data)[0]] == [
        b"841",
        b"595",
    ]


def test_a_completed_course_says_so_and_leads_to_the_certificate(study, alice, authored):
    study.publish(authored)
    study.finish(alice, SMALL_COURSE)
    visitor = signed_in(alice)
    assert "You have completed this course." in visitor.text
    visitor.follow("See your certificate")
    assert visitor.heading == "Your certificate"
    visitor.open("/courses/small/continue")
    assert visitor.path == "/courses/small/certificate"


def test_verifying_a_code_with_a_slip_keeps_it_typed_and_says_so_beside_the_field(stranger):
    stranger.open("/verify")
    stranger.press("Verify", code="ABC DEF")
    assert stranger.status == 404
    field = stranger.field("code")
    assert field["value"] == "ABC DEF"
    assert field["aria-invalid"] == "true"
    assert "Compare it with the paper" in stranger.page.by_id(field["aria-describedby"]).text


def test_signing_out_ends_the_session_on_this_browser_only(alice):
    here, elsewhere = signed_in(alice), signed_in(alice)
    here.press("Sign out")
    assert "You are signed out." in here.text
    here.open("/my-courses")
    assert here.path == "/sign-in"
    elsewhere.open("/my-courses")
    assert elsewhere.heading == "My courses"


def test_the_next_person_on_the_same_browser_sees_nothing_of_the_one_before(
    site: Site, study, alice, bola
):
    study.enroll(alice)
    bola.with_password()
    visitor = signed_in(alice)
    visitor.press("Sign out")
    visitor.open("/sign-in")
    visitor.press("Sign in", email=bola.email, password=PASSWORD)
    visitor.open("/my-courses")
    assert "You have not started a course yet." in visitor.text


def test_a_learner_moves_to_a_newer_version_when_she_wants_to(study, alice, authored):
    study.publish(authored)
    enrollment = study.enroll(alice, SMALL_COURSE)
    study.read(alice, enrollment, "start")
    authored.change("modules/small/first/02-go-on.en.md", "three, and", "three, four, and")
    study.publish(authored)
    visitor = signed_in(alice)
    visitor.open("/courses/small/lessons/go-on")
    assert "three, four" not in visitor.text
    visitor.open("/courses/small")
    visitor.press("Move to the newer version")
    assert not visitor.can_press("Move to the newer version")
    visitor.open("/courses/small/lessons/go-on")
    assert "three, four" in visitor.text
    assert alice.api().get(f"/enrollments/{enrollment.id}").json["done"] == ["start"]
