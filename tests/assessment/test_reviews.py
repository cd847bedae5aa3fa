"""Reviews: answers in a learner's own words wait for a trainer, who judges them point by point."""

from __future__ import annotations

from uuid import uuid4

import pytest

from courseapp.assessment import service as assessment
from courseapp.assessment.errors import (
    AttemptClosed,
    AttemptNotFound,
    NothingToReview,
    QuestionNotFound,
)
from courseapp.assessment.queries import get_review_sheet, list_waiting_reviews
from courseapp.assessment.types import AttemptState
from courseapp.cohorts.errors import NotForOneself
from courseapp.core.errors import InvalidInput
from courseapp.core.paging import PageRequest
from courseapp.learning.types import MissingReason
from tests.cast import THEN
from tests.quizzing import (
    ALL_POINTS,
    FREE,
    HOUR,
    MINUTE,
    NO_POINTS,
    RIGHT,
    SECOND_FREE,
    acts,
    administrate,
    ask,
    ask_two_free_texts,
    faults,
    nothing_written,
    other_union,
    set_rules,
    taker,
)
from tests.studying import SMALL_COURSE

WORDS = "So that nobody is\nleft out."


@pytest.fixture
def judged_by_trainers(study, authored):
    """The small course, whose quiz asks a fourth question in the learner's own words."""
    ask(authored, FREE)
    study.publish(authored)
    return authored


@pytest.fixture
def cohort(study, judged_by_trainers, cast, chen):
    """A cohort that Chen follows."""
    return study.cohort(cast.union, chen, course_key=SMALL_COURSE)


@pytest.fixture
def hers(study, cohort, alice):
    return taker(study, alice, cohort_id=cohort)


@pytest.fixture
def waiting(hers):
    """Alice's attempt with everything right that a rule can grade; the lessons are read."""
    hers.read_all()
    return hers.take(RIGHT | {FREE: WORDS})


def sheet(trainer, attempt):
    with trainer.site.snapshot() as session:
        return get_review_sheet(session, trainer.actor_in(session), attempt.id, "en")


def waiting_for(trainer, request=None):
    with trainer.site.snapshot() as session:
        actor = trainer.actor_in(session)
        return list_waiting_reviews(session, actor, request or PageRequest())


# It waits.


def test_an_attempt_with_an_answer_in_own_words_waits_and_has_no_result(site, hers, waiting):
    assert waiting.state is AttemptState.NEEDS_REVIEW
    assert (waiting.percent, waiting.passed, waiting.submitted_at) == (None, None, THEN)
    assert site.scalar("SELECT score FROM attempt") is None
    outcome = hers.outcome
    assert (outcome.best_percent, outcome.passed, outcome.waits_for_review) == (None, False, True)


def test_its_answers_are_fixed(hers, waiting):
    for key in (FREE, "floor-is"):
        with pytest.raises(AttemptClosed):
            hers.save(waiting, key, "least")
        with pytest.raises(AttemptClosed):
            hers.check(waiting, key)
    assert hers.submit(waiting, at=THEN + HOUR) == waiting


def test_the_course_says_that_a_trainer_has_to_look_at_it(site, hers, waiting):
    missing = hers.missing_quiz

    assert (missing.reason, missing.percent) == (MissingReason.NOT_REVIEWED, None)
    assert hers.now().percent == 66
    assert site.scalar("SELECT count(*) FROM certificate") == 0
    assert faults(site) == []


def test_another_attempt_may_be_started_while_one_waits(hers, waiting):
    assert hers.start().number == 2
    assert hers.missing_quiz.reason is MissingReason.NOT_SUBMITTED


def test_a_blank_answer_earns_nothing_without_anybody(site, hers):
    for answers in (RIGHT, RIGHT | {FREE: "  \n "}):
        attempt = hers.take(answers)
        assert (attempt.state, attempt.percent) == (AttemptState.GRADED, 75)
        assert hers.question(attempt, FREE).credit == 0
    assert acts(site, "answer.judged") == []


