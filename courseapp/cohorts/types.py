"""What cohorts hand to other features."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from courseapp.accounts.types import OrganizationId, PersonId
from courseapp.catalog.types import CourseId, CourseVersionId

CohortId = NewType("CohortId", uuid.UUID)
EnrollmentId = NewType("EnrollmentId", uuid.UUID)


@dataclass(frozen=True, slots=True)
class CohortSummary:
    """A group of learners that trainers follow through one course."""

    id: CohortId
    organization_id: OrganizationId
    course_id: CourseId
    name: str


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One person taking one course version, with the summary of her progress.

    `last_activity` is the key of the lesson or quiz that she opened last.
    """

    id: EnrollmentId
    person_id: PersonId
    course_id: CourseId
    course_version_id: CourseVersionId
    cohort_id: CohortId | None
    created_at: datetime
    percent: int
    completed_at: datetime | None
    last_active_at: datetime
    last_activity: str | None
