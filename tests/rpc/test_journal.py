"""The journal of the last calls."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from landingpad.rpc.declare import REGISTRY
from landingpad.rpc.journal import CallFilter, CallRecord, Journal, masked
from support.portal import ApiFailure, Databases, Portal


def told(portal: Portal, **wanted: Any) -> list[dict[str, Any]]:
    return [entry.as_dict(REGISTRY) for entry in portal.parts.journal.find(CallFilter(**wanted))]


async def test_a_call_is_recorded_with_parameters_and_outcome(portal: Portal) -> None:
    site_id = await portal.site("acme")
    (entry,) = told(portal, method="landing.site.add")
    assert entry["params"] == {"fields": {"TITLE": "Acme", "CODE": "acme"}}
    assert (entry["status"], entry["error"], entry["user"], entry["portal"]) == (200, "", portal.admin_id, portal.id)
    assert entry["caller"].startswith("webhook:")
    assert entry["ms"] > 0
    assert site_id


async def test_an_error_is_recorded_with_code_and_text(portal: Portal) -> None:
    with pytest.raises(ApiFailure) as caught:
        await portal.call("landing.site.getPreview")
    (entry,) = told(portal, error="MISSING_PARAMS")
    assert (entry["status"], entry["text"]) == (400, caught.value.text)


async def test_a_call_with_an_invalid_token_is_recorded(portal: Portal) -> None:
    async with portal.http() as http:
        await http.get("/rest/1/wrong/landing.site.getList.json")
    (entry,) = told(portal, status=401)
    assert (entry["method"], entry["user"], entry["caller"]) == ("landing.site.getList", 0, "")


async def test_tokens_are_never_shown(portal: Portal) -> None:
    """Neither the token of the call nor a token inside a command of a batch."""
    secret = portal.tokens["app"]
    await portal.call("batch", by="app", cmd={"a": f"app.info?auth={secret}&x=1", "b": {"method": "app.info"}})
    assert secret not in str(told(portal))
    assert "auth=***&x=1" in str(told(portal))
    await portal.call("user.option.set", by="app", options={"a": f'{{"auth":"{secret}"}}'})
    assert secret not in str(told(portal))
    assert masked({"AUTH": "a", "list": [{"password": "b"}]}) == {"AUTH": "***", "list": [{"password": "***"}]}


async def test_commands_of_a_batch_are_recorded(portal: Portal) -> None:
    await portal.call("batch", cmd={"good": "landing.site.getList", "bad": "landing.site.getPreview"})
    good, bad, batch = told(portal)
    assert (good["method"], good["in_batch"], good["error"]) == ("landing.site.getList", True, "")
    assert (bad["method"], bad["in_batch"], bad["error"]) == ("landing.site.getPreview", True, "MISSING_PARAMS")
    assert (batch["method"], batch["in_batch"]) == ("batch", False)


async def test_hints_name_parameters_without_effect(portal: Portal) -> None:
    await portal.call("landing.site.getList", filter={"ID": 1})
    with pytest.raises(ApiFailure):
        await portal.call("landing.site.getPrevew")
    misplaced, misspelt = told(portal)
    assert 'put it inside "params"' in misplaced["hints"][0]
    assert "Did you mean landing.site.getPreview?" in misspelt["hints"][0]


async def test_large_parameters_are_shortened(portal: Portal) -> None:
    await portal.call("landing.site.add", fields={"TITLE": "T", "CODE": "c", "DESCRIPTION": "x" * 100_000})
    (entry,) = told(portal, method="landing.site.add")
    assert len(str(entry["params"])) < 1000


async def test_calls_are_found_by_their_parameters(portal: Portal) -> None:
    await portal.site("one")
    await portal.site("two")
    (found,) = told(portal, method="LANDING.site.*", params={"fields": {"CODE": "two"}})
    assert found["params"]["fields"]["CODE"] == "two"
    missed = portal.parts.journal.near_misses(
        CallFilter(method="landing.site.add", params={"fields": {"CODE": "three"}})
    )
    assert [entry.params["fields"]["CODE"] for entry in missed] == ["one", "two"]


async def test_waiting_for_a_later_call(portal: Portal) -> None:
    journal = portal.parts.journal
    wanted = CallFilter(method="landing.site.add", after=journal.last)
    waiting = asyncio.create_task(journal.wait_for(wanted, count=2, seconds=60))
    await portal.site("one")
    assert not waiting.done()
    await portal.site("two")
    assert [entry.params["fields"]["CODE"] for entry in await waiting] == ["one", "two"]
    assert await journal.wait_for(CallFilter(method="landing.site.delete"), seconds=0.01) == []


def test_only_the_last_calls_are_kept() -> None:
    journal = Journal(2, count=True)
    for name in ("a", "b", "c", "c"):
        journal.add(CallRecord(name, 0.0))
    assert [entry.number for entry in journal.find(CallFilter())] == [3, 4]
    assert journal.counts == {"a": 1, "b": 1, "c": 2}
    journal.clear()
    assert journal.find(CallFilter()) == []
    assert journal.last == 4


async def test_a_journal_of_size_0_is_off(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, journal=0) as parts:
        portal = Portal(parts)
        await portal.call("landing.site.getList")
        assert told(portal) == []
