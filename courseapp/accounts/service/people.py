"""Creating accounts and changing them."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from courseapp.accounts.errors import EmailInUse, LinkNotUsable
from courseapp.accounts.models import AccessToken, OneTimeLinkRow, Person
from courseapp.accounts.queries import count_site_administrators
from courseapp.accounts.rules import name_problem, normalize_email, normalize_name
from courseapp.accounts.service.roles import grant_role
from courseapp.accounts.types import Actor, LinkPurpose, PersonId, Role
from courseapp.core import audit, outbox
from courseapp.core.db import insert_unless_exists
from courseapp.core.errors import InvalidInput
from courseapp.core.ids import new_id


def sign_up(
    session: Session,
    *,
    email: str,
    name: str,
    locale: str,
    password_hash: str,
    sign_in_url: str,
    at: datetime,
) -> None:
    """Create an account, or tell the owner of the address by mail that there is one already.

    Whoever asked cannot tell the two apart: the answer is the same, and so is the work.
    """
    with force_locale(locale):
        try:
            create_person(
                session,
                email=email,
                name=name,
                locale=locale,
                password_hash=password_hash,
                named_by_herself=True,
                by=None,
                at=at,
            )
        except EmailInUse:
            text = _(
                "Hello,\n\nsomebody, perhaps you, wanted to open an account with this address. "
                "There is one already. Sign in here:\n\n%(url)s\n\n"
                "If you forgot your password, you can set a new one from that page. "
                "If this was not you, you need not do anything.\n",
                url=sign_in_url,
            )
        else:
            text = _(
                "Hello,\n\nyour account is ready. Sign in here:\n\n%(url)s\n\n"
                "If you did not ask for it, you need not do anything.\n",
                url=sign_in_url,
            )
        outbox.enqueue_mail(
            session, to=normalize_email(email), subject=_("Your account"), text=text, at=at
        )
    session.flush()


def create_person(
    session: Session,
    *,
    email: str,
    name: str,
    locale: str,
    password_hash: str | None,
    named_by_herself: bool = False,
    by: PersonId | None,
    at: datetime,
) -> PersonId:
    """Create an account; raises EmailInUse, so call it only for those who may know.

    A name that somebody else has typed is confirmed by the person before her first certificate.
    """
    person_id = PersonId(new_id())
    created = insert_unless_exists(
        session,
        Person,
        id=person_id,
        email=normalize_email(email),
        name=normalize_name(name),
        locale=locale,
        password_hash=password_hash,
        session_stamp=uuid.uuid4(),
        created_at=at,
        name_confirmed_at=at if named_by_herself else None,
    )
    if not created:
        raise EmailInUse
    audit.record(session, "person.created", "person", person_id, by=by, at=at)
    return person_id


def create_first_administrator(
    session: Session, *, email: str, name: str, locale: str, password_hash: str, at: datetime
) -> PersonId:
    """Create the site's first administrator; raises LinkNotUsable when there is one already."""
    if count_site_administrators(session):
        raise LinkNotUsable
    person_id = create_person(
        session,
        email=email,
        name=name,
        locale=locale,
        password_hash=password_hash,
        named_by_herself=True,
        by=None,
        at=at,
    )
    grant_role(session, person_id, Role.SITE_ADMINISTRATOR, None, by=None, at=at)
    return person_id


def change_profile(session: Session, actor: Actor, *, name: str, locale: str, at: datetime) -> None:
    """Change a person's own name and language."""
    confirm_name(session, actor, name, at=at)
    person = session.get_one(Person, actor.id)
    person.locale = locale
    audit.record(session, "person.profile_changed", "person", actor.id, by=actor.id, at=at)
    session.flush()


def confirm_name(session: Session, actor: Actor, name: str, *, at: datetime) -> None:
    """Take a name from the person herself: certificates issued from now on carry it.

    Raises InvalidInput for the field `name`.
    """
    if problem := name_problem(normalize_name(name)):
        raise InvalidInput({"name": [problem]})
    person = session.get_one(Person, actor.id)
    person.name = normalize_name(name)
    person.name_confirmed_at = at
    session.flush()


def change_password(
    session: Session, actor: Actor, *, password_hash: str, at: datetime
) -> uuid.UUID:
    """Change a person's own password; return the stamp for the one session that stays."""
    return set_password(session, actor.id, password_hash=password_hash, by=actor.id, at=at)


def set_password(
    session: Session,
    person_id: PersonId,
    *,
    password_hash: str,
    by: PersonId | None,
    at: datetime,
) -> uuid.UUID:
    """Set a password and return the stamp of new sessions.

    Every session, every bearer token and every open link that sets a password ends: whoever had got hold
    of one is out.
    """
    person = session.get_one(Person, person_id, with_for_update=True)
    person.password_hash = password_hash
    person.session_stamp = uuid.uuid4()
    session.execute(
        update(AccessToken)
        .where(AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    session.execute(
        update(OneTimeLinkRow)
        .where(
            OneTimeLinkRow.person_id == person_id,
            OneTimeLinkRow.purpose == LinkPurpose.SET_PASSWORD,
            OneTimeLinkRow.used_at.is_(None),
        )
        .values(used_at=at)
    )
    audit.record(session, "person.password_set", "person", person_id, by=by, at=at)
    session.flush()
    return person.session_stamp
