"""Certificates in print: a PDF to keep, a cohort's in one, and a picture of one.

Everything is set from the signed statement and the organization's look alone, the same bytes each time. The PDF
of a single certificate carries its credential as an attached file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from babel import Locale
from flask_babel import force_locale
from flask_babel import gettext as _

from courseapp.core.types import JsonObject
from courseapp.credentials.typesetting.printable import Printable
from courseapp.credentials.typesetting.setter import LettersMissing, Typesetter
from courseapp.credentials.typesetting.text import clean, script_of
from courseapp.credentials.typesetting.wording import (
    Draw,
    Instead,
    Pictures,
    Wording,
    language_of,
    locale_of,
)

__all__ = [
    "CertificatePdf",
    "Printable",
    "Typesetter",
    "certificate_pdf",
    "certificate_png",
    "certificates_sheet_pdf",
    "missing_scripts",
]

_TYPESETTER: Final = Typesetter()
_PAGE_WIDTH_INCHES: Final = 297 / 25.4


@dataclass(frozen=True, slots=True)
class CertificatePdf:
    """A certificate's PDF. It is incomplete, and not to be stored, where a text could not be drawn.

    `missing` are the English names of the scripts for which there was no font.
    """

    content: bytes
    is_complete: bool
    missing: tuple[str, ...]


def certificate_pdf(
    printable: Printable, *, typesetter: Typesetter = _TYPESETTER
) -> CertificatePdf:
    """Return an A4 page in landscape that says what the statement says."""
    return _Sheet.of_one(printable).set_with(typesetter).pdf


def certificates_sheet_pdf(
    printables: Sequence[Printable],
    title: str,
    language: str,
    *,
    typesetter: Typesetter = _TYPESETTER,
) -> bytes:
    """Return certificates as one PDF, a page each, bookmarked by name; at least one is needed."""
    if not printables:
        raise ValueError("a sheet needs a certificate")
    # Nothing is attached to a sheet, so that nothing on it may speak of what is attached.
    bare = [replace(printable, credential=None) for printable in printables]
    return (
        _Sheet(bare, clean(title), language, credential=None, bookmarked_by_name=True)
        .set_with(typesetter)
        .pdf.content
    )


def certificate_png(
    printable: Printable, width: int, *, typesetter: Typesetter = _TYPESETTER
) -> bytes:
    """Return a picture of the certificate, `width` pixels wide."""
    data = _Sheet.of_one(printable).set_with(typesetter).data
    return typesetter.png(data, ppi=width / _PAGE_WIDTH_INCHES)


def missing_scripts(*, typesetter: Typesetter = _TYPESETTER) -> tuple[str, ...]:
    """Return the scripts of names (in English) for which this machine has no font."""
    return typesetter.missing_scripts


@dataclass(frozen=True, slots=True)
class _Set:
    """A sheet that was set: the data that could be drawn, and what it gave."""

    data: JsonObject
    pdf: CertificatePdf


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Certificates that go into one PDF."""

    printables: Sequence[Printable]
    title: str
    language: str
    credential: bytes | None
    bookmarked_by_name: bool

    @classmethod
    def of_one(cls, printable: Printable) -> _Sheet:
        said = printable.statement
        title = f"{clean(said.title)}: {clean(said.module or said.course)}"
        return cls(
            [printable],
            title,
            said.language,
            credential=printable.credential,
            bookmarked_by_name=False,
        )

    def set_with(self, typesetter: Typesetter) -> _Set:
        """Set the sheet; where letters are missing, say so in their place."""
        at = max(printable.statement.issued_at for printable in self.printables)
        try:
            data = self._data(_as_it_is)
            content = typesetter.pdf(data, at=at)
        except LettersMissing:
            marking = _Marking(typesetter)
        else:
            return _Set(data, CertificatePdf(content, is_complete=True, missing=()))
        try:
            data = self._data(marking.draw)
            content = typesetter.pdf(data, at=at)
        except LettersMissing:
            # The certificate's own words cannot be drawn either: they are said in English.
            data = self._data(marking.draw, in_english=True)
            content = typesetter.pdf(data, at=at)
            marking.miss(locale_of(self.language).get_language_name("en"))
        return _Set(data, CertificatePdf(content, is_complete=False, missing=marking.missing))

    def _data(self, draw: Draw, *, in_english: bool = False) -> JsonObject:
        def locale(language: str) -> Locale:
            return Locale("en") if in_english else locale_of(language)

        with force_locale(locale(self.language)):
            specimen = f"{_('SPECIMEN')}: " if self.printables[0].specimen else ""
            described = _("The certificate as a signed credential (Open Badges 3.0)")
        pictures = Pictures()
        pages = [
            Wording(locale(printable.statement.language), draw, pictures).page(
                printable, bookmarked_by_name=self.bookmarked_by_name
            )
            for printable in self.printables
        ]
        return {
            **language_of(locale(self.language)),
            "title": specimen + self.title,
            "author": clean(self.printables[0].statement.issuer),
            "credential": None if self.credential is None else self.credential.decode(),
            "credential_description": described,
            "pictures": pictures.by_name(),
            "pages": pages,
        }


def _as_it_is(text: str, instead: Instead) -> str:
    del instead
    if not text:
        raise LettersMissing("a text that is needed has no letters at all")
    return text


class _Marking:
    """Finds the texts that no font can draw, and puts sentences in their place."""

    def __init__(self, typesetter: Typesetter) -> None:
        self._draws = cache(typesetter.draws)
        self._missing: dict[str, None] = {}

    def draw(self, text: str, instead: Instead) -> str:
        if text and (text.isascii() or self._draws(text)):
            return text
        letter = next((letter for letter in text if not self._draws(letter)), "")
        script = script_of(letter) if letter else None
        self.miss(script)
        return instead(script)

    def miss(self, script: str | None) -> None:
        self._missing[script or "unknown"] = None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(self._missing)
