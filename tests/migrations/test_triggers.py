"""What must never change does not, even for somebody who comes past the application with SQL."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from courseapp.assessment import service as assessment
from tests.authoring import AuthoredContent
from tests.cast import THEN, Person
from tests.sites import Site
from tests.studying import Study

PUBLISHED = (
    "course_version",
    "course_text",
    "module_version",
    "module_text",
    "lesson_version",
    "lesson_text",
    "quiz_version",
    "quiz_text",
    "question_version",
    "question_text",
    "glossary_text",
)
LISTS = ("course_version_module", "course_version_activity", "quiz_version_question")


@pytest.mark.parametrize("table", PUBLISHED)
def test_published_content_is_neither_changed_nor_deleted(site: Site, table: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"):
        site.execute(f"UPDATE {table} SET digest = 'x'")
    with pytest.raises(IntegrityError, match="never deleted"):
        site.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", LISTS)
def test_what_a_version_consists_of_is_neither_changed_nor_deleted(site: Site, table: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"):
        site.execute(f"UPDATE {table} SET position = position + 1000")
    with pytest.raises(IntegrityError, match="never deleted"):
        site.execute(f"DELETE FROM {table}")


def test_the_audit_trail_is_neither_changed_nor_deleted(site: Site, alice: Person) -> None:
    assert alice.actor
    with pytest.raises(IntegrityError, match="never changed"):
        site.execute("UPDATE audit_event SET action = 'nothing'")
    with pytest.raises(IntegrityError, match="never deleted"):
        site.execute("DELETE FROM audit_event")


def test_a_graded_attempt_keeps_its_result_answers_and_credits(
    site: Site, study: Study, alice: Person
) -> None:
    enrollment = study.enroll(alice)
    quiz = study.course().modules[0].quiz
    attempt = study.take_quiz(alice, enrollment, quiz.key, right=False)

    for sql in (
        "UPDATE attempt SET percent = 100, passed = :yes WHERE id = :id",
        "UPDATE response SET saved_at = saved_at WHERE attempt_id = :id",
        "UPDATE attempt_question SET credit = 1 WHERE attempt_id = :id",
    ):
        values = {"id": attempt.id} | ({"yes": True} if ":yes" in sql else {})
        with pytest.raises(IntegrityError, match="a graded attempt is never changed"):
            site.execute(sql, **values)


def test_a_second_open_attempt_cannot_be_inserted(site: Site, study: Study, alice: Person) -> None:
    enrollment = study.enroll(alice)
    quiz = study.course().modules[0].quiz
    with site.transaction() as session:
        assessment.start_attempt(session, alice.actor, enrollment.id, quiz.key, at=THEN)
    with pytest.raises(IntegrityError):
        site.execute(
            "INSERT INTO attempt (id, enrollment_id, quiz_id, quiz_version_id, number, state, seed,"
            " started_at) SELECT :id, enrollment_id, quiz_id, quiz_version_id, 2, 'open', 1,"
            " started_at FROM attempt",
            id=enrollment.id,
        )


def test_what_a_certificate_says_is_never_changed(
    site: Site, study: Study, published: AuthoredContent, alice: Person
) -> None:
    study.finish(alice, "small")
    for change in (
        "code = 'X'",
        "digest = 'x'",
        "signature = 'x'",
        "issued_at = '2020-01-01 00:00:00'",
        """statement = '{"holder": "Somebody Else"}'""",
    ):
        with pytest.raises(IntegrityError, match="what a certificate says is never changed"):
            site.execute(f"UPDATE certificate SET {change}")
    with pytest.raises(IntegrityError, match="never deleted"):
        site.execute("DELETE FROM certificate")


def test_a_revoked_certificate_does_not_become_valid_again(
    site: Site, study: Study, published: AuthoredContent, alice: Person
) -> None:
    study.finish(alice, "small")
    site.execute("UPDATE certificate SET status = 'revoked', status_at = issued_at")
    with pytest.raises(IntegrityError, match="what a certificate says is never changed"):
        site.execute("UPDATE certificate SET status = 'valid', status_at = NULL")


def test_progress_does_not_fall_within_a_course_version(
    site: Site, study: Study, alice: Person
) -> None:
    enrollment = study.enroll(alice)
    study.read(alice, enrollment, study.course().modules[0].lessons[0].key)
    with pytest.raises(IntegrityError, match="progress never falls"):
        site.execute("UPDATE enrollment SET percent = 0")


def test_a_lesson_once_done_stays_done(site: Site, study: Study, alice: Person) -> None:
    enrollment = study.enroll(alice)
    study.read(alice, enrollment, study.course().modules[0].lessons[0].key)
    with pytest.raises(IntegrityError, match="never changed"):
        site.execute("UPDATE lesson_completion SET version_number = 7")
