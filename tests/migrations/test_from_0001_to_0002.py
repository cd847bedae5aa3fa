"""What the first release left is brought to the structure of today and back: nothing in it is lost.

`as_0001.json` holds the rows that the first release wrote, of a site on which Alice has finished the small
course, and Bola has read a lesson, failed the quiz, moved to a newer version, and answered two of the three
questions of his second attempt.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError

from courseapp.accounts.types import PersonId
from courseapp.assessment import service as assessment
from courseapp.assessment.queries import get_shown_attempt
from courseapp.assessment.types import AttemptState, ShownAttempt
from courseapp.ops import migrations
from courseapp.ops.doctor import find_faults
from tests.authoring import QUIZ, AuthoredContent
from tests.cast import THEN, Cast, Person
from tests.databases import Database, Run, settings_for
from tests.sites import Site
from tests.studying import SMALL_COURSE, Study

ROWS: Final = json.loads(Path(__file__).with_name("as_0001.json").read_text(encoding="utf-8"))
ALICES, BOLAS_FIRST, BOLAS_SECOND = (uuid.UUID(row["id"]) for row in ROWS["attempt"])
OF_ATTEMPTS: Final = ("attempt_question", "response")
WITHOUT_RESULT: Final = {"state": "open", "submitted_at": None, "percent": None, "passed": None}


def go_to(database: Database, revision: str) -> None:
    """Bring a database to a revision, forwards or backwards; `head` stands for the newest."""
    config = migrations.alembic_config(database.url)
    if revision < (revision_of(database) or ""):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def revision_of(database: Database) -> str | None:
    engine = create_engine(database.url)
    revision = migrations.current_revision(engine)
    engine.dispose()
    return revision


@pytest.fixture
def old(engine_name: str, run: Run) -> Iterator[Database]:
    """A database as the first release left it."""
    database = run.copy_of(run.prepared("first-release", engine_name, write_first_release))
    yield database
    run.drop(database)


def write_first_release(database: Database) -> None:
    go_to(database, "0001")
    engine = create_engine(database.url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name not in {"attempt", *OF_ATTEMPTS}:
                insert(connection, table, ROWS.get(table.name, []))
        # One after the other, as it happened: what belongs to a graded attempt cannot be inserted any more.
        for attempt in ROWS["attempt"]:
            insert(connection, tables.tables["attempt"], [attempt | WITHOUT_RESULT])
            for name in OF_ATTEMPTS:
                rows = [row for row in ROWS[name] if row["attempt_id"] == attempt["id"]]
                insert(connection, tables.tables[name], rows)
            close(connection, tables.tables["attempt"], attempt)
    engine.dispose()


def insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), [as_stored(table, row) for row in rows])


def close(connection: Connection, table: Table, attempt: dict[str, Any]) -> None:
    row = as_stored(table, attempt)
    connection.execute(
        table.update()
        .where(table.c.id == row["id"])
        .values({name: row[name] for name in WITHOUT_RESULT})
    )


def as_stored(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the file as the database takes it."""
    return {name: value_of(table.c[name], value) for name, value in row.items()}


def value_of(column: Column[Any], value: Any) -> Any:
    match column.type:
        case _ if value is None:
            return None
        case Uuid():  # SQLite has the 32 digits as they stand in the file
            return uuid.UUID(value)
        case DateTime(timezone=with_zone):
            return datetime.fromisoformat(value).replace(tzinfo=UTC if with_zone else None)
        case LargeBinary():
            return base64.b64decode(value)
        case _:
            return value


