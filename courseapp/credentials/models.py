"""The tables of certificates, of the keys they are signed with, and of how an organization's look."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.accounts.types import OrganizationId, PersonId
from courseapp.cohorts.types import EnrollmentId
from courseapp.core.db import Base, Immutable, enum_type
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject
from courseapp.credentials.types import BrandingId, CertificateId, CertificateStatus


class IssuerKey(Base):
    """A key that certificates are signed with. One is active; of the retired ones the public half is left.

    The migration's trigger allows a key to be retired, once, and nothing else.
    """

    __tablename__ = "issuer_key"
    __table_args__ = (
        CheckConstraint(
            "NOT is_active OR (private_key IS NOT NULL AND retired_at IS NULL)",
            name="active_can_sign",
        ),
        Index(
            "uq_issuer_key_active",
            "is_active",
            unique=True,
            sqlite_where=text("is_active"),
            postgresql_where=text("is_active"),
        ),
    )

    # The first half of the SHA-256 of the public key, in hexadecimal.
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    # PKCS #8 in PEM, encrypted with what is derived from the installation's secret key.
    private_key: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CertificateRow(Base):
    """An issued certificate.

    What it says never changes; the migration's trigger allows a change of status, and the erasure of the
    holder's data, which leaves digests, status and dates.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        # One certificate that holds for each enrollment and for each module of it, however many requests
        # ask at once.
        Index(
            "uq_certificate_live",
            "enrollment_id",
            "module_key",
            unique=True,
            sqlite_where=text("status = 'valid'"),
            postgresql_where=text("status = 'valid'"),
        ),
        # What the revocation list is made of.
        Index(
            "ix_certificate_not_valid",
            "status_at",
            sqlite_where=text("status <> 'valid'"),
            postgresql_where=text("status <> 'valid'"),
        ),
        UniqueConstraint("status_list", "status_position"),
        CheckConstraint("(status = 'valid') = (status_at IS NULL)", name="status_has_date"),
        CheckConstraint(
            "replaced_by_id IS NULL OR status = 'replaced'", name="replaced_is_replaced"
        ),
    )

    id: Mapped[CertificateId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    enrollment_id: Mapped[EnrollmentId | None] = mapped_column(
        ForeignKey("enrollment.id", ondelete="SET NULL")
    )
    # Empty on the certificate of the whole course.
    module_key: Mapped[str] = mapped_column(default="", server_default=text("''"))
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"), index=True)
    statement: Mapped[JsonObject | None]
    digest: Mapped[str]
    signature: Mapped[str]
    # The credential as it is handed out, byte for byte (Text: composing it anew would break its proofs),
    # and the statement in the QR code. The first release's certificates have neither.
    credential: Mapped[str | None] = mapped_column(Text())
    credential_digest: Mapped[str | None]
    compact: Mapped[str | None] = mapped_column(Text())
    # Where its state stands in the published status lists.
    status_list: Mapped[int | None]
    status_position: Mapped[int | None]
    key_fingerprint: Mapped[str] = mapped_column(ForeignKey("issuer_key.fingerprint"))
    branding_id: Mapped[BrandingId | None] = mapped_column(ForeignKey("branding.id"))
    issued_at: Mapped[datetime]
    status: Mapped[CertificateStatus] = mapped_column(
        enum_type(CertificateStatus), default=CertificateStatus.VALID
    )
    status_reason: Mapped[str | None]
    status_at: Mapped[datetime | None]
    replaced_by_id: Mapped[CertificateId | None] = mapped_column(ForeignKey("certificate.id"))


class CertificateFile(Immutable, Base):
    """The PDF as it was first handed out: a newer typesetter or font must not change it."""

    __tablename__ = "certificate_file"

    certificate_id: Mapped[CertificateId] = mapped_column(
        ForeignKey("certificate.id"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary())
    created_at: Mapped[datetime]


class ShareLink(Base):
    """The address under which a holder shows a certificate to others; without a row there is none."""

    __tablename__ = "share_link"

    certificate_id: Mapped[CertificateId] = mapped_column(
        ForeignKey("certificate.id"), primary_key=True
    )
    token: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class BrandingRow(Immutable, Base):
    """One version of how an organization's certificates look."""

    __tablename__ = "branding"
    __table_args__ = (
        CheckConstraint("(logo IS NULL) = (logo_format IS NULL)", name="logo_has_format"),
        Index("ix_branding_organization", "organization_id", "created_at"),
    )

    id: Mapped[BrandingId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    organization_id: Mapped[OrganizationId] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str]
    accent: Mapped[str]
    logo: Mapped[bytes | None] = mapped_column(LargeBinary())
    logo_format: Mapped[str | None]
    # {"people": [{"name", "role", "image"}, ...]}, the image a PNG in base 64 or null.
    signatories: Mapped[JsonObject]
    digest: Mapped[str]
    created_by: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class BrandingInUse(Base):
    """Which version an organization's new certificates take."""

    __tablename__ = "branding_in_use"

    organization_id: Mapped[OrganizationId] = mapped_column(
        ForeignKey("organization.id"), primary_key=True
    )
    branding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branding.id"))
