"""A program that takes the whole course through the API of a running courseapp, and checks what it gets.

    python tests/acceptance/api_journey.py http://127.0.0.1:8000 [answers.json]

It needs nothing but Python, and knows nothing but the API: it signs up, reads every lesson, tries the questions in
them, learns the right answers to each quiz from the reviews of its attempts until it knows enough of them to pass,
and fetches and verifies the certificate. With the package `cryptography` it checks the signature itself, too. It
ends with a line for each step and exit code 0, or with what was wrong and exit code 1.

A quiz may ask for a pause between attempts, as the final quiz does: learning from reviews, the program waits it
out, which can take half an hour. For whoever has no time for that, `answers.json` holds what is right in such a
quiz, by the keys of quizzes and questions, `{"final": {"<question>": <answer>}}`: then it passes at the first try.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None  # type: ignore[assignment, misc]  # the signature is left to the server then

TIMEOUT_SECONDS = 30
# Every attempt asks a part of a quiz's questions, so that it takes some to have met them all.
MOST_ATTEMPTS = 25
Answers = Mapping[str, Any]
# The machine's own proxy settings have no say in how a server beside us is reached.
_open = build_opener(ProxyHandler({})).open


class Unexpected(Exception):
    """The server answered with something else than the API promises."""


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    body: Any


@dataclass
class Client:
    """Speaks JSON with one server."""

    base_url: str
    token: str = ""

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """Return the body of the answer; raises Unexpected unless it has the expected status."""
        answer = self.ask(method, path, body)
        if answer.status != expect:
            raise Unexpected(f"{method} {path}: {answer.status} instead of {expect}: {answer.body}")
        return answer.body

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Return the answer, whatever it is."""
        request = Request(f"{self.base_url}/api/v1{path}", method=method)  # noqa: S310  # the address is the caller's
        request.add_header("Accept", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if method in {"POST", "PUT"}:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps({} if body is None else body).encode()
        try:
            with _open(request, timeout=TIMEOUT_SECONDS) as response:
                return Answer(response.status, json.load(response))
        except HTTPError as error:
            with error:
                return Answer(error.code, json.load(error))


def right_answers(attempt: Any) -> dict[str, Any]:
    """Return the right answer to every question of a submitted attempt, as its review tells them."""
    return {question["key"]: right_answer(question) for question in attempt["questions"]}


def right_answer(question: Any) -> Any:
    """Return what is right in a question that has been revealed, in the shape in which it takes an answer."""
    if question["answer_shape"] == "by_item":
        return {item["key"]: item["right_value"] for item in question["items"]}
    (item,) = question["items"]
    if "right_value" in item:
        return item["right_value"]
    right = [choice["key"] for choice in item["choices"] if choice["right"]]
    return right if question["answer_shape"] == "many" else right[0]


def any_answer(question: Any) -> Any:
    """Return something that can be answered to a question, right or wrong."""
    guesses = {
        item["key"]: item["choices"][0]["key"] if item["choices"] else "1"
        for item in question["items"]
    }
    if question["answer_shape"] == "by_item":
        return guesses
    (guess,) = guesses.values()
    return [guess] if question["answer_shape"] == "many" else guess


def take_course(
    client: Client,
    course_key: str,
    known: Mapping[str, Answers],
    say: Callable[[str], None],
) -> str:
    """Enroll, complete everything that is missing, and return the enrollment's id."""
    enrollments = f"/courses/{quote(course_key)}/enrollments"
    enrollment = client.call("POST", enrollments, {"id": str(uuid.uuid4())}, expect=201)
    again = client.call("POST", enrollments)
    _expect(again["id"] == enrollment["id"], "enrolling twice gives one enrollment")
    here = f"/enrollments/{enrollment['id']}"
    early = client.call("GET", f"{here}/certificate", expect=404)
    _expect(
        early["missing"] == enrollment["missing"] != [],
        "before the end the certificate's place says what is missing",
    )
    while (progress := client.call("GET", here))["next"] is not None:
        activity = progress["next"]
        if activity["kind"] == "lesson":
            _read_lesson(client, here, activity["key"])
        else:
            score, attempts = _pass_quiz(client, here, activity["key"], known, say)
            say(f"{activity['title']}: passed with {score}% in attempt {attempts}")
    _expect(progress["percent"] == 100 and not progress["missing"], "nothing is missing")
    return str(enrollment["id"])


def _read_lesson(client: Client, enrollment_path: str, lesson_key: str) -> None:
    path = f"{enrollment_path}/lessons/{quote(lesson_key)}"
    lesson = client.call("GET", path)
    _expect(len(lesson["html"]) > 1000 and not lesson["done"], f"{lesson_key} is there to read")
    marks = re.findall("<!--question ([a-z0-9-]+)-->", lesson["html"])
    _expect([q["key"] for q in lesson["questions"]] == marks, "each question has its place")
    for question in lesson["questions"]:
        _expect(not tells(question), "no key beforehand")
        answered = client.call(
            "PUT", f"{path}/questions/{question['key']}/response", {"answer": any_answer(question)}
        )
        _expect(tells(answered), "practice tells at once what is right")
    after = client.call("PUT", f"{path}/completion", {"id": str(uuid.uuid4())})
    _expect(lesson_key in after["done"], f"{lesson_key} is done")


def _pass_quiz(
    client: Client,
    enrollment_path: str,
    quiz_key: str,
    known: Mapping[str, Answers],
    say: Callable[[str], None],
) -> tuple[int, int]:
    """Take a quiz until it is passed, each time with what was learnt so far; return score and attempt."""
    attempts = f"{enrollment_path}/quizzes/{quote(quiz_key)}/attempts"
    answers = dict(known.get(quiz_key, {}))
    for number in range(1, MOST_ATTEMPTS + 1):
        attempt = _start(client, attempts, say)
        asked = attempt["questions"]
        _expect(attempt["number"] == number, "attempts are counted")
        _expect(not any(tells(question) for question in asked), "no key beforehand")
        remembered = [question["key"] for question in asked if question["key"] in answers]
        for key in remembered:
            saved = client.call(
                "PUT", f"/attempts/{attempt['id']}/responses/{quote(key)}", {"answer": answers[key]}
            )
            _expect(saved["question"] == key, "an answer is saved")
        result = client.call("POST", f"/attempts/{attempt['id']}/submission")
        _expect(all(tells(question) for question in result["questions"]), "each is explained")
        # What it has learnt is right, and what it leaves out earns nothing.
        score = 100 * len(remembered) // len(asked)
        _expect(result["score"] == score, f"{len(remembered)} of {len(asked)} make {score}%")
        _expect(result["passed"] is (score >= result["pass_mark"]), "the mark decides")
        if result["passed"]:
            return score, number
        answers |= right_answers(result)
    raise Unexpected(f"{quiz_key} was not passed in {MOST_ATTEMPTS} attempts")


def _start(client: Client, attempts: str, say: Callable[[str], None]) -> Any:
    """Start an attempt, after the pause that the quiz asks for."""
    chosen = {"id": str(uuid.uuid4())}
    answer = client.ask("POST", attempts, chosen)
    while answer.status == 409 and answer.body["code"] == "pause_not_over":
        say(f"a pause of {answer.body['retry_after']} seconds")
        time.sleep(answer.body["retry_after"])
        answer = client.ask("POST", attempts, chosen)
    if answer.status != 201:
        raise Unexpected(f"POST {attempts}: {answer.status} instead of 201: {answer.body}")
    return answer.body


def tells(question: Any) -> bool:
    """Tell whether a question gives anything of its answer away."""
    revealing = {"credit", "right", "right_value", "right_answer", "feedback_html"}
    parts = [
        question,
        *question["items"],
        *(choice for item in question["items"] for choice in item["choices"]),
    ]
    return any((revealing | {"explanation_html", "source_html"}) & set(part) for part in parts)


def verify(client: Client, enrollment_id: str, name: str, say: Callable[[str], None]) -> str:
    """Fetch the certificate, look it up as a stranger, check the signature, and return the code."""
    certificate = client.call("GET", f"/enrollments/{enrollment_id}/certificate")
    stranger = Client(client.base_url)
    public = stranger.call("GET", f"/certificates/{quote(certificate['code'])}")
    _expect(public == certificate, "a stranger sees the same certificate")
    _expect(public["status"] == "valid" and public["signature_holds"], "the certificate is valid")
    statement = public["statement"]
    _expect(statement["holder"] == name, "the certificate has the learner's name")
    signed = json.dumps(
        statement, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode()
    _expect(
        hashlib.sha256(signed).hexdigest() == public["digest"],
        "the digest is that of the statement",
    )
    if Ed25519PublicKey is None:
        say("cryptography is not installed: the signature was checked by the server alone")
    else:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public["public_key"]))
        try:
            key.verify(base64.b64decode(public["signature"]), signed)
        except InvalidSignature:
            raise Unexpected("the signature does not hold") from None
        say("the Ed25519 signature holds")
    return str(certificate["code"])


