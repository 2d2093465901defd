"""Long work of writing methods: it is done outside of the transaction, so that other writers do not wait."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest

from landingpad.rpc.call import MOST_INSIDE, MOST_OUTSIDE, Call
from landingpad.rpc.declare import Doc, Registry, Runs, method
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.people import portals as portal_rows
from landingpad.store.tables.site import portals
from support.portal import ApiFailure, Databases, Portal

RAN: list[tuple[str, str]] = []
REGISTRY = Registry()
BEFORE_WORK: list[Any] = []


def rename(tx: Tx, portal_id: int, new: str) -> None:
    tx.run(Statement(portals.update().where(portals.c.id == portal_id).values(title=new)))


def slow(text: str) -> str:
    """Stand for a parser."""
    RAN.append((text, threading.current_thread().name))
    for hook in BEFORE_WORK:
        hook()
    return text.upper()


@method("landingpad.test.write", scope="", runs=Runs.WRITE, registry=REGISTRY)
def write(
    call: Call, weight: Annotated[int, Doc("Weight.")], times: Annotated[int, Doc("How often.")] = 1
) -> list[str]:
    """Change the title of the portal by some work on it."""
    portal = portal_rows.find(call.tx, call.portal_id)
    assert portal is not None
    rename(call.tx, call.portal_id, f"{portal.title}!")
    return [call.outside(weight, slow, f"{portal.title} {number}") for number in range(times)]


@pytest.fixture
def portal(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    RAN.clear()
    BEFORE_WORK.clear()
    with databases.parts(tmp_path, registry=REGISTRY) as parts:
        yield Portal(parts)


def title(portal: Portal) -> str:
    found = portal.parts.db.read_here(lambda tx: portal_rows.find(tx, portal.id))
    assert found is not None
    return found.title


async def test_small_work_stays_in_the_transaction(portal: Portal) -> None:
    assert await portal.call("landingpad.test.write", weight=MOST_INSIDE) == ["TEST 0"]
    assert [thread.startswith("db-write") for _, thread in RAN] == [True]
    assert title(portal) == "Test!"


async def test_large_work_is_done_once_outside_and_the_transaction_begins_again(portal: Portal) -> None:
    assert await portal.call("landingpad.test.write", weight=MOST_INSIDE + 1, times=3) == ["TEST 0", "TEST 1", "TEST 2"]
    assert [text for text, _ in RAN] == ["Test 0", "Test 1", "Test 2"]
    assert not any(thread.startswith(("db-", "MainThread")) for _, thread in RAN)
    assert title(portal) == "Test!"  # what ran before is rolled back, not repeated


async def test_work_on_rows_that_changed_meanwhile_is_done_again(portal: Portal) -> None:
    """The result always fits what is stored, however often others write in between."""
    turns = iter(range(2))

    def other_writer() -> None:
        turn = next(turns, None)
        if turn is not None:
            portal.parts.db.write_here(lambda tx: rename(tx, portal.id, f"Other {turn}"))

    BEFORE_WORK.append(other_writer)
    assert await portal.call("landingpad.test.write", weight=MOST_INSIDE + 1) == ["OTHER 1 0"]
    assert [text for text, _ in RAN] == ["Test 0", "Other 0 0", "Other 1 0"]
    assert title(portal) == "Other 1!"


async def test_a_call_ends_though_others_change_the_rows_each_time(portal: Portal) -> None:
    count = iter(range(100))

    def other_writer() -> None:
        if not threading.current_thread().name.startswith("db-write"):
            number = next(count)
            portal.parts.db.write_here(lambda tx: rename(tx, portal.id, f"Other {number}"))

    BEFORE_WORK.append(other_writer)
    await portal.call("landingpad.test.write", weight=MOST_INSIDE + 1)
    assert len(RAN) < 10
    assert RAN[-1][1].startswith("db-write")


async def test_too_much_work_is_refused(portal: Portal) -> None:
    with pytest.raises(ApiFailure, match="TYPE_ERROR"):
        await portal.call("landingpad.test.write", weight=MOST_OUTSIDE + 1)
    assert title(portal) == "Test"
    assert RAN == []
