"""Attempts at a quiz: which questions are drawn, how long there is, what it is worth, and what may be seen of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.assessment.errors import AttemptsExhausted, PauseNotOver
from courseapp.assessment.rules import (
    attempts_left,
    check_may_start,
    draw_options,
    draw_questions,
    due_time,
    exact,
    is_overdue,
    is_pass,
    judged_credit,
    may_reveal,
    pause_ends_at,
    percent_of,
)
from courseapp.assessment.types import AttemptId, AttemptState, AttemptSummary
from courseapp.catalog.types import (
    FeedbackTime,
    QuestionContent,
    QuestionId,
    QuestionVersionId,
    QuizId,
    QuizRules,
)
from courseapp.cohorts.types import EnrollmentId

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
SEEDS = st.integers(0, 2**31 - 1)


def rules(**settled: Any) -> QuizRules:
    return QuizRules(pass_mark=70, **settled)


def pool(**objectives: int) -> Sequence[QuestionContent]:
    """Return so many questions about each objective, as a file would mix them. `m__a` stands for m/a."""
    names = [name.replace("__", "/") for name, count in objectives.items() for _ in range(count)]
    mixed = names[::2] + names[1::2]
    return [question(number, objective) for number, objective in enumerate(mixed, start=1)]


def question(number: int, objective: str) -> QuestionContent:
    return QuestionContent(
        id=QuestionId(UUID(int=number)),
        # Ids say nothing of the order in the file.
        version_id=QuestionVersionId(UUID(int=1000 - number)),
        key=f"q{number}",
        kind="single_choice",
        objective=objective,
        structure={"options": ["a", "b", "c", "d"], "right": ["a"]},
        language="en",
        prompt_html="<p>Well?</p>",
        texts={"options": {key: {"text": key} for key in "abcd"}},
        explanation_html="<p>Because.</p>",
        source_html="A source (2020)",
    )


def keys(questions: Sequence[QuestionContent]) -> list[str]:
    return [question.key for question in questions]


POOLS = st.dictionaries(
    st.sampled_from(["tell", "weigh", "apply", "m__tell", "m__weigh"]),
    st.integers(1, 6),
    min_size=1,
).map(lambda counts: pool(**counts))


# Which questions are drawn


@given(POOLS, SEEDS)
def test_everything_is_drawn_in_the_order_of_the_file_where_the_author_says_nothing(
    questions: Sequence[QuestionContent], seed: int
) -> None:
    assert draw_questions(questions, rules(), seed) == questions


@given(POOLS, SEEDS, st.data(), st.booleans())
def test_the_same_seed_draws_the_same_and_no_question_twice(
    questions: Sequence[QuestionContent],
    seed: int,
    data: st.DataObject,
    shuffle: bool,  # noqa: FBT001
) -> None:
    count = data.draw(st.integers(1, len(questions)))
    drawing = rules(draw=count, shuffle_questions=shuffle)

    drawn = draw_questions(questions, drawing, seed)

    assert draw_questions(questions, drawing, seed) == drawn
    assert len(drawn) == len(set(keys(drawn))) == count
    assert set(keys(drawn)) <= set(keys(questions))


@given(POOLS, SEEDS, st.data())
def test_a_number_is_spread_evenly_over_the_objectives(
    questions: Sequence[QuestionContent], seed: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(questions)))
    there = Counter(question.objective for question in questions)

    drawn = Counter(q.objective for q in draw_questions(questions, rules(draw=count), seed))

    # Whoever has fewer than another by more than one has given all there is.
    assert all(
        drawn[few] >= drawn[many] - 1 or drawn[few] == there[few]
        for few, many in product(there, repeat=2)
    )


def test_five_questions_about_three_objectives_are_two_two_and_one() -> None:
    for seed in range(50):
        drawn = draw_questions(pool(tell=5, weigh=5, apply=5), rules(draw=5), seed)
        assert sorted(Counter(q.objective for q in drawn).values()) == [1, 2, 2]


def test_an_objective_with_one_question_gives_it_and_the_others_give_the_rest() -> None:
    for seed in range(50):
        drawn = draw_questions(pool(tell=1, weigh=9, apply=9), rules(draw=7), seed)
        assert Counter(q.objective for q in drawn) == {"tell": 1, "weigh": 3, "apply": 3}


def test_every_question_and_every_objective_is_drawn_by_some_seed() -> None:
    questions = pool(tell=3, weigh=3, apply=3)
    drawn = [draw_questions(questions, rules(draw=2), seed) for seed in range(200)]

    assert {key for one in drawn for key in keys(one)} == set(keys(questions))
    assert len({tuple(sorted(q.objective for q in one)) for one in drawn}) == 3


@given(SEEDS)
def test_a_number_for_each_objective_is_drawn_exactly(seed: int) -> None:
    wanted = {"weigh": 1, "tell": 3}

    drawn = draw_questions(pool(tell=4, weigh=4, apply=4), rules(draw=wanted), seed)

    assert Counter(q.objective for q in drawn) == wanted
    assert len(set(keys(drawn))) == 4


@given(SEEDS)
def test_a_module_stands_for_any_of_its_objectives(seed: int) -> None:
    questions = pool(gaps__tell=2, gaps__weigh=2, gaps2__tell=3, funds__tell=3)

    drawn = draw_questions(questions, rules(draw={"gaps": 3, "funds/tell": 2}), seed)

    by_module = Counter(q.objective.split("/")[0] for q in drawn)
    assert by_module == {"gaps": 3, "funds": 2}
    assert len(set(keys(drawn))) == 5


def test_any_of_a_modules_objectives_may_come() -> None:
    questions = pool(gaps__tell=2, gaps__weigh=2)
    drawn = [draw_questions(questions, rules(draw={"gaps": 1}), seed) for seed in range(60)]

    assert {key for one in drawn for key in keys(one)} == set(keys(questions))


@given(POOLS, SEEDS, st.data())
def test_what_is_drawn_keeps_the_order_of_the_file(
    questions: Sequence[QuestionContent], seed: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(questions)))

    drawn = keys(draw_questions(questions, rules(draw=count), seed))

    assert drawn == [key for key in keys(questions) if key in drawn]


@given(POOLS, SEEDS, st.data())
def test_shuffling_changes_the_order_and_not_what_is_drawn(
    questions: Sequence[QuestionContent], seed: int, data: st.DataObject
) -> None:
    draw = data.draw(st.none() | st.integers(1, len(questions)))

    drawn, shuffled = (
        keys(draw_questions(questions, rules(draw=draw, shuffle_questions=on), seed))
        for on in (False, True)
    )

    assert sorted(shuffled) == sorted(drawn)


def test_questions_come_in_every_order_where_they_are_shuffled() -> None:
    drawing = rules(shuffle_questions=True)

    orders = {tuple(keys(draw_questions(pool(tell=3), drawing, seed))) for seed in range(100)}

    assert len(orders) == 6


def test_drawing_leaves_the_pool_as_it_was() -> None:
    questions = pool(tell=4, weigh=3)
    before = list(questions)

    for drawing in (rules(draw=4), rules(draw={"tell": 2}), rules(shuffle_questions=True)):
        draw_questions(questions, drawing, 7)

    assert questions == before


def test_the_options_of_each_question_of_an_attempt_are_drawn_for_themselves() -> None:
    drawn = {
        tuple(draw_options(question(1, "tell"), position, 7, shuffle=True)["options"])
        for position in range(1, 40)
    }

    assert len(drawn) > 10
    assert draw_options(question(1, "tell"), 3, 7, shuffle=False) == {"options": [*"abcd"]}


# How long there is


def test_an_attempt_without_a_limit_is_never_due_and_never_overdue() -> None:
    assert due_time(rules(), 30, started_at=NOON) is None
    assert not is_overdue(rules(), None, at=NOON + timedelta(days=3650))


@pytest.mark.parametrize(("limit", "extra", "minutes"), [(20, 0, 20), (20, 15, 35), (1, 0, 1)])
def test_an_attempt_is_due_after_its_limit_and_the_extra_minutes(
    limit: int, extra: int, minutes: int
) -> None:
    due = due_time(rules(time_limit_minutes=limit), extra, started_at=NOON)

    assert due == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize("grace", [0, 30, 600])
def test_an_answer_is_taken_until_the_grace_is_over(grace: int) -> None:
    timed = rules(time_limit_minutes=20, grace_seconds=grace)
    due = due_time(timed, 0, started_at=NOON)
    assert due is not None
    last, tick = due + timedelta(seconds=grace), timedelta(microseconds=1)

    assert not is_overdue(timed, due, at=NOON)
    assert not is_overdue(timed, due, at=due)
    assert not is_overdue(timed, due, at=last)
    assert is_overdue(timed, due, at=last + tick)


# How many attempts there are, and when


def attempt(number: int, submitted_at: datetime | None = None) -> AttemptSummary:
    return AttemptSummary(
        id=AttemptId(UUID(int=number)),
        enrollment_id=EnrollmentId(UUID(int=1)),
        quiz_id=QuizId(UUID(int=2)),
        number=number,
        state=AttemptState.OPEN if submitted_at is None else AttemptState.GRADED,
        started_at=NOON,
        due_at=None,
        submitted_at=submitted_at,
        timed_out=False,
        percent=None,
        passed=None,
    )


@pytest.mark.parametrize(
    ("allowed", "used", "extra", "left"),
    [
        (None, 0, 0, None),
        (None, 1000, 5, None),
        (3, 0, 0, 3),
        (3, 2, 0, 1),
        (3, 3, 0, 0),
        (3, 3, 2, 2),
        (1, 2, 1, 0),
        # More than are allowed now: an earlier edition allowed more.
        (1, 5, 0, 0),
        (1, 5, 2, 0),
    ],
)
def test_extra_attempts_add_to_those_that_are_allowed(
    allowed: int | None, used: int, extra: int, left: int | None
) -> None:
    assert attempts_left(rules(attempts_allowed=allowed), used, extra) == left


def test_no_attempt_starts_when_none_is_left() -> None:
    twice = rules(attempts_allowed=2)

    check_may_start(twice, [attempt(1, NOON)], 0, at=NOON)
    with pytest.raises(AttemptsExhausted):
        check_may_start(twice, [attempt(1, NOON), attempt(2, NOON)], 0, at=NOON)
    check_may_start(twice, [attempt(1, NOON), attempt(2, NOON)], 1, at=NOON)


@pytest.mark.parametrize(
    ("pause", "attempts", "until"),
    [
        (0, [attempt(1, NOON)], None),
        (60, [], None),
        (60, [attempt(1)], None),
        (60, [attempt(1, NOON)], NOON + timedelta(hours=1)),
        # After the last submission, whichever number it has.
        (
            60,
            [attempt(2, NOON), attempt(1, NOON - timedelta(hours=5)), attempt(3)],
            NOON + timedelta(hours=1),
        ),
    ],
)
def test_a_pause_counts_from_the_last_submission(
    pause: int, attempts: Sequence[AttemptSummary], until: datetime | None
) -> None:
    assert pause_ends_at(rules(pause_minutes=pause), attempts) == until


@pytest.mark.parametrize(
    ("before_the_end", "seconds"),
    [
        (timedelta(hours=1), 3601),
        (timedelta(seconds=1), 2),
        (timedelta(microseconds=1), 1),
    ],
)
def test_whoever_comes_during_the_pause_is_told_when_to_come_again(
    before_the_end: timedelta, seconds: int
) -> None:
    pausing = rules(pause_minutes=60)
    end = NOON + timedelta(minutes=60)

    with pytest.raises(PauseNotOver) as refusal:
        check_may_start(pausing, [attempt(1, NOON)], 0, at=end - before_the_end)

    assert refusal.value.headers == {"Retry-After": str(seconds)}
    assert refusal.value.details == {"until": end.isoformat(), "retry_after": seconds}
    # Whoever comes again then is let in.
    check_may_start(
        pausing, [attempt(1, NOON)], 0, at=end - before_the_end + timedelta(seconds=seconds)
    )


def test_an_attempt_may_start_at_the_end_of_the_pause() -> None:
    check_may_start(rules(pause_minutes=60), [attempt(1, NOON)], 0, at=NOON + timedelta(minutes=60))


def test_no_attempt_left_is_told_before_any_pause() -> None:
    with pytest.raises(AttemptsExhausted):
        check_may_start(rules(pause_minutes=60, attempts_allowed=1), [attempt(1, NOON)], 0, at=NOON)


# What may be seen


WHAT_IS_RIGHT_IS_SHOWN = {
    # When the author says, what has become of the attempt: (not passed yet, passed)
    (FeedbackTime.AT_ONCE, AttemptState.OPEN): (False, False),
    (FeedbackTime.AT_ONCE, AttemptState.NEEDS_REVIEW): (True, True),
    (FeedbackTime.AT_ONCE, AttemptState.GRADED): (True, True),
    (FeedbackTime.AFTER_SUBMISSION, AttemptState.OPEN): (False, False),
    (FeedbackTime.AFTER_SUBMISSION, AttemptState.NEEDS_REVIEW): (True, True),
    (FeedbackTime.AFTER_SUBMISSION, AttemptState.GRADED): (True, True),
    (FeedbackTime.AFTER_PASSING, AttemptState.OPEN): (False, False),
    (FeedbackTime.AFTER_PASSING, AttemptState.NEEDS_REVIEW): (False, True),
    (FeedbackTime.AFTER_PASSING, AttemptState.GRADED): (False, True),
    (FeedbackTime.NEVER, AttemptState.OPEN): (False, False),
    (FeedbackTime.NEVER, AttemptState.NEEDS_REVIEW): (False, False),
    (FeedbackTime.NEVER, AttemptState.GRADED): (False, False),
}


def test_the_table_has_every_time_of_feedback_and_every_state() -> None:
    assert set(WHAT_IS_RIGHT_IS_SHOWN) == set(product(FeedbackTime, AttemptState))


@pytest.mark.parametrize(("feedback", "state"), WHAT_IS_RIGHT_IS_SHOWN)
def test_what_was_right_is_shown_when_the_author_says_and_never_in_an_open_attempt(
    feedback: FeedbackTime, state: AttemptState
) -> None:
    shown = tuple(
        may_reveal(rules(feedback=feedback), state, has_passed=passed) for passed in (False, True)
    )

    assert shown == WHAT_IS_RIGHT_IS_SHOWN[feedback, state]


# What an attempt is worth


def credits_of(right: int, wrong: int) -> list[Fraction]:
    return [Fraction(1)] * right + [Fraction(0)] * wrong


@pytest.mark.parametrize(
    ("earned", "percent", "passed"),
    [
        (credits_of(7, 3), 70, True),
        (credits_of(6, 4), 60, False),
        ([*credits_of(6, 3), Fraction(99, 100)], 69, False),
        ([*credits_of(6, 3), Fraction(999_999, 1_000_000)], 69, False),
        # Thirds and sevenths: sums that are no round numbers in floats.
        ([Fraction(1, 3)] * 3 + credits_of(6, 1), 70, True),
        ([Fraction(7, 10)] * 3, 70, True),
        ([Fraction(2, 3)] * 3, 66, False),
        ([Fraction(1, 7)] * 7 + credits_of(13, 0), 70, True),
        (credits_of(10, 0), 100, True),
        (credits_of(0, 10), 0, False),
    ],
)
def test_seventy_per_cent_pass_at_seventy_and_a_hair_less_does_not(
    earned: Sequence[Fraction], percent: int, *, passed: bool
) -> None:
    assert percent_of(earned) == percent
    assert is_pass(earned, 70) is passed


@pytest.mark.parametrize("of", range(1, 41))
def test_a_mark_that_is_reached_exactly_is_reached(of: int) -> None:
    for right in range(of + 1):
        earned = credits_of(right, of - right)
        for mark in range(1, 101):
            assert is_pass(earned, mark) == (100 * right >= mark * of)


def test_an_attempt_without_questions_is_worth_nothing() -> None:
    assert percent_of([]) == 0


# Everything that kinds and rubrics can give: shares of options, items, pairs of steps and points, and per
# cents of an option, and of up to twelve gaps.
WHOLES = sorted({*range(1, 61), *(100 * share for share in range(1, 13))})


@pytest.mark.parametrize("whole", WHOLES)
def test_every_credit_is_the_same_fraction_after_it_was_stored(whole: int) -> None:
    for part in range(whole + 1):
        assert exact(part / whole) == Fraction(part, whole)
        assert exact(float(Fraction(part, whole))) == Fraction(part, whole)


def test_three_stored_thirds_are_one_again() -> None:
    assert percent_of([exact(1 / 3), exact(2 / 3)]) == 50
    assert is_pass([exact(0.1)] * 7 + [exact(0.9)] * 7, 50)


@pytest.mark.parametrize(
    ("given_points", "credit"),
    [
        ({"names": 2, "says": 3}, 1),
        ({"names": 1, "says": 3}, Fraction(4, 5)),
        ({"names": 0, "says": 0}, 0),
    ],
)
def test_a_trainers_points_are_a_share_of_all_points(
    given_points: Mapping[str, int], credit: Fraction
) -> None:
    rubric = {"rubric": [{"key": "names", "points": 2}, {"key": "says", "points": 3}]}

    assert judged_credit(rubric, given_points) == credit
