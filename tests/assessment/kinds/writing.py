"""Questions of every kind as authors write them, and answers to them as learners give them.

`questions(name)` writes the YAML of one question with everything its kind knows, reads it as `content check`
does, and renders its texts as publishing does. `answers_to(question)` answers what a page would show of it: it
knows widgets, not kinds. A kind that is added to the registry needs its writer in WRITERS here.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import hypothesis
import yaml
from hypothesis import strategies as st

from courseapp.assessment.kinds import KINDS
from courseapp.assessment.kinds.base import AnswerShape, Kind, ShownItem, Widget
from courseapp.catalog.content.authored import QuestionText
from courseapp.catalog.service.bodies import question_body
from courseapp.catalog.types import AuthoredBody, QuestionContent, QuestionId, QuestionVersionId
from courseapp.core.authored import Fields, Problems, parse_yaml

ROOT: Final = Path("/content")
# Ten kinds times many laws: a sixth of the profile's examples for each.
EACH_KIND: Final = hypothesis.settings(max_examples=hypothesis.settings().max_examples // 6)

# Written in C, where PyYAML was built with it.
_DUMPER: Final = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper

Tree = dict[str, Any]


# Reading what is written


def fields_of(text: str | Tree) -> tuple[Fields, Problems]:
    """Return the fields of a YAML text, or of a tree that is written as one."""
    written = text if isinstance(text, str) else as_yaml(text)
    problems = Problems(ROOT)
    fields = parse_yaml(written, ROOT / "quiz.yaml", problems)
    assert fields is not None, problems.sorted()
    return fields, problems


def as_yaml(tree: Tree) -> str:
    text: str = yaml.dump(tree, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)
    return text


def read(name: str, text: str | Tree) -> tuple[AuthoredBody, Sequence[str]]:
    """Read a question of a kind; return what was read, and each problem as `line: message`."""
    fields, problems = fields_of(text)
    body = KINDS[name].read(fields)
    # What every question has is read outside its kind.
    for common in ("prompt", "explanation", "source"):
        fields.value(common)
    fields.close()
    return body, [f"{problem.line}: {problem.message}" for problem in problems.sorted()]


def read_texts(name: str, text: str | Tree, body: AuthoredBody) -> tuple[Tree, Sequence[str]]:
    """Read a translation of a question; return its texts, and each problem as `line: message`."""
    fields, problems = fields_of(text)
    texts = KINDS[name].read_texts(fields, body.structure)
    fields.value("prompt")
    fields.close()
    return texts, [f"{problem.line}: {problem.message}" for problem in problems.sorted()]


@dataclass(frozen=True)
class Question:
    """A question without a fault: as it was written, read and published."""

    written: Tree
    body: AuthoredBody
    content: QuestionContent

    @property
    def kind(self) -> Kind:
        return KINDS[self.content.kind]

    @property
    def structure(self) -> Tree:
        return self.body.structure

    def parse(self, raw: Any) -> Tree:
        return self.kind.parse_answer(self.structure, raw)

    def credit(self, raw: Any) -> Any:
        return self.kind.grade(self.structure, self.parse(raw))

    def credit_of_some_answer(self) -> Any:
        """Return what an answer earns that is surely not blank."""
        if self.kind.answer_shape is not AnswerShape.ONE or self.items()[0].choices:
            return self.kind.grade(self.structure, None)
        return self.credit("7")

    def drawn(self, seed: int = 0, *, shuffle: bool = True) -> Tree:
        return self.kind.draw(self.structure, random.Random(seed), shuffle=shuffle)

    def items(
        self, answer: Tree | None = None, *, reveal: bool = False, drawn: Tree | None = None
    ) -> Sequence[ShownItem]:
        body = self.kind.show(self.content, drawn or self.drawn(), answer, reveal=reveal)
        return body.items


def question(name: str, text: str | Tree) -> Question:
    """Return a question that has no problem."""
    written = yaml.safe_load(text) if isinstance(text, str) else text
    body, found = read(name, text)
    assert found == [], found
    stored = question_body(
        QuestionText(written.get("prompt", "Well?"), "Because.", "A source (2020)", body.texts),
        lambda target: f"/to/{target}",
    )
    content = QuestionContent(
        id=QuestionId(UUID(int=1)),
        version_id=QuestionVersionId(UUID(int=2)),
        key="q",
        kind=name,
        objective="tell",
        structure=body.structure,
        language="en",
        **stored,
    )
    return Question(written, body, content)


# What authors write

KEY_SIGNS: Final = string.ascii_lowercase + string.digits + "-"
KEYS: Final = st.one_of(
    st.sampled_from(["a", "b", "c102", "yes", "null", "true", "x1", "z" * 60]),
    st.builds(
        str.__add__, st.sampled_from(string.ascii_lowercase), st.text(KEY_SIGNS, max_size=12)
    ),
)
# A few that are awkward for somebody: YAML, HTML, Markdown, patterns, other scripts.
AWKWARD: Final = (
    "yes",
    "12.5",
    "~",
    "a: b # c",
    "- [x] & <b>no</b>",
    "*very* `old` &lt;",
    "[link](glossary:gap)",
    "a.b*c(d)[e]{2}|^$\\",
    "l’État d'été",
    "„Zitat“ « mot »",
    "الحماية الاجتماعية",
    "सामाजिक सुरक्षा",
    "社会保障がある",
    "e\u0301te\u0301",
    "İstanbul",
    "na\u200bme",
)
LINES: Final = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=12
    ).filter(str.strip),
)
# What learners are asked to type shows something.
TYPED_LINES: Final = LINES.filter(lambda line: any(c.isalnum() for c in line))
NUMBERS: Final = st.one_of(
    st.integers(-(10**15), 10**15),
    st.sampled_from([0, 45, -0.0, 12.5, 1e-07, 0.1, 1234.567, 99.9]),
    st.floats(-1e12, 1e12, allow_subnormal=False).map(lambda number: round(number, 6)),
)
PER_CENT: Final = st.integers(1, 100)
UNITS: Final = st.lists(
    st.sampled_from(["%", "per thousand", "weeks", "€", "kg/m²", "सप्ताह", "h.", "US$"]),
    min_size=1,
    max_size=5,
    unique=True,
)


def several(least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Return different keys; few are as good as many, so many are rare."""
    return st.lists(KEYS, min_size=least, max_size=most, unique=True)


