"""The certificate's page and PDF, and the page on which a stranger verifies one."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.catalog.queries import get_current_course
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import NotFound
from courseapp.core.http.access import public, signed_in
from courseapp.credentials import service
from courseapp.credentials.doors import current_issuer
from courseapp.credentials.errors import CertificateNotFound
from courseapp.credentials.pdf import certificate_pdf
from courseapp.credentials.queries import find_certificate, get_certificate_by_code, was_revoked
from courseapp.credentials.rules import format_code
from courseapp.credentials.types import Certificate
from courseapp.learning.queries import find_learner_course
from courseapp.learning.types import LearnerCourse

blueprint = Blueprint("credentials", __name__, template_folder="templates")
blueprint.app_template_filter("certificate_code")(format_code)


@blueprint.get("/courses/<course_key>/certificate")
@signed_in
def certificate(course_key: str) -> ResponseReturnValue:
    """Show one's own certificate, or what is left to do for it."""
    learner, found = _learner_and_certificate(course_key)
    if learner is None:
        return redirect(url_for("learning.course", course_key=course_key))
    revoked = False
    if found is None and learner.enrollment.completed_at is not None:
        with snapshot() as session:
            revoked = was_revoked(session, learner.enrollment.id)
    return render_template(
        "credentials/certificate.html",
        learner=learner,
        course=learner.course,
        certificate=found,
        revoked=revoked,
    )


@blueprint.post("/courses/<course_key>/certificate")
@signed_in
def claim_certificate(course_key: str) -> ResponseReturnValue:
    """Issue the certificate of a completed course that has none, after a repair for example."""
    learner, _found = _learner_and_certificate(course_key)
    if learner is not None and learner.enrollment.completed_at is not None:
        with transaction() as session:
            service.claim_certificate(
                session,
                current_actor(),
                learner.enrollment.id,
                issuer=current_issuer(),
                at=clock.now(),
            )
    return redirect(url_for(".certificate", course_key=course_key))


@blueprint.get("/courses/<course_key>/certificate.pdf")
@signed_in
def download_certificate(course_key: str) -> ResponseReturnValue:
    """Send one's own certificate as a PDF."""
    _learner, found = _learner_and_certificate(course_key)
    if found is None or found.statement is None:
        raise NotFound
    response = Response(certificate_pdf(found.statement), mimetype="application/pdf")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="certificate-{format_code(found.code)}.pdf"'
    )
    return response


@blueprint.get("/verify")
@public
def verify_form() -> ResponseReturnValue:
    """Ask for the code on a certificate, and lead to its page."""
    typed = request.args.get("code", "").strip()
    if typed:
        return redirect(url_for(".verify", code=typed))
    return render_template("credentials/verify_form.html", typed="", error=None)


@blueprint.get("/verify/<code>")
@public
def verify(code: str) -> ResponseReturnValue:
    """Tell a stranger whether a certificate holds, and what it says."""
    try:
        with snapshot() as session:
            found = get_certificate_by_code(session, code)
    except CertificateNotFound as error:
        page = render_template("credentials/verify_form.html", typed=code, error=str(error))
        return page, 404
    return render_template("credentials/verify.html", certificate=found)


def _learner_and_certificate(
    course_key: str,
) -> tuple[LearnerCourse | None, Certificate | None]:
    actor = current_actor()
    with snapshot() as session:
        course = get_current_course(session, course_key, reading_language())
        learner = find_learner_course(session, actor, course.id, reading_language())
        if learner is None:
            return None, None
        return learner, find_certificate(session, learner.enrollment.id)
