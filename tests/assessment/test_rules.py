"""Pure decisions about attempts: what is drawn, what it is worth, and what may be shown of it."""

from collections import Counter
from dataclasses import fields
from datetime import timedelta
from fractions import Fraction
from uuid import UUID, uuid4

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
    grade_response,
    is_overdue,
    is_pass,
    judged_credit,
    may_reveal,
    pause_ends_at,
    percent_of,
    show_question,
)
from courseapp.assessment.types import AttemptId, AttemptState, AttemptSummary, ShownQuestion
from courseapp.catalog.types import (
    FeedbackTime,
    QuestionContent,
    QuestionId,
    QuestionVersionId,
    QuizId,
    QuizRules,
)
from courseapp.cohorts.types import EnrollmentId
from tests.cast import THEN

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

# What questions with up to eight right options can earn.
CREDIT = st.sampled_from(sorted({Fraction(n, d) for d in range(1, 9) for n in range(d + 1)}))
CREDITS = st.lists(CREDIT, max_size=12)


def question(**changes) -> QuestionContent:
    values = {
        "id": QuestionId(uuid4()),
        "version_id": QuestionVersionId(uuid4()),
        "key": "q",
        "kind": "multiple_choice",
        "objective": "tell",
        "structure": {"options": ["a", "b", "c"], "right": ["a", "c"]},
        "language": "en",
        "prompt_html": "<p>Which?</p>",
        "texts": {
            "options": {
                "a": {"text": "<em>A</em>", "feedback": "Because of A."},
                "b": {"text": "B", "feedback": "Because of B."},
                "c": {"text": "C"},
            }
        },
        "explanation_html": "<p>The reason.</p>",
        "source_html": "A source (2020)",
        **changes,
    }
    return QuestionContent(**values)


def shown(*, reveal: bool, answer=None, credit=None) -> ShownQuestion:
    return show_question(
        question(),
        position=1,
        drawn={"options": ["c", "a", "b"]},
        answer=answer,
        credit=credit,
        reveal=reveal,
    )


def rules(**changes) -> QuizRules:
    return QuizRules(**{"pass_mark": 70, **changes})


def attempt(number: int, *, submitted_at=None) -> AttemptSummary:
    return AttemptSummary(
        id=AttemptId(uuid4()),
        enrollment_id=EnrollmentId(UUID(int=1)),
        quiz_id=QuizId(UUID(int=2)),
        number=number,
        state=AttemptState.OPEN if submitted_at is None else AttemptState.GRADED,
        started_at=THEN,
        due_at=None,
        submitted_at=submitted_at,
        timed_out=False,
        percent=None if submitted_at is None else 40,
        passed=None if submitted_at is None else False,
    )


def submitted(count: int) -> list[AttemptSummary]:
    return [attempt(number, submitted_at=THEN) for number in range(1, count + 1)]


@given(CREDITS)
def test_a_result_is_a_whole_number_of_per_cent(earned):
    percent = percent_of(earned)

    assert isinstance(percent, int)
    assert 0 <= percent <= 100


@given(CREDITS)
def test_a_hundred_per_cent_is_everything_right(earned):
    assert (percent_of(earned) == 100) == (bool(earned) and all(credit == 1 for credit in earned))


@given(CREDITS, st.randoms(use_true_random=False))
def test_every_question_weighs_the_same_wherever_it_stands(earned, chance):
    assert percent_of(chance.sample(earned, len(earned))) == percent_of(earned)


@given(CREDITS.filter(bool), st.data())
def test_more_credit_for_one_question_never_lowers_the_result(earned, data):
    place = data.draw(st.integers(0, len(earned) - 1))
    better = [*earned]
    better[place] = max(earned[place], data.draw(CREDIT))

    assert percent_of(better) >= percent_of(earned)
    assert not (is_pass(earned, 70) and not is_pass(better, 70))


