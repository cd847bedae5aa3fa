"""Accounts and roles, through their services."""

from datetime import timedelta
from uuid import uuid4

import pytest

from courseapp.accounts import service as accounts
from courseapp.accounts.errors import EmailInUse, LastAdministrator, LinkNotUsable
from courseapp.accounts.queries import (
    count_site_administrators,
    find_actor,
    find_actor_by_token,
    find_credentials,
    find_session_stamp,
    get_actor,
)
from courseapp.accounts.types import Role, RoleGrant
from courseapp.core.errors import NotFound
from tests.cast import THEN
from tests.queries import QueryRecorder


def test_a_person_is_found_by_her_address_however_it_is_typed(site, alice):
    with site.snapshot() as session:
        assert find_credentials(session, " ALICE@Union.example").person_id == alice.id
        assert find_credentials(session, "nobody@union.example").person_id is None


def test_an_address_has_one_account(cast, alice):
    with pytest.raises(EmailInUse):
        cast.person("Another Alice", "Alice@union.example")


def test_nobody_is_found_under_an_id_that_was_never_issued(site):
    with site.snapshot() as session:
        assert find_actor(session, uuid4()) is None
        with pytest.raises(NotFound):
            get_actor(session, uuid4())


def test_everybody_is_who_the_cast_says(cast, alice, chen, dana):
    assert alice.actor.roles == frozenset()
    assert chen.actor.roles == {RoleGrant(Role.TRAINER, cast.union)}
    assert dana.actor.is_site_administrator
    assert not chen.actor.is_site_administrator


def test_a_person_and_all_her_roles_are_read_by_one_query(site, chen):
    with site.snapshot() as session, QueryRecorder() as queries:
        get_actor(session, chen.id)

    assert len(queries) == 1, queries


def test_a_role_given_twice_is_held_once(site, cast, chen):
    with site.transaction() as session:
        accounts.grant_role(session, chen.id, Role.TRAINER, cast.union, by=None, at=THEN)

    assert site.scalar("SELECT count(*) FROM person_role") == 1
    assert site.scalar("SELECT count(*) FROM audit_event WHERE action = 'role.granted'") == 1


def test_a_new_password_ends_every_session(site, alice):
    with site.snapshot() as session:
        before = find_session_stamp(session, alice.id)
        assert find_actor(session, alice.id, session_stamp=before) is not None
    with site.transaction() as session:
        stamp = accounts.set_password(session, alice.id, password_hash="x", by=None, at=THEN)

    with site.snapshot() as session:
        assert find_actor(session, alice.id, session_stamp=before) is None
        assert find_actor(session, alice.id, session_stamp=stamp) is not None


def test_a_token_speaks_for_its_owner_until_it_expires(site, alice):
    with site.transaction() as session:
        issued = accounts.issue_token(session, alice.id, at=THEN)

    assert issued.expires_at == THEN + timedelta(days=90)
    with site.snapshot() as session:
        just_before = issued.expires_at - timedelta(seconds=1)
        found = find_actor_by_token(session, issued.token, at=just_before)
        assert found is not None
        assert found.id == alice.id
        assert find_actor_by_token(session, issued.token, at=issued.expires_at) is None
        assert find_actor_by_token(session, issued.token + "x", at=THEN) is None


def test_the_first_administrator_is_made_once(site):
    def make(email: str) -> None:
        with site.transaction() as session:
            accounts.create_first_administrator(
                session, email=email, name="First", locale="en", password_hash="x", at=THEN
            )

    make("first@union.example")
    with pytest.raises(LinkNotUsable):
        make("second@union.example")

    with site.snapshot() as session:
        assert count_site_administrators(session) == 1


def test_the_last_administrator_stays_until_there_is_another(site, cast, dana):
    with pytest.raises(LastAdministrator), site.transaction() as session:
        accounts.erase_person(session, dana.actor_in(session), at=THEN)

    other = cast.person("Ezra", "ezra@union.example")
    with site.transaction() as session:
        accounts.grant_role(session, other.id, Role.SITE_ADMINISTRATOR, None, by=dana.id, at=THEN)
        accounts.erase_person(session, dana.actor_in(session), at=THEN)
    with site.snapshot() as session:
        assert count_site_administrators(session) == 1
        assert find_actor(session, dana.id) is None


def test_erasure_leaves_no_word_of_a_person_in_any_table(site, study, authored, alice, bola):
    study.publish(authored)
    study.finish(alice, "small")
    study.enroll(bola, "small")
    alice.api()
    with site.transaction() as session:
        accounts.request_password_reset(
            session, email=alice.email, locale="en", link_url="https://x/TOKEN", at=THEN
        )
    before = site.count_rows()

    with site.transaction() as session:
        accounts.erase_person(session, alice.actor_in(session), at=THEN)

    after = site.count_rows()
    for table in ("enrollment", "lesson_completion", "attempt", "response", "access_token"):
        assert (
            after[table]
            == before[table]
            - {
                "enrollment": 1,
                "lesson_completion": 2,
                "attempt": 1,
                "response": 3,
                "access_token": 1,
            }[table]
        )
    everything = " ".join(
        str(tuple(row)) for table in after for row in site.execute(f"SELECT * FROM {table}")
    )
    assert "Alice" not in everything
    assert "alice" not in everything
    assert "Bola" in everything
    assert after["certificate"] == before["certificate"] == 1
    assert after["audit_event"] == before["audit_event"] + 1
