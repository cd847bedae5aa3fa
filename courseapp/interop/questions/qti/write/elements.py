"""Elements of QTI in the names of one version, and identifiers for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, cast

from lxml import etree

from courseapp.interop.questions.qti.names import kebab
from courseapp.interop.questions.qti.write.dialects import Dialect

# What XML cannot hold at all.
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Names of XML without the rare letters, and without the full stop that 2.x does not want in identifiers.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_UNFIT: Final = re.compile(r"[^A-Za-z0-9_-]+")


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _ILLEGAL.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes elements; names and attributes are given as 2.x has them."""

    dialect: Dialect

    def __call__(
        self, name: str, *inner: etree._Element | str, **attributes: str | bool | int | None
    ) -> etree._Element:
        """Return an element of QTI with what it holds. Attributes that are None are left out."""
        local = f"qti-{kebab(name)}" if self.dialect.kebab else name
        element = self._element(local)
        for key, value in attributes.items():
            if value is None:
                continue
            # `class` is a word of Python.
            plain = key.rstrip("_")
            written = str(value).lower() if isinstance(value, bool) else str(value)
            element.set(kebab(plain) if self.dialect.kebab else plain, clean(written))
        for part in inner:
            append(element, part)
        return element

    def html(self, name: str, *inner: etree._Element | str, class_: str = "") -> etree._Element:
        """Return an element of a text, which has the same name in all versions."""
        element = self._element(name)
        if class_:
            element.set("class", class_)
        for part in inner:
            append(element, part)
        return element

    def _element(self, local: str) -> etree._Element:
        namespace = self.dialect.namespace
        return etree.Element(f"{{{namespace}}}{local}", nsmap=default_namespace(namespace))

    # Parts of response processing

    def variable(self, identifier: str) -> etree._Element:
        """Return what was answered, or an outcome."""
        return self("variable", identifier=identifier)

    def value(self, base_type: str, text: str) -> etree._Element:
        """Return a constant."""
        return self("baseValue", text, baseType=base_type)

    def set_outcome(self, identifier: str, expression: etree._Element) -> etree._Element:
        """Return the rule that sets an outcome."""
        return self("setOutcomeValue", expression, identifier=identifier)

    def values(self, name: str, texts: Sequence[str]) -> etree._Element:
        """Return a correctResponse or defaultValue."""
        return self(name, *(self("value", text) for text in texts))


def default_namespace(namespace: str, **others: str) -> dict[str, str]:
    """Return prefixes for lxml, where None stands for having none; its types do not know that."""
    return cast("dict[str, str]", {None: namespace, **others})


def append(element: etree._Element, part: etree._Element | str) -> None:
    """Put an element or a text at the end of what an element holds."""
    if not isinstance(part, str):
        element.append(part)
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + clean(part)
    else:
        element.text = (element.text or "") + clean(part)


def plain_number(value: Decimal) -> str:
    """Return a number without an exponent, as long as that can be read."""
    value = value.normalize()
    return format(value, "f") if abs(value.adjusted()) < 30 else str(value)


def score(credit: int) -> str:
    """Return a credit in per cent as a part of one point."""
    return plain_number(Decimal(credit) / 100)


@dataclass(slots=True)
class Identifiers:
    """Gives identifiers that no two things share; with `folding`, not even in another case."""

    taken: set[str] = field(default_factory=set)
    folding: bool = False

    def of(self, key: str, otherwise: str) -> str:
        """Return the key if it can be an identifier and is free, else something like it."""
        wanted = key if _NAME.fullmatch(key) else _like(key) or otherwise
        identifier, count = wanted, 1
        while self._known(identifier) in self.taken:
            count += 1
            identifier = f"{wanted}-{count}"
        self.taken.add(self._known(identifier))
        return identifier

    def _known(self, identifier: str) -> str:
        return identifier.casefold() if self.folding else identifier


def _like(key: str) -> str:
    plain = _UNFIT.sub("-", key).strip("-")[:80]
    return plain if _NAME.fullmatch(plain) else f"_{plain}" if plain else ""
