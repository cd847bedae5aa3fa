"""What people type: numbers as they write them, and words compared as a reader would compare them.

Everything here takes time in proportion to the length of its input, which is bounded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from courseapp.assessment.kinds.base import refuse
from courseapp.catalog.types import QuestionContent
from courseapp.core.authored import Fields
from courseapp.core.errors import InvalidInput
from courseapp.core.types import JsonObject

MOST_CHARACTERS: Final = 500
MOST_NUMBER_CHARACTERS: Final = 60
MOST_DIGITS: Final = 30

# The most that may stand after a number, so that number and unit together are not too long.
MOST_UNIT_CHARACTERS: Final = 25

_MINUS: Final = frozenset("-\u2010\u2011\u2012\u2013\u2212\uff0d")
_DECIMAL: Final = "\u066b"
# These are read either way: 1,234 and 1.234 are a thousand in one country and little more than one in another.
_EITHER: Final = ".,"
# What different scripts and habits put between digits, and what it is read as.
_SEPARATORS: Final = {separator: separator for separator in f"{_EITHER}{_DECIMAL}\u066c'_"} | {
    "\u2019": "'",
    "\u060c": ",",
    "\uff0c": ",",
    "\uff0e": ".",
}


def clean_text(raw: Any, *, most: int = MOST_CHARACTERS, lines: bool = False) -> str:
    """Return a typed text as it is stored; raises InvalidInput for what is no text, too long or unprintable."""
    if not isinstance(raw, str):
        raise refuse(_l("This must be a text."))
    # Forms send two characters for a line's end, and their fields count one.
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) <= most:
        # In a few scripts this makes a text longer.
        text = unicodedata.normalize("NFC", text)
    if len(text) > most:
        raise refuse(_l("Use at most %(most)s characters.", most=most))
    allowed = {"\n", "\t"} if lines else {"\t"}
    if any(
        unicodedata.category(character) in {"Cc", "Cs"} and character not in allowed
        for character in text
    ):
        raise refuse(_l("This has a character that cannot be used."))
    return text


def comparable(text: str, *, case: bool, accents: bool) -> str:
    """Return the form in which texts are compared; `case` and `accents` say what must agree.

    Invisible characters go, every kind of space is one space, and printed and typed quotes are the same.
    """
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    plain = unicodedata.normalize("NFKC", visible).translate(_SAME)
    if not case:
        plain = plain.casefold()
    if not accents:
        parts = unicodedata.normalize("NFD", plain)
        plain = "".join(c for c in parts if not _is_accent(c))
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _is_accent(character: str) -> bool:
    """Tell whether a mark may be left out: an accent, a Hebrew or Arabic point, a nukta.

    The vowel signs of Indian scripts and of Thai, and the voicing marks of Japanese, make another letter.
    """
    order = unicodedata.combining(character)
    return order == 7 or 10 <= order <= 36 or order >= 200


_SAME: Final = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | {"\u066a": "%"}
)


def matches_pattern(pattern: str, text: str) -> bool:
    """Tell whether the text fits a pattern in which * stands for any characters.

    The first piece must begin the text, the last one end it, and each between is taken where it first occurs:
    no going back, so no pattern is slow.
    """
    first, *middle = pattern.split("*")
    if not middle:
        return text == first
    *middle, last = middle
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def split_number(typed: str) -> tuple[str, str]:
    """Return a typed number in ASCII digits, separators as typed, and what follows it (its unit)."""
    text = "".join(c for c in typed if unicodedata.category(c) != "Cf").strip()
    number = ""
    for index, character in enumerate(text):
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            number += str(digit)
        elif not number and (character in _MINUS or character == "+"):
            number += "-" if character in _MINUS else "+"
        elif character.isspace():
            number += " "
        elif character in _SEPARATORS:
            number += _SEPARATORS[character]
        else:
            return number.strip(), text[index:].strip()
    return number.strip(), ""


def readings(number: str) -> frozenset[Decimal]:
    """Return every value that a number from `split_number` can mean: none, one, or (1,234) two."""
    sign, body = (number[0], number[1:].lstrip()) if number[:1] in {"+", "-"} else ("", number)
    if sum(c.isdigit() for c in body) > MOST_DIGITS:
        return frozenset()
    separators = sorted({c for c in body if not c.isdigit()})
    found = {
        Decimal(sign + whole + ("." + part if part else ""))
        for point in (*_EITHER, _DECIMAL)
        for group in ("", *separators)
        if group not in {point, _DECIMAL}
        for whole, part in _parts(body, point, group)
    }
    return frozenset(found)


def _parts(body: str, point: str, group: str) -> Iterator[tuple[str, str]]:
    """Yield the digits before and after the decimal point, if that is how the number is written."""
    whole, _, part = body.partition(point)
    if part and not part.isdigit():
        return
    if not group:
        if (whole.isdigit() or not whole) and (whole or part):
            yield whole or "0", part
        return
    first, *groups = whole.split(group)
    if groups and re.fullmatch("[0-9]{1,3}", first) and all(_is_group(g) for g in groups):
        yield first + "".join(groups), part


def _is_group(digits: str) -> bool:
    return len(digits) == 3 and digits.isdigit()


def read_accepted_numbers(fields: Fields) -> tuple[JsonObject, JsonObject]:
    """Read `accept:` and `units:` of a number; return structure and texts (the feedback, by index)."""
    accept = []
    texts: JsonObject = {}
    for index, entry in enumerate(fields.children("accept", most=5)):
        value = entry.number("value")
        if len(f"{value:f}") > MOST_DIGITS:
            entry.report(
                "value", f"value is too long to be typed: give at most {MOST_DIGITS} digits"
            )
        accept.append(
            {
                "value": str(value),
                "tolerance": str(entry.number("tolerance", default=Decimal(0), least=Decimal(0))),
                "credit": _credit(entry, index),
            }
        )
        if "feedback" in entry:
            texts[str(index)] = entry.line_text("feedback")
        entry.close()
    structure: JsonObject = {"accept": accept}
    if "units" in fields:
        structure["units"] = _read_units(fields)
    return structure, texts


def _read_units(fields: Fields) -> Sequence[JsonObject]:
    units: list[JsonObject] = []
    seen: set[str] = set()
    for index, entry in enumerate(fields.children("units", most=5)):
        factor = entry.number("factor", default=Decimal(1))
        if factor <= 0 or (index == 0 and factor != 1):
            entry.report("factor", "factor must be above zero, and 1 for the first unit")
        text = entry.line_text("text")
        same = _comparable_unit(text)
        if text and not _can_follow_a_number(text):
            entry.report(
                "text",
                f"a unit has at most {MOST_UNIT_CHARACTERS} characters and begins like no number",
            )
        elif text and same in seen:
            entry.report("text", f"{text} is read as the unit before it")
        seen.add(same)
        units.append({"text": text, "factor": str(factor)})
        entry.close()
    return units


def _can_follow_a_number(unit: str) -> bool:
    """Tell whether what somebody types behind a number is read as this unit."""
    try:
        number, rest = split_number("1" + clean_text(unit, most=MOST_UNIT_CHARACTERS))
    except InvalidInput:
        return False
    return number == "1" and _comparable_unit(rest) == _comparable_unit(unit) != ""


def read_accepted_texts(fields: Fields) -> tuple[JsonObject, JsonObject]:
    """Read `accept:` of a text, and how it is compared; return structure and texts (feedback, by index)."""
    structure: JsonObject = {}
    for name in ("case", "accents"):
        if fields.choice(name, ["ignore", "required"], default="ignore") == "required":
            structure[name] = True
    if fields.boolean("wildcards", default=False):
        structure["wildcards"] = True
    accept = []
    texts: JsonObject = {}
    for index, entry in enumerate(fields.children("accept", most=20)):
        text = entry.line_text("text")
        if len(text) > MOST_CHARACTERS:
            entry.report("text", f"an accepted text has at most {MOST_CHARACTERS} characters")
        elif text and not _can_be_typed(text, structure):
            entry.report("text", "this cannot be typed: use characters that can be seen")
        accept.append({"text": text, "credit": _credit(entry, index)})
        if "feedback" in entry:
            texts[str(index)] = entry.line_text("feedback")
        entry.close()
    return {"accept": accept, **structure}, texts


def _can_be_typed(text: str, how: JsonObject) -> bool:
    """Tell whether somebody who types an accepted text is right."""
    try:
        return accepted_text({"accept": [{"text": text}], **how}, clean_text(text)) is not None
    except InvalidInput:
        return False


def _credit(entry: Fields, index: int) -> int:
    credit = entry.whole_number("credit", least=1, most=100) if "credit" in entry else 100
    if index == 0 and credit != 100:
        entry.report("credit", "the first accepted answer must earn 100")
    return credit


def parse_number(structure: JsonObject, raw: Any) -> str:
    """Return a typed number as it is stored; raises InvalidInput when it is none or has another unit."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # repr is the shortest text that means this very float; NaN and infinities have no digits.
        raw = f"{Decimal(repr(raw) if isinstance(raw, float) else raw):f}"
    typed = clean_text(raw, most=MOST_NUMBER_CHARACTERS)
    if not typed:
        return ""
    number, unit = split_number(typed)
    if not readings(number):
        raise refuse(_l("Write a number in digits, for example 12.5."))
    if _factor(structure, unit) is None:
        if structure.get("units"):
            known = ", ".join(entry["text"] for entry in structure["units"])
            raise refuse(
                _l("Write the number with no unit, or with one of: %(known)s.", known=known)
            )
        raise refuse(_l("Write the number only, for example 12.5."))
    return typed


