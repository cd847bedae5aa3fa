"""Reading enrollments, on behalf of a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor, OrganizationId, PersonId, Role
from courseapp.catalog.types import CourseId
from courseapp.cohorts.errors import CohortNotFound, EnrollmentNotFound, NotForOneself
from courseapp.cohorts.models import Cohort, CohortTrainer, EnrollmentRow
from courseapp.cohorts.types import CohortId, CohortSummary, Enrollment, EnrollmentId
from courseapp.core.paging import Page, PageRequest, page_of


def access_enrollment(
    session: Session, actor: Actor, enrollment_id: UUID, *, lock: bool = False
) -> Enrollment:
    """Return an enrollment that the actor may see; raises EnrollmentNotFound.

    With `lock`, whatever else is written for the same enrollment waits until this transaction ends.
    """
    query = select(EnrollmentRow).where(EnrollmentRow.id == enrollment_id)
    row = session.scalars(
        query.with_for_update().execution_options(populate_existing=True) if lock else query
    ).one_or_none()
    if row is None:
        raise EnrollmentNotFound
    if row.person_id == actor.id:
        return enrollment_of(row)
    raise EnrollmentNotFound


def access_taught_enrollment(
    session: Session, actor: Actor, enrollment_id: UUID, *, lock: bool = False
) -> Enrollment:
    """Return an enrollment that the actor may decide about; raises EnrollmentNotFound.

    That is whoever follows its cohort, administers the cohort's organization, or the whole site. Nobody
    decides about her own: raises NotForOneself.
    """
    query = select(EnrollmentRow).where(EnrollmentRow.id == enrollment_id)
    row = session.scalars(
        query.with_for_update().execution_options(populate_existing=True) if lock else query
    ).one_or_none()
    if row is None:
        raise EnrollmentNotFound
    if row.person_id == actor.id:
        raise NotForOneself
    if actor.is_site_administrator:
        return enrollment_of(row)
    if row.cohort_id is not None and row.cohort_id in session.scalars(_taught_cohorts(actor)).all():
        return enrollment_of(row)
    raise EnrollmentNotFound


def select_taught_enrollments(actor: Actor) -> Any:
    """Return the query for the ids of every enrollment that the actor may decide about, to be built upon."""
    # Any, here and below: SQLAlchemy 2.0 and 2.1 write the type of a query in two ways.
    query = select(EnrollmentRow.id).where(EnrollmentRow.person_id != actor.id)
    if actor.is_site_administrator:
        return query
    return query.where(EnrollmentRow.cohort_id.in_(_taught_cohorts(actor)))


def list_taught_enrollments(
    session: Session, actor: Actor, course_id: CourseId, request: PageRequest
) -> Page[Enrollment]:
    """Return the enrollments in a course that the actor may decide about, oldest first."""
    query = (
        select(EnrollmentRow)
        .where(
            EnrollmentRow.course_id == course_id,
            EnrollmentRow.id.in_(select_taught_enrollments(actor)),
        )
        .order_by(EnrollmentRow.id)
        .limit(request.limit + 1)
    )
    if request.after is not None:
        query = query.where(EnrollmentRow.id > request.after)
    rows = [enrollment_of(row) for row in session.scalars(query)]
    return page_of(rows, request, lambda enrollment: enrollment.id)


def access_cohort(session: Session, actor: Actor, cohort_id: UUID) -> CohortSummary:
    """Return a cohort that the actor follows or administers; raises CohortNotFound."""
    row = session.get(Cohort, cohort_id)
    if row is None:
        raise CohortNotFound
    if actor.is_site_administrator:
        return _cohort_of(row)
    if row.id in session.scalars(_taught_cohorts(actor)).all():
        return _cohort_of(row)
    raise CohortNotFound


def list_taught_cohorts(session: Session, actor: Actor) -> Sequence[CohortSummary]:
    """Return the cohorts that the actor follows or administers, by name."""
    query = select(Cohort).order_by(Cohort.name, Cohort.id)
    if not actor.is_site_administrator:
        query = query.where(Cohort.id.in_(_taught_cohorts(actor)))
    return [_cohort_of(row) for row in session.scalars(query)]


def select_cohort_enrollments(
    cohort_id: CohortId, *, completed: bool, except_of: PersonId | None = None
) -> Any:
    """Return the query for the ids of a cohort's enrollments, for somebody who may see the cohort."""
    query = select(EnrollmentRow.id).where(EnrollmentRow.cohort_id == cohort_id)
    if completed:
        query = query.where(EnrollmentRow.completed_at.is_not(None))
    if except_of is not None:
        query = query.where(EnrollmentRow.person_id != except_of)
    return query.order_by(EnrollmentRow.id)


