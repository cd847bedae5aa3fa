"""The typesetter: Typst, with its fonts loaded once."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

import typst

from courseapp.core.types import JsonObject

_TEMPLATES: Final = Path(__file__).parent
# An archive's PDF (PDF/A-3, which may hold the credential) that a screen reader can read (PDF/UA-1).
_STANDARDS: Final[list[Any]] = ["a-3a", "ua-1"]
# A few letters that need shaping or marks, of each script in which a certificate has to be printable.
_SAMPLES: Final = {
    "Latin": "Ağnieszka Łoś",
    "Cyrillic": "Ђорђе Їжак",
    "Greek": "Ελένη Ώρα",
    "Arabic": "محمد پژمان",
    "Devanagari": "अमित ज्ञान श्री",
    "Chinese": "王小明張龍",
    "Vietnamese": "Nguyễn Thị Phượng",
}


class LettersMissing(Exception):
    """No font has some letter: what is printed would be boxes."""


class Typesetter:
    """Sets sheets. One is enough for a process: it takes turns, for Typst's compiler is not to be shared.

    Without the system's fonts it has only those that come with Typst.
    """

    def __init__(self, *, ignore_system_fonts: bool = False) -> None:
        self._ignore_system_fonts = ignore_system_fonts
        self._turn = Lock()

    def pdf(self, sheet: JsonObject, *, at: datetime) -> bytes:
        """Set a sheet as a PDF that says it was made `at`; raises LettersMissing rather than draw boxes."""
        return self._compile("certificate.typ", {"sheet": json.dumps(sheet)}, int(at.timestamp()))

    def png(self, sheet: JsonObject, *, ppi: float) -> bytes:
        """Set a sheet's first page as a picture. Typst draws boxes here: try the PDF first."""
        with self._turn:
            made = self._compiler.compile(
                input=_TEMPLATES / "certificate.typ",
                format="png",
                ppi=ppi,
                sys_inputs={"sheet": json.dumps(sheet)},
            )
        return made if isinstance(made, bytes) else _first(made)

    def draws(self, text: str) -> bool:
        """Tell whether there are fonts for every letter of a text."""
        try:
            self._compile("sample.typ", {"sample": text}, 0)
        except LettersMissing:
            return False
        return True

    @cached_property
    def missing_scripts(self) -> tuple[str, ...]:
        """The scripts of certificates for which no font is here."""
        return tuple(name for name, sample in _SAMPLES.items() if not self.draws(sample))

    def _compile(self, template: str, inputs: dict[str, str], timestamp: int) -> bytes:
        made_as: Literal["pdf"] = "pdf"
        with self._turn:
            try:
                made = self._compiler.compile(
                    input=_TEMPLATES / template,
                    format=made_as,
                    sys_inputs=inputs,
                    pdf_standards=_STANDARDS,
                    timestamp=timestamp,
                )
            except typst.TypstError as error:
                if _is_about_letters(error):
                    raise LettersMissing(error.message) from error
                raise
        return made if isinstance(made, bytes) else _first(made)

    @cached_property
    def _compiler(self) -> typst.Compiler:
        return typst.Compiler(root=_TEMPLATES, ignore_system_fonts=self._ignore_system_fonts)


def _is_about_letters(error: typst.TypstError) -> bool:
    # Typst has no code for it; these are its two sentences. The second is about the private use area, whose
    # letters mean something else in each font.
    return (
        "could not be displayed with" in error.message
        or "the PDF contains the codepoint" in error.message
    )


def _first(made: list[bytes] | None) -> bytes:
    if not made:
        raise TypeError("Typst returned no document")
    return made[0]
