"""The settings of courseapp: read once from the environment, typed, with defaults that are safe.

The README has a table of them; `tests/house/test_settings_table.py` holds the two against each other.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

PROJECT_ROOT: Final = Path(__file__).resolve().parent
LEAST_SECRET_LENGTH: Final = 32
LEAST_DISTINCT_CHARACTERS: Final = 10


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message says which one and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of one running installation."""

    secret_key: str = field(repr=False)
    production: bool = False
    instance_dir: Path = PROJECT_ROOT / "instance"
    database_url: str = field(default="", repr=False)
    content_dir: Path = PROJECT_ROOT
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    workers: int = 2
    threads: int = 4
    trusted_proxies: int = 0
    mail_url: str = field(default="", repr=False)
    mail_from: str = "courseapp@localhost"
    issuer_name: str = "courseapp"

    @property
    def serves_tls(self) -> bool:
        """Whether people reach the site over TLS, so that cookies may be marked Secure."""
        return self.base_url.startswith("https://")

    @property
    def uses_sqlite(self) -> bool:
        """Whether the embedded database is in use."""
        return self.database_url.startswith("sqlite")


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings from the environment (by default the process's own).

    Makes the instance folder and, outside production, the secret key in it on the first run.
    Raises SettingsError for a value that cannot be used.
    """
    env = os.environ if environment is None else environment
    production = _boolean(env, "COURSEAPP_PRODUCTION", default=False)
    instance_dir = Path(env.get("COURSEAPP_INSTANCE_DIR") or PROJECT_ROOT / "instance").resolve()
    instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    port = _whole_number(env, "PORT", default=8000, least=1, most=65535)
    host = env.get("COURSEAPP_HOST") or "127.0.0.1"
    return Settings(
        secret_key=_secret_key(env, instance_dir, production=production),
        production=production,
        instance_dir=instance_dir,
        database_url=_database_url(env, instance_dir),
        content_dir=Path(env.get("COURSEAPP_CONTENT_DIR") or PROJECT_ROOT).resolve(),
        host=host,
        port=port,
        base_url=_base_url(env, default=f"http://{host}:{port}"),
        workers=_whole_number(env, "COURSEAPP_WORKERS", default=2, least=1, most=64),
        threads=_whole_number(env, "COURSEAPP_THREADS", default=4, least=1, most=64),
        trusted_proxies=_whole_number(env, "COURSEAPP_TRUSTED_PROXIES", default=0, least=0, most=5),
        mail_url=_mail_url(env),
        mail_from=env.get("COURSEAPP_MAIL_FROM") or "courseapp@localhost",
        issuer_name=env.get("COURSEAPP_ISSUER_NAME") or "courseapp",
    )


def _database_url(env: Mapping[str, str], instance_dir: Path) -> str:
    url = env.get("COURSEAPP_DATABASE_URL", "")
    if not url:
        return f"sqlite:///{instance_dir / 'courseapp.sqlite3'}"
    # The short forms that hosting companies hand out mean the driver that is installed here.
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    raise SettingsError(
        "COURSEAPP_DATABASE_URL must start with sqlite:/// or postgresql+psycopg://, "
        "for example postgresql+psycopg://user:password@127.0.0.1/courseapp"
    )


def _base_url(env: Mapping[str, str], *, default: str) -> str:
    url = (env.get("COURSEAPP_BASE_URL") or default).rstrip("/")
    parts = _address(url)
    if parts is None or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise SettingsError(
            f"COURSEAPP_BASE_URL is {url!r}; it must be the address people open, "
            "for example https://learn.example.org"
        )
    return url


def _mail_url(env: Mapping[str, str]) -> str:
    url = env.get("COURSEAPP_MAIL_URL", "")
    parts = _address(url)
    if url and (parts is None or parts.scheme not in {"smtp", "smtps", "smtp+starttls"}):
        raise SettingsError(
            "COURSEAPP_MAIL_URL must start with smtp://, smtps:// or smtp+starttls:// and name "
            "the mail server, for example smtp+starttls://user:password@mail.example.org"
        )
    return url


def _address(url: str) -> SplitResult | None:
    """Return the parts of an address, or None when it is broken or names no host."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_whole else None


def _secret_key(env: Mapping[str, str], instance_dir: Path, *, production: bool) -> str:
    """Take the key from the environment, else from the instance folder, else make one there."""
    key = env.get("COURSEAPP_SECRET_KEY", "")
    path = instance_dir / "secret_key"
    if not key and not production:
        _create_secret_file(path)
    if not key and path.exists():
        key = path.read_text(encoding="ascii", errors="replace").strip()
    if not key:
        raise SettingsError(
            "No secret key: set COURSEAPP_SECRET_KEY to at least 32 random characters, "
            f'or write them to {path} (python3 -c "import secrets; print(secrets.token_hex(32))")'
        )
    if len(key) < LEAST_SECRET_LENGTH or len(set(key)) < LEAST_DISTINCT_CHARACTERS:
        raise SettingsError(
            "The secret key is too weak: use at least 32 random characters "
            '(python3 -c "import secrets; print(secrets.token_hex(32))")'
        )
    return key


def _create_secret_file(path: Path) -> None:
    """Write a new key with mode 0600 unless there is one; safe when two processes start at once."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    try:
        # A link, unlike a rename, never replaces: the first process's key wins, whole.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _boolean(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if text in {"", "0", "no", "false"}:
        return default if text == "" else False
    if text in {"1", "yes", "true"}:
        return True
    raise SettingsError(f"{name} is {text!r}; it must be 1 or 0")


def _whole_number(env: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"{name} is {text!r}; it must be a whole number, {least} to {most}")
    return int(text)