def test_the_clock_lets_an_answer_in_own_words_wait_too(site, study, authored, cast, alice, chen):
    ask(authored, FREE)
    set_rules(authored, time_limit_minutes=10)
    study.publish(authored)
    cohort_id = study.cohort(cast.union, chen, course_key=SMALL_COURSE)
    hers = taker(study, alice, cohort_id=cohort_id)
    attempt = hers.start()
    hers.save(attempt, FREE, WORDS)
    with site.transaction() as session:
        assert assessment.close_overdue_attempts(session, at=THEN + HOUR) == 1

    closed = hers.look(attempt).summary
    assert (closed.state, closed.timed_out) == (AttemptState.NEEDS_REVIEW, True)
    assert closed.submitted_at == THEN + 10 * MINUTE
    study.judge(chen, attempt.id, FREE, ALL_POINTS, at=THEN + 2 * HOUR)
    assert hers.look(attempt).summary.percent == 25


# The trainer's list and sheet.


def test_the_list_has_what_waits_for_this_trainer(
    site, study, cohort, hers, waiting, cast, alice, bola, chen, dana
):
    alone = taker(study, bola)
    elsewhere = alone.take({FREE: WORDS})
    hers.start()

    (entry,) = waiting_for(chen).items
    assert (entry.attempt_id, entry.enrollment_id) == (waiting.id, hers.enrollment.id)
    assert entry.submitted_at == THEN
    assert {e.attempt_id for e in waiting_for(dana).items} == {waiting.id, elsewhere.id}
    administrator = administrate(site, cast.person("Uma", "uma@union.example"), cast.union)
    assert waiting_for(administrator) == waiting_for(chen)
    for nobody in (alice, bola):
        assert waiting_for(nobody).items == []


def test_nobody_finds_her_own_attempt_in_her_list(study, cohort, chen):
    taker(study, chen, cohort_id=cohort).take({FREE: WORDS})

    assert waiting_for(chen).items == []


def test_the_list_comes_in_pages(study, cohort, cast, chen):
    attempts = [
        taker(study, cast.person(f"Person {n}", f"{n}@union.example"), cohort_id=cohort)
        .take({FREE: WORDS})
        .id
        for n in range(5)
    ]

    seen, cursor = [], None
    while True:
        page = chen.api().get(
            "/reviews", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})
        )
        seen += [entry["attempt_id"] for entry in page.json["items"]]
        cursor = page.json["next_cursor"]
        if cursor is None:
            break
    assert seen == [str(attempt_id) for attempt_id in attempts]


def test_what_is_judged_leaves_the_list(study, waiting, chen):
    study.judge(chen, waiting.id, FREE, ALL_POINTS)

    assert waiting_for(chen).items == []


def test_the_sheet_shows_the_answer_with_its_rubric_and_nothing_else_of_the_attempt(
    waiting, alice, chen
):
    seen = sheet(chen, waiting)

    assert (seen.attempt.id, seen.person_id) == (waiting.id, alice.id)
    assert (seen.course_key, seen.quiz_key) == (SMALL_COURSE, "first")
    (question,) = seen.questions
    assert (question.key, question.answer) == (FREE, WORDS)
    assert "Who counts can share." in question.explanation_html
    assert [(c.key, c.points, c.given) for c in question.judgement.criteria] == [
        ("says-why", 2, None),
        ("example", 1, None),
    ]
    assert question.judgement.judged_at is None


# Judging.


def test_the_last_judgement_gives_the_attempt_its_result(site, study, hers, waiting, chen):
    state = study.judge(chen, waiting.id, FREE, {"says-why": 1, "example": 1}, at=THEN + HOUR)

    graded = hers.look(waiting).summary
    assert state is graded.state is AttemptState.GRADED
    # Three questions and two thirds of the fourth.
    assert (graded.percent, graded.passed) == (91, True)
    assert graded.submitted_at == THEN
    assert site.scalar("SELECT score FROM attempt") == pytest.approx((3 + 2 / 3) / 4)


