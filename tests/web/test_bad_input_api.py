"""Whatever programs send wrongly: a 4xx with a stable code, a sentence for each field, and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from courseapp.assessment.kinds import KINDS
from courseapp.core.ids import new_id
from tests.acceptance.api_journey import any_answer
from tests.cast import PASSWORD
from tests.sites import Api, Site
from tests.studying import COURSE, Study

HUGE: Final = "x" * 100_000
ACCOUNT: Final = {
    "email": "nadia@union.example",
    "password": PASSWORD,
    "name": "Nadia Benali",
    "locale": "en",
}
TEXT: Final = "This must be a text."
FILL: Final = "Fill in this field."
EMAIL: Final = "Enter an e-mail address"
AT_MOST: Final = "Use at most 200 characters."
AN_ID: Final = "This is not an id."
UNKNOWN: Final = "Unknown field."

SIGN_UP: Final[list[tuple[str, Any, str]]] = [
    *[("email", wrong, TEXT) for wrong in (5, 1.5, True, [], {}, ["a@b.example"])],
    ("email", None, FILL),
    ("email", ..., FILL),
    *[
        ("email", wrong, EMAIL)
        for wrong in (
            "",
            "  ",
            "nadia",
            "nadia@",
            "@union.example",
            "nadia@union",
            "na dia@union.example",
            "nadia@union.example\r\nBcc: all@union.example",
            "nadia@union.example, all@union.example",
            "Nadia <nadia@union.example>",
            "na\u0000dia@union.example",
            "na\u0007dia@union.example",
            "na\u202edia@union.example",
            "na\ud800dia@union.example",
            HUGE,
            HUGE + "@union.example",
        )
    ],
    *[("name", wrong, TEXT) for wrong in (5, True, [], {})],
    ("name", None, FILL),
    ("name", ..., FILL),
    ("name", "", "as it should stand on the certificate"),
    ("name", " \t\n ", "as it should stand on the certificate"),
    ("name", HUGE, AT_MOST),
    *[
        ("name", f"Nadia{c}Benali", "cannot be printed")
        for c in "\u0000\u0007\u001b\u202e\ud800\ue000"
    ],
    *[("password", wrong, TEXT) for wrong in (1234567890123, True, [], {})],
    ("password", None, FILL),
    ("password", ..., FILL),
    ("password", "", "at least 10 characters"),
    ("password", "short pass"[:9], "at least 10 characters"),
    ("password", HUGE, AT_MOST),
    ("password", "aaaaaaaaaaaa", "easy to guess"),
    ("password", "password1234", "easy to guess"),
    ("password", "nadia@union.example", "easy to guess"),
    ("password", "four quiet \ud800 words", "cannot be used"),
    *[("locale", wrong, TEXT) for wrong in (5, [], {})],
    *[
        ("locale", wrong, "Choose one of these: en, fr, es")
        for wrong in ("", "xx", "EN", "\u0000", HUGE)
    ],
    ("id", str(new_id()), UNKNOWN),
    ("roles", ["site_administrator"], UNKNOWN),
    ("is_admin", True, UNKNOWN),
]
IDS: Final = [
    *[(wrong, AN_ID) for wrong in ("", "x", 5, 1.5, True, [], {}, [str(new_id())], HUGE, 10**300)],
    *[(wrong, AN_ID) for wrong in ("\u0000", "\ud800", "0" * 31, "g" * 32)],
]
# No answer to any kind of question.
NO_ANSWERS: Final = [
    None,
    ...,
    [[]],
    [None],
    [{}],
    HUGE,
    [HUGE],
    "\u0000",
    "\ud800",
    {"no-such-item": "x"},
    {"": ""},
]
# What is an answer to some, and what takes an answer back.
ANSWERS_OF_SOME: Final = ["", "no-such-option", 5, True, {}, [], 1.5, float("inf"), 10**400]
TAKES_BACK: Final = {
    "single_choice": [""],
    "multiple_choice": [[]],
    "true_false": [""],
    "matching": [{}],
    "categorise": [{}],
    "ordering": [{}],
    "numeric": [""],
    "short_text": [""],
    "gaps": [{}],
    "free_text": [""],
}
IS_AN_ANSWER: Final = {
    "true_false": [True],
    "numeric": [5, 1.5],
    "short_text": ["no-such-option"],
    "free_text": ["no-such-option"],
}


@pytest.fixture
def api(alice) -> Api:
    program: Api = alice.api()
    return program


def raw(
    api: Api, method: str, path: str, body: bytes | str, content_type: str | None
) -> TestResponse:
    headers = {} if content_type is None else {"Content-Type": content_type}
    data = body.encode() if isinstance(body, str) else body
    return api.request(method, path, data=data, headers=headers)


def assert_refused(answer: TestResponse, status: int, code: str) -> None:
    """Check the shape that all refusals have."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, "about:blank")
    assert problem["title"].endswith(".")
    # Nothing of how it works inside.
    for word in ("Traceback", "sqlalchemy", "marshmallow", "werkzeug", "psycopg", "/courseapp/"):
        assert word not in answer.text


