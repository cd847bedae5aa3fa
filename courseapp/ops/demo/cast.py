"""The demonstration's people. None of them exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

ADMINISTRATOR: Final = "Noor Haddad"
TRAINER: Final = "Mariana Quispe"
ORGANIZATION: Final = "Demo Union of Service Workers"
COHORT: Final = "Autumn cohort"

_FIRST_NAMES: Final = (
    "Amina", "Bongani", "Chiara", "Dawit", "Elena", "Farid", "Grace", "Hiroshi", "Ingrid", "Jamila",
    "Kofi", "Lucía", "Mehmet", "Ngozi", "Olga", "Paulo", "Rahel", "Samira", "Thandiwe", "Vikram",
)  # fmt: skip
_LAST_NAMES: Final = (
    "Abebe", "Bianchi", "Chukwu", "Dlamini", "Eriksen", "Fernandes", "Gutiérrez", "Hassan",
    "Ivanova", "Jensen", "Kaya", "Lindqvist", "Mensah", "Nakamura", "Okafor", "Patel", "Rossi",
    "Silva", "Tadesse", "Usman", "Verma", "Wanjiru", "Yilmaz",
)  # fmt: skip


def names(count: int) -> Iterator[str]:
    """Yield as many different names as asked for (at most 460)."""
    for number in range(count):
        first = _FIRST_NAMES[number % len(_FIRST_NAMES)]
        last = _LAST_NAMES[number % len(_LAST_NAMES)]
        yield f"{first} {last}"
