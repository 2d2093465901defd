"""Durable jobs: DBOS stores them in our own database, so that a job is enqueued in the transaction that causes it.

Pictures have their own queue, because an order is a row with more columns (`jobs.renderer`).

DBOS takes half a second to import. It is imported in the background once the server answers, or by the first write that
needs it.
"""

import logging
import threading
from datetime import datetime
from typing import Any

import msgspec
import structlog

from landingpad.domain.work import Delivery, Services
from landingpad.jobs.events import EventJob
from landingpad.jobs.forgotten import HOURLY, remove_forgotten
from landingpad.jobs.order_listeners import OrderListeners
from landingpad.jobs.refresh import RefreshJob
from landingpad.jobs.trash import DAILY, TrashJob
from landingpad.store.db.engine import Database, Tx

log = structlog.get_logger("landingpad.jobs")

PAGES_QUEUE = "pages"
REFRESH_PAGES = "refresh_pages"
EVENTS_QUEUE = "events"
DELIVER_EVENT = "deliver_event"
_EVENTS_AT_ONCE = 8  # a handler that does not answer holds one of them for twenty seconds
EMPTY_TRASH = "empty_trash"
REMOVE_FORGOTTEN = "remove_forgotten"
_VERSION = "1"  # of our workflows; jobs of older releases continue, so it changes only with their steps
_NAME = "landingpad"
_STOP_SECONDS = 5


class JobEnqueuer:
    """Enqueues jobs in the current transaction."""

    def __init__(self, db: Database, listeners: OrderListeners) -> None:
        self._db = db
        self._listeners = listeners
        self._client: Any = None
        self._lock = threading.Lock()

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:  # noqa: ARG002  # part of the signature of JobQueue
        """Wake the worker of this process after the commit; workers of other processes poll."""
        tx.after_commit.append(self._listeners.notify)

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Enqueue the rendering of all published pages of a site."""
        self.client.enqueue_in_transaction(
            tx.session,
            {"queue_name": PAGES_QUEUE, "workflow_name": REFRESH_PAGES, "app_version": _VERSION},
            portal_id,
            site_id,
        )

    def deliver_event(
        self, tx: Tx, delivery: Delivery, *, attempt: int = 0, delay_seconds: float = 0, once: str = ""
    ) -> None:
        """Enqueue the delivery of an event; of several with the same `once`, only the first counts."""
        options: dict[str, Any] = {
            "queue_name": EVENTS_QUEUE,
            "workflow_name": DELIVER_EVENT,
            "app_version": _VERSION,
        }
        if delay_seconds:
            options["delay_seconds"] = delay_seconds
        if once:
            options["workflow_id"] = once
        self.client.enqueue_in_transaction(tx.session, options, msgspec.to_builtins(delivery), attempt)

    @property
    def client(self) -> Any:
        """The DBOS client, created at its first use."""
        with self._lock:
            if self._client is None:
                from dbos import DBOSClient  # lazy: half a second

                # Lazy: opening its own transaction would block while ours holds the write lock.
                self._client = DBOSClient(system_database_url=self._db.url, lazy=True)
            return self._client


class JobRunner:
    """Runs the jobs of this database in threads of this process."""

    def __init__(
        self,
        services: Services,
        event_job: EventJob,
        *,
        poll_seconds: float,
    ) -> None:
        self._services = services
        self._event_job = event_job
        self._poll_seconds = poll_seconds
        self._started = False

    def start(self) -> None:
        """Recover unfinished jobs and start working."""
        from dbos import DBOS

        configure(self._services.db)

        refresh, trash = RefreshJob(self._services), TrashJob(self._services)

        @DBOS.workflow(name=REFRESH_PAGES)
        def refresh_pages(portal_id: int, site_id: int) -> int:
            return refresh.run(portal_id, site_id)

        @DBOS.workflow(name=DELIVER_EVENT)
        def deliver_event(delivery: dict[str, Any], attempt: int) -> str:
            return self._event_job.run(delivery, attempt)

        @DBOS.workflow(name=REMOVE_FORGOTTEN)
        def remove_forgotten_pictures(_due: datetime, _context: Any) -> None:
            remove_forgotten(self._services)

        @DBOS.workflow(name=EMPTY_TRASH)
        def empty_trash(_due: datetime, _context: Any) -> None:
            trash.run()

        DBOS.launch()
        DBOS.register_queue(
            PAGES_QUEUE, worker_concurrency=1, polling_interval_sec=self._poll_seconds, on_conflict="always_update"
        )
        DBOS.register_queue(
            EVENTS_QUEUE,
            worker_concurrency=_EVENTS_AT_ONCE,
            polling_interval_sec=self._poll_seconds,
            on_conflict="always_update",
        )
        DBOS.apply_schedules(
            [
                {"schedule_name": EMPTY_TRASH, "workflow_fn": empty_trash, "schedule": DAILY},
                {"schedule_name": REMOVE_FORGOTTEN, "workflow_fn": remove_forgotten_pictures, "schedule": HOURLY},
            ]
        )
        self._started = True
        trash.run()  # for servers that do not run at night
        log.info("jobs_started")

    def stop(self) -> None:
        """Give running jobs a moment to finish; the rest is done at the next start."""
        if self._started:
            from dbos import DBOS  # lazy: already imported by start()

            DBOS.destroy(workflow_completion_timeout_sec=_STOP_SECONDS, destroy_registry=True)
            self._started = False


def configure(db: Database) -> None:
    """Configure DBOS to use our database."""
    from dbos import DBOS  # lazy: half a second

    logging.getLogger("dbos").setLevel(logging.WARNING)
    DBOS(
        config={
            "name": _NAME,
            "system_database_url": db.url,
            "application_version": _VERSION,
            "executor_id": _NAME,
            "use_listen_notify": False,
            "log_level": "WARNING",
        }
    )


def create_job_tables(db: Database) -> None:
    """Create the tables of the job queue if they are missing; a newer DBOS migrates them at its start."""
    if db.has_table("workflow_status", schema="dbos"):
        return
    from dbos import DBOS

    configure(db)
    DBOS.launch()
    DBOS.destroy(destroy_registry=True)
