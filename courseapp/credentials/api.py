"""Certificates for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from courseapp.accounts import service as accounts
from courseapp.accounts.doors import current_actor, remote_address
from courseapp.accounts.queries import access_organization, get_actor
from courseapp.cohorts.queries import access_enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.http.access import public, signed_in
from courseapp.core.http.addresses import public_url
from courseapp.core.http.json_api import ApiBlueprint
from courseapp.core.http.problems import PROBLEM_TYPE
from courseapp.core.http.uploads import takes_files
from courseapp.credentials import service
from courseapp.credentials.artwork import check_logo, check_signature_image
from courseapp.credentials.branding import Branding
from courseapp.credentials.colours import check_accent
from courseapp.credentials.doors import (
    ISSUED_AT_ONCE,
    MOST_BRANDING_BYTES,
    NotEarnedSchema,
    current_issuer,
    deliver,
    look_up,
    not_earned,
    trust_of,
)
from courseapp.credentials.errors import CertificateNotEarned
from courseapp.credentials.looks import Look, Signatory
from courseapp.credentials.queries import (
    access_certificate,
    find_certificate,
    list_brandings,
    list_certificates,
)
from courseapp.credentials.schemas import (
    BrandingInSchema,
    BrandingListSchema,
    BrandingOutSchema,
    CertificateListSchema,
    CertificateSchema,
    CohortIssueSchema,
    NameSchema,
    ReasonSchema,
    ShareLinkSchema,
    VerdictSchema,
    VerifySchema,
)
from courseapp.credentials.service import CohortIssue
from courseapp.credentials.types import Certificate
from courseapp.credentials.verifying import Verdict, verify

blueprint = ApiBlueprint("credentials_api", __name__, description="Certificates")


@blueprint.route("/certificates")
@blueprint.response(200, CertificateListSchema)
@signed_in
def list_own_certificates() -> dict[str, list[Certificate]]:
    """Return one's own certificates, the newest first."""
    with snapshot() as session:
        return {"items": list(list_certificates(session, current_actor()))[::-1]}


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
@blueprint.arguments(NameSchema, required=False)
@blueprint.response(201, CertificateSchema)
@blueprint.alt_response(200, schema=CertificateSchema, description="Issued already")
@signed_in
def claim_certificate(data: dict[str, Any], enrollment_id: UUID) -> tuple[Certificate, int]:
    """Ask for the certificate of a completed enrollment; it is issued once, usually on completion.

    Whoever has not typed her own name here confirms it with `name` first.
    """
    actor = current_actor()
    with transaction() as session:
        if "name" in data:
            accounts.confirm_name(session, actor, data["name"], at=clock.now())
            actor = get_actor(session, actor.id)
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
    return look_up(code, remote_address())


@blueprint.route("/certificates/<code>/credential")
@blueprint.response(200, content_type="application/vc+ld+json")
@public
def get_credential(code: str) -> Response:
    """Return the signed Open Badges 3.0 credential, byte for byte as it was issued."""
    return deliver(look_up(code, remote_address()), "credential.json")


@blueprint.route("/certificates/<code>/pdf")
@blueprint.response(200, content_type="application/pdf")
@signed_in
def get_pdf(code: str) -> Response:
    """Return one's own certificate as a PDF, the same bytes each time."""
    with snapshot() as session:
        certificate = access_certificate(session, current_actor(), code)
    return deliver(certificate, "certificate.pdf")


@blueprint.route("/certificates/<code>/share-link", methods=["PUT"])
@blueprint.response(200, ShareLinkSchema)
@signed_in
def start_sharing(code: str) -> dict[str, str]:
    """Make an address under which others see one's own certificate; asking again returns the same."""
    with transaction() as session:
        token = service.start_sharing(session, current_actor(), code, at=clock.now())
    return {"url": public_url("credentials.shared", token=token)}


@blueprint.route("/certificates/<code>/share-link", methods=["DELETE"])
@blueprint.response(204)
@signed_in
def stop_sharing(code: str) -> None:
    """Take the address away."""
    with transaction() as session:
        service.stop_sharing(session, current_actor(), code, at=clock.now())


