"""The description of the API: complete, valid, the same as the one in docs/, and readable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from config import PROJECT_ROOT
from tests.sites import API_PREFIX
from tests.web.html import parse_html

FILE: Final = PROJECT_ROOT / "docs" / "openapi.json"
REFRESH: Final = ".venv/bin/flask --app wsgi openapi write docs/openapi.json"
# What the API was ordered with: these stay, whatever is added.
PROMISED: Final = {
    "POST /accounts",
    "POST /tokens",
    "GET /me",
    "GET /courses",
    "GET /courses/{course_key}",
    "GET /courses/{course_key}/modules/{module_key}",
    "POST /courses/{course_key}/enrollments",
    "GET /enrollments",
    "GET /enrollments/{enrollment_id}",
    "GET /enrollments/{enrollment_id}/lessons/{lesson_key}",
    "PUT /enrollments/{enrollment_id}/lessons/{lesson_key}/completion",
    "POST /enrollments/{enrollment_id}/quizzes/{quiz_key}/attempts",
    "GET /attempts/{attempt_id}",
    "PUT /attempts/{attempt_id}/responses/{question_key}",
    "PUT /attempts/{attempt_id}/responses/{question_key}/check",
    "POST /attempts/{attempt_id}/submission",
    "PUT /enrollments/{enrollment_id}/lessons/{lesson_key}/questions/{question_key}/response",
    "GET /enrollments/{enrollment_id}/quizzes/{quiz_key}/exceptions",
    "POST /enrollments/{enrollment_id}/quizzes/{quiz_key}/exceptions",
    "GET /reviews",
    "GET /reviews/{attempt_id}",
    "PUT /reviews/{attempt_id}/judgements/{question_key}",
    "GET /courses/{course_key}/quizzes/{quiz_key}/regrade-plan",
    "POST /courses/{course_key}/quizzes/{quiz_key}/regrades",
    "GET /enrollments/{enrollment_id}/certificate",
    "GET /certificates/{code}",
}
PUBLIC: Final = {
    "POST /accounts",
    "POST /tokens",
    "GET /courses",
    "GET /courses/{course_key}",
    "GET /courses/{course_key}/modules/{module_key}",
    "GET /certificates/{code}",
    "GET /certificates/{code}/credential",
    "POST /verifications",
}


@pytest.fixture
def document(site) -> Any:
    return site.browser().get("/api/openapi.json").json


def operations(document: Any) -> dict[str, Any]:
    """Return every operation by its method and path."""
    return {
        f"{method.upper()} {path.removeprefix(API_PREFIX)}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def template(rule: str) -> str:
    """Return one of Flask's rules as OpenAPI writes it."""
    return re.sub("<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule).removeprefix(API_PREFIX)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name == "$ref":
                yield member
            else:
                yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def test_it_is_openapi_3_1_and_says_what_it_describes(document):
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"]
    assert document["info"]["version"] == "v1"
    assert document["components"]["securitySchemes"]["bearer"] == {
        "type": "http",
        "scheme": "bearer",
    }


def test_everything_that_was_promised_is_there(document):
    assert set(operations(document)) >= PROMISED


def test_every_rule_of_the_api_is_described_and_nothing_else(site, document):
    rules = {
        f"{method} {template(rule.rule)}"
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith(API_PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(operations(document)) == rules


def test_every_reference_leads_somewhere(document):
    found = set(references(document))
    assert len(found) >= 10
    for reference in found:
        assert reference.startswith("#/components/"), reference
        assert resolved(document, {"$ref": reference}), reference


def test_every_operation_says_what_it_does_what_it_takes_and_what_it_answers(document):
    for name, operation in operations(document).items():
        path = name.partition(" ")[2]
        assert operation["summary"].endswith("."), name
        own = {
            p["name"] for p in operation.get("parameters", []) if "name" in p and p["in"] == "path"
        }
        shared = {
            p["name"]
            for p in document["paths"][API_PREFIX + path].get("parameters", [])
            if "name" in p
        }
        assert own | shared == set(re.findall(r"\{([a-z_]+)\}", path)), name
        statuses = set(operation["responses"])
        assert statuses & {"200", "201", "204"}, name
        for response in operation["responses"].values():
            assert "$ref" in response or response["description"], name


def test_the_answers_that_were_promised_are_described(document):
    described = operations(document)
    for name, statuses in {
        "POST /accounts": {"201"},
        "POST /tokens": {"201"},
        "POST /courses/{course_key}/enrollments": {"200", "201"},
        "POST /enrollments/{enrollment_id}/quizzes/{quiz_key}/attempts": {"200", "201"},
        "POST /enrollments/{enrollment_id}/quizzes/{quiz_key}/exceptions": {"200", "201"},
        "POST /courses/{course_key}/quizzes/{quiz_key}/regrades": {"201"},
    }.items():
        assert statuses <= set(described[name]["responses"]), name


def test_what_can_be_used_without_a_token_says_so(document):
    for name, operation in operations(document).items():
        security = operation.get("security", document.get("security"))
        is_open = security in ([], [{}])
        assert is_open == (name in PUBLIC), name


def resolved(document: Any, value: Any) -> Any:
    """Return what a reference leads to."""
    while "$ref" in value:
        reference = value["$ref"]
        value = document
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]
    return value


def test_refusals_are_described_as_what_they_are(site, alice, study, document):
    enrollment = study.enroll(alice).id
    refusals = {
        ("POST /accounts", "422"): site.api().post("/accounts", {"email": 5}),
        ("GET /enrollments/{enrollment_id}/certificate", "404"): alice.api().get(
            f"/enrollments/{enrollment}/certificate"
        ),
    }
    for (name, status), refused in refusals.items():
        described = resolved(document, operations(document)[name]["responses"][status])
        (media_type,) = described["content"]
        assert media_type == refused.mimetype == "application/problem+json"
        properties = resolved(document, described["content"][media_type]["schema"])["properties"]
        assert set(refused.json) <= set(properties), name
        assert properties["code"]["type"] == "string"


def test_answers_have_the_members_that_are_described(site, study, alice, dana, document, authored):
    """A sample: what programs depend on."""
    schemas = document["components"]["schemas"]
    enrollment = study.enroll(alice)
    api = alice.api()
    quiz = study.course().modules[0].quiz.key
    attempt = api.post(f"/enrollments/{enrollment.id}/quizzes/{quiz}/attempts").json
    authored.ask_everything()
    study.publish(authored)
    waiting = study.take_quiz(alice, study.enroll(alice, "small"), "first", right=False)
    sheet = dana.api().get(f"/reviews/{waiting.id}").json
    revealed = api.get(f"/attempts/{waiting.id}").json["questions"]
    items = [item for question in revealed for item in question["items"]]
    exceptions = f"/enrollments/{enrollment.id}/quizzes/{quiz}/exceptions"
    samples = {
        "Question": revealed,
        "Item": items,
        "Choice": [choice for item in items for choice in item["choices"]],
        "Judgement": [question["judgement"] for question in sheet["questions"]],
    }
    for name, answers in samples.items():
        assert answers, name
        for answer in answers:
            assert set(answer) <= set(schemas[name]["properties"]), name
    for name, answer in {
        "Review": sheet,
        "Exception": dana.api()
        .post(exceptions, {"extra_minutes": 5, "reason": "The power was out."})
        .json,
        "RegradePlan": dana.api().get("/courses/small/quizzes/first/regrade-plan").json,
        "Person": api.get("/me").json,
        "Course": api.get("/courses/social-protection").json,
        "Enrollment": api.get(f"/enrollments/{enrollment.id}").json,
        "Attempt": api.post(f"/attempts/{attempt['id']}/submission").json,
    }.items():
        assert set(answer) <= set(schemas[name]["properties"]), name


def test_the_description_in_docs_is_the_one_that_is_served(document):
    assert FILE.exists(), f"write it with: {REFRESH}"
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    assert stored == document, f"refresh it with: {REFRESH}"


def test_the_page_for_people_names_every_operation(site, document):
    answer = site.browser().get("/api/docs")
    page = parse_html(answer.text)
    summaries = [summary.text for summary in page.all("summary")]
    for name in operations(document):
        method, path = name.split(" ")
        assert any(text.startswith(f"{method} {API_PREFIX}{path} ") for text in summaries), name
    ids = {element["id"] for element in page if "id" in element.attributes}
    targets = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    assert targets <= ids
    assert "/api/openapi.json" in {a["href"] for a in page.all("a")}
