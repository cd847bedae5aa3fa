"""Credentials inside pictures: a badge that is its own proof (Open Badges 3.0, section 5.3).

Pure: bytes in, bytes out. What is read here comes from strangers: everything has a bound, nothing is fetched.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from lxml import etree

MOST_BYTES: Final = 5_000_000
MOST_CREDENTIAL_BYTES: Final = 1_000_000
# Pictures of the most bytes that are cut up finely have about a thousand.
MOST_CHUNKS: Final = 10_000

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORD: Final = b"openbadgecredential"
_CHUNK_TYPE: Final = re.compile(rb"[A-Za-z]{4}")
# Length and type stand before a chunk's data, the checksum after them.
_HEAD, _TAIL = 8, 4

_SVG: Final = "http://www.w3.org/2000/svg"
_OPEN_BADGES: Final = "https://purl.imsglobal.org/ob/v3p0"
_CREDENTIAL: Final = f"{{{_OPEN_BADGES}}}credential"
_SPACE: Final = re.compile(r"[ \t\r\n]+")
# Inside JSON these can only be mistakes: its strings write control characters as escapes.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Fine in JSON, unsayable in XML even as references.
_NONCHARACTER: Final = re.compile("[\ufffe\uffff]")

_Found = TypeVar("_Found")


class BakingProblem(ValueError):
    """A picture gives no credential; `reason` is a plain sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NothingBaked(BakingProblem):
    """The picture is sound, and there is no credential in it."""


class ImageUnreadable(BakingProblem):
    """The bytes are no sound PNG or SVG picture, or what is baked into it cannot be read."""


def bake_png(png: bytes, credential: str) -> bytes:
    """Return the picture with the credential in it, in the place of any that was there before."""
    chunks = list(_chunks(png))
    header, *others = [chunk.written for chunk in chunks if _text_of(chunk) is None]
    # No compression, no language, no translated keyword.
    data = _KEYWORD + b"\0\0\0\0\0" + _checked(credential).encode()
    return _bounded(PNG_SIGNATURE + b"".join([header, _write(b"iTXt", data), *others]))


def bake_svg(svg: str, credential: str) -> str:
    """Return the picture with the credential as its first element, in the place of any older one.

    What stands before <svg> is left out. Unbaking gives the same text, but for U+FFFE and U+FFFF: these two
    come back as JSON's escapes.
    """
    root = _parse_svg(svg.encode())
    for older in list(root.iter(_CREDENTIAL)):
        _remove(older)
    # Nothing that looks like this can stand earlier: in attributes and text "<" is escaped.
    root.insert(0, etree.Comment("credential"))
    picture = etree.tostring(root, encoding="unicode", with_tail=False)
    element = (
        f'<openbadges:credential xmlns:openbadges="{_OPEN_BADGES}">'
        f"{_as_cdata(_checked(credential))}</openbadges:credential>"
    )
    before, _, after = picture.partition("<!--credential-->")
    baked = before + element + after
    _bounded(baked.encode())
    return baked


def unbake(data: bytes) -> str:
    """Return the credential in a PNG or SVG picture; raises NothingBaked or ImageUnreadable."""
    if data.startswith(PNG_SIGNATURE):
        rests = [rest for chunk in _chunks(data) if (rest := _text_of(chunk)) is not None]
        credential = _decode_text(_only(rests))
    else:
        credential = _content(_only(_parse_svg(data).iter(_CREDENTIAL)))
    if not credential.strip():
        raise NothingBaked("The picture holds no credential.")
    return credential


def _only(places: Iterable[_Found]) -> _Found:
    """Return the one place that holds a credential: of two, nobody can say which one is meant.

    They are counted before any is read: a small picture has room for thousands that inflate to the most allowed.
    """
    found = list(islice(places, 2))
    if len(found) > 1:
        raise ImageUnreadable("The picture holds more than one credential.")
    if not found:
        raise NothingBaked("The picture holds no credential.")
    return found[0]


def _bounded(picture: bytes) -> bytes:
    if len(picture) > MOST_BYTES:
        raise ImageUnreadable("The picture is too large.")
    return picture


def _checked(credential: str) -> str:
    """Return the credential when it can be baked, and be taken out again."""
    if _CONTROL.search(credential) or not credential.strip():
        raise ValueError("A credential is a JSON text.")
    if len(credential.encode()) > MOST_CREDENTIAL_BYTES:
        raise ValueError("The credential is too large.")
    return credential


