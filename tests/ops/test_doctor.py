"""The doctor finds what disagrees, and says nothing of what is well."""

from __future__ import annotations

from collections.abc import Sequence

from courseapp.accounts import service as accounts
from courseapp.ops.doctor import find_faults
from tests.authoring import QUIZ, AuthoredContent
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


def test_it_has_nothing_against_what_waits_what_was_granted_and_what_was_corrected(
    site: Site,
    study: Study,
    authored: AuthoredContent,
    alice: Person,
    bola: Person,
    dana: Person,
) -> None:
    authored.ask_everything()
    study.publish(authored)
    hers, his = study.enroll(alice, "small"), study.enroll(bola, "small")
    study.take_quiz(alice, hers, "first")
    judged = study.take_quiz(bola, his, "first")
    study.judge(dana, judged.id, "in-your-words", {"says-why": 2, "example": 1})
    study.grant(dana, hers, "first", attempts=1)
    for right, wrong in (("the least", "the most"), ("one", "green")):
        authored.change(QUIZ, f"text: {right}\n        correct: true\n", f"text: {right}\n")
        authored.change(QUIZ, f"text: {wrong}\n", f"text: {wrong}\n        correct: true\n")
    authored.change(QUIZ, "answer: true", "answer: false")
    authored.change(QUIZ, "category: even", "category: odd")
    authored.change(
        QUIZ, "text: eleven\n        category: odd", "text: eleven\n        category: even"
    )
    study.publish(authored)
    plan = study.regrade(dana, "first", course_key="small", fails_allowed=True)

    assert [(result.passed_before, result.passed_after) for result in plan.changed] == [
        (True, False)
    ]
    assert study.again(bola, "small").percent == 0
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
