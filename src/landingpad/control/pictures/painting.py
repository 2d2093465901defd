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


class Painter:
    """Carries out every order for a picture by drawing a card."""

    def __init__(self, services: Services, media: MediaStore) -> None:
        self._db = services.db
        self._name = f"painter:{secrets.token_hex(4)}"
        self._job = PreviewJob(services, media, CardPainter(), self._name)

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
    """A camera that draws instead, as long as it is told to."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._card = CardPainter()
        self.draws = False

    def photograph(self, url: str, viewport: Viewport, *, now_ms: int = 0) -> Picture:
        """Take a picture, one way or the other."""
        camera: Camera = self._card if self.draws else self._camera
        return camera.photograph(url, viewport, now_ms=now_ms)