def find_organization_of(session: Session, enrollment: Enrollment) -> OrganizationId | None:
    """Return the organization in whose cohort an enrollment is; nobody's when it is alone."""
    if enrollment.cohort_id is None:
        return None
    return session.scalars(
        select(Cohort.organization_id).where(Cohort.id == enrollment.cohort_id)
    ).one_or_none()


def teaches(session: Session, actor: Actor) -> bool:
    """Tell whether there is anybody whom the actor may decide about, now or later."""
    if actor.roles:
        return True
    return session.scalars(_taught_cohorts(actor).limit(1)).first() is not None


def _taught_cohorts(actor: Actor) -> Any:
    administered = [
        grant.organization_id
        for grant in actor.roles
        if grant.role is Role.ORGANIZATION_ADMINISTRATOR and grant.organization_id is not None
    ]
    followed = select(CohortTrainer.cohort_id).where(CohortTrainer.person_id == actor.id)
    return select(Cohort.id).where(
        or_(Cohort.id.in_(followed), Cohort.organization_id.in_(administered))
    )


def find_enrollment(session: Session, actor: Actor, course_id: CourseId) -> Enrollment | None:
    """Return the actor's own enrollment in a course."""
    row = session.scalars(
        select(EnrollmentRow).where(
            EnrollmentRow.person_id == actor.id, EnrollmentRow.course_id == course_id
        )
    ).one_or_none()
    return None if row is None else enrollment_of(row)


def list_enrollments(session: Session, actor: Actor, request: PageRequest) -> Page[Enrollment]:
    """Return the actor's own enrollments, oldest first."""
    query = (
        select(EnrollmentRow)
        .where(EnrollmentRow.person_id == actor.id)
        .order_by(EnrollmentRow.id)
        .limit(request.limit + 1)
    )
    if request.after is not None:
        query = query.where(EnrollmentRow.id > request.after)
    rows = [enrollment_of(row) for row in session.scalars(query)]
    return page_of(rows, request, lambda enrollment: enrollment.id)


def get_enrollment(
    session: Session, enrollment_id: EnrollmentId, *, lock: bool = False
) -> Enrollment:
    """Return an enrollment for the platform itself, on nobody's behalf.

    With `lock`, whatever else is written for the same enrollment waits until this transaction ends.
    """
    return enrollment_of(
        session.get_one(EnrollmentRow, enrollment_id, with_for_update=lock or None)
    )


def find_enrollments(
    session: Session, enrollment_ids: Collection[EnrollmentId]
) -> Mapping[EnrollmentId, Enrollment]:
    """Return several enrollments by their ids, for somebody who may see them: one query."""
    rows = session.scalars(select(EnrollmentRow).where(EnrollmentRow.id.in_(enrollment_ids)))
    return {row.id: enrollment_of(row) for row in rows}


def list_enrollment_ids_of(session: Session, person_id: PersonId) -> list[EnrollmentId]:
    """Return every enrollment of a person, for the platform itself."""
    return list(
        session.scalars(select(EnrollmentRow.id).where(EnrollmentRow.person_id == person_id))
    )


def iterate_enrollments(session: Session) -> Iterator[Enrollment]:
    """Yield every enrollment of the installation, for maintenance."""
    for row in session.scalars(select(EnrollmentRow).order_by(EnrollmentRow.id)).yield_per(500):
        yield enrollment_of(row)


def _cohort_of(row: Cohort) -> CohortSummary:
    return CohortSummary(row.id, row.organization_id, row.course_id, row.name)


def enrollment_of(row: EnrollmentRow) -> Enrollment:
    """Return what other features may know of a row."""
    return Enrollment(
        id=row.id,
        person_id=row.person_id,
        course_id=row.course_id,
        course_version_id=row.course_version_id,
        cohort_id=row.cohort_id,
        created_at=row.created_at,
        percent=row.percent,
        completed_at=row.completed_at,
        last_active_at=row.last_active_at,
        last_activity=row.last_activity,
    )
