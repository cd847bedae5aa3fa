"""How quick quizzes are on this machine, on both databases.

Builds a temporary installation with the real course on each, takes a module's quiz many times through the
services, counts what the API asks of the database, and works out the statistics of one quiz version. Nothing
fails for being slow. Tests take from here how a crowd and its attempts are stored in bulk.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby, islice
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final

from sqlalchemy import NullPool, create_engine, insert, update
from sqlalchemy.orm import Session

from config import Settings
from courseapp.accounts import service as accounts
from courseapp.accounts.models import Person
from courseapp.accounts.types import Actor, PersonId, Role, RoleGrant
from courseapp.assessment import service as assessment
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.models import Attempt, AttemptQuestion, Response
from courseapp.assessment.queries import get_quiz_of, get_shown_attempt
from courseapp.assessment.rules import draw_options, draw_questions, is_pass, percent_of
from courseapp.assessment.statistics.counting import Counted, count_quiz
from courseapp.assessment.statistics.report import NotEnough
from courseapp.assessment.types import AttemptId, AttemptState
from courseapp.catalog.queries import get_quiz
from courseapp.catalog.types import CourseContent, QuestionContent, QuestionVersionId, QuizContent
from courseapp.cohorts.models import EnrollmentRow
from courseapp.cohorts.queries import access_enrollment
from courseapp.cohorts.types import CohortId, EnrollmentId
from courseapp.core import clock
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject
from tests.databases import ENGINES, SQLITE, Database, Run, settings_for
from tests.queries import QueryRecorder
from tests.sites import Api, Site
from tests.studying import Study, answers, right_answer, wrong_answer

RESPONSES: Final = 100_000
LEARNERS: Final = 100
PROCESSES: Final = 8
MOST_QUERIES_OF_A_SAVE: Final = 4

_TRIES: Final = 3
_AT_A_TIME: Final = 2_000
_PATIENCE: Final = 600.0


# --- a crowd, and what it has answered, stored in bulk ---


@dataclass(frozen=True, slots=True)
class Member:
    """One of a crowd: somebody without a password who is enrolled."""

    actor: Actor
    enrollment_id: EnrollmentId


@dataclass(frozen=True, slots=True)
class Taken:
    """An attempt of which everything is known: what each drawn question was answered, and what that earned.

    An answer is as it is stored, or None where there is none.
    """

    enrollment_id: EnrollmentId
    number: int
    answers: Mapping[QuestionVersionId, tuple[JsonObject | None, Fraction]]
    started_at: datetime
    seconds: float
    state: AttemptState = AttemptState.GRADED


def enroll_crowd(
    session: Session,
    course: CourseContent,
    count: int,
    *,
    cohort_id: CohortId | None = None,
    at: datetime,
) -> Sequence[Member]:
    """Create so many people who take a course, by two statements."""
    people = [PersonId(new_id()) for _ in range(count)]
    crowd = [
        Member(
            Actor(person, "Somebody", f"{person}@union.example", "en", frozenset()),
            EnrollmentId(new_id()),
        )
        for person in people
    ]
    session.execute(
        insert(Person),
        [
            {
                "id": member.actor.id,
                "email": member.actor.email,
                "name": member.actor.name,
                "locale": member.actor.locale,
                "created_at": at,
            }
            for member in crowd
        ],
    )
    session.execute(
        insert(EnrollmentRow),
        [
            {
                "id": member.enrollment_id,
                "person_id": member.actor.id,
                "course_id": course.id,
                "course_version_id": course.version_id,
                "cohort_id": cohort_id,
                "created_at": at,
                "last_active_at": at,
            }
            for member in crowd
        ],
    )
    return crowd


def store_attempts(
    session: Session, quiz: QuizContent, attempts: Iterable[Taken]
) -> list[AttemptId]:
    """Store attempts as if they had been taken and graded; in the order of their numbers.

    Progress does not come to know of them.
    """
    drawn = {q.version_id: draw_options(q, 1, 0, shuffle=True) for q in quiz.questions}
    stored: list[AttemptId] = []
    # One open attempt for each learner at a time: first all first ones, then all second ones.
    for _, of_one_number in groupby(attempts, key=lambda attempt: attempt.number):
        made = [(AttemptId(new_id()), attempt) for attempt in of_one_number]
        session.execute(insert(Attempt), [_open_row(quiz, *one) for one in made])
        session.execute(
            insert(AttemptQuestion),
            [row for one in made for row in _question_rows(drawn, *one)],
        )
        responses = [row for one in made for row in _response_rows(*one)]
        if responses:
            session.execute(insert(Response), responses)
        # Graded last: the database lets nothing be added to an attempt that has a result.
        for state in (AttemptState.NEEDS_REVIEW, AttemptState.GRADED):
            closed = [_closed_row(quiz, *one) for one in made if one[1].state is state]
            if closed:
                session.execute(update(Attempt), closed)
        stored += [attempt_id for attempt_id, _ in made]
    return stored


def _open_row(quiz: QuizContent, attempt_id: AttemptId, attempt: Taken) -> JsonObject:
    return {
        "id": attempt_id,
        "enrollment_id": attempt.enrollment_id,
        "quiz_id": quiz.id,
        "quiz_version_id": quiz.version_id,
        "number": attempt.number,
        "state": AttemptState.OPEN,
        "seed": 0,
        "started_at": attempt.started_at,
    }


def _question_rows(
    drawn: Mapping[QuestionVersionId, JsonObject], attempt_id: AttemptId, attempt: Taken
) -> Iterator[JsonObject]:
    is_graded = attempt.state is AttemptState.GRADED
    for position, (question, (_, credit)) in enumerate(attempt.answers.items(), start=1):
        yield {
            "attempt_id": attempt_id,
            "position": position,
            "question_version_id": question,
            "drawn": drawn[question],
            "credit": float(credit) if is_graded else None,
        }


def _response_rows(attempt_id: AttemptId, attempt: Taken) -> Iterator[JsonObject]:
    for question, (answer, _) in attempt.answers.items():
        if answer is not None:
            yield {
                "attempt_id": attempt_id,
                "question_version_id": question,
                "answer": answer,
                "saved_at": attempt.started_at,
            }


def _closed_row(quiz: QuizContent, attempt_id: AttemptId, attempt: Taken) -> JsonObject:
    row: JsonObject = {
        "id": attempt_id,
        "state": attempt.state,
        "submitted_at": attempt.started_at + timedelta(seconds=attempt.seconds),
    }
    if attempt.state is AttemptState.GRADED:
        earned = [credit for _, credit in attempt.answers.values()]
        row["score"] = float(sum(earned, Fraction(0)) / len(earned))
        row["percent"] = percent_of(earned)
        row["passed"] = is_pass(earned, quiz.rules.pass_mark)
    return row


# --- taking quizzes ---


@dataclass(frozen=True, slots=True)
class Pace:
    """How many acts of one sort were done, and how long that took."""

    acts: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.acts / self.seconds


def take_quizzes(
    site: Site, crowd: Sequence[Member], quiz_key: str, *, wait: Callable[[], object]
) -> Sequence[Pace]:
    """Start, answer and submit an attempt for each of the crowd; return the pace of the three acts.

    Each act is a transaction of its own, as at a door. `wait` is called before each of the three.
    """

    def start(member: Member) -> AttemptId:
        with site.transaction() as session:
            attempt, _ = assessment.start_attempt(
                session, member.actor, member.enrollment_id, quiz_key, at=clock.now()
            )
        return attempt.id

    def save(member: Member, attempt_id: AttemptId, question: str, answer: Any) -> None:
        with site.transaction() as session:
            assessment.save_response(
                session, member.actor, attempt_id, question, answer, at=clock.now()
            )

    def submit(member: Member, attempt_id: AttemptId) -> None:
        with site.transaction() as session:
            assessment.submit_attempt(session, member.actor, attempt_id, at=clock.now())

    # A process that has been at work for a while has read the content.
    quiz = _quiz_of(site, crowd[0], quiz_key)
    attempts: dict[AttemptId, Member] = {}
    wait()
    begun = time.monotonic()
    for member in crowd:
        attempts[start(member)] = member
    starts = Pace(len(crowd), time.monotonic() - begun)

    asked = [
        (m, a, key, answer) for a, m in attempts.items() for key, answer in _asked(site, quiz, m, a)
    ]
    wait()
    begun = time.monotonic()
    for one in asked:
        save(*one)
    saves = Pace(len(asked), time.monotonic() - begun)

    wait()
    begun = time.monotonic()
    for attempt_id, member in attempts.items():
        submit(member, attempt_id)
    return starts, saves, Pace(len(crowd), time.monotonic() - begun)


def _quiz_of(site: Site, member: Member, quiz_key: str) -> QuizContent:
    with site.snapshot() as session:
        enrollment = access_enrollment(session, member.actor, member.enrollment_id)
        quiz = get_quiz_of(session, enrollment, quiz_key, "en")
        return get_quiz(session, quiz.version_id, "en")


def _asked(
    site: Site, quiz: QuizContent, member: Member, attempt_id: AttemptId
) -> Iterator[tuple[str, Any]]:
    """Yield every question of an attempt, with an answer: half of them right."""
    with site.snapshot() as session:
        shown = get_shown_attempt(session, member.actor, attempt_id, "en")
    right, wrong = answers(quiz, right=True), answers(quiz, right=False)
    for question in shown.questions:
        yield question.key, (right if question.position % 2 else wrong)[question.key]


def take_quizzes_in_processes(
    site: Site, crowds: Sequence[Sequence[Member]], quiz_key: str
) -> Sequence[Pace]:
    """Do the same with a process for each crowd, all at once; the slowest of them says how long it took."""
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(len(crowds))
    running = []
    for crowd in crowds:
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(
            target=_be_one_process,
            args=(site.database, site.settings, crowd, quiz_key, together, sending),
        )
        process.start()
        sending.close()
        running.append((process, receiving))
    try:
        found = [receiving.recv() for _, receiving in running]
    finally:
        for process, _ in running:
            process.join(_PATIENCE)
    return [
        Pace(sum(pace.acts for pace in paces), max(pace.seconds for pace in paces))
        for paces in zip(*found, strict=True)
    ]


def _be_one_process(
    database: Database,
    settings: Settings,
    crowd: Sequence[Member],
    quiz_key: str,
    together: Barrier,
    out: Connection,
) -> None:
    site = Site(database, settings)
    try:
        out.send(take_quizzes(site, crowd, quiz_key, wait=lambda: together.wait(_PATIENCE)))
    except BaseException:
        # The others would wait for this one.
        together.abort()
        raise
    finally:
        out.close()
        site.close()


# --- what the API asks ---


def count_queries(site: Site, course: CourseContent, quiz: QuizContent) -> Mapping[str, int]:
    """Return how often a start, a save and a submission ask the database, who is asking included."""
    counts: dict[str, int] = {}
    # The first one has the content read.
    for _ in range(2):
        with site.transaction() as session:
            (member,) = enroll_crowd(session, course, 1, at=clock.now())
            token = accounts.issue_token(session, member.actor.id, at=clock.now()).token
        api = site.api(token)
        path = f"/enrollments/{member.enrollment_id}/quizzes/{quiz.key}/attempts"
        attempt, counts["start"] = _counted(api, "POST", path, {})
        here, asked = f"/attempts/{attempt['id']}", attempt["questions"][0]["key"]
        answer = {"answer": answers(quiz)[asked]}
        _, counts["save"] = _counted(api, "PUT", f"{here}/responses/{asked}", answer)
        _, counts["submit"] = _counted(api, "POST", f"{here}/submission", {})
    return counts


def _counted(api: Api, method: str, path: str, body: JsonObject) -> tuple[Any, int]:
    with QueryRecorder() as queries:
        response = api.request(method, path, json=body)
    if response.status_code not in {200, 201}:
        raise RuntimeError(f"{method} {path}: {response.status} {response.text}")
    return response.json, len(queries)


# --- statistics ---


def invent_attempts(
    quiz: QuizContent, crowd: Sequence[Member], count: int, generator: random.Random
) -> Iterator[Taken]:
    """Yield attempts of people who know more or less; everybody's first one before any second one."""
    possible = {q.version_id: list(_possible_answers(q, generator)) for q in quiz.questions}
    for number in range(count):
        member = crowd[number % len(crowd)]
        knowledge = generator.random()
        drawn = draw_questions(quiz.questions, quiz.rules, generator.randrange(2**31))
        yield Taken(
            enrollment_id=member.enrollment_id,
            number=1 + number // len(crowd),
            answers={
                question.version_id: possible[question.version_id][0]
                if generator.random() < knowledge
                else generator.choice(possible[question.version_id])
                for question in drawn
            },
            started_at=clock.now(),
            seconds=generator.randrange(60, 3600),
        )


