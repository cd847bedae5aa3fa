"""Item statistics: every figure against numbers worked out by hand, and the laws that all data keep."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courseapp.assessment.statistics.report import (
    NotEnough,
    QuestionFacts,
    QuestionReport,
    QuizReport,
    build_report,
)
from courseapp.assessment.statistics.summaries import (
    MINIMUM_LEARNERS,
    ChoiceSums,
    Distractor,
    Group,
    GroupSums,
    OfferedValue,
    PairSums,
    Quartiles,
    QuestionSums,
    QuizSums,
    alpha_of_drawn,
    bin_of,
    cronbach_alpha,
    deviation,
    distractor_table,
    facility,
    group_of,
    is_complete,
    may_show,
    mean_score,
    mean_seconds,
    point_biserial,
    quartiles_of,
    quartiles_of_histogram,
    question_deviation,
    questions_per_attempt,
    score_deviation,
    standard_error,
    upper_lower,
)
from tests.assessment.attempts_matrix import (
    Attempt,
    covariance,
    groups_of,
    in_floats,
    matrix,
    sums_of,
    total,
    variance,
)

# Five learners, four questions, each harder than the one before:
#
#           q1  q2  q3  q4   score   rest of q2 (mean of the other three)
#   A        1   1   1   1    1.00   3/3
#   B        1   1   1   0    0.75   2/3
#   C        1   1   0   0    0.50   1/3
#   D        1   0   0   0    0.25   1/3
#   E        0   0   0   0    0.00   0
LADDER = matrix([1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0])

# Eight attempts at two questions each, drawn from three.
DRAWN = matrix(
    [1, 1, None],
    [0, 0, None],
    [1, 0, None],
    [1, None, 1],
    [0, None, 0],
    [0, None, 1],
    [None, 1, 1],
    [None, 0, 0],
)

CREDITS = st.sampled_from(
    [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(3, 4), Fraction(1)]
)


@st.composite
def complete_data(draw, credit=CREDITS) -> list[Attempt]:
    columns = draw(st.integers(2, 5))
    rows = st.lists(credit, min_size=columns, max_size=columns)
    return matrix(*draw(st.lists(rows, min_size=2, max_size=12)))


@st.composite
def drawn_data(draw) -> list[Attempt]:
    """Return attempts at a few questions each, all equally many, drawn from a pool of five."""
    size = draw(st.integers(1, 4))
    forms = st.sampled_from(list(combinations(range(5), size)))
    rows = []
    for form in draw(st.lists(forms, min_size=1, max_size=14)):
        credits_earned = draw(st.lists(CREDITS, min_size=size, max_size=size))
        row: list[Fraction | None] = [None] * 5
        for place, credit in zip(form, credits_earned, strict=True):
            row[place] = credit
        rows.append(row)
    return matrix(*rows)


# --- one question ---


def test_the_facility_is_the_mean_credit():
    sums = sums_of(LADDER)
    assert [facility(sums.questions[key]) for key in ("q1", "q2", "q3", "q4")] == [
        Fraction(4, 5),
        Fraction(3, 5),
        Fraction(2, 5),
        Fraction(1, 5),
    ]


def test_partial_credit_counts_as_what_it_is():
    # One right, one half right, one wrong: 1.5 of 3.
    sums = sums_of(matrix([1], ["1/2"], [0]))
    assert facility(sums.questions["q1"]) == Fraction(1, 2)


def test_a_question_that_was_never_drawn_has_no_figures():
    nothing = QuestionSums()
    assert facility(nothing) is None
    assert question_deviation(nothing) is None
    assert point_biserial(nothing) is None
    assert upper_lower(GroupSums()) is None


def test_the_deviation_of_a_question():
    # q2 is 1, 1, 1, 0, 0: squares 3, sum 3; (3 - 9/5) / 4 = 0.3.
    assert question_deviation(sums_of(LADDER).questions["q2"]) == pytest.approx(math.sqrt(0.3))


def test_one_value_has_no_deviation():
    assert deviation(1, 0.5, 0.25) is None


def test_the_point_biserial_compares_with_the_other_questions():
    # q2 is 1, 1, 1, 0, 0; the sums of the others are 3, 2, 1, 1, 0, with a mean of 7/5.
    # Products 6 - 3 * 7/5 = 1.8; squares of q2 3 - 9/5 = 1.2; of the rest 15 - 49/5 = 5.2.
    expected = 1.8 / math.sqrt(1.2 * 5.2)
    assert expected == pytest.approx(0.7206, abs=0.00005)
    assert point_biserial(sums_of(LADDER).questions["q2"]) == pytest.approx(expected)


def test_the_point_biserial_equals_the_formula_with_two_means():
    # (mean rest of those who are right - of those who are wrong) / deviation of the rest * sqrt(p * q),
    # the deviation over n: (2/3 - 1/6) / sqrt(5.2 / 9 / 5) * sqrt(0.6 * 0.4).
    expected = (2 / 3 - 1 / 6) / math.sqrt(5.2 / 9 / 5) * math.sqrt(0.24)
    assert point_biserial(sums_of(LADDER).questions["q2"]) == pytest.approx(expected)


def test_two_attempts_agree_wholly_or_not_at_all():
    assert point_biserial(sums_of(matrix([1, 1], [0, 0])).questions["q1"]) == 1
    assert point_biserial(sums_of(matrix([1, 0], [0, 1])).questions["q1"]) == -1
    assert point_biserial(sums_of(matrix([1, 0])).questions["q1"]) is None


def test_a_question_whose_key_is_wrong_has_a_negative_discrimination():
    sums = sums_of(matrix([0, 1, 1], [0, 1, 1], [1, 0, 0], [1, 0, 1]))
    # Rests 1, 1, 0, 1/2 with a sum of 5/2: products 1/2 - 2 * (5/2) / 4 = -3/4;
    # squares 2 - 4/4 = 1 and 9/4 - (25/4)/4 = 11/16.
    assert point_biserial(sums.questions["q1"]) == pytest.approx(-0.75 / math.sqrt(11 / 16))


@given(st.lists(CREDITS, min_size=2, max_size=30), CREDITS)
def test_a_question_that_is_the_same_for_all_has_no_discrimination(others, constant):
    sums = sums_of(matrix(*[[constant, other] for other in others]))
    assert point_biserial(sums.questions["q1"]) is None
    assert point_biserial(in_floats(sums.questions["q1"])) is None
    assert question_deviation(in_floats(sums.questions["q1"])) == 0


def test_rounding_in_a_hundred_thousand_additions_is_no_discrimination():
    third, added, squares = 1 / 3, 0.0, 0.0
    for _ in range(100_000):
        added += third
        squares += third * third
    assert squares != added * added / 100_000
    assert question_deviation(QuestionSums(n=100_000, sum_credit=added, sum_credit_sq=squares)) == 0


def test_one_wrong_answer_in_a_hundred_thousand_is_no_rounding():
    sums = QuestionSums(n=100_000, sum_credit=99_999, sum_credit_sq=99_999)
    # (99999 - 99999² / 100000) / 99999 = 1 / 100000
    assert question_deviation(sums) == pytest.approx(math.sqrt(1e-5))


def test_an_attempt_of_one_question_has_nothing_to_compare_with():
    sums = sums_of(matrix([1], [0], [1]))
    assert point_biserial(sums.questions["q1"]) is None


def test_the_upper_lower_index_compares_both_ends():
    # ceil(0.27 * 5) = 2: A and B against D and E.
    sums = sums_of(LADDER)
    assert [upper_lower(sums.groups[key]) for key in ("q1", "q2", "q3", "q4")] == [
        Fraction(1, 2),  # 2/2 - 1/2
        1,
        1,
        Fraction(1, 2),  # 1/2 - 0/2
    ]


def test_the_groups_of_a_hundred_have_twenty_seven_each():
    places = [group_of(higher=99 - lower, lower=lower, attempts=100) for lower in range(100)]
    assert places == [Group.LOWER] * 27 + [None] * 46 + [Group.UPPER] * 27


def test_attempts_with_the_same_score_are_in_the_same_group():
    # Ten attempts, so three in a group; scores 9 8 7 7 7 5 4 2 1 0. All three with a 7 are third best.
    upper = [group_of(higher=higher, lower=9 - higher, attempts=10) for higher in (0, 1)]
    tied = group_of(higher=2, lower=5, attempts=10)
    assert [*upper, tied] == [Group.UPPER] * 3
    # The score of 5 is the sixth best: five are higher, four lower.
    assert group_of(higher=5, lower=4, attempts=10) is None


def test_where_all_have_the_same_score_there_are_no_groups():
    assert group_of(higher=0, lower=0, attempts=10) is None
    same = sums_of(matrix([1, 0], [0, 1], [1, 0]))
    assert same.groups["q1"] == GroupSums(0, 0, 0, 0)
    assert upper_lower(same.groups["q1"]) is None


@given(drawn_data())
def test_the_rule_by_ranks_gives_the_groups_of_the_best_and_the_worst(attempts):
    upper, lower = groups_of(attempts)
    for attempt in attempts:
        group = group_of(
            higher=sum(other.score > attempt.score for other in attempts),
            lower=sum(other.score < attempt.score for other in attempts),
            attempts=len(attempts),
        )
        assert (group is Group.UPPER) == (attempt in upper)
        assert (group is Group.LOWER) == (attempt in lower)


@given(drawn_data())
def test_every_figure_of_a_question_keeps_to_its_range(attempts):
    sums = sums_of(attempts)
    for key, exact in sums.questions.items():
        question = in_floats(exact)
        assert 0 <= facility(question) <= 1
        sd = question_deviation(question)
        assert sd is None or 0 <= sd <= math.sqrt(question.n / (question.n - 1)) / 2 + 1e-12
        r = point_biserial(question)
        assert r is None or -1 <= r <= 1
        d = upper_lower(sums.groups[key])
        assert d is None or -1 <= d <= 1


# --- the distractor table ---


def answering(option: str, score: str, *, right: str = "b") -> Attempt:
    """Return an attempt with one choice; the other question brings it to the given score."""
    credit = Fraction(option == right)
    rest = 2 * Fraction(score) - credit
    choices = {"q1": {"": [option]}}
    return Attempt(f"{option}-{score}", {"q1": credit, "q2": rest}, choices=choices)


def test_the_distractor_table_says_who_chose_what():
    # Five attempts, two in a group. Scores 1, 3/4 | 1/2 | 1/4, 0.
    attempts = [
        answering("b", "1"),
        answering("b", "3/4"),
        answering("a", "1/2"),
        answering("a", "1/4"),
        answering("c", "0"),
    ]
    offered = [
        OfferedValue("", "a", right=False),
        OfferedValue("", "b", right=True),
        OfferedValue("", "c", right=False),
        OfferedValue("", "d", right=False),
    ]
    table = distractor_table(5, sums_of(attempts).choices["q1"], offered)
    assert table == [
        Distractor("", "a", False, 2, 2 / 5, None, 0, 1),
        Distractor("", "b", True, 2, 2 / 5, None, 2, 0),
        Distractor("", "c", False, 1, 1 / 5, None, 0, 1),
        Distractor("", "d", False, 0, 0, None, 0, 0),
    ]


@pytest.mark.parametrize(("count", "mean"), [(4, None), (5, 0.5), (6, 0.5)])
def test_the_mean_result_of_those_who_chose_a_value_is_told_of_five_or_more(count, mean):
    choices = [ChoiceSums("", "a", count, count * 0.5, 0, 0)]
    (row,) = distractor_table(10, choices, [OfferedValue("", "a", right=False)])
    assert row.mean_score == mean


def test_what_was_typed_comes_after_what_was_offered_and_an_open_item_last():
    choices = [
        ChoiceSums("gap", None, 3, 0.6, 0, 2),
        ChoiceSums("gap", "nine", 1, 0.5, 0, 0),
        ChoiceSums("gap", "11", 4, 2.0, 1, 1),
        ChoiceSums("base", "minimum", 6, 3.0, 1, 2),
    ]
    offered = [OfferedValue("base", "reference", right=True)]
    table = distractor_table(10, choices, offered)
    assert [(row.item, row.value, row.right, row.count) for row in table] == [
        ("base", "reference", True, 0),
        ("base", "minimum", None, 6),
        ("gap", "11", None, 4),
        ("gap", "nine", None, 1),
        ("gap", None, None, 3),
    ]


def test_the_same_word_in_two_items_is_two_values():
    choices = [ChoiceSums("one", "x", 1, 1.0, 0, 0), ChoiceSums("two", "x", 2, 1.0, 0, 0)]
    table = distractor_table(4, choices, [])
    assert {(row.item, row.count) for row in table} == {("one", 1), ("two", 2)}


def test_where_several_can_be_chosen_shares_may_pass_the_whole():
    attempts = [Attempt("l", {"q1": Fraction(1)}, choices={"q1": {"": ["a", "b"]}})]
    table = distractor_table(1, sums_of(attempts).choices["q1"], [])
    assert sum(row.share for row in table) == 2


def test_a_question_that_was_never_drawn_has_no_table():
    assert not distractor_table(0, [], [OfferedValue("", "a", right=True)])


# --- the whole quiz ---


def test_the_mean_and_the_deviation_of_the_score():
    # 1, 3/4, 1/2, 1/4, 0: mean 1/2; squares 1.875 - 5 * 0.25 = 0.625; / 4 = 0.15625.
    quiz = sums_of(LADDER).quiz
    assert mean_score(quiz) == Fraction(1, 2)
    assert score_deviation(quiz) == pytest.approx(math.sqrt(0.15625))


def test_nothing_follows_from_no_attempts():
    nothing = QuizSums()
    assert mean_score(nothing) is None
    assert score_deviation(nothing) is None
    assert mean_seconds(nothing) is None
    assert questions_per_attempt(nothing, []) is None
    assert cronbach_alpha(nothing, []) is None
    assert alpha_of_drawn(nothing, [], []) is None


def test_alpha_of_the_ladder():
    # Variances (over n) 0.16, 0.24, 0.24, 0.16 add up to 0.8; the sums 4, 3, 2, 1, 0 have 2.
    # 4/3 * (1 - 0.8 / 2) = 0.8.
    sums = sums_of(LADDER)
    assert cronbach_alpha(sums.quiz, sums.question_list) == Fraction(4, 5)


def test_alpha_with_partial_credit():
    # q1: 0, 1/2, 1; q2: 0, 1, 1/2. Variances 1/4 and 1/4; sums 0, 3/2, 3/2 have a variance of 3/4.
    # 2/1 * (1 - (1/2) / (3/4)) = 2/3.
    sums = sums_of(matrix([0, 0], ["1/2", 1], [1, "1/2"]))
    assert cronbach_alpha(sums.quiz, sums.question_list) == Fraction(2, 3)


@given(complete_data(credit=st.sampled_from([Fraction(0), Fraction(1)])))
def test_alpha_of_right_and_wrong_is_kr_20(attempts):
    k, n = len(attempts[0].credits), len(attempts)
    sums_right = [total(attempt.credits.values()) for attempt in attempts]
    spread = variance(sums_right) * (n - 1) / n
    assume(spread)
    shares = [total(a.credits[key] for a in attempts) / n for key in attempts[0].credits]
    kr_20 = Fraction(k, k - 1) * (1 - sum(p * (1 - p) for p in shares) / spread)
    sums = sums_of(attempts)
    assert cronbach_alpha(sums.quiz, sums.question_list) == kr_20


@given(complete_data())
def test_alpha_from_sums_is_alpha_from_the_matrix(attempts):
    keys = list(attempts[0].credits)
    k = len(keys)
    columns = [[attempt.credits[key] for attempt in attempts] for key in keys]
    of_sums = variance([total(attempt.credits.values()) for attempt in attempts])
    sums = sums_of(attempts)
    found = cronbach_alpha(sums.quiz, sums.question_list)
    if not of_sums:
        assert found is None
    else:
        assert found == Fraction(k, k - 1) * (1 - total(map(variance, columns)) / of_sums)
        floats = cronbach_alpha(in_floats(sums.quiz), list(map(in_floats, sums.question_list)))
        assert floats == pytest.approx(float(found), abs=1e-9)
        assert floats <= 1


@given(complete_data())
def test_with_complete_data_alpha_of_drawn_questions_is_the_classical_one(attempts):
    sums = sums_of(attempts)
    classical = cronbach_alpha(sums.quiz, sums.question_list)
    drawn = alpha_of_drawn(sums.quiz, sums.question_list, sums.pair_list)
    if classical is None:
        assert drawn is None
    else:
        assert drawn == pytest.approx(float(classical), rel=1e-12, abs=1e-12)


@given(st.lists(CREDITS, min_size=2, max_size=10, unique=True), st.integers(2, 5))
def test_questions_that_always_agree_have_an_alpha_of_one(earned, k):
    sums = sums_of(matrix(*[[credit] * k for credit in earned]))
    assert cronbach_alpha(sums.quiz, sums.question_list) == 1
    assert alpha_of_drawn(sums.quiz, sums.question_list, sums.pair_list) == 1
    quiz, questions = in_floats(sums.quiz), list(map(in_floats, sums.question_list))
    pairs = list(map(in_floats, sums.pair_list))
    assert cronbach_alpha(quiz, questions) == pytest.approx(1)
    assert alpha_of_drawn(quiz, questions, pairs) == pytest.approx(1)
    assert max(cronbach_alpha(quiz, questions), alpha_of_drawn(quiz, questions, pairs)) <= 1


def test_rounding_lifts_no_alpha_above_one():
    # Seven questions that always agree, earning 1/3 and 2/9, added up as a database adds: the formula
    # alone gives 1.0000000000000007.
    third, ninths = 3 / 9, 2 / 9
    scores = [sum([credit] * 7) / 7 for credit in (third, ninths)]
    quiz = QuizSums(attempts=2, sum_score=sum(scores), sum_score_sq=sum(x * x for x in scores))
    question = QuestionSums(n=2, sum_credit=third + ninths, sum_credit_sq=third**2 + ninths**2)
    assert cronbach_alpha(quiz, [question] * 7) == 1


def test_alpha_of_questions_drawn_from_a_pool():
    # q1: 1 0 1 1 0 0, spread 3 - 9/6 = 1.5; q2: 1 0 0 1 0, 2 - 4/5 = 1.2; q3: 1 0 1 1 0, 3 - 9/5 = 1.2.
    # Mean variance 3.9 / (5 + 4 + 4) = 0.3.
    # q1 with q2: 1 - 2 * 1 / 3 = 1/3; q1 with q3: 1 - 1 * 2 / 3 = 1/3; q2 with q3: 1 - 1 * 1 / 2 = 1/2.
    # Mean covariance (7/6) / (2 + 2 + 1) = 7/30.
    # 2 * (7/30) / (9/30 + 7/30) = 14/16.
    sums = sums_of(DRAWN)
    assert questions_per_attempt(sums.quiz, sums.question_list) == 2
    assert alpha_of_drawn(sums.quiz, sums.question_list, sums.pair_list) == pytest.approx(14 / 16)


def test_alpha_of_drawn_questions_is_about_the_alpha_of_a_shorter_quiz():
    # Twelve learners who differ, a pool of five; everybody takes every draw of three. Then alpha is that
    # of the whole pool for 3/5 of its length (Spearman 1910, Brown 1910), but for n - 1 against n.
    pool = [
        [1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 0, 1], [1, 1, 0, 1, 0],
        [1, 1, 1, 0, 0], [1, 0, 1, 0, 0], [0, 1, 0, 1, 0], [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 1], [0, 0, 0, 1, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0],
    ]  # fmt: skip
    taken = [
        [credit if place in form else None for place, credit in enumerate(row)]
        for row in pool
        for form in combinations(range(5), 3)
    ]
    whole, drawn = sums_of(matrix(*pool)), sums_of(matrix(*taken))
    alpha = float(cronbach_alpha(whole.quiz, whole.question_list))
    shorter = 0.6 * alpha / (1 + (0.6 - 1) * alpha)
    found = alpha_of_drawn(drawn.quiz, drawn.question_list, drawn.pair_list)
    assert found == pytest.approx(shorter, abs=0.02)
    assert found < alpha - 0.05


def test_classical_alpha_refuses_questions_that_some_attempts_lack():
    sums = sums_of(DRAWN)
    assert not is_complete(sums.quiz, sums.question_list)
    with pytest.raises(ValueError, match="alpha_of_drawn"):
        cronbach_alpha(sums.quiz, sums.question_list)


def test_a_question_that_no_attempt_has_leaves_the_data_complete():
    sums = sums_of(LADDER)
    with_unused = [*sums.question_list, QuestionSums()]
    assert is_complete(sums.quiz, with_unused)
    assert cronbach_alpha(sums.quiz, with_unused) == Fraction(4, 5)


def test_data_that_contradict_themselves_have_no_alpha():
    # The sixth attempt of DRAWN left out: mean variance 3.4 / 11, mean covariance (4/3) / 4, which is more.
    sums = sums_of([*DRAWN[:5], *DRAWN[6:]])
    assert alpha_of_drawn(sums.quiz, sums.question_list, sums.pair_list) is None


def test_questions_that_always_cancel_out_have_no_alpha():
    sums = sums_of(matrix([0, 1], ["8/9", "1/9"], ["1/3", "2/3"]))
    assert cronbach_alpha(sums.quiz, sums.question_list) is None
    assert alpha_of_drawn(sums.quiz, sums.question_list, sums.pair_list) is None
    # Nor in floats, where what should cancel out leaves a trace.
    quiz, questions = in_floats(sums.quiz), list(map(in_floats, sums.question_list))
    pairs = list(map(in_floats, sums.pair_list))
    assert cronbach_alpha(quiz, questions) is None
    assert alpha_of_drawn(quiz, questions, pairs) is None


def test_one_question_in_an_attempt_has_no_alpha():
    sums = sums_of(matrix([1], [0], [1]))
    assert cronbach_alpha(sums.quiz, sums.question_list) is None
    drawn = sums_of(matrix([1, None], [None, 0], [0, None], [None, 1]))
    assert alpha_of_drawn(drawn.quiz, drawn.question_list, drawn.pair_list) is None


@given(drawn_data())
def test_alpha_of_drawn_questions_uses_every_pair_that_was_drawn_twice(attempts):
    sums = sums_of(attempts)
    found = alpha_of_drawn(sums.quiz, sums.question_list, sums.pair_list)
    assert found is None or found <= 1
    if found is None:
        return
    # The same from covariances worked out pair by pair, weighed by n - 1.
    variances, covariances = [], []
    for key in sums.questions:
        column = [a.credits[key] for a in attempts if key in a.credits]
        if len(column) > 1:
            variances.append((variance(column), len(column) - 1))
    for first, second in sums.pairs:
        both = [a for a in attempts if first in a.credits and second in a.credits]
        if len(both) > 1:
            columns = [[a.credits[key] for a in both] for key in (first, second)]
            covariances.append((covariance(*columns), len(both) - 1))
    v, c = (
        total(value * weight for value, weight in found) / sum(weight for _, weight in found)
        for found in (variances, covariances)
    )
    k = len(attempts[0].credits)
    assert found == pytest.approx(float(k * c / (v + (k - 1) * c)), rel=1e-9, abs=1e-12)


def test_the_standard_error_of_measurement():
    # sqrt(0.15625) * sqrt(1 - 0.8) = sqrt(0.03125)
    assert standard_error(math.sqrt(0.15625), 0.8) == pytest.approx(math.sqrt(0.03125))


@given(st.floats(0, 0.8), st.floats(-5, 1))
def test_the_standard_error_lies_between_nothing_and_the_deviation(sd, alpha):
    assert 0 <= standard_error(sd, alpha) <= sd


@pytest.mark.parametrize(("sd", "alpha"), [(None, 0.8), (0.2, None), (None, None)])
def test_no_standard_error_without_its_parts(sd, alpha):
    assert standard_error(sd, alpha) is None


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 0), (9, 0), (10, 1), (69, 6), (89, 8), (90, 9), (99, 9), (100, 9)]
)
def test_the_last_bin_holds_the_full_result_too(percent, expected):
    assert bin_of(percent) == expected


@pytest.mark.parametrize("percent", [-1, 101])
def test_no_result_lies_outside_a_hundred_per_cent(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        bin_of(percent)


def test_a_histogram_has_ten_bins():
    with pytest.raises(ValueError, match="10 bins, not 9"):
        QuizSums(histogram=(0,) * 9)


def test_the_time_taken_is_the_mean_of_those_that_are_known():
    attempts = [
        dataclasses.replace(attempt, seconds=seconds)
        for attempt, seconds in zip(LADDER, [300, None, 420, 600, None], strict=True)
    ]
    assert mean_seconds(sums_of(attempts).quiz) == 440


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ([60], Quartiles(60, 60, 60)),
        # Places 0.25, 0.5 and 0.75 between the two.
        ([100, 200], Quartiles(125, 150, 175)),
        # Places 1, 2 and 3 of five.
        ([10, 20, 30, 40, 1000], Quartiles(20, 30, 40)),
        # Places 1.25, 2.5 and 3.75 of six.
        ([1, 2, 4, 8, 16, 32], Quartiles(2.5, 6, 14)),
    ],
)
def test_quartiles_of_a_sample(sample, expected):
    assert quartiles_of(sample) == expected


def test_no_quartiles_of_nothing():
    assert quartiles_of([]) is None
    assert quartiles_of_histogram([0, 60], [0]) is None


def test_quartiles_of_a_histogram():
    # 20 values: 4 in 0-60, 10 in 60-120, 6 in 120-300. The 5th is 1/10 into the second bin, the 10th 6/10,
    # the 15th 1/6 into the third.
    found = quartiles_of_histogram([0, 60, 120, 300], [4, 10, 6])
    assert found.lower == pytest.approx(66)
    assert found.median == pytest.approx(96)
    assert found.upper == pytest.approx(150)


def test_empty_bins_hold_no_quartile():
    assert quartiles_of_histogram([0, 10, 20, 30], [0, 0, 4]) == Quartiles(22.5, 25, 27.5)


def test_a_median_between_two_bins_is_the_end_of_the_lower_one():
    found = quartiles_of_histogram([0, 10, 20, 30], [1, 0, 1])
    assert found == Quartiles(5, 10, 25)


def test_a_histogram_needs_an_edge_at_both_ends():
    with pytest.raises(ValueError, match="one edge more"):
        quartiles_of_histogram([0, 10], [1, 2])


@given(st.lists(st.integers(0, 99), min_size=1, max_size=40))
def test_quartiles_of_a_histogram_are_in_order_and_within_it(sample):
    counts = [sum(value // 10 == place for value in sample) for place in range(10)]
    found = quartiles_of_histogram(range(0, 101, 10), counts)
    assert min(sample) // 10 * 10 <= found.lower <= found.median <= found.upper
    assert found.upper <= max(sample) // 10 * 10 + 10


# --- sums add up ---


@given(drawn_data(), drawn_data())
def test_the_sums_of_two_groups_add_up_to_those_of_all(some, others):
    others = [dataclasses.replace(a, learner=f"other-{a.learner}", seconds=7) for a in others]
    parts, whole = (sums_of(some), sums_of(others)), sums_of([*some, *others])
    assert sum((part.quiz for part in parts), QuizSums()) == whole.quiz
    for key, expected in whole.questions.items():
        found = [part.questions[key] for part in parts if key in part.questions]
        assert sum(found, QuestionSums()) == expected
    for pair, expected in whole.pairs.items():
        found = [part.pairs[pair] for part in parts if pair in part.pairs]
        assert sum(found, PairSums()) == expected


# --- the report ---


def learners(count: int, *rows) -> list[Attempt]:
    """Return attempts of so many learners, who take turns at the rows."""
    return matrix(*[rows[number % len(rows)] for number in range(count)])


def facts(sums, key, **more) -> QuestionFacts:
    return QuestionFacts(
        number=int(key[1:]),
        key=key,
        sums=in_floats(sums.questions[key]),
        groups=in_floats(sums.groups[key]),
        choices=sums.choices[key],
        **more,
    )


def report_of(attempts, **more) -> QuizReport | NotEnough:
    sums = sums_of(attempts)
    questions = [facts(sums, key, **more.get(key, {})) for key in sums.questions]
    return build_report(in_floats(sums.quiz), questions, pairs=list(map(in_floats, sums.pair_list)))


def test_five_learners_are_enough_to_show_something():
    assert MINIMUM_LEARNERS == 5
    assert [may_show(count) for count in (0, 4, 5, 6)] == [False, False, True, True]


def test_of_fewer_than_five_learners_nothing_is_shown():
    assert report_of(LADDER[:4]) == NotEnough(needed=5)


def test_one_learner_who_tries_five_times_is_still_one():
    again = [dataclasses.replace(attempt, learner="the same") for attempt in LADDER]
    assert report_of(again) == NotEnough()


def test_the_report_holds_the_figures():
    sums = sums_of([dataclasses.replace(attempt, seconds=120) for attempt in LADDER])
    quartiles = Quartiles(100, 120, 130)
    report = build_report(
        in_floats(sums.quiz), [facts(sums, "q1"), facts(sums, "q2")], time_quartiles=quartiles
    )
    assert (report.learners, report.attempts, report.complete) == (5, 5, True)
    assert report.mean_score == 0.5
    assert report.sd == pytest.approx(math.sqrt(0.15625))
    assert report.mean_seconds == 120
    assert report.time_quartiles == quartiles
    assert report.histogram == (1, 0, 1, 0, 0, 1, 0, 1, 0, 1)
    assert report.questions[1] == QuestionReport(
        number=2,
        key="q2",
        n=5,
        answered=1.0,
        facility=0.6,
        sd=pytest.approx(math.sqrt(0.3)),
        point_biserial=pytest.approx(0.7206, abs=0.00005),
        upper_lower=1.0,
        distractors=[],
        remarks=["Only 5 attempts so far: read the figures with care."],
    )


def test_the_report_of_complete_data_has_the_classical_alpha():
    report = report_of(LADDER)
    assert report.alpha == pytest.approx(0.8)
    assert report.standard_error == pytest.approx(math.sqrt(0.03125))
    assert report.questions_per_attempt == 4


def test_complete_data_need_no_pairs():
    sums = sums_of(LADDER)
    report = build_report(in_floats(sums.quiz), [facts(sums, key) for key in sums.questions])
    assert report.alpha == pytest.approx(0.8)


def test_the_report_of_drawn_questions_takes_the_pairs():
    report = report_of(DRAWN)
    assert not report.complete
    assert report.alpha == pytest.approx(14 / 16)


def test_a_question_that_only_four_learners_have_had_keeps_its_figures():
    attempts = learners(20, [1, 1, None], [0, 0, None], [1, 0, None])
    # Each of the four has had it twice.
    attempts += [
        dataclasses.replace(attempt, learner=f"more-{number % 4}")
        for number, attempt in enumerate(matrix(*[[None, 1, 1]] * 8))
    ]
    question = report_of(attempts).questions[2]
    assert question == QuestionReport(
        number=3,
        key="q3",
        n=8,
        answered=None,
        facility=None,
        sd=None,
        point_biserial=None,
        upper_lower=None,
        distractors=[],
        remarks=["Too few learners have had this question: its figures are not shown."],
    )


def remarks(attempts, **more) -> list[str]:
    return list(report_of(attempts, **more).questions[0].remarks)


def test_a_good_question_has_no_remark():
    assert not remarks(learners(20, [1, 1], [1, 1], [0, 0]))


def test_nineteen_attempts_are_too_few_to_judge_by():
    few, enough = (learners(count, [0, 1], [1, 0]) for count in (19, 20))
    assert remarks(few) == ["Only 19 attempts so far: read the figures with care."]
    assert report_of(few).remarks == ["Only 19 attempts so far: read the figures with care."]
    assert remarks(enough) == ["Those who know less get it right more often: look at the key."]


def test_a_question_that_nobody_gets_right():
    assert remarks(learners(20, [0, 1], [0, 0])) == ["Nobody gets it right: look at the key."]


def test_a_question_that_few_get_right():
    # 5 of 20 = 0.25, all of them good at the other one.
    assert remarks(learners(20, [1, 1], [0, 0], [0, 0], [0, 1])) == [
        "Few get it right: is it clear, and does the course teach it?"
    ]


def test_a_question_that_everybody_gets_right():
    assert remarks(learners(20, [1, 1], [1, 0])) == [
        "Nearly everybody gets it right: it tells little about who knows more."
    ]


def test_a_very_easy_question_is_not_blamed_twice():
    # 24 of 25 = 0.96; the one who fails is as good at the rest as half of the others.
    rows = [[0, 1], *[[1, 1]] * 12, *[[1, 0]] * 12]
    sums = sums_of(matrix(*rows))
    assert point_biserial(sums.questions["q1"]) < 0
    assert len(remarks(matrix(*rows))) == 2
    rows[0] = [0, 0]
    # 12/25 of the rest, 0 for the one who fails: 12 - 24 * 12 / 25 = 0.48; 24/25 and 12 * 13 / 25.
    expected = 0.48 / math.sqrt(0.96 * 6.24)
    assert point_biserial(sums_of(matrix(*rows)).questions["q1"]) == pytest.approx(expected)
    assert expected < 0.2
    assert remarks(matrix(*rows)) == [
        "Nearly everybody gets it right: it tells little about who knows more."
    ]


def test_a_question_that_hardly_tells_people_apart():
    # Both halves get the other one right equally often: the correlation is 0.
    assert remarks(learners(20, [1, 1], [1, 0], [0, 1], [0, 0])) == [
        "It hardly tells those who know more from those who know less: read it again."
    ]


def test_a_question_that_many_leave_open():
    attempts = learners(20, [1, 1], [1, 1], [0, 0])
    left = [dataclasses.replace(attempt, left_open=["q1"]) for attempt in attempts[:3]]
    assert remarks([*left, *attempts[3:]]) == [
        "Many leave it open: is it clear, and is there enough time?"
    ]
    # Two of twenty are not more than a tenth.
    assert not remarks([*left[:2], *attempts[2:]])


def test_questions_that_work_against_each_other():
    # Variances 1/4 + 1/4; sums 0, 1, 1, 1, 2...: alpha from 8 * (1, 0), 8 * (0, 1), 2 * (1, 1), 2 * (0, 0):
    # variance of the sums 4/20, 2 * (1 - 0.5 / 0.2) = -3.
    rows = [[1, 0]] * 8 + [[0, 1]] * 8 + [[1, 1]] * 2 + [[0, 0]] * 2
    report = report_of(matrix(*rows))
    assert report.alpha == pytest.approx(-3)
    assert report.remarks == [
        "The questions work against each other: look for one with a wrong key."
    ]


def test_questions_that_have_little_in_common():
    # 6 * (1, 1), 6 * (0, 0), 4 * (1, 0), 4 * (0, 1): 2 * (1 - 0.5 / 0.6) = 1/3.
    rows = [[1, 1]] * 6 + [[0, 0]] * 6 + [[1, 0]] * 4 + [[0, 1]] * 4
    report = report_of(matrix(*rows))
    assert report.alpha == pytest.approx(1 / 3)
    assert report.remarks == [
        "The questions have little in common: chance has a large part in a single result."
    ]


def test_a_quiz_that_tells_people_apart_has_no_remark():
    assert not report_of(learners(20, *[list(a.credits.values()) for a in LADDER])).remarks


OFFERED = (
    OfferedValue("", "a", right=False),
    OfferedValue("", "b", right=True),
    OfferedValue("", "c", right=False),
)


def rows_of(*choices: ChoiceSums, n: int = 20, offered=OFFERED) -> dict[str | None, list[str]]:
    """Return the remarks of each row of a distractor table, with six attempts in either group."""
    question = QuestionFacts(
        number=1,
        key="q1",
        sums=QuestionSums(n=n, learners=n, answered=n, sum_credit=10, sum_credit_sq=10),
        groups=GroupSums(upper_n=6, upper_credit=5, lower_n=6, lower_credit=2),
        offered=offered,
        choices=choices,
    )
    report = build_report(QuizSums(attempts=n, learners=n), [question])
    return {row.figures.value: list(row.remarks) for row in report.questions[0].distractors}


def test_an_option_that_nobody_chose_is_named():
    assert rows_of(ChoiceSums("", "a", 8, 3.0, 1, 4), ChoiceSums("", "b", 12, 9.0, 5, 2)) == {
        "a": [],
        "b": [],
        "c": ["Nobody chose this option."],
    }


def test_a_right_option_that_nobody_chose_asks_for_its_key():
    found = rows_of(ChoiceSums("", "a", 8, 3.0, 2, 2), ChoiceSums("", "c", 12, 4.0, 4, 4))
    assert found["b"] == ["Nobody chose this option, though it is right: look at the key."]


def test_a_wrong_option_that_more_choose_than_the_right_one():
    found = rows_of(
        ChoiceSums("", "a", 11, 5.0, 3, 3),
        ChoiceSums("", "b", 5, 4.0, 2, 2),
        ChoiceSums("", "c", 4, 1.0, 1, 1),
    )
    assert found == {"a": ["Chosen more often than the right one."], "b": [], "c": []}


def test_a_wrong_option_that_as_many_choose_as_the_right_one_is_in_order():
    found = rows_of(
        ChoiceSums("", "a", 8, 5.0, 2, 3),
        ChoiceSums("", "b", 8, 6.0, 3, 2),
        ChoiceSums("", "c", 4, 1.0, 1, 1),
    )
    assert found == {"a": [], "b": [], "c": []}


def test_where_several_are_right_one_of_them_may_be_chosen_less():
    offered = [*OFFERED, OfferedValue("", "d", right=True)]
    found = rows_of(
        ChoiceSums("", "a", 9, 5.0, 2, 3),
        ChoiceSums("", "b", 5, 4.0, 3, 2),
        ChoiceSums("", "c", 1, 0.5, 0, 1),
        ChoiceSums("", "d", 15, 9.0, 5, 3),
        offered=offered,
    )
    assert found == {"a": [], "b": [], "c": [], "d": []}


def test_a_wrong_option_is_compared_with_the_right_one_of_its_own_item():
    offered = [
        OfferedValue("one", "a", right=True),
        OfferedValue("one", "b", right=False),
        OfferedValue("two", "c", right=True),
        OfferedValue("two", "d", right=False),
    ]
    found = rows_of(
        ChoiceSums("one", "a", 5, 4.0, 2, 1),
        ChoiceSums("one", "b", 15, 8.0, 4, 5),
        ChoiceSums("two", "c", 14, 9.0, 5, 3),
        ChoiceSums("two", "d", 6, 2.0, 1, 3),
        offered=offered,
    )
    assert found == {"a": [], "b": ["Chosen more often than the right one."], "c": [], "d": []}


def test_a_wrong_option_that_those_choose_who_know_more():
    found = rows_of(
        # One in six more is clearly more than a tenth.
        ChoiceSums("", "a", 8, 6.0, 2, 1),
        ChoiceSums("", "b", 9, 6.0, 3, 4),
        ChoiceSums("", "c", 3, 1.0, 1, 1),
    )
    assert found == {
        "a": ["Those who know more choose it more often: is it really wrong?"],
        "b": [],
        "c": [],
    }


def test_what_was_typed_or_earns_a_part_is_not_judged():
    found = rows_of(
        ChoiceSums("", "a", 12, 9.0, 6, 0),
        ChoiceSums("", "typed", 8, 6.0, 6, 0),
        offered=(OfferedValue("", "a", right=None), OfferedValue("", "half", right=None)),
    )
    assert found == {"a": [], "half": [], "typed": []}


def test_with_few_attempts_an_option_may_well_be_chosen_by_nobody():
    assert rows_of(ChoiceSums("", "b", 10, 9.0, 3, 3), n=10) == {"a": [], "b": [], "c": []}
