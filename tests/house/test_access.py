"""Every view says who may use it, and what is open to everybody is written out here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from flask import Flask

from courseapp import create_app
from courseapp.core.http.access import PUBLIC, SIGNED_IN, declared_access
from tests.databases import settings_for

# A new public view is a decision: it is added here by hand.
PUBLIC_ENDPOINTS: Final = frozenset(
    {
        # What can be read before signing up.
        "learning.home",
        "learning.course",
        "learning.module",
        "learning.privacy",
        "catalog.glossary",
        "catalog.picture",
        "catalog_api.get_courses",
        "catalog_api.get_course",
        "catalog_api.get_module",
        # How one becomes somebody, and stops being it.
        "accounts.sign_up",
        "accounts.create_account",
        "accounts.sign_in",
        "accounts.create_session",
        "accounts.sign_out",
        "accounts.forgotten_password",
        "accounts.request_password_reset",
        "accounts.use_link",
        "accounts.follow_link",
        "accounts_api.create_account",
        "accounts_api.create_token",
        # A stranger checks a certificate.
        "credentials.verify_form",
        "credentials.verify",
        "credentials_api.verify_certificate",
        # For programs and machines.
        "api-docs.openapi_json",
        "openapi.docs",
        "ops.health",
        "static",
    }
)


@pytest.fixture
def app(tmp_path) -> Iterator[Flask]:
    return create_app(settings_for("sqlite://", tmp_path / "instance"))


def test_every_view_declares_who_may_use_it(app):
    declared = {name: declared_access(app, name) for name in app.view_functions}
    assert not [name for name, access in declared.items() if access not in {PUBLIC, SIGNED_IN}]


def test_the_public_views_are_these(app):
    public = {name for name in app.view_functions if declared_access(app, name) == PUBLIC}
    assert public == PUBLIC_ENDPOINTS


def test_a_view_that_declares_nothing_is_refused(app):
    app.add_url_rule("/api/forgotten", "forgotten", lambda: "for everybody?")
    answer = app.test_client().get("/api/forgotten")
    assert answer.status_code == 500
    assert "for everybody?" not in answer.text
