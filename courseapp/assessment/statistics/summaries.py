"""The sums that a database can deliver in one grouped query each, and the figures that follow from them.

Each figure is None where the data cannot say it. Standard deviations divide by n - 1: the attempts so far
are a sample of all that will follow.
"""

from __future__ import annotations

import enum
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MINIMUM_LEARNERS: Final = 5
"""A figure about fewer people would be a figure about somebody."""

BINS: Final = 10
GROUP_PERCENT: Final = 27
USUAL_FACILITY: Final = (0.3, 0.8)

# Below this share of the sum of squares a spread is what rounding left: with a hundred thousand attempts
# sums of floats are right to about eleven digits.
_ROUNDING: Final = 1e-10


@dataclass(frozen=True, slots=True)
class QuestionSums:
    """Sums over the `n` attempts in which a question was drawn.

    `answered` counts those with an answer, `learners` the people behind them. `sum_credit` and
    `sum_rest` add up the credits and the rest scores, `..._sq` their squares, `sum_credit_rest` their
    products. In an attempt of one question the rest score is 0.
    """

    n: int = 0
    learners: int = 0
    answered: int = 0
    sum_credit: float = 0
    sum_credit_sq: float = 0
    sum_rest: float = 0
    sum_rest_sq: float = 0
    sum_credit_rest: float = 0

    def __add__(self, other: QuestionSums) -> QuestionSums:
        """Return the sums over both groups of attempts; no learner may be in both."""
        return QuestionSums(
            n=self.n + other.n,
            learners=self.learners + other.learners,
            answered=self.answered + other.answered,
            sum_credit=self.sum_credit + other.sum_credit,
            sum_credit_sq=self.sum_credit_sq + other.sum_credit_sq,
            sum_rest=self.sum_rest + other.sum_rest,
            sum_rest_sq=self.sum_rest_sq + other.sum_rest_sq,
            sum_credit_rest=self.sum_credit_rest + other.sum_credit_rest,
        )


@dataclass(frozen=True, slots=True)
class PairSums:
    """Sums over the `n` attempts in which both questions of a pair were drawn.

    Each pair is there once, in either order. Only drawn questions need them: with complete data alpha
    follows from the other sums.
    """

    n: int = 0
    sum_first: float = 0
    sum_second: float = 0
    sum_product: float = 0

    def __add__(self, other: PairSums) -> PairSums:
        """Return the sums over both groups of attempts."""
        return PairSums(
            n=self.n + other.n,
            sum_first=self.sum_first + other.sum_first,
            sum_second=self.sum_second + other.sum_second,
            sum_product=self.sum_product + other.sum_product,
        )


