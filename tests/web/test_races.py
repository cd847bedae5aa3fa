"""Many requests at once, with real threads and transactions that really end: one of each thing, and no error."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from werkzeug.test import TestResponse

from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose
from courseapp.core import clock, events
from courseapp.learning.types import CourseCompleted
from courseapp.ops.doctor import find_faults
from courseapp.ops.setup import first_administrator_address
from courseapp.wiring import HEARERS
from tests.acceptance.api_journey import any_answer, right_answer
from tests.authoring import AuthoredContent
from tests.cast import PASSWORD, Cast, Person
from tests.databases import Database, settings_for
from tests.sites import Api, Site
from tests.studying import COURSE, SMALL_COURSE, Study, answers, quiz_of

PATIENCE: Final = 60
Result = TypeVar("Result")


@pytest.fixture
def busy_site(fresh_database: Database, tmp_path: Path) -> Iterator[Site]:
    """A site on a database of its own, whose one process answers 24 requests at a time."""
    settings = settings_for(fresh_database.url, tmp_path / "instance", threads=24)
    site = Site(fresh_database, settings)
    yield site
    with site.snapshot() as session:
        faults = find_faults(session)
    site.close()
    assert not faults


@pytest.fixture
def alice(busy_site: Site) -> Person:
    return Cast(busy_site).alice


@pytest.fixture
def study(busy_site: Site, authored: AuthoredContent) -> Study:
    """Learning on the busy site, where the small course is published, too."""
    study = Study(busy_site)
    study.publish(authored)
    return study


def all_at_once(count: int, act: Callable[[int], Result]) -> list[Result]:
    """Do something in so many threads, all of which start at the same moment."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Result:
        barrier.wait(PATIENCE)
        return act(number)

    with ThreadPoolExecutor(count) as threads:
        running = [threads.submit(run, number) for number in range(count)]
        return [future.result(PATIENCE) for future in running]


def programs(person: Person, count: int) -> list[Api]:
    """Return so many programs of one person, each with a client of its own."""
    token = person.api().token
    return [person.site.api(token) for _ in range(count)]


def statuses(answers: list[TestResponse]) -> Counter[int]:
    counted = Counter(answer.status_code for answer in answers)
    assert not [status for status in counted if status >= 500], [a.text for a in answers]
    return counted


def rows(site: Site, table: str) -> int:
    count: int = site.scalar(f"SELECT count(*) FROM {table}")
    return count


def acts(site: Site, action: str) -> int:
    """Return how often an act stands in the audit trail."""
    count: int = site.scalar(
        "SELECT count(*) FROM audit_event WHERE action = :action", action=action
    )
    return count


def test_fifty_starts_of_an_attempt_make_one(busy_site, study, alice):
    enrollment = study.enroll(alice)
    quiz = study.course().modules[0].quiz
    path = f"/enrollments/{enrollment.id}/quizzes/{quiz.key}/attempts"
    clients = programs(alice, 50)
    # Half of them bring an id of their own.
    answered = all_at_once(
        50,
        lambda n: clients[n].post(
            path, {"id": f"00000000-0000-7000-8000-{n:012}"} if n % 2 else {}
        ),
    )
    assert statuses(answered) == {201: 1, 200: 49}
    assert len({answer.data for answer in answered}) == 1
    assert rows(busy_site, "attempt") == 1
    assert rows(busy_site, "attempt_question") == quiz.question_count


def test_fifty_starts_by_the_button_make_one(busy_site, study, alice):
    study.enroll(alice)
    quiz = study.course().modules[0].quiz.key
    browsers = [alice.browser() for _ in range(50)]
    answered = all_at_once(
        50, lambda n: browsers[n].submit(f"/courses/{COURSE}/quizzes/{quiz}/attempts")
    )
    assert statuses(answered) == {302: 50}
    assert len({answer.location for answer in answered}) == 1
    assert rows(busy_site, "attempt") == 1


def almost_done(study: Study, person: Person) -> tuple[str, str]:
    """Bring somebody to where only the submission of her quiz is left; return enrollment and attempt."""
    enrollment = study.enroll(person, SMALL_COURSE)
    for lesson in study.course(SMALL_COURSE).modules[0].lessons:
        study.read(person, enrollment, lesson.key)
    api = person.api()
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts").json["id"]
    with study.site.snapshot() as session:
        right = answers(quiz_of(session, enrollment, "first"), right=True)
    for key, answer in right.items():
        api.put(f"/attempts/{attempt}/responses/{key}", {"answer": answer})
    return str(enrollment.id), attempt


