"""How refusals are answered: problem+json (RFC 9457) under /api/, a page everywhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from flask import Flask, Response, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from courseapp.core.errors import DomainError, NotFound, NotSignedIn

PROBLEM_TYPE: Final = "application/problem+json"

log = logging.getLogger(__name__)


def is_api_request() -> bool:
    """Tell whether a program is asking."""
    return request.path.startswith("/api/")


def answer_refusals(app: Flask, sign_in_endpoint: str, ask_no_more: Callable[[], None]) -> None:
    """Register the handlers on the app.

    `ask_no_more` keeps the answer to a failure from asking who is there: that may be what has failed.
    """

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> ResponseReturnValue:
        if isinstance(error, NotSignedIn) and not is_api_request():
            # Only an address that can be opened again is worth coming back to.
            back = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for(sign_in_endpoint, next=back))
        return _answer(error.status, error.code, str(error), error.details, error.headers)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        return _answer(
            400,
            "csrf_failed",
            _(
                "We could not be sure that this came from you. "
                "Go back, reload the page and try again; cookies must be allowed."
            ),
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        if error.code is not None and error.code < 400:  # a redirect of the router
            return error.get_response()
        status = error.code or 500
        details: dict[str, Any] = {}
        data: Mapping[str, Any] = getattr(error, "data", None) or {}
        if "messages" in data:
            details["errors"] = _field_errors(data["messages"])
        headers = dict(error.get_headers() or [])
        kept = {n: value for n, value in headers.items() if n in {"Allow", "Retry-After"}}
        return _answer(status, *_words(status), details, kept)

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def database_busy(error: Exception) -> ResponseReturnValue:
        log.error("the database did not answer", exc_info=error)
        ask_no_more()
        return _answer(
            503,
            "unavailable",
            _("We could not save or read this just now. Please try again in a moment."),
            headers={"Retry-After": "5"},
        )

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.error("unexpected error", exc_info=error)
        ask_no_more()
        return _answer(500, *_words(500))


def refuse_unreadable_addresses(app: Flask) -> None:
    """Answer 404 for an address with a NUL in it, which no database text can hold."""

    @app.before_request
    def check() -> None:
        if "\0" in request.path or "\0" in unquote(request.query_string.decode("latin-1")):
            raise NotFound


def problem_body(
    status: int, code: str, message: str, details: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a problem's members. It names no address, so that all refusals of a kind are the same."""
    return {
        "type": "about:blank",
        "title": message,
        "status": status,
        "code": code,
        **(details or {}),
    }


def _answer(
    status: int,
    code: str,
    message: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    if is_api_request():
        body = json.dumps(problem_body(status, code, message, details))
        response = Response(body, status, mimetype=PROBLEM_TYPE)
    else:
        page = render_template("error.html", status=status, message=message, details=details or {})
        response = Response(page, status, mimetype="text/html")
    response.headers.update(headers or {})
    return response


def _field_errors(messages: Mapping[str, Any]) -> dict[str, Any]:
    """Take away webargs' outer level, the part of the request that the fields came in."""
    found: dict[str, Any] = {}
    for fields in messages.values():
        if isinstance(fields, Mapping):
            found.update({str(name): texts for name, texts in fields.items()})
        else:
            found["_schema"] = fields
    return found


def _words(status: int) -> tuple[str, str]:  # noqa: PLR0911  # a table, one line each
    match status:
        case 400:
            return "bad_request", _("We could not read what was sent.")
        case 404:
            return "not_found", _("We could not find this.")
        case 405:
            return "method_not_allowed", _("This address does not take that kind of request.")
        case 413:
            return "too_large", _("This is too large.")
        case 415:
            return "unsupported_media_type", _("Send JSON (application/json).")
        case 422:
            return "invalid_input", _("Some of what was sent cannot be used.")
        case 500:
            return "internal_error", _(
                "Something went wrong on our side. Your work is saved up to the last step."
            )
        case _:
            return "refused", _("This cannot be done.")
