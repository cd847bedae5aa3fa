"""The whole way through the API, with nothing but the endpoints that are promised."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from courseapp.core.ids import new_id
from tests.acceptance.api_journey import right_answers
from tests.cast import PASSWORD
from tests.sites import Api, Site
from tests.studying import COURSE

SIGN_UP = {
    "email": "Nadia@Union.example",
    "password": PASSWORD,
    "name": "Nadia  Benali",
    "locale": "fr",
}


@pytest.fixture
def nadia(site: Site) -> Api:
    """A program for somebody who has just signed up, with a token."""
    api = site.api()
    assert api.post("/accounts", SIGN_UP).status_code == 201
    issued = api.post("/tokens", {"email": SIGN_UP["email"], "password": PASSWORD})
    assert issued.status_code == 201, issued.text
    return site.api(issued.json["token"])


def enroll(api: Api) -> Any:
    answer = api.post(f"/courses/{COURSE}/enrollments")
    assert answer.status_code == 201, answer.text
    return answer.json


def start(api: Api, enrollment: Any, quiz: str) -> Any:
    answer = api.post(f"/enrollments/{enrollment['id']}/quizzes/{quiz}/attempts")
    assert answer.status_code == 201, answer.text
    return answer.json


def first_quiz(api: Api) -> str:
    key: str = api.get(f"/courses/{COURSE}").json["modules"][0]["quiz"]["key"]
    return key


def first_lesson(api: Api) -> str:
    key: str = api.get(f"/courses/{COURSE}").json["modules"][0]["lessons"][0]["key"]
    return key


def test_signing_up_and_asking_for_a_token_takes_two_requests(site):
    api = site.api()
    created = api.post("/accounts", SIGN_UP)
    assert created.status_code == 201
    assert created.json["email"] == "nadia@union.example"
    issued = api.post("/tokens", {"email": "nadia@union.example", "password": PASSWORD})
    assert issued.status_code == 201
    lasts = datetime.fromisoformat(issued.json["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < lasts < timedelta(days=91)
    me = site.api(issued.json["token"]).get("/me")
    assert me.status_code == 200
    assert {name: me.json[name] for name in ("email", "name", "locale", "roles")} == {
        "email": "nadia@union.example",
        "name": "Nadia Benali",
        "locale": "fr",
        "roles": [],
    }


def test_courses_and_modules_can_be_read_before_signing_up(site):
    api = site.api()
    (listed,) = api.get("/courses").json["items"]
    assert listed["key"] == COURSE
    course = api.get(f"/courses/{COURSE}").json
    assert course["title"] == listed["title"]
    assert len(course["modules"]) == 5
    for module in course["modules"]:
        assert api.get(f"/courses/{COURSE}/modules/{module['key']}").json == module
        assert 4 <= len(module["lessons"]) <= 6
        assert module["quiz"]["question_count"] >= 10


@pytest.mark.parametrize("path", ["/courses/nothing", f"/courses/{COURSE}/modules/nothing"])
def test_a_course_or_module_that_does_not_exist_is_not_found(site, path):
    assert site.api().get(path).status_code == 404


def test_a_program_takes_the_whole_course_from_sign_up_to_a_verified_certificate(site, nadia):
    enrollment = enroll(nadia)
    here = f"/enrollments/{enrollment['id']}"
    assert enrollment["percent"] == 0
    assert enrollment["done"] == []
    required = len(enrollment["missing"])
    percents = [0]
    while (progress := nadia.get(here).json)["next"] is not None:
        activity = progress["next"]
        early = nadia.get(f"{here}/certificate")
        assert early.status_code == 404
        assert early.json["missing"] == progress["missing"]
        if activity["kind"] == "lesson":
            lesson = nadia.get(f"{here}/lessons/{activity['key']}").json
            assert lesson["title"] == activity["title"]
            assert lesson["done"] is False
            assert "<h2" in lesson["html"]
            done = nadia.put(f"{here}/lessons/{activity['key']}/completion")
            assert done.status_code == 200
            percents.append(done.json["percent"])
        else:
            learn_and_pass(nadia, enrollment, activity["key"])
            percents.append(nadia.get(here).json["percent"])
    assert all(before <= after for before, after in pairwise(percents))
    assert len(percents) == required + 1
    assert (progress["percent"], progress["missing"]) == (100, [])
    assert progress["completed_at"] is not None
    certificate = nadia.get(f"{here}/certificate")
    assert certificate.status_code == 200
    assert certificate.json["statement"]["holder"] == "Nadia Benali"
    public = site.api().get(f"/certificates/{certificate.json['code']}")
    assert public.json == certificate.json
    assert (public.json["status"], public.json["signature_holds"]) == ("valid", True)


def learn_and_pass(api: Api, enrollment: Any, quiz: str) -> None:
    """Submit an empty attempt, learn from its review, and pass with a second one."""
    blank = start(api, enrollment, quiz)
    reviewed = api.post(f"/attempts/{blank['id']}/submission").json
    assert (reviewed["score"], reviewed["passed"]) == (0, False)
    missing = {m["key"]: m for m in api.get(f"/enrollments/{enrollment['id']}").json["missing"]}
    assert missing[quiz]["reason"] == "not_passed"
    assert f"{missing[quiz]['pass_mark']}%" in missing[quiz]["explanation"]
    answers = right_answers(reviewed)
    attempt = start(api, enrollment, quiz)
    assert attempt["number"] == 2
    for question in attempt["questions"]:
        path = f"/attempts/{attempt['id']}/responses/{question['key']}"
        saved = api.put(path, {"answer": answers[question["key"]]})
        assert saved.status_code == 200, saved.text
    result = api.post(f"/attempts/{attempt['id']}/submission").json
    assert (result["score"], result["passed"], result["state"]) == (100, True, "graded")
    assert all(q["explanation_html"] and q["source_html"] for q in result["questions"])


def test_enrolling_again_gives_the_same_enrollment_whatever_id_is_sent(nadia):
    chosen = str(new_id())
    path = f"/courses/{COURSE}/enrollments"
    first = nadia.post(path, {"id": chosen})
    assert (first.status_code, first.json["id"]) == (201, chosen)
    for body in ({"id": chosen}, {}, {"id": str(new_id())}):
        again = nadia.post(path, body)
        assert (again.status_code, again.json) == (200, first.json)
    assert [e["id"] for e in nadia.get("/enrollments").json["items"]] == [chosen]


def test_a_lesson_marked_twice_is_done_once_and_keeps_its_first_moment(site, nadia):
    enrollment = enroll(nadia)
    path = f"/enrollments/{enrollment['id']}/lessons/{first_lesson(nadia)}/completion"
    chosen = str(new_id())
    first = nadia.put(path, {"id": chosen})
    assert first.status_code == 200
    before = site.execute("SELECT * FROM lesson_completion")
    for body in ({"id": chosen}, {}, {"id": str(new_id())}):
        again = nadia.put(path, body)
        assert again.status_code == 200
        assert again.json["done"] == first.json["done"]
    assert site.execute("SELECT * FROM lesson_completion") == before
    assert len(before) == 1


def test_starting_again_gives_the_open_attempt_with_its_questions_in_the_same_order(nadia):
    enrollment = enroll(nadia)
    quiz = first_quiz(nadia)
    attempt = start(nadia, enrollment, quiz)
    again = nadia.post(f"/enrollments/{enrollment['id']}/quizzes/{quiz}/attempts")
    assert (again.status_code, again.json) == (200, attempt)
    assert nadia.get(f"/attempts/{attempt['id']}").json == attempt
    assert [q["position"] for q in attempt["questions"]] == list(
        range(1, len(attempt["questions"]) + 1)
    )


def test_a_start_delivered_late_gives_the_submitted_attempt_and_no_new_one(nadia):
    enrollment = enroll(nadia)
    path = f"/enrollments/{enrollment['id']}/quizzes/{first_quiz(nadia)}/attempts"
    chosen = str(new_id())
    assert nadia.post(path, {"id": chosen}).status_code == 201
    submitted = nadia.post(f"/attempts/{chosen}/submission").json
    late = nadia.post(path, {"id": chosen})
    assert (late.status_code, late.json) == (200, submitted)


def test_an_id_that_names_somebody_elses_row_is_refused_without_a_word_about_it(nadia, bola):
    theirs = bola.api()
    hers = enroll(theirs)
    attempt = start(theirs, hers, first_quiz(theirs))
    lesson = first_lesson(theirs)
    completion = str(new_id())
    theirs.put(f"/enrollments/{hers['id']}/lessons/{lesson}/completion", {"id": completion})
    refused = [nadia.post(f"/courses/{COURSE}/enrollments", {"id": hers["id"]})]
    mine = f"/enrollments/{enroll(nadia)['id']}"
    refused += [
        nadia.post(f"{mine}/quizzes/{first_quiz(nadia)}/attempts", {"id": attempt["id"]}),
        nadia.put(f"{mine}/lessons/{lesson}/completion", {"id": completion}),
    ]
    for answer in refused:
        assert (answer.status_code, answer.json["code"]) == (409, "id_in_use")
        assert "errors" not in answer.json
    assert nadia.get(mine).json["done"] == []
    assert theirs.get(f"/attempts/{attempt['id']}").json == attempt


def test_the_answer_saved_last_counts_and_saving_it_again_changes_nothing(site, nadia):
    attempt = start(nadia, enroll(nadia), first_quiz(nadia))
    question = next(q for q in attempt["questions"] if q["kind"] == "single_choice")
    path = f"/attempts/{attempt['id']}/responses/{question['key']}"
    first, second = (option["key"] for option in question["options"][:2])
    for answer in (first, second, second):
        saved = nadia.put(path, {"answer": answer}).json
        assert (saved["question"], saved["answer"]) == (question["key"], [answer])
    shown = nadia.get(f"/attempts/{attempt['id']}").json["questions"][question["position"] - 1]
    assert [o["key"] for o in shown["options"] if o["chosen"]] == [second]
    assert shown["answered"] is True
    assert site.scalar("SELECT count(*) FROM response") == 1


def test_several_choices_can_be_changed_and_taken_back(nadia):
    attempt = start(nadia, enroll(nadia), first_quiz(nadia))
    question = next(q for q in attempt["questions"] if q["kind"] == "multiple_choice")
    path = f"/attempts/{attempt['id']}/responses/{question['key']}"
    keys = [option["key"] for option in question["options"]]
    for chosen in (keys[:2], keys[:1], []):
        saved = nadia.put(path, {"answer": chosen}).json
        assert sorted(saved["answer"]) == sorted(chosen)
    shown = nadia.get(f"/attempts/{attempt['id']}").json["questions"][question["position"] - 1]
    assert shown["answered"] is False


def test_submitting_twice_gives_the_first_result(nadia):
    attempt = start(nadia, enroll(nadia), first_quiz(nadia))
    first = nadia.post(f"/attempts/{attempt['id']}/submission")
    again = nadia.post(f"/attempts/{attempt['id']}/submission")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json
    assert nadia.get(f"/attempts/{attempt['id']}").json == first.json


def test_a_submitted_attempt_takes_no_more_answers(nadia):
    attempt = start(nadia, enroll(nadia), first_quiz(nadia))
    result = nadia.post(f"/attempts/{attempt['id']}/submission").json
    question = result["questions"][0]
    refused = nadia.put(
        f"/attempts/{attempt['id']}/responses/{question['key']}",
        {"answer": right_answers(result)[question["key"]]},
    )
    assert (refused.status_code, refused.json["code"]) == (409, "attempt_closed")
    assert nadia.get(f"/attempts/{attempt['id']}").json == result


def test_what_is_missing_says_why_in_words(nadia):
    enrollment = enroll(nadia)
    lesson, quiz = first_lesson(nadia), first_quiz(nadia)
    missing = {m["key"]: m for m in enrollment["missing"]}
    assert (missing[lesson]["reason"], missing[quiz]["reason"]) == ("not_read", "not_tried")
    start(nadia, enrollment, quiz)
    after = nadia.get(f"/enrollments/{enrollment['id']}").json["missing"]
    (again,) = [m for m in after if m["key"] == quiz]
    assert again["reason"] == "not_submitted"
    assert all(m["explanation"].endswith(".") for m in after)


def test_what_comes_next_is_what_follows_the_lesson_done_last(nadia):
    enrollment = enroll(nadia)
    first, second = nadia.get(f"/courses/{COURSE}").json["modules"][0]["lessons"][:2]
    assert enrollment["next"]["key"] == first["key"]
    here = f"/enrollments/{enrollment['id']}"
    after = nadia.put(f"{here}/lessons/{first['key']}/completion").json
    assert after["next"] == {"kind": "lesson", "key": second["key"], "title": second["title"]}
    lesson = nadia.get(f"{here}/lessons/{first['key']}").json
    assert lesson["done"] is True
    assert lesson["next"]["key"] == second["key"]
    assert lesson["previous"] is None


def test_enrollments_come_by_the_page(nadia, study, authored):
    study.publish(authored)
    first = nadia.post("/courses/small/enrollments").json
    second = enroll(nadia)
    page = nadia.get("/enrollments?limit=1").json
    assert [e["id"] for e in page["items"]] == [first["id"]]
    rest = nadia.get(f"/enrollments?limit=1&cursor={page['next_cursor']}").json
    assert [e["id"] for e in rest["items"]] == [second["id"]]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "typed",
    ["{code}", "{lower}", "{plain}", "{spaced}"],
)
def test_a_certificate_is_found_however_its_code_is_written(site, alice, study, authored, typed):
    study.publish(authored)
    enrollment = study.finish(alice, "small")
    code = alice.api().get(f"/enrollments/{enrollment.id}/certificate").json["code"]
    plain = code.replace("-", "")
    written = typed.format(
        code=code,
        lower=code.lower(),
        plain=plain,
        spaced="%20".join(plain[i : i + 4] for i in range(0, 21, 4)),
    )
    found = site.api().get(f"/certificates/{written}")
    assert (found.status_code, found.json["code"]) == (200, code)


def test_a_code_that_was_never_issued_is_not_found(site):
    answer = site.api().get("/certificates/0000000-0000000-0000000")
    assert (answer.status_code, answer.json["code"]) == (404, "certificate_not_found")


def test_asking_for_the_certificate_after_completion_gives_the_one_that_was_issued(
    alice, study, authored
):
    study.publish(authored)
    path = f"/enrollments/{study.finish(alice, 'small').id}/certificate"
    api = alice.api()
    issued = api.get(path).json
    claimed = api.post(path)
    assert (claimed.status_code, claimed.json) == (200, issued)


def test_asking_for_the_certificate_too_early_says_what_is_missing(nadia):
    enrollment = enroll(nadia)
    refused = nadia.post(f"/enrollments/{enrollment['id']}/certificate")
    assert (refused.status_code, refused.json["code"]) == (404, "certificate_not_earned")
    assert refused.json["missing"] == enrollment["missing"]


@pytest.mark.parametrize(
    "path",
    ["/lessons/nothing", "/lessons/nothing/completion", "/quizzes/nothing/attempts"],
)
def test_a_lesson_or_quiz_that_the_course_does_not_have_is_not_found(nadia, path):
    here = f"/enrollments/{enroll(nadia)['id']}{path}"
    method = "GET" if path.endswith("nothing") else "PUT" if "completion" in path else "POST"
    answer = nadia.request(method, here, **({} if method == "GET" else {"json": {}}))
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_revoked_token_ends_at_once_and_others_go_on(site, alice):
    first, second = alice.api(), alice.api()
    assert first.delete("/tokens/current").status_code == 204
    assert first.get("/me").status_code == 401
    assert second.get("/me").json["id"] == str(uuid.UUID(str(alice.id)))
