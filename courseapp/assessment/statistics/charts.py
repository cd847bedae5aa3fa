"""The figures as pictures: inline SVG that is written by hand.

Each chart is as wide as the place that it is put in: the view box is 360 units wide, about a phone. Looks
come from the style sheet alone (the classes start with `stat-`), because the site allows no style in the
page. A table with the same numbers stands beside each of them.

Scales read from left to right in every language, as number lines do, so each chart sets its own direction;
the letters of a text still run the way of their script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from markupsafe import Markup

from courseapp.assessment.statistics.report import WEAK_DISCRIMINATION, QuestionReport
from courseapp.assessment.statistics.summaries import BINS, USUAL_FACILITY

WIDTH: Final = 360
LABEL_CELLS: Final = 44
"""How much of an option's text has room above its bar; a Chinese or Korean character takes two cells."""

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# What XML 1.0 does not allow in a text, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ChoiceBar:
    """One bar of `choice_chart`. `label` is plain text; `right` is None where neither word fits."""

    label: str
    share: float
    right: bool | None


def histogram(counts: Sequence[int], *, prefix: str, pass_mark: int | None = None) -> Markup:
    """Return how many attempts reached which result: ten bars, and a line at the pass mark (per cent)."""
    if len(counts) != BINS:
        raise ValueError(f"a histogram has {BINS} bins, not {len(counts)}")
    left, width, top, base = 12.0, 33.6, 58.0, 190.0
    scale = (base - top) / max(1, *counts)
    parts = [_text(left, 16, _("Attempts"), "stat-axis-title", "start")]
    for place, count in enumerate(counts):
        x = left + place * width
        height = count * scale
        if count:
            parts.append(_rect(x + 2, base - height, width - 4, height, "stat-bar"))
        parts.append(_text(x, base + 16, str(place * BINS), "stat-tick"))
    parts.append(_text(left + BINS * width, base + 16, "100", "stat-tick"))
    parts.append(_line(left, base, left + BINS * width, base, "stat-axis"))
    parts.append(_text(WIDTH / 2, base + 38, _("Result in per cent"), "stat-axis-title"))
    said = [f"{_bin_name(place)}: {count}" for place, count in enumerate(counts)]
    # The line before the numbers: where they meet, the number is on top.
    if pass_mark is not None:
        x = left + pass_mark * width * BINS / 100
        words = _("Pass mark %(mark)s%%", mark=pass_mark)
        parts.append(_line(x, 28, x, base, "stat-mark"))
        # On the side of the line where there is room.
        side, anchor = (-5, "end") if pass_mark > 50 else (5, "start")
        parts.append(_text(x + side, 38, words, "stat-mark-label", anchor))
        said.append(words)
    for place, count in enumerate(counts):
        middle, top_of_bar = left + (place + 0.5) * width, base - count * scale
        parts.append(_text(middle, top_of_bar - 5, str(count), "stat-value"))
    return _svg(prefix, base + 46, _("How many attempts reached which result"), said, parts)


def question_chart(questions: Sequence[QuestionReport], *, prefix: str) -> Markup:
    """Return a row for each question: a bar for its facility and one, from the middle, for its discrimination.

    The usual range of the facility is shaded, the discrimination that is asked for is a broken line. A
    question with a remark has an exclamation mark before its number.
    """
    top, row = 40.0, 24.0
    base = top + row * len(questions)
    low, high = USUAL_FACILITY
    parts = [
        _text(_FACILITY.centre, 14, _("Facility"), "stat-axis-title"),
        _text(_DISCRIMINATION.centre, 14, _("Discrimination"), "stat-axis-title"),
        _rect(_FACILITY.at(low), top, _FACILITY.length(low, high), base - top, "stat-usual"),
    ]
    for scale, values in ((_FACILITY, (0.0, 0.5, 1.0)), (_DISCRIMINATION, (-1.0, 0.0, 1.0))):
        for value in values:
            words = _percent(value) if scale is _FACILITY else _signed(value, 0)
            parts.append(_text(scale.at(value), 31, words, "stat-tick"))
            parts.append(_line(scale.at(value), top, scale.at(value), base, "stat-grid"))
    said = []
    for place, question in enumerate(questions):
        parts.append(_question_row(question, top + place * row, row))
        said.append(_question_said(question))
    for scale in (_FACILITY, _DISCRIMINATION):
        parts.append(_line(scale.at(0), top, scale.at(0), base, "stat-axis"))
    weak = _DISCRIMINATION.at(WEAK_DISCRIMINATION)
    parts.append(_line(weak, top, weak, base, "stat-mark"))
    return _svg(
        prefix, base + 6, _("How easy each question is, and how well it tells"), said, parts
    )


