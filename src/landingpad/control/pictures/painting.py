"""Pictures drawn at once, in the thread of the write that ordered them."""

import secrets
import time

from landingpad.control.pictures.card import CardPainter
from landingpad.domain.work import Services
from landingpad.jobs.previews import Camera, PreviewJob
from landingpad.media.store import MediaStore
from landingpad.render.photographer import Viewport
from landingpad.render.picture import Picture
from landingpad.store.preview import queue

_CLAIM_MS = 60_000


class Drawing:
    """Switch between drawn and photographed pictures."""

    def __init__(self) -> None:
        self.is_on = False

    def turn(self, *, on: bool) -> None:
        """Draw pictures from now on, or photograph them."""
        self.is_on = on


class Painter:
    """Carries out orders for pictures by drawing cards."""

    def __init__(self, services: Services, media: MediaStore, drawing: Drawing) -> None:
        self._drawing = drawing
        self._db = services.db
        self._name = f"painter:{secrets.token_hex(4)}"
        self._job = PreviewJob(services, media, CardPainter(), self._name)

    def draw_if_wanted(self) -> bool:
        """Draw all pending pictures if drawing is on; return whether it is on."""
        if self._drawing.is_on:
            self.draw_all()
        return self._drawing.is_on

    def draw_all(self) -> None:
        """Draw all pending pictures."""
        while True:
            now = int(time.time() * 1000)
            claimed = self._db.write_here(
                lambda tx, now=now: queue.claim(tx, self._name, now, until=now + _CLAIM_MS, begun_after=now)  # type: ignore[misc]  # a default binds it
            )
            if claimed is None:
                return
            self._job.run(claimed)


class SwitchedCamera:
    """A camera that draws while drawing is on, and photographs otherwise."""

    def __init__(self, camera: Camera, drawing: Drawing) -> None:
        self._camera = camera
        self._card = CardPainter()
        self._drawing = drawing

    def photograph(self, url: str, viewport: Viewport, *, now_ms: int = 0) -> Picture:
        """Draw or photograph a page."""
        camera: Camera = self._card if self._drawing.is_on else self._camera
        return camera.photograph(url, viewport, now_ms=now_ms)
