"""Items of QTI in every version: each interaction, and what has no counterpart."""

from __future__ import annotations

from decimal import Decimal

import pytest

from courseapp.interop.questions.qti import read
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Criterion,
    Essay,
    ExchangedQuestion,
    Gaps,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Severity,
    TextEntry,
    Unit,
)
from tests.interop.qti_items import (
    IS_RIGHT,
    changed,
    choices,
    entry,
    every_version,
    item,
    mapping,
    one,
    outcome,
    refusal,
    response,
    rules,
    sets,
    shown,
    template,
    variable,
    when,
)
from tests.interop.qti_schema import NAMESPACES

# -- Choices --------------------------------------------------------------------------------------


@every_version
def test_a_single_choice(version):
    question = one(
        item(
            version,
            "<p>Which <em>branch</em>?</p>" + choices("sickness", "old age"),
            response("identifier", "o"),
            outcome("SCORE"),
            processing=template("match_correct"),
        )
    )
    assert question == ExchangedQuestion(
        "Which *branch*?",
        Choice([Option("sickness", 0, "", "s"), Option("old age", 100, "", "o")], shuffle=False),
        key="q1",
        title="A question",
        line=1,
    )


@every_version
def test_credits_of_a_single_choice_come_from_its_mapping(version):
    question = one(
        item(
            version,
            "<p>P</p>" + choices("a", "b", "c", "d"),
            response("identifier", "a", mapping=mapping(a="2", b="1", c="-4")),
            outcome("SCORE"),
            processing=template("map_response"),
        )
    )
    assert credits_of(question) == [100, 50, -100, 0]


def credits_of(question: ExchangedQuestion) -> list[int]:
    return [option.credit for option in question.interaction.options]


@every_version
def test_credits_of_several_choices_are_shares_of_what_can_be_reached(version):
    table = mapping('lowerBound="0" upperBound="2" defaultValue="-2"', a="1", b="1", c="-1")
    question = one(
        item(
            version,
            "<p>P</p>" + choices("a", "b", "c", "d", said='maxChoices="0" shuffle="true"'),
            response("identifier", "a", "b", cardinality="multiple", mapping=table),
            outcome("SCORE"),
            processing=template("map_response"),
        )
    )
    assert credits_of(question) == [50, 50, -50, -100]
    assert question.interaction.many
    assert question.interaction.shuffle


@every_version
def test_several_choices_that_count_only_together_become_shares(version):
    question, remarks = changed(
        item(
            version,
            "<p>P</p>" + choices("a", "b", "c", said='maxChoices="0"'),
            response("identifier", "a", "b", cardinality="multiple"),
            outcome("SCORE"),
            processing=template("match_correct"),
        )
    )
    assert credits_of(question) == [50, 50, -50]
    assert remarks[0].startswith("Only the whole answer earned points.")


def test_one_of_a_multiple_response_is_a_single_choice():
    question = one(
        item(
            "2.1",
            "<p>P</p>" + choices("a", "b"),
            response("identifier", "a", cardinality="multiple"),
            outcome("SCORE"),
            processing=template("match_correct"),
        )
    )
    assert not question.interaction.many
    assert credits_of(question) == [100, 0]


@pytest.mark.parametrize(
    ("name", "credits_"),
    [
        ("match_correct", [100, 0, 0]),
        ("match_correct.xml", [100, 0, 0]),
        ("CC2_match", [100, 0, 0]),
        ("CC2_match_basic.xml", [100, 0, 0]),
        ("map_response", [100, 50, 0]),
        ("CC2_map_response.xml", [100, 50, 0]),
    ],
)
def test_standard_templates_are_known(name, credits_):
    question = one(
        item(
            "2.2",
            "<p>P</p>" + choices("a", "b", "c"),
            response("identifier", "a", mapping=mapping(a="4", b="2")),
            outcome("SCORE"),
            outcome("MAXSCORE", "4"),
            outcome("FEEDBACKBASIC", "none", "identifier"),
            processing=template(name),
        )
    )
    assert credits_of(question) == credits_


@every_version
def test_scoring_that_is_written_out_is_carried_out(version):
    # As authoring tools have it: a maximum that is a variable, and bounds to which the score is cut.
    cut = when(
        f"<gt>{variable('SCORE')}{variable('MAXSCORE')}</gt>", sets("SCORE", variable("MAXSCORE"))
    )
    question = one(
        item(
            version,
            "<p>P</p>" + choices("a", "b", "c"),
            response("identifier", "a"),
            outcome("SCORE", "0"),
            outcome("MAXSCORE", "4"),
            processing=rules(
                when(
                    IS_RIGHT, sets("SCORE", f"<sum>{variable('SCORE')}{variable('MAXSCORE')}</sum>")
                ),
                when(
                    f'<match>{variable()}<baseValue baseType="identifier">b</baseValue></match>',
                    sets("SCORE", "1"),
                ),
                cut,
            ),
        )
    )
    assert credits_of(question) == [100, 25, 0]