# PNG


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk, and how it is written in the file."""

    type: bytes
    data: bytes
    written: bytes


def _chunks(png: bytes) -> Iterator[_Chunk]:
    """Yield the chunks of a PNG from IHDR to IEND, their checksums and their order checked."""
    if not _bounded(png).startswith(PNG_SIGNATURE):
        raise ImageUnreadable("This is no PNG picture.")
    at, has_pixels = len(PNG_SIGNATURE), False
    for _ in range(MOST_CHUNKS):
        chunk = _chunk_at(png, at)
        is_first = at == len(PNG_SIGNATURE)
        if is_first != (chunk.type == b"IHDR") or (is_first and len(chunk.data) != 13):
            raise ImageUnreadable("The PNG picture does not begin with its header.")
        has_pixels = has_pixels or chunk.type == b"IDAT"
        yield chunk
        at += len(chunk.written)
        if chunk.type == b"IEND":
            break
    else:
        raise ImageUnreadable("The PNG picture has too many parts.")
    if not has_pixels:
        raise ImageUnreadable("The PNG picture has no pixels.")
    if at != len(png):
        raise ImageUnreadable("Something follows the end of the PNG picture.")


def _chunk_at(png: bytes, at: int) -> _Chunk:
    length = int.from_bytes(png[at : at + 4])
    end = at + _HEAD + length + _TAIL
    if at + _HEAD > len(png) or end > len(png):
        raise ImageUnreadable("The PNG picture is cut off.")
    type_, data = png[at + 4 : at + _HEAD], png[at + _HEAD : end - _TAIL]
    if not _CHUNK_TYPE.fullmatch(type_):
        raise ImageUnreadable("The PNG picture has a part of no known form.")
    written = png[at:end]
    if written != _write(type_, data):
        raise ImageUnreadable("The PNG picture is damaged: a checksum is wrong.")
    return _Chunk(type_, data, written)


def _write(type_: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(type_ + data)
    return len(data).to_bytes(4) + type_ + data + checksum.to_bytes(4)


def _text_of(chunk: _Chunk) -> bytes | None:
    """Return what follows the keyword in the chunk that holds a credential, None for other chunks."""
    if chunk.type != b"iTXt":
        return None
    keyword, _, rest = chunk.data.partition(b"\0")
    return rest if keyword == _KEYWORD else None


def _decode_text(rest: bytes) -> str:
    """Return the text of an international text chunk, inflated if need be."""
    parts = rest[2:].split(b"\0", 2)
    if len(rest) < 2 or len(parts) != 3:
        raise ImageUnreadable("The credential in the PNG picture is cut off.")
    flag, text = rest[0], parts[2]
    if flag not in {0, 1} or rest[1] != 0:
        raise ImageUnreadable("The credential in the PNG picture is compressed in an unknown way.")
    return _decode(_inflate(text) if flag else text)


def _inflate(data: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        text = inflating.decompress(data, MOST_CREDENTIAL_BYTES + 1)
    except zlib.error:
        raise ImageUnreadable("The credential in the PNG picture cannot be inflated.") from None
    if len(text) <= MOST_CREDENTIAL_BYTES and (not inflating.eof or inflating.unused_data):
        raise ImageUnreadable("The credential in the PNG picture is cut off.")
    return text


def _decode(text: bytes) -> str:
    if len(text) > MOST_CREDENTIAL_BYTES:
        raise ImageUnreadable("The credential in the picture is too large.")
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise ImageUnreadable("The credential in the picture is not in UTF-8.") from None


# SVG


def _parse_svg(data: bytes) -> etree._Element:
    """Return the root of an SVG picture that declares nothing: no document type, so no entities."""
    try:
        text = _bounded(data).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImageUnreadable(
            "This is neither a PNG picture nor an SVG picture in UTF-8."
        ) from None
    start = _skip_prolog(text)
    if not text.startswith("<", start):
        raise ImageUnreadable("This is neither a PNG picture nor an SVG picture.")
    if text.startswith("<!--", start):
        raise ImageUnreadable("The SVG picture is not well-formed XML.")
    if text.startswith("<!", start):
        raise ImageUnreadable("The SVG picture declares a document type, which is not accepted.")
    # The encoding is given: one that the file names itself could hide what was looked for above.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        raise ImageUnreadable("The SVG picture is not well-formed XML.") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise ImageUnreadable("This is XML, but no SVG picture.")
    return root


def _skip_prolog(text: str) -> int:
    """Return where the first thing stands that is no space, comment or instruction."""
    at = 0
    while True:
        if space := _SPACE.match(text, at):
            at = space.end()
        end = "?>" if text.startswith("<?", at) else "-->" if text.startswith("<!--", at) else ""
        found = text.find(end, at) if end else -1
        if found < 0:
            return at
        at = found + len(end)


def _content(element: etree._Element) -> str:
    """Return an element's JSON, or the token that credentials signed as a whole carry in `verify`."""
    text, token = element.text or "", element.get("verify", "")
    if len(element) or (text.strip() and token):
        raise ImageUnreadable("The credential in the SVG picture is mixed with something else.")
    return _decode((text if text.strip() else token).encode())


def _remove(element: etree._Element) -> None:
    """Take an element out, but not the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail or "", element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)


def _as_cdata(text: str) -> str:
    """Write a text so that XML gives it back unchanged: its end mark is split, its CR not made an LF."""
    text = _NONCHARACTER.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
    text = text.replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")
    return f"<![CDATA[{text}]]>"
