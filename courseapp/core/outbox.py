"""Mails that must neither be lost nor sent for something that did not happen.

A mail is a row, written in the transaction of the act that it tells of, and delivered after it. A crash
between sending and marking sends it again under the same Message-ID; none is lost.
"""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import Index, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from courseapp.core import clock
from courseapp.core.db import Base, after_commit, transaction
from courseapp.core.ids import new_id
from courseapp.core.mail import Attachment, Mail, MailTransport

log = logging.getLogger(__name__)

CLAIM = timedelta(minutes=5)
MOST_TRIES = 12


class OutboxMessage(Base):
    """One mail on its way out. The text is dropped once it is delivered: it may hold a one-time link."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        # What is due, oldest first.
        Index("ix_outbox_message_due", "delivered_at", "next_try_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    recipient: Mapped[str | None]
    subject: Mapped[str | None]
    text: Mapped[str | None]
    attachment: Mapped[bytes | None] = mapped_column(LargeBinary())
    attachment_name: Mapped[str | None]
    attachment_type: Mapped[str | None]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    delivered_at: Mapped[datetime | None]


def enqueue_mail(
    session: Session,
    *,
    to: str,
    subject: str,
    text: str,
    at: datetime,
    attachment: Attachment | None = None,
) -> None:
    """Write a mail into the outbox; it leaves once the transaction is stored."""
    session.add(
        OutboxMessage(
            recipient=to,
            subject=subject,
            text=text,
            attachment=attachment and attachment.content,
            attachment_name=attachment and attachment.name,
            attachment_type=attachment and attachment.media_type,
            created_at=at,
            next_try_at=at,
        )
    )
    after_commit(session, _wake_courier)


def forget_recipient(session: Session, address: str) -> None:
    """Drop every mail to an address that has not left yet."""
    session.execute(delete(OutboxMessage).where(OutboxMessage.recipient == address))


def _wake_courier() -> None:
    courier: Courier | None = current_app.extensions.get("courseapp_courier")
    if courier is not None:
        courier.wake()


def deliver_due(transport: MailTransport, *, at: datetime) -> int:
    """Send every mail that is due; return how many were sent. Needs an application context."""
    sent = 0
    while (mail := _claim_next(at)) is not None:
        try:
            transport.send(mail)
        except Exception as error:  # noqa: BLE001  # whatever a mail server does must not lose the mail
            log.warning("mail %s could not be delivered: %s", mail.id, type(error).__name__)
            _put_off(mail.id, error, at)
        else:
            _mark_delivered(mail.id, at)
            sent += 1
    return sent


def _claim_next(at: datetime) -> Mail | None:
    """Take the oldest due mail for a while, so that no lock is held while a server is talked to."""
    with transaction() as session:
        row = session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.delivered_at.is_(None),
                OutboxMessage.next_try_at <= at,
                OutboxMessage.tries < MOST_TRIES,
            )
            .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        row.next_try_at = at + CLAIM
        row.tries += 1
        attachment = (
            None
            if row.attachment is None
            else Attachment(row.attachment_name or "", row.attachment_type or "", row.attachment)
        )
        return Mail(row.id, row.recipient or "", row.subject or "", row.text or "", attachment)


def _put_off(message_id: uuid.UUID, error: Exception, at: datetime) -> None:
    with transaction() as session:
        row = session.get_one(OutboxMessage, message_id)
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        row.next_try_at = at + timedelta(minutes=2**row.tries)


def _mark_delivered(message_id: uuid.UUID, at: datetime) -> None:
    with transaction() as session:
        row = session.get_one(OutboxMessage, message_id)
        row.delivered_at = at
        row.recipient = row.subject = row.text = row.last_error = None
        row.attachment = row.attachment_name = row.attachment_type = None


class Courier:
    """Delivers the outbox from a thread of its own, so that no page waits for a mail server."""

    def __init__(self, app: Flask, transport: MailTransport) -> None:
        """Remember what to deliver for; the thread starts with the first mail."""
        self._app = app
        self._transport = transport
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = threading.Event()

    def wake(self) -> None:
        """Have the outbox delivered soon."""
        self._wanted.set()
        with self._lock:
            # A process forked from this one has the object but not the thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                with self._app.app_context():
                    deliver_due(self._transport, at=clock.now())
            except Exception:
                log.exception("the outbox could not be delivered; the next mail tries again")
