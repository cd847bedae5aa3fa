"""What credentials hand to other features."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from courseapp.core.types import JsonObject

CertificateId = NewType("CertificateId", uuid.UUID)


class CertificateStatus(enum.StrEnum):
    """Whether a certificate still holds."""

    VALID = "valid"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a certificate says, copied at the moment of issue."""

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

    def as_json(self) -> JsonObject:
        """Return the statement as it is signed and stored."""
        return {
            "code": self.code,
            "holder": self.holder,
            "course": self.course,
            "course_key": self.course_key,
            "course_version": self.course_version,
            "course_digest": self.course_digest,
            "modules": list(self.modules),
            "hours": self.hours,
            "completed_on": self.completed_on.isoformat(),
            "issued_at": self.issued_at.isoformat(),
            "issuer": self.issuer,
            "language": self.language,
            "title": self.title,
            "statement": self.statement,
            "notice": self.notice,
            "verify_url": self.verify_url,
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

    `statement` is None after the holder had her account erased: only digest, status and dates are left.
    """

    id: CertificateId
    code: str
    status: CertificateStatus
    status_reason: str | None
    status_at: datetime | None
    issued_at: datetime
    statement: Statement | None
    digest: str
    signature: str
    public_key: str
    signature_holds: bool
