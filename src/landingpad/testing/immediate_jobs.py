"""Work that follows from a write, done at once in the process itself: for tests, which cannot wait for a queue.

When the answer to a call arrives, the picture of the page that it published is there and the pages of the site that it
changed are rendered anew. Only events go out on their own, for their handlers may call back.
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
    """A queue that does not wait."""

    def __init__(self) -> None:
        self._services: Services | None = None
        self._listeners: OrderListeners | None = None
        self._events: EventJob | None = None
        self._senders: ThreadPoolExecutor | None = None
        self._timers: set[threading.Timer] = set()
        self._sent: set[str] = set()

    def serve(self, services: Services, events: EventJob, listeners: OrderListeners) -> None:
        """Begin to work for a server. Its services hold this queue, so they are known only now."""
        self._services = services
        self._listeners = listeners
        self._events = events
        self._senders = ThreadPoolExecutor(_SENDERS, thread_name_prefix="events")

    def stop(self) -> None:
        """Finish what is under way; what would be tried again later is forgotten."""
        for timer in tuple(self._timers):
            timer.cancel()
        if self._senders is not None:
            self._senders.shutdown(wait=True, cancel_futures=True)

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:  # noqa: ARG002  # the signature of JobQueue
        """Have the picture made once the order for it is stored."""
        if self._listeners is not None:
            tx.after_commit.append(self._listeners.notify)

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Have the published pages of a site rendered anew, once the change is stored."""
        services = self._services
        if services is not None:
            tx.after_commit.append(lambda: _ignore(RefreshJob(services).run(portal_id, site_id)))

    def deliver_event(
        self, tx: Tx, delivery: Delivery, *, attempt: int = 0, delay_seconds: float = 0, once: str = ""
    ) -> None:
        """Have an event posted once its cause is stored; of deliveries with the same `once`, only the first."""
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
    """Do something in a thread that nobody asks for its result."""
    try:
        work(*arguments)
    except Exception:
        log.exception("event_failed")


def _ignore(_result: Any) -> None:
    """Take a result that nobody needs."""
