"""The formats in which questions come and go, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from courseapp.interop.questions import aiken, qti
from courseapp.interop.questions.gift.read import read as read_gift
from courseapp.interop.questions.gift.write import write as write_gift
from courseapp.interop.questions.moodle_xml.read import read as read_moodle_xml
from courseapp.interop.questions.moodle_xml.write import write as write_moodle_xml
from courseapp.interop.questions.types import ExchangedQuestion, Reading, Writing


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how it is named, sent, read and written. Reading refuses a file with `Unreadable`."""

    name: str
    title: str
    media_type: str
    suffix: str
    read: Callable[[bytes], Reading]
    write: Callable[[Sequence[ExchangedQuestion]], Writing]


FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format("gift", "GIFT", "text/plain; charset=utf-8", ".gift", read_gift, write_gift),
        Format("aiken", "Aiken", "text/plain; charset=utf-8", ".txt", aiken.read, aiken.write),
        Format(
            "moodle-xml",
            "Moodle XML",
            "application/xml",
            ".xml",
            read_moodle_xml,
            write_moodle_xml,
        ),
        Format("qti-2.1", "QTI 2.1", "application/zip", ".zip", qti.read, qti.write_21),
        Format("qti-2.2", "QTI 2.2", "application/zip", ".zip", qti.read, qti.write_22),
        Format("qti-3.0", "QTI 3.0", "application/zip", ".zip", qti.read, qti.write_30),
    )
}
