"""Who may use a view. Every view says so; one that does not is refused to everybody.

`@public` is open to all, `@signed_in` needs a person. What that person may see of a particular thing is
decided by the `access_...` function of its feature.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, request

from courseapp.core.errors import NotSignedIn

View = TypeVar("View", bound=Callable[..., Any])

ACCESS_MARK: Final = "courseapp_access"
PUBLIC: Final = "public"
SIGNED_IN: Final = "signed_in"
# Flask's own file view, and the OpenAPI document that flask-smorest serves, cannot be decorated.
_PUBLIC_ENDPOINTS: Final = frozenset({"static", "api-docs.openapi_json"})


def public(view: View) -> View:
    """Mark a view that everybody may use."""
    setattr(view, ACCESS_MARK, PUBLIC)
    return view


def signed_in(view: View) -> View:
    """Mark a view that needs a signed-in person."""
    setattr(view, ACCESS_MARK, SIGNED_IN)
    return view


def declared_access(app: Flask, endpoint: str) -> str | None:
    """Return what an endpoint's view declares, or None when it declares nothing."""
    if endpoint in _PUBLIC_ENDPOINTS:
        return PUBLIC
    access: str | None = getattr(app.view_functions[endpoint], ACCESS_MARK, None)
    return access


def enforce_access(app: Flask, is_signed_in: Callable[[], bool]) -> None:
    """Check every request against what its view declares, before the view runs."""

    @app.before_request
    def check() -> None:
        if request.endpoint is None or request.endpoint in _PUBLIC_ENDPOINTS:
            return
        # Who is asking is looked up now, in a transaction of its own: a public view asks for it too,
        # and would do so inside the transaction that it has opened.
        somebody = is_signed_in()
        access = declared_access(app, request.endpoint)
        if access == PUBLIC:
            return
        if access != SIGNED_IN:
            raise RuntimeError(f"{request.endpoint} does not declare who may use it")
        if not somebody:
            raise NotSignedIn
