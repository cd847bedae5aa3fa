"""Writing entries into a quiz file: everything that stands there already stays as it is, comments included."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent
from typing import Any

import yaml

from courseapp.interop.questions.authored import Entry

MOST_WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """YAML as an author would write it: lists indented, texts of several lines as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  # PyYAML's own signature
        super().increase_indent(flow, False)


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def written(entries: Sequence[Entry]) -> str:
    """Return entries as they stand under `questions:`, not indented."""
    return str(
        yaml.dump(
            list(entries),
            Dumper=_Dumper,
            allow_unicode=True,
            sort_keys=False,
            width=MOST_WIDTH,
            default_flow_style=False,
        )
    )


def with_entries(text: str, entries: Sequence[Entry]) -> str:
    """Return a quiz file's text with entries added at the end of its questions."""
    if not entries:
        return text
    names = [(name.value, name.start_mark.line, value) for name, value in _mapping(text)]
    place = next(index for index, (name, _, _) in enumerate(names) if name == "questions")
    column = names[place][2].start_mark.column
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    # Before the field that follows, or at the end of the file.
    at = names[place + 1][1] if place + 1 < len(names) else len(lines)
    return "".join([*lines[:at], indent(written(entries), " " * column), *lines[at:]])


def _mapping(text: str) -> Sequence[tuple[Any, Any]]:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        raise TypeError("a quiz file holds fields")
    pairs: Sequence[tuple[Any, Any]] = node.value
    return pairs
