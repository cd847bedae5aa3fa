"""The audit trail: who did what to what, and when, written in the transaction of the act itself.

Rows hold ids and plain facts, never names or addresses, so that they can outlive an erased account.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from courseapp.core.db import Base, Immutable
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject


class AuditEvent(Immutable, Base):
    """One act."""

    __tablename__ = "audit_event"
    __table_args__ = (
        # Reading what happened to one thing, in order.
        Index("ix_audit_event_subject", "subject_kind", "subject_id", "at"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    # Nobody, when the command line or the platform itself acted.
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    details: Mapped[JsonObject]


def record(
    session: Session,
    action: str,
    subject_kind: str,
    subject_id: uuid.UUID,
    *,
    by: uuid.UUID | None,
    at: datetime,
    **details: Any,
) -> None:
    """Write down an act, named by a past participle such as `certificate.issued`."""
    session.add(
        AuditEvent(
            at=at,
            actor_id=by,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            details=details,
        )
    )
