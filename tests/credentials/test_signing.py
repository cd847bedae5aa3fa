"""What is signed cannot be changed unseen, and the key it is signed with is kept close."""

import base64
import hashlib
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from config import PROJECT_ROOT
from courseapp.credentials.rules import canonical_bytes, digest_of
from courseapp.credentials.signing import (
    KeyUnreadable,
    Signer,
    fingerprint_of,
    load_or_create_signer,
    signature_holds,
)
from tests.databases import SECRET_KEY


@pytest.fixture(scope="module")
def signer(tmp_path_factory) -> Signer:
    return load_or_create_signer(tmp_path_factory.mktemp("keys") / "key.pem", SECRET_KEY)


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
    signature = bytearray(base64.b64decode(signer.sign(b"statement")))
    signature[place] ^= 1 << bit

    text = base64.b64encode(bytes(signature)).decode()
    assert not signature_holds(b"statement", text, signer.public_key)


@pytest.mark.parametrize("signature", ["", "AAAA", "no base 64!", "é", "A" * 88])
def test_what_is_no_signature_does_not_hold(signer, signature):
    assert not signature_holds(b"statement", signature, signer.public_key)


def test_another_issuers_signature_does_not_hold(signer, tmp_path):
    other = load_or_create_signer(tmp_path / "other.pem", SECRET_KEY)

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


def test_the_key_is_made_once_for_this_user_alone(tmp_path):
    path = tmp_path / "issuer_key.pem"
    made = load_or_create_signer(path, SECRET_KEY)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create_signer(path, SECRET_KEY).public_key == made.public_key
    assert list(tmp_path.iterdir()) == [path]


def test_the_key_file_is_encrypted_with_the_secret_key(tmp_path):
    path = tmp_path / "issuer_key.pem"
    load_or_create_signer(path, SECRET_KEY)

    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    with pytest.raises(TypeError, match="Password was not given"):
        serialization.load_pem_private_key(path.read_bytes(), None)


def test_with_another_secret_key_the_file_is_left_alone_and_the_message_says_what_to_do(tmp_path):
    path = tmp_path / "issuer_key.pem"
    load_or_create_signer(path, SECRET_KEY)
    before = path.read_bytes()

    with pytest.raises(KeyUnreadable, match="put the key back with which it was made"):
        load_or_create_signer(path, "another" + SECRET_KEY)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "issuer_key.pem"
    path.write_bytes(content)

    with pytest.raises(KeyUnreadable, match="cannot be opened"):
        load_or_create_signer(path, SECRET_KEY)


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_key_that_is_not_ours_is_refused_with_a_sentence(tmp_path, encrypted):
    path = tmp_path / "issuer_key.pem"
    passphrase = hashlib.sha256(b"issuer key:" + SECRET_KEY.encode()).digest()
    path.write_bytes(
        rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase)
            if encrypted
            else serialization.NoEncryption(),
        )
    )

    with pytest.raises(KeyUnreadable):
        load_or_create_signer(path, SECRET_KEY)


def test_two_processes_that_start_at_once_keep_one_key(tmp_path: Path):
    program = (
        "import sys; from pathlib import Path\n"
        "from courseapp.credentials.signing import load_or_create_signer\n"
        "print(load_or_create_signer(Path(sys.argv[1]), sys.argv[2]).public_key)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "key.pem"), SECRET_KEY],
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    keys = {process.communicate(timeout=60)[0].strip() for process in started}

    assert len(keys) == 1
    assert len(base64.b64decode(keys.pop())) == 32
