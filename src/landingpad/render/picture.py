"""Types of the photographer: viewport, picture and errors."""

import msgspec

CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
COLOR_SCHEMES = ("light", "dark", "no-preference")


class PictureError(RuntimeError):
    """Base of all errors of the photographer; the text says what failed, why, and what to do next."""


class ChromiumMissing(PictureError):  # noqa: N818  # the name states the cause; PictureError is the base
    """No Chromium was found on this machine."""


class QueueFull(PictureError):  # noqa: N818  # the name states the cause; PictureError is the base
    """Too many pictures are waiting."""


class PictureFailed(PictureError):  # noqa: N818  # the name states the cause; PictureError is the base
    """The page could not be photographed."""


class Viewport(msgspec.Struct, frozen=True):
    """The browser window in which a page is photographed, and the format of the picture.

    Sizes are CSS pixels; the picture has `scale` times as many. `color_scheme` is the visitor's preference: light, dark
    or no-preference. `format` is jpeg, png or webp; png ignores `quality` (1-100). `whole` extends the picture to the
    end of the page, up to the largest possible height. Up to a width of 480 pixels the browser behaves like a phone.
    """

    width: int = 1200
    height: int = 800
    scale: int = 1
    color_scheme: str = "light"
    format: str = "jpeg"
    quality: int = 82
    whole: bool = False

    def __post_init__(self) -> None:
        """Check the values of the fields.

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
    """A picture of a page; width and height are pixels of the image."""

    data: bytes
    content_type: str
    width: int
    height: int
    problem: str = ""
    """Parts that are missing because the page took too long, or ""."""
