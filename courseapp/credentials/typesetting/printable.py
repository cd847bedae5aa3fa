"""What is printed."""

from __future__ import annotations

from dataclasses import dataclass

from courseapp.credentials.looks import Look
from courseapp.credentials.types import Statement


@dataclass(frozen=True, slots=True)
class Printable:
    """A certificate as it goes to print.

    `credential` is attached to the PDF as it is; an older certificate and a preview have none. A `specimen`
    says across the page that it is one.
    """

    statement: Statement
    qr_text: str
    credential: bytes | None
    look: Look
    specimen: bool = False
