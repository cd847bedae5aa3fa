"""Certificates of the first releases hold as before, and what was issued since is not lost by going back."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from courseapp.credentials.queries import get_certificate_by_code
from courseapp.ops.doctor import find_faults
from tests.authoring import AuthoredContent
from tests.cast import Cast
from tests.certifying import Office
from tests.migrations.test_from_0001_to_0002 import (
    ROWS,
    go_to,
    person,
    revision_of,
    today,
    upgraded,
)
from tests.studying import Study

# Fixtures are found by name.
__all__ = ["today", "upgraded"]

(OLD,) = ROWS["certificate"]


def test_an_old_certificate_still_holds_and_can_be_downloaded(upgraded):
    with upgraded.snapshot() as session:
        found = get_certificate_by_code(session, OLD["code"])
        assert find_faults(session) == []
    assert found.signature_holds
    assert (found.credential, found.compact, found.module_key) == (None, None, "")
    assert found.qr_text == found.statement.verify_url

    browser = person(upgraded, "alice").browser()
    assert "is valid" in browser.get(f"/verify/{OLD['code']}").text
    assert browser.get(f"/certificates/{OLD['code']}").status_code == 200
    pdf = browser.get(f"/certificates/{OLD['code']}/certificate.pdf")
    assert pdf.data.startswith(b"%PDF-")
    for form in ("credential.json", "badge.png", "badge.svg"):
        assert browser.get(f"/certificates/{OLD['code']}/{form}").status_code == 404
    assert browser.get(f"/verify/{OLD['code']}/credential.json").status_code == 404


def test_an_old_certificate_is_issued_anew_in_the_new_form(upgraded):
    office = Office(upgraded)
    new = office.reissue(None, office.by_code(OLD["code"]))

    assert new.credential is not None
    assert new.statement.holder == OLD["statement"]["holder"]
    assert office.by_code(OLD["code"]).replaced_by == new.code


@pytest.mark.parametrize(
    "change",
    [
        "credential = 'another'",
        "compact = 'another'",
        "credential_digest = 'another'",
        "module_key = 'another'",
        "status_list = 9",
        "status_position = 9",
        "statement = '{}'",
        "digest = 'another'",
    ],
)
def test_what_a_certificate_says_is_never_changed(today, authored: AuthoredContent, change):
    study = Study(today)
    study.publish(authored)
    study.finish(Cast(today).alice, "small")

    with pytest.raises(IntegrityError, match="never changed"):
        today.execute(f"UPDATE certificate SET {change}")  # from the list above


def test_a_certificate_that_was_replaced_says_by_which_for_good(today, authored: AuthoredContent):
    study, office = Study(today), Office(today)
    study.publish(authored)
    old = office.certificate(study.finish(Cast(today).alice, "small"))
    office.reissue(None, old)

    for change in ("replaced_by_id = id", "replaced_by_id = NULL", "status = 'revoked'"):
        with pytest.raises(IntegrityError):
            today.execute(
                f"UPDATE certificate SET {change} WHERE code = :code",  # from above
                code=old.code,
            )


def test_it_is_not_taken_back_where_certificates_would_be_lost(today, authored: AuthoredContent):
    study = Study(today)
    study.publish(authored)
    study.finish(Cast(today).alice, "small")
    before = today.count_rows()
    today.close()

    with pytest.raises(RuntimeError, match="would lose 1 certificates with a credential"):
        go_to(today.database, "0002")

    assert revision_of(today.database) == "0003"
    assert today.count_rows() == before
