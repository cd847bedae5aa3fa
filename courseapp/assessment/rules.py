"""Pure decisions about attempts: what is drawn, what it is worth, and what may be shown of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from courseapp.assessment.errors import AttemptsExhausted, PauseNotOver
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.types import AttemptState, AttemptSummary, Judgement, ShownQuestion
from courseapp.catalog.types import FeedbackTime, QuestionContent, QuizRules, is_about
from courseapp.core.types import JsonObject


def check_may_start(
    rules: QuizRules, attempts: Sequence[AttemptSummary], extra_attempts: int, *, at: datetime
) -> None:
    """Raise AttemptsExhausted or PauseNotOver when no further attempt may start now."""
    if attempts_left(rules, len(attempts), extra_attempts) == 0:
        raise AttemptsExhausted
    until = pause_ends_at(rules, attempts)
    if until is not None and at < until:
        raise PauseNotOver(until=until, seconds=int((until - at).total_seconds()) + 1)


def attempts_left(rules: QuizRules, used: int, extra_attempts: int) -> int | None:
    """Return how many attempts are left, or None when there is no limit."""
    if rules.attempts_allowed is None:
        return None
    return max(0, rules.attempts_allowed + extra_attempts - used)


def pause_ends_at(rules: QuizRules, attempts: Sequence[AttemptSummary]) -> datetime | None:
    """Return when the next attempt may start, or None when nothing has to be waited for."""
    ends = [attempt.submitted_at for attempt in attempts if attempt.submitted_at is not None]
    if not ends or not rules.pause_minutes:
        return None
    return max(ends) + timedelta(minutes=rules.pause_minutes)


def due_time(rules: QuizRules, extra_minutes: int, *, started_at: datetime) -> datetime | None:
    """Return when an attempt's time ends, or None when it has no limit."""
    if rules.time_limit_minutes is None:
        return None
    return started_at + timedelta(minutes=rules.time_limit_minutes + extra_minutes)


def is_overdue(rules: QuizRules, due_at: datetime | None, *, at: datetime) -> bool:
    """Tell whether time and grace are over: an answer that was on its way is still taken within the grace."""
    return due_at is not None and at > due_at + timedelta(seconds=rules.grace_seconds)


def draw_questions(
    pool: Sequence[QuestionContent], rules: QuizRules, seed: int
) -> Sequence[QuestionContent]:
    """Return the questions of one attempt in their order; the same seed draws the same again.

    A number is spread over the objectives as evenly as they allow: each objective gives one question in turn.
    Without `shuffle_questions` what is drawn keeps the order of the file.
    """
    generator = random.Random(f"{seed}/draw")
    if rules.draw is None:
        chosen = list(pool)
    elif isinstance(rules.draw, int):
        chosen = _spread(pool, rules.draw, generator)
    else:
        chosen = [
            question
            for objective, count in rules.draw.items()
            for question in generator.sample(
                [q for q in pool if is_about(q.objective, objective)], count
            )
        ]
    if rules.shuffle_questions:
        generator.shuffle(chosen)
        return chosen
    place = {question.version_id: index for index, question in enumerate(pool)}
    return sorted(chosen, key=lambda question: place[question.version_id])


def _spread(
    pool: Sequence[QuestionContent], count: int, generator: random.Random
) -> list[QuestionContent]:
    by_objective: dict[str, list[QuestionContent]] = {}
    for question in pool:
        by_objective.setdefault(question.objective, []).append(question)
    piles = list(by_objective.values())
    for pile in piles:
        generator.shuffle(pile)
    generator.shuffle(piles)
    chosen: list[QuestionContent] = []
    while len(chosen) < count and any(piles):
        for pile in piles:
            if pile and len(chosen) < count:
                chosen.append(pile.pop())
    return chosen


def draw_options(
    question: QuestionContent, position: int, seed: int, *, shuffle: bool
) -> JsonObject:
    """Return what is drawn within one question of an attempt: the same seed draws the same again."""
    generator = random.Random(f"{seed}/{position}")
    return KINDS[question.kind].draw(question.structure, generator, shuffle=shuffle)


def grade_response(question: QuestionContent, answer: JsonObject | None) -> Fraction | None:
    """Return the credit, 0 to 1, that an answer (or none) earns; None when a person must judge it."""
    return KINDS[question.kind].grade(question.structure, answer)


def judged_credit(structure: JsonObject, points: Mapping[str, int]) -> Fraction:
    """Return the credit that a trainer's points make: their share of all points of the rubric."""
    possible = sum(criterion["points"] for criterion in structure["rubric"])
    return Fraction(sum(points.values()), possible)


def percent_of(credits_earned: Sequence[Fraction]) -> int:
    """Return the result of an attempt in whole per cent, rounded down; every question weighs the same."""
    if not credits_earned:
        return 0
    return int(100 * sum(credits_earned, Fraction(0)) / len(credits_earned))


def is_pass(credits_earned: Sequence[Fraction], pass_mark: int) -> bool:
    """Tell whether the exact result, not the rounded one, reaches the pass mark (in per cent)."""
    return 100 * sum(credits_earned, Fraction(0)) >= pass_mark * len(credits_earned)


def exact(credit: float) -> Fraction:
    """Return the fraction that a stored credit stands for: credits are shares of small wholes."""
    return Fraction(credit).limit_denominator(LARGEST_WHOLE)


# Pairs of 8 steps (28), points of a rubric (60), per cents of twelve gaps (1200) and what lies below.
LARGEST_WHOLE = 100_000


def may_reveal(rules: QuizRules, state: AttemptState, *, has_passed: bool) -> bool:
    """Tell whether what was right, and why, may be seen in an attempt."""
    if state is AttemptState.OPEN:
        return False
    match rules.feedback:
        case FeedbackTime.NEVER:
            return False
        case FeedbackTime.AFTER_PASSING:
            return has_passed
        case FeedbackTime.AT_ONCE | FeedbackTime.AFTER_SUBMISSION:
            return True


def show_question(
    question: QuestionContent,
    *,
    position: int,
    drawn: JsonObject,
    answer: JsonObject | None,
    credit: float | None,
    reveal: bool,
    checked: bool = False,
    judgement: Judgement | None = None,
) -> ShownQuestion:
    """Return what a learner may see of a question; the key and the reasons only with `reveal`."""
    kind = KINDS[question.kind]
    hint = kind.hint(question.structure)
    return ShownQuestion(
        key=question.key,
        position=position,
        kind=question.kind,
        answer_shape=kind.answer_shape,
        language=question.language,
        prompt_html=question.prompt_html,
        hint=None if hint is None else str(hint),
        body=kind.show(question, drawn, answer, reveal=reveal),
        answer=None if answer is None else kind.answer_in_words(answer),
        answered=not kind.is_blank(answer),
        checked=checked,
        revealed=reveal,
        credit=credit if reveal else None,
        explanation_html=question.explanation_html if reveal else None,
        source_html=question.source_html if reveal else None,
        judgement=judgement if reveal else None,
    )