def choice_chart(number: int, bars: Sequence[ChoiceBar], *, prefix: str) -> Markup:
    """Return how often each option of question `number` was chosen; right ones have a tick and a frame."""
    row, length = 44.0, 300.0
    parts: list[Markup] = []
    said = []
    for place, bar in enumerate(bars):
        y = place * row
        label = _plain(bar.label)
        if bar.right:
            parts.append(_tick(2, y + 10))
        parts.append(_text(18 if bar.right else 2, y + 15, _shorten(label), "stat-label", "start"))
        parts.append(_rect(2, y + 22, length, 12, "stat-track"))
        share = max(0.0, min(1.0, bar.share))
        css = "stat-bar stat-right" if bar.right else "stat-bar"
        if share:
            parts.append(_rect(2, y + 22, share * length, 12, css))
        parts.append(_text(length + 10, y + 32, _percent(bar.share), "stat-value", "start"))
        said.append(
            _("%(label)s (right): %(share)s", label=label, share=_percent(bar.share))
            if bar.right
            else f"{label}: {_percent(bar.share)}"
        )
    title = _("How often each answer to question %(number)s was chosen", number=number)
    return _svg(prefix, max(row, row * len(bars)), title, said, parts)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values are on the page, from `low` at `left` to `high` at `right`."""

    left: float
    right: float
    low: float
    high: float

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    def at(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def length(self, start: float, end: float) -> float:
        return self.at(end) - self.at(start)


_FACILITY: Final = _Scale(40, 158, 0, 1)
_DISCRIMINATION: Final = _Scale(206, 314, -1, 1)


def _question_row(question: QuestionReport, y: float, height: float) -> Markup:
    middle, bar = y + height / 2 + 4, height - 10
    number = f"! {question.number}" if question.remarks else str(question.number)
    css = "stat-number stat-flag" if question.remarks else "stat-number"
    parts = [_text(32, middle, number, css, "end")]
    if question.facility is not None:
        length = _FACILITY.length(0, question.facility)
        parts.append(_rect(_FACILITY.left, y + 5, length, bar, "stat-bar"))
    words = _percent(question.facility)
    parts.append(_text(_FACILITY.right + 5, middle, words, "stat-value", "start"))
    tells = question.point_biserial
    if tells is not None:
        ends = sorted([_DISCRIMINATION.at(0), _DISCRIMINATION.at(tells)])
        css = "stat-bar stat-against" if tells < 0 else "stat-bar"
        parts.append(_rect(ends[0], y + 5, ends[1] - ends[0], bar, css))
    parts.append(_text(WIDTH - 2, middle, _signed(tells), "stat-value", "end"))
    return Markup("").join(parts)


def _question_said(question: QuestionReport) -> str:
    return str(
        _(
            "Question %(number)s: facility %(facility)s, discrimination %(discrimination)s",
            number=question.number,
            facility=_percent(question.facility),
            discrimination=_signed(question.point_biserial),
        )
    )


def _svg(
    prefix: str, height: float, title: str, said: Sequence[str], parts: Sequence[Markup]
) -> Markup:
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{prefix!r} cannot begin an id")
    return Markup(
        '<svg class="stat-chart" viewBox="0 0 {width} {height}" direction="ltr" role="img"'
        ' aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc">'
        '<title id="{prefix}-title">{title}</title><desc id="{prefix}-desc">{said}</desc>'
        "{drawing}</svg>"
    ).format(
        width=WIDTH,
        height=_coordinate(height),
        prefix=prefix,
        title=title,
        said="; ".join(said),
        drawing=Markup("").join(parts),
    )


def _text(x: float, y: float, words: str, css: str, anchor: str = "middle") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        css, _coordinate(x), _coordinate(y), anchor, words
    )


def _rect(x: float, y: float, width: float, height: float, css: str) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        css, *map(_coordinate, (x, y, width, height))
    )


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        css, *map(_coordinate, (x1, y1, x2, y2))
    )


def _tick(x: float, y: float) -> Markup:
    return Markup('<path class="stat-tick-sign" d="M{} {}l4 4 7-9"/>').format(
        _coordinate(x), _coordinate(y)
    )


def _coordinate(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _bin_name(place: int) -> str:
    end = 100 if place == BINS - 1 else place * 10 + 9
    return f"{place * 10}–{end}%"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}%"


def _signed(value: float | None, digits: int = 2) -> str:
    """Write a number with a real minus, which is as wide as a digit; never a minus before zero."""
    if value is None:
        return "–"
    return f"{value:z.{digits}f}".replace("-", "−")


def _plain(text: str) -> str:
    return " ".join(_NO_XML.sub("", text).split())


def _shorten(text: str) -> str:
    """Return as much of a text as has room."""
    cells = 0
    for place, character in enumerate(text):
        cells += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if cells > LABEL_CELLS:
            return text[: place - 1].rstrip() + "…"
    return text
