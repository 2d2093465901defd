"""Writes that wait a moment, so that no request waits for them and many requests share one transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

import structlog

from landingpad.store.db.engine import Database

log = structlog.get_logger("landingpad.store")

GATHER_SECONDS = 2.0


class LaterWrite:
    """Stores in a writer thread what requests gathered in memory."""

    def __init__(self, db: Database, store: Callable[[], None], *, what: str, gather_seconds: float) -> None:
        """`store` writes what is pending, in its thread; `what` names that in the log."""
        self._db = db
        self._store = store
        self._what = what
        self._gather_seconds = gather_seconds
        self._waiting: asyncio.AbstractEventLoop | None = None
        """Event loop on which storing is scheduled; it may have ended before it stored."""
        self._is_closed = False

    def schedule(self) -> None:
        """Store in a moment, together with what comes until then. Must be called on the event loop."""
        loop = asyncio.get_running_loop()
        if self._waiting is not loop:
            self._waiting = loop
            loop.call_later(self._gather_seconds, self._store_soon)

    def close(self) -> None:
        """Store before the database is closed."""
        self._is_closed = True
        try:
            self._store()
        except Exception:
            log.exception("not_stored", what=self._what)

    def _store_soon(self) -> None:
        self._waiting = None
        if not self._is_closed:
            self._db.in_writer(self._store).add_done_callback(self._log_failure)

    def _log_failure(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            log.error("not_stored", what=self._what, exc_info=error)
