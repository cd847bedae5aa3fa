"""What limits a quiz: time by the server's clock, the number of attempts, and the pause between them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from courseapp.assessment import service as assessment
from courseapp.assessment.errors import (
    AttemptClosed,
    AttemptsExhausted,
    PauseNotOver,
    TimeIsUp,
)
from courseapp.assessment.types import AttemptState
from courseapp.catalog.types import CountedResult
from courseapp.core import clock
from courseapp.core.ids import new_id
from courseapp.learning import service as learning
from courseapp.learning.types import MissingReason
from tests.cast import THEN, Cast
from tests.quizzing import (
    HOUR,
    MINUTE,
    QUIZ_KEY,
    RIGHT,
    SECOND,
    WRONG,
    StoppedClock,
    faults,
    set_rules,
    state_of,
    taker,
)
from tests.studying import Study

DUE = THEN + 10 * MINUTE
# An answer that was on its way is taken until here, and not a moment later.
LAST_MOMENT = DUE + 30 * SECOND
TOO_LATE = LAST_MOMENT + timedelta(microseconds=1)


@pytest.fixture
def timed(study, authored):
    """The small course, whose quiz has ten minutes."""
    set_rules(authored, time_limit_minutes=10)
    study.publish(authored)
    return authored


@pytest.fixture
def hers(study, timed, alice):
    return taker(study, alice)


@pytest.fixture
def time(monkeypatch):
    """Stop the doors' clock."""
    stopped = StoppedClock()
    monkeypatch.setattr(clock, "now", stopped.now)
    return stopped


def close_overdue(site, at):
    with site.transaction() as session:
        return assessment.close_overdue_attempts(session, at=at)


def half_done(hers):
    """Start an attempt, and save one right answer in time."""
    attempt = hers.start()
    hers.save(attempt, "floor-is", "least", at=THEN + MINUTE)
    return attempt


def closed_by_the_clock(attempt):
    """Tell whether it was closed when its time ended, with the one answer that was saved in it."""
    return (attempt.state, attempt.submitted_at, attempt.timed_out, attempt.percent) == (
        AttemptState.GRADED,
        DUE,
        True,
        33,
    )


def test_an_attempt_is_due_so_many_minutes_after_it_was_started(hers):
    attempt = hers.start()

    assert attempt.due_at == DUE
    assert hers.start(at=THEN + 5 * MINUTE).due_at == DUE


def test_an_attempt_at_a_quiz_without_a_limit_is_never_due(site, study, published, alice):
    hers = taker(study, alice)
    attempt = hers.start()
    years_later = THEN + timedelta(days=3000)

    assert attempt.due_at is None
    assert close_overdue(site, years_later) == 0
    hers.save(attempt, "floor-is", "least", at=years_later)
    submitted = hers.submit(attempt, at=years_later)
    assert (submitted.submitted_at, submitted.timed_out) == (years_later, False)


@pytest.mark.parametrize(
    "moment", [THEN, DUE, DUE + SECOND, LAST_MOMENT], ids=["in time", "at the end", "", "grace"]
)
def test_an_answer_within_the_limit_or_the_grace_is_stored(hers, moment):
    attempt = hers.start()
    hers.save(attempt, "floor-is", "least", at=moment)

    assert hers.question(attempt, "floor-is").answer == "least"
    assert hers.look(attempt).summary.state is AttemptState.OPEN


def test_the_grace_is_the_authors(study, timed, alice):
    set_rules(timed, grace_seconds=0)
    study.publish(timed)
    hers = taker(study, alice)
    attempt = hers.start()
    hers.save(attempt, "floor-is", "least", at=DUE)

    with pytest.raises(TimeIsUp):
        hers.save(attempt, "floor-is", "mean", at=DUE + timedelta(microseconds=1))


def test_an_answer_after_the_grace_is_refused_and_leaves_the_stored_one(hers):
    attempt = half_done(hers)

    with pytest.raises(TimeIsUp):
        hers.save(attempt, "floor-is", "mean", at=TOO_LATE)
    with pytest.raises(TimeIsUp):
        hers.check(attempt, "floor-is", at=TOO_LATE)
    assert hers.question(attempt, "floor-is").answer == "least"


def test_a_submission_within_the_grace_is_the_learners_own(hers):
    attempt = half_done(hers)
    submitted = hers.submit(attempt, at=LAST_MOMENT)

    assert (submitted.submitted_at, submitted.timed_out) == (LAST_MOMENT, False)


