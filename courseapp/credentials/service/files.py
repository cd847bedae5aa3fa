"""The PDF of a certificate: set once, then kept, so that it is the same bytes for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from courseapp.core.db import insert_unless_exists
from courseapp.credentials.models import CertificateFile
from courseapp.credentials.types import CertificateId


def keep_pdf(
    session: Session, certificate_id: CertificateId, content: bytes, *, at: datetime
) -> bytes:
    """Keep a certificate's PDF unless there is one already; return the one that is kept."""
    insert_unless_exists(
        session, CertificateFile, certificate_id=certificate_id, content=content, created_at=at
    )
    return session.get_one(CertificateFile, certificate_id).content
