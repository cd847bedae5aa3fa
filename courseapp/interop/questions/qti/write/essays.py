"""extendedTextInteraction, with the rubric for whoever judges the text."""

from __future__ import annotations

from lxml import etree

from courseapp.interop.questions.qti.names import CRITERIA, POINTS, RESPONSE
from courseapp.interop.questions.qti.patterns import pattern_of_limit
from courseapp.interop.questions.qti.write.drafts import Draft
from courseapp.interop.questions.types import Criterion, Essay


def write_essay(draft: Draft, prompt: str, essay: Essay) -> None:
    """Write room for a text."""
    draft.declare_response(RESPONSE, "string", [])
    points = sum(criterion.points for criterion in essay.rubric)
    draft.declare_score(max(1, points), by_person=True)
    draft.body += draft.markup.blocks(prompt)
    most = essay.most_characters
    draft.body.append(
        draft.make(
            "extendedTextInteraction",
            responseIdentifier=RESPONSE,
            expectedLength=most,
            patternMask=None if most is None else pattern_of_limit(most),
        )
    )
    if essay.rubric:
        draft.body.append(_rubric(draft, essay))


def _rubric(draft: Draft, essay: Essay) -> etree._Element:
    make = draft.make
    lines = [_line(draft, criterion) for criterion in essay.rubric]
    content = draft.content([make.html("ul", *lines, class_=CRITERIA)])
    use = "scoring" if make.dialect.content_bodies else None
    return make("rubricBlock", *content, view="scorer", use=use)


def _line(draft: Draft, criterion: Criterion) -> etree._Element:
    make = draft.make
    line = make.html("li", make.html("span", str(criterion.points), class_=POINTS), " ")
    # The text goes behind the points, so it is filled in apart and moved.
    text = draft.markup.fill(make.html("span"), criterion.text)
    line[-1].tail = f" {text.text or ''}"
    line.extend(list(text))
    return line
