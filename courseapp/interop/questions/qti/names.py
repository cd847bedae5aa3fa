"""Names that reading and writing share: of outcomes and responses, and the marks that we leave for ourselves."""

from __future__ import annotations

import re
from typing import Final

from courseapp.interop.questions.text import plain_of_markdown

# What the standard templates for response processing ask for.
RESPONSE: Final = "RESPONSE"
SCORE: Final = "SCORE"
MAXSCORE: Final = "MAXSCORE"

# An outcome that always holds SHOWN, so that its feedback is shown after every answer.
EXPLANATION: Final = "EXPLANATION"
SHOWN: Final = "shown"
FEEDBACK: Final = "FEEDBACK"

# Classes, which every element may carry: a player that does not know them shows the same.
TRUE_FALSE: Final = "true-false"
GAP: Final = "gap"
CRITERIA: Final = "criteria"
POINTS: Final = "points"

# What something without a key of its own is called in a file: reading gives it no key again.
UNNAMED: Final = re.compile(r"(?:option|pair|match|step|question)_\d+")

LOM: Final = "http://ltsc.ieee.org/xsd/LOM"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_HUMP: Final = re.compile(r"(?<!^)(?=[A-Z])")
_DASH: Final = re.compile(r"-([a-z])")


def kebab(name: str) -> str:
    """Return simple-choice for simpleChoice."""
    return _HUMP.sub("-", name).lower()


def camel(name: str) -> str:
    """Return simpleChoice for simple-choice."""
    return _DASH.sub(lambda match: match[1].upper(), name)


def title_of(prompt: str) -> str:
    """Return the title of an item that has none of its own: the beginning of what it asks."""
    words = plain_of_markdown(prompt).split()
    title = ""
    for word in words:
        if len(title) + len(word) > 60:
            return f"{title.rstrip()} …".strip()
        title += f"{word} "
    return title.rstrip()
