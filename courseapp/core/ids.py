"""Identifiers: UUIDv7 for rows, so that two installations can be merged; random tokens for secrets."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new UUIDv7: unique anywhere, and sorted by the time of its making."""
    return uuid7()


def new_token() -> str:
    """Return a secret of 256 random bits that fits into an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the form in which a secret of `new_token` is stored.

    A plain digest is enough: unlike a password, 256 random bits cannot be guessed from it.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def parse_id(text: str) -> UUID | None:
    """Return the id that the text spells, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
