"""Ids and secrets."""

from uuid import UUID

import pytest

from courseapp.core.ids import new_id, new_token, parse_id, token_hash


def test_ids_are_uuid7_all_different_and_sorted_by_their_making():
    ids = [new_id() for _ in range(1000)]

    assert all(type(made) is UUID and made.version == 7 for made in ids)
    assert len(set(ids)) == 1000
    assert ids == sorted(ids)


def test_a_token_fits_into_an_address_and_holds_256_bits():
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) == 43 and token.isascii() for token in tokens)
    assert all(c.isalnum() or c in "-_" for token in tokens for c in token)


def test_a_stored_token_is_found_again_and_not_read_back():
    token = new_token()

    assert token_hash(token) == token_hash(token)
    assert token_hash(token) != token_hash(new_token())
    assert token not in token_hash(token)


@pytest.mark.parametrize("text", ["", "1", "x" * 32, "0" * 33, "../../etc/passwd", "0\x00"])
def test_what_spells_no_id_is_none(text):
    assert parse_id(text) is None


def test_an_id_is_read_as_it_is_written():
    made = new_id()

    assert parse_id(str(made)) == made
    assert parse_id(str(made).upper()) == made
