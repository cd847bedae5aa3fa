"""The kinds of questions: one file each, found by itself.

A module in this package that has a `KIND` adds a kind: how authors write it, how it is drawn, shown and
answered, and how it is graded. Nothing elsewhere asks which kind a question is.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from courseapp.assessment.kinds.base import Kind


def _find_kinds() -> Mapping[str, Kind]:
    found: dict[str, Kind] = {}
    for module_info in pkgutil.iter_modules(__path__):
        kind: Kind | None = getattr(
            importlib.import_module(f"{__name__}.{module_info.name}"), "KIND", None
        )
        if kind is not None:
            found[kind.name] = kind
    return found


KINDS = _find_kinds()
