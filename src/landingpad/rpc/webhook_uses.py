"""Time of the last use of webhooks, to the minute.

A call notes its use in memory, at the cost of a dictionary lookup. The notes are stored a moment later, so that no
call waits; each webhook is stored at most once a minute.
"""

import threading

from landingpad.rpc.call import Caller
from landingpad.store.db.engine import Database
from landingpad.store.db.later import GATHER_SECONDS, LaterWrite
from landingpad.store.people import webhooks

EVERY_MS = 60_000


class WebhookUses:
    """Uses of webhooks that are not yet stored."""

    def __init__(self, db: Database, *, gather_seconds: float = GATHER_SECONDS) -> None:
        self._db = db
        self._noted: dict[str, int] = {}
        self._pending: dict[int, int] = {}
        self._lock = threading.Lock()
        self._later = LaterWrite(db, self.store, what="uses of webhooks", gather_seconds=gather_seconds)

    def note(self, caller: Caller, now_ms: int) -> None:
        """Note a call. Must be called on the event loop."""
        noted = self._noted.get(caller.credential)
        # If the clock was set back, the use is noted again.
        if (noted is not None and 0 <= now_ms - noted < EVERY_MS) or caller.app is not None:
            return
        self._noted[caller.credential] = now_ms
        with self._lock:
            self._pending[int(caller.credential.partition(":")[2])] = now_ms
        self._later.schedule()

    def store(self) -> None:
        """Store the pending uses, in this thread. If that fails, the next minute's will be stored."""
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
        self._later.close()