def _possible_answers(
    question: QuestionContent, generator: random.Random
) -> Iterator[tuple[JsonObject | None, Fraction]]:
    """Yield answers that people may give, the right one first, and what each earns."""
    kind = KINDS[question.kind]
    for raw in _sent_answers(question, generator):
        answer = kind.parse_answer(question.structure, raw)
        credit = kind.grade(question.structure, answer)
        yield answer, Fraction(1, 2) if credit is None else credit
    yield None, Fraction(0)


def _sent_answers(question: QuestionContent, generator: random.Random) -> Iterator[Any]:
    right, wrong = right_answer(question), wrong_answer(question)
    yield right
    yield wrong
    structure = question.structure
    if "options" in structure:
        for option in structure["options"]:
            yield [option] if isinstance(right, list) else option
    elif isinstance(right, list):
        for _ in range(20):
            yield generator.sample(right, len(right))
    elif isinstance(right, dict):
        for _ in range(20):
            yield {item: generator.choice([right[item], wrong[item]]) for item in right}
    else:
        for number in range(40):
            yield str(number)


def measure_statistics(site: Site, quiz: QuizContent) -> Iterator[tuple[Counted, int, float, int]]:
    """Yield for first and for all attempts: how many there are, the seconds taken, and the statements."""
    administrator = Actor(
        PersonId(new_id()),
        "Somebody",
        "administrator@union.example",
        "en",
        frozenset({RoleGrant(Role.SITE_ADMINISTRATOR, None)}),
    )
    for counted in Counted:
        seconds = []
        for _ in range(_TRIES):
            begun = time.monotonic()
            with site.snapshot() as session, QueryRecorder() as queries:
                report = count_quiz(session, administrator, quiz, counted=counted).report
            seconds.append(time.monotonic() - begun)
        attempts = 0 if isinstance(report, NotEnough) else report.attempts
        yield counted, attempts, min(seconds), len(queries)


