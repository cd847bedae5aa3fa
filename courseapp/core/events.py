"""News that travels upward: a feature publishes a frozen dataclass, those above it listen.

Handlers run at once, in the same transaction, in the order in which `wiring.py` names them.
A handler that raises undoes the act it was told of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

Handler = Callable[[Session, Any], None]

_handlers: dict[type, tuple[Handler, ...]] = {}


def bind(handlers: Mapping[type, Sequence[Handler]]) -> None:
    """Say who hears which event; replaces what was bound before."""
    _handlers.clear()
    _handlers.update({event_type: tuple(heard_by) for event_type, heard_by in handlers.items()})


def publish(session: Session, event: object) -> None:
    """Tell every handler bound to the event's type."""
    for handler in _handlers.get(type(event), ()):
        handler(session, event)
