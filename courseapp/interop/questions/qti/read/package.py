"""A file of QTI: a content package, or a single item."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from flask_babel import lazy_gettext as _l
from lxml import etree

from courseapp.interop.questions.errors import Unreadable
from courseapp.interop.questions.packages import read_package
from courseapp.interop.questions.qti.read.document import (
    attribute,
    canonical,
    child,
    local_name,
)
from courseapp.interop.questions.qti.read.expressions import Steps
from courseapp.interop.questions.qti.read.item import Place, read_item
from courseapp.interop.questions.qti.read.manifest import (
    Resource,
    find_manifest,
    place_of,
    resources_of,
)
from courseapp.interop.questions.qti.read.pictures import kind_of_picture
from courseapp.interop.questions.types import ExchangedQuestion, Reading, Remark, Severity
from courseapp.interop.questions.xml import parse_xml

_TOO_OLD: Final = _l(
    "It is QTI 1.2, an older format with other elements. QTI 2.1, 2.2 and 3.0 can be read: "
    "export it anew in one of these."
)
_NO_QTI: Final = _l("It holds no questions of QTI 2.1, 2.2 or 3.0.")
_TEST_ALONE: Final = _l(
    "It is a test, which only names its questions: its whole package (a zip file) is needed."
)
_TESTS: Final = frozenset({"assessmentTest", "assessmentSection"})
# Resources of the first version of QTI, in packages of their own and in common cartridges.
_OLD_KINDS: Final = ("imsqti_xmlv1p", "imsqti_asi", "imscc_xmlv")


def read(content: bytes) -> Reading:
    """Return the questions of a content package (a zip file) or of a single item."""
    if content[:2] == b"PK":
        return _Package(read_package(content)).read()
    root = parse_xml(content)
    name = local_name(root)
    if name == "questestinterop":
        raise Unreadable(_TOO_OLD)
    if name in _TESTS:
        raise Unreadable(_TEST_ALONE)
    if name != "assessmentItem":
        raise Unreadable(_NO_QTI)
    question, remarks = read_item(canonical(root), Place(), Steps())
    return Reading([question] if question else [], remarks)


@dataclass(slots=True)
class _Package:
    """Reads the files of a package one after the other, as its manifest lists them."""

    files: Mapping[str, bytes]
    steps: Steps = field(default_factory=Steps)
    questions: list[ExchangedQuestion] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    is_old: bool = False

    def read(self) -> Reading:
        manifest = find_manifest(self.files)
        if manifest is None:
            raise Unreadable(_l("It is no content package: it holds no imsmanifest.xml."))
        resources = resources_of(self.files, manifest)
        by_identifier = {resource.identifier: resource for resource in resources}
        found = False
        done: set[str] = set()
        for resource in resources:
            if resource.href in done or not self._may_be_item(resource):
                continue
            done.add(resource.href)
            if self._read_resource(resource):
                self._note_what_is_ignored(resource, by_identifier)
                found = True
        if not found and self.is_old:
            raise Unreadable(_TOO_OLD)
        if not found and not self.remarks:
            raise Unreadable(_NO_QTI)
        return Reading(self.questions, self.remarks)

    def _may_be_item(self, resource: Resource) -> bool:
        if resource.kind.startswith(_OLD_KINDS):
            self.is_old = True
        is_named = bool(resource.href)
        return is_named and (
            resource.href.lower().endswith(".xml") or resource.kind.startswith("imsqti_")
        )

    def _read_resource(self, resource: Resource) -> bool:
        """Read one resource, and tell whether it is an item."""
        name = resource.href
        if name not in self.files:
            self._remark(Severity.REFUSED, f"The package does not hold its file {name}.", resource)
            return False
        try:
            root = parse_xml(self.files[name])
        except Unreadable as error:
            self._remark(Severity.REFUSED, str(error.reason), resource)
            return False
        kind = local_name(root)
        if kind == "questestinterop":
            self.is_old = True
            self._remark(Severity.REFUSED, str(_TOO_OLD), resource)
        elif kind in _TESTS:
            title = attribute(root, "title") or attribute(root, "identifier")
            sentence = f"The test “{title}” was not taken over, only its questions."
            self._remark(Severity.NOTED, sentence, resource)
        elif kind == "assessmentItem":
            self._read_item(root, resource)
            return True
        return False

    def _read_item(self, root: etree._Element, resource: Resource) -> None:
        place = Place(
            self.files,
            resource.href,
            resource.source,
            resource.objective,
            lambda address: self._stimulus(resource.href, address),
        )
        question, remarks = read_item(canonical(root), place, self.steps)
        if question is not None:
            self.questions.append(question)
        self.remarks += remarks

    def _stimulus(self, path: str, address: str) -> etree._Element | None:
        name = place_of(posixpath.dirname(path), address)
        try:
            found = child(canonical(parse_xml(self.files[name])), "stimulusBody")
        except (KeyError, Unreadable):
            return None
        for image in () if found is None else found.iter("img", "object"):
            # From now on it is seen from the item's place, so it says where it is from the top.
            key = "src" if image.tag == "img" else "data"
            address = attribute(image, key)
            if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|/", address):
                image.set(key, quote(f"/{place_of(posixpath.dirname(name), address)}"))
        return found

    def _note_what_is_ignored(
        self, resource: Resource, by_identifier: Mapping[str, Resource]
    ) -> None:
        """Note the files that an item depends on and that are neither items nor pictures."""
        names: dict[str, None] = {}
        waiting, seen = [resource], {resource.identifier}
        while waiting:
            current = waiting.pop()
            names.update(dict.fromkeys([*current.files, current.href]))
            for identifier in current.needs:
                if identifier in by_identifier and identifier not in seen:
                    seen.add(identifier)
                    waiting.append(by_identifier[identifier])
        for name in names:
            if not name or name.lower().endswith(".xml") or self._is_picture(name):
                continue
            self._remark(Severity.NOTED, f"Its file {name} was not taken over.", resource)

    def _is_picture(self, name: str) -> bool:
        return kind_of_picture(self.files.get(name, b"")) is not None

    def _remark(self, severity: Severity, sentence: str, resource: Resource) -> None:
        self.remarks.append(Remark(severity, 0, sentence, resource.href or resource.identifier))
