"""Supervision of one process: started at first use, replaced when it dies or after a number of jobs, never overloaded.

It knows nothing about browsers. A replaced process first finishes its jobs (it drains) while new ones go to its
successor.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

import structlog

from landingpad.render.picture import QueueFull

log = structlog.get_logger("landingpad.render")


class Process(Protocol):
    """A supervised process."""

    @property
    def usable(self) -> bool:
        """Whether it can take another job; cheap to ask."""

    async def alive(self) -> bool:
        """Return whether it answers; called after a job failed."""

    async def stop(self) -> None:
        """End it and everything that it started, quickly and without raising."""


P = TypeVar("P", bound=Process)
T = TypeVar("T")


class ProcessLost(Exception):  # noqa: N818  # the name states what happened to the process
    """The process died during a job, and its successor during the second attempt."""


class _Worker(Generic[P]):
    """A running process with its number of users and of jobs so far."""

    def __init__(self, process: P) -> None:
        self.process = process
        self.users = 0
        self.jobs = 0


class Supervisor(Generic[P]):
    """Runs jobs on the process; bound to one event loop."""

    def __init__(self, start: Callable[[], Awaitable[P]], *, slots: int, queue: int, jobs_per_process: int) -> None:
        self._start = start
        self._jobs_per_process = jobs_per_process
        self._queue = queue
        self._slots = asyncio.Semaphore(slots)
        self._starting = asyncio.Lock()
        self._current: _Worker[P] | None = None
        self._workers: set[_Worker[P]] = set()
        self._closed = False
        self.waiting = 0
        self.busy = 0
        self.started = 0
        """Processes started so far."""

    @property
    def current(self) -> P | None:
        """The process that gets the next job, or None."""
        return self._current.process if self._current is not None and self._current.process.usable else None

    async def run(self, job: Callable[[P], Awaitable[T]]) -> T:
        """Run a job as soon as a slot is free; retry once on a new process if the process died.

        Raises:
            QueueFull: all slots are busy and the queue is full.
            ProcessLost: the process died in both attempts.
            Exception: raised by the start of the process or by the job itself.

        """
        if self._slots.locked() and self.waiting >= self._queue:
            raise QueueFull(
                f"{self.busy} pictures are being taken and {self.waiting} are waiting. Try again later, or raise"
                " LANDINGPAD_PREVIEW_QUEUE (how many may wait) or LANDINGPAD_PREVIEW_SLOTS (how many at a time)."
            )
        self.waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self.waiting -= 1
        self.busy += 1
        try:
            try:
                return await self._attempt(job)
            except ProcessLost as lost:
                log.warning("render.process_lost", reason=str(lost), next="the job is retried once")
                return await self._attempt(job)
        finally:
            self.busy -= 1
            self._slots.release()

    async def close(self) -> None:
        """Stop every process; later jobs fail."""
        self._closed = True
        async with self._starting:
            workers, self._current = list(self._workers), None
            self._workers.clear()
            await asyncio.gather(*(worker.process.stop() for worker in workers))

    async def _attempt(self, job: Callable[[P], Awaitable[T]]) -> T:
        worker = await self._acquire()
        try:
            return await job(worker.process)
        except Exception as error:
            if worker.process.usable and await worker.process.alive():
                raise
            self._retire(worker)
            raise ProcessLost(str(error)) from error
        finally:
            await self._release(worker)

    async def _acquire(self) -> _Worker[P]:
        """Join the running process, or start one."""
        async with self._starting:
            worker = self._current
            if worker is not None and not worker.process.usable:
                self._retire(worker)
                if not worker.users:
                    await self._stop(worker)
                worker = None
            if worker is None:
                if self._closed:
                    raise ProcessLost("The supervisor is closed.")
                worker = self._current = _Worker(await self._start())
                self._workers.add(worker)
                self.started += 1
            worker.users += 1
            worker.jobs += 1
            if worker.jobs >= self._jobs_per_process:
                self._retire(worker)
            return worker

    async def _release(self, worker: _Worker[P]) -> None:
        worker.users -= 1
        if not worker.process.usable:
            self._retire(worker)
        if not worker.users and worker is not self._current:
            await self._stop(worker)

    def _retire(self, worker: _Worker[P]) -> None:
        """Give it no new jobs; it is stopped when its last job ends."""
        if self._current is worker:
            self._current = None

    async def _stop(self, worker: _Worker[P]) -> None:
        if worker in self._workers:
            self._workers.remove(worker)
            await worker.process.stop()
