"""Those who teach issue, reissue and revoke, for a reason that is kept; nobody else does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from courseapp.accounts import service as accounts
from courseapp.cohorts.errors import CohortNotFound, EnrollmentNotFound, NotForOneself
from courseapp.credentials.errors import (
    AlreadyCertified,
    CertificateNotEarned,
    CertificateNotFound,
    CertificateNotValid,
    CertificateRevoked,
)
from courseapp.credentials.queries import export_certificates
from tests.cast import THEN
from tests.certifying import LATER, REASON


@pytest.fixture
def cohort(study, cast, small):
    return study.cohort(cast.union, cast.chen, course_key="small")


@pytest.fixture
def unnamed(cast):
    """A learner whose name a trainer has typed."""
    return cast.person("N. N.", "nn@union.example", named_by_herself=False)


def finish_in(study, person, cohort):
    study.enroll(person, "small", cohort_id=cohort)
    return study.finish(person, "small")


def audited(site, action):
    return site.scalar("SELECT count(*) FROM audit_event WHERE action = :action", action=action)


def test_a_name_that_somebody_else_has_typed_waits_to_be_confirmed(
    site, office, study, small, unnamed
):
    enrollment = study.finish(unnamed, "small")

    assert enrollment.completed_at is not None
    assert office.certificate(enrollment) is None
    api = unnamed.api()
    refused = api.post(f"/enrollments/{enrollment.id}/certificate")
    assert (refused.status_code, refused.json["code"]) == (409, "name_not_confirmed")
    assert api.get(f"/enrollments/{enrollment.id}/certificate").status_code == 404

    claimed = api.post(f"/enrollments/{enrollment.id}/certificate", {"name": "  Ngozi Nwosu "})
    assert claimed.status_code == 201
    assert claimed.json["statement"]["holder"] == "Ngozi Nwosu"


def test_a_name_that_is_none_is_refused_and_nothing_is_issued(site, office, study, small, unnamed):
    enrollment = study.finish(unnamed, "small")

    refused = unnamed.api().post(f"/enrollments/{enrollment.id}/certificate", {"name": "   "})
    assert refused.status_code == 422
    assert "name" in refused.json["errors"]
    assert office.certificate(enrollment) is None


def test_a_trainer_issues_by_hand_what_was_never_claimed(
    site, office, study, cast, cohort, unnamed
):
    enrollment = finish_in(study, unnamed, cohort)
    certificate = office.issue(cast.chen, enrollment)

    assert certificate.statement.holder == "N. N."
    assert office.certificate(enrollment) == certificate
    details = site.scalar("SELECT details FROM audit_event WHERE action = 'certificate.issued'")
    assert REASON in str(details)


def test_nothing_is_certified_that_is_not_completed(office, study, cast, cohort, alice):
    enrollment = study.enroll(alice, "small", cohort_id=cohort)

    with pytest.raises(CertificateNotEarned):
        office.issue(cast.chen, enrollment)
    with pytest.raises(CertificateNotEarned):
        office.issue(None, enrollment)


def test_nobody_else_issues_by_hand(office, study, cast, cohort, alice, bola, dana):
    hers = finish_in(study, alice, cohort)
    alone = study.finish(bola, "small")

    for who, enrollment in ((bola, hers), (cast.chen, alone)):
        with pytest.raises(EnrollmentNotFound):
            office.issue(who, enrollment)
    with pytest.raises(NotForOneself):
        office.issue(alice, hers)
    with pytest.raises(AlreadyCertified):
        office.issue(dana, hers)


def test_a_whole_cohort_is_certified_some_at_a_time(site, office, study, cast, cohort, alice):
    finish_in(study, alice, cohort)
    waiting = [
        finish_in(
            study,
            cast.person(f"Nr. {n}", f"{n}@union.example", named_by_herself=False),
            cohort,
        )
        for n in range(5)
    ]
    study.enroll(cast.bola, "small", cohort_id=cohort)

    first = office.issue_for_cohort(cast.chen, cohort, most=3)
    assert (first.issued_now, first.certified, first.completed, first.is_done) == (3, 4, 6, False)
    second = office.issue_for_cohort(cast.chen, cohort, most=3)
    assert (second.issued_now, second.certified, second.is_done) == (2, 6, True)
    assert office.issue_for_cohort(cast.chen, cohort).issued_now == 0
    assert all(office.certificate(enrollment) for enrollment in waiting)
    assert site.scalar("SELECT count(*) FROM certificate") == 6


def test_a_cohort_is_certified_by_those_who_follow_it_only(office, study, cast, cohort, alice):
    with pytest.raises(CohortNotFound):
        office.issue_for_cohort(alice, cohort)


def test_whose_certificate_was_revoked_gets_no_other_with_the_cohort(
    office, study, cast, cohort, alice
):
    enrollment = finish_in(study, alice, cohort)
    office.revoke(cast.chen, office.certificate(enrollment))

    assert office.issue_for_cohort(cast.chen, cohort).issued_now == 0
    assert office.certificate(enrollment) is None
    again = office.issue(cast.chen, enrollment)
    assert office.certificate(enrollment) == again


def test_a_revocation_is_for_everybody_to_see_and_for_good(site, office, done, dana, alice):
    certificate = office.certificate(done)
    revoked = office.revoke(dana, certificate)

    assert (revoked.status, revoked.status_reason, revoked.status_at) == ("revoked", REASON, LATER)
    assert revoked.statement == certificate.statement
    page = site.browser().get(f"/verify/{certificate.code}")
    assert REASON in page.text
    assert "was revoked" in page.text
    with pytest.raises(CertificateNotValid):
        office.revoke(dana, certificate)
    with pytest.raises(CertificateNotValid):
        office.reissue(dana, certificate)
    with pytest.raises(IntegrityError, match="never changed"):
        site.execute("UPDATE certificate SET status = 'valid', status_at = NULL")
    refused = alice.api().post(f"/enrollments/{done.id}/certificate")
    assert refused.json["code"] == CertificateRevoked.code
    assert audited(site, "certificate.revoked") == 1


def test_nobody_decides_about_a_certificate_that_is_not_of_one_of_hers(
    office, study, cast, done, bola, alice
):
    certificate = office.certificate(done)
    for act in (office.revoke, office.reissue):
        with pytest.raises(EnrollmentNotFound):
            act(cast.chen, certificate)
        with pytest.raises(EnrollmentNotFound):
            act(bola, certificate)
        with pytest.raises(NotForOneself):
            act(alice, certificate)


def test_after_a_name_was_corrected_the_certificate_is_issued_anew(site, office, done, dana, alice):
    old = office.certificate(done)
    pdf = alice.browser().get(f"/certificates/{old.code}/certificate.pdf").data
    with site.transaction() as session:
        accounts.change_profile(
            session, alice.actor_in(session), name="Alice Mbeki-Dlamini", locale="en", at=LATER
        )
    # Nothing changes by itself.
    assert office.certificate(done) == old
    assert alice.browser().get(f"/certificates/{old.code}/certificate.pdf").data == pdf

    new = office.reissue(dana, old)
    assert new.statement.holder == "Alice Mbeki-Dlamini"
    assert new.statement.completed_on == old.statement.completed_on
    replaced = office.by_code(old.code)
    assert (replaced.status, replaced.replaced_by) == ("replaced", new.code)
    assert replaced.statement == old.statement
    assert office.certificate(done) == new
    assert new.code in site.browser().get(f"/verify/{old.code}").text.replace("-", "")
    assert audited(site, "certificate.replaced") == 1


def test_every_decision_needs_a_reason(done, office, dana):
    code = office.certificate(done).code
    api = dana.api()

    for act in ("revocation", "replacement"):
        for sent in ({}, {"reason": ""}, {"reason": "x" * 501}, {"reason": 5}):
            assert api.post(f"/certificates/{code}/{act}", sent).status_code == 422
    assert office.by_code(code).status == "valid"


def test_programs_decide_as_pages_do(site, office, done, dana, bola):
    code = office.certificate(done).code
    assert (
        bola.api().post(f"/certificates/{code}/revocation", {"reason": REASON}).status_code == 404
    )

    anew = dana.api().post(f"/certificates/{code}/replacement", {"reason": REASON})
    assert anew.status_code == 201
    revoked = dana.api().post(f"/certificates/{anew.json['code']}/revocation", {"reason": REASON})
    assert revoked.json["status"] == "revoked"
    by_hand = dana.api().post(f"/taught-enrollments/{done.id}/certificate", {"reason": REASON})
    assert by_hand.status_code == 201


def test_of_an_erased_account_only_digest_status_and_dates_are_left(
    site, office, done, alice, dana
):
    certificate = office.certificate(done)
    alice.browser().get(f"/certificates/{certificate.code}/certificate.pdf")
    alice.api().put(f"/certificates/{certificate.code}/share-link")
    with site.transaction() as session:
        accounts.erase_person(session, alice.actor_in(session), at=LATER)

    left = office.by_code(certificate.code)
    assert (left.statement, left.credential, left.compact, left.person_id) == (None,) * 4
    assert left.credential_digest == certificate.credential_digest
    assert site.scalar("SELECT count(*) FROM certificate_file") == 0
    assert site.scalar("SELECT count(*) FROM share_link") == 0
    page = site.browser().get(f"/verify/{certificate.code}").text
    assert "Mbeki" not in page
    # Whose it was is not known any more: only the site's administrators can still revoke it.
    with pytest.raises(CertificateNotFound):
        office.reissue(dana, left)
    assert office.revoke(dana, left).status == "revoked"


def test_a_person_takes_the_signed_forms_with_her(site, office, done, alice):
    with site.snapshot() as session:
        (exported,) = export_certificates(session, alice.actor_in(session))

    certificate = office.certificate(done)
    assert exported["credential"] == certificate.credential
    assert exported["statement"] == certificate.statement.as_json()


@pytest.fixture
def with_modules(study, authored):
    authored.change(
        "modules/small/course.yaml",
        "  statement: has completed the course",
        "  statement: has completed the course\n  module:\n    title: Of a module\n"
        "    statement: has completed the module",
    )
    authored.change(
        "modules/small/course.fr.yaml",
        "  statement: a terminé le cours",
        "  statement: a terminé le cours\n  module:\n    title: D’un module\n"
        "    statement: a terminé le module",
    )
    study.publish(authored)


def test_each_module_has_a_smaller_certificate_where_the_course_says_so(
    site, office, study, with_modules, alice
):
    enrollment = study.finish(alice, "small", at=THEN + timedelta(hours=1))

    whole, module = office.certificate(enrollment), office.certificate(enrollment, "first")
    assert module.statement.module == "The first module"
    assert module.statement.title == "Of a module"
    assert list(module.statement.modules) == []
    assert whole.statement.module is None
    assert list(whole.statement.modules) == ["The first module"]
    assert site.scalar("SELECT count(*) FROM certificate") == 2


def test_a_revoked_module_certificate_does_not_come_back_by_itself(
    site, office, study, with_modules, alice, dana
):
    enrollment = study.finish(alice, "small")
    office.revoke(dana, office.certificate(enrollment, "first"))

    study.take_quiz(alice, enrollment, "first", right=True, at=LATER)
    assert office.certificate(enrollment, "first") is None


def test_certificates_of_modules_wait_for_the_name_as_well(
    site, office, study, with_modules, unnamed
):
    enrollment = study.finish(unnamed, "small")
    assert site.scalar("SELECT count(*) FROM certificate") == 0

    unnamed.api().post(f"/enrollments/{enrollment.id}/certificate", {"name": "Ngozi Nwosu"})
    for key in ("", "first"):
        assert office.certificate(enrollment, key).statement.holder == "Ngozi Nwosu"


def test_the_result_of_the_final_quiz_stands_on_it_where_the_course_says_so(
    office, study, authored, alice
):
    authored.add_final_quiz()
    authored.change(
        "modules/small/course.yaml",
        "  statement: has completed the course",
        "  statement: has completed the course\n  score: true",
    )
    study.publish(authored)
    certificate = office.certificate(study.finish(alice, "small"))

    assert certificate.statement.score == 100
    credential = json.loads(certificate.credential)
    subject = credential["credentialSubject"]
    (described,) = subject["achievement"]["resultDescription"]
    assert [(r["value"], r["resultDescription"]) for r in subject["result"]] == [
        ("100", described["id"])
    ]
