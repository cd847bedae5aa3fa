"""What people type: every way of writing a number, and words that are the same to a reader."""

from __future__ import annotations

import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.assessment.kinds.typed import (
    MOST_CHARACTERS,
    MOST_DIGITS,
    clean_text,
    comparable,
    matches_pattern,
    parse_number,
    readings,
    split_number,
)
from courseapp.core.errors import InvalidInput

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"
ARABIC_POINT, ARABIC_GROUP, ARABIC_COMMA = "\u066b", "\u066c", "\u060c"


def meanings(typed: str) -> set[Decimal]:
    """Return every value that a typed number can mean."""
    return set(readings(split_number(typed)[0]))


@contextmanager
def quickly(seconds: float = 1.0) -> Iterator[None]:
    """Fail when something takes far longer than it should; counted in the time of this process only."""
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


# Numbers


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("45", "45"),
        ("007", "7"),
        ("0", "0"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("5.", "5"),
        ("5,", "5"),
        ("0.50", "0.5"),
        # A sign, however it is typed.
        ("+5", "5"),
        ("-5", "-5"),
        ("- 5", "-5"),
        (f"-{NBSP}5", "-5"),
        ("\u22125", "-5"),
        (f"\u2212{NARROW}5", "-5"),
        ("\u20135", "-5"),
        ("\u20105", "-5"),
        ("\u20115", "-5"),
        ("\u20125", "-5"),
        ("\uff0d5", "-5"),
        ("-0", "0"),
        ("-0,0", "0"),
        # Groups of three digits, in the habits of many countries.
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1 234 567", "1234567"),
        (f"1{NBSP}234{NBSP}567", "1234567"),
        (f"1{NARROW}234{THIN}567", "1234567"),
        ("1'234'567", "1234567"),
        ("1\u2019234\u2019567", "1234567"),
        ("1_234_567", "1234567"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1 234.5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("12 345", "12345"),
        ("123 456", "123456"),
        # Nothing is grouped here.
        ("1234,5678", "1234.5678"),
        ("1234.567", "1234.567"),
        ("1,2345", "1.2345"),
        ("0000,125", "0.125"),
        # Digits of other scripts, with their separators.
        ("٤٥", "45"),
        (f"١٢{ARABIC_POINT}٥", "12.5"),
        (f"١{ARABIC_GROUP}٢٣٤{ARABIC_GROUP}٥٦٧{ARABIC_POINT}٨", "1234567.8"),
        (f"١٢{ARABIC_COMMA}٥", "12.5"),
        ("۴۵", "45"),
        ("४५", "45"),
        ("१२.५", "12.5"),
        ("४५५५,५", "4555.5"),
        ("４５", "45"),
        ("１２．５", "12.5"),
        ("１２，５", "12.5"),
        ("𝟜𝟝", "45"),
        # What cannot be seen does not count.
        ("\u200e45\u200f", "45"),
        ("4\u200b5", "45"),
        ("\u202a-45\u202c", "-45"),
        ("  45  ", "45"),
        ("9" * MOST_DIGITS, "9" * MOST_DIGITS),
    ],
)
def test_a_number_is_read_as_it_is_meant(typed: str, value: str) -> None:
    assert meanings(typed) == {Decimal(value)}


@pytest.mark.parametrize(
    ("typed", "little", "thousand"),
    [
        ("1,234", "1.234", "1234"),
        ("1.234", "1.234", "1234"),
        ("-12,345", "-12.345", "-12345"),
        ("123.456", "123.456", "123456"),
        ("0,125", "0.125", "125"),
        (f"١{ARABIC_COMMA}٢٣٤", "1.234", "1234"),
    ],
)
def test_one_separator_before_three_digits_is_read_either_way(
    typed: str, little: str, thousand: str
) -> None:
    assert meanings(typed) == {Decimal(little), Decimal(thousand)}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "+",
        "-",
        ".",
        ",",
        "-.",
        "'",
        "--5",
        "+-5",
        "1.2.3",
        "1,234,5",
        "12,34,56",
        "1,,234",
        "1  234",
        "1 23",
        "1 2345",
        "1234 567",
        "1'234,567.8",
        "1,234'567",
        f"1{ARABIC_POINT}234{ARABIC_POINT}567",
        f"1{ARABIC_GROUP}23",
        "'234",
        "234'",
        "½",
        "²",
        "Ⅻ",
        "五",
        "forty-five",
        "NaN",
        "inf",
        "-Infinity",
        "% 45",
        "€45",
        "9" * (MOST_DIGITS + 1),
        "0" * (MOST_DIGITS + 1),
    ],
)
def test_what_is_no_number_means_nothing(typed: str) -> None:
    assert meanings(typed) == set()


