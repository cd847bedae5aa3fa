"""What cohorts refuse."""

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import DomainError, NotFound


class EnrollmentNotFound(NotFound):
    """There is no such enrollment, or it is not this person's to see."""

    message = _l("There is no such enrollment.")


class NotForOneself(DomainError):
    """Nobody decides about her own enrollment."""

    status = 403
    code = "not_for_oneself"
    message = _l("This is your own course. Ask another trainer to decide about it.")


class CohortNotFound(NotFound):
    """There is no such cohort, or the person neither follows nor administers it."""

    code = "cohort_not_found"
    message = _l("There is no such cohort.")
