"""Passwords are kept by argon2id, slowly, and checked as slowly for nobody."""

import unicodedata

import pytest

from courseapp.accounts import passwords
from tests.cast import PASSWORD


@pytest.fixture(scope="module")
def hashed() -> str:
    return passwords.hash_password(PASSWORD)


def test_the_right_password_fits_and_another_does_not(hashed):
    assert passwords.verify_password(PASSWORD, hashed)
    assert not passwords.verify_password(PASSWORD + " ", hashed)
    assert not passwords.verify_password("", hashed)


def test_it_is_argon2id_with_at_least_19_mib_and_two_passes(hashed):
    kind, _version, costs = hashed.split("$")[1:4]
    cost = dict(part.split("=") for part in costs.split(","))

    assert kind == "argon2id"
    assert int(cost["m"]) >= 19 * 1024
    assert int(cost["t"]) >= 2


def test_two_hashes_of_one_password_differ(hashed):
    assert passwords.hash_password(PASSWORD) != hashed
    assert PASSWORD not in hashed


def test_a_password_fits_whichever_phone_composed_its_letters():
    composed = unicodedata.normalize("NFC", "épée déjà vue")

    hashed = passwords.hash_password(composed)

    assert passwords.verify_password(unicodedata.normalize("NFD", composed), hashed)


def test_for_nobody_the_same_work_is_done_and_the_answer_is_no(monkeypatch):
    checked = []
    hasher = passwords._hasher

    class Counting:
        def verify(self, stored, password):
            checked.append(stored)
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())

    assert not passwords.verify_password("nobody has this password", None)
    assert len(checked) == 1
    assert checked[0].split("$")[:4] == hasher.hash("x").split("$")[:4]


def test_a_stored_text_that_is_no_hash_fits_nothing():
    assert not passwords.verify_password(PASSWORD, "!")
