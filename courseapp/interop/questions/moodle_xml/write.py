"""Neutral questions to Moodle XML."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Final

from lxml import etree

from courseapp.interop.questions.answers import graded, objective_tag, with_source, written_text
from courseapp.interop.questions.moodle_text import TextFormat, from_plain
from courseapp.interop.questions.moodle_xml.cloze import find_gaps, written_gap
from courseapp.interop.questions.moodle_xml.names import default_title
from courseapp.interop.questions.moodle_xml.pictures import PLUGIN_FILE
from courseapp.interop.questions.numbers import reciprocal, written
from courseapp.interop.questions.remarks import Notes, NotTaken
from courseapp.interop.questions.text import (
    escape_markdown,
    html_of,
    on_one_line,
    plain_of_markdown,
    writable,
)
from courseapp.interop.questions.types import (
    Choice,
    Essay,
    ExchangedQuestion,
    Gaps,
    Interaction,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Remark,
    TextEntry,
    Writing,
)

_PENALTY: Final = "0.3333333"
_IMAGE: Final = re.compile(r"(!\[[^\[\]]*\]\()([^()\s]+)(?=\))")


def write(questions: Sequence[ExchangedQuestion]) -> Writing:
    """Return a file of questions."""
    quiz = etree.Element("quiz")
    remarks: list[Remark] = []
    for question in questions:
        notes = Notes(about=question.key or question.title or question.prompt)
        try:
            quiz.append(_Page(question, notes).element())
        except NotTaken as reason:
            notes.remarks.clear()
            notes.refuse(str(reason))
        remarks += notes.remarks
    content: bytes = etree.tostring(quiz, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return Writing(content, remarks)


@dataclass(slots=True)
class _Page:
    """The element of one question while it is written."""

    question: ExchangedQuestion
    notes: Notes
    _shown: set[str] = field(default_factory=set)

    def element(self) -> etree._Element:
        """Return the element."""
        question = self.question
        root = etree.Element("question", type=_type_of(question.interaction))
        title = question.title.strip() or default_title(question.key, question.prompt)
        _add_text(_add(root, "name"), from_plain(title))
        self.text(root, "questiontext", self._prompt(root))
        self.text(root, "generalfeedback", with_source(question))
        if not isinstance(question.interaction, Gaps):
            # Gaps have their points beside them.
            _add(root, "defaultgrade", _grade_of(question.interaction))
        _add(root, "penalty", "1" if _type_of(question.interaction) == "truefalse" else _PENALTY)
        _add(root, "hidden", "0")
        _add(root, "idnumber", question.key)
        _add_answers(question.interaction, root, self)
        if question.source:
            # Moodle looks past this; it says which part of the explanation is the source.
            _add_text(_add(root, "source"), question.source)
        if question.objective:
            tag = _add(_add(root, "tags"), "tag")
            _add_text(tag, objective_tag(question.objective))
        for picture in question.pictures:
            if picture.name not in self._shown:
                self.notes.change(f"No text shows the picture {picture.name}: it was left out.")
        return root

    def _prompt(self, root: etree._Element) -> str:
        """Return the prompt, with gaps as Moodle has them."""
        prompt = self.question.prompt
        if not isinstance(self.question.interaction, Gaps):
            return prompt
        if any(find_gaps(prompt)):
            raise NotTaken("The text has words in it that Moodle would take for a gap.")
        gaps = self.question.interaction.gaps
        for key, gap in gaps.items():
            mark = f"[[{key}]]"
            if prompt.count(mark) != 1:
                raise NotTaken(f"The text must hold the gap {mark} once.")
            prompt = prompt.replace(mark, written_gap(gap, self.notes))
        # Moodle looks past these; they keep the gaps' keys, in the order of the gaps in the text.
        for key in sorted(gaps, key=lambda key: self.question.prompt.index(f"[[{key}]]")):
            _add(root, "gap", key=key)
        return prompt

    def text(
        self, parent: etree._Element, name: str, markdown: str, **attributes: str
    ) -> etree._Element:
        """Add an element with a text, and the pictures that it shows."""
        holder = _add(parent, name, format=TextFormat.MARKDOWN.value, **attributes)
        pictures = {picture.name: picture.content for picture in self.question.pictures}
        shown = [name for _, name in _IMAGE.findall(markdown) if name in pictures]
        _add_text(
            holder,
            _IMAGE.sub(
                lambda match: (
                    f"{match[1]}{PLUGIN_FILE}{match[2]}" if match[2] in pictures else match[0]
                ),
                markdown,
            ),
        )
        for picture in dict.fromkeys(shown):
            self._shown.add(picture)
            encoded = base64.b64encode(pictures[picture]).decode()
            _add(holder, "file", encoded, name=picture, path="/", encoding="base64")
        return holder

    def answer(
        self, parent: etree._Element, option: Option, text: str | None = None
    ) -> etree._Element:
        """Add an answer with its credit and feedback; its text is plain if it is given."""
        attributes = {"fraction": graded(option.credit, self.notes)}
        if option.key:
            attributes["key"] = option.key
        if text is None:
            answer = self.text(parent, "answer", option.text, **attributes)
        else:
            answer = _add(parent, "answer", format=TextFormat.PLAIN.value, **attributes)
            _add_text(answer, text)
        self.text(answer, "feedback", option.feedback)
        return answer


def _add(parent: etree._Element, name: str, text: str = "", /, **attributes: str) -> etree._Element:
    clean = {name: writable(value) for name, value in attributes.items()}
    element = etree.SubElement(parent, name, clean)
    if text:
        element.text = writable(text)
    return element


def _add_text(parent: etree._Element, text: str) -> None:
    _add(parent, "text", re.sub(r"\r\n?", "\n", text))


# -- Sorts of questions -------------------------------------------------------------------------------


def _type_of(interaction: Interaction) -> str:
    if isinstance(interaction, Choice):
        return "truefalse" if interaction.is_true_false else "multichoice"
    return _TYPES[type(interaction)]


_TYPES: Final[Mapping[type, str]] = {
    TextEntry: "shortanswer",
    NumberEntry: "numerical",
    Matching: "matching",
    Ordering: "ordering",
    Gaps: "cloze",
    Essay: "essay",
}


def _grade_of(interaction: Interaction) -> str:
    """Return what a question counts for: all the same, but an essay for its points."""
    rubric = interaction.rubric if isinstance(interaction, Essay) else ()
    return str(sum(line.points for line in rubric) or 1)


@singledispatch
def _add_answers(_interaction: Interaction, _root: etree._Element, _page: _Page) -> None:
    """Add what belongs to a sort of question. Gaps have it all in their text."""


@_add_answers.register
def _(choice: Choice, root: etree._Element, page: _Page) -> None:
    if choice.is_true_false:
        _add_true_false(choice, root, page)
        return
    if len(choice.options) < 2:
        raise NotTaken("A choice needs two options at least.")
    right = [option.credit for option in choice.options if option.credit > 0]
    if not right:
        raise NotTaken("No option is right.")
    if not choice.many and 100 not in right:
        raise NotTaken("No option earns all of the point.")
    if choice.many and abs(sum(right) - 100) > 2:
        page.notes.change("Moodle wants the shares of the right options to add up to 100 %.")
    _add(root, "single", "false" if choice.many else "true")
    _add(root, "shuffleanswers", "true" if choice.shuffle else "false")
    _add(root, "answernumbering", "abc")
    for option in choice.options:
        if not option.text.strip():
            raise NotTaken("An option has no text.")
        page.answer(root, option)


def _add_true_false(choice: Choice, root: etree._Element, page: _Page) -> None:
    if [option.credit for option in choice.options] not in ([100, 0], [0, 100]):
        raise NotTaken("One of true and false must be right.")
    for word, option in zip(("true", "false"), choice.options, strict=True):
        page.answer(root, option, word)


@_add_answers.register
def _(entry: TextEntry, root: etree._Element, page: _Page) -> None:
    if not any(option.credit == 100 for option in entry.accept):
        raise NotTaken("No answer earns all of the point.")
    _add(root, "usecase", "1" if entry.case_sensitive else "0")
    for option in entry.accept:
        if not option.text.strip():
            raise NotTaken("An accepted text is empty.")
        page.answer(root, option, written_text(option.text, wildcards=entry.wildcards))


@_add_answers.register
def _(entry: NumberEntry, root: etree._Element, page: _Page) -> None:
    if not any(number.credit == 100 for number in entry.accept):
        raise NotTaken("No number earns all of the point.")
    for number in entry.accept:
        option = Option(written(number.value), number.credit, number.feedback)
        answer = page.answer(root, option, option.text)
        _add(answer, "tolerance", written(number.tolerance))
    if not entry.units:
        return
    if entry.units[0].factor != 1 or any(unit.factor <= 0 for unit in entry.units):
        raise NotTaken("The first unit must be the one of the numbers.")
    units = _add(root, "units")
    for unit in entry.units:
        element = _add(units, "unit")
        _add(element, "multiplier", written(reciprocal(unit.factor, digits=24)))
        _add(element, "unit_name", from_plain(unit.text))


@_add_answers.register
def _(matching: Matching, root: etree._Element, page: _Page) -> None:
    if any(pair.feedback for pair in matching.pairs):
        page.notes.change("Moodle has no feedback on what was matched.")
    if not matching.pairs or len(matching.pairs) + len(matching.distractors) < 2:
        raise NotTaken("There must be two things to match at least.")
    _add(root, "shuffleanswers", "true" if matching.shuffle else "false")
    for pair in matching.pairs:
        if not pair.text.strip():
            raise NotTaken("Something to match has no text.")
        attributes = {"key": pair.key} if pair.key else {}
        element = page.text(root, "subquestion", pair.text, **attributes)
        _add_text(_add(element, "answer"), _partner(pair.match, page.notes))
    for distractor in matching.distractors:
        element = page.text(root, "subquestion", "")
        _add_text(_add(element, "answer"), _partner(distractor, page.notes))


def _partner(markdown: str, notes: Notes) -> str:
    words = " ".join(plain_of_markdown(markdown).split())
    if not words:
        raise NotTaken("Something to match has no partner.")
    if html_of(escape_markdown(words)) != html_of(markdown):
        notes.change(
            "Partners lost their emphasis, links or pictures: Moodle has only words there."
        )
    return from_plain(words)


@_add_answers.register
def _(ordering: Ordering, root: etree._Element, page: _Page) -> None:
    if len(ordering.steps) < 2 or not all(step.strip() for step in ordering.steps):
        raise NotTaken("There must be two steps at least, each with a text.")
    _add(root, "layouttype", "VERTICAL")
    _add(root, "selecttype", "ALL")
    _add(root, "selectcount", str(len(ordering.steps)))
    # The way of grading that comes nearest to ours.
    _add(root, "gradingtype", "RELATIVE_ALL_PREVIOUS_AND_NEXT")
    _add(root, "showgrading", "SHOW")
    for number, step in enumerate(ordering.steps, start=1):
        page.text(root, "answer", step, fraction=str(number))


@_add_answers.register
def _(essay: Essay, root: etree._Element, page: _Page) -> None:
    _add(root, "responseformat", "editor")
    _add(root, "responserequired", "1")
    _add(root, "responsefieldlines", "15")
    _add(root, "attachments", "0")
    lines = [f"- {on_one_line(line.text)} ({line.points})" for line in essay.rubric]
    page.text(root, "graderinfo", "\n".join(lines))
    if essay.most_characters:
        page.notes.change("Moodle does not limit how many characters are written.")
        # Moodle looks past this.
        _add(root, "mostcharacters", str(essay.most_characters))
