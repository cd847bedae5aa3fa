"""A thousand learners take a quiz at once, each on two devices: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any, Final

import pytest
from sqlalchemy import select

from config import Settings
from courseapp.assessment import service as assessment
from courseapp.assessment.models import Attempt, AttemptQuestion, Response
from courseapp.assessment.types import AttemptState, AttemptSummary
from courseapp.catalog.queries import get_quiz
from courseapp.cohorts.types import EnrollmentId
from courseapp.core import clock
from courseapp.core.types import JsonObject
from courseapp.ops.doctor import find_faults
from tests.authoring import AuthoredContent
from tests.bench.quizzes import Member, enroll_crowd
from tests.databases import POSTGRESQL, SQLITE, Database
from tests.sites import Site
from tests.studying import SMALL_COURSE, Study

pytestmark = pytest.mark.slow

QUIZ: Final = "first"
PASS_MARK: Final = 70
# SQLite has one writer at a time, and each waits for the disk: fewer learners say as much there.
LEARNERS: Final = {SQLITE: 60, POSTGRESQL: 1000}
# Two processes for each learner: her phone and her computer, which she uses at the same moment.
DEVICES: Final = 2
PROCESSES: Final = 8
# In seconds: what a device waits for the other one, the test for all of them, and then for their ends.
STEP: Final = 120.0
LIMIT: Final = 300.0
GRACE: Final = 5.0

# What learners answer in the end, and what that earns; each learner takes one of each in turn. An empty answer
# takes back what was there before.
ANSWERS: Final[Mapping[str, Sequence[tuple[Any, JsonObject, Fraction]]]] = {
    "floor-is": [
        ("least", {"value": "least"}, Fraction(1)),
        ("most", {"value": "most"}, Fraction(0)),
        ("", {"value": ""}, Fraction(0)),
    ],
    "numbers": [
        (["two", "one"], {"options": ["one", "two"]}, Fraction(1)),
        (["two"], {"options": ["two"]}, Fraction(1, 2)),
        (["one", "two", "blue"], {"options": ["blue", "one", "two"]}, Fraction(1, 2)),
        (["green"], {"options": ["green"]}, Fraction(0)),
        ([], {"options": []}, Fraction(0)),
    ],
    "three-is-more": [
        (True, {"value": "true"}, Fraction(1)),
        (False, {"value": "false"}, Fraction(0)),
    ],
}
# What some of them answer first.
DRAFTS: Final[Mapping[str, Any]] = {
    "floor-is": "mean",
    "numbers": ["blue", "green"],
    "three-is-more": False,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one device was told about one attempt: when it was started, and at each submission."""

    started: AttemptSummary
    created: bool
    submitted: Sequence[AttemptSummary]


def in_the_end(number: int) -> Mapping[str, tuple[Any, JsonObject, Fraction]]:
    """Return what the learner with this number answers: as sent, as stored, and what it earns."""
    return {key: choices[number % len(choices)] for key, choices in ANSWERS.items()}


def answers_on_the_way(number: int, device: int) -> Sequence[tuple[str, Any]]:
    """Return what one of her devices saves before both save the answers that count: for every third learner."""
    if number % 3:
        return []
    drafts = list(DRAFTS.items())
    return drafts[::-1] if device else drafts


def answers_that_count(number: int, device: int) -> Sequence[tuple[str, Any]]:
    """Return what one of her devices saves at last: the computer backwards, the phone some of it twice."""
    final = [(key, sent) for key, (sent, _, _) in in_the_end(number).items()]
    return final[::-1] if device else [*final, final[number % len(final)]]


def be_a_device(
    database: Database,
    settings: Settings,
    device: int,
    learners: Sequence[tuple[int, Member]],
    together: Barrier,
    out: Connection,
) -> None:
    """Take the quiz for one learner after the other; each step begins at the same moment as on the other device."""
    try:
        site = Site(database, settings)
        out.send([take(site, device, *learner, together) for learner in learners])
        site.close()
    except BaseException:  # noqa: BLE001  # the test tells, and the other device must not wait
        together.abort()
        out.send(traceback.format_exc())
    finally:
        out.close()


def take(site: Site, device: int, number: int, member: Member, together: Barrier) -> Seen:
    """Start, save what is on the way and what counts, and submit twice."""
    actor = member.actor
    together.wait(STEP)
    with site.transaction() as session:
        attempt, created = assessment.start_attempt(
            session, actor, member.enrollment_id, QUIZ, at=clock.now()
        )
    for saved in (answers_on_the_way(number, device), answers_that_count(number, device)):
        together.wait(STEP)
        for key, answer in saved:
            with site.transaction() as session:
                assessment.save_response(session, actor, attempt.id, key, answer, at=clock.now())
    together.wait(STEP)
    submitted = []
    for _ in range(2):
        with site.transaction() as session:
            submitted.append(assessment.submit_attempt(session, actor, attempt.id, at=clock.now()))
    return Seen(attempt, created, submitted)


