"""The holder's pages: what is missing, her certificates, and every form in which she takes them away."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courseapp.accounts import service as accounts
from courseapp.accounts.doors import current_actor, reading_language
from courseapp.accounts.queries import get_actor, is_name_confirmed
from courseapp.catalog.queries import get_current_course
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import InvalidInput, NotFound
from courseapp.core.http.access import public, signed_in
from courseapp.core.http.addresses import public_url
from courseapp.core.http.forms import Form, read_form
from courseapp.credentials import service
from courseapp.credentials.doors import FORMS, current_issuer, deliver, pdf_of
from courseapp.credentials.errors import CertificateNotFound
from courseapp.credentials.queries import (
    access_certificate,
    find_certificate,
    find_share_token,
    get_shared_certificate,
    list_certificates,
    was_revoked,
)
from courseapp.credentials.rules import format_code
from courseapp.credentials.schemas import NameSchema
from courseapp.credentials.types import Certificate, CertificateStatus
from courseapp.learning.queries import find_learner_course
from courseapp.learning.types import LearnerCourse

LINKEDIN: Final = "https://www.linkedin.com/profile/add"

blueprint = Blueprint("credentials", __name__, template_folder="../templates")
blueprint.app_template_filter("certificate_code")(format_code)


@blueprint.get("/certificates")
@signed_in
def certificates() -> ResponseReturnValue:
    """List one's own certificates."""
    with snapshot() as session:
        found = list_certificates(session, current_actor())
    return render_template("credentials/certificates.html", certificates=found[::-1])


@blueprint.get("/certificates/<code>")
@signed_in
def own_certificate(code: str) -> ResponseReturnValue:
    """Show one of one's own certificates, with all that can be done with it."""
    with snapshot() as session:
        found = access_certificate(session, current_actor(), code)
        token = find_share_token(session, found.id)
    return render_template(
        "credentials/own_certificate.html",
        certificate=found,
        share_url=token and public_url("credentials.shared", token=token),
        linkedin_url=linkedin_url(found),
    )


@blueprint.get("/certificates/<code>/<form>")
@signed_in
def download(code: str, form: str) -> ResponseReturnValue:
    """Send one of one's own certificates in one of its forms: PDF, credential, or badge."""
    if form not in FORMS:
        raise NotFound
    with snapshot() as session:
        found = access_certificate(session, current_actor(), code)
    return deliver(found, form)


@blueprint.post("/certificates/<code>/sharing")
@signed_in
def share(code: str) -> ResponseReturnValue:
    """Make an address under which others see the certificate, or take it away."""
    actor, at = current_actor(), clock.now()
    with transaction() as session:
        if request.form.get("share") == "no":
            service.stop_sharing(session, actor, code, at=at)
        else:
            service.start_sharing(session, actor, code, at=at)
    return redirect(url_for(".own_certificate", code=code))


@blueprint.post("/certificates/<code>/mail")
@signed_in
def mail(code: str) -> ResponseReturnValue:
    """Send the PDF to the holder's own address."""
    actor = current_actor()
    with snapshot() as session:
        found = access_certificate(session, actor, code)
    pdf = pdf_of(found)
    with transaction() as session:
        service.mail_certificate(session, actor, code, pdf, at=clock.now())
    flash(_("It is on its way to %(email)s.", email=actor.email))
    return redirect(url_for(".own_certificate", code=code))


@blueprint.get("/shared/<token>")
@public
def shared(token: str) -> ResponseReturnValue:
    """Show a certificate to whoever got the address from its holder."""
    with snapshot() as session:
        found = get_shared_certificate(session, token)
    response = Response(render_template("credentials/shared.html", certificate=found))
    # The address is a secret between the holder and whoever she gave it to.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/courses/<course_key>/certificate")
@signed_in
def certificate(course_key: str) -> ResponseReturnValue:
    """Show one's own certificate of a course, or what is left to do for it."""
    return _course_page(course_key, Form())


@blueprint.post("/courses/<course_key>/certificate")
@signed_in
def claim_certificate(course_key: str) -> ResponseReturnValue:
    """Take the name that the holder confirms, and issue the certificate of a completed course."""
    learner, _found = _learner_and_certificate(course_key)
    if learner is None or learner.enrollment.completed_at is None:
        return redirect(url_for(".certificate", course_key=course_key))
    form = read_form(NameSchema())
    try:
        with transaction() as session:
            actor = current_actor()
            if "name" in form.data:
                accounts.confirm_name(session, actor, form.data["name"], at=clock.now())
                actor = get_actor(session, actor.id)
            service.claim_certificate(
                session, actor, learner.enrollment.id, issuer=current_issuer(), at=clock.now()
            )
    except InvalidInput as error:
        return make_response(_course_page(course_key, form.with_errors(error)), 422)
    return redirect(url_for(".certificate", course_key=course_key))


@blueprint.get("/courses/<course_key>/certificate.pdf")
@signed_in
def download_certificate(course_key: str) -> ResponseReturnValue:
    """Send one's own certificate of a course as a PDF."""
    _learner, found = _learner_and_certificate(course_key)
    if found is None:
        raise CertificateNotFound
    return deliver(found, "certificate.pdf")


def linkedin_url(certificate: Certificate) -> str:
    """Return the address that fills in LinkedIn's form for a certification; nothing is sent before.

    Empty for what holds no more.
    """
    statement = certificate.statement
    if statement is None or certificate.status is not CertificateStatus.VALID:
        return ""
    return f"{LINKEDIN}?" + urlencode(
        {
            "startTask": "CERTIFICATION_NAME",
            "name": statement.module or statement.course,
            "organizationName": statement.issuer,
            "issueYear": statement.issued_at.year,
            "issueMonth": statement.issued_at.month,
            "certUrl": statement.verify_url,
            "certId": format_code(certificate.code),
        }
    )


def _course_page(course_key: str, form: Form) -> ResponseReturnValue:
    learner, found = _learner_and_certificate(course_key)
    if learner is None:
        return redirect(url_for("learning.course", course_key=course_key))
    revoked, confirmed = False, True
    if found is None and learner.enrollment.completed_at is not None:
        with snapshot() as session:
            revoked = was_revoked(session, learner.enrollment.id)
            confirmed = is_name_confirmed(session, current_actor().id)
    return render_template(
        "credentials/certificate.html",
        learner=learner,
        course=learner.course,
        certificate=found,
        revoked=revoked,
        name_confirmed=confirmed,
        form=form if form.values else Form(values={"name": current_actor().name}),
    )


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
