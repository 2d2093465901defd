"""The queue of pictures, for a worker: rows of previews that the camera takes."""

from collections.abc import Iterable, Sequence

import structlog

from landingpad.domain.work import Services
from landingpad.jobs.previews import BrowserMissingError, Camera, PreviewJob
from landingpad.jobs.worker import worker_name
from landingpad.media.store import MediaStore
from landingpad.store.preview import queue
from landingpad.store.records import Preview

log = structlog.get_logger("landingpad.previews")

_KIND = "preview"
_BROWSER_PAUSE_SECONDS = 30.0


class PreviewSource:
    """The pictures that are to be taken."""

    name = "previews"

    def __init__(self, services: Services, media: MediaStore, photographer: Camera, *, slots: int) -> None:
        self.worker = worker_name()
        self.slots = {_KIND: slots}
        self._db = services.db
        self._plan = services.previews
        self._job = PreviewJob(services, media, photographer, self.worker)

    def prepare(self) -> None:
        """Do nothing: servers order what is missing, see `jobs.missing`."""

    def claim(self, kinds: Sequence[str], now: int, until: int) -> tuple[str, Preview] | None:  # noqa: ARG002  # there is one kind
        """Claim the most urgent due picture."""
        begun_after = now - self._plan.pace_ms
        if not self._db.read_here(lambda tx: queue.something_waits(tx, now, begun_after=begun_after)):
            return None
        preview = self._db.write_here(
            lambda tx: queue.claim(tx, self.worker, now, until=until, begun_after=begun_after)
        )
        return None if preview is None else (_KIND, preview)

    def run(self, row: Preview) -> float:
        """Take a picture; pause if there is no browser."""
        try:
            self._job.run(row)
        except BrowserMissingError as error:
            log.warning(
                "renderer_without_browser", worker=self.worker, problem=str(error), seconds=_BROWSER_PAUSE_SECONDS
            )
            return _BROWSER_PAUSE_SECONDS
        return 0.0

    def keep(self, held: Iterable[int], until: int) -> None:
        """Extend the claims on pictures."""
        self._db.write_here(lambda tx: queue.keep(tx, self.worker, held, until=until))

    def release(self) -> None:
        """Release the unfinished pictures; what this worker may still take of them is ignored."""
        self._db.write_here(lambda tx: queue.release(tx, self.worker))
