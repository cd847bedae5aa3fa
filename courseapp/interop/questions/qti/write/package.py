"""Questions as a content package: a manifest, an item for each, and their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from lxml import etree

from courseapp.interop.questions.packages import write_package
from courseapp.interop.questions.qti.names import LOM, XSI, title_of
from courseapp.interop.questions.qti.write.choices import write_choice
from courseapp.interop.questions.qti.write.dialects import QTI_21, QTI_22, QTI_30, Dialect
from courseapp.interop.questions.qti.write.drafts import Draft
from courseapp.interop.questions.qti.write.elements import (
    Identifiers,
    Maker,
    clean,
    default_namespace,
)
from courseapp.interop.questions.qti.write.entries import write_gaps, write_number, write_text
from courseapp.interop.questions.qti.write.essays import write_essay
from courseapp.interop.questions.qti.write.markup import Markup
from courseapp.interop.questions.qti.write.pairs import write_matching, write_ordering
from courseapp.interop.questions.remarks import Notes, NotTaken
from courseapp.interop.questions.types import (
    Choice,
    Essay,
    ExchangedQuestion,
    Gaps,
    Matching,
    NumberEntry,
    Ordering,
    Remark,
    TextEntry,
    Writing,
)

_ITEMS: Final = "items"
_PICTURES: Final = "pictures"


def write_21(questions: Sequence[ExchangedQuestion]) -> Writing:
    """Return a package of QTI 2.1."""
    return _write(questions, QTI_21)


def write_22(questions: Sequence[ExchangedQuestion]) -> Writing:
    """Return a package of QTI 2.2."""
    return _write(questions, QTI_22)


def write_30(questions: Sequence[ExchangedQuestion]) -> Writing:
    """Return a package of QTI 3.0."""
    return _write(questions, QTI_30)


@dataclass(frozen=True, slots=True)
class _Written:
    """An item of the package."""

    question: ExchangedQuestion
    identifier: str
    name: str
    pictures: Sequence[str]


def _write(questions: Sequence[ExchangedQuestion], dialect: Dialect) -> Writing:
    files: dict[str, bytes] = {}
    written: list[_Written] = []
    remarks: list[Remark] = []
    # They name files, too.
    identifiers = Identifiers(folding=True)
    for number, question in enumerate(questions, 1):
        notes = Notes(question.line, question.title or question.key)
        identifier = identifiers.of(question.key, f"question_{number}")
        if question.key and identifier != question.key:
            notes.change(
                f"Its key became {identifier}: QTI allows fewer signs, and each name once."
            )
        # The folder has the name of the item, so that two pictures may have the same name.
        names = frozenset(picture.name for picture in question.pictures)
        markup = Markup(Maker(dialect), notes, f"../{_PICTURES}/{identifier}", names)
        try:
            item = _item(question, identifier, markup, notes)
        except NotTaken as refusal:
            notes.refuse(str(refusal))
            remarks += notes.remarks
            continue
        name = f"{_ITEMS}/{identifier}.xml"
        files[name] = _serialized(item, dialect.namespace, dialect.schema)
        pictures = {p.name: p.content for p in question.pictures if p.name in markup.shown}
        places = [f"{_PICTURES}/{identifier}/{picture}" for picture in pictures]
        files.update(zip(places, pictures.values(), strict=True))
        for picture in question.pictures:
            if picture.name not in markup.shown:
                notes.change(f"No text shows its picture {picture.name}, so it was left out.")
        written.append(_Written(question, identifier, name, places))
        remarks += notes.remarks
    files["imsmanifest.xml"] = _manifest(written, dialect)
    return Writing(write_package(files), remarks)


def _item(
    question: ExchangedQuestion, identifier: str, markup: Markup, notes: Notes
) -> etree._Element:
    draft = Draft(markup.make, markup, notes)
    prompt = question.prompt
    match question.interaction:
        case Choice() as choice:
            write_choice(draft, prompt, choice)
        case TextEntry() as entry:
            write_text(draft, prompt, entry)
        case NumberEntry() as entry:
            write_number(draft, prompt, entry)
        case Matching() as matching:
            write_matching(draft, prompt, matching)
        case Ordering() as ordering:
            write_ordering(draft, prompt, ordering)
        case Gaps() as gaps:
            write_gaps(draft, prompt, gaps)
        case Essay() as essay:
            write_essay(draft, prompt, essay)
    draft.add_explanation(question.explanation)
    return draft.item(identifier, question.title or title_of(prompt))


def _manifest(written: Sequence[_Written], dialect: Dialect) -> bytes:
    namespace = dialect.package_namespace

    def make(name: str, *inner: etree._Element | str, **attributes: str) -> etree._Element:
        return _put(etree.Element(f"{{{namespace}}}{name}"), inner, attributes)

    resources = []
    for item in written:
        said = _metadata(item.question)
        resources.append(
            make(
                "resource",
                *([make("metadata", said)] if said is not None else []),
                *(make("file", href=quote(name)) for name in (item.name, *item.pictures)),
                identifier=item.identifier,
                type=dialect.item_type,
                href=quote(item.name),
            )
        )
    root = etree.Element(
        f"{{{namespace}}}manifest",
        identifier="questions",
        nsmap=default_namespace(namespace, imsmd=LOM),
    )
    root.extend(
        [
            make(
                "metadata",
                make("schema", dialect.package_name),
                make("schemaversion", dialect.package_version),
            ),
            make("organizations"),
            make("resources", *resources),
        ]
    )
    return _serialized(root, namespace, dialect.package_schema)


def _metadata(question: ExchangedQuestion) -> etree._Element | None:
    """Return what a manifest says about a question: on what it is based, and what it asks about."""

    def make(name: str, *inner: etree._Element | str) -> etree._Element:
        return _put(etree.Element(f"{{{LOM}}}{name}"), inner, {})

    def vocabulary(name: str, value: str) -> etree._Element:
        return make(name, make("source", "LOMv1.0"), make("value", value))

    def description(text: str) -> etree._Element:
        return make("description", make("string", text))

    parts = []
    if question.source:
        resource = make("resource", description(question.source))
        parts.append(make("relation", vocabulary("kind", "isbasedon"), resource))
    if question.objective:
        purpose = vocabulary("purpose", "educational objective")
        parts.append(make("classification", purpose, description(question.objective)))
    return make("lom", *parts) if parts else None


def _put(
    element: etree._Element, inner: Sequence[etree._Element | str], attributes: dict[str, str]
) -> etree._Element:
    for part in inner:
        if isinstance(part, str):
            element.text = clean(part)
        else:
            element.append(part)
    for name, value in attributes.items():
        element.set(name, value)
    return element


def _serialized(root: etree._Element, namespace: str, schema: str) -> bytes:
    root.set(f"{{{XSI}}}schemaLocation", f"{namespace} {schema}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
