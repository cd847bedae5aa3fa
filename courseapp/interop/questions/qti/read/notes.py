"""What there is to say about an item while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from courseapp.interop.questions.qti.read.document import line_of
from courseapp.interop.questions.types import Remark, Severity


class ItemRefused(Exception):
    """The item cannot become a question; the sentence says why."""

    def __init__(self, sentence: str, element: etree._Element | None = None) -> None:
        """Keep the sentence, and the element that it speaks of."""
        super().__init__(sentence)
        self.sentence = sentence
        self.element = element


@dataclass(slots=True)
class Notes:
    """Collects remarks on one item, each once."""

    about: str
    line: int
    _found: dict[Remark, None] = field(default_factory=dict)

    def changed(self, sentence: str, element: etree._Element | None = None) -> None:
        """Note what of the item has no counterpart."""
        self._add(Severity.CHANGED, sentence, element)

    def refused(self, refusal: ItemRefused) -> None:
        """Note that the item was not taken."""
        self._add(Severity.REFUSED, refusal.sentence, refusal.element)

    def _add(self, severity: Severity, sentence: str, element: etree._Element | None) -> None:
        line = self.line if element is None else line_of(element) or self.line
        self._found[Remark(severity, line, sentence, self.about)] = None

    @property
    def remarks(self) -> Sequence[Remark]:
        """All remarks, in the order in which they came up."""
        return list(self._found)
