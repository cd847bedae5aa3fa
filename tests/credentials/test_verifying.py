"""Whatever somebody brings is checked against the issuer's keys and a dated list; nothing doctored passes."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.credentials.compact import (
    CERTIFICATE,
    REVOCATIONS,
    NotSigned,
    hash_of_code,
    read_jws,
    revocation_list,
    sign_jws,
    strict_json,
)
from courseapp.credentials.proofs import add_proofs
from courseapp.credentials.signing import new_signer, to_base64url
from courseapp.credentials.types import PublishedKey
from courseapp.credentials.verifying import (
    Finding,
    Refusal,
    Trust,
    verify,
)
from tests.cast import THEN
from tests.certifying import LATER, read_revocation_list


@pytest.fixture
def hers(office, done):
    return office.certificate(done)


def check(what, trust):
    verdict = verify(what if isinstance(what, bytes) else what.encode(), trust)
    return verdict.finding, verdict.refusal


VALID = (Finding.VALID, None)


def refused(why):
    return (Finding.REFUSED, why)


def test_every_form_that_she_takes_away_is_found_valid(site, office, done, hers, alice):
    trust = office.trust()
    browser = alice.browser()
    for form in ("certificate.pdf", "credential.json", "badge.png", "badge.svg"):
        answer = browser.get(f"/certificates/{hers.code}/{form}")
        assert answer.status_code == 200, form
        verdict = verify(answer.data, trust)
        assert (verdict.finding, verdict.says["holder"]) == (Finding.VALID, "Alice Mbeki"), form
        assert verdict.says["code"] == hers.code
        assert verdict.fingerprint == hers.key_fingerprint
    assert check(hers.qr_text, trust) == VALID
    assert check(hers.compact, trust) == VALID


def test_what_holds_no_more_is_found_so_in_every_form(office, done, hers, dana):
    office.revoke(dana, hers)
    trust = office.trust()

    for form in (hers.credential, hers.qr_text):
        verdict = verify(form.encode(), trust)
        assert (verdict.finding, verdict.since) == (Finding.REVOKED, LATER.date().isoformat())
    new = office.issue(dana, done)
    office.reissue(dana, new)
    assert check(new.qr_text, office.trust())[0] is Finding.REPLACED


def test_a_changed_name_is_found(office, hers):
    trust = office.trust()

    assert check(hers.credential.replace("Alice", "Alize"), trust) == refused(Refusal.CHANGED)
    head, payload, signature = hers.compact.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = to_base64url(json.dumps({**said, "n": "Somebody Else"}).encode())
    assert check(f"{head}.{forged}.{signature}", trust) == refused(Refusal.CHANGED)


def test_any_changed_bit_of_the_compact_statement_is_found(office, hers):
    trust = office.trust()
    for place in range(0, len(hers.compact), 7):
        other = "A" if hers.compact[place] != "A" else "B"
        doctored = hers.compact[:place] + other + hers.compact[place + 1 :]
        assert check(doctored, trust)[0] is Finding.REFUSED, place


def test_a_code_pasted_onto_another_certificate_is_found(office, study, small, hers, bola):
    his = office.certificate(study.finish(bola, "small"))
    swapped = f"{his.statement.verify_url}#{hers.compact}"

    assert check(swapped, office.trust()) == refused(Refusal.SWAPPED)


def test_a_key_that_nobody_knows_is_refused(site, office, hers):
    stranger = new_signer()
    trust = office.trust()
    payload = json.loads(base64.urlsafe_b64decode(hers.compact.split(".")[1] + "=="))
    document = json.loads(hers.credential)

    own = sign_jws(payload, CERTIFICATE, stranger)
    assert check(own, trust) == refused(Refusal.NOT_SIGNED_HERE)
    del document["proof"]
    method = f"{trust.did}#{stranger.fingerprint}"
    resigned = add_proofs(document, stranger, verification_method=method, created=THEN)
    assert check(json.dumps(resigned), trust) == refused(Refusal.NOT_SIGNED_HERE)


def test_an_issuer_that_is_somebody_else_is_refused_even_with_our_key(office, hers):
    trust = office.trust()
    elsewhere = Trust("did:web:elsewhere.example", trust.keys, {}, trust.as_of)

    assert check(hers.credential, elsewhere) == refused(Refusal.NOT_SIGNED_HERE)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "EdDSA ", None, 5])
def test_no_other_algorithm_is_accepted(office, hers, algorithm):
    header = {"alg": algorithm, "kid": hers.key_fingerprint, "typ": CERTIFICATE}
    _, payload, signature = hers.compact.split(".")
    head = to_base64url(json.dumps(header).encode())

    for text in (f"{head}.{payload}.{signature}", f"{head}.{payload}."):
        assert check(text, office.trust())[0] is Finding.REFUSED


def test_a_statement_of_one_kind_does_not_pass_for_another(office, hers):
    trust = office.trust()
    listed = site_list(office)

    assert check(listed, trust)[0] is Finding.REFUSED
    with pytest.raises(NotSigned, match="something else"):
        read_revocation_list(hers.compact, trust.keys)


def site_list(office):
    return office.site.browser().get("/verify/revocations.jws").text


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '[{"x": 1, "x": 1}]',
        '{"a": NaN}',
        '{"a": 1} {"b": 2}',
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # whichever says so
        strict_json(text)


def test_a_member_named_twice_does_not_hide_another_name(office, hers):
    twice = hers.credential.replace(
        '"credentialSubject": {', '"credentialSubject": {"type": []}, "credentialSubject": {', 1
    )
    assert twice != hers.credential
    assert check(twice, office.trust()) == refused(Refusal.CHANGED)


def test_what_is_dated_after_its_key_was_retired_is_refused(site, office, hers):
    """Somebody has got hold of the retired key, and signs with it what was never issued."""
    trust = office.trust()
    thief = new_signer()
    stolen = PublishedKey(
        thief.fingerprint,
        to_base64url(base64.b64decode(thief.public_key)),
        THEN - timedelta(days=30),
        THEN,
    )
    trust = Trust(trust.did, [*trust.keys, stolen], {}, trust.as_of)
    says = json.loads(base64.urlsafe_b64decode(hers.compact.split(".")[1] + "=="))

    def signed_on(day):
        return check(sign_jws({**says, "s": day.isoformat()}, CERTIFICATE, thief), trust)

    assert signed_on(THEN.date()) == VALID
    assert signed_on(THEN.date() + timedelta(days=1)) == refused(Refusal.OUTSIDE_KEY_LIFE)
    assert signed_on(THEN.date() - timedelta(days=31)) == refused(Refusal.OUTSIDE_KEY_LIFE)


def test_a_list_that_is_older_than_the_certificate_says_nothing_about_it(office, hers):
    trust = office.trust()
    stale = Trust(trust.did, trust.keys, {}, hers.issued_at.date() - timedelta(days=1))
    fresh = Trust(trust.did, trust.keys, {}, hers.issued_at.date())

    assert check(hers.qr_text, stale)[0] is Finding.NOT_COVERED
    assert check(hers.qr_text, fresh) == VALID


def test_the_list_names_no_code_and_is_dated(site, office, hers, dana):
    office.revoke(dana, hers)
    text = site_list(office)
    keys = office.trust().keys
    revoked, day = read_revocation_list(text, keys)

    assert revoked == {hash_of_code(hers.code): ["revoked", LATER.date().isoformat()]}
    assert day >= date(2026, 3, 2)
    assert hers.code not in base64.urlsafe_b64decode(text.split(".")[1] + "==").decode()


def test_a_forged_list_is_refused(office, hers):
    keys = office.trust().keys
    with pytest.raises(NotSigned, match="key"):
        read_revocation_list(revocation_list([], new_signer(), did="did:web:x", at=LATER), keys)
    text = site_list(office)
    with pytest.raises(NotSigned):
        read_revocation_list(text[:-4] + "AAAA", keys)


def test_a_signed_text_says_what_it_is():
    signer = new_signer()
    text = sign_jws({"x": 1}, REVOCATIONS, signer)
    find = {signer.fingerprint: signer.public_key}.get

    assert read_jws(text, REVOCATIONS, find) == ({"x": 1}, signer.fingerprint)
    with pytest.raises(NotSigned):
        read_jws(text, CERTIFICATE, find)
    with pytest.raises(NotSigned):
        read_jws(text + "=", REVOCATIONS, find)


TRUST = Trust("did:web:learn.example", [], {}, date(2026, 3, 2))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_somebody_brings_is_answered(data):
    assert verify(data, TRUST).finding is Finding.REFUSED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7 nothing",
        b"{}",
        b"[]",
        b'{"type": "OpenBadgeCredential"}',
        b'{"type": ["OpenBadgeCredential"], "proof": {}}',
        b'{"type": ["OpenBadgeCredential"], "proof": [[]]}',
        b"<svg/>",
        b"\x89PNG\r\n\x1a\n",
        b"a.b.c",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"x" * 5_000_001,
    ],
)
def test_what_is_no_certificate_is_refused_with_a_sentence(data):
    verdict = verify(data, TRUST)

    assert verdict.finding is Finding.REFUSED
    assert verdict.sentence
    assert not verdict.says


def test_the_page_checks_files_and_texts(site, office, hers):
    browser = site.browser()
    good = browser.submit("/verify/file", text=hers.qr_text)
    assert "This certificate is valid" in good.text
    assert "Alice Mbeki" in good.text
    bad = browser.submit("/verify/file", text=hers.qr_text.replace(hers.code[:3], "ZZZ", 1) + "x")
    assert "Do not rely on this" in bad.text
    assert "Alice Mbeki" not in bad.text
    assert browser.submit("/verify/file").status_code == 422


def test_programs_have_things_checked_too(site, hers):
    answer = site.api().post("/verifications", {"text": hers.credential})

    assert answer.status_code == 200
    assert answer.json["finding"] == "valid"
    assert answer.json["says"]["holder"] == "Alice Mbeki"


@pytest.mark.parametrize(
    "addition",
    [
        '"x": "\\ud800", ',
        '"x": ' + "[" * 900 + "]" * 900 + ", ",
        '"x": '
        + json.dumps([{"@id": f"_:b{n % 9}", "y": {"@id": "_:b1"}} for n in range(60)])
        + ", ",
    ],
    ids=["half a character", "nested", "a graph made to take long"],
)
def test_what_was_added_to_a_credential_is_refused_at_once(office, hers, addition):
    doctored = hers.credential.replace("{", "{" + addition, 1)

    assert check(doctored, office.trust()) == refused(Refusal.CHANGED)


def test_a_credential_needs_the_proof_that_is_quick_to_check(office, hers):
    document = json.loads(hers.credential)
    only = [proof for proof in document["proof"] if proof["cryptosuite"] == "eddsa-rdfc-2022"]

    assert check(json.dumps({**document, "proof": only}), office.trust())[0] is Finding.REFUSED
    graph = {"evidence": [{"id": f"_:b{n}", "evidence": {"id": "_:b1"}} for n in range(20)]}
    for proofs in (
        document["proof"] * 3,
        [*document["proof"], {"cryptosuite": "x"}],
        [document["proof"][1], {**only[0], **graph}],
        [document["proof"][1], {**only[0], "@context": document["@context"]}],
        ["x"],
    ):
        assert check(json.dumps({**document, "proof": proofs}), office.trust())[0] is (
            Finding.REFUSED
        )


def test_a_pdf_full_of_bombs_is_read_in_no_time(office):
    bomb = zlib.compress(b"\0" * 5_000_000, 9)
    pdf = b"%PDF-1.7\n" + b"stream\n%s\nendstream\n" % bomb * 100

    assert check(pdf, office.trust()) == refused(Refusal.NOTHING_FOUND)
