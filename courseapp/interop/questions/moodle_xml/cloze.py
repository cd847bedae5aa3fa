r"""Gaps as Moodle writes them into a text: {1:SHORTANSWER:=solidarity#Yes.~%50%solidarité}."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from courseapp.interop.questions.answers import accepted_texts, graded, written_text
from courseapp.interop.questions.moodle_text import TextFormat
from courseapp.interop.questions.moodle_xml.fields import Fields
from courseapp.interop.questions.numbers import credit_of, parse_number, written
from courseapp.interop.questions.remarks import Notes, NotTaken, shortened
from courseapp.interop.questions.text import one_line_of_html, plain_of
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    NumberEntry,
    Option,
    TextEntry,
)

Gap = Choice | TextEntry | NumberEntry


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the name of a sort of gap says."""

    asks_for: type[Gap]
    many: bool = False
    shuffle: bool = False
    case_sensitive: bool = False


_TEXT: Final = _Kind(TextEntry)
_CASED: Final = _Kind(TextEntry, case_sensitive=True)
_NUMBER: Final = _Kind(NumberEntry)
_ONE: Final = _Kind(Choice)
_ONE_SHUFFLED: Final = _Kind(Choice, shuffle=True)
_MANY: Final = _Kind(Choice, many=True)
_MANY_SHUFFLED: Final = _Kind(Choice, many=True, shuffle=True)

_KINDS: Final[Mapping[str, _Kind]] = {
    **dict.fromkeys(["NUMERICAL", "NM"], _NUMBER),
    **dict.fromkeys(["SHORTANSWER", "SA", "MW"], _TEXT),
    **dict.fromkeys(["SHORTANSWER_C", "SAC", "MWC"], _CASED),
    **dict.fromkeys(["MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"], _ONE),
    **dict.fromkeys(
        ["MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"], _ONE_SHUFFLED
    ),
    **dict.fromkeys(["MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH"], _MANY),
    **dict.fromkeys(["MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS"], _MANY_SHUFFLED),
}
_BEGIN: Final = re.compile(r"\{([0-9]{0,9}):(" + "|".join(sorted(_KINDS, reverse=True)) + "):")
_END: Final = re.compile(r"(?<!\\)\}")
_NEXT: Final = re.compile(r"(?<!\\)~")
# Not the sign in an entity, such as &#39;.
_FEEDBACK: Final = re.compile(r"(?<!\\)(?<!&)(?<!&amp;)#")
_FRACTION: Final = re.compile(r"=|%(-?[0-9]{1,9}(?:[.,][0-9]{0,9})?)%")


# -- Reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """A gap, and where it stands in the text."""

    start: int
    end: int
    weight: str
    kind: str
    body: str


def find_gaps(text: str) -> Iterator[Found]:
    """Yield the gaps in a text."""
    place = 0
    while begin := _BEGIN.search(text, place):
        end = _END.search(text, begin.end())
        if end is None:
            return
        yield Found(begin.start(), end.end(), begin[1], begin[2], text[begin.end() : end.start()])
        place = end.end()


@dataclass(frozen=True, slots=True)
class _Alternative:
    """One answer that a gap knows, as it is written; credit None where nothing is said."""

    text: str
    credit: int | None
    feedback: str


def read_gap(found: Found, fields: Fields) -> Gap:
    """Return what a gap asks for."""
    kind = _KINDS[found.kind]
    alternatives = list(_alternatives(found.body))
    if kind.asks_for is NumberEntry:
        return _number_entry(alternatives, fields)
    options = [
        Option(text, alternative.credit or 0, _feedback(alternative, fields))
        for alternative in alternatives
        if (text := _words(alternative.text, page=kind.asks_for is Choice))
    ]
    if kind.asks_for is TextEntry:
        _check_right(options)
        accept, wildcards = accepted_texts(options)
        return TextEntry(accept, kind.case_sensitive, wildcards)
    if len(options) < 2:
        raise NotTaken("A gap with a choice needs two options at least.")
    if kind.many:
        specific = any(alternative.credit not in {None, 100} for alternative in alternatives)
        return Choice(tuple(_shared(options, specific=specific)), many=True, shuffle=kind.shuffle)
    _check_right(options)
    return Choice(tuple(options), shuffle=kind.shuffle)


def _alternatives(body: str) -> Iterator[_Alternative]:
    for part in _NEXT.split(body):
        fraction = _FRACTION.match(part)
        text, *feedback = _FEEDBACK.split(part[fraction.end() :] if fraction else part, maxsplit=1)
        credit = None
        if fraction:
            credit = 100 if fraction[0] == "=" else credit_of(fraction[1])
            if credit is None:
                raise NotTaken(f"{fraction[1]} % is no share of a point.")
        if text.strip():
            yield _Alternative(text, credit, feedback[0] if feedback else "")


def _decoded(text: str) -> str:
    decoded = html.unescape(text.replace("\\~", "~"))
    return decoded.replace("\\}", "}").replace("\\#", "#")


