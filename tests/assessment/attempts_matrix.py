"""A list of attempts, and the sums of it, added up one by one as the database never would.

Everything is a Fraction, so that a law can be asserted exactly; `in_floats` gives what a database gives.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from courseapp.assessment.statistics.summaries import (
    BINS,
    ChoiceSums,
    GroupSums,
    PairSums,
    QuestionSums,
    QuizSums,
)


@dataclass(frozen=True)
class Attempt:
    """The credit of each question drawn, and for some of them what was chosen for each item."""

    learner: str
    credits: Mapping[str, Fraction]
    seconds: int | None = None
    left_open: Collection[str] = ()
    choices: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    @property
    def score(self) -> Fraction:
        return sum(self.credits.values(), Fraction(0)) / len(self.credits)

    def rest(self, question: str) -> Fraction:
        others = [credit for key, credit in self.credits.items() if key != question]
        return sum(others, Fraction(0)) / len(others) if others else Fraction(0)


@dataclass(frozen=True)
class Sums:
    """All sums of one quiz version, by question or pair."""

    quiz: QuizSums
    questions: Mapping[str, QuestionSums]
    pairs: Mapping[tuple[str, str], PairSums]
    groups: Mapping[str, GroupSums]
    choices: Mapping[str, Sequence[ChoiceSums]]

    @property
    def question_list(self) -> list[QuestionSums]:
        return list(self.questions.values())

    @property
    def pair_list(self) -> list[PairSums]:
        return list(self.pairs.values())


def matrix(*rows: Sequence[Any]) -> list[Attempt]:
    """Return attempts from rows of credits; a None is a question that was not drawn."""
    return [
        Attempt(
            learner=f"learner-{number}",
            credits={
                f"q{place}": Fraction(credit)
                for place, credit in enumerate(row, start=1)
                if credit is not None
            },
        )
        for number, row in enumerate(rows)
    ]


def sums_of(attempts: Sequence[Attempt]) -> Sums:
    keys = sorted({key for attempt in attempts for key in attempt.credits})
    upper, lower = groups_of(attempts)
    return Sums(
        quiz=quiz_sums(attempts),
        questions={key: question_sums(attempts, key) for key in keys},
        pairs={pair: pair_sums(attempts, *pair) for pair in combinations(keys, 2)},
        groups={
            key: GroupSums(
                upper_n=len(having(upper, key)),
                upper_credit=total(a.credits[key] for a in having(upper, key)),
                lower_n=len(having(lower, key)),
                lower_credit=total(a.credits[key] for a in having(lower, key)),
            )
            for key in keys
        },
        choices={key: choice_sums(having(attempts, key), key, upper, lower) for key in keys},
    )


def quiz_sums(attempts: Sequence[Attempt]) -> QuizSums:
    bins = [0] * BINS
    for attempt in attempts:
        bins[min(9, math.floor(10 * attempt.score))] += 1
    seconds = [attempt.seconds for attempt in attempts if attempt.seconds is not None]
    return QuizSums(
        attempts=len(attempts),
        learners=len({attempt.learner for attempt in attempts}),
        sum_score=total(attempt.score for attempt in attempts),
        sum_score_sq=total(attempt.score**2 for attempt in attempts),
        timed=len(seconds),
        sum_seconds=sum(seconds),
        histogram=tuple(bins),
    )


def question_sums(attempts: Sequence[Attempt], key: str) -> QuestionSums:
    held = having(attempts, key)
    return QuestionSums(
        n=len(held),
        learners=len({attempt.learner for attempt in held}),
        answered=sum(key not in attempt.left_open for attempt in held),
        sum_credit=total(attempt.credits[key] for attempt in held),
        sum_credit_sq=total(attempt.credits[key] ** 2 for attempt in held),
        sum_rest=total(attempt.rest(key) for attempt in held),
        sum_rest_sq=total(attempt.rest(key) ** 2 for attempt in held),
        sum_credit_rest=total(attempt.credits[key] * attempt.rest(key) for attempt in held),
    )


def pair_sums(attempts: Sequence[Attempt], first: str, second: str) -> PairSums:
    held = having(having(attempts, first), second)
    return PairSums(
        n=len(held),
        sum_first=total(attempt.credits[first] for attempt in held),
        sum_second=total(attempt.credits[second] for attempt in held),
        sum_product=total(attempt.credits[first] * attempt.credits[second] for attempt in held),
    )


def choice_sums(
    held: Sequence[Attempt], key: str, upper: Sequence[Attempt], lower: Sequence[Attempt]
) -> list[ChoiceSums]:
    places = sorted(
        {
            (item, value)
            for attempt in held
            for item, values in attempt.choices.get(key, {}).items()
            for value in values
        }
    )
    found = []
    for item, value in places:
        chosen = [a for a in held if value in a.choices.get(key, {}).get(item, ())]
        found.append(
            ChoiceSums(
                item=item,
                value=value,
                count=len(chosen),
                sum_score=total(attempt.score for attempt in chosen),
                upper=sum(attempt in upper for attempt in chosen),
                lower=sum(attempt in lower for attempt in chosen),
            )
        )
    return found


def groups_of(attempts: Sequence[Attempt]) -> tuple[list[Attempt], list[Attempt]]:
    """Return the upper and the lower group: who reaches the score of the 27 % best, or the 27 % worst."""
    if not attempts:
        return [], []
    scores = sorted(attempt.score for attempt in attempts)
    size = math.ceil(Fraction(27, 100) * len(attempts))
    is_upper = [attempt.score >= scores[-size] for attempt in attempts]
    is_lower = [attempt.score <= scores[size - 1] for attempt in attempts]
    places = list(zip(attempts, is_upper, is_lower, strict=True))
    return [a for a, up, low in places if up and not low], [
        a for a, up, low in places if low and not up
    ]


def having(attempts: Sequence[Attempt], key: str) -> list[Attempt]:
    return [attempt for attempt in attempts if key in attempt.credits]


def total(values) -> Fraction:
    return sum(values, Fraction(0))


def in_floats(sums: Any) -> Any:
    """Return the same sums with floats for fractions, each as near as a float can be."""
    return dataclasses.replace(
        sums,
        **{
            part.name: float(value)
            for part in dataclasses.fields(sums)
            if isinstance(value := getattr(sums, part.name), Fraction)
        },
    )


def variance(values: Sequence[Fraction]) -> Fraction:
    mean = total(values) / len(values)
    return total((value - mean) ** 2 for value in values) / (len(values) - 1)


def covariance(first: Sequence[Fraction], second: Sequence[Fraction]) -> Fraction:
    mean, other = total(first) / len(first), total(second) / len(second)
    products = [(x - mean) * (y - other) for x, y in zip(first, second, strict=True)]
    return total(products) / (len(first) - 1)
