"""The photographer: asked from any thread; works on an event loop in a thread of its own, started by the first picture.

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
from landingpad.render.egress import Limits, OwnAnswer, OwnFetch, Surroundings
from landingpad.render.picture import ChromiumMissing, Picture, PictureError, PictureFailed, QueueFull, Viewport
from landingpad.render.shot import LOAD_SHARE, Order, take
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
"""A browser that runs for days grows; one that is replaced now and then does not (0.8 s each time)."""
_CLOSE_SECONDS = 15.0


class Photographer:
    """Photographs pages; at most `settings.preview_slots` at a time.

    `own` answers the addresses of this server (see OwnFetch); every other address is reached only if `public` says so.
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
        self._studio: _Studio | None = None
        self._closed = False

    def photograph(self, url: str, viewport: Viewport, *, owner: str = "", now_ms: int = 0) -> Picture:
        """Photograph the page at an http or https address. Blocks: for worker threads.

        Args:
            url: the address.
            viewport: the window through which it is seen.
            owner: whose page it is. Pages of one owner may follow each other in the same tab, if nothing can run in
                them; without an owner those of one host may.
            now_ms: what the clock shows to scripts in the page, in milliseconds since the epoch.

        Raises:
            ChromiumMissing: there is no browser.
            QueueFull: too many pictures wait already.
            PictureFailed: this page gave none, or the photographer is closed.

        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:
            raise PictureFailed(f"{url} is not photographed: only http and https addresses are.")
        with self._lock:  # a picture that is ordered before close() takes the lock is ended by close()
            if self._closed:
                raise PictureFailed(f"{url} was not photographed: the server is closing.")
            if self._studio is None:
                self._studio = _Studio(self._settings, self._own, self._public, self._pictures_per_chromium)
            seconds = self._settings.preview_timeout
            order = Order(url, viewport, owner or f"{parts.scheme}://{parts.netloc}", seconds, now_ms)
            ordered = self._studio.order(order)
        try:
            return ordered.result()
        except CancelledError as error:
            raise PictureFailed(f"{url} was not photographed: the server is closing.") from error

    def status(self) -> dict[str, object]:
        """Say how it is: for the doctor and for health checks. Starts nothing.

        `chromium` (path or None) and `problem` (text or None); `running`, and `pid` and `version` of a browser that
        runs; `taken` and `failed` pictures, `busy` and `waiting` ones; `restarts` of the browser.
        """
        path: str | None = None
        problem: str | None = None
        try:
            path = str(find_chromium(self._settings.chromium))
        except ChromiumMissing as missing:
            problem = str(missing)
        with self._lock:
            studio = self._studio
        none = {"running": False, "pid": None, "version": None, "taken": 0, "failed": 0, "busy": 0, "waiting": 0}
        return {"chromium": path, "problem": problem} | (studio.status() if studio else {**none, "restarts": 0})

    def close(self) -> None:
        """End running pictures, Chromium and the thread; later pictures fail."""
        with self._lock:
            studio, self._studio, self._closed = self._studio, None, True
        if studio is not None:
            studio.close()


class _Studio:
    """The thread with its event loop, and everything that lives on it."""

    def __init__(
        self, settings: Settings, own: OwnFetch, public: Callable[[IpAddress], bool], pictures_per_chromium: int
    ) -> None:
        from landingpad.render.certificate import make_own_key  # noqa: PLC0415  # loads OpenSSL: not needed to serve

        self._settings = settings
        key = make_own_key(dt.datetime.now(dt.UTC))
        self._pin = key.pin
        self._own_threads = ThreadPoolExecutor(4 * settings.preview_slots, thread_name_prefix="landingpad-own")
        # An answer that never ends must end before the load event is given up, or fonts would wait for it.
        limits = Limits(seconds=settings.preview_timeout * LOAD_SHARE * 0.8)
        self._surroundings = Surroundings(own, self._own_threads, key.tls, limits, public)
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

    def order(self, order: Order) -> "Future[Picture]":
        return asyncio.run_coroutine_threadsafe(self._photograph(order), self._loop)

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

    async def _photograph(self, order: Order) -> Picture:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("A coroutine always runs in a task.")
        self._running.add(task)
        try:
            picture = await self._supervisor.run(partial(self._take, order))
        except ProcessLost as lost:
            self._failed += 1
            raise PictureFailed(
                f"Chromium died twice while {order.url} was photographed, last with: {lost}. If it happens with this"
                " page only, the page asks too much of the browser; if with every page, see the memory of this machine."
            ) from lost
        except PictureFailed:
            self._failed += 1
            raise
        finally:
            self._running.discard(task)
        self._taken += 1
        return picture

    async def _take(self, order: Order, browser: Browser) -> Picture:
        return await take(browser, self._surroundings, order)


def _report(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log what ends unheard on the loop, such as a connection that breaks when Chromium is killed."""
    log.warning("render.unheard", message=context.get("message"), error=repr(context.get("exception")))
