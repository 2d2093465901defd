"""Comparison of two pictures of the same page."""

import io
from functools import reduce

import msgspec
from PIL import Image, ImageChops, ImageDraw, ImageFilter

_NOISE = 24
"""Tolerated difference of a colour channel (of 255), because JPEG distorts pixels near changes."""
_MARK = (222, 0, 122)
_MARK_WIDTH = 3
_FADED = 0.72


class PictureDifference(msgspec.Struct, frozen=True):
    """Difference between two pictures."""

    changed: int
    """Number of changed pixels."""
    total: int
    box: tuple[int, int, int, int] | None
    """Left, top, right and bottom of the changed area, or None without changes."""
    picture: bytes
    """PNG of the later picture, faded, with changes highlighted."""

    @property
    def share(self) -> float:
        """Changed part of the picture, 0 to 1."""
        return self.changed / self.total


def compare(before: bytes, after: bytes) -> PictureDifference:
    """Compare two pictures; where one is larger, the additional area counts as changed.

    Raises:
        OSError: one of them is not a picture.

    """
    with Image.open(io.BytesIO(before)) as first, Image.open(io.BytesIO(after)) as second:
        earlier, later = first.convert("RGB"), second.convert("RGB")
    size = (max(earlier.width, later.width), max(earlier.height, later.height))
    channels = ImageChops.difference(_padded(earlier, size), _padded(later, size)).split()
    mask = reduce(ImageChops.lighter, channels).point(lambda step: 255 if step > _NOISE else 0)
    for picture in (earlier, later):
        _mark_beyond(mask, picture.size)
    return PictureDifference(
        mask.histogram()[255], size[0] * size[1], mask.getbbox(), _marked(_padded(later, size), mask)
    )


def _padded(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    canvas = Image.new("RGB", size, "white")
    canvas.paste(picture, (0, 0))
    return canvas


def _mark_beyond(mask: Image.Image, size: tuple[int, int]) -> None:
    """Mark the area outside a picture of this size."""
    width, height = size
    if width < mask.width:
        mask.paste(255, (width, 0, mask.width, mask.height))
    if height < mask.height:
        mask.paste(255, (0, height, mask.width, mask.height))


def _marked(picture: Image.Image, mask: Image.Image) -> bytes:
    faded = Image.blend(picture.convert("L").convert("RGB"), Image.new("RGB", picture.size, "white"), _FADED)
    shown = Image.composite(picture, faded, mask.filter(ImageFilter.MaxFilter(9)))
    tint = Image.blend(picture, Image.new("RGB", picture.size, _MARK), 0.45)
    shown.paste(tint, (0, 0), mask.filter(ImageFilter.MaxFilter(3)))
    box = mask.getbbox()
    if box is not None:
        left, top, right, bottom = box
        frame = (
            max(0, left - _MARK_WIDTH),
            max(0, top - _MARK_WIDTH),
            min(picture.width, right + _MARK_WIDTH) - 1,
            min(picture.height, bottom + _MARK_WIDTH) - 1,
        )
        ImageDraw.Draw(shown).rectangle(frame, outline=_MARK, width=_MARK_WIDTH)
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()
