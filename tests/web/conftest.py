"""What the tests of the doors share: visitors who read pages and fill in forms (tests/web/visitor.py)."""

from __future__ import annotations

import pytest

from tests.sites import Site
from tests.web.visitor import Visitor


@pytest.fixture
def stranger(site: Site) -> Visitor:
    """Somebody who has just opened the home page."""
    visitor = Visitor(site.browser())
    visitor.open("/")
    return visitor
