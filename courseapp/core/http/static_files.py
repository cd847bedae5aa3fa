"""Static files: their addresses carry a digest, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class SessionsOfPages(SecureCookieSessionInterface):
    """Sessions by cookie, for everything but static files.

    With one, an answer varies by the cookie: browsers would fetch the style sheet anew after every sign-in.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session into the cookie, if it has changed."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def static_address(filename: str) -> str:
    """Return a static file's address with its digest."""
    return url_for("static", filename=filename, v=_digest_of(_path(filename)))


def never_changes_here() -> bool:
    """Tell whether the file that is being sent is the one that its address names.

    While a new release is installed, a page and a file can come from two releases for a moment.
    """
    filename: str = (request.view_args or {})["filename"]
    return request.args.get("v") == _digest_of(_path(filename))


def _path(filename: str) -> Path:
    return Path(str(current_app.static_folder)) / filename


@cache
def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
