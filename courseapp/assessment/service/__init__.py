"""What can be done with attempts: take them, close them, judge them, grade them again, and practise."""

from courseapp.assessment.service.attempts import (
    check_response,
    save_response,
    start_attempt,
    submit_attempt,
)
from courseapp.assessment.service.closing import (
    close_overdue_attempt,
    close_overdue_attempts,
)
from courseapp.assessment.service.erasure import forget_person
from courseapp.assessment.service.exceptions import grant_exception
from courseapp.assessment.service.practice import answer_practice
from courseapp.assessment.service.regrading import apply_regrade, plan_regrade
from courseapp.assessment.service.reviews import judge_answer

__all__ = [
    "answer_practice",
    "apply_regrade",
    "check_response",
    "close_overdue_attempt",
    "close_overdue_attempts",
    "forget_person",
    "grant_exception",
    "judge_answer",
    "plan_regrade",
    "save_response",
    "start_attempt",
    "submit_attempt",
]
