"""What the tests of certificates share."""

from __future__ import annotations

import pytest

from courseapp.cohorts.types import Enrollment
from tests.authoring import AuthoredContent
from tests.cast import Person
from tests.certifying import Office
from tests.sites import Site
from tests.studying import Study


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site)


@pytest.fixture
def small(study: Study, authored: AuthoredContent) -> AuthoredContent:
    """The small course, published."""
    study.publish(authored)
    return authored


@pytest.fixture
def done(study: Study, small: AuthoredContent, alice: Person) -> Enrollment:
    """Alice's completed enrollment in the small course."""
    return study.finish(alice, "small")
