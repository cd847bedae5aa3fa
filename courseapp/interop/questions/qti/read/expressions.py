"""Expressions of QTI: what variables, constants and operators come to.

Only operators that decide on values are known here. An item that uses others is `NotUnderstood`, as is one that
would take too long: every step is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lxml import etree

from courseapp.interop.questions.qti.patterns import fits
from courseapp.interop.questions.qti.read.declarations import (
    Declarations,
    MapTable,
    Outcome,
    Response,
    normal,
    number,
)
from courseapp.interop.questions.qti.read.document import attribute, children, text_of

Atom = str | Fraction | bool

# Expressions and conditions in each other. Authoring tools need a handful.
_DEEPEST: Final = 30
# Nobody's score needs numbers of more bits: they would be there to cost time.
_LONGEST: Final = 4000
_NUMERIC: Final = frozenset({"float", "integer"})


class NotUnderstood(Exception):
    """The response processing says something that is not known here."""


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a variable or an expression; no items: NULL."""

    items: tuple[Atom, ...] = ()
    ordered: bool = False

    def same(self, other: Value) -> bool:
        """Tell whether two values match."""
        if self.ordered or other.ordered:
            return self.items == other.items
        return Counter(self.items) == Counter(other.items)

    @property
    def number(self) -> Fraction | None:
        """The number that the value is, if it is one."""
        found = self.items[0] if self.items else None
        return found if isinstance(found, Fraction) else None


NULL: Final = Value()


@dataclass(slots=True)
class Steps:
    """How much may still be carried out for one file."""

    left: int = 1_000_000

    def take(self, count: int = 1) -> None:
        """Count one, or several."""
        self.left -= count
        if self.left < 0:
            raise NotUnderstood