def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return everything that a database holds of what the first release had a place for."""
    engine = create_engine(database.url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            name: [
                {column: row[column] for column in ROWS[name][0]}
                for row in connection.execute(tables.tables[name].select()).mappings()
            ]
            for name in ROWS
        }
    engine.dispose()
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def triggers_of(database: Database) -> set[tuple[str, str]]:
    """Return the triggers of a database, each with what it does; spaces and brackets make no difference."""
    engine = create_engine(database.url)
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        found = {
            (str(name), re.sub(r"[\s()]", "", str(sql)))
            for name, sql in connection.execute(text(query))
        }
    engine.dispose()
    return found


def structure_of(database: Database) -> dict[str, Any]:
    """Return the columns, keys and indexes of every table."""
    engine = create_engine(database.url)
    inspector = inspect(engine)
    found = {
        table: {
            "columns": sorted(
                (c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)
            ),
            "checks": sorted(str(c["name"]) for c in inspector.get_check_constraints(table)),
            "keys": sorted(str(k["name"]) for k in inspector.get_foreign_keys(table)),
            "unique": sorted(str(u["name"]) for u in inspector.get_unique_constraints(table)),
            "indexes": sorted(str(i["name"]) for i in inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
    }
    engine.dispose()
    return found


@pytest.fixture
def upgraded(engine_name: str, run: Run, tmp_path: Path) -> Iterator[Site]:
    """The app of today on the database that the first release left."""
    database = run.copy_of(run.prepared("upgraded-release", engine_name, write_upgraded_release))
    site = Site(database, settings_for(database.url, tmp_path / "instance"))
    yield site
    site.close()
    run.drop(database)


def write_upgraded_release(database: Database) -> None:
    write_first_release(database)
    go_to(database, "head")


def person(site: Site, name: str) -> Person:
    person_id = site.scalar(
        "SELECT id FROM person WHERE email = :email", email=f"{name}@union.example"
    )
    return Person(site, PersonId(uuid.UUID(str(person_id))), f"{name}@union.example")


def look(site: Site, who: Person, attempt_id: uuid.UUID) -> ShownAttempt:
    with site.snapshot() as session:
        return get_shown_attempt(session, who.actor_in(session), attempt_id, "en")


def in_todays_words(row: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of the first release as it is stored today."""
    answer = row["answer"]
    return {**row, "answer": {"value": answer["option"]} if "option" in answer else answer}


def test_every_row_is_kept(old):
    before = rows_of(old)
    go_to(old, "0002")
    after = rows_of(old)

    assert {name: len(rows) for name, rows in after.items()} == {
        name: len(rows) for name, rows in ROWS.items()
    }
    assert after == {
        name: sorted(map(in_todays_words, rows), key=str) if name == "response" else rows
        for name, rows in before.items()
    }


def test_what_is_new_has_its_usual_value(upgraded):
    results = upgraded.execute(
        "SELECT state, due_at, timed_out, score FROM attempt ORDER BY started_at, state"
    )
    assert sorted((state, due, bool(late), score) for state, due, late, score in results) == [
        ("graded", None, False, 0.0),
        ("graded", None, False, 1.0),
        ("open", None, False, None),
    ]
    for query, value in (
        ("SELECT DISTINCT practice FROM quiz_version_question", False),
        ("SELECT DISTINCT checked_at FROM response", None),
        ("SELECT DISTINCT recounts FROM enrollment", 0),
    ):
        assert [tuple(row) for row in upgraded.execute(query)] == [(value,)]
    (quiz,) = [m.quiz for m in Study(upgraded).course(SMALL_COURSE).modules]
    assert (quiz.pass_mark, quiz.attempts_allowed, quiz.question_count) == (70, None, 3)
    assert (quiz.rules.pause_minutes, quiz.rules.draw, quiz.rules.feedback) == (
        0,
        None,
        "after_submission",
    )


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("UPDATE attempt SET percent = 100 WHERE id = :first", "a graded attempt is never changed"),
        (
            "UPDATE response SET saved_at = saved_at WHERE attempt_id = :first",
            "a graded attempt is never changed",
        ),
        (
            "UPDATE response SET attempt_id = :first WHERE attempt_id = :second",
            "a graded attempt is never changed",
        ),
        (
            "UPDATE attempt_question SET credit = 1 WHERE attempt_id = :first",
            "a graded attempt is never changed",
        ),
        (
            (
                "INSERT INTO attempt_question (attempt_id, position, question_version_id, drawn)"
                " SELECT :first, 99, question_version_id, drawn FROM attempt_question"
                " WHERE attempt_id = :second AND position = 1"
            ),
            "a graded attempt is never changed",
        ),
        ("UPDATE enrollment SET percent = 0, completed_at = NULL", "progress never falls"),
        ("UPDATE course_version_activity SET position = 99", "never changed"),
        ("DELETE FROM course_version_activity", "never deleted"),
        ("UPDATE quiz_version SET rules = '{}'", "never changed"),
        ("DELETE FROM quiz_version_question", "never deleted"),
        ("UPDATE certificate SET code = 'X'", "what a certificate says is never changed"),
        ("UPDATE lesson_completion SET version_number = 7", "never changed"),
        ("DELETE FROM audit_event", "never deleted"),
    ],
)
def test_the_triggers_hold_what_was_there_before(upgraded, sql, refusal):
    attempts = {"first": BOLAS_FIRST, "second": BOLAS_SECOND}
    values = {name: value for name, value in attempts.items() if f":{name}" in sql}
    before = upgraded.count_rows()

    with pytest.raises(IntegrityError, match=refusal):
        upgraded.execute(sql, **values)
    assert upgraded.count_rows() == before


