"""The answer key is in no page, response, header or script before submission; afterwards it is explained."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from courseapp.assessment.kinds import KINDS
from courseapp.assessment.service import attempts
from courseapp.catalog.queries import get_lesson
from courseapp.catalog.types import FeedbackTime, QuestionContent, QuizContent, QuizSummary
from courseapp.cohorts.types import Enrollment
from tests.acceptance.api_journey import any_answer
from tests.acceptance.api_journey import right_answer as learnt_from
from tests.authoring import PRACTICE, QUIZ, AuthoredContent
from tests.cast import Person
from tests.sites import Site
from tests.studying import COURSE, SMALL_COURSE, Study, quiz_of, right_answer
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
    for question in (*quiz.questions, *quiz.practice):
        yield plain(question.source_html)
        yield from reasons(question)


def reasons(question: QuestionContent) -> Iterator[str]:
    """Yield the texts that say why something is right or wrong, and what a trainer looks for."""
    yield plain(question.explanation_html)
    yield from map(plain, feedback_in(question.texts))
    for criterion in question.texts.get("rubric", {}).values():
        yield plain(criterion["text"])


def feedback_in(texts: Any) -> Iterator[str]:
    """Yield all feedback in a tree of texts, whatever the kind that made it."""
    if isinstance(texts, Mapping):
        for name, value in texts.items():
            if name.startswith("feedback"):
                yield from value.values() if isinstance(value, Mapping) else [value]
            else:
                yield from feedback_in(value)


# What the small course accepts where answers are typed; nothing else in it says so.
ACCEPTED: Final = {"271828", "271,828", "314159", "quindecim", "quin*cem", "161803", "viginti"}


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
    """Yield the names of all members in a JSON value, but for what stands in an answer: its author's words."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield name
            if name != "answer":
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
        told = dict(response.json)
        # That feedback is given, and when, is a rule of the quiz.
        assert told.pop("feedback", FeedbackTime.NEVER) in set(FeedbackTime)
        marks = {name for name in members_of(told) if TELLING.search(name)}
    else:
        page = parse_html(response.text)
        marks = {
            word
            for element in page
            for name, value in element.attributes.items()
            for word in (name, value if name in {"class", "id", "role"} else "")
            # A field is called after its item, whose key is its author's word.
            if TELLING.search(word) and not re.fullmatch(r"q\d+\.[a-z0-9-]+", word)
        }
    assert not marks, f"{where} marks: {marks}"


def quizzes(site: Site, enrollment: Enrollment, study: Study) -> dict[str, QuizContent]:
    with site.snapshot() as session:
        return {
            activity.key: quiz_of(session, enrollment, activity.key)
            for activity in study.course().activities
            if isinstance(activity, QuizSummary)
        }