@dataclass(frozen=True, slots=True)
class QuizSums:
    """Sums over the attempts at one quiz version.

    `sum_score` and `sum_score_sq` are of exact scores from 0 to 1. `timed` counts the attempts whose time
    is known, `sum_seconds` adds it up. `histogram` counts attempts by `bin_of` their per cent.
    """

    attempts: int = 0
    learners: int = 0
    sum_score: float = 0
    sum_score_sq: float = 0
    timed: int = 0
    sum_seconds: float = 0
    histogram: Sequence[int] = (0,) * BINS

    def __post_init__(self) -> None:
        if len(self.histogram) != BINS:
            raise ValueError(f"a histogram has {BINS} bins, not {len(self.histogram)}")

    def __add__(self, other: QuizSums) -> QuizSums:
        """Return the sums over both groups of attempts; no learner may be in both."""
        return QuizSums(
            attempts=self.attempts + other.attempts,
            learners=self.learners + other.learners,
            sum_score=self.sum_score + other.sum_score,
            sum_score_sq=self.sum_score_sq + other.sum_score_sq,
            timed=self.timed + other.timed,
            sum_seconds=self.sum_seconds + other.sum_seconds,
            histogram=tuple(
                mine + theirs for mine, theirs in zip(self.histogram, other.histogram, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class GroupSums:
    """How often a question was drawn in the upper and in the lower group, and the credits it earned there.

    These do not add up: who is in a group depends on all attempts.
    """

    upper_n: int = 0
    upper_credit: float = 0
    lower_n: int = 0
    lower_credit: float = 0


@dataclass(frozen=True, slots=True)
class ChoiceSums:
    """How often a value was chosen for one item of a question, and by whom.

    A question that asks for one thing has one item; a gap, a pair or a statement to place is an item of its
    own. `value` is None where the item was left open. `sum_score` adds up the scores of the attempts that
    chose it; `upper` and `lower` count those in the two groups.
    """

    item: str
    value: str | None
    count: int
    sum_score: float
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class OfferedValue:
    """A value that learners could choose. `right` is None where it earns a part of the credit."""

    item: str
    value: str
    right: bool | None


@dataclass(frozen=True, slots=True)
class Distractor:
    """One row of the distractor table.

    `share` is of the attempts in which the question was drawn: where several options can be chosen, shares
    add up to more than 1. `mean_score` is the mean score of the attempts that chose the value, None when
    nobody did; a right one should have a higher mean than every wrong one. `right` is None for a value that
    earns a part, and for one that was not offered (a typed answer, nothing).
    """

    item: str
    value: str | None
    right: bool | None
    count: int
    share: float
    mean_score: float | None
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The values that a quarter, half and three quarters of a sample do not exceed."""

    lower: float
    median: float
    upper: float


class Group(enum.StrEnum):
    """The two ends of the scores."""

    UPPER = "upper"
    LOWER = "lower"


def may_show(learners: int) -> bool:
    """Tell whether so many people are behind a figure that it tells about none of them."""
    return learners >= MINIMUM_LEARNERS


def bin_of(percent: int) -> int:
    """Return the bin of a result in whole per cent: 0 for 0-9, 1 for 10-19, and 9 for 90-100."""
    if not 0 <= percent <= 100:
        raise ValueError(f"a result lies between 0 and 100 per cent, not at {percent}")
    return min(percent // 10, BINS - 1)


# --- one question ---


def facility(question: QuestionSums) -> float | None:
    """Return the mean credit (for right or wrong: the share of right answers).

    sum of credits / n, from 0 (nobody) to 1 (everybody). Usual is 0.3 to 0.8. A question about what
    everybody must know may well lie above; one below 0.3 deserves a look at its wording, and at whether
    the lesson teaches it. A high figure means an easy question. Crocker & Algina 1986 (item difficulty).
    """
    return question.sum_credit / question.n if question.n else None


def deviation(n: int, total: float, total_sq: float) -> float | None:
    """Return the standard deviation of n values from their sum and the sum of their squares.

    sqrt((sum of squares - sum² / n) / (n - 1)); None for fewer than two values. For values from 0 to 1 it
    lies between 0 (all the same) and about 0.5 (half of them 0, half 1; for two values 0.71).
    """
    return math.sqrt(_spread(n, total, total_sq) / (n - 1)) if n > 1 else None


def question_deviation(question: QuestionSums) -> float | None:
    """Return the standard deviation of a question's credit; see `deviation`."""
    return deviation(question.n, question.sum_credit, question.sum_credit_sq)


def point_biserial(question: QuestionSums) -> float | None:
    """Return the discrimination: how the credit of a question goes together with the rest score.

    Pearson's correlation of credit and rest score over the attempts in which the question was drawn; for a
    credit of 0 or 1 that is the point-biserial correlation. The rest, not the whole score, so that a
    question is not compared with itself (Henrysson 1963).

    From -1 to 1; None when everybody earned the same, in the question or in the rest. From 0.3 on it is
    good; below 0.2 the question deserves a look; below 0 those who know less get it right more often: look
    at the key. Very easy and very hard questions cannot reach much. Where questions are drawn, the rest is
    now an easier, now a harder one, which brings the figure nearer to 0. Crocker & Algina 1986.
    """
    if question.n < 2:
        return None
    credit = _spread(question.n, question.sum_credit, question.sum_credit_sq)
    rest = _spread(question.n, question.sum_rest, question.sum_rest_sq)
    if not credit or not rest:
        return None
    both = question.sum_credit_rest - question.sum_credit * question.sum_rest / question.n
    return max(-1.0, min(1.0, both / math.sqrt(credit * rest)))


def group_of(*, higher: int, lower: int, attempts: int) -> Group | None:
    """Return the group of an attempt when `higher` attempts have a higher score and `lower` a lower one.

    Kelley (1939) showed that comparing the best and the worst 27 % tells most about a question. The upper
    group is every attempt whose score reaches that of the ⌈0.27 N⌉-th best of all N; the lower group is
    its mirror image. So attempts with the same score are in the same group, and ties make a group larger,
    never smaller. Where so many have the same score that they would be in both, they are in neither.

    In SQL, with whole numbers so that nothing is rounded; equal scores must be equal, so round them first:

        upper: 100 * (rank() OVER (ORDER BY score DESC) - 1) < 27 * count(*) OVER ()
        lower: 100 * (rank() OVER (ORDER BY score) - 1) < 27 * count(*) OVER ()
    """
    upper = 100 * higher < GROUP_PERCENT * attempts
    under = 100 * lower < GROUP_PERCENT * attempts
    if upper == under:
        return None
    return Group.UPPER if upper else Group.LOWER


def upper_lower(groups: GroupSums) -> float | None:
    """Return the discrimination index D: mean credit in the upper group less that in the lower group.

    The groups are those of `group_of`, by the whole score. Where questions are drawn, the mean is over the
    attempts of a group in which the question was drawn. From -1 to 1; None when one group has none.
    0.40 and more is very good, 0.30 to 0.39 good, 0.20 to 0.29 could be better, less is poor (Ebel &
    Frisbie 1991); below 0, look at the key. Easier to explain than the correlation, but it leaves half
    of the attempts out. Kelley 1939; Crocker & Algina 1986.
    """
    if not groups.upper_n or not groups.lower_n:
        return None
    return groups.upper_credit / groups.upper_n - groups.lower_credit / groups.lower_n


def distractor_table(
    n: int, choices: Iterable[ChoiceSums], offered: Sequence[OfferedValue]
) -> Sequence[Distractor]:
    """Return who chose what: a row for each value of each item of a question that was drawn n times.

    First what was offered, in its order, chosen or not; then what else was given, the most frequent
    first, and what was left open last. No rows when the question was never drawn.

    A distractor does its work when some choose it (a twentieth at least, Haladyna & Downing 1993), and
    more in the lower group than in the upper. Crocker & Algina 1986 (distractor analysis).
    """
    if not n:
        return []
    chosen = {(choice.item, choice.value): choice for choice in choices}
    rights: Mapping[tuple[str, str | None], bool | None] = {
        (value.item, value.value): value.right for value in offered
    }
    others = sorted(
        chosen.keys() - rights.keys(),
        key=lambda place: (place[1] is None, -chosen[place].count, place[0], place[1] or ""),
    )
    nothing = ChoiceSums("", None, 0, 0, 0, 0)
    return [
        _distractor(n, place, chosen.get(place, nothing), right=rights.get(place))
        for place in [*rights, *others]
    ]


def _distractor(
    n: int, place: tuple[str, str | None], choice: ChoiceSums, *, right: bool | None
) -> Distractor:
    item, value = place
    return Distractor(
        item=item,
        value=value,
        right=right,
        count=choice.count,
        share=choice.count / n,
        # The mean of one or two is the result of somebody.
        mean_score=choice.sum_score / choice.count if choice.count >= MINIMUM_LEARNERS else None,
        upper=choice.upper,
        lower=choice.lower,
    )


# --- the whole quiz ---


def mean_score(quiz: QuizSums) -> float | None:
    """Return the mean score: sum of scores / attempts, from 0 to 1.

    Well above the pass mark where a quiz follows a lesson; a mean near it says that many must try again.
    """
    return quiz.sum_score / quiz.attempts if quiz.attempts else None


def score_deviation(quiz: QuizSums) -> float | None:
    """Return the standard deviation of the score; see `deviation`.

    How far results lie apart. Near 0 all do equally well or badly, and no question can discriminate.
    """
    return deviation(quiz.attempts, quiz.sum_score, quiz.sum_score_sq)


def questions_per_attempt(quiz: QuizSums, questions: Iterable[QuestionSums]) -> float | None:
    """Return how many questions an attempt has: all draws / attempts."""
    return sum(question.n for question in questions) / quiz.attempts if quiz.attempts else None


def is_complete(quiz: QuizSums, questions: Iterable[QuestionSums]) -> bool:
    """Tell whether every question that was ever drawn was drawn in every attempt."""
    return all(question.n in {0, quiz.attempts} for question in questions)


def cronbach_alpha(quiz: QuizSums, questions: Sequence[QuestionSums]) -> float | None:
    """Return alpha for complete data; raises ValueError when a question is missing in some attempts.

    alpha = k / (k - 1) * (1 - sum of the questions' variances / variance of the sum of credits), with k
    questions. It estimates the reliability: which part of the differences between results is more than
    the luck of these very questions. When every credit is 0 or 1 it is KR-20 (Kuder & Richardson 1937).

    At most 1; None with fewer than two questions or attempts, or when all sums are the same. From 0.7 on
    results are fit to compare people by; 0.5 is common for short quizzes about several things; below 0 at
    least one question works against the others. It grows with the number of questions. Cronbach 1951.
    """
    if not is_complete(quiz, questions):
        raise ValueError("not every question is in every attempt: use alpha_of_drawn")
    drawn = [question for question in questions if question.n]
    k = len(drawn)
    if k < 2 or quiz.attempts < 2:
        return None
    # The score is the mean credit, so the sum of credits is k times the score. Divisors cancel.
    total = k * k * _spread(quiz.attempts, quiz.sum_score, quiz.sum_score_sq)
    if not total:
        return None
    return min(1.0, k * (1 - sum(_credit_spread(question) for question in drawn) / total) / (k - 1))


def alpha_of_drawn(
    quiz: QuizSums, questions: Sequence[QuestionSums], pairs: Iterable[PairSums]
) -> float | None:
    """Return alpha where questions are drawn from a pool.

    alpha = k * c / (v + (k - 1) * c), with k questions in an attempt, v the mean variance of a question
    and c the mean covariance of two questions, each over the attempts that have it (or both of them):

        v = sum over questions of (sum x² - (sum x)² / n) / sum over questions of (n - 1)
        c = sum over pairs of (sum xy - sum x * sum y / n) / sum over pairs of (n - 1)

    So a question or pair weighs as much as it is drawn. This is the alpha of a typical draw of k questions,
    provided that chance draws, not the learner nor what she knows. With complete data it is exactly
    `cronbach_alpha`, which is the same formula with k * v + k * (k - 1) * c written as the variance
    of the sum (Cronbach 1951). Covariances are means, not correlations: nothing is standardised.

    Read as `cronbach_alpha`. None also where the means come from attempts so few and different that no
    complete data could have them (c above v, or a variance of the sum that is not above 0).
    """
    k = questions_per_attempt(quiz, questions)
    held = [question for question in questions if question.n > 1]
    shared = [pair for pair in pairs if pair.n > 1]
    if k is None or not held or not shared:
        return None
    variance = sum(map(_credit_spread, held)) / sum(question.n - 1 for question in held)
    covariance = sum(
        pair.sum_product - pair.sum_first * pair.sum_second / pair.n for pair in shared
    ) / sum(pair.n - 1 for pair in shared)
    total = variance + (k - 1) * covariance
    slack = _ROUNDING * variance
    if total <= slack or covariance > variance + slack:
        return None
    return min(1.0, k * covariance / total)


def standard_error(score_sd: float | None, alpha: float | None) -> float | None:
    """Return the standard error of measurement, in the unit of the score.

    sd * sqrt(1 - alpha), from 0 to the standard deviation itself; an alpha below 0 counts as 0. About two
    of three results lie within one such error of what the learner would reach on average with other
    questions like these: a result that misses the pass mark by less is a near miss. Crocker & Algina 1986.
    """
    if score_sd is None or alpha is None:
        return None
    return score_sd * math.sqrt(1 - max(0.0, alpha))


def mean_seconds(quiz: QuizSums) -> float | None:
    """Return the mean time taken: sum of seconds / attempts with a known time.

    One quiz left open over lunch pulls it up: read the median first.
    """
    return quiz.sum_seconds / quiz.timed if quiz.timed else None


def quartiles_of(sample: Sequence[float]) -> Quartiles | None:
    """Return the quartiles of a sample, None when it is empty.

    The p-th quantile of n sorted values lies at place p * (n - 1), counted from 0, and between two values
    proportionally between them (Hyndman & Fan 1996, definition 7). Half of the learners lie between the
    lower and the upper one.
    """
    if not sample:
        return None
    if len(sample) == 1:
        return Quartiles(sample[0], sample[0], sample[0])
    return Quartiles(*statistics.quantiles(sample, n=4, method="inclusive"))


def quartiles_of_histogram(edges: Sequence[float], counts: Sequence[int]) -> Quartiles | None:
    """Return about where the quartiles lie, None when nothing was counted.

    Bin i reaches from edges[i] to edges[i + 1] and its values are taken to be spread evenly over it:
    edge + (p * n - number below the bin) / number in the bin * width. Never off by more than a bin.
    """
    if len(edges) != len(counts) + 1:
        raise ValueError("a histogram has one edge more than bins")
    total = sum(counts)
    if not total:
        return None
    return Quartiles(
        *(_histogram_quantile(edges, counts, share * total) for share in (0.25, 0.5, 0.75))
    )


def _histogram_quantile(edges: Sequence[float], counts: Sequence[int], wanted: float) -> float:
    below = 0
    for start, end, count in zip(edges, edges[1:], counts, strict=False):
        if below + count >= wanted:
            return start + (wanted - below) / count * (end - start)
        below += count
    raise AssertionError("three quarters of the counts lie within the counts")


def _credit_spread(question: QuestionSums) -> float:
    return _spread(question.n, question.sum_credit, question.sum_credit_sq)


def _spread(n: int, total: float, total_sq: float) -> float:
    """Return the sum of squared distances from the mean; 0 where only rounding is left of it."""
    spread = total_sq - total * total / n
    return spread if spread > _ROUNDING * total_sq else 0