@blueprint.route("/certificates/<code>/revocation", methods=["POST"])
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, CertificateSchema)
@signed_in
def revoke_certificate(data: dict[str, Any], code: str) -> Certificate:
    """Revoke a certificate of a learner whom one teaches; everybody can read the reason."""
    with transaction() as session:
        return service.revoke_certificate(
            session, current_actor(), code, reason=data["reason"], at=clock.now()
        )


@blueprint.route("/certificates/<code>/replacement", methods=["POST"])
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, CertificateSchema)
@signed_in
def reissue_certificate(data: dict[str, Any], code: str) -> Certificate:
    """Issue a certificate anew, with the name that its holder has now; the old one is marked as replaced."""
    with transaction() as session:
        return service.reissue_certificate(
            session,
            current_actor(),
            code,
            reason=data["reason"],
            issuer=current_issuer(),
            at=clock.now(),
        )


@blueprint.route("/taught-enrollments/<uuid:enrollment_id>/certificate", methods=["POST"])
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, CertificateSchema)
@signed_in
def issue_by_hand(data: dict[str, Any], enrollment_id: UUID) -> Certificate:
    """Issue the certificate of a completed course by hand, to a learner whom one teaches."""
    with transaction() as session:
        return service.issue_by_hand(
            session,
            current_actor(),
            enrollment_id,
            reason=data["reason"],
            issuer=current_issuer(),
            at=clock.now(),
        )


@blueprint.route("/cohorts/<uuid:cohort_id>/certificates", methods=["POST"])
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, CohortIssueSchema)
@signed_in
def issue_for_cohort(data: dict[str, Any], cohort_id: UUID) -> CohortIssue:
    """Issue what is missing in a cohort, so many at a time; ask again until `is_done`."""
    with transaction() as session:
        return service.issue_for_cohort(
            session,
            current_actor(),
            cohort_id,
            reason=data["reason"],
            issuer=current_issuer(),
            most=ISSUED_AT_ONCE,
            at=clock.now(),
        )


@blueprint.route("/verifications", methods=["POST"])
@blueprint.arguments(VerifySchema)
@blueprint.response(200, VerdictSchema)
@public
def verify_text(data: dict[str, Any]) -> Verdict:
    """Check a credential, or the text of a QR code, against this issuer's keys and today's revocations."""
    with snapshot() as session:
        trust = trust_of(session, at=clock.now())
    return verify(data["text"].encode(), trust)


@blueprint.route("/organizations/<uuid:organization_id>/brandings")
@blueprint.response(200, BrandingListSchema)
@signed_in
def list_organization_brandings(organization_id: UUID) -> dict[str, list[Branding]]:
    """Return how an organization's certificates look and looked, for those who administer it."""
    with snapshot() as session:
        organization = access_organization(session, current_actor(), organization_id)
        return {"items": list(list_brandings(session, organization.id))}


@blueprint.route("/organizations/<uuid:organization_id>/brandings", methods=["POST"])
@blueprint.arguments(BrandingInSchema)
@blueprint.response(201, BrandingOutSchema)
@signed_in
@takes_files(MOST_BRANDING_BYTES)
def save_branding(data: dict[str, Any], organization_id: UUID) -> Branding:
    """Store another version of an organization's look. It is in use only once it is put to use."""
    with snapshot() as session:
        access_organization(session, current_actor(), organization_id)
    accent = check_accent(data["accent"])
    logo = check_logo(data["logo"]) if data["logo"] else None
    look = Look(
        accent,
        logo.content if logo else None,
        logo.format if logo else None,
        [
            Signatory(
                person["name"],
                person["role"],
                check_signature_image(person["image"], "signatories").content
                if person["image"]
                else None,
            )
            for person in data["signatories"]
        ],
    )
    with transaction() as session:
        return service.save_branding(
            session, current_actor(), organization_id, data["name"], look, at=clock.now()
        )


@blueprint.route("/brandings/<uuid:branding_id>/use", methods=["PUT"])
@blueprint.response(200, BrandingOutSchema)
@signed_in
def put_branding_to_use(branding_id: UUID) -> Branding:
    """Have new certificates look like this from now on; issued ones stay as they are."""
    with transaction() as session:
        return service.put_branding_to_use(session, current_actor(), branding_id, at=clock.now())
