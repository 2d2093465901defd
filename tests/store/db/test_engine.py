"""Transactions: all or nothing, writers in turn, readers undisturbed."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.tables.site import sites
from support.portal import Databases, Portal

pytestmark = pytest.mark.both_engines

TITLES = Query(select(sites.c.title).where(sites.c.portal_id == bindparam("portal_id")).order_by(sites.c.id), tuple)


async def test_a_write_that_fails_leaves_nothing(portal: Portal) -> None:
    site_id = await portal.site()

    def work(tx: Tx) -> None:
        tx.update(sites, portal.id, site_id, title="half done")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await portal.parts.db.write(work)
    assert portal.parts.db.read_here(lambda tx: tx.all(TITLES, portal_id=portal.id)) == [("Acme",)]


async def test_a_reader_sees_one_state(portal: Portal) -> None:
    site_id = await portal.site()
    db = portal.parts.db

    def read(tx: Tx) -> tuple[str, str]:
        before = tx.all(TITLES, portal_id=portal.id)[0][0]
        db.write_here(lambda write: write.update(sites, portal.id, site_id, title="changed"))
        return before, tx.all(TITLES, portal_id=portal.id)[0][0]

    before, after = await db.read(read)
    assert before == after


async def test_another_portal_can_change_no_row_of_this_one(portal: Portal) -> None:
    site_id = await portal.site()
    touched = await portal.parts.db.write(lambda tx: tx.update(sites, portal.id + 1, site_id, title="stolen"))
    assert touched == 0


async def test_many_writers_take_turns(portal: Portal) -> None:
    """Fifty sites want the same code at once: each gets one of its own."""
    await asyncio.gather(*(portal.site("same") for _ in range(50)))
    rows = await portal.call("landing.site.getList", params={"select": ["CODE"]})
    assert len({row["CODE"] for row in rows}) == 50


async def test_two_servers_share_a_database(databases: Databases, tmp_path: Path) -> None:
    """A write of one server is visible to another at once. To the database, both are separate processes."""
    with databases.parts(tmp_path) as parts:
        portal = Portal(parts)
        other = Parts(parts.settings, scheme="http", port=8080)
        try:
            site_id = await portal.site()
            portal.app = App(other)
            assert (await portal.call("landing.site.getList"))[0]["ID"] == str(site_id)
        finally:
            other.close()
