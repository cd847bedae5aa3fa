"""Pure decisions about certificates: their codes, and the bytes that are signed."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Final

from courseapp.core.types import JsonObject

# Crockford's base 32: no I, L, O or U, so that a code can be read aloud and typed from paper.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SYMBOLS: Final = 20  # 100 bits
GROUP: Final = 7
_TYPED_FOR: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """Return a new verification code: 20 random symbols and one that checks them."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SYMBOLS))
    return symbols + check_symbol(symbols)


def check_symbol(symbols: str) -> str:
    """Return the symbol that Luhn's method gives in base 32 (ISO/IEC 7812-1, Annex B, generalized).

    It finds every single mistyped symbol and nearly every swap of neighbours.
    """
    total = 0
    for place, symbol in enumerate(reversed(symbols)):
        value = ALPHABET.index(symbol) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def parse_code(typed: str) -> str | None:
    """Return the code that somebody typed, or None when it cannot be one.

    Case, spaces and hyphens do not count; O is read as 0, I and L as 1.
    """
    symbols = "".join(c for c in typed.upper() if c not in "- \t").translate(_TYPED_FOR)
    if len(symbols) != RANDOM_SYMBOLS + 1 or any(c not in ALPHABET for c in symbols):
        return None
    return symbols if check_symbol(symbols[:-1]) == symbols[-1] else None


def format_code(code: str) -> str:
    """Return a code in groups, as it is printed."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def canonical_bytes(statement: JsonObject) -> bytes:
    """Return the one form of a statement that is hashed and signed: sorted keys, no spaces, UTF-8.

    For the values that statements hold this is the JSON Canonicalization Scheme (RFC 8785).
    """
    return json.dumps(statement, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(statement: JsonObject) -> str:
    """Return the SHA-256 of a statement, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(statement)).hexdigest()
