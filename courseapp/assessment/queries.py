"""Reading attempts, on behalf of the learner whose they are or of a trainer who follows her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.assessment.errors import AttemptNotFound
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.models import (
    Attempt,
    AttemptQuestion,
    JudgementRow,
    PracticeResponse,
    QuizExceptionRow,
    RegradedAttempt,
    Response,
    of_the_same_question,
)
from courseapp.assessment.rules import (
    draw_options,
    grade_response,
    is_overdue,
    may_reveal,
    show_question,
)
from courseapp.assessment.types import (
    AttemptId,
    AttemptState,
    AttemptSummary,
    CriterionGiven,
    Judgement,
    QuizException,
    QuizOutcome,
    ReviewSheet,
    ShownAttempt,
    ShownQuestion,
    Standing,
    WaitingReview,
)
from courseapp.catalog.errors import QuizNotFound
from courseapp.catalog.queries import get_course, get_current_course, get_quiz
from courseapp.catalog.types import (
    FeedbackTime,
    QuestionContent,
    QuestionKinds,
    QuizContent,
    QuizId,
    QuizSummary,
    QuizVersionId,
)
from courseapp.cohorts.errors import EnrollmentNotFound
from courseapp.cohorts.queries import (
    access_enrollment,
    access_taught_enrollment,
    select_taught_enrollments,
)
from courseapp.cohorts.types import Enrollment, EnrollmentId
from courseapp.core.paging import Page, PageRequest, page_of
from courseapp.core.types import JsonObject

NO_ACCENT = "wine"


def list_kinds() -> QuestionKinds:
    """Return the kinds of questions by name, as far as authoring needs them."""
    return KINDS


def access_attempt(
    session: Session, actor: Actor, attempt_id: UUID, *, lock: bool = False
) -> tuple[Attempt, Enrollment]:
    """Return an attempt that the actor may see, with its enrollment; raises AttemptNotFound.

    With `lock` the enrollment is locked before the attempt is read, and then the attempt, so that its state
    is the latest and no answer is saved meanwhile.
    """
    enrollment_id = session.scalars(
        select(Attempt.enrollment_id).where(Attempt.id == attempt_id)
    ).one_or_none()
    if enrollment_id is None:
        raise AttemptNotFound
    try:
        enrollment = access_enrollment(session, actor, enrollment_id, lock=lock)
    except EnrollmentNotFound:
        raise AttemptNotFound from None
    return session.get_one(Attempt, attempt_id, with_for_update=lock or None), enrollment


def access_taught_attempt(
    session: Session, actor: Actor, attempt_id: UUID, *, lock: bool = False
) -> tuple[Attempt, Enrollment]:
    """Return an attempt that the actor may judge, with its enrollment; raises AttemptNotFound."""
    enrollment_id = session.scalars(
        select(Attempt.enrollment_id).where(Attempt.id == attempt_id)
    ).one_or_none()
    if enrollment_id is None:
        raise AttemptNotFound
    try:
        enrollment = access_taught_enrollment(session, actor, enrollment_id, lock=lock)
    except EnrollmentNotFound:
        raise AttemptNotFound from None
    return session.get_one(Attempt, attempt_id, with_for_update=lock or None), enrollment


def get_shown_attempt(
    session: Session, actor: Actor, attempt_id: UUID, language: str
) -> ShownAttempt:
    """Return an attempt as its learner may see it now: 3 queries when the content is cached."""
    row = session.execute(select_attempts().where(Attempt.id == attempt_id)).one_or_none()
    if row is None:
        raise AttemptNotFound
    attempt, regraded = row
    try:
        enrollment = access_enrollment(session, actor, attempt.enrollment_id)
    except EnrollmentNotFound:
        raise AttemptNotFound from None
    return _show_attempt(session, attempt, regraded, enrollment, language)


def _show_attempt(
    session: Session,
    attempt: Attempt,
    regraded: RegradedAttempt | None,
    enrollment: Enrollment,
    language: str,
) -> ShownAttempt:
    quiz = get_quiz(session, attempt.quiz_version_id, language)
    course = get_course(session, enrollment.course_version_id, language)
    module = course.find_module_of(quiz.key)
    summary = summary_of(attempt, regraded)
    has_passed = bool(summary.passed)
    is_told_by_passing = quiz.rules.feedback is FeedbackTime.AFTER_PASSING
    if is_told_by_passing and not has_passed and attempt.state is not AttemptState.OPEN:
        outcome = list_outcomes(session, enrollment.id).get(attempt.quiz_id)
        has_passed = outcome is not None and outcome.passed
    revealed = may_reveal(quiz.rules, attempt.state, has_passed=has_passed)
    return ShownAttempt(
        summary=summary,
        course_key=course.key,
        quiz_key=quiz.key,
        quiz_title=quiz.title,
        accent=NO_ACCENT if module is None else module.accent,
        notice=course.notice,
        rules=quiz.rules,
        revealed=revealed,
        questions=_shown_questions(
            session, attempt, regraded, quiz, revealed=revealed, language=language
        ),
    )


def _shown_questions(
    session: Session,
    attempt: Attempt,
    regraded: RegradedAttempt | None,
    quiz: QuizContent,
    *,
    revealed: bool,
    language: str,
) -> Sequence[ShownQuestion]:
    rows = session.execute(
        select(AttemptQuestion, Response, JudgementRow)
        .outerjoin(Response, of_the_same_question(Response))
        .outerjoin(JudgementRow, of_the_same_question(JudgementRow))
        .where(AttemptQuestion.attempt_id == attempt.id)
        .order_by(AttemptQuestion.position)
    )
    at_once = quiz.rules.feedback is FeedbackTime.AT_ONCE
    regraded_by = _regraded_questions(session, regraded, language)
    questions = []
    for drawn, response, judged in rows:
        content = regraded_by.get(drawn.position) or quiz.question(drawn.question_version_id)
        checked = at_once and response is not None and response.checked_at is not None
        credit = drawn.credit
        if checked and attempt.state is AttemptState.OPEN:
            # What it will earn: a checked answer does not change any more.
            earned = grade_response(content, response.answer)
            credit = None if earned is None else float(earned)
        if regraded is not None and str(drawn.position) in regraded.questions:
            credit = regraded.questions[str(drawn.position)]["credit"]
        questions.append(
            show_question(
                content,
                position=drawn.position,
                drawn=drawn.drawn,
                answer=None if response is None else response.answer,
                credit=credit,
                reveal=revealed or checked,
                checked=checked,
                judgement=_judgement(content, judged),
            )
        )
    return questions


def _regraded_questions(
    session: Session, regraded: RegradedAttempt | None, language: str
) -> Mapping[int, QuestionContent]:
    """Return the edition by which each regraded question was graded, by position: its key is the right one."""
    if regraded is None:
        return {}
    by_version = {
        UUID(entry["graded_by"]): int(position) for position, entry in regraded.questions.items()
    }
    quiz_versions = {UUID(entry["quiz_version"]) for entry in regraded.questions.values()}
    found: dict[int, QuestionContent] = {}
    for quiz_version_id in quiz_versions:
        for question in get_quiz(session, QuizVersionId(quiz_version_id), language).questions:
            if question.version_id in by_version:
                found[by_version[question.version_id]] = question
    return found


def _judgement(question: QuestionContent, row: JudgementRow | None) -> Judgement | None:
    rubric = question.structure.get("rubric")
    if rubric is None:
        return None
    return Judgement(
        criteria=[
            CriterionGiven(
                key=criterion["key"],
                text_html=question.texts["rubric"][criterion["key"]]["text"],
                points=criterion["points"],
                given=None if row is None else row.points[criterion["key"]],
            )
            for criterion in rubric
        ],
        comment="" if row is None else row.comment,
        judged_at=None if row is None else row.judged_at,
    )


def list_attempts(
    session: Session, enrollment: Enrollment, quiz_id: QuizId
) -> Sequence[AttemptSummary]:
    """Return all attempts of one enrollment at one quiz, the first one first."""
    rows = session.execute(
        select_attempts()
        .where(Attempt.enrollment_id == enrollment.id, Attempt.quiz_id == quiz_id)
        .order_by(Attempt.number)
    )
    return [summary_of(attempt, regraded) for attempt, regraded in rows]


def get_standing(session: Session, enrollment: Enrollment, quiz_id: QuizId) -> Standing:
    """Return an enrollment's attempts at a quiz and what was granted for it: one query."""
    one = select(literal(1).label("one")).subquery()
    newest = _newest_regrade()
    granted = [
        select(func.coalesce(func.sum(column), 0))
        .where(QuizExceptionRow.enrollment_id == enrollment.id, QuizExceptionRow.quiz_id == quiz_id)
        .scalar_subquery()
        for column in (QuizExceptionRow.extra_minutes, QuizExceptionRow.extra_attempts)
    ]
    # From a row that is always there, so that what was granted is told before the first attempt too.
    rows = session.execute(
        select(Attempt, RegradedAttempt, *granted)
        .select_from(one)
        .outerjoin(
            Attempt, and_(Attempt.enrollment_id == enrollment.id, Attempt.quiz_id == quiz_id)
        )
        .outerjoin(RegradedAttempt, newest)
        .order_by(Attempt.number)
    ).all()
    return Standing(
        attempts=[summary_of(row[0], row[1]) for row in rows if row[0] is not None],
        extra_minutes=int(rows[0][2]),
        extra_attempts=int(rows[0][3]),
    )


