"""Keys that are written as a ladder: if the answer is this, it earns so much; else if it is that, so much.

Wildcards, tolerances and units have no other place in QTI, so the ladder is read rung by rung instead of being
carried out. The first rung that fits counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from lxml import etree

from courseapp.interop.questions.qti.names import SCORE
from courseapp.interop.questions.qti.patterns import wildcards_of_pattern
from courseapp.interop.questions.qti.read.declarations import normal, number
from courseapp.interop.questions.qti.read.document import attribute, children, text_of, words
from courseapp.interop.questions.qti.read.expressions import NotUnderstood, tolerances
from courseapp.interop.questions.qti.read.processing import Processing

_NUMERIC = frozenset({"float", "integer"})


@dataclass(frozen=True, slots=True)
class Rung:
    """What is compared with the answer, and what it earns if they agree.

    `text` is a text, a text with wildcards or an identifier; `number` a number with its tolerance.
    """

    text: str = ""
    wildcards: bool = False
    case_sensitive: bool | None = None
    number: Fraction | None = None
    tolerance: Fraction = Fraction(0)
    # The tolerance was not the same on both sides, so the number is the middle of what is accepted.
    moved: bool = False
    # The response whose mapping says how many of the first unit one of the chosen unit is.
    units: str = ""
    earned: Fraction = Fraction(0)
    # The outcomes that are set, and to what: feedback may wait for them.
    sets: frozenset[tuple[str, str]] = frozenset()


def ladder(processing: Processing, identifier: str) -> Sequence[Rung]:
    """Return the rungs for a response; none if its key is written in another way."""
    if processing.element is None:
        return ()
    rungs: list[Rung] = []
    for condition in children(processing.element, "responseCondition"):
        try:
            found = list(_rungs(processing, condition, identifier))
        except NotUnderstood:
            continue
        rungs += found
    return rungs if any(rung.earned > 0 for rung in rungs) else ()


def _rungs(processing: Processing, condition: etree._Element, identifier: str) -> Iterator[Rung]:
    for branch in children(condition):
        parts = children(branch)
        if branch.tag == "responseElse":
            if _effects(processing, parts)[0] > 0:
                raise NotUnderstood
            continue
        if not parts:
            raise NotUnderstood
        test = _without_null_checks(parts[0])
        if test is None:
            continue
        earned, sets = _effects(processing, parts[1:])
        for rung in _tested(processing, test, identifier):
            yield replace(rung, earned=earned, sets=sets)


def _without_null_checks(test: etree._Element) -> etree._Element | None:
    """Return a test without its question whether there is an answer; None if it asks nothing else."""
    if test.tag == "isNull":
        return None
    if test.tag == "and":
        parts = [part for part in children(test) if not _asks_for_answer(part)]
        if len(parts) == 1:
            return parts[0]
    return test


def _asks_for_answer(test: etree._Element) -> bool:
    parts = children(test)
    return test.tag == "not" and len(parts) == 1 and parts[0].tag == "isNull"


def _effects(
    processing: Processing, rules: Sequence[etree._Element]
) -> tuple[Fraction, frozenset[tuple[str, str]]]:
    """Return what a branch earns, and the other outcomes that it sets."""
    earned = Fraction(0)
    sets: set[tuple[str, str]] = set()
    for rule in rules:
        if rule.tag != "setOutcomeValue" or len(children(rule)) != 1:
            raise NotUnderstood
        [expression] = children(rule)
        outcome = attribute(rule, "identifier")
        if outcome == SCORE:
            if next(expression.iter("mapResponse"), None) is not None:
                raise NotUnderstood
            earned = processing.value_of(expression) or Fraction(0)
        else:
            sets |= {(outcome, words(value)) for value in expression.iter("baseValue")}
    return earned, frozenset(sets)


def _tested(processing: Processing, test: etree._Element, identifier: str) -> Iterator[Rung]:
    """Yield what a test compares the response with, one rung for each alternative."""
    match test.tag:
        case "or":
            for part in children(test):
                yield from _tested(processing, part, identifier)
        case "and":
            yield _range(test, identifier)
        case "match" | "stringMatch":
            yield from _compared(processing, test, identifier)
        case "patternMatch":
            yield _pattern(test, identifier)
        case "equal":
            yield from _equal(processing, test, identifier)
        case _:
            raise NotUnderstood


def _compared(processing: Processing, test: etree._Element, identifier: str) -> Iterator[Rung]:
    if attribute(test, "substring") in {"true", "1"}:
        raise NotUnderstood
    case_sensitive = test.tag == "match" or attribute(test, "caseSensitive") in {"true", "1"}
    base_type = processing.declared.responses[identifier].base_type
    for text in _constants(processing, test, identifier):
        if base_type in _NUMERIC:
            value = number(text)
            if value is None:
                raise NotUnderstood
            yield Rung(number=Fraction(value))
        else:
            yield Rung(text=normal(text, base_type), case_sensitive=case_sensitive)


def _constants(processing: Processing, test: etree._Element, identifier: str) -> Sequence[str]:
    """Return the values with which a comparison of two compares the response."""
    parts = children(test)
    others = [part for part in parts if not _is_variable(part, identifier)]
    if len(parts) != 2 or len(others) != 1:
        raise NotUnderstood
    return _values(processing, others[0], identifier)


def _values(processing: Processing, expression: etree._Element, identifier: str) -> Sequence[str]:
    if expression.tag == "baseValue":
        return [text_of(expression)]
    if expression.tag == "correct" and attribute(expression, "identifier") == identifier:
        return processing.declared.responses[identifier].correct
    raise NotUnderstood


def _is_variable(expression: etree._Element, identifier: str) -> bool:
    return expression.tag == "variable" and attribute(expression, "identifier") == identifier


def _pattern(test: etree._Element, identifier: str) -> Rung:
    parts = children(test)
    found = wildcards_of_pattern(str(test.get("pattern", "")))
    if found is None or len(parts) != 1 or not _is_variable(parts[0], identifier):
        raise NotUnderstood
    text, case_sensitive = found
    return Rung(text=text, wildcards=True, case_sensitive=case_sensitive)


def _equal(processing: Processing, test: etree._Element, identifier: str) -> Iterator[Rung]:
    parts = children(test)
    if len(parts) != 2:
        raise NotUnderstood
    answers = [_measured(part, identifier) for part in parts]
    if (answers[0] is None) == (answers[1] is None):
        raise NotUnderstood
    first = answers[0] is not None
    units = answers[0] if answers[0] is not None else answers[1]
    for text in _values(processing, parts[1 if first else 0], identifier):
        value = number(text)
        if value is None:
            raise NotUnderstood
        below, above = _around(test, Fraction(value))
        # The second number is to lie around the first: seen from the constant, the sides change places.
        low, high = (
            (Fraction(value) - above, Fraction(value) + below)
            if first
            else (Fraction(value) - below, Fraction(value) + above)
        )
        yield _between(low, high, moved=below != above, units=units or "")


def _measured(expression: etree._Element, identifier: str) -> str | None:
    """Return the response with the unit ("" where there is none), None for what is not the answer."""
    if _is_variable(expression, identifier):
        return ""
    parts = children(expression)
    if expression.tag == "product" and len(parts) == 2:
        others = [part for part in parts if not _is_variable(part, identifier)]
        if len(others) == 1 and others[0].tag == "mapResponse":
            return attribute(others[0], "identifier")
    return None


def _around(test: etree._Element, value: Fraction) -> tuple[Fraction, Fraction]:
    mode = attribute(test, "toleranceMode", "exact")
    if mode == "exact":
        return Fraction(0), Fraction(0)
    below, above = tolerances(test)
    if mode == "relative":
        return abs(value) * below / 100, abs(value) * above / 100
    return below, above


def _range(test: etree._Element, identifier: str) -> Rung:
    """Return the rung of a number that must lie between two others."""
    bounds: dict[str, Fraction] = {}
    for part in children(test):
        if _asks_for_answer(part):
            continue
        sides = children(part)
        if part.tag not in _SIDES or len(sides) != 2:
            raise NotUnderstood
        turned = _is_variable(sides[1], identifier)
        if not turned and not _is_variable(sides[0], identifier):
            raise NotUnderstood
        constant = sides[0] if turned else sides[1]
        value = number(words(constant)) if constant.tag == "baseValue" else None
        if value is None:
            raise NotUnderstood
        above = (part.tag in {"gte", "gt"}) != turned
        bounds["low" if above else "high"] = Fraction(value)
    if len(bounds) != 2 or bounds["low"] > bounds["high"]:
        raise NotUnderstood
    return _between(bounds["low"], bounds["high"])


_SIDES = frozenset({"gte", "gt", "lte", "lt"})


def _between(low: Fraction, high: Fraction, *, moved: bool = False, units: str = "") -> Rung:
    middle = (low + high) / 2
    return Rung(number=middle, tolerance=(high - low) / 2, moved=moved, units=units)


def decimal(value: Fraction) -> Decimal:
    """Return a fraction of tens as the number that it is."""
    with localcontext(prec=100):
        return Decimal(value.numerator) / Decimal(value.denominator)
