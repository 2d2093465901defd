"""Files without a use are found, and removed a day later; files with any use stay."""

import os
import time
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from landingpad.jobs.forgotten import KEPT_SECONDS, remove_forgotten
from landingpad.jobs.orphans import forget_orphans
from landingpad.jobs.schedules import Schedules
from landingpad.operations.errors import Refused
from landingpad.operations.media import collect_media
from landingpad.store.db.query import Query
from landingpad.store.db.snapshots import snapshots_of
from landingpad.store.tables.preview import forgotten_media
from landingpad.store.tables.site import files
from support.portal import Portal

pytestmark = pytest.mark.both_engines

FORGOTTEN = Query(select(forgotten_media.c.media_key), tuple)
UPLOADS = Query(select(files.c.media_key), tuple)


def upload(color: str) -> list[str]:
    out = BytesIO()
    Image.new("RGB", (8, 8), color).save(out, "png")
    return [f"{color}.png", b64encode(out.getvalue()).decode()]


async def uploaded(portal: Portal, block_id: int, color: str) -> dict[str, Any]:
    made: dict[str, Any] = await portal.call("landing.block.uploadfile", block=block_id, picture=upload(color))
    return made


def key_of(file: dict[str, Any]) -> str:
    return str(file["src"].partition("/_media/")[2].partition("/")[0])


def found(portal: Portal) -> set[str]:
    """Run the daily job; return the keys of files that wait for their removal."""
    forget_orphans(portal.parts.services, min_age_seconds=-1.0)
    return {key for (key,) in portal.parts.db.read_here(lambda tx: tx.all(FORGOTTEN))}


async def delete_page(portal: Portal, page_id: int) -> None:
    await portal.call("landing.landing.markDelete", lid=page_id)
    await portal.call("landing.landing.delete", lid=page_id)


async def test_files_of_a_deleted_page_are_found_and_those_of_others_stay(portal: Portal) -> None:
    site_id, page_id, block_id = await portal.published()
    kept = await uploaded(portal, block_id, "green")
    other = await portal.page(site_id, "other")
    other_block = await portal.block(other)
    gone = await uploaded(portal, other_block, "red")
    assert found(portal) == set()
    await delete_page(portal, other)
    assert found(portal) == {key_of(gone)}
    assert portal.parts.db.read_here(lambda tx: tx.all(UPLOADS)) == [(key_of(kept),)]
    assert remove_forgotten(portal.parts.services) == 0  # a backup may be copying it
    os.utime(portal.parts.settings.data / "media" / key_of(gone)[:2] / key_of(gone), (1, 1))
    assert remove_forgotten(portal.parts.services, kept_seconds=-1.0) == 1
    assert portal.parts.media.get(key_of(gone)) is None
    assert portal.parts.media.get(key_of(kept)) is not None
    assert page_id


async def test_a_file_whose_address_is_in_a_text_stays(portal: Portal) -> None:
    """Its HTML was copied into a block of another page."""
    site_id, page_id, block_id = await portal.published()
    other = await portal.page(site_id, "other")
    copied, unused = [await uploaded(portal, await portal.block(other), color) for color in ("red", "blue")]
    html = f'<div><img src="{copied["src"]}"></div>'
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content=html)
    await delete_page(portal, other)
    assert found(portal) == {key_of(unused)}


async def test_a_file_whose_id_is_in_a_field_stays(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    other = await portal.page(site_id, "other")
    file = await uploaded(portal, await portal.block(other), "red")
    fields = {"ADDITIONAL_FIELDS": {"METAOG_IMAGE": file["id"]}}
    await portal.call("landing.landing.update", lid=page_id, fields=fields)
    await delete_page(portal, other)
    assert found(portal) == set()
    await portal.call("landing.landing.update", lid=page_id, fields={"ADDITIONAL_FIELDS": {"METAOG_IMAGE": ""}})
    assert found(portal) == {key_of(file)}


async def test_a_file_that_another_portal_uses_stays(portal: Portal) -> None:
    site_id, _, block_id = await portal.published()
    await uploaded(portal, block_id, "red")
    other = await portal.page(site_id, "other")
    await uploaded(portal, await portal.block(other), "red")
    await delete_page(portal, other)
    assert found(portal) == set()
    assert len(portal.parts.db.read_here(lambda tx: tx.all(UPLOADS))) == 1  # the row of the deleted page is gone


async def test_a_new_file_without_a_row_stays(portal: Portal) -> None:
    """It was stored a moment before its row."""
    portal.parts.media.put(b"new", "png")
    assert forget_orphans(portal.parts.services) == 0
    key = portal.parts.media.put(b"old", "png")
    yesterday = time.time() - KEPT_SECONDS - 60
    os.utime(portal.parts.settings.data / "media" / key[:2] / key, (yesterday, yesterday))
    assert forget_orphans(portal.parts.services) == 1


async def test_snapshots_keep_their_files(portal: Portal) -> None:
    snapshots = snapshots_of(portal.parts.db, portal.parts.settings.data / "snapshots")
    for name in snapshots.names():  # of earlier tests on the same database of PostgreSQL
        snapshots.delete(name)
    snapshots.create("kept")
    try:
        with pytest.raises(Refused, match="kept"):
            collect_media(portal.parts)
    finally:
        snapshots.delete("kept")
    assert collect_media(portal.parts) == (0, 0)


def test_the_work_is_daily_except_in_developer_mode(portal: Portal) -> None:
    assert "orphaned-media" not in Schedules(portal.parts.services, collects_media=False).known
    schedules = Schedules(portal.parts.services, collects_media=True)
    assert schedules.known["orphaned-media"].every_ms == 86_400_000
    assert schedules.run("orphaned-media").name == "done"
