"""What an item does with an answer, found out by carrying its response processing out.

Authoring tools say the same in many ways; what counts is what an answer earns in the end, and which feedback it
brings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lxml import etree

from courseapp.interop.questions.qti.names import MAXSCORE, RESPONSE, SCORE
from courseapp.interop.questions.qti.read.declarations import Declarations, Response
from courseapp.interop.questions.qti.read.document import attribute, children
from courseapp.interop.questions.qti.read.expressions import (
    NULL,
    Evaluator,
    NotUnderstood,
    Steps,
    Value,
    exactly,
)

_BASIC: Final = "FEEDBACKBASIC"
# The name of a standard template, whoever serves it and for whichever version.
_TEMPLATE: Final = re.compile(
    r"(?:^|[/\\_])(?P<name>match_correct|map_response_point|map_response|match_basic|match)(?:\.xml)?$",
    re.IGNORECASE,
)

Answer = Mapping[str, Sequence[str]]
Outcomes = Mapping[str, Value]


class _Exit(Exception):  # it is no error: the item says that it is done
    """Response processing ends here."""


class Processing:
    """The response processing of an item."""

    def __init__(
        self, declared: Declarations, element: etree._Element | None, steps: Steps
    ) -> None:
        """Look up whether it is a standard template."""
        self.declared = declared
        self.element = element
        self._template = _template_of(element)
        self._evaluator = Evaluator(declared, steps)

    @property
    def is_there(self) -> bool:
        """Whether the item says anything about scoring at all."""
        return self.element is not None and bool(self._template or children(self.element))

    @property
    def most(self) -> Decimal:
        """The most that an answer can earn, as far as the item says so; else 0."""
        # This template gives one point, whatever the item is said to be worth.
        return Decimal(0) if self._template in {"match_correct", "match"} else self.declared.most

    def start(self) -> Outcomes:
        """Return the outcomes before anything happened."""
        self._evaluator.start_with({})
        return self._evaluator.outcomes

    def outcomes(self, answer: Answer, *, bounded: bool = True) -> Outcomes:
        """Return the outcomes after an answer; responses that are not in it are empty.

        `bounded` says whether sums of a mapping keep to its bounds.
        """
        self._evaluator.start_with(answer)
        self._evaluator.bounded = bounded
        try:
            if self._template:
                self._run_template()
            elif self.element is not None:
                self._run(children(self.element))
        except _Exit:
            pass
        return self._evaluator.outcomes

    def earned(self, answer: Answer, *, bounded: bool = True) -> Fraction:
        """Return the score of an answer."""
        score = self.outcomes(answer, bounded=bounded).get(SCORE, NULL)
        return score.number or Fraction(0)

    def declared_score(
        self, response: Response, given: Sequence[str], *, bounded: bool = True
    ) -> Fraction:
        """Return what an answer would earn by its declaration alone: its mapping, or else its key."""
        evaluator = self._evaluator
        evaluator.start_with({response.identifier: given})
        evaluator.bounded = bounded
        if response.table is not None and any(entry.value > 0 for entry in response.table.entries):
            return evaluator.mapped(response) if given else Fraction(0)
        right = evaluator.responses[response.identifier].same(evaluator.correct(response))
        return Fraction(1) if given and right else Fraction(0)

    def value_of(self, expression: etree._Element) -> Fraction | None:
        """Return what a numeric expression is before anything was answered."""
        self._evaluator.start_with({})
        return self._evaluator.evaluate(expression).number

    def _run_template(self) -> None:
        evaluator = self._evaluator
        response = self.declared.responses.get(RESPONSE)
        if response is None or self._template in {"unknown", "map_response_point"}:
            raise NotUnderstood
        given = evaluator.responses[RESPONSE]
        maximum = evaluator.outcomes.get(MAXSCORE, NULL).number or Fraction(1)
        if self._template == "map_response":
            score = evaluator.mapped(response) if given.items else Fraction(0)
            right = score == maximum
        else:
            right = bool(given.items) and given.same(evaluator.correct(response))
            full = maximum if self._template == "match_basic" else Fraction(1)
            score = full if right else Fraction(0)
        evaluator.outcomes[SCORE] = Value((score,))
        if _BASIC in self.declared.outcomes:
            evaluator.outcomes[_BASIC] = Value(("correct" if right else "incorrect",))

    def _run(self, rules: Sequence[etree._Element]) -> None:
        for rule in rules:
            self._evaluator.steps.take()
            match rule.tag:
                case "responseCondition":
                    with self._evaluator.deeper():
                        self._run_condition(rule)
                case "setOutcomeValue":
                    [expression] = exactly(children(rule), 1)
                    value = self._evaluator.evaluate(expression)
                    self._evaluator.outcomes[attribute(rule, "identifier")] = value
                case "responseProcessingFragment":
                    with self._evaluator.deeper():
                        self._run(children(rule))
                case "exitResponse":
                    raise _Exit
                case _:
                    raise NotUnderstood

    def _run_condition(self, condition: etree._Element) -> None:
        for branch in children(condition):
            parts = children(branch)
            if branch.tag == "responseElse":
                self._run(parts)
                return
            if not parts:
                raise NotUnderstood
            if self._evaluator.evaluate(parts[0]).items[:1] == (True,):
                self._run(parts[1:])
                return


def _template_of(element: etree._Element | None) -> str:
    """Return the name of the standard template that response processing uses, "" if it uses none."""
    if element is None:
        return ""
    address = attribute(element, "template") or attribute(element, "templateLocation")
    match = _TEMPLATE.search(address)
    if match is None:
        return "unknown" if address and not children(element) else ""
    return match["name"].lower()
