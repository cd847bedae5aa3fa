"""Every page that people can open: for what must hold on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask

from tests.cast import Person
from tests.studying import COURSE, Study

# Views that answer GET with something else than a page: files, redirects, data.
NO_PAGES: Final = frozenset(
    {
        "api-docs.openapi_json",
        "assessment.attempt",
        "catalog.picture",
        "credentials.download_certificate",
        "learning.continue_course",
        "ops.health",
        "reporting.download_data",
        "static",
    }
)


@dataclass(frozen=True)
class Places:
    """Addresses by who can open them."""

    for_strangers: Sequence[str]
    for_learners: Sequence[str]


def places(study: Study, person: Person) -> Places:
    """Return the addresses of all pages, for strangers and for a person who is in the middle of the course."""
    course = study.course()
    enrollment = study.enroll(person)
    first = course.modules[0]
    study.read(person, enrollment, first.lessons[0].key)
    graded = study.take_quiz(person, enrollment, first.quiz.key, right=False)
    api = person.api()
    started = api.post(f"/enrollments/{enrollment.id}/quizzes/{first.quiz.key}/attempts").json
    here = f"/courses/{COURSE}"
    public = [
        "/",
        "/sign-up",
        "/sign-in",
        "/forgotten-password",
        "/privacy",
        "/verify",
        "/verify/0000000-0000000-0000000",
        "/links/made-up",
        "/api/docs",
        "/nothing-is-here",
        here,
        f"{here}/glossary",
        *(f"{here}/modules/{module.key}" for module in course.modules),
    ]
    attempt = f"/attempts/{started['id']}"
    own = [
        "/my-courses",
        "/account",
        here,
        f"{here}/certificate",
        *(f"{here}/modules/{module.key}" for module in course.modules),
        *(f"{here}/lessons/{lesson.key}" for module in course.modules for lesson in module.lessons),
        *(f"{here}/quizzes/{module.quiz.key}" for module in course.modules),
        *(f"{attempt}/questions/{question['position']}" for question in started["questions"]),
        f"{attempt}/overview",
        f"/attempts/{graded.id}/review",
    ]
    return Places(public, own)


def unvisited(app: Flask, addresses: Sequence[str]) -> set[str]:
    """Return the endpoints of pages that none of the addresses leads to."""
    adapter = app.url_map.bind("")
    visited = {adapter.match(a.partition("?")[0])[0] for a in addresses if a != "/nothing-is-here"}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/v1")
    }
    return pages - NO_PAGES - visited
