"""PNG: only what makes up the pixels is decoded, and written anew."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from flask_babel import lazy_gettext as _l
from PIL import Image

from courseapp.credentials.artwork.common import (
    LEAST_PIXELS,
    MOST_PIXELS,
    MOST_PNG_BYTES,
    MOST_WRITTEN_BYTES,
    Artwork,
    Unusable,
)
from courseapp.credentials.baking import PNG_SIGNATURE

_HEADER: Final = struct.Struct(">II5B")
# All that makes up the pixels. Texts, times, profiles, positions and the frames of an animation are
# left out before the decoder sees them.
_PIXEL_CHUNKS: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def read_png(data: bytes) -> Artwork:
    """Decode a PNG and encode its pixels again, as RGB or RGBA in sRGB.

    A colour profile is not applied but dropped: few logos have another than sRGB, and to read what a
    stranger's profile holds is not worth a shade.
    """
    if len(data) > MOST_PNG_BYTES:
        raise Unusable(_l("The picture is larger than one megabyte. Send a smaller one."))
    image = _decoded(_pixels_only(data))
    if image.mode == "RGBA":
        least, most = image.getchannel("A").getextrema()
        if most == 0:
            raise Unusable(_l("This picture is transparent all over: nothing would be seen."))
        if least == 255:
            image = image.convert("RGB")
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    if content.tell() > MOST_WRITTEN_BYTES:
        raise Unusable(_l("The picture holds too much detail. Halve its width and height, please."))
    return Artwork(content.getvalue(), "png", image.width, image.height)


def _pixels_only(data: bytes) -> bytes:
    """Return the PNG with nothing in it but its pixels, and nothing after its end."""
    kept = [PNG_SIGNATURE]
    for number, (kind, chunk) in enumerate(_chunks(data)):
        if (kind == b"IHDR") != (number == 0):
            raise _damaged()
        if kind == b"IHDR":
            _check_header(chunk[8:-4])
        if kind == b"acTL":
            raise Unusable(_l("This picture is animated. Send one that stands still."))
        if kind in _PIXEL_CHUNKS:
            kept.append(chunk)
        elif not kind[0] & 0x20:
            # A chunk that the standard calls critical, and does not have.
            raise _damaged()
    return b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the whole of each chunk, up to IEND (PNG, third edition, section 5.3)."""
    place = len(PNG_SIGNATURE)
    while True:
        if place + 12 > len(data):
            raise _damaged()
        (length,) = struct.unpack_from(">I", data, place)
        chunk = data[place : place + 12 + length]
        if len(chunk) < 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise _damaged()
        yield chunk[4:8], chunk
        if chunk[4:8] == b"IEND":
            return
        place += len(chunk)


def _check_header(header: bytes) -> None:
    if len(header) != _HEADER.size:
        raise _damaged()
    width, height, *_ = _HEADER.unpack(header)
    # They stand in the header: nothing has been decoded yet.
    if min(width, height) < LEAST_PIXELS or max(width, height) > MOST_PIXELS:
        raise Unusable(
            _l(
                "The picture has %(width)s by %(height)s pixels. "
                "Each side must have from %(least)s to %(most)s.",
                width=width,
                height=height,
                least=LEAST_PIXELS,
                most=MOST_PIXELS,
            )
        )


def _decoded(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
            opened.load()
            image: Image.Image = opened
            has_alpha = image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info
            if image.mode.startswith("I"):
                # Greys of 16 bits: Pillow would cut what is above 255 instead of scaling it.
                image = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
                has_alpha = False
            image = image.convert("RGBA" if has_alpha else "RGB")
            # A new picture, without what the other one says about itself.
            return Image.frombytes(image.mode, image.size, image.tobytes())
    except (OSError, SyntaxError, ValueError, IndexError, struct.error, zlib.error) as error:
        # With these Pillow says that the file is damaged; a SyntaxError is one of the file's.
        raise _damaged() from error


def _damaged() -> Unusable:
    return Unusable(_l("This PNG picture is damaged or cut off. Save it again, and send that."))
