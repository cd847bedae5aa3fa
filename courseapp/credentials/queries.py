"""Reading certificates: the holder's own, and by code for everybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.cohorts.types import EnrollmentId
from courseapp.credentials.errors import CertificateNotFound
from courseapp.credentials.models import CertificateRow, IssuerKey
from courseapp.credentials.rules import canonical_bytes, digest_of, parse_code
from courseapp.credentials.signing import signature_holds
from courseapp.credentials.types import Certificate, CertificateStatus, Statement


def find_certificate(session: Session, enrollment_id: EnrollmentId) -> Certificate | None:
    """Return the certificate that holds for an enrollment to which access was given before."""
    row = session.scalars(
        select(CertificateRow).where(
            CertificateRow.enrollment_id == enrollment_id,
            CertificateRow.status == CertificateStatus.VALID,
        )
    ).one_or_none()
    return None if row is None else _certificate_of(session, row)


def was_revoked(session: Session, enrollment_id: EnrollmentId) -> bool:
    """Tell whether a certificate of this enrollment was revoked."""
    return (
        session.scalars(
            select(CertificateRow.id)
            .where(
                CertificateRow.enrollment_id == enrollment_id,
                CertificateRow.status == CertificateStatus.REVOKED,
            )
            .limit(1)
        ).first()
        is not None
    )


def get_certificate_by_code(session: Session, typed_code: str) -> Certificate:
    """Return any certificate by the code on it, however it was typed; raises CertificateNotFound."""
    code = parse_code(typed_code)
    row = (
        code
        and session.scalars(select(CertificateRow).where(CertificateRow.code == code)).one_or_none()
    )
    if not row:
        raise CertificateNotFound
    return _certificate_of(session, row)


def list_certificates(session: Session, actor: Actor) -> Sequence[Certificate]:
    """Return the actor's own certificates, the oldest first."""
    rows = session.scalars(
        select(CertificateRow)
        .where(CertificateRow.person_id == actor.id)
        .order_by(CertificateRow.issued_at)
    )
    return [_certificate_of(session, row) for row in rows]


def export_certificates(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return the actor's certificates as they were signed, for her own download."""
    return [
        {
            "status": certificate.status.value,
            "statement": certificate.statement and certificate.statement.as_json(),
            "digest": certificate.digest,
            "signature": certificate.signature,
            "public_key": certificate.public_key,
        }
        for certificate in list_certificates(session, actor)
    ]


def iterate_broken_certificates(session: Session) -> Iterator[str]:
    """Yield the code of every certificate that is not what was signed, for maintenance."""
    for row in session.scalars(select(CertificateRow).order_by(CertificateRow.id)):
        if not _holds(row, session.get_one(IssuerKey, row.key_fingerprint).public_key):
            yield row.code


def _certificate_of(session: Session, row: CertificateRow) -> Certificate:
    key = session.get_one(IssuerKey, row.key_fingerprint)
    return Certificate(
        id=row.id,
        code=row.code,
        status=row.status,
        status_reason=row.status_reason,
        status_at=row.status_at,
        issued_at=row.issued_at,
        statement=None if row.statement is None else Statement.from_json(row.statement),
        digest=row.digest,
        signature=row.signature,
        public_key=key.public_key,
        signature_holds=_holds(row, key.public_key),
    )


def _holds(row: CertificateRow, public_key: str) -> bool:
    """Tell whether the row is what was signed. After an erasure only the digest is left to compare."""
    if row.statement is None:
        return True
    return (
        row.statement.get("code") == row.code
        and digest_of(row.statement) == row.digest
        and signature_holds(canonical_bytes(row.statement), row.signature, public_key)
    )
