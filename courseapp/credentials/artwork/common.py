"""What pictures of every format share: how large they may be, what comes out, and how one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

MOST_PNG_BYTES: Final = 1_000_000
# Written anew without a palette, a picture may grow. What is stored goes into every PDF.
MOST_WRITTEN_BYTES: Final = 2_000_000
LEAST_PIXELS: Final = 16
MOST_PIXELS: Final = 2_000
MOST_SVG_BYTES: Final = 200_000


@dataclass(frozen=True, slots=True)
class Artwork:
    """A picture that is safe to store, to set and to show; its sides are in pixels."""

    content: bytes
    format: Literal["png", "svg"]
    width: int
    height: int


class Unusable(Exception):
    """Carries the sentence to where the name of the field is known."""

    def __init__(self, reason: Any) -> None:
        super().__init__()
        self.reason = reason
