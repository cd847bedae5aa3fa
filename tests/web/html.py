"""Reading a page: enough of a tree to find links, forms and labels in it, as a person would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(slots=True)
class Element:
    """An element with what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Yield this element and all below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def all(self, *tags: str) -> list[Element]:
        """Return the elements below that have one of these tags."""
        return [element for element in self if element.tag in tags]

    def by_id(self, wanted: str) -> Element:
        """Return the one element with this id."""
        found = [element for element in self if element.get("id") == wanted]
        assert len(found) == 1, f"{len(found)} elements have the id {wanted!r}"
        return found[0]

    @property
    def text(self) -> str:
        """The text that is read, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        if self.tag in {"script", "style"}:
            return
        for child in self.children:
            if isinstance(child, Element):
                yield from child._texts()
            else:
                yield child


def parse_html(source: str) -> Element:
    """Return a page as a tree. A tag that is not closed in its order fails: our pages are well-formed."""
    builder = _Builder()
    builder.feed(source)
    builder.close()
    assert len(builder.open) == 1, f"not closed: {[e.tag for e in builder.open[1:]]}"
    return builder.open[0]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        here = self.open.pop()
        assert here.tag == tag, f"</{tag}> closes <{here.tag}>, line {self.getpos()[0]}"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