@given(CREDITS.filter(bool), st.integers(1, 100))
def test_what_is_shown_as_reached_is_a_pass(earned, pass_mark):
    # The result is rounded down, so the number on the page never promises a pass that is none.
    assert is_pass(earned, pass_mark) == (percent_of(earned) >= pass_mark)


def test_seven_of_ten_pass_at_seventy_and_a_hair_less_does_not():
    assert is_pass([Fraction(1)] * 7 + [Fraction(0)] * 3, 70)
    assert not is_pass([Fraction(1)] * 6 + [Fraction(99, 100)] + [Fraction(0)] * 3, 70)


def test_three_thirds_are_one_and_not_almost_one():
    assert percent_of([Fraction(1, 3)] * 3) == 33
    assert is_pass([Fraction(1, 3), Fraction(2, 3)], 50)


def test_an_empty_attempt_has_no_result_to_boast_of():
    assert percent_of([]) == 0


@pytest.mark.parametrize(
    ("used", "allowed", "extra", "left"),
    [(0, 1, 0, 1), (2, 3, 0, 1), (1000, None, 0, None), (1, 1, 1, 1), (3, 2, 2, 1)],
)
def test_an_attempt_that_is_left_may_be_started(used, allowed, extra, left):
    quiz_rules = rules(attempts_allowed=allowed)

    check_may_start(quiz_rules, submitted(used), extra, at=THEN)
    assert attempts_left(quiz_rules, used, extra) == left


@pytest.mark.parametrize(("used", "allowed", "extra"), [(1, 1, 0), (4, 3, 0), (3, 2, 1)])
def test_no_attempt_is_started_when_none_is_left(used, allowed, extra):
    quiz_rules = rules(attempts_allowed=allowed)

    with pytest.raises(AttemptsExhausted):
        check_may_start(quiz_rules, submitted(used), extra, at=THEN)
    assert attempts_left(quiz_rules, used, extra) == 0


def test_between_two_attempts_the_pause_of_the_quiz_has_to_pass():
    quiz_rules = rules(pause_minutes=10)
    earlier = [
        attempt(1, submitted_at=THEN + 5 * MINUTE),
        attempt(2, submitted_at=THEN + 20 * MINUTE),
    ]

    assert pause_ends_at(quiz_rules, earlier) == THEN + 30 * MINUTE
    for at, seconds in ((THEN + 20 * MINUTE, 601), (THEN + 30 * MINUTE - SECOND, 2)):
        with pytest.raises(PauseNotOver) as refusal:
            check_may_start(quiz_rules, earlier, 0, at=at)
        assert refusal.value.headers == {"Retry-After": str(seconds)}
    check_may_start(quiz_rules, earlier, 0, at=THEN + 30 * MINUTE)


def test_the_first_attempt_and_quizzes_without_a_pause_wait_for_nothing():
    assert pause_ends_at(rules(pause_minutes=10), []) is None
    assert pause_ends_at(rules(), submitted(2)) is None
    check_may_start(rules(pause_minutes=10), [], 0, at=THEN)
    check_may_start(rules(), submitted(2), 0, at=THEN)


def test_whoever_has_no_attempt_left_is_told_so_and_not_to_wait():
    with pytest.raises(AttemptsExhausted):
        check_may_start(
            rules(attempts_allowed=1, pause_minutes=10), submitted(1), 0, at=THEN + SECOND
        )


def test_the_time_of_an_attempt_ends_with_the_limit_and_what_was_granted():
    assert due_time(rules(), 15, started_at=THEN) is None
    assert due_time(rules(time_limit_minutes=20), 0, started_at=THEN) == THEN + 20 * MINUTE
    assert due_time(rules(time_limit_minutes=20), 15, started_at=THEN) == THEN + 35 * MINUTE


@pytest.mark.parametrize(
    ("seconds", "overdue"), [(-1, False), (0, False), (30, False), (31, True), (10_000, True)]
)
def test_an_answer_on_its_way_is_taken_within_the_grace(seconds, overdue):
    at = THEN + seconds * SECOND

    assert is_overdue(rules(grace_seconds=30), THEN, at=at) is overdue
    assert not is_overdue(rules(grace_seconds=30), None, at=at)


