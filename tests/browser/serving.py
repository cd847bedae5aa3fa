"""A real server in a process of its own, and the browser that opens its pages."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config import PROJECT_ROOT, Settings
from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose
from courseapp.core import clock
from tests.cast import Cast, Person
from tests.databases import SQLITE, Database, settings_for
from tests.run_all import CHROMIUMS, clean_environment
from tests.sites import Site

PHONE: Final = {"width": 360, "height": 740}
DESK: Final = {"width": 1280, "height": 800}

_OPTIONS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_STARTS_WITHIN: Final = 60.0
_STOPS_WITHIN: Final = 20.0
# In milliseconds, for whatever a test waits for: far more than it takes, on a machine that is busy.
_PATIENCE: Final = 15_000


class ChromiumMissing(Exception):
    """There is no browser; the message says where one was looked for and how to get it."""


class Server:
    """`courseapp serve` with an instance folder of its own, and the same site for services to prepare."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.base_url = settings.base_url
        self.site = Site(Database(SQLITE, settings.database_url), settings)
        self._cast = Cast(self.site)
        self._people = 0
        self._log = log

    @property
    def first_administrator_link(self) -> str:
        """The address that the server printed for who is to become its administrator."""
        (link,) = re.findall(r"http://\S+/links/\S+", self._log.read_text(encoding="utf-8"))
        return str(link)

    def link(self, purpose: LinkPurpose, person: Person) -> str:
        """Return the address of a new one-time link, as it would stand in a mail."""
        at = clock.now()
        with self.site.transaction() as session:
            token = accounts.create_link(
                session, purpose, person.id, lasts=timedelta(hours=1), at=at
            )
        return f"{self.base_url}/links/{token}"

    def person(self, name: str = "Nadia Benali") -> Person:
        """Return somebody new: what a test does to her is of no concern to the others."""
        self._people += 1
        return self._cast.person(name, f"person{self._people}@union.example")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve a new site, whose data are in `folder`, until the end of the block."""
    instance = folder / "instance"
    port = free_port()
    settings = settings_for(
        f"sqlite:///{instance / 'courseapp.sqlite3'}",
        instance,
        port=port,
        base_url=f"http://127.0.0.1:{port}",
    )
    environment = {
        **clean_environment(),
        "COURSEAPP_SECRET_KEY": settings.secret_key,
        "COURSEAPP_INSTANCE_DIR": str(instance),
        "COURSEAPP_BASE_URL": settings.base_url,
        "PORT": str(port),
    }
    log = folder / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [Path(sys.executable).parent / "courseapp", "serve"],
            cwd=PROJECT_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until_healthy(process, settings.base_url, log)
            server = Server(settings, log)
            yield server
            server.site.close()
        finally:
            stop(process)


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_healthy(process: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    """Ask until the server says that it is well; give up when it has ended, or after a minute."""
    # Whatever proxy the machine uses is none of ours.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(f"{base_url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"courseapp serve did not start:\n{log.read_text(encoding='utf-8')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server politely, and if that does not help, at once."""
    process.terminate()
    try:
        process.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()


def find_chromium() -> str:
    """Return the browser's program: the one that CHROMIUM names, or the first that is installed."""
    named = os.environ.get("CHROMIUM", "")
    for name in (named,) if named else CHROMIUMS:
        if found := shutil.which(name):
            return found
    if named:
        raise ChromiumMissing(f"There is no Chromium: CHROMIUM names {named}, which cannot be run.")
    raise ChromiumMissing(
        "There is no Chromium: install it (on Debian: sudo apt-get install chromium-headless-shell), "
        "or name one by CHROMIUM=/path/to/chromium."
    )


@contextmanager
def browsing() -> Iterator[Browser]:
    """Run a browser until the end of the block."""
    program = find_chromium()
    with sync_playwright() as playwright:
        expect.set_options(timeout=_PATIENCE)
        browser = playwright.chromium.launch(executable_path=program, args=_OPTIONS)
        yield browser
        browser.close()


def new_device(browser: Browser, base_url: str, **options: Any) -> BrowserContext:
    """Return a browser's profile that nobody has used before: no cookies, nothing stored."""
    options = {"viewport": PHONE, "locale": "en-GB", **options}
    context = browser.new_context(base_url=base_url, **options)
    context.set_default_timeout(_PATIENCE)
    return context


def sign_in(page: Page, server: Server, person: Person) -> None:
    """Sign somebody in by a one-time link; it leads to her courses."""
    page.goto(server.link(LinkPurpose.SIGN_IN, person))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/my-courses")
