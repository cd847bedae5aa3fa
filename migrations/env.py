"""Runs the numbered migrations. They import nothing of courseapp, so that old ones keep working."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event, text

# Nobody waits longer than this for a lock that a migration holds or wants (milliseconds).
LOCK_TIMEOUT = 10_000
# Any number, the same for all: two processes that start at once migrate one after the other.
ADVISORY_LOCK = 7_021_952


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("target_metadata"),
        compare_type=True,
        render_as_batch=False,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT}"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        context.run_migrations()


def prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    # Python's driver would commit before each CREATE; like this a migration happens whole or not at all.
    dbapi_connection.isolation_level = None
    dbapi_connection.execute("PRAGMA busy_timeout=20000")


def begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    engine = create_engine(context.config.attributes["database_url"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_sqlite)
    try:
        with engine.connect() as connection:
            run(connection)
            # The advisory lock began a transaction that Alembic found open and leaves to us.
            connection.commit()
    finally:
        engine.dispose()


main()
