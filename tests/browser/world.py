"""The people whose pages are walked through, and what stands in the addresses of those pages."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Final

from config import PROJECT_ROOT
from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose
from courseapp.assessment import service as assessment
from courseapp.assessment.queries import get_shown_attempt
from courseapp.assessment.types import AttemptId
from courseapp.catalog.queries import get_lesson
from courseapp.catalog.types import CourseContent
from courseapp.credentials.queries import find_certificate
from courseapp.ops.setup import publish_content
from tests.browser.serving import Server
from tests.cast import THEN, Person
from tests.studying import COURSE, Study

STRANGER: Final = "a stranger"
# Has an account, has started nothing.
NEWCOMER: Final = "a newcomer"
# Has read a module, failed its quiz, and stopped in the middle of the next attempt.
LEARNER: Final = "a learner"
GRADUATE: Final = "a graduate"
# Has finished, and her certificate was revoked.
FORMER: Final = "a former graduate"


class World:
    """Everybody, prepared through the services on a server's data."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.study = Study(server.site)
        self.people = {
            NEWCOMER: server.person("Amina Okafor"),
            LEARNER: server.person("Lucía Gutiérrez"),
            GRADUATE: server.person("Thandiwe Dlamini"),
            FORMER: server.person("Mehmet Kaya"),
        }
        newcomer = self.people[NEWCOMER]
        self.first_administrator_token = _token(server.first_administrator_link)
        self.set_password_token = _token(server.link(LinkPurpose.SET_PASSWORD, newcomer))
        self.sign_in_token = _token(server.link(LinkPurpose.SIGN_IN, newcomer))
        self.failed_attempt, self.open_attempt = self._stop_halfway(self.people[LEARNER])
        self.passed_attempt, self.valid_code = self._graduate(self.people[GRADUATE])
        self.revoked_code = self._revoke(self.people[FORMER])
        self.erased_code = self._erase(server.person("Somebody Else"))
        # From here on everybody who is enrolled is asked whether to move.
        self._publish_a_newer_version(folder)

    @property
    def course(self) -> CourseContent:
        """The course in its newest version."""
        return self.study.course()

    def lesson_with(self, html: str) -> str:
        """Return the key of the first lesson that has this in it."""
        lessons = [lesson for module in self.course.modules for lesson in module.lessons]
        with self.server.site.snapshot() as session:
            for lesson in lessons:
                if html in get_lesson(session, lesson.version_id, "en").html:
                    return lesson.key
        raise LookupError(f"no lesson has {html}")

    def question_of(self, kind: str) -> int:
        """Return where the open attempt has an unanswered question of a kind."""
        with self.server.site.snapshot() as session:
            actor = self.people[LEARNER].actor_in(session)
            shown = get_shown_attempt(session, actor, self.open_attempt, "en")
        return next(q.position for q in shown.questions if q.kind == kind and not q.answered)

    def _stop_halfway(self, learner: Person) -> tuple[AttemptId, AttemptId]:
        enrollment = self.study.enroll(learner)
        module = self.course.modules[0]
        for lesson in module.lessons:
            self.study.read(learner, enrollment, lesson.key)
        failed = self.study.take_quiz(learner, enrollment, module.quiz.key, right=False)
        with self.server.site.transaction() as session:
            actor = learner.actor_in(session)
            attempt, _ = assessment.start_attempt(
                session, actor, enrollment.id, module.quiz.key, at=THEN
            )
            first = get_shown_attempt(session, actor, attempt.id, "en").questions[0]
            chosen = first.options[0].key
            answer = [chosen] if first.answer_is_list else chosen
            assessment.save_response(session, actor, attempt.id, first.key, answer, at=THEN)
        return failed.id, attempt.id

    def _graduate(self, person: Person) -> tuple[AttemptId, str]:
        """Let somebody finish the course; return a passed attempt and the certificate's code."""
        enrollment = self.study.finish(person)
        again = self.study.take_quiz(person, enrollment, self.course.modules[1].quiz.key)
        with self.server.site.snapshot() as session:
            certificate = find_certificate(session, enrollment.id)
        if certificate is None:
            raise LookupError(f"{person.email} has no certificate")
        return again.id, certificate.code

    def _revoke(self, person: Person) -> str:
        _, code = self._graduate(person)
        # No page and no service revokes yet.
        self.server.site.execute(
            "UPDATE certificate SET status = 'revoked', status_at = issued_at, "
            "status_reason = 'Issued to the wrong person' WHERE code = :code",
            code=code,
        )
        return code

    def _erase(self, person: Person) -> str:
        _, code = self._graduate(person)
        with self.server.site.transaction() as session:
            accounts.erase_person(session, person.actor_in(session), at=THEN)
        return code

    def _publish_a_newer_version(self, folder: Path) -> None:
        for name in ("modules", "quizzes"):
            copytree(PROJECT_ROOT / name, folder / name)
        lesson = max((folder / "modules" / COURSE).glob("*/*.en.md"))
        text = lesson.read_text(encoding="utf-8")
        lesson.write_text(text.replace("the ", "the very ", 1), encoding="utf-8")
        with self.server.site.app.app_context():
            publish_content(folder)


def _token(link: str) -> str:
    return link.rpartition("/")[2]
