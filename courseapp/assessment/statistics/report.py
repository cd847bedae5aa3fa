"""What trainers and authors read about a quiz version: the figures, and in words what deserves a look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from courseapp.assessment.statistics.summaries import (
    MINIMUM_LEARNERS,
    USUAL_FACILITY,
    ChoiceSums,
    Distractor,
    GroupSums,
    OfferedValue,
    PairSums,
    Quartiles,
    QuestionSums,
    QuizSums,
    alpha_of_drawn,
    cronbach_alpha,
    distractor_table,
    facility,
    is_complete,
    may_show,
    mean_score,
    mean_seconds,
    point_biserial,
    question_deviation,
    questions_per_attempt,
    score_deviation,
    standard_error,
    upper_lower,
)

# From fewer attempts a figure may be shown, but nothing is concluded: a correlation over 20 attempts is
# still uncertain by more than 0.2.
ENOUGH_TO_JUDGE: Final = 20
HARD: Final = USUAL_FACILITY[0]
EASY: Final = 0.95
WEAK_DISCRIMINATION: Final = 0.2
WEAK_ALPHA: Final = 0.5
OFTEN_OPEN: Final = 0.1
# How much larger a share of the upper group than of the lower one must choose a wrong option.
CLEARLY_MORE: Final = 0.1


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What is counted about one question of a quiz version. `number` is its place there, `key` its key."""

    number: int
    key: str
    sums: QuestionSums
    groups: GroupSums
    offered: Sequence[OfferedValue] = ()
    choices: Sequence[ChoiceSums] = ()


@dataclass(frozen=True, slots=True)
class NotEnough:
    """Instead of a report: fewer than `needed` learners stand behind it, so nothing is shown."""

    needed: int = MINIMUM_LEARNERS


@dataclass(frozen=True, slots=True)
class DistractorReport:
    """A row of the distractor table, with remarks."""

    figures: Distractor
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """The figures of one question, each described at the function of that name in `summaries`.

    `n` counts the attempts in which it was drawn, `answered` is the share of those with an answer. Of a
    question that too few learners have had only `n` is said: the rest is None, the table empty.
    """

    number: int
    key: str
    n: int
    answered: float | None
    facility: float | None
    sd: float | None
    point_biserial: float | None
    upper_lower: float | None
    distractors: Sequence[DistractorReport]
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True)
class QuizReport:
    """The figures of a quiz version, each described at the function of that name in `summaries`.

    `sd` and `standard_error` are of the score, which lies between 0 and 1. `complete` says whether alpha
    is that of complete data or that of drawn questions.
    """

    learners: int
    attempts: int
    questions_per_attempt: float | None
    complete: bool
    mean_score: float | None
    sd: float | None
    alpha: float | None
    standard_error: float | None
    mean_seconds: float | None
    time_quartiles: Quartiles | None
    histogram: Sequence[int]
    questions: Sequence[QuestionReport]
    remarks: Sequence[str]


def build_report(
    quiz: QuizSums,
    questions: Sequence[QuestionFacts],
    *,
    pairs: Sequence[PairSums] = (),
    time_quartiles: Quartiles | None = None,
) -> QuizReport | NotEnough:
    """Return the report on one quiz version, its remarks in the reader's language.

    `pairs` are needed only where questions are drawn (not `is_complete`). Quartiles are passed through:
    they need the sample or its histogram, not its sums.
    """
    if not may_show(quiz.learners):
        return NotEnough()
    sums = [question.sums for question in questions]
    complete = is_complete(quiz, sums)
    alpha = cronbach_alpha(quiz, sums) if complete else alpha_of_drawn(quiz, sums, pairs)
    sd = score_deviation(quiz)
    return QuizReport(
        learners=quiz.learners,
        attempts=quiz.attempts,
        questions_per_attempt=questions_per_attempt(quiz, sums),
        complete=complete,
        mean_score=mean_score(quiz),
        sd=sd,
        alpha=alpha,
        standard_error=standard_error(sd, alpha),
        mean_seconds=mean_seconds(quiz),
        time_quartiles=time_quartiles,
        histogram=quiz.histogram,
        questions=[_report_question(question) for question in questions],
        remarks=list(_quiz_remarks(quiz, alpha)),
    )


def _report_question(question: QuestionFacts) -> QuestionReport:
    sums = question.sums
    if not may_show(sums.learners):
        return QuestionReport(
            number=question.number,
            key=question.key,
            n=sums.n,
            answered=None,
            facility=None,
            sd=None,
            point_biserial=None,
            upper_lower=None,
            distractors=[],
            remarks=[_("Too few learners have had this question: its figures are not shown.")],
        )
    table = distractor_table(sums.n, question.choices, question.offered)
    return QuestionReport(
        number=question.number,
        key=question.key,
        n=sums.n,
        answered=sums.answered / sums.n,
        facility=facility(sums),
        sd=question_deviation(sums),
        point_biserial=point_biserial(sums),
        upper_lower=upper_lower(question.groups),
        distractors=[
            DistractorReport(row, list(_distractor_remarks(row, table, question))) for row in table
        ],
        remarks=list(_question_remarks(sums)),
    )


def _quiz_remarks(quiz: QuizSums, alpha: float | None) -> Iterator[str]:
    if quiz.attempts < ENOUGH_TO_JUDGE:
        yield _few_attempts(quiz.attempts)
    elif alpha is not None and alpha < 0:
        yield _("The questions work against each other: look for one with a wrong key.")
    elif alpha is not None and alpha < WEAK_ALPHA:
        yield _("The questions have little in common: chance has a large part in a single result.")


def _question_remarks(sums: QuestionSums) -> Iterator[str]:
    if sums.n < ENOUGH_TO_JUDGE:
        yield _few_attempts(sums.n)
        return
    earned = facility(sums) or 0.0
    if not sums.sum_credit:
        yield _("Nobody gets it right: look at the key.")
    elif earned < HARD:
        yield _("Few get it right: is it clear, and does the course teach it?")
    elif earned > EASY:
        yield _("Nearly everybody gets it right: it tells little about who knows more.")
    discrimination = point_biserial(sums)
    if discrimination is not None and discrimination < 0:
        yield _("Those who know less get it right more often: look at the key.")
    elif discrimination is not None and discrimination < WEAK_DISCRIMINATION and earned <= EASY:
        # Of a very easy question it has been said already.
        yield _("It hardly tells those who know more from those who know less: read it again.")
    if sums.n - sums.answered > OFTEN_OPEN * sums.n:
        yield _("Many leave it open: is it clear, and is there enough time?")


def _distractor_remarks(
    row: Distractor, table: Sequence[Distractor], question: QuestionFacts
) -> Iterator[str]:
    if question.sums.n < ENOUGH_TO_JUDGE or row.right is None:
        return
    if row.right:
        if not row.count:
            yield _("Nobody chose this option, though it is right: look at the key.")
        return
    if not row.count:
        yield _("Nobody chose this option.")
        return
    right = [other for other in table if other.item == row.item and other.right]
    if len(right) == 1 and row.count > right[0].count:
        yield _("Chosen more often than the right one.")
    groups = question.groups
    if groups.upper_n and groups.lower_n:
        more = row.upper / groups.upper_n - row.lower / groups.lower_n
        if more > CLEARLY_MORE:
            yield _("Those who know more choose it more often: is it really wrong?")


def _few_attempts(attempts: int) -> str:
    return str(
        ngettext(
            "Only %(num)s attempt so far: read the figures with care.",
            "Only %(num)s attempts so far: read the figures with care.",
            attempts,
        )
    )
