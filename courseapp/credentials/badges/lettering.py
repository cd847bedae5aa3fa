"""Words set into a box without measuring any font: widths are estimated, with room to spare.

Whoever looks at an SVG uses fonts of their own, so nobody can know how wide a line will be.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

LEADING: Final = 1.24
# How far below the top of its line the letters of a line stand.
_ASCENT: Final = 0.92

_JOINERS: Final = "\u200c\u200d"
# Invisible characters, of which some turn the direction of all that follows.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Cn"})

_WIDTHS: Final = ((" .,:;'!|ijlI’‘()[]", 0.36), ("mwM—…", 1.0), ("W@%", 1.06), (_JOINERS, 0.0))
_WIDTHS_OF_SCRIPTS: Final = dict.fromkeys(
    ("TAMIL", "MALAYALAM", "KANNADA", "TELUGU", "SINHALA", "ETHIOPIC", "MYANMAR"), 1.05
)
_WIDTHS_OF_CATEGORIES: Final = {"Mn": 0.0, "Me": 0.0, "Lu": 0.78, "So": 1.3}

# Scripts as the names of their characters begin. Any font for reading has the first ones.
_COMMON_SCRIPTS: Final = frozenset({"", "LATIN", "GREEK", "CYRILLIC"})
_EAST_ASIAN_SCRIPTS: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
# The same characters are written a little differently from country to country.
_EAST_ASIAN_FORMS: Final = {"ja": "JP", "ko": "KR"}
_TRADITIONAL: Final = ("zh-Hant", "zh-TW", "zh-HK", "zh-MO")
_MORE_FONTS: Final = {"ARABIC": ("Noto Naskh Arabic",)}
# Without spaces, too, but of letters that are not wide.
_WITHOUT_SPACES: Final = frozenset({"THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})
# No sign that is drawn as one takes more characters; whoever strings marks together finds a line's end here.
_LONGEST_CLUSTER: Final = 12


@dataclass(frozen=True, slots=True)
class Lettering:
    """Lines of one size."""

    size: int
    lines: Sequence[str]

    @property
    def height(self) -> float:
        """How much the lines take from top to bottom."""
        return len(self.lines) * self.size * LEADING

    @property
    def placed(self) -> Iterator[tuple[float, str]]:
        """Each line with its baseline, from the top."""
        for number, line in enumerate(self.lines):
            yield (number * LEADING + _ASCENT) * self.size, line


def plain(text: str) -> str:
    """Return a text in one line, without characters that cannot be seen."""
    seen = (
        " " if c.isspace() else c
        for c in text
        if c.isspace() or c in _JOINERS or unicodedata.category(c) not in _DROPPED
    )
    return unicodedata.normalize("NFC", " ".join("".join(seen).split()))


def is_right_to_left(text: str) -> bool:
    """Tell the direction of a text by its first letter that has one."""
    directions = map(unicodedata.bidirectional, text)
    return next((d for d in directions if d in {"L", "R", "AL"}), "L") != "L"


def families_of(text: str, language: str) -> Sequence[str]:
    """Return fonts for a text's script. Renderers mix others in letter by letter, and that breaks joined signs."""
    scripts = (_script_of(c) for c in text if c.isalpha())
    script = next((found for found in scripts if found not in _COMMON_SCRIPTS), "")
    if not script:
        return []
    if script in _EAST_ASIAN_SCRIPTS:
        name = f"CJK {_EAST_ASIAN_FORMS.get(language.partition('-')[0], 'SC')}"
        name = "CJK TC" if language.startswith(_TRADITIONAL) else name
    else:
        name = script.title()
    return [f"Noto Serif {name}", *_MORE_FONTS.get(script, ()), f"Noto Sans {name}"]


def _script_of(c: str) -> str:
    return unicodedata.name(c, "").partition(" ")[0]


def letter(text: str, *, width: float, height: float, sizes: Sequence[int]) -> Lettering:
    """Set a text as large as fits, in lines of about equal length; what fits at no size is cut off.

    A word is broken only where it fits in no other way, or where words are written without spaces.
    """
    allowances = [True] if any(map(_needs_no_space, text)) else [False, True]
    for may_break in allowances:
        for size in sizes:
            lines = _wrap(text, width / size)
            fits = Lettering(size, lines).height <= height
            if fits and (may_break or " ".join(lines) == text):
                return Lettering(size, _balanced(text, width / size, lines))
    size = sizes[-1]
    most = int(height / (size * LEADING))
    lines = _wrap(text, width / size)
    return Lettering(size, [*lines[: most - 1], _shortened(lines[most - 1], width / size)])


def estimated_width(text: str) -> float:
    """Return about how wide a text is, in multiples of its size: rather more than less."""
    return sum(map(_width_of, text))


def _width_of(c: str) -> float:
    for characters, width in _WIDTHS:
        if c in characters:
            return width
    if unicodedata.east_asian_width(c) in "WF":
        return 1.05
    # Latin, Greek and Cyrillic, then scripts whose letters are wider.
    usual = 0.6 if ord(c) < 0x530 else _WIDTHS_OF_SCRIPTS.get(_script_of(c), 0.72)
    return _WIDTHS_OF_CATEGORIES.get(unicodedata.category(c), usual)


def _wrap(text: str, width: float) -> list[str]:
    """Break a text into lines: between words, and inside those that are longer than a line."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if estimated_width(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width)
        lines.extend(full)
    return [*lines, line] if line else lines


def _pieces(word: str, width: float) -> Iterator[str]:
    """Cut a word into pieces of a line's width, never between a letter and its marks."""
    piece = ""
    for cluster in _clusters(word):
        if piece and estimated_width(piece + cluster) > width:
            yield piece
            piece = ""
        piece += cluster
    yield piece


def _clusters(word: str) -> Iterator[str]:
    cluster = ""
    for c in word:
        if len(cluster) == _LONGEST_CLUSTER or (cluster and not _belongs_to(cluster[-1], c)):
            yield cluster
            cluster = ""
        cluster += c
    if cluster:
        yield cluster


def _belongs_to(before: str, c: str) -> bool:
    """Tell whether a character is not to be parted from the one before it."""
    category = unicodedata.category(c)
    is_mark = category.startswith("M") or c in _JOINERS
    # No line begins with what closes: a bracket, a quotation, a sentence.
    closes = category in {"Pe", "Pf", "Po"}
    # A virama joins consonants into one sign.
    return is_mark or closes or before in _JOINERS or unicodedata.combining(before) == 9


def _needs_no_space(c: str) -> bool:
    if unicodedata.east_asian_width(c) in "WF":
        return unicodedata.category(c) == "Lo"
    return _script_of(c) in _WITHOUT_SPACES


def _balanced(text: str, width: float, lines: Sequence[str]) -> Sequence[str]:
    """Return the text in as many lines, but none of them much longer than the others."""
    has_whole_words = " ".join(lines) == text
    best = lines
    narrowest, widest = width / 2, width
    for _ in range(8):
        middle = (narrowest + widest) / 2
        narrower = _wrap(text, middle)
        if len(narrower) > len(lines) or (has_whole_words and " ".join(narrower) != text):
            narrowest = middle
        else:
            best, widest = narrower, middle
    return best


def _shortened(line: str, width: float) -> str:
    """Return a line with an ellipsis at its end, cut to make room for it."""
    clusters = list(_clusters(line))
    while clusters and estimated_width("".join(clusters) + "…") > width:
        clusters.pop()
    return "".join(clusters).rstrip() + "…"
