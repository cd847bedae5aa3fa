"""What is drawn on a certificate: the QR code, and pictures as Typst takes them from memory."""

from __future__ import annotations

import base64
import re
import struct
from dataclasses import dataclass
from typing import Final

import segno

from courseapp.credentials.baking import PNG_SIGNATURE

_DARK: Final = re.compile(rb"\x01+")
_QUIET_ZONE: Final = 4  # modules, by ISO/IEC 18004
_SMALLEST_CODE_MM: Final = 34.0
_SMALLEST_MODULE_MM: Final = 0.37
# Trying all eight masks takes four times as long as all the rest. They exist for data that make large plain
# areas; the signed statement in a long text has none, being base64.
_LONG: Final = 120
_MASK: Final = 3


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code as an SVG of one path, and how wide it is to be printed, its quiet zone included."""

    svg: str
    millimetres: float


def qr_code(text: str) -> QrCode:
    """Draw a QR code that a phone reads from paper: level M at least, modules of 0.37 mm at least."""
    code = segno.make(text, error="m", micro=False, mask=_MASK if len(text) > _LONG else None)
    count = len(code.matrix)
    size = count + 2 * _QUIET_ZONE
    path = "".join(
        f"M{run.start() + _QUIET_ZONE} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(code.matrix, start=_QUIET_ZONE)
        for run in _DARK.finditer(row)
    )
    module = max(_SMALLEST_CODE_MM / count, _SMALLEST_MODULE_MM)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'width="{size}" height="{size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path d="{path}"/></svg>'
    )
    return QrCode(svg, round(module * size, 3))


def as_svg(picture: bytes, picture_format: str | None) -> str:
    """Return a picture as SVG, which Typst takes as text: a PNG is put inside one as it is."""
    if picture_format == "svg":
        # What the text said about its own bytes no longer holds.
        return re.sub(r"^\s*<\?xml.*?\?>", "", picture.decode("utf-8-sig"), flags=re.DOTALL)
    if not picture.startswith(PNG_SIGNATURE) or len(picture) < 24:
        raise ValueError("this picture is no PNG")
    width, height = struct.unpack(">II", picture[16:24])
    data = base64.b64encode(picture).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" xlink:href="data:image/png;base64,{data}"/></svg>'
    )
