"""Bearer tokens and session cookies: what each may do, and that no other site can use them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose
from courseapp.core import clock
from tests.cast import PASSWORD
from tests.sites import API_PREFIX, Browser, Site
from tests.studying import COURSE
from tests.web.test_access import all_doors

ENROLL: Final = f"{API_PREFIX}/courses/{COURSE}/enrollments"


def test_a_token_ends_when_it_expires(site, alice):
    with site.transaction() as session:
        almost = accounts.issue_token(
            session, alice.id, at=clock.now() - timedelta(days=90) + timedelta(minutes=1)
        )
        expired = accounts.issue_token(session, alice.id, at=clock.now() - timedelta(days=90))
    assert site.api(almost.token).get("/me").status_code == 200
    refused = site.api(expired.token).get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "not_signed_in")


def test_a_new_password_ends_the_tokens_and_reset_links_of_its_owner_and_nobody_elses(
    site, alice, bola
):
    stolen, others = alice.api(), bola.api()
    with site.transaction() as session:
        link = accounts.create_link(
            session,
            LinkPurpose.SET_PASSWORD,
            alice.id,
            lasts=timedelta(hours=1),
            at=clock.now(),
        )
    assert site.browser().get(f"/links/{link}").status_code == 200

    alice.with_password("quite another one")

    assert stolen.get("/me").status_code == 401
    assert site.browser().get(f"/links/{link}").status_code == 404
    assert others.get("/me").status_code == 200


def test_nobody_can_revoke_the_token_of_another(site, alice, bola):
    hers = alice.api()
    with site.transaction() as session:
        accounts.revoke_token(session, bola.actor, str(hers.token), at=clock.now())
    assert hers.get("/me").status_code == 200


def test_tokens_are_stored_as_digests_only(site, alice):
    api = alice.api()
    assert api.get("/me").status_code == 200
    assert str(api.token) not in str(site.execute("SELECT * FROM access_token"))
    assert str(api.token) not in str(site.execute("SELECT * FROM audit_event"))


def test_a_request_with_a_token_speaks_for_the_tokens_owner_never_for_the_cookie_beside_it(
    alice, bola
):
    browser, token = alice.browser(), bola.api().token
    me = f"{API_PREFIX}/me"
    assert browser.get(me).json["email"] == alice.email
    assert browser.get(me, headers={"Authorization": f"Bearer {token}"}).json["email"] == bola.email
    for header in ("Bearer made-up", "Bearer", "", "Basic YTpi", "Token x"):
        answer = browser.get(me, headers={"Authorization": header})
        assert answer.status_code == 401, header
        written = browser.post(ENROLL, json={}, headers={"Authorization": header})
        assert written.status_code == 401, header


def test_a_token_opens_no_pages(alice):
    page = alice.site.browser().get(
        "/my-courses", headers={"Authorization": f"Bearer {alice.api().token}"}
    )
    assert page.status_code == 302


def csrf_token(browser: Browser) -> str:
    """Return the token that the pages of a session carry."""
    page = browser.get("/account").text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_write_by_cookie_needs_the_token_of_its_session(site, alice, bola):
    browser, other = alice.browser(), bola.browser()
    tokens = {
        "none": {},
        "empty": {"X-CSRFToken": ""},
        "made up": {"X-CSRFToken": "made-up"},
        "another person's": {"X-CSRFToken": csrf_token(other)},
    }
    for what, headers in tokens.items():
        refused = browser.post(ENROLL, json={}, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (400, "csrf_failed"), what
    assert site.scalar("SELECT count(*) FROM enrollment") == 0
    sent = browser.post(ENROLL, json={}, headers={"X-CSRFToken": csrf_token(browser)})
    assert sent.status_code == 201


def test_a_write_by_token_needs_no_other(alice):
    assert alice.api().post(f"/courses/{COURSE}/enrollments").status_code == 201


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_form_on_another_site_writes_nothing_through_the_api(site, alice, content_type):
    # What a form elsewhere can send: these types of body, the cookie, and no header of its own.
    browser = alice.browser()
    answer = browser.post(ENROLL, data=b"{}", content_type=content_type)
    assert (answer.status_code, answer.json["code"]) == (400, "csrf_failed")
    assert site.scalar("SELECT count(*) FROM enrollment") == 0


def test_every_form_on_the_site_is_refused_without_its_token(site: Site, alice):
    alice.with_password()
    browser = alice.browser()
    before = [site.execute(f"SELECT * FROM {table}") for table in ("person", "enrollment")]
    forms = 0
    for endpoint, method, address in all_doors(site):
        if method == "GET" or address.startswith("/api/"):
            continue
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "made-up"}):
            answer = browser.post(
                address, data={"current_password": PASSWORD, "name": "Eve", "locale": "en", **data}
            )
            assert answer.status_code == 400, endpoint
            assert "We could not be sure that this came from you." in answer.text
        forms += 1
    assert forms >= 14
    assert [site.execute(f"SELECT * FROM {table}") for table in ("person", "enrollment")] == before


def test_a_stranger_is_not_signed_in_by_a_form_on_another_site(site, bola):
    bola.with_password()
    browser = site.browser()
    browser.get("/sign-in")
    answer = browser.post("/sign-in", data={"email": bola.email, "password": PASSWORD})
    assert answer.status_code == 400
    assert browser.get("/my-courses").status_code == 302


def test_the_token_of_a_page_stays_good_while_the_session_lasts(alice):
    browser = alice.browser()
    first = csrf_token(browser)
    assert csrf_token(browser) == first
    for _ in range(2):
        sent = browser.post(
            "/account/profile", data={"csrf_token": first, "name": "Alice B.", "locale": "en"}
        )
        assert sent.status_code == 302


def test_the_token_of_a_session_that_ended_is_good_no_more(alice):
    browser = alice.browser()
    old = csrf_token(browser)
    browser.submit("/sign-out")
    later = alice.browser()
    sent = later.post("/account/profile", data={"csrf_token": old, "name": "Eve", "locale": "en"})
    assert sent.status_code == 400
