"""Numbers and credits as files write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from courseapp.interop.questions.remarks import NotTaken

_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,60}(?:[.,][0-9]{0,60})?|[.,][0-9]{1,60})(?:[eE][+-]?[0-9]{1,2})?"
)
# Enough for every sum and quotient of such numbers that has an end.
_PRECISION: Final = 100
_FAR: Final = 40

# Moodle gives these for shares that have no end, and knows no others that are near them.
_EXACT_GRADES: Final[Mapping[int, str]] = {
    83: "83.33333",
    67: "66.66667",
    33: "33.33333",
    17: "16.66667",
    14: "14.28571",
    13: "12.5",
    11: "11.11111",
}
_WHOLE_GRADES: Final = frozenset({100, 90, 80, 75, 70, 60, 50, 40, 30, 25, 20, 10, 5, 0})


def parse_number(text: str) -> Decimal | None:
    """Return a number with a decimal point or comma, or None if it is none, or beyond all reason."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text.replace(",", "."))
    return number if not number or abs(number.adjusted()) <= _FAR else None


def middle(first: Decimal, second: Decimal) -> tuple[Decimal, Decimal]:
    """Return a range as its middle, and how far its ends are from there."""
    with localcontext(prec=_PRECISION):
        return (first + second) / 2, abs(second - first) / 2


def reciprocal(number: Decimal, digits: int) -> Decimal:
    """Return one divided by a number.

    Written with more digits than it is read with, a number comes back as it was.
    """
    with localcontext(prec=digits):
        return 1 / number


def written(number: Decimal) -> str:
    """Return a number in digits."""
    if not number.is_finite() or abs(number.adjusted()) > _FAR:
        raise NotTaken("A number is beyond all reason.")
    with localcontext(prec=_PRECISION):
        return format(number.normalize() + 0, "f")


def credit_of(text: str) -> int | None:
    """Return a per cent as a whole one, or None if it is not one from -100 to 100."""
    number = parse_number(text)
    if number is None or abs(number) > 100:
        return None
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def grade_of(credit: int) -> str:
    """Return the per cent with which Moodle writes a credit."""
    exact = _EXACT_GRADES.get(abs(credit))
    if exact is None:
        return str(credit)
    return f"-{exact}" if credit < 0 else exact


def is_grade(credit: int) -> bool:
    """Tell whether Moodle has this credit on its list."""
    return abs(credit) in _WHOLE_GRADES or abs(credit) in _EXACT_GRADES
