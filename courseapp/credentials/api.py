"""Certificates for programs."""

from __future__ import annotations

from uuid import UUID

from courseapp.accounts.doors import current_actor
from courseapp.cohorts.queries import access_enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.http.access import public, signed_in
from courseapp.core.http.json_api import ApiBlueprint
from courseapp.core.http.problems import PROBLEM_TYPE
from courseapp.credentials import service
from courseapp.credentials.doors import NotEarnedSchema, current_issuer, not_earned
from courseapp.credentials.errors import CertificateNotEarned
from courseapp.credentials.queries import find_certificate, get_certificate_by_code
from courseapp.credentials.schemas import CertificateSchema
from courseapp.credentials.types import Certificate

blueprint = ApiBlueprint("credentials_api", __name__, description="Certificates")


@blueprint.route("/enrollments/<uuid:enrollment_id>/certificate")
@blueprint.response(200, CertificateSchema)
@blueprint.alt_response(
    404, schema=NotEarnedSchema, content_type=PROBLEM_TYPE, description="Not earned yet"
)
@signed_in
def get_certificate(enrollment_id: UUID) -> Certificate:
    """Return the certificate of a completed enrollment, or 404 with the list of what is missing."""
    with snapshot() as session:
        enrollment = access_enrollment(session, current_actor(), enrollment_id)
        certificate = find_certificate(session, enrollment.id)
        if certificate is None:
            raise not_earned(session, enrollment)
    return certificate


@blueprint.route("/enrollments/<uuid:enrollment_id>/certificate", methods=["POST"])
@blueprint.response(201, CertificateSchema)
@blueprint.alt_response(200, schema=CertificateSchema, description="Issued already")
@signed_in
def claim_certificate(enrollment_id: UUID) -> tuple[Certificate, int]:
    """Ask for the certificate of a completed enrollment; it is issued once, usually on completion."""
    actor = current_actor()
    with transaction() as session:
        try:
            certificate, created = service.claim_certificate(
                session,
                actor,
                enrollment_id,
                issuer=current_issuer(),
                at=clock.now(),
            )
        except CertificateNotEarned:
            raise not_earned(session, access_enrollment(session, actor, enrollment_id)) from None
    return certificate, 201 if created else 200


@blueprint.route("/certificates/<code>")
@blueprint.response(200, CertificateSchema)
@public
def verify_certificate(code: str) -> Certificate:
    """Verify a certificate by the code printed on it."""
    with snapshot() as session:
        return get_certificate_by_code(session, code)
