"""choiceInteraction: choose one, or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from lxml import etree

from courseapp.interop.questions.qti.names import TRUE_FALSE
from courseapp.interop.questions.qti.read.context import Earned, Item, choices_of, key_of, no_key
from courseapp.interop.questions.qti.read.declarations import Response
from courseapp.interop.questions.qti.read.document import attribute, remove, within
from courseapp.interop.questions.types import Choice, Option


def read_choice(item: Item, interaction: etree._Element) -> Choice:
    """Return the choice, and take it out of the item's text."""
    response = item.response_of(interaction, "identifier")
    choices = choices_of(interaction, "simpleChoice")
    many = response.cardinality != "single" and attribute(interaction, "maxChoices") != "1"
    earned = _credits(item, response, list(choices), many=many)
    feedback = _feedback(item, response, choices, many=many)
    options = [
        Option(
            item.texts.markdown(element),
            earned.get(identifier, 0),
            feedback[identifier],
            key_of(identifier),
        )
        for identifier, element in choices.items()
    ]
    item.answers = [{response.identifier: [one]} for one in list(choices)]
    item.answers.append({response.identifier: response.correct})
    is_true_false = not many and _is_true_false(interaction, options)
    shuffle = attribute(interaction, "shuffle") in {"true", "1"}
    item.take_interaction(interaction)
    item.prompt = item.take_prompt()
    if is_true_false and _says_false(options[0]):
        options.reverse()
    return Choice(options, many, shuffle, is_true_false)


def _credits(
    item: Item, response: Response, identifiers: Sequence[str], *, many: bool
) -> Mapping[str, int]:
    """Return the credit of each option, in per cent of what the item can earn."""
    earned = item.earned(response, identifiers)
    if not many:
        alone = {i: earned([i], True) for i in identifiers}
        best_alone = max(alone.values())
        if best_alone <= 0:
            raise no_key(response, item.element)
        return _in_per_cent(item, alone, best_alone)
    # Of several, a sum may be cut at its bounds: what each adds is seen without them.
    alone = {i: earned([i], False) for i in identifiers}
    right = [i for i in identifiers if alone[i] > 0]
    if not right:
        return _all_or_nothing(item, response, identifiers, earned)
    best = max(right, key=lambda i: alone[i])
    for identifier in identifiers:
        if not alone[identifier]:
            alone[identifier] = earned([best, identifier], False) - alone[best]
    return _in_per_cent(item, alone, earned(right, True))


def _in_per_cent(
    item: Item, earned: Mapping[str, Fraction], reachable: Fraction
) -> Mapping[str, int]:
    full = max(Fraction(item.processing.most), reachable)
    if full <= 0:
        # Right options that are worth nothing together.
        full = max(earned.values())
    return {
        identifier: max(-100, min(100, round(100 * value / full)))
        for identifier, value in earned.items()
    }


def _all_or_nothing(
    item: Item, response: Response, identifiers: Sequence[str], earned: Earned
) -> Mapping[str, int]:
    """Return shares for an answer that only counts as a whole; a wrong option undoes a right one."""
    right = [i for i in identifiers if i in response.correct and earned(response.correct, True) > 0]
    if not right:
        raise no_key(response, item.element)
    item.notes.changed(
        "Only the whole answer earned points. Here, each right option earns its share, and each "
        "wrong one takes as much away."
    )
    share = round(Fraction(100, len(right)))
    return {identifier: share if identifier in right else -share for identifier in identifiers}


def _feedback(
    item: Item, response: Response, choices: Mapping[str, etree._Element], *, many: bool
) -> Mapping[str, str]:
    """Return the feedback on each option: what stands in it, and what is shown for those who chose it."""
    inside = {
        identifier: _feedback_inside(item, element) for identifier, element in choices.items()
    }
    identifiers = list(choices)
    answers = [{response.identifier: [identifier]} for identifier in identifiers]
    around = dict(zip(identifiers, item.feedbacks.take_for(answers, alone=not many), strict=True))
    return {
        identifier: " ".join(filter(None, [inside[identifier], around.get(identifier, "")]))
        for identifier in choices
    }


def _feedback_inside(item: Item, choice: etree._Element) -> str:
    found = list(within(choice, "feedbackInline", "feedbackBlock"))
    for element in found:
        remove(element)
    return item.texts.markdown(*found)


def _is_true_false(interaction: etree._Element, options: Sequence[Option]) -> bool:
    if len(options) != 2:
        return False
    if TRUE_FALSE in attribute(interaction, "class").split():
        return True
    return {option.text.casefold() for option in options} == {"true", "false"}


def _says_false(option: Option) -> bool:
    return option.text.casefold() == "false"
