"""Every immutable table is held by triggers, and a graded attempt together with all that belongs to it."""

import pytest
from sqlalchemy.exc import IntegrityError

from courseapp.assessment import service as assessment
from courseapp.assessment.types import AttemptState
from courseapp.core.db import Base, Immutable
from courseapp.credentials import service as credentials
from courseapp.credentials.looks import STANDARD_LOOK
from courseapp.credentials.queries import find_certificate
from courseapp.learning import service as learning
from tests.authoring import LESSON, QUIZ
from tests.cast import THEN

IMMUTABLE = sorted(
    mapper.local_table.name
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Immutable)
)
# What an erased person did herself may go, and what was decided for her.
MAY_GO = {
    "certificate_file",
    "enrollment_move",
    "lesson_completion",
    "quiz_exception",
    "regraded_attempt",
}


@pytest.fixture
def full_house(site, study, cast, authored, alice, bola, dana):
    """A site with a row in every table that must not change."""
    study.publish(authored)
    hers = study.finish(alice, "small")
    with site.transaction() as session:
        certificate = find_certificate(session, hers.id)
        credentials.keep_pdf(session, certificate.id, b"a page", at=THEN)
        credentials.save_branding(
            session, dana.actor_in(session), cast.union, "The Union", STANDARD_LOOK, at=THEN
        )
    his = study.enroll(bola, "small")
    study.take_quiz(bola, his, "first", right=False)
    study.grant(dana, his, "first", attempts=1)
    authored.change(LESSON, "minutes: 5", "minutes: 6")
    authored.change(QUIZ, "answer: true", "answer: false")
    study.publish(authored)
    study.regrade(dana, "first", course_key="small")
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


def test_what_may_go_with_an_erased_person_goes(site, full_house):
    for table in sorted(MAY_GO):
        site.execute(f"DELETE FROM {table}")
    rows = site.count_rows()

    assert {table: rows[table] for table in MAY_GO} == dict.fromkeys(MAY_GO, 0)


ALL_POINTS = {"says-why": 2, "example": 1}


@pytest.fixture
def three_attempts(site, study, authored, cast):
    """Alice's graded attempt with a trainer's judgement, Bola's open one, and one that waits for a trainer."""
    authored.ask_everything()
    study.publish(authored)
    graded, waiting = (
        study.take_quiz(person, study.enroll(person, "small"), "first", right=False)
        for person in (cast.alice, cast.person("Céline", "celine@union.example"))
    )
    state = study.judge(cast.dana, graded.id, "in-your-words", ALL_POINTS)
    his = study.enroll(cast.bola, "small")
    started = study.start(cast.bola, his, "first")
    with site.transaction() as session:
        actor = cast.bola.actor_in(session)
        assessment.save_response(session, actor, started.id, "floor-is", "least", at=THEN)
    assert (state, waiting.state) == (AttemptState.GRADED, AttemptState.NEEDS_REVIEW)
    return {"graded": graded.id, "open": started.id, "waiting": waiting.id}


def run(site, sql, attempts):
    """Run SQL in which `:graded`, `:open` and `:waiting` stand for the attempts."""
    site.execute(sql, **{name: value for name, value in attempts.items() if f":{name}" in sql})


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE attempt SET percent = 100 WHERE id = :graded",
        (
            "UPDATE attempt SET state = 'open', submitted_at = NULL, percent = NULL, passed = NULL"
            " WHERE id = :graded"
        ),
        (
            "UPDATE attempt SET state = 'needs_review', percent = NULL, passed = NULL"
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
        "UPDATE judgement SET points = points WHERE attempt_id = :graded",
        "UPDATE judgement SET attempt_id = :waiting WHERE attempt_id = :graded",
        (
            "INSERT INTO judgement (attempt_id, question_version_id, points, comment, judged_by,"
            " judged_at) SELECT :graded, question_version_id, points, comment, judged_by, judged_at"
            " FROM judgement"
        ),
    ],
)
def test_of_a_graded_attempt_nothing_changes(site, three_attempts, sql):
    with pytest.raises(IntegrityError, match="a graded attempt is never changed"):
        run(site, sql, three_attempts)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE response SET answer = answer WHERE attempt_id = :waiting",
        "UPDATE response SET attempt_id = :open WHERE attempt_id = :waiting",
        "UPDATE response SET attempt_id = :waiting WHERE attempt_id = :open",
        (
            "INSERT INTO response (id, attempt_id, question_version_id, answer, saved_at)"
            " SELECT :open, :waiting, question_version_id, answer, saved_at FROM response"
            " WHERE attempt_id = :open"
        ),
    ],
)
def test_of_an_attempt_that_waits_no_answer_changes(site, three_attempts, sql):
    with pytest.raises(IntegrityError, match="a graded attempt is never changed"):
        run(site, sql, three_attempts)


def test_what_is_given_for_an_answer_may_change_while_the_attempt_waits(site, three_attempts):
    judged = (
        "INSERT INTO judgement (attempt_id, question_version_id, points, comment, judged_by,"
        " judged_at) SELECT :waiting, question_version_id, points, comment, judged_by, judged_at"
        " FROM judgement"
    )
    for sql in (
        judged,
        "UPDATE judgement SET comment = 'Again.' WHERE attempt_id = :waiting",
        "UPDATE attempt_question SET credit = 1 WHERE attempt_id = :waiting",
    ):
        run(site, sql, three_attempts)


def test_of_an_open_attempt_answers_may_change(site, three_attempts):
    for sql in (
        "UPDATE response SET saved_at = saved_at WHERE attempt_id = :open",
        "UPDATE attempt_question SET credit = 1 WHERE attempt_id = :open",
    ):
        run(site, sql, three_attempts)


@pytest.mark.parametrize(
    "with_it",
    [
        (
            "course_version_id ="
            " (SELECT id FROM course_version WHERE id <> enrollment.course_version_id LIMIT 1)"
        ),
        "recounts = recounts + 1",
    ],
    ids=["a move", "a recount"],
)
def test_progress_may_fall_only_with_a_move_to_another_version_or_a_recount(
    site, full_house, bola, study, with_it
):
    his = study.again(bola, "small")
    study.read(bola, his, "go-on")

    with pytest.raises(IntegrityError, match="progress never falls"):
        site.execute("UPDATE enrollment SET percent = 0 WHERE id = :id", id=his.id)
    site.execute(f"UPDATE enrollment SET percent = 0, {with_it} WHERE id = :id", id=his.id)
    assert study.again(bola, "small").percent == 0