def _factor(structure: JsonObject, unit: str) -> Decimal | None:
    """Return how many of the first unit one of this unit is; None when the question knows no such unit."""
    if not unit:
        return Decimal(1)
    wanted = _comparable_unit(unit)
    for entry in structure.get("units", ()):
        if _comparable_unit(entry["text"]) == wanted:
            return Decimal(entry["factor"])
    return None


def _comparable_unit(unit: str) -> str:
    return comparable(unit, case=False, accents=False).replace(" ", "").rstrip(".")


def accepted_number(structure: JsonObject, typed: str) -> int | None:
    """Return the index of the first accepted number that a typed one fits, or None."""
    number, unit = split_number(typed)
    factor = _factor(structure, unit)
    if factor is None:
        return None
    values = [Fraction(value) * Fraction(factor) for value in readings(number)]
    for index, accepted in enumerate(structure["accept"]):
        wanted, tolerance = Fraction(accepted["value"]), Fraction(accepted["tolerance"])
        if any(abs(value - wanted) <= tolerance for value in values):
            return index
    return None


def accepted_text(structure: JsonObject, typed: str) -> int | None:
    """Return the index of the first accepted text that a typed one fits, or None."""
    case, accents = structure.get("case", False), structure.get("accents", False)
    text = comparable(typed, case=case, accents=accents)
    if not text:
        return None
    for index, accepted in enumerate(structure["accept"]):
        wanted = comparable(accepted["text"], case=case, accents=accents)
        if matches_pattern(wanted, text) if structure.get("wildcards") else wanted == text:
            return index
    return None


