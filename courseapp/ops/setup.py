"""Bringing an installation up to date: its database, its content, its first administrator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from courseapp.accounts import service as accounts
from courseapp.accounts.queries import count_site_administrators
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.service import close_overdue_attempts
from courseapp.catalog.content import load_content
from courseapp.catalog.queries import forget_cached_content
from courseapp.catalog.service import publish_course
from courseapp.core import clock, throttle
from courseapp.core.authored import Problem
from courseapp.core.db import transaction
from courseapp.core.http.addresses import public_url
from courseapp.credentials.doors import current_issuer
from courseapp.credentials.service import ensure_issuer_key

Say = Callable[[str], None]


class ContentHasProblems(Exception):
    """Content cannot be published before its problems are mended."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def check_content(root: Path) -> Sequence[Problem]:
    """Return every problem of the content files; needs no database."""
    _courses, problems = load_content(root, KINDS)
    return problems


def publish_content(root: Path) -> Sequence[str]:
    """Publish all courses in one transaction; return what changed. Raises ContentHasProblems.

    Needs an application context.
    """
    courses, problems = load_content(root, KINDS)
    if problems:
        raise ContentHasProblems(problems)
    with transaction() as session:
        reports = [publish_course(session, course, by=None, at=clock.now()) for course in courses]
    forget_cached_content()
    return [change for report in reports for change in report.changes]


def first_administrator_address() -> str | None:
    """Return a new one-time address for the first administrator, or None when there is one.

    Needs an application context.
    """
    with transaction() as session:
        if count_site_administrators(session):
            return None
        token = accounts.replace_first_administrator_link(session, at=clock.now())
    return public_url("accounts.use_link", token=token)


def ensure_key(*, since: datetime) -> None:
    """Make sure that there is a key to sign certificates with, and that it can be opened; raises KeyUnreadable.

    A new one is in use from `since` on. Needs an application context.
    """
    with transaction() as session:
        ensure_issuer_key(session, current_issuer(), at=since)


def purge_what_is_over() -> None:
    """Close attempts whose time is over, and delete rows that no rule looks at any more.

    Needs an application context.
    """
    with transaction() as session:
        close_overdue_attempts(session, at=clock.now())
        throttle.purge(session, at=clock.now())