@pytest.mark.parametrize(
    "processing",
    [
        '<responseProcessing template="https://example.org/own"/>',
        rules(when("<customOperator/>", sets("SCORE", "1"))),
        rules(sets("SCORE", "<randomFloat min='0' max='1'/>")),
        rules(when(IS_RIGHT)),
        template("map_response_point"),
    ],
)
def test_scoring_that_is_not_understood_gives_way_to_the_key(processing):
    content = item(
        "2.1",
        "<p>P</p>" + choices("a", "b"),
        response("identifier", "b"),
        outcome("SCORE"),
        processing=processing,
    )
    question, remarks = changed(content)
    assert credits_of(question) == [0, 100]
    assert remarks == [
        "Its scoring earns nothing, or is not understood here: the key is taken from its correctResponse."
    ]


def test_without_scoring_the_key_is_taken_without_a_word():
    question = one(item("2.1", "<p>P</p>" + choices("a", "b"), response("identifier", "b")))
    assert credits_of(question) == [0, 100]


@every_version
def test_a_choice_without_a_key_is_refused(version):
    content = item(version, "<p>P</p>" + choices("a", "b"), response("identifier"))
    assert "which answer to RESPONSE is right" in refusal(content)


@pytest.mark.parametrize("many", [True, False])
def test_a_key_that_names_none_of_the_options_is_refused(many):
    body = "<p>P</p>" + choices("a", "b", said='maxChoices="0"' if many else "")
    content = item(
        "2.1", body, response("identifier", "c", cardinality="multiple" if many else "single")
    )
    assert "which answer to RESPONSE is right" in refusal(content)


def test_right_options_that_are_worth_nothing_together_keep_their_credits():
    one_of_both = [
        when(
            f'<match>{variable()}<multiple><baseValue baseType="identifier">{n}</baseValue></multiple></match>',
            sets("SCORE", "1"),
        )
        for n in "ab"
    ]
    question = one(
        item(
            "2.1",
            "<p>P</p>" + choices("a", "b", said='maxChoices="0"'),
            response("identifier", "a", "b", cardinality="multiple"),
            outcome("SCORE"),
            processing=rules(*one_of_both),
        )
    )
    assert credits_of(question) == [100, 100]


@pytest.mark.parametrize("said", ['class="true-false"', ""])
def test_true_and_false_are_recognised(said):
    inner = '<simpleChoice identifier="f">False</simpleChoice><simpleChoice identifier="t">True</simpleChoice>'
    body = f'<p>P</p><choiceInteraction responseIdentifier="RESPONSE" {said}>{inner}</choiceInteraction>'
    question = one(item("2.1", body, response("identifier", "t")))
    assert question.interaction.is_true_false
    assert question.interaction.options == [
        Option("True", 100, "", "t"),
        Option("False", 0, "", "f"),
    ]


@every_version
def test_feedback_inside_an_option_is_its_own(version):
    inner = (
        '<simpleChoice identifier="a">A<feedbackInline outcomeIdentifier="FEEDBACK" identifier="a" '
        'showHide="show">No, <strong>not</strong> A.</feedbackInline></simpleChoice>'
        '<simpleChoice identifier="b">B</simpleChoice>'
    )
    body = f'<p>P</p><choiceInteraction responseIdentifier="RESPONSE">{inner}</choiceInteraction>'
    question = one(item(version, body, response("identifier", "b")))
    assert question.interaction.options[0] == Option("A", 0, "No, **not** A.", "a")


@every_version
def test_feedback_beside_the_text_goes_to_the_options_for_which_it_is_shown(version):
    question = one(
        item(
            version,
            "<p>P</p>" + choices("a", "b", "c"),
            response("identifier", "a"),
            outcome("SCORE"),
            outcome("FEEDBACK", base_type="identifier"),
            processing=rules(
                when(
                    IS_RIGHT,
                    sets("SCORE", "1"),
                    sets("FEEDBACK", "yes", "identifier"),
                    otherwise=sets("FEEDBACK", "no", "identifier"),
                ),
            ),
            after=shown("yes", "<p>Right.</p>") + shown("no", "<p>Not quite.</p>"),
        )
    )
    assert [o.feedback for o in question.interaction.options] == [
        "Right.",
        "Not quite.",
        "Not quite.",
    ]


