"""The database's structure: the same on both databases, there and back again."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect

from config import PROJECT_ROOT
from courseapp import wiring
from courseapp.ops import migrations
from tests.databases import Database

VERSIONS = sorted((migrations.MIGRATIONS_DIR / "versions").glob("*.py"))


def _tables(database: Database) -> set[str]:
    engine = create_engine(database.url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def test_they_run_up_down_and_up_again(empty_database: Database) -> None:
    config = migrations.alembic_config(empty_database.url)
    command.upgrade(config, "head")
    made = _tables(empty_database)
    command.downgrade(config, "base")
    left = _tables(empty_database)
    command.upgrade(config, "head")

    assert made == set(wiring.METADATA.tables)
    assert left == set()
    assert _tables(empty_database) == made


def test_they_make_just_what_the_models_say(empty_database: Database) -> None:
    config = migrations.alembic_config(empty_database.url)
    config.attributes["target_metadata"] = wiring.METADATA
    command.upgrade(config, "head")
    # Raises when a model and its table differ.
    command.check(config)


def test_two_processes_that_start_at_once_take_turns(empty_database: Database) -> None:
    upgrade = "import sys; from courseapp.ops import migrations; migrations.upgrade(sys.argv[1])"
    both = [
        subprocess.Popen([sys.executable, "-c", upgrade, empty_database.url], cwd=PROJECT_ROOT)
        for _ in range(2)
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    assert _tables(empty_database) == set(wiring.METADATA.tables)


def test_a_percent_sign_in_the_address_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "100%25.sqlite3"
    migrations.upgrade(f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{path}")
    assert migrations.current_revision(engine) == migrations.newest_revision()
    engine.dispose()


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_each_is_numbered_like_its_file_and_imports_nothing_of_ours(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    revisions = [
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "revision"
        and isinstance(node.value, ast.Constant)
    ]
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert revisions == [path.name[:4]]
    assert re.fullmatch(r"\d{4}_[a-z0-9_]+", path.stem)
    assert not {name for name in imported if name and name.split(".")[0] in {"courseapp", "config"}}
