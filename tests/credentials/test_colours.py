"""Accent colours: written one way, and readable on a certificate."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.core.errors import InvalidInput
from courseapp.credentials.colours import (
    LEAST_CONTRAST,
    PAPER,
    WHITE,
    check_accent,
    contrast,
    darkened,
    parse_colour,
)
from courseapp.credentials.looks import STANDARD_LOOK
from courseapp.credentials.typesetting.frames import frame_svg

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def refusal(text: str) -> str:
    """Return the sentence with which an accent is refused."""
    with pytest.raises(InvalidInput) as refused:
        check_accent(text)
    assert refused.value.status == 422
    ((name, [sentence]),) = refused.value.details["errors"].items()
    assert name == "accent"
    return sentence


def least_contrast(colour: str) -> float:
    return min(contrast(colour, PAPER), contrast(colour, WHITE))


def readable(colour: str) -> bool:
    return least_contrast(colour) >= LEAST_CONTRAST


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#8a2846", "#8a2846"),
        ("#8A2846", "#8a2846"),
        ("#a3C", "#aa33cc"),
        ("#000", "#000000"),
        (" #8a2846\n", "#8a2846"),
    ],
)
def test_a_colour_is_written_with_six_digits_in_small_letters(text, colour):
    assert parse_colour(text) == colour


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "8a2846",
        "#8a284",
        "#8a2846ff",
        "#8a28",
        "red",
        "rgb(1,2,3)",
        "#8a28４6",
        "#ſſſ",
        "#٠٠٠",
        "#00000g",
        '#000"); #panic("',
        "#000;x:url(y)",
    ],
)
def test_another_spelling_is_refused_with_an_example(text):
    assert refusal(text).endswith("like #8a2846.")


def test_the_example_of_the_refusal_is_a_colour_that_can_be_used():
    assert check_accent("#8a2846") == "#8a2846"


@given(st.text())
def test_whatever_is_written_it_is_a_colour_or_refused(text):
    try:
        colour = parse_colour(text)
    except InvalidInput:
        return
    assert re.fullmatch("#[0-9a-f]{6}", colour)


@given(COLOURS)
def test_a_colour_that_is_written_properly_stays_as_it_is(colour):
    assert parse_colour(colour) == parse_colour(colour.upper()) == colour


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        # Greys just on both sides of 4.5:1 on white, known from every guide to the criterion.
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#010101", "#000000", 1.006),
    ],
)
def test_the_contrast_is_the_one_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_the_contrast_does_not_ask_which_colour_comes_first(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


def test_the_standard_accent_can_be_read():
    assert check_accent(STANDARD_LOOK.accent) == STANDARD_LOOK.accent


def test_an_accent_is_answered_in_its_one_spelling():
    assert check_accent("#036") == "#003366"


def test_an_accent_that_is_too_light_is_refused_with_its_contrast_and_a_darker_shade():
    sentence = refusal("#F80")

    # 2.3545 on the paper, 2.3935 on white: the lower one counts, and it is cut, not rounded.
    assert "contrast is 2.35 to 1, and at least 4.5 to 1 is needed" in sentence
    assert sentence.endswith(f"is {darkened('#ff8800')}.")
    assert readable(darkened("#ff8800"))


def test_a_contrast_that_nearly_suffices_is_not_rounded_up_to_one_that_does():
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(256)]
    refused = [grey for grey in greys if not readable(grey)]

    for grey in refused:
        shown = re.search(r"contrast is ([0-9.]+) to 1,", refusal(grey))
        assert 0 <= least_contrast(grey) - float(shown[1]) < 0.01
        assert float(shown[1]) < 4.5
    assert "#777777" in refused


def test_what_suffices_on_white_may_not_suffice_on_the_paper():
    found = [
        colour
        for level in range(256)
        for colour in [f"#{level:02x}0000", f"#00{level:02x}00", f"#{level:02x}{level:02x}00"]
        if contrast(colour, WHITE) >= LEAST_CONTRAST > contrast(colour, PAPER)
    ]

    assert found
    for colour in found:
        assert "too light to read on a certificate" in refusal(colour)


@given(COLOURS)
def test_a_darkened_colour_is_always_an_accent(colour):
    assert check_accent(darkened(colour)) == darkened(colour)


@given(COLOURS)
def test_a_colour_that_can_be_read_is_not_darkened(colour):
    assert (darkened(colour) == colour) == readable(colour)


@given(COLOURS)
def test_a_darkened_colour_has_the_same_hue_within_rounding(colour):
    before, after = channels(colour), channels(darkened(colour))
    brightest = max(before)

    assert max(after) <= brightest
    for one, darker in zip(before, after, strict=True):
        # The same share of the brightest channel, to half a step of the 255.
        assert abs(darker * brightest - one * max(after)) <= 0.5 * brightest


@given(COLOURS)
def test_the_next_lighter_shade_would_not_pass(colour):
    before, after = channels(colour), channels(darkened(colour))
    if before == after:
        return
    step = max(after) + 1
    lighter = "#" + bytes(round(channel * step / max(before)) for channel in before).hex()

    assert not readable(lighter)


@pytest.mark.parametrize("small", [True, False])
def test_the_paper_is_the_one_that_the_certificate_is_set_on(small):
    assert f'fill="{PAPER}"' in frame_svg(STANDARD_LOOK.accent, small=small)
