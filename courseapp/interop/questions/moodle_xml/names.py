"""What a question is called that nobody has named."""

from __future__ import annotations

from courseapp.interop.questions.remarks import shortened
from courseapp.interop.questions.text import plain_of_markdown


def default_title(key: str, prompt: str) -> str:
    """Return the name that is written for a question without a title, since Moodle lists questions by name."""
    return key or shortened(plain_of_markdown(prompt[:400]), 80) or "?"