@pytest.fixture
def whole_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every attempt ask all that its quiz can ask."""
    monkeypatch.setattr(attempts, "draw_questions", lambda pool, *_: pool)


@pytest.fixture
def every_kind(study: Study, authored: AuthoredContent) -> AuthoredContent:
    """The small course, whose quiz asks a question of each kind."""
    authored.ask_everything()
    study.publish(authored)
    return authored


def shown_before(
    person: Person, quiz_key: str, course_key: str = COURSE, answer: Any = any_answer
) -> Iterator[TestResponse]:
    """Yield all that a learner is shown of a quiz before she submits an attempt, with some answers saved."""
    api, browser = person.api(), person.browser()
    (enrollment,) = [
        e["id"] for e in api.get("/enrollments").json["items"] if e["course"]["key"] == course_key
    ]
    yield browser.get(f"/courses/{course_key}/quizzes/{quiz_key}")
    started = api.post(f"/enrollments/{enrollment}/quizzes/{quiz_key}/attempts")
    yield started
    attempt = f"/attempts/{started.json['id']}"
    for question in started.json["questions"]:
        place = f"{attempt}/questions/{question['position']}"
        yield browser.get(place)
        yield api.put(f"{attempt}/responses/{question['key']}", {"answer": answer(question)})
        yield browser.get(place)
    yield api.get(attempt)
    yield browser.get(f"{attempt}/overview")
    yield browser.get(f"{attempt}/questions")
    yield browser.get(f"/courses/{course_key}/quizzes/{quiz_key}")


def test_nothing_tells_the_answers_before_submission(site, study, alice, whole_pool):
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
    assert seen == sum(6 + 3 * len(quiz.questions) for quiz in contents.values())
    around = [
        alice.api().get(f"/enrollments/{enrollment.id}"),
        alice.browser().get("/account/data"),
    ]
    for response in around:
        words = told_by(response)
        assert not [text for text in secrets if text in words]


def test_nothing_tells_the_answers_whatever_the_kind_of_question(site, study, alice, every_kind):
    enrollment = study.enroll(alice, SMALL_COURSE)
    with site.snapshot() as session:
        quiz = quiz_of(session, enrollment, "first")
    assert {question.kind for question in quiz.questions} == set(KINDS)
    secrets = set(secret_texts(quiz)) | ACCEPTED
    assert min(map(len, secrets)) >= 6
    for response in shown_before(alice, "first", SMALL_COURSE):
        assert_tells_nothing(response, secrets)
    for response in (
        alice.api().get(f"/enrollments/{enrollment.id}"),
        alice.api().get(f"/enrollments/{enrollment.id}/lessons/go-on"),
        alice.browser().get("/account/data"),
        alice.browser().get("/courses/small/lessons/go-on"),
        alice.browser().get("/courses/small/glossary"),
        alice.browser().get("/courses/small"),
    ):
        assert response.status_code == 200
        words = told_by(response)
        assert not [text for text in secrets if text in words], response.request.path


def test_the_right_answer_sent_before_submission_is_taken_like_any_other(
    site, study, alice, every_kind
):
    enrollment = study.enroll(alice, SMALL_COURSE)
    with site.snapshot() as session:
        quiz = quiz_of(session, enrollment, "first")
    right = {question.key: right_answer(question) for question in quiz.questions}
    shown = shown_before(alice, "first", SMALL_COURSE, answer=lambda q: right[q["key"]])
    # What she typed herself is hers to see.
    for response in shown:
        assert_tells_nothing(response, set(secret_texts(quiz)))


def test_the_keys_of_items_do_not_tell_where_they_belong(site, study, alice, every_kind):
    enrollment = study.enroll(alice, SMALL_COURSE)
    api = alice.api()
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts").json
    for question in attempt["questions"]:
        if question["kind"] in {"matching", "categorise"}:
            items = {item["key"] for item in question["items"]}
            places = {choice["key"] for item in question["items"] for choice in item["choices"]}
            assert not items & places, question["kind"]


def test_steps_are_never_shown_in_their_right_order(site, study, alice, every_kind):
    enrollment = study.enroll(alice, SMALL_COURSE)
    api = alice.api()
    right = ["war", "charter", "standard", "protection"]
    for _ in range(25):
        attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts").json
        (question,) = [q for q in attempt["questions"] if q["kind"] == "ordering"]
        shown = [item["key"] for item in question["items"]]
        assert sorted(shown) == sorted(right)
        assert shown != right
        api.post(f"/attempts/{attempt['id']}/submission")


def test_what_is_open_to_everybody_tells_no_answers(site, study, alice):
    contents = quizzes(site, study.enroll(alice), study)
    explanations = {
        text
        for quiz in contents.values()
        for question in (*quiz.questions, *quiz.practice)
        for text in reasons(question)
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


def test_lessons_tell_no_reasons_before_their_questions_are_answered(site, study, alice):
    enrollment = study.enroll(alice)
    contents = quizzes(site, enrollment, study)
    secrets = {
        text
        for quiz in contents.values()
        for question in (*quiz.questions, *quiz.practice)
        for text in reasons(question)
    }
    api, browser = alice.api(), alice.browser()
    shown = 0
    for module in study.course().modules:
        for lesson in module.lessons:
            with site.snapshot() as session:
                taught = plain(get_lesson(session, lesson.version_id, "en").html)
            told = api.get(f"/enrollments/{enrollment.id}/lessons/{lesson.key}")
            shown += len(told.json["questions"])
            page = browser.get(f"/courses/{COURSE}/lessons/{lesson.key}")
            for response in (told, page):
                words = told_by(response)
                found = [text for text in secrets if text in words and text not in taught]
                assert not found, lesson.key
            marks = {name for q in told.json["questions"] for name in members_of(q)}
            assert not [name for name in marks if TELLING.search(name)], lesson.key
    assert shown == sum(len(quiz.practice) for quiz in contents.values()) > 10


def test_in_a_lesson_each_question_tells_its_own_answer_when_it_is_answered_and_no_other(
    site, study, alice, published
):
    enrollment = study.enroll(alice, SMALL_COURSE)
    with site.snapshot() as session:
        practice = quiz_of(session, enrollment, "first").practice
    assert tuple(question.key for question in practice) == PRACTICE
    own = {q.key: {*reasons(q), plain(q.source_html)} for q in practice}
    assert "Names somebody who miscounted" in own["in-your-words"]
    api, browser = alice.api(), alice.browser()
    lesson = f"/enrollments/{enrollment.id}/lessons/go-on"
    page = "/courses/small/lessons/go-on"
    for response in (api.get(lesson), browser.get(page)):
        words = told_by(response)
        assert not [text for texts in own.values() for text in texts if text in words]
        assert not [text for text in ACCEPTED if text in words]
    for number, question in enumerate(api.get(lesson).json["questions"]):
        path = f"{lesson}/questions/{question['key']}/response"
        answered = api.put(path, {"answer": any_answer(question)})
        hidden = {text for key in PRACTICE[number + 1 :] for text in own[key]}
        explained = next(q for q in practice if q.key == question["key"])
        for response in (answered, api.get(lesson), browser.get(page)):
            words = told_by(response)
            assert plain(explained.explanation_html) in words
            assert plain(explained.source_html) in words
            assert not [text for text in hidden if text in words], question["key"]
            # What a trainer would look for is for trainers, and nobody judges what is practised.
            assert "Names somebody who miscounted" not in words


# One sentence for each kind of answer that cannot be one; none of them tells what is right.
REFUSALS: Final = (
    "Choose one of the options shown.",
    "Choose from the options shown.",
    "Choose from the places shown.",
    "Give every step once.",
    "Answer the items shown, each by its key.",
    "Write a number in digits, for example 12.5.",
    "This must be a text.",
    "Fill in this field.",
    "Use at most ",
)


def test_an_answer_that_cannot_be_one_is_refused_without_a_hint(
    site, study, alice, every_kind, whole_pool
):
    contents = quizzes(site, study.enroll(alice), study)
    secrets = {text for quiz in contents.values() for text in secret_texts(quiz)}
    in_small = study.enroll(alice, SMALL_COURSE)
    with site.snapshot() as session:
        small = quiz_of(session, in_small, "first")
    secrets |= set(secret_texts(small)) | ACCEPTED
    api, browser = alice.api(), alice.browser()
    kinds = set()
    for enrollment in api.get("/enrollments").json["items"]:
        key = "first" if enrollment["course"]["key"] == SMALL_COURSE else next(iter(contents))
        attempt = api.post(f"/enrollments/{enrollment['id']}/quizzes/{key}/attempts").json
        for question in attempt["questions"]:
            kinds.add(question["kind"])
            path = f"/attempts/{attempt['id']}"
            name, wrong = field_and_wrong(question)
            refused = [
                api.put(f"{path}/responses/{question['key']}", {"answer": [{}]}),
                api.put(f"{path}/responses/{question['key']}", {"answer": None}),
                browser.submit(f"{path}/questions/{question['position']}", **{name: wrong}),
            ]
            for response in refused:
                assert response.status_code == 422, (question["kind"], response.text)
                words = told_by(response)
                assert not [text for text in secrets if text in words], question["kind"]
            for response in refused[:2]:
                assert set(response.json["errors"]) == {"answer"}
                (sentence,) = response.json["errors"]["answer"]
                assert sentence.startswith(REFUSALS), (question["kind"], sentence)
    assert kinds == set(KINDS)


def field_and_wrong(question: Any) -> tuple[str, str]:
    """Return the name of a field of a question's form, and what cannot be answered in it."""
    item = question["items"][0]
    name = f"q{question['position']}"
    if question["answer_shape"] == "by_item":
        name += f".{item['key']}"
    is_text = item["widget"] in {"text", "long_text"}
    return name, "x" * (item["most_characters"] + 1) if is_text else "no-such-option"


