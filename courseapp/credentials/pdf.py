"""The certificate as a PDF, set by Typst from nothing but the signed statement: the same bytes each time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import segno
import typst
from babel.dates import format_date

from courseapp.credentials.rules import format_code
from courseapp.credentials.types import Statement

_TEMPLATE: Final = Path(__file__).parent / "certificate.typ"
# Typst's compiler keeps its fonts between runs; it is not safe to share without turns.
_compiling: Final = Lock()


def certificate_pdf(statement: Statement) -> bytes:
    """Return an A4 page in landscape that says what the statement says."""
    data = {
        "title": statement.title,
        "holder": statement.holder,
        "statement": statement.statement,
        "course": statement.course,
        "modules": list(statement.modules),
        "hours": f"{statement.hours:g}",
        "date": format_date(
            statement.completed_on, format="long", locale=_date_locale(statement.language)
        ),
        "issuer": statement.issuer,
        "code": format_code(statement.code),
        "verify_url": statement.verify_url,
        "notice": statement.notice,
        # Typst takes the language without its script or region.
        "language": statement.language.partition("-")[0],
        "qr": [
            [int(bool(dark)) for dark in row]
            for row in segno.make(statement.verify_url, micro=False).matrix
        ],
    }
    with _compiling:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs={"certificate": json.dumps(data, ensure_ascii=False)},
            timestamp=datetime.combine(statement.issued_at.date(), time(), UTC),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("Typst returned no single document")
    return pdf


def _date_locale(language: str) -> str:
    # English dates as most of the world writes them: the day first.
    return "en_GB" if language == "en" else language.replace("-", "_")


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(_TEMPLATE))