def test_the_last_judgement_completes_the_course_and_issues_the_certificate(
    site, study, hers, waiting, chen
):
    study.judge(chen, waiting.id, FREE, NO_POINTS, at=THEN + HOUR)

    after = hers.now()
    assert (after.percent, after.completed_at) == (100, THEN + HOUR)
    assert site.scalar("SELECT count(*) FROM certificate WHERE status = 'valid'") == 1
    assert faults(site) == []


def test_a_judgement_that_fails_the_attempt_leaves_the_quiz_to_be_passed(site, study, hers, chen):
    attempt = hers.take({"floor-is": "least", FREE: WORDS})
    study.judge(chen, attempt.id, FREE, ALL_POINTS)

    missing = hers.missing_quiz
    assert (missing.reason, missing.percent) == (MissingReason.NOT_PASSED, 50)
    assert faults(site) == []


@pytest.fixture
def two_waiting(study, authored, cast, alice, chen):
    """Alice's attempt with two answers that wait for Chen."""
    ask_two_free_texts(authored)
    study.publish(authored)
    cohort_id = study.cohort(cast.union, chen, course_key=SMALL_COURSE)
    hers = taker(study, alice, cohort_id=cohort_id)
    return hers, hers.take(RIGHT | {FREE: WORDS, SECOND_FREE: "All in."})


def test_until_the_last_answer_is_judged_the_others_can_be_judged_again(
    site, study, two_waiting, chen
):
    hers, attempt = two_waiting
    states = [
        study.judge(chen, attempt.id, FREE, points, comment=comment)
        for points, comment in ((ALL_POINTS, "Well said."), ({"says-why": 0, "example": 1}, "Hm."))
    ]
    assert states == [AttemptState.NEEDS_REVIEW] * 2
    assert hers.look(attempt).summary.percent is None

    assert study.judge(chen, attempt.id, SECOND_FREE, {"short": 1}) is AttemptState.GRADED
    question = hers.question(attempt, FREE)
    assert question.credit == pytest.approx(1 / 3)
    assert question.judgement.comment == "Hm."
    # Four questions and a third of the fifth.
    assert hers.look(attempt).summary.percent == 86
    assert site.scalar("SELECT count(*) FROM judgement") == 2
    assert len(acts(site, "answer.judged")) == 3


def test_the_order_of_judging_is_the_trainers(study, two_waiting, chen):
    hers, attempt = two_waiting
    study.judge(chen, attempt.id, SECOND_FREE, {"short": 0})
    assert study.judge(chen, attempt.id, FREE, ALL_POINTS) is AttemptState.GRADED
    assert hers.look(attempt).summary.percent == 80


def test_a_blank_answer_beside_one_to_judge_is_not_waited_for(study, authored, alice, dana):
    ask_two_free_texts(authored)
    study.publish(authored)
    hers = taker(study, alice)
    attempt = hers.take(RIGHT | {FREE: WORDS})

    assert attempt.state is AttemptState.NEEDS_REVIEW
    assert study.judge(dana, attempt.id, FREE, ALL_POINTS) is AttemptState.GRADED
    assert hers.look(attempt).summary.percent == 80


def test_nobody_gives_points_for_a_blank_answer(site, study, authored, alice, dana):
    ask_two_free_texts(authored)
    study.publish(authored)
    attempt = taker(study, alice).take(RIGHT | {FREE: WORDS})

    with nothing_written(site), pytest.raises(NothingToReview):
        study.judge(dana, attempt.id, SECOND_FREE, ALL_POINTS)


def test_a_judgement_does_not_make_the_learner_look_active(study, hers, waiting, chen):
    before = hers.now().last_active_at
    study.judge(chen, waiting.id, FREE, ALL_POINTS, at=THEN + 30 * HOUR)

    assert hers.now().last_active_at == before
    assert hers.now().percent == 100


def test_a_graded_attempt_is_not_judged_again(site, study, hers, waiting, chen):
    study.judge(chen, waiting.id, FREE, NO_POINTS)

    with nothing_written(site), pytest.raises(NothingToReview):
        study.judge(chen, waiting.id, FREE, ALL_POINTS)
    assert hers.question(waiting, FREE).credit == 0