@st.composite
def perhaps(draw: st.DrawFn, /, **values: st.SearchStrategy[Any]) -> Tree:
    """Return some of the optional fields."""
    return {name: draw(value) for name, value in values.items() if draw(st.booleans())}


@st.composite
def options(draw: st.DrawFn, right: Callable[[int], st.SearchStrategy[set[int]]]) -> list[Tree]:
    keys = draw(several(2, 8))
    marked = draw(right(len(keys)))
    return [
        {"key": key, "text": draw(LINES), **draw(perhaps(feedback=LINES))}
        | ({"correct": True} if place in marked else draw(perhaps(correct=st.just(False))))
        for place, key in enumerate(keys)
    ]


def one_of_them(count: int) -> st.SearchStrategy[set[int]]:
    return st.sets(st.integers(0, count - 1), min_size=1, max_size=1)


def not_all_of_them(count: int) -> st.SearchStrategy[set[int]]:
    return st.sets(st.integers(0, count - 1), min_size=1, max_size=count - 1)


@st.composite
def single_choice(draw: st.DrawFn) -> Tree:
    written = [
        option if option.get("correct") else option | draw(perhaps(credit=st.integers(1, 99)))
        for option in draw(options(one_of_them))
    ]
    return {"options": written, **draw(perhaps(shuffle=st.booleans()))}


@st.composite
def multiple_choice(draw: st.DrawFn) -> Tree:
    rest = draw(perhaps(shuffle=st.booleans(), penalty=st.integers(0, 100)))
    return {"options": draw(options(not_all_of_them)), **rest}


@st.composite
def true_false(draw: st.DrawFn) -> Tree:
    feedback = draw(perhaps(feedback_true=LINES, feedback_false=LINES))
    return {"answer": draw(st.booleans()), **feedback}


