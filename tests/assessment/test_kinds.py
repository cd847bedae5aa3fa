"""Grading laws that hold for every kind of question, and what each kind says for itself."""

import random
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courseapp.assessment.kinds import KINDS
from courseapp.core.errors import InvalidInput

KEYS = st.integers(2, 8).map(lambda count: list("hgfedcba"[:count]))


@st.composite
def questions(draw, kinds=tuple(KINDS)):
    """A kind, and the structure of a question of that kind as its authors may write it."""
    name = draw(st.sampled_from(kinds))
    if name == "true_false":
        return KINDS[name], {
            "options": ["true", "false"],
            "right": [draw(st.sampled_from(["true", "false"]))],
        }
    options = draw(KEYS)
    most = 1 if name == "single_choice" else len(options) - 1
    right = draw(st.lists(st.sampled_from(options), min_size=1, max_size=most, unique=True))
    return KINDS[name], {"options": options, "right": right}


@st.composite
def answered(draw, kinds=tuple(KINDS)):
    """A question with any answer that a learner can give."""
    kind, structure = draw(questions(kinds))
    if kind.answer_is_list:
        raw = draw(st.lists(st.sampled_from(structure["options"]), unique=True))
    else:
        raw = draw(st.sampled_from(structure["options"]))
    return kind, structure, raw


def the_key(kind, structure):
    right = list(kind.right_options(structure))
    return kind.parse_answer(structure, right if kind.answer_is_list else right[0])


@given(answered())
def test_credit_lies_between_nothing_and_everything(question):
    kind, structure, raw = question

    assert 0 <= kind.grade(structure, kind.parse_answer(structure, raw)) <= 1


@given(questions())
def test_the_key_earns_everything(question):
    kind, structure = question

    assert kind.grade(structure, the_key(kind, structure)) == 1


@given(answered())
def test_only_the_key_earns_everything(question):
    kind, structure, raw = question
    answer = kind.parse_answer(structure, raw)

    is_key = set(kind.chosen(answer)) == set(kind.right_options(structure))
    assert (kind.grade(structure, answer) == 1) == is_key


@given(questions())
def test_no_answer_earns_nothing(question):
    kind, structure = question

    assert kind.grade(structure, None) == 0
    assert list(kind.chosen(None)) == []


@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_options_and_of_choices_does_not_matter(question, chance):
    kind, structure, raw = question
    shuffled = {name: chance.sample(keys, len(keys)) for name, keys in structure.items()}
    other = chance.sample(raw, len(raw)) if kind.answer_is_list else raw

    answer = kind.parse_answer(structure, raw)
    assert kind.parse_answer(shuffled, other) == answer
    assert kind.grade(shuffled, answer) == kind.grade(structure, answer)


@given(questions(), st.integers(0, 2**31 - 1))
def test_the_same_seed_draws_the_same_and_every_option_once(question, seed):
    kind, structure = question

    first, again = (list(kind.draw(structure, random.Random(seed))) for _ in range(2))

    assert first == again
    assert sorted(first) == sorted(structure["options"])


@given(questions(("single_choice", "multiple_choice")))
def test_another_seed_may_draw_another_order(question):
    kind, structure = question
    assume(len(structure["options"]) > 2)

    drawn = {tuple(kind.draw(structure, random.Random(seed))) for seed in range(40)}

    assert len(drawn) > 1


@given(answered())
def test_a_stored_answer_tells_what_was_chosen(question):
    kind, structure, raw = question

    chosen = kind.chosen(kind.parse_answer(structure, raw))

    assert set(chosen) == (set(raw) if kind.answer_is_list else {raw})


@given(
    questions(), st.sampled_from([None, 17, 1.5, {}, "no such option", ["no such"], [[]], [None]])
)
def test_what_is_no_answer_is_refused_beside_its_field(question, raw):
    kind, structure = question

    with pytest.raises(InvalidInput) as refusal:
        kind.parse_answer(structure, raw)
    assert list(refusal.value.details["errors"]) == ["answer"]


@given(answered())
def test_one_choice_is_no_list_and_a_list_is_no_one_choice(question):
    kind, structure, raw = question

    with pytest.raises(InvalidInput):
        kind.parse_answer(structure, structure["options"][0] if kind.answer_is_list else [raw])


def test_a_multiple_choice_earns_right_minus_wrong_over_right_and_never_less_than_nothing():
    kind = KINDS["multiple_choice"]
    structure = {"options": ["a", "b", "c", "x", "y"], "right": ["a", "b", "c"]}
    credit = {
        chosen: kind.grade(structure, kind.parse_answer(structure, list(chosen)))
        for chosen in ["", "a", "ab", "abc", "ax", "abx", "abcx", "abcxy", "x", "axy"]
    }

    assert credit == {
        "": 0,
        "a": Fraction(1, 3),
        "ab": Fraction(2, 3),
        "abc": 1,
        "ax": 0,
        "abx": Fraction(1, 3),
        "abcx": Fraction(2, 3),
        "abcxy": Fraction(1, 3),
        "x": 0,
        "axy": 0,
    }


@given(answered(("multiple_choice",)), st.data())
def test_one_more_right_option_never_costs_and_one_more_wrong_one_never_pays(question, data):
    kind, structure, raw = question
    more = data.draw(st.sampled_from(structure["options"]))
    assume(more not in raw)
    before, after = (
        kind.grade(structure, kind.parse_answer(structure, chosen))
        for chosen in (raw, [*raw, more])
    )

    if more in structure["right"]:
        assert after >= before
    else:
        assert after <= before


def test_an_option_chosen_twice_counts_once():
    kind = KINDS["multiple_choice"]
    structure = {"options": ["a", "b", "c"], "right": ["a", "b"]}

    answer = kind.parse_answer(structure, ["a", "a"])

    assert kind.chosen(answer) == ["a"]
    assert kind.grade(structure, answer) == Fraction(1, 2)


def test_emptying_a_multiple_choice_takes_the_answer_back():
    kind = KINDS["multiple_choice"]
    structure = {"options": ["a", "b"], "right": ["a"]}

    assert list(kind.chosen(kind.parse_answer(structure, []))) == []


@pytest.mark.parametrize(("raw", "word"), [(True, "true"), (False, "false"), ("true", "true")])
def test_true_or_false_takes_words_and_json_booleans(raw, word):
    kind = KINDS["true_false"]
    structure = {"options": ["true", "false"], "right": ["true"]}

    assert kind.chosen(kind.parse_answer(structure, raw)) == [word]


def test_true_stands_before_false_in_every_attempt():
    structure = {"options": ["true", "false"], "right": ["false"]}

    drawn = {tuple(KINDS["true_false"].draw(structure, random.Random(n))) for n in range(20)}

    assert drawn == {("true", "false")}
