"""Reading certificates: the holder's own, those of learners whom one teaches, and by code for everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from courseapp.accounts.queries import access_organization
from courseapp.accounts.types import Actor, OrganizationId
from courseapp.cohorts.queries import access_taught_enrollment
from courseapp.cohorts.types import EnrollmentId
from courseapp.core.errors import NotFound
from courseapp.credentials.branding import Branding, IssuingBrand, signatories_from_json
from courseapp.credentials.errors import BrandingNotFound, CertificateNotFound
from courseapp.credentials.looks import STANDARD_LOOK, Look
from courseapp.credentials.models import (
    BrandingInUse,
    BrandingRow,
    CertificateFile,
    CertificateRow,
    IssuerKey,
    ShareLink,
)
from courseapp.credentials.rules import canonical_bytes, digest_of, parse_code
from courseapp.credentials.signing import from_base64, signature_holds, to_base64url
from courseapp.credentials.types import (
    BrandingId,
    Certificate,
    CertificateId,
    CertificateStatus,
    PublishedKey,
    Statement,
)

_Replacing = aliased(CertificateRow)


def find_certificate(
    session: Session, enrollment_id: EnrollmentId, module_key: str = ""
) -> Certificate | None:
    """Return the certificate that holds for an enrollment to which access was given before, or for a module."""
    return _first(
        session,
        _certificates().where(
            CertificateRow.enrollment_id == enrollment_id,
            CertificateRow.module_key == module_key,
            CertificateRow.status == CertificateStatus.VALID,
        ),
    )


def get_certificate(session: Session, certificate_id: CertificateId) -> Certificate:
    """Return a certificate for the platform itself, on nobody's behalf."""
    found = _first(session, _certificates().where(CertificateRow.id == certificate_id))
    if found is None:
        raise CertificateNotFound
    return found


def access_certificate(session: Session, actor: Actor, typed_code: str) -> Certificate:
    """Return one of the actor's own certificates; raises CertificateNotFound."""
    certificate = get_certificate_by_code(session, typed_code)
    if certificate.person_id == actor.id:
        return certificate
    raise CertificateNotFound


def access_taught_certificate(
    session: Session, actor: Actor, typed_code: str, *, lock: bool = False
) -> Certificate:
    """Return a certificate about which the actor may decide.

    Raises CertificateNotFound, EnrollmentNotFound or NotForOneself. With `lock`, whatever else is written for
    the same enrollment waits until this transaction ends.
    """
    certificate = get_certificate_by_code(session, typed_code)
    if certificate.enrollment_id is not None:
        access_taught_enrollment(session, actor, certificate.enrollment_id, lock=lock)
        return certificate
    # Of an erased account only the site's administrators know that there was one.
    if actor.is_site_administrator:
        return certificate
    raise CertificateNotFound


def was_revoked(session: Session, enrollment_id: EnrollmentId) -> bool:
    """Tell whether a certificate of this enrollment's course was revoked."""
    return (
        session.scalars(
            select(CertificateRow.id)
            .where(
                CertificateRow.enrollment_id == enrollment_id,
                CertificateRow.module_key == "",
                CertificateRow.status == CertificateStatus.REVOKED,
            )
            .limit(1)
        ).first()
        is not None
    )


def list_module_keys(session: Session, enrollment_id: EnrollmentId) -> set[str]:
    """Return the keys of the modules that were certified in an enrollment, whatever became of it."""
    return set(
        session.scalars(
            select(CertificateRow.module_key).where(CertificateRow.enrollment_id == enrollment_id)
        )
    )


def get_certificate_by_code(session: Session, typed_code: str) -> Certificate:
    """Return any certificate by the code on it, however it was typed; raises CertificateNotFound."""
    code = parse_code(typed_code)
    found = code and _first(session, _certificates().where(CertificateRow.code == code))
    if not found:
        raise CertificateNotFound
    return found


def get_shared_certificate(session: Session, token: str) -> Certificate:
    """Return the certificate that its holder shows under this address; raises CertificateNotFound."""
    found = _first(
        session,
        _certificates()
        .join(ShareLink, ShareLink.certificate_id == CertificateRow.id)
        .where(ShareLink.token == token),
    )
    if found is None or found.statement is None:
        raise CertificateNotFound
    return found


