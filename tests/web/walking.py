"""Every page that people can open: for what must hold on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import Flask

from courseapp.assessment.statistics.summaries import MINIMUM_LEARNERS
from tests.authoring import AuthoredContent
from tests.cast import Cast
from tests.studying import COURSE, SMALL_COURSE, Study

# Views that answer GET with something else than a page: files, redirects, data.
NO_PAGES: Final = frozenset(
    {
        "api-docs.openapi_json",
        "assessment.attempt",
        "catalog.picture",
        "branding.specimen",
        "credentials.download",
        "credentials.download_certificate",
        "learning.continue_course",
        "ops.health",
        "published.badge",
        "published.did",
        "published.keys",
        "published.status_list",
        "questions.export_questions",
        "reporting.download_data",
        "static",
        "teaching_certificates.sheet",
        "verifying.credential",
        # Complete in itself, with a policy of its own: tests/credentials/test_offline_page.py.
        "verifying.offline_page",
        "verifying.revocations",
    }
)


@dataclass(frozen=True)
class Places:
    """Addresses by who can open them."""

    for_strangers: Sequence[str]
    for_learners: Sequence[str]
    for_graduates: Sequence[str]
    for_administrators: Sequence[str]

    @property
    def all(self) -> Sequence[str]:
        """Every address."""
        return [
            *self.for_strangers,
            *self.for_learners,
            *self.for_graduates,
            *self.for_administrators,
        ]


def places(study: Study, cast: Cast, content: AuthoredContent) -> Places:
    """Return the addresses of all pages: for strangers, for Alice, for Chidi, who has finished, and for Dana,
    who administers the site.

    Alice is in the middle of the real course. In the small one she has answered a question of each kind, and one
    of her answers waits for a trainer.
    """
    person = cast.alice
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
        "/verify/file",
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
        f"{here}/quizzes/final",
        *(f"{attempt}/questions/{question['position']}" for question in started["questions"]),
        f"{attempt}/overview",
        f"/attempts/{graded.id}/review",
    ]
    # So many that the statistics have something to tell.
    for number in range(MINIMUM_LEARNERS):
        other = cast.person(f"Learner {number}", f"learner{number}@union.example")
        study.take_quiz(other, study.enroll(other), first.quiz.key, right=number % 2 == 0)
    code, certified, decided = _certificates(study, cast)
    public += [f"/verify/{code}", *certified[:1]]
    own_in_small, waiting = _in_the_small_course(study, cast, content)
    teaching = f"/teaching/courses/{COURSE}/quizzes/{first.quiz.key}"
    administrators = [
        "/teaching",
        "/teaching/reviews",
        f"/teaching/reviews/{waiting}",
        f"/teaching/enrollments/{enrollment.id}/quizzes/{first.quiz.key}",
        f"{teaching}/learners",
        f"{teaching}/statistics",
        f"/teaching/courses/{COURSE}/quizzes/final/statistics",
        f"{teaching}/regrade",
        "/teaching/questions",
        f"/teaching/questions/{COURSE}/{first.quiz.key}",
        *decided,
    ]
    return Places(public, [*own, *own_in_small], certified[1:], administrators)


def _certificates(study: Study, cast: Cast) -> tuple[str, list[str], list[str]]:
    """Return the code of Chidi's certificate, its addresses (the shared one first), and those of whoever decides."""
    chidi = cast.person("Chidi Eze", "chidi@union.example")
    cohort = study.cohort(cast.union, cast.chen)
    study.enroll(chidi, cohort_id=cohort)
    enrollment = study.finish(chidi)
    api = chidi.api()
    code = api.get(f"/enrollments/{enrollment.id}/certificate").json["code"]
    shared = urlsplit(api.put(f"/certificates/{code}/share-link").json["url"]).path
    look = {"name": "Harbour Workers", "accent": "#1d5f82"}
    branding = f"/organizations/{cast.union}/branding"
    preview = cast.dana.browser().submit(branding, **look).location
    own = [shared, "/certificates", f"/certificates/{code}", f"/courses/{COURSE}/certificate"]
    decided = [
        "/teaching/certificates",
        f"/teaching/certificates/{code}",
        f"/teaching/cohorts/{cohort}/certificates",
        f"/teaching/courses/{COURSE}/certificates",
        f"/teaching/enrollments/{enrollment.id}/certificate",
        branding,
        preview,
    ]
    return code, own, decided


def _in_the_small_course(
    study: Study, cast: Cast, content: AuthoredContent
) -> tuple[list[str], str]:
    """Return the addresses of what Alice has in the small course, and the attempt that waits for a trainer."""
    study.publish(content)
    enrollment = study.enroll(cast.alice, SMALL_COURSE)
    study.practise(cast.alice, enrollment, "go-on", "how-many", "271828")
    content.ask_everything()
    study.publish(content)
    other = study.enroll(cast.bola, SMALL_COURSE)
    waiting = study.take_quiz(cast.bola, other, "first", right=False)
    cast.alice.browser().submit(f"/courses/{SMALL_COURSE}/enrollment/version")
    graded = study.take_quiz(cast.alice, study.again(cast.alice, SMALL_COURSE), "first")
    points = {"says-why": 1, "example": 0}
    study.judge(cast.dana, graded.id, "in-your-words", points, comment="Nearly.")
    started = study.start(cast.alice, enrollment, "first")
    here, attempt = f"/courses/{SMALL_COURSE}", f"/attempts/{started.id}"
    addresses = [
        f"{here}/lessons/go-on",
        f"{here}/quizzes/first",
        f"{attempt}/questions",
        *(f"{attempt}/questions/{position}" for position in range(1, 11)),
        f"/attempts/{graded.id}/review",
    ]
    return addresses, str(waiting.id)


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
