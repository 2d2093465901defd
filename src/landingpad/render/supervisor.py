"""Keeps one process at work: started at first use, replaced when it dies or has done enough, never asked for too much.

It knows nothing of browsers. A process that is replaced first finishes the jobs that it has (it drains), while new
jobs go to its successor.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

import structlog

from landingpad.render.picture import QueueFull

log = structlog.get_logger("landingpad.render")


class Process(Protocol):
    """What is supervised."""

    @property
    def usable(self) -> bool:
        """Whether it may be given another job; costs nothing."""

    async def alive(self) -> bool:
        """Whether it answers; asked after a job failed."""

    async def stop(self) -> None:
        """End it and everything that it started; never raises, never takes long."""


P = TypeVar("P", bound=Process)
T = TypeVar("T")


class ProcessLost(Exception):  # noqa: N818  # a fact about the process, handled by whoever runs jobs
    """The process died under a job, and so did its successor under the second attempt."""


class _Post(Generic[P]):
    """A running process and who uses it."""

    def __init__(self, process: P) -> None:
        self.process = process
        self.users = 0
        self.jobs = 0


class Supervisor(Generic[P]):
    """Runs jobs on the process. Lives on one event loop."""

    def __init__(self, start: Callable[[], Awaitable[P]], *, slots: int, queue: int, jobs_per_process: int) -> None:
        self._start = start
        self._jobs_per_process = jobs_per_process
        self._queue = queue
        self._slots = asyncio.Semaphore(slots)
        self._starting = asyncio.Lock()
        self._current: _Post[P] | None = None
        self._posts: set[_Post[P]] = set()
        self._closed = False
        self.waiting = 0
        self.busy = 0
        self.started = 0
        """Processes started so far."""

    @property
    def current(self) -> P | None:
        """The process that would get the next job, if it runs."""
        return self._current.process if self._current is not None and self._current.process.usable else None

    async def run(self, job: Callable[[P], Awaitable[T]]) -> T:
        """Run a job when a slot is free; once more on a new process if the process died under it.

        Raises:
            QueueFull: all slots are busy and the queue is full.
            ProcessLost: the process died under both attempts.
            Exception: what starting the process or the job itself raised.

        """
        if self._slots.locked() and self.waiting >= self._queue:
            raise QueueFull(
                f"{self.busy} pictures are being taken and {self.waiting} wait already. Try again later, or raise"
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
                log.warning("render.process_lost", reason=str(lost), next="the job is tried once more")
                return await self._attempt(job)
        finally:
            self.busy -= 1
            self._slots.release()

    async def close(self) -> None:
        """Stop every process; later jobs fail."""
        self._closed = True
        async with self._starting:
            posts, self._current = list(self._posts), None
            self._posts.clear()
            await asyncio.gather(*(post.process.stop() for post in posts))

    async def _attempt(self, job: Callable[[P], Awaitable[T]]) -> T:
        post = await self._join()
        try:
            return await job(post.process)
        except Exception as error:
            if post.process.usable and await post.process.alive():
                raise
            self._retire(post)
            raise ProcessLost(str(error)) from error
        finally:
            await self._leave(post)

    async def _join(self) -> _Post[P]:
        """Take a place at the running process, which is started if there is none."""
        async with self._starting:
            post = self._current
            if post is not None and not post.process.usable:
                self._retire(post)
                if not post.users:
                    await self._stop(post)
                post = None
            if post is None:
                if self._closed:
                    raise ProcessLost("The supervisor is closed.")
                post = self._current = _Post(await self._start())
                self._posts.add(post)
                self.started += 1
            post.users += 1
            post.jobs += 1
            if post.jobs >= self._jobs_per_process:
                self._retire(post)
            return post

    async def _leave(self, post: _Post[P]) -> None:
        post.users -= 1
        if not post.process.usable:
            self._retire(post)
        if not post.users and post is not self._current:
            await self._stop(post)

    def _retire(self, post: _Post[P]) -> None:
        """Give it no new jobs; it is stopped when its last user has left."""
        if self._current is post:
            self._current = None

    async def _stop(self, post: _Post[P]) -> None:
        if post in self._posts:
            self._posts.remove(post)
            await post.process.stop()
