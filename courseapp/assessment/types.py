"""What assessment hands to other features."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from courseapp.accounts.types import PersonId
from courseapp.assessment.kinds.base import AnswerShape, ShownBody
from courseapp.catalog.types import CountedResult, QuestionVersionId, QuizId, QuizRules
from courseapp.cohorts.types import EnrollmentId

AttemptId = NewType("AttemptId", uuid.UUID)
RegradeId = NewType("RegradeId", uuid.UUID)


class AttemptState(enum.StrEnum):
    """Where an attempt is in its life."""

    OPEN = "open"
    # Submitted, and a trainer has to judge an answer before there is a result.
    NEEDS_REVIEW = "needs_review"
    GRADED = "graded"


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """One try at a quiz, without its questions.

    `percent` and `passed` are None until it is graded, and are those of the last regrade if there was one:
    then `corrected_at` says when, and `first_percent` what it was before.
    """

    id: AttemptId
    enrollment_id: EnrollmentId
    quiz_id: QuizId
    number: int
    state: AttemptState
    started_at: datetime
    due_at: datetime | None
    submitted_at: datetime | None
    timed_out: bool
    percent: int | None
    passed: bool | None
    corrected_at: datetime | None = None
    first_percent: int | None = None


@dataclass(frozen=True, slots=True)
class CriterionGiven:
    """A line of a rubric, and the points given for it (None until judged)."""

    key: str
    text_html: str
    points: int
    given: int | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a trainer said of one answer."""

    criteria: Sequence[CriterionGiven]
    comment: str
    judged_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question of an attempt or a lesson, as its learner may see it now.

    Until it is `revealed`, `credit`, `explanation_html` and `source_html` are None, and so is everything in
    the body that tells what is right. `answer` is what is stored, in the shape in which it was sent. `checked`
    says that the answer is final, in quizzes with feedback at once.
    """

    key: str
    position: int
    kind: str
    answer_shape: AnswerShape
    language: str
    prompt_html: str
    hint: str | None
    body: ShownBody
    answer: Any
    answered: bool
    checked: bool
    revealed: bool
    credit: float | None
    explanation_html: str | None
    source_html: str | None
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """An attempt with its questions, as its learner may see it now.

    `accent` is the module's, `notice` the course's: what every page of a quiz carries. `revealed` says whether
    what was right and why may be seen.
    """

    summary: AttemptSummary
    course_key: str
    quiz_key: str
    quiz_title: str
    accent: str
    notice: str
    rules: QuizRules
    revealed: bool
    questions: Sequence[ShownQuestion]

    @property
    def pass_mark(self) -> int:
        """The result, in per cent, from which the quiz is passed."""
        return self.rules.pass_mark

    @property
    def answered_count(self) -> int:
        """How many questions have a stored answer."""
        return sum(question.answered for question in self.questions)

    def question(self, key: str) -> ShownQuestion | None:
        """Return a drawn question by its key."""
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True, slots=True)
class QuizOutcome:
    """What a learner has reached in one quiz so far, over all attempts and quiz versions."""

    quiz_id: QuizId
    best_percent: int | None
    last_percent: int | None
    passed: bool
    attempts_used: int
    extra_attempts: int
    open_attempt_id: AttemptId | None
    waits_for_review: bool

    def percent(self, counted: CountedResult) -> int | None:
        """Return the result that the quiz's rules count."""
        return self.best_percent if counted is CountedResult.BEST else self.last_percent


@dataclass(frozen=True, slots=True)
class QuizException:
    """More time or more attempts, granted to one learner for one quiz."""

    id: uuid.UUID
    extra_minutes: int
    extra_attempts: int
    reason: str
    granted_by: PersonId
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands in a quiz: her attempts, the first one first, and what was granted to her."""

    attempts: Sequence[AttemptSummary]
    extra_minutes: int
    extra_attempts: int

    @property
    def open_attempt(self) -> AttemptSummary | None:
        """The attempt that takes answers."""
        return next((a for a in self.attempts if a.state is AttemptState.OPEN), None)


@dataclass(frozen=True, slots=True)
class WaitingReview:
    """An attempt that waits for a trainer."""

    attempt_id: AttemptId
    enrollment_id: EnrollmentId
    quiz_id: QuizId
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """What a trainer judges: the answers of one attempt that no rule can grade, each with its rubric."""

    attempt: AttemptSummary
    person_id: PersonId
    course_key: str
    quiz_key: str
    quiz_title: str
    questions: Sequence[ShownQuestion]


class RegradeVerdict(enum.StrEnum):
    """What a regrade would do to one attempt."""

    CHANGED = "changed"
    # It would turn a pass into a fail, and nobody has chosen that.
    KEPT_AS_PASSED = "kept_as_passed"
    # The course is completed: its certificate rests on this pass.
    KEPT_FOR_CERTIFICATE = "kept_for_certificate"
    # The question has other options now, so that the answer given cannot be graded again.
    CANNOT_BE_REGRADED = "cannot_be_regraded"


@dataclass(frozen=True, slots=True)
class RegradedResult:
    """One attempt whose result a regrade changes, or would change and does not.

    `credits` has the new credit of each changed question, by its position.
    """

    attempt_id: AttemptId
    enrollment_id: EnrollmentId
    verdict: RegradeVerdict
    percent_before: int
    percent_after: int
    passed_before: bool
    passed_after: bool
    credits: Mapping[int, float]
    graded_by: Mapping[int, QuestionVersionId]


@dataclass(frozen=True, slots=True)
class RegradePlan:
    """What a regrade of a quiz would do. `digest` names the plan, so that what was seen is what is applied."""

    quiz_id: QuizId
    quiz_version_id: uuid.UUID
    attempts_looked_at: int
    results: Sequence[RegradedResult]
    digest: str

    @property
    def changed(self) -> Sequence[RegradedResult]:
        """The results that would change."""
        return [r for r in self.results if r.verdict is RegradeVerdict.CHANGED]


@dataclass(frozen=True, slots=True)
class AttemptGraded:
    """Event: an attempt has a result, the first one or another."""

    enrollment_id: EnrollmentId
    attempt_id: AttemptId
    at: datetime
    # Not when a trainer, an administrator or the clock gave the result: the learner need not have been there.
    by_learner: bool = True
    # An explicit choice: a pass was taken away, so what counts may be less than before.
    may_lose: bool = False
