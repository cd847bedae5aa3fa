"""gapMatchInteraction: words that are put into gaps; and the keys that gaps get."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from courseapp.core.authored import KEY
from courseapp.interop.questions.qti.read.context import Item, choices_of, key_of
from courseapp.interop.questions.qti.read.document import attribute, child, children, within
from courseapp.interop.questions.qti.read.notes import ItemRefused
from courseapp.interop.questions.qti.read.pairs import correct_pairs
from courseapp.interop.questions.types import Choice, Gaps, Option


@dataclass(slots=True)
class GapKeys:
    """Gives gaps keys as the content format has them, no two the same."""

    taken: set[str] = field(default_factory=set)

    def of(self, identifier: str) -> str:
        """Return the key for an identifier."""
        plain = identifier
        if not KEY.fullmatch(plain):
            plain = re.sub(r"[^a-z0-9]+", "-", identifier.lower()).strip("-")[:50]
            if not KEY.fullmatch(plain):
                plain = f"gap-{plain}".rstrip("-")
        key, count = plain, 1
        while key in self.taken:
            count += 1
            key = f"{plain}-{count}"
        self.taken.add(key)
        return key


def read_gap_match(item: Item, interaction: etree._Element) -> Gaps:
    """Return gaps into which words are put, each as a choice among all of them."""
    response = item.response_of(interaction, "directedPair")
    if (image := child(interaction, "gapImg")) is not None:
        raise ItemRefused(
            "It has images to put into gaps (gapImg): there is no counterpart.", image
        )

    words = {
        identifier: item.texts.plain(element)
        for identifier, element in choices_of(interaction, "gapText").items()
    }
    right: dict[str, set[str]] = {}
    for word, gap in correct_pairs(item, response):
        right.setdefault(gap, set()).add(word)
    item.answers = [{}, {response.identifier: response.correct}]
    for element in children(interaction, "gapText"):
        interaction.remove(element)
    keys = GapKeys()
    gaps: dict[str, Choice] = {}
    places: dict[str, str] = {}
    for element in list(within(interaction, "gap")):
        identifier = attribute(element, "identifier")
        if not right.get(identifier, set()) & words.keys():
            raise ItemRefused(f"Its key has nothing for the gap {identifier}.", element)
        key = keys.of(identifier)
        gaps[key] = Choice(
            [
                Option(text, 100 if word in right[identifier] else 0, key=key_of(word))
                for word, text in words.items()
            ],
            shuffle=attribute(interaction, "shuffle") in {"true", "1"},
        )
        places[item.texts.put_gap(element)] = key
    if not gaps:
        raise ItemRefused("It has no gaps.", interaction)
    interaction.tag = "div"
    prompt = item.take_prompt()
    for place, key in places.items():
        prompt = prompt.replace(place, f"[[{key}]]")
    item.prompt = prompt
    return Gaps(gaps)
