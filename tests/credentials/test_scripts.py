"""Names in the world's scripts: set rightly where there is a font, and said in words where there is none."""

import re
import unicodedata

import pytest

from courseapp.credentials.pdf import (
    CertificatePdf,
    Typesetter,
    certificate_pdf,
    certificate_png,
    certificates_sheet_pdf,
    missing_scripts,
)
from tests.printing import STATEMENT, Paper, Word, paper, printable

pytestmark = pytest.mark.printing

NAMES = {
    "Latin": "Agnieszka Łoś-Þórsdóttir",
    "Cyrillic": "Юлія Їжакевич Ђорђевић",
    "Greek": "Ελένη Παπαδοπούλου",
    "Arabic": "محمد بن علي الحسيني",
    "Devanagari": "किरण क्षत्रिय श्रीवास्तव",
    "Chinese": "王小明",
    "Vietnamese": "Nguyễn Thị Phượng",
}
FONTS = {
    "Latin": "Libertinus",
    "Cyrillic": "Libertinus",
    "Greek": "Libertinus",
    "Arabic": "Naskh",
    "Devanagari": "Devanagari",
    "Chinese": "CJK",
    "Vietnamese": "Libertinus",
}
ARABIC = {
    "language": "ar",
    "title": "شهادة إتمام",
    "statement": "أكملت الدورة",
    "course": "الحماية الاجتماعية للجميع",
    "modules": ["الاقتصاد غير المنظم", "Social dialogue"],
    "issuer": "نقابة عمال الميناء",
    "notice": "هذه الدورة ليست من منشورات المنظمة.",
}


@pytest.fixture(scope="module")
def bare():
    """A machine without a font of its own: there are only those that come with Typst."""
    return Typesetter(ignore_system_fonts=True)


@pytest.fixture
def printed(tmp_path):
    def print_it(**said) -> Paper:
        pdf = certificate_pdf(printable(**said))
        assert pdf.is_complete, (
            f"no font for {pdf.missing}: install fonts-noto-core, fonts-noto-cjk"
        )
        assert pdf.missing == ()
        return paper(tmp_path, pdf.content)

    return print_it


def width_of(page: Paper) -> float:
    """Return how wide the only name in Arabic or Devanagari on a page is."""
    words = [word for word in page.words if re.search("[\u0600-\u06ff\u0900-\u097f]", word.text)]
    return max(word.right for word in words) - min(word.left for word in words)


def place_of(page: Paper, text: str) -> Word:
    """Return a word's place; readers give Arabic words back letter by letter from the left."""
    return next(word for word in page.words if word.text in {text, text[::-1]})


# Where there is a font


def test_this_machine_prints_all_seven_scripts():
    assert missing_scripts() == (), "install fonts-noto-core and fonts-noto-cjk"


@pytest.mark.parametrize("script", NAMES)
def test_a_name_can_be_read_back_as_it_was_typed(printed, script):
    page = printed(holder=NAMES[script])

    assert NAMES[script] in [unicodedata.normalize("NFC", line) for line in page.lines]


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_set_in_letters_made_for_its_script(printed, script):
    fonts = printed(holder=NAMES[script]).fonts

    assert any(FONTS[script] in font for font in fonts), fonts
    assert all(fonts.values()), fonts


@pytest.mark.parametrize("script", NAMES)
def test_titles_of_courses_modules_and_issuers_take_every_script(printed, script):
    said = NAMES[script]
    page = printed(holder=said, course=said, issuer=said, modules=[said, said], notice=said)

    assert unicodedata.normalize("NFC", page.text).count(said) >= 6


@pytest.mark.parametrize("word", ["نبيل", "حسن", "ليلى", "لا"])
def test_arabic_letters_are_joined(printed, word):
    apart = "\u200c".join(word)

    assert width_of(printed(holder=word)) < 0.9 * width_of(printed(holder=apart))


@pytest.mark.parametrize(
    ("joined", "apart"),
    [("क्षत्रिय", "क्\u200cषत्\u200cरिय"), ("श्री", "श्\u200cरी"), ("ज्ञान", "ज्\u200cञान")],
)
def test_devanagari_letters_are_joined(printed, joined, apart):
    # A conjunct is narrower than its letters side by side, which a non-joiner asks for.
    assert width_of(printed(holder=joined)) < 0.9 * width_of(printed(holder=apart))


def test_accents_stand_on_their_letters(printed):
    def wide(name: str) -> float:
        word = place_of(printed(holder=name), unicodedata.normalize("NFC", name))
        return word.right - word.left

    # The distance to a neighbour may differ by a hair.
    assert wide("Nguyễn") == pytest.approx(wide("Nguyen"), abs=1)
    assert wide(unicodedata.normalize("NFD", "Nguyễn")) == wide("Nguyễn")


# From right to left


def test_an_arabic_name_in_an_english_certificate_runs_from_the_right(printed):
    page = printed(holder="محمد بن الحسيني")
    first, second, third = (place_of(page, word) for word in ("محمد", "بن", "الحسيني"))

    assert first.left > second.left > third.left
    assert place_of(page, "Certificate").left < place_of(page, "completion").left


def test_a_mixed_name_keeps_each_part_in_its_own_direction(printed):
    page = printed(holder="ليلى Anne Smith حداد")
    first, anne, smith, last = (place_of(page, word) for word in ("ليلى", "Anne", "Smith", "حداد"))

    # It begins with an Arabic word: at the right. The Latin words in it run from the left.
    assert first.left > smith.left > anne.left > last.left


def test_a_name_that_begins_in_latin_letters_begins_at_the_left(printed):
    page = printed(holder="Layla حداد الحسيني", **ARABIC)
    layla, first, second = (place_of(page, word) for word in ("Layla", "حداد", "الحسيني"))

    assert layla.left < second.left < first.left


