"""A certificate says what was true when it was issued, once, and anybody can check it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courseapp.accounts import service as accounts
from courseapp.cohorts.errors import EnrollmentNotFound
from courseapp.credentials import service as credentials
from courseapp.credentials.doors import current_issuer
from courseapp.credentials.errors import (
    CertificateNotEarned,
    CertificateNotFound,
    CertificateRevoked,
)
from courseapp.credentials.queries import (
    find_certificate,
    get_certificate_by_code,
    list_certificates,
)
from courseapp.credentials.rules import canonical_bytes, digest_of, format_code, new_code
from courseapp.credentials.signing import from_base64, signature_holds
from tests.cast import THEN


@pytest.fixture
def finished(study, published, alice):
    """Alice's completed enrollment in the small course."""
    return study.finish(alice, "small")


def certificate_of(site, enrollment):
    with site.snapshot() as session:
        return find_certificate(session, enrollment.id)


def claim(site, person, enrollment):
    with site.transaction() as session:
        return credentials.claim_certificate(
            session,
            person.actor_in(session),
            enrollment.id,
            issuer=current_issuer(),
            at=THEN + timedelta(days=9),
        )


def test_completing_the_course_issues_the_certificate(site, finished):
    certificate = certificate_of(site, finished)
    statement = certificate.statement

    assert certificate.status == "valid"
    assert certificate.issued_at == finished.completed_at
    assert statement.holder == "Alice Mbeki"
    assert statement.course == "A small course"
    assert statement.course_version == 1
    assert list(statement.modules) == ["The first module"]
    assert statement.hours == 0.2
    assert statement.completed_on == finished.completed_at.date()
    assert statement.issuer == site.settings.issuer_name
    assert statement.verify_url == (
        f"{site.settings.base_url}/verify/{format_code(certificate.code)}"
    )


def test_its_signature_can_be_checked_without_us(site, finished):
    certificate = certificate_of(site, finished)
    signed = certificate.statement.as_json()

    assert certificate.signature_holds
    assert certificate.digest == digest_of(signed)
    message = canonical_bytes(signed)
    assert signature_holds(message, from_base64(certificate.signature), certificate.public_key)
    forged = canonical_bytes({**signed, "holder": "Somebody Else"})
    assert not signature_holds(forged, from_base64(certificate.signature), certificate.public_key)


def test_nothing_that_changes_later_changes_it(site, study, published, finished, alice):
    before = certificate_of(site, finished)
    with site.transaction() as session:
        accounts.change_profile(
            session, alice.actor_in(session), name="Alice Newname", locale="fr", at=THEN
        )
    published.change("modules/small/course.yaml", "title: A small course", "title: Another")
    study.publish(published)

    assert certificate_of(site, finished) == before


def test_claiming_it_again_gives_the_same_one(site, finished, alice):
    certificate, created = claim(site, alice, finished)

    assert (certificate, created) == (certificate_of(site, finished), False)
    assert site.scalar("SELECT count(*) FROM certificate") == 1


def test_who_had_it_revoked_does_not_get_another_by_asking(site, finished, alice):
    site.execute("UPDATE certificate SET status = 'revoked', status_at = issued_at")

    with pytest.raises(CertificateRevoked):
        claim(site, alice, finished)
    assert site.scalar("SELECT count(*) FROM certificate") == 1


def test_before_completion_there_is_none(site, study, published, alice):
    enrollment = study.enroll(alice, "small")

    with pytest.raises(CertificateNotEarned):
        claim(site, alice, enrollment)
    assert certificate_of(site, enrollment) is None


def test_nobody_claims_the_certificate_of_another(site, finished, bola, dana):
    for person in (bola, dana):
        with pytest.raises(EnrollmentNotFound):
            claim(site, person, finished)


def test_everybody_finds_it_by_its_code_however_it_is_typed(site, finished):
    certificate = certificate_of(site, finished)

    with site.snapshot() as session:
        for typed in (certificate.code, format_code(certificate.code).lower()):
            assert get_certificate_by_code(session, typed) == certificate


def test_a_code_that_was_never_issued_and_one_that_cannot_be_look_the_same(site, finished):
    for typed in (new_code(), "1234", str(uuid4()), ""):
        with pytest.raises(CertificateNotFound), site.snapshot() as session:
            get_certificate_by_code(session, typed)


def test_a_revoked_certificate_is_still_found_and_says_so(site, finished):
    code = certificate_of(site, finished).code
    site.execute(
        "UPDATE certificate SET status = 'revoked', status_at = issued_at, status_reason = 'error'"
    )

    with site.snapshot() as session:
        found = get_certificate_by_code(session, code)
    assert (found.status, found.status_reason) == ("revoked", "error")
    assert found.signature_holds


def test_a_person_sees_her_own_certificates_only(site, finished, alice, bola):
    with site.snapshot() as session:
        assert len(list_certificates(session, alice.actor_in(session))) == 1
        assert list_certificates(session, bola.actor_in(session)) == []


def test_the_key_that_signed_is_on_record_once(site, study, finished, bola):
    study.finish(bola, "small")

    assert site.scalar("SELECT count(*) FROM certificate") == 2
    assert site.scalar("SELECT count(*) FROM issuer_key") == 1


def test_it_is_said_in_the_learners_language(site, study, published, cast):
    french = cast.person("Céline", "celine@union.example", locale="fr")
    statement = certificate_of(site, study.finish(french, "small")).statement

    assert (statement.course, statement.title) == ("Un petit cours", "Certificat")
    assert statement.language == "fr"
