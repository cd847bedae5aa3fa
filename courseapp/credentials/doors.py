"""What the doors of this feature share: who issues here, looking up with care, and handing files out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from flask import Response, current_app
from marshmallow import fields
from sqlalchemy.orm import Session

from courseapp.accounts.doors import reading_language
from courseapp.catalog.queries import get_course
from courseapp.catalog.types import CourseContent
from courseapp.cohorts.queries import get_enrollment
from courseapp.cohorts.types import Enrollment
from courseapp.core import clock, throttle
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import NotFound
from courseapp.core.http.json_api import ProblemSchema
from courseapp.credentials import offline
from courseapp.credentials.badges import badge_png, badge_svg
from courseapp.credentials.baking import bake_png, bake_svg
from courseapp.credentials.compact import by_hash, revocation_list
from courseapp.credentials.errors import CertificateNotEarned, CertificateNotFound
from courseapp.credentials.openbadge import MEDIA_TYPE
from courseapp.credentials.pdf import Printable, certificate_pdf
from courseapp.credentials.queries import (
    find_pdf,
    get_certificate_by_code,
    list_not_valid,
    list_published_keys,
    looks_of,
)
from courseapp.credentials.rules import format_code
from courseapp.credentials.service import Issuer, ensure_issuer_key, find_signer, keep_pdf
from courseapp.credentials.signing import Signer
from courseapp.credentials.types import Certificate
from courseapp.credentials.verifying import Trust
from courseapp.learning.queries import learner_course
from courseapp.learning.schemas import MissingSchema

ISSUER_EXTENSION: Final = "courseapp_issuer"
COURSE_ACCENT: Final = "wine"
# So many are issued by one request of a whole cohort: each takes some milliseconds, and the next request goes on.
ISSUED_AT_ONCE: Final = 50
# A logo and two signatures; base 64 makes them larger by a third.
MOST_BRANDING_BYTES: Final = 4_500_000

_MISSES: Final = 30
_WINDOW: Final = timedelta(minutes=10)


class NotEarnedSchema(ProblemSchema):
    """The refusal before the course is completed: what is missing, and why."""

    missing = fields.List(fields.Nested(MissingSchema))


def current_issuer() -> Issuer:
    """Return who issues certificates in this installation."""
    issuer: Issuer = current_app.extensions[ISSUER_EXTENSION]
    return issuer


def not_earned(session: Session, enrollment: Enrollment) -> CertificateNotEarned:
    """Return the refusal that says what is missing."""
    progress = learner_course(session, enrollment, reading_language()).progress
    return CertificateNotEarned(missing=MissingSchema(many=True).dump(progress.missing))


def look_up(code: str, address: str) -> Certificate:
    """Return a certificate by its code for a stranger; opens its own transactions.

    Whoever has typed too many codes that do not exist waits, also for those that do: raises
    CertificateNotFound or TooManyRequests.
    """
    limit = throttle.Limit(("certificate", address), _MISSES, _WINDOW)
    with snapshot() as session:
        throttle.refuse_if_full(session, [limit], at=clock.now())
        try:
            return get_certificate_by_code(session, code)
        except CertificateNotFound:
            pass
    with transaction() as session:
        throttle.count_try(session, [limit], at=clock.now())
    raise CertificateNotFound


def current_signer() -> Signer:
    """Return what signs what the issuer publishes; opens its own transactions.

    Only the very first time is anything written, so that whoever reads waits for nobody who writes.
    """
    issuer = current_issuer()
    with snapshot() as session:
        signer = find_signer(session, issuer)
    if signer is None:
        with transaction() as session:
            signer = ensure_issuer_key(session, issuer, at=clock.now())
    return signer


def signed_revocations(*, at: datetime) -> str:
    """Return the signed list of what holds no more, as of now; opens its own transactions."""
    signer = current_signer()
    with snapshot() as session:
        not_valid = list_not_valid(session)
    return revocation_list(not_valid, signer, did=current_issuer().identity.did, at=at)


def trust_of(session: Session, *, at: datetime) -> Trust:
    """Return what this installation's own checks of files rely on."""
    return Trust(
        current_issuer().identity.did,
        list_published_keys(session),
        by_hash(list_not_valid(session)),
        at.date(),
    )


def offline_bundle(*, language: str, at: datetime) -> offline.TrustBundle:
    """Return what the page that checks without us carries; opens its own transactions."""
    identity = current_issuer().identity
    revocations = signed_revocations(at=at)
    with snapshot() as session:
        keys = list_published_keys(session)
    return offline.TrustBundle(
        issuer_name=identity.name,
        did=identity.did,
        base_url=identity.base_url,
        keys=keys,
        revocations=revocations,
        texts=offline.texts(),
        language=language,
    )


def deliver(certificate: Certificate, form: str) -> Response:
    """Send a certificate in one of its forms; raises NotFound for one that there is not."""
    if certificate.statement is None:
        raise NotFound
    content, media_type = FORMS[form](certificate)
    response = Response(content, mimetype=media_type)
    name, _, extension = form.rpartition(".")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{format_code(certificate.code)}.{extension}"'
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def pdf_of(certificate: Certificate) -> bytes:
    """Return a certificate's PDF: the one that was handed out before, or a new one, which is kept.

    One in which a text could not be drawn, for want of a font, is not kept. Opens its own transactions.
    """
    with snapshot() as session:
        kept = find_pdf(session, certificate.id)
        look = looks_of(session, [certificate])[certificate.id]
    if kept is not None:
        return kept
    if certificate.statement is None:
        raise NotFound
    credential = certificate.credential
    pdf = certificate_pdf(
        Printable(
            certificate.statement,
            certificate.qr_text,
            credential.encode() if credential is not None else None,
            look,
        )
    )
    if not pdf.is_complete:
        return pdf.content
    with transaction() as session:
        return keep_pdf(session, certificate.id, pdf.content, at=clock.now())


def badge_of_course(course: CourseContent, module_key: str, *, issuer_name: str = "") -> str:
    """Return the picture of a course's badge, or of one of its modules; raises NotFound."""
    module = course.module(module_key)
    if module_key and module is None:
        raise NotFound
    return badge_svg(
        title=module.title if module else course.title,
        pictogram=module.pictogram if module else None,
        accent=module.accent if module else COURSE_ACCENT,
        language=course.language,
        issuer=issuer_name or current_issuer().identity.name,
    )


def _badge(certificate: Certificate) -> str:
    if certificate.enrollment_id is None or certificate.statement is None:
        raise NotFound
    with snapshot() as session:
        enrollment = get_enrollment(session, certificate.enrollment_id)
        course = get_course(session, enrollment.course_version_id, certificate.statement.language)
    return badge_of_course(course, certificate.module_key, issuer_name=certificate.statement.issuer)


def _credential(certificate: Certificate) -> str:
    if certificate.credential is None:  # the first release's have none
        raise NotFound
    return certificate.credential


FORMS: Final[Mapping[str, Callable[[Certificate], tuple[str | bytes, str]]]] = {
    "certificate.pdf": lambda found: (pdf_of(found), "application/pdf"),
    "credential.json": lambda found: (_credential(found), MEDIA_TYPE),
    "badge.png": lambda found: (
        bake_png(badge_png(_badge(found)), _credential(found)),
        "image/png",
    ),
    "badge.svg": lambda found: (bake_svg(_badge(found), _credential(found)), "image/svg+xml"),
}
