"""What stands in the headers of answers: security, cookies, caching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from courseapp.core import clock
from tests.cast import PASSWORD, Cast
from tests.databases import settings_for
from tests.sites import Site
from tests.studying import COURSE, Study
from tests.web.html import parse_html
from tests.web.walking import places, unvisited

SVG: Final = "http://www.w3.org/2000/svg"


@pytest.fixture
def tls_site(fresh_database, tmp_path: Path) -> Iterator[Site]:
    """A site that people reach over TLS."""
    settings = settings_for(
        fresh_database.url, tmp_path / "instance", base_url="https://learn.union.example"
    )
    site = Site(fresh_database, settings)
    yield site
    site.close()


def directives(answer: TestResponse) -> dict[str, list[str]]:
    policy = answer.headers["Content-Security-Policy"]
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def test_every_answer_carries_the_security_headers(site, alice):
    browser, api = alice.browser(), alice.api()
    answers = [
        browser.get("/"),
        browser.get("/account"),
        browser.get("/nothing-is-here"),
        browser.get("/sign-in"),
        browser.post("/account/profile"),
        browser.get("/health"),
        api.get("/me"),
        api.get("/nothing"),
        site.api().get("/me"),
        api.post("/accounts", {"email": 5}),
        browser.get("/api/openapi.json"),
        browser.get("/static/style.css", buffered=True),
        browser.open("/account", method="DELETE"),
    ]
    assert {answer.status_code for answer in answers} == {200, 302, 400, 401, 404, 405, 422}
    for answer in answers:
        where = answer.request.path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", where
        assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, where
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert "Server" not in answer.headers or "Werkzeug" not in answer.headers["Server"]
        policy = directives(answer)
        assert policy["default-src"] == ["'none'"], where
        assert policy["frame-ancestors"] == ["'none'"], where
        assert policy["base-uri"] == ["'none'"], where
        assert policy["form-action"] == ["'self'"], where
        for sources in policy.values():
            assert set(sources) <= {"'self'", "'none'"}, where
        answer.close()


def test_no_page_asks_anything_of_another_site_or_has_script_or_style_inside(
    site, study, cast, authored
):
    """The policy would stop it; here nothing even tries."""
    walk = places(study, cast, authored)
    missed = unvisited(site.app, walk.all)
    assert not missed, f"tests/web/walking.py does not lead to {missed}"
    for browser, addresses in (
        (site.browser(), walk.for_strangers),
        (cast.alice.browser(), walk.for_learners),
        (cast.person_called("Chidi Eze").browser(), walk.for_graduates),
        (cast.dana.browser(), walk.for_administrators),
    ):
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code in {200, 404}, address
            page = parse_html(answer.text)
            for element in page:
                names = set(element.attributes)
                assert not [name for name in names if name.startswith("on")], (address, names)
                assert "style" not in names, (address, element.tag, element["style"])
                assert element.tag not in {"style", "iframe", "object", "embed", "base"}, address
                if element.tag == "script":
                    assert "src" in names, address
                    assert not element.children, address
                for name in ("src", "srcset", "action", "formaction", "data", "poster"):
                    target = urlsplit(element.get(name))
                    assert not target.netloc, (address, element.get(name))
                    assert target.scheme in {"", "data"[:0]}, (address, element.get(name))
                if element.tag == "link":
                    assert urlsplit(element["href"]).netloc == "", address
                if element.tag == "a" and urlsplit(element.get("href")).netloc:
                    # A link may lead elsewhere when somebody follows it; nothing is fetched before.
                    assert "ping" not in names, address
            assert not re.search(r"url\(\s*['\"]?(https?:)?//", answer.text), address


def test_the_style_sheet_and_the_scripts_ask_nothing_of_another_site(site):
    files = [p for p in Path(str(site.app.static_folder)).rglob("*") if p.is_file()]
    assert {p.suffix for p in files} >= {".css", ".js", ".svg"}
    for path in files:
        text = path.read_text(encoding="utf-8").replace(SVG, "")
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.", text), path.name


def cookies_of(answer: TestResponse) -> dict[str, set[str]]:
    """Return the attributes of every cookie that an answer sets, by its name."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        first, *attributes = (part.strip() for part in line.split(";"))
        found[first.partition("=")[0]] = set(attributes)
    return found


def test_cookies_are_for_this_site_and_for_no_script(site, alice):
    alice.with_password()
    browser = site.browser()
    answer = browser.submit("/sign-in", email=alice.email, password=PASSWORD)
    cookies = cookies_of(answer)
    assert set(cookies) == {"session", "device"}
    for attributes in cookies.values():
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
        assert "Secure" not in attributes
        assert not [a for a in attributes if a.startswith("Domain")]
    assert "Strict-Transport-Security" not in answer.headers


