"""What is asked of the photographer, what it gives, and how it says that it cannot."""

import msgspec

CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
COLOR_SCHEMES = ("light", "dark", "no-preference")


class PictureError(RuntimeError):
    """There is no picture; the text says what failed, why, and what to do next."""


class ChromiumMissing(PictureError):  # noqa: N818  # says what is wrong; PictureError is the family
    """No Chromium was found on this machine."""


class QueueFull(PictureError):  # noqa: N818  # as above
    """Too many pictures wait already."""


class PictureFailed(PictureError):  # noqa: N818  # as above
    """A page could not be photographed."""


class Viewport(msgspec.Struct, frozen=True):
    """The window through which a page is photographed.

    Sizes are CSS pixels; the picture has `scale` times as many. `color_scheme` is what the page is told that its
    visitor prefers: light, dark or no-preference. `format` is jpeg, png or webp; `quality` (1-100) is not of png. With
    `whole` the picture shows the page to its end, or to so many pixels as a picture can have. A window of at most 480
    pixels is one of a phone.
    """

    width: int = 1200
    height: int = 800
    scale: int = 1
    color_scheme: str = "light"
    format: str = "jpeg"
    quality: int = 82
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse what no browser could show.

        Raises:
            ValueError: a field has a value outside its range.

        """
        if not (1 <= self.width <= 4096 and 1 <= self.height <= 4096 and 1 <= self.scale <= 4):  # noqa: PLR2004  # said below
            raise ValueError(f"{self}: width and height are 1 to 4096 pixels, scale is 1 to 4.")
        if self.color_scheme not in COLOR_SCHEMES or self.format not in CONTENT_TYPES:
            raise ValueError(f"{self}: color_scheme is one of {COLOR_SCHEMES}, format one of {tuple(CONTENT_TYPES)}.")
        if not 1 <= self.quality <= 100:  # noqa: PLR2004  # said below
            raise ValueError(f"{self}: quality is 1 to 100.")


class Picture(msgspec.Struct, frozen=True):
    """A photograph; width and height are pixels of the image."""

    data: bytes
    content_type: str
    width: int
    height: int
    problem: str = ""
    """What is missing in it because the page took too long; empty if nothing is."""
