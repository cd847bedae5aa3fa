"""Laws that hold for every kind of question that there is, whatever its authors write and its learners answer."""

from __future__ import annotations

import ast
import dataclasses
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.assessment import kinds
from courseapp.assessment.kinds import KINDS
from courseapp.assessment.kinds.base import AnswerShape, ShownBody, ShownItem, Widget
from courseapp.assessment.rules import draw_options, exact, grade_response
from courseapp.core.errors import InvalidInput
from tests.assessment.kinds.writing import (
    EACH_KIND,
    GARBAGE,
    WRITERS,
    Question,
    answered,
    questions,
    read_texts,
    translated,
)

every_kind = pytest.mark.parametrize("name", sorted(KINDS))
SEEDS: Final = st.integers(0, 2**31 - 1)
COURSEAPP: Final = Path(kinds.__file__).parents[2]


def again(value: Any) -> Any:
    """Return a value as it comes back from a column of JSON."""
    return json.loads(json.dumps(value))


def test_every_kind_has_its_writer_here() -> None:
    assert set(WRITERS) == set(KINDS)


# Authoring


@every_kind
@EACH_KIND
@given(st.data())
def test_a_translation_of_the_same_texts_is_read_as_the_same_texts(
    name: str, data: st.DataObject
) -> None:
    written = data.draw(questions(name))

    texts, found = read_texts(name, translated(written.written), written.body)

    assert found == []
    assert texts == written.body.texts


@every_kind
@EACH_KIND
@given(st.data())
def test_structure_texts_and_what_is_drawn_come_back_from_the_database_as_they_were(
    name: str, data: st.DataObject
) -> None:
    written = data.draw(questions(name))
    drawn = written.drawn(data.draw(SEEDS))

    assert again(written.structure) == written.structure
    assert again(written.body.texts) == written.body.texts
    assert again(drawn) == drawn


# Answering


@every_kind
@EACH_KIND
@given(st.data())
def test_what_is_stored_is_sent_and_stored_again_without_a_change(
    name: str, data: st.DataObject
) -> None:
    written, raw = data.draw(answered(name))
    stored = written.parse(raw)

    assert written.parse(written.kind.answer_in_words(stored)) == stored
    assert again(stored) == stored


@every_kind
@EACH_KIND
@given(st.data())
def test_what_is_no_answer_is_refused_beside_its_field_and_nothing_else_happens(
    name: str, data: st.DataObject
) -> None:
    written = data.draw(questions(name))
    raw = data.draw(st.one_of(GARBAGE, garbage_for(written)))

    stored, refusal = parsed_or_refused(written, raw)

    if refusal is None:
        assert written.parse(written.kind.answer_in_words(stored)) == stored
        assert_is_credit(written.kind.grade(written.structure, stored))
    else:
        assert list(refusal) == ["answer"]
        assert all(refusal["answer"])


def parsed_or_refused(written: Question, raw: Any) -> tuple[Any, Any]:
    try:
        return written.parse(raw), None
    except InvalidInput as refusal:
        return None, refusal.details["errors"]


@every_kind
@EACH_KIND
@given(st.data())
def test_a_number_of_five_thousand_digits_is_refused_like_any_other_nonsense(
    name: str, data: st.DataObject
) -> None:
    # Python refuses to write out such a number, so that it cannot stand in GARBAGE: nobody could print it.
    written = data.draw(questions(name))
    keys = [item.key for item in written.items()]

    for raw in (10**5000, -(10**5000), [10**5000], dict.fromkeys(keys, 10**5000)):
        stored, refusal = parsed_or_refused(written, raw)
        assert stored is None
        assert list(refusal) == ["answer"]


def garbage_for(written: Question) -> st.SearchStrategy[Any]:
    """Return what has the form of an answer, with anything for its values."""
    keys = [item.key for item in written.items()]
    choices = [choice.key for item in written.items() for choice in item.choices] or ["a"]
    return st.one_of(
        st.lists(st.sampled_from(choices), max_size=20),
        st.lists(st.sampled_from(keys), max_size=20),
        st.dictionaries(st.sampled_from([*keys, "other"]), GARBAGE, max_size=3),
        st.dictionaries(st.sampled_from(keys), st.sampled_from([*choices, 1, 0, 99, ""])),
    )


