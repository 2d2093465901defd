"""A job queue for tests that runs jobs at once, in the process of the server.

When the answer to a call arrives, the pictures of published pages are ready and the pages of a changed site are
rendered again. Only events are posted in the background, because their handlers may call back.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
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

    def serve(self, services: Services, events: EventJob, listeners: OrderListeners) -> None:
        """Begin to work for a server, whose services were made with this queue."""
        self._services = services
        self._listeners = listeners
        self._events = events
        self._senders = ThreadPoolExecutor(_SENDERS, thread_name_prefix="events")

    def stop(self) -> None:
        """Finish running jobs and drop delayed retries."""
        for timer in tuple(self._timers):
            timer.cancel()
        if self._senders is not None:
            self._senders.shutdown(wait=True, cancel_futures=True)

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:  # noqa: ARG002  # the signature of JobQueue
        """Notify the listeners for pictures after the commit."""
        if self._listeners is not None:
            tx.after_commit.append(self._listeners.notify)

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Render the published pages of a site again after the commit."""
        services = self._services
        if services is not None:
            tx.after_commit.append(lambda: _ignore(RefreshJob(services).run(portal_id, site_id)))

    def deliver_event(
        self, tx: Tx, delivery: Delivery, *, attempt: int = 0, delay_seconds: float = 0, once: str = ""
    ) -> None:
        """Post an event after the commit; of several deliveries with one `once`, only the first."""
        if once:
            if once in self._sent:
                return
            self._sent.add(once)
        tx.after_commit.append(lambda: self._post_later(delivery, attempt, delay_seconds))

    def _post_later(self, delivery: Delivery, attempt: int, seconds: float) -> None:
        if seconds:
            timer = threading.Timer(seconds, self._post, (delivery, attempt))
            timer.daemon = True
            self._timers.add(timer)
            timer.start()
        else:
            self._post(delivery, attempt)

    def _post(self, delivery: Delivery, attempt: int) -> None:
        if self._senders is not None and self._events is not None:
            given: dict[str, Any] = msgspec.to_builtins(delivery)
            self._senders.submit(_logged, self._events.run, given, attempt)


def _logged(work: Callable[..., Any], *arguments: Any) -> None:
    """Run `work` in a thread and log its exceptions."""
    try:
        work(*arguments)
    except Exception:
        log.exception("event_failed")


def _ignore(_result: Any) -> None:
    """Discard a result, as callbacks must return None."""
