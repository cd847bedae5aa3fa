"""Certificates in print, for tests: one to print, and what a PDF reader (poppler) finds in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from courseapp.credentials.looks import STANDARD_LOOK, Look
from courseapp.credentials.pdf import Printable
from courseapp.credentials.rules import format_code
from courseapp.credentials.types import Statement

CODE: Final = "0123456789ABCDEFGHJK7"
STATEMENT: Final = Statement(
    code=CODE,
    holder="Alice Mbeki",
    course="Social protection for all",
    course_key="social-protection",
    course_version=1,
    course_digest="0" * 64,
    modules=["Closing gender gaps", "The informal economy"],
    hours=4.5,
    completed_on=date(2026, 3, 4),
    issued_at=datetime(2026, 3, 5, 12, 30, tzinfo=UTC),
    issuer="Harbour Workers' Union",
    language="en",
    title="Certificate of completion",
    statement="has completed the course",
    notice="This course is not an ILO publication.",
    verify_url=f"https://learn.example/verify/{format_code(CODE)}",
)
# As long as a signed statement makes it, and as little regular.
QR_TEXT: Final = f"{STATEMENT.verify_url}#" + "".join(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"[i * i * 7 % 61]
    for i in range(500)
)
CREDENTIAL: Final = '{"name": "Ελένη \\u0000 王小明",\r\n "proof": []}\n'.encode()
# Marks that a PDF reader puts around what runs in the other direction.
_DIRECTION_MARKS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(
    *,
    qr_text: str = QR_TEXT,
    credential: bytes | None = CREDENTIAL,
    look: Look = STANDARD_LOOK,
    specimen: bool = False,
    **said: Any,
) -> Printable:
    """Return a certificate to print: Alice's, but for what is said otherwise."""
    return Printable(replace(STATEMENT, **said), qr_text, credential, look, specimen)


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands, in points from the page's upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    page_width: float
    page_height: float

    @property
    def is_on_the_page(self) -> bool:
        """Whether all of it is inside the frame, 8 mm from the edge."""
        edge = 8 / 25.4 * 72
        return (
            self.left >= edge
            and self.right <= self.page_width - edge
            and self.top >= edge
            and self.bottom <= self.page_height - edge
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF as a reader sees it."""

    path: Path

    @property
    def text(self) -> str:
        """Everything it says in reading order, each run of spaces and line ends as one space."""
        return " ".join(self.lines)

    @property
    def lines(self) -> list[str]:
        """Its lines of text, without empty ones and without marks of direction."""
        found = _DIRECTION_MARKS.sub("", self.ask("pdftotext", "-enc", "UTF-8", self.path, "-"))
        return [" ".join(line.split()) for line in re.split(r"[\n\f]", found) if line.strip()]

    @property
    def written(self) -> str:
        """Everything it says as it was written, turned letters as well, each run of spaces as one."""
        found = self.ask("pdftotext", "-enc", "UTF-8", "-raw", self.path, "-")
        return " ".join(_DIRECTION_MARKS.sub("", found).split())

    @property
    def words(self) -> list[Word]:
        """Its words, each with its place."""
        html = self.ask("pdftotext", "-enc", "UTF-8", "-bbox", self.path, "-")
        # Characters that XML does not allow would be a finding of their own.
        tree = ET.fromstring(html)  # noqa: S314 - poppler wrote it, from what the test made
        space = "{http://www.w3.org/1999/xhtml}"
        return [
            Word(
                word.text or "",
                *(float(word.attrib[name]) for name in ("xMin", "yMin", "xMax", "yMax")),
                float(page.attrib["width"]),
                float(page.attrib["height"]),
            )
            for page in tree.iter(f"{space}page")
            for word in page.iter(f"{space}word")
        ]

    @property
    def facts(self) -> dict[str, str]:
        """What pdfinfo tells: Title, Pages, Tagged, ..."""
        rows = (line.partition(":") for line in self.ask("pdfinfo", self.path).splitlines())
        return {name: value.strip() for name, _, value in rows}

    @property
    def fonts(self) -> dict[str, bool]:
        """Its fonts by name, and whether each is embedded and can be read as text."""
        rows = self.ask("pdffonts", self.path).splitlines()[2:]
        return {
            row.split()[0].partition("+")[2]: row.split()[-5] == row.split()[-3] == "yes"
            for row in rows
        }

    @property
    def attachments(self) -> dict[str, bytes]:
        """The files inside it."""
        folder = self.path.with_suffix(".files")
        folder.mkdir(exist_ok=True)
        self.ask("pdfdetach", "-saveall", "-o", folder, self.path)
        return {found.name: found.read_bytes() for found in folder.iterdir()}

    @property
    def pictures(self) -> int:
        """How many pictures of points it holds, masks aside."""
        rows = self.ask("pdfimages", "-list", self.path).splitlines()[2:]
        return sum(row.split()[2] == "image" for row in rows)

    @property
    def bookmarks(self) -> list[str]:
        """Its outline, from the first to the last."""
        xml = self.ask("pdftohtml", "-xml", "-i", "-stdout", "-enc", "UTF-8", self.path)
        outline = re.search(r"<outline>(.*)</outline>", xml, flags=re.DOTALL)
        return re.findall(r"<item[^>]*>([^<]*)</item>", outline[1]) if outline else []

    @property
    def tags(self) -> list[str]:
        """The kinds of its structure elements in logical order: P, H1, Figure, ..."""
        tree = self.ask("pdfinfo", "-struct", self.path)
        return re.findall(r"^ *([A-Z][A-Za-z0-9]*)\b", tree, flags=re.MULTILINE)

    @property
    def objects(self) -> bytes:
        """Its objects, with those in compressed streams unpacked."""
        pdf = self.path.read_bytes()
        found = [pdf]
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL):
            try:
                found.append(zlib.decompress(stream))
            except zlib.error:
                continue
        return b"\n".join(found)

    def says(self, text: str) -> bool:
        """Tell whether an object holds a text string such as a title or an alternative text."""
        return text.encode() in self.objects or text.encode("utf-16-be") in self.objects

    def grey(self, dpi: int) -> tuple[int, int, bytes]:
        """Return its first page as a grey picture: width, height, and a byte for each point."""
        picture = self.path.with_suffix(f".{dpi}.pgm")
        self.ask(
            "pdftoppm", "-r", str(dpi), "-gray", "-singlefile", self.path, picture.with_suffix("")
        )
        head, points = picture.read_bytes().split(b"\n255\n", 1)
        _, width, height = head.split()
        return int(width), int(height), points

    @staticmethod
    def ask(program: str, *arguments: str | Path) -> str:
        """Run one of poppler's programs and return what it prints."""
        if shutil.which(program) is None:
            pytest.fail(f"these tests read PDFs with {program}: install poppler-utils")
        done = subprocess.run([program, *arguments], capture_output=True, check=True, timeout=60)
        return done.stdout.decode()


def paper(folder: Path, pdf: bytes) -> Paper:
    """Lay a PDF down where the reader's programs find it."""
    path = folder / f"{zlib.crc32(pdf)}.pdf"
    path.write_bytes(pdf)
    return Paper(path)
