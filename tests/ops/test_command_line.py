"""The command line."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

import courseapp.cli
from config import Settings
from courseapp import create_app
from courseapp.core.db import db
from courseapp.ops import migrations
from tests.authoring import AuthoredContent
from tests.sites import Site

COMMANDS = (
    [],
    ["serve"],
    ["demo"],
    ["db"],
    ["db", "upgrade"],
    ["content"],
    ["content", "check"],
    ["content", "publish"],
    ["users"],
    ["users", "create"],
    ["users", "invite"],
    ["doctor"],
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Apps:
    """The apps that a command builds: a program that ends lets go of their connections by itself."""

    def __init__(self) -> None:
        self._made: list[Flask] = []

    def make(self, settings: Settings | None = None) -> Flask:
        self._made.append(create_app(settings))
        return self._made[-1]

    def close(self) -> None:
        for app in self._made:
            with app.app_context():
                db.engine.dispose()


def run(*arguments: str, **environment: str) -> Ended:
    """Run a command to its end within this process, as the program's `main` does."""
    code, out, err, apps = 0, io.StringIO(), io.StringIO(), Apps()
    argv = ["courseapp", *arguments]
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", argv)
        patch.setattr(courseapp.cli, "create_app", apps.make)
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            courseapp.cli.main()
        except SystemExit as end:
            if isinstance(end.code, str):
                # What Python itself does with a sentence.
                sys.stderr.write(f"{end.code}\n")
            code = end.code if isinstance(end.code, int) else 1
        finally:
            apps.close()
    return Ended(code, out.getvalue(), err.getvalue())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_says_what_it_does(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.returncode == 0
    described = result.stdout.split("\n\n")[1].strip()
    assert re.match(r"[A-Z][^\n]{10,}", described), result.stdout


def test_content_check_tells_file_line_and_what_to_do(
    authored: AuthoredContent, tmp_path: Path
) -> None:
    course = next(authored.root.glob("modules/*/course.yaml"))
    course.write_text(course.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
    line = len(course.read_text(encoding="utf-8").splitlines())

    result = run("content", "check", str(authored.root), COURSEAPP_INSTANCE_DIR=str(tmp_path / "i"))

    assert result.returncode == 1
    where = course.relative_to(authored.root)
    assert f"{where}:{line}: there is no field 'colour' here" in result.stdout
    assert "1 problems in the content" in result.stderr


def test_content_check_of_this_course_finds_nothing(tmp_path: Path) -> None:
    result = run("content", "check", COURSEAPP_INSTANCE_DIR=str(tmp_path))
    assert (result.returncode, result.stdout) == (0, "The content has no problems.\n")


def test_it_is_installed_as_a_program(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("courseapp")
    ended = subprocess.run(
        [str(program), "db", "upgrade"],
        env={"PATH": os.environ["PATH"], "COURSEAPP_INSTANCE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"The database is at migration {migrations.newest_revision()}.\n"


def test_the_database_can_be_brought_up_to_date_twice(tmp_path: Path) -> None:
    first = run("db", "upgrade", COURSEAPP_INSTANCE_DIR=str(tmp_path))
    second = run("db", "upgrade", COURSEAPP_INSTANCE_DIR=str(tmp_path))
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout


def test_the_doctor_asks_for_an_upgrade_of_an_old_database(tmp_path: Path) -> None:
    result = run("doctor", COURSEAPP_INSTANCE_DIR=str(tmp_path))
    assert result.returncode == 1
    assert "run courseapp db upgrade" in result.stdout


def test_users_are_created_with_a_link_and_without_a_password(fresh_site: Site) -> None:
    result = run(
        "users",
        "create",
        "Zoe@Union.example",
        "--name",
        "Zoe",
        "--admin",
        **fresh_site.environment(),
    )
    assert result.returncode == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/links/[\w-]{43}\n", result.stdout)
    created = fresh_site.execute(
        "SELECT name, password_hash FROM person WHERE email = 'zoe@union.example'"
    )
    assert [tuple(row) for row in created] == [("Zoe", None)]
    assert fresh_site.scalar("SELECT role FROM person_role") == "site_administrator"


def test_an_invitation_is_mailed_and_does_not_show_the_link(fresh_site: Site) -> None:
    result = run(
        "users", "invite", "zoe@union.example", "--name", "Zoe", **fresh_site.environment()
    )
    mails = list((fresh_site.settings.instance_dir / "mail").glob("*.eml"))
    assert result.returncode == 0
    assert "/links/" not in result.stdout
    assert len(mails) == 1
    assert b"/links/" in mails[0].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["users", "create", "no address", "--name", "Zoe"], "Enter an e-mail address"),
        (["users", "create", "zoe@union.example", "--name", " "], "Enter your name"),
        (["users", "create", "taken@union.example", "--name", "Zoe"], "There is an account"),
    ],
)
def test_what_cannot_be_created_is_told_in_a_sentence(
    fresh_site: Site, arguments: list[str], sentence: str
) -> None:
    environment = fresh_site.environment()
    run("users", "create", "taken@union.example", "--name", "Taken", **environment)
    result = run(*arguments, **environment)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT is 'eighty'; it must be a whole number"),
        ("COURSEAPP_DATABASE_URL", "mysql://x", "COURSEAPP_DATABASE_URL must start with"),
        ("COURSEAPP_SECRET_KEY", "short", "The secret key is too weak"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_it_with_a_sentence(
    tmp_path: Path, setting: str, value: str, sentence: str
) -> None:
    result = run("doctor", COURSEAPP_INSTANCE_DIR=str(tmp_path), **{setting: value})
    assert result.returncode == 1
    assert result.stderr.startswith(f"courseapp: {sentence}")
    assert "Traceback" not in result.stderr


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    result = run(
        "db",
        "upgrade",
        COURSEAPP_INSTANCE_DIR=str(tmp_path),
        COURSEAPP_DATABASE_URL="postgresql://someone:hidden-word@127.0.0.1:1/none",
    )
    assert result.returncode == 1
    assert "the database refused" in result.stderr
    assert "hidden-word" not in result.stderr
    assert "Traceback" not in result.stderr


def test_the_demonstration_has_people_at_every_stage_and_a_link_for_each(tmp_path: Path) -> None:
    result = run("demo", "--build-only", COURSEAPP_INSTANCE_DIR=str(tmp_path))
    assert result.returncode == 0, result.stderr
    people = re.findall(
        r"^  (administrator|trainer|learner, .+?), .+ http://\S+$", result.stdout, re.MULTILINE
    )
    assert people == [
        "administrator",
        "trainer",
        "learner, not started",
        "learner, on the way",
        "learner, stuck",
        "learner, all but the last quiz",
        "learner, certified",
    ]
    demo = tmp_path / "demo"
    checked = run(
        "doctor",
        COURSEAPP_INSTANCE_DIR=str(demo),
        COURSEAPP_SECRET_KEY=(tmp_path / "secret_key").read_text(encoding="ascii").strip(),
    )
    assert checked.stdout == "Everything agrees.\n"
    assert not (tmp_path / "courseapp.sqlite3").exists()
