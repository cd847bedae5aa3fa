"""Enrolling people, and keeping the summary of their progress."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor, OrganizationId, PersonErased, PersonId
from courseapp.catalog.types import CourseContent, CourseId, CourseVersionId
from courseapp.cohorts.models import Cohort, CohortTrainer, EnrollmentMove, EnrollmentRow
from courseapp.cohorts.queries import enrollment_of
from courseapp.cohorts.types import CohortId, Enrollment, EnrollmentId
from courseapp.core import audit
from courseapp.core.db import insert_unless_exists
from courseapp.core.errors import IdInUse
from courseapp.core.ids import new_id


def enroll(
    session: Session,
    actor: Actor,
    course: CourseContent,
    *,
    enrollment_id: UUID | None = None,
    cohort_id: CohortId | None = None,
    at: datetime,
) -> tuple[Enrollment, bool]:
    """Enroll the actor in a course version; return the enrollment, and whether it is new.

    Whoever is enrolled already keeps her enrollment and its version. Raises IdInUse when the chosen id
    names something else.
    """
    created = insert_unless_exists(
        session,
        EnrollmentRow,
        id=enrollment_id or new_id(),
        person_id=actor.id,
        course_id=course.id,
        course_version_id=course.version_id,
        cohort_id=cohort_id,
        created_at=at,
        percent=0,
        last_active_at=at,
    )
    row = session.scalars(
        select(EnrollmentRow).where(
            EnrollmentRow.person_id == actor.id, EnrollmentRow.course_id == course.id
        )
    ).one_or_none()
    if row is None:
        raise IdInUse
    if created:
        audit.record(session, "enrollment.created", "enrollment", row.id, by=actor.id, at=at)
    return enrollment_of(row), created


def record_progress(
    session: Session,
    enrollment_id: EnrollmentId,
    *,
    percent: int,
    completed_at: datetime | None,
    recounted: bool = False,
    active_at: datetime | None,
) -> None:
    """Write the summary of an enrollment's progress, with the facts that it sums up.

    `active_at` is when the learner did something, if it was her. With `recounted` progress may be less than
    before: something was taken away by an explicit, audited act.
    """
    values: dict[str, Any] = {"percent": percent, "completed_at": completed_at}
    if recounted:
        values["recounts"] = EnrollmentRow.recounts + 1
    if active_at is not None:
        values["last_active_at"] = active_at
    session.execute(update(EnrollmentRow).where(EnrollmentRow.id == enrollment_id).values(**values))


def record_opening(
    session: Session, enrollment: Enrollment, activity_key: str, *, at: datetime
) -> None:
    """Remember where the learner is, so that she can go on from there."""
    session.execute(
        update(EnrollmentRow)
        .where(EnrollmentRow.id == enrollment.id)
        .values(last_activity=activity_key, last_active_at=at)
    )


def move_enrollment(
    session: Session,
    enrollment: Enrollment,
    to_version_id: CourseVersionId,
    *,
    by: PersonId | None,
    at: datetime,
) -> Enrollment:
    """Point an open enrollment at another version of its course, with a record of the move.

    Its progress is 0 until the caller has computed what still counts in the new version.
    """
    row = session.get_one(EnrollmentRow, enrollment.id, with_for_update=True)
    session.add(
        EnrollmentMove(
            enrollment_id=row.id,
            from_version_id=row.course_version_id,
            to_version_id=to_version_id,
            moved_by=by,
            moved_at=at,
        )
    )
    row.course_version_id = to_version_id
    # In the same statement: within one version the database lets no percentage fall.
    row.percent = 0
    session.flush()
    audit.record(session, "enrollment.moved", "enrollment", row.id, by=by, at=at)
    return enrollment_of(row)


def create_cohort(
    session: Session,
    name: str,
    organization_id: OrganizationId,
    course_id: CourseId,
    *,
    trainers: list[PersonId],
    by: PersonId | None,
    at: datetime,
) -> CohortId:
    """Create a cohort and say who follows it."""
    cohort = Cohort(organization_id=organization_id, course_id=course_id, name=name, created_at=at)
    session.add(cohort)
    session.flush()
    session.add_all(CohortTrainer(cohort_id=cohort.id, person_id=trainer) for trainer in trainers)
    session.flush()
    audit.record(session, "cohort.created", "cohort", cohort.id, by=by, at=at)
    return cohort.id


def forget_person(session: Session, event: PersonErased) -> None:
    """Delete an erased person's enrollments; features above have deleted their facts before."""
    session.execute(delete(CohortTrainer).where(CohortTrainer.person_id == event.person_id))
    moves = delete(EnrollmentMove).where(
        EnrollmentMove.enrollment_id.in_(
            select(EnrollmentRow.id).where(EnrollmentRow.person_id == event.person_id)
        )
    )
    session.execute(moves)
    session.execute(delete(EnrollmentRow).where(EnrollmentRow.person_id == event.person_id))
