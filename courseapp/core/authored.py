"""Reading what people wrote in files: YAML with line numbers, and every problem at once.

A `Fields` is one mapping of a YAML file. Asking it for a field reports what is wrong with that field and
returns something usable, so that reading goes on and all problems are found in one run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import yaml

MOST_NUMBER: Final = Decimal(10) ** 15
KEY: Final = re.compile(r"[a-z][a-z0-9-]{0,59}")
# The same loader written in C, several times faster, where PyYAML was built with it.
_LOADER: Final = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something an author must mend: where it stands, and what to do."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Problems:
    """Collects problems; paths are told relative to the content's folder."""

    def __init__(self, root: Path) -> None:
        """Start with none."""
        self._root = root
        self._found: list[Problem] = []

    def add(self, path: Path, line: int, message: str) -> None:
        """Note one problem."""
        shown = path.relative_to(self._root) if path.is_relative_to(self._root) else path
        self._found.append(Problem(str(shown), line, message))

    def sorted(self) -> Sequence[Problem]:
        """Return each problem once, by file and line."""
        return sorted(set(self._found))


def read_text(path: Path, problems: Problems) -> str | None:
    """Return a file's text, or None with a problem noted."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problems.add(path, 1, "the file is not UTF-8 text: save it again as UTF-8")
    except OSError as error:
        problems.add(path, 1, f"the file cannot be read: {error.strerror}")
    return None


def read_yaml(path: Path, problems: Problems) -> Fields | None:
    """Return the mapping that a YAML file holds, or None with a problem noted."""
    text = read_text(path, problems)
    return None if text is None else parse_yaml(text, path, problems)


def parse_yaml(text: str, path: Path, problems: Problems, *, first_line: int = 1) -> Fields | None:
    """Return the mapping that a YAML text holds; `first_line` is where the text stands in its file."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = first_line + (mark.line if mark else 0)
        problems.add(path, line, f"this is not valid YAML: {error.problem}")
        return None
    except yaml.YAMLError as error:
        problems.add(path, first_line, f"this is not valid YAML: {error}")
        return None
    if not isinstance(node, yaml.MappingNode):
        problems.add(path, first_line, "this file must hold fields, each as `name: value`")
        return None
    return Fields(node, path, problems, first_line)