def assert_field_refused(answer: TestResponse, field: str, words: str) -> None:
    assert_refused(answer, 422, "invalid_input")
    assert set(answer.json["errors"]) == {field}
    (sentence,) = answer.json["errors"][field]
    assert words in sentence


def people(site: Site) -> int:
    count: int = site.scalar("SELECT count(*) FROM person")
    return count


def test_an_account_that_cannot_be_is_refused_with_a_sentence_for_the_field(site):
    api = site.api()
    for field, wrong, words in SIGN_UP:
        body = {
            name: value for name, value in {**ACCOUNT, field: wrong}.items() if value is not ...
        }
        answer = api.post("/accounts", body)
        assert_field_refused(answer, field, words)
    assert people(site) == 0
    # The rest of the account was right all the time.
    assert api.post("/accounts", ACCOUNT).status_code == 201


def test_all_wrong_fields_are_told_at_once(site):
    answer = site.api().post("/accounts", {"email": "x", "name": "", "password": "x", "more": 1})
    assert_refused(answer, 422, "invalid_input")
    assert set(answer.json["errors"]) == {"email", "name", "password", "more"}


def test_credentials_that_cannot_be_are_refused_with_a_sentence_for_the_field(site):
    api = site.api()
    fields = [case for case in SIGN_UP if case[0] == "email"]
    fields += [("password", wrong, TEXT) for wrong in (5, True, [], {})]
    fields += [("password", None, FILL), ("password", ..., FILL), ("password", "", FILL)]
    fields += [("password", HUGE, AT_MOST), ("name", "Nadia", UNKNOWN), ("locale", "en", UNKNOWN)]
    good = {"email": ACCOUNT["email"], "password": PASSWORD}
    for field, wrong, words in fields:
        body = {name: value for name, value in {**good, field: wrong}.items() if value is not ...}
        assert_field_refused(api.post("/tokens", body), field, words)


def test_a_client_id_that_is_none_is_refused_and_nothing_is_made(site, study: Study, alice, api):
    course = study.course()
    enroll = f"/courses/{COURSE}/enrollments"
    for wrong, words in IDS:
        assert_field_refused(api.post(enroll, {"id": wrong}), "id", words)
    assert site.scalar("SELECT count(*) FROM enrollment") == 0
    here = f"/enrollments/{study.enroll(alice).id}"
    module = course.modules[0]
    for wrong, words in IDS:
        lesson = api.put(f"{here}/lessons/{module.lessons[0].key}/completion", {"id": wrong})
        assert_field_refused(lesson, "id", words)
        assert_field_refused(
            api.post(f"{here}/quizzes/{module.quiz.key}/attempts", {"id": wrong}), "id", words
        )
    for path in (enroll, f"{here}/quizzes/{module.quiz.key}/attempts"):
        assert_field_refused(api.post(path, {"person_id": str(new_id())}), "person_id", UNKNOWN)
    assert site.scalar("SELECT count(*) FROM lesson_completion") == 0
    assert site.scalar("SELECT count(*) FROM attempt") == 0