def say_aloud(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201  # a program's output


def journey(
    base_url: str,
    known: Mapping[str, Answers] | None = None,
    say: Callable[[str], None] = say_aloud,
) -> str:
    """Go the whole way as somebody new, and return the certificate's code.

    `known` has answers by quiz and question that need not be learnt from reviews.
    """
    client = Client(base_url.rstrip("/"))
    name = "Journey Tester"
    credentials = {
        "email": f"journey-{secrets.token_hex(6)}@example.org",
        "password": secrets.token_urlsafe(16),
    }
    client.call("POST", "/accounts", {**credentials, "name": name, "locale": "en"}, expect=201)
    client.token = client.call("POST", "/tokens", credentials, expect=201)["token"]
    me = client.call("GET", "/me")
    _expect(me["email"] == credentials["email"], "the token is the new person's")
    say(f"signed up as {me['email']}")
    for listed in client.call("GET", "/courses")["items"]:
        course = client.call("GET", f"/courses/{quote(listed['key'])}")
        for module in course["modules"]:
            alone = client.call(
                "GET", f"/courses/{quote(course['key'])}/modules/{quote(module['key'])}"
            )
            _expect(alone == module, "a module alone is the module of the course")
        say(f"{course['title']}: {len(course['modules'])} modules")
        enrollment = take_course(client, course["key"], known or {}, say)
        code = verify(client, enrollment, name, say)
        say(f"certificate {code} is valid")
    return code


def _expect(holds: bool, promise: str) -> None:  # noqa: FBT001  # reads as an assertion
    if not holds:
        raise Unexpected(f"this is not so: {promise}")


def main(arguments: list[str]) -> int:
    """Run the journey against the server whose address is given."""
    if len(arguments) not in {1, 2}:
        say_aloud(str(__doc__))
        return 2
    try:
        known = json.loads(Path(arguments[1]).read_text("utf-8")) if arguments[1:] else {}
        journey(arguments[0], known)
    except (Unexpected, OSError) as error:
        say_aloud(f"FAILED: {error}")
        return 1
    say_aloud("The whole way works.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
