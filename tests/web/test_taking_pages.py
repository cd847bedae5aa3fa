"""Taking a quiz in a browser without JavaScript, by whatever rules its author has set."""

from __future__ import annotations

import pytest

from tests.authoring import AuthoredContent
from tests.cast import PASSWORD, Person
from tests.quizzing import (
    ALL_POINTS,
    FREE,
    RIGHT,
    ask,
    mark_as_right,
    set_rules,
    taker,
)
from tests.sites import Site
from tests.studying import SMALL_COURSE, Study
from tests.web.html import Element
from tests.web.visitor import Visitor

QUIZ = "/courses/small/quizzes/first"


@pytest.fixture
def quiz_with(study: Study, authored: AuthoredContent, alice: Person):
    """Let Alice stand before the quiz of the small course, with these rules."""

    def stand(*asked: str, **rules: object) -> Visitor:
        ask(authored, *asked)
        set_rules(authored, **rules)
        study.publish(authored)
        study.enroll(alice, SMALL_COURSE)
        visitor = Visitor(alice.browser())
        visitor.open(QUIZ)
        return visitor

    return stand


def fieldset(visitor: Visitor, position: int) -> Element:
    (found,) = [
        f
        for f in visitor.page.all("fieldset")
        if f["data-name"].partition(".")[0] == f"q{position}"
    ]
    return found


def checked(visitor: Visitor) -> set[str]:
    """Return the values of the options that are chosen on the page."""
    return {e["value"] for e in visitor.page.all("input") if "checked" in e.attributes}


def errors(visitor: Visitor) -> list[Element]:
    return [e for e in visitor.page if e.get("class") == "error"]


# What the quiz's page says before anybody starts.


def test_a_quiz_without_limits_says_so(quiz_with):
    visitor = quiz_with()

    assert "As many attempts as you like; the best one counts" in visitor.text
    assert "you can stop and go on later" in visitor.text
    assert "for an attempt" not in visitor.text
    assert "between two attempts" not in visitor.text


def test_a_quiz_tells_its_limits(quiz_with):
    visitor = quiz_with(
        attempts=2,
        counts="last",
        pause_minutes=15,
        time_limit_minutes=10,
        draw="{tell: 1, count: 1}",
    )

    assert "2 attempts left; the last one counts, and a pass stays a pass" in visitor.text
    assert "15 minutes between two attempts" in visitor.text
    assert "10 minutes for an attempt. When it is over, what is saved is submitted" in visitor.text
    assert "2 questions, drawn from 3" in visitor.text
    assert "you can stop and go on later" not in visitor.text


def test_what_was_granted_is_in_the_numbers(quiz_with, study, alice, dana):
    visitor = quiz_with(attempts=1, time_limit_minutes=10)
    study.grant(dana, study.again(alice, SMALL_COURSE), "first", minutes=5, attempts=2)
    visitor.open(QUIZ)

    assert "3 attempts left" in visitor.text
    assert "15 minutes for an attempt" in visitor.text


def test_used_up_attempts_leave_no_button_until_one_is_granted(quiz_with, study, alice, dana):
    visitor = quiz_with(attempts=1)
    enrollment = study.again(alice, SMALL_COURSE)
    study.take_quiz(alice, enrollment, "first", right=False)
    visitor.open(QUIZ)
    assert "You have used all attempts at this quiz." in visitor.text
    assert not visitor.can_press("Try again")

    study.grant(dana, enrollment, "first", attempts=1)
    visitor.open(QUIZ)
    assert "1 attempt left" in visitor.text
    visitor.press("Try again")
    assert visitor.heading == "Question 1 of 3"


# Time.


def test_an_attempt_shows_until_when_it_is_open(quiz_with, time):
    visitor = quiz_with(time_limit_minutes=10)
    visitor.press("Start the quiz")
    for page in ("", "/overview"):
        visitor.open(visitor.path.partition("/questions")[0] + page)
        (clock,) = [p for p in visitor.page.all("p") if p.get("class") == "clock"]
        assert clock["data-seconds"] == "600"
        assert "Time until" in clock.text


def test_an_answer_that_comes_too_late_leads_to_the_result_with_what_was_saved(quiz_with, time):
    visitor = quiz_with(time_limit_minutes=10)
    visitor.press("Start the quiz")
    visitor.press("Save and go on", q1="least")
    time.forward(minutes=11)
    visitor.press("Save and go on", q2=["one", "two"])

    assert visitor.heading == "Not passed yet"
    assert "33%" in visitor.text
    assert "The time was over: what was saved until then was submitted." in visitor.text
    visitor.open(QUIZ)
    assert "time was over" in visitor.text


