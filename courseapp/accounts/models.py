"""The tables of people, organizations, roles and the ways to sign in."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.accounts.types import LinkPurpose, OrganizationId, PersonId, Role
from courseapp.core.db import Base, enum_type
from courseapp.core.ids import new_id


class Person(Base):
    """A person. After erasure the row stays, with nothing in it but its id and dates."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("(email IS NULL) = (erased_at IS NOT NULL)", name="erased_has_no_email"),
    )

    id: Mapped[PersonId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    email: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    locale: Mapped[str]
    password_hash: Mapped[str | None]
    # Part of every session cookie: a new one signs the person out everywhere.
    session_stamp: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    created_at: Mapped[datetime]
    # When she herself said that this is her name as it should stand on a certificate.
    name_confirmed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Organization(Base):
    """A union."""

    __tablename__ = "organization"

    id: Mapped[OrganizationId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    name: Mapped[str]
    created_at: Mapped[datetime]


class PersonRole(Base):
    """A role that a person holds."""

    __tablename__ = "person_role"
    __table_args__ = (
        CheckConstraint(
            "(organization_id IS NULL) = (role = 'site_administrator')",
            name="site_roles_have_no_organization",
        ),
        Index(
            "uq_person_role_site",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("organization_id IS NULL"),
            postgresql_where=text("organization_id IS NULL"),
        ),
        Index(
            "uq_person_role_organization",
            "person_id",
            "organization_id",
            "role",
            unique=True,
            sqlite_where=text("organization_id IS NOT NULL"),
            postgresql_where=text("organization_id IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[OrganizationId | None] = mapped_column(
        ForeignKey("organization.id"), index=True
    )
    role: Mapped[Role] = mapped_column(enum_type(Role))
    granted_at: Mapped[datetime]


class OneTimeLinkRow(Base):
    """A link that can be used once; only a digest of its secret is stored."""

    __tablename__ = "one_time_link"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_type(LinkPurpose))
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AccessToken(Base):
    """A bearer token for programs; only a digest of it is stored."""

    __tablename__ = "access_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[PersonId] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
