"""What the database counts for the item statistics of one quiz version: five grouped queries, whatever the size.

A learner's first attempt counts, or all of them; never one that waits for a review.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    Numeric,
    case,
    cast,
    extract,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session, aliased

from courseapp.accounts.types import Actor
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.kinds.base import ShownItem, Widget, plain
from courseapp.assessment.models import (
    Attempt,
    AttemptQuestion,
    Response,
    of_the_same_question,
)
from courseapp.assessment.statistics.report import (
    NotEnough,
    QuestionFacts,
    QuizReport,
    build_report,
)
from courseapp.assessment.statistics.summaries import (
    BINS,
    GROUP_PERCENT,
    ChoiceSums,
    GroupSums,
    OfferedValue,
    PairSums,
    Quartiles,
    QuestionSums,
    QuizSums,
    is_complete,
    may_show,
    quartiles_of_histogram,
)
from courseapp.assessment.types import AttemptState
from courseapp.catalog.types import QuestionContent, QuestionVersionId, QuizContent, QuizVersionId
from courseapp.cohorts.queries import select_taught_enrollments
from courseapp.core.types import JsonObject

# Alpha of drawn questions looks at pairs of questions, in so many of the newest attempts at most: it is exact
# to about 0.01 then, and costs the same however many there are.
MOST_ATTEMPTS_FOR_PAIRS: Final = 5_000
# Time is counted in steps of half a minute, up to four hours.
TIME_STEP: Final = 30
TIME_STEPS: Final = 480
# What people typed is listed when so many typed the same at their first attempt, and no more lines than this.
LEAST_SAME: Final = 5
MOST_TYPED: Final = 12
# Answers that were taken back, in every shape in which one is stored.
TAKEN_BACK: Final[Sequence[JsonObject]] = ({"value": ""}, {"options": []}, {"items": {}})


class Counted(enum.StrEnum):
    """Which attempts stand behind the figures."""

    FIRST = "first"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class OfferedLabel:
    """A value that a question offers, in words: the item that it answers (or nothing), and the option."""

    item: str
    value: str


@dataclass(frozen=True, slots=True)
class QuizStatistics:
    """The report on a quiz version, and the words for its questions and their options."""

    report: QuizReport | NotEnough
    questions: Mapping[str, QuestionContent]
    labels: Mapping[str, Mapping[tuple[str, str], OfferedLabel]]


def count_quiz(
    session: Session, actor: Actor, quiz: QuizContent, *, counted: Counted
) -> QuizStatistics:
    """Return the statistics of a quiz version over the learners whom the actor teaches.

    Nothing is shown, nor read any further, when they are fewer than five.
    """
    offered = {question.key: dict(_offered(question)) for question in quiz.questions}
    return QuizStatistics(
        report=_count(session, actor, quiz, offered, counted=counted),
        questions={question.key: question for question in quiz.questions},
        labels={
            key: {place: label for place, (label, _) in values.items()}
            for key, values in offered.items()
        },
    )


def _count(
    session: Session,
    actor: Actor,
    quiz: QuizContent,
    offered: Mapping[str, Mapping[tuple[str, str], tuple[OfferedLabel, OfferedValue]]],
    *,
    counted: Counted,
) -> QuizReport | NotEnough:
    attempts = _ranked(session, _counted_attempts(actor, quiz.version_id, counted))
    sums = _quiz_sums(session, attempts)
    if not may_show(sums.learners):
        return NotEnough()
    by_question = _question_sums(session, attempts, quiz.rules.question_count(len(quiz.questions)))
    choices = _choices(session, attempts, quiz)
    facts = [
        QuestionFacts(
            number=number,
            key=question.key,
            sums=by_question.get(question.version_id, (QuestionSums(), GroupSums()))[0],
            groups=by_question.get(question.version_id, (QuestionSums(), GroupSums()))[1],
            offered=[value for _, value in offered[question.key].values()],
            choices=choices.get(question.version_id, []),
        )
        for number, question in enumerate(quiz.questions, start=1)
    ]
    complete = is_complete(sums, [fact.sums for fact in facts])
    return build_report(
        sums,
        facts,
        pairs=[] if complete else _pairs(session, attempts),
        time_quartiles=_time_quartiles(session, attempts),
    )


def _counted_attempts(actor: Actor, quiz_version_id: QuizVersionId, counted: Counted) -> CTE:
    query = select(
        Attempt.id,
        Attempt.enrollment_id,
        Attempt.percent,
        # Equal scores must be equal, whatever floats make of a third; so finely that no figure shows it.
        func.round(cast(Attempt.score, Numeric(15, 12)), 12).label("score"),
        Attempt.started_at,
        Attempt.submitted_at,
        func.row_number()
        .over(partition_by=Attempt.enrollment_id, order_by=Attempt.number)
        .label("nth"),
    ).where(
        Attempt.quiz_version_id == quiz_version_id,
        Attempt.state == AttemptState.GRADED,
        Attempt.enrollment_id.in_(select_taught_enrollments(actor)),
    )
    attempts = query.cte("graded")
    rows = select(attempts)
    return (rows.where(attempts.c.nth == 1) if counted is Counted.FIRST else rows).cte("counted")


def _ranked(session: Session, attempts: CTE) -> CTE:
    """Add to each attempt its group (see `summaries.group_of`) and the seconds it took."""
    rank_from_top = func.rank().over(order_by=attempts.c.score.desc())
    rank_from_bottom = func.rank().over(order_by=attempts.c.score)
    everybody = func.count().over()
    upper = 100 * (rank_from_top - 1) < GROUP_PERCENT * everybody
    lower = 100 * (rank_from_bottom - 1) < GROUP_PERCENT * everybody
    if session.get_bind().dialect.name == "postgresql":
        seconds: Any = extract("epoch", attempts.c.submitted_at - attempts.c.started_at)
    else:
        days = func.julianday(attempts.c.submitted_at) - func.julianday(attempts.c.started_at)
        # A day is counted in milliseconds there; what is finer is what rounding left.
        seconds = func.round(days * 86_400, 3)
    return select(
        attempts.c.id,
        attempts.c.enrollment_id,
        attempts.c.percent,
        attempts.c.score,
        attempts.c.nth,
        seconds.label("seconds"),
        case((upper & ~lower, 1), else_=0).label("upper"),
        case((lower & ~upper, 1), else_=0).label("lower"),
    ).cte("ranked")


def _quiz_sums(session: Session, attempts: CTE) -> QuizSums:
    row = session.execute(
        select(
            func.count(),
            func.count(attempts.c.enrollment_id.distinct()),
            func.sum(attempts.c.score),
            func.sum(attempts.c.score * attempts.c.score),
            func.sum(attempts.c.seconds),
            *(
                func.sum(
                    case(
                        (attempts.c.percent.between(10 * number, _last_of_bin(number)), 1),
                        else_=0,
                    )
                )
                for number in range(BINS)
            ),
        )
    ).one()
    count, learners, score, score_sq, seconds, *histogram = row
    return QuizSums(
        attempts=count,
        learners=learners,
        sum_score=_number(score),
        sum_score_sq=_number(score_sq),
        timed=count,
        sum_seconds=_number(seconds),
        histogram=[int(number or 0) for number in histogram],
    )


def _last_of_bin(number: int) -> int:
    return 100 if number == BINS - 1 else 10 * number + 9


def _question_sums(
    session: Session, attempts: CTE, drawn: int
) -> Mapping[QuestionVersionId, tuple[QuestionSums, GroupSums]]:
    """Return the sums of each question; an attempt has `drawn` questions, so its score tells the rest score."""
    credit = func.coalesce(AttemptQuestion.credit, 0.0)
    score: ColumnElement[float] = cast(attempts.c.score, Double())
    rest = (score * drawn - credit) / (drawn - 1) if drawn > 1 else literal(0.0)
    rows = session.execute(
        select(
            AttemptQuestion.question_version_id,
            func.count(),
            func.count(attempts.c.enrollment_id.distinct()),
            func.count(case((Response.answer.not_in(TAKEN_BACK), Response.id))),
            func.sum(credit),
            func.sum(credit * credit),
            func.sum(rest),
            func.sum(rest * rest),
            func.sum(credit * rest),
            func.sum(attempts.c.upper),
            func.sum(attempts.c.upper * credit),
            func.sum(attempts.c.lower),
            func.sum(attempts.c.lower * credit),
        )
        .select_from(attempts)
        .join(AttemptQuestion, AttemptQuestion.attempt_id == attempts.c.id)
        .outerjoin(Response, of_the_same_question(Response))
        .group_by(AttemptQuestion.question_version_id)
    )
    return {
        version_id: (
            QuestionSums(n, learners, answered, *map(_number, sums[:5])),
            GroupSums(int(sums[5]), _number(sums[6]), int(sums[7]), _number(sums[8])),
        )
        for version_id, n, learners, answered, *sums in rows
    }


def _choices(
    session: Session, attempts: CTE, quiz: QuizContent
) -> Mapping[QuestionVersionId, Sequence[ChoiceSums]]:
    """Return who chose what: the database counts equal answers, the kinds say what each of them chose."""
    countable = {q.version_id: q for q in quiz.questions if q.kind not in _uncountable()}
    rows = session.execute(
        select(
            Response.question_version_id,
            Response.answer,
            func.count(),
            # Learners, not attempts, each once whatever her spelling.
            func.sum(case((attempts.c.nth == 1, 1), else_=0)),
            func.sum(attempts.c.score),
            func.sum(attempts.c.upper),
            func.sum(attempts.c.lower),
        )
        .select_from(attempts)
        .join(Response, Response.attempt_id == attempts.c.id)
        .where(Response.question_version_id.in_(list(countable)))
        .group_by(Response.question_version_id, Response.answer)
    )
    found: dict[QuestionVersionId, dict[tuple[str, str], _Tally]] = {}
    for version_id, answer, count, first, score, upper, lower in rows:
        question = countable[version_id]
        for item, values in KINDS[question.kind].tally(question.structure, answer).items():
            for value in values:
                tally = found.setdefault(version_id, {}).setdefault((item, value), _Tally())
                tally.add(count, int(first), _number(score), int(upper), int(lower))
    return {
        version_id: list(_listed(tallies, countable[version_id]))
        for version_id, tallies in found.items()
    }


def _uncountable() -> frozenset[str]:
    """Return the kinds of which no two answers are alike."""
    return frozenset(name for name, kind in KINDS.items() if not kind.is_countable)


@dataclass(slots=True)
class _Tally:
    count: int = 0
    first: int = 0
    score: float = 0.0
    upper: int = 0
    lower: int = 0

    def add(self, count: int, first: int, score: float, upper: int, lower: int) -> None:
        self.count += count
        self.first += first
        self.score += score
        self.upper += upper
        self.lower += lower


def _listed(
    tallies: Mapping[tuple[str, str], _Tally], question: QuestionContent
) -> Iterator[ChoiceSums]:
    """Yield what was chosen; of what was typed only what several typed, the most frequent first."""
    offered = {place for place, _ in _offered(question)}
    typed = [
        place
        for place, tally in tallies.items()
        if place not in offered and tally.first >= LEAST_SAME
    ]
    typed.sort(key=lambda place: -tallies[place].count)
    for item, value in [*(place for place in tallies if place in offered), *typed[:MOST_TYPED]]:
        tally = tallies[(item, value)]
        yield ChoiceSums(item, value, tally.count, tally.score, tally.upper, tally.lower)


def _pairs(session: Session, attempts: CTE) -> Sequence[PairSums]:
    newest = (
        select(attempts.c.id)
        .order_by(attempts.c.id.desc())
        .limit(MOST_ATTEMPTS_FOR_PAIRS)
        .cte("newest")
    )
    first, second = aliased(AttemptQuestion), aliased(AttemptQuestion)
    one, other = func.coalesce(first.credit, 0.0), func.coalesce(second.credit, 0.0)
    rows = session.execute(
        select(func.count(), func.sum(one), func.sum(other), func.sum(one * other))
        .select_from(newest)
        .join(first, first.attempt_id == newest.c.id)
        .join(second, second.attempt_id == newest.c.id)
        .where(first.question_version_id < second.question_version_id)
        .group_by(first.question_version_id, second.question_version_id)
    )
    return [PairSums(n, *map(_number, sums)) for n, *sums in rows]


def _time_quartiles(session: Session, attempts: CTE) -> Quartiles | None:
    step = cast(func.floor(attempts.c.seconds / TIME_STEP), Integer)
    rows = session.execute(select(step, func.count()).select_from(attempts).group_by(step))
    counts = [0] * TIME_STEPS
    for number, count in rows:
        counts[min(max(int(number), 0), TIME_STEPS - 1)] += count
    edges = [TIME_STEP * number for number in range(TIME_STEPS + 1)]
    return quartiles_of_histogram(edges, counts)


def _offered(
    question: QuestionContent,
) -> Iterator[tuple[tuple[str, str], tuple[OfferedLabel, OfferedValue]]]:
    """Yield every value that can be chosen in a question, by its place: in words, and whether it is right."""
    kind = KINDS[question.kind]
    drawn = kind.draw(question.structure, random.Random(0), shuffle=False)
    for item in kind.show(question, drawn, None, reveal=True).items:
        partly = _partly_right(question, item)
        for choice in item.choices:
            place = (item.key, choice.key)
            right = (
                choice.right if item.widget is not Widget.SELECT else choice.key == item.right_value
            )
            yield (
                place,
                (
                    OfferedLabel(_label(item), choice.text),
                    OfferedValue(item.key, choice.key, None if choice.key in partly else right),
                ),
            )


def _partly_right(question: QuestionContent, item: ShownItem) -> Collection[str]:
    """Return the options of an item that earn a part of its credit."""
    gaps = question.structure.get("gaps")
    options: JsonObject = question.structure if gaps is None else gaps[item.key]
    partly: Mapping[str, int] = options.get("credits", {})
    return partly.keys()


def _label(item: ShownItem) -> str:
    return plain(item.label_html)


def _number(value: Decimal | float | None) -> float:
    return float(value or 0)
