"""A program that takes the whole course through the API of a running courseapp, and checks what it gets.

    python tests/acceptance/api_journey.py http://127.0.0.1:8000

It needs nothing but Python, and knows nothing but the API: it signs up, reads every lesson, learns the
right answers from the review of a first attempt at each quiz, passes it with a second one, and fetches and
verifies the certificate. With the package `cryptography` it checks the signature itself, too. It ends with
a line for each step and exit code 0, or with what was wrong and exit code 1.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
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
    answers: dict[str, Any] = {}
    for question in attempt["questions"]:
        right = [option["key"] for option in question["options"] if option["right"]]
        answers[question["key"]] = right if question["kind"] == "multiple_choice" else right[0]
    return answers


def take_course(client: Client, course_key: str, say: Callable[[str], None]) -> str:
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
            score = _pass_quiz(client, here, activity["key"])
            say(f"{activity['title']}: passed with {score}%")
    _expect(progress["percent"] == 100 and not progress["missing"], "nothing is missing")
    return str(enrollment["id"])


def _read_lesson(client: Client, enrollment_path: str, lesson_key: str) -> None:
    path = f"{enrollment_path}/lessons/{quote(lesson_key)}"
    lesson = client.call("GET", path)
    _expect(len(lesson["html"]) > 1000 and not lesson["done"], f"{lesson_key} is there to read")
    after = client.call("PUT", f"{path}/completion", {"id": str(uuid.uuid4())})
    _expect(lesson_key in after["done"], f"{lesson_key} is done")


def _pass_quiz(client: Client, enrollment_path: str, quiz_key: str) -> int:
    """Take a quiz twice: once to learn, once to pass; return the second score."""
    attempts = f"{enrollment_path}/quizzes/{quote(quiz_key)}/attempts"
    blank = client.call("POST", attempts, expect=201)
    _expect(not any(_tells(question) for question in blank["questions"]), "no key beforehand")
    reviewed = client.call("POST", f"/attempts/{blank['id']}/submission")
    _expect(reviewed["passed"] is False, "an empty attempt does not pass")
    answers = right_answers(reviewed)
    attempt = client.call("POST", attempts, {"id": str(uuid.uuid4())}, expect=201)
    for question in attempt["questions"]:
        client.call(
            "PUT",
            f"/attempts/{attempt['id']}/responses/{quote(question['key'])}",
            {"answer": answers[question["key"]]},
        )
    result = client.call("POST", f"/attempts/{attempt['id']}/submission")
    _expect(result["passed"] is True and result["score"] == 100, f"{quiz_key} is passed")
    return int(result["score"])


def _tells(question: Any) -> bool:
    """Tell whether a question gives its answer away."""
    hidden = {"credit", "explanation_html", "source_html"} & set(question)
    return bool(hidden) or any({"right", "feedback_html"} & set(o) for o in question["options"])


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


def journey(base_url: str, say: Callable[[str], None] = say_aloud) -> str:
    """Go the whole way as somebody new, and return the certificate's code."""
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
        code = verify(client, take_course(client, course["key"], say), name, say)
        say(f"certificate {code} is valid")
    return code


def _expect(holds: bool, promise: str) -> None:  # noqa: FBT001  # reads as an assertion
    if not holds:
        raise Unexpected(f"this is not so: {promise}")


def main(arguments: list[str]) -> int:
    """Run the journey against the server whose address is given."""
    if len(arguments) != 1:
        say_aloud(str(__doc__))
        return 2
    try:
        journey(arguments[0])
    except (Unexpected, OSError) as error:
        say_aloud(f"FAILED: {error}")
        return 1
    say_aloud("The whole way works.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