def accepted_credit(structure: JsonObject, index: int | None) -> Fraction:
    """Return what an accepted answer earns; nothing for None."""
    return Fraction(0) if index is None else Fraction(structure["accept"][index]["credit"], 100)


def counted_number(typed: str) -> str:
    """Return the form in which typed numbers are counted: without spaces."""
    return "".join(typed.split())


def counted_text(typed: str) -> str:
    """Return the form in which typed texts are counted: what is the same to a reader is one."""
    return comparable(typed, case=False, accents=False)


def first_unit(structure: JsonObject) -> str:
    """Return the unit that a number without one is of, or an empty text."""
    units: Sequence[Mapping[str, str]] = structure.get("units", ())
    return units[0]["text"] if units else ""


def right_number(structure: JsonObject) -> str:
    """Return the number that earns all, with its unit, for people."""
    value = f"{Decimal(structure['accept'][0]['value']):f}"
    unit = first_unit(structure)
    return f"{value} {unit}".strip() if unit != "%" else f"{value}%"


def read_feedback(fields: Fields) -> JsonObject:
    """Read `feedback: {0: ...}` of a translation, by the place of the accepted answer."""
    if "feedback" not in fields:
        return {}
    entries = fields.child("feedback")
    return {index: entries.line_text(index) for index in entries.names()}


def feedback_on(question: QuestionContent, index: int | None) -> str | None:
    """Return the feedback on an accepted answer, if it has one."""
    feedback: str | None = question.texts.get("feedback", {}).get(str(index))
    return feedback
