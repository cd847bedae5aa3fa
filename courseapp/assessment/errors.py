"""What assessment refuses."""

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import DomainError, NotFound


class AttemptNotFound(NotFound):
    """There is no such attempt, or it is not this person's to see."""

    message = _l("There is no such attempt.")


class QuestionNotFound(NotFound):
    """The attempt has no such question."""

    message = _l("There is no such question in this attempt.")


class AttemptsExhausted(DomainError):
    """Every allowed attempt is used up."""

    status = 409
    code = "attempts_exhausted"
    message = _l("You have used all attempts at this quiz.")


class AttemptClosed(DomainError):
    """The attempt was submitted: its answers do not change any more."""

    status = 409
    code = "attempt_closed"
    message = _l("This attempt has been submitted. Its answers cannot be changed any more.")
