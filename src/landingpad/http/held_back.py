"""Counts of messages that forms held back, stored for the owners of sites.

A message notes its count in memory. The counts are stored a moment later, so that a flood of messages costs one write
in a few seconds.
"""

import threading
from collections import Counter
from typing import NamedTuple

import structlog

from landingpad.store.block import held_forms
from landingpad.store.block.held_forms import Reason
from landingpad.store.db.engine import Database, Tx
from landingpad.store.db.later import GATHER_SECONDS, LaterWrite

log = structlog.get_logger("landingpad.forms")


class _Key(NamedTuple):
    portal_id: int
    site_id: int
    day: int
    reason: Reason


class HeldBack:
    """Counts that are not yet stored."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._pending: Counter[_Key] = Counter()
        self._lock = threading.Lock()
        self._later = LaterWrite(db, self.store, what="counts of messages held back", gather_seconds=GATHER_SECONDS)

    def note(self, portal_id: int, site_id: int, reason: Reason, now_ms: int) -> None:
        """Count a message that is held back. Must be called on the event loop."""
        with self._lock:
            self._pending[_Key(portal_id, site_id, held_forms.day_of(now_ms), reason)] += 1
        self._later.schedule()

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
        self._later.close()
