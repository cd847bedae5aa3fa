"""Reading people, and finding the actor behind a session or a token."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courseapp.accounts.errors import LinkNotUsable, OrganizationNotFound
from courseapp.accounts.models import AccessToken, OneTimeLinkRow, Person, PersonRole
from courseapp.accounts.models import Organization as OrganizationRow
from courseapp.accounts.rules import normalize_email
from courseapp.accounts.types import (
    Actor,
    Credentials,
    LinkPurpose,
    OneTimeLink,
    Organization,
    PersonId,
    Role,
    RoleGrant,
)
from courseapp.core.errors import DomainError, NotFound
from courseapp.core.ids import token_hash


def find_actor(
    session: Session, person_id: PersonId, *, session_stamp: uuid.UUID | None = None
) -> Actor | None:
    """Return the person as an actor, roles included, by one query.

    With a `session_stamp` only if the person's sessions have not been ended since it was given out.
    """
    query = _actors().where(Person.id == person_id)
    if session_stamp is not None:
        query = query.where(Person.session_stamp == session_stamp)
    return _first_actor(session, query)


def find_actor_by_token(session: Session, token: str, *, at: datetime) -> Actor | None:
    """Return the person to whom a bearer token belongs, if it still holds."""
    return _first_actor(
        session,
        _actors()
        .join(AccessToken, AccessToken.person_id == Person.id)
        .where(
            AccessToken.token_hash == token_hash(token),
            AccessToken.revoked_at.is_(None),
            AccessToken.expires_at > at,
        ),
    )


def find_session_stamp(session: Session, person_id: PersonId) -> uuid.UUID | None:
    """Return what a new session of the person must carry."""
    return session.scalars(
        select(Person.session_stamp).where(Person.id == person_id, Person.erased_at.is_(None))
    ).one_or_none()


def get_actor(session: Session, person_id: PersonId) -> Actor:
    """Return the person as an actor; raises NotFound."""
    actor = find_actor(session, person_id)
    if actor is None:
        raise NotFound
    return actor


def is_name_confirmed(session: Session, person_id: PersonId) -> bool:
    """Tell whether the person herself has said that her name is right."""
    confirmed = select(Person.name_confirmed_at).where(Person.id == person_id)
    return session.scalars(confirmed).one_or_none() is not None


def access_organization(
    session: Session,
    actor: Actor,
    organization_id: uuid.UUID,
    *,
    refusal: type[DomainError] = OrganizationNotFound,
) -> Organization:
    """Return an organization that the actor administers; raises OrganizationNotFound, or another refusal."""
    row = session.get(OrganizationRow, organization_id)
    if row is None:
        raise refusal
    if actor.is_site_administrator:
        return Organization(row.id, row.name)
    if RoleGrant(Role.ORGANIZATION_ADMINISTRATOR, row.id) in actor.roles:
        return Organization(row.id, row.name)
    raise refusal


def list_administered_organizations(session: Session, actor: Actor) -> Sequence[Organization]:
    """Return the organizations that the actor administers, by name."""
    query = select(OrganizationRow).order_by(OrganizationRow.name, OrganizationRow.id)
    if not actor.is_site_administrator:
        query = query.where(
            OrganizationRow.id.in_(
                grant.organization_id
                for grant in actor.roles
                if grant.role is Role.ORGANIZATION_ADMINISTRATOR
            )
        )
    return [Organization(row.id, row.name) for row in session.scalars(query)]


def list_names(session: Session, person_ids: Collection[PersonId]) -> Mapping[PersonId, str]:
    """Return people's names by their ids, for somebody who may see them."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def find_credentials(session: Session, email: str) -> Credentials:
    """Return what a sign-in with this address is checked against."""
    row = session.execute(
        select(Person.id, Person.password_hash).where(Person.email == normalize_email(email))
    ).one_or_none()
    return Credentials(None, None) if row is None else Credentials(row.id, row.password_hash)


def get_credentials(session: Session, actor: Actor) -> Credentials:
    """Return what a signed-in person's password is checked against."""
    return Credentials(
        actor.id,
        session.scalars(select(Person.password_hash).where(Person.id == actor.id)).one(),
    )


def get_usable_link(session: Session, token: str, *, at: datetime) -> OneTimeLink:
    """Return a one-time link that can still be used; raises LinkNotUsable."""
    row = session.scalars(
        select(OneTimeLinkRow).where(
            OneTimeLinkRow.token_hash == token_hash(token),
            OneTimeLinkRow.used_at.is_(None),
            OneTimeLinkRow.expires_at > at,
        )
    ).one_or_none()
    if row is None:
        raise LinkNotUsable
    if row.purpose is LinkPurpose.FIRST_ADMINISTRATOR and count_site_administrators(session):
        raise LinkNotUsable
    return OneTimeLink(row.id, row.purpose, row.person_id, row.expires_at)


def count_site_administrators(session: Session) -> int:
    """Return how many people administer the whole site."""
    return session.scalars(
        select(func.count())
        .select_from(PersonRole)
        .join(Person, Person.id == PersonRole.person_id)
        .where(PersonRole.role == Role.SITE_ADMINISTRATOR, Person.erased_at.is_(None))
    ).one()


def export_person(session: Session, actor: Actor) -> dict[str, object]:
    """Return everything that accounts hold about a person, for her own download."""
    person = session.get_one(Person, actor.id)
    return {
        "id": str(person.id),
        "name": person.name,
        "email": person.email,
        "locale": person.locale,
        "created_at": person.created_at.isoformat(),
        "roles": [
            {"role": grant.role.value, "organization_id": str(grant.organization_id or "")}
            for grant in actor.roles
        ],
    }


def _actors() -> Any:
    # Any: SQLAlchemy 2.0 and 2.1 write the type of such a query in two ways.
    return (
        select(Person, PersonRole)
        .outerjoin(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.erased_at.is_(None))
    )


def _first_actor(session: Session, query: Any) -> Actor | None:
    rows: list[tuple[Person, PersonRole | None]] = [
        (row[0], row[1]) for row in session.execute(query)
    ]
    if not rows:
        return None
    person = rows[0][0]
    return Actor(
        id=person.id,
        name=person.name,
        email=person.email or "",
        locale=person.locale,
        roles=frozenset(
            RoleGrant(role.role, role.organization_id) for _, role in rows if role is not None
        ),
    )