def test_after_submission_each_question_says_what_was_right_and_why(site, study, alice, whole_pool):
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
        assert set(shown) == {question.key for question in quiz.questions}
        for question in quiz.questions:
            assert as_stored(question, learnt_from(shown[question.key])) == as_stored(
                question, right_answer(question)
            )


def as_stored(question: QuestionContent, answer: Any) -> Any:
    """Return an answer in the one form that it is stored in, however it was written."""
    return KINDS[question.kind].parse_answer(question.structure, answer)


def test_the_review_page_says_what_was_right_whatever_the_kind(site, study, alice, every_kind):
    enrollment = study.enroll(alice, SMALL_COURSE)
    with site.snapshot() as session:
        quiz = quiz_of(session, enrollment, "first")
    attempt = study.take_quiz(alice, enrollment, "first", right=False)
    words = told_by(alice.browser().get(f"/attempts/{attempt.id}/review"))
    for question in quiz.questions:
        assert plain(question.explanation_html) in words, question.kind
        assert plain(question.source_html) in words, question.kind
    # What belongs where, in words.
    for text in ("whiskers", "feathers", "hexagons", "271828 grains", "quindecim", "161803 pieces"):
        assert text in words


def test_the_review_of_one_quiz_tells_nothing_of_the_others(site, study, alice):
    enrollment = study.enroll(alice)
    contents = quizzes(site, enrollment, study)
    key, *others = contents
    attempt = study.take_quiz(alice, enrollment, key)
    answers = [
        alice.api().get(f"/attempts/{attempt.id}"),
        alice.browser().get(f"/attempts/{attempt.id}/review"),
    ]
    drawn = {question["key"] for question in answers[0].json["questions"]}
    for response in answers:
        words = told_by(response)
        for other in others:
            for question in contents[other].questions:
                assert plain(question.explanation_html) not in words
        # Nor of what this quiz will ask another time.
        for question in (*contents[key].questions, *contents[key].practice):
            if question.key not in drawn:
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
    monkeypatch.setattr(attempts.secrets, "randbits", lambda _bits: 7)


