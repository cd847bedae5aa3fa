"""The database: column types, the declarative base, and transactions.

A transaction begins and ends at a door (`with transaction() as session:`); everything below is given
the session, flushes, and never commits.
"""

from __future__ import annotations

import enum
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Text,
    TypeDecorator,
    Uuid,
    event,
    inspect,
    not_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Mapper, Session, registry

from courseapp.core.types import JsonObject

_WRITES = "courseapp_writes"
_READ_ONLY = "courseapp_read_only"
_AFTER_COMMIT = "courseapp_after_commit"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite drops the zone, so it is put back on reading; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NfcText(TypeDecorator[str]):
    """Text in Unicode's composed form (NFC), so that what looks equal is equal."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unicodedata.normalize("NFC", value)


def enum_type(of: type[enum.StrEnum]) -> Enum:
    """Return a column type that stores an enum's values as text, checked by the database."""
    return Enum(
        of,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        # The naming convention would repeat the table's name; this names the check after the enum.
        name=of.__name__.lower(),
    )


class Base(DeclarativeBase):
    """The base of every table."""

    # A registry, not `metadata` and `type_annotation_map`: Flask-SQLAlchemy refuses those on a base
    # that it is given (its issue 1361).
    registry = registry(
        metadata=MetaData(
            # Names that are the same on every database, so that a migration can drop what it made.
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            str: NfcText(),
            datetime: UtcDateTime(),
            uuid.UUID: Uuid(),
            # Nothing is NULL, and never the JSON text `null`, which no constraint or trigger takes for it.
            JsonObject: JSON(none_as_null=True).with_variant(
                JSONB(none_as_null=True), "postgresql"
            ),
        },
    )


class Immutable:
    """A mixin for rows that are created once and never changed: content versions, signed statements.

    The migration's triggers say the same to whoever comes past the mapper.
    """


@event.listens_for(Mapper, "before_update")
def _refuse_update(mapper: Mapper[Any], connection: Connection, target: object) -> None:
    if isinstance(target, Immutable) and Session.object_session(target).is_modified(target):  # type: ignore[union-attr]  # a row being flushed has a session
        raise TypeError(f"{type(target).__name__} rows are never changed")


@event.listens_for(Mapper, "before_delete")
def _refuse_delete(mapper: Mapper[Any], connection: Connection, target: object) -> None:
    if isinstance(target, Immutable):
        raise TypeError(f"{type(target).__name__} rows are never deleted")


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of a door that writes; commit at its end, roll back if it raises.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that what was read still holds
    when it is written. Nesting is an error.
    """
    session = _begin(writes=True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop(_AFTER_COMMIT, None)
        raise
    finally:
        session.close()
    for act in session.info.pop(_AFTER_COMMIT, []):
        act()


@contextmanager
def snapshot() -> Iterator[Session]:
    """Open a transaction for a door that only reads; a flush of changes in it raises."""
    session = _begin(writes=False)
    session.info[_READ_ONLY] = True
    try:
        yield session
    finally:
        session.rollback()
        session.close()
        session.info.pop(_READ_ONLY, None)


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Have the door do something once its transaction is safely stored."""
    session.info.setdefault(_AFTER_COMMIT, []).append(act)


def _begin(*, writes: bool) -> Session:
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a transaction is open already: open it at the door, once")
    session.connection(execution_options={_WRITES: writes})
    return session


@event.listens_for(Session, "before_flush")
def _refuse_writes_while_reading(session: Session, *_: object) -> None:
    if session.info.get(_READ_ONLY) and (session.new or session.dirty or session.deleted):
        raise RuntimeError("this door only reads: use transaction() to write")


def prepare_engine(engine: Engine) -> None:
    """Make SQLite keep its promises: foreign keys, durable commits, transactions that begin when we say so."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    # pysqlite begins transactions late and on its own terms; with None it leaves that to _begin_sqlite.
    dbapi_connection.isolation_level = None
    for pragma in (
        "busy_timeout=20000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def insert_or_update(
    session: Session,
    table: type[Base],
    keys: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    unless: ColumnElement[bool] | None = None,
    **first: Any,
) -> bool:
    """Write values into the row that has these unique keys, or insert it; tell whether they were written.

    One statement, so two requests at once leave one row and neither fails. `first` is for a new row only;
    a row for which `unless` holds stays as it is.
    """
    dialect = session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    statement = insert(table).values(**keys, **values, **first)
    result = session.execute(
        statement.on_conflict_do_update(
            index_elements=list(keys),
            set_=dict(values),
            where=None if unless is None else not_(unless),
        ).returning(*inspect(table).primary_key)
    )
    return result.first() is not None


def insert_unless_exists(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row unless a key or unique index of the table has it already; tell whether it was inserted.

    The database decides, so two requests at once leave one row and neither of them fails.
    """
    dialect = session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    # What comes back is what was inserted; psycopg's count of rows is -1 here, which says nothing.
    result = session.execute(
        insert(table)
        .values(**values)
        .on_conflict_do_nothing()
        .returning(*inspect(table).primary_key)
    )
    return result.first() is not None
