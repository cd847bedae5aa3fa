"""What expressions and rules of QTI come to, and keys that are written as ladders of conditions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from lxml import etree

from courseapp.interop.questions.qti.read.declarations import declarations
from courseapp.interop.questions.qti.read.document import canonical, child
from courseapp.interop.questions.qti.read.expressions import NotUnderstood, Steps
from courseapp.interop.questions.qti.read.ladder import Rung, ladder
from courseapp.interop.questions.qti.read.processing import Processing
from tests.interop.qti_items import item, mapping, outcome, response, rules, sets, variable, when

RESPONSES = (
    response(
        "identifier", "a", "b", cardinality="multiple", name="MANY", mapping=mapping(a="2", b="1")
    ),
    response("identifier", "b", "a", cardinality="ordered", name="ORDER"),
    response("string", "Word", name="TEXT"),
    response("float", "45", name="NUMBER"),
    response("pair", "y x", cardinality="multiple", name="PAIR"),
    response("boolean", "true", name="SWITCH"),
)
GIVEN = {
    "MANY": ["b", "a"],
    "ORDER": ["a", "b"],
    "TEXT": ["word"],
    "NUMBER": ["45.0"],
    "PAIR": ["x y"],
    "SWITCH": ["true"],
}


def number(text: str) -> str:
    return f'<baseValue baseType="float">{text}</baseValue>'


def word(text: str, kind: str = "identifier") -> str:
    return f'<baseValue baseType="{kind}">{text}</baseValue>'


def correct(name: str) -> str:
    return f'<correct identifier="{name}"/>'


TRUE, FALSE = word("true", "boolean"), word("false", "boolean")
NULL = "<null/>"


def processing(*inner: str) -> Processing:
    content = item(
        "2.1",
        "<p/>",
        *RESPONSES,
        outcome("SCORE", "0"),
        outcome("LEVEL", "3"),
        outcome("EMPTY"),
        outcome("SAID", base_type="identifier"),
        processing=rules(*inner),
    )
    root = canonical(etree.fromstring(content))
    return Processing(declarations(root), child(root, "responseProcessing"), Steps())


def outcome_of(expression: str) -> tuple[object, ...]:
    return processing(sets("X", expression)).outcomes(GIVEN)["X"].items


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"<match>{variable('MANY')}{correct('MANY')}</match>", True),
        (f"<match>{variable('ORDER')}{correct('ORDER')}</match>", False),
        (f"<match>{variable('PAIR')}{correct('PAIR')}</match>", True),
        (f"<match>{variable('NUMBER')}{correct('NUMBER')}</match>", True),
        (f"<match>{variable('TEXT')}{correct('TEXT')}</match>", False),
        (f"<match>{variable('SWITCH')}{correct('SWITCH')}</match>", True),
        (f"<match>{variable('SAID')}{word('a')}</match>", None),
        (f"<match>{variable('MANY')}<multiple>{word('a')}{word('b')}</multiple></match>", True),
        (f"<match>{variable('ORDER')}<ordered>{word('a')}{word('b')}</ordered></match>", True),
        (
            f'<stringMatch caseSensitive="false">{variable("TEXT")}{correct("TEXT")}</stringMatch>',
            True,
        ),
        (
            f'<stringMatch caseSensitive="true">{variable("TEXT")}{correct("TEXT")}</stringMatch>',
            False,
        ),
        (
            f'<stringMatch substring="true">{variable("TEXT")}{word("OR", "string")}</stringMatch>',
            True,
        ),
        (f"<stringMatch>{NULL}{correct('TEXT')}</stringMatch>", None),
        (f'<patternMatch pattern="w.*d">{variable("TEXT")}</patternMatch>', True),
        (f'<patternMatch pattern="w.*d">{NULL}</patternMatch>', None),
        (f"<equal>{number('1')}{number('1.0')}</equal>", True),
        (
            f'<equal toleranceMode="absolute" tolerance="1 2">{number("5")}{number("7")}</equal>',
            True,
        ),
        (
            f'<equal toleranceMode="absolute" tolerance="1 2">{number("5")}{number("3.9")}</equal>',
            False,
        ),
        (
            f'<equal toleranceMode="relative" tolerance="10">{number("-50")}{number("-55")}</equal>',
            True,
        ),
        (f"<equal>{NULL}{number('1')}</equal>", None),
        (f"<member>{word('a')}{variable('MANY')}</member>", True),
        (f"<member>{word('c')}{variable('MANY')}</member>", False),
        (f"<member>{word('c')}{NULL}</member>", None),
        (f"<contains>{variable('MANY')}<multiple>{word('a')}</multiple></contains>", True),
        (f"<contains>{variable('MANY')}<multiple>{word('c')}</multiple></contains>", False),
        (f"<contains>{NULL}{variable('MANY')}</contains>", None),
        (f"<isNull>{variable('SAID')}</isNull>", True),
        (f"<isNull>{word('', 'string')}</isNull>", True),
        (f"<isNull>{variable('MANY')}</isNull>", False),
        (f"<not>{TRUE}</not>", False),
        (f"<not>{NULL}</not>", None),
        (f"<and>{TRUE}{TRUE}</and>", True),
        (f"<and>{NULL}{FALSE}</and>", False),
        (f"<and>{NULL}{TRUE}</and>", None),
        (f"<or>{NULL}{TRUE}</or>", True),
        (f"<or>{FALSE}{FALSE}</or>", False),
        (f"<or>{FALSE}{NULL}</or>", None),
        (f"<gt>{number('2')}{number('1')}</gt>", True),
        (f"<gte>{number('1')}{number('1')}</gte>", True),
        (f"<lt>{number('1')}{number('1')}</lt>", False),
        (f"<lte>{number('1')}{number('1')}</lte>", True),
        (f"<lte>{NULL}{number('1')}</lte>", None),
        (f"<sum>{variable('LEVEL')}{variable('EMPTY')}{number('1')}</sum>", 4),
        (f"<sum>{NULL}{number('1')}</sum>", None),
        (f"<product>{number('2')}{number('0.5')}{number('7')}</product>", 7),
        (f"<subtract>{number('2')}{number('5')}</subtract>", -3),
        (f"<divide>{number('1')}{number('4')}</divide>", Fraction(1, 4)),
        (f"<divide>{number('1')}{number('0')}</divide>", 0),
        (f"<min>{number('2')}{number('1')}</min>", 1),
        (f"<max>{number('2')}{number('1')}</max>", 2),
        (f"<round>{number('2.5')}</round>", 3),
        (f"<truncate>{number('-2.5')}</truncate>", -2),
        (f"<integerToFloat>{word('3', 'integer')}</integerToFloat>", 3),
        (f"<containerSize>{variable('MANY')}</containerSize>", 2),
        ('<mapResponse identifier="MANY"/>', 3),
        ('<default identifier="LEVEL"/>', 3),
        ('<default identifier="NOWHERE"/>', None),
        (variable("NOWHERE"), None),
        (correct("NOWHERE"), None),
    ],
)
def test_an_expression_comes_to(expression, expected):
    assert outcome_of(expression) == (() if expected is None else (expected,))


@pytest.mark.parametrize(
    "expression",
    [
        "<randomFloat min='0' max='1'/>",
        '<mapResponse identifier="NOWHERE"/>',
        '<mapResponse identifier="TEXT"/>',
        f"<match>{variable('MANY')}</match>",
        f"<sum>{word('a')}</sum>",
        f"<subtract>{variable('MANY')}{number('1')}</subtract>",
        f"<equal>{number('NaN')}{number('1')}</equal>",
        f'<equal toleranceMode="absolute">{number("1")}{number("1")}</equal>',
        f'<equal toleranceMode="absolute" tolerance="x">{number("1")}{number("1")}</equal>',
        f'<equal toleranceMode="other" tolerance="1">{number("1")}{number("1")}</equal>',
        f"<contains>{variable('ORDER')}{variable('ORDER')}</contains>",
        f"<not>{word('a')}</not>",
        f'<patternMatch pattern="(w)">{variable("TEXT")}</patternMatch>',
        f"<product>{number('1e90') * 60}</product>",
    ],
)
def test_an_expression_that_is_not_understood(expression):
    with pytest.raises(NotUnderstood):
        outcome_of(expression)


def test_rules_follow_one_another():
    done = processing(
        when(FALSE, sets("X", "1")),
        f"<responseCondition><responseIf>{FALSE}{sets('X', '2')}</responseIf>"
        f"<responseElseIf>{TRUE}{sets('X', '3')}</responseElseIf>"
        f"<responseElse>{sets('X', '4')}</responseElse></responseCondition>",
        f"<responseProcessingFragment>{sets('Y', variable('X'))}</responseProcessingFragment>",
        when(FALSE, sets("Z", "1"), otherwise=sets("Z", "5")),
        "<exitResponse/>",
        sets("X", "6"),
    ).outcomes({})
    assert [done[name].items for name in "XYZ"] == [(3,), (3,), (5,)]


@pytest.mark.parametrize(
    "rule",
    [
        "<lookupOutcomeValue identifier='SCORE'/>",
        "<setOutcomeValue identifier='X'/>",
        "<responseCondition><responseIf/></responseCondition>",
    ],
)
def test_a_rule_that_is_not_understood(rule):
    with pytest.raises(NotUnderstood):
        processing(rule).outcomes({})


def test_steps_are_counted_for_the_whole_file():
    steps = Steps(left=100)
    steps.take(100)
    with pytest.raises(NotUnderstood):
        steps.take()


# -- Ladders --------------------------------------------------------------------------------------


def rungs(test: str, name: str = "NUMBER", earned: str = "2", *more: str) -> list[Rung]:
    return list(ladder(processing(when(test, sets("SCORE", earned), *more)), name))


@pytest.mark.parametrize(
    "test",
    [
        f"<match>{variable('NUMBER')}{number('45')}</match>",
        f"<match>{correct('NUMBER')}{variable('NUMBER')}</match>",
        f"<equal>{variable('NUMBER')}{correct('NUMBER')}</equal>",
        f"<and><not><isNull>{variable('NUMBER')}</isNull></not><equal>{number('45')}{variable('NUMBER')}</equal></and>",
    ],
)
def test_a_number_is_a_rung(test):
    assert rungs(test) == [Rung(number=Fraction(45), earned=Fraction(2))]


def test_alternatives_are_rungs_of_the_same_height():
    test = f"<or><equal>{variable('NUMBER')}{number('1')}</equal><equal>{variable('NUMBER')}{number('2')}</equal></or>"
    assert [rung.number for rung in rungs(test)] == [1, 2]


@pytest.mark.parametrize(
    "test",
    [
        f"<and><gte>{variable('NUMBER')}{number('1')}</gte><lte>{variable('NUMBER')}{number('4')}</lte></and>",
        f"<and><lt>{number('1')}{variable('NUMBER')}</lt><gt>{number('4')}{variable('NUMBER')}</gt></and>",
        (
            f"<and><not><isNull>{variable('NUMBER')}</isNull></not><lte>{variable('NUMBER')}{number('4')}</lte>"
            f"<gte>{variable('NUMBER')}{number('1')}</gte></and>"
        ),
    ],
)
def test_a_range_is_a_rung(test):
    assert rungs(test) == [
        Rung(number=Fraction(5, 2), tolerance=Fraction(3, 2), earned=Fraction(2))
    ]


def test_a_rung_knows_what_it_sets():
    [rung] = rungs(
        f"<equal>{variable('NUMBER')}{number('1')}</equal>",
        "NUMBER",
        f"<sum>{variable('SCORE')}{variable('LEVEL')}</sum>",
        sets("SAID", "well-done", "identifier"),
    )
    assert rung.earned == 3
    assert rung.sets == {("SAID", "well-done")}


@pytest.mark.parametrize(
    "test",
    [
        f"<and><gte>{variable('NUMBER')}{number('4')}</gte><lte>{variable('NUMBER')}{number('1')}</lte></and>",
        f"<and><gte>{variable('NUMBER')}{number('4')}</gte><gte>{variable('NUMBER')}{number('1')}</gte></and>",
        f"<and><gte>{variable('NUMBER')}{variable('LEVEL')}</gte><lte>{variable('NUMBER')}{number('1')}</lte></and>",
        f"<and><gte>{number('1')}{number('4')}</gte><lte>{variable('NUMBER')}{number('1')}</lte></and>",
        f"<and>{TRUE}{FALSE}</and>",
        f"<equal>{variable('NUMBER')}{variable('NUMBER')}</equal>",
        f"<equal>{number('1')}{number('2')}</equal>",
        f"<equal>{variable('NUMBER')}</equal>",
        f"<equal>{variable('NUMBER')}{number('x')}</equal>",
        f"<equal>{variable('NUMBER')}{variable('LEVEL')}</equal>",
        f"<equal><product>{variable('NUMBER')}{number('2')}</product>{number('1')}</equal>",
        f"<match>{variable('NUMBER')}{number('x')}</match>",
        f"<match>{variable('TEXT')}{correct('TEXT')}</match>",
        f"<isNull>{variable('NUMBER')}</isNull>",
        TRUE,
    ],
)
def test_what_is_no_rung(test):
    assert rungs(test) == []


@pytest.mark.parametrize(
    "test",
    [
        f'<stringMatch substring="true">{variable("TEXT")}{word("o", "string")}</stringMatch>',
        f'<patternMatch pattern="(o)">{variable("TEXT")}</patternMatch>',
        f'<patternMatch pattern="o">{variable("NUMBER")}</patternMatch>',
    ],
)
def test_what_is_no_rung_for_a_text(test):
    assert rungs(test, "TEXT") == []


def test_a_ladder_on_which_wrong_answers_climb_is_none():
    steps = when(
        f"<equal>{variable('NUMBER')}{number('1')}</equal>",
        sets("SCORE", "0"),
        otherwise=sets("SCORE", "1"),
    )
    assert list(ladder(processing(steps), "NUMBER")) == []


@pytest.mark.parametrize(
    "effect",
    [
        sets("SCORE", '<mapResponse identifier="MANY"/>'),
        "<exitResponse/>",
        when(TRUE, sets("SCORE", "1")),
        "<setOutcomeValue identifier='SCORE'/>",
    ],
)
def test_a_ladder_whose_steps_do_something_else_is_none(effect):
    steps = when(f"<equal>{variable('NUMBER')}{number('1')}</equal>", effect)
    assert list(ladder(processing(steps), "NUMBER")) == []


def test_a_ladder_may_begin_with_the_question_whether_there_is_an_answer():
    steps = (
        f"<responseCondition><responseIf><isNull>{variable('NUMBER')}</isNull>{sets('SCORE', '0')}</responseIf>"
        f"<responseElseIf><equal>{variable('NUMBER')}{number('7')}</equal>{sets('SCORE', '1')}</responseElseIf>"
        "</responseCondition>"
    )
    assert list(ladder(processing(steps), "NUMBER")) == [
        Rung(number=Fraction(7), earned=Fraction(1))
    ]
