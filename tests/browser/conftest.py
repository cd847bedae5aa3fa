"""What the browser tests share. They run against a real server and a real Chromium, both started once.

    def test_nadia_sees_her_course(browse, learner, study):
        study.enroll(learner)                       # services prepare what the test is not about
        page = browse(learner)                      # a phone on which she is signed in, at "My courses"
        page.goto("/courses/social-protection")

`browse()` is a stranger's phone; `browse(learner, viewport=DESK)` a large screen; whatever else Playwright's
`new_context` takes can be given too. Each call is a device of its own. `learner` is a new person for each
test, `server.person(name)` another one; `site` and `study` are those of the whole suite, on the data of this
server, in which nothing is rolled back.

Which browser: the first of run_all.CHROMIUMS, or what CHROMIUM names. Without one every test here fails and says so.

Pictures of all pages that test_every_page.py walks, for looking at them:

    COURSEAPP_SHOTS=/tmp/shots .venv/bin/pytest tests/browser/test_every_page.py

Rules: Playwright waits (`expect`, `wait_for_url`), tests never sleep; a page is described as a person finds her
way on it, by roles, labels and texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import (
    ChromiumMissing,
    Server,
    browsing,
    new_device,
    serving,
    sign_in,
)
from tests.cast import Person
from tests.sites import Site

Browse = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, in which every test opens devices of its own."""
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(browsing())
        except ChromiumMissing as missing:
            raise pytest.fail.Exception(str(missing), pytrace=False) from None
        yield browser


# Asks for the browser so that a missing one is said before a server is started in vain.
@pytest.fixture(scope="session")
def server(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The site as `courseapp serve` brings it up, with the real course and nobody in it."""
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def site(server: Server) -> Site:
    """The served site, for services; in this folder instead of the one that is rolled back."""
    return server.site


@pytest.fixture
def learner(server: Server) -> Person:
    return server.person()


@pytest.fixture
def browse(chromium: Browser, server: Server) -> Iterator[Browse]:
    with ExitStack() as stack:

        def browse(person: Person | None = None, **options: Any) -> Page:
            device = stack.enter_context(new_device(chromium, server.base_url, **options))
            page = device.new_page()
            if person is None:
                page.goto("/")
            else:
                sign_in(page, server, person)
            return page

        yield browse