def test_fifty_submissions_are_graded_once_and_complete_the_course_once(busy_site, study, alice):
    enrollment, attempt = almost_done(study, alice)
    clients = programs(alice, 50)
    answered = all_at_once(50, lambda n: clients[n].post(f"/attempts/{attempt}/submission"))
    assert statuses(answered) == {200: 50}
    assert len({answer.data for answer in answered}) == 1
    result = answered[0].json
    assert (result["score"], result["passed"]) == (100, True)
    after = alice.api().get(f"/enrollments/{enrollment}").json
    assert after["percent"] == 100
    assert after["completed_at"] == result["submitted_at"]
    assert rows(busy_site, "certificate") == acts(busy_site, "certificate.issued") == 1


def test_fifty_enrollments_make_one(busy_site, study, alice):
    clients = programs(alice, 50)
    answered = all_at_once(50, lambda n: clients[n].post(f"/courses/{COURSE}/enrollments"))
    assert statuses(answered) == {201: 1, 200: 49}
    assert len({answer.json["id"] for answer in answered}) == 1
    assert rows(busy_site, "enrollment") == acts(busy_site, "enrollment.created") == 1


def test_thirty_requests_for_a_certificate_at_the_moment_of_completion_make_one(
    busy_site, study, alice
):
    enrollment, attempt = almost_done(study, alice)
    path = f"/enrollments/{enrollment}/certificate"
    clients = programs(alice, 30)

    def act(number: int) -> TestResponse:
        if number == 0:
            return clients[number].post(f"/attempts/{attempt}/submission")
        return clients[number].post(path) if number % 2 else clients[number].get(path)

    submitted, *answered = all_at_once(30, act)
    assert submitted.status_code == 200
    # Those who came too early are told what is missing; all others see the same certificate.
    assert set(statuses(answered)) <= {200, 404}
    assert all(a.json["missing"] for a in answered if a.status_code == 404)
    seen = {a.json["code"] for a in answered if a.status_code == 200}
    seen.add(alice.api().get(path).json["code"])
    assert len(seen) == 1
    assert rows(busy_site, "certificate") == acts(busy_site, "certificate.issued") == 1


@pytest.fixture
def without_automatic_issue() -> Iterator[None]:
    """Let courses be completed without a certificate, as before a repair."""
    events.bind({event: heard for event, heard in HEARERS.items() if event is not CourseCompleted})
    yield
    events.bind(HEARERS)


def test_thirty_claims_of_a_certificate_issue_one(busy_site, study, alice, without_automatic_issue):
    path = f"/enrollments/{study.finish(alice, SMALL_COURSE).id}/certificate"
    assert rows(busy_site, "certificate") == 0
    clients = programs(alice, 30)
    answered = all_at_once(
        30, lambda n: clients[n].get(path) if n % 3 == 0 else clients[n].post(path)
    )
    counted = statuses(answered)
    assert counted[201] == 1
    assert set(counted) <= {200, 201, 404}
    claimed = [a for n, a in enumerate(answered) if n % 3]
    assert {a.status_code for a in claimed} == {200, 201}
    assert len({a.json["code"] for a in answered if a.status_code < 300}) == 1
    assert rows(busy_site, "certificate") == acts(busy_site, "certificate.issued") == 1


def test_two_hundred_completions_at_once_make_a_certificate_for_each_learner(busy_site, study):
    people = [Cast(busy_site).person(f"Learner {n}", f"{n}@union.example") for n in range(40)]
    attempts = [almost_done(study, person)[1] for person in people]
    clients = [programs(person, 1)[0] for person in people]
    answered = all_at_once(
        200, lambda n: clients[n % 40].post(f"/attempts/{attempts[n % 40]}/submission")
    )
    assert set(statuses(answered)) == {200}
    assert rows(busy_site, "certificate") == acts(busy_site, "certificate.issued") == 40
    assert rows(busy_site, "issuer_key") == 1
    places = busy_site.execute("SELECT DISTINCT status_list, status_position FROM certificate")
    assert len(places) == 40


def test_ten_revocations_at_once_are_one(busy_site, study, alice):
    enrollment = study.finish(alice, SMALL_COURSE)
    code = alice.api().get(f"/enrollments/{enrollment.id}/certificate").json["code"]
    clients = programs(Cast(busy_site).dana, 10)
    reason = {"reason": "A mistake"}
    answered = all_at_once(
        10,
        lambda n: clients[n].post(
            f"/certificates/{code}/{'revocation' if n % 2 else 'replacement'}", reason
        ),
    )
    counted = statuses(answered)
    assert counted[409] == 9
    assert counted[200] + counted[201] == 1


