"""What accounts hand to other features."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

PersonId = NewType("PersonId", uuid.UUID)
OrganizationId = NewType("OrganizationId", uuid.UUID)

# The languages that a person can choose; pages that are not translated yet appear in English.
LANGUAGES: Final = {"en": "English", "fr": "Français", "es": "Español"}


class Role(enum.StrEnum):
    """What a person may do. Everybody is a learner; it takes no role."""

    SITE_ADMINISTRATOR = "site_administrator"
    ORGANIZATION_ADMINISTRATOR = "organization_administrator"
    TRAINER = "trainer"


class LinkPurpose(enum.StrEnum):
    """What a one-time link lets its holder do."""

    FIRST_ADMINISTRATOR = "first_administrator"
    SET_PASSWORD = "set_password"  # noqa: S105  # a purpose, not a password
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role, in one organization or (None) on the whole site."""

    role: Role
    organization_id: OrganizationId | None


@dataclass(frozen=True, slots=True)
class Organization:
    """A union."""

    id: OrganizationId
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf something is done."""

    id: PersonId
    name: str
    email: str
    locale: str
    roles: frozenset[RoleGrant]

    @property
    def is_site_administrator(self) -> bool:
        """Whether the person may administer the whole site."""
        return RoleGrant(Role.SITE_ADMINISTRATOR, None) in self.roles


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against; both None when there is no such account."""

    person_id: PersonId | None
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that can be used once. `person_id` is None for the first administrator's."""

    id: uuid.UUID
    purpose: LinkPurpose
    person_id: PersonId | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A bearer token; its text is shown once and not stored."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PersonErased:
    """Event: a person asked to be forgotten. Every feature deletes what it holds of her."""

    person_id: PersonId
    at: datetime
