"""The pages on which a stranger verifies a certificate: by its code, by its file, or without us."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from courseapp.accounts.doors import interface_language, remote_address
from courseapp.core import clock
from courseapp.core.db import snapshot
from courseapp.core.http.access import public
from courseapp.core.http.uploads import takes_files
from courseapp.credentials import offline
from courseapp.credentials.doors import (
    current_issuer,
    deliver,
    look_up,
    offline_bundle,
    signed_revocations,
    trust_of,
)
from courseapp.credentials.errors import CertificateNotFound
from courseapp.credentials.verifying import MOST_BYTES, verify

blueprint = Blueprint("verifying", __name__, template_folder="../templates")


@blueprint.get("/verify")
@public
def verify_form() -> ResponseReturnValue:
    """Ask for the code on a certificate, or for a file, and lead to the answer."""
    typed = request.args.get("code", "").strip()
    if typed:
        return redirect(url_for(".verify_code", code=typed))
    return _form()


@blueprint.get("/verify/file")
@public
def verify_file_form() -> ResponseReturnValue:
    """Ask for the file of a certificate, or the text of its QR code."""
    return render_template("credentials/verify_file.html", verdict=None)


@blueprint.post("/verify/file")
@public
@takes_files(MOST_BYTES)
def verify_file() -> ResponseReturnValue:
    """Check a file, or the text of a QR code, that somebody brings. Nothing of it is kept."""
    upload = request.files.get("file")
    data = upload.read(MOST_BYTES + 1) if upload else b""
    data = data or request.form.get("text", "").encode()
    if not data:
        return render_template("credentials/verify_file.html", verdict=None), 422
    with snapshot() as session:
        trust = trust_of(session, at=clock.now())
    return render_template("credentials/verify_file.html", verdict=verify(data, trust))


@blueprint.get("/verify/<code>")
@public
def verify_code(code: str) -> ResponseReturnValue:
    """Tell a stranger whether a certificate holds, and what it says."""
    try:
        found = look_up(code, remote_address())
    except CertificateNotFound as error:
        return _form(typed=code, error=str(error)), 404
    return render_template("credentials/verify.html", certificate=found)


@blueprint.get("/verify/<code>/credential.json")
@public
def credential(code: str) -> ResponseReturnValue:
    """Send the signed credential, which says the same as the page."""
    return deliver(look_up(code, remote_address()), "credential.json")


@blueprint.get("/verify/offline")
@public
def offline_page() -> ResponseReturnValue:
    """Send the page that checks certificates without us; `?download` to keep it."""
    page = offline.offline_page(offline_bundle(language=interface_language(), at=clock.now()))
    response = Response(page.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = page.content_security_policy
    # It reads QR codes where the browser can.
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    if "download" in request.args:
        host = current_issuer().identity.host.replace(":", "-")
        response.headers["Content-Disposition"] = f'attachment; filename="verify-{host}.html"'
    return response


@blueprint.get("/verify/revocations.jws")
@public
def revocations() -> ResponseReturnValue:
    """Send the signed, dated list of what holds no more."""
    response = Response(signed_revocations(at=clock.now()), mimetype="application/jose")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _form(*, typed: str = "", error: str | None = None) -> str:
    return render_template("credentials/verify_form.html", typed=typed, error=error)
