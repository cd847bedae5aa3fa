"""GIFT to neutral questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flask_babel import lazy_gettext as _l

from courseapp.interop.questions.answers import (
    accepted_texts,
    split_tags,
    true_false,
    without_source,
)
from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.moodle_text import (
    MOST_CHARACTERS,
    TextFormat,
    to_markdown,
    to_plain,
)
from courseapp.interop.questions.numbers import credit_of, middle, parse_number
from courseapp.interop.questions.remarks import Notes, NotTaken, shortened
from courseapp.interop.questions.text import decode, escape_markdown, plain_of
from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Essay,
    ExchangedQuestion,
    Interaction,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Reading,
    Remark,
    TextEntry,
)

MOST_QUESTIONS: Final = 5_000
# What stands in a text for an answer in its middle.
BLANK: Final = "____"

_FORMATS: Final[Mapping[str, TextFormat]] = {
    "moodle": TextFormat.AUTO,
    "html": TextFormat.HTML,
    "plain": TextFormat.PLAIN,
    "markdown": TextFormat.MARKDOWN,
}
_FORMAT: Final = re.compile(r"\[(moodle|html|plain|markdown)\]")

# Escaped signs are set aside as characters that no text has, until their text is cut out.
_SIGNS: Final = "\\:#={}~n"
_SET_ASIDE: Final = {sign: chr(0xE000 + number) for number, sign in enumerate(_SIGNS)}
_PUT_BACK: Final = str.maketrans(
    {_SET_ASIDE[sign]: "\n" if sign == "n" else sign for sign in _SIGNS}
)
_RESERVED: Final = re.compile("[\ue000-\ue0ff]")
_ESCAPE: Final = re.compile(r"\\([\\:#={}~n])")

_WEIGHT: Final = re.compile(r"%(-*[0-9]{1,2}\.?[0-9]*)%")
_ID: Final = re.compile(r"\[id:((?:\\\]|[^\]])+)\]")
_TAG: Final = re.compile(r"\[tags?:((?:\\\]|[^\]<>`])+)\]")
_SOURCE: Final = re.compile(r"//\s*source:\s*(.+)")
_ORDERING: Final = re.compile(
    r">[ \t]*(?P<shown>[0-9]{1,6})[ \t]*(?P<sample>ALL|EXACT|RANDOM|REL|CONTIGUOUS|CONTIG)?[ \t]*"
    r"(?:HORIZONTAL|HORI|H|1|VERTICAL|VERT|V|0)?[ \t]*"
    r"(?:ALL_OR_NOTHING|ABSOLUTE_POSITION|ABSOLUTE|ABS|RELATIVE_NEXT_EXCLUDE_LAST"
    r"|RELATIVE_NEXT_INCLUDE_LAST|RELATIVE_ONE_PREVIOUS_AND_NEXT|RELATIVE_ALL_PREVIOUS_AND_NEXT"
    r"|RELATIVE_TO_CORRECT|RELATIVE|REL|LONGEST_ORDERED_SUBSET|LONGEST_CONTIGUOUS_SUBSET)?[ \t]*"
    r"(?:SHOW|TRUE|YES|1|HIDE|FALSE|NO|0)?[ \t]*(?:none|abc|ABCD|123|iii|IIII)?[ \t]*\n"
)


def read(content: bytes) -> Reading:
    """Return the questions of a file."""
    questions: list[ExchangedQuestion] = []
    remarks: list[Remark] = []
    for count, block in enumerate(_blocks(decode(content))):
        if count >= MOST_QUESTIONS:
            raise Unreadable(_l("It holds more than five thousand questions."))
        notes = Notes(block.line, block.name)
        try:
            question = _read_block(block, notes)
        except NotTaken as reason:
            # What was changed does not matter any more.
            notes.remarks.clear()
            notes.refuse(str(reason))
        else:
            if question is not None:
                questions.append(question)
        remarks += notes.remarks
    return Reading(questions, remarks)


# -- Blocks ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """What stands between two empty lines. Escaped signs in `text` are set aside."""

    line: int
    text: str
    comments: str

    @property
    def name(self) -> str:
        """The name between double colons, or how the text begins."""
        if self.text.startswith("::"):
            name, _, rest = self.text[2:].partition("::")
            return (name or rest).translate(_PUT_BACK).strip()
        return self.text[:200].translate(_PUT_BACK)


def _blocks(text: str) -> Iterator[_Block]:
    first, lines = 0, []
    for number, raw in enumerate([*text.split("\n"), ""], start=1):
        line = raw.strip()
        if line:
            first = first or number
            lines.append(line)
        elif lines:
            yield from _block(first, lines)
            first, lines = 0, []


def _block(first: int, lines: Sequence[str]) -> Iterator[_Block]:
    comments = [line for line in lines if line.startswith("//")]
    # A line is left where a comment was, as Moodle does it: it parts words.
    kept = [" " if line.startswith("//") else _RESERVED.sub(" ", line) for line in lines]
    text = "\n".join(kept).strip()
    if text:
        begins = next(i for i, line in enumerate(kept) if line.strip())
        set_aside = _ESCAPE.sub(lambda match: _SET_ASIDE[match[1]], text)
        yield _Block(first + begins, set_aside, "\n".join(comments))


def _read_block(block: _Block, notes: Notes) -> ExchangedQuestion | None:
    """Return the question in a block, or None if it is a category."""
    if block.text.startswith("$CATEGORY:"):
        _note_category(block, notes)
        return None
    if len(block.text) > MOST_CHARACTERS:
        raise NotTaken("The question is too long. Is an empty line missing?")
    title, text = _split_name(block.text)
    prompt, answers = _split_answers(text, notes)
    if answers is None:
        raise NotTaken("This is a text, not a question: it has no answers in braces.")
    answers, mark, explanation = answers.rpartition("####")
    if not mark:
        answers, explanation = explanation, ""
    texts = _Texts(notes)
    prompt = texts.first(prompt)
    explanation = texts.markdown(explanation)
    interaction = _interaction(answers.strip(), texts)
    objective, others = split_tags(_tags(block.comments))
    if others:
        notes.change(f"There is no place for tags: {shortened(', '.join(others), 200)}.")
    explanation, source = without_source(explanation, _source(block.comments))
    return ExchangedQuestion(
        prompt=prompt,
        interaction=interaction,
        key=_key(block.comments),
        title=title,
        explanation=explanation,
        source=source,
        objective=objective,
        line=block.line,
    )


def _note_category(block: _Block, notes: Notes) -> None:
    category, *others = block.text.removeprefix("$CATEGORY:").strip().split("\n")
    notes.about = ""
    notes.note(f"From here on, questions are in the category {category.translate(_PUT_BACK)}.")
    if others:
        # For Moodle these lines are a part of the category's name.
        notes.line = block.line + 1
        notes.about = others[0].translate(_PUT_BACK)
        notes.refuse(
            "This was not read: an empty line must stand between a category and a question."
        )


def _split_name(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    name, mark, rest = text[2:].partition("::")
    if not mark:
        return "", text[2:]
    return to_plain(name.translate(_PUT_BACK)), rest.strip()


def _split_answers(text: str, notes: Notes) -> tuple[str, str | None]:
    """Return the text around the first pair of braces, and what stands in it."""
    begin, end = text.find("{"), text.find("}")
    if begin < 0 and end < 0:
        return text, None
    if begin < 0 or end < begin:
        raise NotTaken("One of the braces around the answers is missing.")
    before, inside, after = text[:begin], text[begin + 1 : end], text[end + 1 :]
    if "{" in inside:
        raise NotTaken(
            "There is a brace inside the answers. As a part of a text, write \\{ or \\}."
        )
    if "{" in after:
        notes.change("Only what stands in the first pair of braces is read as answers.")
    return f"{before}{BLANK}{after}" if text[-1] != "}" else before + after, inside.strip()


# -- What comments say ----------------------------------------------------------------------------


def _key(comments: str) -> str:
    found = _ID.search(comments)
    return found[1].strip().replace("\\]", "]") if found else ""


def _tags(comments: str) -> Sequence[str]:
    return [tag.strip().replace("\\]", "]") for tag in _TAG.findall(comments)]


def _source(comments: str) -> str:
    found = _SOURCE.search(comments)
    return found[1].strip() if found else ""


# -- Texts ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Texts:
    """Turns the texts of one question into Markdown. They have the format of the first, or name their own."""

    notes: Notes
    text_format: TextFormat = TextFormat.AUTO

    def first(self, text: str) -> str:
        """Return the question's own text, which says which format the others have."""
        self.text_format, rest = self._split(text.strip())
        return self._convert(rest, self.text_format)

    def markdown(self, text: str) -> str:
        """Return another text."""
        text_format, rest = self._split(text.strip())
        return self._convert(rest, text_format)

    def plain(self, text: str) -> str:
        """Return the words of a text, on one line."""
        named = _FORMAT.match(text.strip())
        words = text.strip()[named.end() if named else 0 :].translate(_PUT_BACK)
        if named and named[1] == "html":
            words = plain_of(words)
        return " ".join(words.split())

    def _split(self, text: str) -> tuple[TextFormat, str]:
        named = _FORMAT.match(text)
        return (_FORMATS[named[1]], text[named.end() :]) if named else (self.text_format, text)

    def _convert(self, text: str, text_format: TextFormat) -> str:
        plain = text.translate(_PUT_BACK).strip()
        if text_format is TextFormat.MARKDOWN:
            # An arrow among answers can only be written in this way.
            plain = plain.replace("-&gt;", "->")
        converted = to_markdown(plain, text_format)
        for what in converted.left_out:
            self.notes.change(f"Something in the text has no counterpart here: {what}.")
        return converted.text