def test_over_tls_cookies_are_secure_and_browsers_remember_to_come_that_way(tls_site):
    alice = Cast(tls_site).alice.with_password()
    browser = tls_site.browser()
    answer = browser.submit("/sign-in", email=alice.email, password=PASSWORD)
    cookies = cookies_of(answer)
    assert set(cookies) == {"session", "device"}
    assert all("Secure" in attributes for attributes in cookies.values())
    age = re.fullmatch(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])
    assert age
    assert int(age[1]) >= 31_536_000
    assert tls_site.api().get("/courses").headers["Strict-Transport-Security"]


def test_an_anonymous_visitor_gets_no_cookie_from_pages_without_a_form(site):
    for path in ("/", f"/courses/{COURSE}", "/privacy", "/verify", "/api/docs"):
        assert "Set-Cookie" not in site.browser().get(path).headers, path


def test_the_programs_api_sets_no_cookie(site, alice):
    api = alice.api()
    for answer in (
        api.get("/me"),
        api.post(f"/courses/{COURSE}/enrollments"),
        site.api().get("/me"),
    ):
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_a_page_that_has_not_changed_is_not_sent_again_an_hour_later(
    study: Study, alice, monkeypatch, encoding
):
    study.enroll(alice)
    browser = alice.browser()
    module = study.course().modules[0]
    paths = [
        f"/courses/{COURSE}/lessons/{module.lessons[0].key}",
        f"/courses/{COURSE}/quizzes/{module.quiz.key}",
        f"/courses/{COURSE}",
        "/my-courses",
        "/account",
        f"/api/v1/courses/{COURSE}",
    ]
    headers = {"Accept-Encoding": encoding}
    for path in paths:  # the first visit of a page is remembered, and shown on others
        browser.get(path)
    tags = {path: browser.get(path, headers=headers).headers["ETag"] for path in paths}
    monkeypatch.setattr(
        "itsdangerous.timed.TimestampSigner.get_timestamp",
        lambda _self: int(clock.now().timestamp()) + 3600,
    )
    for path in paths:
        again = browser.get(path, headers={**headers, "If-None-Match": tags[path]})
        assert again.status_code == 304, path
        assert again.data == b""
        assert again.headers["ETag"] == tags[path]


def test_a_page_that_has_changed_is_sent_again(study: Study, alice):
    enrollment = study.enroll(alice)
    key = study.course().modules[0].lessons[0].key
    browser = alice.browser()
    path = f"/courses/{COURSE}/lessons/{key}"
    browser.get(path)
    etag = browser.get(path).headers["ETag"]
    study.read(alice, enrollment, key)
    after = browser.get(path, headers={"If-None-Match": etag})
    assert after.status_code == 200
    assert "done" in after.text


def test_the_page_of_one_person_is_no_page_for_another(study: Study, alice, bola):
    study.enroll(alice)
    browser = alice.browser()
    answer = browser.get("/my-courses")
    assert (
        "private" in answer.headers["Cache-Control"]
        or "no-store" in answer.headers["Cache-Control"]
    )
    assert "Cookie" in answer.headers["Vary"]
    other = bola.browser().get("/my-courses", headers={"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200


def test_signing_out_leaves_no_page_that_the_back_button_may_show_unchecked(alice):
    browser = alice.browser()
    answer = browser.get("/account")
    assert re.search("no-cache|no-store", answer.headers["Cache-Control"])
    etag = answer.headers["ETag"]
    browser.submit("/sign-out")
    assert browser.get("/account", headers={"If-None-Match": etag}).status_code == 302


def test_static_files_may_be_kept_for_ever_under_the_address_that_pages_give(site):
    browser = site.browser()
    page = parse_html(browser.get("/").text)
    addresses = {link["href"] for link in page.all("link")}
    assert len(addresses) >= 2
    for address in addresses:
        with browser.get(address) as file:
            assert file.status_code == 200
            assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert "Set-Cookie" not in file.headers
            # Else browsers would fetch it anew with every change of the cookie.
            assert "Cookie" not in file.headers["Vary"]
        with browser.get(address.partition("?")[0]) as file:
            # Without the digest in the address the file may change.
            assert file.headers["Cache-Control"] == "no-cache"
            etag = file.headers["ETag"]
        with browser.get(address.partition("?")[0], headers={"If-None-Match": etag}) as again:
            assert again.status_code == 304


def test_an_address_with_a_wrong_digest_is_not_kept_for_ever(site):
    with site.browser().get("/static/style.css?v=000000000000") as file:
        assert "immutable" not in file.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/nothing.css"]
)
def test_no_other_file_is_served_as_a_static_one(site, path):
    assert site.browser().get(path).status_code == 404
