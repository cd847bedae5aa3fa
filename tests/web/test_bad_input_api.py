"""Whatever programs send wrongly: a 4xx with a stable code, a sentence for each field, and nothing changed."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from courseapp.core.ids import new_id
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
ANSWERS: Final = [
    None,
    ...,
    "",
    "no-such-option",
    5,
    True,
    {},
    [],
    [[]],
    [None],
    HUGE,
    [HUGE],
    "\u0000",
    "\ud800",
]


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


def test_an_answer_that_cannot_be_one_is_refused_and_the_stored_one_stays(site, study, alice, api):
    enrollment = study.enroll(alice)
    quiz = study.course().modules[0].quiz.key
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/{quiz}/attempts").json
    for kind in ("single_choice", "multiple_choice", "true_false"):
        question = next(q for q in attempt["questions"] if q["kind"] == kind)
        path = f"/attempts/{attempt['id']}/responses/{question['key']}"
        keys = [option["key"] for option in question["options"]]
        many = kind == "multiple_choice"
        api.put(path, {"answer": keys[:1] if many else keys[0]})
        wrong_for_kind = [keys[0], [*keys, "one-more"], keys * 2] if many else [keys[:1]]
        for wrong in (*ANSWERS, *wrong_for_kind):
            if (many and wrong == []) or (kind == "true_false" and wrong is True):
                continue  # takes the answer back; is an answer
            answer = api.put(path, {} if wrong is ... else {"answer": wrong})
            assert_field_refused(answer, "answer", "")
        assert_field_refused(
            api.put(path, {"answer": keys[0], "correct": True}), "correct", UNKNOWN
        )
        shown = api.get(f"/attempts/{attempt['id']}").json["questions"][question["position"] - 1]
        assert [o["key"] for o in shown["options"] if o["chosen"]] == keys[:1]


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
def test_addresses_with_anything_in_them_are_not_found(api, study, alice, strange):
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
        ("GET", f"/certificates/{strange}"),
    ):
        options = (
            {} if method == "GET" else {"json": {"answer": "x"} if "responses" in path else {}}
        )
        answer = api.request(method, path, **options)
        assert answer.status_code == 404, (method, path)
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
FIELDS: Final = st.sampled_from(["email", "password", "name", "locale", "id", "answer", "x"])
BODIES: Final = st.dictionaries(FIELDS, JSON_VALUES, max_size=5) | JSON_VALUES


@pytest.mark.parametrize(
    "door", ["accounts", "tokens", "enrollment", "completion", "attempts", "response"]
)
def test_no_json_at_all_makes_the_site_stumble(site, study, alice, door):
    api = alice.api()
    enrollment = study.enroll(alice)
    module = study.course().modules[0]
    here = f"/enrollments/{enrollment.id}"
    attempt = api.post(f"{here}/quizzes/{module.quiz.key}/attempts").json
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
