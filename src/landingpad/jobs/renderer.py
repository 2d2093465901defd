"""The worker for pictures: it claims as many orders as it has slots, and extends its claims while it lives.

Any number of workers can share a database and a media folder, in any number of processes and machines.
"""

import os
import secrets
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import structlog

from landingpad.domain.work import Services
from landingpad.jobs.order_listeners import OrderListeners
from landingpad.jobs.previews import BrowserMissingError, Camera, PreviewJob
from landingpad.media.store import MediaStore
from landingpad.store.db.engine import Database
from landingpad.store.preview import queue
from landingpad.store.records import Preview

log = structlog.get_logger("landingpad.previews")

CLAIM_SECONDS = 15.0
"""Lifetime of a claim; after that, other workers take over the orders of a killed one."""
_HEARTBEAT_SECONDS = 3.0
_BROWSER_PAUSE_SECONDS = 30.0
_ERROR_PAUSE_SECONDS = 1.0
_STOP_SECONDS = 10.0


class PreviewWorker:
    """Takes pictures in threads of this process."""

    def __init__(
        self,
        services: Services,
        media: MediaStore,
        photographer: Camera,
        listeners: OrderListeners,
        *,
        slots: int,
        poll_seconds: float,
        claim_seconds: float = CLAIM_SECONDS,
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._db: Database = services.db
        self._plan = services.previews
        self._job = PreviewJob(services, media, photographer, self.name)
        self._listeners = listeners
        self._slots = slots
        self._poll_seconds = poll_seconds
        self._claim_seconds = claim_seconds
        self._wakeup = threading.Event()  # set when orders may be waiting
        self._stopping = threading.Event()
        self._held: set[int] = set()  # ids of orders in progress
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="preview")
        self._threads = [
            threading.Thread(target=self._claim_all, name="preview-claims", daemon=True),
            threading.Thread(target=self._heartbeat, name="preview-heartbeat", daemon=True),
        ]

    def start(self) -> None:
        """Start working."""
        self._listeners.add(self._wake)
        for thread in self._threads:
            thread.start()
        log.info("renderer_started", worker=self.name, slots=self._slots)

    def _wake(self) -> bool:
        """Look for orders now, because one was stored. Other listeners may look, too: the picture is taken later."""
        self._wakeup.set()
        return False

    def stop(self) -> None:
        """Stop claiming, give running pictures a moment to finish, and release the other claims."""
        self._listeners.remove(self._wake)
        self._stopping.set()
        self._wakeup.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_STOP_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + _STOP_SECONDS
        while self._held and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._threads[0].ident is not None:
            try:
                self._db.write_here(lambda tx: queue.release(tx, self.name))
            except Exception as error:  # noqa: BLE001  # claims that are not released expire
                log.warning("renderer_claims_not_released", worker=self.name, problem=repr(error))

    def _claim_all(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = 0.0
            self._wakeup.clear()  # before claiming: orders stored from now on wake us again
            try:
                claimed = self._claim() if len(self._held) < self._slots else None
            except Exception as error:  # noqa: BLE001  # any driver error: the database may be unavailable for a while
                log.warning("renderer_cannot_claim", worker=self.name, problem=repr(error))
                pause = _ERROR_PAUSE_SECONDS
                continue
            if claimed is None:
                self._wakeup.wait(self._poll_seconds)
                continue
            self._held.add(claimed.id)
            self._pool.submit(self._take, claimed)

    def _claim(self) -> Preview | None:
        now = int(time.time() * 1000)
        begun_after = now - self._plan.pace_ms
        if not self._db.read_here(lambda tx: queue.something_waits(tx, now, begun_after=begun_after)):
            return None
        until = now + int(self._claim_seconds * 1000)
        return self._db.write_here(lambda tx: queue.claim(tx, self.name, now, until=until, begun_after=begun_after))

    def _take(self, preview: Preview) -> None:
        try:
            self._job.run(preview)
        except BrowserMissingError as error:
            log.warning(
                "renderer_without_browser", worker=self.name, problem=str(error), seconds=_BROWSER_PAUSE_SECONDS
            )
            self._stopping.wait(_BROWSER_PAUSE_SECONDS)  # keeps the slot busy: no further claims
        except Exception:
            log.exception("preview_given_up", worker=self.name, page=preview.page_id)
        finally:
            self._held.discard(preview.id)
            self._wakeup.set()

    def _heartbeat(self) -> None:
        while not self._stopping.wait(min(_HEARTBEAT_SECONDS, self._claim_seconds / 4)):
            try:
                self._extend_claims(tuple(self._held))
            except Exception as error:  # noqa: BLE001  # any driver error: a claim outlives several heartbeats
                log.warning("renderer_heartbeat_failed", worker=self.name, problem=repr(error))

    def _extend_claims(self, held: tuple[int, ...]) -> None:
        if held:
            until = int((time.time() + self._claim_seconds) * 1000)
            self._db.write_here(lambda tx: queue.keep(tx, self.name, held, until=until))
