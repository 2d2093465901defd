"""The supervisor alone, with plain objects as processes instead of a browser."""

import asyncio
from collections.abc import Callable

import pytest

from landingpad.render.photographer import QueueFull
from landingpad.render.supervisor import ProcessLost, Supervisor


class Worker:
    """A process controlled by the test."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.usable = True
        self.answers = True
        self.stopped = 0

    async def alive(self) -> bool:
        return self.answers

    async def stop(self) -> None:
        self.stopped += 1
        self.usable = False


class Works:
    """Starts workers and keeps a list of them."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []
        self.fail_starts = 0

    async def start(self) -> Worker:
        await asyncio.sleep(0.01)
        if self.fail_starts:
            self.fail_starts -= 1
            raise OSError("no memory")
        self.workers.append(Worker(len(self.workers)))
        return self.workers[-1]

    def supervisor(self, *, slots: int = 2, queue: int = 10, jobs_per_process: int = 100) -> Supervisor[Worker]:
        return Supervisor(self.start, slots=slots, queue=queue, jobs_per_process=jobs_per_process)


async def until(true: Callable[[], bool]) -> None:
    """Yield to other tasks until a condition holds."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  # the condition reads plain fields, without an event to wait for
            await asyncio.sleep(0)


async def number(worker: Worker) -> int:
    return worker.number


async def test_the_first_job_starts_the_process_and_many_jobs_share_it() -> None:
    works = Works()
    supervisor = works.supervisor(slots=5)
    assert works.workers == []
    assert await asyncio.gather(*(supervisor.run(number) for _ in range(5))) == [0] * 5
    assert supervisor.started == 1


async def test_a_failed_start_is_retried_by_the_next_job() -> None:
    works = Works()
    works.fail_starts = 1
    supervisor = works.supervisor(slots=1)
    with pytest.raises(OSError, match="no memory"):
        await supervisor.run(number)
    assert await supervisor.run(number) == 0
    assert (supervisor.busy, supervisor.waiting) == (0, 0)


async def test_slots_and_queue_are_bounded() -> None:
    works = Works()
    supervisor = works.supervisor(slots=2, queue=1)
    release, seen = asyncio.Event(), []

    async def wait(worker: Worker) -> int:
        seen.append(worker)
        await release.wait()
        return worker.number

    jobs = [asyncio.create_task(supervisor.run(wait)) for _ in range(3)]
    await until(lambda: (supervisor.busy, supervisor.waiting, len(seen)) == (2, 1, 2))
    with pytest.raises(QueueFull, match="LANDINGPAD_PREVIEW_QUEUE"):
        await supervisor.run(wait)
    release.set()
    assert await asyncio.gather(*jobs) == [0, 0, 0]
    assert (supervisor.busy, supervisor.waiting) == (0, 0)


async def test_a_cancelled_waiter_frees_its_place() -> None:
    works = Works()
    supervisor = works.supervisor(slots=1, queue=1)
    release = asyncio.Event()

    async def wait(worker: Worker) -> int:
        await release.wait()
        return worker.number

    first = asyncio.create_task(supervisor.run(wait))
    waiter = asyncio.create_task(supervisor.run(wait))
    await until(lambda: supervisor.waiting == 1)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert supervisor.waiting == 0
    release.set()
    assert await first == 0
    assert await supervisor.run(number) == 0


async def test_a_retired_process_drains_while_its_successor_works() -> None:
    works = Works()
    supervisor = works.supervisor(slots=2, jobs_per_process=1)
    release = asyncio.Event()

    async def wait(worker: Worker) -> int:
        await release.wait()
        return worker.number

    slow = asyncio.create_task(supervisor.run(wait))
    await until(lambda: works.workers != [])
    assert await supervisor.run(number) == 1
    assert (works.workers[0].stopped, works.workers[1].stopped) == (0, 1)
    release.set()
    assert await slow == 0
    assert works.workers[0].stopped == 1


async def test_a_job_whose_process_died_is_retried_on_a_new_one() -> None:
    works = Works()
    supervisor = works.supervisor()

    async def die_once(worker: Worker) -> int:
        if worker.number == 0:
            worker.usable = False
            raise OSError("pipe closed")
        return worker.number

    assert await supervisor.run(die_once) == 1
    assert works.workers[0].stopped == 1


async def test_a_process_that_no_longer_answers_counts_as_dead() -> None:
    works = Works()
    supervisor = works.supervisor()

    async def hang_once(worker: Worker) -> int:
        if worker.number == 0:
            worker.answers = False
            raise TimeoutError
        return worker.number

    assert await supervisor.run(hang_once) == 1


async def test_a_job_that_kills_every_process_fails_after_two_attempts() -> None:
    works = Works()
    supervisor = works.supervisor()

    async def die(worker: Worker) -> int:
        worker.usable = False
        raise OSError("pipe closed")

    with pytest.raises(ProcessLost, match="pipe closed"):
        await supervisor.run(die)
    assert [worker.stopped for worker in works.workers] == [1, 1]
    assert await supervisor.run(number) == 2


async def test_a_job_that_fails_by_itself_is_not_retried() -> None:
    works = Works()
    supervisor = works.supervisor()

    async def fail(_: Worker) -> int:
        raise ValueError("a bad page")

    with pytest.raises(ValueError, match="a bad page"):
        await supervisor.run(fail)
    assert await supervisor.run(number) == 0
    assert works.workers[0].stopped == 0


async def test_a_process_that_died_while_idle_is_replaced() -> None:
    works = Works()
    supervisor = works.supervisor()
    await supervisor.run(number)
    works.workers[0].usable = False
    assert supervisor.current is None
    assert await supervisor.run(number) == 1
    assert works.workers[0].stopped == 1


async def test_close_stops_everything_and_nothing_restarts() -> None:
    works = Works()
    supervisor = works.supervisor()
    await supervisor.run(number)
    await supervisor.close()
    assert works.workers[0].stopped == 1
    with pytest.raises(ProcessLost, match="closed"):
        await supervisor.run(number)
    assert len(works.workers) == 1