def test_an_open_attempt_is_not_judged(study, hers, chen):
    attempt = hers.start()
    hers.save(attempt, FREE, WORDS)

    with pytest.raises(NothingToReview):
        study.judge(chen, attempt.id, FREE, ALL_POINTS)


def test_points_outside_the_rubric_are_refused_and_leave_nothing(site, study, hers, waiting, chen):
    with nothing_written(site):
        for points in (
            {},
            {"says-why": 1},
            {"says-why": 1, "example": 1, "grammar": 1},
            {"says-why": 3, "example": 1},
            {"says-why": -1, "example": 1},
            {"says-why": 10**30, "example": 1},
        ):
            with pytest.raises(InvalidInput) as refusal:
                study.judge(chen, waiting.id, FREE, points)
            assert set(refusal.value.details["errors"]) == {"points"}, points
    assert hers.look(waiting).summary.state is AttemptState.NEEDS_REVIEW


def test_only_questions_of_the_attempt_with_a_rubric_are_judged(site, study, waiting, chen):
    with nothing_written(site):
        for key in ("floor-is", "absent", "pair-up"):
            with pytest.raises(QuestionNotFound):
                study.judge(chen, waiting.id, key, {})


def test_another_trainer_finds_nothing_to_judge(site, study, cast, waiting, bola):
    elsewhere = cast.person("Tariq", "tariq@union.example")
    study.cohort(cast.union, elsewhere, course_key=SMALL_COURSE)
    stranger = administrate(site, cast.person("Sofia", "sofia@union.example"), other_union(site))

    with nothing_written(site):
        for person in (elsewhere, stranger, bola):
            with pytest.raises(AttemptNotFound):
                sheet(person, waiting)
            with pytest.raises(AttemptNotFound):
                study.judge(person, waiting.id, FREE, ALL_POINTS)


def test_nobody_judges_herself(study, cohort, waiting, alice, chen):
    own = taker(study, chen, cohort_id=cohort).take({FREE: WORDS})

    for person, attempt in ((alice, waiting), (chen, own)):
        with pytest.raises(NotForOneself):
            sheet(person, attempt)
        with pytest.raises(NotForOneself):
            study.judge(person, attempt.id, FREE, ALL_POINTS)


def test_judging_is_an_audited_act_without_the_comment(site, study, hers, waiting, chen):
    study.judge(chen, waiting.id, FREE, ALL_POINTS, comment="Well said.", at=THEN + HOUR)

    (act,) = acts(site, "answer.judged")
    assert (act.actor_id, act.subject_kind, act.subject_id, act.at) == (
        chen.id,
        "attempt",
        waiting.id,
        THEN + HOUR,
    )
    assert act.details == {"enrollment_id": str(hers.enrollment.id), "question": FREE}


# What the learner sees.


def test_the_learner_sees_points_and_comment(study, hers, waiting, chen):
    before = hers.question(waiting, FREE).judgement
    assert (before.judged_at, before.comment) == (None, "")
    study.judge(
        chen, waiting.id, FREE, {"says-why": 2, "example": 0}, comment="Why?", at=THEN + HOUR
    )

    seen = hers.question(waiting, FREE)
    assert [(c.points, c.given) for c in seen.judgement.criteria] == [(2, 2), (1, 0)]
    assert (seen.judgement.comment, seen.judgement.judged_at) == ("Why?", THEN + HOUR)
    assert seen.credit == pytest.approx(2 / 3)


@pytest.mark.parametrize("feedback", ["never", "after_passing"])
def test_the_learner_sees_no_points_where_the_quiz_tells_nothing(
    study, authored, alice, dana, feedback
):
    ask(authored, FREE)
    set_rules(authored, feedback=feedback)
    study.publish(authored)
    hers = taker(study, alice)
    attempt = hers.take({FREE: WORDS})
    study.judge(dana, attempt.id, FREE, ALL_POINTS, comment="Why so short?")

    question = hers.question(attempt, FREE)
    assert (question.judgement, question.credit) == (None, None)
    shown = alice.api().get(f"/attempts/{attempt.id}").text
    assert "Why so short?" not in shown
    assert "Gives a reason" not in shown


