"""What cohorts refuse."""

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import NotFound


class EnrollmentNotFound(NotFound):
    """There is no such enrollment, or it is not this person's to see."""

    message = _l("There is no such enrollment.")
