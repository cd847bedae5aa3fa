"""One key signs, retired ones still vouch for what they signed, and none is ever lost or lies in the open."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from courseapp.credentials import service as credentials
from courseapp.credentials.doors import current_issuer
from courseapp.credentials.queries import list_published_keys
from courseapp.credentials.service import ensure_issuer_key
from courseapp.credentials.signing import KeyUnreadable
from courseapp.ops.doctor import find_faults
from tests.cast import THEN
from tests.certifying import LATER
from tests.databases import SECRET_KEY


def keys(site):
    with site.snapshot() as session:
        return list_published_keys(session)


def ensure(site):
    with site.transaction() as session:
        return ensure_issuer_key(session, current_issuer(), at=THEN)


def test_a_key_is_made_once(site):
    assert ensure(site).fingerprint == ensure(site).fingerprint
    assert site.scalar("SELECT count(*) FROM issuer_key") == 1


def test_the_private_key_lies_encrypted_in_the_database(site):
    ensure(site)
    stored = site.scalar("SELECT private_key FROM issuer_key")

    assert stored.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_after_a_rotation_the_old_key_can_only_be_verified_with(site, office, done):
    before = office.certificate(done)
    retired, new = office.rotate()

    assert retired == before.key_fingerprint
    assert site.scalar(
        "SELECT private_key IS NULL FROM issuer_key WHERE fingerprint = :it", it=retired
    )
    assert [key.fingerprint for key in keys(site)] == [new, retired]
    assert keys(site)[1].retired_at == LATER
    assert office.certificate(done) == before
    assert office.certificate(done).signature_holds
    with site.snapshot() as session:
        assert find_faults(session) == []


def test_new_certificates_are_signed_with_the_new_key(site, office, study, done, bola):
    _, new = office.rotate()

    assert office.certificate(study.finish(bola, "small", at=LATER)).key_fingerprint == new


def test_a_retired_key_never_comes_back(site, office, done):
    retired, _ = office.rotate()

    for change in ("is_active = true", "retired_at = NULL", "private_key = 'x', is_active = true"):
        with pytest.raises(Exception, match=r"issuer_key|UNIQUE|unique|check"):
            site.execute(f"UPDATE issuer_key SET {change} WHERE fingerprint = :it", it=retired)


def test_a_key_that_cannot_be_opened_is_rotated_only_when_it_is_said_to_be_lost(site, monkeypatch):
    ensure(site)
    issuer = site.app.extensions["courseapp_issuer"]
    object.__setattr__(issuer, "secret_key", "another" + SECRET_KEY)
    try:
        with pytest.raises(KeyUnreadable), site.transaction() as session:
            credentials.rotate_issuer_key(session, current_issuer(), at=LATER)
        with site.transaction() as session:
            credentials.rotate_issuer_key(session, current_issuer(), lost=True, at=LATER)
    finally:
        object.__setattr__(issuer, "secret_key", SECRET_KEY)

    assert len(keys(site)) == 2


def test_the_key_file_of_the_first_release_is_taken_in(site):
    path = current_issuer_file(site)
    key = Ed25519PrivateKey.generate()
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(
                hashlib.sha256(b"issuer key:" + SECRET_KEY.encode()).digest()
            ),
        )
    )
    raw = key.public_key().public_bytes_raw()

    assert ensure(site).fingerprint == hashlib.sha256(raw).hexdigest()[:32]
    assert not path.exists()


def test_a_key_file_that_cannot_be_opened_is_left_alone_and_said(site):
    path = current_issuer_file(site)
    path.write_text("no key")
    try:
        with pytest.raises(KeyUnreadable, match="put the key back"):
            ensure(site)
        assert path.read_text() == "no key"
    finally:
        path.unlink()


def current_issuer_file(site):
    path = site.settings.instance_dir / "issuer_key.pem"
    assert not path.exists()
    return path


def test_keys_are_published_as_did_document_and_as_key_set(site, office, done):
    office.rotate(THEN + timedelta(days=3))
    browser = site.browser()
    did = browser.get("/.well-known/did.json").json
    jwks = browser.get("/.well-known/jwks.json").json

    assert did["id"] == "did:web:127.0.0.1%3A8000"
    fingerprints = [key.fingerprint for key in keys(site)]
    assert [method["id"] for method in did["verificationMethod"]] == [
        f"{did['id']}#{fingerprint}" for fingerprint in fingerprints
    ]
    assert did["assertionMethod"] == [method["id"] for method in did["verificationMethod"]]
    assert [key["kid"] for key in jwks["keys"]] == fingerprints
    assert {key["crv"] for key in jwks["keys"]} == {"Ed25519"}
    assert all("d" not in key for key in jwks["keys"])
