"""Shapes of pictures of a page, and their file names.

`preview.jpg` is the standard picture; `preview2x.jpg` and `preview3x.jpg` have more pixels; `preview-mobile.jpg` shows
a phone and `preview-full.jpg` the whole page; `-dark` selects the dark colour scheme; `preview-600.jpg` is a smaller
copy.
"""

import re
from collections.abc import Mapping

import msgspec

from landingpad.settings import SettingError, Settings
from landingpad.store.preview.previews import PictureShape

_NAME = re.compile(r"preview(?:([23])x)?(?:-(mobile|full))?(-dark)?(?:-(\d{2,4}))?\.jpg")
_BEST_QUALITY = 100
_SMALLEST_SIDE, _LARGEST_SIDE = 50, 4096  # limits of the browser that takes pictures
MEDIA_TYPES: Mapping[str, str] = {"avif": "image/avif", "webp": "image/webp"}
"""Formats besides JPEG, for clients that accept them."""


class PreviewPlan(msgspec.Struct, frozen=True):
    """Sizes, formats and history of previews, from the settings."""

    desktop: tuple[int, int] = (1200, 800)
    mobile: tuple[int, int] = (390, 844)
    thumbnails: tuple[int, ...] = (600, 300)
    """Widths of smaller copies."""
    formats: tuple[str, ...] = ("avif", "webp")
    """Formats that are preferred to JPEG, best first."""
    quality: int = 82
    kept: int = 20
    """Number of standard pictures of a page that are kept, including the current one."""
    pace_ms: int = 1000
    """Minimum time between two pictures of the same page and shape."""
    most_asked: int = 200
    """Maximum number of pending pictures that visitors asked for, so that they cannot cause unlimited work."""

    @classmethod
    def of(cls, settings: Settings) -> "PreviewPlan":
        """Read the plan from the settings.

        Raises:
            SettingError: a setting has an invalid value.

        """
        thumbnails = [part.strip() for part in settings.preview_thumbnails.split(",") if part.strip()]
        if not all(re.fullmatch(r"[1-9]\d{1,3}", part) for part in thumbnails):
            raise SettingError(
                f"LANDINGPAD_PREVIEW_THUMBNAILS={settings.preview_thumbnails!r} is not a list of widths like 600,300."
            )
        formats = [part.strip() for part in settings.preview_formats.split(",") if part.strip()]
        if not set(formats) <= MEDIA_TYPES.keys():
            raise SettingError(
                f"LANDINGPAD_PREVIEW_FORMATS={settings.preview_formats!r} is not a list of {', '.join(MEDIA_TYPES)}."
            )
        if not 1 <= settings.preview_quality <= _BEST_QUALITY:
            raise SettingError(f"LANDINGPAD_PREVIEW_QUALITY={settings.preview_quality} is not 1 to {_BEST_QUALITY}.")
        return cls(
            desktop=_size("PREVIEW_SIZE", settings.preview_size),
            mobile=_size("PREVIEW_MOBILE_SIZE", settings.preview_mobile_size),
            thumbnails=tuple(int(part) for part in thumbnails),
            formats=tuple(formats),
            quality=settings.preview_quality,
            kept=settings.preview_kept,
            pace_ms=int(settings.preview_pace * 1000),
            most_asked=settings.preview_asked,
        )

    @property
    def standard(self) -> PictureShape:
        """The shape of preview.jpg."""
        return PictureShape(*self.desktop)

    def named(self, name: str) -> PictureShape | None:
        """Return the shape for a file name, or None for an unknown name."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        scale, window, dark, width = found.groups()
        if window and scale:  # scaled pictures exist only for the desktop window
            return None
        thumbnail = int(width or 0)
        if thumbnail and (scale or thumbnail not in self.thumbnails):
            return None
        return PictureShape(
            *(self.mobile if window == "mobile" else self.desktop),
            scale=int(scale or 1),
            color_scheme="dark" if dark else "light",
            whole=window == "full",
            thumbnail=thumbnail,
        )

    def preferred_format(self, accept: str) -> str:
        """Return the best format in an Accept header; "jpeg" unless it names a preferred one."""
        accepted = _accepted(accept)
        return next((name for name in self.formats if MEDIA_TYPES[name] in accepted), "jpeg")


def source_of(shape: PictureShape) -> PictureShape | None:
    """Return the shape that a copy is made from, or None if a browser takes the picture itself."""
    if not shape.thumbnail and shape.format == "jpeg":
        return None
    return msgspec.structs.replace(shape, thumbnail=0, format="jpeg")


def distance(wanted: PictureShape, shape: PictureShape) -> tuple[int, ...]:
    """Return a sort key for the similarity of a shape to the wanted one; the smallest is the most similar."""
    return (
        (wanted.color_scheme != shape.color_scheme),
        (wanted.width, wanted.height) != (shape.width, shape.height),
        wanted.whole != shape.whole,
        abs(wanted.scale - shape.scale),
        abs((wanted.thumbnail or wanted.width) - (shape.thumbnail or shape.width)),
        shape.format != "jpeg",
    )


def _size(name: str, text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text.strip().lower())
    if found is None or not all(_SMALLEST_SIDE <= int(side) <= _LARGEST_SIDE for side in found.groups()):
        raise SettingError(
            f"LANDINGPAD_{name}={text!r} is not a size like 1200x800, each side {_SMALLEST_SIDE} to {_LARGEST_SIDE}."
        )
    width, height = found.groups()
    return int(width), int(height)


def _accepted(header: str) -> set[str]:
    found = set()
    for part in header.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters):
            found.add(kind)
    return found
