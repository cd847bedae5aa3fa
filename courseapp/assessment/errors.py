"""What assessment refuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import DomainError, NotFound


class AttemptNotFound(NotFound):
    """There is no such attempt, or it is not this person's to see."""

    message = _l("There is no such attempt.")


class QuestionNotFound(NotFound):
    """The attempt or lesson has no such question."""

    message = _l("There is no such question here.")


class AttemptsExhausted(DomainError):
    """Every allowed attempt is used up."""

    status = 409
    code = "attempts_exhausted"
    message = _l("You have used all attempts at this quiz.")


class PauseNotOver(DomainError):
    """The quiz asks for a pause between attempts, and it is not over."""

    status = 409
    code = "pause_not_over"
    message = _l("This quiz asks for a pause between attempts. You can start again a little later.")

    def __init__(self, *, until: datetime, seconds: int) -> None:
        """Keep when the pause ends, and in how many seconds that is."""
        super().__init__(until=until.isoformat(), retry_after=seconds)
        self.seconds = seconds

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


class AttemptClosed(DomainError):
    """The attempt was submitted: its answers do not change any more."""

    status = 409
    code = "attempt_closed"
    message = _l("This attempt has been submitted. Its answers cannot be changed any more.")


class TimeIsUp(DomainError):
    """The answer came after the time limit, by the server's clock."""

    status = 409
    code = "time_is_up"
    message = _l(
        "The time for this attempt is over. It was submitted with the answers saved before."
    )


class AnswerIsFinal(DomainError):
    """The answer was checked, and its feedback seen."""

    status = 409
    code = "answer_is_final"
    message = _l("You have checked this answer. It cannot be changed any more.")


class NothingToCheck(DomainError):
    """The question has no answer, or the quiz does not show feedback at once."""

    status = 409
    code = "nothing_to_check"
    message = _l("There is nothing to check here: answer the question first.")


class NothingToReview(DomainError):
    """The attempt does not wait for a review."""

    status = 409
    code = "nothing_to_review"
    message = _l("This attempt does not wait for a review.")


class PlanHasChanged(DomainError):
    """Since the regrade was looked at, something has changed that it would do."""

    status = 409
    code = "plan_has_changed"
    message = _l("Something has changed since you looked. Look at it again before you apply it.")


class OnlyForAdministrators(DomainError):
    """Only an administrator of the whole site may do this."""

    status = 403
    code = "only_for_administrators"
    message = _l("Only an administrator of the whole site can do this.")
