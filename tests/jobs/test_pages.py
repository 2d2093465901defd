"""Jobs for sites: rendering of outdated pages, emptying of the trash."""

import time
from typing import Any

import pytest

from landingpad.domain.site import trash
from landingpad.domain.site.trash import KEPT_DAYS
from landingpad.jobs.missing import order_missing, schedule_name
from landingpad.jobs.refresh import RefreshJob
from landingpad.jobs.trash import TrashJob
from landingpad.store.db.columns import metadata
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.preview import previews as preview_rows
from landingpad.store.preview.previews import PictureShape
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


async def test_the_trash_is_emptied_in_portions(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here each page, folder and site is a transaction of its own, so that others can write between any two."""
    monkeypatch.setattr(trash, "_PORTION_SECONDS", 0.0)
    site_id, page_id, _ = await portal.published()
    for code in ("a", "b", "c"):
        await portal.page(site_id, code)
    folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Blog"})
    await portal.call("landing.site.markFolderDelete", id=folder)
    await portal.call("landing.site.markDelete", id=site_id)
    db, sizes = portal.parts.db, []
    write_here = db.write_here

    def noting(work: Any, *, portal_id: int | None = None) -> Any:
        before = sum(_left(portal).get(name, 0) for name in ("sites", "folders", "pages"))
        done = write_here(work, portal_id=portal_id)
        sizes.append(before - sum(_left(portal).get(name, 0) for name in ("sites", "folders", "pages")))
        return done

    monkeypatch.setattr(db, "write_here", noting)
    due = int(time.time() * 1000) + (KEPT_DAYS + 1) * DAY_MS
    assert TrashJob(portal.parts.services).run(due) == 2, "the site and the folder"
    assert sizes == [1, 1, 1, 1, 1, 1, 0]
    assert _left(portal) == {}
    assert page_id


async def test_missing_pictures_are_found_in_portions(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_rows, "_PAGES_AT_ONCE", 2)
    site_id, first, _ = await portal.published()
    public = [first]
    for number in range(5):
        page_id = await portal.page(site_id, f"page{number}")
        if number != 1:
            await portal.call("landing.landing.publication", lid=page_id)
            public.append(page_id)
    services = portal.parts.services
    assert order_missing(services) == 0, "each publication orders its picture"

    def forget_all(tx: Tx) -> None:
        for preview in preview_rows.of_portal(tx, portal.id):
            preview_rows.forget(tx, preview)

    portal.parts.db.write_here(forget_all, portal_id=portal.id)
    assert order_missing(services) == len(public)
    assert order_missing(services) == 0


def test_another_standard_size_is_another_schedule() -> None:
    """So it is due at once, and the pictures of all pages are ordered."""
    names = {schedule_name(PictureShape(width, height)) for width, height in ((1280, 800), (1200, 800), (1280, 720))}
    assert len(names) == 3


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
