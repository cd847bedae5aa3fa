"""Taking a quiz on its pages: what a person remembers of a review, and how she answers with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.web.html import Element
from tests.web.visitor import Typed, standing_in

# By the words of a question: the texts of its right options, what belongs to each of its items by the item's
# words, or what belongs into each of its gaps.
Right = frozenset[str] | Mapping[str, str] | Sequence[str]
Memory = dict[str, Right]

FIELDS = ("input", "select", "textarea")
NOT_ITS_OWN = {"verdict", "verdict-inline", "feedback"}


def remember(review: Element) -> Memory:
    """Return what a review says is right, question by question."""
    (questions,) = [e for e in review.all("ol") if e.get("class") == "review"]
    return dict(_remember_question(e) for e in questions.children if isinstance(e, Element))


def _remember_question(question: Element) -> tuple[str, Right]:
    for gapped in with_class(question, "gapped"):
        return _words_before(gapped, _is_gap), list(_right_in_gaps(gapped))
    words = next(e for e in with_class(question, "prose")).text
    for options in with_class(question, "reviewed"):
        right = [e for e in options.all("li") if "right" in e["class"].split()]
        return words, frozenset(_own_words(option.all("span")[0]) for option in right)
    return words, dict(_right_of_item(item) for item in with_class(question, "reviewed-item"))


def _right_of_item(item: Element) -> tuple[str, str]:
    """Return an item's words (none where the question is its own item), and what belongs to it."""
    label = "".join(e.text for e in with_class(item, "reviewed-label"))
    # Where what was answered is not right, what is right stands below it.
    return label, _own_words(with_class(item, "line")[-1])


def _right_in_gaps(gapped: Element) -> Iterator[str]:
    """Yield what belongs into each gap: what was given, or what follows the arrow after it."""
    wrong = False
    for element in gapped:
        if _is_gap(element):
            wrong = "right-text" not in element.get("class").split()
            if not wrong:
                yield element.text
        elif wrong and element.tag == "strong":
            wrong = False
            yield element.text


def _is_gap(element: Element) -> bool:
    """Tell whether something stands for a gap: a field, or in a review what was filled in."""
    return element.tag in FIELDS or bool({"given", "quiet"} & set(element.get("class").split()))


def _own_words(element: Element) -> str:
    """Return what an option or an answer says itself, without verdict and feedback."""
    return " ".join(
        "".join(
            child if isinstance(child, str) else child.text
            for child in element.children
            if isinstance(child, str) or child.get("class") not in NOT_ITS_OWN
        ).split()
    )


def words_of(page: Element) -> str:
    """Return the words by which a question on its page is known again in a review."""
    for gapped in with_class(page, "gapped"):
        return _words_before(gapped, _is_gap)
    return next(e for e in page.all("legend")).text


def _words_before(element: Element, stops: Callable[[Element], bool]) -> str:
    """Return the text of an element up to the first one below it at which this stops."""
    found: list[str] = []

    def read(here: Element) -> bool:
        for child in here.children:
            if isinstance(child, str):
                found.append(child)
            elif stops(child) or read(child):
                return True
        return False

    read(element)
    return " ".join("".join(found).split())


def offered(page: Element) -> dict[str, str]:
    """Return the values of a question's options, by their words."""
    return {
        label.text: label.all("input")[0]["value"]
        for label in page.all("label")
        if "option" in label.get("class").split()
    }


def field_of(page: Element) -> str:
    """Return the name of the one field that the question has."""
    (name,) = {e["name"] for e in fields_of(page)}
    return name


def fields_of(page: Element) -> list[Element]:
    """Return what a question is answered with, in the order of the page."""
    (question,) = page.all("fieldset")
    return question.all(*FIELDS)


def answer_from(page: Element, right: Right) -> dict[str, Typed]:
    """Return what to fill into a question's fields, by their names."""
    if isinstance(right, frozenset):
        options = offered(page)
        return {field_of(page): [options[words] for words in sorted(right)]}
    fields = {e["name"]: e for e in fields_of(page)}
    if isinstance(right, Mapping):
        labels = {e.text: e["for"] for e in page.all("label") if e.get("for") in fields}
        by_name = {labels.get(label) or field_of(page): text for label, text in right.items()}
    else:
        by_name = dict(zip(fields, right, strict=True))
    return {name: _as_value(fields[name], text) for name, text in by_name.items()}


def _as_value(field: Element, text: str) -> str:
    """Return what a field takes for a text: of a list, the value of the entry that says it."""
    if field.tag != "select":
        return text
    (value,) = [e["value"] for e in field.all("option") if e.text == text]
    return value


def with_class(page: Element, name: str) -> list[Element]:
    """Return the elements that have this class."""
    return [element for element in page if name in element.get("class").split()]


def any_answer(page: Element) -> dict[str, Typed]:
    """Return something that can be answered to a question, by the names of its fields."""
    for value in offered(page).values():
        return {field_of(page): value}
    return {e["name"]: _first_entry(e) for e in fields_of(page)}


def _first_entry(field: Element) -> str:
    return field.all("option")[1]["value"] if field.tag == "select" else "1"


def standing(page: Element) -> dict[str, Typed]:
    """Return what stands in a question's fields, where something does."""
    found: dict[str, Typed] = {}
    for field in fields_of(page):
        if field.get("type") in {"radio", "checkbox"}:
            value = field["value"] if "checked" in field.attributes else ""
        else:
            value = standing_in(field)
        if value:
            found[field["name"]] = value
    return found
