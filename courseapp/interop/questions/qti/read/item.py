"""One item as a question, or as the reason why it is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from courseapp.interop.questions.qti.names import title_of
from courseapp.interop.questions.qti.read.body import Texts
from courseapp.interop.questions.qti.read.choices import read_choice
from courseapp.interop.questions.qti.read.context import Item
from courseapp.interop.questions.qti.read.declarations import declarations
from courseapp.interop.questions.qti.read.document import (
    attribute,
    child,
    children,
    line_of,
)
from courseapp.interop.questions.qti.read.entries import read_entries
from courseapp.interop.questions.qti.read.essays import read_essay
from courseapp.interop.questions.qti.read.expressions import Steps
from courseapp.interop.questions.qti.read.feedback import Feedbacks
from courseapp.interop.questions.qti.read.gaps import read_gap_match
from courseapp.interop.questions.qti.read.notes import ItemRefused, Notes
from courseapp.interop.questions.qti.read.orders import read_order
from courseapp.interop.questions.qti.read.pairs import read_associate, read_match
from courseapp.interop.questions.qti.read.pictures import Pictures
from courseapp.interop.questions.qti.read.processing import Processing
from courseapp.interop.questions.remarks import shortened
from courseapp.interop.questions.text import escape_markdown
from courseapp.interop.questions.types import ExchangedQuestion, Interaction, Remark

# Bounds on the time that one item can take.
_MOST_ELEMENTS: Final = 5000
_MOST_GAPS: Final = 100
_INLINE: Final = frozenset({"textEntryInteraction", "inlineChoiceInteraction"})
_BLOCKS: Final[Mapping[str, Callable[[Item, etree._Element], Interaction]]] = {
    "choiceInteraction": read_choice,
    "matchInteraction": read_match,
    "associateInteraction": read_associate,
    "gapMatchInteraction": read_gap_match,
    "orderInteraction": read_order,
    "extendedTextInteraction": read_essay,
}
_TEMPLATES: Final = (
    "templateDeclaration",
    "templateProcessing",
    "templateBlock",
    "templateInline",
    "printedVariable",
)
_KNOWN_PARTS: Final = frozenset(
    [
        "responseDeclaration",
        "outcomeDeclaration",
        "templateDeclaration",
        "templateProcessing",
        "stylesheet",
        "itemBody",
        "responseProcessing",
        "modalFeedback",
        "assessmentStimulusRef",
        "contextDeclaration",
    ]
)
_LEFT_OUT: Final = {
    "catalogInfo": "Alternative forms of the content (a catalog) were left out.",
    "companionMaterialsInfo": "Materials that accompany the item were left out.",
    "apipAccessibility": "Alternative forms of the content (APIP) were left out.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lies, and what is beside it."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    path: str = ""
    source: str = ""
    objective: str = ""
    # Finds the text that several items are about, by its address.
    stimulus: Callable[[str], etree._Element | None] = lambda _address: None


def read_item(
    element: etree._Element, place: Place, steps: Steps
) -> tuple[ExchangedQuestion | None, Sequence[Remark]]:
    """Return the question that an item is (its names must be those of 2.x), and what there is to say about it."""
    title = attribute(element, "title")
    identifier = attribute(element, "identifier")
    about = shortened(title or identifier)
    notes = Notes(f"{about} ({place.path})" if place.path else about, line_of(element))
    try:
        question = _read(element, place, notes, steps)
    except ItemRefused as refusal:
        notes.refused(refusal)
        return None, notes.remarks
    return question, notes.remarks


def _read(element: etree._Element, place: Place, notes: Notes, steps: Steps) -> ExchangedQuestion:
    body = child(element, "itemBody")
    if body is None:
        raise ItemRefused("It has no body.", element)
    interactions = _interactions(element, body)
    pictures = Pictures(place.files, place.path, notes)
    texts = Texts(notes, pictures)
    texts.keep_clear_of(element)
    declared = declarations(element)
    processing = Processing(declared, child(element, "responseProcessing"), steps)
    feedbacks = Feedbacks(processing, texts, notes)
    feedbacks.find(element)
    item = Item(element, body, declared, processing, texts, feedbacks, notes)
    _note_what_is_left_out(element, notes)
    _place_stimuli(item, place)
    interaction: Interaction
    if interactions[0].tag in _INLINE:
        interaction = read_entries(item, interactions)
    else:
        interaction = _BLOCKS[str(interactions[0].tag)](item, interactions[0])
    title = attribute(element, "title")
    prompt = item.prompt or _title_as_prompt(item)
    return ExchangedQuestion(
        prompt=prompt,
        interaction=interaction,
        key=item.key,
        # What was made of the question because it had no title is none.
        title="" if title == title_of(item.prompt) else title,
        explanation=feedbacks.explanation(item.answers),
        source=place.source,
        objective=place.objective,
        line=line_of(element),
        pictures=tuple(pictures.all),
    )


def _interactions(element: etree._Element, body: etree._Element) -> Sequence[etree._Element]:
    """Return the interactions of an item that can become a question, all of one sort."""
    if attribute(element, "adaptive") in {"true", "1"}:
        raise ItemRefused("It is adaptive: it changes while it is answered.", element)
    for part in element.iter(*_TEMPLATES):
        raise ItemRefused(f"It is a template ({part.tag}) from which items are generated.", part)
    if sum(1 for _ in element.iter()) > _MOST_ELEMENTS:
        raise ItemRefused("It is larger than any question for people needs to be.", element)
    found = [part for part in body.iter() if str(part.tag).endswith("Interaction")]
    if not found:
        raise ItemRefused("It has no interaction: there is nothing to answer.", body)
    for part in found:
        if part.tag not in _INLINE and part.tag not in _BLOCKS:
            raise ItemRefused(f"There is no counterpart for its {part.tag}.", part)
    if len(found) > _MOST_GAPS:
        raise ItemRefused(f"It has more than {_MOST_GAPS} places to fill in.", found[_MOST_GAPS])
    blocks = [part for part in found if part.tag in _BLOCKS]
    if len(blocks) > 1 or (blocks and len(found) > 1):
        names = " and ".join(dict.fromkeys(str(part.tag) for part in found))
        raise ItemRefused(f"It asks for several things at once ({names}).", found[1])
    return found


def _note_what_is_left_out(element: etree._Element, notes: Notes) -> None:
    for part in children(element):
        if part.tag not in _KNOWN_PARTS:
            notes.changed(_LEFT_OUT.get(str(part.tag), f"Its {part.tag} was left out."), part)


def _place_stimuli(item: Item, place: Place) -> None:
    """Put the texts that the item is about before its own."""
    for reference in reversed(children(item.element, "assessmentStimulusRef")):
        found = place.stimulus(attribute(reference, "href"))
        if found is None:
            item.notes.changed("The text that it is about is not in the package.", reference)
            continue
        found.tag = "div"
        item.body.insert(0, found)


def _title_as_prompt(item: Item) -> str:
    title = attribute(item.element, "title")
    if title:
        item.notes.changed("It has no text of its own, so its title asks the question.", item.body)
    return escape_markdown(title)
