"""Feedback that is shown after an answer: to everybody, or to those who gave a certain one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from courseapp.interop.questions.qti.read.body import Texts
from courseapp.interop.questions.qti.read.document import attribute, children
from courseapp.interop.questions.qti.read.expressions import NULL, NotUnderstood
from courseapp.interop.questions.qti.read.notes import Notes
from courseapp.interop.questions.qti.read.processing import Answer, Outcomes, Processing


@dataclass(frozen=True, slots=True, eq=False)
class Feedback:
    """One feedback, and when it is shown."""

    element: etree._Element
    outcome: str
    identifier: str
    shows: bool

    def is_shown(self, outcomes: Outcomes) -> bool:
        """Tell whether it is shown with these outcomes."""
        held = self.identifier in outcomes.get(self.outcome, NULL).items
        return held if self.shows else not held


def feedback_of(element: etree._Element) -> Feedback:
    """Return what an element of feedback says of itself."""
    return Feedback(
        element,
        attribute(element, "outcomeIdentifier"),
        attribute(element, "identifier"),
        attribute(element, "showHide", "show") != "hide",
    )


@dataclass(slots=True)
class Feedbacks:
    """The feedback of one item that stands outside its text. Each is used once."""

    processing: Processing
    texts: Texts
    notes: Notes
    _left: list[Feedback] = field(default_factory=list)

    def find(self, item: etree._Element) -> None:
        """Collect what the item has."""
        self._left = [feedback_of(found) for found in children(item, "modalFeedback")]

    def take(self, *wanted: tuple[str, str]) -> str:
        """Return the feedback that is shown when one of these outcomes has one of these values."""
        found = [f for f in self._left if f.shows and (f.outcome, f.identifier) in wanted]
        return self._text(found)

    def take_named(self, identifier: str) -> str:
        """Return the feedback of this name that is shown in any case."""
        return self._text([f for f in self._general([{}]) if f.identifier == identifier])

    def take_for(self, answers: Sequence[Answer], *, alone: bool) -> Sequence[str]:
        """Return for each answer the feedback that is shown for it, but not for all of them.

        Without `alone`, what is shown for several of them is not meant for one.
        """
        found = [""] * len(answers)
        try:
            outcomes = [self.processing.outcomes(answer) for answer in answers]
        except NotUnderstood:
            return found
        for feedback in list(self._left):
            places = [i for i, after in enumerate(outcomes) if feedback.is_shown(after)]
            if not places or len(places) == len(answers) or not (alone or len(places) == 1):
                continue
            text = self._text([feedback])
            for place in places:
                found[place] = " ".join(filter(None, [found[place], text]))
        return found

    def explanation(self, answers: Sequence[Answer]) -> str:
        """Return what is shown after each of these answers, and note what is left after that."""
        text = self._text(self._general(answers))
        for feedback in self._left:
            title = attribute(feedback.element, "title") or feedback.identifier
            self.notes.changed(
                f"The feedback “{title}” is shown for some answers only. It was left out.",
                feedback.element,
            )
        return text

    def _general(self, answers: Sequence[Answer]) -> Sequence[Feedback]:
        try:
            outcomes = [self.processing.outcomes(answer) for answer in answers]
        except NotUnderstood:
            return self._untouched()
        return [f for f in self._left if all(f.is_shown(after) for after in outcomes)]

    def _untouched(self) -> Sequence[Feedback]:
        """Return what is shown by outcomes that no rule ever sets: they stay as they were declared."""
        element = self.processing.element
        rules = () if element is None else element.iter("setOutcomeValue")
        set_by_rules = {attribute(rule, "identifier") for rule in rules}
        try:
            start = self.processing.start()
        except NotUnderstood:
            return ()
        return [f for f in self._left if f.outcome not in set_by_rules and f.is_shown(start)]

    def _text(self, feedbacks: Sequence[Feedback]) -> str:
        self._left = [f for f in self._left if f not in feedbacks]
        return "\n\n".join(filter(None, (self.texts.markdown(f.element) for f in feedbacks)))