def test_twenty_downloads_of_a_certificate_are_the_same_file(busy_site, study, alice):
    enrollment = study.finish(alice, SMALL_COURSE)
    code = alice.api().get(f"/enrollments/{enrollment.id}/certificate").json["code"]
    clients = programs(alice, 20)
    answered = all_at_once(20, lambda n: clients[n].get(f"/certificates/{code}/pdf"))
    assert len({answer.data for answer in answered}) == 1
    assert rows(busy_site, "certificate_file") == 1


def test_twenty_completions_of_a_lesson_make_one(busy_site, study, alice):
    enrollment = study.enroll(alice)
    lesson = study.course().modules[0].lessons[0].key
    clients = programs(alice, 20)
    answered = all_at_once(
        20, lambda n: clients[n].put(f"/enrollments/{enrollment.id}/lessons/{lesson}/completion")
    )
    assert statuses(answered) == {200: 20}
    assert all(answer.json["done"] == [lesson] for answer in answered)
    assert rows(busy_site, "lesson_completion") == 1


def test_all_lessons_completed_at_once_lose_no_progress(busy_site, study, alice):
    enrollment = study.enroll(alice)
    course = study.course()
    lessons = [lesson.key for module in course.modules for lesson in module.lessons]
    clients = programs(alice, len(lessons))
    answered = all_at_once(
        len(lessons),
        lambda n: clients[n].put(f"/enrollments/{enrollment.id}/lessons/{lessons[n]}/completion"),
    )
    assert statuses(answered) == {200: len(lessons)}
    after = alice.api().get(f"/enrollments/{enrollment.id}").json
    assert after["done"] == lessons
    assert (
        study.again(alice).percent
        == after["percent"]
        == 100 * len(lessons) // len(course.activities)
    )
    # Whoever was told of progress was told of no more than there was, and each step by somebody.
    assert sorted(len(answer.json["done"]) for answer in answered) == list(
        range(1, len(lessons) + 1)
    )


def test_ten_uses_of_a_one_time_link_succeed_once(busy_site, alice):
    with busy_site.transaction() as session:
        token = accounts.create_link(
            session, LinkPurpose.SET_PASSWORD, alice.id, lasts=timedelta(hours=1), at=clock.now()
        )
    passwords = [f"four quiet words {n}" for n in range(10)]
    browsers = [busy_site.browser() for _ in range(10)]
    answered = all_at_once(
        10, lambda n: browsers[n].submit(f"/links/{token}", password=passwords[n])
    )
    assert statuses(answered) == {302: 1, 404: 9}
    winner = [answer.status_code for answer in answered].index(302)
    assert browsers[winner].get("/my-courses").status_code == 200
    signed_in = busy_site.api().post(
        "/tokens", {"email": alice.email, "password": passwords[winner]}
    )
    assert signed_in.status_code == 201
    assert acts(busy_site, "person.password_set") == 1


def test_ten_people_with_the_first_administrators_link_make_one_administrator(busy_site):
    with busy_site.app.app_context():
        address = str(first_administrator_address())
    path = address.removeprefix(busy_site.settings.base_url)
    browsers = [busy_site.browser() for _ in range(10)]
    answered = all_at_once(
        10,
        lambda n: browsers[n].submit(
            path, name=f"Person {n}", email=f"person{n}@union.example", password=PASSWORD
        ),
    )
    assert statuses(answered) == {302: 1, 404: 9}
    assert rows(busy_site, "person") == rows(busy_site, "person_role") == 1


def test_sign_ups_with_one_address_make_one_person_and_answer_alike(busy_site):
    bodies = [
        {"email": "nadia@union.example", "name": f"Nadia {n}", "password": f"four quiet words {n}"}
        for n in range(6)
    ]
    answered = all_at_once(6, lambda n: busy_site.api().post("/accounts", bodies[n]))
    assert statuses(answered) == {201: 6}
    assert len({answer.data for answer in answered}) == 1
    assert rows(busy_site, "person") == acts(busy_site, "person.created") == 1
    fits = [
        busy_site.api()
        .post("/tokens", {"email": body["email"], "password": body["password"]})
        .status_code
        for body in bodies[:5]
    ]
    assert fits.count(201) <= 1
    assert len(busy_site.take_mails()) == 6