def test_a_submission_after_the_grace_counts_as_closed_by_the_clock(hers):
    attempt = half_done(hers)
    submitted = hers.submit(attempt, at=TOO_LATE)

    assert closed_by_the_clock(submitted)
    assert hers.submit(attempt, at=TOO_LATE + HOUR) == submitted


def test_starting_again_past_the_limit_closes_the_old_attempt_and_opens_another(hers):
    old = half_done(hers)
    new = hers.start(at=TOO_LATE)

    assert closed_by_the_clock(hers.look(old).summary)
    assert (new.number, new.state, new.due_at) == (2, AttemptState.OPEN, TOO_LATE + 10 * MINUTE)


def test_starting_within_the_grace_goes_on_with_the_old_attempt(hers):
    old = half_done(hers)

    assert hers.start(at=LAST_MOMENT).id == old.id


def test_overdue_attempts_are_closed_all_of_them_and_only_those(
    site, study, timed, authored, cast, alice, bola
):
    hers, his = taker(study, alice), taker(study, bola)
    overdue, submitted = half_done(hers), his.start()
    his.submit(submitted, at=THEN + MINUTE)
    in_time = his.start(at=THEN + MINUTE)
    zoe = taker(study, cast.person("Zoe", "zoe@union.example"))
    also_overdue = half_done(zoe)
    # In the next edition nobody is hurried.
    set_rules(authored, time_limit_minutes="none")
    study.publish(authored)
    without_limit = taker(study, cast.person("Yin", "yin@union.example")).start()

    assert close_overdue(site, LAST_MOMENT) == 0
    assert close_overdue(site, TOO_LATE) == 2
    assert close_overdue(site, TOO_LATE) == 0

    assert closed_by_the_clock(hers.look(overdue).summary)
    assert closed_by_the_clock(zoe.look(also_overdue).summary)
    assert not his.look(submitted).summary.timed_out
    assert state_of(site, in_time.id) == state_of(site, without_limit.id) == "open"
    assert faults(site) == []


def test_the_clock_completes_a_course_with_what_was_saved(site, hers):
    hers.read_all()
    attempt = hers.start()
    for key, answer in RIGHT.items():
        hers.save(attempt, key, answer, at=THEN + MINUTE)
    close_overdue(site, TOO_LATE)

    assert hers.look(attempt).summary.passed
    assert hers.now().percent == 100
    assert site.scalar("SELECT count(*) FROM certificate") == 1
    assert faults(site) == []


# Through the doors, by the server's own clock.


def api_attempt(hers, api):
    answer = api.post(f"{hers.quiz_path}/attempts")
    assert answer.status_code in {200, 201}
    path = f"/attempts/{answer.json['id']}"
    assert api.put(f"{path}/responses/floor-is", {"answer": "least"}).status_code == 200
    return path


def assert_closed_when_due(site, api, path, due_at):
    """The row is closed already: reading it is not what closes it."""
    assert site.scalar("SELECT state FROM attempt WHERE number = 1") == "graded"
    seen = api.get(path).json
    assert (seen["state"], seen["timed_out"], seen["score"]) == ("graded", True, 33)
    assert seen["submitted_at"] == due_at.isoformat()


def test_an_attempt_says_when_it_is_due_and_what_the_grace_is(hers, alice, time):
    started = alice.api().post(f"{hers.quiz_path}/attempts").json

    assert started["due_at"] == (time.moment + 10 * MINUTE).isoformat()
    assert started["grace_seconds"] == 30


@pytest.mark.parametrize(
    "late",
    [
        lambda api, path: api.put(f"{path}/responses/floor-is", {"answer": "mean"}),
        lambda api, path: api.put(f"{path}/responses/floor-is/check"),
    ],
    ids=["save", "check"],
)
def test_an_act_that_comes_too_late_is_refused_and_the_attempt_is_closed(
    site, hers, alice, time, late
):
    api = alice.api()
    path = api_attempt(hers, api)
    due_at = time.moment + 10 * MINUTE
    time.forward(10 * MINUTE + 31 * SECOND)

    refused = late(api, path)
    assert (refused.status_code, refused.json["code"]) == (409, "time_is_up")
    assert_closed_when_due(site, api, path, due_at)
    again = late(api, path)
    assert (again.status_code, again.json["code"]) == (409, "attempt_closed")


