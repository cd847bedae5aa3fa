"""textEntryInteraction and inlineChoiceInteraction: texts, numbers and gaps.

What a mapping cannot say (wildcards, tolerances, units, feedback on one answer) is written as a ladder of
conditions, of which the first that holds counts; `read/ladder.py` reads it back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from courseapp.interop.questions.qti.names import FEEDBACK, GAP, RESPONSE, SCORE
from courseapp.interop.questions.qti.patterns import pattern_of_wildcards
from courseapp.interop.questions.qti.write.drafts import Draft
from courseapp.interop.questions.qti.write.elements import plain_number, score
from courseapp.interop.questions.remarks import NotTaken
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Gaps,
    NumberEntry,
    Option,
    TextEntry,
    Unit,
)


@dataclass(frozen=True, slots=True)
class _Rung:
    test: etree._Element
    credit: int
    feedback: str


def write_text(draft: Draft, prompt: str, entry: TextEntry) -> None:
    """Write a text to be typed in."""
    _write_alone(draft, prompt, entry)


def write_number(draft: Draft, prompt: str, entry: NumberEntry) -> None:
    """Write a number to be typed in."""
    _write_alone(draft, prompt, entry)


def _write_alone(draft: Draft, prompt: str, entry: TextEntry | NumberEntry) -> None:
    writer = _Entries(draft, alone=True)
    fields = writer.fields(RESPONSE, entry)
    draft.declare_score(1)
    draft.body += draft.markup.blocks(prompt)
    paragraph = draft.make.html("p")
    for count, element in enumerate(fields):
        if count:
            paragraph[-1].tail = " "
        paragraph.append(element)
    draft.body.append(paragraph)


def write_gaps(draft: Draft, prompt: str, gaps: Gaps) -> None:
    """Write a text with gaps, each with a response of its own."""
    if not gaps.gaps:
        raise NotTaken("It has no gaps.")
    for key in gaps.gaps:
        if not re.search(rf"(?<!\\)\[\[{re.escape(key)}\]\]", prompt):
            raise NotTaken(f"Its text has no place for the gap {key}.")
    writer = _Entries(draft, alone=False)
    fields = {
        key: writer.fields(draft.identify(key, f"gap_{number}"), entry)
        for number, (key, entry) in enumerate(gaps.gaps.items(), 1)
    }
    draft.declare_score(len(gaps.gaps))
    draft.body += draft.markup.blocks(prompt, fields)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Writes the responses of one item, alone or as gaps that earn one point each."""

    draft: Draft
    alone: bool

    def fields(
        self, identifier: str, entry: Choice | TextEntry | NumberEntry
    ) -> Sequence[etree._Element]:
        """Declare a response and how it is scored, and return what is to be filled in."""
        if isinstance(entry, Choice):
            return [self._choice(identifier, entry)]
        if isinstance(entry, NumberEntry):
            return self._number(identifier, entry)
        return [self._text(identifier, entry)]

    def _field(self, identifier: str) -> etree._Element:
        return self.draft.make(
            "textEntryInteraction",
            class_=None if self.alone else GAP,
            responseIdentifier=identifier,
        )

    # Texts

    def _text(self, identifier: str, entry: TextEntry) -> etree._Element:
        if not any(option.credit > 0 for option in entry.accept):
            raise NotTaken("It accepts no answer.")
        best = max(entry.accept, key=lambda option: option.credit)
        laddered = entry.wildcards or any(option.feedback for option in entry.accept)
        table = None
        if laddered:
            self._climb(
                identifier,
                [
                    _Rung(
                        self._text_test(identifier, entry, option), option.credit, option.feedback
                    )
                    for option in entry.accept
                ],
            )
        else:
            table = self.draft.mapping(
                [(option.text, Decimal(option.credit) / 100) for option in entry.accept],
                caseSensitive=entry.case_sensitive,
            )
            self._map(identifier)
        # What wildcards stand for nobody knows: the pattern itself is no answer.
        correct = [] if entry.wildcards and "*" in best.text else [best.text]
        self.draft.declare_response(identifier, "string", correct, table=table)
        return self._field(identifier)

    def _text_test(self, identifier: str, entry: TextEntry, option: Option) -> etree._Element:
        make = self.draft.make
        if entry.wildcards:
            pattern = pattern_of_wildcards(option.text, case_sensitive=entry.case_sensitive)
            return make("patternMatch", make.variable(identifier), pattern=pattern)
        return make(
            "stringMatch",
            make.variable(identifier),
            make.value("string", option.text),
            caseSensitive=entry.case_sensitive,
        )

    # Numbers

    def _number(self, identifier: str, entry: NumberEntry) -> Sequence[etree._Element]:
        if not any(accepted.credit > 0 for accepted in entry.accept):
            raise NotTaken("It accepts no answer.")
        best = max(entry.accept, key=lambda accepted: accepted.credit)
        fields = [self._field(identifier)]
        unit = ""
        self.draft.declare_response(identifier, "float", [plain_number(best.value)])
        if entry.units:
            unit = self.draft.identify("", f"{identifier}_unit")
            fields.append(self._units(unit, entry.units))
        if self.alone and not unit and list(entry.accept) == [AcceptedNumber(best.value)]:
            self.draft.template = "match_correct"
        else:
            self._climb(
                identifier,
                [
                    _Rung(
                        self._number_test(identifier, unit, accepted),
                        accepted.credit,
                        accepted.feedback,
                    )
                    for accepted in entry.accept
                ],
            )
        return fields

    def _number_test(self, identifier: str, unit: str, accepted: AcceptedNumber) -> etree._Element:
        make = self.draft.make
        answer = make.variable(identifier)
        if unit:
            answer = make("product", answer, make("mapResponse", identifier=unit))
        tolerance = plain_number(accepted.tolerance)
        # The right number comes first: it is the one around which the tolerance lies.
        return make(
            "equal",
            make.value("float", plain_number(accepted.value)),
            answer,
            toleranceMode="absolute" if accepted.tolerance else "exact",
            tolerance=f"{tolerance} {tolerance}" if accepted.tolerance else None,
        )

    def _units(self, identifier: str, units: Sequence[Unit]) -> etree._Element:
        """Return the choice of a unit. Its mapping says how many of the first unit one of it is."""
        make = self.draft.make
        names = [self.draft.identify("", f"{identifier}_{n}") for n in range(1, len(units) + 1)]

        first = plain_number(units[0].factor)
        table = self.draft.mapping(
            [(name, unit.factor) for name, unit in zip(names, units, strict=True)],
            # A number without a unit is one of the first.
            defaultValue=first,
        )
        self.draft.declare_response(identifier, "identifier", names[:1], table=table)
        return make(
            "inlineChoiceInteraction",
            *(
                make("inlineChoice", unit.text, identifier=name)
                for name, unit in zip(names, units, strict=True)
            ),
            responseIdentifier=identifier,
            shuffle=False,
        )

    # Choices

    def _choice(self, identifier: str, choice: Choice) -> etree._Element:
        make = self.draft.make
        options = {
            # Another gap may have an option of the same key.
            self.draft.identify(option.key, f"option_{number}", f"{identifier}_"): option
            for number, option in enumerate(choice.options, 1)
        }
        right = sorted(options, key=lambda name: -options[name].credit)[:1]
        if not right or options[right[0]].credit <= 0:
            raise NotTaken("One of its gaps has no right option.")
        if choice.many:
            raise NotTaken("In one of its gaps, several options are to be chosen.")
        table = None
        if any(option.feedback for option in choice.options):
            self._climb(
                identifier,
                [
                    _Rung(
                        make("match", make.variable(identifier), make.value("identifier", name)),
                        option.credit,
                        option.feedback,
                    )
                    for name, option in options.items()
                ],
            )
        else:
            table = self.draft.mapping(
                [(name, Decimal(option.credit) / 100) for name, option in options.items()]
            )
            self._map(identifier)
        self.draft.declare_response(identifier, "identifier", right, table=table)
        return make(
            "inlineChoiceInteraction",
            *(make("inlineChoice", option.text, identifier=n) for n, option in options.items()),
            responseIdentifier=identifier,
            shuffle=choice.shuffle,
        )

    # Scoring

    def _map(self, identifier: str) -> None:
        if self.alone:
            self.draft.template = "map_response"
            return
        make = self.draft.make
        mapped = make("mapResponse", identifier=identifier)
        self.draft.rules.append(
            make(
                "responseCondition",
                make(
                    "responseIf",
                    make("not", make("isNull", make.variable(identifier))),
                    self._earn(mapped),
                ),
            )
        )

    def _earn(self, expression: etree._Element) -> etree._Element:
        make = self.draft.make
        if not self.alone:
            expression = make("sum", make.variable(SCORE), expression)
        return make.set_outcome(SCORE, expression)

    def _climb(self, identifier: str, rungs: Sequence[_Rung]) -> None:
        """Add the conditions for a response, one after the other."""
        make = self.draft.make
        outcome = FEEDBACK if self.alone else f"{FEEDBACK}_{identifier}"
        branches = []
        for number, rung in enumerate(rungs, 1):
            effects = [self._earn(make.value("float", score(rung.credit)))]
            if rung.feedback:
                told = f"answer_{number}"
                self.draft.declare_feedback(outcome)
                self.draft.add_feedback(outcome, told, rung.feedback)
                effects.append(make.set_outcome(outcome, make.value("identifier", told)))
            name = "responseIf" if number == 1 else "responseElseIf"
            branches.append(make(name, rung.test, *effects))
        self.draft.rules.append(make("responseCondition", *branches))
