"""From neutral questions to entries of a quiz file, as docs/content-format.md has them.

A question that cannot be written is refused with a reason; what of it has no place here is remarked upon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import singledispatch
from typing import Any, Final

from courseapp.core.authored import KEY
from courseapp.interop.questions.text import on_one_line, plain_of_markdown
from courseapp.interop.questions.types import (
    Choice,
    Essay,
    ExchangedQuestion,
    Gaps,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Remark,
    Severity,
    TextEntry,
)

Entry = dict[str, Any]

MOST_KEY: Final = 60
# What the kinds of questions hold (docs/content-format.md).
OPTIONS: Final = (2, 8)
PAIRS: Final = (2, 10)
DISTRACTORS: Final = (0, 5)
CATEGORIES: Final = (2, 6)
ITEMS: Final = (2, 12)
STEPS: Final = (3, 8)
GAPS: Final = (1, 12)
MOST_TEXTS: Final = 20
MOST_NUMBERS: Final = 5
MOST_CRITERION_POINTS: Final = 10
MOST_WRITTEN: Final = 10_000
WHOLE_ANSWER_POINTS: Final = 10


class CannotBeWritten(Exception):
    """The project has no question like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an imported question is given where the file says nothing of it."""

    objective: str
    source: str
    explanation: str = ""


@dataclass(slots=True)
class _Notes:
    """What has no counterpart in the question at hand."""

    question: ExchangedQuestion
    remarks: list[Remark] = field(default_factory=list)

    def changed(self, message: str) -> None:
        self.remarks.append(
            Remark(Severity.CHANGED, self.question.line, message, name_of(self.question))
        )


def name_of(question: ExchangedQuestion) -> str:
    """Return what a person knows a question by: its title, its key, or how it begins."""
    return question.title or question.key or plain_of_markdown(question.prompt)[:60]


def to_entry(
    question: ExchangedQuestion, taken: Collection[str], defaults: Defaults
) -> tuple[Entry | None, Sequence[Remark]]:
    """Return the entry of a quiz file that a question becomes, or None when it is refused; and the remarks.

    Its key is the question's own where it can be one, else made from its title; never one of the `taken`.
    """
    notes = _Notes(question)
    try:
        explanation = _explanation(question, defaults)
        body = _body(question.interaction, notes)
    except CannotBeWritten as reason:
        refusal = Remark(Severity.REFUSED, question.line, str(reason), name_of(question))
        return None, [*notes.remarks, refusal]
    kind = body.pop("kind")
    entry: Entry = {
        "key": _free_key(question, taken),
        "kind": kind,
        "objective": question.objective or defaults.objective,
        "prompt": body.pop("prompt", question.prompt).strip(),
        **body,
        "explanation": explanation.strip(),
        "source": on_one_line(question.source) or defaults.source,
    }
    return entry, notes.remarks


def _explanation(question: ExchangedQuestion, defaults: Defaults) -> str:
    """Return what is shown with the result; a question needs one, and a prompt."""
    explanation = question.explanation or defaults.explanation
    if not explanation.strip():
        raise CannotBeWritten("it has no explanation: give one for all such questions")
    if not question.prompt.strip():
        raise CannotBeWritten("it has no prompt")
    return explanation


@singledispatch
def _body(interaction: Any, _notes: _Notes) -> Entry:
    """Return the fields of an entry that its kind asks for, `kind` among them."""
    raise TypeError(f"{type(interaction).__name__} is no interaction")


def _free_key(question: ExchangedQuestion, taken: Collection[str]) -> str:
    wanted = key_from(question.key) or key_from(question.title) or key_from(question.prompt)
    return _numbered(wanted or "question", taken)


def key_from(text: str) -> str:
    """Return a key made of the letters and digits of a text, or an empty text."""
    if KEY.fullmatch(text):
        return text
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.lower())
    key = ""
    for word in words:
        longer = f"{key}-{word}" if key else word
        if len(longer) > MOST_KEY - 5:
            break
        key = longer
    if key and not key[0].isalpha():
        key = f"q-{key}"
    return key


def _numbered(key: str, taken: Collection[str]) -> str:
    found, number = key, 1
    while found in taken:
        number += 1
        found = f"{key[: MOST_KEY - 5]}-{number}"
    return found


def _keyed(given: Sequence[tuple[str, str]], fallback: str) -> list[str]:
    """Return a key for each (own key, text), in order, all different."""
    keys: list[str] = []
    for number, (own, text) in enumerate(given, start=1):
        wanted = key_from(own) or key_from(plain_of_markdown(text))[:30].strip("-")
        keys.append(_numbered(wanted or f"{fallback}{number}", keys))
    return keys


def _bounded(count: int, bounds: tuple[int, int], what: str) -> None:
    least, most = bounds
    if not least <= count <= most:
        raise CannotBeWritten(f"it has {count} {what}: {least} to {most} can be taken")


def _with_feedback(entry: Entry, feedback: str) -> Entry:
    if feedback.strip():
        entry["feedback"] = on_one_line(feedback)
    return entry


@_body.register
def _choice(choice: Choice, notes: _Notes) -> Entry:
    if choice.is_true_false:
        return _true_false(choice)
    return {
        "kind": "multiple_choice" if choice.many else "single_choice",
        **_options(choice, notes),
    }


def _true_false(choice: Choice) -> Entry:
    true, false = choice.options
    if (true.credit, false.credit) not in {(100, 0), (0, 100)}:
        raise CannotBeWritten("neither true nor false earns everything, or both do")
    entry: Entry = {"kind": "true_false", "answer": true.credit == 100}
    for name, option in (("feedback_true", true), ("feedback_false", false)):
        if option.feedback.strip():
            entry[name] = on_one_line(option.feedback)
    return entry


def _options(choice: Choice, notes: _Notes, *, plain: bool = False) -> Entry:
    _bounded(len(choice.options), OPTIONS, "options")
    right = [o for o in choice.options if (o.credit > 0 if choice.many else o.credit == 100)]
    entry: Entry = {}
    if choice.many:
        if not 0 < len(right) < len(choice.options):
            raise CannotBeWritten("all of its options are right, or none is")
        penalty = _penalty(choice, right, notes)
        if penalty != 100:
            entry["penalty"] = penalty
    elif len(right) != 1:
        raise CannotBeWritten(f"{len(right)} of its options earn everything: exactly one must")
    if not choice.shuffle:
        entry["shuffle"] = False
    keys = _keyed([(option.key, option.text) for option in choice.options], "option-")
    entry["options"] = [
        _option(key, option, notes, choice=choice, is_right=option in right, plain=plain)
        for key, option in zip(keys, choice.options, strict=True)
    ]
    return entry


def _option(
    key: str, option: Option, notes: _Notes, *, choice: Choice, is_right: bool, plain: bool
) -> Entry:
    text = plain_of_markdown(option.text) if plain else on_one_line(option.text)
    if not text.strip():
        raise CannotBeWritten("one of its options is empty")
    written: Entry = {"key": key, "text": text}
    if is_right:
        written["correct"] = True
    elif not choice.many and option.credit > 0:
        written["credit"] = option.credit
    elif not choice.many and option.credit < 0:
        notes.changed(f"the option “{text}” took away from the result: here it earns nothing")
    if plain and option.feedback.strip():
        notes.changed(f"the feedback on “{text}” has no place in a gap")
        return written
    return _with_feedback(written, option.feedback)


def _penalty(choice: Choice, right: Sequence[Option], notes: _Notes) -> int:
    """Return what a wrong option costs, in per cent of a right one; 100 where the file is unclear."""
    shares = {option.credit for option in right}
    costs = {-option.credit for option in choice.options if option not in right}
    fair = 100 / len(right)
    if any(abs(share - fair) > 1 for share in shares):
        notes.changed("its right options weighed differently: here each weighs the same")
    if len(costs) > 1:
        notes.changed("its wrong options cost differently: here each costs the same")
    cost = max(costs)
    penalty = round(100 * cost / fair)
    # Shares of three, six or seven are rounded in files: 33 of 33.3 is all of it.
    return 100 if penalty >= 97 else max(penalty, 0)


@_body.register
def _text_entry(entry: TextEntry, notes: _Notes) -> Entry:
    return {"kind": "short_text", **_accepted_texts(entry, notes)}


def _accepted_texts(entry: TextEntry, notes: _Notes, *, feedback: bool = True) -> Entry:
    accept = [option for option in entry.accept if option.credit > 0]
    for option in entry.accept:
        if option.credit <= 0 and option.feedback.strip():
            notes.changed(f"the feedback on the wrong answer “{option.text}” has no place here")
    if not any(option.credit == 100 for option in accept):
        raise CannotBeWritten("no answer earns everything")
    _bounded(len(accept), (1, MOST_TEXTS), "accepted answers")
    # The first one must earn everything; a pattern for the rest would come before it otherwise.
    accept.sort(key=lambda option: option.credit != 100)
    written: Entry = {
        "accept": [
            _with_credit({"text": option.text}, option.credit, option.feedback if feedback else "")
            for option in accept
        ]
    }
    if entry.case_sensitive:
        written["case"] = "required"
    if entry.wildcards:
        written["wildcards"] = True
    return written


def _with_credit(entry: Entry, credit: int, feedback: str) -> Entry:
    if credit != 100:
        entry["credit"] = credit
    return _with_feedback(entry, feedback)


@_body.register
def _number_entry(entry: NumberEntry, notes: _Notes) -> Entry:
    return {"kind": "numeric", **_accepted_numbers(entry, notes)}


def _accepted_numbers(entry: NumberEntry, notes: _Notes, *, feedback: bool = True) -> Entry:
    accept = [number for number in entry.accept if number.credit > 0]
    for number in entry.accept:
        if number.credit <= 0 and number.feedback.strip():
            notes.changed(f"the feedback on the wrong number {number.value} has no place here")
    if not any(number.credit == 100 for number in accept):
        raise CannotBeWritten("no number earns everything")
    _bounded(len(accept), (1, MOST_NUMBERS), "accepted numbers")
    accept.sort(key=lambda number: number.credit != 100)
    written: Entry = {"accept": []}
    for number in accept:
        line: Entry = {"value": _number(number.value)}
        if number.tolerance:
            line["tolerance"] = _number(number.tolerance)
        written["accept"].append(
            _with_credit(line, number.credit, number.feedback if feedback else "")
        )
    if entry.units:
        _bounded(len(entry.units), (1, MOST_NUMBERS), "units")
        first = entry.units[0].factor
        if first <= 0:
            raise CannotBeWritten("a unit has a factor of zero or less")
        written["units"] = []
        for unit in entry.units:
            factor = unit.factor / first
            line = {"text": on_one_line(unit.text)}
            if factor != 1:
                line["factor"] = _number(factor)
            written["units"].append(line)
    return written


def _number(value: Decimal) -> int | float:
    if not value.is_finite() or abs(value) > Decimal(10) ** 15:
        raise CannotBeWritten("it has a number that is too large")
    return int(value) if value == value.to_integral_value() else float(value)


@_body.register
def _matching(matching: Matching, notes: _Notes) -> Entry:
    if not matching.shuffle:
        notes.changed("its lists were not shuffled: here they are")
    pairs = [replace(pair, match=on_one_line(pair.match)) for pair in matching.pairs]
    matches = [pair.match for pair in pairs]
    if len(set(matches)) < len(matches):
        return _categorise(pairs, matching, notes)
    _bounded(len(pairs), PAIRS, "pairs")
    distractors = [
        on_one_line(text) for text in matching.distractors if on_one_line(text) not in matches
    ]
    _bounded(len(distractors), DISTRACTORS, "matches that belong to nothing")
    keys = _keyed([(pair.key, pair.text) for pair in pairs], "pair-")
    written: Entry = {
        "kind": "matching",
        "pairs": [
            _with_feedback(
                {"key": key, "text": on_one_line(pair.text), "match": pair.match}, pair.feedback
            )
            for key, pair in zip(keys, pairs, strict=True)
        ],
    }
    if distractors:
        names = _keyed([("", text) for text in distractors], "other-")
        written["distractors"] = [
            {"key": _numbered(name, keys), "text": text}
            for name, text in zip(names, distractors, strict=True)
        ]
    return written


def _categorise(pairs: Sequence[Pair], matching: Matching, notes: _Notes) -> Entry:
    if matching.distractors:
        notes.changed("matches that belong to nothing have no place among categories")
    categories = list(dict.fromkeys(pair.match for pair in pairs))
    _bounded(len(categories), CATEGORIES, "categories")
    _bounded(len(pairs), ITEMS, "items")
    names = dict(zip(categories, _keyed([("", c) for c in categories], "category-"), strict=True))
    keys = _keyed([(pair.key, pair.text) for pair in pairs], "item-")
    return {
        "kind": "categorise",
        "categories": [{"key": name, "text": text} for text, name in names.items()],
        "items": [
            _with_feedback(
                {"key": key, "text": on_one_line(pair.text), "category": names[pair.match]},
                pair.feedback,
            )
            for key, pair in zip(keys, pairs, strict=True)
        ],
    }


@_body.register
def _ordering(ordering: Ordering, _notes: _Notes) -> Entry:
    _bounded(len(ordering.steps), STEPS, "steps")
    keys = _keyed([("", step) for step in ordering.steps], "step-")
    return {
        "kind": "ordering",
        "steps": [
            {"key": key, "text": on_one_line(step)}
            for key, step in zip(keys, ordering.steps, strict=True)
        ],
    }


@_body.register
def _gaps(gaps: Gaps, notes: _Notes) -> Entry:
    _bounded(len(gaps.gaps), GAPS, "gaps")
    prompt = notes.question.prompt
    written = []
    keys = _keyed([(key, key) for key in gaps.gaps], "gap-")
    for key, (old, gap) in zip(keys, gaps.gaps.items(), strict=True):
        prompt = prompt.replace(f"[[{old}]]", f"[[{key}]]")
        if prompt.count(f"[[{key}]]") != 1:
            raise CannotBeWritten(f"its text does not hold the gap {old} once")
        written.append({"key": key, **_gap(gap, notes)})
    return {"kind": "gaps", "prompt": prompt, "gaps": written}


def _gap(gap: Choice | TextEntry | NumberEntry, notes: _Notes) -> Entry:
    if isinstance(gap, Choice):
        return _options(gap, notes, plain=True)
    if any(accepted.feedback.strip() for accepted in gap.accept):
        notes.changed("feedback in gaps has no place here")
    if isinstance(gap, TextEntry):
        return _accepted_texts(gap, notes, feedback=False)
    return _accepted_numbers(gap, notes, feedback=False)


@_body.register
def _essay(essay: Essay, notes: _Notes) -> Entry:
    rubric: list[Entry] = []
    if not essay.rubric:
        notes.changed("it has no rubric: its answers are judged as a whole, with up to 10 points")
        rubric.append(
            {"key": "whole", "text": "The answer as a whole", "points": WHOLE_ANSWER_POINTS}
        )
    _bounded(len(essay.rubric), (0, 6), "lines of its rubric")
    keys = _keyed([("", criterion.text) for criterion in essay.rubric], "line-")
    for key, criterion in zip(keys, essay.rubric, strict=True):
        if not 1 <= criterion.points <= MOST_CRITERION_POINTS:
            raise CannotBeWritten("a line of its rubric has no points, or more than ten")
        rubric.append({"key": key, "text": on_one_line(criterion.text), "points": criterion.points})
    written: Entry = {"kind": "free_text", "rubric": rubric}
    if essay.most_characters is not None:
        written["most_characters"] = min(max(essay.most_characters, 1), MOST_WRITTEN)
    return written
