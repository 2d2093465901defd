"""Writes that wait a moment: one for many requests, and none is lost when the server stops."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from landingpad.store.db.engine import Database, sqlite_url
from landingpad.store.db.later import LaterWrite


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database(sqlite_url(tmp_path)) as opened:
        yield opened


class Stored:
    """What is pending, and what each write stored."""

    def __init__(self, db: Database, gather_seconds: float) -> None:
        self.pending: list[int] = []
        self.writes: list[list[int]] = []
        self.later = LaterWrite(db, self.store, what="numbers", gather_seconds=gather_seconds)

    def store(self) -> None:
        pending, self.pending = self.pending, []
        if -1 in pending:
            raise ValueError("no negative numbers")
        self.writes.append(pending)

    def add(self, number: int) -> None:
        self.pending.append(number)
        self.later.schedule()

    async def until_written(self, times: int) -> None:
        async with asyncio.timeout(30):
            while len(self.writes) < times:  # noqa: ASYNC110  # the test waits for another thread
                await asyncio.sleep(0.01)


async def test_one_write_stores_what_many_requests_gathered(db: Database) -> None:
    stored = Stored(db, 0.05)
    for number in range(100):
        stored.add(number)
    assert stored.writes == [], "no request waits for it"
    await stored.until_written(1)
    assert stored.writes == [list(range(100))]
    stored.add(100)
    await stored.until_written(2)
    assert stored.writes[1] == [100]


async def test_closing_stores_at_once_and_for_the_last_time(db: Database) -> None:
    stored = Stored(db, 0.05)
    stored.add(1)
    stored.later.close()
    assert stored.writes == [[1]]
    await asyncio.sleep(0.2)
    assert stored.writes == [[1]], "the scheduled write finds the end"


async def test_a_failed_write_is_logged_and_the_next_one_runs(db: Database) -> None:
    stored = Stored(db, 0.05)
    with capture_logs() as lines:
        stored.add(-1)
        async with asyncio.timeout(30):
            while not lines:  # noqa: ASYNC110  # the test waits for another thread
                await asyncio.sleep(0.01)
    assert [(line["event"], line["what"], repr(line["exc_info"])) for line in lines] == [
        ("not_stored", "numbers", "ValueError('no negative numbers')")
    ]
    stored.add(2)
    await stored.until_written(1)
    assert stored.writes == [[2]]


async def test_a_failure_at_the_end_does_not_stop_the_server(db: Database) -> None:
    stored = Stored(db, 60)
    stored.add(-1)
    with capture_logs() as lines:
        stored.later.close()
    assert [line["event"] for line in lines] == ["not_stored"]
