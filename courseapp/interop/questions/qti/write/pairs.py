"""matchInteraction and orderInteraction: what belongs to what, and steps in their right order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lxml import etree

from courseapp.interop.questions.qti.names import FEEDBACK, RESPONSE
from courseapp.interop.questions.qti.write.drafts import Draft
from courseapp.interop.questions.remarks import NotTaken
from courseapp.interop.questions.types import Matching, Ordering, Pair


def write_matching(draft: Draft, prompt: str, matching: Matching) -> None:
    """Write two lists, of which each on the left has one partner on the right."""
    if not matching.pairs:
        raise NotTaken("It has no pairs.")
    pairs = {draft.identify(p.key, f"pair_{n}"): p for n, p in enumerate(matching.pairs, 1)}
    matches = list(dict.fromkeys(pair.match for pair in matching.pairs))
    if not matching.shuffle:
        # Their own order would give the answer away.
        matches.sort(key=str.casefold)
    targets = {text: draft.identify("", f"match_{n}") for n, text in enumerate(matches, 1)}
    key = [f"{identifier} {targets[pair.match]}" for identifier, pair in pairs.items()]
    others = {
        draft.identify("", f"match_{n}"): text
        for n, text in enumerate(matching.distractors, len(matches) + 1)
    }
    draft.declare_response(
        RESPONSE,
        "directedPair",
        key,
        cardinality="multiple",
        table=draft.mapping([(pair, Decimal(1)) for pair in key], lowerBound="0"),
    )
    draft.declare_score(len(key))
    draft.template = "map_response"
    draft.body += draft.markup.blocks(prompt)
    choices = {identifier: text for text, identifier in targets.items()} | others
    draft.body.append(
        draft.make(
            "matchInteraction",
            _list(draft, {i: pair.text for i, pair in pairs.items()}, most=1),
            # As many as there are on the other side: several may have the same partner.
            _list(draft, choices, most=0),
            responseIdentifier=RESPONSE,
            shuffle=matching.shuffle,
            maxAssociations=len(pairs),
        )
    )
    _add_feedback(draft, pairs)


def _list(draft: Draft, choices: Mapping[str, str], *, most: int) -> etree._Element:
    return draft.make(
        "simpleMatchSet",
        *(
            draft.markup.fill(
                draft.make("simpleAssociableChoice", identifier=identifier, matchMax=most), text
            )
            for identifier, text in choices.items()
        ),
    )


def _add_feedback(draft: Draft, pairs: Mapping[str, Pair]) -> None:
    """Add what is shown about each pair after any answer."""
    told = {identifier: pair.feedback for identifier, pair in pairs.items() if pair.feedback}
    if told:
        draft.declare_feedback(FEEDBACK, cardinality="multiple", default=list(told))
    for identifier, text in told.items():
        draft.add_feedback(FEEDBACK, identifier, text)


def write_ordering(draft: Draft, prompt: str, ordering: Ordering) -> None:
    """Write steps, which the file lists in another order than the right one."""
    if not ordering.steps:
        raise NotTaken("It has no steps.")
    steps = {draft.identify("", f"step_{n}"): s for n, s in enumerate(ordering.steps, 1)}
    draft.declare_response(RESPONSE, "identifier", list(steps), cardinality="ordered")
    draft.declare_score(1)
    draft.template = "match_correct"
    draft.body += draft.markup.blocks(prompt)
    listed = sorted(steps, key=lambda identifier: steps[identifier].casefold())
    if listed == list(steps):
        listed.reverse()
    draft.body.append(
        draft.make(
            "orderInteraction",
            *(
                draft.markup.fill(draft.make("simpleChoice", identifier=i), steps[i])
                for i in listed
            ),
            responseIdentifier=RESPONSE,
            shuffle=True,
        )
    )
