"""Signing in: nobody learns who has an account, and guessing is slow without locking the owner out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest
from argon2 import PasswordHasher
from itsdangerous import URLSafeSerializer
from werkzeug.test import TestResponse

from courseapp.accounts import passwords
from courseapp.accounts import service as accounts
from courseapp.core import clock
from courseapp.core.ids import token_hash
from tests.cast import PASSWORD, Person
from tests.queries import QueryRecorder
from tests.sites import Api, Browser, Site
from tests.web.conftest import Clock

NOBODY: Final = "nobody@union.example"
WRONG: Final = "not the right words"


@dataclass
class CountingHasher:
    """argon2's hasher, with a list of what it was asked to do."""

    inner: PasswordHasher
    calls: list[str]

    def hash(self, password: str) -> str:
        self.calls.append("hash")
        return self.inner.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        self.calls.append("verify")
        return self.inner.verify(password_hash, password)


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note how often passwords are hashed and verified."""
    counting = CountingHasher(passwords._hasher, [])
    monkeypatch.setattr(passwords, "_hasher", counting)
    return counting.calls


@dataclass
class Seen:
    """Everything that a stranger could notice of an answer, and the work behind it."""

    status: int
    headers: dict[str, str]
    body: str
    hashing: list[str]
    statements: list[str]

    @property
    def kinds(self) -> set[str]:
        return {statement.split()[0] for statement in self.statements}


def see(send: Any, email: str, hashing: list[str]) -> Seen:
    """Send something, and return what can be noticed; the address typed and the CSRF token do not count."""
    hashing.clear()
    with QueryRecorder() as queries:
        answer: TestResponse = send(email)
    body = answer.text.replace(email, "ADDRESS")
    body = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", body)
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"Set-Cookie", "Date", "ETag", "Content-Length"}
    }
    return Seen(answer.status_code, headers, body, list(hashing), queries.statements)


def at(client: Browser | Api, address: str) -> Any:
    """Let a client speak from a network address."""
    inner = client.client if isinstance(client, Api) else client
    inner.environ_base["REMOTE_ADDR"] = address
    return client


def page_sign_in(site: Site, password: str = WRONG, address: str = "10.0.0.1") -> Any:
    return lambda email: at(site.browser(), address).submit(
        "/sign-in", email=email, password=password
    )


def api_sign_in(site: Site, password: str = WRONG, address: str = "10.0.0.1") -> Any:
    return lambda email: at(site.api(), address).post(
        "/tokens", {"email": email, "password": password}
    )


@pytest.fixture
def erased(site, cast) -> str:
    """The address of somebody who had her account deleted."""
    eve = cast.person("Eve", "eve@union.example").with_password()
    actor = eve.actor
    with site.transaction() as session:
        accounts.erase_person(session, actor, at=clock.now())
    return "eve@union.example"


@pytest.mark.parametrize("door", [page_sign_in, api_sign_in])
def test_a_wrong_password_and_an_unknown_address_cannot_be_told_apart(
    site, alice, bola, erased, hashing, door
):
    alice.with_password()
    with_account = see(door(site), alice.email, hashing)
    assert with_account.status == 401
    assert with_account.hashing == ["verify"]
    # Bola was invited and has not chosen a password yet.
    for email in (NOBODY, bola.email, erased):
        other = see(door(site), email, hashing)
        assert other == with_account, email


@pytest.mark.parametrize("door", [page_sign_in, api_sign_in])
def test_guessers_are_refused_alike_whether_the_account_exists_or_not(
    site, alice, hashing, door, time
):
    alice.with_password()
    for _ in range(5):
        for email in (alice.email, NOBODY):
            assert door(site)(email).status_code == 401
    with_account, without = (see(door(site), email, hashing) for email in (alice.email, NOBODY))
    assert with_account.status == 429
    assert with_account == without
    assert with_account.hashing == []


def page_sign_up(site: Site) -> Any:
    return lambda email: site.browser().submit(
        "/sign-up", name="Somebody", email=email, password=PASSWORD, locale="en"
    )


def api_sign_up(site: Site) -> Any:
    return lambda email: site.api().post(
        "/accounts", {"name": "Somebody", "email": email, "password": PASSWORD}
    )


@pytest.mark.parametrize("door", [page_sign_up, api_sign_up])
def test_signing_up_answers_the_same_whether_the_account_exists_or_not(site, alice, hashing, door):
    taken, new = (see(door(site), email, hashing) for email in (alice.email, NOBODY))
    assert (taken.status, taken.headers, taken.body) == (new.status, new.headers, new.body)
    assert taken.hashing == new.hashing == ["hash"]
    assert taken.kinds == new.kinds
    # A mail goes out either way: to the owner of the address, who alone may know.
    assert sorted(mail.to for mail in site.take_mails()) == [alice.email, NOBODY]


def test_what_the_page_says_after_signing_up_does_not_tell_either(site, alice):
    said = []
    for email in (alice.email, NOBODY):
        browser = site.browser()
        sent = browser.submit("/sign-up", name="S", email=email, password=PASSWORD, locale="en")
        page = browser.get(sent.location).text
        said.append(re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", page))
    assert "Your account is ready" in said[0]
    assert said[0] == said[1]


def test_signing_up_again_changes_nothing_of_the_account_that_is_there(site, alice):
    alice.with_password()
    before = site.execute("SELECT * FROM person")
    site.api().post(
        "/accounts", {"name": "Mallory", "email": alice.email.upper(), "password": WRONG}
    )
    assert site.execute("SELECT * FROM person") == before
    assert api_sign_in(site, PASSWORD)(alice.email).status_code == 201


def forgot(site: Site) -> Any:
    return lambda email: site.browser().submit("/forgotten-password", email=email)


def test_a_forgotten_password_answers_the_same_whether_the_account_exists_or_not(
    site, alice, erased, hashing
):
    with_account = see(forgot(site), alice.email, hashing)
    assert with_account.status == 302
    for email in (NOBODY, erased):
        other = see(forgot(site), email, hashing)
        assert (other.status, other.headers, other.body) == (
            with_account.status,
            with_account.headers,
            with_account.body,
        )
        assert other.hashing == with_account.hashing == []
        assert other.kinds == with_account.kinds
    assert [mail.to for mail in site.take_mails()] == [alice.email]


def test_the_sixth_wrong_try_from_one_address_waits(site, alice, time: Clock):
    alice.with_password()
    for _ in range(5):
        assert page_sign_in(site)(alice.email).status_code == 401
        time.forward(seconds=10)
    refused = page_sign_in(site)(alice.email)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) in {850, 851}
    assert "Too many tries" in refused.text
    # Even the right password is refused then, so that nobody learns that it was right.
    assert page_sign_in(site, PASSWORD)(alice.email).status_code == 429
    api = api_sign_in(site, PASSWORD)(alice.email)
    assert (api.status_code, api.json["code"]) == (429, "too_many_requests")
    assert api.json["retry_after"] == int(api.headers["Retry-After"])
    # Somebody else at the same address, and she herself elsewhere, are not concerned.
    assert page_sign_in(site, PASSWORD, "10.0.0.2")(alice.email).status_code == 302
    time.forward(seconds=852)
    assert page_sign_in(site, PASSWORD)(alice.email).status_code == 302


def test_tries_by_page_and_by_program_are_counted_together(site, alice):
    alice.with_password()
    doors = [page_sign_in, api_sign_in, page_sign_in, api_sign_in, page_sign_in]
    for door in doors:
        assert door(site)(alice.email).status_code == 401
    assert api_sign_in(site)(alice.email).status_code == 429


def test_other_spellings_of_the_address_are_counted_together(site, alice):
    alice.with_password()
    spellings = [
        alice.email,
        alice.email.upper(),
        f" {alice.email} ",
        alice.email.title(),
        alice.email,
    ]
    for email in spellings:
        assert api_sign_in(site)(email).status_code == 401
    assert api_sign_in(site)(alice.email.swapcase()).status_code == 429


def test_the_right_password_forgets_the_tries_before_it(site, alice):
    alice.with_password()
    for _ in range(2):
        for _ in range(4):
            assert page_sign_in(site)(alice.email).status_code == 401
        assert page_sign_in(site, PASSWORD)(alice.email).status_code == 302


def attack(site: Site, person: Person) -> None:
    """Guess from many addresses until the account refuses strangers."""
    for number in range(6):
        for _ in range(5):
            assert api_sign_in(site, address=f"10.1.0.{number}")(person.email).status_code == 401
    assert api_sign_in(site, address="10.1.0.99")(person.email).status_code == 429


def test_the_owner_still_gets_in_on_a_device_that_she_has_used(site, alice):
    alice.with_password()
    hers = at(site.browser(), "10.9.0.1")
    hers.submit("/sign-in", email=alice.email, password=PASSWORD)
    hers.submit("/sign-out")
    attack(site, alice)
    # From wherever she is now.
    at(hers, "10.9.0.2")
    assert hers.submit("/sign-in", email=alice.email, password=WRONG).status_code == 401
    assert hers.submit("/sign-in", email=alice.email, password=PASSWORD).status_code == 302


def test_those_who_get_in_use_up_nobodys_tries(site, alice):
    alice.with_password()
    with site.transaction() as session:
        # More than an account may try in an hour, and than an office may in a quarter of one.
        for number in range(101):
            email = alice.email if number < 31 else f"member{number}@union.example"
            who: dict[str, Any] = {"email": email, "address": "10.0.0.1", "device": None}
            accounts.begin_sign_in(session, **who, at=clock.now())
            accounts.complete_sign_in(session, **who)
    assert api_sign_in(site)(alice.email).status_code == 401
    assert api_sign_in(site, PASSWORD)(alice.email).status_code == 201


def test_a_device_that_she_has_used_is_no_free_pass_for_guessing(site, alice):
    alice.with_password()
    stolen = site.browser()
    stolen.submit("/sign-in", email=alice.email, password=PASSWORD)
    stolen.submit("/sign-out")
    for _ in range(10):
        assert stolen.submit("/sign-in", email=alice.email, password=WRONG).status_code == 401
    assert stolen.submit("/sign-in", email=alice.email, password=PASSWORD).status_code == 429


def test_a_made_up_device_cookie_helps_nobody(site, alice, bola):
    alice.with_password()
    bola.with_password()
    bolas = site.browser()
    bolas.submit("/sign-in", email=bola.email, password=PASSWORD)
    own = bolas.get_cookie("device")
    assert own is not None
    account = token_hash(alice.email)
    made_up = [
        "x",
        "",
        own.decoded_value,
        own.decoded_value[::-1],
        URLSafeSerializer("another key", salt="known device").dumps(["x", account]),
        URLSafeSerializer(site.settings.secret_key).dumps(["x", account]),
        URLSafeSerializer(site.settings.secret_key, salt="known device").dumps("x"),
        URLSafeSerializer(site.settings.secret_key, salt="known device").dumps([1, 2, 3]),
    ]
    attack(site, alice)
    for value in made_up:
        guesser = at(site.browser(), "10.1.0.99")
        guesser.set_cookie("device", value)
        assert guesser.submit("/sign-in", email=alice.email, password=WRONG).status_code == 429


@pytest.mark.parametrize("door", [page_sign_up, api_sign_up, forgot])
def test_nobody_can_be_flooded_with_mails(site, alice, time: Clock, door):
    for _ in range(6):
        assert door(site)(alice.email).status_code < 400
    refused = door(site)(alice.email)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3601
    assert len(site.take_mails()) == 6
    assert door(site)("else@union.example").status_code < 400
    time.forward(minutes=61)
    assert door(site)(alice.email).status_code < 400


def test_signing_in_starts_a_new_session_and_drops_what_the_old_one_held(site, alice):
    alice.with_password()
    browser = site.browser()
    browser.get("/sign-in")
    with browser.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
    browser.submit("/sign-in", email=alice.email, password=PASSWORD)
    with browser.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"
        assert session.permanent


def test_a_session_cookie_that_was_changed_is_nobodys(site, alice):
    browser = alice.browser()
    cookie = browser.get_cookie("session")
    assert cookie is not None
    for value in (cookie.value[:-3] + "abc", "x", "", cookie.value.replace(".", "")):
        browser.set_cookie("session", value)
        assert browser.get("/my-courses").status_code == 302
    browser.set_cookie("session", cookie.value)
    assert browser.get("/my-courses").status_code == 200


def test_a_session_ends_after_thirty_days(alice, monkeypatch):
    browser = alice.browser()
    monkeypatch.setattr(
        "itsdangerous.timed.TimestampSigner.get_timestamp",
        lambda _self: int((clock.now() + timedelta(days=31)).timestamp()),
    )
    assert browser.get("/my-courses").status_code == 302
