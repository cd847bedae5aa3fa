"""Pictures that organizations put on their certificates: written anew, so that only what is drawn is kept.

What is returned here is what is stored, drawn into the PDF by Typst, and shown in pages as an image.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from courseapp.core.errors import InvalidInput
from courseapp.credentials.artwork.common import Artwork, Unusable
from courseapp.credentials.artwork.png import read_png
from courseapp.credentials.artwork.svg import read_svg
from courseapp.credentials.baking import PNG_SIGNATURE

__all__ = ["Artwork", "check_logo", "check_signature_image"]


def check_logo(data: bytes, field_name: str = "logo") -> Artwork:
    """Return a PNG or an SVG as it is stored; raises InvalidInput for the field."""
    try:
        return read_png(data) if data.startswith(PNG_SIGNATURE) else read_svg(data)
    except Unusable as unusable:
        raise InvalidInput({field_name: [unusable.reason]}) from unusable


def check_signature_image(data: bytes, field_name: str = "signature") -> Artwork:
    """Return a PNG as it is stored; raises InvalidInput for the field."""
    if not data.startswith(PNG_SIGNATURE):
        sentence = _l("This is no PNG picture. Save the signature as PNG, and send that.")
        raise InvalidInput({field_name: [sentence]})
    try:
        return read_png(data)
    except Unusable as unusable:
        raise InvalidInput({field_name: [unusable.reason]}) from unusable