def list_outcomes(session: Session, enrollment_id: EnrollmentId) -> Mapping[QuizId, QuizOutcome]:
    """Return what an enrollment has reached in each quiz that it has tried: one query."""
    extra = (
        select(func.coalesce(func.sum(QuizExceptionRow.extra_attempts), 0))
        .where(
            QuizExceptionRow.enrollment_id == Attempt.enrollment_id,
            QuizExceptionRow.quiz_id == Attempt.quiz_id,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select_attempts()
        .add_columns(extra)
        .where(Attempt.enrollment_id == enrollment_id)
        .order_by(Attempt.number)
    )
    attempts: dict[QuizId, list[AttemptSummary]] = {}
    extras: dict[QuizId, int] = {}
    for attempt, regraded, extra_attempts in rows:
        attempts.setdefault(attempt.quiz_id, []).append(summary_of(attempt, regraded))
        extras[attempt.quiz_id] = int(extra_attempts)
    return {
        quiz_id: _outcome_of(quiz_id, tries, extras[quiz_id]) for quiz_id, tries in attempts.items()
    }


def select_attempts() -> Any:
    """Return the query for attempts, each with its newest regrade or None."""
    # Any: SQLAlchemy 2.0 and 2.1 write the type of such a query in two ways.
    return select(Attempt, RegradedAttempt).outerjoin(RegradedAttempt, _newest_regrade())


def _newest_regrade() -> ColumnElement[bool]:
    newest = (
        select(func.max(RegradedAttempt.number))
        .where(RegradedAttempt.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    return and_(RegradedAttempt.attempt_id == Attempt.id, RegradedAttempt.number == newest)


def summary_of(row: Attempt, regraded: RegradedAttempt | None = None) -> AttemptSummary:
    """Return what other features may know of an attempt."""
    summary = AttemptSummary(
        id=row.id,
        enrollment_id=row.enrollment_id,
        quiz_id=row.quiz_id,
        number=row.number,
        state=row.state,
        started_at=row.started_at,
        due_at=row.due_at,
        submitted_at=row.submitted_at,
        timed_out=row.timed_out,
        percent=row.percent,
        passed=row.passed,
    )
    if regraded is None:
        return summary
    return replace(
        summary,
        percent=regraded.percent,
        passed=regraded.passed,
        corrected_at=regraded.regraded_at,
        first_percent=row.percent,
    )


def _outcome_of(
    quiz_id: QuizId, attempts: Sequence[AttemptSummary], extra_attempts: int
) -> QuizOutcome:
    results = [attempt.percent for attempt in attempts if attempt.percent is not None]
    return QuizOutcome(
        quiz_id=quiz_id,
        best_percent=max(results, default=None),
        last_percent=results[-1] if results else None,
        passed=any(attempt.passed for attempt in attempts),
        attempts_used=len(attempts),
        extra_attempts=extra_attempts,
        open_attempt_id=next(
            (attempt.id for attempt in attempts if attempt.state is AttemptState.OPEN), None
        ),
        waits_for_review=any(a.state is AttemptState.NEEDS_REVIEW for a in attempts),
    )


def list_exceptions(
    session: Session, enrollment_id: EnrollmentId, quiz_id: QuizId
) -> Sequence[QuizException]:
    """Return what was granted for one enrollment and quiz, to which access was given before; oldest first."""
    rows = session.scalars(
        select(QuizExceptionRow)
        .where(QuizExceptionRow.enrollment_id == enrollment_id, QuizExceptionRow.quiz_id == quiz_id)
        .order_by(QuizExceptionRow.granted_at, QuizExceptionRow.id)
    )
    return [
        QuizException(
            id=row.id,
            extra_minutes=row.extra_minutes,
            extra_attempts=row.extra_attempts,
            reason=row.reason,
            granted_by=row.granted_by,
            granted_at=row.granted_at,
        )
        for row in rows
    ]


def list_quiz_outcomes(
    session: Session, enrollment_ids: Sequence[EnrollmentId], quiz_id: QuizId
) -> Mapping[EnrollmentId, QuizOutcome]:
    """Return what several enrollments have reached in one quiz, of those that have tried it: one query."""
    rows = session.execute(
        select_attempts()
        .where(Attempt.enrollment_id.in_(enrollment_ids), Attempt.quiz_id == quiz_id)
        .order_by(Attempt.number)
    )
    attempts: dict[EnrollmentId, list[AttemptSummary]] = {}
    for attempt, regraded in rows:
        attempts.setdefault(attempt.enrollment_id, []).append(summary_of(attempt, regraded))
    return {
        enrollment_id: _outcome_of(quiz_id, tries, 0) for enrollment_id, tries in attempts.items()
    }


def list_overdue_attempts(
    session: Session, *, at: datetime, enrollment_id: EnrollmentId | None = None
) -> Sequence[AttemptId]:
    """Return the open attempts whose time and grace are over, of one enrollment or of all."""
    query = select(Attempt).where(Attempt.state == AttemptState.OPEN, Attempt.due_at < at)
    if enrollment_id is not None:
        query = query.where(Attempt.enrollment_id == enrollment_id)
    return [
        row.id
        for row in session.scalars(query)
        if is_overdue(get_quiz(session, row.quiz_version_id, "en").rules, row.due_at, at=at)
    ]


def list_waiting_reviews(
    session: Session, actor: Actor, request: PageRequest
) -> Page[WaitingReview]:
    """Return the attempts that wait for the actor or another trainer, in the order of their making."""
    query = (
        select(Attempt)
        .where(
            Attempt.state == AttemptState.NEEDS_REVIEW,
            Attempt.enrollment_id.in_(select_taught_enrollments(actor)),
        )
        .order_by(Attempt.id)
        .limit(request.limit + 1)
    )
    if request.after is not None:
        query = query.where(Attempt.id > request.after)
    rows = [
        WaitingReview(row.id, row.enrollment_id, row.quiz_id, row.submitted_at)
        for row in session.scalars(query)
        if row.submitted_at is not None
    ]
    return page_of(rows, request, lambda waiting: waiting.attempt_id)


def get_review_sheet(
    session: Session, actor: Actor, attempt_id: UUID, language: str
) -> ReviewSheet:
    """Return what is to be judged in an attempt that the actor may judge; raises AttemptNotFound."""
    attempt, enrollment = access_taught_attempt(session, actor, attempt_id)
    quiz = get_quiz(session, attempt.quiz_version_id, language)
    shown = _shown_questions(session, attempt, None, quiz, revealed=True, language=language)
    return ReviewSheet(
        attempt=summary_of(attempt),
        person_id=enrollment.person_id,
        course_key=get_course(session, enrollment.course_version_id, language).key,
        quiz_key=quiz.key,
        quiz_title=quiz.title,
        questions=[question for question in shown if question.judgement is not None],
    )


def get_quiz_summary(
    session: Session, course_key: str, quiz_key: str, language: str
) -> QuizSummary:
    """Return a quiz of a course's current version; raises CourseNotFound or QuizNotFound."""
    quiz = get_current_course(session, course_key, language).activity(quiz_key)
    if not isinstance(quiz, QuizSummary):
        raise QuizNotFound
    return quiz


def get_quiz_of(
    session: Session, enrollment: Enrollment, quiz_key: str, language: str
) -> QuizSummary:
    """Return a quiz of an enrollment's course version; raises QuizNotFound."""
    quiz = get_course(session, enrollment.course_version_id, language).activity(quiz_key)
    if not isinstance(quiz, QuizSummary):
        raise QuizNotFound
    return quiz


def select_practice_answers(
    enrollment_id: EnrollmentId, questions: Sequence[QuestionContent]
) -> Any:
    """Return the query for a learner's answers to a lesson's questions: (question version, answer).

    An answer to another edition of a question is not among them.
    """
    return select(PracticeResponse.question_version_id, PracticeResponse.answer).where(
        PracticeResponse.enrollment_id == enrollment_id,
        PracticeResponse.question_version_id.in_([question.version_id for question in questions]),
    )


def show_practice(
    question: QuestionContent, answer: JsonObject | None, *, position: int
) -> ShownQuestion:
    """Return a question that a lesson shows: once it is answered, with what is right and why.

    `position` is its place among the lesson's questions, from 1.
    """
    answered = not KINDS[question.kind].is_blank(answer)
    credit = grade_response(question, answer)
    return show_question(
        question,
        position=position,
        # The same order for everybody, every time: nothing is at stake.
        drawn=draw_options(question, 0, question.version_id.int % 2**31, shuffle=True),
        answer=answer,
        credit=None if credit is None else float(credit),
        reveal=answered,
    )


def export_practice(session: Session, enrollment: Enrollment) -> list[dict[str, object]]:
    """Return a learner's answers to the questions in lessons, for her own download."""
    rows = session.scalars(
        select(PracticeResponse)
        .where(PracticeResponse.enrollment_id == enrollment.id)
        .order_by(PracticeResponse.answered_at)
    )
    return [
        {
            "question_version": str(row.question_version_id),
            "answer": row.answer,
            "answered_at": row.answered_at.isoformat(),
        }
        for row in rows
    ]


def export_attempts(
    session: Session, actor: Actor, enrollment: Enrollment, language: str
) -> list[dict[str, object]]:
    """Return a learner's attempts and answers, for her own download."""
    ids = session.scalars(
        select(Attempt.id)
        .where(Attempt.enrollment_id == enrollment.id)
        .order_by(Attempt.started_at, Attempt.id)
    ).all()
    return [
        _exported(get_shown_attempt(session, actor, attempt_id, language)) for attempt_id in ids
    ]


def _exported(attempt: ShownAttempt) -> dict[str, object]:
    summary = attempt.summary
    return {
        "id": str(summary.id),
        "quiz": attempt.quiz_key,
        "number": summary.number,
        "state": summary.state.value,
        "started_at": summary.started_at.isoformat(),
        "submitted_at": summary.submitted_at.isoformat() if summary.submitted_at else None,
        "percent": summary.percent,
        "passed": summary.passed,
        "corrected_at": summary.corrected_at.isoformat() if summary.corrected_at else None,
        "first_percent": summary.first_percent,
        "answers": {question.key: question.answer for question in attempt.questions},
        "comments": {
            question.key: question.judgement.comment
            for question in attempt.questions
            if question.judgement is not None and question.judgement.comment
        },
    }


def export_exceptions(session: Session, enrollment: Enrollment) -> list[dict[str, object]]:
    """Return what was granted to a learner, for her own download."""
    rows = session.scalars(
        select(QuizExceptionRow)
        .where(QuizExceptionRow.enrollment_id == enrollment.id)
        .order_by(QuizExceptionRow.id)
    )
    return [
        {
            "extra_minutes": row.extra_minutes,
            "extra_attempts": row.extra_attempts,
            "reason": row.reason,
            "granted_at": row.granted_at.isoformat(),
        }
        for row in rows
    ]
