"""Time of the last use of webhooks, to the minute.

A call notes its use in memory, at the cost of a dictionary lookup. The writer thread stores the notes a moment later,
so that no call waits; each webhook is stored at most once a minute.
"""

import asyncio
import threading
from concurrent.futures import Future

import structlog

from landingpad.rpc.call import Caller
from landingpad.store.db.engine import Database
from landingpad.store.people import webhooks

log = structlog.get_logger("landingpad.rpc")

EVERY_MS = 60_000
_GATHER_SECONDS = 2.0
"""Uses are gathered for this time; one transaction stores them for all webhooks."""


class WebhookUses:
    """Uses of webhooks that are not yet stored."""

    def __init__(self, db: Database, *, gather_seconds: float = _GATHER_SECONDS) -> None:
        self._db = db
        self._gather_seconds = gather_seconds
        self._noted: dict[str, int] = {}
        self._pending: dict[int, int] = {}
        self._lock = threading.Lock()
        self._waiting: asyncio.AbstractEventLoop | None = None
        """Event loop on which storing is scheduled; it may have ended before it stored."""
        self._is_closed = False

    def note(self, caller: Caller, now_ms: int) -> None:
        """Note a call. Must be called on the event loop."""
        noted = self._noted.get(caller.credential)
        # If the clock was set back, the use is noted again.
        if (noted is not None and 0 <= now_ms - noted < EVERY_MS) or caller.app is not None:
            return
        self._noted[caller.credential] = now_ms
        with self._lock:
            self._pending[int(caller.credential.partition(":")[2])] = now_ms
        loop = asyncio.get_running_loop()
        if self._waiting is not loop:
            self._waiting = loop
            loop.call_later(self._gather_seconds, self._store_soon)

    def store(self) -> None:
        """Store the pending uses, in this thread."""
        with self._lock:
            used, self._pending = self._pending, {}
        if used:
            self._db.write_here(lambda tx: webhooks.note_uses(tx, used))

    def forget(self) -> None:
        """Drop pending uses: after a restore their rows are gone."""
        with self._lock:
            self._pending = {}
        self._noted.clear()

    def close(self) -> None:
        """Store pending uses before the database is closed."""
        self._is_closed = True
        try:
            self.store()
        except Exception:
            log.exception("webhook_uses_not_stored")

    def _store_soon(self) -> None:
        self._waiting = None
        if not self._is_closed:
            self._db.in_writer(self.store).add_done_callback(_log_failure)


def _log_failure(done: Future[None]) -> None:
    """Log that uses were not stored; the next minute's will be."""
    error = done.exception()
    if error is not None:
        log.error("webhook_uses_not_stored", exc_info=error)