def test_an_answer_that_cannot_be_one_is_refused_and_the_stored_one_stays(
    study, alice, api, authored
):
    authored.ask_everything()
    study.publish(authored)
    enrollment = study.enroll(alice, "small")
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts").json
    assert {question["kind"] for question in attempt["questions"]} == set(KINDS)
    for question in attempt["questions"]:
        kind, stored = question["kind"], any_answer(question)
        path = f"/attempts/{attempt['id']}/responses/{question['key']}"
        assert api.put(path, {"answer": stored}).json["answer"] == stored
        fine = [*TAKES_BACK[kind], *IS_AN_ANSWER.get(kind, [])]
        some = [wrong for wrong in ANSWERS_OF_SOME if not is_among(wrong, fine)]
        for wrong in (*NO_ANSWERS, *some, *WRONG_FOR_SHAPE[question["answer_shape"]](question)):
            answer = api.put(path, {} if wrong is ... else {"answer": wrong})
            assert_field_refused(answer, "answer", "")
        assert_field_refused(api.put(path, {"answer": stored, "correct": True}), "correct", UNKNOWN)
        shown = api.get(f"/attempts/{attempt['id']}").json["questions"][question["position"] - 1]
        assert shown["answer"] == stored, kind


def is_among(value: Any, values: list[Any]) -> bool:
    """Tell whether a value is among others; to Python, True and 1 are the same."""
    return any(value == other and type(value) is type(other) for other in values)


def keys_of(question: Any) -> list[str]:
    return [choice["key"] for choice in question["items"][0]["choices"]]


WRONG_FOR_SHAPE: Final[dict[str, Callable[[Any], list[Any]]]] = {
    "one": lambda question: [keys_of(question) or ["1"], {"answer": "1"}],
    "many": lambda question: [
        keys_of(question)[0],
        [*keys_of(question), "one-more"],
        keys_of(question) * 2,
        dict.fromkeys(keys_of(question), True),
    ],
    "by_item": lambda question: [
        keys_of(question) or ["1"],
        *(
            {**any_answer(question), item["key"]: wrong}
            for item in question["items"]
            for wrong in (None, [], {}, True, ["1"], "\u0000", HUGE)
        ),
    ],
}


@pytest.mark.parametrize("kind", sorted(TAKES_BACK))
def test_what_is_blank_takes_an_answer_back(study, alice, api, authored, kind):
    authored.ask_everything()
    study.publish(authored)
    enrollment = study.enroll(alice, "small")
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/first/attempts").json
    (question,) = [q for q in attempt["questions"] if q["kind"] == kind]
    path = f"/attempts/{attempt['id']}/responses/{question['key']}"
    for blank in TAKES_BACK[kind]:
        api.put(path, {"answer": any_answer(question)})
        assert api.put(path, {"answer": blank}).json["answer"] == blank
        shown = api.get(f"/attempts/{attempt['id']}").json["questions"][question["position"] - 1]
        assert (shown["answered"], shown["answer"]) == (False, blank)


@pytest.fixture
def teaching(study, alice, dana, authored) -> Any:
    """Addresses of what Dana decides about Alice: an exception, a judgement, a regrade."""
    authored.ask_everything()
    study.publish(authored)
    enrollment = study.enroll(alice, "small")
    waiting = study.take_quiz(alice, enrollment, "first")
    return {
        "exceptions": f"/enrollments/{enrollment.id}/quizzes/first/exceptions",
        "judgement": f"/reviews/{waiting.id}/judgements/in-your-words",
        "regrades": "/courses/small/quizzes/first/regrades",
    }


REASON: Final = "The power was out."
GRANTS: Final[list[tuple[str, Any, str]]] = [
    *[("extra_minutes", wrong, "") for wrong in (-1, 1441, 1.5, True, "x", None, [], {}, 10**400)],
    *[("extra_attempts", wrong, "") for wrong in (-1, 101, 0.5, True, "x", None, [], {}, 10**400)],
    *[("reason", wrong, "") for wrong in (None, ..., 5, True, [], {})],
    *[
        ("reason", wrong, "Write 3 to 500 characters.")
        for wrong in ("", "  ", "no", "x" * 501, HUGE)
    ],
    *[("reason", f"The{c}power", "cannot be used") for c in "\u0000\u0007\ud800"],
    *[("id", wrong, words) for wrong, words in IDS],
    ("granted_by", str(new_id()), UNKNOWN),
]


