"""What assessment hands to other features."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from courseapp.assessment.kinds.base import ShownOption
from courseapp.catalog.types import QuizId
from courseapp.cohorts.types import EnrollmentId

AttemptId = NewType("AttemptId", uuid.UUID)


class AttemptState(enum.StrEnum):
    """Where an attempt is in its life."""

    OPEN = "open"
    GRADED = "graded"


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """One try at a quiz, without its questions. `percent` and `passed` are None while it is open."""

    id: AttemptId
    enrollment_id: EnrollmentId
    quiz_id: QuizId
    number: int
    state: AttemptState
    started_at: datetime
    submitted_at: datetime | None
    percent: int | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question of an attempt, as its learner may see it now.

    Before submission `credit`, `explanation_html` and `source_html` are None, and so are `right` and
    `feedback_html` of every option.
    """

    key: str
    position: int
    kind: str
    answer_is_list: bool
    language: str
    prompt_html: str
    options: Sequence[ShownOption]
    answered: bool
    credit: float | None
    explanation_html: str | None
    source_html: str | None


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """An attempt with its questions, as its learner may see it now.

    `accent` is the module's, `notice` the course's: what every page of a quiz carries.
    """

    summary: AttemptSummary
    course_key: str
    quiz_key: str
    quiz_title: str
    accent: str
    notice: str
    pass_mark: int
    questions: Sequence[ShownQuestion]

    @property
    def answered_count(self) -> int:
        """How many questions have a stored answer."""
        return sum(question.answered for question in self.questions)


@dataclass(frozen=True, slots=True)
class QuizOutcome:
    """What a learner has reached in one quiz so far, over all attempts and quiz versions."""

    quiz_id: QuizId
    best_percent: int | None
    passed: bool
    attempts_used: int
    open_attempt_id: AttemptId | None


@dataclass(frozen=True, slots=True)
class AttemptGraded:
    """Event: an attempt was submitted and graded."""

    enrollment_id: EnrollmentId
    attempt_id: AttemptId
    at: datetime
