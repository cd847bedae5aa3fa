"""What the tests of the doors share: visitors who read pages and fill in forms (tests/web/visitor.py)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher

from courseapp.accounts import passwords
from courseapp.core import clock
from tests.sites import Site
from tests.web.visitor import Visitor


class Clock:
    """What the doors take for the present moment."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def now(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**by)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let argon2 work little: what is tested here is when it works, not how hard."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    monkeypatch.setattr(passwords, "_NOBODYS_HASH", cheap.hash("nobody has this password"))


@pytest.fixture
def stranger(site: Site) -> Visitor:
    """Somebody who has just opened the home page."""
    visitor = Visitor(site.browser())
    visitor.open("/")
    return visitor


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the doors' clock; the test lets time pass."""
    stopped = Clock()
    monkeypatch.setattr(clock, "now", stopped.now)
    return stopped
