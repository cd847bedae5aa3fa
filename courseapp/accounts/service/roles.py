"""Organizations, and who may do what in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courseapp.accounts.models import Organization, PersonRole
from courseapp.accounts.types import OrganizationId, PersonId, Role
from courseapp.core import audit
from courseapp.core.db import insert_unless_exists
from courseapp.core.ids import new_id


def create_organization(
    session: Session, name: str, *, by: PersonId | None, at: datetime
) -> OrganizationId:
    """Create a union."""
    organization = Organization(name=name, created_at=at)
    session.add(organization)
    session.flush()
    audit.record(session, "organization.created", "organization", organization.id, by=by, at=at)
    return organization.id


def grant_role(
    session: Session,
    person_id: PersonId,
    role: Role,
    organization_id: OrganizationId | None,
    *,
    by: PersonId | None,
    at: datetime,
) -> None:
    """Give a person a role; giving it again changes nothing. It holds from the next request on."""
    granted = insert_unless_exists(
        session,
        PersonRole,
        id=new_id(),
        person_id=person_id,
        role=role,
        organization_id=organization_id,
        granted_at=at,
    )
    if not granted:
        return
    audit.record(
        session,
        "role.granted",
        "person",
        person_id,
        by=by,
        at=at,
        role=role.value,
        organization_id=str(organization_id) if organization_id else None,
    )