@every_version
def test_feedback_that_everybody_sees_is_the_explanation(version):
    question = one(
        item(
            version,
            "<p>P</p>" + choices("a", "b"),
            response("identifier", "a"),
            outcome("SCORE"),
            outcome("SOLUTION", "always", "identifier"),
            outcome("OTHER", base_type="identifier"),
            processing=template("match_correct"),
            after=shown("always", "<p>Because <em>so</em>.</p>", "SOLUTION")
            + shown("never", "<p>And so.</p>", "OTHER", "hide"),
        )
    )
    assert question.explanation == "Because *so*.\n\nAnd so."


@every_version
def test_feedback_on_some_answers_only_is_told_where_it_cannot_be_kept(version):
    question, remarks = changed(
        item(
            version,
            "<p>P</p><orderInteraction responseIdentifier='RESPONSE'>"
            "<simpleChoice identifier='a'>A</simpleChoice><simpleChoice identifier='b'>B</simpleChoice>"
            "</orderInteraction>",
            response("identifier", "b", "a", cardinality="ordered"),
            outcome("SCORE"),
            outcome("FEEDBACK", base_type="identifier"),
            processing=rules(
                when(IS_RIGHT, sets("SCORE", "1"), sets("FEEDBACK", "yes", "identifier"))
            ),
            after=shown("yes", "<p>Right.</p>"),
        )
    )
    assert question.explanation == ""
    assert remarks == ["The feedback “yes” is shown for some answers only. It was left out."]


def test_a_prompt_inside_the_interaction_belongs_to_the_text():
    body = "<p>Read this.</p>" + choices("a", "b").replace(
        "><simple", "><prompt>Which <em>one</em>?</prompt><simple", 1
    )
    assert (
        one(item("2.1", body, response("identifier", "a"))).prompt == "Read this.\n\nWhich *one*?"
    )


def test_an_item_without_a_text_asks_with_its_title():
    question, remarks = changed(item("2.1", choices("a", "b"), response("identifier", "a")))
    assert question.prompt == "A question"
    assert remarks == ["It has no text of its own, so its title asks the question."]


# -- Texts and numbers ----------------------------------------------------------------------------


@every_version
def test_a_text_with_a_mapping(version):
    table = (
        '<mapping><mapEntry mapKey="Paris" mappedValue="2" caseSensitive="false"/>'
        '<mapEntry mapKey="Lutetia" mappedValue="1" caseSensitive="false"/></mapping>'
    )
    question = one(
        item(
            version,
            f"<p>Which city?</p><p>{entry()}</p>",
            response("string", "Paris", mapping=table),
            outcome("SCORE"),
            processing=template("map_response"),
        )
    )
    assert question.prompt == "Which city?"
    assert question.interaction == TextEntry([Option("Paris", 100), Option("Lutetia", 50)])


@pytest.mark.parametrize(
    "place", ["<p>City: {}</p>", "<p>City:</p><div>{}.</div>", "<p>City:<br/>{}</p>"]
)
def test_an_entry_at_the_end_of_its_paragraph_leaves_no_gap(place):
    question = one(item("2.1", place.format(entry()), response("string", "Paris")))
    assert question.prompt == "City:"
    assert question.interaction == TextEntry([Option("Paris", 100)], case_sensitive=True)


@every_version
def test_an_entry_within_a_sentence_is_a_gap(version):
    question = one(item(version, f"<p>It is {entry()}, is it?</p>", response("string", "Paris")))
    assert question.prompt == "It is [[response]], is it?"
    assert question.interaction == Gaps({"response": TextEntry([Option("Paris", 100)], True)})


def test_keys_that_differ_in_case_only_say_that_case_matters():
    body = f"<p>P</p><p>{entry()}</p>"
    table = mapping(York="1", york="0.5")
    content = item(
        "2.1", body, response("string", mapping=table), processing=template("map_response")
    )
    assert one(content).interaction == TextEntry([Option("York", 100), Option("york", 50)], True)


def test_case_that_matters_in_some_keys_only_is_told():
    table = (
        '<mapping><mapEntry mapKey="a" mappedValue="1" caseSensitive="true"/>'
        '<mapEntry mapKey="b" mappedValue="1" caseSensitive="false"/></mapping>'
    )
    body = f"<p>P</p><p>{entry()}</p>"
    content = item(
        "2.1", body, response("string", mapping=table), processing=template("map_response")
    )
    question, remarks = changed(content)
    assert not question.interaction.case_sensitive
    assert remarks == ["Capital letters matter in some of its answers only. Here, they do in none."]