SEEDS = st.integers(0, 2**31 - 1)
OBJECTIVES = st.lists(st.sampled_from(["a/one", "a/two", "b/one", "c/one"]), max_size=20)


def pool_about(objectives) -> list[QuestionContent]:
    return [
        question(key=f"q{number}", objective=objective)
        for number, objective in enumerate(objectives)
    ]


@given(OBJECTIVES, SEEDS, st.data())
def test_a_number_is_drawn_without_repeating_and_spread_evenly_over_the_objectives(
    objectives, seed, data
):
    pool = pool_about(objectives)
    count = data.draw(st.integers(0, len(pool)))
    drawn = draw_questions(pool, rules(draw=count or None), seed)

    assert len(drawn) == len({q.key for q in drawn}) == (count or len(pool))
    if count:
        there, taken = Counter(objectives), Counter(q.objective for q in drawn)
        most = max(taken.values())
        # Nobody gives more than one more than another that still has some.
        assert all(taken[o] >= most - 1 or taken[o] == there[o] for o in there)


@given(OBJECTIVES, SEEDS, st.data())
def test_by_objective_just_as_many_are_drawn_as_the_quiz_says(objectives, seed, data):
    pool = pool_about(objectives)
    draw = {
        objective: data.draw(st.integers(1, there))
        for objective, there in Counter(objectives).items()
    }
    drawn = draw_questions(pool, rules(draw=draw), seed)

    assert Counter(q.objective for q in drawn) == draw


@given(SEEDS)
def test_a_module_stands_for_all_its_objectives(seed):
    pool = pool_about(["a/one", "a/two", "a/two", "b/one", "b/one"])
    drawn = draw_questions(pool, rules(draw={"a": 2, "b": 1}), seed)

    assert Counter(q.objective[0] for q in drawn) == {"a": 2, "b": 1}


@given(OBJECTIVES, SEEDS, st.booleans(), st.sampled_from([None, 3]))
def test_a_seed_draws_the_same_questions_again(objectives, seed, shuffle, draw):
    pool = pool_about(objectives)
    quiz_rules = rules(draw=draw, shuffle_questions=shuffle)

    assert draw_questions(pool, quiz_rules, seed) == draw_questions(pool, quiz_rules, seed)


@given(OBJECTIVES, SEEDS, st.sampled_from([None, 3, {"a": 1}]))
def test_unless_the_quiz_shuffles_questions_keep_their_authors_order(objectives, seed, draw):
    pool = pool_about(["a/one", *objectives])
    drawn = [q.key for q in draw_questions(pool, rules(draw=draw), seed)]

    assert drawn == [q.key for q in pool if q.key in drawn]


def test_seeds_draw_different_questions_and_in_shuffled_quizzes_in_different_orders():
    pool = pool_about(["a/one"] * 12)
    drawn = {tuple(q.key for q in draw_questions(pool, rules(draw=4), seed)) for seed in range(30)}
    shuffled = {
        tuple(q.key for q in draw_questions(pool, rules(shuffle_questions=True), seed))
        for seed in range(30)
    }

    assert len(drawn) > 20
    assert len(shuffled) > 20


@given(SEEDS, st.integers(1, 50))
def test_a_seed_draws_the_same_options_again(seed, position):
    one, other = (draw_options(question(), position, seed, shuffle=True) for _ in range(2))

    assert one == other


def test_options_of_one_attempt_are_shuffled_each_for_itself():
    drawn = {tuple(draw_options(question(), n, 7, shuffle=True)["options"]) for n in range(1, 30)}

    assert len(drawn) > 1


def test_a_quiz_that_does_not_shuffle_keeps_its_options_in_order():
    assert {
        tuple(draw_options(question(), n, 7, shuffle=False)["options"]) for n in range(1, 30)
    } == {("a", "b", "c")}