def test_an_answer_within_the_grace_goes_on_as_usual(quiz_with, time):
    visitor = quiz_with(time_limit_minutes=10)
    visitor.press("Start the quiz")
    time.forward(minutes=10, seconds=30)
    visitor.press("Save and go on", q1="least")

    assert visitor.heading == "Question 2 of 3"


def test_a_pause_is_told_and_ends_by_itself(quiz_with, time):
    visitor = quiz_with(pause_minutes=15)
    visitor.press("Start the quiz")
    visitor.press("All questions")
    visitor.press("Submit")
    visitor.follow("Try again")
    assert "This quiz asks for a pause between attempts." in visitor.text
    assert not visitor.can_press("Try again")
    pushed = visitor.browser.submit(f"{QUIZ}/attempts")
    assert pushed.location == QUIZ
    visitor.open(QUIZ)
    assert "You can start again a little later." in visitor.text

    time.forward(minutes=15)
    visitor.open(QUIZ)
    assert "pause" not in visitor.text
    visitor.press("Try again")
    assert visitor.heading == "Question 1 of 3"


def test_no_pause_is_told_where_no_attempt_is_left(quiz_with, time):
    visitor = quiz_with(pause_minutes=15, attempts=1)
    visitor.press("Start the quiz")
    visitor.press("All questions")
    visitor.press("Submit")
    visitor.open(QUIZ)

    assert "You have used all attempts at this quiz." in visitor.text
    assert "You can start again from" not in visitor.text


# Feedback at once.


def test_a_checked_answer_is_shown_with_why_and_has_no_fields_any_more(quiz_with):
    visitor = quiz_with(feedback="at_once")
    visitor.press("Start the quiz")
    visitor.press("Check my answer", q1="most")

    assert visitor.heading == "Question 1 of 3"
    assert "It is what nobody may fall below." in visitor.text
    assert "That is a ceiling." in visitor.text
    assert "not right" in visitor.text
    assert not visitor.page.all("fieldset")
    assert not visitor.can_press("Check my answer")
    visitor.press("Go on")
    assert visitor.heading == "Question 2 of 3"
    assert visitor.can_press("Check my answer")


def test_an_answer_can_be_saved_without_being_checked(quiz_with):
    visitor = quiz_with(feedback="at_once")
    visitor.press("Start the quiz")
    visitor.press("Save and go on", q1="most")
    visitor.press("Back")

    assert checked(visitor) == {"most"}
    assert "nobody may fall below" not in visitor.text


def test_checking_without_an_answer_asks_for_one(quiz_with):
    visitor = quiz_with(feedback="at_once")
    visitor.press("Start the quiz")
    visitor.press("Check my answer")

    assert visitor.heading == "Question 1 of 3"
    assert "There is nothing to check here: answer the question first." in visitor.text
    assert visitor.page.all("fieldset")


def test_what_is_sent_for_a_checked_answer_changes_nothing(site, quiz_with):
    visitor = quiz_with(feedback="at_once")
    visitor.press("Start the quiz")
    visitor.press("Check my answer", q1="most")
    before = site.execute("SELECT * FROM response")
    sent = visitor.browser.submit(visitor.path, q1="least", go="next")

    assert sent.status_code == 302
    assert site.execute("SELECT * FROM response") == before


@pytest.mark.parametrize("feedback", ["after_submission", "after_passing", "never"])
def test_other_quizzes_have_no_button_to_check_and_refuse_to(quiz_with, feedback):
    visitor = quiz_with(feedback=feedback)
    visitor.press("Start the quiz")
    assert not visitor.can_press("Check my answer")
    question = visitor.path
    sent = visitor.browser.submit(question, q1="most", go="check")
    assert (sent.status_code, sent.location) == (302, question)
    visitor.open(question)

    assert "There is nothing to check here" in visitor.text
    assert "nobody may fall below" not in visitor.text


# All questions on a page.


@pytest.fixture
def all_on_a_page(quiz_with):
    visitor = quiz_with("how-many", "the-word", FREE, layout="all_on_a_page", feedback="at_once")
    visitor.press("Start the quiz")
    return visitor


def test_all_questions_stand_on_one_page_in_one_form(all_on_a_page):
    visitor = all_on_a_page

    assert visitor.path.endswith("/questions")
    assert visitor.heading == "Quiz: the first module"
    assert len(visitor.page.all("fieldset")) == 6
    forms = {id(form) for form in visitor.page.all("form") for _ in form.all("fieldset")}
    assert len(forms) == 1


