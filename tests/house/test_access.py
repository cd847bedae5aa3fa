"""Every view says who may use it; tests/web/test_access.py lists the ones that are open to everybody."""

from __future__ import annotations

import pytest
from flask import Flask

from courseapp import create_app
from courseapp.core.http.access import PUBLIC, SIGNED_IN, declared_access
from tests.databases import settings_for


@pytest.fixture
def app(tmp_path) -> Flask:
    return create_app(settings_for(f"sqlite:///{tmp_path / 'site.sqlite3'}", tmp_path / "instance"))


def test_every_view_declares_who_may_use_it(app):
    declared = {name: declared_access(app, name) for name in app.view_functions}
    assert not [name for name, access in declared.items() if access not in {PUBLIC, SIGNED_IN}]


def test_a_view_that_declares_nothing_is_refused(app):
    app.add_url_rule("/api/forgotten", "forgotten", lambda: "for everybody?")
    answer = app.test_client().get("/api/forgotten")
    assert answer.status_code == 500
    assert "for everybody?" not in answer.text
