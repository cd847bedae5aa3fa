"""Questions as all formats can speak of them: what is read from a file, before it becomes content.

Texts are Markdown as in docs/content-format.md (HTML off); `Text` fields called plain hold no markup at all.
Credits are whole per cents, -100 to 100, as the formats have them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice, or one accepted text of a short answer (then `text` is plain)."""

    text: str
    credit: int = 0
    feedback: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Choose one option, or several (`many`). `is_true_false`: the two options are true and false, in this order.

    With `many`, an option that is right has a credit above zero.
    """

    options: Sequence[Option]
    many: bool = False
    shuffle: bool = True
    is_true_false: bool = False


@dataclass(frozen=True, slots=True)
class TextEntry:
    """Type a few words. In an accepted text * stands for any characters if `wildcards`."""

    accept: Sequence[Option]
    case_sensitive: bool = False
    wildcards: bool = False


@dataclass(frozen=True, slots=True)
class AcceptedNumber:
    """A number that earns credit, with everything that lies within `tolerance` of it."""

    value: Decimal
    tolerance: Decimal = Decimal(0)
    credit: int = 100
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; one of it is `factor` of the first unit listed. Plain text."""

    text: str
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """Type a number."""

    accept: Sequence[AcceptedNumber]
    units: Sequence[Unit] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Something to match, and what belongs to it."""

    text: str
    match: str
    feedback: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Matching:
    """Match each text with its partner; several texts may have the same one. Distractors belong to nothing."""

    pairs: Sequence[Pair]
    distractors: Sequence[str] = ()
    shuffle: bool = True


@dataclass(frozen=True, slots=True)
class Ordering:
    """Put steps in order; they are listed in the right one."""

    steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Fill gaps; the prompt holds each as [[key]]. Options and accepted texts in gaps are plain."""

    gaps: Mapping[str, Choice | TextEntry | NumberEntry]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of a rubric."""

    text: str
    points: int


@dataclass(frozen=True, slots=True)
class Essay:
    """Write freely; a person judges it."""

    rubric: Sequence[Criterion] = ()
    most_characters: int | None = None


Interaction = Choice | TextEntry | NumberEntry | Matching | Ordering | Gaps | Essay


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that came with a question. `name` is a plain file name; texts show it as `![alternative](name)`."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExchangedQuestion:
    """A question on its way in or out.

    `key` is the format's own identifier where it has one; `explanation` what it calls general feedback;
    `line` where the question starts in its file, from 1 (0 where there is no such thing).
    """

    prompt: str
    interaction: Interaction
    key: str = ""
    title: str = ""
    explanation: str = ""
    source: str = ""
    objective: str = ""
    line: int = 0
    pictures: Sequence[Picture] = ()


class Severity(enum.StrEnum):
    """What a remark means for the question."""

    # The question was not taken.
    REFUSED = "refused"
    # The question was taken, and this of it has no counterpart here.
    CHANGED = "changed"
    # Something in the file that is no question, such as a category.
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say about one place of an imported file: nothing is dropped without one."""

    severity: Severity
    line: int
    message: str
    # The question's own name in the file, so that a person finds it.
    about: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file held."""

    questions: Sequence[ExchangedQuestion]
    remarks: Sequence[Remark] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """A file made of questions, and what could not go into it."""

    content: bytes = field(repr=False)
    remarks: Sequence[Remark] = ()
