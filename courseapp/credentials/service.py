"""Issuing certificates."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from courseapp.accounts.queries import get_actor
from courseapp.accounts.types import Actor, PersonErased, PersonId
from courseapp.catalog.queries import get_course
from courseapp.cohorts.queries import access_enrollment, get_enrollment
from courseapp.cohorts.types import Enrollment
from courseapp.core import audit
from courseapp.core.db import insert_unless_exists
from courseapp.core.ids import new_id
from courseapp.credentials.errors import CertificateNotEarned, CertificateRevoked
from courseapp.credentials.models import CertificateRow, IssuerKey
from courseapp.credentials.queries import find_certificate, was_revoked
from courseapp.credentials.rules import canonical_bytes, digest_of, format_code, new_code
from courseapp.credentials.signing import Issuer, Signer
from courseapp.credentials.types import Certificate, CertificateStatus, Statement
from courseapp.learning.types import CourseCompleted


def claim_certificate(
    session: Session, actor: Actor, enrollment_id: UUID, *, issuer: Issuer, at: datetime
) -> tuple[Certificate, bool]:
    """Return the certificate of the actor's completed enrollment, and whether it was issued just now.

    Raises EnrollmentNotFound, CertificateNotEarned or CertificateRevoked.
    """
    enrollment = access_enrollment(session, actor, enrollment_id, lock=True)
    certificate = find_certificate(session, enrollment.id)
    if certificate is not None:
        return certificate, False
    if was_revoked(session, enrollment.id):
        raise CertificateRevoked
    return issue_certificate(session, enrollment, issuer=issuer, by=actor.id, at=at)


def issue_certificate(
    session: Session,
    enrollment: Enrollment,
    *,
    issuer: Issuer,
    by: PersonId | None,
    at: datetime,
) -> tuple[Certificate, bool]:
    """Issue the certificate of a completed enrollment unless one holds already.

    Everything it says is copied into the statement and signed now.
    """
    if enrollment.completed_at is None:
        raise CertificateNotEarned
    _register_key(session, issuer.signer, at)
    statement = _state(session, enrollment, issuer=issuer, at=at).as_json()
    certificate_id = new_id()
    created = insert_unless_exists(
        session,
        CertificateRow,
        id=certificate_id,
        code=statement["code"],
        enrollment_id=enrollment.id,
        person_id=enrollment.person_id,
        statement=statement,
        digest=digest_of(statement),
        signature=issuer.signer.sign(canonical_bytes(statement)),
        key_fingerprint=issuer.signer.fingerprint,
        issued_at=at,
        status=CertificateStatus.VALID,
    )
    if created:
        audit.record(session, "certificate.issued", "certificate", certificate_id, by=by, at=at)
    certificate = find_certificate(session, enrollment.id)
    if certificate is None:
        raise RuntimeError("a certificate was neither inserted nor there already")
    return certificate, created


def hear_course_completed(session: Session, event: CourseCompleted, *, issuer: Issuer) -> None:
    """Issue the certificate in the transaction that completes the course."""
    enrollment = get_enrollment(session, event.enrollment_id)
    issue_certificate(session, enrollment, issuer=issuer, by=None, at=event.at)


def forget_person(session: Session, event: PersonErased) -> None:
    """Strip an erased person's certificates to digest, signature, status and dates.

    The holder's own file can still be held against the digest and the signature.
    """
    session.execute(
        update(CertificateRow)
        .where(CertificateRow.person_id == event.person_id)
        .values(statement=None, person_id=None, enrollment_id=None)
    )


def _register_key(session: Session, signer: Signer, at: datetime) -> None:
    if session.get(IssuerKey, signer.fingerprint) is None:
        insert_unless_exists(
            session,
            IssuerKey,
            fingerprint=signer.fingerprint,
            public_key=signer.public_key,
            created_at=at,
        )


def _state(session: Session, enrollment: Enrollment, *, issuer: Issuer, at: datetime) -> Statement:
    person = get_actor(session, enrollment.person_id)
    course = get_course(session, enrollment.course_version_id, person.locale)
    code = new_code()
    return Statement(
        code=code,
        holder=person.name,
        course=course.title,
        course_key=course.key,
        course_version=course.number,
        course_digest=course.digest,
        modules=[module.title for module in course.modules],
        hours=round(course.minutes / 60, 1),
        completed_on=(enrollment.completed_at or at).date(),
        issued_at=at,
        issuer=issuer.name,
        language=course.language,
        title=course.certificate_title,
        statement=course.certificate_statement,
        notice=course.notice,
        verify_url=f"{issuer.base_url}/verify/{format_code(code)}",
    )