@every_kind
@EACH_KIND
@given(st.data())
def test_an_answer_that_is_taken_back_is_blank_and_one_that_is_given_is_not(
    name: str, data: st.DataObject
) -> None:
    written, raw = data.draw(answered(name))
    empty: Any = {AnswerShape.ONE: "", AnswerShape.MANY: [], AnswerShape.BY_ITEM: {}}

    assert written.kind.is_blank(None)
    assert written.kind.is_blank(written.parse(empty[written.kind.answer_shape]))
    given_values = raw.values() if isinstance(raw, dict) else raw
    assert written.kind.is_blank(written.parse(raw)) == (not any(map(str.strip, given_values)))


# Grading


def assert_is_credit(credit: Fraction | None) -> None:
    assert credit is None or (type(credit) is Fraction and 0 <= credit <= 1)


@every_kind
@EACH_KIND
@given(st.data())
def test_credit_lies_between_nothing_and_everything(name: str, data: st.DataObject) -> None:
    written, raw = data.draw(answered(name))

    assert_is_credit(written.credit(raw))


@every_kind
@EACH_KIND
@given(st.data())
def test_the_right_answer_can_be_sent_and_earns_everything(name: str, data: st.DataObject) -> None:
    written = data.draw(questions(name))
    right = written.kind.right_answer(written.structure)

    assert right is None or written.credit(again(right)) == 1
    # Only what no rule can grade has no answer that a rule can tell.
    assert (right is None) == (written.credit_of_some_answer() is None)


@every_kind
@EACH_KIND
@given(st.data())
def test_the_right_values_that_are_revealed_earn_everything(name: str, data: st.DataObject) -> None:
    written, raw = data.draw(answered(name))
    items = written.items(written.parse(raw), reveal=True)
    right = right_values(items)

    if written.kind.answer_shape is AnswerShape.BY_ITEM:
        assert written.credit(right) == 1
    elif all(value is not None for value in right.values()):
        assert written.credit(next(iter(right.values()))) == 1


def right_values(items: Any) -> dict[str, str | None]:
    """Return what a page can tell to be right, by item."""
    return {
        item.key: item.right_value
        if item.widget is not Widget.RADIO
        else next(choice.key for choice in item.choices if choice.right)
        for item in items
    }


@every_kind
@EACH_KIND
@given(st.data())
def test_no_answer_earns_nothing(name: str, data: st.DataObject) -> None:
    written = data.draw(questions(name))
    empty: Any = {AnswerShape.ONE: "", AnswerShape.MANY: [], AnswerShape.BY_ITEM: {}}

    assert written.kind.grade(written.structure, None) == 0
    assert written.credit(empty[written.kind.answer_shape]) == 0
    assert grade_response(written.content, None) == 0


@every_kind
@EACH_KIND
@given(st.data(), st.randoms(use_true_random=False))
def test_grading_is_the_same_each_time_and_in_whatever_order_the_parts_of_an_answer_come(
    name: str, data: st.DataObject, chance: random.Random
) -> None:
    written, raw = data.draw(answered(name))
    other = raw
    if isinstance(raw, dict):
        other = dict(chance.sample(list(raw.items()), len(raw)))
    elif isinstance(raw, list) and written.kind.answer_shape is AnswerShape.MANY:
        other = chance.sample(raw, len(raw))

    # To the letter: the database counts equal answers by their text.
    assert json.dumps(written.parse(other)) == json.dumps(written.parse(raw))
    assert written.credit(other) == written.credit(raw) == written.credit(raw)


@every_kind
@EACH_KIND
@given(st.data())
def test_a_credit_is_the_same_one_after_it_was_stored_as_a_float(
    name: str, data: st.DataObject
) -> None:
    written, raw = data.draw(answered(name))
    credit = written.credit(raw)

    assert credit is None or exact(float(credit)) == credit