@st.composite
def matching(draw: st.DrawFn) -> Tree:
    keys = draw(several(2, 10))
    pairs = keys[: draw(st.integers(max(2, len(keys) - 5), len(keys)))]
    matches = draw(
        st.lists(LINES, min_size=len(keys), max_size=len(keys), unique_by=lambda line: line.strip())
    )
    return {
        "pairs": [
            {"key": key, "text": draw(LINES), "match": match, **draw(perhaps(feedback=LINES))}
            for key, match in zip(pairs, matches, strict=False)
        ]
    } | (
        {
            "distractors": [
                {"key": key, "text": text}
                for key, text in zip(keys[len(pairs) :], matches[len(pairs) :], strict=True)
            ]
        }
        if len(pairs) < len(keys)
        else {}
    )


@st.composite
def categorise(draw: st.DrawFn) -> Tree:
    categories = draw(several(2, 6))
    items = draw(several(len(categories), 12))
    # One item for each, and then as it comes.
    of = [*categories, *(draw(st.sampled_from(categories)) for _ in items[len(categories) :])]
    return {
        "categories": [{"key": key, "text": draw(LINES)} for key in categories],
        "items": [
            {"key": key, "text": draw(LINES), "category": place, **draw(perhaps(feedback=LINES))}
            for key, place in zip(items, of, strict=True)
        ],
    }


@st.composite
def ordering(draw: st.DrawFn) -> Tree:
    return {"steps": [{"key": key, "text": draw(LINES)} for key in draw(several(3, 8))]}


@st.composite
def accepted_numbers(draw: st.DrawFn, *, feedback: bool = True) -> Tree:
    said = {"feedback": LINES} if feedback else {}
    accept = [
        {
            "value": draw(NUMBERS),
            **draw(perhaps(tolerance=st.sampled_from([0, 0.5, 1, 2.25]))),
            **draw(perhaps(credit=PER_CENT if place else st.just(100), **said)),
        }
        for place in range(draw(st.integers(1, 5)))
    ]
    if not draw(st.booleans()):
        return {"accept": accept}
    factors = st.sampled_from([0.1, 1, 7, 1000, 1e-06])
    return {
        "accept": accept,
        "units": [
            {"text": unit, **(draw(perhaps(factor=factors)) if place else {})}
            for place, unit in enumerate(draw(UNITS))
        ],
    }


@st.composite
def accepted_texts(draw: st.DrawFn, *, feedback: bool = True) -> Tree:
    said = {"feedback": LINES} if feedback else {}
    how = st.sampled_from(["ignore", "required"])
    return {
        "accept": [
            {
                "text": draw(TYPED_LINES),
                **draw(perhaps(credit=PER_CENT if place else st.just(100), **said)),
            }
            for place in range(draw(st.integers(1, 4)))
        ],
        **draw(perhaps(case=how, accents=how, wildcards=st.booleans())),
    }


@st.composite
def gaps(draw: st.DrawFn) -> Tree:
    keys = draw(several(1, 4))
    written = []
    for key in keys:
        choice = options(one_of_them).map(
            lambda found: {"options": [{k: o[k] for k in o if k != "feedback"} for o in found]}
        )
        sort = st.one_of(choice, accepted_numbers(feedback=False), accepted_texts(feedback=False))
        written.append({"key": key, **draw(sort)})
    marks = [f"[[{key}]]" for key in draw(st.permutations(keys))]
    between = [
        draw(st.sampled_from(["at least", "of", "**and**", "is,\n\nthen", ""])) for _ in keys
    ]
    prompt = " ".join(part for pair in zip(between, marks, strict=True) for part in pair)
    return {"prompt": f"There {prompt} is.", "gaps": written}


@st.composite
def free_text(draw: st.DrawFn) -> Tree:
    rubric = [
        {"key": key, "text": draw(LINES), "points": draw(st.integers(1, 10))}
        for key in draw(several(1, 6))
    ]
    # Enough for every answer that `answers_to` gives.
    return {"rubric": rubric, **draw(perhaps(most_characters=st.integers(100, 10_000)))}