def test_a_stranger_s_regular_expression_is_not_read():
    test = f'<patternMatch pattern="(a+)+b">{variable()}</patternMatch>'
    question, remarks = changed(
        item(
            "2.1",
            f"<p>P</p><p>{entry()}</p>",
            response("string", "aab"),
            outcome("SCORE"),
            processing=rules(when(test, sets("SCORE", "1"))),
        )
    )
    assert question.interaction == TextEntry([Option("aab", 100)], case_sensitive=True)
    assert "not understood" in remarks[0]


@every_version
@pytest.mark.parametrize(
    ("pattern", "text", "case_sensitive"),
    [
        (r"[sS]ol[\s\S]*", "Sol*", False),
        ("Sol.*ity", "Sol*ity", True),
        (r"a\.b[$] \(c\)", "a.b$ (c)", True),
    ],
)
def test_a_regular_expression_that_only_has_wildcards_is_read(
    version, pattern, text, case_sensitive
):
    pattern = pattern.replace("[sS]", "[Ss]")
    question = one(
        item(
            version,
            f"<p>P</p><p>{entry()}</p>",
            response("string"),
            outcome("SCORE"),
            processing=rules(
                when(
                    f'<patternMatch pattern="{pattern}">{variable()}</patternMatch>',
                    sets("SCORE", "1"),
                )
            ),
        )
    )
    assert question.interaction == TextEntry([Option(text, 100)], case_sensitive, wildcards=True)


def numeric(version: str, test: str, *more: str, correct: str = "45") -> bytes:
    return item(
        version,
        f"<p>P</p><p>{entry()}</p>",
        response("float", correct),
        outcome("SCORE"),
        processing=rules(when(test, sets("SCORE", "1")), *more),
    )


@every_version
@pytest.mark.parametrize("kind", ["float", "integer"])
def test_an_exact_number(version, kind):
    content = item(
        version,
        f"<p>P</p><p>{entry()}</p>",
        response(kind, "45"),
        outcome("SCORE"),
        processing=template("match_correct"),
    )
    assert one(content).interaction == NumberEntry([AcceptedNumber(Decimal(45))])


@every_version
@pytest.mark.parametrize(
    ("said", "tolerance"),
    [
        ('toleranceMode="exact"', "0"),
        ("", "0"),
        ('toleranceMode="absolute" tolerance="0.5"', "0.5"),
        ('toleranceMode="absolute" tolerance="0.5 0.5"', "0.5"),
        ('toleranceMode="relative" tolerance="10"', "4.5"),
    ],
)
def test_a_number_with_a_tolerance(version, said, tolerance):
    for inner in (
        f'{variable()}<correct identifier="RESPONSE"/>',
        f'<baseValue baseType="float">45</baseValue>{variable()}',
    ):
        question = one(numeric(version, f"<equal {said}>{inner}</equal>"))
        assert question.interaction == NumberEntry(
            [AcceptedNumber(Decimal(45), Decimal(tolerance))]
        )


@every_version
def test_a_number_between_two_others(version):
    test = (
        f'<and><gte>{variable()}<baseValue baseType="float">40</baseValue></gte>'
        f'<lte>{variable()}<baseValue baseType="float">50</baseValue></lte></and>'
    )
    question = one(numeric(version, test))
    assert question.interaction == NumberEntry([AcceptedNumber(Decimal(45), Decimal(5))])


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        ('<baseValue baseType="float">45</baseValue>{}', "46"),
        ('{}<baseValue baseType="float">45</baseValue>', "44"),
    ],
)
def test_a_tolerance_that_is_wider_on_one_side_moves_the_number(inner, value):
    test = f'<equal toleranceMode="absolute" tolerance="1 3">{inner.format(variable())}</equal>'
    question, remarks = changed(numeric("2.1", test))
    assert question.interaction == NumberEntry([AcceptedNumber(Decimal(value), Decimal(2))])
    assert remarks[0].startswith("It accepts more on one side")


def test_several_numbers_earn_what_their_conditions_say():
    steps = [
        f'<equal toleranceMode="absolute" tolerance="{t} {t}"><correct identifier="RESPONSE"/>{variable()}</equal>'
        for t in (0, 5)
    ]
    ladder = (
        f"<responseCondition><responseIf>{steps[0]}{sets('SCORE', '4')}</responseIf>"
        f"<responseElseIf>{steps[1]}{sets('SCORE', '1')}</responseElseIf></responseCondition>"
    )
    content = item(
        "2.1",
        f"<p>P</p><p>{entry()}</p>",
        response("float", "45"),
        outcome("SCORE"),
        processing=rules(ladder),
    )
    assert one(content).interaction == NumberEntry(
        [AcceptedNumber(Decimal(45)), AcceptedNumber(Decimal(45), Decimal(5), 25)]
    )


