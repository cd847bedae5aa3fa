"""What all tests share. How to use it:

`site` is the app with the real course published, on SQLite and then again on PostgreSQL; whatever the test
does there is rolled back. Call services through it, or go in by the doors:

    def test_alice_sees_her_course(site, alice):
        with site.transaction() as session:                    # as a door that writes
            cohorts.enroll(session, alice.actor, course_of(session), at=THEN)
        answer = alice.api().get("/enrollments")               # a program with her bearer token
        page = alice.browser().get("/my-courses")              # a browser in which she is signed in
        site.browser().submit("/sign-in", email=..., password=...)   # a stranger's; brings the CSRF token

`alice`, `bola` (learners), `chen` (a trainer), `dana` (site administrator), or `cast.person(...)` for more:
tests/cast.py. `study` does what learners do (enroll, read, take a quiz, finish): tests/studying.py.
`site.take_mails()` delivers the outbox and returns it; `site.execute(sql)` goes past the application.
`with QueryRecorder() as queries:` counts statements: tests/queries.py.

`fresh_site` has a database of its own in which transactions really end, for tests with threads or
processes; make people there with `Cast(fresh_site)`. Each costs about a tenth of a second.
`fresh_database` is the same without the app; `empty_database` has no tables yet.

`authored` writes a small valid course into tmp_path and lets a test break one thing: tests/authoring.py.
`published` is the same course, published beside the real one under the key "small": two lessons and a quiz.

Rules: the clock is an argument (services take `at=`; doors read `clock.now`); no sleeping; no network beyond
this machine; a warning is an error; never keep an application context open while a request is made.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.authoring import AuthoredContent
from tests.cast import Cast, Person
from tests.databases import ENGINES, Database, Run, settings_for
from tests.sites import Site
from tests.studying import Study

RUN = pytest.StashKey[Run]()

# The same examples each time: a run that fails can be repeated. HYPOTHESIS_PROFILE=explore looks further.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.stash[RUN] = Run.join()
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        # Whoever ends the run politely gets what Ctrl-C gives: a run that cleans up.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.stash[RUN] = Run.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        config.stash[RUN].end()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _refusing(getattr(socket.socket, name)))


def _refusing(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        inside = self.family == socket.AF_UNIX or address[0] in {"127.0.0.1", "::1", "localhost"}
        if not inside:
            raise RuntimeError(f"a test wanted to connect to {address}: tests stay on this machine")
        return connect(self, address)

    return guarded


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own settings from the tests, and from the programs that they start."""
    for name in list(os.environ):
        if name.startswith("COURSEAPP_") and name != "COURSEAPP_TEST_RUN":
            monkeypatch.delenv(name)
    monkeypatch.delenv("PORT", raising=False)


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    return pytestconfig.stash[RUN]


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Run the test on SQLite, and again on PostgreSQL."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def _sites() -> Iterator[dict[str, Site]]:
    """This worker's sites, by engine; each is made when it is first asked for."""
    sites: dict[str, Site] = {}
    yield sites
    for site in sites.values():
        site.close()


@pytest.fixture
def _standing_site(
    engine_name: str, run: Run, _sites: dict[str, Site], tmp_path_factory: pytest.TempPathFactory
) -> Site:
    if engine_name not in _sites:
        database = run.copy_of_template(engine_name)
        instance = tmp_path_factory.mktemp(f"instance-{engine_name}")
        _sites[engine_name] = Site(database, settings_for(database.url, instance))
    return _sites[engine_name]


@pytest.fixture
def database(_standing_site: Site) -> Iterator[Database]:
    """A migrated database with the real course, in a transaction that is rolled back."""
    with _standing_site.rolled_back():
        yield _standing_site.database


@pytest.fixture
def site(_standing_site: Site, database: Database) -> Site:
    """The app on `database`."""
    return _standing_site


@pytest.fixture
def fresh_database(engine_name: str, run: Run) -> Iterator[Database]:
    """A database of the test's own, like `database`, in which transactions really end."""
    database = run.copy_of_template(engine_name)
    yield database
    run.drop(database)


@pytest.fixture
def fresh_site(fresh_database: Database, tmp_path: Path) -> Iterator[Site]:
    """The app on `fresh_database`."""
    site = Site(fresh_database, settings_for(fresh_database.url, tmp_path / "instance"))
    yield site
    site.close()


@pytest.fixture
def empty_database(engine_name: str, run: Run) -> Iterator[Database]:
    """A database of the test's own without any table."""
    database = run.empty(engine_name)
    yield database
    run.drop(database)


@pytest.fixture
def cast(site: Site) -> Cast:
    return Cast(site)


@pytest.fixture
def alice(cast: Cast) -> Person:
    return cast.alice


@pytest.fixture
def bola(cast: Cast) -> Person:
    return cast.bola


@pytest.fixture
def chen(cast: Cast) -> Person:
    return cast.chen


@pytest.fixture
def dana(cast: Cast) -> Person:
    return cast.dana


@pytest.fixture
def study(site: Site) -> Study:
    return Study(site)


@pytest.fixture
def authored(tmp_path: Path) -> AuthoredContent:
    """A small valid course in files, with everything that the format knows."""
    return AuthoredContent.write(tmp_path / "content")


@pytest.fixture
def published(study: Study, authored: AuthoredContent) -> AuthoredContent:
    """The small course, published: a test that only needs some course is quicker with it."""
    study.publish(authored)
    return authored