@pytest.mark.parametrize(
    ("typed", "number", "unit"),
    [
        ("45 %", "45", "%"),
        ("45%", "45", "%"),
        ("1 234,5 kg/m²", "1 234,5", "kg/m²"),
        ("12.5 per 1 000", "12.5", "per 1 000"),
        ("1e400", "1", "e400"),
        ("0x10", "0", "x10"),
        ("10²", "10", "²"),
        ("5-7", "5", "-7"),
        ("45 . % ", "45 .", "%"),
        ("abc", "", "abc"),
    ],
)
def test_a_unit_is_what_follows_the_number(typed: str, number: str, unit: str) -> None:
    assert split_number(typed) == (number, unit)


DECIMAL_DIGITS: Final = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    # In every script the ten digits stand together, and begin with this one.
    if unicodedata.decimal(chr(code), None) == 0
]


def test_the_digits_of_every_script_are_understood() -> None:
    assert len(DECIMAL_DIGITS) > 60
    for zero in DECIMAL_DIGITS:
        four, five = chr(ord(zero) + 4), chr(ord(zero) + 5)
        assert meanings(f"{four}{five}") == {Decimal(45)}
        assert meanings(f"{four},{five}") == {Decimal("4.5")}


# A decimal point, and what the same people put between groups of digits.
STYLES: Final = (
    (".", ""), (".", ","), (".", " "), (".", "'"), (".", "\u2019"), (".", "_"), (",", ""), (",", "."),
    (",", " "), (",", NBSP), (",", NARROW), (ARABIC_POINT, ARABIC_GROUP), (ARABIC_POINT, ""),
)  # fmt: skip


@given(
    whole=st.integers(0, 10**12),
    part=st.text("0123456789", max_size=6),
    style=st.sampled_from(STYLES),
    sign=st.sampled_from(["", "+", "-", "\u2212"]),
    zero=st.sampled_from(DECIMAL_DIGITS),
)
def test_whoever_writes_a_number_in_the_habit_of_a_country_is_understood(
    whole: int, part: str, style: tuple[str, str], sign: str, zero: str
) -> None:
    point, group = style
    plain = f"{whole:,}".replace(",", group) + (point + part if part else "")
    typed = sign + "".join(chr(ord(zero) + int(c)) if c in "0123456789" else c for c in plain)
    value = Decimal(f"{whole}.{part or 0}").copy_sign(-1 if sign in {"-", "\u2212"} else 1)

    assert value in meanings(typed)
    assert len(meanings(typed)) <= 2


@given(st.text(max_size=60) | st.text("0123456789 .,'-+%_\u066b\u066c٤", max_size=60))
def test_any_text_is_read_as_a_number_or_refused_and_nothing_else_happens(typed: str) -> None:
    try:
        stored = parse_number({"units": [{"text": "%", "factor": "1"}]}, typed)
    except InvalidInput as refusal:
        errors = refusal.details["errors"]
    else:
        errors = {}
        assert stored == "" or meanings(stored)
    assert list(errors) in ([], ["answer"])


@given(st.text("0123456789.,' ", max_size=40))
def test_a_number_has_two_meanings_at_most(typed: str) -> None:
    assert len(meanings(typed)) <= 2


# Texts as they are stored


def refusal_of(act: Callable[[], object]) -> str:
    """Return the one sentence with which something is refused."""
    with pytest.raises(InvalidInput) as refusal:
        act()
    (sentence,) = refusal.value.details["errors"]["answer"]
    return str(sentence)


def test_a_text_is_stored_trimmed_and_composed() -> None:
    assert clean_text("  e\u0301te\u0301 \n") == "été"


def test_the_inside_of_a_text_is_kept_as_it_was_typed() -> None:
    assert clean_text("a  b\tC\u200bd") == "a  b\tC\u200bd"