def test_one_button_saves_all_answers(all_on_a_page):
    visitor = all_on_a_page
    visitor.press(
        "Save and look it over",
        q1="least",
        q2=["one", "two"],
        q3="true",
        q4="271828",
        q5="quindecim",
        q6="Because.\r\nAnd so on.",
    )

    assert visitor.heading == "Look it over"
    assert "Every question has an answer." in visitor.text
    visitor.follow("Question 4")
    assert visitor.path.endswith("/questions")
    assert checked(visitor) == {"least", "one", "two", "true"}
    assert [visitor.field(n)["value"] for n in ("q4", "q5")] == ["271828", "quindecim"]
    assert "And so on." in visitor.field("q6").text


def test_questions_left_open_are_no_errors_and_stay_open(all_on_a_page):
    visitor = all_on_a_page
    visitor.press("Save and look it over", q1="least")

    assert visitor.heading == "Look it over"
    assert "5 questions have no answer yet." in visitor.text


def test_one_bad_answer_keeps_no_other_from_being_saved_and_is_shown_where_it_stands(
    site, all_on_a_page
):
    visitor = all_on_a_page
    visitor.press(
        "Save and look it over",
        q1="least",
        q2=["one"],
        q4="a handful",
        q5="quindecim",
        q6="Because.",
    )

    assert visitor.status == 422
    assert "One answer needs another look. The others are saved." in visitor.text
    assert site.scalar("SELECT count(*) FROM response") == 4
    (error,) = errors(visitor)
    bad = fieldset(visitor, 4)
    assert error["id"] in bad["aria-describedby"].split()
    assert bad["aria-invalid"] == "true"
    assert [f["data-name"] for f in visitor.page.all("fieldset") if f.get("aria-invalid")] == ["q4"]
    # What was typed stays, the saved and the bad.
    assert visitor.field("q4")["value"] == "a handful"
    assert visitor.field("q5")["value"] == "quindecim"
    assert visitor.field("q6").text == "Because."
    assert checked(visitor) == {"least", "one"}

    visitor.press("Save and look it over", q4="271828")
    assert visitor.heading == "Look it over"
    assert site.scalar("SELECT count(*) FROM response") == 5


def test_two_bad_answers_are_counted(all_on_a_page):
    visitor = all_on_a_page
    visitor.press("Save and look it over", q4="a handful", q5="a" * 900)

    assert visitor.status == 422
    assert "2 answers need another look. The others are saved." in visitor.text
    assert len(errors(visitor)) == 2


def test_an_answer_that_is_emptied_is_taken_back(site, all_on_a_page):
    visitor = all_on_a_page
    visitor.press("Save and look it over", q4="271828", q5="quindecim")
    visitor.follow("Question 4")
    visitor.press("Save and look it over", q4="")

    assert "5 questions have no answer yet." in visitor.text


def press_check(visitor: Visitor, position: int, **typed: object) -> None:
    """Press the button that checks one question of the page, with the whole form around it."""
    buttons = [b for b in visitor.page.all("button") if b.get("name") == "check"]
    assert str(position) in {b["value"] for b in buttons}
    sent = visitor.browser.submit(visitor.path, check=str(position), **typed)
    if sent.status_code == 302:
        visitor.open(sent.location)
    else:
        visitor._show(sent)


def test_each_question_can_be_checked_and_what_else_is_typed_is_saved(site, all_on_a_page):
    visitor = all_on_a_page
    press_check(visitor, 4, q4="314159", q5="quindecim", q1="least")

    assert visitor.path.endswith("/questions")
    assert "That is the other jar." in visitor.text
    assert "partly right, 50%" in visitor.text
    assert "The Romans would agree." not in visitor.text
    assert "nobody may fall below" not in visitor.text
    assert len(visitor.page.all("fieldset")) == 5
    assert visitor.field("q5")["value"] == "quindecim"
    assert checked(visitor) == {"least"}
    assert {b["value"] for b in visitor.page.all("button") if b.get("name") == "check"} == {
        "1",
        "2",
        "3",
        "5",
        "6",
    }


def test_a_bad_answer_stops_the_check_of_another_and_says_why(site, all_on_a_page):
    visitor = all_on_a_page
    press_check(visitor, 5, q4="a handful", q5="quindecim")

    assert visitor.status == 422
    assert "The Romans would agree." not in visitor.text
    assert visitor.field("q5")["value"] == "quindecim"
    assert site.scalar("SELECT count(*) FROM response WHERE checked_at IS NOT NULL") == 0