@every_version
def test_a_number_with_units_is_read_from_the_choice_beside_it(version):
    units = (
        '<inlineChoiceInteraction responseIdentifier="UNIT"><inlineChoice identifier="m">m</inlineChoice>'
        '<inlineChoice identifier="cm">cm</inlineChoice></inlineChoiceInteraction>'
    )
    test = (
        '<equal toleranceMode="exact"><baseValue baseType="float">2</baseValue>'
        f'<product>{variable()}<mapResponse identifier="UNIT"/></product></equal>'
    )
    question = one(
        item(
            version,
            f"<p>How long?</p><p>{entry()} {units}</p>",
            response("float", "2"),
            response("identifier", "m", mapping=mapping(m="1", cm="0.01"), name="UNIT"),
            outcome("SCORE"),
            processing=rules(when(test, sets("SCORE", "1"))),
        )
    )
    assert question.prompt == "How long?"
    assert question.interaction == NumberEntry(
        [AcceptedNumber(Decimal(2))], [Unit("m"), Unit("cm", Decimal("0.01"))]
    )


def test_a_number_in_parts_is_refused():
    parts = '<responseDeclaration identifier="RESPONSE" cardinality="record"/>'
    assert "does not fit (record)" in refusal(item("2.1", f"<p>P</p><p>{entry()}</p>", parts))


# -- Gaps -----------------------------------------------------------------------------------------


@every_version
def test_several_entries_in_a_text_are_gaps(version):
    choice = (
        '<inlineChoiceInteraction responseIdentifier="RESPONSE_2" shuffle="true">'
        '<inlineChoice identifier="a">low</inlineChoice><inlineChoice identifier="b">high</inlineChoice>'
        "</inlineChoiceInteraction>"
    )
    question = one(
        item(
            version,
            f"<p>From {entry('RESPONSE_1')} to {choice} and {entry('3rd')}.</p>".replace(
                "3rd", "_3"
            ),
            response("string", "here", name="RESPONSE_1"),
            response("identifier", "b", name="RESPONSE_2"),
            response("integer", "7", name="_3"),
        )
    )
    assert question.prompt == "From [[response-1]] to [[response-2]] and [[gap-3]]."
    assert question.interaction == Gaps(
        {
            "response-1": TextEntry([Option("here", 100)], case_sensitive=True),
            "response-2": Choice([Option("low", 0, "", "a"), Option("high", 100, "", "b")]),
            "gap-3": NumberEntry([AcceptedNumber(Decimal(7))]),
        }
    )


def two_gaps(*processing: str, one_key: str = "", other_key: str = "") -> bytes:
    return item(
        "2.1",
        f"<p>{entry('A')} and {entry('B')} end</p>",
        response("string", "x", name="A", mapping=one_key),
        response("string", "y", name="B", mapping=other_key),
        outcome("SCORE", "0"),
        processing=rules(*processing),
    )


def test_gaps_that_count_only_together_become_shares():
    both = "".join(f'<match>{variable(n)}<correct identifier="{n}"/></match>' for n in "AB")
    question, remarks = changed(two_gaps(when(f"<and>{both}</and>", sets("SCORE", "1"))))
    assert list(question.interaction.gaps) == ["a", "b"]
    assert remarks == [
        "Only the whole answer earned points. Here, each part of it earns its share."
    ]


def test_gaps_that_earn_different_points_are_told():
    added = [f"<sum>{variable('SCORE')}<mapResponse identifier='{name}'/></sum>" for name in "AB"]
    question, remarks = changed(
        two_gaps(
            *(sets("SCORE", expression) for expression in added),
            one_key=mapping(x="1"),
            other_key=mapping(y="3", z="1.5"),
        )
    )
    assert question.interaction.gaps["b"].accept == [Option("y", 100), Option("z", 50)]
    assert remarks == ["Some of its gaps earn more than others. Here, all count alike."]


def test_a_gap_without_a_key_is_refused_by_its_name():
    content = item(
        "2.1",
        f"<p>{entry('A')} and {entry('B')} end</p>",
        response("string", "x", name="A"),
        response("string", name="B"),
    )
    assert "answer to B is right" in refusal(content)


@every_version
def test_words_to_put_into_gaps(version):
    body = (
        '<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="true"><prompt>Complete it.</prompt>'
        '<gapText identifier="w" matchMax="1">winter</gapText><gapText identifier="s" matchMax="1">summer'
        '</gapText><p>First <gap identifier="G1"/>, then <gap identifier="G2"/>.</p></gapMatchInteraction>'
    )
    question = one(
        item(
            version,
            body,
            response(
                "directedPair",
                "w G1",
                "s G2",
                cardinality="multiple",
                mapping=mapping(w_G1="1", s_G2="1"),
            ),
            outcome("SCORE"),
            processing=template("map_response"),
        )
    )
    assert question.prompt == "Complete it.\n\nFirst [[g1]], then [[g2]]."
    assert question.interaction.gaps["g2"] == Choice(
        [Option("winter", 0, "", "w"), Option("summer", 100, "", "s")]
    )


