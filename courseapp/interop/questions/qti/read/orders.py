"""orderInteraction: steps in their right order."""

from __future__ import annotations

from lxml import etree

from courseapp.interop.questions.qti.read.context import Item, choices_of
from courseapp.interop.questions.qti.read.notes import ItemRefused
from courseapp.interop.questions.types import Ordering


def read_order(item: Item, interaction: etree._Element) -> Ordering:
    """Return the steps, and take them out of the item's text."""
    response = item.response_of(interaction, "identifier")
    choices = choices_of(interaction, "simpleChoice")
    item.earned(response, response.correct)
    if sorted(response.correct) != sorted(choices):
        raise ItemRefused(
            "Its key does not put all of its steps in order, each of them once.", interaction
        )
    steps = [item.texts.markdown(choices[identifier]) for identifier in response.correct]
    item.answers = [{}, {response.identifier: response.correct}]
    item.take_interaction(interaction)
    item.prompt = item.take_prompt()
    return Ordering(steps)
