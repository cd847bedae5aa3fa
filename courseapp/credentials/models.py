"""The tables of certificates and of the keys they are signed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from courseapp.accounts.types import PersonId
from courseapp.cohorts.types import EnrollmentId
from courseapp.core.db import Base, Immutable, enum_type
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject
from courseapp.credentials.types import CertificateId, CertificateStatus


class IssuerKey(Immutable, Base):
    """A public key that certificates are signed with; the private one lies outside the database."""

    __tablename__ = "issuer_key"

    # The first half of the SHA-256 of the public key, in hexadecimal.
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    created_at: Mapped[datetime]


class CertificateRow(Base):
    """An issued certificate.

    What it says never changes; the migration's trigger allows a change of status, and the erasure of the
    holder's data, which leaves the digest.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        # One certificate that holds for each enrollment, however many requests ask at once.
        Index(
            "uq_certificate_live",
            "enrollment_id",
            unique=True,
            sqlite_where=text("status = 'valid'"),
            postgresql_where=text("status = 'valid'"),
        ),
        CheckConstraint("(status = 'valid') = (status_at IS NULL)", name="status_has_date"),
    )

    id: Mapped[CertificateId] = mapped_column(Uuid(), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    enrollment_id: Mapped[EnrollmentId | None] = mapped_column(
        ForeignKey("enrollment.id", ondelete="SET NULL")
    )
    person_id: Mapped[PersonId | None] = mapped_column(ForeignKey("person.id"), index=True)
    statement: Mapped[JsonObject | None]
    digest: Mapped[str]
    signature: Mapped[str]
    key_fingerprint: Mapped[str] = mapped_column(ForeignKey("issuer_key.fingerprint"))
    issued_at: Mapped[datetime]
    status: Mapped[CertificateStatus] = mapped_column(
        enum_type(CertificateStatus), default=CertificateStatus.VALID
    )
    status_reason: Mapped[str | None]
    status_at: Mapped[datetime | None]