def test_answers_sent_while_the_attempt_is_submitted_are_graded_or_refused(busy_site, study, alice):
    enrollment = study.enroll(alice)
    quiz = study.course().modules[0].quiz.key
    api = alice.api()
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/{quiz}/attempts").json
    drawn = {question["key"] for question in attempt["questions"]}
    with busy_site.snapshot() as session:
        content = quiz_of(session, enrollment, quiz)
        chosen = [
            [(key, answer) for key, answer in answers(content, right=right).items() if key in drawn]
            for right in (False, True)
        ]
    for key, answer in chosen[0]:
        api.put(f"/attempts/{attempt['id']}/responses/{key}", {"answer": answer})
    sent = [*chosen[1], *chosen[1]]
    clients = programs(alice, len(sent) + 1)

    def act(number: int) -> TestResponse:
        if number == len(sent) // 2:
            return clients[number].post(f"/attempts/{attempt['id']}/submission")
        key, answer = sent[number - (number > len(sent) // 2)]
        return clients[number].put(f"/attempts/{attempt['id']}/responses/{key}", {"answer": answer})

    answered = all_at_once(len(sent) + 1, act)
    assert set(statuses(answered)) <= {200, 409}
    submitted = answered.pop(len(sent) // 2).json
    after = api.get(f"/attempts/{attempt['id']}").json
    assert after == submitted
    assert len(after["questions"]) == len(chosen[1]) == 10
    for question in after["questions"]:
        assert question["credit"] == float(earned(question)), question["key"]
    total = sum((earned(question) for question in after["questions"]), Fraction(0))
    assert after["score"] == int(100 * total / len(after["questions"]))
    # Whoever was told that an answer was saved finds it graded.
    graded = {question["key"]: question["answer"] for question in after["questions"]}
    for answer in answered:
        if answer.status_code == 200:
            assert graded[answer.json["question"]] == answer.json["answer"]
        else:
            assert answer.json["code"] == "attempt_closed"


def earned(question: Any) -> Fraction:
    """Return the credit that the shown answer is worth, by the rule that learners are told.

    Every answer here is right in all of its parts, or wrong in all of them.
    """
    right, answer = right_answer(question), question["answer"]
    if question["kind"] != "multiple_choice":
        return Fraction(int(answer == right))
    chosen, all_right = set(answer), set(right)
    worth = len(chosen & all_right) - len(chosen - all_right)
    return max(Fraction(0), Fraction(worth, len(all_right)))


def test_thirty_answers_to_one_question_leave_one(busy_site, study, alice):
    enrollment = study.enroll(alice, SMALL_COURSE)
    api = alice.api()
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts").json
    path = f"/attempts/{attempt['id']}/responses/floor-is"
    options = ["least", "most", "mean"]
    clients = programs(alice, 30)
    answered = all_at_once(30, lambda n: clients[n].put(path, {"answer": options[n % 3]}))
    assert statuses(answered) == {200: 30}
    assert [answer.json["answer"] for answer in answered] == options * 10
    assert rows(busy_site, "response") == 1
    (shown,) = [
        question["answer"]
        for question in api.get(f"/attempts/{attempt['id']}").json["questions"]
        if question["answered"]
    ]
    assert shown in options


def test_twenty_answers_to_a_question_in_a_lesson_leave_one(busy_site, study, alice):
    enrollment = study.enroll(alice, SMALL_COURSE)
    here = f"/enrollments/{enrollment.id}/lessons/go-on"
    question = alice.api().get(here).json["questions"][0]
    path = f"{here}/questions/{question['key']}/response"
    clients = programs(alice, 20)
    answered = all_at_once(20, lambda n: clients[n].put(path, {"answer": any_answer(question)}))
    assert statuses(answered) == {200: 20}
    assert len({answer.data for answer in answered}) == 1
    assert rows(busy_site, "practice_response") == 1


def test_guesses_sent_all_at_once_are_counted_one_by_one(busy_site, alice):
    alice.with_password()
    body = {"email": alice.email, "password": "not the right words"}
    answered = all_at_once(20, lambda _n: busy_site.api().post("/tokens", body))
    assert statuses(answered) == {401: 5, 429: 15}


def test_different_people_do_not_wait_for_one_anothers_mistakes(busy_site, study):
    cast = Cast(busy_site)
    crowd = [cast.person(f"Person {n}", f"person{n}@union.example") for n in range(20)]
    clients = [person.api() for person in crowd]

    def act(number: int) -> list[TestResponse]:
        api = clients[number]
        enrolled = api.post(f"/courses/{SMALL_COURSE}/enrollments")
        here = f"/enrollments/{enrolled.json['id']}"
        read = [api.put(f"{here}/lessons/{key}/completion") for key in ("start", "go-on")]
        started = api.post(f"{here}/quizzes/first/attempts")
        submitted = api.post(f"/attempts/{started.json['id']}/submission")
        return [enrolled, *read, started, submitted]

    answered = [answer for one in all_at_once(20, act) for answer in one]
    assert set(statuses(answered)) == {200, 201}
    assert rows(busy_site, "enrollment") == rows(busy_site, "attempt") == 20
    assert rows(busy_site, "lesson_completion") == 40