@pytest.mark.parametrize(
    "typed", ["a\nb", "a\r\nb", "a\rb", "a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "\ud800"]
)
def test_a_line_holds_no_line_ends_and_no_control_characters(typed: str) -> None:
    assert refusal_of(lambda: clean_text(typed)) == "This has a character that cannot be used."


def test_lines_end_with_one_character_however_they_were_sent() -> None:
    assert clean_text("a\r\nb\rc\n\td", lines=True) == "a\nb\nc\n\td"


@pytest.mark.parametrize("typed", ["a\x00b", "a\x1bb", "a\x0bb", "a\x0cb", "\udfff"])
def test_lines_hold_no_control_characters_either(typed: str) -> None:
    assert refusal_of(lambda: clean_text(typed, lines=True)).startswith("This has a character")


@pytest.mark.parametrize("raw", [None, 5, 1.5, True, b"text", ["text"], {"text": "text"}])
def test_only_texts_are_texts(raw: Any) -> None:
    assert refusal_of(lambda: clean_text(raw)) == "This must be a text."


def test_the_limit_counts_what_is_stored() -> None:
    assert clean_text("a" * 500) == "a" * 500
    assert clean_text(" " + "a" * 500 + "\n") == "a" * 500
    assert refusal_of(lambda: clean_text("a" * 501)) == "Use at most 500 characters."
    # A form sends two characters for each line's end, and its field counted one.
    assert clean_text("a\r\nb\r\nc", most=5, lines=True) == "a\nb\nc"
    assert refusal_of(lambda: clean_text("a\nb\nc\nd", most=5, lines=True)).startswith("Use at")


def test_what_grows_when_it_is_stored_is_refused_where_it_grows_too_long() -> None:
    # In NFC this letter is two characters.
    assert clean_text("\u0958" * 2, most=4) == "\u0915\u093c" * 2
    assert refusal_of(lambda: clean_text("\u0958" * 3, most=4)) == "Use at most 4 characters."


@given(st.text(max_size=40) | st.text("a \r\n\t\u0958\u0301\u200b\x00", max_size=40), st.booleans())
def test_what_is_stored_is_stored_again_as_it_is(typed: str, lines: bool) -> None:  # noqa: FBT001
    try:
        stored = clean_text(typed, most=30, lines=lines)
    except InvalidInput:
        return
    assert clean_text(stored, most=30, lines=lines) == stored
    assert len(stored) <= 30


def test_a_hostile_text_takes_no_longer_than_another() -> None:
    marks = ("\u0301\u0323" * 5000)[:10_000]

    with quickly():
        clean_text(marks, most=10_000, lines=True)
        comparable(marks[:MOST_CHARACTERS], case=False, accents=False)
        comparable("\ufdfa" * MOST_CHARACTERS, case=False, accents=False)
        assert refusal_of(lambda: clean_text("\u0301\u0323" * 500_000)).startswith("Use at most")


# Texts that are the same to a reader


def same(one: str, other: str, *, case: bool = False, accents: bool = False) -> bool:
    return comparable(one, case=case, accents=accents) == comparable(
        other, case=case, accents=accents
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u00e9t\u00e9", "e\u0301te\u0301"),
        ("a  b", " a b "),
        (f"a{NBSP}b", "a b"),
        (f"a{NARROW}\t{THIN}b", "a b"),
        ("a\u2028b", "a b"),
        ("so\u200bli\u200ddari\ufeffty", "solidarity"),
        ("so\u00adlidarity", "solidarity"),
        ("l\u2019État", "l'État"),
        ("l\u2018État", "l'État"),
        ("l\u02bcÉtat", "l'État"),
        ("\u201cword\u201d", '"word"'),
        ("\u201eWort\u201c", '"Wort"'),
        ("\u00abmot\u00bb", '"mot"'),
        ("\u201aWort\u2018", "'Wort'"),
        ("1999\u20132003", "1999-2003"),
        ("well\u2011being", "well-being"),
        ("ﬁscal", "fiscal"),
        ("ＩＬＯ", "ILO"),
        ("m²", "m2"),
        ("٤٥٪", "٤٥%"),
    ],
)
def test_these_are_the_same_whatever_must_agree(one: str, other: str) -> None:
    assert same(one, other, case=True, accents=True)
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ILO", "ilo"),
        ("Straße", "STRASSE"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("Équité", "équité"),
        ("Ω", "ω"),
    ],
)
def test_capital_letters_make_no_difference_unless_they_must_agree(one: str, other: str) -> None:
    assert same(one, other, accents=True)
    assert not same(one, other, accents=True, case=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("été", "ete"),
        ("niño", "nino"),
        ("Việt Nam", "Viet Nam"),
        ("façade", "facade"),
        ("Łódź", "Łodz"),
        ("ά", "α"),
        ("كُتُب", "كتب"),
        ("إسلام", "اسلام"),
        ("שָׁלוֹם", "שלום"),
        ("क़ानून", "कानून"),
    ],
)
def test_accents_and_points_make_no_difference_unless_they_must_agree(one: str, other: str) -> None:
    assert same(one, other, case=True)
    assert not same(one, other, case=True, accents=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Vowel signs and voicing marks are no accents: these are other words.
        ("दूर", "दर"),
        ("कुल", "कल"),
        ("ไม้", "ไม"),
        ("がき", "かき"),
        ("パス", "ハス"),
        ("অনু", "অন"),
        ("\u2260", "="),
        ("solidarity", "solidarities"),
        ("a b", "ab"),
        ("a-b", "ab"),
        ("a.b", "ab"),
        ("ILO", "1LO"),
        ("a", ""),
    ],
)
def test_these_are_never_the_same(one: str, other: str) -> None:
    assert not same(one, other)
    assert not same(one, other, case=True, accents=True)


