"""Pure decisions about attempts: what is drawn, what it is worth, and what may be shown of it."""

from dataclasses import fields
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.assessment.errors import AttemptsExhausted
from courseapp.assessment.rules import (
    check_may_start,
    draw_question,
    grade_response,
    is_pass,
    percent_of,
    show_question,
)
from courseapp.catalog.types import QuestionContent, QuestionVersionId

# What questions with up to eight right options can earn.
CREDIT = st.sampled_from(sorted({Fraction(n, d) for d in range(1, 9) for n in range(d + 1)}))
CREDITS = st.lists(CREDIT, max_size=12)


def question(**changes) -> QuestionContent:
    values = {
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


def shown(*, reviewed: bool, answer=None, credit=None):
    return show_question(
        question(),
        position=1,
        drawn={"options": ["c", "a", "b"]},
        answer=answer,
        credit=credit,
        reviewed=reviewed,
    )


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


@pytest.mark.parametrize(("used", "allowed"), [(0, 1), (2, 3), (1000, None)])
def test_an_attempt_that_is_left_may_be_started(used, allowed):
    check_may_start(used, allowed)


@pytest.mark.parametrize(("used", "allowed"), [(1, 1), (4, 3)])
def test_no_attempt_is_started_when_none_is_left(used, allowed):
    with pytest.raises(AttemptsExhausted):
        check_may_start(used, allowed)


@given(st.integers(0, 2**31 - 1), st.integers(1, 50))
def test_a_seed_draws_the_same_question_again(seed, position):
    assert draw_question(question(), position, seed) == draw_question(question(), position, seed)


def test_questions_of_one_attempt_are_shuffled_each_for_itself():
    drawn = {tuple(draw_question(question(), n, 7)["options"]) for n in range(1, 30)}

    assert len(drawn) > 1


def test_a_response_is_graded_by_the_questions_kind():
    assert grade_response(question(), {"options": ["a"]}) == Fraction(1, 2)
    assert grade_response(question(), None) == 0


def test_before_submission_nothing_tells_what_is_right():
    before = shown(reviewed=False, answer={"options": ["a"]}, credit=0.5)

    assert (before.credit, before.explanation_html, before.source_html) == (None, None, None)
    assert {(o.right, o.feedback_html) for o in before.options} == {(None, None)}
    # Whatever the key is, the page is the same.
    other = show_question(
        question(structure={"options": ["a", "b", "c"], "right": ["b"]}),
        position=1,
        drawn={"options": ["c", "a", "b"]},
        answer={"options": ["a"]},
        credit=0.0,
        reviewed=False,
    )
    assert other == before


def test_before_submission_a_learner_sees_her_own_choice_in_the_drawn_order():
    before = shown(reviewed=False, answer={"options": ["a"]})

    assert [(o.key, o.chosen) for o in before.options] == [("c", False), ("a", True), ("b", False)]
    assert before.answered
    assert not shown(reviewed=False).answered


def test_after_submission_a_learner_sees_what_was_right_and_why():
    after = shown(reviewed=True, answer={"options": ["a"]}, credit=0.5)

    assert [(o.key, o.right, o.feedback_html) for o in after.options] == [
        ("c", True, None),
        ("a", True, "Because of A."),
        ("b", False, "Because of B."),
    ]
    assert after.credit == 0.5
    assert after.explanation_html == "<p>The reason.</p>"
    assert after.source_html == "A source (2020)"


def test_a_shown_question_has_no_place_for_the_key():
    names = {field.name for field in fields(type(shown(reviewed=False)))}

    assert not names & {"structure", "texts", "right"}
