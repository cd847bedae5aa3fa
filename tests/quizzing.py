"""Quizzes beyond single questions: the small course with the rules that a test needs, and who takes its quiz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from courseapp.accounts import service as accounts
from courseapp.accounts.types import OrganizationId, Role
from courseapp.assessment import service as assessment
from courseapp.assessment.queries import get_shown_attempt, list_outcomes
from courseapp.assessment.types import (
    AttemptId,
    AttemptSummary,
    QuizOutcome,
    RegradePlan,
    ShownAttempt,
    ShownQuestion,
)
from courseapp.cohorts.types import CohortId, Enrollment
from courseapp.core import clock
from courseapp.core.audit import AuditEvent
from courseapp.learning.queries import get_learner_course
from courseapp.learning.types import Missing, Progress
from courseapp.ops.doctor import find_faults
from tests.authoring import LESSON_2, QUIZ, AuthoredContent
from tests.cast import THEN, Person
from tests.sites import Site
from tests.studying import SMALL_COURSE, Study

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

# The quiz of the small course asks three questions; 70 % passes, so that all three must be right.
QUIZ_KEY: Final = "first"
RIGHT: Final[Mapping[str, Any]] = {
    "floor-is": "least",
    "numbers": ["one", "two"],
    "three-is-more": "true",
}
WRONG: Final[Mapping[str, Any]] = {
    "floor-is": "mean",
    "numbers": ["green"],
    "three-is-more": "false",
}
# What explanations, sources and the feedback of a wrong answer say, and nothing else in the course.
TOLD: Final[Mapping[str, Sequence[str]]] = {
    "floor-is": ("nobody may fall below", "Recommendation No. 202 (2012)", "That is a ceiling"),
    "numbers": ("Green and blue are colours", "A dictionary (2020)"),
    "three-is-more": ("It is two and one", "A dictionary (2020)"),
    "in-your-words": ("Who counts can share", "A merchant (2007)"),
}

# The question that a trainer judges, once the quiz asks it, and all the points that there are for it.
FREE: Final = "in-your-words"
ALL_POINTS: Final[Mapping[str, int]] = {"says-why": 2, "example": 1}
NO_POINTS: Final[Mapping[str, int]] = {"says-why": 0, "example": 0}
# Another one of that kind, of one point.
SECOND_FREE: Final = "in-one-line"
_SECOND_FREE_TEXT: Final = """\
  - key: in-one-line
    kind: free_text
    objective: count
    prompt: Say it in one line.
    rubric:
      - key: short
        text: Needs no second line
        points: 1
    explanation: Short is kind.
    source: "A telegraphist (2009)"
"""


def set_rules(content: AuthoredContent, **rules: Any) -> None:
    """Write settings of the quiz into its file, in place of those that are there."""
    lines = [
        line for line in content.text(QUIZ).splitlines() if line.partition(":")[0] not in rules
    ]
    place = lines.index("questions:")
    lines[place:place] = [f"{name}: {value}" for name, value in rules.items()]
    content.put(QUIZ, "\n".join(lines) + "\n")


def ask(content: AuthoredContent, *keys: str) -> None:
    """Let the quiz ask questions that the second lesson shows for practice."""
    for key in keys:
        content.change(LESSON_2, f"```question\n{key}\n```\n\n", "")
        before, found, question = content.text(QUIZ).partition(f"  - key: {key}\n")
        assert found, key
        content.put(QUIZ, before + found + question.replace("    use: practice\n", "", 1))


def ask_two_free_texts(content: AuthoredContent) -> None:
    """Let the quiz ask two questions that a trainer judges."""
    ask(content, FREE)
    content.add(QUIZ, _SECOND_FREE_TEXT)


def mark_as_right(content: AuthoredContent, right: str) -> None:
    """Say that the right answer to the quiz's first question is `least`, `most` or `mean`."""
    marked = "        correct: true\n"
    question, following, others = content.text(QUIZ).partition("  - key: numbers\n")
    option = f"        text: the {right}\n"
    assert question.count(option) == 1
    question = question.replace(marked, "").replace(option, option + marked)
    content.put(QUIZ, question + following + others)


class StoppedClock:
    """What the doors take for the present moment; the test lets time pass."""

    def __init__(self) -> None:
        self.moment = clock.now().replace(microsecond=0)

    def now(self) -> datetime:
        return self.moment

    def forward(self, by: timedelta) -> None:
        self.moment += by


