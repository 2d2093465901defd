"""A worker: it claims as many jobs of a queue as it has slots, and extends its claims while it lives.

Any number of workers can share a database, in any number of processes and machines.
"""

import os
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from queue import SimpleQueue
from typing import Generic, Protocol, TypeVar

import structlog

from landingpad.jobs.order_listeners import OrderListeners

log = structlog.get_logger("landingpad.jobs")

CLAIM_SECONDS = 15.0
"""Lifetime of a claim; after that, other workers take over the jobs of a killed one."""
_HEARTBEAT_SECONDS = 3.0
_ERROR_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds after the first, second ... failure to claim; the last one repeats."""
_STOP_SECONDS = 10.0


class ClaimedRow(Protocol):
    """A row that a worker has claimed."""

    @property
    def id(self) -> int:
        """Id of the row."""
        ...


R = TypeVar("R", bound=ClaimedRow)


class JobSource(Protocol[R]):
    """A queue of rows as one worker sees it, and the work that each row stands for. Its methods run in any thread."""

    @property
    def name(self) -> str:
        """Name of the queue in logs and of its threads."""
        ...

    @property
    def worker(self) -> str:
        """Name under which rows are claimed; see `worker_name`."""
        ...

    @property
    def slots(self) -> Mapping[str, int]:
        """Kinds of jobs -> how many of them run at a time."""
        ...

    def prepare(self) -> None:
        """Store what must be there before the first claim; repeated until it succeeds."""
        ...

    def claim(self, kinds: Sequence[str], now: int, until: int) -> tuple[str, R] | None:
        """Claim a due job of one of these kinds until a time; return it with its kind, or None."""
        ...

    def run(self, row: R) -> float:
        """Do the work and store its outcome; return for how many seconds its slot should pause."""
        ...

    def keep(self, held: Iterable[int], until: int) -> None:
        """Extend the claims on these rows."""
        ...

    def release(self) -> None:
        """Release the claims on jobs that another worker may begin while they still run here."""
        ...


def worker_name() -> str:
    """Return a name for a worker of this process."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Worker(Generic[R]):
    """Runs the jobs of one queue in threads of this process."""

    def __init__(
        self,
        source: JobSource[R],
        listeners: OrderListeners,
        *,
        poll_seconds: float,
        claim_seconds: float = CLAIM_SECONDS,
        stop_seconds: float = _STOP_SECONDS,
    ) -> None:
        self.name = source.worker
        self._source = source
        self._listeners = listeners
        self._poll_seconds = poll_seconds
        self._claim_seconds = claim_seconds
        self._stop_seconds = stop_seconds
        self._wakeup = threading.Event()  # set when jobs may be waiting
        self._stopping = threading.Event()
        self._held: dict[int, str] = {}  # ids of jobs in progress -> their kinds
        self._claimed: dict[str, SimpleQueue[R | None]] = {kind: SimpleQueue() for kind in source.slots}
        self._threads = [self._thread("claims", self._claim_all), self._thread("heartbeat", self._heartbeat)]
        # Daemons, so that a job that hangs does not keep the process from ending. Not started per job, because each
        # thread keeps a connection to the database.
        self._threads += [
            self._thread(f"{kind}-{number}", self._run_all, kind)
            for kind, slots in source.slots.items()
            for number in range(slots)
        ]

    def _thread(self, name: str, target: Callable[..., None], *arguments: str) -> threading.Thread:
        return threading.Thread(target=target, args=arguments, name=f"{self._source.name}-{name}", daemon=True)

    def start(self) -> None:
        """Start working."""
        self._listeners.add(self._wake)
        for thread in self._threads:
            thread.start()
        log.info("worker_started", queue=self._source.name, worker=self.name, slots=dict(self._source.slots))

    def _wake(self) -> bool:
        """Look for jobs now, because one was stored. Other listeners may look, too: the job is done later."""
        self._wakeup.set()
        return False

    def stop(self) -> None:
        """Stop claiming, give running jobs a moment to finish, and release the other claims."""
        self._listeners.remove(self._wake)
        self._stopping.set()
        self._wakeup.set()
        if self._threads[0].ident is None:
            return
        claims, heartbeat, *_ = self._threads
        claims.join(self._stop_seconds)
        heartbeat.join(self._stop_seconds)
        deadline = time.monotonic() + self._stop_seconds
        while self._held and time.monotonic() < deadline:
            time.sleep(0.02)
        for kind, slots in self._source.slots.items():
            for _ in range(slots):
                self._claimed[kind].put(None)
        if self._held:
            try:
                self._source.release()
            except Exception as error:  # noqa: BLE001  # claims that are not released expire
                self._warn("worker_claims_not_released", error)

    def _claim_all(self) -> None:
        is_prepared = False
        failures = 0
        while not self._stopping.wait(_ERROR_PAUSES[min(failures, len(_ERROR_PAUSES)) - 1] if failures else 0):
            self._wakeup.clear()  # before claiming: jobs stored from now on wake us again
            try:
                if not is_prepared:
                    self._source.prepare()
                    is_prepared = True
                claimed = self._claim()
            except Exception as error:  # noqa: BLE001  # any driver error: the database may be unavailable for a while
                failures += 1
                if failures == 1:
                    self._warn("worker_cannot_claim", error)
                continue
            if failures:
                log.warning("worker_claims_again", queue=self._source.name, worker=self.name, failures=failures)
                failures = 0
            if claimed is None:
                self._wakeup.wait(self._poll_seconds)
                continue
            kind, row = claimed
            self._held[row.id] = kind
            self._claimed[kind].put(row)

    def _claim(self) -> tuple[str, R] | None:
        busy = Counter(tuple(self._held.values()))
        kinds = [kind for kind, slots in self._source.slots.items() if busy[kind] < slots]
        if not kinds:
            return None
        now = int(time.time() * 1000)
        return self._source.claim(kinds, now, now + int(self._claim_seconds * 1000))

    def _run_all(self, kind: str) -> None:
        while (row := self._claimed[kind].get()) is not None:
            try:
                pause = self._source.run(row)
                if pause:
                    self._stopping.wait(pause)  # keeps the slot busy: no further claims
            except Exception:
                log.exception("job_given_up", queue=self._source.name, worker=self.name, job=row.id)
            finally:
                self._held.pop(row.id, None)
                self._wakeup.set()

    def _heartbeat(self) -> None:
        while not self._stopping.wait(min(_HEARTBEAT_SECONDS, self._claim_seconds / 4)):
            held = tuple(self._held)
            if not held:
                continue
            try:
                self._source.keep(held, int((time.time() + self._claim_seconds) * 1000))
            except Exception as error:  # noqa: BLE001  # any driver error: a claim outlives several heartbeats
                self._warn("worker_heartbeat_failed", error)

    def _warn(self, event: str, error: Exception) -> None:
        log.warning(event, queue=self._source.name, worker=self.name, problem=repr(error))
