"""Pictures without a browser: a card with the address of the page, drawn in milliseconds."""

from io import BytesIO
from urllib.parse import urlsplit

from landingpad.render.photographer import Viewport
from landingpad.render.picture import Picture

_LIGHT, _DARK = ("#f4f1ea", "#23313d", "#8a8578"), ("#1c232b", "#eef2f5", "#7d8894")
NOTE = "Not a photograph: Landingpad runs with instant pictures"


class CardPainter:
    """A camera that draws a card instead of photographing."""

    def photograph(self, url: str, viewport: Viewport, *, now_ms: int = 0) -> Picture:  # noqa: ARG002  # the interface of cameras
        """Draw a card in the size of the photograph; equal addresses give equal bytes."""
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # takes 30 ms, and few servers draw

        width, height = viewport.width * viewport.scale, viewport.height * viewport.scale
        paper, ink, faint = _DARK if viewport.color_scheme == "dark" else _LIGHT
        image = Image.new("RGB", (width, height), paper)
        draw = ImageDraw.Draw(image)
        split = urlsplit(url)
        unit = max(4, width // 40)
        draw.rectangle((unit, unit, width - unit, height - unit), outline=faint, width=max(1, unit // 8))
        large, small = ImageFont.load_default(unit * 1.6), ImageFont.load_default(unit * 0.8)
        lines = ((split.hostname or "", large, ink), (split.path or "/", large, ink), (NOTE, small, faint))
        top = height // 2 - 3 * unit
        for text, font, color in lines:
            draw.text((width // 2, top), text[:80], font=font, fill=color, anchor="mm")
            top += int(unit * 2.4)
        out = BytesIO()
        image.save(out, "JPEG", quality=80)
        return Picture(out.getvalue(), "image/jpeg", width, height)
