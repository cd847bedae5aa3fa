"""What reading an interaction needs to know of the item around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from lxml import etree

from courseapp.interop.questions.qti.names import UNNAMED
from courseapp.interop.questions.qti.read.body import Texts
from courseapp.interop.questions.qti.read.declarations import Declarations, Response
from courseapp.interop.questions.qti.read.document import (
    attribute,
    child,
    children,
    remove,
    within,
    words,
)
from courseapp.interop.questions.qti.read.expressions import NotUnderstood
from courseapp.interop.questions.qti.read.feedback import Feedbacks
from courseapp.interop.questions.qti.read.notes import ItemRefused, Notes
from courseapp.interop.questions.qti.read.processing import Answer, Processing

# What an answer earns; the second argument says whether a sum keeps to the bounds of its mapping.
Earned = Callable[[Sequence[str], bool], Fraction]

# No question for people has more.
MOST_CHOICES: Final = 200


def key_of(identifier: str) -> str:
    """Return an identifier as a key, "" for one that is only there because the format needs one."""
    return "" if UNNAMED.fullmatch(identifier) else identifier


@dataclass(slots=True)
class Item:
    """An item while it is read. Reading its interaction sets `prompt` and `answers`."""

    element: etree._Element
    body: etree._Element
    declared: Declarations
    processing: Processing
    texts: Texts
    feedbacks: Feedbacks
    notes: Notes
    prompt: str = ""
    # Answers after which general feedback is shown, if it is general.
    answers: list[Answer] = field(default_factory=lambda: [{}])

    @property
    def key(self) -> str:
        """The key of the question."""
        return key_of(attribute(self.element, "identifier"))

    def response_of(self, interaction: etree._Element, *base_types: str) -> Response:
        """Return the response that an interaction binds, which must be of one of these types."""
        identifier = attribute(interaction, "responseIdentifier")
        response = self.declared.responses.get(identifier)
        if response is None:
            raise ItemRefused(f"Its response {identifier} is not declared.", interaction)
        if base_types and response.base_type not in base_types:
            kind = response.base_type or response.cardinality
            raise ItemRefused(
                f"Its response {identifier} is of a type that does not fit ({kind}).", interaction
            )
        return response

    def take_prompt(self) -> str:
        """Return the text of the item, with what its interactions left of themselves in it."""
        self._take_rubrics()
        return self.texts.markdown(self.body)

    def take_interaction(self, interaction: etree._Element) -> None:
        """Leave of an interaction only its prompt, where it stood."""
        prompt = child(interaction, "prompt")
        for part in list(interaction):
            if part is not prompt:
                interaction.remove(part)
        interaction.text = None
        interaction.tag = "div"

    def rubrics(self, *views: str) -> Sequence[etree._Element]:
        """Take the rubrics for these readers out of the text, and return them."""
        found = [
            rubric
            for rubric in within(self.body, "rubricBlock")
            if set(views) & set(attribute(rubric, "view").split())
        ]
        for rubric in found:
            remove(rubric)
        return found

    def _take_rubrics(self) -> None:
        for rubric in list(within(self.body, "rubricBlock")):
            views = attribute(rubric, "view").split()
            if not views or "candidate" in views:
                rubric.tag = "div"
                continue
            if words(rubric):
                self.notes.changed(f"A text for others ({', '.join(views)}) was left out.", rubric)
            remove(rubric)

    def earned(self, response: Response, best: Sequence[str]) -> Earned:
        """Return what counts answers to a response: its processing, or else its declaration.

        `best` are the answers that are tried to see whether processing counts at all.
        """

        def declared(given: Sequence[str], bounded: bool) -> Fraction:  # noqa: FBT001  # see Earned
            return self.declared_score(response, given, bounded=bounded)

        def processed(given: Sequence[str], bounded: bool) -> Fraction:  # noqa: FBT001  # see Earned
            try:
                return self.processing.earned({response.identifier: given}, bounded=bounded)
            except NotUnderstood:
                return declared(given, bounded)

        answers = [response.correct, best, *([one] for one in best)]
        try:
            earned = [self.processing.earned({response.identifier: a}) for a in answers if a]
        except NotUnderstood:
            earned = []
        if any(points > 0 for points in earned):
            return processed
        self._fall_back(response)
        return declared

    def declared_score(
        self, response: Response, given: Sequence[str], *, bounded: bool = True
    ) -> Fraction:
        """Return what an answer earns by the declaration of its response; 0 where that makes no sense."""
        try:
            return self.processing.declared_score(response, given, bounded=bounded)
        except NotUnderstood:
            return Fraction(0)

    def _fall_back(self, response: Response) -> None:
        table = response.table
        mapped = table is not None and any(entry.value > 0 for entry in table.entries)
        if not mapped and not response.correct:
            raise no_key(
                response, self.processing.element if self.processing.is_there else self.element
            )
        if self.processing.is_there:
            origin = "mapping" if mapped else "correctResponse"
            self.notes.changed(
                f"Its scoring earns nothing, or is not understood here: the key is taken from its {origin}.",
                self.processing.element,
            )

    def note_if_all_or_nothing(self, response: Response) -> None:
        """Note that a part of the answer earned nothing, where it will earn its share here."""
        if len(response.correct) < 2:
            return
        part = response.correct[:-1]
        try:
            whole = self.processing.earned({response.identifier: response.correct})
            if whole > 0 and self.processing.earned({response.identifier: part}) <= 0:
                self.notes.changed(
                    "Only the whole answer earned points. Here, each part of it earns its share."
                )
        except NotUnderstood:
            return


def no_key(response: Response, element: etree._Element | None) -> ItemRefused:
    """Return the refusal of an item whose right answer is unknown."""
    return ItemRefused(
        f"It says in no way that is understood here which answer to {response.identifier} is right.",
        element,
    )


def choices_of(interaction: etree._Element, name: str) -> Mapping[str, etree._Element]:
    """Return the choices of an interaction by their identifiers."""
    found = {attribute(choice, "identifier"): choice for choice in children(interaction, name)}
    if not 1 <= len(found) <= MOST_CHOICES:
        how_many = "nothing" if not found else f"more than {MOST_CHOICES} things"
        raise ItemRefused(f"Its {interaction.tag} has {how_many} to choose from.", interaction)
    return found
