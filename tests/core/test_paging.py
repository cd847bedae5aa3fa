"""Lists by cursor: every item once, however small the pages are and whatever is added meanwhile."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.core.errors import InvalidInput
from courseapp.core.paging import Page, PageRequest, page_of, parse_page_request


def list_page(ids: list[UUID], request: PageRequest) -> Page[UUID]:
    """Read a page as a query does: up to one more than asked for, after the cursor."""
    after = [item for item in ids if request.after is None or item > request.after]
    return page_of(after[: request.limit + 1], request, lambda item: item)


@given(st.sets(st.uuids(version=4)), st.integers(1, 7))
def test_going_from_page_to_page_shows_every_item_once_in_order(ids, limit):
    everything = sorted(ids)
    seen: list[UUID] = []
    cursor: str | None = None
    for _ in range(len(everything) + 1):
        page = list_page(everything, parse_page_request(cursor, limit))
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == everything
    assert cursor is None


def test_an_empty_list_is_one_empty_page():
    assert list_page([], PageRequest()) == Page(items=[], next_cursor=None)


@pytest.mark.parametrize("cursor", ["2", "page-2", "' OR 1=1", "0" * 31])
def test_a_cursor_that_was_never_given_out_is_refused_beside_its_field(site, cursor):
    with site.request(), pytest.raises(InvalidInput) as refusal:
        parse_page_request(cursor, 10)

    assert refusal.value.details["errors"] == {
        "cursor": ["This is not a cursor from an earlier page."]
    }
