"""Exceptions: more time or more attempts for one learner, granted by whoever may decide about her."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from courseapp.assessment import service as assessment
from courseapp.assessment.errors import AttemptsExhausted, TimeIsUp
from courseapp.catalog.errors import QuizNotFound
from courseapp.cohorts.errors import EnrollmentNotFound, NotForOneself
from courseapp.core.errors import IdInUse
from courseapp.core.ids import new_id
from courseapp.learning.types import MissingReason
from tests.cast import THEN
from tests.quizzing import (
    HOUR,
    MINUTE,
    QUIZ_KEY,
    WRONG,
    acts,
    administrate,
    nothing_written,
    other_union,
    set_rules,
    taker,
)
from tests.studying import SMALL_COURSE

REASON = "The power was out."


@pytest.fixture
def limited(study, authored):
    """The small course, whose quiz can be taken once, within ten minutes."""
    set_rules(authored, attempts=1, time_limit_minutes=10)
    study.publish(authored)
    return authored


@pytest.fixture
def hers(study, limited, cast, alice, chen):
    """Alice, in a cohort that Chen follows."""
    cohort = study.cohort(cast.union, chen, course_key=SMALL_COURSE)
    return taker(study, alice, cohort_id=cohort)


def grant(
    trainer,
    hers,
    *,
    minutes=0,
    attempts=0,
    exception_id=None,
    quiz_key=QUIZ_KEY,
    reason=REASON,
    at=THEN + MINUTE,
):
    with hers.site.transaction() as session:
        return assessment.grant_exception(
            session,
            trainer.actor_in(session),
            hers.enrollment.id,
            quiz_key,
            extra_minutes=minutes,
            extra_attempts=attempts,
            reason=reason,
            exception_id=exception_id,
            at=at,
        )


@pytest.fixture
def union_administrator(site, cast):
    person = cast.person("Uma Rao", "uma@union.example")
    return administrate(site, person, cast.union)


# Who may.


def test_a_trainer_of_the_cohort_grants(hers, chen):
    granted, created = grant(chen, hers, minutes=5, attempts=2)

    assert created
    assert (granted.extra_minutes, granted.extra_attempts) == (5, 2)
    assert (granted.reason, granted.granted_by, granted.granted_at) == (
        REASON,
        chen.id,
        THEN + MINUTE,
    )


def test_an_administrator_of_the_cohorts_union_grants(hers, union_administrator):
    assert grant(union_administrator, hers, attempts=1)[0].granted_by == union_administrator.id


def test_an_administrator_of_the_site_grants_to_everybody(study, hers, bola, dana):
    alone = taker(study, bola)

    for somebody in (hers, alone):
        assert grant(dana, somebody, attempts=1)[1]


def test_nobody_else_finds_the_enrollment(site, study, hers, cast, alice, bola):
    trainer_elsewhere = cast.person("Tariq", "tariq@union.example")
    study.cohort(cast.union, trainer_elsewhere, course_key=SMALL_COURSE)
    stranger = administrate(site, cast.person("Sofia", "sofia@union.example"), other_union(site))
    fellow = taker(study, bola, cohort_id=hers.enrollment.cohort_id).person

    with nothing_written(site):
        for person in (trainer_elsewhere, stranger, fellow):
            with pytest.raises(EnrollmentNotFound):
                grant(person, hers, attempts=1)


def test_a_trainer_finds_nobody_who_learns_alone(study, hers, bola, chen):
    with pytest.raises(EnrollmentNotFound):
        grant(chen, taker(study, bola), attempts=1)


def test_nobody_grants_anything_to_herself(site, study, hers, cast, alice, chen, dana):
    follows_herself = taker(study, chen, cohort_id=hers.enrollment.cohort_id)

    with nothing_written(site):
        for own in (hers, follows_herself):
            with pytest.raises(NotForOneself):
                grant(own.person, own, attempts=1)
    own = taker(study, dana)
    with pytest.raises(NotForOneself):
        grant(dana, own, attempts=1)


def test_a_quiz_that_the_course_does_not_have_cannot_be_eased(site, hers, chen):
    with nothing_written(site):
        for key in ("absent", "start"):
            with pytest.raises(QuizNotFound):
                grant(chen, hers, attempts=1, quiz_key=key)


# What it does.


def test_each_extra_attempt_allows_one_more(hers, chen):
    hers.take(WRONG)
    grant(chen, hers, attempts=1)
    assert hers.take(WRONG).number == 2
    with pytest.raises(AttemptsExhausted):
        hers.start()

    grant(chen, hers, attempts=2)
    assert [hers.take(WRONG).number for _ in range(2)] == [3, 4]
    with pytest.raises(AttemptsExhausted):
        hers.start()


def test_with_an_extra_attempt_the_course_no_longer_says_that_none_is_left(hers, chen):
    hers.take(WRONG)
    assert hers.missing_quiz.reason is MissingReason.NO_ATTEMPTS_LEFT

    grant(chen, hers, attempts=1)
    assert hers.missing_quiz.reason is MissingReason.NOT_PASSED


def test_extra_minutes_lengthen_the_open_attempt_and_later_ones(hers, chen):
    attempt = hers.start()
    grant(chen, hers, minutes=5, attempts=1)
    grant(chen, hers, minutes=20)
    due_at = THEN + 35 * MINUTE

    assert hers.look(attempt).summary.due_at == due_at
    hers.save(attempt, "floor-is", "least", at=due_at)
    hers.submit(attempt, at=due_at)
    assert hers.start(at=THEN + HOUR).due_at == THEN + HOUR + 35 * MINUTE


def test_extra_minutes_are_no_extra_attempt_and_the_other_way_round(hers, chen):
    attempt = hers.start()
    grant(chen, hers, attempts=1)
    assert hers.look(attempt).summary.due_at == THEN + 10 * MINUTE
    with pytest.raises(TimeIsUp):
        hers.save(attempt, "floor-is", "least", at=THEN + 11 * MINUTE)

    grant(chen, hers, minutes=30)
    hers.submit(attempt, at=THEN + 5 * MINUTE)
    hers.take(WRONG)
    with pytest.raises(AttemptsExhausted):
        hers.start()


def test_minutes_granted_after_the_time_was_over_do_not_open_the_attempt_again(hers, chen):
    attempt = hers.start()
    grant(chen, hers, minutes=60, at=THEN + HOUR)

    closed = hers.look(attempt).summary
    assert closed.timed_out
    assert closed.submitted_at == THEN + 10 * MINUTE


def test_a_graded_attempt_gets_no_more_time(hers, chen):
    attempt = hers.take(WRONG)
    grant(chen, hers, minutes=5)

    assert hers.look(attempt).summary == attempt


def test_extra_minutes_set_no_limit_where_there_is_none(study, authored, alice, dana):
    study.publish(authored)
    hers = taker(study, alice)
    attempt = hers.start()
    grant(dana, hers, minutes=5)

    assert hers.look(attempt).summary.due_at is None
    hers.submit(attempt)
    assert hers.start().due_at is None


def test_an_exception_is_for_one_learner_and_one_quiz(study, limited, alice, bola, dana):
    limited.add_final_quiz()
    study.publish(limited)
    hers, his = taker(study, alice), taker(study, bola)
    grant(dana, hers, attempts=1, quiz_key="final")
    grant(dana, his, attempts=1)
    hers.take(WRONG)

    with pytest.raises(AttemptsExhausted):
        hers.start()


# Once, and with a trace.


def test_the_same_request_again_grants_once(site, hers, chen):
    exception_id = new_id()
    attempt = hers.start()
    first, created = grant(chen, hers, minutes=5, attempts=1, exception_id=exception_id)
    again, created_again = grant(chen, hers, minutes=90, attempts=9, exception_id=exception_id)

    assert (created, created_again) == (True, False)
    assert again == first
    assert hers.look(attempt).summary.due_at == THEN + 15 * MINUTE
    assert site.scalar("SELECT count(*) FROM quiz_exception") == 1
    assert len(acts(site, "quiz_exception.granted")) == 1


def test_an_id_that_names_what_another_was_granted_is_refused(site, study, hers, bola, chen, dana):
    exception_id = new_id()
    grant(chen, hers, attempts=1, exception_id=exception_id)
    his = taker(study, bola)

    with nothing_written(site), pytest.raises(IdInUse):
        grant(dana, his, attempts=1, exception_id=exception_id)


def test_granting_is_an_audited_act_that_does_not_repeat_the_reason(site, hers, chen):
    grant(chen, hers, minutes=5, attempts=1, reason="Her child was ill.")

    (act,) = acts(site, "quiz_exception.granted")
    assert (act.actor_id, act.subject_kind, act.subject_id) == (
        chen.id,
        "enrollment",
        hers.enrollment.id,
    )
    assert act.at == THEN + MINUTE
    assert (act.details["extra_minutes"], act.details["extra_attempts"]) == (5, 1)
    assert "ill" not in json.dumps(act.details)


def test_what_was_granted_is_never_changed_and_never_nothing(site, hers, chen):
    grant(chen, hers, attempts=1)
    for nothing in ("extra_attempts = 0", "extra_attempts = 9"):
        with pytest.raises(IntegrityError):
            site.execute(f"UPDATE quiz_exception SET {nothing}")
    with pytest.raises(IntegrityError):
        grant(chen, hers)


# By the door that programs use.


@pytest.fixture
def path(hers):
    return f"{hers.quiz_path}/exceptions"


def test_a_trainers_program_grants_and_lists(hers, chen, path):
    api, exception_id = chen.api(), str(new_id())
    body = {"id": exception_id, "extra_minutes": 5, "extra_attempts": 1, "reason": f"  {REASON} "}
    first, again = api.post(path, body), api.post(path, body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert first.json["id"] == exception_id
    assert (first.json["reason"], first.json["granted_by"]) == (REASON, str(chen.id))
    api.post(path, {"extra_attempts": 2, "reason": "Another storm."})
    listed = api.get(path).json["items"]
    assert [(e["extra_minutes"], e["extra_attempts"]) for e in listed] == [(5, 1), (0, 2)]


CANNOT_BE_GRANTED = (
    ({"extra_attempts": 1}, "reason"),
    ({"extra_attempts": 1, "reason": ""}, "reason"),
    ({"extra_attempts": 1, "reason": " a "}, "reason"),
    ({"extra_attempts": 1, "reason": "a" * 501}, "reason"),
    ({"extra_attempts": 1, "reason": None}, "reason"),
    ({"reason": REASON}, "extra_minutes"),
    ({"extra_minutes": 0, "extra_attempts": 0, "reason": REASON}, "extra_minutes"),
    ({"extra_minutes": -1, "reason": REASON}, "extra_minutes"),
    ({"extra_minutes": 10**9, "reason": REASON}, "extra_minutes"),
    ({"extra_attempts": -1, "reason": REASON}, "extra_attempts"),
    ({"extra_attempts": 10**9, "reason": REASON}, "extra_attempts"),
    ({"extra_attempts": 10**400, "reason": REASON}, "extra_attempts"),
    ({"extra_attempts": "many", "reason": REASON}, "extra_attempts"),
    ({"extra_attempts": 1, "reason": REASON, "id": "mine"}, "id"),
    ({"extra_attempts": 1, "reason": REASON, "granted_by": "me"}, "granted_by"),
)


def test_what_cannot_be_granted_is_refused_with_its_field(site, hers, chen, path):
    api = chen.api()
    with nothing_written(site):
        for body, field in CANNOT_BE_GRANTED:
            refused = api.post(path, body)
            assert (refused.status_code, refused.json["code"]) == (422, "invalid_input"), body
            assert set(refused.json["errors"]) == {field}, body


def test_programs_of_others_get_the_answer_of_an_enrollment_that_is_not_there(
    study, hers, cast, bola, path
):
    stranger = cast.person("Tariq", "tariq@union.example")
    study.cohort(cast.union, stranger, course_key=SMALL_COURSE)
    body = {"extra_attempts": 1, "reason": REASON}
    never = path.replace(str(hers.enrollment.id), str(uuid4()))

    for person in (bola, stranger):
        api = person.api()
        here, nowhere = api.post(path, body), api.post(never, body)
        assert (here.status_code, here.data) == (404, nowhere.data)
        here, nowhere = api.get(path), api.get(never)
        assert (here.status_code, here.data) == (404, nowhere.data)


def test_a_learners_own_program_is_told_that_it_is_not_for_herself(hers, alice, path):
    for refused in (
        alice.api().post(path, {"extra_attempts": 1, "reason": REASON}),
        alice.api().get(path),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "not_for_oneself")


def test_an_id_in_use_is_told_by_its_code(study, hers, bola, dana, path):
    body = {"id": str(new_id()), "extra_attempts": 1, "reason": REASON}
    dana.api().post(path, body)
    refused = dana.api().post(f"{taker(study, bola).quiz_path}/exceptions", body)

    assert (refused.status_code, refused.json["code"]) == (409, "id_in_use")


def test_the_learner_finds_it_with_its_reason_in_her_own_data_and_nobody_elses(
    study, hers, alice, bola, chen
):
    taker(study, bola)
    grant(chen, hers, minutes=5, attempts=1, reason="Her child was ill.")

    (course,) = alice.browser().get("/account/data").json["enrollments"]
    assert course["granted"] == [
        {
            "extra_minutes": 5,
            "extra_attempts": 1,
            "reason": "Her child was ill.",
            "granted_at": (THEN + MINUTE).isoformat(),
        }
    ]
    assert "Her child" not in bola.browser().get("/account/data").text
