"""Building the demonstration's data, and one-time links for one person of each kind."""

from __future__ import annotations

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from courseapp.accounts import service as accounts
from courseapp.accounts.queries import count_site_administrators, find_credentials, get_actor
from courseapp.accounts.types import Actor, LinkPurpose, PersonId, Role
from courseapp.assessment import service as assessment
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.kinds.base import AnswerShape
from courseapp.assessment.queries import get_shown_attempt
from courseapp.assessment.types import ShownQuestion
from courseapp.catalog.queries import get_current_course, get_quiz, list_courses
from courseapp.catalog.types import CourseContent, QuizSummary
from courseapp.cohorts import service as cohorts
from courseapp.cohorts.types import CohortId, Enrollment
from courseapp.core.db import transaction
from courseapp.core.http.addresses import public_url
from courseapp.learning import service as learning
from courseapp.ops.demo import cast

LEARNERS: Final = 60
LINK_LASTS: Final = timedelta(hours=12)
# Nobody has started before.
DEMO_GOES_BACK: Final = timedelta(days=31)


class Stage(enum.StrEnum):
    """How far a learner of the demonstration is."""

    NOT_STARTED = "not started"
    ON_THE_WAY = "on the way"
    STUCK = "stuck"
    FINISHED = "all but the last quiz"
    CERTIFIED = "certified"


# Of each ten learners, how many are at each stage.
_MIX: Final = (
    (Stage.NOT_STARTED, 2),
    (Stage.ON_THE_WAY, 3),
    (Stage.STUCK, 2),
    (Stage.FINISHED, 1),
    (Stage.CERTIFIED, 2),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone to sign in as."""

    what: str
    name: str
    address: str


def build_demo(at: datetime) -> None:
    """Fill an empty, published installation with the cast. Needs an application context."""
    with transaction() as session:
        if count_site_administrators(session):
            return
        course = _first_course(session)
        administrator = _create(session, cast.ADMINISTRATOR, "admin", at)
        accounts.grant_role(session, administrator, Role.SITE_ADMINISTRATOR, None, by=None, at=at)
        organization = accounts.create_organization(
            session, cast.ORGANIZATION, by=administrator, at=at
        )
        trainer = _create(session, cast.TRAINER, "trainer", at)
        accounts.grant_role(session, trainer, Role.TRAINER, organization, by=administrator, at=at)
        cohort = cohorts.create_cohort(
            session,
            cast.COHORT,
            organization,
            course.id,
            trainers=[trainer],
            by=administrator,
            at=at,
        )
    stages = [stage for stage, share in _MIX for _ in range(share)]
    # The same people and answers each time.
    generator = random.Random(102)
    for number, name in enumerate(cast.names(LEARNERS)):
        stage = stages[number % len(stages)]
        start = at - timedelta(days=30) + timedelta(hours=generator.randrange(240))
        with transaction() as session:
            _Learner(session, course, start, generator).live(name, number, stage, cohort)


def demo_links(at: datetime) -> Sequence[DemoPerson]:
    """Return a new one-time sign-in link for one person of each kind. Needs an application context."""
    wanted = {"administrator": "admin", "trainer": "trainer"}
    position = 0
    for stage, share in _MIX:
        wanted[f"learner, {stage}"] = f"learner{position}"
        position += share
    with transaction() as session:
        return [_link(session, what, _email(account), at) for what, account in wanted.items()]


def _email(account: str) -> str:
    return f"{account}@demo.example"


def _first_course(session: Session) -> CourseContent:
    return get_current_course(session, list_courses(session, "en")[0].key, "en")


def _create(session: Session, name: str, account: str, at: datetime) -> PersonId:
    return accounts.create_person(
        session,
        email=_email(account),
        name=name,
        locale="en",
        password_hash=None,
        named_by_herself=True,
        by=None,
        at=at,
    )


def _link(session: Session, what: str, email: str, at: datetime) -> DemoPerson:
    person_id = find_credentials(session, email).person_id
    if person_id is None:
        raise LookupError(f"{email} is not in this database: delete it and start again")
    token = accounts.create_link(session, LinkPurpose.SIGN_IN, person_id, lasts=LINK_LASTS, at=at)
    return DemoPerson(
        what, get_actor(session, person_id).name, public_url("accounts.use_link", token=token)
    )


class _Learner:
    """One learner's weeks, lived through the services."""

    def __init__(
        self, session: Session, course: CourseContent, start: datetime, generator: random.Random
    ) -> None:
        self.session = session
        self.course = course
        self.now = start
        self.generator = generator

    def live(self, name: str, number: int, stage: Stage, cohort: CohortId) -> None:
        person_id = _create(self.session, name, f"learner{number}", self.now)
        actor = get_actor(self.session, person_id)
        enrollment, _ = cohorts.enroll(
            self.session, actor, self.course, cohort_id=cohort, at=self.now
        )
        match stage:
            case Stage.NOT_STARTED:
                return
            case Stage.ON_THE_WAY:
                self._study(actor, enrollment, self.generator.randrange(2, 20), tries=[0.95])
            case Stage.STUCK:
                self._study(actor, enrollment, 6, tries=[])
                self._fail(actor, enrollment, self.course.modules[0].quiz)
            case Stage.FINISHED:
                activities = len(self.course.activities) - 1
                self._study(actor, enrollment, activities, tries=[0.95])
            case Stage.CERTIFIED:
                self._study(actor, enrollment, len(self.course.activities), tries=[0.4, 1.0])

    def _study(
        self, actor: Actor, enrollment: Enrollment, activities: int, *, tries: Sequence[float]
    ) -> None:
        for activity in self.course.activities[:activities]:
            self.now += timedelta(minutes=self.generator.randrange(8, 600))
            cohorts.record_opening(self.session, enrollment, activity.key, at=self.now)
            if isinstance(activity, QuizSummary):
                for skill in tries:
                    self._take(actor, enrollment, activity, skill)
            else:
                learning.complete_lesson(
                    self.session, actor, enrollment.id, activity.key, at=self.now
                )

    def _fail(self, actor: Actor, enrollment: Enrollment, quiz: QuizSummary) -> None:
        for _ in range(2):
            self._take(actor, enrollment, quiz, 0.2)

    def _take(self, actor: Actor, enrollment: Enrollment, quiz: QuizSummary, skill: float) -> None:
        """Take a quiz once, answering each question rightly with this probability."""
        self.now += timedelta(minutes=quiz.rules.pause_minutes)
        attempt, _ = assessment.start_attempt(
            self.session, actor, enrollment.id, quiz.key, at=self.now
        )
        shown = get_shown_attempt(self.session, actor, attempt.id, "en")
        content = {q.key: q for q in get_quiz(self.session, quiz.version_id, "en").questions}
        for question in shown.questions:
            self.now += timedelta(seconds=self.generator.randrange(15, 90))
            right = KINDS[question.kind].right_answer(content[question.key].structure)
            knows = right is not None and self.generator.random() < skill
            answer = right if knows else self._guess(question)
            assessment.save_response(
                self.session, actor, attempt.id, question.key, answer, at=self.now
            )
        assessment.submit_attempt(self.session, actor, attempt.id, at=self.now)

    def _guess(self, question: ShownQuestion) -> object:
        """Answer without knowing anything, as the question's own fields allow."""
        guesses = {
            item.key: self.generator.choice(item.choices).key if item.choices else "0"
            for item in question.body.items
        }
        match question.answer_shape:
            case AnswerShape.BY_ITEM:
                return guesses
            case AnswerShape.MANY:
                return list(guesses.values())
            case AnswerShape.ONE:
                return next(iter(guesses.values()))
