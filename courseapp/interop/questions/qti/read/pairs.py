"""matchInteraction and associateInteraction: what belongs to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from courseapp.interop.questions.qti.read.context import Item, choices_of, key_of
from courseapp.interop.questions.qti.read.declarations import Response
from courseapp.interop.questions.qti.read.document import attribute, children, remove, within
from courseapp.interop.questions.qti.read.notes import ItemRefused
from courseapp.interop.questions.types import Matching, Pair

Choices = Mapping[str, etree._Element]


def read_match(item: Item, interaction: etree._Element) -> Matching:
    """Return what belongs to what in two lists, and take them out of the item's text."""
    response = item.response_of(interaction, "directedPair")
    sets = children(interaction, "simpleMatchSet")
    if len(sets) != 2:
        raise ItemRefused("Its matchInteraction has not two lists.", interaction)
    left, right = (choices_of(found, "simpleAssociableChoice") for found in sets)
    pairs = correct_pairs(item, response)
    partners = _partners(pairs, left)
    if partners is None:
        # Categories on the left and what belongs to them on the right say the same the other way round.
        partners = _partners([(b, a) for a, b in pairs], right)
        if partners is None:
            raise ItemRefused(
                "Something in its lists has no partner, or several: that cannot be matched here.",
                interaction,
            )
        item.notes.changed("Its two lists changed places.", interaction)
        left, right = right, left
    return _matching(item, interaction, response, left, right, partners)


def read_associate(item: Item, interaction: etree._Element) -> Matching:
    """Return the pairs of one list as a list on each side."""
    response = item.response_of(interaction, "pair")
    choices = choices_of(interaction, "simpleAssociableChoice")
    pairs = correct_pairs(item, response)
    paired = [identifier for pair in pairs for identifier in pair]
    if len(set(paired)) != len(paired) or not set(paired) <= set(choices):
        raise ItemRefused(
            "Something in its list has several partners: that cannot be matched here.", interaction
        )
    order = {identifier: place for place, identifier in enumerate(choices)}
    sorted_pairs = sorted(sorted(order[identifier] for identifier in pair) for pair in pairs)
    names = list(choices)
    partners = {names[first]: names[second] for first, second in sorted_pairs}
    item.notes.changed(
        "Pairs within one list are to be matched here with a list on each side.", interaction
    )
    left = {identifier: choices[identifier] for identifier in partners}
    right = {identifier: choices[identifier] for identifier in names if identifier not in left}
    return _matching(item, interaction, response, left, right, partners)


def correct_pairs(item: Item, response: Response) -> Sequence[tuple[str, str]]:
    """Return the pairs of a response's key, and note what its scoring says beyond that."""
    texts = response.correct
    if not texts and response.table is not None:
        texts = [entry.key for entry in response.table.entries if entry.value > 0]
    item.earned(response, texts)
    if response.table is not None:
        values = {e.value for e in response.table.entries if e.key in texts}
        if len(values) > 1:
            item.notes.changed("Some of its pairs earn more than others. Here, all count alike.")
    item.note_if_all_or_nothing(response)
    pairs = [tuple(text.split()) for text in texts]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


def _partners(pairs: Sequence[tuple[str, str]], choices: Choices) -> Mapping[str, str] | None:
    """Return the one partner of each choice, None if one has none or several."""
    partners = dict(pairs)
    if len(set(pairs)) != len(partners) or partners.keys() != choices.keys():
        return None
    return {identifier: partners[identifier] for identifier in choices}


def _matching(
    item: Item,
    interaction: etree._Element,
    response: Response,
    left: Choices,
    right: Choices,
    partners: Mapping[str, str],
) -> Matching:
    if not set(partners.values()) <= set(right):
        raise ItemRefused("Its key names something that is in none of its lists.", interaction)
    inside = {identifier: _feedback_inside(item, element) for identifier, element in left.items()}
    matches = {identifier: item.texts.markdown(element) for identifier, element in right.items()}
    pairs = [
        Pair(
            item.texts.markdown(left[identifier]),
            matches[partner],
            inside[identifier] or item.feedbacks.take_named(identifier),
            key_of(identifier),
        )
        for identifier, partner in partners.items()
    ]
    used = set(partners.values())
    distractors = [text for identifier, text in matches.items() if identifier not in used]
    shuffle = attribute(interaction, "shuffle") in {"true", "1"}
    item.answers = [{}, {response.identifier: response.correct}]
    item.take_interaction(interaction)
    item.prompt = item.take_prompt()
    return Matching(pairs, distractors, shuffle)


def _feedback_inside(item: Item, choice: etree._Element) -> str:
    found = list(within(choice, "feedbackInline", "feedbackBlock"))
    for element in found:
        remove(element)
    return item.texts.markdown(*found)
