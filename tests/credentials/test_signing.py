"""What is signed cannot be changed unseen, and the key it is signed with is kept close."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from courseapp.credentials.rules import canonical_bytes, digest_of
from courseapp.credentials.signing import (
    KeyUnreadable,
    Signer,
    fingerprint_of,
    from_base64,
    from_base64url,
    new_signer,
    seal,
    signature_holds,
    to_base64url,
    unseal,
)
from tests.databases import SECRET_KEY


@pytest.fixture(scope="module")
def signer() -> Signer:
    return new_signer()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
STATEMENTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=5)


def test_a_signature_holds_over_what_was_signed(signer):
    assert signature_holds(b"statement", signer.sign(b"statement"), signer.public_key)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_every_tampering_with_the_message_is_found(signer, message, data):
    place = data.draw(st.integers(0, len(message) - 1))
    bit = data.draw(st.integers(0, 7))
    tampered = bytearray(message)
    tampered[place] ^= 1 << bit

    assert not signature_holds(bytes(tampered), signer.sign(message), signer.public_key)


@given(st.integers(0, 63), st.integers(0, 7))
def test_every_tampering_with_the_signature_is_found(signer, place, bit):
    signature = bytearray(signer.sign(b"statement"))
    signature[place] ^= 1 << bit

    assert not signature_holds(b"statement", bytes(signature), signer.public_key)


@pytest.mark.parametrize("signature", ["", "AAAA", "no base 64!", "é", "A" * 88])
def test_what_is_no_signature_does_not_hold(signer, signature):
    assert not signature_holds(b"statement", from_base64(signature), signer.public_key)


def test_another_issuers_signature_does_not_hold(signer):
    other = new_signer()

    assert other.fingerprint != signer.fingerprint
    assert not signature_holds(b"statement", other.sign(b"statement"), signer.public_key)


def test_a_key_is_named_by_its_digest(signer):
    assert signer.fingerprint == fingerprint_of(signer.public_key)
    assert len(signer.fingerprint) == 32


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_bytes_that_are_signed_do_not_depend_on_the_order_of_fields(statement, chance):
    names = list(statement)
    chance.shuffle(names)

    other = {name: statement[name] for name in names}
    assert canonical_bytes(other) == canonical_bytes(statement)
    assert digest_of(other) == digest_of(statement)


@given(STATEMENTS)
def test_a_statement_is_the_same_after_a_journey_through_json(statement):
    assert canonical_bytes(json.loads(json.dumps(statement))) == canonical_bytes(statement)


@given(STATEMENTS, STATEMENTS)
def test_different_statements_have_different_bytes(one, other):
    # JSON has one way to write True and 1 apart; Python's == has not.
    if json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True):
        assert canonical_bytes(one) != canonical_bytes(other)


def test_names_are_signed_as_they_are_written():
    assert canonical_bytes({"holder": "Zoë 名"}) == '{"holder":"Zoë 名"}'.encode()


def test_a_private_key_is_stored_encrypted_with_the_secret_key(signer):
    sealed = seal(signer, SECRET_KEY)

    assert sealed.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    with pytest.raises(TypeError, match="Password was not given"):
        serialization.load_pem_private_key(sealed.encode(), None)
    assert unseal(sealed, SECRET_KEY).public_key == signer.public_key


def test_with_another_secret_key_it_is_not_opened_and_the_message_says_what_to_do(signer):
    with pytest.raises(KeyUnreadable, match="put the secret key back"):
        unseal(seal(signer, SECRET_KEY), "another" + SECRET_KEY)


@pytest.mark.parametrize("stored", ["", "no key", "-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused_with_a_sentence(stored):
    with pytest.raises(KeyUnreadable, match="cannot be opened"):
        unseal(stored, SECRET_KEY)


def test_a_key_of_another_kind_is_refused():
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(
            hashlib.sha256(b"issuer key:" + SECRET_KEY.encode()).digest()
        ),
    )
    with pytest.raises(KeyUnreadable, match="not an Ed25519 key"):
        unseal(other.decode(), SECRET_KEY)


def test_what_holds_a_key_does_not_print_it(signer):
    assert repr(signer) == f"Signer({signer.fingerprint})"


@given(st.binary(max_size=80))
def test_base64url_is_read_back_in_its_one_way_of_writing(data):
    text = to_base64url(data)

    assert from_base64url(text) == data
    for other in (text + "=", text + "\n", text.replace("-", "+") if "-" in text else text + "!"):
        with pytest.raises(ValueError):  # noqa: PT011  # whichever says so
            from_base64url(other)