@pytest.mark.parametrize(
    ("door", "method", "address"),
    [
        ("api", "GET", "{attempt}"),
        ("api", "POST", "{attempt}/submission"),
        ("api", "POST", "{quiz}/attempts"),
        ("page", "GET", "{attempt}"),
        ("page", "GET", "{attempt}/questions/1"),
        ("page", "GET", "{attempt}/questions"),
        ("page", "GET", "{attempt}/overview"),
        ("page", "GET", "{attempt}/review"),
        ("page", "POST", "{attempt}/questions/1"),
        ("page", "POST", "{attempt}/questions"),
        ("page", "POST", "{attempt}/submission"),
        ("page", "GET", "/courses/small/quizzes/first"),
        ("page", "POST", "/courses/small/quizzes/first/attempts"),
    ],
)
def test_whatever_is_opened_past_the_limit_closes_the_attempt(
    site, hers, alice, time, door, method, address
):
    api, browser = alice.api(), alice.browser()
    path = api_attempt(hers, api)
    due_at = time.moment + 10 * MINUTE
    time.forward(10 * MINUTE + 31 * SECOND)
    opened = address.format(attempt=path, quiz=hers.quiz_path)

    if door == "api":
        answer = api.request(method, opened, json={} if method == "POST" else None)
    else:
        answer = browser.get(opened) if method == "GET" else browser.submit(opened, q1="mean")

    assert answer.status_code in {200, 201, 302}
    assert_closed_when_due(site, api, path, due_at)


@pytest.mark.parametrize(
    "page", ["{attempt}", "{attempt}/overview", "/courses/small/quizzes/first"]
)
def test_looking_within_the_grace_closes_nothing(site, hers, alice, time, page):
    path = api_attempt(hers, alice.api())
    time.forward(10 * MINUTE + 30 * SECOND)

    alice.browser().get(page.format(attempt=path), follow_redirects=True)
    assert site.scalar("SELECT state FROM attempt") == "open"


def test_a_start_that_is_refused_closes_what_is_overdue_all_the_same(
    site, study, timed, alice, time
):
    set_rules(timed, attempts=1)
    study.publish(timed)
    hers, api = taker(study, alice), alice.api()
    path = api_attempt(hers, api)
    due_at = time.moment + 10 * MINUTE
    time.forward(HOUR)

    refused = api.post(f"{hers.quiz_path}/attempts")
    assert (refused.status_code, refused.json["code"]) == (409, "attempts_exhausted")
    assert_closed_when_due(site, api, path, due_at)


def test_a_submission_within_the_grace_is_stored_with_its_own_moment(hers, alice, time):
    api = alice.api()
    path = api_attempt(hers, api)
    time.forward(10 * MINUTE + 30 * SECOND)

    submitted = api.post(f"{path}/submission").json
    assert (submitted["submitted_at"], submitted["timed_out"]) == (time.moment.isoformat(), False)


# How many attempts, and how soon.


def test_a_pause_begins_with_the_submission_and_is_refused_until_it_is_over(study, authored, alice):
    set_rules(authored, pause_minutes=15)
    study.publish(authored)
    hers = taker(study, alice)
    attempt = hers.start()
    hers.submit(attempt, at=THEN + HOUR)
    until = THEN + HOUR + 15 * MINUTE

    with pytest.raises(PauseNotOver) as refusal:
        hers.start(at=until - SECOND)
    assert refusal.value.details["until"] == until.isoformat()
    assert hers.start(at=until).number == 2


def test_a_program_is_told_how_long_the_pause_still_is(study, authored, alice, time):
    set_rules(authored, pause_minutes=15)
    study.publish(authored)
    hers, api = taker(study, alice), alice.api()
    path = api_attempt(hers, api)
    assert api.post(f"{hers.quiz_path}/attempts").status_code == 200
    api.post(f"{path}/submission")
    time.forward(5 * MINUTE)

    refused = api.post(f"{hers.quiz_path}/attempts")
    assert (refused.status_code, refused.json["code"]) == (409, "pause_not_over")
    wait = int(refused.headers["Retry-After"])
    assert refused.json["retry_after"] == wait
    assert 600 <= wait <= 601
    time.forward(timedelta(seconds=wait))
    assert api.post(f"{hers.quiz_path}/attempts").status_code == 201


