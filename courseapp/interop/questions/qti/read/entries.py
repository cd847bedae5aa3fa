"""textEntryInteraction and inlineChoiceInteraction: what is filled in within a text.

One entry that stands at the end of its paragraph is a question with a text or a number as its answer; every
other place is a gap.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lxml import etree

from courseapp.interop.questions.qti.names import GAP
from courseapp.interop.questions.qti.read.context import Item, choices_of, key_of, no_key
from courseapp.interop.questions.qti.read.declarations import Response, number
from courseapp.interop.questions.qti.read.document import (
    attribute,
    remove,
)
from courseapp.interop.questions.qti.read.expressions import NotUnderstood
from courseapp.interop.questions.qti.read.gaps import GapKeys
from courseapp.interop.questions.qti.read.ladder import Rung, decimal, ladder
from courseapp.interop.questions.qti.read.notes import ItemRefused
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Gaps,
    NumberEntry,
    Option,
    TextEntry,
    Unit,
)

_NUMERIC: Final = frozenset({"float", "integer"})
Filled = Choice | TextEntry | NumberEntry


@dataclass(slots=True)
class _Reader:
    """Reads the inline interactions of one item."""

    item: Item
    interactions: Sequence[etree._Element]
    # The interactions that only choose the unit of a number, by their response.
    units: dict[str, etree._Element] = field(default_factory=dict)
    # What the best answer of each entry earns.
    weights: list[Fraction] = field(default_factory=list)
    by_declaration: bool = False

    def read(self) -> TextEntry | NumberEntry | Gaps:
        """Return what is to be filled in."""
        self._find_units()
        self._see_whether_only_all_counts()
        entries = [e for e in self.interactions if e not in self.units.values()]
        alone = len(entries) == 1
        filled = {id(entry): self._filled(entry, alone=alone) for entry in entries}
        if len(set(self.weights)) > 1:
            self.item.notes.changed(
                "Some of its gaps earn more than others. Here, all count alike."
            )
        for chooser in self.units.values():
            remove(chooser)
        places = {self.item.texts.put_gap(entry): entry for entry in entries}
        prompt = self.item.take_prompt()
        self.item.answers = [{}, self._right_answer()]
        if alone:
            [(only, entry)] = places.items()
            found = filled[id(entry)]
            without = without_place(prompt, only)
            is_gap = GAP in attribute(entry, "class").split()
            if without is not None and not is_gap and not isinstance(found, Choice):
                self.item.prompt = without
                return found
        keys = GapKeys()
        gaps: dict[str, Filled] = {}
        for place, entry in places.items():
            key = keys.of(attribute(entry, "responseIdentifier"))
            gaps[key] = filled[id(entry)]
            prompt = prompt.replace(place, f"[[{key}]]")
        self.item.prompt = prompt
        return Gaps(gaps)

    def _find_units(self) -> None:
        choosers = {
            attribute(e, "responseIdentifier"): e
            for e in self.interactions
            if e.tag == "inlineChoiceInteraction"
        }
        for entry in self.interactions:
            if entry.tag == "textEntryInteraction":
                for rung in ladder(self.item.processing, self._response(entry).identifier):
                    if rung.units in choosers:
                        self.units[rung.units] = choosers[rung.units]

    def _response(self, entry: etree._Element) -> Response:
        if entry.tag == "inlineChoiceInteraction":
            return self.item.response_of(entry, "identifier")
        return self.item.response_of(entry, "string", "float", "integer")

    def _right_answer(self) -> Mapping[str, Sequence[str]]:
        responses = [self._response(entry) for entry in self.interactions]
        return {response.identifier: response.correct[:1] for response in responses}

    def _see_whether_only_all_counts(self) -> None:
        if len(self.interactions) - len(self.units) < 2:
            return
        answer = self._right_answer()
        try:
            if self.item.processing.earned(answer) <= 0:
                return
            if any(self.item.processing.earned({name: answer[name]}) > 0 for name in answer):
                return
        except NotUnderstood:
            return
        if any(ladder(self.item.processing, name) for name in answer):
            return
        self.by_declaration = True
        self.item.notes.changed(
            "Only the whole answer earned points. Here, each part of it earns its share."
        )

    def _filled(self, entry: etree._Element, *, alone: bool) -> Filled:
        response = self._response(entry)
        rungs = ladder(self.item.processing, response.identifier)
        full = Fraction(self.item.processing.most) if alone else Fraction(0)
        if entry.tag == "inlineChoiceInteraction":
            return self._choice(entry, response, rungs)
        if response.base_type in _NUMERIC:
            return self._number(entry, response, rungs, full)
        return self._text(response, rungs, full)

    # Choices

    def _choice(self, entry: etree._Element, response: Response, rungs: Sequence[Rung]) -> Choice:
        choices = choices_of(entry, "inlineChoice")
        by_text = {rung.text: rung for rung in reversed(rungs)}
        earned: Mapping[str, Fraction]
        if rungs:
            earned = {i: by_text[i].earned if i in by_text else Fraction(0) for i in choices}
        else:
            earned = self._earned(response, list(choices))
        full = self._weigh(response, earned.values(), Fraction(0))
        options = [
            Option(
                self.item.texts.plain(element),
                in_per_cent(earned[identifier], full),
                self._feedback(by_text.get(identifier)),
                # Our own options of gaps are named after their gap, too.
                key_of(identifier.removeprefix(f"{response.identifier}_")),
            )
            for identifier, element in choices.items()
        ]
        return Choice(options, shuffle=attribute(entry, "shuffle") in {"true", "1"})

    # Texts

    def _text(self, response: Response, rungs: Sequence[Rung], full: Fraction) -> TextEntry:
        if rungs:
            full = self._weigh(response, [rung.earned for rung in rungs], full)
            options = [
                Option(rung.text, in_per_cent(rung.earned, full), self._feedback(rung))
                for rung in rungs
            ]
            wildcards = any(rung.wildcards for rung in rungs)
            cases = {rung.case_sensitive for rung in rungs} - {None}
            if wildcards and any("*" in r.text for r in rungs if not r.wildcards):
                raise ItemRefused("It accepts a * as such, and others as a wildcard.")
            return TextEntry(options, self._one_case(cases), wildcards)
        entries = response.table.entries if response.table is not None else ()
        texts = list(dict.fromkeys([*(entry.key for entry in entries), *response.correct]))
        earned = self._earned(response, texts)
        full = self._weigh(response, earned.values(), full)
        by_table = bool(entries) and any(earned[e.key] for e in entries)
        kept = {e.key for e in entries} if by_table else set()
        options = [
            Option(text, in_per_cent(earned[text], full))
            for text in texts
            if earned[text] > 0 or text in kept
        ]
        cases = {e.case_sensitive for e in entries} if by_table else {True}
        return TextEntry(options, self._one_case(cases))

    def _one_case(self, cases: set[bool | None]) -> bool:
        if len(cases) > 1:
            self.item.notes.changed(
                "Capital letters matter in some of its answers only. Here, they do in none."
            )
        return cases == {True}

    # Numbers

    def _number(
        self, entry: etree._Element, response: Response, rungs: Sequence[Rung], full: Fraction
    ) -> NumberEntry:
        if not rungs:
            return self._exact_number(entry, response, full)
        full = self._weigh(response, [rung.earned for rung in rungs], full)
        if any(rung.moved for rung in rungs):
            self.item.notes.changed(
                "It accepts more on one side of the right number than on the other. Here, the number "
                "in the middle of both is the right one.",
                entry,
            )
        accept = [
            AcceptedNumber(
                decimal(rung.number),
                decimal(rung.tolerance),
                in_per_cent(rung.earned, full),
                self._feedback(rung),
            )
            for rung in rungs
            if rung.number is not None
        ]
        chooser = self.units.get(rungs[0].units)
        return NumberEntry(accept, () if chooser is None else self._units(chooser))

    def _exact_number(
        self, entry: etree._Element, response: Response, full: Fraction
    ) -> NumberEntry:
        entries = response.table.entries if response.table is not None else ()
        texts = list(dict.fromkeys([*response.correct, *(e.key for e in entries)]))
        if any(number(text) is None for text in texts):
            raise ItemRefused("One of the numbers in its key is none.", entry)
        earned = self._earned(response, texts)
        full = self._weigh(response, earned.values(), full)
        values: dict[Decimal, int] = {}
        for text in texts:
            if earned[text] > 0:
                values[number(text) or Decimal(0)] = in_per_cent(earned[text], full)
        return NumberEntry([AcceptedNumber(v, credit=credit) for v, credit in values.items()])

    def _units(self, chooser: etree._Element) -> Sequence[Unit]:
        response = self.item.response_of(chooser, "identifier")
        table = response.table
        factors = {e.key: e.value for e in table.entries} if table is not None else {}
        default = table.default if table is not None else Decimal(1)
        return [
            Unit(self.item.texts.plain(element), factors.get(identifier, default))
            for identifier, element in choices_of(chooser, "inlineChoice").items()
        ]

    # What they share

    def _earned(self, response: Response, texts: Sequence[str]) -> Mapping[str, Fraction]:
        if self.by_declaration:
            return {text: self.item.declared_score(response, [text]) for text in texts}
        earned = self.item.earned(response, texts)
        return {text: earned([text], True) for text in texts}

    def _weigh(self, response: Response, earned: Collection[Fraction], full: Fraction) -> Fraction:
        best = max(earned, default=Fraction(0))
        if best <= 0:
            raise no_key(response, self.item.element)
        self.weights.append(best)
        return max(best, full)

    def _feedback(self, rung: Rung | None) -> str:
        return "" if rung is None else self.item.feedbacks.take(*rung.sets)


def read_entries(
    item: Item, interactions: Sequence[etree._Element]
) -> TextEntry | NumberEntry | Gaps:
    """Return what the inline interactions of an item ask for."""
    return _Reader(item, interactions).read()


def in_per_cent(earned: Fraction, full: Fraction) -> int:
    """Return a credit."""
    return max(-100, min(100, round(100 * earned / full)))


_ONLY_A_MARKER: Final = re.compile(r"[\s>]*(?:[-*+]|\d{1,9}[.)])?\s*")


def without_place(prompt: str, place: str) -> str | None:
    """Return a text without the place of its only entry, None if words follow it in its paragraph."""
    before, _, after = prompt.partition(place)
    rest_of_line, _, after = after.partition("\n")
    if rest_of_line.strip(" .;:!?…") or after[:1].strip():
        return None
    line_start = before.rfind("\n") + 1
    if _ONLY_A_MARKER.fullmatch(before[line_start:]):
        before = before[:line_start]
    # A line break before the entry leads nowhere any more.
    before = re.sub(r"\\?\s*\Z", "", before)
    return f"{before}\n\n{after.strip()}".strip()
