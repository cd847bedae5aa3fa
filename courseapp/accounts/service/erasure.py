"""Forgetting a person who asks for it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from courseapp.accounts.errors import LastAdministrator
from courseapp.accounts.models import AccessToken, OneTimeLinkRow, Person, PersonRole
from courseapp.accounts.queries import count_site_administrators
from courseapp.accounts.types import Actor, PersonErased
from courseapp.core import audit, events, outbox


def erase_person(session: Session, actor: Actor, *, at: datetime) -> None:
    """Delete a person's own data, in every feature; raises LastAdministrator.

    The row stays with its id and dates, so that the audit trail still points at something.
    """
    if actor.is_site_administrator and count_site_administrators(session) == 1:
        raise LastAdministrator
    events.publish(session, PersonErased(actor.id, at))
    for table in (AccessToken, OneTimeLinkRow, PersonRole):
        session.execute(delete(table).where(table.person_id == actor.id))
    outbox.forget_recipient(session, actor.email)
    person = session.get_one(Person, actor.id)
    person.email = None
    person.name = ""
    person.password_hash = None
    person.session_stamp = uuid.uuid4()
    person.erased_at = at
    audit.record(session, "person.erased", "person", actor.id, by=actor.id, at=at)
    session.flush()
