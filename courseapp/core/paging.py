"""Lists by cursor: a page, and the cursor at which the next one starts.

A cursor is the last row's id. It stays right while rows are added, unlike a page number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import InvalidInput
from courseapp.core.ids import parse_id

Item = TypeVar("Item")

MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted: the rows after `after`, at most `limit`."""

    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Part of a list; `next_cursor` is None on the last page."""

    items: Sequence[Item]
    next_cursor: str | None


def parse_page_request(cursor: str | None, limit: int) -> PageRequest:
    """Read what a client sent; raises InvalidInput for a cursor that is none of ours."""
    after = parse_id(cursor) if cursor else None
    if cursor and after is None:
        raise InvalidInput({"cursor": [_l("This is not a cursor from an earlier page.")]})
    return PageRequest(after=after, limit=limit)


def page_of(
    rows: Sequence[Item], request: PageRequest, cursor_of: Callable[[Item], UUID]
) -> Page[Item]:
    """Make a page of up to `limit + 1` rows: the extra one only tells that there is more."""
    items = rows[: request.limit]
    more = len(rows) > request.limit
    return Page(items=items, next_cursor=str(cursor_of(items[-1])) if more else None)
