"""The people whose pages are walked through, and what stands in the addresses of those pages."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Final
from unittest.mock import patch

from config import PROJECT_ROOT
from courseapp.accounts import service as accounts
from courseapp.accounts.types import LinkPurpose, OrganizationId, Role
from courseapp.assessment import service as assessment
from courseapp.assessment.queries import get_shown_attempt
from courseapp.assessment.service import attempts
from courseapp.assessment.statistics.summaries import MINIMUM_LEARNERS
from courseapp.assessment.types import AttemptId
from courseapp.catalog.queries import get_lesson
from courseapp.catalog.types import CourseContent
from courseapp.cohorts.types import CohortId, Enrollment, EnrollmentId
from courseapp.core import clock
from courseapp.credentials import service as credentials
from courseapp.credentials.doors import current_issuer
from courseapp.credentials.looks import Look, Signatory
from courseapp.credentials.queries import find_certificate
from courseapp.credentials.types import BrandingId
from courseapp.ops.setup import publish_content
from tests.authoring import COURSE as COURSE_YAML
from tests.authoring import QUIZ, AuthoredContent
from tests.browser.serving import Server
from tests.cast import THEN, Person
from tests.studying import COURSE, Study, quiz_of, right_answer, wrong_answer

STRANGER: Final = "a stranger"
# Has an account, has started nothing.
NEWCOMER: Final = "a newcomer"
# Has read a module, failed its quiz, and stopped in the middle of the next attempt. Has just failed the final
# quiz, and practises in the workshop.
LEARNER: Final = "a learner"
GRADUATE: Final = "a graduate"
# Has finished, and her certificate was revoked.
FORMER: Final = "a former graduate"
# Is in the middle of a timed attempt in the workshop, which explains each answer when it is asked to.
PARTICIPANT: Final = "a participant"
# Has submitted in the workshop what a trainer has to look at, and has no attempt left.
WAITING: Final = "who waits for a trainer"
# A trainer has looked at hers; then a key was mended, and her result with it.
JUDGED: Final = "whose answer was judged"
# Has finished; a trainer typed her name, and she has not confirmed it.
UNNAMED: Final = "who has not confirmed her name"
# Administers the union in whose cohorts the learners above are.
TEACHER: Final = "a teacher"
# Administers the site, as soon as somebody asks for an address of hers.
ADMINISTRATOR: Final = "an administrator"

# The small course beside the real one, after it in every list. Its quiz asks in every kind.
WORKSHOP: Final = "workshop"
WORKSHOP_QUIZ: Final = "first"
FREE_TEXT: Final = "in-your-words"


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
            PARTICIPANT: server.person("Priya Nair"),
            WAITING: server.person("Ana Souza"),
            JUDGED: server.person("Samira Haddad"),
            UNNAMED: server.person("Ludmila Petrova"),
            TEACHER: server.person("Chen Wei"),
            ADMINISTRATOR: server.person("Dana Okoye"),
        }
        self._union = self._found_a_union(self.people[TEACHER])
        newcomer = self.people[NEWCOMER]
        self.first_administrator_token = _token(server.first_administrator_link)
        self.set_password_token = _token(server.link(LinkPurpose.SET_PASSWORD, newcomer))
        self.sign_in_token = _token(server.link(LinkPurpose.SIGN_IN, newcomer))
        self._cohort = self.study.cohort(self._union)
        self.learners_enrollment = self._enroll(self.people[LEARNER]).id
        self.failed_attempt, self.open_attempt = self._stop_halfway(self.people[LEARNER])
        self.passed_attempt, self.valid_code = self._graduate(self.people[GRADUATE])
        self.revoked_code = self._revoke(self.people[FORMER])
        self.erased_code = self._erase(server.person("Somebody Else"))
        self.replaced_code = self._replace(server.person("Grace Akinyi"))
        self.unnamed_enrollment = self._finish_without_a_name(self.people[UNNAMED])
        self.share_token = self._share(self.people[GRADUATE], self.valid_code)
        self.branding_id = self._brand()
        self._fill_the_statistics()
        self._hold_a_workshop(AuthoredContent.write(folder / "small"), folder)
        # From here on everybody who is enrolled is asked whether to move.
        self._publish_a_newer_version(folder / "newer")

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
        """Return where the learner's open attempt has an unanswered question of a kind."""
        return self._position(LEARNER, self.open_attempt, kind)

    def workshop_question_of(self, kind: str) -> int:
        """Return where the participant's timed attempt has an unanswered question of a kind."""
        return self._position(PARTICIPANT, self.timed_attempt, kind)

    def _position(self, who: str, attempt_id: AttemptId, kind: str) -> int:
        with self.server.site.snapshot() as session:
            actor = self.people[who].actor_in(session)
            shown = get_shown_attempt(session, actor, attempt_id, "en")
        return next(q.position for q in shown.questions if q.kind == kind and not q.answered)

    def appoint_the_administrator(self) -> None:
        """Make the administrator one; until then the site has none, and the link for the first one is good."""
        administrator = self.people[ADMINISTRATOR].id
        with self.server.site.transaction() as session:
            role = Role.SITE_ADMINISTRATOR
            accounts.grant_role(session, administrator, role, None, by=None, at=THEN)

    def _found_a_union(self, administrator: Person) -> OrganizationId:
        with self.server.site.transaction() as session:
            union = accounts.create_organization(
                session, "Harbour Workers' Union", by=None, at=THEN
            )
            role = Role.ORGANIZATION_ADMINISTRATOR
            accounts.grant_role(session, administrator.id, role, union, by=None, at=THEN)
        return union

    def _enroll(self, person: Person) -> Enrollment:
        """Enroll somebody in the course, in the union's cohort."""
        return self.study.enroll(person, cohort_id=self._cohort)

    def _enroll_in_workshop(self, person: Person) -> Enrollment:
        return self.study.enroll(person, WORKSHOP, cohort_id=self._workshop_cohort)

    def _stop_halfway(self, learner: Person) -> tuple[AttemptId, AttemptId]:
        enrollment = self.study.again(learner)
        module = self.course.modules[0]
        for lesson in module.lessons:
            self.study.read(learner, enrollment, lesson.key)
        failed = self.study.take_quiz(learner, enrollment, module.quiz.key, right=False)
        # All that the quiz can ask, so that every kind is among it.
        with patch.object(attempts, "draw_questions", lambda pool, *_: pool):
            attempt = self.study.start(learner, enrollment, module.quiz.key)
        with self.server.site.transaction() as session:
            actor = learner.actor_in(session)
            first = get_shown_attempt(session, actor, attempt.id, "en").questions[0]
            quiz = quiz_of(session, enrollment, module.quiz.key)
            right = next(right_answer(q) for q in quiz.questions if q.key == first.key)
            assessment.save_response(session, actor, attempt.id, first.key, right, at=THEN)
        self.study.grant(self.people[TEACHER], enrollment, module.quiz.key, attempts=1, minutes=15)
        # Just now, so that the pause after it has begun.
        self.study.take_quiz(learner, enrollment, "final", right=False, at=clock.now())
        return failed.id, attempt.id

    def _graduate(self, person: Person) -> tuple[AttemptId, str]:
        """Let somebody finish the course; return a passed attempt and the certificate's code."""
        self._enroll(person)
        enrollment = self.study.finish(person)
        again = self.study.take_quiz(person, enrollment, self.course.modules[1].quiz.key)
        with self.server.site.snapshot() as session:
            certificate = find_certificate(session, enrollment.id)
        if certificate is None:
            raise LookupError(f"{person.email} has no certificate")
        return again.id, certificate.code

    def _revoke(self, person: Person) -> str:
        _, code = self._graduate(person)
        with self.server.site.transaction() as session:
            credentials.revoke_certificate(
                session, None, code, reason="Issued to the wrong person", at=THEN
            )
        return code

    def _erase(self, person: Person) -> str:
        _, code = self._graduate(person)
        with self.server.site.transaction() as session:
            accounts.erase_person(session, person.actor_in(session), at=THEN)
        return code

    def _replace(self, person: Person) -> str:
        """Return the code of a certificate that another one has replaced."""
        _, code = self._graduate(person)
        with self.server.site.transaction() as session:
            credentials.reissue_certificate(
                session,
                None,
                code,
                reason="A letter was missing in the name",
                issuer=current_issuer(),
                at=clock.now(),
            )
        return code

    def _finish_without_a_name(self, person: Person) -> EnrollmentId:
        self._enroll(person)
        self.server.site.execute(
            "UPDATE person SET name_confirmed_at = NULL WHERE id = :id", id=person.id
        )
        return self.study.finish(person).id

    def _share(self, person: Person, code: str) -> str:
        with self.server.site.transaction() as session:
            return credentials.start_sharing(session, person.actor_in(session), code, at=THEN)

    def _brand(self) -> BrandingId:
        look = Look("#1d5f82", signatories=(Signatory("Chen Wei", "General Secretary"),))
        with self.server.site.transaction() as session:
            actor = self.people[TEACHER].actor_in(session)
            saved = credentials.save_branding(
                session, actor, self._union, "Harbour Workers' Union", look, at=THEN
            )
        return saved.id

    @property
    def cohort_id(self) -> CohortId:
        """The cohort that takes the course."""
        return self._cohort

    @property
    def union_id(self) -> OrganizationId:
        """The union that the teacher administers."""
        return self._union

    def _fill_the_statistics(self) -> None:
        """Let so many people take the first quiz that its figures are shown."""
        quiz = self.course.modules[0].quiz.key
        for number in range(MINIMUM_LEARNERS):
            person = self.server.person(f"Learner {number + 1}")
            enrollment = self._enroll(person)
            self.study.take_quiz(person, enrollment, quiz, right=number % 2 == 0)

    def _hold_a_workshop(self, content: AuthoredContent, folder: Path) -> None:
        """Publish one version after the other, each with other rules, and let people take them."""
        self._publish_workshop(content, folder / "with-practice")
        self._workshop_cohort = self.study.cohort(self._union, course_key=WORKSHOP)
        self._practise(self.people[LEARNER])

        content.ask_everything()
        rules = "attempts: 3\ntime_limit_minutes: 60\nfeedback: at_once"
        content.change(QUIZ, "attempts: unlimited", rules)
        self._publish_workshop(content, folder / "timed")
        self.timed_attempt = self._have_one_checked(self.people[PARTICIPANT])

        content.change(QUIZ, rules, "attempts: 1")
        self._publish_workshop(content, folder / "once")
        self.waiting_attempt = self._submit(self.people[WAITING])
        self.judged_attempt = self._submit(self.people[JUDGED])
        self.study.judge(
            self.people[TEACHER],
            self.judged_attempt,
            FREE_TEXT,
            {"says-why": 1, "example": 0},
            comment="A reason that everybody would sign.\nNow name somebody.",
        )

        content.change(QUIZ, "answer: true", "answer: false")
        self._publish_workshop(content, folder / "mended")
        self._regrade_the_workshop()
        # And another key, by which nothing has been graded yet.
        content.change(QUIZ, "text: two\n        correct: true", "text: two")
        self._publish_workshop(content, folder / "to-be-regraded")

    def _publish_workshop(self, content: AuthoredContent, folder: Path) -> None:
        """Publish the small course under the workshop's name."""
        for name in ("modules", "quizzes"):
            copytree(content.root / name / "small", folder / name / WORKSHOP)
        course = folder / COURSE_YAML.replace("small", WORKSHOP)
        text = course.read_text(encoding="utf-8")
        course.write_text(text.replace("key: small", f"key: {WORKSHOP}"), encoding="utf-8")
        with self.server.site.app.app_context():
            publish_content(folder)

    def _regrade_the_workshop(self) -> None:
        with self.server.site.transaction() as session:
            assessment.apply_regrade(
                session,
                None,
                WORKSHOP,
                WORKSHOP_QUIZ,
                fails_allowed=False,
                reason="A key was wrong.",
                expected_digest=None,
                at=THEN,
            )

    def _practise(self, learner: Person) -> None:
        """Answer every other question of the lesson, some right and some wrong."""
        enrollment = self._enroll_in_workshop(learner)
        with self.server.site.snapshot() as session:
            questions = quiz_of(session, enrollment, WORKSHOP_QUIZ).practice
        for number, question in enumerate(questions[::2]):
            answer = wrong_answer(question) if number % 2 else right_answer(question)
            self.study.practise(learner, enrollment, "go-on", question.key, answer)

    def _have_one_checked(self, person: Person) -> AttemptId:
        """Start an attempt now, and have the first answer explained."""
        enrollment = self._enroll_in_workshop(person)
        attempt = self.study.start(person, enrollment, WORKSHOP_QUIZ, at=clock.now())
        with self.server.site.transaction() as session:
            actor, at = person.actor_in(session), clock.now()
            assessment.save_response(session, actor, attempt.id, "floor-is", "most", at=at)
            assessment.check_response(session, actor, attempt.id, "floor-is", at=at)
        return attempt.id

    def _submit(self, person: Person) -> AttemptId:
        enrollment = self._enroll_in_workshop(person)
        return self.study.take_quiz(person, enrollment, WORKSHOP_QUIZ).id

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
