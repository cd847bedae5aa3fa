"""One-time links: for the first administrator, for a forgotten password, for an invitation, for the demo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from courseapp.accounts.errors import LinkNotUsable
from courseapp.accounts.models import OneTimeLinkRow, Person
from courseapp.accounts.rules import normalize_email
from courseapp.accounts.types import LinkPurpose, OneTimeLink, PersonId
from courseapp.core import outbox
from courseapp.core.ids import new_token, token_hash

RESET_LASTS: Final = timedelta(hours=1)
INVITATION_LASTS: Final = timedelta(days=7)


def create_link(
    session: Session,
    purpose: LinkPurpose,
    person_id: PersonId | None,
    *,
    lasts: timedelta,
    at: datetime,
) -> str:
    """Create a one-time link and return its secret, which is not stored."""
    token = new_token()
    session.add(
        OneTimeLinkRow(
            token_hash=token_hash(token),
            purpose=purpose,
            person_id=person_id,
            created_at=at,
            expires_at=at + lasts,
        )
    )
    session.flush()
    return token


def replace_first_administrator_link(session: Session, *, at: datetime) -> str:
    """Create the link that sets up the site, and void those printed by earlier starts."""
    session.execute(
        delete(OneTimeLinkRow).where(OneTimeLinkRow.purpose == LinkPurpose.FIRST_ADMINISTRATOR)
    )
    return create_link(
        session, LinkPurpose.FIRST_ADMINISTRATOR, None, lasts=INVITATION_LASTS, at=at
    )


def request_password_reset(
    session: Session, *, email: str, locale: str, link_url: str, at: datetime
) -> None:
    """Mail a link that sets a new password. Without such an account the same work is done and no mail goes.

    `link_url` has `TOKEN` where the secret belongs.
    """
    person = session.scalars(
        select(Person).where(Person.email == normalize_email(email))
    ).one_or_none()
    token = create_link(
        session,
        LinkPurpose.SET_PASSWORD,
        person.id if person else None,
        lasts=RESET_LASTS,
        at=at,
    )
    if person is None or person.email is None:
        return
    with force_locale(person.locale or locale):
        outbox.enqueue_mail(
            session,
            to=person.email,
            subject=_("A new password"),
            text=_(
                "Hello,\n\nwith this link you can set a new password. "
                "It works once, within one hour:\n\n%(url)s\n\n"
                "If you did not ask for it, you need not do anything.\n",
                url=link_url.replace("TOKEN", token),
            ),
            at=at,
        )


def mail_invitation(session: Session, *, email: str, locale: str, link: str, at: datetime) -> None:
    """Mail a new account's owner the link with which she sets her password."""
    with force_locale(locale):
        outbox.enqueue_mail(
            session,
            to=normalize_email(email),
            subject=_("Your account"),
            text=_(
                "Hello,\n\nan account has been made for you. Set your password with this link; "
                "it works once, within 7 days:\n\n%(url)s\n",
                url=link,
            ),
            at=at,
        )


def use_link(session: Session, token: str, purpose: LinkPurpose, *, at: datetime) -> OneTimeLink:
    """Use up a link; raises LinkNotUsable when somebody, perhaps a second click, was first."""
    used = session.execute(
        update(OneTimeLinkRow)
        .where(
            OneTimeLinkRow.token_hash == token_hash(token),
            OneTimeLinkRow.purpose == purpose,
            OneTimeLinkRow.used_at.is_(None),
            OneTimeLinkRow.expires_at > at,
        )
        .values(used_at=at)
        .returning(
            OneTimeLinkRow.id,
            OneTimeLinkRow.purpose,
            OneTimeLinkRow.person_id,
            OneTimeLinkRow.expires_at,
        )
    ).one_or_none()
    if used is None:
        raise LinkNotUsable
    return OneTimeLink(used.id, used.purpose, used.person_id, used.expires_at)
