"""How an organization's certificates look, as it is stored and handed on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from courseapp.accounts.types import OrganizationId
from courseapp.core.types import JsonObject
from courseapp.credentials.looks import Look, Signatory
from courseapp.credentials.rules import canonical_bytes
from courseapp.credentials.types import BrandingId


@dataclass(frozen=True, slots=True)
class Branding:
    """One version of an organization's look; `name` is who issues, as it stands on the certificate."""

    id: BrandingId
    organization_id: OrganizationId
    name: str
    look: Look
    digest: str
    created_at: datetime
    is_in_use: bool


@dataclass(frozen=True, slots=True)
class IssuingBrand:
    """What a certificate names of the branding that it is issued with."""

    id: BrandingId
    name: str
    digest: str


def signatories_as_json(look: Look) -> JsonObject:
    """Return a look's signatories as they are stored."""
    return {
        "people": [
            {
                "name": person.name,
                "role": person.role,
                "image": person.image and base64.b64encode(person.image).decode("ascii"),
            }
            for person in look.signatories
        ]
    }


def signatories_from_json(stored: JsonObject) -> Sequence[Signatory]:
    """Read stored signatories back."""
    return [
        Signatory(
            person["name"],
            person["role"],
            base64.b64decode(person["image"]) if person["image"] else None,
        )
        for person in stored["people"]
    ]


def digest_of_look(name: str, look: Look) -> str:
    """Return the SHA-256 of everything that a certificate takes from a branding."""
    logo = hashlib.sha256(look.logo).hexdigest() if look.logo else ""
    facts = {"name": name, "accent": look.accent, "logo": logo, **signatories_as_json(look)}
    return hashlib.sha256(canonical_bytes(facts)).hexdigest()
