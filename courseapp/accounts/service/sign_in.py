"""Signing in, by password for people and by bearer token for programs; and slowing down guessers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from courseapp.accounts.models import AccessToken
from courseapp.accounts.queries import find_credentials
from courseapp.accounts.rules import normalize_email
from courseapp.accounts.types import Actor, Credentials, IssuedToken, PersonId
from courseapp.core import audit, throttle
from courseapp.core.ids import new_token, token_hash
from courseapp.core.throttle import Limit

TOKEN_LASTS: Final = timedelta(days=90)
_QUARTER: Final = timedelta(minutes=15)
_HOUR: Final = timedelta(hours=1)


def begin_sign_in(
    session: Session, *, email: str, address: str, device: str | None, at: datetime
) -> Credentials:
    """Count a try and return what it is checked against; raises TooManyRequests for guessers.

    Strangers are limited by account and by network address. A device from which the owner has signed in
    before has a limit of its own, so that nobody can lock her out by guessing.
    """
    throttle.count_try(session, _limits(email, address, device), at=at)
    return find_credentials(session, email)


def complete_sign_in(session: Session, *, email: str, address: str, device: str | None) -> None:
    """Forget the tries of one who has shown the right password.

    What others have tried for the account, or from the same address, still counts; this try does not.
    """
    own, *shared = _limits(email, address, device)
    throttle.forget_tries(session, [own])
    throttle.take_back_try(session, shared)


def count_public_try(session: Session, *, act: str, address: str, email: str, at: datetime) -> None:
    """Count a try of something open to everybody that makes accounts or sends mail to an address."""
    limits = [
        Limit((act, address), 60, _HOUR),
        Limit((act, "to", normalize_email(email)), 6, _HOUR),
    ]
    throttle.count_try(session, limits, at=at)


def issue_token(session: Session, person_id: PersonId, *, at: datetime) -> IssuedToken:
    """Give a program a bearer token that acts for the person."""
    token = f"ca_{new_token()}"
    row = AccessToken(
        token_hash=token_hash(token),
        person_id=person_id,
        created_at=at,
        expires_at=at + TOKEN_LASTS,
    )
    session.add(row)
    session.flush()
    audit.record(session, "token.issued", "person", person_id, by=person_id, at=at)
    return IssuedToken(token, row.expires_at)


def revoke_token(session: Session, actor: Actor, token: str, *, at: datetime) -> None:
    """End one of the actor's own tokens; ending it again, or one of somebody else's, changes nothing."""
    session.execute(
        update(AccessToken)
        .where(
            AccessToken.token_hash == token_hash(token),
            AccessToken.person_id == actor.id,
            AccessToken.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    audit.record(session, "token.revoked", "person", actor.id, by=actor.id, at=at)


def _limits(email: str, address: str, device: str | None) -> list[Limit]:
    account = normalize_email(email)
    if device:
        return [Limit(("sign-in", account, "device", device), 10, _QUARTER)]
    return [
        Limit(("sign-in", account, "address", address), 5, _QUARTER),
        Limit(("sign-in", account), 30, _HOUR),
        # A union's office may have one address for all.
        Limit(("sign-in", "address", address), 100, _QUARTER),
    ]
