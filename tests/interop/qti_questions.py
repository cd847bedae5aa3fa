"""Questions that QTI can hold, in every shape that it can hold them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal

from hypothesis import strategies as st

from courseapp.interop.questions.types import (
    AcceptedNumber,
    Choice,
    Criterion,
    Essay,
    ExchangedQuestion,
    Gaps,
    Matching,
    NumberEntry,
    Option,
    Ordering,
    Pair,
    Picture,
    TextEntry,
    Unit,
)

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff\xe0"
WEBP = b"RIFF\x04\x00\x00\x00WEBP"


def same(value):
    """Return a value in which lists and tuples are alike, and places in files do not matter."""
    if is_dataclass(value):
        held = {f.name: same(getattr(value, f.name)) for f in fields(value) if f.name != "line"}
        return (type(value).__name__, *held.items())
    if isinstance(value, dict):
        return tuple((key, same(held)) for key, held in value.items())
    return tuple(map(same, value)) if isinstance(value, list | tuple) else value


# Letters of several scripts; what has a meaning in Markdown is for test_text.py.
WORDS = st.text("abcxyzABCéßñøЖя中文ا", min_size=1, max_size=6)
KEYS = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
# What people type may hold any sign; the first is a letter, so that its case can tell something.
TYPED = st.builds(
    lambda first, rest: " ".join(f"{first}{rest}".split()),
    st.sampled_from("abcXYZ"),
    st.text("abcXYZ012é <>&\"'$.+-()[]{}|^?/\\_#;:!", max_size=8),
)


@st.composite
def lines(draw, images=()):
    """Draw one line of Markdown that is written as we write it."""
    pieces = [draw(WORDS)]
    for word in draw(st.lists(WORDS, max_size=3)):
        form = draw(
            st.sampled_from(["{}", "*{}*", "**{}**", "`{}`", "[{}](https://example.org/x)"])
        )
        pieces += [form.format(word), draw(WORDS)]
    if images and draw(st.booleans()):
        pieces.append(f"![{draw(WORDS)}]({draw(st.sampled_from(images))})")
    return " ".join(pieces)


@st.composite
def texts(draw, images=()):
    """Draw several blocks of Markdown; a paragraph stands between any two others."""
    blocks = [draw(lines(images))]
    for kind in draw(st.lists(st.sampled_from(sorted(BLOCKS)), max_size=2)):
        inner = draw(st.lists(lines(), min_size=1, max_size=3))
        blocks += [BLOCKS[kind](inner), draw(lines(images))]
    return "\n\n".join(blocks)


BLOCKS = {
    "bullets": lambda inner: "\n".join(f"- {line}" for line in inner),
    "numbers": lambda inner: "\n".join(f"{n}. {line}" for n, line in enumerate(inner, 1)),
    "quote": lambda inner: "\n>\n".join(f"> {line}" for line in inner),
    "break": "\\\n".join,
    "heading": lambda inner: f"### {inner[0]}",
    "code": lambda _: "```\n  if a < b & c:\n    d\n```",
    "table": lambda inner: "\n".join(["| a | b |", "|---|---|", *(f"| {x} | z |" for x in inner)]),
    "rule": lambda _: "___",
}


def maybe(strategy):
    return st.just("") | strategy


def unique(strategy, **sizes):
    return st.lists(strategy, unique=True, **sizes)


@st.composite
def keys(draw, count):
    """Draw a key for each of several things, or none for any."""
    if draw(st.booleans()):
        return [""] * count
    return draw(unique(KEYS, min_size=count, max_size=count))


@st.composite
def choices(draw):
    count = draw(st.integers(2, 5))
    many = draw(st.booleans())
    credit = st.integers(-100, 100 if many else 99)
    earned = draw(st.lists(credit | st.just(0), min_size=count, max_size=count))
    best = draw(st.integers(0, count - 1))
    earned[best] = draw(st.integers(1, 100)) if many else 100
    named = draw(keys(count))
    options = [
        Option(draw(lines() | texts()), earned[n], draw(maybe(lines() | texts())), named[n])
        for n in range(count)
    ]
    return Choice(options, many, draw(st.booleans()))


@st.composite
def true_false(draw):
    right = draw(st.booleans())
    named = draw(st.sampled_from([("true", "false"), ("", "")]))
    return Choice(
        [
            Option("True", 100 * right, draw(maybe(lines())), named[0]),
            Option("False", 100 * (not right), draw(maybe(lines())), named[1]),
        ],
        shuffle=False,
        is_true_false=True,
    )


@st.composite
def text_entries(draw):
    accepted = draw(st.lists(TYPED, min_size=1, max_size=4, unique_by=lambda text: text.casefold()))
    wildcards = draw(st.booleans())
    told = draw(st.booleans())
    options = []
    for number, text in enumerate(accepted):
        credit = draw(st.integers(1, 100)) if number else 100
        feedback = draw(maybe(lines())) if told else ""
        pattern = f"{text}*{draw(TYPED)}" if wildcards and draw(st.booleans()) else text
        options.append(Option(pattern, credit, feedback))
    return TextEntry(options, draw(st.booleans()), wildcards)


NUMBERS = st.decimals(-9999, 9999, places=3) | st.integers(-(10**9), 10**9).map(Decimal)
POSITIVE = st.decimals("0.001", 9999, places=3)


@st.composite
def number_entries(draw):
    count = draw(st.integers(1, 3))
    accepted = [
        AcceptedNumber(
            draw(NUMBERS),
            draw(st.just(Decimal(0)) | POSITIVE),
            draw(st.integers(1, 100)) if number else 100,
            draw(maybe(lines())),
        )
        for number in range(count)
    ]
    units = [Unit(text, draw(POSITIVE)) for text in draw(unique(TYPED | st.just("%"), max_size=3))]
    return NumberEntry(accepted, units)


@st.composite
def matchings(draw):
    count = draw(st.integers(1, 4))
    partners = draw(st.lists(lines(), min_size=1, max_size=3, unique=True))
    named = draw(keys(count))
    pairs = [
        Pair(draw(lines()), draw(st.sampled_from(partners)), draw(maybe(lines())), named[n])
        for n in range(count)
    ]
    others = draw(st.lists(lines().filter(lambda text: text not in partners), max_size=2))
    return Matching(pairs, others, draw(st.booleans()))


@st.composite
def gap_choices(draw):
    accepted = draw(unique(TYPED, min_size=2, max_size=4))
    best = draw(st.integers(0, len(accepted) - 1))
    named = draw(keys(len(accepted)))
    told = draw(st.booleans())
    return Choice(
        [
            Option(
                text,
                100 if number == best else draw(st.integers(0, 99)),
                draw(maybe(lines())) if told else "",
                named[number],
            )
            for number, text in enumerate(accepted)
        ],
        shuffle=draw(st.booleans()),
    )


@st.composite
def gapped(draw):
    """Draw a text with gaps, and what fills them."""
    named = draw(unique(KEYS, min_size=1, max_size=3))
    gaps = {key: draw(gap_choices() | text_entries() | number_entries()) for key in named}
    parts = []
    for key in named:
        form = draw(st.sampled_from(["{} [[{}]]", "{} *a* [[{}]] b", "{}\n\n- c [[{}]]\n- d\n\ne"]))
        parts.append(form.format(draw(WORDS), key))
    return "\n\n".join(parts), Gaps(gaps)


@st.composite
def essays(draw):
    rubric = [
        Criterion(draw(lines()), draw(st.integers(1, 10))) for _ in range(draw(st.integers(0, 3)))
    ]
    return Essay(rubric, draw(st.none() | st.integers(1, 10000)))


INTERACTIONS = {
    "choice": choices(),
    "true_false": true_false(),
    "text": text_entries(),
    "number": number_entries(),
    "matching": matchings(),
    "ordering": st.builds(Ordering, st.lists(lines(), min_size=1, max_size=5)),
    "essay": essays(),
}
PICTURES = st.builds(
    Picture,
    st.sampled_from(["a.png", "b-1.jpg", "C_2.webp"]),
    st.binary(max_size=8),
).map(lambda p: Picture(p.name, {"a": PNG, "b": JPEG, "C": WEBP}[p.name[0]] + p.content))


@st.composite
def questions(draw, kinds=(*INTERACTIONS, "gaps")):
    """Draw a question of one of these kinds."""
    kind = draw(st.sampled_from(kinds))
    pictures = draw(st.lists(PICTURES, max_size=2, unique_by=lambda picture: picture.name))
    names = [picture.name for picture in pictures]
    if kind == "gaps":
        prompt, interaction = draw(gapped())
    else:
        prompt, interaction = draw(texts(names)), draw(INTERACTIONS[kind])
    explanation = draw(maybe(texts(names)))
    shown = [picture for picture in pictures if f"({picture.name})" in prompt + explanation]
    # They come in the order in which texts show them.
    shown.sort(key=lambda picture: f"{prompt}{explanation}".index(f"({picture.name})"))
    return ExchangedQuestion(
        prompt,
        interaction,
        key=draw(maybe(KEYS)),
        title=draw(
            maybe(st.lists(WORDS, min_size=1, max_size=3).map(lambda w: f"T {' '.join(w)}"))
        ),
        explanation=explanation,
        source=draw(maybe(lines())),
        objective=draw(maybe(KEYS)),
        pictures=shown,
    )
