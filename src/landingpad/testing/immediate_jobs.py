"""A job queue for tests that runs jobs at once, in the process of the server.

When the answer to a call arrives, the pictures of published pages are ready and the pages of a changed site are
rendered again. Only events are posted in the background, because their handlers may call back.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog

from landingpad.domain.work import Delivery, Services
from landingpad.jobs.events import EventJob
from landingpad.jobs.order_listeners import OrderListeners
from landingpad.jobs.refresh import RefreshJob
from landingpad.store.db.engine import Tx

log = structlog.get_logger("landingpad.testing")

_SENDERS = 4


class ImmediateJobs:
    """A job queue that runs jobs at once."""

    def __init__(self) -> None:
        self._services: Services | None = None
        self._listeners: OrderListeners | None = None
        self._events: EventJob | None = None
        self._senders: ThreadPoolExecutor | None = None
        self._timers: set[threading.Timer] = set()
        self._sent: set[str] = set()
        self._state = 0
        """Number of the restored state. Events of earlier ones are dropped."""

    def serve(self, services: Services, events: EventJob, listeners: OrderListeners) -> None:
        """Begin to work for a server, whose services were made with this queue."""
        self._services = services
        self._listeners = listeners
        self._events = events
        self._senders = ThreadPoolExecutor(_SENDERS, thread_name_prefix="events")

    def stop(self) -> None:
        """Finish running jobs and drop delayed retries."""
        self.forget()
        if self._senders is not None:
            self._senders.shutdown(wait=True, cancel_futures=True)

    def forget(self) -> None:
        """Drop waiting events and delayed retries, and forget which deliveries count once."""
        self._state += 1
        for timer in tuple(self._timers):
            timer.cancel()
        self._timers.clear()
        self._sent.clear()

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:  # noqa: ARG002  # the signature of JobQueue
        """Notify the listeners for pictures after the commit."""
        if self._listeners is not None:
            tx.after_commit.append(self._listeners.notify)

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Render the published pages of a site again after the commit."""
        services = self._services
        if services is not None:
            tx.after_commit.append(lambda: _ignore(RefreshJob(services).run(portal_id, site_id)))

    def deliver_event(self, tx: Tx, delivery: Delivery, *, once: str = "") -> None:
        """Post an event after the commit; of several deliveries with one `once`, only the first."""
        if once:
            if once in self._sent:
                return
            self._sent.add(once)
        tx.after_commit.append(lambda: self._post(delivery, 0, self._state))

    def _post(self, delivery: Delivery, attempt: int, state: int) -> None:
        if self._senders is not None and self._events is not None:
            self._senders.submit(self._attempt, self._events, delivery, attempt, state)

    def _attempt(self, events: EventJob, delivery: Delivery, attempt: int, state: int) -> None:
        """Make an attempt in a thread, log its exceptions, and set a timer for the next one."""
        if state != self._state:
            return
        try:
            outcome = events.run(delivery, attempt)
        except Exception:
            log.exception("event_failed")
            return
        if outcome.again_seconds is not None and state == self._state:
            timer = threading.Timer(outcome.again_seconds, self._post, (delivery, attempt + 1, state))
            timer.daemon = True
            self._timers.add(timer)
            timer.start()


def _ignore(_result: Any) -> None:
    """Discard a result, as callbacks must return None."""
