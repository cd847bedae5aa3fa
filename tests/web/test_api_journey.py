"""The whole way through the API, with nothing but the endpoints that are promised."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from courseapp.core.ids import new_id
from tests.acceptance.api_journey import any_answer, right_answer, right_answers, tells
from tests.cast import PASSWORD
from tests.sites import Api, Site
from tests.studying import COURSE
from tests.web.conftest import Clock

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
    assert course["final_quiz"]["question_count"] == 20
    assert course["final_quiz"]["pause_minutes"] == 10


@pytest.mark.parametrize("path", ["/courses/nothing", f"/courses/{COURSE}/modules/nothing"])
def test_a_course_or_module_that_does_not_exist_is_not_found(site, path):
    assert site.api().get(path).status_code == 404


def test_a_program_takes_the_whole_course_from_sign_up_to_a_verified_certificate(site, nadia, time):
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
            learn_and_pass(nadia, enrollment, activity["key"], time)
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


def learn_and_pass(api: Api, enrollment: Any, quiz: str, time: Clock) -> None:
    """Submit an empty attempt, and learn from one review after the other until enough is known to pass."""
    blank = start(api, enrollment, quiz)
    reviewed = api.post(f"/attempts/{blank['id']}/submission").json
    assert (reviewed["score"], reviewed["passed"]) == (0, False)
    missing = {m["key"]: m for m in api.get(f"/enrollments/{enrollment['id']}").json["missing"]}
    assert missing[quiz]["reason"] == "not_passed"
    assert f"{missing[quiz]['pass_mark']}%" in missing[quiz]["explanation"]
    answers = right_answers(reviewed)
    for number in range(2, 25):
        wait_for_the_pause(api, enrollment, quiz, time)
        attempt = start(api, enrollment, quiz)
        assert attempt["number"] == number
        assert len(attempt["questions"]) == len(blank["questions"])
        known = [q["key"] for q in attempt["questions"] if q["key"] in answers]
        for key in known:
            path = f"/attempts/{attempt['id']}/responses/{key}"
            saved = api.put(path, {"answer": answers[key]})
            assert saved.status_code == 200, saved.text
        result = api.post(f"/attempts/{attempt['id']}/submission").json
        assert result["state"] == "graded"
        # What she has learnt earns everything, whatever the kind; what she has not, nothing.
        assert result["score"] == 100 * len(known) // len(attempt["questions"])
        assert {q["key"] for q in result["questions"] if q["credit"] == 1} == set(known)
        assert all(q["explanation_html"] and q["source_html"] for q in result["questions"])
        if result["passed"]:
            assert result["score"] >= result["pass_mark"]
            return
        assert result["score"] < result["pass_mark"]
        answers |= right_answers(result)
    pytest.fail(f"{quiz} was not passed")


def wait_for_the_pause(api: Api, enrollment: Any, quiz: str, time: Clock) -> None:
    """Let the time pass for which the quiz asks between attempts, if it does."""
    course = api.get(f"/courses/{COURSE}").json
    quizzes = [*(module["quiz"] for module in course["modules"]), course["final_quiz"]]
    (pause,) = [q["pause_minutes"] for q in quizzes if q["key"] == quiz]
    if pause:
        early = api.post(f"/enrollments/{enrollment['id']}/quizzes/{quiz}/attempts")
        assert (early.status_code, early.json["code"]) == (409, "pause_not_over")
        assert 0 < int(early.headers["Retry-After"]) <= 60 * pause + 1
        assert early.json["retry_after"] == int(early.headers["Retry-After"])
        time.forward(seconds=early.json["retry_after"])


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


def test_the_answer_saved_last_counts_and_saving_it_again_changes_nothing(site, nadia, published):
    attempt = start_small(nadia)
    question = question_named(attempt, "floor-is")
    path = f"/attempts/{attempt['id']}/responses/{question['key']}"
    (item,) = question["items"]
    first, second = (choice["key"] for choice in item["choices"][:2])
    for answer in (first, second, second):
        saved = nadia.put(path, {"answer": answer}).json
        assert (saved["question"], saved["answer"]) == (question["key"], answer)
    shown = nadia.get(f"/attempts/{attempt['id']}").json["questions"][question["position"] - 1]
    (item,) = shown["items"]
    assert [choice["key"] for choice in item["choices"] if choice["chosen"]] == [second]
    assert (item["value"], shown["answer"], shown["answered"]) == (second, second, True)
    assert site.scalar("SELECT count(*) FROM response") == 1


def test_several_choices_can_be_changed_and_taken_back(nadia, published):
    attempt = start_small(nadia)
    question = question_named(attempt, "numbers")
    path = f"/attempts/{attempt['id']}/responses/{question['key']}"
    (item,) = question["items"]
    keys = [choice["key"] for choice in item["choices"]]
    for chosen in (keys[:2], keys[:1], []):
        saved = nadia.put(path, {"answer": chosen}).json
        assert sorted(saved["answer"]) == sorted(chosen)
    shown = nadia.get(f"/attempts/{attempt['id']}").json["questions"][question["position"] - 1]
    assert shown["answered"] is False


@pytest.fixture
def asking_everything(study, authored) -> None:
    """The small course, whose quiz asks a question of each kind."""
    authored.ask_everything()
    study.publish(authored)


def start_small(api: Api) -> Any:
    enrollment = api.post("/courses/small/enrollments").json
    return start(api, enrollment, "first")


def question_named(attempt: Any, key: str) -> Any:
    (question,) = [q for q in attempt["questions"] if q["key"] == key]
    return question


@pytest.mark.usefixtures("asking_everything")
def test_every_kind_of_question_says_how_it_is_answered(nadia):
    described = {
        q["kind"]: (q["answer_shape"], [item["widget"] for item in q["items"]])
        for q in start_small(nadia)["questions"]
    }
    assert {kind: (shape, set(widgets)) for kind, (shape, widgets) in described.items()} == {
        "single_choice": ("one", {"radio"}),
        "multiple_choice": ("many", {"checkboxes"}),
        "true_false": ("one", {"radio"}),
        "matching": ("by_item", {"select"}),
        "categorise": ("by_item", {"select"}),
        "ordering": ("by_item", {"select"}),
        "numeric": ("one", {"number"}),
        "short_text": ("one", {"text"}),
        "gaps": ("by_item", {"number", "text", "select"}),
        "free_text": ("one", {"long_text"}),
    }


@pytest.mark.usefixtures("asking_everything")
def test_whatever_the_kind_an_answer_stands_where_it_was_given(nadia):
    attempt = start_small(nadia)
    for question in attempt["questions"]:
        answer = any_answer(question)
        saved = nadia.put(
            f"/attempts/{attempt['id']}/responses/{question['key']}", {"answer": answer}
        )
        assert (saved.status_code, saved.json["answer"]) == (200, answer), question["kind"]
        assert set(saved.json) == {"question", "answer", "saved_at"}
    for question in nadia.get(f"/attempts/{attempt['id']}").json["questions"]:
        assert question["answered"] is True, question["kind"]
        assert question["answer"] == any_answer(question), question["kind"]
        for item in question["items"]:
            chosen = [choice["key"] for choice in item["choices"] if choice["chosen"]]
            if question["answer_shape"] == "many":
                assert chosen == question["answer"]
            elif item["choices"]:
                assert chosen == [item["value"]]
            if question["answer_shape"] == "by_item":
                assert question["answer"][item["key"]] == item["value"]


@pytest.mark.usefixtures("asking_everything")
def test_the_review_tells_what_to_answer_and_that_earns_everything(nadia):
    blank = start_small(nadia)
    reviewed = nadia.post(f"/attempts/{blank['id']}/submission").json
    judged = question_named(reviewed, "in-your-words")
    rest = [q for q in reviewed["questions"] if q["key"] != judged["key"]]
    attempt = start_small(nadia)
    for question in rest:
        path = f"/attempts/{attempt['id']}/responses/{question['key']}"
        assert nadia.put(path, {"answer": right_answer(question)}).status_code == 200
    result = nadia.post(f"/attempts/{attempt['id']}/submission").json
    assert {q["credit"] for q in result["questions"] if q["key"] != judged["key"]} == {1}
    assert all(
        item["credit"] == 1 for q in rest for item in question_named(result, q["key"])["items"]
    )
    assert result["score"] == 90


@pytest.mark.usefixtures("asking_everything")
def test_an_answer_that_a_trainer_judges_waits_for_her(nadia, study, dana, site):
    attempt = start_small(nadia)
    path = f"/attempts/{attempt['id']}/responses/in-your-words"
    assert nadia.put(path, {"answer": "To share.\nAnd to remember."}).status_code == 200
    waiting = nadia.post(f"/attempts/{attempt['id']}/submission").json
    assert waiting["state"] == "needs_review"
    assert {"score", "passed"} & set(waiting) == set()
    (missing,) = [
        m
        for m in nadia.get(f"/enrollments/{attempt['enrollment_id']}").json["missing"]
        if m["key"] == "first"
    ]
    assert missing["reason"] == "not_reviewed"

    trainer = dana.api()
    (listed,) = trainer.get("/reviews").json["items"]
    assert listed["attempt_id"] == attempt["id"]
    sheet = trainer.get(f"/reviews/{attempt['id']}").json
    (question,) = sheet["questions"]
    assert question["answer"] == "To share.\nAnd to remember."
    criteria = {line["key"]: line["points"] for line in question["judgement"]["criteria"]}
    assert criteria == {"says-why": 2, "example": 1}
    judged = trainer.put(
        f"/reviews/{attempt['id']}/judgements/in-your-words",
        {"points": {"says-why": 2, "example": 0}, "comment": "Well said."},
    )
    assert judged.json == {"attempt_id": attempt["id"], "state": "graded"}
    assert trainer.get("/reviews").json["items"] == []

    result = nadia.get(f"/attempts/{attempt['id']}").json
    # Two thirds of one question in ten.
    assert (result["state"], result["score"], result["passed"]) == ("graded", 6, False)
    told = question_named(result, "in-your-words")
    assert told["judgement"]["comment"] == "Well said."
    assert {c["key"]: c["given"] for c in told["judgement"]["criteria"]} == {
        "says-why": 2,
        "example": 0,
    }


def test_a_lesson_shows_questions_for_practice_and_explains_each_at_once(nadia, study, authored):
    study.publish(authored)
    enrollment = nadia.post("/courses/small/enrollments").json
    here = f"/enrollments/{enrollment['id']}/lessons/go-on"
    lesson = nadia.get(here).json
    keys = re.findall("<!--question ([a-z-]+)-->", lesson["html"])
    assert [q["key"] for q in lesson["questions"]] == keys
    assert len(keys) == 7
    assert not any(tells(q) or q["answered"] for q in lesson["questions"])
    for question in lesson["questions"]:
        path = f"{here}/questions/{question['key']}/response"
        told = nadia.put(path, {"answer": any_answer(question)}).json
        assert (told["key"], told["answer"]) == (question["key"], any_answer(question))
        assert told["explanation_html"]
        assert told["source_html"]
    again = nadia.get(here).json
    assert all(q["answered"] and tells(q) for q in again["questions"])
    # It does not count.
    after = nadia.get(f"/enrollments/{enrollment['id']}").json
    assert (after["percent"], after["missing"]) == (0, enrollment["missing"])


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
    [
        "/lessons/nothing",
        "/lessons/nothing/completion",
        "/lessons/nothing/questions/nothing/response",
        "/quizzes/nothing/attempts",
    ],
)
def test_a_lesson_or_quiz_that_the_course_does_not_have_is_not_found(nadia, path):
    here = f"/enrollments/{enroll(nadia)['id']}{path}"
    method = "GET" if path.endswith("nothing") else "POST" if "attempts" in path else "PUT"
    body = {"answer": "x"} if "response" in path else {}
    answer = nadia.request(method, here, **({} if method == "GET" else {"json": body}))
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_revoked_token_ends_at_once_and_others_go_on(site, alice):
    first, second = alice.api(), alice.api()
    assert first.delete("/tokens/current").status_code == 204
    assert first.get("/me").status_code == 401
    assert second.get("/me").json["id"] == str(uuid.UUID(str(alice.id)))
