"""A badge says what it is for, whatever that is called; it looks the same each time and asks nobody for anything."""

import io
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image, ImageChops

from config import PROJECT_ROOT
from courseapp.catalog.content.load import ACCENTS, PICTOGRAMS
from courseapp.credentials.badges import badge_png, badge_svg
from courseapp.credentials.badges.lettering import (
    LEADING,
    estimated_width,
    families_of,
    is_right_to_left,
    letter,
    plain,
)
from courseapp.credentials.baking import bake_png, bake_svg, unbake
from courseapp.credentials.colours import contrast

SVG = "{http://www.w3.org/2000/svg}"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
STYLE_SHEET = Path(PROJECT_ROOT, "courseapp/static/style.css")
PICTOGRAMS_FILE = Path(PROJECT_ROOT, "courseapp/templates/pictograms.html")
# The plaque inside its frame: left, top, right, bottom.
PLAQUE = (39, 340, 473, 499)


def drawn(
    *,
    title="Social protection for all",
    pictogram=None,
    accent="wine",
    language="en",
    issuer="Harbour Workers' Union",
) -> str:
    return badge_svg(
        title=title, pictogram=pictogram, accent=accent, language=language, issuer=issuer
    )


def root_of(svg: str) -> etree._Element:
    return etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True))


def lines_of(svg: str) -> list[list[str]]:
    return [
        [line.text for line in group.findall(f"{SVG}text")]
        for group in root_of(svg).findall(f"{SVG}g[@font-family]")
    ]


def pixels_of(svg: str) -> Image.Image:
    return Image.open(io.BytesIO(badge_png(svg))).convert("RGBA")


@cache
def without_words() -> Image.Image:
    return pixels_of(drawn(title="", issuer=""))


# What is in the picture


def test_it_is_a_square_svg_that_says_what_it_shows():
    root = root_of(drawn(language="en-GB"))

    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == "0 0 512 512"
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Social protection for all"
    assert root.findtext(f"{SVG}title") == "Social protection for all"
    assert root.find(f"{SVG}title").get(XML_LANGUAGE) == "en-GB"
    assert root.findtext(f"{SVG}desc") == "Harbour Workers' Union"


def test_title_and_issuer_stand_on_it_word_for_word():
    title, issuer = lines_of(drawn())

    assert " ".join(title) == "Social protection for all"
    assert " ".join(issuer) == "Harbour Workers' Union"


@pytest.mark.parametrize("pictogram", PICTOGRAMS)
def test_a_modules_badge_has_the_drawing_that_its_page_has(pictogram):
    macro = PICTOGRAMS_FILE.read_text(encoding="utf-8")
    branch = re.search(rf"name == '{pictogram}' %}}(.*?){{% ", macro, re.DOTALL)
    assert branch is not None
    shapes = [dict(shape.attrib) for shape in etree.fromstring(f"<g>{branch[1]}</g>")]

    [drawing] = root_of(drawn(pictogram=pictogram)).findall(f".//{SVG}g/{SVG}svg")

    assert [dict(shape.attrib) for shape in drawing] == shapes


def test_a_course_has_an_emblem_that_no_module_has():
    outlines = {
        pictogram: {
            path.get("d") for path in root_of(drawn(pictogram=pictogram)).iter(f"{SVG}path")
        }
        for pictogram in (None, *PICTOGRAMS)
    }
    of_modules = set.union(*(outlines[pictogram] for pictogram in PICTOGRAMS))

    assert len(outlines[None] - of_modules) >= 6


@pytest.mark.parametrize("accent", ACCENTS)
def test_its_colours_are_those_of_the_pages_and_can_be_told_apart(accent):
    rule = re.search(
        rf"\.accent-{accent} {{ --accent: (#\w+); --accent-tint: (#\w+); }}",
        STYLE_SHEET.read_text(encoding="utf-8"),
    )
    assert rule is not None
    svg = drawn(accent=accent, pictogram="coins")

    assert f'stroke="{rule[1]}"' in svg
    assert f'fill="{rule[2]}"' in svg
    assert contrast(rule[1], rule[2]) >= 4.5


def test_its_words_can_be_read_on_their_ground():
    svg = drawn()
    colours = [group.get("fill") for group in root_of(svg).findall(f"{SVG}g[@font-family]")]

    assert 'fill="#fffdf8"' in svg
    assert len(colours) == 2
    assert all(contrast(colour, "#fffdf8") >= 4.5 for colour in colours)


