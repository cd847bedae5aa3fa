"""Guessing is slowed down: so many tries within a sliding window, and no more."""

from datetime import datetime, timedelta

import pytest

from courseapp.core import throttle
from courseapp.core.errors import TooManyRequests
from courseapp.core.throttle import Limit, count_try, forget_tries
from tests.cast import THEN

MINUTE = timedelta(minutes=1)
THREE_IN_TEN_MINUTES = Limit(("test", "alice"), 3, 10 * MINUTE)


def try_once(site, *limits: Limit, at: datetime) -> None:
    with site.transaction() as session:
        count_try(session, limits, at=at)


def refused_for(site, *limits: Limit, at: datetime) -> int:
    """Return how many seconds a refused try has to wait."""
    with pytest.raises(TooManyRequests) as refusal:
        try_once(site, *limits, at=at)
    return refusal.value.retry_after


def test_as_many_tries_as_allowed_pass_and_the_next_one_is_refused(site):
    for minute in range(3):
        try_once(site, THREE_IN_TEN_MINUTES, at=THEN + minute * MINUTE)

    assert refused_for(site, THREE_IN_TEN_MINUTES, at=THEN + 3 * MINUTE) > 0


def test_the_window_slides_a_try_is_free_again_when_the_oldest_has_left_it(site):
    for minute in (0, 4, 8):
        try_once(site, THREE_IN_TEN_MINUTES, at=THEN + minute * MINUTE)

    refused_for(site, THREE_IN_TEN_MINUTES, at=THEN + 10 * MINUTE - timedelta(seconds=1))
    try_once(site, THREE_IN_TEN_MINUTES, at=THEN + 10 * MINUTE)
    refused_for(site, THREE_IN_TEN_MINUTES, at=THEN + 10 * MINUTE)


def test_whoever_waits_as_long_as_told_is_let_in(site):
    for _ in range(3):
        try_once(site, THREE_IN_TEN_MINUTES, at=THEN)

    now = THEN + timedelta(minutes=3, milliseconds=700)
    seconds = refused_for(site, THREE_IN_TEN_MINUTES, at=now)
    assert 419 <= seconds <= 421
    try_once(site, THREE_IN_TEN_MINUTES, at=now + timedelta(seconds=seconds))


def test_a_refused_try_does_not_count(site):
    for _ in range(3):
        try_once(site, THREE_IN_TEN_MINUTES, at=THEN)
    for minute in range(1, 10):
        refused_for(site, THREE_IN_TEN_MINUTES, at=THEN + minute * MINUTE)

    try_once(site, THREE_IN_TEN_MINUTES, at=THEN + 10 * MINUTE)


def test_buckets_do_not_fill_each_other(site):
    for _ in range(3):
        try_once(site, THREE_IN_TEN_MINUTES, at=THEN)

    try_once(site, Limit(("test", "bola"), 3, 10 * MINUTE), at=THEN)
    # Nor does a name that is cut in another place.
    try_once(site, Limit(("testalice",), 3, 10 * MINUTE), at=THEN)


def test_one_full_bucket_refuses_and_fills_none_of_the_others(site):
    full, other = Limit(("full",), 1, MINUTE), Limit(("other",), 1, MINUTE)
    try_once(site, full, at=THEN)

    refused_for(site, other, full, at=THEN)

    try_once(site, other, at=THEN)


def test_a_success_empties_the_bucket(site):
    for _ in range(3):
        try_once(site, THREE_IN_TEN_MINUTES, at=THEN)
    with site.transaction() as session:
        forget_tries(session, [THREE_IN_TEN_MINUTES])

    try_once(site, THREE_IN_TEN_MINUTES, at=THEN)


def test_what_is_counted_cannot_be_read_from_the_database(site):
    try_once(site, Limit(("sign-in", "alice@union.example"), 3, MINUTE), at=THEN)

    (bucket,) = site.execute("SELECT bucket FROM throttle_event")[0]
    assert "alice" not in bucket


def test_tries_of_those_who_never_came_back_are_purged_after_a_day(site):
    day = timedelta(days=1)
    for days in (0, 1, 2):
        try_once(site, Limit(("test", str(days)), 3, MINUTE), at=THEN + days * day)

    with site.transaction() as session:
        gone = throttle.purge(session, at=THEN + 2 * day)

    assert gone == 1
    assert site.scalar("SELECT count(*) FROM throttle_event") == 2
