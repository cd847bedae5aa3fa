"""Pure decisions about attempts: what is drawn, what it is worth, and what may be shown of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from courseapp.assessment.errors import AttemptsExhausted
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.kinds.base import ShownOption
from courseapp.assessment.types import ShownQuestion
from courseapp.catalog.types import QuestionContent
from courseapp.core.types import JsonObject


def check_may_start(attempts_used: int, attempts_allowed: int | None) -> None:
    """Raise AttemptsExhausted when no further attempt is allowed."""
    if attempts_allowed is not None and attempts_used >= attempts_allowed:
        raise AttemptsExhausted


def draw_question(question: QuestionContent, position: int, seed: int) -> JsonObject:
    """Return what is drawn for one question of an attempt: the same seed draws the same again."""
    generator = random.Random(f"{seed}/{position}")
    return {"options": list(KINDS[question.kind].draw(question.structure, generator))}


def grade_response(question: QuestionContent, answer: JsonObject | None) -> Fraction:
    """Return the credit, 0 to 1, that an answer (or none) earns."""
    return KINDS[question.kind].grade(question.structure, answer)


def percent_of(credits_earned: Sequence[Fraction]) -> int:
    """Return the result of an attempt in whole per cent, rounded down; every question weighs the same."""
    if not credits_earned:
        return 0
    return int(100 * sum(credits_earned, Fraction(0)) / len(credits_earned))


def is_pass(credits_earned: Sequence[Fraction], pass_mark: int) -> bool:
    """Tell whether the exact result, not the rounded one, reaches the pass mark (in per cent)."""
    return 100 * sum(credits_earned, Fraction(0)) >= pass_mark * len(credits_earned)


def show_question(
    question: QuestionContent,
    *,
    position: int,
    drawn: JsonObject,
    answer: JsonObject | None,
    credit: float | None,
    reviewed: bool,
) -> ShownQuestion:
    """Return what a learner may see of a question; the key and the reasons only once it is reviewed."""
    kind = KINDS[question.kind]
    texts = kind.option_texts(question.structure, question.texts)
    chosen = set(kind.chosen(answer))
    right = set(kind.right_options(question.structure)) if reviewed else None
    options = [
        ShownOption(
            key=key,
            html=texts[key]["text"],
            chosen=key in chosen,
            right=None if right is None else key in right,
            feedback_html=None if right is None else texts[key].get("feedback"),
        )
        for key in drawn["options"]
    ]
    return ShownQuestion(
        key=question.key,
        position=position,
        kind=question.kind,
        answer_is_list=kind.answer_is_list,
        language=question.language,
        prompt_html=question.prompt_html,
        options=options,
        answered=bool(chosen),
        credit=credit if reviewed else None,
        explanation_html=question.explanation_html if reviewed else None,
        source_html=question.source_html if reviewed else None,
    )
