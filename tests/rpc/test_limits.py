"""Limits: requests per second by portal and address, running time by credential and method, portals that refuse."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.domain.people.portals import Plan, PortalState
from landingpad.rpc.limits import RATES, USUAL_RATE, OperatingTime, Rate, RequestRate
from landingpad.settings import SettingError, Settings
from landingpad.store.people import portals as portal_rows
from support.portal import Databases, Portal

NOW = 1_800_000_000.5


def test_fifty_at_once_then_two_each_second() -> None:
    rate = RequestRate()
    assert [rate.admit(1, "a", USUAL_RATE, NOW) for _ in range(52)] == [True] * 50 + [False] * 2
    assert rate.admit(1, "a", USUAL_RATE, NOW + 0.99) is False
    assert [rate.admit(1, "a", USUAL_RATE, NOW + 1.0) for _ in range(3)] == [True, True, False]
    assert [rate.admit(1, "a", USUAL_RATE, NOW + 60) for _ in range(51)] == [True] * 50 + [False]


def test_two_requests_each_second_are_never_refused() -> None:
    rate = RequestRate()
    for _ in range(50):
        rate.admit(1, "a", USUAL_RATE, NOW)
    assert all(rate.admit(1, "a", USUAL_RATE, NOW + 1 + half / 2) for half in range(1000))


def test_each_portal_address_and_plan_has_its_own_bucket() -> None:
    rate = RequestRate()
    big = RATES[Plan.ENTERPRISE]
    assert sum(rate.admit(1, "a", big, NOW) for _ in range(300)) == 250
    assert sum(rate.admit(1, "b", USUAL_RATE, NOW) for _ in range(300)) == 50
    assert sum(rate.admit(2, "a", USUAL_RATE, NOW) for _ in range(300)) == 50
    assert sum(rate.admit(1, "a", big, NOW + 1) for _ in range(300)) == 5


def test_a_clock_that_is_set_back_blocks_nobody_for_long() -> None:
    rate = RequestRate()
    for _ in range(50):
        rate.admit(1, "a", USUAL_RATE, NOW)
    assert rate.admit(1, "a", USUAL_RATE, NOW - 3600) is False
    assert rate.admit(1, "a", USUAL_RATE, NOW - 3598) is True


def test_empty_buckets_are_dropped() -> None:
    rate = RequestRate()
    for number in range(25_000):
        assert rate.admit(1, str(number), Rate(50, 2), NOW + number / 100)
    assert len(rate._levels) < 13_000


def test_running_time_is_summed_in_buckets_of_a_minute() -> None:
    used = OperatingTime(limit=480)
    began = 1_800_000_020.0
    assert used.charge("w", "m", 100.0, began) == (100.0, 1_800_000_620)
    assert used.charge("w", "m", 1.5, began + 30).seconds == 101.5
    assert used.charge("w", "m", 10.0, began + 60).seconds == 111.5
    assert used.charge("w", "other", 1.0, began + 60).seconds == 1.0
    assert used.charge("v", "m", 1.0, began + 60).seconds == 1.0
    # The first bucket counts until ten minutes after its first call, the second goes on.
    assert used.charge("w", "m", 0.0, began + 599.9).seconds == 111.5
    assert used.charge("w", "m", 0.0, began + 600) == (10.0, int(began) + 660)


def test_the_call_that_passes_the_limit_ends_and_the_next_is_refused() -> None:
    used = OperatingTime(limit=480)
    for call in range(24):
        assert used.is_exceeded("w", "m", NOW + call * 20) is None
        used.charge("w", "m", 20.0, NOW + call * 20)
    assert used.is_exceeded("w", "m", NOW + 480) is None  # exactly at the limit is allowed
    used.charge("w", "m", 20.0, NOW + 480)
    refused = used.is_exceeded("w", "m", NOW + 481)
    assert refused is not None
    assert refused.seconds == 500
    assert used.is_exceeded("w", "other", NOW + 481) is None
    assert used.is_exceeded("w", "m", refused.reset_at) is None


def test_old_running_times_are_dropped() -> None:
    used = OperatingTime(limit=480)
    for number in range(25_000):
        used.charge(str(number), "m", 1.0, NOW + number)
    assert len(used._minutes) <= 10_001


# -- over the wire


@pytest.fixture
def strict(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    """A portal that enforces limits."""
    with databases.parts(tmp_path, limits="enforce") as parts:
        yield Portal(parts)


def change(portal: Portal, *, plan: Plan = Plan.BASIC, state: PortalState = PortalState.ACTIVE) -> None:
    portal.parts.db.write_here(lambda tx: portal_rows.update(tx, portal.id, plan=plan, state=state))


async def codes(portal: Portal, count: int, client: str = "127.0.0.1") -> list[int]:
    transport = httpx.ASGITransport(portal.app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as http:
        address = portal.webhooks["admin"] + "server.time"
        return [answer.status_code for answer in await asyncio.gather(*(http.get(address) for _ in range(count)))]


async def test_too_many_requests(strict: Portal) -> None:
    assert sorted(await codes(strict, 60)).count(200) in {50, 51, 52}  # one second may have passed
    response = await strict.answer("server.time")
    for _ in range(5):
        response = await strict.answer("server.time")
    assert (response.status_code, response.json()["error"]) == (503, "QUERY_LIMIT_EXCEEDED")
    assert (await codes(strict, 1, client="203.0.113.5")) == [200]  # another address has its own bucket
    async with strict.http() as http:
        wrong = await http.get("/rest/1/wrong/server.time")
    assert wrong.json()["error"] == "QUERY_LIMIT_EXCEEDED"  # guessing codes is limited too


async def test_a_batch_is_one_request(strict: Portal) -> None:
    for _ in range(10):
        found = await strict.call("batch", cmd=["server.time"] * 50)
        assert len(found["result"]) == 50


async def test_a_bigger_plan_has_a_bigger_bucket(strict: Portal) -> None:
    change(strict, plan=Plan.ENTERPRISE)
    assert (await codes(strict, 240)).count(200) == 240


async def test_running_time_is_reported_and_limited(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, limits="enforce", operating_limit=1e-9) as parts:
        portal = Portal(parts)
        first = (await portal.answer("server.time")).json()["time"]
        assert first["operating"] > 0
        assert abs(first["operating_reset_at"] - time.time() - 600) < 60
        second = await portal.answer("server.time")
        assert (second.status_code, second.json()["error"]) == (429, "OPERATION_TIME_LIMIT")
        assert "server.time ran" in second.json()["error_description"]
        assert (await portal.answer("profile")).status_code == 200
        assert (await portal.answer("server.time", by="plain")).status_code == 200
        batch = await portal.call("batch", cmd={"a": "server.time", "b": "scope"})
        assert batch["result_error"]["a"]["error"] == "OPERATION_TIME_LIMIT"
        assert batch["result_time"]["b"]["operating"] > 0
        again = await portal.answer("batch", {"cmd": ["methods"]})
        assert again.json()["time"]["operating"] == 0  # the batch itself is not counted


@pytest.mark.parametrize(("mode", "told"), [("count", True), ("off", False)])
async def test_developers_are_not_limited(databases: Databases, tmp_path: Path, mode: str, told: bool) -> None:
    with databases.parts(tmp_path, limits=mode, operating_limit=1e-9) as parts:
        portal = Portal(parts)
        assert set(await codes(portal, 120)) == {200}
        answer = (await portal.answer("server.time")).json()
        assert (answer["time"]["operating"] > 0) is told


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"state": PortalState.OVERLOADED}, 503, "OVERLOAD_LIMIT"),
        ({"state": PortalState.DELETED}, 500, "PORTAL_DELETED"),
        ({"plan": Plan.FREE}, 403, "ACCESS_DENIED"),
    ],
)
async def test_portals_that_refuse(portal: Portal, changes: dict[str, Any], status: int, code: str) -> None:
    other = Portal(portal.parts, host="other.localhost")
    change(portal, **changes)
    response = await portal.answer("server.time")
    assert (response.status_code, response.json()["error"]) == (status, code)
    assert (await other.answer("server.time")).status_code == 200
    change(portal)
    assert (await portal.answer("server.time")).status_code == 200


def test_modes() -> None:
    assert Settings(dev=True).limit_mode == "count"
    assert Settings().limit_mode == "enforce"
    assert Settings(dev=True, limits="enforce").limit_mode == "enforce"
    with pytest.raises(SettingError, match="off, count, enforce"):
        Settings.from_env({"LANDINGPAD_LIMITS": "sometimes"})
