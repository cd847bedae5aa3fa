"""Moodle XML to neutral questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from flask_babel import lazy_gettext as _l
from lxml import etree

from courseapp.interop.questions.answers import (
    accepted_texts,
    split_tags,
    true_false,
    without_source,
)
from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.moodle_text import to_plain
from courseapp.interop.questions.moodle_xml.cloze import note_on_other_numbers
from courseapp.interop.questions.moodle_xml.fields import (
    Fields,
    line_of,
    plain_text_of,
    value_of,
)
from courseapp.interop.questions.moodle_xml.gaps import read_cloze, read_selects
from courseapp.interop.questions.moodle_xml.names import default_title
from courseapp.interop.questions.moodle_xml.pictures import Pictures
from courseapp.interop.questions.numbers import credit_of, parse_number, reciprocal
from courseapp.interop.questions.remarks import Notes, NotTaken, shortened
from courseapp.interop.questions.text import escape_markdown, plain_of
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Criterion,
    Essay,
    ExchangedQuestion,
    Gaps,
    Interaction,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Reading,
    Remark,
    TextEntry,
    Unit,
)
from courseapp.interop.questions.xml import parse_xml

MOST_QUESTIONS: Final = 5_000

# What Moodle takes off for a further try when nobody says otherwise: now, once, and for true or false.
_USUAL_PENALTIES: Final = frozenset(map(Decimal, ("0", "0.1", "0.3333333", "1")))
# Moodle's own words for right, partly right and wrong answers, in some languages it is often used in.
_USUAL_FEEDBACK: Final = frozenset(
    {
        "your answer is correct",
        "your answer is partially correct",
        "your answer is incorrect",
        "die antwort ist richtig",
        "die antwort ist teilweise richtig",
        "die antwort ist falsch",
        "votre réponse est correcte",
        "votre réponse est partiellement correcte",
        "votre réponse est incorrecte",
        "respuesta correcta",
        "respuesta parcialmente correcta",
        "respuesta incorrecta",
        "risposta corretta",
        "risposta parzialmente esatta",
        "risposta errata",
        "sua resposta está correta",
        "sua resposta está parcialmente correta",
        "sua resposta está incorreta",
    }
)
_COMBINED_FEEDBACK: Final = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


def read(content: bytes) -> Reading:
    """Return the questions of a file."""
    root = parse_xml(content)
    if root.tag != "quiz":
        raise Unreadable(
            _l(
                "It is not Moodle XML: its first element is %(tag)s, not quiz.",
                tag=f"<{str(root.tag)[:60]}>",
            )
        )
    elements = list(root.iterchildren("question"))
    if len(elements) > MOST_QUESTIONS:
        raise Unreadable(_l("It holds more than five thousand questions."))
    usual_grade = _usual_grade(elements)
    questions: list[ExchangedQuestion] = []
    remarks: list[Remark] = []
    for element in elements:
        notes = Notes(line_of(element), _about(element))
        try:
            question = _read_element(element, notes, usual_grade)
        except NotTaken as reason:
            # What was changed does not matter any more.
            notes.remarks.clear()
            notes.refuse(str(reason))
        else:
            if question is not None:
                questions.append(question)
        remarks += notes.remarks
    return Reading(questions, remarks)


def _about(element: etree._Element) -> str:
    return (
        plain_text_of(element.find("name"))
        or value_of(element, "idnumber")
        or plain_of(plain_text_of(element.find("questiontext"))[:1_000])
    )


def _usual_grade(elements: Sequence[etree._Element]) -> Decimal | None:
    """Return how much most questions of a file count for; essays count for their points."""
    others = [element for element in elements if element.get("type") != "essay"]
    grades = Counter(parse_number(value_of(element, "defaultgrade")) for element in others)
    grades.pop(None, None)
    return max(grades, key=lambda grade: grades[grade]) if grades else None


def _read_element(
    element: etree._Element, notes: Notes, usual_grade: Decimal | None
) -> ExchangedQuestion | None:
    """Return the question of an element, or None if it is a category."""
    kind = element.get("type", "").strip()
    if kind == "category":
        notes.about = ""
        category = shortened(plain_text_of(element.find("category")), 200)
        notes.note(f"From here on, questions are in the category {category}.")
        return None
    if kind not in _READERS and kind not in _WITH_GAPS:
        raise NotTaken(_refusal(kind))
    fields = Fields(element, notes, Pictures(notes))
    text = fields.prompt()
    holder = element.find("questiontext")
    interaction: Interaction
    if kind in _WITH_GAPS:
        prompt, interaction = _WITH_GAPS[kind](text, fields)
    else:
        prompt = fields.convert(text, fields.text_format, holder)
        interaction = _READERS[kind](fields)
    prompt = _with_old_image(prompt, fields)
    explanation, source = without_source(
        fields.markdown("generalfeedback"), plain_text_of(element.find("source"))
    )
    objective, others = split_tags([plain_text_of(tag) for tag in element.iterfind("tags/tag")])
    key = fields.value("idnumber")
    title = to_plain(plain_text_of(element.find("name")))
    _note_what_is_lost(fields, others, usual_grade)
    return ExchangedQuestion(
        prompt=prompt,
        interaction=interaction,
        key=key,
        title="" if title == default_title(key, prompt) else title,
        explanation=explanation,
        source=source,
        objective=objective,
        line=line_of(element),
        pictures=fields.pictures.taken,
    )


def _refusal(kind: str) -> str:
    if kind == "description":
        return "A description is a text, not a question."
    if kind.startswith("calculated"):
        return f"Questions with numbers drawn by chance ({kind}) have no counterpart here."
    if kind.startswith("random"):
        return f"A question that is drawn by chance ({kind}) cannot be taken from a file."
    return f"Questions of the type {shortened(kind) or '(none)'} have no counterpart here."


def _with_old_image(prompt: str, fields: Fields) -> str:
    """Return the prompt with the one picture that very old files keep beside it."""
    encoded, name = fields.value("image_base64"), fields.value("image")
    if not encoded or not name:
        return prompt
    taken = fields.pictures.take(name.rpartition("/")[2], encoded)
    return f"{prompt}\n\n![]({taken})".strip() if taken else prompt


def _note_what_is_lost(fields: Fields, tags: Sequence[str], usual_grade: Decimal | None) -> None:
    notes = fields.notes
    if tags:
        notes.change(f"There is no place for tags: {shortened(', '.join(tags), 200)}.")
    for name in _COMBINED_FEEDBACK:
        said = plain_of(plain_text_of(fields.element.find(name)))
        if said and said.strip(" .!").lower() not in _USUAL_FEEDBACK:
            notes.change(f"There is no feedback on the question as a whole: {shortened(said, 200)}")
    if any(plain_text_of(hint) for hint in fields.all("hint")):
        notes.change("There are no hints before a further try.")
    penalty = parse_number(fields.value("penalty"))
    if penalty is not None and penalty not in _USUAL_PENALTIES:
        notes.change(f"A further try costs nothing here; there it costs {penalty} of the point.")
    grade = parse_number(fields.value("defaultgrade"))
    is_essay = fields.element.get("type") == "essay"
    if grade is not None and grade != usual_grade and not is_essay:
        notes.change(f"All questions count the same here; there this one counts for {grade:f}.")


# -- Sorts of questions -------------------------------------------------------------------------------


def _credit(answer: etree._Element) -> int:
    fraction = answer.get("fraction", "").strip()
    credit = credit_of(fraction or "0")
    if credit is None:
        raise NotTaken(f"{shortened(fraction)} % is no share of a point.")
    return credit


def _options(fields: Fields) -> Sequence[Option]:
    return [
        Option(
            fields.text_in(answer),
            _credit(answer),
            fields.text_in(answer.find("feedback")),
            answer.get("key", ""),
        )
        for answer in fields.all("answer")
        if plain_text_of(answer)
    ]


def _choice(fields: Fields) -> Choice:
    found = _options(fields)
    options = [option for option in found if option.text]
    if len(options) < len(found):
        fields.notes.change("An option that shows nothing was left out.")
    if len(options) < 2:
        raise NotTaken("A choice needs two options at least.")
    many = not fields.is_on("single", otherwise=True)
    if not any(option.credit > 0 for option in options):
        raise NotTaken("No option is marked as right.")
    if not many and not any(option.credit == 100 for option in options):
        raise NotTaken("No option earns all of the point.")
    return Choice(tuple(options), many, shuffle=fields.is_on("shuffleanswers", otherwise=False))


def _true_false(fields: Fields) -> Choice:
    right: bool | None = None
    feedback = {True: "", False: ""}
    for place, answer in enumerate(fields.all("answer")):
        word = plain_text_of(answer).lower()
        # In old files the words are those of the site's language, and true comes first.
        stands_for = word == "true" if word in {"true", "false"} else place == 0
        feedback[stands_for] = fields.text_in(answer.find("feedback"))
        right = stands_for == (_credit(answer) == 100)
    if right is None:
        raise NotTaken("Neither true nor false is marked as right.")
    return true_false(answer=right, if_true=feedback[True], if_false=feedback[False])


def _text_entry(fields: Fields) -> TextEntry:
    accept = [
        Option(
            text,
            _credit(answer),
            fields.text_in(answer.find("feedback")),
            answer.get("key", ""),
        )
        for answer in fields.all("answer")
        if (text := plain_text_of(answer))
    ]
    if not any(option.credit == 100 for option in accept):
        raise NotTaken("No answer earns all of the point.")
    options, wildcards = accepted_texts(accept)
    return TextEntry(options, fields.is_on("usecase", otherwise=False), wildcards)


def _number_entry(fields: Fields) -> NumberEntry:
    accept = []
    for answer in fields.all("answer"):
        text = plain_text_of(answer)
        feedback = fields.text_in(answer.find("feedback"))
        if text in {"*", ""}:
            note_on_other_numbers(feedback, _credit(answer), fields.notes)
            continue
        value, tolerance = parse_number(text), parse_number(value_of(answer, "tolerance") or "0")
        if value is None or tolerance is None:
            raise NotTaken(f"This is no number: {shortened(text)}")
        accept.append(AcceptedNumber(value, abs(tolerance), _credit(answer), feedback))
    if not any(number.credit == 100 for number in accept):
        raise NotTaken("No number earns all of the point.")
    if fields.value("unitgradingtype", "0") != "0":
        fields.notes.change("A wrong unit costs all of the point here.")
    return NumberEntry(tuple(accept), _units(fields))


def _units(fields: Fields) -> Sequence[Unit]:
    units = []
    for element in fields.element.iterfind("units/unit"):
        multiplier = parse_number(value_of(element, "multiplier", "1"))
        name = to_plain(value_of(element, "unit_name"))
        if not multiplier or not name:
            raise NotTaken("A unit has no name, or no number.")
        units.append(Unit(name, reciprocal(multiplier, digits=12)))
    # Numbers are of the unit that is taken once; here it comes first.
    units.sort(key=lambda unit: unit.factor != 1)
    if units and units[0].factor != 1:
        raise NotTaken("None of the units is the one of the numbers, with the multiplier 1.")
    return tuple(units)


def _matching(fields: Fields) -> Matching:
    pairs, distractors = [], []
    for element in fields.all("subquestion"):
        text = fields.text_in(element)
        match = escape_markdown(to_plain(plain_text_of(element.find("answer"))))
        if text and not match:
            raise NotTaken("Something to match has no partner.")
        if text:
            pairs.append(Pair(text, match, key=element.get("key", "")))
        elif match:
            distractors.append(match)
    if len(pairs) + len(distractors) < 2 or not pairs:
        raise NotTaken("There must be two things to match at least.")
    return Matching(
        tuple(pairs), tuple(distractors), shuffle=fields.is_on("shuffleanswers", otherwise=True)
    )


def _ordering(fields: Fields) -> Ordering:
    steps = [text for answer in fields.all("answer") if (text := fields.text_in(answer))]
    if len(steps) < 2:
        raise NotTaken("There must be two steps at least.")
    if any(plain_text_of(answer.find("feedback")) for answer in fields.all("answer")):
        fields.notes.change("There is no feedback on single steps.")
    shown = fields.value("selectcount") or fields.value("studentsee", "0")
    sample = fields.value("selecttype") or fields.value("logical", "ALL")
    if sample not in {"ALL", "0"} and shown.isdecimal() and 2 <= int(shown[:9]) < len(steps):
        fields.notes.change(f"All {len(steps)} steps are shown here, not {shown} of them.")
    if fields.value("gradingtype") == "ALL_OR_NOTHING":
        fields.notes.change("An order that is partly right earns a part of the point here.")
    return Ordering(tuple(steps))


_CRITERION: Final = re.compile(r"- (?P<text>.+) \((?P<points>[0-9]{1,2})\)")


def _essay(fields: Fields) -> Essay:
    notes = fields.notes
    if fields.value("responseformat") == "noinline":
        raise NotTaken("Questions that are answered with a file have no counterpart here.")
    if fields.value("attachments", "0") != "0":
        notes.change("Files cannot be handed in with an answer.")
    for name, words in (("minwordlimit", "at least"), ("maxwordlimit", "at most")):
        if (limit := fields.value(name, "0")) not in {"0", ""}:
            notes.change(f"Words are not counted here; there it was to be {words} {limit}.")
    if plain_of(plain_text_of(fields.element.find("responsetemplate"))):
        notes.change("There is no text to start from.")
    most = fields.value("mostcharacters")
    return Essay(_rubric(fields), int(most) if re.fullmatch(r"[0-9]{1,6}", most) else None)


def _rubric(fields: Fields) -> Sequence[Criterion]:
    """Return the notes for those who grade, if they are a rubric as we write it."""
    text = fields.markdown("graderinfo")
    lines = [_CRITERION.fullmatch(line) for line in text.split("\n")] if text else []
    criteria = tuple(Criterion(line["text"], int(line["points"])) for line in lines if line)
    if len(criteria) < len(lines):
        fields.notes.change(
            f"There is no place for notes on grading: {shortened(plain_of(text), 300)}"
        )
        return ()
    return criteria


_READERS: Final[Mapping[str, Callable[[Fields], Interaction]]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _text_entry,
    "numerical": _number_entry,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
    "essay": _essay,
}
_WITH_GAPS: Final[Mapping[str, Callable[[str, Fields], tuple[str, Gaps]]]] = {
    "cloze": read_cloze,
    "multianswer": read_cloze,
    "gapselect": read_selects,
    "ddwtos": read_selects,
}