# -- Answers --------------------------------------------------------------------------------------

_TRUTH: Final[Mapping[str, bool]] = {"T": True, "TRUE": True, "F": False, "FALSE": False}


def _interaction(answers: str, texts: _Texts) -> Interaction:
    """Decide by the signs in the answers which sort of question it is, in the order in which Moodle asks."""
    steps = _steps(answers, texts.notes) if answers.startswith(">") else None
    interaction: Interaction
    if not answers:
        interaction = Essay()
    elif steps is not None:
        interaction = steps
    elif answers.startswith("#"):
        interaction = _number_entry(answers[1:], texts)
    elif "~" in answers:
        interaction = _choice(answers, texts)
    elif "=" in answers and "->" in answers:
        interaction = _matching(answers, texts)
    elif (truth := _TRUTH.get(answers.partition("#")[0].strip())) is not None:
        interaction = _true_false(answers, texts, answer=truth)
    else:
        interaction = _text_entry(answers, texts)
    return interaction


def _split(answers: str, sign: str) -> Sequence[str]:
    """Return what stands between signs; nothing stands before the first."""
    parts = [part.strip() for part in answers.split(sign)]
    return parts if parts[0] else parts[1:]


def _weighted(answer: str, otherwise: int) -> tuple[int, str]:
    """Return the credit in front of an answer, and the answer."""
    weight = _WEIGHT.match(answer)
    if weight is None:
        return otherwise, answer
    credit = credit_of(weight[1])
    if credit is None:
        raise NotTaken(f"{weight[1]} % is no share of a point.")
    return credit, answer[weight.end() :]


