"""What learners do, through the services: tests say how far somebody is, not how she came there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor, OrganizationId
from courseapp.assessment import service as assessment
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.queries import get_quiz_of, get_shown_attempt
from courseapp.assessment.types import (
    AttemptId,
    AttemptState,
    AttemptSummary,
    QuizException,
    RegradePlan,
    ShownQuestion,
)
from courseapp.catalog.queries import get_course, get_current_course, get_quiz
from courseapp.catalog.types import CourseContent, QuestionContent, QuizContent, QuizSummary
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.queries import find_enrollment
from courseapp.cohorts.types import CohortId, Enrollment
from courseapp.learning import service as learning
from courseapp.ops.setup import publish_content
from tests.authoring import AuthoredContent
from tests.cast import THEN, Person
from tests.sites import Site

COURSE: Final = "social-protection"
SMALL_COURSE: Final = "small"


class Study:
    """Learning on one site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def publish(self, content: AuthoredContent) -> list[str]:
        """Publish a course from files and return what changed."""
        with self.site.app.app_context():
            return list(publish_content(content.root))

    def course(self, key: str = COURSE) -> CourseContent:
        """Return the published version of a course."""
        with self.site.snapshot() as session:
            return get_current_course(session, key, "en")

    def enroll(
        self,
        person: Person,
        course_key: str = COURSE,
        *,
        cohort_id: CohortId | None = None,
        at: datetime = THEN,
    ) -> Enrollment:
        """Enroll somebody in the published version of a course."""
        actor = person.actor
        with self.site.transaction() as session:
            course = get_current_course(session, course_key, "en")
            enrollment, _ = cohorts.enroll(session, actor, course, cohort_id=cohort_id, at=at)
        return enrollment

    def read(
        self, person: Person, enrollment: Enrollment, lesson_key: str, *, at: datetime = THEN
    ) -> None:
        """Mark a lesson as done."""
        actor = person.actor
        with self.site.transaction() as session:
            learning.complete_lesson(session, actor, enrollment.id, lesson_key, at=at)

    def take_quiz(
        self,
        person: Person,
        enrollment: Enrollment,
        quiz_key: str,
        *,
        right: bool = True,
        at: datetime = THEN,
    ) -> AttemptSummary:
        """Take a quiz from start to submission, with every answer right or every answer wrong."""
        with self.site.transaction() as session:
            actor = person.actor_in(session)
            return _take(session, actor, enrollment, quiz_key, right=right, at=at)

    def finish(
        self, person: Person, course_key: str = COURSE, *, at: datetime = THEN
    ) -> Enrollment:
        """Do everything that a course asks for, one thing an hour, in one transaction."""
        enrollment = self.enroll(person, course_key, at=at)
        with self.site.transaction() as session:
            actor = person.actor_in(session)
            for activity in get_course(session, enrollment.course_version_id, "en").activities:
                at += timedelta(hours=1)
                if isinstance(activity, QuizSummary):
                    _take(session, actor, enrollment, activity.key, right=True, at=at)
                else:
                    learning.complete_lesson(session, actor, enrollment.id, activity.key, at=at)
        return self.again(person, course_key)

    def start(
        self, person: Person, enrollment: Enrollment, quiz_key: str, *, at: datetime = THEN
    ) -> AttemptSummary:
        """Start a quiz, or go on with the attempt that is open."""
        with self.site.transaction() as session:
            actor = person.actor_in(session)
            return assessment.start_attempt(session, actor, enrollment.id, quiz_key, at=at)[0]

    def practise(
        self,
        person: Person,
        enrollment: Enrollment,
        lesson_key: str,
        question_key: str,
        answer: Any,
        *,
        at: datetime = THEN,
    ) -> ShownQuestion:
        """Answer a question that a lesson shows."""
        with self.site.transaction() as session:
            actor = person.actor_in(session)
            return learning.answer_practice(
                session, actor, enrollment.id, lesson_key, question_key, answer, at=at
            )

    def cohort(
        self, organization: OrganizationId, *trainers: Person, course_key: str = COURSE
    ) -> CohortId:
        """Make a cohort that these trainers follow."""
        with self.site.transaction() as session:
            return cohorts.create_cohort(
                session,
                "Spring",
                organization,
                get_current_course(session, course_key, "en").id,
                trainers=[trainer.id for trainer in trainers],
                by=None,
                at=THEN,
            )

    def grant(
        self,
        trainer: Person,
        enrollment: Enrollment,
        quiz_key: str,
        *,
        minutes: int = 0,
        attempts: int = 0,
        at: datetime = THEN,
    ) -> QuizException:
        """Grant a learner more time or more attempts."""
        with self.site.transaction() as session:
            granted, _ = assessment.grant_exception(
                session,
                trainer.actor_in(session),
                enrollment.id,
                quiz_key,
                extra_minutes=minutes,
                extra_attempts=attempts,
                reason="The power was out.",
                at=at,
            )
        return granted

    def judge(
        self,
        trainer: Person,
        attempt_id: AttemptId,
        question_key: str,
        points: Mapping[str, int],
        *,
        comment: str = "",
        at: datetime = THEN,
    ) -> AttemptState:
        """Give points for an answer that waits for a trainer."""
        with self.site.transaction() as session:
            actor = trainer.actor_in(session)
            return assessment.judge_answer(
                session, actor, attempt_id, question_key, points=points, comment=comment, at=at
            )

    def regrade(
        self,
        administrator: Person,
        quiz_key: str,
        *,
        course_key: str = COURSE,
        fails_allowed: bool = False,
        at: datetime = THEN,
    ) -> RegradePlan:
        """Grade a quiz's attempts again by its newest keys."""
        with self.site.transaction() as session:
            return assessment.apply_regrade(
                session,
                administrator.actor_in(session),
                course_key,
                quiz_key,
                fails_allowed=fails_allowed,
                reason="A key was wrong.",
                expected_digest=None,
                at=at,
            )

    def again(self, person: Person, course_key: str = COURSE) -> Enrollment:
        """Return somebody's enrollment as it is now."""
        actor = person.actor
        with self.site.snapshot() as session:
            course = get_current_course(session, course_key, "en")
            enrollment = find_enrollment(session, actor, course.id)
        if enrollment is None:
            raise LookupError(f"{person.email} is not enrolled in {course_key}")
        return enrollment


