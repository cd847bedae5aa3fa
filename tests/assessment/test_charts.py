"""The charts of item statistics: well-formed, to scale, readable without colours, and safe with any text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from courseapp.assessment.statistics.charts import (
    LABEL_CELLS,
    WIDTH,
    ChoiceBar,
    choice_chart,
    histogram,
    question_chart,
)
from courseapp.assessment.statistics.report import QuestionReport

COUNTS = [1, 0, 2, 3, 5, 8, 13, 21, 40, 7]
HOSTILE = '"><script>alert(1)</script><b onload=x style="color:red">&amp;\x00\x1b\ud800'
ATTRIBUTES = {
    "class", "viewBox", "direction", "role", "id", "aria-labelledby", "aria-describedby",
    "x", "y", "width", "height", "x1", "y1", "x2", "y2", "d", "text-anchor",
}  # fmt: skip
ELEMENTS = {"svg", "title", "desc", "text", "rect", "line", "path"}


def question(number: int, facility: float | None, tells: float | None, *remarks: str):
    return QuestionReport(
        number=number,
        key=f"q{number}",
        n=50,
        answered=1.0,
        facility=facility,
        sd=0.4,
        point_biserial=tells,
        upper_lower=None,
        distractors=[],
        remarks=remarks,
    )


QUESTIONS = [
    question(1, 0.62, 0.41),
    question(2, 0.31, -0.25, "look at the key"),
    question(3, 1.0, None),
    question(4, None, None, "too few"),
]
BARS = [
    ChoiceBar("12 weeks", 0.3, right=False),
    ChoiceBar("14 weeks", 0.65, right=True),
    ChoiceBar("30 weeks", 0.0, right=False),
]


def all_charts() -> list[Markup]:
    return [
        histogram(COUNTS, prefix="scores", pass_mark=70),
        histogram([0] * 10, prefix="empty"),
        question_chart(QUESTIONS, prefix="questions"),
        question_chart([], prefix="no-questions"),
        choice_chart(3, BARS, prefix="q3"),
        choice_chart(3, [ChoiceBar(HOSTILE, 0.5, right=True)], prefix="hostile"),
        choice_chart(3, [], prefix="no-choices"),
    ]


def parse(chart: str) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314  # made here, a line above


def texts(chart: str, css: str) -> list[str]:
    return [
        element.text or ""
        for element in parse(chart).iter("text")
        if css in (element.get("class") or "").split()
    ]


def bars(chart: str, css: str = "stat-bar") -> list[ET.Element]:
    return [
        element
        for element in parse(chart).iter("rect")
        if css in (element.get("class") or "").split()
    ]


def number(element: ET.Element, name: str) -> float:
    return float(element.get(name) or "")


@pytest.mark.parametrize("chart", all_charts())
def test_a_chart_is_an_image_with_a_name_and_a_description(chart):
    svg = parse(chart)
    assert svg.get("role") == "img"
    title, desc = svg[0], svg[1]
    assert (title.tag, desc.tag) == ("title", "desc")
    assert title.text
    assert svg.get("aria-labelledby") == title.get("id")
    assert svg.get("aria-describedby") == desc.get("id")


@pytest.mark.parametrize("chart", all_charts())
def test_a_chart_has_only_what_a_strict_policy_allows(chart):
    for element in parse(chart).iter():
        assert element.tag in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES


@pytest.mark.parametrize("chart", all_charts())
def test_a_chart_is_as_wide_as_its_place_and_nothing_sticks_out(chart):
    svg = parse(chart)
    left, top, width, height = map(float, (svg.get("viewBox") or "").split())
    assert (left, top, width) == (0, 0, WIDTH)
    assert not {"width", "height"} & set(svg.attrib)
    for element in svg.iter("rect"):
        assert number(element, "width") >= 0
        assert number(element, "x") >= 0
        assert number(element, "x") + number(element, "width") <= WIDTH
        assert number(element, "y") + number(element, "height") <= height
    for element in svg.iter("text"):
        assert 0 <= number(element, "x") <= WIDTH
        assert 0 < number(element, "y") <= height


@pytest.mark.parametrize("chart", all_charts())
def test_numbers_run_from_left_to_right_on_a_page_that_does_not(chart):
    assert parse(chart).get("direction") == "ltr"


def test_charts_on_one_page_share_no_id():
    ids = [
        element.get("id")
        for chart in all_charts()
        for element in parse(chart).iter()
        if element.get("id")
    ]
    assert len(ids) == 2 * len(all_charts())
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("prefix", ["", "1st", 'x" onload="y', "two words", "x\n"])
def test_what_cannot_begin_an_id_is_refused(prefix):
    with pytest.raises(ValueError, match="cannot begin an id"):
        histogram(COUNTS, prefix=prefix)


# --- the histogram ---


def test_the_histogram_has_a_number_over_every_bar():
    chart = histogram(COUNTS, prefix="scores")
    assert texts(chart, "stat-value") == [str(count) for count in COUNTS]
    assert texts(chart, "stat-tick") == [
        "0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100",
    ]  # fmt: skip
    assert texts(chart, "stat-axis-title") == ["Attempts", "Result in per cent"]


def test_the_bars_are_as_high_as_their_counts():
    found = bars(histogram(COUNTS, prefix="scores"))
    # One bin is empty.
    assert len(found) == 9
    heights = [number(bar, "height") for bar in found]
    counts = [count for count in COUNTS if count]
    assert [height / max(heights) for height in heights] == pytest.approx(
        [count / 40 for count in counts], abs=0.001
    )
    # All stand on the axis.
    assert len({round(number(bar, "y") + number(bar, "height"), 1) for bar in found}) == 1


@pytest.mark.parametrize("mark", [0, 25, 50, 51, 70, 100])
def test_the_pass_mark_stands_at_its_place_with_its_name_beside_it(mark):
    chart = histogram(COUNTS, prefix="scores", pass_mark=mark)
    lines = [line for line in parse(chart).iter("line") if line.get("class") == "stat-mark"]
    # The axis is 336 units long and begins at 12.
    assert [number(line, "x1") for line in lines] == [pytest.approx(12 + 3.36 * mark)]
    assert [number(line, "x2") for line in lines] == [pytest.approx(12 + 3.36 * mark)]
    assert texts(chart, "stat-mark-label") == [f"Pass mark {mark}%"]
    label = next(t for t in parse(chart).iter("text") if t.get("class") == "stat-mark-label")
    # About 8 units for a letter: it ends before the edge on either side.
    width = 8 * len(f"Pass mark {mark}%")
    if label.get("text-anchor") == "end":
        assert number(label, "x") - width > 0
    else:
        assert number(label, "x") + width < WIDTH


def test_without_a_pass_mark_there_is_no_line():
    assert "stat-mark" not in histogram(COUNTS, prefix="scores")


def test_the_histogram_says_in_words_what_it_shows():
    desc = parse(histogram(COUNTS, prefix="scores", pass_mark=70))[1].text
    assert desc == (
        "0–9%: 1; 10–19%: 0; 20–29%: 2; 30–39%: 3; 40–49%: 5; 50–59%: 8; 60–69%: 13; 70–79%: 21; "
        "80–89%: 40; 90–100%: 7; Pass mark 70%"
    )


def test_a_histogram_of_other_than_ten_counts_is_refused():
    with pytest.raises(ValueError, match="10 bins, not 9"):
        histogram([1] * 9, prefix="scores")


# --- the questions ---


def test_every_question_has_its_number_and_both_figures_written_out():
    chart = question_chart(QUESTIONS, prefix="questions")
    assert texts(chart, "stat-number") == ["1", "! 2", "3", "! 4"]
    assert texts(chart, "stat-value") == [
        "62%", "0.41", "31%", "−0.25", "100%", "–", "–", "–",
    ]  # fmt: skip


def test_a_question_with_a_remark_is_marked_by_a_sign():
    chart = question_chart(QUESTIONS, prefix="questions")
    assert texts(chart, "stat-flag") == ["! 2", "! 4"]


def test_discrimination_goes_from_the_middle_to_either_side():
    chart = question_chart(QUESTIONS[:2], prefix="questions")
    facility, good, harder, against = bars(chart)
    # 118 units for all, 54 on either side of 260.
    assert number(facility, "width") == pytest.approx(0.62 * 118)
    assert number(harder, "width") == pytest.approx(0.31 * 118)
    assert number(good, "x") == 260
    assert number(good, "width") == pytest.approx(0.41 * 54)
    assert number(against, "x") == pytest.approx(260 - 0.25 * 54)
    assert number(against, "width") == pytest.approx(0.25 * 54)
    assert bars(chart, "stat-against")[0].attrib == against.attrib


def test_nearly_nothing_has_no_minus():
    chart = question_chart([question(1, 0.5, -0.001)], prefix="questions")
    assert texts(chart, "stat-value") == ["50%", "0.00"]


def test_the_questions_are_said_in_words_too():
    desc = parse(question_chart(QUESTIONS[1:3], prefix="questions"))[1].text
    assert desc == (
        "Question 2: facility 31%, discrimination −0.25; Question 3: facility 100%, discrimination –"
    )


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), min_size=1, max_size=40))
def test_bars_stay_in_their_column(figures):
    chart = question_chart(
        [question(place, *pair) for place, pair in enumerate(figures, start=1)], prefix="q"
    )
    found = bars(chart)
    assert len(found) == 2 * len(figures)
    for facility, tells in zip(found[::2], found[1::2], strict=True):
        assert number(facility, "x") + number(facility, "width") <= 158.01
        assert number(tells, "x") >= 205.99
        assert number(tells, "x") + number(tells, "width") <= 314.01


# --- the choices ---


def test_every_choice_has_its_label_and_its_share():
    chart = choice_chart(3, BARS, prefix="q3")
    assert texts(chart, "stat-label") == ["12 weeks", "14 weeks", "30 weeks"]
    assert texts(chart, "stat-value") == ["30%", "65%", "0%"]
    assert [number(bar, "width") for bar in bars(chart)] == [90, 195]
    assert parse(chart)[0].text == "How often each answer to question 3 was chosen"


def test_a_right_choice_has_a_tick_not_only_a_colour():
    svg = parse(choice_chart(3, BARS, prefix="q3"))
    ticks = [path for path in svg.iter("path") if path.get("class") == "stat-tick-sign"]
    assert len(ticks) == 1
    assert svg[1].text == "12 weeks: 30%; 14 weeks (right): 65%; 30 weeks: 0%"


def test_a_hostile_label_is_only_a_text():
    chart = choice_chart(3, [ChoiceBar(HOSTILE, 0.5, right=False)], prefix="q3")
    assert "<script" not in chart
    assert "<b" not in chart
    label = '"><script>alert(1)</script><b onload=x style="color:red">&amp;'
    assert parse(chart)[1].text == f"{label}: 50%"
    assert texts(chart, "stat-label") == [label[: LABEL_CELLS - 1] + "…"]


def test_a_label_that_is_already_markup_is_taken_as_text():
    # Not what a page should pass, but it must not open a door either.
    chart = choice_chart(3, [ChoiceBar(Markup("<script>1</script>"), 0.5, right=True)], prefix="q3")
    assert "<script" not in chart


def test_a_percent_sign_in_a_label_is_no_placeholder():
    chart = choice_chart(3, [ChoiceBar("45% %(share)s {0}", 0.5, right=True)], prefix="q3")
    assert parse(chart)[1].text == "45% %(share)s {0} (right): 50%"


@given(st.text(), st.floats(0, 1), st.sampled_from([True, False, None]))
def test_no_text_breaks_a_chart(label, share, right):
    svg = parse(choice_chart(3, [ChoiceBar(label, share, right)], prefix="q3"))
    assert {element.tag for element in svg.iter()} <= ELEMENTS


def test_a_long_label_is_cut_where_its_room_ends_but_said_in_full():
    long = "Pay for at least fourteen weeks, and a job to come back to afterwards"
    chart = choice_chart(3, [ChoiceBar(long, 0.5, right=False)], prefix="q3")
    (shown,) = texts(chart, "stat-label")
    assert shown == "Pay for at least fourteen weeks, and a job…"
    assert len(shown) <= LABEL_CELLS
    assert long in (parse(chart)[1].text or "")


def test_a_label_that_just_fits_is_not_cut():
    fits = "x" * LABEL_CELLS
    assert texts(choice_chart(1, [ChoiceBar(fits, 0.5, right=None)], prefix="q"), "stat-label") == [
        fits
    ]


def test_wide_characters_take_two_places():
    chart = choice_chart(1, [ChoiceBar("保" * 30, 0.5, right=None)], prefix="q")
    assert texts(chart, "stat-label") == ["保" * 21 + "…"]
