"""What those who teach decide about certificates: issue, reissue and revoke them, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.cohorts.errors import EnrollmentNotFound
from courseapp.cohorts.queries import (
    access_cohort,
    access_taught_enrollment,
    find_enrollments,
    get_enrollment,
    select_cohort_enrollments,
)
from courseapp.cohorts.types import EnrollmentId
from courseapp.core import audit
from courseapp.credentials.errors import (
    AlreadyCertified,
    CertificateNotEarned,
    CertificateNotFound,
    CertificateNotValid,
)
from courseapp.credentials.models import CertificateRow
from courseapp.credentials.queries import (
    access_taught_certificate,
    find_certificate,
    get_certificate,
    get_certificate_by_code,
)
from courseapp.credentials.service.issuing import issue_certificate
from courseapp.credentials.service.keys import Issuer
from courseapp.credentials.types import Certificate, CertificateId, CertificateStatus


@dataclass(frozen=True, slots=True)
class CohortIssue:
    """How far issuing for a whole cohort is."""

    issued_now: int
    certified: int
    completed: int

    @property
    def is_done(self) -> bool:
        """Whether everybody who completed the course has a certificate."""
        return self.certified >= self.completed


def issue_by_hand(
    session: Session,
    actor: Actor | None,
    enrollment_id: UUID,
    *,
    reason: str,
    issuer: Issuer,
    at: datetime,
) -> Certificate:
    """Issue the certificate of a completed course that has none that holds.

    For whoever teaches the learner, and the command line (None): when a name was never confirmed, or after a
    revocation that was a mistake. A course that is not completed is certified by nobody. Raises
    EnrollmentNotFound, NotForOneself, CertificateNotEarned or AlreadyCertified.
    """
    if actor is None:
        if not find_enrollments(session, [EnrollmentId(enrollment_id)]):
            raise EnrollmentNotFound
        enrollment = get_enrollment(session, EnrollmentId(enrollment_id), lock=True)
    else:
        enrollment = access_taught_enrollment(session, actor, enrollment_id, lock=True)
    if enrollment.completed_at is None:
        raise CertificateNotEarned
    if find_certificate(session, enrollment.id) is not None:
        raise AlreadyCertified
    certificate, _created = issue_certificate(
        session,
        enrollment,
        issuer=issuer,
        by=actor.id if actor else None,
        at=at,
        by_hand="yes",
        reason=reason,
    )
    return certificate


def issue_for_cohort(
    session: Session,
    actor: Actor,
    cohort_id: UUID,
    *,
    reason: str,
    issuer: Issuer,
    most: int,
    at: datetime,
) -> CohortIssue:
    """Issue what is missing to those of a cohort who completed the course, so many at a time.

    Called again until it is done; whoever has a certificate, or had one that was revoked, is left out. Raises
    CohortNotFound.
    """
    cohort = access_cohort(session, actor, cohort_id)
    enrollments = select_cohort_enrollments(cohort.id, completed=True, except_of=actor.id)
    certified = select(CertificateRow.enrollment_id).where(
        CertificateRow.enrollment_id.in_(enrollments), CertificateRow.module_key == ""
    )
    ids = list(session.scalars(enrollments))
    have = set(session.scalars(certified))
    waiting = [enrollment_id for enrollment_id in ids if enrollment_id not in have]
    issued = 0
    for enrollment_id in waiting[:most]:
        enrollment = get_enrollment(session, enrollment_id, lock=True)
        _certificate, created = issue_certificate(
            session, enrollment, issuer=issuer, by=actor.id, at=at, by_hand="yes", reason=reason
        )
        issued += created
    return CohortIssue(issued, len(have) + min(most, len(waiting)), len(ids))


def revoke_certificate(
    session: Session, actor: Actor | None, code: str, *, reason: str, at: datetime
) -> Certificate:
    """Revoke a certificate, for everybody to see. For whoever teaches the holder, and the command line (None).

    Raises CertificateNotFound, NotForOneself, or CertificateNotValid when it holds no more already.
    """
    certificate = _certificate_to_decide_about(session, actor, code)
    _end(session, certificate, CertificateStatus.REVOKED, reason=reason, at=at)
    audit.record(
        session,
        "certificate.revoked",
        "certificate",
        certificate.id,
        by=actor.id if actor else None,
        at=at,
        reason=reason,
    )
    return get_certificate(session, certificate.id)


def reissue_certificate(
    session: Session,
    actor: Actor | None,
    code: str,
    *,
    reason: str,
    issuer: Issuer,
    at: datetime,
) -> Certificate:
    """Issue a certificate anew with the name that the holder has now; the old one says what replaced it.

    Raises what revoking raises.
    """
    old = _certificate_to_decide_about(session, actor, code)
    if old.enrollment_id is None:
        raise CertificateNotFound
    enrollment = get_enrollment(session, old.enrollment_id, lock=True)
    _end(session, old, CertificateStatus.REPLACED, reason=reason, at=at)
    new, _created = issue_certificate(
        session,
        enrollment,
        issuer=issuer,
        by=actor.id if actor else None,
        at=at,
        module_key=old.module_key,
        reason=reason,
        replaces=str(old.id),
    )
    session.execute(
        update(CertificateRow)
        .where(CertificateRow.id == old.id)
        .values(replaced_by_id=new.id)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    audit.record(
        session,
        "certificate.replaced",
        "certificate",
        old.id,
        by=actor.id if actor else None,
        at=at,
        reason=reason,
        replaced_by=str(new.id),
    )
    return new


def _certificate_to_decide_about(session: Session, actor: Actor | None, code: str) -> Certificate:
    """Return any certificate to the command line, and to a person one about which she may decide."""
    if actor is None:
        return get_certificate_by_code(session, code)
    return access_taught_certificate(session, actor, code, lock=True)


def _end(
    session: Session,
    certificate: Certificate,
    status: CertificateStatus,
    *,
    reason: str,
    at: datetime,
) -> None:
    """Write that a certificate holds no more; the first who says so wins."""
    ended: CertificateId | None = session.scalars(
        update(CertificateRow)
        .where(
            CertificateRow.id == certificate.id,
            CertificateRow.status == CertificateStatus.VALID,
        )
        .values(status=status, status_reason=reason, status_at=at)
        .returning(CertificateRow.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if ended is None:
        raise CertificateNotValid
    session.expire_all()
