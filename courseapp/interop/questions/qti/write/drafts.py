"""An item while it is written: its parts, which are put together in the order that the schemas want."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

from courseapp.interop.questions.qti.names import (
    EXPLANATION,
    FEEDBACK,
    MAXSCORE,
    RESPONSE,
    SCORE,
    SHOWN,
)
from courseapp.interop.questions.qti.write.elements import Identifiers, Maker, plain_number
from courseapp.interop.questions.qti.write.markup import Markup
from courseapp.interop.questions.remarks import Notes


@dataclass(slots=True)
class Draft:
    """The parts of one item."""

    make: Maker
    markup: Markup
    notes: Notes
    # Of variables and choices: no choice may be called like a variable.
    identifiers: Identifiers = field(
        default_factory=lambda: Identifiers({RESPONSE, SCORE, MAXSCORE, FEEDBACK, EXPLANATION})
    )
    responses: list[etree._Element] = field(default_factory=list)
    outcomes: list[etree._Element] = field(default_factory=list)
    body: list[etree._Element] = field(default_factory=list)
    rules: list[etree._Element] = field(default_factory=list)
    template: str = ""
    feedback: list[etree._Element] = field(default_factory=list)
    _feedback_outcomes: set[str] = field(default_factory=set)

    def identify(self, key: str, otherwise: str, prefix: str = "") -> str:
        """Return the identifier for something with a key, or without one (then `otherwise`)."""
        identifier = self.identifiers.of(f"{prefix}{key or otherwise}", f"{prefix}{otherwise}")
        if key and identifier != prefix + key:
            name = identifier.removeprefix(prefix)
            self.notes.change(
                f"Its key {key} became {name}: QTI allows fewer signs, and each name once."
            )
        return identifier

    def declare_response(
        self,
        identifier: str,
        base_type: str,
        correct: Sequence[str],
        *,
        cardinality: str = "single",
        table: etree._Element | None = None,
    ) -> None:
        """Declare a response with its key."""
        parts = [self.make.values("correctResponse", correct)] if correct else []
        if table is not None:
            parts.append(table)
        self.responses.append(
            self.make(
                "responseDeclaration",
                *parts,
                identifier=identifier,
                cardinality=cardinality,
                baseType=base_type,
            )
        )

    def declare_score(self, most: int, *, by_person: bool = False) -> None:
        """Declare the score and the most that it can be."""
        external = "human" if by_person and self.make.dialect.external_scores else None
        self.outcomes.insert(
            0,
            self.make(
                "outcomeDeclaration",
                self.make.values("defaultValue", ["0"]),
                identifier=SCORE,
                cardinality="single",
                baseType="float",
                normalMaximum=most,
                externalScored=external,
            ),
        )
        self.outcomes.insert(
            1,
            self.make(
                "outcomeDeclaration",
                self.make.values("defaultValue", [str(most)]),
                identifier=MAXSCORE,
                cardinality="single",
                baseType="float",
            ),
        )

    def declare_feedback(
        self, outcome: str, *, cardinality: str = "single", default: Sequence[str] = ()
    ) -> None:
        """Declare the outcome that feedback waits for, once."""
        if outcome in self._feedback_outcomes:
            return
        self._feedback_outcomes.add(outcome)
        self.outcomes.append(
            self.make(
                "outcomeDeclaration",
                *([self.make.values("defaultValue", default)] if default else []),
                identifier=outcome,
                cardinality=cardinality,
                baseType="identifier",
            )
        )

    def add_feedback(self, outcome: str, identifier: str, markdown: str) -> None:
        """Add feedback that is shown when the outcome has this value."""
        self.feedback.append(
            self.make(
                "modalFeedback",
                *self.content(self.markup.blocks(markdown)),
                outcomeIdentifier=outcome,
                identifier=identifier,
                showHide="show",
            )
        )

    def content(self, blocks: Sequence[etree._Element]) -> Sequence[etree._Element]:
        """Return the content of feedback or a rubric as this version wants it."""
        if not self.make.dialect.content_bodies:
            return blocks
        return [self.make("contentBody", *blocks)]

    def feedback_inside(self, identifier: str, markdown: str) -> etree._Element:
        """Return feedback that stands in what it is about."""
        attributes = {
            "outcomeIdentifier": FEEDBACK,
            "identifier": identifier,
            "showHide": "show",
        }
        if "\n" in markdown.strip():
            blocks = self.content(self.markup.blocks(markdown))
            return self.make("feedbackBlock", *blocks, **attributes)
        return self.markup.fill(self.make("feedbackInline", **attributes), markdown)

    def add_explanation(self, markdown: str) -> None:
        """Add feedback that is shown after every answer."""
        if not markdown.strip():
            return
        self.declare_feedback(EXPLANATION, default=[SHOWN])
        self.add_feedback(EXPLANATION, SHOWN, markdown)

    def mapping(
        self, entries: Sequence[tuple[str, Decimal]], **attributes: str | bool | None
    ) -> etree._Element | None:
        """Return a mapping; there is none without entries."""
        if not entries:
            return None
        case = attributes.pop("caseSensitive", None)
        return self.make(
            "mapping",
            *(
                self.make(
                    "mapEntry", mapKey=key, mappedValue=plain_number(value), caseSensitive=case
                )
                for key, value in entries
            ),
            **{"defaultValue": "0", **attributes},
        )

    def item(self, identifier: str, title: str) -> etree._Element:
        """Return the whole item."""
        make = self.make
        processing: list[etree._Element] = []
        if self.template:
            address = make.dialect.template.format(self.template)
            processing = [make("responseProcessing", template=address)]
        elif self.rules:
            processing = [make("responseProcessing", *self.rules)]
        return make(
            "assessmentItem",
            *self.responses,
            *self.outcomes,
            make("itemBody", *self.body),
            *processing,
            *self.feedback,
            identifier=identifier,
            title=title,
            adaptive=False,
            timeDependent=False,
        )