WRITERS: Final[Mapping[str, Callable[[], st.SearchStrategy[Tree]]]] = {
    "single_choice": single_choice,
    "multiple_choice": multiple_choice,
    "true_false": true_false,
    "matching": matching,
    "categorise": categorise,
    "ordering": ordering,
    "numeric": accepted_numbers,
    "short_text": accepted_texts,
    "gaps": gaps,
    "free_text": free_text,
}


@cache
def questions(name: str) -> st.SearchStrategy[Question]:
    """Return questions of a kind."""
    return WRITERS[name]().map(lambda written: question(name, written))


# The same question in another language


def translated(written: Tree) -> Tree:
    """Return the same texts as a translator writes them: by key, without what is right."""
    tree: Tree = {name: _by_key(written[name]) for name in written if name in _TRANSLATED}
    if feedback := {
        str(place): accepted["feedback"]
        for place, accepted in enumerate(written.get("accept", ()))
        if "feedback" in accepted
    }:
        tree["feedback"] = feedback
    for name in ("prompt", "feedback_true", "feedback_false"):
        if name in written:
            tree[name] = written[name]
    with_choice = [gap for gap in written.get("gaps", ()) if "options" in gap]
    if with_choice:
        tree["gaps"] = {
            gap["key"]: {"options": {option["key"]: option["text"] for option in gap["options"]}}
            for gap in with_choice
        }
    return tree or {"prompt": "Well?"}


_TRANSLATED: Final = (
    "options", "pairs", "distractors", "categories", "items", "steps", "rubric"
)  # fmt: skip


def _by_key(entries: Sequence[Tree]) -> Tree:
    texts = ("text", "match", "feedback")
    return {
        entry["key"]: {name: entry[name] for name in texts if name in entry} for entry in entries
    }


# What learners answer

NUMBERS_TYPED: Final = (
    "0", "45", "-3,5", "+ 7", "1,234", "1.234.567,8", "1 000", "1’000", "٤٥", "٤٥٫٥", "१२", "１２", " 9. ",
)  # fmt: skip


@st.composite
def answers_to(draw: st.DrawFn, question: Question) -> Any:
    """Return an answer that can be sent: what a page shows of the question, filled in as it may be."""
    items = question.items()
    match question.kind.answer_shape:
        case AnswerShape.ONE:
            return draw(_values(items[0]))
        case AnswerShape.MANY:
            return draw(st.lists(st.sampled_from([c.key for c in items[0].choices]), unique=True))
        case AnswerShape.BY_ITEM:
            answered = draw(st.lists(st.sampled_from(items), unique_by=lambda item: item.key))
            return {item.key: draw(_values(item)) for item in answered}


def _values(item: ShownItem) -> st.SearchStrategy[str]:
    match item.widget:
        case Widget.RADIO | Widget.SELECT | Widget.CHECKBOXES:
            return st.sampled_from(["", *(choice.key for choice in item.choices)])
        case Widget.NUMBER:
            units = ["", item.unit, f" {item.unit}"] if item.unit else [""]
            return st.builds(str.__add__, st.sampled_from(NUMBERS_TYPED), st.sampled_from(units))
        case Widget.TEXT:
            return st.one_of(st.just(""), LINES)
        case Widget.LONG_TEXT:
            return st.one_of(st.just(""), LINES, st.just("One line\r\nand\tanother.\n"))


@st.composite
def answered(draw: st.DrawFn, name: str) -> tuple[Question, Any]:
    """Return a question of a kind with an answer to it, as it is sent."""
    written = draw(questions(name))
    # The right one is too rare to be met by chance.
    right = written.kind.right_answer(written.structure)
    given = answers_to(written)
    return written, draw(given if right is None else st.one_of(given, given, st.just(right)))


GARBAGE: Final = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from([10**60, -(10**60), 10**400, 1e308, 1e-300, -0.0]),
        st.floats(),
        st.text(max_size=30),
        st.sampled_from(["", "1" * 61, "1" * 60, "a" * 501, "\0", "\ud800", "\n", "1e400", "NaN"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=9)
        | st.dictionaries(
            st.sampled_from(["answer", "a", "b", "items", "value"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
