"""The doctor finds what disagrees, and says nothing of what is well."""

from __future__ import annotations

from collections.abc import Sequence

from courseapp.accounts import service as accounts
from courseapp.ops.doctor import find_faults
from tests.authoring import AuthoredContent
from tests.cast import THEN, Person
from tests.sites import Site
from tests.studying import Study


def _faults(site: Site) -> Sequence[str]:
    with site.snapshot() as session:
        return find_faults(session)


def _drop_trigger(site: Site, name: str, table: str) -> None:
    on = "" if site.database.is_sqlite else f" ON {table}"
    site.execute(f"DROP TRIGGER {name}{on}")


def test_it_finds_nothing_where_everything_agrees(
    site: Site, study: Study, published: AuthoredContent, alice: Person, bola: Person
) -> None:
    study.finish(alice, "small")
    study.enroll(bola, "small")
    assert _faults(site) == []


def test_it_finds_a_percentage_that_the_facts_do_not_give(
    site: Site, study: Study, alice: Person
) -> None:
    enrollment = study.enroll(alice)
    site.execute("UPDATE enrollment SET percent = 40")
    assert _faults(site) == [f"enrollment {enrollment.id}: 40% is stored, the facts say 0%"]


def test_it_finds_a_certificate_that_is_not_what_was_signed(
    site: Site, study: Study, published: AuthoredContent, alice: Person
) -> None:
    study.finish(alice, "small")
    code = site.scalar("SELECT code FROM certificate")
    _drop_trigger(site, "certificate_is_fixed", "certificate")
    site.execute(
        "UPDATE certificate SET statement = "
        + (
            "json_set(statement, '$.holder', 'Somebody Else')"
            if site.database.is_sqlite
            else """jsonb_set(statement, '{holder}', '"Somebody Else"')"""
        )
    )
    assert _faults(site) == [f"certificate {code}: it is not what was signed"]


def test_it_finds_a_certificate_whose_digest_was_made_to_fit(
    site: Site, study: Study, published: AuthoredContent, alice: Person
) -> None:
    study.finish(alice, "small")
    _drop_trigger(site, "certificate_is_fixed", "certificate")
    site.execute("UPDATE certificate SET digest = 'made up'")
    assert len(_faults(site)) == 1


def test_it_goes_on_after_a_certificate_whose_statement_lost_its_parts(
    site: Site, study: Study, published: AuthoredContent, alice: Person, bola: Person
) -> None:
    for person in (alice, bola):
        study.finish(person, "small")
    _drop_trigger(site, "certificate_is_fixed", "certificate")
    site.execute("UPDATE certificate SET statement = '{}'")
    assert len(_faults(site)) == 2


def test_it_finds_a_completion_that_was_not_reached(
    site: Site, study: Study, alice: Person
) -> None:
    study.enroll(alice)
    site.execute("UPDATE enrollment SET percent = 100, completed_at = created_at")
    assert len(_faults(site)) == 1


def test_it_has_nothing_against_certificates_of_people_who_were_erased(
    site: Site, study: Study, published: AuthoredContent, alice: Person
) -> None:
    study.finish(alice, "small")
    with site.transaction() as session:
        accounts.erase_person(session, alice.actor_in(session), at=THEN)
    assert site.scalar("SELECT count(*) FROM certificate") == 1
    assert _faults(site) == []
