"""The certificate as a PDF: a page to frame, a file to keep, the same bytes each time."""

import base64
import hashlib
import os
import re
import struct
import subprocess
import sys
import unicodedata
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import segno
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel

from courseapp.credentials.looks import Look, Signatory
from courseapp.credentials.pdf import certificate_pdf, certificate_png, certificates_sheet_pdf
from courseapp.credentials.typesetting.drawing import qr_code
from tests.printing import CREDENTIAL, QR_TEXT, STATEMENT, Paper, paper, printable

pytestmark = pytest.mark.printing

A4 = (841.89, 595.28)
LONG = "Wolfeschlegelsteinhausenbergerdorff "
CROWDED = {
    "holder": (LONG * 6)[:200].strip(),
    "course": "A course about everything that a workers' representative ever has to know, and more "
    "than that, told at some length in its very title, for those who read it to the end",
    "modules": [f"Module number {number} with a title of some length" for number in range(12)],
    "notice": "This course is built on public facts about the themes of the package. " * 4,
    "issuer": "The united federation of harbour, transport and warehouse workers' unions of the coast",
    "score": 100,
}


def a_picture(width: int = 120, height: int = 40) -> bytes:
    """Return a PNG: grey stripes."""
    row = b"\0" + bytes(x * 9 % 256 for x in range(width))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


SIGNED = Look(
    "#1f5f4a",
    logo=a_picture(200, 80),
    logo_format="png",
    signatories=[
        Signatory("Dana Okafor", "General secretary", a_picture()),
        Signatory("Chen Wei", "Head of education", a_picture(90, 30)),
    ],
)


@pytest.fixture
def printed(tmp_path):
    """Print a certificate and lay it before the reader."""

    def print_it(**said) -> Paper:
        pdf = certificate_pdf(printable(**said))
        assert pdf.is_complete
        return paper(tmp_path, pdf.content)

    return print_it


def tall(page: Paper, text: str) -> float:
    return next(word.bottom - word.top for word in page.words if word.text == text)


# What it is


def test_it_is_one_page_of_a4_in_landscape(printed):
    facts = printed().facts

    assert facts["Pages"] == "1"
    size = re.findall(r"[\d.]+", facts["Page size"])
    assert [float(number) for number in size[:2]] == pytest.approx(A4, abs=0.1)


def test_made_again_it_is_the_same_to_the_byte():
    assert certificate_pdf(printable()) == certificate_pdf(printable())


@pytest.mark.parametrize(("zone", "seed"), [("Pacific/Apia", "1"), ("America/Lima", "2")])
def test_another_process_in_another_time_zone_makes_the_same_bytes(zone, seed):
    script = (
        "import hashlib; from courseapp.credentials.pdf import certificate_pdf\n"
        "from tests.credentials.test_pdf import SIGNED; from tests.printing import printable\n"
        "print(hashlib.sha256(certificate_pdf(printable(look=SIGNED)).content).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed},
    )

    here = certificate_pdf(printable(look=SIGNED)).content
    assert done.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_four_threads_get_what_one_would():
    wanted = [printable(holder=f"Learner {number}") for number in range(12)]
    alone = [certificate_pdf(one) for one in wanted]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(certificate_pdf, wanted)) == alone


@pytest.mark.parametrize(
    "change",
    [{"holder": "Bola Adeyemi"}, {"completed_on": date(2026, 3, 5)}, {"score": 80}, {"hours": 5.0}],
)
def test_another_statement_is_another_pdf(change):
    assert certificate_pdf(printable(**change)).content != certificate_pdf(printable()).content


def test_it_is_made_for_archives_and_for_screen_readers(printed):
    page = printed(look=SIGNED)

    assert page.facts["Title"] == "Certificate of completion: Social protection for all"
    assert page.facts["Author"] == STATEMENT.issuer
    assert page.facts["Tagged"] == "yes"
    assert re.search(rb"/Lang\s*\(en\)", page.objects)
    assert b"<pdfaid:part>3</pdfaid:part>" in page.objects
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in page.objects
    assert b"<pdfuaid:part>1</pdfuaid:part>" in page.objects


