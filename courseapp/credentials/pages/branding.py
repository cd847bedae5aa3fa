"""How an organization's certificates look: a form, a preview, and the moment from which it holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.accounts.queries import access_organization
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import InvalidInput
from courseapp.core.http.access import signed_in
from courseapp.core.http.forms import Form, read_form
from courseapp.core.http.uploads import takes_files
from courseapp.credentials import service
from courseapp.credentials.artwork import check_logo, check_signature_image
from courseapp.credentials.branding import Branding
from courseapp.credentials.colours import check_accent
from courseapp.credentials.doors import MOST_BRANDING_BYTES, current_issuer
from courseapp.credentials.looks import STANDARD_LOOK, Look, Signatory
from courseapp.credentials.pdf import Printable, certificate_pdf, certificate_png
from courseapp.credentials.queries import access_branding, list_brandings
from courseapp.credentials.rules import format_code
from courseapp.credentials.schemas import BrandingSchema
from courseapp.credentials.types import Statement

SIGNATORIES: Final = (1, 2)
PREVIEW_WIDTH: Final = 1200

blueprint = Blueprint("branding", __name__, template_folder="../templates")


@blueprint.get("/organizations/<uuid:organization_id>/branding")
@signed_in
def organization(organization_id: UUID) -> ResponseReturnValue:
    """Show how an organization's certificates look, and looked, with a form for another version."""
    return _page(organization_id, Form())


@blueprint.post("/organizations/<uuid:organization_id>/branding")
@signed_in
@takes_files(MOST_BRANDING_BYTES)
def save(organization_id: UUID) -> ResponseReturnValue:
    """Store another version, and lead to its preview; nothing is in use yet."""
    actor = current_actor()
    before = _newest_look(organization_id)
    form = read_form(BrandingSchema())
    if form.errors:
        return _page(organization_id, form), 422
    try:
        look = _look_of(form, before)
    except InvalidInput as error:
        return _page(organization_id, form.with_errors(error)), 422
    with transaction() as session:
        saved = service.save_branding(
            session, actor, organization_id, form.data["name"], look, at=clock.now()
        )
    return redirect(url_for(".preview", branding_id=saved.id))


@blueprint.get("/branding/<uuid:branding_id>")
@signed_in
def preview(branding_id: UUID) -> ResponseReturnValue:
    """Show a version on a specimen, with the button that puts it to use."""
    with snapshot() as session:
        found = access_branding(session, current_actor(), branding_id)
    return render_template("credentials/branding/preview.html", branding=found)


@blueprint.get("/branding/<uuid:branding_id>/specimen.<kind>")
@signed_in
def specimen(branding_id: UUID, kind: str) -> ResponseReturnValue:
    """Send the specimen as a picture or as a PDF."""
    with snapshot() as session:
        found = access_branding(session, current_actor(), branding_id)
    printable = _specimen(found)
    if kind == "pdf":
        return Response(certificate_pdf(printable).content, mimetype="application/pdf")
    response = Response(certificate_png(printable, PREVIEW_WIDTH), mimetype="image/png")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.post("/branding/<uuid:branding_id>/use")
@signed_in
def use(branding_id: UUID) -> ResponseReturnValue:
    """Have new certificates look like this from now on."""
    with transaction() as session:
        found = service.put_branding_to_use(session, current_actor(), branding_id, at=clock.now())
    flash(
        _("New certificates look like this from now on. Those that were issued stay as they are.")
    )
    return redirect(url_for(".organization", organization_id=found.organization_id))


def _page(organization_id: UUID, form: Form) -> str:
    with snapshot() as session:
        found = access_organization(session, current_actor(), organization_id)
        versions = list_brandings(session, found.id)
    if not form.values:
        form = Form(values=_typed(versions[0] if versions else None, found.name))
    return render_template(
        "credentials/branding/organization.html",
        organization=found,
        versions=versions,
        form=form,
        signatories=SIGNATORIES,
    )


def _typed(branding: Branding | None, name: str) -> dict[str, str]:
    """Return the newest version as the form shows it."""
    if branding is None:
        return {"name": name, "accent": STANDARD_LOOK.accent}
    values = {"name": branding.name, "accent": branding.look.accent}
    for number, person in zip(SIGNATORIES, branding.look.signatories, strict=False):
        values |= {f"signatory_{number}": person.name, f"role_{number}": person.role}
    return values


def _newest_look(organization_id: UUID) -> Look:
    """Return the newest version's look: pictures that are not sent again are taken from it.

    Raises OrganizationNotFound.
    """
    with snapshot() as session:
        found = access_organization(session, current_actor(), organization_id)
        versions = list_brandings(session, found.id, most=1)
    return versions[0].look if versions else STANDARD_LOOK


def _look_of(form: Form, before: Look) -> Look:
    """Return the look that a form asks for; raises InvalidInput."""
    accent = check_accent(form.data["accent"])
    logo, logo_format = before.logo, before.logo_format
    if form.data.get("without_logo"):
        logo = logo_format = None
    if data := _upload("logo"):
        artwork = check_logo(data)
        logo, logo_format = artwork.content, artwork.format
    images = {person.name: person.image for person in before.signatories}
    people = []
    for number in SIGNATORIES:
        name = form.data.get(f"signatory_{number}", "")
        if not name:
            continue
        data = _upload(f"signature_{number}")
        image = (
            check_signature_image(data, f"signature_{number}").content if data else images.get(name)
        )
        people.append(Signatory(name, form.data.get(f"role_{number}", ""), image))
    return Look(accent, logo, logo_format, people)


def _upload(name: str) -> bytes:
    file = request.files.get(name)
    return file.read() if file else b""


def _specimen(branding: Branding) -> Printable:
    """Return what a certificate would look like, with words that name nobody."""
    identity = current_issuer().identity
    code = "0" * 21
    day = date(2026, 1, 1)
    url = f"{identity.base_url}/verify/{format_code(code)}"
    statement = Statement(
        code=code,
        holder=_("Name of the holder"),
        course=_("Title of the course"),
        course_key="",
        course_version=1,
        course_digest="",
        modules=[_("First module"), _("Second module"), _("Third module")],
        hours=10,
        completed_on=day,
        issued_at=datetime.combine(day, datetime.min.time(), clock.now().tzinfo),
        issuer=branding.name,
        language=reading_language(),
        title=_("Certificate of completion"),
        statement=_("has completed the course"),
        notice="",
        verify_url=url,
    )
    return Printable(statement, url, None, branding.look, specimen=True)
