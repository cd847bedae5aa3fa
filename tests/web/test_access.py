"""Who may see what: strangers are asked to sign in, and what is another learner's does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose
from courseapp.cohorts import service as cohorts
from courseapp.core import clock
from courseapp.core.ids import new_id
from tests.cast import PASSWORD, THEN, Cast, Person
from tests.sites import Browser, Site
from tests.studying import COURSE, Study, quiz_of

# Everything that strangers may use. What is not in this list asks for a person; adding to it is a decision.
PUBLIC: Final = frozenset(
    {
        "accounts.create_account",
        "accounts.create_session",
        "accounts.follow_link",
        "accounts.forgotten_password",
        "accounts.request_password_reset",
        "accounts.sign_in",
        "accounts.sign_out",
        "accounts.sign_up",
        "accounts.use_link",
        "accounts_api.create_account",
        "accounts_api.create_token",
        "api-docs.openapi_json",
        "catalog.glossary",
        "catalog.picture",
        "catalog_api.get_course",
        "catalog_api.get_courses",
        "catalog_api.get_module",
        "credentials.verify",
        "credentials.verify_form",
        "credentials_api.verify_certificate",
        "learning.course",
        "learning.home",
        "learning.module",
        "learning.privacy",
        "openapi.docs",
        "ops.health",
        "static",
    }
)


@dataclass(frozen=True)
class Hers:
    """What Alice has: an enrollment, an open attempt and a graded one."""

    enrollment: str
    open_attempt: str
    graded_attempt: str
    lesson: str
    quiz: str
    question: str
    option: str


@pytest.fixture
def hers(site: Site, study: Study, cast: Cast) -> Hers:
    """Alice is in a cohort that Chen follows, has read a lesson, and is in the middle of a quiz."""
    course = study.course()
    with site.transaction() as session:
        cohort = cohorts.create_cohort(
            session,
            "Spring",
            cast.union,
            course.id,
            trainers=[cast.chen.id],
            by=cast.chen.id,
            at=THEN,
        )
    enrollment = study.enroll(cast.alice, cohort_id=cohort)
    module = course.modules[0]
    study.read(cast.alice, enrollment, module.lessons[0].key)
    graded = study.take_quiz(cast.alice, enrollment, module.quiz.key)
    api = cast.alice.api()
    started = api.post(f"/enrollments/{enrollment.id}/quizzes/{module.quiz.key}/attempts").json
    question = next(q for q in started["questions"] if q["kind"] == "single_choice")
    return Hers(
        enrollment=str(enrollment.id),
        open_attempt=started["id"],
        graded_attempt=str(graded.id),
        lesson=module.lessons[1].key,
        quiz=module.quiz.key,
        question=question["key"],
        option=question["options"][0]["key"],
    )


API_DOORS: Final = [
    ("GET", "/enrollments/{enrollment}"),
    ("GET", "/enrollments/{enrollment}/lessons/{lesson}"),
    ("PUT", "/enrollments/{enrollment}/lessons/{lesson}/completion"),
    ("POST", "/enrollments/{enrollment}/quizzes/{quiz}/attempts"),
    ("GET", "/enrollments/{enrollment}/certificate"),
    ("POST", "/enrollments/{enrollment}/certificate"),
    ("GET", "/attempts/{graded_attempt}"),
    ("GET", "/attempts/{open_attempt}"),
    ("PUT", "/attempts/{open_attempt}/responses/{question}"),
    ("PUT", "/attempts/{graded_attempt}/responses/{question}"),
    ("POST", "/attempts/{open_attempt}/submission"),
    ("POST", "/attempts/{graded_attempt}/submission"),
]
PAGE_DOORS: Final = [
    ("GET", "/attempts/{open_attempt}"),
    ("GET", "/attempts/{graded_attempt}"),
    ("GET", "/attempts/{open_attempt}/questions/1"),
    ("POST", "/attempts/{open_attempt}/questions/1"),
    ("GET", "/attempts/{open_attempt}/overview"),
    ("POST", "/attempts/{open_attempt}/submission"),
    ("GET", "/attempts/{graded_attempt}/review"),
]
OTHERS: Final = ("bola", "chen", "dana")


def with_ids(template: str, hers: Hers) -> str:
    return template.format(**asdict(hers))


def never_issued(template: str, hers: Hers) -> str:
    """Return the same address with ids that name nothing."""
    ids = {name: str(new_id()) for name in ("enrollment", "open_attempt", "graded_attempt")}
    return template.format(**asdict(hers) | ids)


def body_of(template: str, hers: Hers) -> dict[str, str]:
    return {"answer": hers.option} if "responses" in template else {}


def everything(site: Site) -> list[Any]:
    """Return all rows in which something of Alice's could have changed."""
    return [
        site.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in ("enrollment", "attempt", "attempt_question", "response", "lesson_completion")
    ]