def _take(
    session: Session,
    actor: Actor,
    enrollment: Enrollment,
    quiz_key: str,
    *,
    right: bool,
    at: datetime,
) -> AttemptSummary:
    attempt, _ = assessment.start_attempt(session, actor, enrollment.id, quiz_key, at=at)
    drawn = {q.key for q in get_shown_attempt(session, actor, attempt.id, "en").questions}
    for key, answer in answers(quiz_of(session, enrollment, quiz_key), right=right).items():
        if key in drawn:
            assessment.save_response(session, actor, attempt.id, key, answer, at=at)
    return assessment.submit_attempt(session, actor, attempt.id, at=at)


def quiz_of(session: Session, enrollment: Enrollment, quiz_key: str) -> QuizContent:
    """Return a quiz of the enrollment's course version, answer keys included."""
    quiz = get_quiz_of(session, enrollment, quiz_key, "en")
    return get_quiz(session, quiz.version_id, "en")


def answers(quiz: QuizContent, *, right: bool = True) -> Mapping[str, Any]:
    """Return an answer to every question of a quiz, by its key: all of them right, or all wrong."""
    answer = right_answer if right else wrong_answer
    return {question.key: answer(question) for question in quiz.questions}


def right_answer(question: QuestionContent) -> Any:
    """Return an answer that earns everything; where a trainer judges, one that may."""
    right = KINDS[question.kind].right_answer(question.structure)
    return "Everything that was asked for." if right is None else right


def wrong_answer(question: QuestionContent) -> Any:
    """Return an answer that says something and earns nothing, unless a trainer is kind."""
    right, structure = right_answer(question), question.structure
    if "options" in structure:
        wrong = _wrong_option(structure)
        return [wrong] if isinstance(right, list) else wrong
    if isinstance(right, list):
        return right[::-1]
    if "places" in structure:
        return {
            item: next(place for place in structure["places"] if place != right[item])
            for item in right
        }
    if "gaps" in structure:
        return {key: _wrong_filling(gap) for key, gap in structure["gaps"].items()}
    return "987654321"


def _wrong_option(structure: Mapping[str, Any]) -> str:
    earning = {*structure["right"], *structure.get("credits", {})}
    return next(key for key in structure["options"] if key not in earning)


def _wrong_filling(gap: Mapping[str, Any]) -> str:
    return _wrong_option(gap) if "options" in gap else "987654321"
