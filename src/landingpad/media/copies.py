"""Copies of pictures taken by the browser: smaller or in another format."""

import io
from typing import Any

_OPTIONS: dict[str, dict[str, Any]] = {
    "jpeg": {"format": "JPEG", "optimize": True, "progressive": True},
    "webp": {"format": "WEBP", "method": 4},
    "avif": {"format": "AVIF", "speed": 8},
}


class CannotCopyError(Exception):
    """The copy failed; the text says why."""


def copy_of(data: bytes, *, width: int = 0, kind: str = "jpeg", quality: int = 82) -> bytes:
    """Return a picture in another format, reduced to `width` pixels if given; it is never enlarged.

    Raises:
        CannotCopyError: the picture cannot be read, or this build of Pillow does not write the format.

    """
    from PIL import Image  # noqa: PLC0415  # takes 30 ms, and only workers for pictures make copies

    try:
        with Image.open(io.BytesIO(data)) as image:
            made = image.convert("RGB")
        if 0 < width < made.width:
            height = max(1, round(made.height * width / made.width))
            made = made.resize((width, height), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        made.save(out, **_OPTIONS[kind], quality=quality)
    except (OSError, ValueError, KeyError) as error:
        raise CannotCopyError(f"The picture could not be converted to {kind}: {error}.") from error
    return out.getvalue()