def _with_feedback(answer: str, read_text: Callable[[str], str], texts: _Texts) -> tuple[str, str]:
    text, _, feedback = answer.partition("#")
    return read_text(text), texts.markdown(feedback)


def _choice(answers: str, texts: _Texts) -> Choice:
    options = []
    for answer in _split(answers.replace("=", "~="), "~"):
        if answer.startswith("="):
            credit, rest = 100, answer[1:]
        else:
            credit, rest = _weighted(answer, 0)
        text, feedback = _with_feedback(rest, texts.markdown, texts)
        if text:
            options.append(Option(text, credit, feedback))
        elif rest.partition("#")[0].strip():
            texts.notes.change("An option that shows nothing was left out.")
    if len(options) < 2:
        raise NotTaken("A choice needs two options at least.")
    if not any(option.credit > 0 for option in options):
        raise NotTaken("No option is marked as right.")
    return Choice(tuple(options), many="=" not in answers)


def _matching(answers: str, texts: _Texts) -> Matching:
    pairs, distractors = [], []
    for answer in _split(answers, "="):
        text, arrow, match = answer.partition("->")
        if not arrow:
            raise NotTaken(f"An arrow -> is missing here: {shortened(answer.translate(_PUT_BACK))}")
        text = texts.markdown(text)
        partner = escape_markdown(to_plain(match.translate(_PUT_BACK)))
        if not partner:
            raise NotTaken("Something to match has no partner.")
        if text:
            pairs.append(Pair(text, partner))
        else:
            distractors.append(partner)
    if len(pairs) + len(distractors) < 2 or not pairs:
        raise NotTaken("There must be two things to match at least.")
    return Matching(tuple(pairs), tuple(distractors))


