"""What runs beside the answering of requests: the camera and the jobs that use it."""

import threading
from urllib.parse import unquote, urlsplit

import structlog

from landingpad.app import App, Parts
from landingpad.http.message import Request
from landingpad.jobs.events import EventJob
from landingpad.jobs.previews import PreviewJob
from landingpad.jobs.queue import JobRunner
from landingpad.network.addresses import is_public, is_public_or_own
from landingpad.network.post import Poster
from landingpad.render.photographer import OwnAnswer, Photographer

log = structlog.get_logger("landingpad.background")


class Background:
    """Jobs of this process, started once the server answers: their libraries take long to import."""

    def __init__(self, parts: Parts, app: App) -> None:
        self._parts = parts
        self._app = app
        self._photographer = Photographer(parts.settings, self._own)
        self._jobs = JobRunner(
            parts.services,
            PreviewJob(parts.services, parts.media, self._photographer),
            EventJob(parts.services, Poster(public=is_public_or_own if parts.settings.dev else is_public)),
            slots=parts.settings.preview_slots,
            poll_seconds=parts.settings.job_poll,
        )
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread = threading.Thread(target=self._start, name="background", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop taking jobs; those that are unfinished are done at the next start."""
        if self._thread is None:
            return
        self._thread.join()
        self._jobs.stop()
        self._photographer.close()

    def _start(self) -> None:
        try:
            self._jobs.start()
        except Exception:
            log.exception("jobs_not_started", next="Pages are served; no pictures are taken until the next start.")

    async def _own(self, method: str, url: str) -> OwnAnswer | None:
        """Answer the camera's requests to this very server without going through the network."""
        target = own_target(self._parts, url)
        if target is None:
            return None
        host, path, query = target
        scope = {
            "type": "http",
            "method": method,
            "scheme": self._parts.services.urls.scheme,
            "path": path,
            "query_string": query,
            "headers": [(b"host", f"{host}{self._parts.services.urls.suffix}".encode())],
        }
        answer = await self._app.answer(Request(scope))
        headers = [(name.decode(), value.decode("latin-1")) for name, value in answer.headers]
        return OwnAnswer(answer.status, headers, answer.body)


def own_target(parts: Parts, url: str) -> tuple[str, str, bytes] | None:
    """Split an address of this server into host, path and query; None for any other address."""
    split = urlsplit(url)
    urls = parts.services.urls
    host = (split.hostname or "").lower()
    default = {"http": 80, "https": 443}.get(split.scheme)
    if split.scheme != urls.scheme or (split.port or default) != urls.port:
        return None
    if not (parts.portals.is_portal_host(host) or parts.public.knows_host(host)):
        return None
    return host, unquote(split.path) or "/", split.query.encode()
