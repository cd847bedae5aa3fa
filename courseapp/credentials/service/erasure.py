"""What is left of the certificates of an erased account."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from courseapp.accounts.types import PersonErased
from courseapp.credentials.models import CertificateFile, CertificateRow, ShareLink


def forget_person(session: Session, event: PersonErased) -> None:
    """Strip an erased person's certificates to digests, status and dates.

    The holder's own file still verifies: its proofs are in it, and its state is published.
    """
    hers = select(CertificateRow.id).where(CertificateRow.person_id == event.person_id)
    for table in (CertificateFile, ShareLink):
        session.execute(delete(table).where(table.certificate_id.in_(hers)))
    session.execute(
        update(CertificateRow)
        .where(CertificateRow.person_id == event.person_id)
        .values(statement=None, credential=None, compact=None, person_id=None, enrollment_id=None)
    )
