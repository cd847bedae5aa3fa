"""Slowing down whoever guesses: how often something was tried within a sliding window.

A bucket names what is counted ("sign-in from this address"). Only a digest of it is stored.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from courseapp.core.db import Base
from courseapp.core.errors import TooManyRequests
from courseapp.core.ids import new_id

LONGEST_WINDOW = timedelta(hours=24)


class ThrottleEvent(Base):
    """One try, in one bucket."""

    __tablename__ = "throttle_event"
    __table_args__ = (Index("ix_throttle_event_bucket", "bucket", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    bucket: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` within `window` for one bucket."""

    bucket: tuple[str, ...]
    tries: int
    window: timedelta

    @property
    def digest(self) -> str:
        """The bucket as it is stored."""
        return hashlib.sha256("\x1f".join(self.bucket).encode()).hexdigest()

    @property
    def lock(self) -> int:
        """The bucket as PostgreSQL's advisory locks are named: 64 bits of the digest."""
        return int.from_bytes(bytes.fromhex(self.digest)[:8], signed=True)


def refuse_if_full(session: Session, limits: Sequence[Limit], *, at: datetime) -> None:
    """Raise TooManyRequests when a bucket is full already; count nothing, so that reading is enough."""
    for limit in limits:
        tries, oldest = session.execute(
            select(func.count(), func.min(ThrottleEvent.at)).where(
                ThrottleEvent.bucket == limit.digest, ThrottleEvent.at > at - limit.window
            )
        ).one()
        _refuse_beyond(limit, tries, oldest, at)


def count_try(session: Session, limits: Sequence[Limit], *, at: datetime) -> None:
    """Count one try in every bucket; raise TooManyRequests when one of them is full.

    A refused try is not counted, so that somebody who keeps pressing is let in when the window has passed.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Tries for one bucket take turns until they are stored; on SQLite all who write do.
        for limit in limits:
            session.execute(select(func.pg_advisory_xact_lock(limit.lock)))
    for limit in limits:
        session.execute(
            delete(ThrottleEvent).where(
                ThrottleEvent.bucket == limit.digest, ThrottleEvent.at <= at - limit.window
            )
        )
    refuse_if_full(session, limits, at=at)
    session.add_all(ThrottleEvent(bucket=limit.digest, at=at) for limit in limits)
    session.flush()


def _refuse_beyond(limit: Limit, tries: int, oldest: datetime | None, at: datetime) -> None:
    if tries < limit.tries or oldest is None:
        return
    # The plain aggregate loses the column type's zone on SQLite.
    since = oldest.replace(tzinfo=at.tzinfo) if oldest.tzinfo is None else oldest
    wait = (since + limit.window - at).total_seconds()
    raise TooManyRequests(retry_after=max(1, int(wait) + 1))


def forget_tries(session: Session, limits: Sequence[Limit]) -> None:
    """Empty the buckets, after a success."""
    session.execute(
        delete(ThrottleEvent).where(ThrottleEvent.bucket.in_([lim.digest for lim in limits]))
    )


def take_back_try(session: Session, limits: Sequence[Limit]) -> None:
    """Uncount one try in each bucket, the newest, after it has turned out to be none of a guesser."""
    for limit in limits:
        newest = (
            select(ThrottleEvent.id)
            .where(ThrottleEvent.bucket == limit.digest)
            .order_by(ThrottleEvent.at.desc(), ThrottleEvent.id.desc())
            .limit(1)
        )
        session.execute(delete(ThrottleEvent).where(ThrottleEvent.id == newest.scalar_subquery()))


def purge(session: Session, *, at: datetime) -> int:
    """Delete what no window reaches back to any more; return how many rows went."""
    gone = session.execute(delete(ThrottleEvent).where(ThrottleEvent.at < at - LONGEST_WINDOW))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result is a CursorResult
