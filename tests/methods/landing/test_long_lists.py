"""Lists of many rows: equal to short ones, written portion by portion, and bounded where their whole is needed."""

import json
import time
import tracemalloc
from typing import Any

import pytest

from landingpad.mcp.portal_client import CallRefusedError, PortalClient, send_in_process
from landingpad.rpc.auth import webhook_caller
from landingpad.rpc.long_list import LARGE_ROWS, PORTION, LongList
from landingpad.store.tables.site import pages
from support.portal import Portal

pytestmark = pytest.mark.both_engines

MIB = 1024 * 1024


async def many_pages(portal: Portal, count: int, description: str = "") -> list[int]:
    """Store pages in folders of a site and return their ids."""
    site_id = await portal.site("many")
    folders = [
        await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": name, "CODE": name})
        for name in ("news", "shop")
    ]
    rows = [
        {
            "portal_id": portal.id,
            "site_id": site_id,
            "folder_id": [None, *folders][number % 3],
            "title": f'Page "{number % 700}" – Übersicht',
            "code": f"page-{number}",
            "description": description or None,
            "created_by": portal.admin_id,
            "modified_by": portal.admin_id,
            "created_at": number,
            "modified_at": number,
        }
        for number in range(count)
    ]
    return await portal.parts.db.write(lambda tx: tx.insert_many(pages, rows))


async def in_parts(portal: Portal, given: dict[str, Any], *, by: str = "admin") -> list[dict[str, Any]]:
    """Return all rows of a list by short calls."""
    found: list[dict[str, Any]] = []
    while True:
        params = {**given, "limit": 400, "offset": len(found)}
        rows = await portal.call("landing.landing.getList", by=by, params=params)
        found += rows
        if len(rows) < 400:
            return found


@pytest.mark.parametrize("count", [PORTION - 1, PORTION, PORTION + 1, 2 * PORTION + 7])
async def test_a_long_list_has_the_rows_of_short_ones(portal: Portal, count: int) -> None:
    await many_pages(portal, count)
    given = {"select": ["ID", "TITLE"], "order": {"TITLE": "DESC"}, "get_urls": 1, "check_area": 1}
    expected = await in_parts(portal, given)
    assert len(expected) == count
    assert {row["PUBLIC_URL"].count("/") for row in expected} == {4, 5}, "some pages are in folders"
    answer = await portal.answer("landing.landing.getList", {"params": given})
    assert answer.json()["result"] == expected
    assert list(answer.json()) == ["result", "time"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    written = json.dumps(expected, separators=(",", ":"), ensure_ascii=False).encode()
    assert answer.content.startswith(b'{"result":' + written + b',"time":{')
    limited = await portal.call("landing.landing.getList", params={**given, "limit": PORTION + 5, "offset": 3})
    assert limited == expected[3 : PORTION + 8]


async def test_whoever_may_read_some_sites_gets_a_long_list_of_their_pages(portal: Portal) -> None:
    await many_pages(portal, PORTION + 20)
    assert len(await in_parts(portal, {"select": ["ID"]}, by="plain")) == PORTION + 20
    rows = await portal.call("landing.landing.getList", by="plain", params={"select": ["ID"]})
    assert rows == await in_parts(portal, {"select": ["ID"]}, by="plain")


async def test_large_rows_come_in_small_portions(portal: Portal) -> None:
    for number in range(LARGE_ROWS + 3):
        fields = {"NAME": f"Block {number}", "CONTENT": "<p>text</p>", "SECTIONS": "text", "PREVIEW": "/p.jpg"}
        await portal.call("landing.repo.register", by="app", code=f"b{number}", fields=fields, manifest={})
    rows = await portal.call("landing.repo.getList", by="app", params={"select": ["ID", "NAME", "CONTENT"]})
    assert [row["NAME"] for row in rows] == [f"Block {number}" for number in range(LARGE_ROWS + 3)]


async def test_a_command_of_a_batch_uses_a_row_of_a_long_list(portal: Portal) -> None:
    ids = await many_pages(portal, PORTION + 200)
    command = "landing.landing.getList?params[select][]=ID"
    found = await portal.call(
        "batch",
        cmd={
            "all": command,
            "one": f"{command}&params[filter][ID]=$result[all][{PORTION + 100}][ID]",
            "other": command,
        },
    )
    assert [row["ID"] for row in found["result"]["all"]] == [str(each) for each in ids]
    assert [row["ID"] for row in found["result"]["one"]] == [str(ids[PORTION + 100])]
    assert found["result"]["other"] == found["result"]["all"]


async def test_the_long_lists_of_a_batch_are_bounded_together(portal: Portal) -> None:
    await many_pages(portal, PORTION + 100, description="x" * 5000)
    command = "landing.landing.getList?params[select][]=DESCRIPTION"
    found = await portal.call("batch", cmd={"a": command, "b": command, "c": command, "me": "profile"})
    assert list(found["result"]) == ["a", "b", "me"]
    assert {key: error["error"] for key, error in found["result_error"].items()} == {"c": "INVALID_REQUEST"}


async def test_a_list_as_xml_is_bounded(portal: Portal) -> None:
    await many_pages(portal, 2 * PORTION, description="x" * 9000)
    answer = await portal.answer("landing.landing.getList.xml", {"params": {"select": ["TITLE"]}})
    assert answer.text.count("<item>") == 2 * PORTION
    answer = await portal.answer("landing.landing.getList.xml", {"params": {"select": ["DESCRIPTION"]}})
    assert answer.status_code == 400
    assert "<error>INVALID_REQUEST</error>" in answer.text


async def test_an_assistant_gets_no_answer_that_fills_the_memory(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_pages(portal, 3 * PORTION)
    monkeypatch.setattr("landingpad.mcp.portal_client.MOST_OF_ANSWER", 60_000)
    client = PortalClient(send_in_process(portal.app, {}), f"http://{portal.host}:8080", portal.webhooks["admin"])
    assert len(await client.result("landing.landing.getList", {"params": {"select": ["ID"], "limit": 600}})) == 600
    with pytest.raises(CallRefusedError, match="ANSWER_TOO_LARGE"):
        await client.result("landing.landing.getList", {})


async def test_memory_does_not_grow_with_the_rows(portal: Portal) -> None:
    """Of a list of 19 MiB of JSON, four are in memory."""
    await many_pages(portal, 10_000, description="x" * 2000)
    user, code = portal.webhooks["admin"].split("/")[2:4]
    now = time.time()
    caller = portal.parts.db.read_here(lambda tx: webhook_caller(tx, portal.id, user, code, int(now * 1000)))
    given = {"params": {"select": ["DESCRIPTION"]}}
    tracemalloc.start()
    try:
        outcome = await portal.parts.dispatcher.run(caller, "landing.landing.getList", given, now=now)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(outcome.result, LongList)
    assert outcome.result.size > 19 * MIB
    assert peak < 16 * MIB
