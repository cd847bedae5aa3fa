"""Issuing certificates: exactly once, in the transaction that earns them."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courseapp.accounts.queries import get_actor, is_name_confirmed
from courseapp.accounts.types import Actor, PersonId
from courseapp.assessment.queries import list_outcomes
from courseapp.catalog.queries import get_course
from courseapp.catalog.types import CourseContent
from courseapp.cohorts.queries import (
    access_enrollment,
    find_organization_of,
    get_enrollment,
)
from courseapp.cohorts.types import Enrollment, EnrollmentId
from courseapp.core import audit
from courseapp.core.db import insert_unless_exists
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject
from courseapp.credentials.compact import compact_statement
from courseapp.credentials.errors import (
    CertificateNotEarned,
    CertificateRevoked,
    NameNotConfirmed,
)
from courseapp.credentials.models import CertificateRow
from courseapp.credentials.openbadge import StatusEntry, credential_of
from courseapp.credentials.proofs import add_proofs
from courseapp.credentials.publishing import STATUS_LIST_LENGTH
from courseapp.credentials.queries import (
    find_branding_in_use,
    find_certificate,
    list_module_keys,
    was_revoked,
)
from courseapp.credentials.rules import canonical_bytes, digest_of, format_code, new_code
from courseapp.credentials.service.keys import Issuer, ensure_issuer_key
from courseapp.credentials.signing import Signer, to_base64
from courseapp.credentials.types import Certificate, CertificateStatus, Statement
from courseapp.credentials.typesetting.wording import locale_of
from courseapp.learning.types import CourseCompleted, ModulesCompleted

# How often a taken position in a status list is thrown again before the next list is begun: a list is then
# about two thirds full, and its positions still tell nothing about the order of issue.
_THROWS = 12


def claim_certificate(
    session: Session, actor: Actor, enrollment_id: UUID, *, issuer: Issuer, at: datetime
) -> tuple[Certificate, bool]:
    """Return the certificate of the actor's completed enrollment, and whether it was issued just now.

    Raises EnrollmentNotFound, CertificateNotEarned, NameNotConfirmed or CertificateRevoked.
    """
    enrollment = access_enrollment(session, actor, enrollment_id, lock=True)
    certificate = find_certificate(session, enrollment.id)
    if certificate is not None:
        return certificate, False
    if was_revoked(session, enrollment.id):
        raise CertificateRevoked
    if enrollment.completed_at is not None and not is_name_confirmed(session, actor.id):
        raise NameNotConfirmed
    certificate, created = issue_certificate(session, enrollment, issuer=issuer, by=actor.id, at=at)
    # Those of modules have waited for the same name.
    course = get_course(session, enrollment.course_version_id, actor.locale)
    if course.certifies_modules:
        _issue_for_modules(
            session,
            enrollment.id,
            [module.key for module in course.modules],
            issuer=issuer,
            by=actor.id,
            at=at,
        )
    return certificate, created


def issue_certificate(
    session: Session,
    enrollment: Enrollment,
    *,
    issuer: Issuer,
    by: PersonId | None,
    at: datetime,
    module_key: str = "",
    **why: str,
) -> tuple[Certificate, bool]:
    """Issue a certificate of a completed enrollment, or of a module in it, unless one holds already.

    Everything it says is copied into the statement and signed now. Whether a module is completed is for the
    caller to know. `why` goes into the audit trail.
    """
    if not module_key and enrollment.completed_at is None:
        raise CertificateNotEarned
    signer = ensure_issuer_key(session, issuer, at=at)
    branding = find_branding_in_use(session, find_organization_of(session, enrollment))
    person = get_actor(session, enrollment.person_id)
    course = get_course(session, enrollment.course_version_id, person.locale)
    for entry in _free_entries(session):
        statement = _state(
            session,
            enrollment,
            course,
            module_key,
            holder=person.name,
            issuer_name=branding.name if branding else issuer.identity.name,
            branding_digest=branding.digest if branding else "",
            base_url=issuer.identity.base_url,
            at=at,
        )
        certificate_id = new_id()
        created = insert_unless_exists(
            session,
            CertificateRow,
            id=certificate_id,
            code=statement.code,
            enrollment_id=enrollment.id,
            module_key=module_key,
            person_id=enrollment.person_id,
            key_fingerprint=signer.fingerprint,
            branding_id=branding.id if branding else None,
            issued_at=at,
            status=CertificateStatus.VALID,
            status_list=entry.list_number,
            status_position=entry.position,
            **_signed(statement, entry, issuer, signer),
        )
        # Not created: somebody else was first, or the throw has met a position that is taken.
        certificate = find_certificate(session, enrollment.id, module_key)
        if created:
            audit.record(
                session, "certificate.issued", "certificate", certificate_id, by=by, at=at, **why
            )
        if certificate is not None:
            return certificate, created
    raise RuntimeError("a certificate was neither inserted nor there already")


def hear_course_completed(session: Session, event: CourseCompleted, *, issuer: Issuer) -> None:
    """Issue the certificate in the transaction that completes the course.

    Before the learner has confirmed her name it waits: she is asked, and claims it.
    """
    if is_name_confirmed(session, event.person_id):
        enrollment = get_enrollment(session, event.enrollment_id)
        issue_certificate(session, enrollment, issuer=issuer, by=None, at=event.at)


def hear_modules_completed(session: Session, event: ModulesCompleted, *, issuer: Issuer) -> None:
    """Issue the smaller certificates of modules that have none yet."""
    if is_name_confirmed(session, event.person_id):
        _issue_for_modules(
            session, event.enrollment_id, event.module_keys, issuer=issuer, by=None, at=event.at
        )


def _issue_for_modules(
    session: Session,
    enrollment_id: EnrollmentId,
    module_keys: Sequence[str],
    *,
    issuer: Issuer,
    by: PersonId | None,
    at: datetime,
) -> None:
    """Issue what was never issued; what was revoked does not come back by itself."""
    missing = set(module_keys) - list_module_keys(session, enrollment_id)
    if not missing:
        return
    enrollment = get_enrollment(session, enrollment_id)
    for module_key in sorted(missing):
        issue_certificate(session, enrollment, issuer=issuer, by=by, at=at, module_key=module_key)


def _free_entries(session: Session) -> Iterator[StatusEntry]:
    """Yield places in the status lists that may be free, in the newest list and then in the next."""
    newest = session.scalars(select(func.max(CertificateRow.status_list))).one() or 1
    for number in (newest, newest + 1):
        for _throw in range(_THROWS):
            yield StatusEntry(number, secrets.randbelow(STATUS_LIST_LENGTH))


def _signed(statement: Statement, entry: StatusEntry, issuer: Issuer, signer: Signer) -> JsonObject:
    """Return the signed forms of a statement, as columns."""
    plain = statement.as_json()
    with force_locale(str(locale_of(statement.language))):
        document = credential_of(statement, issuer.identity, entry)
    credential = json.dumps(
        add_proofs(
            document,
            signer,
            verification_method=issuer.identity.method_of(signer.fingerprint),
            created=statement.issued_at,
        ),
        ensure_ascii=False,
        indent=1,
    )
    return {
        "statement": plain,
        "digest": digest_of(plain),
        "signature": to_base64(signer.sign(canonical_bytes(plain))),
        "credential": credential,
        "credential_digest": hashlib.sha256(credential.encode()).hexdigest(),
        "compact": compact_statement(statement, signer),
    }


def _state(
    session: Session,
    enrollment: Enrollment,
    course: CourseContent,
    module_key: str,
    *,
    holder: str,
    issuer_name: str,
    branding_digest: str,
    base_url: str,
    at: datetime,
) -> Statement:
    code = new_code()
    module = course.module(module_key)
    return Statement(
        code=code,
        holder=holder,
        course=course.title,
        course_key=course.key,
        course_version=course.number,
        course_digest=course.digest,
        modules=[] if module else [found.title for found in course.modules],
        hours=round((module or course).minutes / 60, 1),
        completed_on=((None if module else enrollment.completed_at) or at).date(),
        issued_at=at.replace(microsecond=0),
        issuer=issuer_name,
        language=course.language,
        title=course.module_certificate_title if module else course.certificate_title,
        statement=course.module_certificate_statement if module else course.certificate_statement,
        notice=course.notice,
        verify_url=f"{base_url}/verify/{format_code(code)}",
        module=module.title if module else None,
        module_key=module_key,
        score=None if module else _final_score(session, enrollment, course),
        branding_digest=branding_digest,
    )


def _final_score(session: Session, enrollment: Enrollment, course: CourseContent) -> int | None:
    """Return the result of the final quiz that counts, where the course shows it."""
    if not course.certificate_shows_score or course.final_quiz is None:
        return None
    outcome = list_outcomes(session, enrollment.id).get(course.final_quiz.id)
    return None if outcome is None else outcome.percent(course.final_quiz.rules.counted_result)
