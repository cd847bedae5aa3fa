"""Zip files of content packages: read whole and in memory, with nothing believed that a stranger wrote in them.

A package that breaks one rule is refused as a whole, before any of it is used.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import IO, Final

from flask_babel import lazy_gettext as _l

from courseapp.interop.questions.errors import Unreadable

MOST_MEMBERS: Final = 2000
MOST_BYTES: Final = 50_000_000
MOST_BYTES_OF_ONE: Final = 20_000_000
# Text is packed to a tenth, seldom to a fiftieth; what shrinks more than this was made to swell.
MOST_SWELLING: Final = 200
# Below this size even the best packed member harms nobody.
SWELLING_FROM: Final = 1_000_000

_CHUNK: Final = 65_536
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
# What zipfile and zlib raise for files that are damaged, or made to look so.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


def read_package(content: bytes) -> Mapping[str, bytes]:
    """Return the files of a zip by their names, which are relative and have forward slashes.

    Zips inside are left out: nobody opens them.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = _checked_names(members)
            files = _unpack(archive, names)
    except _DAMAGE as error:
        raise Unreadable(_l("It is no zip file, or a damaged one.")) from error
    return {name: held for name, held in files.items() if not held.startswith(b"PK\x03\x04")}


def write_package(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files. The same files make the same zip, whenever and wherever."""
    for name in files:
        if _problem_of_name(name) or str(PurePosixPath(name)) != name:
            raise ValueError(f"not a name for a file of a package: {name!r}")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, date_time=_EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            # Made as on Unix, wherever it is made.
            member.create_system = 3
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(member, files[name])
    return target.getvalue()


def _checked_names(members: Sequence[zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    """Return the members that are files, by name; refuse all if one is not what a package may hold."""
    if len(members) > MOST_MEMBERS:
        raise Unreadable(_l("It holds more than %(count)s files.", count=MOST_MEMBERS))
    names: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for member in members:
        # zipfile cuts names at a NUL: this is the name as it was written.
        written = member.orig_filename
        if problem := _problem_of_name(written) or _problem_of_kind(member):
            raise Unreadable(problem)
        name = str(PurePosixPath(written))
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise Unreadable(_l("It holds two files named “%(name)s”.", name=_shown(name)))
        seen.add(folded)
        if not member.is_dir():
            names[name] = member
    return names


def _problem_of_name(name: str) -> object:
    """Return a sentence if a file of that name must not be in a package."""
    shown = _shown(name)
    if any(ord(character) < 32 for character in name):
        return _l("“%(name)s” has a control character in its name.", name=shown)
    if "\\" in name:
        return _l("“%(name)s” has a backslash in its name.", name=shown)
    if name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return _l("“%(name)s” names a place outside the package.", name=shown)
    if not PurePosixPath(name).name:
        return _l("It holds a file without a name.")
    return None


def _problem_of_kind(member: zipfile.ZipInfo) -> object:
    """Return a sentence if a member is stored as none of a package may be."""
    shown = _shown(member.filename)
    if member.flag_bits & _ENCRYPTED:
        return _l("“%(name)s” is encrypted.", name=shown)
    # The upper half is the mode that Unix gave it, if it comes from there.
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return _l("“%(name)s” is a link or another special file.", name=shown)
    if member.compress_type not in _METHODS:
        return _l("“%(name)s” is packed in a way that is not read here.", name=shown)
    return None


def _unpack(archive: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MOST_BYTES
    for name, member in names.items():
        files[name] = _unpack_one(archive, member, left)
        left -= len(files[name])
    return files


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """Return the bytes of a member, counted as they come: sizes in headers are only claims."""
    held = bytearray()
    packed = max(1, member.compress_size)
    with archive.open(member) as source:
        for chunk in _chunks(source):
            held += chunk
            if len(held) > left:
                raise Unreadable(_l("It unpacks to more than fifty megabytes."))
            if len(held) > MOST_BYTES_OF_ONE:
                raise Unreadable(
                    _l(
                        "“%(name)s” unpacks to more than twenty megabytes.",
                        name=_shown(member.filename),
                    )
                )
            if len(held) > SWELLING_FROM and len(held) > MOST_SWELLING * packed:
                raise Unreadable(
                    _l("“%(name)s” is packed suspiciously well.", name=_shown(member.filename))
                )
    return bytes(held)


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _shown(name: str) -> str:
    """Return a stranger's name for a sentence: in one line, and not endless."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return printable[:80]