def test_the_pause_after_an_attempt_that_the_clock_closed_begins_when_its_time_ended(
    study, timed, alice
):
    set_rules(timed, pause_minutes=15)
    study.publish(timed)
    hers = taker(study, alice)
    half_done(hers)

    with pytest.raises(PauseNotOver):
        hers.start(at=DUE + 15 * MINUTE - SECOND)
    assert hers.start(at=DUE + 15 * MINUTE).number == 2


def test_attempts_run_out_and_the_course_says_so(study, authored, alice):
    set_rules(authored, attempts=2)
    study.publish(authored)
    hers = taker(study, alice)
    hers.take(WRONG)
    assert hers.missing_quiz.reason is MissingReason.NOT_PASSED
    hers.take(RIGHT | {"floor-is": "mean"})

    assert hers.missing_quiz.reason is MissingReason.NO_ATTEMPTS_LEFT
    with pytest.raises(AttemptsExhausted):
        hers.start(attempt_id=new_id())


@pytest.mark.parametrize(("counts", "shown"), [("best", 66), ("last", 0)])
def test_the_result_that_counts_is_the_authors_choice(study, authored, alice, counts, shown):
    set_rules(authored, counts=counts)
    study.publish(authored)
    hers = taker(study, alice)
    hers.take(RIGHT | {"floor-is": "mean"})
    hers.take(WRONG)
    hers.start()

    assert hers.outcome.percent(CountedResult(counts)) == shown
    hers.submit(hers.start())
    missing = hers.missing_quiz
    assert (missing.result, missing.percent) == (counts, shown)


def test_a_pass_stays_a_pass_where_the_last_result_counts(site, study, authored, alice):
    set_rules(authored, counts="last")
    study.publish(authored)
    hers = taker(study, alice)
    hers.take(RIGHT)
    hers.take(WRONG)

    outcome = hers.outcome
    assert (outcome.percent(CountedResult.LAST), outcome.passed) == (0, True)
    assert QUIZ_KEY in hers.progress.done
    assert hers.now().percent == 33
    assert faults(site) == []


def test_an_attempt_keeps_the_limit_that_it_was_started_with(study, timed, hers, alice):
    attempt = half_done(hers)
    set_rules(timed, time_limit_minutes=60, grace_seconds=600)
    study.publish(timed)
    with hers.site.transaction() as session:
        learning.move_to_current_version(
            session, alice.actor_in(session), hers.enrollment.id, at=THEN + MINUTE
        )

    assert hers.look(attempt).summary.due_at == DUE
    with pytest.raises(TimeIsUp):
        hers.save(attempt, "floor-is", "mean", at=TOO_LATE)


def test_the_quiz_page_closes_an_attempt_by_the_grace_that_it_was_started_with(
    site, study, timed, alice, time
):
    hers, api = taker(study, alice), alice.api()
    path = api_attempt(hers, api)
    due_at = time.moment + 10 * MINUTE
    set_rules(timed, grace_seconds=600)
    study.publish(timed)
    browser = alice.browser()
    browser.submit("/courses/small/enrollment/version")
    time.forward(10 * MINUTE + 31 * SECOND)

    assert "Go on with your attempt" not in browser.get("/courses/small/quizzes/first").text
    assert_closed_when_due(site, api, path, due_at)


def test_a_closed_attempt_takes_no_answer_however_much_time_is_left(hers):
    attempt = half_done(hers)
    hers.submit(attempt, at=THEN + 2 * MINUTE)

    with pytest.raises(AttemptClosed):
        hers.save(attempt, "floor-is", "mean", at=THEN + 3 * MINUTE)


def test_two_starts_at_once_give_one_attempt_with_one_end(fresh_site, authored):
    set_rules(authored, time_limit_minutes=10, attempts=1)
    study = Study(fresh_site)
    study.publish(authored)
    alice = Cast(fresh_site).alice
    hers = taker(study, alice)
    clients = [alice.api() for _ in range(4)]
    barrier = threading.Barrier(len(clients))

    def start(client):
        barrier.wait(30)
        return client.post(f"{hers.quiz_path}/attempts")

    with ThreadPoolExecutor(len(clients)) as threads:
        answers = list(threads.map(start, clients))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({(answer.json["id"], answer.json["due_at"]) for answer in answers}) == 1
    assert fresh_site.scalar("SELECT count(*) FROM attempt") == 1