def test_checking_an_open_question_of_the_page_asks_for_an_answer(all_on_a_page):
    visitor = all_on_a_page
    press_check(visitor, 5, q1="least")

    assert "There is nothing to check here: answer the question first." in visitor.text
    assert checked(visitor) == {"least"}


def test_the_enter_key_presses_no_button_that_makes_an_answer_final(all_on_a_page):
    """Browsers press a form's first button when Enter is typed into one of its fields."""
    (form,) = [f for f in all_on_a_page.page.all("form") if f.all("fieldset")]
    assert "name" not in form.all("button")[0].attributes


def test_a_number_of_no_question_is_not_found(all_on_a_page):
    visitor = all_on_a_page
    for number in ("0", "7", "-1"):
        assert visitor.browser.submit(visitor.path, check=number).status_code == 404


def test_a_page_sent_after_submission_leads_to_the_result(site, all_on_a_page):
    visitor = all_on_a_page
    page = visitor.path
    visitor.press("Save and look it over", q1="least")
    visitor.press("Submit")
    before = site.execute("SELECT * FROM response")
    sent = visitor.browser.submit(page, q1="mean", q5="quindecim")

    assert sent.location.endswith("/review")
    visitor.open(sent.location)
    assert "cannot be changed any more" in visitor.text
    assert site.execute("SELECT * FROM response") == before


def test_the_attempt_leads_to_its_one_page(all_on_a_page):
    visitor = all_on_a_page
    page = visitor.path
    visitor.open(QUIZ)
    visitor.follow("Go on with your attempt")

    assert visitor.path == page


# Answers that wait, and results that were corrected.


def test_an_answer_in_own_words_waits_and_the_pages_say_so(quiz_with, dana):
    visitor = quiz_with(FREE)
    visitor.press("Start the quiz")
    for answers in ({"q1": "least"}, {"q2": ["one", "two"]}, {"q3": "true"}):
        visitor.press("Save and go on", **answers)
    visitor.press("Save and look it over", q4="Because.")
    visitor.press("Submit")

    assert visitor.heading == "Submitted"
    assert "A trainer has to look at one or more of your answers." in visitor.text
    assert "waits for your trainer" in visitor.text
    result = visitor.path
    visitor.open(QUIZ)
    assert "waits for your trainer" in visitor.text
    visitor.open("/courses/small")
    assert "A trainer has to look at one of your answers." in visitor.text

    waiting = dana.api().get("/reviews").json["items"][0]["attempt_id"]
    dana.api().put(
        f"/reviews/{waiting}/judgements/{FREE}",
        {"points": dict(ALL_POINTS), "comment": "Well <b>said</b>."},
    )
    visitor.open(result)
    assert visitor.heading == "Passed"
    assert "2 of 2 points" in visitor.text
    assert "Your trainer writes:" in visitor.text
    assert "Well <b>said</b>." in visitor.text


# When she goes.


def test_with_her_account_go_her_attempts_and_all_that_trainers_wrote_about_them(
    site: Site,
    study: Study,
    authored: AuthoredContent,
    alice: Person,
    bola: Person,
    dana: Person,
):
    ask(authored, FREE)
    mark_as_right(authored, "most")
    study.publish(authored)
    everybody = [taker(study, person) for person in (alice, bola)]
    for learner in everybody:
        attempt = learner.take(RIGHT | {FREE: f"Words of {learner.person.email}."})
        study.judge(dana, attempt.id, FREE, ALL_POINTS, comment=f"To {learner.person.email}.")
        study.grant(dana, learner.enrollment, "first", attempts=1)
        study.practise(learner.person, learner.enrollment, "go-on", "the-word", "fifteen")
    mark_as_right(authored, "least")
    study.publish(authored)
    assert len(study.regrade(dana, "first", course_key=SMALL_COURSE).changed) == 2
    tables = (
        "attempt",
        "attempt_question",
        "response",
        "judgement",
        "quiz_exception",
        "regraded_attempt",
        "practice_response",
    )
    before = site.count_rows()

    visitor = Visitor(alice.with_password().browser())
    visitor.open("/account")
    visitor.press("Delete my account", current_password=PASSWORD)
    assert "Your account is deleted" in visitor.text

    after = site.count_rows()
    assert {t: after[t] for t in tables} == {t: before[t] // 2 for t in tables}
    assert all(after[t] for t in tables)
    # The act itself stays: it is about the quiz.
    assert after["regrade"] == 1
    for table in tables:
        for row in site.execute(f"SELECT * FROM {table}"):
            assert alice.email not in str(row)
    his = bola.browser().get("/account/data").text
    assert f"To {bola.email}." in his
    assert "fifteen" in his
