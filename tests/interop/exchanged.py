"""Neutral questions of every sort, for the laws that all formats obey."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies as st

from courseapp.interop.questions.answers import true_false
from courseapp.interop.questions.text import convert, escape_markdown
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
    TextEntry,
    Unit,
)

# Letters, blanks, and every sign that means something in one of the formats or in Markdown.
SIGNS = "ab Zé€ 日12 \\:#={}~%[]*_`<>&!|()-+.;/'\"?$@,"
PLAIN_SIGNS = "ab Zé12 .,'?-"

# What Moodle has on its list, so that no importer rounds it.
GRADES = st.sampled_from([100, 90, 83, 80, 75, 67, 50, 33, 25, 17, 14, 13, 11, 10, 5, 0])
PENALTIES = st.sampled_from([0, -5, -33, -50, -100])


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def plains(signs: str = SIGNS, most: int = 20) -> st.SearchStrategy[str]:
    """Return texts without markup, on one line, that say something."""
    return st.text(st.sampled_from(signs), min_size=1, max_size=most).map(on_one_line).filter(bool)


def styled(words: str, mark: str) -> str:
    return convert(f"{escape_html(words)} <{mark}>x{escape_html(words)}y</{mark}>").text


def escape_html(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


# Markdown as readers make it, on one line.
LINES = plains().map(escape_markdown) | st.builds(
    styled, plains(), st.sampled_from(["b", "i", "code"])
)
TEXTS = LINES | st.lists(LINES, min_size=2, max_size=3).map("\n\n".join)
FEEDBACK = st.just("") | LINES
NUMBERS = st.decimals("-1000000", "1000000", places=3, allow_nan=False)
TOLERANCES = st.decimals("0", "100", places=4, allow_nan=False)
KEYS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)


def unlike(texts: Sequence[str]) -> bool:
    return len(set(texts)) == len(texts)


@st.composite
def options(
    draw: st.DrawFn,
    texts: st.SearchStrategy[str],
    first_credit: int | None = 100,
    credits_of_others: st.SearchStrategy[int] = GRADES,
    *,
    least: int = 2,
    keys: bool = True,
) -> tuple[Option, ...]:
    found = draw(st.lists(texts, min_size=least, max_size=4, unique=True))
    names = draw(st.lists(KEYS, min_size=len(found), max_size=len(found), unique=True))
    made = [
        Option(
            text,
            first_credit if number == 0 and first_credit is not None else draw(credits_of_others),
            draw(FEEDBACK),
            name if keys else "",
        )
        for number, (text, name) in enumerate(zip(found, names, strict=True))
    ]
    return tuple(draw(st.permutations(made)))


@st.composite
def choices(draw: st.DrawFn, texts: st.SearchStrategy[str] = LINES, *, keys: bool = True) -> Choice:
    kept = draw(st.booleans())
    if draw(st.booleans()):
        return Choice(draw(options(texts, keys=keys)), shuffle=kept)
    share, right = draw(st.sampled_from([(100, 1), (50, 2), (33, 3)]))
    found = draw(st.lists(texts, min_size=right + 1, max_size=5, unique=True))
    cost = draw(PENALTIES)
    return Choice(
        tuple(
            Option(text, share if number < right else cost, draw(FEEDBACK))
            for number, text in enumerate(found)
        ),
        many=True,
        shuffle=kept,
    )


TRUE_FALSE = st.builds(true_false, answer=st.booleans(), if_true=FEEDBACK, if_false=FEEDBACK)


@st.composite
def text_entries(draw: st.DrawFn, texts: st.SearchStrategy[str] | None = None) -> TextEntry:
    # A backslash before an asterisk means the asterisk itself to Moodle.
    plain = (texts or plains()).filter(lambda text: "\\*" not in text)
    accept = draw(options(plain, least=1, keys=False))
    wildcards = any("*" in option.text for option in accept) and draw(st.booleans())
    return TextEntry(accept, draw(st.booleans()), wildcards)


@st.composite
def number_entries(draw: st.DrawFn, *, units: bool = True) -> NumberEntry:
    others = st.builds(AcceptedNumber, NUMBERS, TOLERANCES, GRADES, FEEDBACK)
    accept = (
        AcceptedNumber(draw(NUMBERS), draw(TOLERANCES), 100, draw(FEEDBACK)),
        *draw(st.lists(others, max_size=2)),
    )
    names = draw(st.lists(plains(), max_size=3, unique=True)) if units else []
    factors = [
        Decimal(1),
        *(draw(st.sampled_from([Decimal(3), Decimal("0.01"), Decimal(7000)])) for _ in names),
    ]
    return NumberEntry(accept, tuple(map(Unit, names, factors)))


@st.composite
def matchings(draw: st.DrawFn) -> Matching:
    matches = plains().map(escape_markdown)
    pairs = st.builds(Pair, LINES, matches, key=st.just("") | KEYS)
    return Matching(
        tuple(draw(st.lists(pairs, min_size=2, max_size=4))),
        tuple(draw(st.lists(matches, max_size=2))),
        draw(st.booleans()),
    )


ORDERINGS = st.builds(Ordering, st.lists(LINES, min_size=2, max_size=5).map(tuple))
ESSAYS = st.builds(
    Essay,
    st.lists(st.builds(Criterion, LINES, st.integers(1, 10)), max_size=3).map(tuple),
    st.none() | st.integers(1, 10_000),
)


@st.composite
def gap_texts(draw: st.DrawFn) -> tuple[str, Gaps]:
    sorts = choices(plains(), keys=False) | text_entries() | number_entries(units=False)
    keys = draw(st.lists(KEYS, min_size=1, max_size=3, unique=True))
    gaps = Gaps({key: draw(sorts) for key in keys})
    pieces = [draw(plains(PLAIN_SIGNS).map(escape_markdown)) for _ in keys]
    return " ".join(f"{piece} [[{key}]]" for piece, key in zip(pieces, keys, strict=True)), gaps


@st.composite
def questions(draw: st.DrawFn, interactions: st.SearchStrategy[Interaction]) -> ExchangedQuestion:
    interaction = draw(interactions)
    return questioned(draw, draw(TEXTS), interaction)


@st.composite
def questions_with_gaps(draw: st.DrawFn) -> ExchangedQuestion:
    prompt, gaps = draw(gap_texts())
    return questioned(draw, prompt, gaps)


def questioned(draw: st.DrawFn, prompt: str, interaction: Interaction) -> ExchangedQuestion:
    """Return a question about something, with everything else that it may have."""
    return ExchangedQuestion(
        prompt=prompt,
        interaction=interaction,
        key=draw(st.just("") | KEYS),
        # What a question without a title is called in Moodle XML comes from elsewhere.
        title=draw(st.just("") | plains().map("Title {}".format)),
        explanation=draw(st.just("") | TEXTS),
        source=draw(st.just("") | LINES),
        objective=draw(st.just("") | KEYS),
    )


INTERACTIONS = (
    choices() | TRUE_FALSE | text_entries() | number_entries() | matchings() | ORDERINGS | ESSAYS
)
QUESTIONS = questions(INTERACTIONS) | questions_with_gaps()