def test_its_headings_are_the_title_and_the_name(printed):
    page = printed()

    assert [tag for tag in page.tags if re.fullmatch(r"H\d?", tag)] == ["H1", "H2"]


def test_each_picture_has_words_for_those_who_do_not_see_it(printed):
    page = printed(look=SIGNED)

    # The logo, two signatures, the QR code; all other lines are decoration.
    assert page.tags.count("Figure") == 4
    assert page.says("Signature of Dana Okafor")
    assert page.says("Signature of Chen Wei")
    assert page.objects.count(b"/Alt") >= 4


def test_every_font_is_inside_it_and_can_be_read_as_text(printed):
    fonts = printed(look=SIGNED).fonts

    assert fonts
    assert all(fonts.values()), fonts


# What it says


def test_a_reader_hears_title_name_statement_course_in_this_order(printed):
    text = printed(score=85).text
    order = [
        STATEMENT.title,
        STATEMENT.holder,
        STATEMENT.statement,
        STATEMENT.course,
        STATEMENT.modules[0],
        STATEMENT.modules[1],
    ]

    places = [text.index(said) for said in order]
    assert places == sorted(places), text


def test_it_says_who_issues_it_when_what_was_done_and_where_it_is_verified(printed):
    text = printed(score=85).text

    for said in (
        STATEMENT.issuer,
        "4 March 2026",
        "5 March 2026",
        "4.5 hours",
        "85%",
        STATEMENT.verify_url,
        "0123456-789ABCD-EFGHJK7",
        STATEMENT.notice,
    ):
        assert said in text, said


def test_it_names_a_score_only_where_the_course_does(printed):
    assert "score" not in printed().text.casefold()
    assert "0%" in printed(score=0).text


def test_it_names_no_hours_where_the_course_has_none(printed):
    assert "hour" not in printed(hours=0.0).text
    assert "1 hour" in printed(hours=1.0).text
    assert "1 hours" not in printed(hours=1.0).text


def test_its_address_can_be_followed(printed):
    page = printed()

    assert re.search(
        rb"/URI\s*\(" + re.escape(STATEMENT.verify_url.encode()) + rb"\)", page.objects
    )


def test_a_modules_certificate_is_the_smaller_sibling(printed):
    course = printed()
    module = printed(module="Closing gender gaps", module_key="gaps", modules=[])

    assert "Closing gender gaps" in module.text
    assert STATEMENT.course in module.text
    assert module.text.index("Closing gender gaps") < module.text.index(STATEMENT.course)
    assert "The informal economy" not in module.text
    assert tall(module, "Alice") < tall(course, "Alice")
    assert tall(module, "Certificate") < tall(course, "Certificate")
    assert module.facts["Title"] == "Certificate of completion: Closing gender gaps"


@pytest.mark.parametrize("signing", [0, 1, 2])
def test_up_to_two_sign_it(printed, signing):
    look = replace(SIGNED, signatories=SIGNED.signatories[:signing])
    page = printed(look=look)

    for number, person in enumerate(SIGNED.signatories):
        assert (person.name in page.text) == (number < signing)
        assert (person.role in page.text) == (number < signing)
    assert page.pictures == signing + 1


def test_who_has_no_picture_of_a_signature_signs_by_hand(printed):
    page = printed(
        look=Look("#1f5f4a", signatories=[Signatory("Dana Okafor", "General secretary")])
    )

    assert "Dana Okafor" in page.text
    assert page.pictures == 0


def test_a_logo_may_be_a_drawing(printed):
    drawing = (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 4">'
        b'<path fill="#00a000" d="M0 0h10v4h-10z"/></svg>'
    )
    page = printed(look=Look("#1f5f4a", logo=drawing, logo_format="svg"))

    assert page.tags.count("Figure") == 2
    assert page.pictures == 0


def test_a_logo_takes_its_place_and_stays_on_the_page(printed):
    with_logo = printed(look=Look("#1f5f4a", logo=a_picture(2000, 50), logo_format="png"))
    tall_logo = printed(look=Look("#1f5f4a", logo=a_picture(50, 2000), logo_format="png"))

    for page in (with_logo, tall_logo):
        assert page.facts["Pages"] == "1"
        assert all(word.is_on_the_page for word in page.words)


