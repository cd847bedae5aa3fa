"""Attempts from start to result, through their services."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courseapp.assessment import service as assessment
from courseapp.assessment.errors import (
    AttemptClosed,
    AttemptNotFound,
    AttemptsExhausted,
    QuestionNotFound,
)
from courseapp.assessment.queries import get_shown_attempt, list_outcomes
from courseapp.assessment.types import AttemptState
from courseapp.catalog.errors import QuizNotFound
from courseapp.core.errors import IdInUse, InvalidInput
from courseapp.core.ids import new_id
from tests.authoring import PRACTICE, QUIZ
from tests.cast import THEN
from tests.queries import QueryRecorder

HOUR = timedelta(hours=1)


@pytest.fixture
def hers(study, published, alice):
    return study.enroll(alice, "small")


def start(site, person, enrollment, *, attempt_id=None, at=THEN):
    with site.transaction() as session:
        return assessment.start_attempt(
            session,
            person.actor_in(session),
            enrollment.id,
            "first",
            attempt_id=attempt_id,
            at=at,
        )


def save(site, person, attempt, key, answer, at=THEN):
    with site.transaction() as session:
        return assessment.save_response(
            session, person.actor_in(session), attempt.id, key, answer, at=at
        )


def submit(site, person, attempt, at=THEN):
    with site.transaction() as session:
        return assessment.submit_attempt(session, person.actor_in(session), attempt.id, at=at)


def look(site, person, attempt):
    with site.snapshot() as session:
        return get_shown_attempt(session, person.actor_in(session), attempt.id, "en")


def test_a_started_attempt_holds_every_question_once_in_its_place(site, hers, alice):
    attempt, created = start(site, alice, hers)
    shown = look(site, alice, attempt)

    assert created
    assert (attempt.number, attempt.state) == (1, AttemptState.OPEN)
    assert [q.position for q in shown.questions] == [1, 2, 3]
    assert {q.key for q in shown.questions} == {"floor-is", "numbers", "three-is-more"}
    assert shown.answered_count == 0


def test_the_questions_and_options_of_an_attempt_stay_in_their_order(site, hers, alice):
    attempt, _ = start(site, alice, hers)

    assert look(site, alice, attempt) == look(site, alice, attempt)


def test_an_open_attempt_is_gone_on_with(site, hers, alice):
    first, _ = start(site, alice, hers)
    again, created = start(site, alice, hers, attempt_id=new_id(), at=THEN + HOUR)

    assert (again, created) == (first, False)


def test_a_start_delivered_again_after_submission_is_the_submitted_attempt(site, hers, alice):
    attempt_id = new_id()
    attempt, _ = start(site, alice, hers, attempt_id=attempt_id)
    submitted = submit(site, alice, attempt)

    assert start(site, alice, hers, attempt_id=attempt_id) == (submitted, False)


def test_an_id_that_names_another_learners_attempt_is_refused(site, study, hers, alice, bola):
    attempt, _ = start(site, alice, hers)
    his = study.enroll(bola, "small")

    with pytest.raises(IdInUse):
        start(site, bola, his, attempt_id=attempt.id)


def test_a_quiz_that_the_course_does_not_have_cannot_be_started(site, hers, alice):
    for key in ("absent", "start"):
        with pytest.raises(QuizNotFound), site.transaction() as session:
            assessment.start_attempt(session, alice.actor_in(session), hers.id, key, at=THEN)


def test_an_attempt_with_everything_right_is_passed_with_100(site, study, hers, alice):
    result = study.take_quiz(alice, hers, "first")

    assert (result.state, result.percent, result.passed) == (AttemptState.GRADED, 100, True)


def test_an_attempt_without_any_answer_is_0(site, hers, alice):
    attempt, _ = start(site, alice, hers)

    assert submit(site, alice, attempt).percent == 0


def test_the_answer_that_was_saved_last_counts(site, hers, alice):
    attempt, _ = start(site, alice, hers)
    for answer in ("most", "mean", "least"):
        assert save(site, alice, attempt, "floor-is", answer) == answer

    assert submit(site, alice, attempt).percent == 33


def test_half_a_multiple_choice_is_half_a_question(site, hers, alice):
    attempt, _ = start(site, alice, hers)
    save(site, alice, attempt, "numbers", ["one"])
    submit(site, alice, attempt)

    credit = {q.key: q.credit for q in look(site, alice, attempt).questions}
    assert credit == {"floor-is": 0, "numbers": 0.5, "three-is-more": 0}


def test_submitting_again_gives_the_first_result(site, hers, alice):
    attempt, _ = start(site, alice, hers)
    save(site, alice, attempt, "floor-is", "least")
    first = submit(site, alice, attempt)

    assert submit(site, alice, attempt, at=THEN + HOUR) == first


def test_a_submitted_attempt_takes_no_answer(site, hers, alice):
    attempt, _ = start(site, alice, hers)
    submit(site, alice, attempt)

    with pytest.raises(AttemptClosed):
        save(site, alice, attempt, "floor-is", "least")


def test_an_answer_that_cannot_be_one_leaves_the_stored_one(site, hers, alice):
    attempt, _ = start(site, alice, hers)
    save(site, alice, attempt, "floor-is", "least")

    with pytest.raises(InvalidInput):
        save(site, alice, attempt, "floor-is", "no such option")
    with pytest.raises(QuestionNotFound):
        save(site, alice, attempt, "no-such-question", "least")
    assert submit(site, alice, attempt).percent == 33


def test_another_learners_attempt_is_like_one_that_does_not_exist(site, hers, alice, bola, dana):
    attempt, _ = start(site, alice, hers)

    for person in (bola, dana):
        for attempt_id in (attempt.id, uuid4()):
            with pytest.raises(AttemptNotFound), site.snapshot() as session:
                get_shown_attempt(session, person.actor_in(session), attempt_id, "en")
            with pytest.raises(AttemptNotFound), site.transaction() as session:
                assessment.submit_attempt(session, person.actor_in(session), attempt_id, at=THEN)


def test_a_quiz_can_be_taken_again_until_its_attempts_are_used_up(site, study, published, alice):
    published.change(QUIZ, "attempts: unlimited", "attempts: 2")
    study.publish(published)
    hers = study.enroll(alice, "small")

    results = [study.take_quiz(alice, hers, "first", right=False) for _ in range(2)]

    assert [result.number for result in results] == [1, 2]
    with pytest.raises(AttemptsExhausted):
        start(site, alice, hers)


def test_the_best_attempt_counts_and_a_pass_is_never_lost(site, study, hers, alice):
    for right in (False, True, False):
        study.take_quiz(alice, hers, "first", right=right)
    open_attempt, _ = start(site, alice, hers)

    with site.snapshot() as session:
        (outcome,) = list_outcomes(session, hers.id).values()
    assert (outcome.best_percent, outcome.passed, outcome.attempts_used) == (100, True, 4)
    assert (outcome.last_percent, outcome.waits_for_review) == (0, False)
    assert outcome.open_attempt_id == open_attempt.id


def test_an_open_attempt_is_finished_with_the_questions_it_was_started_with(
    site, study, published, hers, alice
):
    attempt, _ = start(site, alice, hers)
    published.change(QUIZ, "text: the least\n        correct: true", "text: the least of all")
    published.change(QUIZ, "text: the mean", "text: the mean\n        correct: true")
    study.publish(published)
    save(site, alice, attempt, "floor-is", "least")
    submit(site, alice, attempt)

    question = next(q for q in look(site, alice, attempt).questions if q.key == "floor-is")
    assert question.credit == 1
    (item,) = question.body.items
    assert "the least of all" not in [choice.html for choice in item.choices]


def test_an_attempt_is_read_by_a_few_queries_however_many_questions_it_has(site, study, alice):
    enrollment = study.enroll(alice)
    attempt = study.start(alice, enrollment, study.course().modules[0].quiz.key)
    assert len(look(site, alice, attempt).questions) == 10
    actor = alice.actor
    with site.snapshot() as session, QueryRecorder() as queries:
        get_shown_attempt(session, actor, attempt.id, "en")

    assert len(queries) <= 3, queries


def test_an_answer_is_returned_in_the_shape_in_which_it_was_sent(site, study, published, alice):
    published.ask_everything()
    study.publish(published)
    attempt, _ = start(site, alice, study.enroll(alice, "small"))
    sent = {
        "numbers": ["two", "one"],
        "three-is-more": False,
        "sort-them": {"eleven": "odd", "twelve": ""},
        "in-order": ["charter", "war", "protection", "standard"],
        "how-many": 271828,
        "the-word": "  Quindecim ",
        "fill-in": {"gross": "144", "origin": "song"},
    }

    stored = {key: save(site, alice, attempt, key, answer) for key, answer in sent.items()}

    assert stored == {
        "numbers": ["one", "two"],
        "three-is-more": "false",
        "sort-them": {"eleven": "odd"},
        "in-order": {"war": "2", "charter": "1", "standard": "4", "protection": "3"},
        "how-many": "271828",
        "the-word": "Quindecim",
        "fill-in": {"gross": "144", "origin": "song"},
    }
    shown = {q.key: q.answer for q in look(site, alice, attempt).questions}
    assert {key: shown[key] for key in sent} == stored


def test_an_attempt_draws_its_questions_and_asks_no_others(site, study, published, alice):
    published.change(QUIZ, "attempts: unlimited", "attempts: unlimited\ndraw: 2")
    study.publish(published)
    hers = study.enroll(alice, "small")
    attempt, _ = start(site, alice, hers)
    drawn = {q.key for q in look(site, alice, attempt).questions}

    assert len(drawn) == 2
    (other,) = {"floor-is", "numbers", "three-is-more"} - drawn
    with pytest.raises(QuestionNotFound):
        save(site, alice, attempt, other, "least")
    submit(site, alice, attempt)
    assert study.take_quiz(alice, hers, "first").percent == 100


def test_what_lessons_show_for_practice_is_never_asked(site, study, hers, alice):
    attempt, _ = start(site, alice, hers)

    for key in PRACTICE:
        with pytest.raises(QuestionNotFound):
            save(site, alice, attempt, key, "1")


def test_an_attempt_with_every_kind_of_question_right_is_100_when_a_trainer_agrees(
    site, study, published, alice, dana
):
    published.ask_everything()
    study.publish(published)
    attempt = study.take_quiz(alice, study.enroll(alice, "small"), "first")
    assert (attempt.state, attempt.percent) == (AttemptState.NEEDS_REVIEW, None)

    points = {"says-why": 2, "example": 1}
    assert study.judge(dana, attempt.id, "in-your-words", points) is AttemptState.GRADED

    shown = look(site, alice, attempt)
    assert (shown.summary.percent, shown.summary.passed) == (100, True)
    assert {q.credit for q in shown.questions} == {1}


def test_an_attempt_with_every_kind_of_question_wrong_is_0_whatever_the_kind(
    site, study, published, alice, dana
):
    published.ask_everything()
    study.publish(published)
    attempt = study.take_quiz(alice, study.enroll(alice, "small"), "first", right=False)
    study.judge(dana, attempt.id, "in-your-words", {"says-why": 0, "example": 0})

    shown = look(site, alice, attempt)
    assert (shown.summary.percent, shown.summary.passed) == (0, False)
    assert {q.credit for q in shown.questions} == {0}


def test_who_left_the_free_text_empty_waits_for_nobody(site, study, published, alice):
    published.ask_everything()
    study.publish(published)
    attempt, _ = start(site, alice, study.enroll(alice, "small"))

    assert submit(site, alice, attempt).state is AttemptState.GRADED


def test_an_answer_is_saved_by_three_queries(site, hers, alice):
    attempt, _ = start(site, alice, hers)
    look(site, alice, attempt)
    actor = alice.actor
    with site.transaction() as session, QueryRecorder() as queries:
        assessment.save_response(session, actor, attempt.id, "floor-is", "least", at=THEN)

    assert len(queries) <= 3, queries
