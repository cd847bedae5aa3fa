"""What learning hands to other features."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from courseapp.accounts.types import PersonId
from courseapp.assessment.types import QuizOutcome
from courseapp.catalog.types import (
    CountedResult,
    CourseContent,
    CourseVersionId,
    LessonId,
    QuizId,
)
from courseapp.cohorts.types import Enrollment, EnrollmentId


class MissingReason(enum.StrEnum):
    """Why an activity is not done yet."""

    NOT_READ = "not_read"
    NOT_TRIED = "not_tried"
    NOT_SUBMITTED = "not_submitted"
    NOT_REVIEWED = "not_reviewed"
    NOT_PASSED = "not_passed"
    NO_ATTEMPTS_LEFT = "no_attempts_left"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a learner has done: the numbers of the lesson versions she read, and her quiz outcomes."""

    lessons_read: Mapping[LessonId, frozenset[int]]
    quiz_outcomes: Mapping[QuizId, QuizOutcome]


@dataclass(frozen=True, slots=True)
class Missing:
    """An activity that the course asks for and that is not done, with the reason in words.

    `percent` is the learner's best or last result so far, as `result` says.
    """

    activity_key: str
    title: str
    is_quiz: bool
    reason: MissingReason
    result: CountedResult | None = None
    percent: int | None = None
    pass_mark: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a learner is. `percent` is 100 exactly when nothing is missing."""

    percent: int
    done: frozenset[str]
    required: int
    missing: Sequence[Missing]
    next_activity: str | None

    @property
    def is_complete(self) -> bool:
        """Whether the course's rules are met."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class LearnerCourse:
    """A learner's enrollment with the course that it is in and how far she is."""

    enrollment: Enrollment
    course: CourseContent
    progress: Progress


@dataclass(frozen=True, slots=True)
class ModulesCompleted:
    """Event: in an enrollment, nothing that the course asks for is left to do in these modules.

    Published again with every step after that, where the course certifies modules.
    """

    enrollment_id: EnrollmentId
    person_id: PersonId
    module_keys: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class CourseCompleted:
    """Event: an enrollment's progress has reached 100 %."""

    enrollment_id: EnrollmentId
    person_id: PersonId
    course_version_id: CourseVersionId
    at: datetime
