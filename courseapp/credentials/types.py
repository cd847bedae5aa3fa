"""What credentials hand to other features."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import NewType
from urllib.parse import quote, urlsplit

from courseapp.accounts.types import PersonId
from courseapp.cohorts.types import EnrollmentId
from courseapp.core.types import JsonObject

CertificateId = NewType("CertificateId", uuid.UUID)
BrandingId = NewType("BrandingId", uuid.UUID)


class CertificateStatus(enum.StrEnum):
    """Whether a certificate still holds."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a certificate says, copied at the moment of issue.

    On a module's smaller certificate `module` is the module's title and `modules` is empty. `score` is the
    result of the final quiz in percent, where the course says so. What the first release did not know has
    defaults.
    """

    code: str
    holder: str
    course: str
    course_key: str
    course_version: int
    course_digest: str
    modules: Sequence[str]
    hours: float
    completed_on: date
    issued_at: datetime
    issuer: str
    language: str
    title: str
    statement: str
    notice: str
    verify_url: str
    module: str | None = None
    module_key: str = ""
    score: int | None = None
    # The SHA-256 of the organization's branding; empty where the site's own look is used.
    branding_digest: str = ""

    def as_json(self) -> JsonObject:
        """Return the statement as it is signed and stored."""
        return {
            **{field.name: getattr(self, field.name) for field in fields(self)},
            "modules": list(self.modules),
            "completed_on": self.completed_on.isoformat(),
            "issued_at": self.issued_at.isoformat(),
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Statement:
        """Read a stored statement back."""
        return cls(
            **{
                **data,
                "completed_on": date.fromisoformat(data["completed_on"]),
                "issued_at": datetime.fromisoformat(data["issued_at"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as its holder and its verifiers see it.

    `statement`, `credential` and `compact` are None after the holder had her account erased: only digests,
    status and dates are left. `replaced_by` is the code of the certificate that took its place.
    """

    id: CertificateId
    code: str
    enrollment_id: EnrollmentId | None
    person_id: PersonId | None
    status: CertificateStatus
    status_reason: str | None
    status_at: datetime | None
    issued_at: datetime
    statement: Statement | None
    digest: str
    signature: str
    public_key: str
    key_fingerprint: str
    signature_holds: bool
    module_key: str = ""
    credential: str | None = None
    credential_digest: str | None = None
    compact: str | None = None
    branding_id: BrandingId | None = None
    replaced_by: str | None = None

    @property
    def qr_text(self) -> str:
        """What its QR code says: the address, and the signed statement behind the #."""
        if self.statement is None:
            raise ValueError("of an erased certificate nothing can be printed")
        if self.compact is None:
            return self.statement.verify_url
        return f"{self.statement.verify_url}#{self.compact}"


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key as everybody may know it; `public_key` is the 32 bytes in base64url without padding."""

    fingerprint: str
    public_key: str
    created_at: datetime
    retired_at: datetime | None

    def was_in_use_on(self, day: date) -> bool:
        """Tell whether the key signed on a day: what whoever stole it later dates otherwise is signed in vain."""
        ended = self.retired_at is not None and day > self.retired_at.date()
        return self.created_at.date() <= day and not ended


@dataclass(frozen=True, slots=True)
class IssuerIdentity:
    """Who issues here: a name, the site's public address, and the DID that stands for it (did:web)."""

    name: str
    base_url: str

    @property
    def did(self) -> str:
        """The decentralized identifier: did:web and the host, a port's colon percent-encoded."""
        parts = urlsplit(self.base_url)
        path = "".join(f":{quote(part, safe='')}" for part in parts.path.split("/") if part)
        return f"did:web:{quote(parts.netloc, safe='')}{path}"

    @property
    def host(self) -> str:
        """The site's host, as people know it."""
        return urlsplit(self.base_url).netloc

    def method_of(self, fingerprint: str) -> str:
        """Return what names one of the issuer's keys in a proof."""
        return f"{self.did}#{fingerprint}"
