"""Texts that were typed by people, made fit for print."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Left-to-right and right-to-left embeddings, overrides and isolates, and what ends them: they turn around
# what stands beside them. What has a direction of its own is ordered rightly without them.
_TURNING: Final = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
# The soft hyphen, the byte order mark, the annotation marks and tags: all of them invisible.
_INVISIBLE: Final = {0x00AD, 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)}
_SPACE: Final = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return a text without what cannot be seen in print, or would disturb what can: controls, overrides."""
    kept = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace() or _is_printed(character)
    )
    if all(unicodedata.category(character) in {"Cf", "Zs"} for character in kept):
        return ""  # only joiners and spaces: nothing is there to see
    return _SPACE.sub(" ", kept).strip()


def reads_from_the_right(text: str, *, otherwise: bool) -> bool:
    """Tell a text's own direction, by its first letter; without any it follows what stands around it."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return True
        if kind == "L":
            return False
    return otherwise


def letters_join(text: str) -> bool:
    """Tell whether a text has letters that belong together (Arabic, Devanagari), so that no space parts them."""
    return any(ord(character) >= 0x0590 for character in text if character.isalpha())


def script_of(character: str) -> str | None:
    """Return the English name of a letter's script, or None for what is no letter."""
    if not unicodedata.category(character).startswith(("L", "M")):
        return None
    word = unicodedata.name(character, "").partition(" ")[0]
    return {"": None, "CJK": "Chinese"}.get(word, word.capitalize())


def _is_printed(character: str) -> bool:
    point = ord(character)
    if point in _TURNING or point in _INVISIBLE:
        return False
    # Control characters and halves of surrogate pairs; the last two of every plane are no characters.
    return unicodedata.category(character) not in {"Cc", "Cs"} and point & 0xFFFE != 0xFFFE
