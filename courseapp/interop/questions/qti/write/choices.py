"""choiceInteraction: choose one, or several."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lxml import etree

from courseapp.interop.questions.qti.names import FEEDBACK, RESPONSE, SCORE, TRUE_FALSE
from courseapp.interop.questions.qti.write.drafts import Draft
from courseapp.interop.questions.remarks import NotTaken
from courseapp.interop.questions.types import Choice, Option


def write_choice(draft: Draft, prompt: str, choice: Choice) -> None:
    """Write the choice after its prompt."""
    if not choice.options:
        raise NotTaken("It has no options.")
    options = {draft.identify(o.key, f"option_{n}"): o for n, o in enumerate(choice.options, 1)}

    right = [i for i, option in options.items() if option.credit > 0]
    earned = sorted(option.credit for option in choice.options)
    mapped = choice.many or earned != [0] * (len(earned) - 1) + [100]
    if not choice.many:
        right = sorted(right, key=lambda i: -options[i].credit)[:1]
    draft.declare_response(
        RESPONSE,
        "identifier",
        right,
        cardinality="multiple" if choice.many else "single",
        table=_table(draft, choice, options) if mapped else None,
    )
    draft.declare_score(1)
    draft.body += draft.markup.blocks(prompt)
    draft.body.append(_interaction(draft, choice, options))
    template = "map_response" if mapped else "match_correct"
    if any(option.feedback for option in choice.options):
        draft.declare_feedback(FEEDBACK, cardinality="multiple" if choice.many else "single")
        draft.rules += [
            standard_rule(draft, template),
            draft.make.set_outcome(FEEDBACK, draft.make.variable(RESPONSE)),
        ]
    else:
        draft.template = template


def _table(draft: Draft, choice: Choice, options: Mapping[str, Option]) -> etree._Element | None:
    bounds = {"lowerBound": "0", "upperBound": "1"} if choice.many else {}
    return draft.mapping(
        [(identifier, Decimal(option.credit) / 100) for identifier, option in options.items()],
        **bounds,
    )


def _interaction(draft: Draft, choice: Choice, options: Mapping[str, Option]) -> etree._Element:
    elements = []
    for identifier, option in options.items():
        element = draft.markup.fill(draft.make("simpleChoice", identifier=identifier), option.text)
        if option.feedback:
            element.append(draft.feedback_inside(identifier, option.feedback))
        elements.append(element)
    return draft.make(
        "choiceInteraction",
        *elements,
        class_=TRUE_FALSE if choice.is_true_false else None,
        responseIdentifier=RESPONSE,
        shuffle=choice.shuffle,
        maxChoices=0 if choice.many else 1,
    )


def standard_rule(draft: Draft, template: str) -> etree._Element:
    """Return the rule that a standard template stands for, where more is to be done beside it."""
    make = draft.make
    if template == "map_response":
        return make(
            "responseCondition",
            make(
                "responseIf",
                make("isNull", make.variable(RESPONSE)),
                make.set_outcome(SCORE, make.value("float", "0")),
            ),
            make(
                "responseElse",
                make.set_outcome(SCORE, make("mapResponse", identifier=RESPONSE)),
            ),
        )
    return make(
        "responseCondition",
        make(
            "responseIf",
            make("match", make.variable(RESPONSE), make("correct", identifier=RESPONSE)),
            make.set_outcome(SCORE, make.value("float", "1")),
        ),
        make("responseElse", make.set_outcome(SCORE, make.value("float", "0"))),
    )
