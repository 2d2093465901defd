"""Background work of a server: jobs and the camera."""

import threading
from urllib.parse import unquote, urlsplit

import structlog

from landingpad.jobs.events import EventJob
from landingpad.jobs.queue import JobRunner
from landingpad.jobs.renderer import PreviewSource
from landingpad.jobs.worker import Worker
from landingpad.render.photographer import OwnAnswer, Photographer
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Database

log = structlog.get_logger("landingpad.background")

_IDLE_SECONDS = 2.0
_RETRY_SECONDS = 15.0
"""Pause before another attempt to order missing pictures."""


class Background:
    """Jobs of this process, started after the server answers, because the browser is slow to start."""

    def __init__(self, parts: Parts, app: App) -> None:
        self._parts = parts
        self._app = app
        self._renderer = Renderer(parts, app) if parts.settings.preview_slots > 0 else None
        self._jobs = JobRunner(
            parts.services,
            EventJob(parts.services, parts.deliveries),
            parts.job_listeners,
            poll_seconds=parts.settings.job_poll,
            collects_media=not parts.settings.dev,  # snapshots show files that no row names now
        )
        self._checkpoints = Checkpoints(parts.db)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start in a separate thread."""
        self._thread = threading.Thread(target=self._start, name="background", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop taking jobs; unfinished ones continue at the next start."""
        if self._thread is None:
            return
        self._stopping.set()
        self._thread.join()
        self._checkpoints.stop()
        self._jobs.stop()
        if self._renderer is not None:
            self._renderer.stop()

    def _start(self) -> None:
        self._checkpoints.start()
        self._jobs.start()
        if self._renderer is not None:
            self._renderer.start()


class Checkpoints:
    """Completes the database file of SQLite whenever nobody has written for some seconds.

    SQLite itself does so after 4 MB, and until then a copy of the file alone lacks the newest rows.
    """

    def __init__(self, db: Database, idle_seconds: float = _IDLE_SECONDS) -> None:
        self._db = db
        self._idle_seconds = idle_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Start in a separate thread, on SQLite."""
        if self._db.dialect == "sqlite":
            self._thread.start()

    def stop(self) -> None:
        """Stop; the log is copied when the last connection closes."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        seen = copied = (0, 0)
        while not self._stopping.wait(self._idle_seconds):
            before, seen = seen, self._db.log_state
            if before != seen or seen == copied:
                continue
            try:
                self._db.checkpoint()
            except Exception as error:  # noqa: BLE001  # a full disk; the next write and this thread try again
                log.warning("checkpoint_failed", problem=str(error))
                continue
            copied = seen


class Renderer:
    """The worker that takes pictures, with its camera, in the server or in its own process."""

    def __init__(self, parts: Parts, app: App) -> None:
        self._parts = parts
        self._app = app
        self._photographer = Photographer(parts.settings, self._own)
        source = PreviewSource(
            parts.services,
            parts.media,
            parts.interference.camera(self._photographer),
            slots=parts.settings.preview_slots,
        )
        self.worker = Worker(source, parts.order_listeners, poll_seconds=parts.settings.preview_poll)

    def start(self) -> None:
        """Start taking pictures."""
        self.worker.start()

    def status(self) -> dict[str, object]:
        """Return the status of the camera, see `Photographer.status`."""
        return self._photographer.status()

    def stop(self) -> None:
        """Stop; unfinished pictures are taken by other workers or after the next start."""
        self.worker.stop()
        self._photographer.close()

    async def _own(self, _method: str, url: str) -> OwnAnswer | None:
        """Answer the camera's requests to this server without the network; None for other addresses."""
        target = own_target(self._parts, url)
        if target is None:
            return None
        answer = await self._app.visit(*target)
        headers = [(name.decode(), value.decode("latin-1")) for name, value in answer.headers]
        return OwnAnswer(answer.status, headers, answer.body)


def own_target(parts: Parts, url: str) -> tuple[str, str, bytes] | None:
    """Return host, path and query of an address of this server, or None for other addresses."""
    split = urlsplit(url)
    urls = parts.services.urls
    host = (split.hostname or "").lower()
    default = {"http": 80, "https": 443}.get(split.scheme)
    if split.scheme != urls.scheme or (split.port or default) != urls.port:
        return None
    if not (parts.portals.is_portal_host(host) or parts.public.knows_host(host)):
        return None
    return host, unquote(split.path) or "/", split.query.encode()
