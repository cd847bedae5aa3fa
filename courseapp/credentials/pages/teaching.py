"""What trainers and administrators do with certificates: look them through, issue, reissue, revoke, print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.accounts.queries import list_administered_organizations, list_names
from courseapp.accounts.types import PersonId
from courseapp.catalog.queries import get_current_course, list_courses
from courseapp.cohorts.queries import (
    access_cohort,
    access_taught_enrollment,
    find_enrollments,
    list_taught_cohorts,
    list_taught_enrollments,
    select_cohort_enrollments,
    teaches,
)
from courseapp.cohorts.types import Enrollment
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import DomainError, NotFound
from courseapp.core.http.access import signed_in
from courseapp.core.http.forms import Form, read_form
from courseapp.core.paging import parse_page_request
from courseapp.credentials import service
from courseapp.credentials.doors import ISSUED_AT_ONCE, current_issuer
from courseapp.credentials.errors import CertificateNotFound
from courseapp.credentials.pdf import Printable, certificates_sheet_pdf
from courseapp.credentials.queries import (
    access_taught_certificate,
    list_certificates_of,
    looks_of,
)
from courseapp.credentials.rules import format_code
from courseapp.credentials.schemas import ReasonSchema
from courseapp.credentials.types import Certificate, CertificateStatus

# A sheet is set in memory.
MOST_ON_A_SHEET: Final = 300

blueprint = Blueprint("teaching_certificates", __name__, template_folder="../templates")


@blueprint.get("/teaching/certificates")
@signed_in
def index() -> ResponseReturnValue:
    """Show the cohorts and courses whose certificates one may look through."""
    actor = current_actor()
    with snapshot() as session:
        if not teaches(session, actor):
            raise NotFound
        cohorts = list_taught_cohorts(session, actor)
        organizations = list_administered_organizations(session, actor)
        courses = list_courses(session, reading_language())
    return render_template(
        "credentials/teaching/index.html",
        cohorts=cohorts,
        organizations=organizations,
        courses=courses,
    )


@blueprint.get("/teaching/cohorts/<uuid:cohort_id>/certificates")
@signed_in
def cohort(cohort_id: UUID) -> ResponseReturnValue:
    """List who of a cohort has completed the course, with their certificates."""
    return _cohort_page(cohort_id, Form())


@blueprint.post("/teaching/cohorts/<uuid:cohort_id>/certificates")
@signed_in
def issue_for_cohort(cohort_id: UUID) -> ResponseReturnValue:
    """Issue what is missing, some at a time; the page says how far it is and goes on."""
    form = read_form(ReasonSchema())
    if form.errors:
        return _cohort_page(cohort_id, form), 422
    with transaction() as session:
        progress = service.issue_for_cohort(
            session,
            current_actor(),
            cohort_id,
            reason=form.data["reason"],
            issuer=current_issuer(),
            most=ISSUED_AT_ONCE,
            at=clock.now(),
        )
    if progress.is_done:
        flash(_("Everybody who completed the course has a certificate."))
        return redirect(url_for(".cohort", cohort_id=cohort_id))
    return render_template(
        "credentials/teaching/progress.html",
        progress=progress,
        cohort_id=cohort_id,
        reason=form.data["reason"],
    )


@blueprint.get("/teaching/cohorts/<uuid:cohort_id>/certificates.pdf")
@signed_in
def sheet(cohort_id: UUID) -> ResponseReturnValue:
    """Send all certificates of a cohort that hold, as one PDF."""
    with snapshot() as session:
        found = access_cohort(session, current_actor(), cohort_id)
        certificates = [
            certificate
            for certificate in list_certificates_of(
                session, select_cohort_enrollments(found.id, completed=True)
            )
            if certificate.statement is not None
            and certificate.status is CertificateStatus.VALID
            and not certificate.module_key
        ][:MOST_ON_A_SHEET]
        looks = looks_of(session, certificates)
    if not certificates:
        raise CertificateNotFound
    printables = [
        Printable(certificate.statement, certificate.qr_text, None, looks[certificate.id])
        for certificate in certificates
        if certificate.statement is not None
    ]
    pdf = certificates_sheet_pdf(printables, title=found.name, language=reading_language())
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="certificates.pdf"'
    return response


@blueprint.get("/teaching/courses/<course_key>/certificates")
@signed_in
def course(course_key: str) -> ResponseReturnValue:
    """List one's learners in a course, alone or in cohorts, with their certificates."""
    actor = current_actor()
    page_request = parse_page_request(request.args.get("cursor"), 50)
    with snapshot() as session:
        if not teaches(session, actor):
            raise NotFound
        found = get_current_course(session, course_key, reading_language())
        page = list_taught_enrollments(session, actor, found.id, page_request)
        names = list_names(session, [e.person_id for e in page.items])
        certificates = list_certificates_of(session, [e.id for e in page.items])
    return render_template(
        "credentials/teaching/course.html",
        course=found,
        rows=_rows(page.items, names, certificates),
        next_cursor=page.next_cursor,
    )


