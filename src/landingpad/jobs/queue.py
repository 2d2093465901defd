"""The queue of jobs: events, page refreshes and schedules, enqueued in the transaction that causes them.

Pictures have their own rows, because an order has more columns (`jobs.renderer`); the workers of both are the same.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import structlog

from landingpad.domain.work import Delivery, Services
from landingpad.jobs.events import EventJob
from landingpad.jobs.order_listeners import OrderListeners
from landingpad.jobs.outcome import Outcome, store_outcome
from landingpad.jobs.refresh import RefreshJob
from landingpad.jobs.schedules import Schedules
from landingpad.jobs.worker import CLAIM_SECONDS, Worker, worker_name
from landingpad.store.db.engine import Tx
from landingpad.store.jobs import queue
from landingpad.store.records import Job

log = structlog.get_logger("landingpad.jobs")

EVENT = "event"
REFRESH = "refresh"
SCHEDULE = "schedule"
_EVENTS_AT_ONCE = 8  # a handler that does not answer holds one of them for twenty seconds
_AFTER_ERRORS = (5.0, 60.0, 600.0, 3600.0)
"""Seconds before a job that broke is tried again: the database may be unavailable for a while."""
_STOP_SECONDS = 5.0


class _Refresh(msgspec.Struct):
    """Payload of a page refresh."""

    site_id: int


class _Scheduled(msgspec.Struct):
    """Payload of a schedule."""

    name: str


class JobEnqueuer:
    """Enqueues jobs in the current transaction, and wakes the workers of this process after the commit.

    Workers of other processes poll.
    """

    def __init__(self, pictures: OrderListeners, jobs: OrderListeners) -> None:
        self._pictures = pictures
        self._jobs = jobs

    def picture_expected(self, tx: Tx, *, preview_id: int) -> None:  # noqa: ARG002  # part of the signature of JobQueue
        """Wake the workers for pictures after the commit."""
        tx.after_commit.append(self._pictures.notify)

    def refresh_pages(self, tx: Tx, *, portal_id: int, site_id: int) -> None:
        """Enqueue the rendering of all published pages of a site."""
        self._add(tx, REFRESH, _Refresh(site_id), portal_id)

    def deliver_event(self, tx: Tx, delivery: Delivery, *, once: str = "") -> None:
        """Enqueue the delivery of an event; of several with the same `once`, only the first counts."""
        self._add(tx, EVENT, delivery, delivery.portal_id, once)

    def forget(self) -> None:
        """Drop nothing: every job is a row, which ended with the rows of its portal."""

    def _add(self, tx: Tx, kind: str, payload: msgspec.Struct, portal_id: int, once: str = "") -> None:
        text = msgspec.json.encode(payload).decode()
        queue.add(tx, kind=kind, payload=text, portal_id=portal_id, now=_machine_ms(), once=once or None)
        tx.after_commit.append(self._jobs.notify)


class _Kind(NamedTuple):
    """How jobs of a kind are run."""

    at_once: int
    run: Callable[[Job], Outcome]
    is_repeatable: bool
    """Whether another worker may begin such a job while it still runs here."""


class QueuedJobs:
    """The jobs of a database, for a worker."""

    name = "jobs"

    def __init__(self, services: Services, events: EventJob, *, collects_media: bool = False) -> None:
        self.worker = worker_name()
        self._db = services.db
        self._events = events
        self._refresh = RefreshJob(services)
        self._schedules = Schedules(services, collects_media=collects_media)
        self._kinds: Mapping[str, _Kind] = {
            EVENT: _Kind(_EVENTS_AT_ONCE, self._deliver, is_repeatable=False),
            REFRESH: _Kind(1, self._refresh_pages, is_repeatable=True),
            SCHEDULE: _Kind(1, self._run_schedule, is_repeatable=True),
        }
        self.slots = {name: kind.at_once for name, kind in self._kinds.items()}

    def prepare(self) -> None:
        """Store the schedules that the database does not have yet; they are due at once."""
        keys = {f"schedule:{name}": _Scheduled(name) for name in self._schedules.known}
        missing = self._db.read_here(lambda tx: [key for key in keys if not queue.is_known(tx, key)])

        def add(tx: Tx) -> None:
            for key in missing:
                payload = msgspec.json.encode(keys[key]).decode()
                queue.add(tx, kind=SCHEDULE, payload=payload, portal_id=None, now=_machine_ms(), once=key)

        if missing:
            self._db.write_here(add)

    def claim(self, kinds: Sequence[str], now: int, until: int) -> tuple[str, Job] | None:
        """Claim the job that has been due for longest."""

        def due(tx: Tx) -> list[tuple[int, str]]:
            found = ((queue.next_due(tx, kind, now), kind) for kind in kinds)
            return [(since, kind) for since, kind in found if since is not None]

        waiting = self._db.read_here(due)
        if not waiting:
            return None
        _, kind = min(waiting)
        job = self._db.write_here(lambda tx: queue.claim(tx, self.worker, kind, now, until=until))
        return None if job is None else (kind, job)

    def run(self, row: Job) -> float:
        """Make one attempt and store its outcome."""
        try:
            outcome = self._kinds[row.kind].run(row)
        except Exception as error:
            log.exception("job_broke", kind=row.kind, job=row.id, attempt=row.attempts)
            after = _AFTER_ERRORS[row.attempts] if row.attempts < len(_AFTER_ERRORS) else None
            outcome = Outcome("failed", f"{type(error).__name__}: {error}", after)

        def store(tx: Tx) -> bool:
            name, problem, seconds = outcome
            now = _machine_ms()
            if seconds is None:
                return queue.finish(tx, self.worker, row, outcome=name, problem=problem, now=now)
            due_at = now + int(seconds * 1000)
            return queue.retry_later(tx, self.worker, row, outcome=name, problem=problem, due_at=due_at)

        if not store_outcome(self._db, store, job=f"{row.kind} {row.id}"):
            # Its portal was removed or reset meanwhile, or this process stood still for longer than a claim lasts.
            log.info("job_no_longer_held", kind=row.kind, job=row.id, outcome=outcome.name)
        return 0.0

    def keep(self, held: Iterable[int], until: int) -> None:
        """Extend the claims on jobs."""
        self._db.write_here(lambda tx: queue.keep(tx, self.worker, held, until=until))

    def release(self) -> None:
        """Release jobs that may be repeated; an event keeps its claim, since it may be on its way."""

        def work(tx: Tx) -> None:
            for name, kind in self._kinds.items():
                if kind.is_repeatable:
                    queue.release(tx, self.worker, name)

        self._db.write_here(work)

    def _deliver(self, job: Job) -> Outcome:
        return self._events.run(msgspec.json.decode(job.payload, type=Delivery), job.attempts)

    def _refresh_pages(self, job: Job) -> Outcome:
        assert job.portal_id is not None  # noqa: S101  # JobEnqueuer stores it
        self._refresh.run(job.portal_id, msgspec.json.decode(job.payload, type=_Refresh).site_id)
        return Outcome("done")

    def _run_schedule(self, job: Job) -> Outcome:
        return self._schedules.run(msgspec.json.decode(job.payload, type=_Scheduled).name)


class JobRunner:
    """Runs the jobs of this database in threads of this process."""

    def __init__(
        self,
        services: Services,
        events: EventJob,
        listeners: OrderListeners,
        *,
        poll_seconds: float,
        claim_seconds: float = CLAIM_SECONDS,
        collects_media: bool = False,
    ) -> None:
        self._source = QueuedJobs(services, events, collects_media=collects_media)
        self._worker = Worker(
            self._source,
            listeners,
            poll_seconds=poll_seconds,
            claim_seconds=claim_seconds,
            stop_seconds=_STOP_SECONDS,
        )

    def start(self) -> None:
        """Start working; jobs of killed processes follow when their claims expire."""
        self._worker.start()

    def stop(self) -> None:
        """Give running jobs a moment to finish; the rest is done by other processes or at the next start."""
        self._worker.stop()


def _machine_ms() -> int:
    return int(time.time() * 1000)
