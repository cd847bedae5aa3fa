"""News travels upward within one transaction, to those who are bound to hear it."""

from dataclasses import dataclass

import pytest

from courseapp import wiring
from courseapp.accounts.models import Organization
from courseapp.core import events
from tests.cast import THEN


@dataclass(frozen=True)
class Happened:
    what: str


@dataclass(frozen=True)
class HappenedElsewhere:
    what: str


@pytest.fixture(autouse=True)
def bound_again():
    """Give every event its own hearers back."""
    yield
    events.bind(wiring.HEARERS)


def test_every_hearer_is_told_in_the_order_of_the_wiring(site):
    heard = []
    events.bind(
        {
            Happened: (
                lambda _, event: heard.append(("first", event)),
                lambda _, event: heard.append(("second", event)),
            )
        }
    )

    with site.transaction() as session:
        events.publish(session, Happened("something"))
        events.publish(session, HappenedElsewhere("nobody listens"))

    assert heard == [("first", Happened("something")), ("second", Happened("something"))]


def test_a_hearer_that_raises_undoes_the_act_that_it_was_told_of(site):
    def refuse(_session, _event):
        raise ZeroDivisionError

    events.bind({Happened: (refuse,)})
    before = site.count_rows()

    with pytest.raises(ZeroDivisionError), site.transaction() as session:
        session.add(Organization(name="Never founded", created_at=THEN))
        session.flush()
        events.publish(session, Happened("something"))

    assert site.count_rows() == before


def test_every_event_of_the_house_has_a_hearer():
    assert all(hearers for hearers in wiring.HEARERS.values())
