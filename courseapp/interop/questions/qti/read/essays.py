"""extendedTextInteraction: a text that a person judges, by the rubric that stands beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from courseapp.interop.questions.qti.names import CRITERIA, POINTS
from courseapp.interop.questions.qti.patterns import limit_of_pattern
from courseapp.interop.questions.qti.read.context import Item
from courseapp.interop.questions.qti.read.document import attribute, children, remove, within, words
from courseapp.interop.questions.text import escape_markdown
from courseapp.interop.questions.types import Criterion, Essay


def read_essay(item: Item, interaction: etree._Element) -> Essay:
    """Return the essay, and take it out of the item's text."""
    response = item.response_of(interaction)
    if response.cardinality != "single":
        item.notes.changed("It asks for several texts. Here, there is room for one.", interaction)
    if response.correct:
        item.notes.changed("Its model answer was left out.", interaction)
    rubric = [criterion for found in item.rubrics("scorer") for criterion in _criteria(item, found)]
    mask = attribute(interaction, "patternMask")
    most = limit_of_pattern(mask)
    if mask and most is None:
        item.notes.changed(
            "What its text must look like (a patternMask) was left out.", interaction
        )
    item.take_interaction(interaction)
    item.prompt = item.take_prompt()
    return Essay(rubric, most)


def _criteria(item: Item, rubric: etree._Element) -> Sequence[Criterion]:
    for found in within(rubric, "ul"):
        lines = children(found, "li")
        points = [_points(line) for line in lines]
        if CRITERIA in attribute(found, "class").split() and all(points):
            return [
                Criterion(_one_line(item, line), number)
                for line, number in zip(lines, points, strict=True)
                if number is not None
            ]
    return _foreign_criteria(item, rubric)


def _points(line: etree._Element) -> int | None:
    """Return the points that a line of a rubric names, and take them out of it."""
    for found in children(line, "span"):
        text = words(found)
        if attribute(found, "class") == POINTS and re.fullmatch(r"[0-9]{1,4}", text):
            remove(found)
            return int(text)
    return None


def _foreign_criteria(item: Item, rubric: etree._Element) -> Sequence[Criterion]:
    lines = [line for line in within(rubric, "li") if words(line)]
    if lines:
        item.notes.changed(
            "Its rubric says in no way that is understood here how many points a line is worth: "
            "each counts one.",
            rubric,
        )
        return [Criterion(_one_line(item, line), 1) for line in lines]
    most = item.declared.points
    points = int(most) if 1 <= most <= 10 and most == int(most) else 1
    text = _one_line(item, rubric)
    return [Criterion(text, points)] if text else []


def _one_line(item: Item, element: etree._Element) -> str:
    text = item.texts.markdown(element)
    return escape_markdown(" ".join(text.split())) if "\n" in text else text
