"""Recognise uploaded pictures by content, never by name, and re-encode them.

Re-encoding removes everything in the file beside the picture, such as locations in EXIF or scripts behind the end.
"""

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

from anyascii import anyascii
from PIL import Image, ImageOps, ImageSequence, features

from landingpad.media.picture import (
    LARGEST_FILE,
    LARGEST_SIDE,
    MOST_FRAMES,
    MOST_PIXELS,
    Box,
    NotAPictureError,
    UploadedPicture,
)

_READ = ("JPEG", "PNG", "WEBP", "GIF", "BMP", *(("AVIF",) if features.check("avif") else ()))
_KINDS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "BMP": "png", "AVIF": "avif"}
_WRITE: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 75, "speed": 8},
    "gif": {"format": "GIF"},
    "jpg": {"format": "JPEG", "quality": 90, "progressive": True, "optimize": True},
    "png": {"format": "PNG"},
    "webp": {"format": "WEBP", "quality": 90},
}
_ANIMATED = frozenset({"gif", "webp"})
_EFFORT = {"avif": 8, "webp": 3}
"""How many times the processor time of a JPEG or PNG a pixel of a kind takes."""
_FAST_AVIF_PIXELS = 4_000_000
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)
"""Exceptions of Pillow for broken files in any format."""


def effort_of(data: bytes) -> int:
    """Return the effort to read a file, in pixels of a JPEG; nothing is decoded. Call it in a thread.

    Raises:
        NotAPictureError: the file is not a picture of an accepted format, broken, or too large.

    """
    with _opened(data) as image:
        kind = _KINDS[image.format or ""]
        return image.width * image.height * _frames(image, kind) * _EFFORT.get(kind, 1)


def read_picture(data: bytes, name: str, box: Box | None = None) -> UploadedPicture:
    """Read an uploaded file, resize the picture if a box is given, and re-encode it.

    JPEG, PNG, GIF, WebP, BMP and AVIF are accepted; SVG is not, because it can contain scripts. Animations stay
    animated. Only `crop` enlarges pictures. It can take seconds of processor time: `PictureReader` limits them.

    Raises:
        NotAPictureError: the file is not a picture of an accepted format, broken, or too large.

    """
    with _opened(data) as image:
        return _written(image, name, box)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture; what Pillow raises for broken files becomes a NotAPictureError."""
    if len(data) > LARGEST_FILE:
        raise NotAPictureError(f"The file has {len(data)} bytes; {LARGEST_FILE} are allowed.")
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as image:
            yield image
    except NotAPictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPictureError(f"The picture has too many pixels; {MOST_PIXELS} are allowed.") from error
    except _BROKEN as error:
        raise NotAPictureError(
            "The file is not a picture that can be shown. Send a JPEG, PNG, GIF, WebP, AVIF or BMP file."
        ) from error


def _written(image: Image.Image, name: str, box: Box | None) -> UploadedPicture:
    kind = _KINDS[image.format or ""]
    frames = _frames(image, kind)
    options = dict(_WRITE[kind])
    if kind == "avif" and image.width * image.height > _FAST_AVIF_PIXELS:
        options["speed"] = 10
    profile = image.info.get("icc_profile")
    if profile:
        options["icc_profile"] = profile
    if frames > 1:
        changed = [_shaped(frame.copy(), kind, box) for frame in ImageSequence.Iterator(image)]
        durations = [frame.info.get("duration", 100) for frame in changed]
        options |= {
            "save_all": True,
            "append_images": changed[1:],
            "duration": durations,
            "loop": image.info.get("loop", 0),
        }
        first = changed[0]
    else:
        first = _shaped(image, kind, box)
    out = io.BytesIO()
    first.save(out, **options)
    return UploadedPicture(file_name(name, kind), kind, out.getvalue(), first.width, first.height)


def _frames(image: Image.Image, kind: str) -> int:
    """Return the number of frames.

    Raises:
        NotAPictureError: there are too many frames or pixels.

    """
    if kind != "gif":
        frames = getattr(image, "n_frames", 1) if kind in _ANIMATED else 1
        _check_size(image, frames)
        return frames
    frames = 1
    _check_size(image, frames)
    try:  # its header does not say how many; the check at each one ends a hostile file early
        while True:
            image.seek(frames)
            frames += 1
            _check_size(image, frames)
    except EOFError:
        image.seek(0)
    return frames


def _check_size(image: Image.Image, frames: int) -> None:
    if frames > MOST_FRAMES:
        raise NotAPictureError(f"The picture has more than {MOST_FRAMES} frames.")
    if max(image.size) > LARGEST_SIDE or image.width * image.height * frames > MOST_PIXELS:
        raise NotAPictureError(
            f"The picture has {image.width} x {image.height} pixels in {frames} frames; "
            f"a side may have {LARGEST_SIDE}, all frames together {MOST_PIXELS}."
        )


def _shaped(image: Image.Image, kind: str, box: Box | None) -> Image.Image:
    duration = image.info.get("duration")
    turned = ImageOps.exif_transpose(image)
    if kind == "jpg" and turned.mode not in {"RGB", "L"}:
        turned = turned.convert("RGB")
    if box is not None:
        if turned.mode == "P":
            turned = turned.convert("RGBA")
        turned = _RESIZE[box.how](turned, box)
    turned.info = {"duration": duration} if duration is not None else {}
    return turned


def _fit(image: Image.Image, box: Box) -> Image.Image:
    scale = min(box.width / image.width, box.height / image.height, 1)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)


def _longer(image: Image.Image, box: Box) -> Image.Image:
    is_upright = image.height > image.width
    if is_upright != (box.height > box.width):
        box = Box(box.height, box.width, box.how)
    return _fit(image, box)


def _crop(image: Image.Image, box: Box) -> Image.Image:
    return ImageOps.fit(image, (box.width, box.height), Image.Resampling.LANCZOS)


_RESIZE: dict[str, Callable[[Image.Image, Box], Image.Image]] = {"fit": _fit, "longer": _longer, "crop": _crop}


def file_name(name: str, kind: str) -> str:
    """Return a file name for addresses: "Моя фотография (1).PNG" -> "Moya_fotografiya_1.png"."""
    stem = PurePosixPath(anyascii(name).replace("\\", "/")).stem
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '_', stem)[:80].strip('._-') or 'picture'}.{kind}"
