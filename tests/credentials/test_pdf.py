"""The certificate as a PDF: one page, the same bytes each time, whatever the holder is called."""

import re
import unicodedata
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from courseapp.credentials.pdf import certificate_pdf
from courseapp.credentials.rules import format_code
from courseapp.credentials.types import Statement

CODE = "0123456789ABCDEFGHJK7"
STATEMENT = Statement(
    code=CODE,
    holder="Alice Mbeki",
    course="Social protection for all",
    course_key="social-protection",
    course_version=1,
    course_digest="0" * 64,
    modules=["Closing gender gaps", "The informal economy"],
    hours=4.5,
    completed_on=date(2026, 3, 4),
    issued_at=datetime(2026, 3, 4, 12, 30, tzinfo=UTC),
    issuer="Harbour Workers' Union",
    language="en",
    title="Certificate of completion",
    statement="has completed the course",
    notice="This course is not an ILO publication.",
    verify_url=f"https://learn.example/verify/{format_code(CODE)}",
)


def unpacked(pdf: bytes) -> bytes:
    """Return a PDF's objects, with those in compressed streams unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL)
    found = [pdf]
    for stream in streams:
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def count_pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", unpacked(pdf)))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return certificate_pdf(STATEMENT)


def test_it_is_a_pdf_of_one_a4_page_in_landscape(pdf):
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert count_pages(pdf) == 1
    box = re.search(rb"/MediaBox\s*\[([^\]]+)\]", unpacked(pdf))
    assert box is not None
    assert [round(float(number)) for number in box[1].split()] == [0, 0, 842, 595]


def test_made_again_it_is_the_same_to_the_byte(pdf):
    assert certificate_pdf(STATEMENT) == pdf


def test_another_statement_is_another_pdf(pdf):
    assert certificate_pdf(replace(STATEMENT, holder="Bola Adeyemi")) != pdf
    assert certificate_pdf(replace(STATEMENT, completed_on=date(2026, 3, 5))) != pdf


def test_it_names_its_title_issuer_and_language_and_links_to_its_verification(pdf):
    objects = unpacked(pdf)

    assert STATEMENT.verify_url.encode() in objects
    assert b"/Lang" in objects
    assert b"(en)" in objects
    title = "Certificate of completion: Social protection for all"
    assert title.encode() in objects or title.encode("utf-16-be") in objects


LONG = "Wolfeschlegelsteinhausenbergerdorff "


@pytest.mark.parametrize(
    "holder",
    [
        (LONG * 6)[:200].strip(),
        "W" * 200,
        "Nguyễn Thị Phương Thảo",
        unicodedata.normalize("NFC", "Łukasz Żółć-Čapek Ünal Ágnes"),
        "O’Neill, Seán “Jack” #[strong] $x$ @ref <label> \\ _a_ *b*",
        '"); panic("',
        "X",
    ],
    ids=["very long", "very long in one word", "Vietnamese", "marks", "markup", "code", "short"],
)
def test_it_stays_one_page_whatever_the_holder_is_called(holder):
    assert count_pages(certificate_pdf(replace(STATEMENT, holder=holder))) == 1


def test_it_stays_one_page_for_a_course_with_a_long_title_and_many_modules():
    crowded = replace(
        STATEMENT,
        holder=(LONG * 6)[:200].strip(),
        course="A course about everything that a workers' representative ever has to know, and more",
        modules=[f"Module number {number} with a title of some length" for number in range(12)],
        notice="This course is built on public facts about the themes of the package. " * 4,
    )

    assert count_pages(certificate_pdf(crowded)) == 1


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt-BR", "ar"])
def test_the_date_is_written_in_the_courses_language(language):
    assert count_pages(certificate_pdf(replace(STATEMENT, language=language))) == 1