@every_kind
@EACH_KIND
@given(st.data())
def test_an_edition_can_be_regraded_by_itself_and_with_its_texts_in_another_order(
    name: str, data: st.DataObject
) -> None:
    written = data.draw(questions(name))
    structure = again(written.structure)
    backwards = {
        part: value[::-1] if isinstance(value, list) else value for part, value in structure.items()
    }

    assert written.kind.can_regrade(written.structure, structure)
    assert written.kind.can_regrade(written.structure, backwards)
    assert written.kind.can_regrade(backwards, written.structure)


# Drawing


def listed_in(drawn: Any) -> Iterator[list[str]]:
    """Yield every list in what was drawn."""
    if isinstance(drawn, list):
        yield drawn
    elif isinstance(drawn, dict):
        for value in drawn.values():
            yield from listed_in(value)


@every_kind
@EACH_KIND
@given(data=st.data(), seed=SEEDS, shuffle=st.booleans())
def test_the_same_seed_draws_the_same_and_everything_once(
    name: str, data: st.DataObject, seed: int, *, shuffle: bool
) -> None:
    written = data.draw(questions(name))
    first = written.drawn(seed, shuffle=shuffle)
    unshuffled = written.drawn(seed, shuffle=False)

    assert written.drawn(seed, shuffle=shuffle) == first
    for order, as_written in zip(listed_in(first), listed_in(unshuffled), strict=True):
        assert Counter(order) == Counter(as_written)
        assert max(Counter(order).values()) == 1
    assert draw_options(written.content, 3, seed, shuffle=shuffle) == draw_options(
        written.content, 3, seed, shuffle=shuffle
    )


@every_kind
@EACH_KIND
@given(st.data(), SEEDS)
def test_a_draw_changes_nothing_in_the_structure(name: str, data: st.DataObject, seed: int) -> None:
    written = data.draw(questions(name))
    before = again(written.structure)

    for order in listed_in(written.drawn(seed)):
        order.reverse()

    assert written.structure == before


@every_kind
@EACH_KIND
@given(st.data(), SEEDS, SEEDS)
def test_every_draw_shows_every_item_and_every_choice(
    name: str, data: st.DataObject, one: int, other: int
) -> None:
    written = data.draw(questions(name))

    shown = [choices_by_item(written.items(drawn=written.drawn(seed))) for seed in (one, other)]

    assert shown[0] == shown[1]
    assert shown[0] != []


def choices_by_item(items: Any) -> list[tuple[str, list[str]]]:
    return sorted((item.key, sorted(choice.key for choice in item.choices)) for item in items)


# Showing


@every_kind
@EACH_KIND
@given(st.data())
def test_before_it_is_revealed_nothing_tells_what_is_right(name: str, data: st.DataObject) -> None:
    written, raw = data.draw(answered(name))
    shown = written.kind.show(written.content, written.drawn(), written.parse(raw), reveal=False)

    for item in shown.items:
        assert (item.credit, item.right_value, item.right_answer, item.feedback_html) == (None,) * 4
        assert {(choice.right, choice.feedback_html) for choice in item.choices} <= {(None, None)}


@every_kind
@EACH_KIND
@given(st.data())
def test_revealing_adds_to_what_is_shown_and_changes_nothing_of_it(
    name: str, data: st.DataObject
) -> None:
    written, raw = data.draw(answered(name))
    before, after = (
        written.kind.show(written.content, written.drawn(), written.parse(raw), reveal=reveal)
        for reveal in (False, True)
    )

    assert hidden(after) == hidden(before) == before


def hidden(body: ShownBody) -> ShownBody:
    """Return a body without what only revealing adds."""
    return ShownBody(
        [hidden_item(item) for item in body.items],
        body.segments
        and [
            dataclasses.replace(segment, item=segment.item and hidden_item(segment.item))
            for segment in body.segments
        ],
    )


def hidden_item(item: ShownItem) -> ShownItem:
    return dataclasses.replace(
        item,
        credit=None,
        right_value=None,
        right_answer=None,
        feedback_html=None,
        choices=item.choices
        and [
            dataclasses.replace(choice, right=None, feedback_html=None) for choice in item.choices
        ],
    )


