"""How a certificate looks: what an organization may choose of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs for an organization; `image` is a PNG of the signature."""

    name: str
    role: str
    image: bytes | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """An accent colour (`#rrggbb`), a logo (`png` or `svg`), and up to two who sign."""

    accent: str
    logo: bytes | None = None
    logo_format: str | None = None
    signatories: Sequence[Signatory] = ()


STANDARD_LOOK: Final = Look("#8a2846")