def told(response: TestResponse) -> dict[str, str]:
    """Return what the headers of an answer say, but for the time and the cookies."""
    return {n: v for n, v in response.headers.items() if n not in {"Date", "Set-Cookie"}}


@pytest.mark.parametrize("who", OTHERS)
def test_in_the_api_another_learners_things_are_like_ids_never_issued(site, cast, hers, who):
    theirs, own = getattr(cast, who).api(), cast.alice.api()
    before = everything(site)
    for method, template in API_DOORS:
        options = {} if method == "GET" else {"json": body_of(template, hers)}
        found = theirs.request(method, with_ids(template, hers), **options)
        unknown = theirs.request(method, never_issued(template, hers), **options)
        assert found.status_code == unknown.status_code == 404, (method, template)
        assert found.mimetype == "application/problem+json", (method, template)
        assert found.data == unknown.data, (method, template)
        assert told(found) == told(unknown), (method, template)
    assert everything(site) == before
    # None of this is an error for Alice herself: the refusals were about who asks.
    for method, template in API_DOORS:
        options = {} if method == "GET" else {"json": body_of(template, hers)}
        answer = own.request(method, with_ids(template, hers), **options)
        is_hers = answer.status_code < 300 or answer.json["code"] != "not_found"
        assert is_hers, (method, template, answer.text)


@pytest.mark.parametrize("who", OTHERS)
def test_on_the_pages_another_learners_things_are_like_ids_never_issued(site, cast, hers, who):
    before = everything(site)

    def ask(browser: Browser, method: str, path: str) -> TestResponse:
        if method == "GET":
            return browser.get(path)
        return browser.submit(path, answer=hers.option, go="next")

    theirs, own = getattr(cast, who).browser(), cast.alice.browser()
    theirs.get("/my-courses")  # the first page of a session sets a cookie
    for method, template in PAGE_DOORS:
        found = ask(theirs, method, with_ids(template, hers))
        unknown = ask(theirs, method, never_issued(template, hers))
        assert found.status_code == unknown.status_code == 404, (method, template)
        assert found.data == unknown.data, (method, template)
        assert told(found) == told(unknown), (method, template)
    assert everything(site) == before
    for method, template in PAGE_DOORS:
        answer = ask(own, method, with_ids(template, hers))
        assert answer.status_code in {200, 302}, (method, template)


@pytest.mark.parametrize("who", OTHERS)
def test_others_find_nothing_of_hers_in_their_own_lists_and_downloads(cast, hers, who):
    other = getattr(cast, who)
    assert other.api().get("/enrollments").json == {"items": [], "next_cursor": None}
    browser = other.browser()
    for path in (
        "/my-courses",
        "/account/data",
        f"/courses/{COURSE}",
        f"/courses/{COURSE}/certificate",
    ):
        page = browser.get(path, follow_redirects=True)
        assert page.status_code == 200
        for secret in (hers.enrollment, hers.open_attempt, cast.alice.email, "Alice"):
            assert secret not in page.text


def test_a_certificate_of_another_is_no_download_of_mine(site, study, alice, bola, authored):
    study.publish(authored)
    study.finish(alice, "small")
    study.enroll(bola, "small")
    page = bola.browser().get("/courses/small/certificate.pdf")
    assert page.status_code == 404
    assert "Alice" not in bola.browser().get("/courses/small/certificate").text


def test_a_question_of_another_quiz_is_no_question_of_this_attempt(site, study, alice, hers):
    other_quiz = study.course().modules[1].quiz.key
    with site.snapshot() as session:
        other = quiz_of(session, study.again(alice), other_quiz).questions[0].key
    answer = alice.api().put(f"/attempts/{hers.open_attempt}/responses/{other}", {"answer": "true"})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert alice.browser().get(f"/attempts/{hers.open_attempt}/questions/99").status_code == 404


