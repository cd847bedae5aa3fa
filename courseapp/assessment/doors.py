"""What the doors of quizzes share: answers in forms, attempts whose time is over, and who may teach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from courseapp.accounts.doors import current_actor, reading_language
from courseapp.accounts.types import Actor
from courseapp.assessment.errors import AttemptsExhausted, PauseNotOver, TimeIsUp
from courseapp.assessment.kinds.base import AnswerShape
from courseapp.assessment.queries import get_quiz_summary, get_shown_attempt
from courseapp.assessment.rules import is_overdue
from courseapp.assessment.service import close_overdue_attempt, close_overdue_attempts
from courseapp.assessment.statistics.counting import Counted, QuizStatistics, count_quiz
from courseapp.assessment.types import AttemptId, AttemptState, ShownAttempt, ShownQuestion
from courseapp.catalog.queries import get_quiz, list_quiz_versions
from courseapp.catalog.types import QuizContent, QuizEdition
from courseapp.cohorts.queries import teaches
from courseapp.cohorts.types import EnrollmentId
from courseapp.core import clock
from courseapp.core.db import snapshot, transaction
from courseapp.core.errors import NotFound


def shown_attempt(attempt_id: UUID) -> ShownAttempt:
    """Return an attempt as its learner may see it now; one whose time is over is closed first."""
    shown = _shown(attempt_id)
    at = clock.now()
    if shown.summary.state is AttemptState.OPEN and is_overdue(
        shown.rules, shown.summary.due_at, at=at
    ):
        with transaction() as session:
            close_overdue_attempt(session, shown.summary.id, at=at)
        shown = _shown(attempt_id)
    return shown


def _shown(attempt_id: UUID) -> ShownAttempt:
    with snapshot() as session:
        return get_shown_attempt(session, current_actor(), attempt_id, reading_language())


@contextmanager
def closing_when_late(attempt_id: UUID) -> Iterator[None]:
    """Close the attempt, with what was saved in time, when an act on it comes too late; then refuse the act.

    It takes a transaction of its own: that of the refused act is rolled back.
    """
    try:
        yield
    except TimeIsUp:
        with transaction() as session:
            close_overdue_attempt(session, AttemptId(attempt_id), at=clock.now())
        raise


@contextmanager
def closing_though_refused(enrollment_id: UUID) -> Iterator[None]:
    """Close what is overdue in an enrollment even when another attempt is refused.

    The transaction that has closed it is rolled back with the refusal.
    """
    try:
        yield
    except (AttemptsExhausted, PauseNotOver):
        with transaction() as session:
            close_overdue_attempts(
                session, enrollment_id=EnrollmentId(enrollment_id), at=clock.now()
            )
        raise


def field_name(question: ShownQuestion, item: str = "") -> str:
    """Return the name of a question's field in a form: `q3`, or `q3.<item>` where it has several."""
    name = f"q{question.position}"
    return f"{name}.{item}" if question.answer_shape is AnswerShape.BY_ITEM else name


def read_answer(form: MultiDict[str, str], question: ShownQuestion) -> Any | None:
    """Return what a form says to a question, or None when it says nothing new.

    Going on without an answer saves nothing; one that is stored may be taken back.
    """
    raw: Any
    match question.answer_shape:
        case AnswerShape.ONE:
            raw = form.get(field_name(question))
            is_blank = not raw
        case AnswerShape.MANY:
            raw = form.getlist(field_name(question))
            is_blank = not raw
        case AnswerShape.BY_ITEM:
            names = {item.key: field_name(question, item.key) for item in question.body.items}
            raw = {item: form[name] for item, name in names.items() if name in form}
            is_blank = not any(raw.values())
    # What the form does not hold at all it says nothing about; ticks alone are taken back by their absence.
    says_nothing = raw is None or raw == {}
    return None if says_nothing or (is_blank and not question.answered) else raw


@dataclass(frozen=True, slots=True)
class FoundStatistics:
    """The statistics of one edition of a quiz, beside the other editions that there are."""

    quiz: QuizContent
    edition: QuizEdition
    editions: Sequence[QuizEdition]
    statistics: QuizStatistics


def load_statistics(
    session: Session,
    actor: Actor,
    course_key: str,
    quiz_key: str,
    *,
    version: int | None,
    counted: Counted,
    language: str,
) -> FoundStatistics:
    """Return a quiz's statistics over those whom the actor teaches; the newest version unless one is named.

    Raises NotFound for whoever teaches nobody, and for a version that there is not.
    """
    if not teaches(session, actor):
        raise NotFound
    quiz = get_quiz_summary(session, course_key, quiz_key, language)
    editions = list_quiz_versions(session, quiz.id)
    edition = next(
        (
            edition
            for edition in editions
            if (
                edition.version_id == quiz.version_id
                if version is None
                else edition.number == version
            )
        ),
        None,
    )
    if edition is None:
        raise NotFound
    content = get_quiz(session, edition.version_id, language)
    return FoundStatistics(
        quiz=content,
        edition=edition,
        editions=editions,
        statistics=count_quiz(session, actor, content, counted=counted),
    )