def find_share_token(session: Session, certificate_id: CertificateId) -> str | None:
    """Return the secret part of the address under which a certificate is shown, if it is."""
    return session.scalars(
        select(ShareLink.token).where(ShareLink.certificate_id == certificate_id)
    ).one_or_none()


def find_pdf(session: Session, certificate_id: CertificateId) -> bytes | None:
    """Return a certificate's PDF if it was handed out before."""
    return session.scalars(
        select(CertificateFile.content).where(CertificateFile.certificate_id == certificate_id)
    ).one_or_none()


def list_certificates(session: Session, actor: Actor) -> Sequence[Certificate]:
    """Return the actor's own certificates, the oldest first."""
    return _all(
        session,
        _certificates()
        .where(CertificateRow.person_id == actor.id)
        .order_by(CertificateRow.issued_at, CertificateRow.id),
    )


def list_certificates_of(
    session: Session, enrollment_ids: Collection[EnrollmentId] | Any
) -> Sequence[Certificate]:
    """Return all certificates of enrollments to which access was given before, the oldest first.

    Takes ids, or a query for them.
    """
    return _all(
        session,
        _certificates()
        .where(CertificateRow.enrollment_id.in_(enrollment_ids))
        .order_by(CertificateRow.issued_at, CertificateRow.id),
    )


