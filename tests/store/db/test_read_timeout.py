"""A read that takes too long is ended; writes and commands of an operator are not."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from landingpad.rpc.call import Call
from landingpad.rpc.declare import Registry, method
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Database, Tx
from landingpad.store.db.errors import TooSlowError
from landingpad.store.db.query import Statement
from support.portal import Databases, Portal

pytestmark = pytest.mark.both_engines

LIMIT = 0.3
ONE = Statement(sa.select(sa.literal_column("1")))
NUMBERS = sa.select(sa.literal_column("1").label("n")).cte("numbers", recursive=True)
FOREVER = Statement(sa.select(sa.func.max(NUMBERS.union_all(sa.select(NUMBERS.c.n % 1000 + 1)).c.n)))
"""Counts without an end."""
MANY = Statement(sa.select(NUMBERS.union_all(sa.select(NUMBERS.c.n + 1).where(NUMBERS.c.n < 5_000_000)).c.n))


@pytest.fixture
def parts(databases: Databases, tmp_path: Path) -> Iterator[Parts]:
    with databases.parts(tmp_path, read_timeout=LIMIT) as made:
        yield made


async def test_a_statement_that_takes_too_long_is_ended(parts: Parts) -> None:
    began = time.monotonic()
    with pytest.raises(TooSlowError):
        await parts.db.read(lambda tx: tx.one(FOREVER))
    assert LIMIT <= time.monotonic() - began < 20 * LIMIT
    for _ in range(8):  # each connection is usable again
        assert tuple(await parts.db.read(lambda tx: tx.one(ONE))) == (1,)


async def test_rows_that_come_for_too_long_are_ended(parts: Parts) -> None:
    seen = 0

    def read(tx: Tx) -> None:
        nonlocal seen
        for _ in tx.each(MANY):
            seen += 1

    began = time.monotonic()
    with pytest.raises(TooSlowError):
        await parts.db.read_long(read)
    assert time.monotonic() - began < 20 * LIMIT
    assert seen > 0


async def test_a_row_that_takes_too_long_is_ended(parts: Parts) -> None:
    with pytest.raises(TooSlowError):
        parts.db.read_row(lambda tx: tx.one(FOREVER))
    assert tuple(parts.db.read_row(lambda tx: tx.one(ONE))) == (1,)


def test_neither_writes_nor_readers_without_a_limit_are_ended(parts: Parts, databases: Databases) -> None:
    def slowly(tx: Tx) -> Any:
        time.sleep(2 * LIMIT)
        return tuple(tx.one(Statement(sa.select(sa.func.count()).select_from(few(300_000)))))

    assert parts.db.write_here(slowly) == (300_000,)
    with Database(parts.db.url) as of_operator:
        assert of_operator.read_here(slowly) == (300_000,)


def few(count: int) -> Any:
    return NUMBERS.union_all(sa.select(NUMBERS.c.n + 1).where(NUMBERS.c.n < count))


async def test_a_call_that_takes_too_long_has_the_documented_error(databases: Databases, tmp_path: Path) -> None:
    registry = Registry()

    @method("landingpad.test.slow", registry=registry)
    def slow(call: Call) -> None:
        """Ask something that has no end."""
        call.tx.one(FOREVER)

    with databases.parts(tmp_path, read_timeout=LIMIT, registry=registry) as parts:
        answer = await Portal(parts).answer("landingpad.test.slow")
    assert (answer.status_code, answer.json()["error"]) == (httpx.codes.TOO_MANY_REQUESTS, "OPERATION_TIME_LIMIT")
    assert "The database takes too long for this (request " in answer.json()["error_description"]
