"""Durable jobs: DBOS keeps them in our own database, so that a job is enqueued in the transaction that causes it.

DBOS takes half a second to import. It is imported in the background once the server answers, and by the first write
that needs it if that comes earlier.
"""

import logging
import threading
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import structlog

from landingpad.domain.work import Delivery, Services
from landingpad.jobs.events import EventJob
from landingpad.jobs.previews import PreviewJob
from landingpad.jobs.refresh import RefreshJob
from landingpad.jobs.trash import DAILY, TrashJob
from landingpad.store import previews, versions
from landingpad.store.engine import Database, Tx

log = structlog.get_logger("landingpad.jobs")

QUEUE = "previews"
TAKE_PREVIEW = "take_preview"
PAGES_QUEUE = "pages"
REFRESH_PAGES = "refresh_pages"
EVENTS_QUEUE = "events"
DELIVER_EVENT = "deliver_event"
_EVENTS_AT_ONCE = 8  # a handler that does not answer holds one of them for twenty seconds
EMPTY_TRASH = "empty_trash"
_VERSION = "1"  # of our workflows: jobs of an older release go on, so this changes only with their steps
_NAME = "landingpad"
_STOP_SECONDS = 5


class JobEnqueuer:
    """Puts jobs into the queue, in the transaction at hand."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._client: Any = None
        self._lock = threading.Lock()

    def take_preview(self, tx: Tx, *, preview_id: int, version_id: int) -> None:
        """Have the picture taken that is expected of a public version."""
        self.client.enqueue_in_transaction(
            tx.session,
            {"queue_name": QUEUE, "workflow_name": TAKE_PREVIEW, "app_version": _VERSION},
            preview_id,
            version_id,
        )

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Have the published pages of a site rendered anew."""
        self.client.enqueue_in_transaction(
            tx.session,
            {"queue_name": PAGES_QUEUE, "workflow_name": REFRESH_PAGES, "app_version": _VERSION},
            portal_id,
            site_id,
        )

    def deliver_event(
        self, tx: Tx, delivery: Delivery, *, attempt: int = 0, delay_seconds: float = 0, once: str = ""
    ) -> None:
        """Have an event posted to its handler; of deliveries with the same `once`, only the first."""
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
        """The DBOS client, made at its first use."""
        with self._lock:
            if self._client is None:
                from dbos import DBOSClient  # half a second, see above

                # Lazy: it must not open a transaction of its own while ours holds the write lock.
                self._client = DBOSClient(system_database_url=self._db.url, lazy=True)
            return self._client


class JobRunner:
    """Runs the jobs of this database in threads of this process."""

    def __init__(
        self,
        services: Services,
        previews_job: PreviewJob,
        event_job: EventJob,
        *,
        slots: int,
        poll_seconds: float,
    ) -> None:
        self._services = services
        self._job = previews_job
        self._event_job = event_job
        self._slots = slots
        self._poll_seconds = poll_seconds
        self._started = False

    def start(self) -> None:
        """Recover unfinished jobs, enqueue missing ones and begin to work."""
        from dbos import DBOS

        configure(self._services.db)

        @DBOS.workflow(name=TAKE_PREVIEW)
        def take_preview(preview_id: int, version_id: int) -> str:
            return self._job.run(preview_id, version_id)

        refresh, trash = RefreshJob(self._services), TrashJob(self._services)

        @DBOS.workflow(name=REFRESH_PAGES)
        def refresh_pages(portal_id: int, site_id: int) -> int:
            return refresh.run(portal_id, site_id)

        @DBOS.workflow(name=DELIVER_EVENT)
        def deliver_event(delivery: dict[str, Any], attempt: int) -> str:
            return self._event_job.run(delivery, attempt)

        @DBOS.workflow(name=EMPTY_TRASH)
        def empty_trash(_due: datetime, _context: Any) -> None:
            trash.run()

        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._slots,
            polling_interval_sec=self._poll_seconds,
            on_conflict="always_update",
        )
        DBOS.register_queue(
            PAGES_QUEUE, worker_concurrency=1, polling_interval_sec=self._poll_seconds, on_conflict="always_update"
        )
        DBOS.register_queue(
            EVENTS_QUEUE,
            worker_concurrency=_EVENTS_AT_ONCE,
            polling_interval_sec=self._poll_seconds,
            on_conflict="always_update",
        )
        DBOS.apply_schedules([{"schedule_name": EMPTY_TRASH, "workflow_fn": empty_trash, "schedule": DAILY}])
        self._started = True
        trash.run()  # a server that is not up at night empties it when it starts
        self._enqueue_missing()
        log.info("jobs_started", slots=self._slots)

    def stop(self) -> None:
        """Let running jobs finish for a moment; what remains is done at the next start."""
        if self._started:
            from dbos import DBOS  # it was imported by start()

            DBOS.destroy(workflow_completion_timeout_sec=_STOP_SECONDS, destroy_registry=True)
            self._started = False

    def _enqueue_missing(self) -> None:
        """Have pictures taken of public pages that have none: they failed, or Chromium was missing."""
        db, last = self._services.db, 0
        while rows := db.read_here(partial(previews.missing, after_page=last)):
            for portal_id, page_id, version_id in rows:
                last = page_id
                db.write_here(
                    partial(self._expect, portal_id=portal_id, page_id=page_id, version_id=version_id),
                    portal_id=portal_id,
                )

    def _expect(self, tx: Tx, *, portal_id: int, page_id: int, version_id: int) -> None:
        version = versions.find(tx, portal_id, version_id)
        if version is not None:
            preview_id = previews.expect(tx, portal_id, page_id, version.content_hash, version.created_at)
            self._services.jobs.take_preview(tx, preview_id=preview_id, version_id=version_id)


def configure(db: Database) -> None:
    """Tell DBOS about our database."""
    from dbos import DBOS  # half a second, see above

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
    """Make the tables of the job queue where there are none; a newer DBOS brings them up to date when it starts."""
    exists = (
        "SELECT 1 FROM sqlite_master WHERE name = 'workflow_status'"
        if db.dialect == "sqlite"
        else "SELECT to_regclass('dbos.workflow_status')"
    )
    with db.engine.connect() as session:
        if session.exec_driver_sql(exists).scalar() is not None:
            return
    from dbos import DBOS

    configure(db)
    DBOS.launch()
    DBOS.destroy(destroy_registry=True)
