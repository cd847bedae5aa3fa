"""The steps of a sign-in that pages and API share: count, check outside any transaction, forget the tries."""

from __future__ import annotations

from flask_babel import gettext as _

from courseapp.accounts import passwords, service
from courseapp.accounts.doors import known_device, remote_address
from courseapp.accounts.errors import InvalidCredentials
from courseapp.accounts.queries import get_credentials
from courseapp.accounts.types import Actor, PersonId
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import InvalidInput


def authenticate(email: str, password: str) -> PersonId:
    """Return the person to whom address and password belong.

    Raises InvalidCredentials, after the same work whether the account exists or not, and TooManyRequests.
    """
    address, device = remote_address(), known_device(email)
    with transaction() as session:
        found = service.begin_sign_in(
            session, email=email, address=address, device=device, at=clock.now()
        )
    # Slow on purpose, so outside the transaction: nobody else's write waits for it.
    fits = passwords.verify_password(password, found.password_hash)
    if not fits or found.person_id is None:
        raise InvalidCredentials
    with transaction() as session:
        service.complete_sign_in(session, email=email, address=address, device=device)
    return found.person_id


def confirm_password(actor: Actor, password: str) -> None:
    """Make sure that the person at the keyboard is the one who signed in; raises InvalidInput."""
    with snapshot() as session:
        credentials = get_credentials(session, actor)
    if not passwords.verify_password(password, credentials.password_hash):
        raise InvalidInput({"current_password": [_("This is not your present password.")]})
