"""How a mail leaves the house: as a file in the instance folder, or through a mail server."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from courseapp.core import clock

SMTP_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain-text mail; the id makes a repeated delivery recognizable."""

    id: UUID
    to: str
    subject: str
    text: str
    attachment: Attachment | None = None


class MailTransport(Protocol):
    """Takes a mail out of the house, or raises."""

    def send(self, mail: Mail) -> None: ...


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as an RFC 5322 message to one address.

    A subject or address with a line break, or a second address, raises ValueError.
    """
    if any(sign in header for header in (sender, mail.to, mail.subject) for sign in "\r\n"):
        raise ValueError("a mail's header takes no line break")
    # Addresses and names may be in any script (RFC 6531).
    message = EmailMessage(policy=SMTPUTF8)
    message["From"] = sender
    message["To"] = mail.to
    if len(message["To"].addresses) != 1:
        raise ValueError("a mail goes to one address")
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.attachment is not None:
        kind, _, subtype = mail.attachment.media_type.partition("/")
        message.add_attachment(
            mail.attachment.content,
            maintype=kind,
            subtype=subtype,
            filename=mail.attachment.name,
        )
    return message


@dataclass(frozen=True, slots=True)
class FileTransport:
    """Writes each mail as an .eml file: the default, until a mail server is set."""

    folder: Path
    sender: str

    def send(self, mail: Mail) -> None:
        """Write the mail to `<folder>/<id>.eml`, readable by this system's user only."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{mail.id}.eml"
        path.touch(mode=0o600)
        path.write_bytes(compose(mail, self.sender).as_bytes())


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """Hands mails to a server given as smtp://, smtps:// or smtp+starttls:// with user and password."""

    url: str
    sender: str

    def send(self, mail: Mail) -> None:
        """Hand the mail over; raises smtplib.SMTPException or OSError when the server will not take it."""
        parts = urlsplit(self.url)
        port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        # The server has to show that it is the one named; Python's mail client would not ask it to.
        tls = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(parts.hostname or "", port, timeout=SMTP_TIMEOUT_SECONDS, context=tls)
            if parts.scheme == "smtps"
            else smtplib.SMTP(parts.hostname or "", port, timeout=SMTP_TIMEOUT_SECONDS)
        ) as server:
            if parts.scheme == "smtp+starttls":
                server.starttls(context=tls)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(compose(mail, self.sender))


def choose_transport(mail_url: str, sender: str, instance_dir: Path) -> MailTransport:
    """Return the transport that the settings ask for."""
    if mail_url:
        return SmtpTransport(mail_url, sender)
    return FileTransport(instance_dir / "mail", sender)
