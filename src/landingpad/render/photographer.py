"""The photographer: takes pictures of pages with Chromium, on an event loop in its own thread.

It can be called from any thread; the first picture starts it.

photographer = Photographer(settings, own)
picture = photographer.photograph("http://acme.localhost:8080/", Viewport())
"""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import structlog

from landingpad.network.addresses import IpAddress, is_public
from landingpad.render.browser import Browser, find_chromium
from landingpad.render.egress import EgressConfig, OwnAnswer, OwnFetch, PictureLimits
from landingpad.render.picture import ChromiumMissing, Picture, PictureError, PictureFailed, QueueFull, Viewport
from landingpad.render.shot import LOAD_SHARE, ShotRequest, take
from landingpad.render.supervisor import ProcessLost, Supervisor
from landingpad.settings import Settings

__all__ = [
    "ChromiumMissing",
    "OwnAnswer",
    "OwnFetch",
    "Photographer",
    "Picture",
    "PictureError",
    "PictureFailed",
    "QueueFull",
    "Viewport",
]

log = structlog.get_logger("landingpad.render")

PICTURES_PER_CHROMIUM = 500
"""Pictures after which the browser is replaced, because its memory grows over days; a new one takes 0.8 s."""
_CLOSE_SECONDS = 15.0


class Photographer:
    """Takes pictures of pages, at most `settings.preview_slots` at a time.

    `own` answers requests for addresses of this server (see OwnFetch); all others must be accepted by `public`.
    """

    def __init__(
        self,
        settings: Settings,
        own: OwnFetch,
        *,
        public: Callable[[IpAddress], bool] = is_public,
        pictures_per_chromium: int = PICTURES_PER_CHROMIUM,
    ) -> None:
        self._settings = settings
        self._own = own
        self._public = public
        self._pictures_per_chromium = pictures_per_chromium
        self._lock = threading.Lock()
        self._loop_thread: _LoopThread | None = None
        self._closed = False

    def photograph(self, url: str, viewport: Viewport, *, owner: str = "", now_ms: int = 0) -> Picture:
        """Return a picture of the page at an http or https address. Blocks; call it in a worker thread.

        Args:
            url: the address.
            viewport: the browser window.
            owner: of the page. Pages of one owner may reuse a tab if no script can run in them. The default is the
                page's origin.
            now_ms: time that scripts in the page see, in milliseconds since the epoch.

        Raises:
            ChromiumMissing: no browser was found.
            QueueFull: too many pictures are waiting.
            PictureFailed: the page could not be photographed, or the photographer is closed.

        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:
            raise PictureFailed(f"{url} is not photographed: only http and https addresses are.")
        with self._lock:  # close() ends every picture that was requested before it takes the lock
            if self._closed:
                raise PictureFailed(f"{url} was not photographed: the server is closing.")
            if self._loop_thread is None:
                self._loop_thread = _LoopThread(self._settings, self._own, self._public, self._pictures_per_chromium)
            seconds = self._settings.preview_timeout
            request = ShotRequest(url, viewport, owner or f"{parts.scheme}://{parts.netloc}", seconds, now_ms)
            shot = self._loop_thread.request(request)
        try:
            return shot.result()
        except CancelledError as error:
            raise PictureFailed(f"{url} was not photographed: the server is closing.") from error

    def status(self) -> dict[str, object]:
        """Return the status for the doctor and for health checks; starts nothing.

        Members: `chromium` (path or None), `problem` (text or None), `running`, `pid` and `version` of the running
        browser, numbers of `taken`, `failed`, `busy` and `waiting` pictures, and `restarts` of the browser.
        """
        path: str | None = None
        problem: str | None = None
        try:
            path = str(find_chromium(self._settings.chromium))
        except ChromiumMissing as missing:
            problem = str(missing)
        with self._lock:
            loop_thread = self._loop_thread
        none = {"running": False, "pid": None, "version": None, "taken": 0, "failed": 0, "busy": 0, "waiting": 0}
        return {"chromium": path, "problem": problem} | (
            loop_thread.status() if loop_thread else {**none, "restarts": 0}
        )

    def close(self) -> None:
        """End running pictures, Chromium and the thread; later pictures fail."""
        with self._lock:
            loop_thread, self._loop_thread, self._closed = self._loop_thread, None, True
        if loop_thread is not None:
            loop_thread.close()


class _LoopThread:
    """The thread with its event loop, and everything that runs on it."""

    def __init__(
        self, settings: Settings, own: OwnFetch, public: Callable[[IpAddress], bool], pictures_per_chromium: int
    ) -> None:
        from landingpad.render.certificate import make_own_key  # noqa: PLC0415  # loads OpenSSL, which serving does not need

        self._settings = settings
        key = make_own_key(dt.datetime.now(dt.UTC))
        self._pin = key.pin
        self._own_threads = ThreadPoolExecutor(4 * settings.preview_slots, thread_name_prefix="landingpad-own")
        # Endless answers end before the wait for the load event does; otherwise fonts would wait for them.
        limits = PictureLimits(seconds=settings.preview_timeout * LOAD_SHARE * 0.8)
        self._egress_config = EgressConfig(own, self._own_threads, key.tls, limits, public)
        self._supervisor: Supervisor[Browser] = Supervisor(
            self._start,
            slots=settings.preview_slots,
            queue=settings.preview_queue,
            jobs_per_process=pictures_per_chromium,
        )
        self._taken = 0
        self._failed = 0
        self._running: set[asyncio.Task[object]] = set()
        self._closing = asyncio.Event()
        self._ready: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, name="landingpad-photographer", daemon=True)
        self._thread.start()
        self._loop = self._ready.result()

    def request(self, request: ShotRequest) -> "Future[Picture]":
        return asyncio.run_coroutine_threadsafe(self._photograph(request), self._loop)

    def status(self) -> dict[str, object]:
        browser = self._supervisor.current
        return {
            "running": browser is not None,
            "pid": browser.pid if browser else None,
            "version": browser.version if browser else None,
            "taken": self._taken,
            "failed": self._failed,
            "busy": self._supervisor.busy,
            "waiting": self._supervisor.waiting,
            "restarts": max(0, self._supervisor.started - 1),
        }

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(_CLOSE_SECONDS)
        if self._thread.is_alive():
            log.error("render.close_late", seconds=_CLOSE_SECONDS, next="Chromium ends with this process")
        self._own_threads.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            loop.set_exception_handler(_report)
            self._ready.set_result(loop)
            runner.run(self._work())

    async def _work(self) -> None:
        await self._closing.wait()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._supervisor.close()

    async def _start(self) -> Browser:
        executable = find_chromium(self._settings.chromium)
        settings = self._settings
        return await Browser.start(executable, self._pin, slots=settings.preview_slots, memory=settings.preview_memory)

    async def _photograph(self, request: ShotRequest) -> Picture:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("A coroutine always runs in a task.")
        self._running.add(task)
        try:
            picture = await self._supervisor.run(partial(self._take, request))
        except ProcessLost as lost:
            self._failed += 1
            raise PictureFailed(
                f"Chromium died twice while {request.url} was photographed, last with: {lost}. If it happens with this"
                " page only, the page asks too much of the browser; if with every page, see the memory of this machine."
            ) from lost
        except PictureFailed:
            self._failed += 1
            raise
        finally:
            self._running.discard(task)
        self._taken += 1
        return picture

    async def _take(self, request: ShotRequest, browser: Browser) -> Picture:
        return await take(browser, self._egress_config, request)


def _report(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log errors that nothing on the loop handles, such as a broken connection when Chromium is killed."""
    log.warning("render.loop_error", message=context.get("message"), error=repr(context.get("exception")))
