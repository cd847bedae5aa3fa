"""Protection against forged requests: by Flask-WTF's CSRFProtect, wherever a cookie speaks for a person."""

from __future__ import annotations

from typing import Final

from flask import Flask, request, session
from flask_wtf.csrf import CSRFProtect, generate_csrf

from courseapp.core.http.problems import is_api_request

_SIGNED_TOKEN: Final = "csrf_signed"  # the name of a session entry, not a secret  # noqa: S105


def protect_from_forgery(app: Flask) -> None:
    """Check every unsafe request of a page, and those of the API that come with a session cookie.

    A bearer token is not sent by a browser on its own, so programs need no CSRF token.
    """
    protection = CSRFProtect()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # Valid as long as the session: a learner may leave a quiz open overnight.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    protection.init_app(app)
    # Where Flask-WTF puts its own: for macros, and for pages.
    app.jinja_env.globals["csrf_token"] = _stable_token
    app.context_processor(lambda: {"csrf_token": _stable_token})

    @app.before_request
    def check() -> None:
        if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"} or request.endpoint is None:
            return
        if is_api_request() and ("Authorization" in request.headers or "_user_id" not in session):
            return
        protection.protect()


def _stable_token() -> str:
    """Return the session's token, the same on every page, so that an unchanged page keeps its ETag."""
    token: str | None = session.get(_SIGNED_TOKEN)
    if token is None:
        token = generate_csrf()
        session[_SIGNED_TOKEN] = token
    return token
