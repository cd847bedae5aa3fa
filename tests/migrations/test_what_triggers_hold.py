"""Every immutable table is held by triggers, and a graded attempt together with all that belongs to it."""

import pytest
from sqlalchemy.exc import IntegrityError

from courseapp.assessment import service as assessment
from courseapp.core.db import Base, Immutable
from courseapp.learning import service as learning
from tests.authoring import LESSON
from tests.cast import THEN

IMMUTABLE = sorted(
    mapper.local_table.name
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Immutable)
)
# What an erased person did herself may go.
MAY_GO = {"enrollment_move", "lesson_completion"}


@pytest.fixture
def full_house(site, study, authored, alice, bola):
    """A site with a row in every table that must not change."""
    study.publish(authored)
    study.finish(alice, "small")
    his = study.enroll(bola, "small")
    authored.change(LESSON, "minutes: 5", "minutes: 6")
    study.publish(authored)
    with site.transaction() as session:
        learning.move_to_current_version(session, bola.actor_in(session), his.id, at=THEN)


def test_no_immutable_row_is_changed_or_deleted(site, full_house):
    rows = site.count_rows()
    assert [table for table in IMMUTABLE if not rows[table]] == []

    for table in IMMUTABLE:
        column = next(c.name for c in Base.metadata.tables[table].columns if not c.primary_key)
        with pytest.raises(IntegrityError, match=f"{table} rows are never changed"):
            site.execute(f"UPDATE {table} SET {column} = {column}")
        if table not in MAY_GO:
            with pytest.raises(IntegrityError, match=f"{table} rows are never deleted"):
                site.execute(f"DELETE FROM {table}")
    assert site.count_rows() == rows


@pytest.fixture
def two_attempts(site, study, authored, alice, bola):
    """Alice's graded attempt, and the one that Bola has just started and answered."""
    study.publish(authored)
    graded = study.take_quiz(alice, study.enroll(alice, "small"), "first", right=False)
    his = study.enroll(bola, "small")
    with site.transaction() as session:
        actor = bola.actor_in(session)
        started, _ = assessment.start_attempt(session, actor, his.id, "first", at=THEN)
        assessment.save_response(session, actor, started.id, "floor-is", "least", at=THEN)
    return graded.id, started.id


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE attempt SET percent = 100 WHERE id = :graded",
        (
            "UPDATE attempt SET state = 'open', submitted_at = NULL, percent = NULL, passed = NULL"
            " WHERE id = :graded"
        ),
        "UPDATE response SET answer = answer WHERE attempt_id = :graded",
        # An answer taken away to another attempt, and one brought in from there.
        "UPDATE response SET attempt_id = :open WHERE attempt_id = :graded",
        "UPDATE response SET attempt_id = :graded WHERE attempt_id = :open",
        (
            "INSERT INTO response (id, attempt_id, question_version_id, answer, saved_at)"
            " SELECT :open, :graded, question_version_id, answer, saved_at FROM response"
            " WHERE attempt_id = :open"
        ),
        "UPDATE attempt_question SET credit = 1 WHERE attempt_id = :graded",
        (
            "INSERT INTO attempt_question (attempt_id, position, question_version_id, drawn, credit)"
            " SELECT :graded, 99, question_version_id, drawn, 1 FROM attempt_question"
            " WHERE attempt_id = :open AND position = 1"
        ),
    ],
)
def test_of_a_graded_attempt_nothing_changes(site, two_attempts, sql):
    graded, started = two_attempts
    values = {"graded": graded, "open": started}

    with pytest.raises(IntegrityError, match="a graded attempt is never changed"):
        site.execute(sql, **{name: value for name, value in values.items() if f":{name}" in sql})


def test_of_an_open_attempt_answers_may_change(site, two_attempts):
    _, started = two_attempts
    site.execute("UPDATE response SET saved_at = saved_at WHERE attempt_id = :open", open=started)
    site.execute("UPDATE attempt_question SET credit = 1 WHERE attempt_id = :open", open=started)


def test_progress_may_fall_only_with_a_move_to_another_version(site, full_house, bola, study):
    his = study.again(bola, "small")
    study.read(bola, his, "go-on")

    with pytest.raises(IntegrityError, match="progress never falls"):
        site.execute("UPDATE enrollment SET percent = 0 WHERE id = :id", id=his.id)
    site.execute(
        "UPDATE enrollment SET percent = 0, course_version_id ="
        " (SELECT id FROM course_version WHERE id <> enrollment.course_version_id LIMIT 1)"
        " WHERE id = :id",
        id=his.id,
    )
