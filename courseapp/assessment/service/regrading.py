"""Regrading: what attempts earn by the keys of the quiz's newest version.

Results are added, never changed: the first one stays for ever, and the newest holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courseapp.accounts.types import Actor
from courseapp.assessment.errors import OnlyForAdministrators, PlanHasChanged
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.models import (
    Attempt,
    AttemptQuestion,
    Regrade,
    RegradedAttempt,
    Response,
    of_the_same_question,
)
from courseapp.assessment.queries import get_quiz_summary, select_attempts
from courseapp.assessment.rules import exact, grade_response, is_pass, percent_of
from courseapp.assessment.types import (
    AttemptGraded,
    AttemptState,
    RegradedResult,
    RegradePlan,
    RegradeVerdict,
)
from courseapp.catalog.queries import get_quiz
from courseapp.catalog.types import QuestionContent, QuestionVersionId, QuizSummary
from courseapp.cohorts.queries import get_enrollment
from courseapp.core import audit, events
from courseapp.core.ids import new_id
from courseapp.core.types import JsonObject


@dataclass(frozen=True, slots=True)
class _Mended:
    """An edition of a question by whose key answers were graded, and the one that they would be graded by now."""

    before: QuestionContent
    now: QuestionContent

    @property
    def can_be_regraded(self) -> bool:
        """Whether answers to the one can be graded by the other."""
        kind = KINDS[self.before.kind]
        return self.before.kind == self.now.kind and kind.can_regrade(
            self.before.structure, self.now.structure
        )


@dataclass(frozen=True, slots=True)
class _Graded:
    """A question of a graded attempt: its newest credit, and by which edition it was given."""

    position: int
    answer: JsonObject | None
    credit: Fraction
    graded_by: QuestionVersionId


@dataclass(frozen=True, slots=True)
class _Affected:
    """A graded attempt that may have been graded by an old key, with its newest regrade."""

    attempt: Attempt
    newest: RegradedAttempt | None
    questions: Sequence[_Graded]

    @property
    def percent(self) -> int:
        """The result that holds now."""
        return self.newest.percent if self.newest else self.attempt.percent or 0

    @property
    def passed(self) -> bool:
        """Whether it is a pass now."""
        return self.newest.passed if self.newest else bool(self.attempt.passed)


def plan_regrade(
    session: Session, actor: Actor | None, course_key: str, quiz_key: str, *, fails_allowed: bool
) -> RegradePlan:
    """Return what grading a quiz's attempts again would change; writes nothing.

    The keys are those of the course's current version. Without `fails_allowed` no pass turns into a fail, and
    a completed course keeps its passes either way. The actor is None on the command line. Raises
    OnlyForAdministrators, CourseNotFound or QuizNotFound.
    """
    if actor is not None and not actor.is_site_administrator:
        raise OnlyForAdministrators
    quiz = get_quiz_summary(session, course_key, quiz_key, "en")
    mended = _mended_questions(session, quiz)
    results: list[RegradedResult] = []
    looked_at = 0
    for affected in _affected_attempts(session, quiz, list(mended)):
        if not any(question.graded_by in mended for question in affected.questions):
            continue
        looked_at += 1
        result = _regraded(session, affected, mended, fails_allowed=fails_allowed)
        if result is not None:
            results.append(result)
    return RegradePlan(
        quiz_id=quiz.id,
        quiz_version_id=quiz.version_id,
        attempts_looked_at=looked_at,
        results=results,
        digest=_digest(quiz, results),
    )


def apply_regrade(
    session: Session,
    actor: Actor | None,
    course_key: str,
    quiz_key: str,
    *,
    fails_allowed: bool,
    reason: str,
    expected_digest: str | None,
    at: datetime,
) -> RegradePlan:
    """Do what `plan_regrade` says, as an audited act; return what was done.

    Raises PlanHasChanged when the plan is another than the one that was looked at, and what it raises.
    """
    plan = plan_regrade(session, actor, course_key, quiz_key, fails_allowed=fails_allowed)
    if expected_digest is not None and plan.digest != expected_digest:
        raise PlanHasChanged
    if not plan.changed:
        return plan
    # Everything that follows for a learner waits, and is seen, before her progress is counted.
    for enrollment_id in sorted({result.enrollment_id for result in plan.changed}):
        get_enrollment(session, enrollment_id, lock=True)
    # Whoever was waited for may have regraded the same attempts, or completed her course.
    planned_now = plan_regrade(session, actor, course_key, quiz_key, fails_allowed=fails_allowed)
    if planned_now.digest != plan.digest:
        raise PlanHasChanged
    by = None if actor is None else actor.id
    regrade = Regrade(
        id=new_id(),
        quiz_id=plan.quiz_id,
        quiz_version_id=plan.quiz_version_id,
        reason=reason,
        fails_allowed=fails_allowed,
        regraded_by=by,
        regraded_at=at,
    )
    session.add(regrade)
    session.flush()
    for result in plan.changed:
        _store(session, regrade, result)
    session.flush()
    audit.record(
        session,
        "quiz.regraded",
        "quiz",
        plan.quiz_id,
        by=by,
        at=at,
        regrade_id=str(regrade.id),
        changed=len(plan.changed),
        kept=len(plan.results) - len(plan.changed),
        fails_allowed=fails_allowed,
    )
    for result in plan.changed:
        lost = result.passed_before and not result.passed_after
        events.publish(
            session,
            AttemptGraded(
                result.enrollment_id, result.attempt_id, at, by_learner=False, may_lose=lost
            ),
        )
    return plan


def _mended_questions(session: Session, quiz: QuizSummary) -> Mapping[QuestionVersionId, _Mended]:
    """Return the editions by which answers were graded, and that have another key now, by their version.

    Those are the editions that were asked, and those of earlier regrades.
    """
    now = {question.id: question for question in get_quiz(session, quiz.version_id, "en").questions}
    asked_in = session.scalars(
        select(Attempt.quiz_version_id)
        .where(Attempt.quiz_id == quiz.id, Attempt.state == AttemptState.GRADED)
        .distinct()
    )
    regraded_by = session.scalars(select(Regrade.quiz_version_id).where(Regrade.quiz_id == quiz.id))
    return {
        before.version_id: _Mended(before, now[before.id])
        for version_id in {*asked_in, *regraded_by}
        for before in get_quiz(session, version_id, "en").questions
        if before.id in now and before.structure != now[before.id].structure
    }


def _affected_attempts(
    session: Session, quiz: QuizSummary, versions: Sequence[QuestionVersionId]
) -> Iterator[_Affected]:
    """Yield the graded attempts that asked one of the versions or were regraded, each with all its questions."""
    affected = (
        select(AttemptQuestion.attempt_id)
        .where(AttemptQuestion.question_version_id.in_(versions))
        .union(select(RegradedAttempt.attempt_id))
    )
    rows = session.execute(
        select_attempts()
        .add_columns(AttemptQuestion, Response.answer)
        .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
        .outerjoin(Response, of_the_same_question(Response))
        .where(
            Attempt.quiz_id == quiz.id,
            Attempt.state == AttemptState.GRADED,
            Attempt.id.in_(affected),
        )
        .order_by(Attempt.id, AttemptQuestion.position)
    )
    for _, group in groupby(rows, key=lambda row: row[0].id):
        of_attempt = list(group)
        attempt, newest = of_attempt[0][:2]
        yield _Affected(
            attempt,
            newest,
            [_graded(drawn, answer, newest) for _, _, drawn, answer in of_attempt],
        )


def _graded(
    drawn: AttemptQuestion, answer: JsonObject | None, newest: RegradedAttempt | None
) -> _Graded:
    again = newest.questions.get(str(drawn.position)) if newest else None
    return _Graded(
        position=drawn.position,
        answer=answer,
        credit=exact(again["credit"] if again else drawn.credit or 0.0),
        graded_by=QuestionVersionId(UUID(again["graded_by"]))
        if again
        else drawn.question_version_id,
    )


def _regraded(
    session: Session,
    affected: _Affected,
    mended: Mapping[QuestionVersionId, _Mended],
    *,
    fails_allowed: bool,
) -> RegradedResult | None:
    """Return what the newest keys make of one attempt; None when they change nothing in it."""
    credits_now: dict[int, Fraction] = {}
    graded_by: dict[int, QuestionVersionId] = {}
    cannot = False
    for question in affected.questions:
        pair = mended.get(question.graded_by)
        if pair is None:
            continue
        if not pair.can_be_regraded:
            cannot = True
            continue
        credit = grade_response(pair.now, question.answer)
        if credit is not None and credit != question.credit:
            credits_now[question.position] = credit
            graded_by[question.position] = pair.now.version_id
    if not credits_now and not cannot:
        return None
    earned = [credits_now.get(q.position, q.credit) for q in affected.questions]
    pass_mark = get_quiz(session, affected.attempt.quiz_version_id, "en").rules.pass_mark
    passed = is_pass(earned, pass_mark)
    return RegradedResult(
        attempt_id=affected.attempt.id,
        enrollment_id=affected.attempt.enrollment_id,
        verdict=_verdict(
            session, affected, changed=bool(credits_now), passed=passed, fails_allowed=fails_allowed
        ),
        percent_before=affected.percent,
        percent_after=percent_of(earned),
        passed_before=affected.passed,
        passed_after=passed,
        credits={position: float(credit) for position, credit in credits_now.items()},
        graded_by=graded_by,
    )


def _verdict(
    session: Session, affected: _Affected, *, changed: bool, passed: bool, fails_allowed: bool
) -> RegradeVerdict:
    if not changed:
        return RegradeVerdict.CANNOT_BE_REGRADED
    if passed or not affected.passed:
        return RegradeVerdict.CHANGED
    if get_enrollment(session, affected.attempt.enrollment_id).completed_at is not None:
        return RegradeVerdict.KEPT_FOR_CERTIFICATE
    return RegradeVerdict.CHANGED if fails_allowed else RegradeVerdict.KEPT_AS_PASSED


def _store(session: Session, regrade: Regrade, result: RegradedResult) -> None:
    """Add a result to an attempt; what earlier regrades mended in other questions stays mended."""
    earlier = session.scalars(
        select(RegradedAttempt)
        .where(RegradedAttempt.attempt_id == result.attempt_id)
        .order_by(RegradedAttempt.number.desc())
        .limit(1)
    ).first()
    questions: JsonObject = {
        str(position): {
            "credit": credit,
            "graded_by": str(result.graded_by[position]),
            "quiz_version": str(regrade.quiz_version_id),
        }
        for position, credit in result.credits.items()
    }
    session.add(
        RegradedAttempt(
            attempt_id=result.attempt_id,
            number=earlier.number + 1 if earlier else 1,
            regrade_id=regrade.id,
            percent=result.percent_after,
            passed=result.passed_after,
            questions={**(earlier.questions if earlier else {}), **questions},
            regraded_at=regrade.regraded_at,
        )
    )


def _digest(quiz: QuizSummary, results: Sequence[RegradedResult]) -> str:
    """Return a short name for a plan: the same plan has the same one."""
    lines = [
        f"{r.attempt_id} {r.verdict} {r.percent_before} {r.percent_after} {r.passed_after}"
        for r in results
    ]
    return hashlib.sha256("\n".join([str(quiz.version_id), *lines]).encode()).hexdigest()[:32]