def test_it_holds_no_script_and_asks_for_nothing_from_elsewhere():
    for pictogram in (None, *PICTOGRAMS):
        root = root_of(drawn(pictogram=pictogram))
        names = {etree.QName(element).localname for element in root.iter()}
        attributes = {name for element in root.iter() for name in element.attrib}
        values = {value for element in root.iter() for value in element.attrib.values()}

        assert names <= {"svg", "title", "desc", "g", "path", "rect", "circle", "ellipse", "text"}
        assert not any(name.startswith("on") or "href" in name for name in attributes)
        assert not any("url(" in value or "://" in value for value in values)


MEAN = '"><script>alert(1)</script>&amp;<!-- ]]> {{ title }}'


@given(st.text(max_size=120), st.text(max_size=40))
def test_whatever_it_is_called_it_stays_one_sound_picture(title, issuer):
    root = root_of(drawn(title=title, issuer=issuer))

    assert root.findtext(f"{SVG}title") == plain(title)
    assert root.findtext(f"{SVG}desc") == plain(issuer)


def test_markup_in_a_title_is_text():
    root = root_of(drawn(title=MEAN, issuer=MEAN, language='en"><script>'))

    assert not list(root.iter(f"{SVG}script", "script"))
    assert root.findtext(f"{SVG}title") == MEAN


def test_drawn_again_it_is_the_same_to_the_byte():
    assert drawn() == drawn()
    assert badge_png(drawn()) == badge_png(drawn())
    assert drawn(issuer="Rail Workers' Union") != drawn()


def test_it_carries_a_credential_in_both_forms():
    assert unbake(bake_svg(drawn(), '{"a": "é"}').encode()) == '{"a": "é"}'
    assert unbake(bake_png(badge_png(drawn()), '{"a": "é"}')) == '{"a": "é"}'


# Words on the plaque

LONG = "Defending social protection floors for domestic, migrant, platform, seasonal and informal workers"
TITLES = {
    "short": ("X", "en"),
    "120 characters": ((LONG + " in every region of the world")[:120], "en"),
    "one long word": ("Sozialversicherungsträgerzusammenarbeitsvereinbarungen", "de"),
    "widest letters": ("W" * 120, "en"),
    "Russian": ("Социальная защита для всех работающих", "ru"),
    "Arabic": ("الحماية الاجتماعية للجميع: دليل ILO رقم 102 للعمال", "ar"),
    "Hebrew": ("ביטוח סוציאלי לכל העובדים", "he"),
    "Hindi": ("सभी के लिए सामाजिक सुरक्षा और श्रमिकों के अधिकार", "hi"),
    "Bengali": ("সকলের জন্য সামাজিক সুরক্ষা", "bn"),
    "Tamil": ("பணியாளர்களுக்கான சமூகப் பாதுகாப்பு", "ta"),
    "Thai": ("ความคุ้มครองทางสังคมสำหรับทุกคนในเศรษฐกิจนอกระบบ", "th"),
    "Amharic": ("ማህበራዊ ጥበቃ ለሁሉም ሠራተኞች", "am"),
    "Chinese": ("社" * 120, "zh"),
    "Japanese": ("「社会保障：すべての人のために。働く人びとの権利」", "ja"),
    "emoji": ("👩‍🏭" * 30, "en"),
}


@pytest.mark.parametrize(("title", "language"), TITLES.values(), ids=TITLES.keys())
def test_no_title_in_any_script_leaves_the_plaque(title, language):
    picture = pixels_of(drawn(title=title, language=language, issuer=title))

    changed = ImageChops.difference(picture, without_words()).convert("RGB").getbbox()

    assert changed is not None
    left, top, right, bottom = changed
    assert PLAQUE[0] <= left < right <= PLAQUE[2]
    assert PLAQUE[1] <= top < bottom <= PLAQUE[3]
    # Set in the middle, give or take what letters leave free at their sides.
    assert abs((left + right) / 2 - 256) <= 4