def test_a_gap_into_which_nothing_belongs_is_refused():
    body = (
        '<gapMatchInteraction responseIdentifier="RESPONSE"><gapText identifier="w">winter</gapText>'
        '<p><gap identifier="G1"/> <gap identifier="G2"/></p></gapMatchInteraction>'
    )
    content = item("2.1", body, response("directedPair", "w G1", cardinality="multiple"))
    assert refusal(content) == "Its key has nothing for the gap G2."


def test_images_to_put_into_gaps_are_refused():
    body = (
        '<gapMatchInteraction responseIdentifier="RESPONSE"><gapImg identifier="w"/>'
        '<p><gap identifier="G1"/></p></gapMatchInteraction>'
    )
    content = item("2.1", body, response("directedPair", "w G1", cardinality="multiple"))
    assert refusal(content).startswith("It has images to put into gaps (gapImg)")


def test_gaps_whose_names_are_alike_get_keys_that_are_not():
    body = f"<p>{entry('A_1')} {entry('a-1')} {entry('__')} x</p>"
    content = item("2.1", body, *(response("string", "x", name=n) for n in ("A_1", "a-1", "__")))
    assert list(one(content).interaction.gaps) == ["a-1", "a-1-2", "gap"]


def test_words_that_look_like_a_gap_are_none():
    question = one(
        item("2.1", f"<p>[[a]] GAP000001 {entry('A')} x</p>", response("string", "x", name="A"))
    )
    assert question.prompt == r"\[\[a\]\] GAP000001 [[a]] x"


# -- Pairs and orders -----------------------------------------------------------------------------


def matching(left: str, right: str, *key: str, mapped: bool = True, version: str = "2.1") -> bytes:
    sets_ = "".join(
        "<simpleMatchSet>"
        + "".join(
            f'<simpleAssociableChoice identifier="{n}" matchMax="1">{n.upper()}</simpleAssociableChoice>'
            for n in side
        )
        + "</simpleMatchSet>"
        for side in (left, right)
    )
    table = mapping(**{pair.replace(" ", "_"): "1" for pair in key}) if mapped else ""
    return item(
        version,
        f'<p>P</p><matchInteraction responseIdentifier="RESPONSE">{sets_}</matchInteraction>',
        response("directedPair", *key, cardinality="multiple", mapping=table),
        outcome("SCORE"),
        processing=template("map_response" if mapped else "match_correct"),
    )


@every_version
def test_two_lists_are_matched(version):
    question = one(matching("abc", "xyz", "a x", "b y", "c x", version=version))
    assert question.interaction == Matching(
        [Pair("A", "X", key="a"), Pair("B", "Y", key="b"), Pair("C", "X", key="c")],
        ["Z"],
        shuffle=False,
    )


def test_categories_on_the_left_change_places():
    question, remarks = changed(matching("ab", "xyz", "a x", "a y", "b z"))
    assert [(p.text, p.match) for p in question.interaction.pairs] == [
        ("X", "A"),
        ("Y", "A"),
        ("Z", "B"),
    ]
    assert remarks == ["Its two lists changed places."]


@pytest.mark.parametrize("key", [("a x",), ("a x", "a y", "b x"), ("a x", "b q")])
def test_lists_that_do_not_match_one_by_one_are_refused(key):
    assert refusal(matching("ab", "xy", *key)).startswith(
        ("Something in its lists", "Its key names")
    )


def test_matches_that_count_only_together_become_shares():
    _, remarks = changed(matching("ab", "xy", "a x", "b y", mapped=False))
    assert remarks == [
        "Only the whole answer earned points. Here, each part of it earns its share."
    ]


@every_version
def test_pairs_within_one_list_become_two_lists(version):
    inner = "".join(
        f'<simpleAssociableChoice identifier="{n}" matchMax="1">{n}</simpleAssociableChoice>'
        for n in "abcde"
    )
    question, remarks = changed(
        item(
            version,
            f'<p>P</p><associateInteraction responseIdentifier="RESPONSE">{inner}</associateInteraction>',
            response(
                "pair", "d a", "b c", cardinality="multiple", mapping=mapping(a_d="1", c_b="1")
            ),
            outcome("SCORE"),
            processing=template("map_response"),
        )
    )
    assert question.interaction == Matching(
        [Pair("a", "d", key="a"), Pair("b", "c", key="b")], ["e"], shuffle=False
    )
    assert remarks == ["Pairs within one list are to be matched here with a list on each side."]


