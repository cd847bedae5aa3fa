"""The steps of signing up and in that pages and API share; what is slow is done outside any transaction."""

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
from courseapp.core.http.addresses import public_url


def open_account(*, email: str, name: str, locale: str, password: str) -> None:
    """Open an account, or mail the owner of the address; raises TooManyRequests."""
    password_hash = passwords.hash_password(password)
    at = clock.now()
    with transaction() as session:
        service.count_public_try(
            session, act="sign-up", address=remote_address(), email=email, at=at
        )
        service.sign_up(
            session,
            email=email,
            name=name,
            locale=locale,
            password_hash=password_hash,
            sign_in_url=public_url("accounts.sign_in"),
            at=at,
        )


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
