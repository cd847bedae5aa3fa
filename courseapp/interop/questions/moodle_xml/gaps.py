"""Questions with gaps in their text: Moodle's cloze, and its two sorts with one list of choices for all gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final

from courseapp.interop.questions.moodle_xml.cloze import Gap, find_gaps, read_gap
from courseapp.interop.questions.moodle_xml.fields import Fields, plain_text_of, value_of
from courseapp.interop.questions.remarks import NotTaken
from courseapp.interop.questions.text import plain_of
from courseapp.interop.questions.types import Choice, Gaps, Option

MOST_GAPS: Final = 100

_RESERVED: Final = re.compile("[\ue000-\ue0ff]")
_SELECT: Final = re.compile(r"\[\[([0-9]{1,4})\]\]")
# Words of the text that would be taken for a gap.
_LIKE_A_GAP: Final = re.compile(r"\\?\[(\\?\[[a-z][a-z0-9-]*\\?\]\\?\])")


def read_cloze(text: str, fields: Fields) -> tuple[str, Gaps]:
    """Return prompt and gaps of a text with gaps written into it."""
    text = _RESERVED.sub(" ", text)
    pieces: list[str] = []
    gaps: list[Gap] = []
    place = 0
    for found in find_gaps(text):
        if len(gaps) == MOST_GAPS:
            raise NotTaken("There are more gaps in the text than anybody can fill.")
        pieces.append(text[place : found.start])
        gaps.append(read_gap(found, fields))
        place = found.end
        if found.weight not in {"1", ""}:
            fields.notes.change("All gaps count the same here.")
    return _with_marks([*pieces, text[place:]], gaps, fields)


def read_selects(text: str, fields: Fields) -> tuple[str, Gaps]:
    """Return prompt and gaps of a text whose gaps are numbers in double brackets."""
    elements = [*fields.all("selectoption"), *fields.all("dragbox")]
    choices = [
        (value_of(element, "group", "1"), " ".join(plain_of(plain_text_of(element)).split()))
        for element in elements
    ]
    shuffle = fields.is_on("shuffleanswers", otherwise=True)
    first, *rest = _SELECT.split(_RESERVED.sub(" ", text))
    if len(rest) > 2 * MOST_GAPS:
        raise NotTaken("There are more gaps in the text than anybody can fill.")
    gaps = [_select(int(number), choices, shuffle=shuffle) for number in rest[::2]]
    return _with_marks([first, *rest[1::2]], gaps, fields)


def _select(number: int, choices: Sequence[tuple[str, str]], *, shuffle: bool) -> Choice:
    if not 1 <= number <= len(choices):
        raise NotTaken(f"There is no choice for the gap [[{number}]].")
    group, _ = choices[number - 1]
    options = tuple(
        Option(text, 100 * (place == number))
        for place, (group_of, text) in enumerate(choices, start=1)
        if group_of == group and text
    )
    if not any(option.credit for option in options):
        raise NotTaken(f"The choice for the gap [[{number}]] has no text.")
    return Choice(options, shuffle=shuffle)


def _with_marks(pieces: Sequence[str], gaps: Sequence[Gap], fields: Fields) -> tuple[str, Gaps]:
    """Return the text with a mark for each gap, [[key]], between its pieces."""
    if not gaps:
        raise NotTaken("There is no gap in the text.")
    marks = [chr(0xE000) + str(number) + chr(0xE001) for number in range(len(gaps))]
    text = "".join(piece + mark for piece, mark in zip(pieces, [*marks, ""], strict=True))
    prompt = fields.convert(text, fields.text_format, fields.element.find("questiontext"))
    prompt = _LIKE_A_GAP.sub(r"[ \1", prompt)
    keyed: Mapping[str, Gap] = dict(zip(_keys(fields, len(gaps)), gaps, strict=True))
    for mark, key in zip(marks, keyed, strict=True):
        if prompt.count(mark) != 1:
            raise NotTaken("A gap stands where no text can be.")
        prompt = prompt.replace(mark, f"[[{key}]]")
    return prompt, Gaps(keyed)


def _keys(fields: Fields, gaps: int) -> Sequence[str]:
    """Return the keys that we wrote into the file, or new ones."""
    keys = [element.get("key", "") for element in fields.all("gap")]
    if len(keys) == gaps == len(set(keys)) and all(keys):
        return keys
    return [f"gap-{number}" for number, _ in zip(count(1), range(gaps), strict=False)]