def test_an_arabic_certificate_has_its_texts_from_the_right(printed):
    page = printed(holder="ليلى حداد", qr_text="https://learn.example/verify/0", **ARABIC)

    assert place_of(page, "شهادة").left > place_of(page, "إتمام").left
    assert place_of(page, "الاقتصاد").left > place_of(page, "Social").left
    # Codes and addresses still run from the left.
    assert "0123456-789ABCD-EFGHJK7" in page.text
    code = place_of(page, "0123456-789ABCD-EFGHJK7")
    assert code.right - code.left > 50
    assert re.search(rb"/Lang\s*\(ar\)", page.objects)


def test_an_arabic_page_mirrors_what_stands_at_the_side(printed):
    english = place_of(printed(), "0123456-789ABCD-EFGHJK7")
    arabic = place_of(printed(holder="ليلى حداد", **ARABIC), "0123456-789ABCD-EFGHJK7")

    assert english.right < english.page_width / 2
    assert arabic.left > arabic.page_width / 2


def test_an_arabic_certificate_is_complete_and_inside_its_frame(printed):
    page = printed(holder="ليلى حداد", score=90, **ARABIC)

    for said in (*ARABIC["modules"], ARABIC["title"], ARABIC["course"], ARABIC["issuer"]):
        assert said in page.text, said
    assert "2026" in page.text
    assert "90" in page.text
    assert all(word.is_on_the_page for word in page.words)


# Where there is none


def test_it_is_told_for_which_scripts_there_is_no_font(bare):
    assert missing_scripts(typesetter=bare) == ("Chinese",)


def test_a_name_that_cannot_be_drawn_is_said_in_words(bare, tmp_path):
    pdf = certificate_pdf(printable(holder=NAMES["Chinese"]), typesetter=bare)
    page = paper(tmp_path, pdf.content)

    assert not pdf.is_complete
    assert pdf.missing == ("Chinese",)
    assert (
        "Name in Chinese script: see the attached credential and the verification address"
        in page.text
    )
    assert not re.search(r"[\u4e00-\u9fff]", page.text)
    # All the rest is there, and so is the file that holds the name.
    assert STATEMENT.course in page.text
    assert "credential.json" in page.attachments
    assert all(word.is_on_the_page for word in page.words)


def test_words_for_a_name_speak_of_an_attachment_only_where_there_is_one(bare, tmp_path):
    pdf = certificate_pdf(printable(holder=NAMES["Chinese"], credential=None), typesetter=bare)
    text = paper(tmp_path, pdf.content).text

    assert "Name in Chinese script: see the verification address" in text
    assert "attached" not in text


@pytest.mark.parametrize("field", ["course", "issuer", "notice", "title", "statement"])
def test_any_other_text_that_cannot_be_drawn_is_said_in_words_too(bare, tmp_path, field):
    pdf = certificate_pdf(printable(**{field: NAMES["Chinese"]}), typesetter=bare)
    page = paper(tmp_path, pdf.content)

    assert not pdf.is_complete
    assert pdf.missing == ("Chinese",)
    assert "Chinese" in page.text
    assert STATEMENT.holder in page.text


def test_a_chinese_certificate_without_a_font_speaks_english(bare, tmp_path):
    name = NAMES["Chinese"]
    pdf = certificate_pdf(printable(language="zh-Hans", holder=name, course=name), typesetter=bare)
    text = paper(tmp_path, pdf.content).text

    assert not pdf.is_complete
    assert "4 March 2026" in text
    assert "Name in Chinese script" in text


def test_signs_that_are_no_letters_are_said_in_words(bare, tmp_path):
    pdf = certificate_pdf(printable(holder="Alice \U0001f98a"), typesetter=bare)
    text = paper(tmp_path, pdf.content).text

    assert not pdf.is_complete
    assert pdf.missing
    assert "see the attached credential" in text
    assert "\U0001f98a" not in text


@pytest.mark.parametrize("holder", ["Alice \ue000", "Alice \U000f0000"])
def test_letters_without_a_meaning_are_said_in_words_on_every_machine(tmp_path, holder):
    pdf = certificate_pdf(printable(holder=holder))

    assert not pdf.is_complete
    assert "see the attached credential" in paper(tmp_path, pdf.content).text


def test_an_incomplete_certificate_is_the_same_to_the_byte_as_well(bare):
    one = certificate_pdf(printable(holder=NAMES["Chinese"]), typesetter=bare)

    assert isinstance(one, CertificatePdf)
    assert certificate_pdf(printable(holder=NAMES["Chinese"]), typesetter=bare) == one


def test_a_typesetter_is_not_spoilt_by_what_it_could_not_draw(bare):
    before = certificate_pdf(printable(), typesetter=bare)
    certificate_pdf(printable(holder=NAMES["Chinese"]), typesetter=bare)

    assert before.is_complete
    assert certificate_pdf(printable(), typesetter=bare) == before


def test_a_sheet_says_in_words_only_what_cannot_be_drawn(bare, tmp_path):
    everyone = [printable(), printable(holder=NAMES["Chinese"])]
    sheet = certificates_sheet_pdf(everyone, NAMES["Chinese"], "en", typesetter=bare)
    page = paper(tmp_path, sheet)

    assert page.facts["Pages"] == "2"
    assert STATEMENT.holder in page.text
    # Nothing is attached to a sheet.
    assert "Name in Chinese script: see the verification address" in page.text
    assert "attached" not in page.text


def test_a_picture_shows_the_words_and_no_boxes(bare):
    chinese = certificate_png(printable(holder=NAMES["Chinese"]), 320, typesetter=bare)
    other_chinese = certificate_png(printable(holder="張龍"), 320, typesetter=bare)

    assert chinese == other_chinese
