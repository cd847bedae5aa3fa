"""The database's structure: brought up to date by the numbered migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

MIGRATIONS_DIR: Final = Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(database_url: str) -> Config:
    """Return what Alembic needs to know; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    config.set_main_option("path_separator", "os")
    # Not as a main option: there a % in a password would be read as a placeholder.
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that is missing; two processes at once take turns."""
    command.upgrade(alembic_config(database_url), "head")


def current_revision(engine: Engine) -> str | None:
    """Return the newest migration that the database has seen."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the newest migration that there is."""
    return ScriptDirectory(str(MIGRATIONS_DIR)).get_current_head()
