"""When webhooks were last used, to the minute.

A call notes it in memory, which costs a look into a dictionary. What was noted is written a moment later by the thread
that writes, so that no call waits for it; and a webhook is written once a minute at most, however busy it is.
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
"""For so long uses are gathered: one transaction stores those of all webhooks."""


class WebhookUses:
    """What is known of the use of webhooks, and not yet stored."""

    def __init__(self, db: Database, *, gather_seconds: float = _GATHER_SECONDS) -> None:
        self._db = db
        self._gather_seconds = gather_seconds
        self._noted: dict[str, int] = {}
        self._pending: dict[int, int] = {}
        self._lock = threading.Lock()
        self._waiting: asyncio.AbstractEventLoop | None = None
        """The loop that will have it stored; one that ended before it did is not the one that runs."""
        self._is_closed = False

    def note(self, caller: Caller, now_ms: int) -> None:
        """Note that a call was made; on the event loop."""
        noted = self._noted.get(caller.credential)
        # A clock that was set back counts anew.
        if (noted is not None and 0 <= now_ms - noted < EVERY_MS) or caller.app is not None:
            return
        self._noted[caller.credential] = now_ms
        with self._lock:
            self._pending[int(caller.credential.partition(":")[2])] = now_ms
        loop = asyncio.get_running_loop()
        if self._waiting is not loop:
            self._waiting = loop
            loop.call_later(self._gather_seconds, self._begin)

    def store(self) -> None:
        """Store what is pending, in this thread."""
        with self._lock:
            used, self._pending = self._pending, {}
        if used:
            self._db.write_here(lambda tx: webhooks.note_uses(tx, used))

    def forget(self) -> None:
        """Begin anew: the rows are others, of an earlier state, and what is pending is none of theirs."""
        with self._lock:
            self._pending = {}
        self._noted.clear()

    def close(self) -> None:
        """Store what is pending, before the database is closed."""
        self._is_closed = True
        try:
            self.store()
        except Exception:
            log.exception("webhook_uses_not_stored")

    def _begin(self) -> None:
        self._waiting = None
        if not self._is_closed:
            self._db.in_writer(self.store).add_done_callback(_told)


def _told(done: Future[None]) -> None:
    """Tell whoever runs the server that a use is not stored; the next minute's will be."""
    error = done.exception()
    if error is not None:
        log.error("webhook_uses_not_stored", exc_info=error)