@every_kind
@EACH_KIND
@given(data=st.data(), reveal=st.booleans())
def test_what_is_shown_as_answered_is_what_is_stored(
    name: str, data: st.DataObject, *, reveal: bool
) -> None:
    written, raw = data.draw(answered(name))
    stored = written.parse(raw)
    items = written.items(stored, reveal=reveal)

    by_item = {item.key: marked_in(item) for item in items}

    in_words = written.kind.answer_in_words(stored)
    match written.kind.answer_shape:
        case AnswerShape.ONE:
            assert by_item == {items[0].key: [in_words] if in_words else []}
        case AnswerShape.MANY:
            assert {key: sorted(marked) for key, marked in by_item.items()} == {
                items[0].key: in_words
            }
        case AnswerShape.BY_ITEM:
            assert {key: marked[0] for key, marked in by_item.items() if marked} == in_words


def marked_in(item: ShownItem) -> list[str]:
    """Return what is marked as chosen in an item, or typed into it."""
    chosen = [choice.key for choice in item.choices if choice.chosen]
    if item.choices and item.widget is not Widget.CHECKBOXES:
        assert item.value == (chosen[0] if chosen else "")
    return chosen if item.choices else [item.value] * bool(item.value)


@every_kind
@EACH_KIND
@given(st.data())
def test_the_credits_of_the_items_are_full_where_the_whole_is_and_only_there(
    name: str, data: st.DataObject
) -> None:
    written, raw = data.draw(answered(name))
    whole = written.credit(raw)
    parts = [item.credit for item in written.items(written.parse(raw), reveal=True)]

    if whole is None:
        assert parts == [None]
    elif None not in parts:
        assert (set(parts) == {1.0}) == (whole == 1)


# Counting


@every_kind
@EACH_KIND
@given(st.data())
def test_a_tally_counts_what_was_answered_and_nothing_else(name: str, data: st.DataObject) -> None:
    written, raw = data.draw(answered(name))
    stored = written.parse(raw)
    tally = written.kind.tally(written.structure, stored)
    items = {item.key: item for item in written.items(stored)}

    assert set(tally) <= set(items)
    for key, counted in tally.items():
        assert "" not in counted
        assert len(counted) == len(marked_in(items[key]))
        if items[key].choices:
            assert sorted(counted) == sorted(marked_in(items[key]))


@every_kind
@EACH_KIND
@given(st.data())
def test_a_tally_misses_nothing_of_what_was_chosen(name: str, data: st.DataObject) -> None:
    written, raw = data.draw(answered(name))
    stored = written.parse(raw)
    tally = written.kind.tally(written.structure, stored)

    for item in written.items(stored):
        if item.choices:
            assert sorted(tally.get(item.key, [])) == sorted(marked_in(item))


@every_kind
@EACH_KIND
@given(st.data())
def test_an_answer_that_was_taken_back_is_not_counted(name: str, data: st.DataObject) -> None:
    written = data.draw(questions(name))
    empty: Any = {AnswerShape.ONE: "", AnswerShape.MANY: [], AnswerShape.BY_ITEM: {}}
    blank = written.parse(empty[written.kind.answer_shape])

    assert not any(written.kind.tally(written.structure, blank).values())


# The registry


def test_a_kind_is_found_by_its_name_in_a_file_of_that_name() -> None:
    assert {name: type(kind).__module__ for name, kind in KINDS.items()} == {
        name: f"{kinds.__name__}.{name}" for name in KINDS
    }
    assert all(kind.name == name for name, kind in KINDS.items())


def test_a_file_that_is_added_to_the_folder_adds_its_kind_and_nothing_else_is_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drawing_a_map.py").write_text(
        'class Map:\n    name = "drawing_a_map"\n\n\nKIND = Map()\n', encoding="utf-8"
    )
    (tmp_path / "shared_by_maps.py").write_text("MOST_RIVERS = 7\n", encoding="utf-8")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])

    try:
        found = kinds._find_kinds()
    finally:
        for added in ("drawing_a_map", "shared_by_maps"):
            sys.modules.pop(f"{kinds.__name__}.{added}", None)
            vars(kinds).pop(added, None)

    assert set(found) == {*KINDS, "drawing_a_map"}
    assert found["drawing_a_map"].name == "drawing_a_map"


