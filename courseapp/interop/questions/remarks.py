"""Remarks while they are being made: each about a place of a file, and the question that stands there."""

from __future__ import annotations

from dataclasses import dataclass, field

from courseapp.interop.questions.types import Remark, Severity

# A name in a remark is for finding the question again.
_MOST_OF_A_NAME = 60


class NotTaken(Exception):
    """A question cannot be taken; the sentence says why."""


@dataclass(slots=True)
class Notes:
    """Collects remarks about one question, or one place of a file."""

    line: int = 0
    about: str = ""
    remarks: list[Remark] = field(default_factory=list)

    def refuse(self, message: str) -> None:
        """Say why the question is not taken."""
        self._add(Severity.REFUSED, message)

    def change(self, message: str) -> None:
        """Say what of the question is not taken over; said twice, it is one remark."""
        self._add(Severity.CHANGED, message)

    def note(self, message: str) -> None:
        """Say what else there is."""
        self._add(Severity.NOTED, message)

    def _add(self, severity: Severity, message: str) -> None:
        remark = Remark(severity, self.line, message, shortened(self.about))
        if remark not in self.remarks:
            self.remarks.append(remark)


def shortened(text: str, most: int = _MOST_OF_A_NAME) -> str:
    """Return a text on one line, cut if it is long."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
