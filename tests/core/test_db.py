"""What the database layer promises to every feature, on both engines."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from courseapp.accounts.models import Organization, Person
from courseapp.core import audit
from courseapp.core.audit import AuditEvent
from courseapp.core.db import after_commit, insert_unless_exists, snapshot, transaction
from courseapp.core.ids import new_id
from courseapp.core.throttle import ThrottleEvent
from tests.cast import THEN

NAME = "Möbel und Holz"


def organization(name: str = NAME, at: datetime = THEN) -> Organization:
    return Organization(name=name, created_at=at)


def names(site) -> list[str]:
    return [row[0] for row in site.execute("SELECT name FROM organization ORDER BY name")]


def test_a_moment_without_a_time_zone_is_refused(site):
    naive = THEN.replace(tzinfo=None)

    with pytest.raises(StatementError, match="without a time zone"), site.transaction() as session:
        session.add(organization(at=naive))
        session.flush()


def test_a_moment_comes_back_in_utc_whatever_its_zone_was(site):
    lima = timezone(timedelta(hours=-5))
    with site.transaction() as session:
        session.add(organization(at=datetime(2026, 3, 2, 4, 30, 0, 123456, tzinfo=lima)))

    with site.snapshot() as session:
        found = session.scalars(select(Organization.created_at)).one()
    assert found == datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_moments_are_compared_as_moments_not_as_texts(site):
    lima = timezone(timedelta(hours=-5))
    with site.transaction() as session:
        session.add(organization(at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC)))

    with site.snapshot() as session:
        later = datetime(2026, 3, 2, 4, 31, tzinfo=lima)
        found = session.scalars(select(Organization).where(Organization.created_at < later)).all()
    assert len(found) == 1


def test_text_is_stored_composed_and_found_however_it_is_typed(site):
    decomposed = "Mo\u0308bel und Holz"
    with site.transaction() as session:
        session.add(organization(decomposed))

    assert names(site) == [NAME]
    with site.snapshot() as session:
        typed = select(Organization).where(Organization.name == decomposed)
        assert session.scalars(typed).one().name == NAME


def test_what_a_transaction_wrote_is_there_after_it(site):
    with site.transaction() as session:
        session.add(organization())

    assert names(site) == [NAME]


def test_an_error_undoes_everything_that_its_transaction_wrote(site):
    with pytest.raises(ZeroDivisionError), site.transaction() as session:
        session.add(organization())
        session.flush()
        raise ZeroDivisionError

    assert names(site) == []


def test_a_transaction_inside_another_is_an_error(site):
    with site.transaction(), pytest.raises(RuntimeError, match="open already"), transaction():
        pass
    with site.transaction(), pytest.raises(RuntimeError, match="open already"), snapshot():
        pass


def test_a_snapshot_writes_nothing(site):
    with pytest.raises(RuntimeError, match="only reads"), site.snapshot() as session:
        session.add(organization())
        session.flush()

    assert names(site) == []


def test_after_a_refused_write_in_a_snapshot_the_next_transaction_writes_again(site):
    with site.app.app_context():
        with pytest.raises(RuntimeError), snapshot() as session:
            session.add(organization("never"))
            session.flush()
        with transaction() as session:
            session.add(organization())

    assert names(site) == [NAME]


def test_what_is_to_happen_after_a_transaction_happens_when_it_is_stored(site):
    seen: list[int] = []

    def look() -> None:
        # It stands outside the transaction that asked for it, and may open one of its own.
        with snapshot() as session:
            seen.append(len(session.scalars(select(Organization)).all()))

    with site.transaction() as session:
        session.add(organization())
        after_commit(session, look)
        assert seen == []

    assert seen == [1]


def test_what_is_to_happen_after_a_transaction_never_happens_when_it_fails(site):
    happened: list[str] = []

    with site.app.app_context():
        with pytest.raises(ZeroDivisionError), transaction() as session:
            after_commit(session, lambda: happened.append("after the failed one"))
            raise ZeroDivisionError
        with transaction() as session:
            after_commit(session, lambda: happened.append("after the good one"))

    assert happened == ["after the good one"]


def recorded_event(session: Session) -> AuditEvent:
    subject = uuid4()
    audit.record(session, "test.happened", "test", subject, by=None, at=THEN)
    session.flush()
    return session.scalars(select(AuditEvent).where(AuditEvent.subject_id == subject)).one()


def test_an_immutable_row_cannot_be_changed(site):
    refusal = pytest.raises(TypeError, match="AuditEvent rows are never changed")
    with refusal, site.transaction() as session:
        recorded_event(session).action = "test.did_not_happen"
        session.flush()


def test_an_immutable_row_cannot_be_deleted(site):
    refusal = pytest.raises(TypeError, match="AuditEvent rows are never deleted")
    with refusal, site.transaction() as session:
        session.delete(recorded_event(session))
        session.flush()


def test_a_row_that_exists_is_not_inserted_again_and_is_no_error(site):
    values = {"id": new_id(), "bucket": "first", "at": THEN}
    with site.transaction() as session:
        first = insert_unless_exists(session, ThrottleEvent, **values)
        again = insert_unless_exists(session, ThrottleEvent, **{**values, "bucket": "second"})
        stored = session.scalars(select(ThrottleEvent.bucket)).all()

    assert (first, again, stored) == (True, False, ["first"])


def test_a_reference_to_nothing_is_refused(site):
    with pytest.raises(IntegrityError):
        site.execute(
            "INSERT INTO access_token (id, token_hash, person_id, created_at, expires_at) "
            "VALUES (:id, 'x', :nobody, :at, :at)",
            id=uuid4(),
            nobody=uuid4(),
            at="2026-03-02 09:00:00+00:00",
        )


def test_a_commit_is_seen_by_everybody_else_and_a_rollback_by_nobody(fresh_site):
    with fresh_site.transaction() as session:
        session.add(organization("stored"))
    with pytest.raises(ZeroDivisionError), fresh_site.transaction() as session:
        session.add(organization("undone"))
        session.flush()
        raise ZeroDivisionError

    somebody_else = create_engine(fresh_site.database.url)
    with somebody_else.connect() as connection:
        assert connection.scalars(text("SELECT name FROM organization")).all() == ["stored"]
    somebody_else.dispose()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_sqlite_keeps_foreign_keys_and_survives_a_power_cut(fresh_site):
    pragmas = {
        name: fresh_site.scalar(f"PRAGMA {name}")
        for name in ("foreign_keys", "journal_mode", "synchronous")
    }

    assert pragmas == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}


def test_a_query_built_on_the_mapper_gives_ids_and_moments_back_as_they_were(site, alice):
    with site.snapshot() as session:
        person = session.get_one(Person, alice.id)
        assert (person.id, person.created_at) == (alice.id, THEN)
