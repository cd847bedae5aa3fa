"""The answer key is in no page, response, header or script before submission; afterwards it is explained."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from courseapp.assessment import service as assessment
from courseapp.catalog.types import QuizContent
from courseapp.cohorts.types import Enrollment
from tests.authoring import AuthoredContent
from tests.cast import Person
from tests.sites import Site
from tests.studying import COURSE, SMALL_COURSE, Study, quiz_of
from tests.web.html import parse_html

# What would mark a right option, as a member of JSON, or a class or attribute of HTML.
TELLING: Final = re.compile(
    r"(?<![a-z])(correct|right|wrong|credit|feedback|explanation|source|solution|score|verdict)(?![a-z])"
)


def plain(text: str) -> str:
    """Return what is left of HTML when only the words count."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def secret_texts(quiz: QuizContent) -> Iterator[str]:
    """Yield every text of a quiz that gives something away, as the database has it."""
    for question in quiz.questions:
        yield plain(question.explanation_html)
        yield plain(question.source_html)
        for option in question.texts.get("options", {}).values():
            if option.get("feedback"):
                yield plain(option["feedback"])


def strings_in(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, names of members included."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield name
            yield from strings_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings_in(member)
    else:
        yield str(value)


def told_by(response: TestResponse) -> str:
    """Return all words of an answer, headers, attributes and comments included."""
    words = [f"{name}: {value}" for name, value in response.headers.items()]
    if "json" in response.mimetype:
        words += [plain(text) for text in strings_in(response.json)]
        words.append(response.text)
    else:
        words += [plain(response.text), html.unescape(response.text)]
    return " ".join(" ".join(words).split())


def members_of(value: Any) -> Iterator[str]:
    """Yield the names of all members in a JSON value."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield name
            yield from members_of(member)
    elif isinstance(value, list):
        for member in value:
            yield from members_of(member)


def assert_tells_nothing(response: TestResponse, secrets: set[str]) -> None:
    """Check that an answer holds no secret text and nothing that marks an option."""
    where = response.request.path
    assert response.status_code < 300, where
    words = told_by(response)
    for secret in secrets:
        assert secret not in words, f"{where} tells {secret!r}"
    if "json" in response.mimetype:
        marks = {name for name in members_of(response.json) if TELLING.search(name)}
    else:
        page = parse_html(response.text)
        marks = {
            word
            for element in page
            for name, value in element.attributes.items()
            for word in (name, value if name in {"class", "id", "role"} else "")
            if TELLING.search(word)
        }
    assert not marks, f"{where} marks: {marks}"


def quizzes(site: Site, enrollment: Enrollment, study: Study) -> dict[str, QuizContent]:
    with site.snapshot() as session:
        return {
            module.quiz.key: quiz_of(session, enrollment, module.quiz.key)
            for module in study.course().modules
        }


def shown_before(person: Person, quiz_key: str) -> Iterator[TestResponse]:
    """Yield all that a learner is shown of a quiz before she submits an attempt, with some answers saved."""
    api, browser = person.api(), person.browser()
    (enrollment,) = [
        e["id"] for e in api.get("/enrollments").json["items"] if e["course"]["key"] == COURSE
    ]
    yield browser.get(f"/courses/{COURSE}/quizzes/{quiz_key}")
    started = api.post(f"/enrollments/{enrollment}/quizzes/{quiz_key}/attempts")
    yield started
    attempt = f"/attempts/{started.json['id']}"
    for question in started.json["questions"]:
        first = question["options"][0]["key"]
        answer = [first] if question["kind"] == "multiple_choice" else first
        yield browser.get(f"{attempt}/questions/{question['position']}")
        yield api.put(f"{attempt}/responses/{question['key']}", {"answer": answer})
        yield browser.get(f"{attempt}/questions/{question['position']}")
    yield api.get(attempt)
    yield browser.get(f"{attempt}/overview")
    yield browser.get(f"/courses/{COURSE}/quizzes/{quiz_key}")


def test_nothing_tells_the_answers_before_submission(site, study, alice):
    enrollment = study.enroll(alice)
    contents = quizzes(site, enrollment, study)
    secrets = {text for quiz in contents.values() for text in secret_texts(quiz)}
    # An explanation for each question, and texts long enough not to be found by chance.
    assert len(secrets) >= 2 * sum(len(quiz.questions) for quiz in contents.values()) * 0.6
    assert min(map(len, secrets)) >= 8
    seen = 0
    for key in contents:
        for response in shown_before(alice, key):
            assert_tells_nothing(response, secrets)
            seen += 1
    assert seen > 5 * 30
    around = [
        alice.api().get(f"/enrollments/{enrollment.id}"),
        alice.browser().get("/account/data"),
    ]
    for response in around:
        words = told_by(response)
        assert not [text for text in secrets if text in words]


def test_what_is_open_to_everybody_tells_no_answers(site, study, alice):
    contents = quizzes(site, study.enroll(alice), study)
    explanations = {
        text
        for quiz in contents.values()
        for question in quiz.questions
        for text in (
            plain(question.explanation_html),
            *(
                plain(o["feedback"])
                for o in question.texts.get("options", {}).values()
                if "feedback" in o
            ),
        )
    }
    browser = site.browser()
    course = study.course()
    modules = [f"/courses/{COURSE}/modules/{module.key}" for module in course.modules]
    files = [f"/static/{p.name}" for p in Path(str(site.app.static_folder)).iterdir()]
    for path in (
        "/",
        f"/courses/{COURSE}",
        f"/courses/{COURSE}/glossary",
        *modules,
        "/api/v1/courses",
        f"/api/v1/courses/{COURSE}",
        *(f"/api/v1{module}" for module in modules),
        "/api/openapi.json",
        "/api/docs",
        *files,
    ):
        with browser.get(path) as response:
            assert response.status_code == 200, path
            words = told_by(response)
        for text in explanations:
            assert text not in words, f"{path} tells {text!r}"


def test_an_answer_that_cannot_be_one_is_refused_without_a_hint(site, study, alice):
    enrollment = study.enroll(alice)
    contents = quizzes(site, enrollment, study)
    secrets = {text for quiz in contents.values() for text in secret_texts(quiz)}
    api, browser = alice.api(), alice.browser()
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/{next(iter(contents))}/attempts").json
    for question in attempt["questions"]:
        path = f"/attempts/{attempt['id']}"
        refused = [
            api.put(f"{path}/responses/{question['key']}", {"answer": "no-such-option"}),
            api.put(f"{path}/responses/{question['key']}", {"answer": None}),
            browser.submit(f"{path}/questions/{question['position']}", answer="no-such-option"),
        ]
        for response in refused:
            assert response.status_code == 422
            words = told_by(response)
            assert not [text for text in secrets if text in words]
        for response in refused[:2]:
            assert set(response.json["errors"]) == {"answer"}
            assert response.json["errors"]["answer"][0].startswith(("Choose ", "Fill in "))


def test_after_submission_each_question_says_what_was_right_and_why(site, study, alice):
    enrollment = study.enroll(alice)
    contents = quizzes(site, enrollment, study)
    api, browser = alice.api(), alice.browser()
    for key, quiz in contents.items():
        attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/{key}/attempts").json["id"]
        submitted = api.post(f"/attempts/{attempt}/submission")
        review = browser.get(f"/attempts/{attempt}/review")
        for question in quiz.questions:
            for response in (submitted, review):
                words = told_by(response)
                assert plain(question.explanation_html) in words
                assert plain(question.source_html) in words
        shown = {q["key"]: q for q in submitted.json["questions"]}
        for question in quiz.questions:
            right = {o["key"] for o in shown[question.key]["options"] if o["right"]}
            assert right == set(question.structure["right"])


def test_the_review_of_one_quiz_tells_nothing_of_the_others(site, study, alice):
    enrollment = study.enroll(alice)
    contents = quizzes(site, enrollment, study)
    key, *others = contents
    attempt = study.take_quiz(alice, enrollment, key)
    answers = [
        alice.api().get(f"/attempts/{attempt.id}"),
        alice.browser().get(f"/attempts/{attempt.id}/review"),
    ]
    for response in answers:
        words = told_by(response)
        for other in others:
            for question in contents[other].questions:
                assert plain(question.explanation_html) not in words


def test_a_second_attempt_is_as_silent_as_the_first(site, study, alice):
    enrollment = study.enroll(alice)
    contents = quizzes(site, enrollment, study)
    key = next(iter(contents))
    study.take_quiz(alice, enrollment, key, right=False)
    secrets = set(secret_texts(contents[key]))
    for response in shown_before(alice, key):
        assert_tells_nothing(response, secrets)


@pytest.fixture
def same_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every attempt draw the same order."""
    monkeypatch.setattr(assessment.secrets, "randbits", lambda _bits: 7)  # type: ignore[attr-defined]


def all_shown(site: Site, person: Person, study: Study) -> list[str]:
    """Return all that is shown of the small course's quiz, with ids and moments taken out."""
    enrollment = study.enroll(person, SMALL_COURSE)
    api, browser = person.api(), person.browser()
    started = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts")
    attempt = f"/attempts/{started.json['id']}"
    saved = [
        api.put(f"{attempt}/responses/{key}", {"answer": answer})
        for key, answer in (("floor-is", "most"), ("numbers", ["one"]), ("three-is-more", "true"))
    ]
    pages = [
        browser.get(path)
        for path in (
            "/courses/small/quizzes/first",
            *(f"{attempt}/questions/{n}" for n in (1, 2, 3)),
            f"{attempt}/overview",
        )
    ]
    return [neutral(response) for response in (started, *saved, api.get(attempt), *pages)]


def neutral(response: TestResponse) -> str:
    headers = [
        f"{name}: {value}"
        for name, value in response.headers.items()
        if name not in {"Date", "ETag", "Set-Cookie"}
    ]
    text = "\n".join([response.status, *headers, response.text])
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.+]+", "MOMENT", text)
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", text)


def test_all_that_is_shown_before_submission_is_the_same_whichever_answer_is_right(
    site: Site,
    study: Study,
    alice: Person,
    bola: Person,
    authored: AuthoredContent,
    same_draw: None,
):
    study.publish(authored)
    one_way = all_shown(site, alice, study)
    quiz = "quizzes/small/first.yaml"
    authored.change(quiz, "text: the least\n        correct: true\n", "text: the least\n")
    authored.change(quiz, "text: the most\n", "text: the most\n        correct: true\n")
    authored.change(quiz, "text: one\n        correct: true\n", "text: one\n")
    authored.change(quiz, "text: green\n", "text: green\n        correct: true\n")
    authored.change(quiz, "answer: true", "answer: false")
    authored.change(quiz, "It is what nobody may fall below.", "It is something else.")
    assert study.publish(authored)
    other_way = all_shown(site, bola, study)
    assert other_way == one_way
    # And the change was real: what is right did change.
    with site.snapshot() as session:
        right = {
            person.email: [
                q.structure["right"]
                for q in quiz_of(session, study.again(person, SMALL_COURSE), "first").questions
            ]
            for person in (alice, bola)
        }
    assert right[alice.email] != right[bola.email]