@every_version
def test_steps_in_order(version):
    inner = "".join(f'<simpleChoice identifier="{n}">{n} <em>x</em></simpleChoice>' for n in "abc")
    question = one(
        item(
            version,
            f'<p>P</p><orderInteraction responseIdentifier="RESPONSE">{inner}</orderInteraction>',
            response("identifier", "c", "a", "b", cardinality="ordered"),
            outcome("SCORE"),
            processing=template("match_correct"),
        )
    )
    assert question.interaction == Ordering(["c *x*", "a *x*", "b *x*"])


def test_a_choice_that_belongs_to_two_others_is_refused():
    inner = "".join(
        f'<simpleAssociableChoice identifier="{n}">{n}</simpleAssociableChoice>' for n in "abc"
    )
    body = f'<p>P</p><associateInteraction responseIdentifier="RESPONSE">{inner}</associateInteraction>'
    content = item("2.1", body, response("pair", "a b", "a c", cardinality="multiple"))
    assert refusal(content).startswith("Something in its list has several partners")


def test_a_match_of_one_list_is_refused():
    body = '<p>P</p><matchInteraction responseIdentifier="RESPONSE"><simpleMatchSet/></matchInteraction>'
    content = item("2.1", body, response("directedPair", "a b", cardinality="multiple"))
    assert refusal(content) == "Its matchInteraction has not two lists."


def test_feedback_inside_a_list_is_about_its_pair():
    content = matching("ab", "xy", "a x", "b y").replace(
        b">A<",
        b'>A<feedbackInline outcomeIdentifier="F" identifier="a" showHide="show">Yes</feedbackInline><',
    )
    assert [pair.feedback for pair in one(content).interaction.pairs] == ["Yes", ""]


def test_an_order_of_some_of_the_steps_is_refused():
    inner = "".join(f'<simpleChoice identifier="{n}">{n}</simpleChoice>' for n in "abc")
    body = f'<p>P</p><orderInteraction responseIdentifier="RESPONSE">{inner}</orderInteraction>'
    content = item("2.1", body, response("identifier", "c", "a", cardinality="ordered"))
    assert refusal(content).startswith("Its key does not put all of its steps in order")


# -- Essays ---------------------------------------------------------------------------------------


def essay(version: str, said: str = "", before: str = "", *parts: str) -> bytes:
    body = f'<p>Write.</p>{before}<extendedTextInteraction responseIdentifier="RESPONSE" {said}/>'
    return item(version, body, response("string"), *parts)


@every_version
@pytest.mark.parametrize(
    ("said", "most"),
    [("", None), ('expectedLength="200"', None), (r'patternMask="^[\s\S]{0,500}$"', 500)],
)
def test_a_text_to_write(version, said, most):
    assert one(essay(version, said)).interaction == Essay([], most)


@every_version
def test_a_rubric_in_lines_is_a_rubric_with_a_point_for_each(version):
    rubric = '<rubricBlock view="scorer tutor"><ul><li>Names <em>it</em></li><li>Says why</li></ul></rubricBlock>'
    question, remarks = changed(essay(version, before=rubric))
    assert question.interaction.rubric == [Criterion("Names *it*", 1), Criterion("Says why", 1)]
    assert "each counts one" in remarks[0]


def test_a_rubric_without_lines_is_worth_all_points():
    rubric = '<rubricBlock view="scorer"><p>Good</p><p>work</p></rubricBlock>'
    question = one(essay("2.1", "", rubric, outcome("MAXSCORE", "5")))
    assert question.interaction.rubric == [Criterion("Good work", 5)]


def test_several_texts_to_write_are_told():
    body = '<p>Write.</p><extendedTextInteraction responseIdentifier="RESPONSE"/>'
    _, remarks = changed(item("2.1", body, response("string", cardinality="multiple")))
    assert remarks == ["It asks for several texts. Here, there is room for one."]


def test_what_a_text_must_look_like_is_told():
    _, remarks = changed(essay("2.1", 'patternMask="[a-z]+"'))
    assert remarks == ["What its text must look like (a patternMask) was left out."]


def test_a_model_answer_is_told():
    body = '<p>Write.</p><extendedTextInteraction responseIdentifier="RESPONSE"/>'
    _, remarks = changed(item("2.1", body, response("string", "Like so.")))
    assert remarks == ["Its model answer was left out."]


# -- What has no counterpart ----------------------------------------------------------------------