def all_doors(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield the endpoint, method and an address of everything that the site answers to."""
    sample = {"UUIDConverter": UUID(int=7), "IntegerConverter": 1, "PathConverter": "style.css"}
    for rule in site.app.url_map.iter_rules():
        values = {
            name: sample.get(type(rule._converters[name]).__name__, "x") for name in rule.arguments
        }
        address = site.app.url_map.bind("").build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address


def test_every_door_that_is_not_meant_for_all_asks_strangers_to_sign_in(site):
    walked = set()
    for endpoint, method, address in all_doors(site):
        browser = site.browser()
        is_api = address.startswith("/api/")
        if method == "GET":
            answer = browser.get(address)
        elif is_api:
            answer = browser.open(address, method=method, json={})
        else:
            answer = browser.submit(address)
        answer.close()
        walked.add(endpoint)
        wants_sign_in = answer.status_code == 401 or "/sign-in" in (answer.location or "")
        where = f"{method} {address} ({endpoint}): {answer.status}"
        if endpoint in PUBLIC:
            assert answer.status_code < 500, where
            # Signing out leads home; a new account leads to sign-in: neither is a refusal.
            assert not (wants_sign_in and "next" in (answer.location or "")), where
            assert answer.status_code != 401, where
        elif is_api:
            assert answer.status_code == 401, where
            assert answer.json["code"] == "not_signed_in", where
            assert answer.headers["WWW-Authenticate"] == "Bearer", where
        else:
            assert answer.status_code == 302, where
            assert urlsplit(answer.location).path == "/sign-in", where
    assert walked >= PUBLIC, f"no longer there: {PUBLIC - walked}"


def test_a_stranger_comes_back_to_the_page_that_asked_her_to_sign_in(site, alice):
    alice.with_password()
    browser = site.browser()
    asked = browser.get(f"/courses/{COURSE}/certificate?lang=fr")
    assert asked.location == f"/sign-in?next=/courses/{COURSE}/certificate?lang%3Dfr"
    signed_in = browser.submit(asked.location, email=alice.email, password=PASSWORD)
    assert signed_in.location == f"/courses/{COURSE}/certificate?lang=fr"


ELSEWHERE: Final = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example/",
    "HTTPS:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "//[",
    "/a\r\nSet-Cookie: stolen=1",
    "%2f%2fevil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "//user@evil.example",
    "/" * 5000,
]


def assert_stays_here(answer: TestResponse, target: str) -> None:
    """Check that a browser which follows the answer stays on the site."""
    assert answer.status_code == 302, target
    assert "stolen" not in "".join(answer.headers.getlist("Set-Cookie")), target
    location = answer.location
    assert location.isprintable(), target
    # Browsers read a backslash as a slash, and throw tabs and line breaks away.
    read = location.replace("\\", "/")
    assert read.startswith("/"), target
    assert not read.startswith("//"), target


def test_signing_in_never_leads_off_the_site(site, alice):
    alice.with_password()
    for target in ELSEWHERE:
        browser = site.browser()
        address = f"/sign-in?next={quote(target, safe='')}"
        assert browser.get(address).status_code == 200, target
        assert_stays_here(browser.submit(address, email=alice.email, password=PASSWORD), target)
        # Opened by somebody who is signed in, it leads on at once.
        assert_stays_here(browser.get(address), target)


def test_one_time_links_and_sign_up_never_lead_off_the_site_either(site, alice):
    for number, target in enumerate(ELSEWHERE):
        with site.transaction() as session:
            token = accounts.create_link(
                session, LinkPurpose.SIGN_IN, alice.id, lasts=timedelta(hours=1), at=clock.now()
            )
        where = f"next={quote(target, safe='')}"
        assert_stays_here(site.browser().submit(f"/links/{token}?{where}"), target)
        stranger = site.browser()
        who = {"email": f"eve{number}@union.example", "password": PASSWORD}
        signed_up = stranger.submit(f"/sign-up?{where}", name="Eve", **who)
        assert signed_up.location.startswith("/sign-in"), target
        assert_stays_here(stranger.submit(signed_up.location, **who), target)


@pytest.mark.parametrize("target", ["/my-courses", f"/courses/{COURSE}?lang=fr", "/verify/ABC#x"])
def test_signing_in_leads_to_the_page_that_was_asked_for(site, alice, target):
    alice.with_password()
    sent = site.browser().submit(
        f"/sign-in?next={quote(target, safe='')}", email=alice.email, password=PASSWORD
    )
    assert sent.location == target


def test_the_only_administrator_cannot_leave_the_site_without_one(site, dana):
    dana.with_password()
    refused = dana.browser().submit("/account/deletion", current_password=PASSWORD)
    assert refused.status_code == 409
    assert "Make somebody else an administrator" in refused.text
    assert dana.actor.is_site_administrator


def test_a_person_erased_while_signed_in_is_a_stranger_at_once(site, alice: Person):
    browser, api = alice.browser(), alice.api()
    assert api.get("/me").status_code == 200
    actor = alice.actor
    with site.transaction() as session:
        accounts.erase_person(session, actor, at=clock.now())
    assert api.get("/me").status_code == 401
    assert urlsplit(browser.get("/my-courses").location).path == "/sign-in"
