"""Whatever a file holds, it is read or refused, and in a bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.packages import read_package, write_package
from courseapp.interop.questions.qti import read
from courseapp.interop.questions.types import (
    Reading,
)
from tests.interop.qti_items import (
    IS_RIGHT,
    VERSIONS,
    WRITERS,
    choices,
    entry,
    item,
    outcome,
    refusal,
    response,
    rules,
    sets,
    variable,
    when,
)
from tests.interop.qti_questions import questions


def harmless(content: bytes) -> None:
    try:
        reading = read(content)
    except Unreadable:
        return
    assert isinstance(reading, Reading)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_do_no_harm(content):
    harmless(content)
    harmless(b"<assessmentItem>" + content + b"</assessmentItem>")


@settings(max_examples=60)
@given(questions(), st.sampled_from(VERSIONS), st.data())
def test_damaged_items_do_no_harm(question, version, data):
    root = etree.fromstring(next(iter(_items(WRITERS[version]([question]).content))))
    for _ in range(data.draw(st.integers(1, 5))):
        _damage(root, data)
    harmless(etree.tostring(root))


def _items(content: bytes) -> list[bytes]:
    return [held for name, held in read_package(content).items() if name.startswith("items/")]


def _damage(root: etree._Element, data: st.DataObject) -> None:
    """Take something out, put it somewhere else, or make it say something else."""
    elements = list(root.iter())
    found = data.draw(st.sampled_from(elements))
    other = data.draw(st.sampled_from(elements))
    match data.draw(st.sampled_from(["remove", "copy", "attribute", "text", "rename", "lose"])):
        case "remove" if found.getparent() is not None:
            found.getparent().remove(found)
        case "copy" if other not in {found, *found.iterdescendants()}:
            other.append(etree.fromstring(etree.tostring(found, with_tail=False)))
        case "attribute" if found.attrib:
            name = data.draw(st.sampled_from(sorted(map(str, found.attrib))))
            found.set(name, data.draw(st.sampled_from(ODD)))
        case "text":
            found.text = data.draw(st.sampled_from(ODD))
        case "rename":
            found.tag = other.tag
        case "lose" if found.attrib:
            del found.attrib[data.draw(st.sampled_from(sorted(map(str, found.attrib))))]


ODD = [
    "",
    " ",
    "RESPONSE",
    "a b c",
    "-1",
    "1e99",
    "NaN",
    "0",
    "true",
    "[x",
    "\u202e",
    "SCORE",
    "identifier",
]


@settings(max_examples=60)
@given(questions(), st.sampled_from(VERSIONS), st.data())
def test_damaged_packages_do_no_harm(question, version, data):
    files = dict(read_package(WRITERS[version]([question]).content))
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    files[name] = bytes(content)
    harmless(write_package(files))


def nested(name: str, inner: str, count: int) -> str:
    return f"<{name}>" * count + inner + f"</{name}>" * count


@pytest.mark.parametrize(
    "processing",
    [
        rules(sets("SCORE", nested("sum", '<baseValue baseType="float">1</baseValue>', 200))),
        rules(when(nested("not", IS_RIGHT, 200), sets("SCORE", "1"))),
        rules(*[sets("SCORE", f"<product>{variable('SCORE') * 2}</product>")] * 300),
        rules(*[sets("FEEDBACK", f"<multiple>{variable('FEEDBACK') * 2}</multiple>")] * 300),
        rules(
            sets("SCORE", '<baseValue baseType="float">1e99</baseValue>'), *[when(IS_RIGHT)] * 1000
        ),
    ],
)
def test_scoring_that_would_take_for_ever_is_not_carried_out(processing):
    texts = [f"{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(150)]
    inner = "".join(f'<simpleChoice identifier="{t}">{t}</simpleChoice>' for t in texts)
    body = f'<p>P</p><choiceInteraction responseIdentifier="RESPONSE">{inner}</choiceInteraction>'
    content = item(
        "2.1",
        body,
        response("identifier", "ab"),
        outcome("SCORE", "2"),
        outcome("FEEDBACK", "x", "identifier", "multiple"),
        processing=processing,
    )
    begun = time.perf_counter()
    reading = read(content)
    assert time.perf_counter() - begun < 3
    assert len(reading.questions) + len(reading.remarks) >= 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<p>P</p>" + "<p/>" * 6000 + choices("a", "b"), "It is larger than any question"),
        (
            "<p>P</p>" + choices(*(f"a{n}" for n in range(2))) + "<i/>" * 6000,
            "It is larger than any question",
        ),
        (f"<p>{entry('A') * 101}</p>", "It has more than 100 places to fill in."),
    ],
)
def test_items_that_no_person_could_answer_are_refused(body, sentence):
    content = item("2.1", body, response("identifier", "a"), response("string", "x", name="A"))
    assert refusal(content).startswith(sentence)


def test_too_many_options_are_refused():
    inner = "".join(f'<simpleChoice identifier="a{n}">x</simpleChoice>' for n in range(201))
    body = f'<p>P</p><choiceInteraction responseIdentifier="RESPONSE">{inner}</choiceInteraction>'
    content = item("2.1", body, response("identifier", "a1"))
    assert refusal(content) == "Its choiceInteraction has more than 200 things to choose from."
