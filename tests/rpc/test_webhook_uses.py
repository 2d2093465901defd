"""Uses of webhooks: noted by calls, stored later, at most once a minute."""

import asyncio

import pytest

from landingpad.rpc.auth import webhook_caller
from landingpad.rpc.call import Caller
from landingpad.rpc.webhook_uses import EVERY_MS, WebhookUses
from landingpad.store.people import webhooks as rows
from landingpad.store.people.webhooks import Webhook
from support.portal import Portal

pytestmark = pytest.mark.both_engines


def webhook(portal: Portal, title: str = "admin") -> Webhook:
    return next(
        one for one in portal.parts.db.read_here(lambda tx: rows.of_portal(tx, portal.id)) if one.title == title
    )


async def until_used(portal: Portal, moment: int) -> None:
    async with asyncio.timeout(30):
        while webhook(portal).used_at != moment:  # noqa: ASYNC110  # the test waits for a row of the database
            await asyncio.sleep(0.05)


async def test_a_call_is_noted_and_stored_without_waiting(portal: Portal) -> None:
    clock = portal.parts.services.clock
    clock.freeze()
    now_ms = clock.now_ms()
    assert webhook(portal).used_at is None
    await portal.call("server.time")
    assert webhook(portal).used_at is None, "the call itself writes nothing"
    await until_used(portal, now_ms)
    assert webhook(portal, "plain").used_at is None


async def test_a_busy_webhook_is_written_once_a_minute(portal: Portal) -> None:
    clock, uses = portal.parts.services.clock, portal.parts.uses
    clock.freeze()
    first = clock.now_ms()
    for seconds in (0, 10, 49):
        clock.advance(seconds)
        await portal.call("server.time")
        uses.store()
        assert webhook(portal).used_at == first
    clock.advance(1)
    await portal.call("server.time")
    uses.store()
    assert webhook(portal).used_at == first + EVERY_MS


async def test_pending_uses_are_stored_on_stop(portal: Portal) -> None:
    await portal.call("server.time")
    portal.parts.uses.close()
    assert webhook(portal).used_at is not None


async def test_a_refused_call_and_an_application_use_no_webhook(portal: Portal) -> None:
    async with portal.http() as http:
        assert (await http.get("/rest/1/wrong/server.time")).status_code == 401
    await portal.call("server.time", by="app")
    portal.parts.uses.store()
    assert [webhook(portal, title).used_at for title in ("admin", "plain", "limited")] == [None, None, None]


async def test_a_restored_state_drops_pending_uses(portal: Portal) -> None:
    kit, uses = portal.parts.kit, portal.parts.uses
    assert kit is not None
    kit.snapshots.create("before")
    await portal.call("server.time")
    await kit.go_back("before")
    uses.store()
    assert webhook(portal).used_at is None, "what was pending belongs to what is gone"
    await portal.call("server.time")
    uses.store()
    assert webhook(portal).used_at is not None, "and the next use is noted at once"


def test_an_earlier_use_does_not_overwrite_a_later_one(portal: Portal) -> None:
    found = webhook(portal)
    portal.parts.db.write_here(lambda tx: rows.note_uses(tx, {found.id: 5000}))
    portal.parts.db.write_here(lambda tx: rows.note_uses(tx, {found.id: 4000}))
    assert webhook(portal).used_at == 5000


async def test_a_new_event_loop_stores_after_the_old_one_ended(portal: Portal) -> None:
    db = portal.parts.db
    uses = WebhookUses(db, gather_seconds=0.01)
    user, code = portal.webhooks["admin"].strip("/").split("/")[1:]
    caller = await db.read(lambda tx: webhook_caller(tx, portal.id, user, code, 0))
    await asyncio.to_thread(lambda: asyncio.run(_note(uses, caller, 1000)))
    uses.note(caller, 1000 + EVERY_MS)
    await until_used(portal, 1000 + EVERY_MS)


async def _note(uses: WebhookUses, caller: Caller, now_ms: int) -> None:
    uses.note(caller, now_ms)
