"""Reading across features."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courseapp.accounts.queries import export_person
from courseapp.accounts.types import Actor
from courseapp.credentials.queries import export_certificates
from courseapp.learning.queries import export_learning


def export_own_data(
    session: Session, actor: Actor, language: str, *, at: datetime
) -> dict[str, object]:
    """Return everything that is stored about the actor, as plain JSON values (GDPR art. 15 and 20)."""
    return {
        "exported_at": at.isoformat(),
        "person": export_person(session, actor),
        "enrollments": export_learning(session, actor, language),
        "certificates": export_certificates(session, actor),
    }