def test_an_upgraded_database_is_like_a_new_one(old, run, engine_name):
    go_to(old, "head")
    new = run.empty(engine_name)
    go_to(new, "head")
    try:
        assert triggers_of(old) == triggers_of(new)
        assert structure_of(old) == structure_of(new)
    finally:
        run.drop(new)


def test_whoever_was_in_the_middle_of_an_attempt_goes_on(upgraded):
    bola = person(upgraded, "bola")
    at = THEN + timedelta(hours=3)
    standing = {q.key: q.answer for q in look(upgraded, bola, BOLAS_SECOND).questions}
    assert standing == {"floor-is": "least", "numbers": ["green", "one"], "three-is-more": None}

    with upgraded.transaction() as session:
        actor = bola.actor_in(session)
        assessment.save_response(session, actor, BOLAS_SECOND, "three-is-more", "true", at=at)
        result = assessment.submit_attempt(session, actor, BOLAS_SECOND, at=at)

    assert (result.number, result.state, result.percent, result.passed) == (
        2,
        AttemptState.GRADED,
        66,
        False,
    )
    assert upgraded.scalar("SELECT count(*) FROM response") == len(ROWS["response"]) + 1


def test_results_of_before_are_shown_as_they_were(upgraded):
    alice, bola = person(upgraded, "alice"), person(upgraded, "bola")
    hers, his = look(upgraded, alice, ALICES), look(upgraded, bola, BOLAS_FIRST)

    assert (hers.summary.percent, his.summary.percent) == (100, 0)
    assert {q.key: (q.answer, q.credit) for q in hers.questions} == {
        "floor-is": ("least", 1),
        "numbers": (["one", "two"], 1),
        "three-is-more": ("true", 1),
    }
    assert {q.key: (q.answer, q.credit) for q in his.questions} == {
        "floor-is": ("most", 0),
        "numbers": (["green"], 0),
        "three-is-more": ("false", 0),
    }
    for who, attempt in ((alice, ALICES), (bola, BOLAS_FIRST)):
        assert who.browser().get(f"/attempts/{attempt}/review").status_code == 200
        assert who.api().get(f"/attempts/{attempt}").status_code == 200
    with upgraded.snapshot() as session:
        assert find_faults(session) == []


def test_it_can_be_taken_back_and_everything_is_as_it_was(old):
    before = rows_of(old), triggers_of(old), structure_of(old)
    go_to(old, "0002")
    go_to(old, "0001")

    assert (rows_of(old), triggers_of(old), structure_of(old)) == before


@pytest.fixture
def today(empty_database: Database, tmp_path: Path) -> Iterator[Site]:
    """The app on a new database, in which transactions really end."""
    go_to(empty_database, "head")
    site = Site(empty_database, settings_for(empty_database.url, tmp_path / "instance"))
    yield site
    site.close()


def with_a_regraded_result(site: Site, content: AuthoredContent) -> None:
    study, cast = Study(site), Cast(site)
    study.publish(content)
    study.take_quiz(cast.alice, study.enroll(cast.alice, SMALL_COURSE), "first", right=False)
    content.change(QUIZ, "answer: true", "answer: false")
    study.publish(content)
    assert study.regrade(cast.dana, "first", course_key=SMALL_COURSE).changed


def with_an_attempt_that_waits(site: Site, content: AuthoredContent) -> None:
    study, cast = Study(site), Cast(site)
    content.ask_everything()
    study.publish(content)
    attempt = study.take_quiz(cast.alice, study.enroll(cast.alice, SMALL_COURSE), "first")
    assert attempt.state is AttemptState.NEEDS_REVIEW


def with_a_final_quiz(site: Site, content: AuthoredContent) -> None:
    content.add_final_quiz()
    assert "quiz final: version 1" in Study(site).publish(content)


@pytest.mark.parametrize(
    ("come_about", "words"),
    [
        (with_a_regraded_result, "regraded results"),
        (with_an_attempt_that_waits, "attempts that wait for a review"),
        (with_a_final_quiz, "a quiz over a whole course"),
    ],
)
def test_it_is_not_taken_back_where_something_would_be_lost(today, authored, come_about, words):
    come_about(today, authored)
    before = today.count_rows()
    today.close()
    go_to(today.database, "0002")

    with pytest.raises(RuntimeError, match=f"there are {words}"):
        go_to(today.database, "0001")

    assert revision_of(today.database) == "0002"
    go_to(today.database, "head")
    assert today.count_rows() == before