def take_all_at_once(site: Site, crowd: Sequence[Member]) -> Sequence[tuple[Seen, Seen]]:
    """Have every learner take the quiz on both devices, in so many processes; return what the devices saw."""
    context = multiprocessing.get_context("spawn")
    deadline = time.monotonic() + LIMIT
    # Kept until the end: a barrier that nobody here holds is gone before a slow process has found it.
    pairs = [context.Barrier(DEVICES) for _ in range(PROCESSES // DEVICES)]
    shares = [list(enumerate(crowd))[pair :: len(pairs)] for pair in range(len(pairs))]
    running = []
    found = []
    try:
        for together, share in zip(pairs, shares, strict=True):
            for device in range(DEVICES):
                receiving, sending = context.Pipe(duplex=False)
                process = context.Process(
                    target=be_a_device,
                    args=(site.database, site.settings, device, share, together, sending),
                )
                process.start()
                # Only the process itself holds this end: when it dies, reading ends.
                sending.close()
                running.append((process, receiving))
        for _, receiving in running:
            if not receiving.poll(max(0.0, deadline - time.monotonic())):
                pytest.fail(f"the processes were not done within {LIMIT:.0f} seconds")
            found.append(receiving.recv())
    finally:
        for process, receiving in running:
            process.join(GRACE)
            process.kill()
            process.join()
            receiving.close()
    failures = [failure for failure in found if isinstance(failure, str)]
    assert not failures, "\n".join(failures)
    seen: dict[int, tuple[Seen, Seen]] = {}
    for share, phone, computer in zip(shares, found[::DEVICES], found[1::DEVICES], strict=True):
        numbers = [number for number, _ in share]
        seen.update(zip(numbers, zip(phone, computer, strict=True), strict=True))
    return [seen[number] for number in range(len(crowd))]


def test_a_crowd_on_two_devices_each_loses_no_answer(
    fresh_site: Site, authored: AuthoredContent
) -> None:
    site, count = fresh_site, LEARNERS[fresh_site.database.engine_name]
    study = Study(site)
    study.publish(authored)
    course = study.course(SMALL_COURSE)
    with site.transaction() as session:
        crowd = enroll_crowd(session, course, count, at=clock.now())

    seen = take_all_at_once(site, crowd)

    # One of two starts made the attempt, both devices worked on it, and all submissions say the same.
    assert [phone.created + computer.created for phone, computer in seen] == [1] * count
    assert all(phone.started == computer.started for phone, computer in seen)
    results = [{*phone.submitted, *computer.submitted} for phone, computer in seen]
    assert [len(same) for same in results] == [1] * count
    (summaries,) = zip(*results, strict=True)

    with site.snapshot() as session:
        attempts = {row.enrollment_id: row for row in session.execute(select(*Attempt.__table__.c))}
        quiz = get_quiz(session, course.modules[0].quiz.version_id, "en")
        stored: dict[EnrollmentId, dict[str, tuple[JsonObject, float | None]]] = {}
        rows = session.execute(
            select(Attempt.enrollment_id, AttemptQuestion, Response.answer)
            .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
            .outerjoin(
                Response,
                (Response.attempt_id == AttemptQuestion.attempt_id)
                & (Response.question_version_id == AttemptQuestion.question_version_id),
            )
        )
        for enrollment_id, drawn, answer in rows:
            key = quiz.question(drawn.question_version_id).key
            stored.setdefault(enrollment_id, {})[key] = (answer, drawn.credit)
        faults = find_faults(session)
    assert site.count_rows()["attempt"] == len(attempts) == count
    assert site.count_rows()["response"] == count * len(ANSWERS)

    for number, (member, summary) in enumerate(zip(crowd, summaries, strict=True)):
        expected = in_the_end(number)
        assert stored[member.enrollment_id] == {
            key: (answer, float(credit)) for key, (_, answer, credit) in expected.items()
        }
        total = sum((credit for _, _, credit in expected.values()), Fraction(0))
        percent = int(100 * total / len(expected))
        attempt = attempts[member.enrollment_id]
        assert attempt.id == summary.id
        assert (attempt.number, attempt.state) == (1, AttemptState.GRADED)
        assert (attempt.percent, attempt.passed) == (percent, percent >= PASS_MARK)
        assert (summary.percent, summary.passed) == (percent, percent >= PASS_MARK)
        assert attempt.score == float(total / len(expected))
    assert {summary.percent for summary in summaries} == {0, 16, 33, 50, 66, 83, 100}

    # Their progress came to know of it, once each.
    assert not faults
    passed = sum(bool(summary.passed) for summary in summaries)
    assert site.scalar("SELECT count(*) FROM enrollment WHERE percent = 33") == passed
    assert site.scalar("SELECT count(*) FROM enrollment WHERE percent = 0") == count - passed
    if not site.database.is_sqlite:
        assert deadlocks(site) == 0


def deadlocks(site: Site) -> int:
    """Return how often PostgreSQL had to end a transaction so that others could go on."""
    found: int = site.scalar(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    return found