# --- the whole ---


def main() -> int:
    """Measure on both databases; return the exit code, which is 1 when a save asks too often."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quizzes", description=__doc__)
    parser.add_argument(
        "--responses",
        type=int,
        default=RESPONSES,
        help=f"how many answers the statistics are about ({RESPONSES})",
    )
    parser.add_argument(
        "--learners",
        type=int,
        default=LEARNERS,
        help=f"how many attempts one process takes ({LEARNERS})",
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=PROCESSES,
        help=f"how many processes take quizzes at once on PostgreSQL ({PROCESSES})",
    )
    arguments = parser.parse_args()
    say(f"$ python -m tests.bench.quizzes {' '.join(sys.argv[1:])}".rstrip())
    say(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors.")
    say("Machines differ, and so does what else they do: compare figures of one run only.")
    run = Run.begin()
    instances = Path(tempfile.mkdtemp(prefix="courseapp-bench-"))
    try:
        fine = [
            measure(run, engine_name, instances / engine_name, arguments) for engine_name in ENGINES
        ]
    finally:
        run.end()
        shutil.rmtree(instances, ignore_errors=True)
    return 0 if all(fine) else 1


def measure(run: Run, engine_name: str, instance: Path, arguments: argparse.Namespace) -> bool:
    """Measure on one database and print what was found; tell whether a save asks little enough."""
    database = run.copy_of_template(engine_name)
    keep_what_is_committed(database)
    site = Site(database, settings_for(database.url, instance))
    course = Study(site).course()
    with site.snapshot() as session:
        quiz, other = (get_quiz(session, m.quiz.version_id, "en") for m in course.modules[:2])
    say(f"\n{version_of(site)}")
    say_paces(site, course, quiz, arguments)
    queries = count_queries(site, course, quiz)
    say_row("queries through the API", list(queries))
    say_row("  who is asking included", [str(count) for count in queries.values()])
    store_responses(site, course, other, arguments.responses)
    say_row("statistics of one version", ["attempts", "seconds", "statements"])
    for counted, attempts, seconds, statements in measure_statistics(site, other):
        say_row(
            f"  {counted.value} attempts, {arguments.responses:,} responses in all",
            [f"{attempts:,}", f"{seconds:.2f}", str(statements)],
        )
    site.close()
    run.drop(database)
    of_a_save = queries["save"]
    if of_a_save > MOST_QUERIES_OF_A_SAVE:
        say(f"A save asks {of_a_save} times; {MOST_QUERIES_OF_A_SAVE} at most were promised.")
    return of_a_save <= MOST_QUERIES_OF_A_SAVE


def say_paces(
    site: Site, course: CourseContent, quiz: QuizContent, arguments: argparse.Namespace
) -> None:
    def new_crowd() -> Sequence[Member]:
        with site.transaction() as session:
            return enroll_crowd(session, course, arguments.learners, at=clock.now())

    drawn = quiz.rules.question_count(len(quiz.questions))
    say_row(
        f"services, {drawn} of {len(quiz.questions)} questions",
        ["starts/s", "saves/s", "submits/s"],
    )
    alone = take_quizzes(site, new_crowd(), quiz.key, wait=lambda: None)
    say_row("  1 process", [f"{pace.per_second:,.0f}" for pace in alone])
    if not site.database.is_sqlite:
        crowds = [new_crowd() for _ in range(arguments.processes)]
        together = take_quizzes_in_processes(site, crowds, quiz.key)
        say_row(
            f"  {arguments.processes} processes", [f"{pace.per_second:,.0f}" for pace in together]
        )


def store_responses(site: Site, course: CourseContent, quiz: QuizContent, responses: int) -> None:
    """Store attempts with so many drawn questions in all, two for each learner."""
    count = max(1, responses // quiz.rules.question_count(len(quiz.questions)))
    with site.transaction() as session:
        crowd = enroll_crowd(session, course, (count + 1) // 2, at=clock.now())
    attempts = invent_attempts(quiz, crowd, count, random.Random(1))
    while some := list(islice(attempts, _AT_A_TIME)):
        with site.transaction() as session:
            store_attempts(session, quiz, some)
    # As a database that has been in use for a while has done by itself.
    site.execute("ANALYZE")


def keep_what_is_committed(database: Database) -> None:
    """Have PostgreSQL put every commit on disk, as SQLite does here: the tests' server need not.

    A server that is not ours keeps its own settings.
    """
    if database.engine_name == SQLITE or os.environ.get("TEST_POSTGRES_URL"):
        return
    engine = create_engine(database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER SYSTEM RESET ALL")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()


def version_of(site: Site) -> str:
    if site.database.is_sqlite:
        return f"SQLite {site.scalar('SELECT sqlite_version()')}"
    return f"PostgreSQL {site.scalar('SHOW server_version')}"


def say_row(name: str, cells: Sequence[str]) -> None:
    say(f"{name:<52}" + "".join(f"{cell:>12}" for cell in cells))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
