"""A file is read to its end: every field reports what is wrong with it, with its line, and reading goes on."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from courseapp.core.authored import Fields, Problems, parse_yaml, read_text, read_yaml

ROOT = Path("/content")


class Reading:
    """One YAML text, and the problems found in it."""

    def __init__(self, text: str) -> None:
        self.problems = Problems(ROOT)
        fields = parse_yaml(text, ROOT / "a" / "file.yaml", self.problems)
        assert fields is not None
        self.fields: Fields = fields

    @property
    def found(self) -> Sequence[str]:
        return [str(problem) for problem in self.problems.sorted()]


def test_a_problem_reads_as_file_line_and_message() -> None:
    reading = Reading("one: 1\ntwo: 2\n")
    reading.fields.report("two", "this is wrong")

    assert reading.found == ["a/file.yaml:2: this is wrong"]


def test_the_same_problem_is_told_once_and_all_are_sorted_by_file_and_line() -> None:
    problems = Problems(ROOT)
    for name, line in [("b", 1), ("a", 10), ("a", 2), ("a", 2)]:
        problems.add(ROOT / name, line, "wrong")

    assert [(p.path, p.line) for p in problems.sorted()] == [("a", 2), ("a", 10), ("b", 1)]


def test_a_file_outside_the_folder_is_told_by_its_whole_path() -> None:
    problems = Problems(ROOT)
    problems.add(Path("/elsewhere/file"), 1, "wrong")

    assert problems.sorted()[0].path == "/elsewhere/file"


Ask = Callable[[Fields], Any]


@pytest.mark.parametrize(
    ("text", "ask", "answer", "found"),
    [
        ("x: ' a '", lambda f: f.text("x"), "a", []),
        ("y: 1", lambda f: f.text("x"), "", ["1: x is missing: add `x: ...`"]),
        ("y: 1", lambda f: f.text("x", required=False), "", []),
        ("\nx: 5", lambda f: f.text("x"), "", ["2: x must be a text: put it into quotes"]),
        ("x: ''", lambda f: f.text("x"), "", ["1: x is empty"]),
        ("x: |\n  a\n  b", lambda f: f.line_text("x"), "a\nb", ["1: x must be one line"]),
        ("key: go-on-2", lambda f: f.key(), "go-on-2", []),
        ("key: Go", lambda f: f.key(), "Go", ["1: key is 'Go': use small letters"]),
        ("key: 2go", lambda f: f.key(), "2go", ["1: key is '2go': use small letters"]),
        (f"key: {'a' * 61}", lambda f: f.key(), "a" * 61, ["1: key is 'aaaa"]),
        ("x: [a, b]", lambda f: f.keys("x"), ["a", "b"], []),
        ("y: 1", lambda f: f.keys("x"), [], ["1: x is missing: add `x: [...]`"]),
        ("x: a", lambda f: f.keys("x"), [], ["1: x must be a list of keys"]),
        ("x: []", lambda f: f.keys("x"), [], ["1: x must be a list of keys"]),
        ("x: [a, 1]", lambda f: f.keys("x"), [], ["1: x must be a list of keys"]),
        ("x: [a, b, a]", lambda f: f.keys("x"), ["a", "b"], ["1: x names a twice"]),
        ("x: 7", lambda f: f.whole_number("x", least=1, most=7), 7, []),
        ("y: 7", lambda f: f.whole_number("x", least=1, most=7), 1, ["1: x is missing: add a"]),
        ("x: 8", lambda f: f.whole_number("x", least=1, most=7), 1, ["1: x must be a whole number"]),
        ("x: 0", lambda f: f.whole_number("x", least=1, most=7), 1, ["1: x must be a whole number"]),
        ("x: 1.5", lambda f: f.whole_number("x", least=1, most=7), 1, ["1: x must be a whole"]),
        ("x: true", lambda f: f.whole_number("x", least=1, most=7), 1, ["1: x must be a whole"]),
        ("x: '7'", lambda f: f.whole_number("x", least=1, most=7), 1, ["1: x must be a whole"]),
        ("x: 7", lambda f: f.number("x"), Decimal(7), []),
        ("x: -0.1", lambda f: f.number("x"), Decimal("-0.1"), []),
        ("x: 0", lambda f: f.number("x", least=Decimal(0)), Decimal(0), []),
        ("y: 1", lambda f: f.number("x", default=Decimal("2.5")), Decimal("2.5"), []),
        ("y: 1", lambda f: f.number("x"), Decimal(0), ["1: x must be a number, for example 12.5"]),
        ("x: -1", lambda f: f.number("x", least=Decimal(0)), Decimal(0), ["1: x must be 0 or more"]),
        ("x: 1e16", lambda f: f.number("x"), Decimal(0), ["1: x must be a number"]),
        ("x: 2e+16", lambda f: f.number("x"), Decimal(0), ["1: x must be a number"]),
        ("x: .inf", lambda f: f.number("x"), Decimal(0), ["1: x must be a number"]),
        ("x: .nan", lambda f: f.number("x"), Decimal(0), ["1: x must be a number"]),
        ("x: true", lambda f: f.number("x"), Decimal(0), ["1: x must be a number"]),
        ("x: '7'", lambda f: f.number("x"), Decimal(0), ["1: x must be a number"]),
        ("x: 12,5", lambda f: f.number("x"), Decimal(0), ["1: x must be a number"]),
        ("x:", lambda f: f.number("x", default=Decimal(1)), Decimal(0), ["1: x must be a number"]),
        ("x: true", lambda f: f.boolean("x"), True, []),
        ("y: 1", lambda f: f.boolean("x", default=False), False, []),
        ("y: 1", lambda f: f.boolean("x"), False, ["1: x must be true or false"]),
        ("x: 1", lambda f: f.boolean("x", default=True), False, ["1: x must be true or false"]),
        ("x:", lambda f: f.boolean("x", default=True), False, ["1: x must be true or false"]),
        ("x: b", lambda f: f.choice("x", ["a", "b"]), "b", []),
        ("y: 1", lambda f: f.choice("x", ["a", "b"], default="b"), "b", []),
        ("y: 1", lambda f: f.choice("x", ["a", "b"]), "a", ["1: x is missing"]),
        ("x: c", lambda f: f.choice("x", ["a", "b"]), "a", ["1: x is 'c': use one of a, b"]),
        ("x: 2026-13-45", lambda f: f.value("x"), None, ["1: x cannot be read"]),
        ("x: 0b_", lambda f: f.text("x"), "", ["1: x cannot be read", "1: x must be a text"]),
        ("x: !!python/name:os.system", lambda f: f.value("x"), None, ["1: x cannot be read"]),
        ("x: {y: 1}", lambda f: f.child("x").value("y"), 1, []),
        ("y: 1", lambda f: f.child("x").text("z"), "", ["1: x is missing"]),
        ("x: 5", lambda f: f.child("x").text("z"), "", ["1: x must hold fields"]),
        ("x:\n- y: 1\n- y: 2", lambda f: [c.value("y") for c in f.children("x")], [1, 2], []),
        ("y: 1", lambda f: f.children("x"), [], ["1: x must be a list"]),
        ("x: {}", lambda f: f.children("x"), [], ["1: x must be a list"]),
        ("x: []", lambda f: f.children("x"), [], ["1: x has 0 entries: give 1 to 1000"]),
        ("x:\n- 5", lambda f: f.children("x"), [], ["2: each entry of x must hold fields"]),
        (
            "x:\n  a: {y: 1}\n  b: {y: 2}",
            lambda f: [(key, c.value("y")) for key, c in f.named_children("x")],
            [("a", 1), ("b", 2)],
            [],
        ),
        ("x: 1\nx: 2", lambda f: f.value("x"), 2, ["2: x is given twice"]),
    ],
)  # fmt: skip
def test_a_field_gives_its_value_or_reports_what_is_wrong_and_gives_something_usable(
    text: str, ask: Ask, answer: Any, found: Sequence[str]
) -> None:
    reading = Reading(text)

    assert ask(reading.fields) == answer
    assert len(reading.found) == len(found), reading.found
    for told, expected in zip(reading.found, found, strict=True):
        assert told.startswith(f"a/file.yaml:{expected}")


def test_a_field_that_nobody_asked_for_is_reported_with_those_that_are_known() -> None:
    reading = Reading("title: a\ntitel: b\n")
    reading.fields.text("title")
    reading.fields.close()

    assert reading.found == ["a/file.yaml:2: there is no field 'titel' here; known are title"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda f: f.boolean("rule", default=False),
        lambda f: f.choice("rule", ["a", "b"], default="a"),
        lambda f: f.number("rule", default=Decimal(1)),
        lambda f: f.text("rule", required=False),
    ],
)
def test_a_field_that_may_be_left_out_is_known_all_the_same(ask: Ask) -> None:
    reading = Reading("rul: a\n")
    ask(reading.fields)
    reading.fields.close()

    assert reading.found == ["a/file.yaml:1: there is no field 'rul' here; known are rule"]


def test_lines_are_counted_from_where_the_text_stands_in_its_file() -> None:
    problems = Problems(ROOT)
    fields = parse_yaml("a: 1\nb: {c: 5}\n", ROOT / "f", problems, first_line=10)
    assert fields is not None
    fields.child("b").text("c")

    assert [problem.line for problem in problems.sorted()] == [11]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: [1, 2", "2: this is not valid YAML"),
        ("a: 1\nb: : :\n", "2: this is not valid YAML"),
        ("a: \x00", "1: this is not valid YAML"),
        ("", "1: this file must hold fields"),
        ("- a\n- b\n", "1: this file must hold fields"),
        ("just words", "1: this file must hold fields"),
    ],
)
def test_what_is_no_mapping_is_one_problem_and_no_fields(text: str, found: str) -> None:
    problems = Problems(ROOT)

    assert parse_yaml(text, ROOT / "f.yaml", problems) is None
    (problem,) = problems.sorted()
    assert str(problem).startswith(f"f.yaml:{found}")


def test_a_file_that_is_not_text_or_not_there_is_a_problem(tmp_path: Path) -> None:
    problems = Problems(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("café: 1".encode("latin-1"))

    assert read_text(tmp_path / "latin.yaml", problems) is None
    assert read_yaml(tmp_path / "absent.yaml", problems) is None
    absent, latin = problems.sorted()
    assert str(absent) == "absent.yaml:1: the file cannot be read: No such file or directory"
    assert str(latin) == "latin.yaml:1: the file is not UTF-8 text: save it again as UTF-8"
