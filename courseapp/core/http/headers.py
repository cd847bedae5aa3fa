"""Headers that every answer carries: security, caching, validators."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

from courseapp.core.http.static_files import never_changes_here

# Everything comes from this site; no inline script or style, no frame, no plug-in.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ONE_YEAR: Final = 31_536_000


def add_headers(app: Flask, *, serves_tls: bool) -> None:
    """Register what completes every answer."""

    @app.after_request
    def complete(response: Response) -> Response:
        headers = response.headers
        # A page that is complete in itself brings a policy of its own, no wider than this one.
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        # Addresses of this site may hold a one-time secret: nobody else is told them.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if serves_tls:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
        _set_caching(response)
        return response


def _set_caching(response: Response) -> None:
    if request.endpoint == "static":
        fixed = response.status_code == 200 and never_changes_here()
        response.headers["Cache-Control"] = (
            f"public, max-age={ONE_YEAR}, immutable" if fixed else "no-cache"
        )
        # Flask-Compress has no gzip for what is streamed, and leaves the file open. The files are small.
        response.direct_passthrough = False
        response.make_sequence()
        return
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language", "Authorization"))
    is_page = request.method in {"GET", "HEAD"} and response.status_code == 200
    if is_page and not response.is_streamed and "ETag" not in response.headers:
        # A page read again over a bad connection costs a few hundred bytes when nothing has changed.
        response.add_etag()
        # For answers that go out as they are; Flask-Compress does the same for those that it compresses.
        response.make_conditional(request)
