"""What is refused or fails: problem+json for programs, a page for people, nothing of the inside for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from courseapp.cohorts import service as cohorts
from courseapp.core import db
from courseapp.learning import service as learning
from courseapp.ops import migrations
from tests.databases import Database, settings_for
from tests.sites import API_PREFIX, Site
from tests.web.html import parse_html

SECRET = "a detail of the inside"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let enrolling fail in a way that nobody has thought of."""
    monkeypatch.setattr(cohorts, "enroll", raising(ZeroDivisionError(SECRET)))


@pytest.fixture
def empty_site(empty_database: Database, tmp_path: Path) -> Iterator[Site]:
    """A site whose database has just been made."""
    migrations.upgrade(empty_database.url)
    site = Site(empty_database, settings_for(empty_database.url, tmp_path / "instance"))
    yield site
    site.close()


def raising(error: Exception) -> Any:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise error

    return fail


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert answer.json["title"].endswith(".")
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text


def assert_page(answer: Any, status: int, words: str) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    page = parse_html(answer.text)
    (heading,) = page.all("h1")
    assert words in heading.text
    assert f"Error {status}" in page.text
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    # There is a way on.
    assert [a for a in page.all("main")[0].all("a") if a["href"] == "/"]


def test_what_is_not_there_is_a_problem_for_programs(alice):
    for client in (alice.site.browser(), alice.browser()):
        for path in ("/api/v1/nothing", "/api/", "/api/v2/courses", "/api/v1/enrollments/7"):
            for method in ("GET", "POST", "PUT", "DELETE"):
                assert_problem(client.open(path, method=method), 404, "not_found")


def test_what_is_not_there_is_a_page_for_people(alice):
    for client in (alice.site.browser(), alice.browser()):
        for path in ("/nothing", "/attempts/7", "/API/v1/me"):
            for method in ("GET", "POST", "PUT"):
                assert_page(client.open(path, method=method), 404, "")
        for path in ("/courses/nothing", "/courses/social-protection/modules/x", "/pictures/x"):
            assert_page(client.get(path), 404, "")
            assert_page(client.post(path), 405, "does not take that kind of request")


def test_the_wrong_method_is_told_with_the_right_ones(alice):
    answer = alice.api().delete("/me")
    assert_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]
    page = alice.browser().open("/my-courses", method="DELETE")
    assert_page(page, 405, "does not take that kind of request")
    assert "GET" in page.headers["Allow"]


def test_a_failure_that_nobody_thought_of_is_told_without_its_reason(site, alice, caplog, failing):
    browser, api = alice.browser(), alice.api()
    program = api.post("/courses/social-protection/enrollments")
    assert_problem(program, 500, "internal_error")
    page = browser.submit("/courses/social-protection/enrollment")
    assert_page(page, 500, "Something went wrong on our side.")
    assert "/my-courses" in page.text
    # Whoever runs the site finds the reason in the log.
    assert SECRET in caplog.text
    assert site.scalar("SELECT count(*) FROM enrollment") == 0


def test_an_act_that_fails_halfway_leaves_nothing_behind(site, study, alice, monkeypatch):
    enrollment = study.enroll(alice)
    lesson = study.course().modules[0].lessons[0].key
    path = f"/enrollments/{enrollment.id}/lessons/{lesson}/completion"
    monkeypatch.setattr(learning, "refresh_summary", raising(ZeroDivisionError(SECRET)))
    assert_problem(alice.api().put(path), 500, "internal_error")
    assert site.scalar("SELECT count(*) FROM lesson_completion") == 0
    monkeypatch.undo()
    assert alice.api().put(path).json["done"] == [lesson]


DOWN = [
    OperationalError(SECRET, {}, Exception(SECRET)),
    PoolTimeout(SECRET),
]


@pytest.mark.parametrize("error", DOWN, ids=["connection", "pool"])
def test_a_database_out_of_reach_asks_for_patience_at_every_door(
    site, alice, caplog, monkeypatch, error
):
    clients = [site.browser(), alice.browser()]
    api = alice.api()
    monkeypatch.setattr(db, "_begin", raising(error))
    programs = [
        api.get("/me"),
        api.post("/courses/social-protection/enrollments"),
        site.api().get("/courses"),
        site.api().post("/tokens", {"email": "a@b.example", "password": "x"}),
    ]
    pages = [client.get("/courses/social-protection") for client in clients]
    pages += [
        clients[1].get("/my-courses"),
        clients[1].submit("/courses/social-protection/enrollment"),
    ]
    for program in programs:
        assert_problem(program, 503, "unavailable")
        assert program.headers["Retry-After"] == "5"
    for page in pages:
        assert_page(page, 503, "Please try again in a moment.")
        assert page.headers["Retry-After"] == "5"
    assert SECRET in caplog.text


def test_pages_that_need_no_database_do_without_it(site, monkeypatch):
    monkeypatch.setattr(db, "_begin", raising(DOWN[0]))
    for path in ("/sign-in", "/sign-up", "/privacy", "/verify", "/api/docs", "/static/style.css"):
        with site.browser().get(path) as answer:
            assert answer.status_code == 200, path


def test_the_error_page_of_a_learner_still_has_her_navigation(alice):
    page = parse_html(alice.browser().get("/nothing").text)
    assert "/my-courses" in {a["href"] for a in page.all("a")}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_are_answered(alice, method):
    for path in ("/", "/courses/social-protection", f"{API_PREFIX}/courses"):
        answer = alice.site.browser().open(path, method=method)
        assert answer.status_code == 200
        assert answer.data == b""


def test_looking_only_at_the_head_of_a_lesson_moves_nobody(site, study, alice):
    enrollment = study.enroll(alice)
    lesson = study.course().modules[1].lessons[0].key
    alice.browser().head(f"/courses/social-protection/lessons/{lesson}")
    assert study.again(alice) == enrollment


@pytest.mark.parametrize("path", ["/health", "/api/openapi.json", "/"])
def test_a_site_without_any_course_still_answers(empty_site, path):
    assert empty_site.browser().get(path).status_code == 200