def _words(text: str, *, page: bool) -> str:
    """Return an answer on one line; that of a choice is HTML, after its entities were read once."""
    decoded = _decoded(text)
    return " ".join((plain_of(decoded) if page else decoded).split())


def _feedback(alternative: _Alternative, fields: Fields) -> str:
    return fields.convert(_decoded(alternative.feedback), TextFormat.HTML)


def _check_right(options: Sequence[Option | AcceptedNumber]) -> None:
    if not any(option.credit == 100 for option in options):
        raise NotTaken("A gap has no answer that is fully right.")


def _shared(options: Sequence[Option], *, specific: bool) -> Sequence[Option]:
    """Return options whose credits add up to all of the point, as Moodle shares it out."""
    total = sum(option.credit for option in options if option.credit > 0)
    if not total:
        raise NotTaken("A gap has no option that is right.")
    return [
        Option(option.text, _share(option.credit, total, specific=specific), option.feedback)
        for option in options
    ]


def _share(credit: int, total: int, *, specific: bool) -> int:
    if credit > 0:
        return round(100 * credit / total)
    # Where nothing is said, a wrong option takes away what a right one gives.
    return credit if specific else -round(100 * 100 / total)


def _number_entry(alternatives: Sequence[_Alternative], fields: Fields) -> NumberEntry:
    accept = []
    for alternative in alternatives:
        text = _decoded(alternative.text).strip()
        credit, feedback = alternative.credit or 0, _feedback(alternative, fields)
        if text == "*":
            note_on_other_numbers(feedback, credit, fields.notes)
            continue
        value, _, tolerance = text.partition(":")
        number, near = parse_number(value), parse_number(tolerance or "0")
        if number is None or near is None:
            raise NotTaken(f"This is no number: {shortened(text)}")
        accept.append(AcceptedNumber(number, abs(near), credit, feedback))
    _check_right(accept)
    return NumberEntry(tuple(accept))


def note_on_other_numbers(feedback: str, credit: int, notes: Notes) -> None:
    """Say what is lost of an answer that stands for all other numbers."""
    if credit:
        notes.change(f"Any other number would earn {credit} %; here it earns nothing.")
    if feedback:
        notes.change(f"There is no feedback on all other numbers: {shortened(feedback, 200)}")


# -- Writing --------------------------------------------------------------------------------------


def written_gap(gap: Gap, notes: Notes) -> str:
    """Return a gap as it stands in a text."""
    match gap:
        case Choice():
            name, parts = _written_choice(gap, notes)
        case TextEntry():
            name = "SHORTANSWER_C" if gap.case_sensitive else "SHORTANSWER"
            texts = [written_text(option.text, wildcards=gap.wildcards) for option in gap.accept]
            parts = [
                _part(text, option.credit, option.feedback, notes)
                for text, option in zip(texts, gap.accept, strict=True)
            ]
        case NumberEntry():
            name = "NUMERICAL"
            if gap.units:
                notes.change("Moodle has no units in gaps: the number alone is asked for.")
            parts = [
                _part(
                    f"{written(number.value)}:{written(number.tolerance)}",
                    number.credit,
                    number.feedback,
                    notes,
                )
                for number in gap.accept
            ]
    return f"{{1:{name}:{'~'.join(parts)}}}"


def _written_choice(gap: Choice, notes: Notes) -> tuple[str, Sequence[str]]:
    if len(gap.options) < 2:
        raise NotTaken("A gap with a choice needs two options at least.")
    if gap.many:
        kind = "MULTIRESPONSE"
        if list(_shared(gap.options, specific=True)) != [replace(o, key="") for o in gap.options]:
            notes.change("In Moodle the right options of a gap share its point among themselves.")
    else:
        kind = "MULTICHOICE"
        _check_right(gap.options)
    # The words of an option are HTML to Moodle.
    parts = [
        _part(escape(option.text, quote=False), option.credit, option.feedback, notes)
        for option in gap.options
    ]
    return f"{kind}_S" if gap.shuffle else kind, parts


def _part(text: str, credit: int, feedback: str, notes: Notes) -> str:
    if not text.strip():
        raise NotTaken("An answer in a gap has no text.")
    mark = "=" if credit == 100 else f"%{graded(credit, notes)}%"
    answer = _encoded(text)
    if not feedback.strip():
        return f"{mark}{answer}"
    # With a blank, so that an ampersand and the sign are not taken for the begin of an entity.
    blank = " " if answer.endswith("&amp;") else ""
    return f"{mark}{answer}{blank}#{_encoded(one_line_of_html(feedback))}"


def _encoded(text: str) -> str:
    """Return a text in which nothing ends an answer."""
    text = " ".join(text.split()).replace("&", "&amp;")
    # Before these signs a backslash would say that they mean themselves.
    text = re.sub(r"\\(?=[}#~]|$)", "&#92;", text)
    return re.sub(r"(?<!&)[}#]", r"\\\g<0>", text).replace("~", "&#126;")