class Fields:
    """One mapping of an authored file."""

    def __init__(
        self,
        node: yaml.MappingNode,
        path: Path,
        problems: Problems,
        first_line: int = 1,
        *,
        line: int | None = None,
    ) -> None:
        """Index the mapping; a name given twice is a problem.

        `line` is where the mapping belongs for its author, if not where it begins.
        """
        self.path = path
        self._problems = problems
        self._first_line = first_line
        self.line = self._line_of(node) if line is None else line
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: set[str] = set()
        for name_node, value_node in node.value:
            name = str(name_node.value)
            if name in self._nodes:
                self._problems.add(path, self._line_of(name_node), f"{name} is given twice")
            self._nodes[name] = value_node
            self._lines[name] = self._line_of(name_node)

    def _line_of(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self._first_line

    def line_of(self, name: str) -> int:
        """Return the line on which a field's name stands (the mapping's own when it is missing)."""
        return self._lines.get(name, self.line)

    def report(self, name: str, message: str) -> None:
        """Note a problem with one field."""
        self._problems.add(self.path, self.line_of(name), message)

    def __contains__(self, name: str) -> bool:
        return name in self._nodes

    def names(self) -> Sequence[str]:
        """Return the names of all fields, in their order."""
        return list(self._nodes)

    def value(self, name: str) -> Any:
        """Return a field's plain value, or None."""
        self._asked.add(name)
        node = self._nodes.get(name)
        if node is None:
            return None
        loader = _LOADER("")
        try:
            return loader.construct_document(node)
        except (yaml.YAMLError, ValueError) as error:
            # ValueError: something that looks like a date but is none, 2026-13-45 for example.
            self.report(name, f"{name} cannot be read: {error}")
            return None
        finally:
            loader.dispose()

    def text(self, name: str, *, required: bool = True) -> str:
        """Return a text; missing, empty and other types are problems."""
        value = self.value(name)
        if value is None and not required:
            return ""
        if name not in self._nodes:
            self.report(name, f"{name} is missing: add `{name}: ...`")
        elif not isinstance(value, str):
            self.report(name, f"{name} must be a text: put it into quotes")
        elif not value.strip():
            self.report(name, f"{name} is empty")
        else:
            return value.strip()
        return ""

    def line_text(self, name: str, *, required: bool = True) -> str:
        """Return a text that stands on one line."""
        text = self.text(name, required=required)
        if "\n" in text:
            self.report(name, f"{name} must be one line")
        return text

    def key(self, name: str = "key") -> str:
        """Return a key: small letters, digits and hyphens."""
        text = self.text(name)
        if text and not KEY.fullmatch(text):
            self.report(
                name,
                f"{name} is {text!r}: use small letters, digits and hyphens, starting with a letter, "
                "at most 60",
            )
        return text

    def keys(self, name: str) -> Sequence[str]:
        """Return a list of keys, without repetitions."""
        value = self.value(name)
        if name not in self._nodes:
            self.report(name, f"{name} is missing: add `{name}: [...]`")
            return []
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            self.report(name, f"{name} must be a list of keys, for example [one, two]")
            return []
        for key in sorted({key for key in value if value.count(key) > 1}):
            self.report(name, f"{name} names {key} twice")
        return list(dict.fromkeys(value))

    def whole_number(self, name: str, *, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        value = self.value(name)
        if name not in self._nodes:
            self.report(name, f"{name} is missing: add a whole number, {least} to {most}")
            return least
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.report(name, f"{name} must be a whole number, {least} to {most}")
            return least
        return value

    def number(
        self, name: str, *, default: Decimal | None = None, least: Decimal | None = None
    ) -> Decimal:
        """Return a number as it is written; without a default the field must be there."""
        value = self.value(name)
        if name not in self._nodes and default is not None:
            return default
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # An integer of thousands of digits has no text.
        is_small = is_number and abs(value) <= int(MOST_NUMBER)
        number = Decimal(str(value)) if is_small else Decimal("NaN")
        if not number.is_finite():
            self.report(name, f"{name} must be a number, for example 12.5")
        elif least is not None and number < least:
            self.report(name, f"{name} must be {least} or more")
        else:
            return number
        return Decimal(0)

    def boolean(self, name: str, *, default: bool | None = None) -> bool:
        """Return true or false; without a default the field must be there."""
        value = self.value(name)
        if value is None and default is not None and name not in self._nodes:
            return default
        if not isinstance(value, bool):
            self.report(name, f"{name} must be true or false")
            return False
        return value

    def choice(self, name: str, allowed: Sequence[str], *, default: str | None = None) -> str:
        """Return one of the allowed words."""
        self._asked.add(name)
        if name not in self._nodes and default is not None:
            return default
        text = self.text(name)
        if text and text not in allowed:
            self.report(name, f"{name} is {text!r}: use one of {', '.join(allowed)}")
            return allowed[0]
        return text or allowed[0]

    def child(self, name: str) -> Fields:
        """Return the mapping under a field (an empty one when there is none)."""
        self._asked.add(name)
        node = self._nodes.get(name)
        if isinstance(node, yaml.MappingNode):
            return Fields(
                node, self.path, self._problems, self._first_line, line=self.line_of(name)
            )
        if node is None:
            self.report(name, f"{name} is missing")
        else:
            self.report(name, f"{name} must hold fields, each as `name: value`")
        return self._nothing(name)

    def children(self, name: str, *, least: int = 1, most: int = 1000) -> Sequence[Fields]:
        """Return the mappings of the list under a field."""
        self._asked.add(name)
        node = self._nodes.get(name)
        if not isinstance(node, yaml.SequenceNode):
            self.report(name, f"{name} must be a list: start each entry with `- `")
            return []
        if not least <= len(node.value) <= most:
            self.report(name, f"{name} has {len(node.value)} entries: give {least} to {most}")
        found = []
        for entry in node.value:
            if isinstance(entry, yaml.MappingNode):
                found.append(Fields(entry, self.path, self._problems, self._first_line))
            else:
                self._problems.add(
                    self.path, self._line_of(entry), f"each entry of {name} must hold fields"
                )
        return found

    def named_children(self, name: str) -> Iterator[tuple[str, Fields]]:
        """Yield the mappings under a field, with the key that each stands under."""
        parent = self.child(name)
        for key in parent.names():
            yield key, parent.child(key)

    def close(self) -> None:
        """Report every field that nobody asked for."""
        for name in self._nodes:
            if name not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.report(name, f"there is no field {name!r} here; known are {known}")

    def _nothing(self, name: str) -> Fields:
        mark = yaml.Mark("", 0, self.line_of(name) - self._first_line, 0, None, 0)
        empty = yaml.MappingNode("tag:yaml.org,2002:map", [], mark, mark)
        # Problems inside something missing would only repeat that it is missing.
        return Fields(empty, self.path, Problems(Path()), self._first_line)
