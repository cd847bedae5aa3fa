"""The images that the texts of an item show, as they lie in its package."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from courseapp.interop.questions.qti.read.notes import Notes
from courseapp.interop.questions.text import PLAIN_NAME
from courseapp.interop.questions.types import Picture

_MOST_BYTES: Final = 5_000_000
_DATA: Final = re.compile(r"data:image/[a-z+.-]{1,20};base64,(?P<content>[A-Za-z0-9+/=\s]*)")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(slots=True)
class Pictures:
    """Finds images by the addresses in texts, and gives them plain names that no two share."""

    files: Mapping[str, bytes]
    # The item's own place, from where its addresses lead.
    path: str
    notes: Notes
    _found: dict[str, Picture | None] = field(default_factory=dict)

    @property
    def all(self) -> Sequence[Picture]:
        """The pictures that were asked for, and are there."""
        return [picture for picture in self._found.values() if picture is not None]

    def name_of(self, address: str) -> str | None:
        """Return the name of the picture at an address, or None (with a remark) where there is none."""
        where = self._place(address)
        if where not in self._found:
            self._found[where] = self._picture(address, where)
        picture = self._found[where]
        return None if picture is None else picture.name

    def _place(self, address: str) -> str:
        if address.startswith("data:"):
            return address
        path = unquote(address.strip().partition("#")[0].partition("?")[0])
        place = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))
        # An address from the top leads to the top of the package.
        return place.lstrip("/")

    def _picture(self, address: str, where: str) -> Picture | None:
        shown = address.strip()[:80]
        if embedded := _DATA.fullmatch(address.strip()):
            content = _decoded(embedded["content"])
            name = "picture"
        elif re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", shown):
            self.notes.changed(f"The image {shown} is not in the package, and was left out.")
            return None
        else:
            content = self.files.get(where) or self._in_other_case(where)
            name = posixpath.basename(where)
        if not content:
            self.notes.changed(f"The image {shown} is not in the package, and was left out.")
            return None
        kind = kind_of_picture(content)
        if kind is None or len(content) > _MOST_BYTES:
            self.notes.changed(
                f"The image {shown} is no PNG, JPEG or WebP of at most five megabytes, and was left out."
            )
            return None
        return Picture(self._free_name(name, kind), content)

    def _in_other_case(self, where: str) -> bytes | None:
        # Packages that were made where case makes no difference are often careless of it.
        return next(
            (held for name, held in self.files.items() if name.casefold() == where.casefold()), None
        )

    def _free_name(self, name: str, kind: str) -> str:
        stem, suffix = posixpath.splitext(name)
        if suffix.lower() not in _SUFFIXES[kind]:
            suffix = _SUFFIXES[kind][0]
        stem = _UNSAFE.sub("-", stem).strip("-._")[:80] or "picture"
        taken = {picture.name.casefold() for picture in self.all}
        free = f"{stem}{suffix}"
        number = 1
        while free.casefold() in taken:
            number += 1
            free = f"{stem}-{number}{suffix}"
        return free if PLAIN_NAME.fullmatch(free) else f"picture-{len(self._found) + 1}{suffix}"


_SUFFIXES: Final[Mapping[str, Sequence[str]]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
}


def kind_of_picture(content: bytes) -> str | None:
    """Return the kind of a picture by what it begins with, whatever its name says."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def _decoded(content: str) -> bytes | None:
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except binascii.Error:
        return None
