"""What a holder does with her certificate: a link for others that can be switched off, and mail to herself."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.core import audit, outbox
from courseapp.core.db import insert_unless_exists
from courseapp.core.ids import new_token
from courseapp.core.mail import Attachment
from courseapp.credentials.models import ShareLink
from courseapp.credentials.queries import access_certificate
from courseapp.credentials.rules import format_code


def start_sharing(session: Session, actor: Actor, code: str, *, at: datetime) -> str:
    """Make the address under which the actor's certificate can be seen; return its secret part.

    Raises CertificateNotFound.
    """
    certificate = access_certificate(session, actor, code)
    created = insert_unless_exists(
        session, ShareLink, certificate_id=certificate.id, token=new_token(), created_at=at
    )
    if created:
        audit.record(
            session, "certificate.shared", "certificate", certificate.id, by=actor.id, at=at
        )
    return session.get_one(ShareLink, certificate.id).token


def stop_sharing(session: Session, actor: Actor, code: str, *, at: datetime) -> None:
    """Take the address away; a later one is another. Raises CertificateNotFound."""
    certificate = access_certificate(session, actor, code)
    session.execute(delete(ShareLink).where(ShareLink.certificate_id == certificate.id))
    audit.record(session, "certificate.unshared", "certificate", certificate.id, by=actor.id, at=at)


def mail_certificate(
    session: Session, actor: Actor, code: str, pdf: bytes, *, at: datetime
) -> None:
    """Send the actor her certificate's PDF. The subject names neither course nor union.

    Raises CertificateNotFound.
    """
    certificate = access_certificate(session, actor, code)
    if certificate.statement is None:
        return
    with force_locale(actor.locale):
        text = _(
            "Hello,\n\nhere is the document that you asked for. Whoever wants to check it opens this "
            "address, or types the code %(code)s there:\n\n%(url)s\n",
            code=format_code(certificate.code),
            url=certificate.statement.verify_url,
        )
        outbox.enqueue_mail(
            session,
            to=actor.email,
            subject=_("Your document"),
            text=text,
            at=at,
            attachment=Attachment(
                f"certificate-{format_code(certificate.code)}.pdf", "application/pdf", pdf
            ),
        )
    audit.record(session, "certificate.mailed", "certificate", certificate.id, by=actor.id, at=at)
