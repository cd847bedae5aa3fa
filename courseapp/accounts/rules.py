"""Pure decisions about accounts: what an address, a name and a password may be."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from flask_babel import lazy_gettext as _l

LEAST_PASSWORD_LENGTH: Final = 10
MOST_PASSWORD_LENGTH: Final = 200
LEAST_DISTINCT_CHARACTERS: Final = 5
MOST_NAME_LENGTH: Final = 200
MOST_EMAIL_LENGTH: Final = 254

# One @, something on both sides, no spaces or control characters; the rest is for the mail server to say.
_EMAIL: Final = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]+"
)
# The marks that turn the direction of all text after them around.
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Passwords that stand near the top of every published list of stolen ones, ten characters or longer.
_COMMON: Final = frozenset(
    {
        "1234567890",
        "12345678910",
        "123456789a",
        "0123456789",
        "0987654321",
        "9876543210",
        "1q2w3e4r5t",
        "1q2w3e4r5t6y",
        "qwertyuiop",
        "qwerty12345",
        "qwerty123456",
        "qwertyuiop123",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "iloveyou123",
        "abcdefghij",
        "abc1234567",
        "asdfghjkl1",
        "zxcvbnm123",
        "changeme123",
        "welcome123",
        "letmein1234",
        "football123",
    }
)


def normalize_email(text: str) -> str:
    """Return the form by which an address is known: composed, trimmed, in small letters.

    The part before the @ could be case-sensitive (RFC 5321); in practice it is not, and people type it
    either way.
    """
    return unicodedata.normalize("NFC", text).strip().lower()


def email_problem(email: str) -> Any | None:
    """Return what is wrong with a normalized address, or None."""
    if len(email) > MOST_EMAIL_LENGTH or not _EMAIL.fullmatch(email) or not _is_printable(email):
        return _l("Enter an e-mail address such as name@example.org.")
    return None


def normalize_name(text: str) -> str:
    """Return a name with single spaces between its parts, otherwise as its bearer writes it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_problem(name: str) -> Any | None:
    """Return what is wrong with a normalized name, or None."""
    if not name:
        return _l("Enter your name as it should stand on the certificate.")
    if len(name) > MOST_NAME_LENGTH:
        return _l("Use at most %(most)s characters.", most=MOST_NAME_LENGTH)
    if not _is_printable(name):
        return _l("This name has a character that cannot be printed.")
    return None


def _is_printable(text: str) -> bool:
    """Tell whether a text has no control, private-use, unassigned or direction-turning characters."""
    return not any(
        unicodedata.category(character) in {"Cc", "Co", "Cn", "Cs"} or character in _TURNS
        for character in text
    )


def is_storable(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: JSON can carry halves of characters that cannot."""
    return not any(unicodedata.category(character) == "Cs" for character in text)


def password_problem(password: str, *, email: str) -> Any | None:
    """Return what is wrong with a new password, or None.

    Length counts, composition does not (NIST SP 800-63B, section 5.1.1.2): no rule asks for digits or signs.
    """
    if len(password) < LEAST_PASSWORD_LENGTH:
        return _l("Use at least %(least)s characters.", least=LEAST_PASSWORD_LENGTH)
    if len(password) > MOST_PASSWORD_LENGTH:
        return _l("Use at most %(most)s characters.", most=MOST_PASSWORD_LENGTH)
    if not is_storable(password):
        return _l("This password has a character that cannot be used.")
    lowered = password.lower()
    if (
        lowered in _COMMON
        or len(set(lowered)) < LEAST_DISTINCT_CHARACTERS
        or (email and lowered in {email, email.partition("@")[0]})
    ):
        return _l(
            "This password is easy to guess. Use a few words that only you would put together."
        )
    return None
