"""Screens need equal numbers of SQL statements for five and for fifty objects, on both engines."""

import pytest

from support.portal import Portal
from support.web import Visitor, visitor

pytestmark = pytest.mark.both_engines


async def cost(me: Visitor, path: str, statements: list[str]) -> int:
    """Return the number of statements of a page."""
    assert (await me.get(path)).status_code == 200  # fills the caches
    statements.clear()
    assert (await me.get(path)).status_code == 200
    assert any("FROM sites" in sql or "FROM apps" in sql for sql in statements), "they are counted"
    return len(statements)


async def more_sites(portal: Portal, first: int, last: int) -> None:
    for number in range(first, last):
        site_id = await portal.site(f"s{number}", TITLE=f"Site {number}")
        page_id = await portal.page(site_id)
        if number % 2:
            await portal.call("landing.landing.publication", lid=page_id)


async def test_lists_of_sites_need_equal_queries_for_five_and_fifty(portal: Portal, statements: list[str]) -> None:
    trashed = await portal.site("old")
    await portal.call("landing.site.markDelete", id=trashed)
    paths = ("/sites/", "/sites/?state=public", "/sites/?state=draft&q=site", "/sites/?state=trash", "/apps/")
    await more_sites(portal, 0, 5)
    async with visitor(portal) as me:
        few = {path: await cost(me, path, statements) for path in paths}
        await more_sites(portal, 5, 50)
        many = {path: await cost(me, path, statements) for path in paths}
        assert many == few
        # The session, the list, its pictures, and the menu of applications and their widgets.
        assert many["/sites/"] <= 6
    async with visitor(portal, portal.plain_id) as sam:  # rights of plain users need statements, too
        assert await cost(sam, "/sites/", statements) <= many["/sites/"] + 4, statements


async def test_the_tree_of_a_site_needs_equal_queries_for_five_and_fifty(portal: Portal, statements: list[str]) -> None:
    site_id, home, _ = await portal.published("acme")

    async def more(first: int, last: int) -> None:
        for number in range(first, last):
            folder = await portal.call(
                "landing.site.addFolder", siteId=site_id, fields={"TITLE": f"F{number}", "CODE": f"f{number}"}
            )
            await portal.page(site_id, f"p{number}", FOLDER_ID=folder)

    await more(0, 5)
    paths = (f"/sites/{site_id}/", f"/sites/{site_id}/pages/{home}/")
    async with visitor(portal) as me:
        few = {path: await cost(me, path, statements) for path in paths}
        await more(5, 50)
        for _ in range(20):
            await portal.block(home, "html")
        many = {path: await cost(me, path, statements) for path in paths}
    assert many == few
