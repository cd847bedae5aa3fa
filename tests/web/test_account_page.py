"""What people do with their own account: change, download and delete what is theirs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import inspect

from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose
from courseapp.assessment.service import apply_regrade
from courseapp.assessment.types import AttemptId
from courseapp.core import clock
from courseapp.core.db import Base, db
from tests.acceptance.api_journey import any_answer
from tests.cast import PASSWORD, Person
from tests.sites import Site
from tests.studying import COURSE, SMALL_COURSE, Study
from tests.web.visitor import Visitor

NEW: Final = "another four quiet words"


@pytest.fixture
def account(alice: Person) -> Visitor:
    """Alice on her account page; she has a password."""
    visitor = Visitor(alice.with_password().browser())
    visitor.open("/account")
    return visitor


def test_a_new_name_and_language_are_hers_from_now_on(alice, account):
    account.press("Save", name="  Alice   Mbeki-Nkosi ", locale="fr")
    assert "Saved." in account.text
    assert account.field("name")["value"] == "Alice Mbeki-Nkosi"
    me = alice.api().get("/me").json
    assert (me["name"], me["locale"]) == ("Alice Mbeki-Nkosi", "fr")


def test_a_certificate_keeps_the_name_that_it_was_issued_with(
    site, study, alice, account, authored
):
    study.publish(authored)
    enrollment = study.finish(alice, SMALL_COURSE)
    certificate = alice.api().get(f"/enrollments/{enrollment.id}/certificate").json
    pdf = account.browser.get("/courses/small/certificate.pdf").data
    account.press("Save", name="Alice Nkosi", locale="en")
    after = alice.api().get(f"/enrollments/{enrollment.id}/certificate").json
    assert after == certificate
    assert after["statement"]["holder"] == "Alice Mbeki"
    assert account.browser.get("/courses/small/certificate.pdf").data == pdf
    stranger = Visitor(site.browser())
    stranger.open(f"/verify/{certificate['code']}")
    assert "Alice Mbeki" in stranger.text
    assert "Nkosi" not in stranger.text


def test_a_new_password_ends_the_sessions_on_other_devices_and_keeps_this_one(site, alice, account):
    elsewhere = alice.browser()
    assert elsewhere.get("/my-courses").status_code == 200
    account.press("Change the password", current_password=PASSWORD, password=NEW)
    assert "Your password is changed. On other devices you are signed out." in account.text
    assert account.path == "/account"
    assert elsewhere.get("/my-courses").status_code == 302
    tokens = [
        site.api().post("/tokens", {"email": alice.email, "password": password}).status_code
        for password in (PASSWORD, NEW)
    ]
    assert tokens == [401, 201]


def test_a_stolen_copy_of_the_session_ends_with_a_new_password_too(alice, account):
    cookie = account.browser.get_cookie("session")
    assert cookie is not None
    stolen = alice.site.browser()
    stolen.set_cookie("session", cookie.value)
    assert stolen.get("/my-courses").status_code == 200
    account.press("Change the password", current_password=PASSWORD, password=NEW)
    assert stolen.get("/my-courses").status_code == 302


def everything_of(person: Person, account: Visitor) -> Any:
    response = account.browser.get("/account/data")
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert (
        "no-store" in response.headers["Cache-Control"]
        or "private" in response.headers["Cache-Control"]
    )
    return json.loads(response.data)


def practise_something(study: Study, person: Person) -> Any:
    """Answer the first question that a lesson of the course shows; return it as it is then."""
    api, enrollment = person.api(), study.again(person)
    for lesson in study.course().modules[0].lessons:
        here = f"/enrollments/{enrollment.id}/lessons/{lesson.key}"
        for question in api.get(here).json["questions"]:
            path = f"{here}/questions/{question['key']}/response"
            return api.put(path, {"answer": any_answer(question)}).json
    raise LookupError("no lesson shows a question")


def test_her_data_are_one_file_with_everything_in_it(study, alice, bola, dana, account):
    study.finish(bola)
    enrollment = study.enroll(alice)
    module = study.course().modules[0]
    study.read(alice, enrollment, module.lessons[0].key)
    attempt = study.take_quiz(alice, enrollment, module.quiz.key)
    graded = alice.api().get(f"/attempts/{attempt.id}").json
    open_attempt = alice.api().post(
        f"/enrollments/{enrollment.id}/quizzes/{module.quiz.key}/attempts"
    )
    study.grant(dana, enrollment, module.quiz.key, attempts=2)
    practised = practise_something(study, alice)
    data = everything_of(alice, account)
    assert data["person"]["name"] == "Alice Mbeki"
    assert data["person"]["email"] == alice.email
    (course,) = data["enrollments"]
    assert course["course"] == COURSE
    assert course["percent"] == study.again(alice).percent
    assert [done["lesson"] for done in course["lessons_done"]] == [module.lessons[0].key]
    first, second = course["attempts"]
    assert (first["percent"], first["passed"]) == (100, True)
    assert first["answers"] == {q["key"]: q["answer"] for q in graded["questions"]}
    assert len(first["answers"]) == 10
    assert all(first["answers"].values())
    assert (second["id"], second["state"]) == (open_attempt.json["id"], "open")
    (granted,) = course["granted"]
    assert (granted["extra_attempts"], granted["extra_minutes"]) == (2, 0)
    assert granted["reason"] == "The power was out."
    (practised_in_data,) = course["practice"]
    assert str(practised["answer"]) in str(practised_in_data["answer"])
    for secret in (bola.email, "Bola", PASSWORD, "argon2"):
        assert secret not in json.dumps(data)


def test_her_data_include_her_certificate(study, alice, account, authored):
    study.publish(authored)
    enrollment = study.finish(alice, SMALL_COURSE)
    certificate = alice.api().get(f"/enrollments/{enrollment.id}/certificate").json
    data = json.dumps(everything_of(alice, account))
    assert certificate["digest"] in data
    assert certificate["statement"]["verify_url"] in data


def stored_texts(site: Site) -> dict[str, list[str]]:
    """Return the rows of every table as texts, read past the application."""
    with site.app.app_context():
        tables = inspect(db.engine).get_table_names()
    assert len(tables) >= len(Base.metadata.tables)
    return {name: [str(row) for row in site.execute(f'SELECT * FROM "{name}"')] for name in tables}


@pytest.fixture
def full_life(site: Site, study: Any, alice: Person, cast: Any, authored: Any) -> dict[str, Any]:
    """Alice has left traces everywhere: courses, attempts, what trainers gave and changed, a certificate, and so on."""
    authored.ask_everything()
    study.publish(authored)
    trainer = cast.person("Emeka Obi", "emeka@union.example")
    cohort = study.cohort(cast.union, trainer, course_key=SMALL_COURSE)
    study.enroll(alice, SMALL_COURSE, cohort_id=cohort)
    finished = study.finish(alice, SMALL_COURSE)
    study.judge(
        trainer,
        AttemptId(UUID(str(site.scalar("SELECT id FROM attempt WHERE state = 'needs_review'")))),
        "in-your-words",
        {"says-why": 2, "example": 1},
        comment="Well said, Alice.",
    )
    study.grant(trainer, finished, "first", attempts=1)
    authored.change("quizzes/small/first.yaml", "answer: true", "answer: false")
    study.publish(authored)
    with site.transaction() as session:
        apply_regrade(
            session,
            None,
            SMALL_COURSE,
            "first",
            fails_allowed=False,
            reason="The key was wrong.",
            expected_digest=None,
            at=clock.now(),
        )
    enrollment = study.enroll(alice)
    module = study.course().modules[0]
    study.read(alice, enrollment, module.lessons[0].key)
    study.take_quiz(alice, enrollment, module.quiz.key, right=False)
    alice.api().post(f"/enrollments/{enrollment.id}/quizzes/{module.quiz.key}/attempts")
    practise_something(study, alice)
    study.finish(cast.bola, SMALL_COURSE)
    site.browser().submit("/forgotten-password", email=alice.email)
    site.browser().submit("/sign-in", email=alice.email, password="not the right words")
    with site.transaction() as session:
        accounts.create_link(
            session, LinkPurpose.SIGN_IN, alice.id, lasts=timedelta(hours=1), at=clock.now()
        )
    certificate: dict[str, Any] = alice.api().get(f"/enrollments/{finished.id}/certificate").json
    return certificate


def test_deleting_the_account_deletes_everything_but_what_a_certificate_must_keep(
    site, alice, account, full_life
):
    elsewhere, program = alice.browser(), alice.api()
    code = full_life["code"].replace("-", "")
    before = stored_texts(site)
    account.open("/account")
    account.press("Delete my account", current_password=PASSWORD)
    assert "Your account is deleted, with everything in it." in account.text
    assert account.path == "/"

    after = stored_texts(site)
    for table, rows in after.items():
        for row in rows:
            for secret in (alice.email, "Alice", "Mbeki", "argon2"):
                # Bola, the other learner, has no password: nobody else's hash is in here.
                assert secret not in row, f"{table} still has {secret!r}: {row}"
    her_id = {str(alice.id), alice.id.hex, repr(alice.id)}
    keeps_her_id = {
        name for name, rows in after.items() if any(i in r for r in rows for i in her_id)
    }
    assert keeps_her_id <= {"person", "audit_event"}
    # One learner is left in every table of what learners do.
    for table in ("enrollment", "attempt"):
        assert len(before[table]) > len(after[table]) == 1
    for table in ("attempt_question", "response"):
        assert len(before[table]) > len(after[table]) == 10
    # What was given and decided was about her alone.
    for table in ("judgement", "quiz_exception", "regraded_attempt", "practice_response"):
        assert len(before[table]) > len(after[table]) == 0
    assert len(after["regrade"]) == 1
    for table in ("access_token", "one_time_link", "person_role"):
        assert after[table] == []
    # The certificate keeps its code, digest, signature, state and dates, and nothing else.
    row = certificate_row(site, code)
    assert row["statement"] in (None, "null")
    assert (row["person_id"], row["enrollment_id"]) == (None, None)
    assert (row["digest"], row["status"]) == (full_life["digest"], "valid")
    assert row["issued_at"] is not None

    # And she is gone at every door.
    for browser in (account.browser, elsewhere):
        assert browser.get("/my-courses").status_code == 302
    assert program.get("/me").status_code == 401
    refused = site.api().post("/tokens", {"email": alice.email, "password": PASSWORD})
    assert refused.status_code == 401


def certificate_row(site: Site, code: str) -> dict[str, Any]:
    (row,) = site.execute("SELECT * FROM certificate WHERE code = :code", code=code)
    return dict(row._mapping)


def test_the_certificate_of_a_deleted_account_can_still_be_checked(site, account, full_life):
    account.open("/account")
    account.press("Delete my account", current_password=PASSWORD)
    stranger = Visitor(site.browser())
    stranger.open(f"/verify/{full_life['code'].lower()}")
    assert stranger.status == 200
    assert "This certificate is valid" in stranger.text
    assert full_life["credential_digest"] in stranger.text
    assert "Alice" not in stranger.response.text
    answer = site.api().get(f"/certificates/{full_life['code']}").json
    assert answer["statement"] is None
    for kept in ("code", "status", "digest", "signature", "public_key", "issued_at"):
        assert answer[kept] == full_life[kept]


def test_the_audit_trail_outlives_the_account_without_a_name(site, alice, account, full_life):
    def trail() -> list[str]:
        return [str(row) for row in site.execute("SELECT * FROM audit_event ORDER BY id")]

    before = trail()
    account.open("/account")
    account.press("Delete my account", current_password=PASSWORD)
    after = trail()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert "person.erased" in after[-1]
    for row in after:
        assert "Alice" not in row
        assert alice.email not in row


def test_the_same_address_can_open_a_new_account_that_knows_nothing_of_the_old_one(
    site, alice, account, full_life
):
    account.open("/account")
    account.press("Delete my account", current_password=PASSWORD)
    api = site.api()
    api.post("/accounts", {"email": alice.email, "password": NEW, "name": "Alice again"})
    token = api.post("/tokens", {"email": alice.email, "password": NEW}).json["token"]
    again = site.api(token)
    assert again.get("/me").json["id"] != str(alice.id)
    assert again.get("/enrollments").json["items"] == []


def test_somebody_elses_account_is_not_touched_by_a_deletion(site, cast, account, full_life):
    before = cast.bola.browser().get("/account/data").json
    account.open("/account")
    account.press("Delete my account", current_password=PASSWORD)
    after = cast.bola.browser().get("/account/data").json
    del before["exported_at"], after["exported_at"]
    assert after == before
