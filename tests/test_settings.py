"""Settings come from the environment: safe by default, and refused with a sentence when they cannot be used."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import PROJECT_ROOT, SettingsError, load_settings

GOOD_KEY = "0123456789abcdefghijklmnopqrstuv"


def load(tmp_path: Path, **environment: str):
    return load_settings({"COURSEAPP_INSTANCE_DIR": str(tmp_path / "instance"), **environment})


def test_without_any_setting_the_site_is_a_private_one_on_this_machine(tmp_path):
    settings = load(tmp_path)

    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.production is False
    assert settings.serves_tls is False
    assert settings.uses_sqlite
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/courseapp.sqlite3"
    assert settings.content_dir == PROJECT_ROOT
    assert settings.mail_url == ""
    assert settings.trusted_proxies == 0


def test_an_empty_setting_is_no_setting(tmp_path):
    names = ["PRODUCTION", "DATABASE_URL", "CONTENT_DIR", "HOST", "BASE_URL", "WORKERS", "THREADS"]
    names += ["TRUSTED_PROXIES", "MAIL_URL", "MAIL_FROM", "ISSUER_NAME", "SECRET_KEY"]
    empty = {"PORT": "", **{f"COURSEAPP_{name}": "" for name in names}}

    assert load(tmp_path, **empty) == load(tmp_path)


@pytest.mark.parametrize(
    ("environment", "name", "value"),
    [
        ({"PORT": "9000"}, "port", 9000),
        ({"PORT": "9000"}, "base_url", "http://127.0.0.1:9000"),
        ({"COURSEAPP_HOST": "0.0.0.0"}, "host", "0.0.0.0"),  # noqa: S104  # as in a container
        ({"COURSEAPP_BASE_URL": "https://x.example/"}, "base_url", "https://x.example"),
        ({"COURSEAPP_BASE_URL": "https://x.example"}, "serves_tls", True),
        ({"COURSEAPP_WORKERS": "8"}, "workers", 8),
        ({"COURSEAPP_THREADS": "1"}, "threads", 1),
        ({"COURSEAPP_TRUSTED_PROXIES": "1"}, "trusted_proxies", 1),
        ({"COURSEAPP_MAIL_URL": "smtps://u:p@m.example"}, "mail_url", "smtps://u:p@m.example"),
        ({"COURSEAPP_MAIL_FROM": "a@b.example"}, "mail_from", "a@b.example"),
        ({"COURSEAPP_ISSUER_NAME": "The Union"}, "issuer_name", "The Union"),
        ({"COURSEAPP_SECRET_KEY": GOOD_KEY}, "secret_key", GOOD_KEY),
        ({"COURSEAPP_CONTENT_DIR": "/srv/content"}, "content_dir", Path("/srv/content")),
        ({"COURSEAPP_PRODUCTION": "no"}, "production", False),
        ({"COURSEAPP_DATABASE_URL": "sqlite:////srv/a.db"}, "uses_sqlite", True),
        (
            {"COURSEAPP_DATABASE_URL": "postgresql+psycopg://u@h/d"},
            "database_url",
            "postgresql+psycopg://u@h/d",
        ),
        # The short forms that hosting companies hand out.
        (
            {"COURSEAPP_DATABASE_URL": "postgres://u:p@h/d"},
            "database_url",
            "postgresql+psycopg://u:p@h/d",
        ),
        (
            {"COURSEAPP_DATABASE_URL": "postgresql://u:p@h/d"},
            "database_url",
            "postgresql+psycopg://u:p@h/d",
        ),
    ],
)
def test_a_setting_is_taken_from_the_environment(tmp_path, environment, name, value):
    assert getattr(load(tmp_path, **environment), name) == value


@pytest.mark.parametrize("text", ["1", "yes", "TRUE", " true "])
def test_production_is_switched_on_by_any_plain_yes(tmp_path, text):
    settings = load(tmp_path, COURSEAPP_PRODUCTION=text, COURSEAPP_SECRET_KEY=GOOD_KEY)

    assert settings.production is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "80.5"),
        ("PORT", "٨٠٠٠"),
        ("COURSEAPP_WORKERS", "0"),
        ("COURSEAPP_WORKERS", "65"),
        ("COURSEAPP_THREADS", "many"),
        ("COURSEAPP_TRUSTED_PROXIES", "6"),
        ("COURSEAPP_PRODUCTION", "maybe"),
        ("COURSEAPP_DATABASE_URL", "mysql://u@h/d"),
        ("COURSEAPP_DATABASE_URL", "sqlite://"),
        ("COURSEAPP_BASE_URL", "learn.example.org"),
        ("COURSEAPP_BASE_URL", "ftp://learn.example.org"),
        ("COURSEAPP_BASE_URL", "https://"),
        ("COURSEAPP_BASE_URL", "https://x.example/?a=b"),
        ("COURSEAPP_BASE_URL", "https://x.example/#top"),
        ("COURSEAPP_BASE_URL", "http://[::1"),
        ("COURSEAPP_MAIL_URL", "mail.example.org"),
        ("COURSEAPP_MAIL_URL", "http://mail.example.org"),
        ("COURSEAPP_MAIL_URL", "smtp:mail.example.org"),
        ("COURSEAPP_MAIL_URL", "smtp://"),
        ("COURSEAPP_MAIL_URL", "smtp://mail.example.org:mail"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_its_name(tmp_path, name, value):
    with pytest.raises(SettingsError, match=name):
        load(tmp_path, **{name: value})


def test_the_instance_folder_is_made_for_this_user_alone(tmp_path):
    settings = load(tmp_path)

    assert stat.S_IMODE(settings.instance_dir.stat().st_mode) == 0o700


def test_the_secret_key_is_made_once_for_this_user_alone(tmp_path):
    first = load(tmp_path).secret_key
    path = tmp_path / "instance" / "secret_key"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(first) == 64
    assert load(tmp_path).secret_key == first
    assert list(path.parent.iterdir()) == [path]


def test_two_installations_have_different_keys(tmp_path):
    assert load(tmp_path / "a").secret_key != load(tmp_path / "b").secret_key


def test_the_key_of_the_environment_goes_before_that_of_the_folder(tmp_path):
    load(tmp_path)

    assert load(tmp_path, COURSEAPP_SECRET_KEY=GOOD_KEY).secret_key == GOOD_KEY


def test_secrets_are_not_shown_with_the_settings(tmp_path):
    settings = load(
        tmp_path,
        COURSEAPP_SECRET_KEY=GOOD_KEY,
        COURSEAPP_DATABASE_URL="postgresql://user:hunter2@h/d",
        COURSEAPP_MAIL_URL="smtp://user:hunter3@m.example",
    )

    assert GOOD_KEY not in repr(settings)
    assert "hunter" not in repr(settings)


def test_production_makes_no_key_and_refuses_to_start_without_one(tmp_path):
    with pytest.raises(SettingsError, match="No secret key"):
        load(tmp_path, COURSEAPP_PRODUCTION="1")
    assert list((tmp_path / "instance").iterdir()) == []


@pytest.mark.parametrize(
    "key", ["secret", "a" * 64, "abcabcabcabcabcabcabcabcabcabcabcabc", "x" * 31]
)
@pytest.mark.parametrize("production", ["0", "1"])
def test_a_weak_key_refuses_to_start(tmp_path, key, production):
    with pytest.raises(SettingsError, match="too weak"):
        load(tmp_path, COURSEAPP_PRODUCTION=production, COURSEAPP_SECRET_KEY=key)


def test_production_takes_the_key_that_somebody_wrote_into_the_folder(tmp_path):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret_key").write_text(f"{GOOD_KEY}\n", encoding="ascii")

    assert load(tmp_path, COURSEAPP_PRODUCTION="1").secret_key == GOOD_KEY


def test_a_key_file_with_something_else_in_it_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "secret_key").write_bytes(b"\xff\xfe" * 40)

    with pytest.raises(SettingsError, match="too weak"):
        load(tmp_path)


def test_processes_that_start_at_once_keep_one_key(tmp_path):
    program = "from config import load_settings; print(load_settings().secret_key)"
    environment = {**os.environ, "COURSEAPP_INSTANCE_DIR": str(tmp_path / "instance")}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    keys = [process.communicate(timeout=60)[0].strip() for process in started]

    assert len(set(keys)) == 1
    assert len(keys[0]) == 64
    assert keys[0] == load(tmp_path).secret_key