def all_shown(site: Site, person: Person, study: Study) -> list[str]:
    """Return all that is shown of the small course's quiz, with ids and moments taken out."""
    enrollment = study.enroll(person, SMALL_COURSE)
    api, browser = person.api(), person.browser()
    started = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts")
    attempt = f"/attempts/{started.json['id']}"
    saved = [
        api.put(f"{attempt}/responses/{question['key']}", {"answer": any_answer(question)})
        for question in started.json["questions"]
    ]
    assert [answer.status_code for answer in saved] == [200] * len(KINDS)
    pages = [
        browser.get(path)
        for path in (
            "/courses/small/quizzes/first",
            *(f"{attempt}/questions/{q['position']}" for q in started.json["questions"]),
            f"{attempt}/questions",
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
    every_kind: AuthoredContent,
    same_draw: None,
):
    one_way = all_shown(site, alice, study)
    for was, becomes in (
        ("text: the least\n        correct: true\n", "text: the least\n"),
        ("text: the most\n", "text: the most\n        correct: true\n"),
        ("text: one\n        correct: true\n", "text: one\n"),
        ("text: green\n", "text: green\n        correct: true\n"),
        ("answer: true", "answer: false"),
        ("It is what nobody may fall below.", "It is something else."),
        ("category: even", "category: odd"),
        ("text: eleven\n        category: odd", "text: eleven\n        category: even"),
        ("value: 271828\n        tolerance: 5", "value: 7\n        tolerance: 0"),
        ("text: quindecim", "text: fifteen"),
        ("value: 161803", "value: 144"),
        ("text: viginti", "text: twenty"),
        ("text: a notch\n            correct: true\n", "text: a notch\n"),
        ("text: a song\n", "text: a song\n            correct: true\n"),
        ("points: 2", "points: 7"),
        ("Names somebody who miscounted", "Names nobody"),
    ):
        every_kind.change(QUIZ, was, becomes)
    assert study.publish(every_kind)
    other_way = all_shown(site, bola, study)
    assert other_way == one_way
    # And the change was real: what is right did change.
    with site.snapshot() as session:
        one, other = (
            {
                q.kind: q.structure
                for q in quiz_of(session, study.again(person, SMALL_COURSE), "first").questions
            }
            for person in (alice, bola)
        )
    # Whichever step comes first, and what belongs to what, is in what is written down: these cannot be turned
    # round without another question being asked.
    assert {kind for kind in KINDS if one[kind] == other[kind]} == {"matching", "ordering"}
