"""Refusals: what the product will not do, each with an HTTP status, a stable code and a sentence.

Services raise them; `core.http.problems` turns them into problem+json or an error page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A refusal. Subclasses set status, code and message."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    message: ClassVar[Any] = _l("This cannot be done.")

    def __init__(self, **details: Any) -> None:
        """Keep the details that the answer carries beside the message."""
        super().__init__(self.code)
        self.details = details

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the HTTP headers that belong to this refusal."""
        return {}

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    """There is no such thing, or not for this person: the two look the same."""

    status = 404
    code = "not_found"
    message = _l("We could not find this.")


class NotSignedIn(DomainError):
    """The act needs a person, and the request brings none."""

    status = 401
    code = "not_signed_in"
    message = _l("Please sign in first.")

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class InvalidInput(DomainError):
    """Some fields cannot be used; `errors` has the sentences by field."""

    status = 422
    code = "invalid_input"
    message = _l("Some of what was sent cannot be used.")

    def __init__(self, errors: Mapping[str, Sequence[Any]]) -> None:
        """Keep the sentences, by the name of the field."""
        super().__init__(errors={name: [str(s) for s in texts] for name, texts in errors.items()})


class IdInUse(DomainError):
    """A client chose an id that names something else already."""

    status = 409
    code = "id_in_use"
    message = _l("This id is in use already. Send a new one.")


class TooManyRequests(DomainError):
    """Somebody is guessing, or a button is stuck: wait `retry_after` seconds."""

    status = 429
    code = "too_many_requests"
    message = _l("Too many tries. Please wait a little and try again.")

    def __init__(self, *, retry_after: int) -> None:
        """Keep the number of seconds to wait."""
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}
