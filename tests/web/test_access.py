"""Who may see what: strangers are asked to sign in, and what is another learner's does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose, Role
from courseapp.assessment.types import AttemptId, AttemptState
from courseapp.cohorts.types import CohortId
from courseapp.core import clock
from courseapp.core.ids import new_id
from tests.acceptance.api_journey import any_answer
from tests.authoring import QUIZ, AuthoredContent
from tests.cast import PASSWORD, THEN, Cast, Person
from tests.sites import Browser, Site
from tests.studying import COURSE, SMALL_COURSE, Study, quiz_of

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
        "credentials.shared",
        "credentials_api.get_credential",
        "credentials_api.verify_certificate",
        "credentials_api.verify_text",
        "learning.course",
        "learning.home",
        "learning.module",
        "learning.privacy",
        "openapi.docs",
        "ops.health",
        "published.badge",
        "published.did",
        "published.keys",
        "published.status_list",
        "static",
        "verifying.credential",
        "verifying.offline_page",
        "verifying.revocations",
        "verifying.verify_code",
        "verifying.verify_file",
        "verifying.verify_file_form",
        "verifying.verify_form",
    }
)


@dataclass(frozen=True)
class Hers:
    """What Alice has: an enrollment, an open attempt and a graded one. `ids` fill addresses."""

    ids: Mapping[str, str]
    answer: Any
    form: Mapping[str, Any]


@pytest.fixture
def hers(site: Site, study: Study, cast: Cast) -> Hers:
    """Alice is in a cohort that Chen follows, has read a lesson, and is in the middle of a quiz."""
    course = study.course()
    enrollment = study.enroll(cast.alice, cohort_id=study.cohort(cast.union, cast.chen))
    module = course.modules[0]
    study.read(cast.alice, enrollment, module.lessons[0].key)
    graded = study.take_quiz(cast.alice, enrollment, module.quiz.key)
    api = cast.alice.api()
    started = api.post(f"/enrollments/{enrollment.id}/quizzes/{module.quiz.key}/attempts").json
    question = started["questions"][0]
    lessons = [
        api.get(f"/enrollments/{enrollment.id}/lessons/{lesson.key}").json
        for lesson in module.lessons
    ]
    practising = next(lesson for lesson in lessons if lesson["questions"])
    practice = practising["questions"][0]
    return Hers(
        ids={
            "enrollment": str(enrollment.id),
            "open_attempt": started["id"],
            "graded_attempt": str(graded.id),
            "lesson": module.lessons[1].key,
            "quiz": module.quiz.key,
            "question": question["key"],
            "practising": practising["key"],
            "practice": practice["key"],
        },
        answer={"responses": any_answer(question), "response": any_answer(practice)},
        form=as_form(question),
    )


def as_form(question: Any) -> dict[str, Any]:
    """Return some answer to a question as its form sends it."""
    answer, name = any_answer(question), f"q{question['position']}"
    if question["answer_shape"] == "by_item":
        return {f"{name}.{item}": value for item, value in answer.items()}
    return {name: answer}


API_DOORS: Final = [
    ("GET", "/enrollments/{enrollment}"),
    ("GET", "/enrollments/{enrollment}/lessons/{lesson}"),
    ("PUT", "/enrollments/{enrollment}/lessons/{lesson}/completion"),
    ("PUT", "/enrollments/{enrollment}/lessons/{practising}/questions/{practice}/response"),
    ("POST", "/enrollments/{enrollment}/quizzes/{quiz}/attempts"),
    ("GET", "/enrollments/{enrollment}/certificate"),
    ("POST", "/enrollments/{enrollment}/certificate"),
    ("GET", "/attempts/{graded_attempt}"),
    ("GET", "/attempts/{open_attempt}"),
    ("PUT", "/attempts/{open_attempt}/responses/{question}"),
    ("PUT", "/attempts/{graded_attempt}/responses/{question}"),
    ("PUT", "/attempts/{open_attempt}/responses/{question}/check"),
    ("PUT", "/attempts/{graded_attempt}/responses/{question}/check"),
    ("POST", "/attempts/{open_attempt}/submission"),
    ("POST", "/attempts/{graded_attempt}/submission"),
]
PAGE_DOORS: Final = [
    ("GET", "/attempts/{open_attempt}"),
    ("GET", "/attempts/{graded_attempt}"),
    ("GET", "/attempts/{open_attempt}/questions"),
    ("POST", "/attempts/{open_attempt}/questions"),
    ("GET", "/attempts/{open_attempt}/questions/1"),
    ("POST", "/attempts/{open_attempt}/questions/1"),
    ("GET", "/attempts/{open_attempt}/overview"),
    ("POST", "/attempts/{open_attempt}/submission"),
    ("GET", "/attempts/{graded_attempt}/review"),
]
OTHERS: Final = ("bola", "chen", "dana")
NAMES_OF_IDS: Final = ("enrollment", "open_attempt", "graded_attempt", "waiting")


def with_ids(template: str, ids: Mapping[str, str]) -> str:
    return template.format(**ids)


def never_issued(template: str, ids: Mapping[str, str]) -> str:
    """Return the same address with ids that name nothing."""
    return template.format(**{**ids, **{name: str(new_id()) for name in NAMES_OF_IDS}})


def body_of(template: str, hers: Hers) -> dict[str, Any]:
    last = template.split("/")[-2 if "/responses/" in template else -1]
    return {"answer": hers.answer[last]} if last in hers.answer else {}


def everything(site: Site) -> list[Any]:
    """Return all rows in which something of Alice's could have changed."""
    return [
        site.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in (
            "enrollment",
            "attempt",
            "attempt_question",
            "response",
            "lesson_completion",
            "practice_response",
            "judgement",
            "quiz_exception",
            "regraded_attempt",
        )
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
        found = theirs.request(method, with_ids(template, hers.ids), **options)
        unknown = theirs.request(method, never_issued(template, hers.ids), **options)
        assert found.status_code == unknown.status_code == 404, (method, template)
        assert found.mimetype == "application/problem+json", (method, template)
        assert found.data == unknown.data, (method, template)
        assert told(found) == told(unknown), (method, template)
    assert everything(site) == before
    # None of this is an error for Alice herself: the refusals were about who asks.
    for method, template in API_DOORS:
        options = {} if method == "GET" else {"json": body_of(template, hers)}
        answer = own.request(method, with_ids(template, hers.ids), **options)
        is_hers = answer.status_code < 300 or answer.json["code"] != "not_found"
        assert is_hers, (method, template, answer.text)


@pytest.mark.parametrize("who", OTHERS)
def test_on_the_pages_another_learners_things_are_like_ids_never_issued(site, cast, hers, who):
    before = everything(site)

    def ask(browser: Browser, method: str, path: str) -> TestResponse:
        if method == "GET":
            return browser.get(path)
        return browser.submit(path, **hers.form, go="next")

    theirs, own = getattr(cast, who).browser(), cast.alice.browser()
    theirs.get("/my-courses")  # the first page of a session sets a cookie
    for method, template in PAGE_DOORS:
        found = ask(theirs, method, with_ids(template, hers.ids))
        unknown = ask(theirs, method, never_issued(template, hers.ids))
        assert found.status_code == unknown.status_code == 404, (method, template)
        assert found.data == unknown.data, (method, template)
        assert told(found) == told(unknown), (method, template)
    assert everything(site) == before
    for method, template in PAGE_DOORS:
        answer = ask(own, method, with_ids(template, hers.ids))
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
        for secret in (*map(hers.ids.get, NAMES_OF_IDS[:3]), cast.alice.email, "Alice"):
            assert secret not in page.text


def test_a_certificate_of_another_is_no_download_of_mine(site, study, alice, bola, authored):
    study.publish(authored)
    study.finish(alice, "small")
    study.enroll(bola, "small")
    page = bola.browser().get("/courses/small/certificate.pdf")
    assert page.status_code == 404
    assert "Alice" not in bola.browser().get("/courses/small/certificate").text


def test_a_question_of_another_quiz_is_no_question_of_this_attempt(site, study, alice, hers):
    course, attempt = study.course(), hers.ids["open_attempt"]
    api = alice.api()
    asked = {q["key"] for q in api.get(f"/attempts/{attempt}").json["questions"]}
    with site.snapshot() as session:
        own, other = (
            quiz_of(session, study.again(alice), module.quiz.key) for module in course.modules[:2]
        )
    not_drawn = next(q.key for q in own.questions if q.key not in asked)
    for key in (other.questions[0].key, own.practice[0].key, not_drawn):
        for path, body in ((key, {"answer": "true"}), (f"{key}/check", {})):
            answer = api.put(f"/attempts/{attempt}/responses/{path}", body)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert alice.browser().get(f"/attempts/{attempt}/questions/99").status_code == 404


def test_a_question_of_another_lesson_is_no_question_of_this_one(study, alice, hers):
    here = f"/enrollments/{hers.ids['enrollment']}/lessons"
    for lesson, question in (
        (hers.ids["lesson"], hers.ids["practice"]),
        (hers.ids["practising"], hers.ids["question"]),
        (hers.ids["practising"], "no-such-question"),
    ):
        answer = alice.api().put(f"{here}/{lesson}/questions/{question}/response", {"answer": "1"})
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
        page = alice.browser().submit(f"/courses/{COURSE}/lessons/{lesson}/questions/{question}")
        assert page.status_code == 404


@pytest.fixture
def taught(study: Study, cast: Cast, authored: AuthoredContent) -> dict[str, str]:
    """Alice is in a cohort that Chen follows, and an answer of hers waits for a trainer."""
    authored.ask_everything()
    study.publish(authored)
    cohort = study.cohort(cast.union, cast.chen, course_key=SMALL_COURSE)
    enrollment = study.enroll(cast.alice, SMALL_COURSE, cohort_id=cohort)
    attempt = study.take_quiz(cast.alice, enrollment, "first")
    assert attempt.state is AttemptState.NEEDS_REVIEW
    return {
        "enrollment": str(enrollment.id),
        "quiz": "first",
        "waiting": str(attempt.id),
        "question": "in-your-words",
    }


@pytest.fixture
def teachers(site: Site, study: Study, cast: Cast, taught: dict[str, str]) -> dict[str, Person]:
    """Everybody who has to do with teaching, by what they are to Alice."""
    colleague = cast.person("Emeka Obi", "emeka@union.example")
    head = cast.person("Farida Haddad", "farida@union.example")
    elsewhere = cast.person("Goran Ilic", "goran@union.example")
    with site.transaction() as session:
        other_union = accounts.create_organization(session, "Miners' Union", by=None, at=THEN)
        for person, union in ((head, cast.union), (elsewhere, other_union)):
            accounts.grant_role(
                session, person.id, Role.ORGANIZATION_ADMINISTRATOR, union, by=None, at=THEN
            )
    study.cohort(cast.union, colleague, course_key=SMALL_COURSE)
    study.cohort(other_union, cast.person("Hana Sato", "hana@union.example"))
    return {
        "herself": cast.alice,
        "a learner who teaches nobody": cast.bola,
        "a trainer of another cohort": colleague,
        "an administrator of another union": elsewhere,
        "her trainer": cast.chen,
        "an administrator of her union": head,
        "an administrator of the site": cast.dana,
    }


HER_TEACHERS: Final = (
    "her trainer",
    "an administrator of her union",
    "an administrator of the site",
)
OTHER_TEACHERS: Final = ("a trainer of another cohort", "an administrator of another union")
GRANT: Final = {"extra_attempts": 1, "reason": "The power was out."}
JUDGE: Final = {"points": {"says-why": 2, "example": 1}, "comment": "Well said."}
TEACHING_API: Final = [
    ("GET", "/enrollments/{enrollment}/quizzes/{quiz}/exceptions", None),
    ("POST", "/enrollments/{enrollment}/quizzes/{quiz}/exceptions", GRANT),
    ("GET", "/reviews/{waiting}", None),
    ("PUT", "/reviews/{waiting}/judgements/{question}", JUDGE),
]
TEACHING_PAGES: Final = [
    ("GET", "/teaching/enrollments/{enrollment}/quizzes/{quiz}", None),
    ("POST", "/teaching/enrollments/{enrollment}/quizzes/{quiz}", GRANT),
    ("GET", "/teaching/reviews/{waiting}", None),
    (
        "POST",
        "/teaching/reviews/{waiting}/questions/{question}",
        {"points.says-why": "2", "points.example": "1", "comment": "Well said."},
    ),
]


def ask_api(person: Person, method: str, path: str, body: Any) -> TestResponse:
    return person.api().request(method, path, **({} if body is None else {"json": body}))


def ask_page(browser: Browser, method: str, path: str, form: Any) -> TestResponse:
    return browser.get(path) if method == "GET" else browser.submit(path, **form)


@pytest.mark.parametrize("who", ["a learner who teaches nobody", *OTHER_TEACHERS])
def test_to_whoever_does_not_teach_her_a_learner_does_not_exist(site, taught, teachers, who):
    person = teachers[who]
    browser = person.browser()
    browser.get("/my-courses")
    before = everything(site)
    for method, template, body in TEACHING_API:
        found = ask_api(person, method, with_ids(template, taught), body)
        unknown = ask_api(person, method, never_issued(template, taught), body)
        assert found.status_code == unknown.status_code == 404, (method, template)
        assert found.data == unknown.data, (method, template)
        assert told(found) == told(unknown), (method, template)
    for method, template, form in TEACHING_PAGES:
        found = ask_page(browser, method, with_ids(template, taught), form)
        unknown = ask_page(browser, method, never_issued(template, taught), form)
        assert found.status_code == unknown.status_code == 404, (method, template)
        assert found.data == unknown.data, (method, template)
        assert told(found) == told(unknown), (method, template)
    assert everything(site) == before


def test_nobody_decides_about_herself(site, study, taught, teachers, authored):
    """Neither a learner, nor who teaches others: a trainer in her own cohort, an administrator of all."""
    cohort = CohortId(UUID(str(site.scalar("SELECT cohort_id FROM enrollment"))))
    own = {"herself": taught}
    for who in HER_TEACHERS:
        person = teachers[who]
        enrollment = study.enroll(person, SMALL_COURSE, cohort_id=cohort)
        attempt = study.take_quiz(person, enrollment, "first")
        own[who] = taught | {"enrollment": str(enrollment.id), "waiting": str(attempt.id)}
    before = everything(site)
    for who, ids in own.items():
        person = teachers[who]
        for method, template, body in TEACHING_API:
            refused = ask_api(person, method, with_ids(template, ids), body)
            assert (refused.status_code, refused.json["code"]) == (403, "not_for_oneself"), (
                who,
                method,
                template,
            )
        browser = person.browser()
        for method, template, form in TEACHING_PAGES:
            page = ask_page(browser, method, with_ids(template, ids), form)
            assert page.status_code == 403, (who, method, template)
            assert "Ask another trainer" in page.text
        listed = person.api().get("/reviews").json["items"]
        assert ids["waiting"] not in {item["attempt_id"] for item in listed}
    assert everything(site) == before


@pytest.mark.parametrize("who", HER_TEACHERS)
@pytest.mark.parametrize("doors", ["api", "pages"])
def test_whoever_teaches_her_decides_about_a_learner(site, taught, teachers, who, doors):
    person = teachers[who]
    if doors == "api":
        for method, template, body in TEACHING_API:
            answer = ask_api(person, method, with_ids(template, taught), body)
            assert answer.status_code in {200, 201}, (method, template, answer.text)
    else:
        browser = person.browser()
        for method, template, form in TEACHING_PAGES:
            answer = ask_page(browser, method, with_ids(template, taught), form)
            assert answer.status_code in {200, 302}, (method, template)
    granted_by, reason = site.execute("SELECT granted_by, reason FROM quiz_exception")[0]
    judged_by, comment = site.execute("SELECT judged_by, comment FROM judgement")[0]
    assert {UUID(str(granted_by)), UUID(str(judged_by))} == {person.id}
    assert (reason, comment) == (GRANT["reason"], JUDGE["comment"])
    assert site.scalar("SELECT state FROM attempt") == "graded"


def test_teaching_does_not_open_what_is_the_learners_own(taught, teachers):
    for who in HER_TEACHERS:
        api, browser = teachers[who].api(), teachers[who].browser()
        for path in ("/attempts/{waiting}", "/enrollments/{enrollment}"):
            assert api.get(with_ids(path, taught)).status_code == 404, (who, path)
        for path in ("/attempts/{waiting}", "/attempts/{waiting}/review"):
            assert browser.get(with_ids(path, taught)).status_code == 404, (who, path)


LISTS: Final = [
    "/teaching",
    "/teaching/reviews",
    f"/teaching/courses/{SMALL_COURSE}/quizzes/first/learners",
    f"/teaching/courses/{SMALL_COURSE}/quizzes/first/statistics",
]


@pytest.mark.parametrize("who", ["herself", "a learner who teaches nobody"])
def test_to_whoever_teaches_nobody_there_is_no_teaching(taught, teachers, who):
    browser = teachers[who].browser()
    for path in LISTS:
        assert browser.get(path).status_code == 404, path
    for path in ("/", "/my-courses", f"/courses/{SMALL_COURSE}"):
        assert "/teaching" not in browser.get(path).text, path
    api = teachers[who].api()
    statistics = api.get(f"/courses/{SMALL_COURSE}/quizzes/first/statistics")
    assert (statistics.status_code, statistics.json["code"]) == (404, "not_found")
    assert api.get("/reviews").json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("who", [*HER_TEACHERS, *OTHER_TEACHERS])
def test_lists_have_the_learners_whom_one_teaches_and_nobody_else(taught, teachers, who):
    sees_her = who in HER_TEACHERS
    browser, api = teachers[who].browser(), teachers[who].api()
    for path in LISTS:
        page = browser.get(path)
        assert page.status_code == 200, path
        names = path.endswith(("/learners", "/reviews"))
        assert ("Alice" in page.text) == (sees_her and names), path
        assert (taught["waiting"] in page.text) == (sees_her and path.endswith("/reviews")), path
    waiting = [item["attempt_id"] for item in api.get("/reviews").json["items"]]
    assert waiting == ([taught["waiting"]] if sees_her else [])
    statistics = api.get(f"/courses/{SMALL_COURSE}/quizzes/first/statistics")
    assert statistics.status_code == 200


REGRADE_PLAN: Final = f"/courses/{SMALL_COURSE}/quizzes/first/regrade-plan"
REGRADES: Final = f"/courses/{SMALL_COURSE}/quizzes/first/regrades"
REGRADE_PAGE: Final = f"/teaching/courses/{SMALL_COURSE}/quizzes/first/regrade"


@pytest.fixture
def mended(study: Study, authored: AuthoredContent, taught, teachers) -> str:
    """A regrade that would change something; returns the digest of its plan."""
    waiting = AttemptId(UUID(taught["waiting"]))
    study.judge(teachers["her trainer"], waiting, "in-your-words", JUDGE["points"])
    authored.change(QUIZ, "answer: true", "answer: false")
    study.publish(authored)
    plan = teachers["an administrator of the site"].api().get(REGRADE_PLAN).json
    assert [result["verdict"] for result in plan["results"]] == ["changed"]
    digest: str = plan["digest"]
    return digest


@pytest.mark.parametrize(
    "who",
    [
        "herself",
        "a learner who teaches nobody",
        *OTHER_TEACHERS,
        "her trainer",
        "an administrator of her union",
    ],
)
def test_nobody_regrades_but_an_administrator_of_the_site(site, mended, teachers, who):
    person = teachers[who]
    before = everything(site)
    body = {"digest": mended, "reason": "The key was wrong."}
    for refused in (person.api().get(REGRADE_PLAN), person.api().post(REGRADES, body)):
        assert (refused.status_code, refused.json["code"]) == (403, "only_for_administrators")
    browser = person.browser()
    is_teacher = who not in {"herself", "a learner who teaches nobody"}
    assert browser.get(REGRADE_PAGE).status_code == (403 if is_teacher else 404)
    assert browser.submit(REGRADE_PAGE, **body).status_code in {403, 404}
    assert everything(site) == before
    assert site.scalar("SELECT count(*) FROM regrade") == 0


@pytest.mark.parametrize("doors", ["api", "pages"])
def test_an_administrator_of_the_site_regrades(site, mended, teachers, doors):
    dana = teachers["an administrator of the site"]
    body = {"digest": mended, "reason": "The key was wrong."}
    if doors == "api":
        assert dana.api().post(REGRADES, body).status_code == 201
    else:
        browser = dana.browser()
        assert mended in browser.get(REGRADE_PAGE).text
        assert browser.submit(REGRADE_PAGE, **body).status_code == 302
    assert site.scalar("SELECT count(*) FROM regraded_attempt") == 1
    assert UUID(str(site.scalar("SELECT regraded_by FROM regrade"))) == dana.id


EXCHANGE: Final = [
    ("GET", "/teaching/questions"),
    ("GET", "/teaching/questions/{course}/{quiz}"),
    ("POST", "/teaching/questions/{course}/{quiz}"),
    ("GET", "/teaching/questions/{course}/{quiz}/gift"),
    ("GET", "/api/v1/courses/{course}/quizzes/{quiz}/questions?format=gift"),
    (
        "POST",
        "/api/v1/courses/{course}/quizzes/{quiz}/question-imports?format=gift&objective=x&source=yz",
    ),
]


def test_questions_are_taken_out_with_their_keys_by_administrators_of_the_site_alone(
    study, taught, teachers
):
    quiz = study.course().modules[0].quiz.key
    for who, person in teachers.items():
        browser = person.browser()
        for method, template in EXCHANGE:
            path = template.format(course=COURSE, quiz=quiz)
            answer = browser.get(path) if method == "GET" else browser.submit(path)
            if who == "an administrator of the site":
                # An import without questions may be refused, but not because of who asks.
                assert answer.status_code in ({200} if method == "GET" else {200, 422}), path
            else:
                assert answer.status_code == 404, (who, method, path)


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