def export_certificates(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return the actor's certificates as they were signed, for her own download."""
    rows = session.execute(
        _signed_rows()
        .where(CertificateRow.person_id == actor.id)
        .order_by(CertificateRow.issued_at, CertificateRow.id)
    )
    return [
        {
            "status": row.status.value,
            "status_reason": row.status_reason,
            "statement": row.statement,
            "digest": row.digest,
            "signature": row.signature,
            "credential": row.credential,
            "public_key": public_key,
        }
        for row, public_key in rows
    ]


def iterate_broken_certificates(session: Session) -> Iterator[str]:
    """Yield the code of every certificate that is not what was signed, or not in its key's time, for maintenance."""
    keys = {key.fingerprint: key for key in list_published_keys(session)}
    rows = session.execute(
        _signed_rows().order_by(CertificateRow.id).execution_options(yield_per=200)
    )
    for row, public_key in rows:
        key = keys[row.key_fingerprint]
        if not _holds(row, public_key) or not key.was_in_use_on(row.issued_at.date()):
            yield row.code


def list_published_keys(session: Session) -> Sequence[PublishedKey]:
    """Return every key that has ever signed, the newest first, as everybody may know them."""
    rows = session.execute(
        select(
            IssuerKey.fingerprint,
            IssuerKey.public_key,
            IssuerKey.created_at,
            IssuerKey.retired_at,
        ).order_by(IssuerKey.is_active.desc(), IssuerKey.created_at.desc())
    )
    return [
        PublishedKey(
            row.fingerprint,
            to_base64url(from_base64(row.public_key)),
            row.created_at,
            row.retired_at,
        )
        for row in rows
    ]


def list_not_valid(session: Session) -> Sequence[tuple[str, CertificateStatus, datetime]]:
    """Return code, status and its date of every certificate that holds no more."""
    rows = session.execute(
        select(CertificateRow.code, CertificateRow.status, CertificateRow.status_at)
        .where(CertificateRow.status != CertificateStatus.VALID)
        .order_by(CertificateRow.status_at)
    )
    return [(row.code, row.status, row.status_at) for row in rows]


def list_set_positions(session: Session, list_number: int) -> Sequence[int]:
    """Return the positions of a status list whose credentials hold no more; raises NotFound for no list."""
    newest = session.scalars(
        select(CertificateRow.status_list).where(CertificateRow.status_list >= list_number).limit(1)
    ).first()
    if newest is None or list_number < 1:
        raise NotFound
    return list(
        session.scalars(
            select(CertificateRow.status_position)
            .where(
                CertificateRow.status_list == list_number,
                CertificateRow.status != CertificateStatus.VALID,
            )
            .order_by(CertificateRow.status_position)
        )
    )


def access_branding(session: Session, actor: Actor, branding_id: UUID) -> Branding:
    """Return a branding of an organization that the actor administers; raises BrandingNotFound."""
    found = _brandings(session, BrandingRow.id == branding_id)
    if not found:
        raise BrandingNotFound
    access_organization(session, actor, found[0].organization_id, refusal=BrandingNotFound)
    return found[0]


def list_brandings(
    session: Session, organization_id: OrganizationId, *, most: int = 20
) -> Sequence[Branding]:
    """Return the versions of an organization's look, the newest first, for somebody who may see them."""
    return _brandings(session, BrandingRow.organization_id == organization_id, most=most)


def find_branding_in_use(
    session: Session, organization_id: OrganizationId | None
) -> IssuingBrand | None:
    """Return what an organization's new certificates name, or None for the site's own look.

    Without the pictures, which are read when something is printed.
    """
    if organization_id is None:
        return None
    row = session.execute(
        select(BrandingRow.id, BrandingRow.name, BrandingRow.digest)
        .join(BrandingInUse, BrandingInUse.branding_id == BrandingRow.id)
        .where(BrandingInUse.organization_id == organization_id)
    ).one_or_none()
    return None if row is None else IssuingBrand(row.id, row.name, row.digest)


def looks_of(
    session: Session, certificates: Collection[Certificate]
) -> Mapping[CertificateId, Look]:
    """Return how each certificate looks, as it was when it was issued."""
    ids = {found.branding_id for found in certificates if found.branding_id is not None}
    looks: dict[BrandingId | None, Look] = {None: STANDARD_LOOK}
    if ids:
        looks |= {found.id: found.look for found in _brandings(session, BrandingRow.id.in_(ids))}
    return {found.id: looks[found.branding_id] for found in certificates}


def _brandings(session: Session, *conditions: Any, most: int | None = None) -> list[Branding]:
    rows = session.execute(
        select(BrandingRow, BrandingInUse.branding_id)
        .outerjoin(BrandingInUse, BrandingInUse.branding_id == BrandingRow.id)
        .where(*conditions)
        .order_by(BrandingRow.created_at.desc(), BrandingRow.id.desc())
        .limit(most)
    )
    return [
        Branding(
            id=row.id,
            organization_id=row.organization_id,
            name=row.name,
            look=Look(
                row.accent, row.logo, row.logo_format, signatories_from_json(row.signatories)
            ),
            digest=row.digest,
            created_at=row.created_at,
            is_in_use=in_use is not None,
        )
        for row, in_use in rows
    ]


def _signed_rows() -> Any:
    """Return the query for certificates with the key that each was signed with."""
    # Any, here and below: SQLAlchemy 2.0 and 2.1 write the type of such a query in two ways.
    return select(CertificateRow, IssuerKey.public_key).join(
        IssuerKey, IssuerKey.fingerprint == CertificateRow.key_fingerprint
    )


def _certificates() -> Any:
    return (
        _signed_rows()
        .add_columns(_Replacing.code)
        .outerjoin(_Replacing, _Replacing.id == CertificateRow.replaced_by_id)
    )


def _first(session: Session, query: Any) -> Certificate | None:
    row = session.execute(query.limit(1)).first()
    return None if row is None else _certificate_of(*row)


def _all(session: Session, query: Any) -> list[Certificate]:
    return [_certificate_of(*row) for row in session.execute(query)]


def _certificate_of(row: CertificateRow, public_key: str, replaced_by: str | None) -> Certificate:
    return Certificate(
        id=row.id,
        code=row.code,
        enrollment_id=row.enrollment_id,
        person_id=row.person_id,
        status=row.status,
        status_reason=row.status_reason,
        status_at=row.status_at,
        issued_at=row.issued_at,
        statement=None if row.statement is None else Statement.from_json(row.statement),
        digest=row.digest,
        signature=row.signature,
        public_key=public_key,
        key_fingerprint=row.key_fingerprint,
        signature_holds=_holds(row, public_key),
        module_key=row.module_key,
        credential=row.credential,
        credential_digest=row.credential_digest,
        compact=row.compact,
        branding_id=row.branding_id,
        replaced_by=replaced_by,
    )


def _holds(row: CertificateRow, public_key: str) -> bool:
    """Tell whether the row is what was signed. After an erasure only the digest is left to compare."""
    if row.statement is None:
        return True
    return (
        row.statement.get("code") == row.code
        and digest_of(row.statement) == row.digest
        and signature_holds(canonical_bytes(row.statement), from_base64(row.signature), public_key)
    )