@given(st.text(min_size=1), st.sampled_from([range(38, 12, -1), range(18, 11, -1)]))
@settings(max_examples=200)
def test_lines_are_never_estimated_wider_or_higher_than_their_box(text, sizes):
    lettering = letter(plain(text), width=400, height=100, sizes=sizes)

    assert lettering.height <= 100
    assert all(estimated_width(line) * lettering.size <= 400 for line in lettering.lines)
    assert all(0 < baseline < 100 for baseline, _ in lettering.placed)


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"]), max_size=120))
def test_no_word_of_a_title_is_lost(title):
    words = plain(title)
    lettering = letter(words, width=416, height=132, sizes=range(38, 12, -1))

    if not any(line.endswith("…") for line in lettering.lines):
        assert "".join(lettering.lines).replace(" ", "") == words.replace(" ", "")


def test_the_shorter_a_title_the_larger_it_is():
    sizes = [
        letter(LONG[:length], width=416, height=100, sizes=range(38, 12, -1)).size
        for length in (10, 40, 60, 90)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 38
    assert sizes[-1] < 30


def test_lines_are_of_about_equal_length():
    lines = letter("Closing gender gaps in social protection", width=416, height=100, sizes=[30])

    assert lines.lines == ["Closing gender gaps", "in social protection"]


def test_a_word_is_made_smaller_rather_than_broken():
    word = "Sozialversicherungsträger"

    assert letter(f"{word} heute", width=300, height=100, sizes=range(38, 12, -1)).lines == [
        word,
        "heute",
    ]
    assert len(letter(word * 3, width=300, height=100, sizes=[20]).lines) > 1


def test_what_fits_at_no_size_ends_in_an_ellipsis():
    lettering = letter(LONG * 4, width=300, height=2 * LEADING * 12, sizes=[14, 12])

    assert lettering.size == 12
    assert len(lettering.lines) == 2
    assert LONG.startswith(lettering.lines[0])
    assert lettering.lines[1].endswith("…")


def test_no_line_begins_with_a_mark_or_with_what_closes():
    text = "社会保障、" * 12 + "क्षि" * 20
    for width in range(40, 200, 7):
        for line in letter(text, width=width, height=10_000, sizes=[12]).lines:
            assert not re.match("[、\u093f\u094d]", line), line
            assert not line.endswith("\u094d"), line


def test_a_title_that_begins_in_arabic_is_written_from_the_right():
    assert is_right_to_left("102: الحماية ILO")
    assert not is_right_to_left("ILO الحماية")
    assert not is_right_to_left("102")
    assert drawn(title="الحماية").count('direction="rtl"') == 1


def test_fonts_are_named_by_script():
    assert families_of("Łódź, Αθήνα, Київ 1", "pl") == []
    assert families_of("1. हिन्दी", "hi") == ["Noto Serif Devanagari", "Noto Sans Devanagari"]
    assert "Noto Naskh Arabic" in families_of("عمل", "ar")
    assert families_of("社会", "zh")[0] == "Noto Serif CJK SC"
    assert families_of("社会", "zh-Hant")[0] == "Noto Serif CJK TC"
    assert families_of("社会", "ja")[0] == "Noto Serif CJK JP"
    assert families_of("사회", "ko")[0] == "Noto Serif CJK KR"


def test_what_cannot_be_seen_is_left_out():
    assert plain(" A\u202e b\x00\t\n c\ufffe\ud800 ") == "A b c"
    assert plain("a \x00 b") == "a b"
    assert plain("e\u0301") == "é"
    assert plain("क्\u200dष") == "क्\u200dष"


# Pixels


def test_the_png_is_512_pixels_square_on_a_transparent_ground():
    picture = Image.open(io.BytesIO(badge_png(drawn())))

    assert picture.format == "PNG"
    assert picture.size == (512, 512)
    assert picture.mode == "RGBA"
    for corner in ((0, 0), (511, 0), (0, 300), (511, 511)):
        assert picture.getpixel(corner)[3] == 0
    assert picture.getpixel((256, 420))[3] == 255


@pytest.mark.parametrize("pictogram", [None, *PICTOGRAMS])
def test_the_drawing_stands_in_the_middle_of_the_medal(pictogram):
    face = (256 - 90, 174 - 100, 256 + 90, 174 + 90)
    picture = pixels_of(drawn(pictogram=pictogram)).crop(face).convert("RGB")
    ground = Image.new("RGB", picture.size, "#f8ebef")

    left, top, right, bottom = ImageChops.difference(picture, ground).getbbox()

    assert right - left > 100
    assert bottom - top > 100
    assert abs((left + right) / 2 - 90) <= 12
