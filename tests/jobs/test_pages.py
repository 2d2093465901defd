"""Jobs for sites: rendering of outdated pages, emptying of the trash."""

import time
from typing import Any

import pytest

from landingpad.domain.site.trash import KEPT_DAYS
from landingpad.jobs.refresh import RefreshJob
from landingpad.jobs.trash import TrashJob
from landingpad.store.db.columns import metadata
from landingpad.store.page import pages as page_rows
from support.portal import Portal

pytestmark = pytest.mark.both_engines

DAY_MS = 86_400_000


def outdated(portal: Portal, site_id: int) -> int:
    return len(portal.parts.db.read_here(lambda tx: page_rows.outdated(tx, portal.id, site_id, limit=100)))


async def test_all_pages_follow_a_change_of_their_site(portal: Portal) -> None:
    site_id, _, _ = await portal.published()
    for code in ("a", "b", "c"):
        page_id = await portal.page(site_id, code)
        await portal.call("landing.landing.publication", lid=page_id)
    assert outdated(portal, site_id) == 0
    await portal.call("landing.site.update", id=site_id, fields={"ADDITIONAL_FIELDS": {"THEME_CODE": "wedding"}})
    assert outdated(portal, site_id) == 3  # the index page was updated at once
    assert RefreshJob(portal.parts.services).run(portal.id, site_id) == 3
    assert outdated(portal, site_id) == 0
    assert RefreshJob(portal.parts.services).run(portal.id, site_id) == 0
    assert RefreshJob(portal.parts.services).run(portal.id, 999999) == 0


async def test_the_trash_is_emptied_after_thirty_days(portal: Portal) -> None:
    site_id, index_id, _ = await portal.published()
    kept = await portal.page(site_id, "kept")
    page_id = await portal.page(site_id, "about", ADDITIONAL_FIELDS={"METAOG_TITLE": "x"})
    folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Blog"})
    inside = await portal.page(site_id, "inside", FOLDER_ID=folder)
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=page_id)
    await portal.call("landing.landing.markDelete", lid=page_id)
    await portal.call("landing.site.markFolderDelete", id=folder)
    job, now = TrashJob(portal.parts.services), int(time.time() * 1000)
    assert job.run() == 0
    assert job.run(now + (KEPT_DAYS - 1) * DAY_MS) == 0
    assert job.run(now + (KEPT_DAYS + 1) * DAY_MS) == 3
    rows = await portal.call("landing.landing.getList", params={"filter": {"DELETED": ["Y", "N"]}})
    assert [int(row["ID"]) for row in rows] == [index_id, kept]
    assert await portal.call("landing.site.getFolders", siteId=site_id, filter={"DELETED": "Y"}) == []
    assert await portal.call("landing.syspage.get", id=site_id) == {}
    assert inside
    await portal.call("landing.site.markDelete", id=site_id)
    assert job.run(now + (KEPT_DAYS + 1) * DAY_MS) == 1
    assert await portal.call("landing.site.getList", params={"filter": {"DELETED": "Y"}}) == []
    assert _left(portal) == {}


def _left(portal: Portal) -> dict[str, int]:
    """Return the number of remaining rows of each table that belongs to sites."""
    tables = (
        "additional_fields", "blocks", "domains", "folders", "old_addresses", "old_hosts", "page_versions", "pages",
        "previews", "sites", "special_pages", "template_refs",
    )  # fmt: skip
    found: dict[str, Any] = {}
    with portal.parts.db.engine.connect() as session:
        for name in tables:
            count = session.execute(metadata.tables[name].select()).fetchall()
            if count:
                found[name] = len(count)
    return found


async def test_deleting_sites_for_good_leaves_no_rows_behind(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    other = await portal.page(site_id, "other", ADDITIONAL_FIELDS={"METAOG_TITLE": "x"})
    await portal.call("landing.landing.publication", lid=other)
    await portal.call("landing.landing.update", lid=other, fields={"CODE": "new"})
    await portal.call("landing.template.setSiteRef", id=site_id, data={"1": other})
    await portal.call("landing.template.setLandingRef", id=page_id, data={"1": other})
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=other)
    await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Blog"})
    fields = {"CODE": "works", "ADDITIONAL_FIELDS": {"THEME_CODE": "spa"}}
    await portal.call("landing.site.update", id=site_id, fields=fields)
    for each in (other, page_id):
        await portal.call("landing.landing.delete", lid=each)
    await portal.call("landing.site.delete", id=site_id)
    assert _left(portal) == {}