MARKED: Final = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("eE\u0301\u0323\u3099か\u093c\u0941\u0345ßİſﬁ\u200d\u1e9e"),
    max_size=12,
)


@given(MARKED, st.booleans(), st.booleans())
def test_composed_and_decomposed_texts_are_the_same(text: str, case: bool, accents: bool) -> None:  # noqa: FBT001
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    assert same(composed, decomposed, case=case, accents=accents)


@given(MARKED)
def test_what_is_the_same_where_all_must_agree_is_the_same_where_less_must(text: str) -> None:
    strict = comparable(text, case=True, accents=True)

    assert same(text, strict)
    assert same(text, strict, case=True)
    assert same(text, strict, accents=True)


# Patterns


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("", "", True),
        ("", "a", False),
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("*", "", True),
        ("*", "anything at all", True),
        ("solid*", "solidarity", True),
        ("solid*", "solid", True),
        ("solid*", "unsolid", False),
        ("*arity", "solidarity", True),
        ("*arity", "rarityx", False),
        ("s*y", "solidarity", True),
        ("s*y", "sy", True),
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("*old*", "an older one", True),
        ("*a*a*", "a", False),
        ("a**b", "ab", True),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "aab", False),
        ("a.c", "abc", False),
        ("a?c", "abc", False),
        ("[ab]", "a", False),
        ("(a|b)+", "a", False),
        ("(a|b)+", "(a|b)+", True),
        ("\\d*", "\\d5", True),
        ("^a$", "a", False),
    ],
)
def test_a_star_stands_for_any_characters_and_every_other_sign_for_itself(
    pattern: str, text: str, *, fits: bool
) -> None:
    assert matches_pattern(pattern, text) is fits


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_a_pattern_fits_what_the_same_regular_expression_fits(pattern: str, text: str) -> None:
    expression = ".*".join(re.escape(piece) for piece in pattern.split("*"))

    assert matches_pattern(pattern, text) == bool(re.fullmatch(expression, text, re.DOTALL))


@given(st.text(max_size=20))
def test_a_pattern_fits_itself_and_a_star_around_it_too(text: str) -> None:
    assert matches_pattern(text, text)
    assert matches_pattern(f"*{text}*", text)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*a*a*a*a*a*a*b", False),
        ("*a" * 250, True),
        ("a*" * 249 + "b", False),
        ("*" * 500, True),
        ("*" + "a*aa*" * 80 + "b*", False),
        ("*" + "a" * 250 + "b*" + "a" * 240, False),
    ],
)
def test_no_pattern_is_slow(pattern: str, *, fits: bool) -> None:
    with quickly():
        for _ in range(20):
            assert matches_pattern(pattern, "a" * MOST_CHARACTERS) is fits
