"""Uploaded pictures and what is accepted."""

from typing import Literal, NamedTuple

import msgspec

LARGEST_FILE = 25 * 1024 * 1024
"""Bytes of an uploaded file."""
LARGEST_SIDE = 10_000
"""Pixels of the longer side of a picture, before and after resizing."""
MOST_PIXELS = 50_000_000
"""Pixels of all frames together."""
MOST_FRAMES = 500


class NotAPictureError(ValueError):
    """The file cannot be accepted; the text says why, for people."""


class UploadedPicture(msgspec.Struct, frozen=True):
    """An uploaded picture after re-encoding, safe to show."""

    name: str
    """File name for addresses: letters, digits, `.`, `-` and `_`, with the extension of its kind."""
    kind: str
    """File extension without the dot, one of `media.store.CONTENT_TYPES`."""
    data: bytes
    width: int
    height: int


class Box(NamedTuple):
    """A target size in pixels."""

    width: int
    height: int
    how: Literal["fit", "longer", "crop"]
    """fit: inside the box; longer: inside the box, rotated to the picture's orientation; crop: exactly this size."""
