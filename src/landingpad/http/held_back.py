"""Counts of messages that forms held back, stored for the owners of sites.

A message notes its count in memory. The writer thread stores the counts a moment later, so that a flood of messages
costs one write in a few seconds.
"""

import asyncio
import threading
from collections import Counter
from concurrent.futures import Future
from typing import NamedTuple

import structlog

from landingpad.store.block import held_forms
from landingpad.store.block.held_forms import Reason
from landingpad.store.db.engine import Database, Tx

log = structlog.get_logger("landingpad.forms")

_GATHER_SECONDS = 2.0


class _Key(NamedTuple):
    portal_id: int
    site_id: int
    day: int
    reason: Reason


class HeldBack:
    """Counts that are not yet stored."""

    def __init__(self, db: Database, *, gather_seconds: float = _GATHER_SECONDS) -> None:
        self._db = db
        self._gather_seconds = gather_seconds
        self._pending: Counter[_Key] = Counter()
        self._lock = threading.Lock()
        self._waiting: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    def note(self, portal_id: int, site_id: int, reason: Reason, now_ms: int) -> None:
        """Count a message that is held back. Must be called on the event loop."""
        with self._lock:
            self._pending[_Key(portal_id, site_id, held_forms.day_of(now_ms), reason)] += 1
        loop = asyncio.get_running_loop()
        if self._waiting is not loop:
            self._waiting = loop
            loop.call_later(self._gather_seconds, self._store_soon)

    def store(self) -> None:
        """Store the pending counts, in this thread."""
        with self._lock:
            counted, self._pending = self._pending, Counter()
        if not counted:
            return

        def work(tx: Tx) -> None:
            for key, count in counted.items():
                held_forms.add(tx, *key, count=count)

        self._db.write_here(work)
        for key, count in counted.items():
            log.info("messages_held_back", site=key.site_id, reason=key.reason, count=count)

    def forget(self) -> None:
        """Drop pending counts: after a restore their sites may be gone."""
        with self._lock:
            self._pending = Counter()

    def close(self) -> None:
        """Store pending counts before the database is closed."""
        self._is_closed = True
        try:
            self.store()
        except Exception:
            log.exception("held_back_not_stored")

    def _store_soon(self) -> None:
        self._waiting = None
        if not self._is_closed:
            self._db.in_writer(self.store).add_done_callback(_log_failure)


def _log_failure(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        log.error("held_back_not_stored", exc_info=error)
