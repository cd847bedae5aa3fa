"""imsmanifest.xml: which files of a package are what, and what is said about them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from flask_babel import lazy_gettext as _l
from lxml import etree

from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.qti.read.document import attribute, local_name, words
from courseapp.interop.questions.xml import parse_xml

MANIFEST: Final = "imsmanifest.xml"
_BASED_ON: Final = "isbasedon"
_OBJECTIVE: Final = "educational objective"
_MOST_REFERENCES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a package: its main file, and all that it needs."""

    identifier: str
    kind: str
    href: str
    files: Sequence[str]
    needs: Sequence[str]
    source: str = ""
    objective: str = ""


def find_manifest(files: Mapping[str, bytes]) -> str | None:
    """Return the name of the manifest; a folder around the whole package does no harm."""
    if MANIFEST in files:
        return MANIFEST
    inner = [name for name in files if name.count("/") == 1 and name.endswith(f"/{MANIFEST}")]
    return inner[0] if len(inner) == 1 else None


def resources_of(files: Mapping[str, bytes], manifest: str) -> Sequence[Resource]:
    """Return the resources of a package, in their order."""
    root = parse_xml(files[manifest])
    if local_name(root) != "manifest":
        raise Unreadable(_l("Its imsmanifest.xml is no manifest of a content package."))
    base = posixpath.join(posixpath.dirname(manifest), _base(root))
    found = []
    for container in _children(root, "resources"):
        inner = posixpath.join(base, _base(container))
        found += [_resource(resource, inner) for resource in _children(container, "resource")]
    if sum(len(r.files) + len(r.needs) for r in found) > _MOST_REFERENCES:
        raise Unreadable(_l("Its imsmanifest.xml names more files than a package can hold."))
    return found


def place_of(base: str, address: str) -> str:
    """Return the name of the file to which an address leads from a folder."""
    path = unquote(address.partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join(base, path)) if path else ""


def _resource(element: etree._Element, base: str) -> Resource:
    base = posixpath.join(base, _base(element))
    files = [place_of(base, attribute(file, "href")) for file in _children(element, "file")]
    return Resource(
        attribute(element, "identifier"),
        attribute(element, "type"),
        place_of(base, attribute(element, "href")) or next(iter(files), ""),
        files,
        [attribute(needed, "identifierref") for needed in _children(element, "dependency")],
        _said(element, "relation", "kind", _BASED_ON),
        _said(element, "classification", "purpose", _OBJECTIVE),
    )


def _base(element: etree._Element) -> str:
    return str(element.get("{http://www.w3.org/XML/1998/namespace}base", ""))


def _said(resource: etree._Element, name: str, about: str, what: str) -> str:
    """Return the description of a relation or classification of some kind in the resource's metadata."""
    for found in _below(resource, name):
        kinds = [words(value) for kind in _below(found, about) for value in _below(kind, "value")]
        if what in (kind.lower() for kind in kinds):
            for description in _below(found, "description"):
                return words(description)
    return ""


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if local_name(child) == name)


def _below(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element.iter() if local_name(child) == name)