@blueprint.post("/teaching/enrollments/<uuid:enrollment_id>/certificate")
@signed_in
def issue(enrollment_id: UUID) -> ResponseReturnValue:
    """Issue one certificate by hand, with a reason."""
    form = read_form(ReasonSchema())
    if form.errors:
        return _learner_page(enrollment_id, form), 422
    with transaction() as session:
        certificate = service.issue_by_hand(
            session,
            current_actor(),
            enrollment_id,
            reason=form.data["reason"],
            issuer=current_issuer(),
            at=clock.now(),
        )
    flash(_("The certificate is issued."))
    return redirect(url_for(".certificate", code=format_code(certificate.code)))


@blueprint.get("/teaching/enrollments/<uuid:enrollment_id>/certificate")
@signed_in
def learner(enrollment_id: UUID) -> ResponseReturnValue:
    """Show a learner's certificates, with a form to issue the one that is missing."""
    return _learner_page(enrollment_id, Form())


@blueprint.get("/teaching/certificates/<code>")
@signed_in
def certificate(code: str) -> ResponseReturnValue:
    """Show a certificate with the forms to revoke it or to issue it anew."""
    return _certificate_page(code, Form())


@blueprint.post("/teaching/certificates/<code>/revocation")
@signed_in
def revoke(code: str) -> ResponseReturnValue:
    """Revoke a certificate; everybody who verifies it reads the reason."""
    form = read_form(ReasonSchema())
    if form.errors:
        return _certificate_page(code, form, "revoke"), 422
    with transaction() as session:
        service.revoke_certificate(
            session, current_actor(), code, reason=form.data["reason"], at=clock.now()
        )
    flash(_("The certificate is revoked."))
    return redirect(url_for(".certificate", code=code))


@blueprint.post("/teaching/certificates/<code>/replacement")
@signed_in
def reissue(code: str) -> ResponseReturnValue:
    """Issue a certificate anew, with the name that the holder has now."""
    form = read_form(ReasonSchema())
    if form.errors:
        return _certificate_page(code, form, "reissue"), 422
    with transaction() as session:
        new = service.reissue_certificate(
            session,
            current_actor(),
            code,
            reason=form.data["reason"],
            issuer=current_issuer(),
            at=clock.now(),
        )
    flash(_("The certificate is issued anew; the old one says so."))
    return redirect(url_for(".certificate", code=format_code(new.code)))


def _cohort_page(cohort_id: UUID, form: Form) -> str:
    with snapshot() as session:
        actor = current_actor()
        found = access_cohort(session, actor, cohort_id)
        ids = list(session.scalars(select_cohort_enrollments(found.id, completed=True)))
        enrollments = find_enrollments(session, ids)
        names = list_names(session, [e.person_id for e in enrollments.values()])
        certificates = list_certificates_of(session, ids)
    rows = _rows([enrollments[i] for i in ids], names, certificates)
    return render_template(
        "credentials/teaching/cohort.html",
        cohort=found,
        rows=rows,
        missing=sum(not its for _enrollment, _name, its in rows),
        form=form,
    )


def _learner_page(enrollment_id: UUID, form: Form) -> str:
    with snapshot() as session:
        enrollment = access_taught_enrollment(session, current_actor(), enrollment_id)
        name = list_names(session, [enrollment.person_id])[enrollment.person_id]
        certificates = list_certificates_of(session, [enrollment.id])
    return render_template(
        "credentials/teaching/learner.html",
        enrollment=enrollment,
        name=name,
        certificates=certificates[::-1],
        lacks_one=not any(
            not found.module_key and found.status is CertificateStatus.VALID
            for found in certificates
        ),
        form=form,
    )


def _certificate_page(code: str, form: Form, about: str = "") -> str:
    with snapshot() as session:
        try:
            found = access_taught_certificate(session, current_actor(), code)
        except DomainError:
            # Whose it is shall not be learnt from how it is refused.
            raise CertificateNotFound from None
        names = list_names(session, [found.person_id] if found.person_id else [])
    return render_template(
        "credentials/teaching/certificate.html",
        certificate=found,
        name=names[found.person_id] if found.person_id else "",
        form=form,
        about=about,
    )


def _rows(
    enrollments: Sequence[Enrollment],
    names: Mapping[PersonId, str],
    certificates: Sequence[Certificate],
) -> list[tuple[Enrollment, str, list[Certificate]]]:
    its: dict[UUID, list[Certificate]] = {}
    for found in certificates:
        if found.enrollment_id is not None and not found.module_key:
            its.setdefault(found.enrollment_id, []).insert(0, found)
    return [(e, names[e.person_id], its.get(e.id, [])) for e in enrollments]
