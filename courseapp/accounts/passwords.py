"""Passwords by argon2id, with the parameters that OWASP recommends (19 MiB, two passes, one lane)."""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked against when there is no such account, so that the answer takes the same time.
_NOBODYS_HASH: Final = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return what is stored of a password. Slow on purpose: call it outside any transaction."""
    return _hasher.hash(_normalized(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """Tell whether the password fits; with None it works as long and says no."""
    try:
        fits = _hasher.verify(password_hash or _NOBODYS_HASH, _normalized(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and password_hash is not None


def _normalized(password: str) -> str:
    # The same letters typed on another phone may arrive in another Unicode form (RFC 8265).
    return unicodedata.normalize("NFC", password)