def test_it_has_the_organizations_colour(printed):
    def has_green(page: Paper) -> bool:
        return re.search(rb"\b0\.1215\d* 0\.372\d* 0\.290\d*", page.objects) is not None

    assert has_green(printed(look=Look("#1f5f4a")))
    assert not has_green(printed())


# A specimen


def test_a_preview_says_that_it_is_a_specimen(printed):
    preview = printed(specimen=True, credential=None)

    assert "SPECIMEN" in preview.written
    assert "SPECIMEN" not in printed().written
    assert STATEMENT.holder in preview.text
    assert preview.facts["Pages"] == "1"


# The credential inside


def test_the_credential_comes_out_of_it_to_the_byte(printed):
    page = printed()

    assert page.attachments == {"credential.json": CREDENTIAL}
    assert b"/AFRelationship" in page.objects


def test_without_a_credential_nothing_is_attached(printed):
    assert printed(credential=None).attachments == {}


# The QR code


def matrix_of(svg: str) -> list[list[bool]]:
    """Read the drawing back: which modules are dark."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    rows = [[False] * side for _ in range(side)]
    path = re.findall(r' d="([^"]*)"', svg)[-1]
    for x, y, width in re.findall(r"M(\d+)[ ,](\d+)h(\d+)v1h-\3z", path):
        for column in range(int(x), int(x) + int(width)):
            rows[int(y)][column] = True
    return rows


@pytest.mark.parametrize("text", [STATEMENT.verify_url, QR_TEXT, QR_TEXT.ljust(600, "0")[:600]])
def test_the_qr_code_says_the_text_and_keeps_its_quiet_zone(text):
    drawn = matrix_of(qr_code(text).svg)
    inner = [row[4:-4] for row in drawn[4:-4]]

    assert not any(any(row) for row in (*drawn[:4], *drawn[-4:]))
    assert not any(any(row[:4]) or any(row[-4:]) for row in drawn)
    # The eight masks are eight drawings of the same text.
    assert inner in [
        [[bool(point) for point in row] for row in segno.make(text, error="m", mask=mask).matrix]
        for mask in range(8)
    ]


@pytest.mark.parametrize("length", [60, 300, 600])
def test_the_qr_code_is_large_enough_for_a_phone(length):
    text = QR_TEXT.ljust(length, "0")[:length]
    code = qr_code(text)
    modules = len(segno.make(text, error="m").matrix) + 8

    assert code.millimetres >= 32
    assert code.millimetres / modules >= 0.35
    # Few shapes: one path for all that is dark.
    assert code.svg.count("<path") <= 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_printed_page_shows_the_qr_code_unharmed(printed, language):
    width, height, points = printed(language=language, qr_text=QR_TEXT.ljust(600, "0")[:600]).grey(
        300
    )
    code = qr_code(QR_TEXT.ljust(600, "0")[:600])
    drawn = matrix_of(code.svg)
    module = code.millimetres / 25.4 * 300 / len(drawn)
    middles = [int((number + 0.5) * module) for number in range(len(drawn))]

    def dark(x: int, y: int) -> bool:
        return points[y * width + x] < 128

    # A row through the middle of an upper finder pattern and one through its edge, then everything.
    first = [(middles[column], middles[row]) for row in (4, 7) for column in range(4, 11)]
    expected = [drawn[row][column] for row in (4, 7) for column in range(4, 11)]
    side = int(module * len(drawn))
    for y in range(height // 3, height - side):
        for x in range(width - side):
            if all(
                dark(x + dx, y + dy) == is_dark
                for (dx, dy), is_dark in zip(first, expected, strict=True)
            ) and all(
                dark(x + middles[column], y + middles[row]) == drawn[row][column]
                for row in range(len(drawn))
                for column in range(len(drawn))
            ):
                return
    pytest.fail("the QR code is not on the page as it was made")


# Whatever people are called


@pytest.mark.parametrize("length", [1, 20, 60, 120, 200])
def test_names_of_any_length_stay_inside_the_frame(printed, length):
    holder = ("Maria-Fernanda da Conceição Oliveira " * 9)[:length].strip()
    page = printed(holder=holder)

    assert page.facts["Pages"] == "1"
    assert all(word.is_on_the_page for word in page.words)
    assert holder in page.text


@pytest.mark.parametrize("letter", ["W", "i", "Ж", "م", "王", "अ"])
def test_one_word_of_200_letters_stays_inside_the_frame(printed, letter):
    page = printed(holder=letter * 200)

    assert page.facts["Pages"] == "1"
    assert all(word.is_on_the_page for word in page.words)
    others = printed(holder="–").text.count(letter)
    assert page.text.count(letter) == others + 200


def test_a_longer_name_is_smaller(printed):
    short = printed(holder="Alice Mbeki")
    long = printed(holder="Alice " + "Mbeki " * 19)

    assert tall(long, "Mbeki") < tall(short, "Mbeki")


@pytest.mark.parametrize("look", [Look("#8a2846"), SIGNED], ids=["plain", "signed"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_crowded_certificate_stays_one_page_and_loses_no_word(printed, look, language):
    page = printed(look=look, language=language, qr_text=QR_TEXT.ljust(600, "0")[:600], **CROWDED)

    assert page.facts["Pages"] == "1"
    outside = [word for word in page.words if not word.is_on_the_page]
    assert outside == []
    text = " ".join(page.text.split())
    for said in (CROWDED["holder"], CROWDED["course"], CROWDED["issuer"], *CROWDED["modules"]):
        for word in said.split():
            assert word in text, word


def test_words_do_not_stand_on_one_another(printed):
    page = printed(look=SIGNED, qr_text=QR_TEXT.ljust(600, "0")[:600], **CROWDED)
    words = page.words

    def overlap(one, other) -> bool:
        # A third of the height is what accents and descenders may share with the next line.
        slack = min(one.bottom - one.top, other.bottom - other.top) / 3
        return (
            min(one.right, other.right) - max(one.left, other.left) > 1
            and min(one.bottom, other.bottom) - max(one.top, other.top) > slack
        )

    pairs = [
        (one.text, other.text)
        for place, one in enumerate(words)
        for other in words[place + 1 :]
        if overlap(one, other)
    ]
    assert pairs == []


@pytest.mark.parametrize(
    "holder",
    [
        "O’Neill, Seán “Jack” #[strong] $x$ @ref <label> \\ _a_ *b*",
        '"); panic("',
        "= Heading // comment /* more */ `raw` ~",
        '#import "x" ${1} %(name)s {0} &amp; <b>',
    ],
)
def test_a_name_that_looks_like_code_is_printed_as_it_is(printed, holder):
    assert holder in printed(holder=holder).text


@pytest.mark.parametrize(
    ("holder", "printed_as"),
    [
        ("Alice\u0000 Mbeki", "Alice Mbeki"),
        ("Alice\u0007\u001b[31m Mbeki\u007f", "Alice[31m Mbeki"),
        ("Alice\n\r\t\u2028\u2029 Mbeki", "Alice Mbeki"),
        ("\u202eikebM\u202c Alice", "ikebM Alice"),
        ("\u2066\u2067Alice\u2069 \u202dMbeki", "Alice Mbeki"),
        ("Alice\ud800 Mbeki\udfff", "Alice Mbeki"),
        ("\ufeffAlice\ufffe \U000fffff Mbeki".replace("\U000fffff", ""), "Alice Mbeki"),
    ],
    ids=["NUL", "controls", "line ends", "override", "isolates", "surrogates", "no characters"],
)
def test_characters_that_nobody_sees_do_no_harm(printed, holder, printed_as):
    page = printed(holder=holder, course=holder, issuer=holder, notice=holder, modules=[holder])

    assert printed_as in page.lines
    assert page.facts["Pages"] == "1"


@pytest.mark.parametrize("holder", ["", "\u0000\u202e", "\u200b\u200d \ufeff"])
def test_a_name_without_a_visible_character_gives_a_page_that_is_not_to_be_kept(tmp_path, holder):
    pdf = certificate_pdf(printable(holder=holder))

    assert not pdf.is_complete
    assert STATEMENT.course in paper(tmp_path, pdf.content).text


def test_letters_with_loose_accents_are_printed_as_one(printed):
    holder = "Łukasz Żółć-Čapek Ünal Ágnes"
    loose = unicodedata.normalize("NFD", holder)

    assert loose != holder
    assert holder in unicodedata.normalize("NFC", printed(holder=loose).text)


# The certificate's language


@pytest.mark.parametrize(
    ("language", "written", "hours"),
    [
        ("en", "4 March 2026", "4.5 hours"),
        ("fr", "4 mars 2026", "4,5 heures"),
        ("es", "4 de marzo de 2026", "4,5 horas"),
        ("pt-BR", "4 de março de 2026", "4,5 horas"),
        ("sw", "4 Machi 2026", "4.5"),
        ("xx-unknown", "4 March 2026", "4.5 hours"),
    ],
)
def test_dates_and_numbers_are_written_in_its_language(printed, language, written, hours):
    text = printed(language=language).text.replace("\u202f", " ").replace("\u00a0", " ")

    assert written in text
    assert hours in text


def test_its_words_are_in_its_language_whoever_prints_it(tmp_path):
    catalog = Catalog(locale="fr")
    catalog.add("Completed on", "Achevé le")
    catalog.add("SPECIMEN", "SPÉCIMEN")
    folder = tmp_path / "texts" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path / "texts")
    Babel(app, locale_selector=lambda: "en")

    with app.test_request_context():
        french = certificate_pdf(printable(language="fr", specimen=True))
        english = certificate_pdf(printable(language="en", specimen=True))

    text = paper(tmp_path, french.content).written
    assert "Achevé le" in text
    assert "SPÉCIMEN" in text
    assert "Completed on" in paper(tmp_path, english.content).written
    assert re.search(rb"/Lang\s*\(fr\)", paper(tmp_path, french.content).objects)


# A cohort's in one, and pictures


def test_a_cohorts_certificates_are_one_pdf_bookmarked_by_name(tmp_path):
    names = ["Alice Mbeki", "Bola Adeyemi", "Ελένη Παπαδοπούλου"]
    everyone = [
        printable(holder=names[0]),
        printable(holder=names[1], look=SIGNED),
        printable(holder=names[2], language="fr", module="Closing gender gaps", modules=[]),
    ]
    page = paper(tmp_path, certificates_sheet_pdf(everyone, "Harbour, spring 2026", "en"))

    assert page.facts["Pages"] == "3"
    assert page.facts["Title"] == "Harbour, spring 2026"
    assert page.bookmarks == names
    assert page.attachments == {}
    assert all(word.is_on_the_page for word in page.words)


def test_a_sheet_made_again_is_the_same_to_the_byte():
    everyone = [printable(), printable(holder="Bola Adeyemi")]

    once = certificates_sheet_pdf(everyone, "Harbour", "en")
    assert certificates_sheet_pdf(everyone, "Harbour", "en") == once


def test_a_single_certificate_has_no_bookmark_by_name(printed):
    assert "Alice Mbeki" not in printed().bookmarks


@pytest.mark.parametrize("width", [320, 800, 1200])
def test_a_picture_is_as_wide_as_asked(width):
    picture = certificate_png(printable(), width)

    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", picture[16:24])
    assert wide == width
    assert high == pytest.approx(width / 297 * 210, abs=1.5)


def test_a_picture_shows_the_preview_and_not_an_empty_page():
    plain = certificate_png(printable(), 320)

    assert certificate_png(printable(specimen=True), 320) != plain
    assert certificate_png(printable(holder="Bola Adeyemi"), 320) != plain
    assert len(base64.b64encode(plain)) > 5000


def test_the_date_in_the_file_is_the_day_of_issue_and_not_today(printed):
    page = printed(issued_at=datetime(2021, 7, 8, 23, 59, tzinfo=UTC))

    assert "2021" in page.facts["CreationDate"]
    assert re.search(rb"D:202107", page.objects)
