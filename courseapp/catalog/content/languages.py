"""Languages of content: their tags, and the files that hold a translation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from courseapp.core.authored import Problems

_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def tag_problem(text: str) -> str | None:
    """Return what is wrong with a language tag, or None."""
    return None if _TAG.fullmatch(text) else f"{text!r} is not a language tag such as en or pt-BR"


def find_translations(
    source: Path, source_language: str, problems: Problems
) -> Sequence[tuple[str, Path]]:
    """Return the files `<stem>.<language>.yaml` beside `<stem>.yaml`, by language."""
    found = []
    for path in sorted(source.parent.glob(f"{source.stem}.*{source.suffix}")):
        tag = path.name.removeprefix(f"{source.stem}.").removesuffix(source.suffix)
        if message := tag_problem(tag):
            problems.add(path, 1, message)
        elif tag == source_language:
            problems.add(path, 1, f"{tag} is the source language: its texts stand in {source.name}")
        else:
            found.append((tag, path))
    return found