@dataclass(slots=True)
class Evaluator:
    """Evaluates expressions over the variables of one item."""

    declared: Declarations
    steps: Steps
    responses: dict[str, Value] = field(default_factory=dict)
    outcomes: dict[str, Value] = field(default_factory=dict)
    # Whether sums of a mapping keep to its bounds.
    bounded: bool = True
    _depth: int = 0

    def start_with(self, answer: Mapping[str, Sequence[str]]) -> None:
        """Set all variables to what they are when an answer was given and nothing else happened."""
        declared = self.declared
        self.steps.take(len(declared.outcomes) + len(declared.responses))
        self.outcomes = {o.identifier: _initial(o) for o in declared.outcomes.values()}
        self.responses = {
            response.identifier: given_value(response, answer.get(response.identifier, ()))
            for response in declared.responses.values()
        }

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Do something inside of something else, if that is not too deep already."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise NotUnderstood
            yield
        finally:
            self._depth -= 1

    def evaluate(self, expression: etree._Element) -> Value:
        """Return what an expression comes to."""
        self.steps.take()
        evaluate = _OPERATORS.get(str(expression.tag))
        if evaluate is None:
            raise NotUnderstood
        with self.deeper():
            return evaluate(self, expression)

    def correct(self, response: Response) -> Value:
        """Return the key of a response."""
        self.steps.take(len(response.correct))
        return given_value(response, response.correct)

    def mapped(self, response: Response) -> Fraction:
        """Return what was given to a response earns by its mapping."""
        table = response.table
        if table is None:
            raise NotUnderstood
        given = self.responses[response.identifier].items
        total = Fraction(0)
        # A value that is given twice counts once, as long as the table names it.
        for item in dict.fromkeys(given):
            self.steps.take()
            total += _earned_by(item, table, response.base_type, self.steps)
        if not given:
            total = Fraction(table.default)
        if self.bounded:
            if table.lower is not None:
                total = max(total, Fraction(table.lower))
            if table.upper is not None:
                total = min(total, Fraction(table.upper))
        return total

    # Operators

    def _arguments(self, expression: etree._Element, count: int | None = None) -> Sequence[Value]:
        parts = children(expression)
        if count is not None:
            parts = exactly(parts, count)
        return [self.evaluate(part) for part in parts]

    def _numbers(
        self, expression: etree._Element, count: int | None = None
    ) -> Sequence[Fraction] | None:
        """Return the numbers that an operator works on, None if one of them is NULL."""
        found: list[Fraction] = []
        for value in self._arguments(expression, count):
            if not value.items:
                return None
            for item in value.items:
                if not isinstance(item, Fraction):
                    raise NotUnderstood
                found.append(item)
        if count is not None and len(found) != count:
            raise NotUnderstood
        return found

    def _variable(self, expression: etree._Element) -> Value:
        name = attribute(expression, "identifier")
        if name in self.responses:
            return self.responses[name]
        return self.outcomes.get(name, NULL)

    def _correct_of(self, expression: etree._Element) -> Value:
        response = self.declared.responses.get(attribute(expression, "identifier"))
        return NULL if response is None else self.correct(response)

    def _default_of(self, expression: etree._Element) -> Value:
        outcome = self.declared.outcomes.get(attribute(expression, "identifier"))
        return NULL if outcome is None else _value(outcome.default, outcome.base_type)

    def _base_value(self, expression: etree._Element) -> Value:
        return _value([text_of(expression)], attribute(expression, "baseType"))

    def _map_response(self, expression: etree._Element) -> Value:
        response = self.declared.responses.get(attribute(expression, "identifier"))
        if response is None:
            raise NotUnderstood
        return Value((self.mapped(response),))

    def _match(self, expression: etree._Element) -> Value:
        left, right = self._arguments(expression, 2)
        if not left.items or not right.items:
            return NULL
        return Value((left.same(right),))

    def _is_null(self, expression: etree._Element) -> Value:
        [value] = self._arguments(expression, 1)
        return Value((value.items in {(), ("",)},))

    def _not(self, expression: etree._Element) -> Value:
        [value] = self._arguments(expression, 1)
        return Value((not _truth(value),)) if value.items else NULL

    def _and(self, expression: etree._Element) -> Value:
        values = self._arguments(expression)
        if any(value.items and not _truth(value) for value in values):
            return Value((False,))
        return Value((True,)) if all(value.items for value in values) else NULL

    def _or(self, expression: etree._Element) -> Value:
        values = self._arguments(expression)
        if any(value.items and _truth(value) for value in values):
            return Value((True,))
        return Value((False,)) if all(value.items for value in values) else NULL

    def _string_match(self, expression: etree._Element) -> Value:
        left, right = self._arguments(expression, 2)
        if not left.items or not right.items:
            return NULL
        one, other = str(left.items[0]), str(right.items[0])
        if attribute(expression, "caseSensitive") not in {"true", "1"}:
            one, other = one.casefold(), other.casefold()
        if attribute(expression, "substring") in {"true", "1"}:
            return Value((other in one,))
        return Value((one == other,))

    def _pattern_match(self, expression: etree._Element) -> Value:
        [value] = self._arguments(expression, 1)
        pattern = str(expression.get("pattern", ""))
        fitting = fits(pattern, str(value.items[0])) if value.items else False
        self.steps.take(len(pattern) // 10)
        if fitting is None:
            raise NotUnderstood
        return Value((fitting,)) if value.items else NULL

    def _equal(self, expression: etree._Element) -> Value:
        numbers = self._numbers(expression, 2)
        if numbers is None:
            return NULL
        first, second = numbers
        mode = attribute(expression, "toleranceMode", "exact")
        if mode == "exact":
            return Value((first == second,))
        below, above = tolerances(expression)
        if mode == "relative":
            below, above = first * below / 100, first * above / 100
        elif mode != "absolute":
            raise NotUnderstood
        bounds = sorted((first - below, first + above))
        return Value((bounds[0] <= second <= bounds[1],))

    def _member(self, expression: etree._Element) -> Value:
        one, many = self._arguments(expression, 2)
        if not one.items or not many.items:
            return NULL
        return Value((one.items[0] in many.items,))

    def _contains(self, expression: etree._Element) -> Value:
        many, few = self._arguments(expression, 2)
        if not many.items or not few.items:
            return NULL
        if many.ordered:
            raise NotUnderstood
        return Value((not Counter(few.items) - Counter(many.items),))

    def _container_size(self, expression: etree._Element) -> Value:
        [value] = self._arguments(expression, 1)
        return Value((Fraction(len(value.items)),))

    def _container(self, expression: etree._Element) -> Value:
        values = self._arguments(expression)
        items = tuple(item for value in values for item in value.items)
        if len(items) > 1000:
            raise NotUnderstood
        return Value(items, ordered=expression.tag == "ordered")

    def _null(self, _expression: etree._Element) -> Value:
        return NULL


def exactly(parts: Sequence[etree._Element], count: int) -> Sequence[etree._Element]:
    """Return parts if there are as many as there must be."""
    if len(parts) != count:
        raise NotUnderstood
    return parts


def _truth(value: Value) -> bool:
    if not isinstance(value.items[0], bool):
        raise NotUnderstood
    return value.items[0]


def given_value(response: Response, texts: Sequence[str]) -> Value:
    """Return an answer to a response."""
    return _value(texts, response.base_type, ordered=response.cardinality == "ordered")


def _initial(outcome: Outcome) -> Value:
    # An outcome that counts begins at nothing, not at NULL.
    if outcome.base_type in _NUMERIC and not outcome.default:
        return Value((Fraction(0),))
    return _value(outcome.default, outcome.base_type, ordered=outcome.cardinality == "ordered")


def _value(texts: Sequence[str], base_type: str, *, ordered: bool = False) -> Value:
    return Value(tuple(_atom(text, base_type) for text in texts), ordered)


def _atom(text: str, base_type: str) -> Atom:
    if base_type in _NUMERIC:
        found = number(text)
        if found is None:
            raise NotUnderstood
        return Fraction(found)
    if base_type == "boolean":
        return text.strip() in {"true", "1"}
    return normal(text, base_type)


def _earned_by(item: Atom, table: MapTable, base_type: str, steps: Steps) -> Fraction:
    for entry in table.entries:
        steps.take()
        key = _atom(entry.key, base_type)
        if key == item or (
            base_type == "string"
            and not entry.case_sensitive
            and str(key).casefold() == str(item).casefold()
        ):
            return Fraction(entry.value)
    return Fraction(table.default)


def tolerances(equal: etree._Element) -> tuple[Fraction, Fraction]:
    """Return how far below and above a number is still equal to it, as `equal` says in one number or two."""
    found = [number(text) for text in attribute(equal, "tolerance").split()]
    if not 1 <= len(found) <= 2 or any(value is None for value in found):
        raise NotUnderstood
    below, above = found[0] or Decimal(0), found[-1] or Decimal(0)
    return Fraction(below), Fraction(above)


def _arithmetic(
    calculate: Callable[[Sequence[Fraction]], Fraction], count: int | None = None
) -> Callable[[Evaluator, etree._Element], Value]:
    def evaluate(evaluator: Evaluator, expression: etree._Element) -> Value:
        numbers = evaluator._numbers(expression, count)
        if not numbers:
            return NULL
        return Value((_short(calculate(numbers)),))

    return evaluate


def _comparison(
    holds: Callable[[Fraction, Fraction], bool],
) -> Callable[[Evaluator, etree._Element], Value]:
    def evaluate(evaluator: Evaluator, expression: etree._Element) -> Value:
        numbers = evaluator._numbers(expression, 2)
        return NULL if numbers is None else Value((holds(numbers[0], numbers[1]),))

    return evaluate


def _product(numbers: Sequence[Fraction]) -> Fraction:
    result = Fraction(1)
    for found in numbers:
        result = _short(result * found)
    return result


def _short(result: Fraction) -> Fraction:
    if result.numerator.bit_length() + result.denominator.bit_length() > _LONGEST:
        raise NotUnderstood
    return result


def _divided(numbers: Sequence[Fraction]) -> Fraction:
    return numbers[0] / numbers[1] if numbers[1] else Fraction(0)


_OPERATORS: Final[Mapping[str, Callable[[Evaluator, etree._Element], Value]]] = {
    "variable": Evaluator._variable,
    "correct": Evaluator._correct_of,
    "default": Evaluator._default_of,
    "baseValue": Evaluator._base_value,
    "mapResponse": Evaluator._map_response,
    "match": Evaluator._match,
    "isNull": Evaluator._is_null,
    "not": Evaluator._not,
    "and": Evaluator._and,
    "or": Evaluator._or,
    "stringMatch": Evaluator._string_match,
    "patternMatch": Evaluator._pattern_match,
    "equal": Evaluator._equal,
    "member": Evaluator._member,
    "contains": Evaluator._contains,
    "containerSize": Evaluator._container_size,
    "multiple": Evaluator._container,
    "ordered": Evaluator._container,
    "null": Evaluator._null,
    "sum": _arithmetic(lambda numbers: sum(numbers, Fraction(0))),
    "product": _arithmetic(_product),
    "subtract": _arithmetic(lambda numbers: numbers[0] - numbers[1], 2),
    "divide": _arithmetic(_divided, 2),
    "min": _arithmetic(min),
    "max": _arithmetic(max),
    "truncate": _arithmetic(lambda numbers: Fraction(int(numbers[0])), 1),
    "round": _arithmetic(lambda numbers: Fraction((numbers[0] + Fraction(1, 2)).__floor__()), 1),
    "integerToFloat": _arithmetic(lambda numbers: numbers[0], 1),
    "gt": _comparison(lambda left, right: left > right),
    "gte": _comparison(lambda left, right: left >= right),
    "lt": _comparison(lambda left, right: left < right),
    "lte": _comparison(lambda left, right: left <= right),
}
