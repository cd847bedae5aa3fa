"""What an item declares: its responses with their keys, and its outcomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lxml import etree

from courseapp.interop.questions.qti.names import MAXSCORE, SCORE
from courseapp.interop.questions.qti.read.document import attribute, child, children, text_of

# As XML Schema writes a double, within what a question can mean.
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?")


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What one value of a response earns."""

    key: str
    value: Decimal
    case_sensitive: bool


@dataclass(frozen=True, slots=True)
class MapTable:
    """What the values of a response earn together."""

    entries: Sequence[MapEntry]
    default: Decimal = Decimal(0)
    lower: Decimal | None = None
    upper: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A response of an item."""

    identifier: str
    cardinality: str
    base_type: str
    correct: Sequence[str]
    table: MapTable | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome of an item."""

    identifier: str
    cardinality: str
    base_type: str
    default: Sequence[str]
    maximum: Decimal | None


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that an item declares, by identifier."""

    responses: Mapping[str, Response]
    outcomes: Mapping[str, Outcome]

    @property
    def most(self) -> Decimal:
        """The most that the item can earn, if it says so of its score; else 0."""
        score = self.outcomes.get(SCORE)
        return max(score.maximum or Decimal(0), Decimal(0)) if score else Decimal(0)

    @property
    def points(self) -> Decimal:
        """The points that the item is said to be worth; else 0."""
        said = self.outcomes.get(MAXSCORE)
        return (
            self.most or (number(said.default[0]) if said and said.default else None) or Decimal(0)
        )


def number(text: str) -> Decimal | None:
    """Return a number, or None for what is none, or none that a question could mean."""
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def declarations(item: etree._Element) -> Declarations:
    """Return what the item declares."""
    responses = [_response(found) for found in children(item, "responseDeclaration")]
    outcomes = [_outcome(found) for found in children(item, "outcomeDeclaration")]
    return Declarations(
        {response.identifier: response for response in responses},
        {outcome.identifier: outcome for outcome in outcomes},
    )


def _response(element: etree._Element) -> Response:
    base_type = attribute(element, "baseType")
    table = child(element, "mapping")
    return Response(
        attribute(element, "identifier"),
        attribute(element, "cardinality", "single"),
        base_type,
        _values(child(element, "correctResponse"), base_type),
        None if table is None else _table(table, base_type),
    )


def _outcome(element: etree._Element) -> Outcome:
    base_type = attribute(element, "baseType")
    return Outcome(
        attribute(element, "identifier"),
        attribute(element, "cardinality", "single"),
        base_type,
        _values(child(element, "defaultValue"), base_type),
        number(attribute(element, "normalMaximum")),
    )


def _table(element: etree._Element, base_type: str) -> MapTable:
    entries = []
    found = children(element, "mapEntry")
    # Where nothing is said, case matters in 2.1, and does not in later versions. The milder reading does less
    # harm, unless two keys differ in nothing else.
    keys = {str(entry.get("mapKey", "")) for entry in found}
    unsaid = len({key.casefold() for key in keys}) < len(keys)
    for entry in found:
        value = number(attribute(entry, "mappedValue"))
        if value is None:
            continue
        key = normal(str(entry.get("mapKey", "")), base_type)
        said = attribute(entry, "caseSensitive")
        entries.append(MapEntry(key, value, said in {"true", "1"} if said else unsaid))
    return MapTable(
        entries,
        number(attribute(element, "defaultValue")) or Decimal(0),
        number(attribute(element, "lowerBound")),
        number(attribute(element, "upperBound")),
    )


def _values(element: etree._Element | None, base_type: str) -> Sequence[str]:
    if element is None:
        return ()
    return [normal(text_of(value), base_type) for value in children(element, "value")]


def normal(text: str, base_type: str) -> str:
    """Return a value in the form in which values of its type are compared."""
    if base_type == "string":
        return text.strip()
    if base_type == "pair":
        return " ".join(sorted(text.split()))
    return " ".join(text.split())