@every_kind
def test_a_kind_has_all_that_is_asked_of_kinds(name: str) -> None:
    asked = {member for member in vars(kinds.base.Kind) if not member.startswith("_")}

    assert {member for member in asked if not hasattr(KINDS[name], member)} == set()
    assert isinstance(KINDS[name].answer_shape, AnswerShape)


@every_kind
@EACH_KIND
@given(st.data())
def test_a_hint_is_a_sentence_or_nothing(name: str, data: st.DataObject) -> None:
    written = data.draw(questions(name))
    hint = written.kind.hint(written.structure)

    assert hint is None or str(hint).endswith(".")


# Nothing elsewhere asks which kind a question is


def kinds_asked_for_in(source: str) -> list[str]:
    """Return the names of kinds that a Python file compares something with, matches, or looks up."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Compare(left=left, comparators=others):
                operands: list[ast.AST] = [left, *others]
            case ast.MatchValue(value=value):
                operands = [value]
            case ast.Subscript(value=ast.Name(id="KINDS"), slice=key):
                operands = [key]
            case _:
                continue
        found.extend(
            inner.value
            for operand in operands
            for inner in ast.walk(operand)
            if isinstance(inner, ast.Constant)
            and isinstance(inner.value, str)
            and inner.value in KINDS
        )
    return found


# In a template or a script: something compared with the quoted name of a kind.
_QUOTED: Final = rf"[\"']({'|'.join(KINDS)})[\"']"
_COMPARED: Final = r"([=!]==?|\bin\b)"
ASKED_IN_A_PAGE: Final = re.compile(
    rf"{_COMPARED}[\s(\[]*({_QUOTED}[\s,]*)|{_QUOTED}\s*{_COMPARED}|case\s+{_QUOTED}"
)


@pytest.mark.parametrize(
    "source",
    [
        'if question.kind == "gaps": pass',
        'x = 1 if "matching" != q.kind else 2',
        'if kind in {"numeric", other}: pass',
        'match kind:\n    case "free_text": pass',
        'match kind:\n    case "free_text" | "ordering": pass',
        'KINDS["true_false"].grade(structure, answer)',
    ],
)
def test_asking_for_a_kind_is_noticed(source: str) -> None:
    assert kinds_asked_for_in(source)


def test_no_code_outside_the_kinds_asks_which_kind_a_question_is() -> None:
    inside = Path(kinds.__file__).parent
    asking = {
        str(path.relative_to(COURSEAPP)): found
        for path in COURSEAPP.rglob("*.py")
        if inside not in path.parents
        and (found := kinds_asked_for_in(path.read_text(encoding="utf-8")))
    }

    assert asking == {}


def test_no_code_outside_the_kinds_imports_one_of_them() -> None:
    inside = Path(kinds.__file__).parent
    of_one_kind = re.compile(rf"{re.escape(kinds.__name__)}(\.| import .*\b)({'|'.join(KINDS)})\b")
    importing = [
        str(path.relative_to(COURSEAPP))
        for path in COURSEAPP.rglob("*.py")
        if inside not in path.parents and of_one_kind.search(path.read_text(encoding="utf-8"))
    ]

    assert importing == []


@pytest.mark.parametrize(
    "page",
    [
        "{% if question.kind == 'gaps' %}",
        '{% if question.kind in ("matching", "ordering") %}',
        "if ('numeric' === question.kind) {",
        "case 'free_text':",
    ],
)
def test_asking_for_a_kind_in_a_page_is_noticed(page: str) -> None:
    assert ASKED_IN_A_PAGE.search(page)


def test_no_page_and_no_script_asks_which_kind_a_question_is() -> None:
    pages = [path for path in COURSEAPP.rglob("*") if path.suffix in {".html", ".js", ".css"}]
    asking = [
        str(path.relative_to(COURSEAPP))
        for path in pages
        if ASKED_IN_A_PAGE.search(path.read_text(encoding="utf-8"))
    ]

    assert len(pages) > 20
    assert asking == []