def test_a_response_is_graded_by_the_questions_kind():
    assert grade_response(question(), {"options": ["a"]}) == Fraction(1, 2)
    assert grade_response(question(), None) == 0


RUBRIC = {"rubric": [{"key": "article", "points": 2}, {"key": "example", "points": 3}]}


@pytest.mark.parametrize(
    ("points", "credit"),
    [
        ({"article": 0, "example": 0}, Fraction(0)),
        ({"article": 2, "example": 0}, Fraction(2, 5)),
        ({"article": 2, "example": 3}, Fraction(1)),
    ],
)
def test_what_a_trainer_gives_is_a_share_of_all_points(points, credit):
    assert judged_credit(RUBRIC, points) == credit


@given(st.integers(1, 1200), st.data())
def test_a_stored_credit_is_the_exact_share_again(whole, data):
    part = data.draw(st.integers(0, whole))

    assert exact(float(Fraction(part, whole))) == Fraction(part, whole)


@pytest.mark.parametrize("state", [AttemptState.NEEDS_REVIEW, AttemptState.GRADED])
@pytest.mark.parametrize(
    ("feedback", "passed", "revealed"),
    [
        (FeedbackTime.AT_ONCE, False, True),
        (FeedbackTime.AFTER_SUBMISSION, False, True),
        (FeedbackTime.AFTER_PASSING, False, False),
        (FeedbackTime.AFTER_PASSING, True, True),
        (FeedbackTime.NEVER, True, False),
    ],
)
def test_what_was_right_is_told_when_the_quiz_says_so(state, feedback, passed, revealed):
    quiz_rules = rules(feedback=feedback)

    assert may_reveal(quiz_rules, state, has_passed=passed) is revealed


@pytest.mark.parametrize("feedback", FeedbackTime)
def test_an_open_attempt_tells_nothing_not_even_to_who_has_passed_before(feedback):
    assert not may_reveal(rules(feedback=feedback), AttemptState.OPEN, has_passed=True)


def choices(found: ShownQuestion):
    (item,) = found.body.items
    return item.choices


def test_before_submission_nothing_tells_what_is_right():
    before = shown(reveal=False, answer={"options": ["a"]}, credit=0.5)

    assert (before.credit, before.explanation_html, before.source_html) == (None, None, None)
    assert {(o.right, o.feedback_html) for o in choices(before)} == {(None, None)}
    (item,) = before.body.items
    assert (item.credit, item.right_value, item.right_answer, item.feedback_html) == (None,) * 4
    # Whatever the key is, the page is the same.
    other = show_question(
        question(structure={"options": ["a", "b", "c"], "right": ["b"]}),
        position=1,
        drawn={"options": ["c", "a", "b"]},
        answer={"options": ["a"]},
        credit=0.0,
        reveal=False,
    )
    assert other == before


def test_before_submission_a_learner_sees_her_own_choice_in_the_drawn_order():
    before = shown(reveal=False, answer={"options": ["a"]})

    assert [(o.key, o.chosen) for o in choices(before)] == [
        ("c", False),
        ("a", True),
        ("b", False),
    ]
    assert (before.answered, before.answer) == (True, ["a"])
    assert not shown(reveal=False).answered


def test_after_submission_a_learner_sees_what_was_right_and_why():
    after = shown(reveal=True, answer={"options": ["a"]}, credit=0.5)

    assert [(o.key, o.right, o.feedback_html) for o in choices(after)] == [
        ("c", True, None),
        ("a", True, "Because of A."),
        ("b", False, "Because of B."),
    ]
    assert after.credit == after.body.items[0].credit == 0.5
    assert after.explanation_html == "<p>The reason.</p>"
    assert after.source_html == "A source (2020)"


def test_a_shown_question_has_no_place_for_the_key():
    names = {field.name for field in fields(ShownQuestion)}

    assert not names & {"structure", "texts", "right"}
