"""Resets, snapshots, export, clock and random seed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landingpad.domain.site.codes import random_code
from support.control import order
from support.portal import ApiFailure, Databases, Portal

pytestmark = pytest.mark.both_engines


@pytest.fixture
def kept(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    """A portal with a published page, whose state is the snapshot of the start."""
    with databases.parts(tmp_path) as parts:
        yield Portal(parts)


async def started(portal: Portal) -> int:
    """Publish a page, and save the state as the snapshot of the start."""
    _, page_id, _ = await portal.published()
    assert portal.parts.kit is not None
    portal.parts.kit.started()
    return page_id


async def rows(portal: Portal) -> Any:
    sites = await portal.call("landing.site.getList")
    pages = await portal.call("landing.landing.getList")
    blocks = [await portal.call("landing.block.getlist", lid=int(page["ID"])) for page in pages]
    return sites, pages, blocks


async def test_a_reset_restores_everything(kept: Portal) -> None:
    """Changed, added and removed rows are restored, and the next ids repeat."""
    page_id = await started(kept)
    before = await rows(kept)
    new_ids = []
    for _ in range(3):
        other, _, _ = await kept.published("other")
        new_ids.append(other)
        await kept.call("landing.landing.update", lid=page_id, fields={"TITLE": "Changed"})
        assert await rows(kept) != before
        told = await order(kept, "POST", "reset")
        assert told["ms"] > 0
        assert await rows(kept) == before
    assert len(set(new_ids)) == 1


async def test_a_reset_restores_public_pages(kept: Portal) -> None:
    """Later versions reuse ids; visitors must not see pages cached for the former versions."""
    page_id = await started(kept)
    address = await kept.call("landing.landing.getpublicurl", lid=page_id)
    for text in ("First", "Second"):
        block = (await kept.call("landing.block.getlist", lid=page_id, params={"edit_mode": 1}))[0]["id"]
        await kept.call("landing.block.updatenodes", lid=page_id, block=block, data={".landing-block-node-title": text})
        await kept.call("landing.landing.publication", lid=page_id)
        assert text in (await kept.get(address)).text
        await order(kept, "POST", "reset")
        assert text not in (await kept.get(address)).text


async def test_a_reset_undoes_every_other_order(kept: Portal) -> None:
    await started(kept)
    await order(kept, "POST", "faults", error="QUERY_LIMIT_EXCEEDED")
    await order(kept, "PUT", "clock", now=1_000_000_000, freeze=True)
    await order(kept, "PUT", "portal", plan="free")
    await order(kept, "PUT", "limits", mode="enforce")
    await order(kept, "POST", "reset")
    await kept.call("landing.site.getList")
    assert (await order(kept, "GET", "faults"))["faults"] == []
    assert (await order(kept, "GET", "clock"))["frozen"] is False
    assert (await order(kept, "GET", "limits"))["mode"] == "count"
    assert len((await order(kept, "GET", "requests"))["requests"]) == 1


async def test_states_are_saved_under_names(kept: Portal) -> None:
    await started(kept)
    await kept.site("one")
    await order(kept, "POST", "snapshots/with-one")
    await kept.site("two")
    await order(kept, "POST", "snapshots/with-two")
    assert await order(kept, "GET", "snapshots") == ["start", "with-one", "with-two"]
    for name, codes in (("with-one", {"acme", "one"}), ("with-two", {"acme", "one", "two"}), ("start", {"acme"})):
        await order(kept, "PUT", f"snapshots/{name}/restore")
        sites = await kept.call("landing.site.getList")
        assert {site["CODE"].strip("/") for site in sites} == codes
    await order(kept, "DELETE", "snapshots/with-one")
    assert await order(kept, "GET", "snapshots") == ["start", "with-two"]


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("PUT", "snapshots/nothing/restore", 404),
        ("DELETE", "snapshots/nothing", 404),
        ("POST", "snapshots/start", 409),
        ("DELETE", "snapshots/start", 409),
        ("DELETE", "snapshots/Upper", 409),
        ("PUT", "snapshots/Upper/restore", 409),
        ("GET", "snapshots/nothing", 405),
        ("POST", "nothing", 404),
    ],
)
async def test_wrong_orders_get_an_explanation(kept: Portal, verb: str, path: str, status: int) -> None:
    await started(kept)
    async with kept.http() as http:
        answer = await http.request(verb, f"/_landingpad/{path}")
    assert answer.status_code == status, answer.text
    assert answer.json()["error_description"]


async def test_the_clock_stops_moves_and_is_set(portal: Portal) -> None:
    told = await order(portal, "PUT", "clock", now="2026-03-26T14:00:00+01:00", freeze=True)
    assert (told["iso"], told["frozen"]) == ("2026-03-26T13:00:00.000+00:00", True)
    assert await portal.call("server.time") == "2026-03-26T13:00:00.000000+00:00"
    assert (await order(portal, "PUT", "clock", advance=60))["iso"] == "2026-03-26T13:01:00.000+00:00"
    assert (await order(portal, "PUT", "clock", freeze=False))["frozen"] is False
    await order(portal, "PUT", "clock", reset=True, advance=3601)
    with pytest.raises(ApiFailure) as caught:
        await portal.call("app.info", by="app")
    assert caught.value.code == "expired_token"


async def test_the_trash_is_emptied_without_waiting_for_thirty_days(portal: Portal) -> None:
    site_id = await portal.site("acme")
    await portal.call("landing.site.markDelete", id=site_id)
    told = await order(portal, "PUT", "clock", advance=31 * 86_400)
    assert told["ahead"] == pytest.approx(31 * 86_400)
    assert await order(portal, "POST", "trash/empty") == {"removed": 1}
    with pytest.raises(ApiFailure):
        await portal.call("landing.site.markUnDelete", id=site_id)


async def test_random_values_follow_a_seed(portal: Portal) -> None:
    codes = []
    for _ in range(2):
        await order(portal, "POST", "seed", value="7")
        codes.append(random_code(portal.parts.services.random))
    assert codes[0] == codes[1]
    await order(portal, "POST", "seed", value="")
    assert random_code(portal.parts.services.random) != codes[0]


async def test_a_state_is_carried_to_another_server(kept: Portal, databases: Databases, tmp_path: Path) -> None:
    """Rows, ids and pictures replace the state of a server that had other content, and new ids continue."""
    await started(kept)
    picture = kept.parts.media.put(b"\xff\xd8picture", "jpg")
    before = await rows(kept)
    async with kept.http() as http:
        state = (await http.get("/_landingpad/state")).raise_for_status().content
        await kept.published("other")
        kept.parts.media._path(picture).unlink()
        assert (await http.put("/_landingpad/state", content=state)).status_code == 200
        assert await rows(kept) == before
        assert kept.parts.media.get(picture) == b"\xff\xd8picture"
        for wrong in (b"", b"no archive", state[:-100]):
            assert (await http.put("/_landingpad/state", content=wrong)).status_code == 409
    assert await rows(kept) == before
    assert await kept.site("next") == int(before[0][0]["ID"]) + 1