def _true_false(answers: str, texts: _Texts, *, answer: bool) -> Choice:
    _, if_wrong, if_right, *_ = [*answers.split("#", 2), "", ""]
    wrong, right = texts.markdown(if_wrong), texts.markdown(if_right)
    if answer:
        return true_false(answer=True, if_true=right, if_false=wrong)
    return true_false(answer=False, if_true=wrong, if_false=right)


def _text_entry(answers: str, texts: _Texts) -> TextEntry:
    accept = []
    for answer in _split(answers, "="):
        credit, rest = _weighted(answer, 100)
        text, feedback = _with_feedback(rest, texts.plain, texts)
        if text:
            accept.append(Option(text, credit, feedback))
    if not any(option.credit > 0 for option in accept):
        raise NotTaken("There is no answer that would be right.")
    if accept[0].text.upper() in _TRUTH and len(accept) == 1:
        texts.notes.note(
            f"{accept[0].text} was read as words to type in: "
            "the answers to true-or-false questions are TRUE and FALSE, in capital letters."
        )
    options, wildcards = accepted_texts(accept)
    return TextEntry(options, wildcards=wildcards)


def _number_entry(answers: str, texts: _Texts) -> NumberEntry:
    answers, mark, wrong = answers.partition("~")
    accept = []
    for answer in _split(answers, "="):
        credit, rest = _weighted(answer, 100)
        number, _, feedback = rest.partition("#")
        number = number.translate(_PUT_BACK).strip()
        if number == "*":
            _note_on_other_numbers(feedback, credit, texts)
            continue
        value, tolerance = _number(number)
        accept.append(AcceptedNumber(value, tolerance, credit, texts.markdown(feedback)))
    if mark:
        _note_on_other_numbers(wrong.partition("#")[2], 0, texts)
    if not any(number.credit > 0 for number in accept):
        raise NotTaken("There is no number that would be right.")
    return NumberEntry(tuple(accept))


def _note_on_other_numbers(feedback: str, credit: int, texts: _Texts) -> None:
    said = texts.markdown(feedback)
    if credit:
        texts.notes.change(f"Any other number would earn {credit} %; here it earns nothing.")
    if said:
        texts.notes.change(f"There is no feedback on all other numbers: {shortened(said, 200)}")


def _number(text: str) -> tuple[Decimal, Decimal]:
    """Return a number and its tolerance, from 3, 3:0.5 or 2.5..3.5."""
    for sign in ("..", ":"):
        first, found, second = text.partition(sign)
        if found and first:
            left, right = parse_number(first), parse_number(second)
            if left is None or right is None:
                break
            return middle(left, right) if sign == ".." else (left, abs(right))
    value = parse_number(text)
    if value is None:
        raise NotTaken(f"This is no number: {shortened(text)}")
    return value, Decimal(0)


def _steps(answers: str, notes: Notes) -> Ordering | None:
    """Return what stands behind {> if it is the steps of an ordering, each on a line of its own."""
    head = _ORDERING.match(answers)
    if head is None:
        return None
    lines = [line.translate(_PUT_BACK).strip() for line in answers[head.end() :].split("\n")]
    steps = tuple(text for line in lines if (text := to_markdown(line, TextFormat.AUTO).text))
    if len(steps) < 2:
        raise NotTaken("There must be two steps at least.")
    shown = int(head["shown"])
    if head["sample"] not in {None, "ALL", "EXACT"} and 2 < shown < len(steps):
        notes.change(f"All {len(steps)} steps are shown here, not {shown} of them.")
    return Ordering(steps)
