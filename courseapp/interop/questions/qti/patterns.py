"""Wildcards as regular expressions of XML Schema, which is how QTI says them, and those expressions read back.

Only what is written here is read: a stranger's regular expression is never carried out.
"""

from __future__ import annotations

import re
from typing import Final

_ANYTHING: Final = r"[\s\S]*"
_SPECIAL: Final = frozenset("\\|.?*+(){}[]^")
_TOKEN: Final = re.compile(
    r"(?P<any>\[\\s\\S\]\*|\.\*)"
    r"|\[(?P<first>[^\W\d_])(?P<second>[^\W\d_])\]"
    r"|\[(?P<single>[^\]\\^])\]"
    r"|\\(?P<escaped>[^\w\s])"
    r"|(?P<plain>[^\\|.?*+(){}\[\]^$])",
    re.DOTALL,
)
# How players keep a text from growing too long.
_LIMIT: Final = re.compile(r"\^?(?:\[\\s\\S\]|\[\\S\\s\]|\.|\(\.\|\\n\))\{0,(\d{1,6})\}\$?")


def pattern_of_wildcards(text: str, *, case_sensitive: bool) -> str:
    """Return the expression for a text in which * stands for any characters."""
    return "".join(
        _ANYTHING if character == "*" else _literal(character, case_sensitive=case_sensitive)
        for character in text
    )


def wildcards_of_pattern(pattern: str) -> tuple[str, bool | None] | None:
    """Return the text, and whether its case matters (None where it has no letters that could tell).

    None altogether for an expression that says something else.
    """
    parts: list[str] = []
    case_sensitive: bool | None = None
    position = 0
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if match is None:
            return None
        position = match.end()
        if match["any"]:
            parts.append("*")
        elif match["first"]:
            if _other_case(match["first"]) != match["second"]:
                return None
            case_sensitive = False
            parts.append(match["first"])
        else:
            character = match["single"] or match["escaped"] or match["plain"]
            # A star that is meant as a star has no place among wildcards.
            if character == "*":
                return None
            if case_sensitive is None and _other_case(character) != character:
                case_sensitive = True
            parts.append(character)
    return "".join(parts), case_sensitive


def fits(pattern: str, text: str) -> bool | None:
    """Tell whether a text fits an expression, None for an expression that is not read here.

    Each piece between two wildcards is taken where it first occurs: no going back, so no pattern is slow.
    """
    found = wildcards_of_pattern(pattern)
    if found is None:
        return None
    wanted, case_sensitive = found
    if not case_sensitive:
        wanted, text = wanted.casefold(), text.casefold()
    first, *others = wanted.split("*")
    if not others:
        return text == first
    *middle, last = others
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        place = text.find(piece, position, end)
        if place < 0:
            return False
        position = place + len(piece)
    return True


def pattern_of_limit(most: int) -> str:
    """Return the expression for texts of at most so many characters."""
    return rf"[\s\S]{{0,{most}}}"


def limit_of_pattern(pattern: str) -> int | None:
    """Return the number of characters that the expression allows, if that is what it says."""
    match = _LIMIT.fullmatch(pattern)
    return int(match[1]) if match else None


def _literal(character: str, *, case_sensitive: bool) -> str:
    if not case_sensitive and _other_case(character) != character:
        return f"[{character}{_other_case(character)}]"
    if character == "$":
        # An anchor for many players, an ordinary character that must not be escaped for the schema.
        return "[$]"
    return f"\\{character}" if character in _SPECIAL else character


def _other_case(character: str) -> str:
    """Return a letter in its other case, where there is one of one character that leads back."""
    other = character.swapcase()
    leads_back = len(other) == 1 and other.swapcase() == character and character.isalpha()
    return other if leads_back else character