def test_a_grant_that_cannot_be_is_refused_with_a_sentence_for_the_field(site, dana, teaching):
    api = dana.api()
    good = {"extra_minutes": 5, "extra_attempts": 1, "reason": REASON}
    for field, wrong, words in GRANTS:
        body = {name: value for name, value in {**good, field: wrong}.items() if value is not ...}
        assert_field_refused(api.post(teaching["exceptions"], body), field, words)
    nothing = api.post(teaching["exceptions"], {"reason": REASON})
    assert_field_refused(nothing, "extra_minutes", "Grant some minutes, or an attempt.")
    assert site.scalar("SELECT count(*) FROM quiz_exception") == 0
    assert api.post(teaching["exceptions"], good).status_code == 201


def test_a_grant_delivered_again_grants_nothing_more(site, dana, teaching):
    api, body = dana.api(), {"id": str(new_id()), "extra_attempts": 1, "reason": REASON}
    first, again = (api.post(teaching["exceptions"], body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert site.scalar("SELECT count(*) FROM quiz_exception") == 1


POINTS: Final = {"says-why": 2, "example": 1}
JUDGEMENTS: Final[list[tuple[str, Any, str]]] = [
    *[("points", wrong, "") for wrong in (None, ..., 5, "x", [], True)],
    *[
        ("points", wrong, "Give points for every line of the rubric.")
        for wrong in ({}, {"says-why": 2}, {**POINTS, "more": 1}, {"": 0}, {HUGE: 1})
    ],
    *[
        ("points", {**POINTS, "example": wrong}, "Give no more points than a line has.")
        for wrong in (2, -1, 10**400)
    ],
    *[("comment", wrong, "") for wrong in (5, True, [], {})],
    ("comment", "x" * 5001, "Use at most 5000 characters."),
    *[("comment", f"Well{c}said", "cannot be used") for c in "\u0000\u0007\ud800"],
    ("credit", 1, UNKNOWN),
]


def test_a_judgement_that_cannot_be_is_refused_with_a_sentence_for_the_field(site, dana, teaching):
    api = dana.api()
    good = {"points": POINTS, "comment": "Well said."}
    for field, wrong, words in JUDGEMENTS:
        body = {name: value for name, value in {**good, field: wrong}.items() if value is not ...}
        assert_field_refused(api.put(teaching["judgement"], body), field, words)
    for wrong in (1.5, "2", True, None, [], {}):
        answer = api.put(teaching["judgement"], {"points": {**POINTS, "example": wrong}})
        assert_refused(answer, 422, "invalid_input")
        assert "points" in "".join(answer.json["errors"]), answer.text
    assert site.scalar("SELECT count(*) FROM judgement") == 0
    assert site.scalar("SELECT state FROM attempt") == "needs_review"
    assert api.put(teaching["judgement"], good).json["state"] == "graded"
    refused = api.put(teaching["judgement"], good)
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_review")


def test_a_regrade_that_cannot_be_is_refused_with_a_sentence_for_the_field(site, dana, teaching):
    api = dana.api()
    digest = api.get("/courses/small/quizzes/first/regrade-plan").json["digest"]
    good = {"digest": digest, "reason": REASON, "fails_allowed": False}
    for field, wrong, words in (
        *[("digest", wrong, "") for wrong in (None, ..., 5, [], {})],
        *[("reason", wrong, "") for wrong in (None, ..., 5, [], {}, "", HUGE)],
        *[("fails_allowed", wrong, "") for wrong in (None, "perhaps", 5, [], {})],
        ("apply", True, UNKNOWN),
    ):
        body = {name: value for name, value in {**good, field: wrong}.items() if value is not ...}
        assert_field_refused(api.post(teaching["regrades"], body), field, words)
    other = api.post(teaching["regrades"], {**good, "digest": "another"})
    assert (other.status_code, other.json["code"]) == (409, "plan_has_changed")
    assert site.scalar("SELECT count(*) FROM regrade") == 0


UNREADABLE: Final = [
    b"{",
    b'{"email":',
    b"{'email': 'x'}",
    b"\x00",
    b'{"email": "\xff\xfe"}',
    b"\xff\xfe{\x00}\x00",
    b'{"email": "a\nb"}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"id": ' + b"9" * 10_000 + b"}",
    b"hello",
]
NOT_AN_OBJECT: Final = [b"[]", b'"text"', b"5", b"true", b'[{"email": "a@b.example"}]']


@pytest.mark.parametrize("path", ["/accounts", "/tokens", f"/courses/{COURSE}/enrollments"])
def test_a_body_that_cannot_be_read_is_refused(site, api, path):
    for body in UNREADABLE:
        assert_refused(raw(api, "POST", path, body, "application/json"), 400, "bad_request")
    for body in NOT_AN_OBJECT:
        answer = raw(api, "POST", path, body, "application/json")
        assert_refused(answer, 422, "invalid_input")
        assert answer.json["errors"]
    assert people(site) == 1
    assert site.scalar("SELECT count(*) FROM enrollment") == 0


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/xml", "x", None],
)
def test_a_body_of_another_type_is_refused_instead_of_overlooked(site, api, content_type):
    chosen = str(new_id())
    for path, body in (
        (f"/courses/{COURSE}/enrollments", json.dumps({"id": chosen})),
        ("/accounts", json.dumps(ACCOUNT)),
        ("/accounts", "email=nadia%40union.example&name=N&password=four+quiet+words"),
    ):
        answer = raw(api, "POST", path, body, content_type)
        assert_refused(answer, 415, "unsupported_media_type")
        assert "application/json" in answer.json["title"]
    assert site.scalar("SELECT count(*) FROM enrollment") == 0


def test_a_request_without_a_body_is_one_without_fields(api):
    assert raw(api, "POST", f"/courses/{COURSE}/enrollments", b"", None).status_code == 201
    again = raw(api, "POST", f"/courses/{COURSE}/enrollments", b"", "application/json")
    assert again.status_code == 200
    empty = raw(api, "POST", "/accounts", b"", "application/json")
    assert_refused(empty, 422, "invalid_input")
    assert {"email", "name", "password"} == set(empty.json["errors"])


def test_json_by_its_other_names_is_read(site, api):
    body = json.dumps({"id": str(new_id())})
    path = f"/courses/{COURSE}/enrollments"
    assert raw(api, "POST", path, body, "application/json; charset=utf-8").status_code == 201
    assert raw(api, "POST", path, body, "application/merge-patch+json").status_code == 200


def test_a_body_that_is_too_large_is_refused(api):
    body = json.dumps({**ACCOUNT, "name": "x" * 300_000})
    for path in ("/accounts", "/tokens", f"/courses/{COURSE}/enrollments"):
        assert_refused(raw(api, "POST", path, body, "application/json"), 413, "too_large")


@pytest.mark.parametrize("cursor", ["x", "0", HUGE[:5000], "%ff", "-1", "' OR 1=1 --", "%C0%80"])
def test_a_cursor_that_is_none_of_ours_is_refused(api, cursor):
    assert_field_refused(api.get(f"/enrollments?cursor={cursor}"), "cursor", "not a cursor")


@pytest.mark.parametrize(
    "limit", ["0", "-1", "101", "x", "1.5", "9" * 5000, "1e2", "%00"[:0], "NaN"]
)
def test_a_limit_that_cannot_be_is_refused(api, limit):
    assert_field_refused(api.get(f"/enrollments?limit={limit}"), "limit", "")


STRANGE: Final = [
    "%00",
    "a%00b",
    "%ff",
    "%F0%9F%98%80",
    "..%2f..%2fetc%2fpasswd",
    "%27",
    "x" * 5000,
    "%0d%0aX:1",
]


@pytest.mark.parametrize("strange", STRANGE)
def test_addresses_with_anything_in_them_are_not_found(api, study, alice, dana, strange):
    here = f"/enrollments/{study.enroll(alice).id}"
    attempt = api.post(f"{here}/quizzes/{study.course().modules[0].quiz.key}/attempts").json["id"]
    for method, path in (
        ("GET", f"/courses/{strange}"),
        ("GET", f"/courses/{COURSE}/modules/{strange}"),
        ("POST", f"/courses/{strange}/enrollments"),
        ("GET", f"/enrollments/{strange}"),
        ("GET", f"{here}/lessons/{strange}"),
        ("PUT", f"{here}/lessons/{strange}/completion"),
        ("POST", f"{here}/quizzes/{strange}/attempts"),
        ("GET", f"/attempts/{strange}"),
        ("PUT", f"/attempts/{attempt}/responses/{strange}"),
        ("PUT", f"/attempts/{attempt}/responses/{strange}/check"),
        ("PUT", f"{here}/lessons/{strange}/questions/{strange}/response"),
        ("GET", f"/certificates/{strange}"),
    ):
        options = (
            {} if method == "GET" else {"json": {"answer": "x"} if "/response" in path else {}}
        )
        answer = api.request(method, path, **options)
        assert answer.status_code == 404, (method, path)
        assert answer.mimetype == "application/problem+json"
    teacher = dana.api()
    for path in (
        f"{here}/quizzes/{strange}/exceptions",
        f"/reviews/{strange}",
        f"/courses/{COURSE}/quizzes/{strange}/statistics",
        f"/courses/{strange}/quizzes/{strange}/regrade-plan",
    ):
        answer = teacher.get(path)
        assert answer.status_code == 404, path
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "bearer ca_x",
        "Basic YTpi",
        "Bearer \x00".replace("\x00", "\x01"),
        "Bearer " + HUGE[:5000],
        "Bearer ü",
        "x",
    ],
)
def test_a_token_that_is_none_is_nobodys(site, header):
    answer = site.api().get("/me", headers={"Authorization": header})
    assert_refused(answer, 401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


JSON_VALUES: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.text(st.characters(categories=["Cs", "Cc", "Co"]), max_size=5)
    | st.sampled_from(
        ["a@b.example", PASSWORD, "en", "true", "00000000-0000-7000-8000-000000000000"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS: Final = st.sampled_from(
    [
        "email",
        "password",
        "name",
        "locale",
        "id",
        "answer",
        "extra_minutes",
        "reason",
        "points",
        "comment",
        "digest",
        "x",
    ]
)
BODIES: Final = st.dictionaries(FIELDS, JSON_VALUES, max_size=5) | JSON_VALUES


@pytest.mark.parametrize(
    "door",
    [
        "accounts",
        "tokens",
        "enrollment",
        "completion",
        "attempts",
        "response",
        "practice",
        "exceptions",
        "judgement",
        "regrades",
    ],
)
def test_no_json_at_all_makes_the_site_stumble(site, study, alice, dana, teaching, door):
    api = (dana if door in teaching else alice).api()
    enrollment = study.enroll(alice)
    module = study.course().modules[0]
    here = f"/enrollments/{enrollment.id}"
    attempt = alice.api().post(f"{here}/quizzes/{module.quiz.key}/attempts").json
    lessons = [alice.api().get(f"{here}/lessons/{lesson.key}").json for lesson in module.lessons]
    practising = next(lesson for lesson in lessons if lesson["questions"])
    method, path = {
        "accounts": ("POST", "/accounts"),
        "tokens": ("POST", "/tokens"),
        "enrollment": ("POST", f"/courses/{COURSE}/enrollments"),
        "completion": ("PUT", f"{here}/lessons/{module.lessons[0].key}/completion"),
        "attempts": ("POST", f"{here}/quizzes/{module.quiz.key}/attempts"),
        "response": (
            "PUT",
            f"/attempts/{attempt['id']}/responses/{attempt['questions'][0]['key']}",
        ),
        "practice": (
            "PUT",
            f"{here}/lessons/{practising['key']}/questions/{practising['questions'][0]['key']}/response",
        ),
        "exceptions": ("POST", teaching["exceptions"]),
        "judgement": ("PUT", teaching["judgement"]),
        "regrades": ("POST", teaching["regrades"]),
    }[door]

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(BODIES)
    def stumbles_never(body: Any) -> None:
        answer = raw(api, method, path, json.dumps(body), "application/json")
        assert answer.status_code < 500, body
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json"
            assert answer.json["code"]

    stumbles_never()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200))
def bytes_never_make_it_stumble(api: Api, body: bytes) -> None:
    answer = raw(api, "POST", "/tokens", body, "application/json")
    assert answer.status_code in {400, 422}


def test_no_bytes_at_all_make_the_site_stumble(site):
    bytes_never_make_it_stumble(site.api())
