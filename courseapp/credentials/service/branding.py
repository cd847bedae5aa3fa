"""How an organization's certificates look: versions that never change, and the one in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courseapp.accounts.queries import access_organization
from courseapp.accounts.types import Actor
from courseapp.core import audit
from courseapp.core.db import insert_or_update
from courseapp.core.ids import new_id
from courseapp.credentials.branding import Branding, digest_of_look, signatories_as_json
from courseapp.credentials.looks import Look
from courseapp.credentials.models import BrandingInUse, BrandingRow
from courseapp.credentials.queries import access_branding
from courseapp.credentials.types import BrandingId


def save_branding(
    session: Session, actor: Actor, organization_id: UUID, name: str, look: Look, *, at: datetime
) -> Branding:
    """Store a new version of an organization's look, to be previewed; it is not in use yet.

    For those who administer the organization. Raises OrganizationNotFound.
    """
    organization = access_organization(session, actor, organization_id)
    row = BrandingRow(
        id=BrandingId(new_id()),
        organization_id=organization.id,
        name=name,
        accent=look.accent,
        logo=look.logo,
        logo_format=look.logo_format,
        signatories=signatories_as_json(look),
        digest=digest_of_look(name, look),
        created_by=actor.id,
        created_at=at,
    )
    session.add(row)
    session.flush()
    audit.record(session, "branding.saved", "organization", organization.id, by=actor.id, at=at)
    return access_branding(session, actor, row.id)


def put_branding_to_use(
    session: Session, actor: Actor, branding_id: UUID, *, at: datetime
) -> Branding:
    """Have the organization's certificates look like this from now on; issued ones stay as they are.

    Raises BrandingNotFound.
    """
    branding = access_branding(session, actor, branding_id)
    insert_or_update(
        session,
        BrandingInUse,
        {"organization_id": branding.organization_id},
        {"branding_id": branding.id},
    )
    audit.record(
        session,
        "branding.put_to_use",
        "organization",
        branding.organization_id,
        by=actor.id,
        at=at,
        branding_id=str(branding.id),
    )
    return replace(branding, is_in_use=True)
