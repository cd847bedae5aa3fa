"""The clock, read at the doors only: everything below them is told the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC, with its zone."""
    return datetime.now(UTC)
