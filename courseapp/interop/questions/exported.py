"""From questions of a quiz file, as their authors wrote them, to neutral ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from courseapp.catalog.content.authored import AuthoredQuestion, QuestionText
from courseapp.core.markdown import outline
from courseapp.core.types import JsonObject
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Criterion,
    Essay,
    ExchangedQuestion,
    Gaps,
    Interaction,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Picture,
    Remark,
    Severity,
    TextEntry,
    Unit,
)

Reader = Callable[[JsonObject, JsonObject], Interaction]


def from_authored(
    question: AuthoredQuestion, language: str, pictures: Mapping[str, Path]
) -> ExchangedQuestion | Remark:
    """Return a question as formats speak of it; a remark instead when its kind has no such form.

    `pictures` are the files that the module's texts may show, by name. What no format can say is left out:
    `losses` tells.
    """
    read = _READERS.get(question.kind)
    if read is None:
        message = f"questions of the kind {question.kind} cannot leave in these formats"
        return Remark(Severity.REFUSED, question.place.line, message, question.key)
    text = question.texts[language]
    return ExchangedQuestion(
        prompt=text.prompt,
        interaction=read(question.body.structure, text.kind_texts),
        key=question.key,
        title=question.key,
        explanation=text.explanation,
        source=text.source,
        objective=question.objective,
        line=question.place.line,
        pictures=[
            Picture(name, pictures[name].read_bytes())
            for name in _pictures_in(text)
            if name in pictures
        ],
    )


def losses(question: AuthoredQuestion) -> Sequence[Remark]:
    """Return what of a question no format can say."""
    found = []
    structure = question.body.structure
    parts = [structure, *structure.get("gaps", {}).values()]
    if any(part.get("accents") for part in parts):
        found.append("that accents must agree in what is typed cannot be said there")
    if question.practice:
        found.append("it is for practice in a lesson: brought in again, the quiz would ask it")
    return [
        Remark(Severity.CHANGED, question.place.line, message, question.key) for message in found
    ]


def _pictures_in(text: QuestionText) -> Sequence[str]:
    found = [
        image.value for part in (text.prompt, text.explanation) for image in outline(part).images
    ]
    return list(dict.fromkeys(found))


def _single_choice(structure: JsonObject, texts: JsonObject) -> Interaction:
    return Choice(
        [
            _option(key, texts["options"][key], _single_credit(structure, key))
            for key in structure["options"]
        ],
        shuffle=structure.get("shuffle", True),
    )


def _single_credit(structure: JsonObject, key: str) -> int:
    if key in structure["right"]:
        return 100
    credit: int = structure.get("credits", {}).get(key, 0)
    return credit


def _multiple_choice(structure: JsonObject, texts: JsonObject) -> Interaction:
    share = 100 / len(structure["right"])
    cost = share * structure.get("penalty", 100) / 100
    return Choice(
        [
            _option(
                key, texts["options"][key], round(share if key in structure["right"] else -cost)
            )
            for key in structure["options"]
        ],
        many=True,
        shuffle=structure.get("shuffle", True),
    )


def _option(key: str, text: JsonObject, credit: int) -> Option:
    return Option(text["text"], credit, text.get("feedback", ""), key)


def _true_false(structure: JsonObject, texts: JsonObject) -> Interaction:
    return Choice(
        [
            Option(
                word, 100 if key in structure["right"] else 0, texts.get(f"feedback_{key}", ""), key
            )
            for key, word in (("true", "True"), ("false", "False"))
        ],
        shuffle=False,
        is_true_false=True,
    )


def _sorted_into_places(structure: JsonObject, texts: JsonObject) -> Interaction:
    right, places = structure["right"], texts["places"]
    used = set(right.values())
    return Matching(
        [
            Pair(
                texts["items"][key]["text"],
                places[right[key]],
                texts["items"][key].get("feedback", ""),
                key,
            )
            for key in structure["items"]
        ],
        distractors=[places[key] for key in structure["places"] if key not in used],
    )


def _ordering(structure: JsonObject, texts: JsonObject) -> Interaction:
    return Ordering([texts["steps"][key]["text"] for key in structure["steps"]])


def _numeric(structure: JsonObject, texts: JsonObject) -> Interaction:
    feedback = texts.get("feedback", {})
    return NumberEntry(
        [
            AcceptedNumber(
                Decimal(accepted["value"]),
                Decimal(accepted["tolerance"]),
                accepted["credit"],
                feedback.get(str(index), ""),
            )
            for index, accepted in enumerate(structure["accept"])
        ],
        [Unit(unit["text"], Decimal(unit["factor"])) for unit in structure.get("units", ())],
    )


def _short_text(structure: JsonObject, texts: JsonObject) -> Interaction:
    feedback = texts.get("feedback", {})
    return TextEntry(
        [
            Option(accepted["text"], accepted["credit"], feedback.get(str(index), ""))
            for index, accepted in enumerate(structure["accept"])
        ],
        case_sensitive=structure.get("case", False),
        wildcards=structure.get("wildcards", False),
    )


def _gaps(structure: JsonObject, texts: JsonObject) -> Interaction:
    readers: Mapping[str, Callable[[JsonObject, Any], Any]] = {
        "choice": _gap_choice,
        "number": lambda gap, _: _numeric(gap, {}),
        "text": lambda gap, _: _short_text(gap, {}),
    }
    return Gaps(
        {
            key: readers[structure["gaps"][key]["sort"]](
                structure["gaps"][key], texts["gaps"].get(key, {})
            )
            for key in structure["order"]
        }
    )


def _gap_choice(gap: JsonObject, options: Mapping[str, str]) -> Choice:
    return Choice(
        [Option(options[key], _single_credit(gap, key), key=key) for key in gap["options"]],
        shuffle=gap.get("shuffle", True),
    )


def _free_text(structure: JsonObject, texts: JsonObject) -> Interaction:
    return Essay(
        [
            Criterion(texts["rubric"][criterion["key"]]["text"], criterion["points"])
            for criterion in structure["rubric"]
        ],
        most_characters=structure["most_characters"],
    )


# A kind without a line here stays at home: its questions are refused with a remark.
_READERS: Final[Mapping[str, Reader]] = {
    "single_choice": _single_choice,
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "matching": _sorted_into_places,
    "categorise": _sorted_into_places,
    "ordering": _ordering,
    "numeric": _numeric,
    "short_text": _short_text,
    "gaps": _gaps,
    "free_text": _free_text,
}