@every_version
@pytest.mark.parametrize(
    "name",
    [
        "hotspotInteraction",
        "graphicOrderInteraction",
        "graphicAssociateInteraction",
        "graphicGapMatchInteraction",
        "selectPointInteraction",
        "positionObjectInteraction",
        "sliderInteraction",
        "uploadInteraction",
        "drawingInteraction",
        "mediaInteraction",
        "customInteraction",
        "portableCustomInteraction",
        "hottextInteraction",
        "endAttemptInteraction",
    ],
)
def test_other_interactions_are_refused_by_name(version, name):
    content = item(
        version, f"<p>P</p>\n<{name} responseIdentifier='RESPONSE'/>", response("identifier")
    )
    reading = read(content)
    [remark] = reading.remarks
    assert remark.severity is Severity.REFUSED
    assert remark.message == f"There is no counterpart for its {name}."
    assert (remark.about, remark.line) == ("A question", 2)
    assert reading.questions == []


def test_an_interaction_of_another_namespace_is_refused_too():
    body = '<p>P</p><customInteraction><portableCustomInteraction xmlns="urn:pci"/></customInteraction>'
    assert refusal(item("2.2", body)) == "There is no counterpart for its customInteraction."


@every_version
def test_several_questions_in_one_item_are_refused(version):
    body = f"<p>P</p>{choices('a', 'b')}<p>And {entry('B')}?</p>"
    content = item(version, body, response("identifier", "a"), response("string", "x", name="B"))
    assert refusal(content) == (
        "It asks for several things at once (choiceInteraction and textEntryInteraction)."
    )


def test_an_adaptive_item_is_refused():
    said = 'identifier="q1" title="A question" adaptive="true"'
    content = item("2.1", "<p>P</p>" + choices("a", "b"), response("identifier", "a"), said=said)
    assert refusal(content) == "It is adaptive: it changes while it is answered."


@every_version
@pytest.mark.parametrize(
    "part",
    [
        '<templateDeclaration identifier="X" cardinality="single" baseType="integer"/>',
        "<templateProcessing/>",
    ],
)
def test_a_template_is_refused(version, part):
    content = item(version, "<p>P</p>" + choices("a", "b"), response("identifier", "a"), part)
    assert refusal(content).startswith("It is a template (template")


def test_an_item_without_anything_to_answer_is_refused():
    assert refusal(item("2.1", "<p>P</p>")) == "It has no interaction: there is nothing to answer."


def test_an_item_without_a_body_is_refused():
    content = f'<assessmentItem xmlns="{NAMESPACES["2.1"]}" identifier="a" title="t"/>'.encode()
    assert refusal(content) == "It has no body."


def test_a_response_that_is_not_declared_is_refused():
    content = item("2.1", "<p>P</p>" + choices("a", "b"))
    assert refusal(content) == "Its response RESPONSE is not declared."


@every_version
@pytest.mark.parametrize(
    ("part", "message"),
    [
        ('<video src="a.mp4"/>', "Something in the text has no counterpart here: a video."),
        (
            '<feedbackBlock outcomeIdentifier="F" identifier="x" showHide="show"><p>F</p></feedbackBlock>',
            "A feedback within the text is shown for some answers only. It was left out.",
        ),
        (
            '<infoControl title="Hint"><p>Hint</p></infoControl>',
            "A hint that opens on demand was left out.",
        ),
        (
            '<rubricBlock view="tutor"><p>T</p></rubricBlock>',
            "A text for others (tutor) was left out.",
        ),
        (
            '<object type="audio/mpeg" data="a.mp3">A</object>',
            "Something in the text has no counterpart here: an embedded object.",
        ),
    ],
)
def test_what_is_left_out_of_a_text_is_told(version, part, message):
    body = f"<p>P</p>{part}{choices('a', 'b')}"
    question, remarks = changed(item(version, body, response("identifier", "a")))
    assert question.prompt == "P"
    assert remarks == [message]


@every_version
def test_instructions_for_candidates_belong_to_the_text(version):
    body = f'<rubricBlock view="candidate"><p>Choose.</p></rubricBlock><p>P</p>{choices("a", "b")}'
    assert one(item(version, body, response("identifier", "a"))).prompt == "Choose.\n\nP"


@pytest.mark.parametrize("inside", [True, False])
def test_what_accompanies_an_item_is_told(inside):
    catalog = "<catalogInfo/>"
    body = f"<p>P</p>{catalog if inside else ''}" + choices("a", "b")
    content = item("3.0", body, response("identifier", "a"), after="" if inside else catalog)
    _, remarks = changed(content)
    assert remarks == ["Alternative forms of the content (a catalog) were left out."]
