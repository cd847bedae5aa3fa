"""The pictures that come with a question, each under a plain name."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from lxml import etree

from courseapp.interop.questions.html import ImageNames
from courseapp.interop.questions.remarks import Notes
from courseapp.interop.questions.text import PLAIN_NAME
from courseapp.interop.questions.types import Picture

MOST_BYTES: Final = 2_000_000
PLUGIN_FILE: Final = "@@PLUGINFILE@@/"

_INLINE: Final = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=]+)")
_INLINE_PATH: Final = "inline/picture"


@dataclass(slots=True)
class Pictures:
    """Takes the pictures of one question that its texts show."""

    notes: Notes
    _taken: dict[str, bytes] = field(default_factory=dict)

    @property
    def taken(self) -> Sequence[Picture]:
        """What was taken, in the order in which texts show it."""
        return tuple(Picture(name, content) for name, content in self._taken.items())

    def named_in(self, files: Mapping[str, str]) -> ImageNames:
        """Return what finds the names of pictures that the files of one text hold, in base64 by their paths."""

        def name_of(address: str) -> str | None:
            if address in self._taken:
                return address
            path, _, _ = unquote(address.removeprefix(PLUGIN_FILE)).partition("?")
            if path in files and address.startswith(PLUGIN_FILE):
                return self.take(path.rpartition("/")[2], files[path])
            return None

        return name_of

    def take(self, name: str, encoded: str) -> str | None:
        """Take a picture, and return the name that it has from now on; None if it cannot be taken."""
        try:
            content = base64.b64decode(encoded)
        except (binascii.Error, ValueError):
            self.notes.change(f"The picture {name} is damaged: it was left out.")
            return None
        suffix = _suffix(content)
        if suffix is None:
            self.notes.change(
                f"The picture {name} was left out: only PNG, JPEG and WebP are taken."
            )
            return None
        if len(content) > MOST_BYTES:
            self.notes.change(f"The picture {name} was left out: it is larger than two megabytes.")
            return None
        return self._keep(_plain(name, suffix), content)

    def _keep(self, name: str, content: bytes) -> str:
        stem, _, suffix = name.rpartition(".")
        number = 1
        while self._taken.setdefault(name, content) != content:
            number += 1
            name = f"{stem}-{number}.{suffix}"
        return name


def without_inline(text: str) -> tuple[str, Mapping[str, str]]:
    """Return a text whose pictures are files beside it, and those that stood in it itself."""
    files: dict[str, str] = {}

    def aside(match: re.Match[str]) -> str:
        path = f"{_INLINE_PATH}{len(files) + 1}"
        files[path] = match[1]
        return PLUGIN_FILE + path

    return _INLINE.sub(aside, text), files


def files_of(element: etree._Element) -> Mapping[str, str]:
    """Return the files below an element, in base64, by the paths with which texts speak of them."""
    return {
        f"{file.get('path', '/')}{file.get('name', '')}".lstrip("/"): file.text or ""
        for file in element.iterchildren("file")
    }


def _suffix(content: bytes) -> str | None:
    """Return how the name of such a picture ends, by its first bytes."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _plain(name: str, suffix: str) -> str:
    stem, _, ending = name.rpartition(".")
    if PLAIN_NAME.fullmatch(name) and ending.lower().replace("jpeg", "jpg") == suffix:
        return name
    letters = unicodedata.normalize("NFKD", stem or name).encode("ascii", "ignore").decode()
    return f"{'-'.join(re.findall('[A-Za-z0-9]+', letters))[:80] or 'picture'}.{suffix}"