class Taker:
    """Somebody enrolled in the small course, who takes its quiz through the services."""

    def __init__(self, study: Study, person: Person, enrollment: Enrollment) -> None:
        self.study = study
        self.site: Site = study.site
        self.person = person
        self.enrollment = enrollment

    @property
    def quiz_path(self) -> str:
        """The address of the quiz below her enrollment, in the API."""
        return f"/enrollments/{self.enrollment.id}/quizzes/{QUIZ_KEY}"

    def start(self, *, attempt_id: UUID | None = None, at: datetime = THEN) -> AttemptSummary:
        """Start an attempt, or go on with the open one."""
        with self.site.transaction() as session:
            actor = self.person.actor_in(session)
            return assessment.start_attempt(
                session, actor, self.enrollment.id, QUIZ_KEY, attempt_id=attempt_id, at=at
            )[0]

    def save(self, attempt: AttemptSummary, key: str, answer: Any, *, at: datetime = THEN) -> Any:
        """Save one answer, as a door does that closes attempts whose time is over in a second step."""
        with self.site.transaction() as session:
            return assessment.save_response(
                session, self.person.actor_in(session), attempt.id, key, answer, at=at
            )

    def check(self, attempt: AttemptSummary, key: str, *, at: datetime = THEN) -> ShownQuestion:
        """Ask for the feedback on a saved answer, and look at it."""
        with self.site.transaction() as session:
            actor = self.person.actor_in(session)
            assessment.check_response(session, actor, attempt.id, key, at=at)
            found = get_shown_attempt(session, actor, attempt.id, "en").question(key)
        assert found is not None
        return found

    def submit(self, attempt: AttemptSummary, *, at: datetime = THEN) -> AttemptSummary:
        """Submit an attempt."""
        with self.site.transaction() as session:
            return assessment.submit_attempt(
                session, self.person.actor_in(session), attempt.id, at=at
            )

    def take(self, answers: Mapping[str, Any], *, at: datetime = THEN) -> AttemptSummary:
        """Start an attempt, give these answers, and submit it."""
        attempt = self.start(at=at)
        for key, answer in answers.items():
            self.save(attempt, key, answer, at=at)
        return self.submit(attempt, at=at)

    def read_all(self, *, at: datetime = THEN) -> None:
        """Mark both lessons as done: of the course only the quiz is left."""
        for lesson in ("start", "go-on"):
            self.study.read(self.person, self.enrollment, lesson, at=at)

    def look(self, attempt: AttemptSummary) -> ShownAttempt:
        """Return an attempt as she sees it now."""
        with self.site.snapshot() as session:
            return get_shown_attempt(session, self.person.actor_in(session), attempt.id, "en")

    def question(self, attempt: AttemptSummary, key: str) -> ShownQuestion:
        """Return a question of an attempt as she sees it now."""
        found = self.look(attempt).question(key)
        assert found is not None
        return found

    @property
    def outcome(self) -> QuizOutcome:
        """What she has reached in the quiz."""
        with self.site.snapshot() as session:
            (outcome,) = list_outcomes(session, self.enrollment.id).values()
        return outcome

    @property
    def progress(self) -> Progress:
        """How far she is in the course."""
        with self.site.snapshot() as session:
            actor = self.person.actor_in(session)
            return get_learner_course(session, actor, self.enrollment.id, "en").progress

    @property
    def missing_quiz(self) -> Missing | None:
        """What keeps the quiz from being done, if anything does."""
        return next((m for m in self.progress.missing if m.activity_key == QUIZ_KEY), None)

    def now(self) -> Enrollment:
        """Return the enrollment with its summary as it is stored now."""
        return self.study.again(self.person, SMALL_COURSE)


def taker(study: Study, person: Person, *, cohort_id: CohortId | None = None) -> Taker:
    """Enroll somebody in the published small course."""
    return Taker(study, person, study.enroll(person, SMALL_COURSE, cohort_id=cohort_id))


def other_union(site: Site) -> OrganizationId:
    """Make a union that nobody in the cast belongs to."""
    with site.transaction() as session:
        return accounts.create_organization(session, "Teachers' Union", by=None, at=THEN)


def administrate(site: Site, person: Person, organization: OrganizationId) -> Person:
    """Make somebody an administrator of a union."""
    with site.transaction() as session:
        accounts.grant_role(
            session,
            person.id,
            Role.ORGANIZATION_ADMINISTRATOR,
            organization,
            by=None,
            at=THEN,
        )
    return person


def plan_regrade(site: Site, person: Person, *, fails_allowed: bool = False) -> RegradePlan:
    """Look at what a regrade of the small course's quiz would do."""
    with site.snapshot() as session:
        return assessment.plan_regrade(
            session,
            person.actor_in(session),
            SMALL_COURSE,
            QUIZ_KEY,
            fails_allowed=fails_allowed,
        )


def acts(site: Site, action: str) -> list[AuditEvent]:
    """Return the acts of a kind that stand in the audit trail, the first one first."""
    with site.snapshot() as session:
        query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        found = list(session.scalars(query))
        session.expunge_all()
    return found


def faults(site: Site) -> Sequence[str]:
    """Return what the doctor finds."""
    with site.snapshot() as session:
        return find_faults(session)


def state_of(site: Site, attempt_id: AttemptId) -> str:
    """Return an attempt's state as it is stored, whoever may have looked at it."""
    state: str = site.scalar("SELECT state FROM attempt WHERE id = :id", id=attempt_id)
    return state


@contextmanager
def nothing_written(site: Site) -> Iterator[None]:
    """Fail when any table has more rows, or fewer, after the block than before it."""
    before = site.count_rows()
    yield
    assert site.count_rows() == before