def test_the_comment_is_in_her_own_data(study, waiting, alice, chen):
    study.judge(chen, waiting.id, FREE, ALL_POINTS, comment="Well said.")

    (course,) = alice.browser().get("/account/data").json["enrollments"]
    (attempt,) = course["attempts"]
    assert attempt["answers"][FREE] == WORDS
    assert attempt["comments"] == {FREE: "Well said."}


# By the door that programs use.


def test_a_trainers_program_reads_the_list_and_the_sheet_and_judges(hers, waiting, alice, chen):
    api, path = chen.api(), f"/reviews/{waiting.id}"
    (entry,) = api.get("/reviews").json["items"]
    assert entry["attempt_id"] == str(waiting.id)
    seen = api.get(path).json
    assert (seen["state"], [q["key"] for q in seen["questions"]]) == ("needs_review", [FREE])
    assert seen["questions"][0]["answer"] == WORDS
    judged = api.put(
        f"{path}/judgements/{FREE}", {"points": dict(ALL_POINTS), "comment": "  Well said.  "}
    )

    assert judged.status_code == 200
    assert judged.json == {"attempt_id": str(waiting.id), "state": "graded"}
    again = api.put(f"{path}/judgements/{FREE}", {"points": dict(ALL_POINTS)})
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_review")
    (question,) = [
        q for q in alice.api().get(f"/attempts/{waiting.id}").json["questions"] if q["key"] == FREE
    ]
    assert question["judgement"]["comment"] == "Well said."
    assert [line["given"] for line in question["judgement"]["criteria"]] == [2, 1]


def test_what_a_program_cannot_judge_with_is_refused_with_its_field(site, waiting, chen):
    api, path = chen.api(), f"/reviews/{waiting.id}/judgements/{FREE}"
    with nothing_written(site):
        for body, field in (
            ({}, "points"),
            ({"points": None}, "points"),
            ({"points": [2, 1]}, "points"),
            ({"points": {"says-why": 2}}, "points"),
            ({"points": {"says-why": 2, "example": 2}}, "points"),
            ({"points": {"says-why": 2, "example": "1"}}, "points"),
            ({"points": {"says-why": 2, "example": 0.5}}, "points"),
            ({"points": {"says-why": 2, "example": True}}, "points"),
            ({"points": dict(ALL_POINTS), "comment": "a" * 5001}, "comment"),
            ({"points": dict(ALL_POINTS), "comment": "\0"}, "comment"),
            ({"points": dict(ALL_POINTS), "grade": 1}, "grade"),
        ):
            refused = api.put(path, body)
            assert (refused.status_code, refused.json["code"]) == (422, "invalid_input"), body
            assert set(refused.json["errors"]) == {field}, body


def test_programs_of_others_get_the_answer_of_an_attempt_that_is_not_there(
    study, cast, waiting, alice, bola
):
    stranger = cast.person("Tariq", "tariq@union.example")
    study.cohort(cast.union, stranger, course_key=SMALL_COURSE)
    body = {"points": dict(ALL_POINTS)}

    for person in (bola, stranger):
        api = person.api()
        for here, nowhere in (
            [api.get(f"/reviews/{attempt_id}") for attempt_id in (waiting.id, uuid4())],
            [
                api.put(f"/reviews/{attempt_id}/judgements/{FREE}", body)
                for attempt_id in (waiting.id, uuid4())
            ],
        ):
            assert (here.status_code, here.data) == (404, nowhere.data)
    own = alice.api().put(f"/reviews/{waiting.id}/judgements/{FREE}", body)
    assert (own.status_code, own.json["code"]) == (403, "not_for_oneself")
    assert alice.api().get("/reviews").json["items"] == []
