"""The people in the tests, so that each reads as a sentence: "Bola does not see Alice's attempt".

Alice and Bola are learners. Chen is a trainer of the Harbour Workers' Union. Dana administers the site.
They come into being when a test first names them, through the services, without passwords (hashing one
takes as long as a whole test); `with_password` gives somebody one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from courseapp.accounts import passwords
from courseapp.accounts import service as accounts
from courseapp.accounts.queries import get_actor
from courseapp.accounts.types import Actor, LinkPurpose, OrganizationId, PersonId, Role
from courseapp.core import clock
from tests.sites import Api, Browser, Site

# When the cast's accounts were made; tests choose their own moments after it.
THEN: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD: Final = "four quiet words here"


class Person:
    """Somebody with an account on a site."""

    def __init__(self, site: Site, person_id: PersonId, email: str) -> None:
        self.site = site
        self.id = person_id
        self.email = email

    @property
    def actor(self) -> Actor:
        """The person as services know her, with what she is called and may do now."""
        with self.site.snapshot() as session:
            return get_actor(session, self.id)

    def actor_in(self, session: Session) -> Actor:
        """The same within a transaction that is open already."""
        return get_actor(session, self.id)

    def browser(self) -> Browser:
        """Return a browser in which the person is signed in."""
        with self.site.transaction() as session:
            token = accounts.create_link(
                session,
                LinkPurpose.SIGN_IN,
                self.id,
                lasts=timedelta(minutes=5),
                at=clock.now(),
            )
        browser = self.site.browser()
        response = browser.submit(f"/links/{token}")
        if response.status_code != 302:
            raise RuntimeError(f"{self.email} could not sign in: {response.status}")
        return browser

    def api(self) -> Api:
        """Return a program that speaks for the person."""
        with self.site.transaction() as session:
            issued = accounts.issue_token(session, self.id, at=clock.now())
        return self.site.api(issued.token)

    def with_password(self, password: str = PASSWORD) -> Person:
        """Give the person a password to sign in with."""
        hashed = passwords.hash_password(password)
        with self.site.transaction() as session:
            accounts.set_password(session, self.id, password_hash=hashed, by=self.id, at=THEN)
        return self


class Cast:
    """Everybody on one site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def person(
        self, name: str, email: str, *, locale: str = "en", named_by_herself: bool = True
    ) -> Person:
        """Return somebody new, for crowds and special cases."""
        with self.site.transaction() as session:
            person_id = accounts.create_person(
                session,
                email=email,
                name=name,
                locale=locale,
                password_hash=None,
                named_by_herself=named_by_herself,
                by=None,
                at=THEN,
            )
        return Person(self.site, person_id, email)

    def person_called(self, name: str) -> Person:
        """Return somebody who exists already, by a name that only she has."""
        ((person_id, email),) = self.site.execute(
            "SELECT id, email FROM person WHERE name = :name", name=name
        )
        return Person(self.site, PersonId(UUID(str(person_id))), email)

    @cached_property
    def alice(self) -> Person:
        """A learner."""
        return self.person("Alice Mbeki", "alice@union.example")

    @cached_property
    def bola(self) -> Person:
        """Another learner."""
        return self.person("Bola Adeyemi", "bola@union.example")

    @cached_property
    def union(self) -> OrganizationId:
        """The Harbour Workers' Union."""
        with self.site.transaction() as session:
            return accounts.create_organization(session, "Harbour Workers' Union", by=None, at=THEN)

    @cached_property
    def chen(self) -> Person:
        """A trainer of the Harbour Workers' Union."""
        chen = self.person("Chen Wei", "chen@union.example")
        self._grant(chen, Role.TRAINER, self.union)
        return chen

    @cached_property
    def dana(self) -> Person:
        """An administrator of the site."""
        dana = self.person("Dana Okoye", "dana@union.example")
        self._grant(dana, Role.SITE_ADMINISTRATOR, None)
        return dana

    def _grant(self, person: Person, role: Role, organization: OrganizationId | None) -> None:
        with self.site.transaction() as session:
            accounts.grant_role(session, person.id, role, organization, by=None, at=THEN)
