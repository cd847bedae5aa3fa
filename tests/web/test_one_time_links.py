"""One-time links: for a forgotten password, for the first administrator, for signing in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import pytest

from courseapp.accounts import service as accounts
from courseapp.accounts.errors import LinkNotUsable
from courseapp.accounts.queries import get_usable_link
from courseapp.accounts.types import LinkPurpose
from courseapp.core import clock
from courseapp.ops.setup import first_administrator_address
from tests.cast import PASSWORD, THEN, Person
from tests.sites import Site
from tests.web.conftest import Clock
from tests.web.visitor import Visitor

NEW: Final = "another four quiet words"
NOT_USABLE: Final = "This link has been used already or is too old."


def path_in(address: str, site: Site) -> str:
    """Return the path of an address that leads to this site."""
    assert address.startswith(f"{site.settings.base_url}/links/")
    return address.removeprefix(site.settings.base_url)


def ask_for_link(site: Site, person: Person) -> str:
    """Ask for a new password on the page, and return where the link leads that comes by mail."""
    visitor = Visitor(site.browser())
    visitor.open("/sign-in")
    visitor.follow("I forgot my password")
    visitor.press("Send the link", email=person.email)
    assert "a link is on its way" in visitor.text
    (mail,) = site.take_mails()
    assert mail.to == person.email
    (address,) = re.findall(r"https?://\S+", mail.text)
    return path_in(address, site)


def test_a_forgotten_password_is_set_anew_by_the_link_in_the_mail(site, alice):
    alice.with_password()
    visitor = Visitor(site.browser())
    visitor.open(ask_for_link(site, alice))
    visitor.press("Set the password", password=NEW)
    assert "Your password is set, and you are signed in." in visitor.text
    visitor.open("/account")
    assert alice.email in visitor.text
    tokens = [
        site.api().post("/tokens", {"email": alice.email, "password": password}).status_code
        for password in (PASSWORD, NEW)
    ]
    assert tokens == [401, 201]


def test_looking_at_a_link_does_not_use_it_up(site, alice):
    link = ask_for_link(site, alice)
    # A mail program may look at it first.
    for _ in range(3):
        assert site.browser().get(link).status_code == 200
    assert site.browser().submit(link, password=NEW).status_code == 302


def test_a_link_works_once(site, alice):
    link = ask_for_link(site, alice)
    site.browser().submit(link, password=NEW)
    later = Visitor(site.browser())
    later.open(link)
    assert later.status == 404
    assert NOT_USABLE in later.text
    again = later.browser.submit(link, password="a third set of words")
    assert again.status_code == 404
    assert site.api().post("/tokens", {"email": alice.email, "password": NEW}).status_code == 201


def test_a_new_password_ends_the_sessions_that_were_open(site, alice):
    elsewhere = alice.browser()
    assert elsewhere.get("/my-courses").status_code == 200
    here = site.browser()
    here.submit(ask_for_link(site, alice), password=NEW)
    assert elsewhere.get("/my-courses").status_code == 302
    assert here.get("/my-courses").status_code == 200


def test_a_link_expires_after_an_hour(site, alice, time: Clock):
    link = ask_for_link(site, alice)
    time.forward(minutes=59, seconds=59)
    assert site.browser().get(link).status_code == 200
    time.forward(seconds=1)
    for answer in (site.browser().get(link), site.browser().submit(link, password=NEW)):
        assert answer.status_code == 404
        assert NOT_USABLE in answer.text


def test_a_link_for_one_purpose_serves_no_other(site, alice):
    with site.transaction() as session:
        token = accounts.create_link(
            session, LinkPurpose.SIGN_IN, alice.id, lasts=timedelta(hours=1), at=THEN
        )
    for purpose in (LinkPurpose.SET_PASSWORD, LinkPurpose.FIRST_ADMINISTRATOR):
        with pytest.raises(LinkNotUsable), site.transaction() as session:
            accounts.use_link(session, token, purpose, at=THEN)
    with site.transaction() as session:
        used = accounts.use_link(session, token, LinkPurpose.SIGN_IN, at=THEN)
    assert used.person_id == alice.id


def test_links_made_up_used_and_expired_look_the_same(site, alice, time: Clock):
    used, expired = ask_for_link(site, alice), ask_for_link(site, alice)
    site.browser().submit(used, password=NEW)
    time.forward(hours=2)
    pages = [site.browser().get(path) for path in (used, expired, "/links/made-up", "/links/%ff")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1


def test_the_secret_of_a_link_is_stored_nowhere(site, alice):
    token = ask_for_link(site, alice).rpartition("/")[2]
    stored = site.execute("SELECT * FROM one_time_link") + site.execute(
        "SELECT * FROM outbox_message"
    )
    assert token not in str(stored)
    with site.snapshot() as session:
        assert get_usable_link(session, token, at=clock.now()).person_id == alice.id


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1:8000@evil.example"]
)
def test_a_forged_host_gets_into_no_mail_and_no_link(site, study, alice, authored, host):
    study.publish(authored)
    certificate = study.finish(alice, "small")
    forged = {"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": "https"}
    stranger = site.browser()
    stranger.environ_base["HTTP_X_FORWARDED_HOST"] = host
    sent = [
        site.api().post(
            "/accounts",
            {"email": "new@union.example", "name": "N", "password": PASSWORD},
            headers=forged,
        ),
        site.api().post(
            "/accounts", {"email": alice.email, "name": "N", "password": PASSWORD}, headers=forged
        ),
        stranger.submit("/forgotten-password", email=alice.email),
    ]
    assert [answer.status_code for answer in sent] == [201, 201, 302]
    mails = site.take_mails()
    assert len(mails) == 3
    for mail in mails:
        assert "evil" not in mail.text
        assert site.settings.base_url in mail.text
    answer = alice.api().get(f"/enrollments/{certificate.id}/certificate", headers=forged)
    assert answer.json["verify_url"].startswith(f"{site.settings.base_url}/verify/")
    for path in ("/", "/sign-in", "/my-courses", "/courses/small", "/verify", "/api/openapi.json"):
        page = site.browser().get(path, headers=forged)
        assert "evil" not in page.text
        assert "evil" not in str(page.headers)


def printed_link(site: Site) -> str | None:
    """Return what a start of the server prints for the first administrator."""
    with site.app.app_context():
        address = first_administrator_address()
    return None if address is None else path_in(address, site)


def set_up(site: Site, link: str, email: str = "dana@union.example") -> Visitor:
    visitor = Visitor(site.browser())
    visitor.open(link)
    visitor.press("Become the administrator", name="Dana Okoye", email=email, password=PASSWORD)
    return visitor


def administrators(site: Site) -> int:
    count: int = site.scalar("SELECT count(*) FROM person_role WHERE role = 'site_administrator'")
    return count


def test_the_first_administrator_sets_a_password_by_the_printed_link(site):
    link = printed_link(site)
    assert link is not None
    visitor = set_up(site, link)
    assert "You are the administrator of this site." in visitor.text
    token = site.api().post("/tokens", {"email": "dana@union.example", "password": PASSWORD}).json
    me = site.api(token["token"]).get("/me").json
    assert me["roles"] == [{"role": "site_administrator", "organization_id": None}]
    # The next start prints no link any more.
    assert printed_link(site) is None


def test_the_first_administrators_link_works_once(site):
    link = printed_link(site)
    assert link is not None
    set_up(site, link)
    again = site.browser().submit(link, name="Eve", email="eve@union.example", password=PASSWORD)
    assert again.status_code == 404
    assert administrators(site) == 1
    assert site.scalar("SELECT count(*) FROM person") == 1


def test_a_newer_start_voids_the_link_of_an_earlier_one(site):
    old, new = printed_link(site), printed_link(site)
    assert old is not None
    assert new is not None
    assert site.browser().get(old).status_code == 404
    refused = site.browser().submit(old, name="Eve", email="eve@union.example", password=PASSWORD)
    assert refused.status_code == 404
    assert administrators(site) == 0
    set_up(site, new)
    assert administrators(site) == 1


def test_the_link_is_void_when_somebody_has_become_administrator_otherwise(site, cast):
    link = printed_link(site)
    assert link is not None
    assert cast.dana.actor.is_site_administrator
    assert site.browser().get(link).status_code == 404
    refused = site.browser().submit(link, name="Eve", email="eve@union.example", password=PASSWORD)
    assert refused.status_code == 404
    assert administrators(site) == 1
    assert site.scalar("SELECT count(*) FROM person") == 1


def test_the_link_is_not_used_up_by_an_address_that_is_taken(site, alice):
    link = printed_link(site)
    assert link is not None
    visitor = set_up(site, link, email=alice.email)
    assert visitor.status == 422
    assert visitor.field("email")["aria-invalid"] == "true"
    visitor.press("Become the administrator", email="dana@union.example", password=PASSWORD)
    assert administrators(site) == 1


def test_a_sign_in_link_signs_in_once_and_only_by_its_button(site, alice):
    with site.transaction() as session:
        token = accounts.create_link(
            session, LinkPurpose.SIGN_IN, alice.id, lasts=timedelta(hours=1), at=clock.now()
        )
    visitor = Visitor(site.browser())
    visitor.open(f"/links/{token}")
    assert visitor.heading == "Sign in as Alice Mbeki"
    assert visitor.browser.get("/my-courses").status_code == 302
    visitor.press("Sign in")
    assert visitor.heading == "My courses"
    assert site.browser().submit(f"/links/{token}").status_code == 404


def test_the_links_of_an_erased_person_are_gone(site, alice):
    link = ask_for_link(site, alice)
    actor = alice.actor
    with site.transaction() as session:
        accounts.erase_person(session, actor, at=clock.now())
    assert site.browser().get(link).status_code == 404
    assert site.browser().submit(link, password=NEW).status_code == 404
