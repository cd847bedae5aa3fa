"""Pure decisions about content."""

from __future__ import annotations


def is_about(objective: str, wanted: str) -> bool:
    """Tell whether a question's objective is the wanted one, or one of the wanted module."""
    return objective == wanted or objective.startswith(f"{wanted}/")
