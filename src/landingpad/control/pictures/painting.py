"""Pictures that are drawn at once, in the thread of the write that they follow from."""

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
    """Whether pictures are drawn instead of photographed."""

    def __init__(self) -> None:
        self.is_on = False

    def turn(self, *, on: bool) -> None:
        """Draw pictures from now on, or have them photographed."""
        self.is_on = on


class Painter:
    """Carries out orders for pictures by drawing cards."""

    def __init__(self, services: Services, media: MediaStore, drawing: Drawing) -> None:
        self._drawing = drawing
        self._db = services.db
        self._name = f"painter:{secrets.token_hex(4)}"
        self._job = PreviewJob(services, media, CardPainter(), self._name)

    def draw_if_wanted(self) -> bool:
        """Draw every picture that is expected if pictures are drawn, and return whether they are."""
        if self._drawing.is_on:
            self.draw_all()
        return self._drawing.is_on

    def draw_all(self) -> None:
        """Draw every picture that is expected."""
        while True:
            now = int(time.time() * 1000)
            claimed = self._db.write_here(
                lambda tx, now=now: queue.claim(tx, self._name, now, until=now + _CLAIM_MS, begun_after=now)  # type: ignore[misc]  # a default binds it
            )
            if claimed is None:
                return
            self._job.run(claimed)


class Switch:
    """A camera that draws instead, while pictures are drawn."""

    def __init__(self, camera: Camera, drawing: Drawing) -> None:
        self._camera = camera
        self._card = CardPainter()
        self._drawing = drawing

    def photograph(self, url: str, viewport: Viewport, *, now_ms: int = 0) -> Picture:
        """Take a picture, one way or the other."""
        camera: Camera = self._card if self._drawing.is_on else self._camera
        return camera.photograph(url, viewport, now_ms=now_ms)
