"""preview.jpg and its variants: immediate answers, orders and caching."""

import asyncio
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from landingpad.domain.page import drafts
from landingpad.domain.page.drafts import DraftAddresses
from landingpad.domain.preview import previews
from landingpad.domain.preview.shapes import PreviewPlan
from landingpad.domain.work import Work
from landingpad.jobs.forgotten import remove_forgotten
from landingpad.media.copies import copy_of
from landingpad.media.store import MediaStore
from landingpad.settings import SettingError, Settings
from landingpad.store.db.engine import Tx
from landingpad.store.preview import previews as rows
from landingpad.store.preview import queue
from landingpad.store.preview.previews import PictureShape
from landingpad.store.records import Preview
from support.portal import Databases, Portal

SITE = "http://acme.localhost:8080"
AVIF = "image/avif,image/webp,image/apng,*/*;q=0.8"


def jpeg(colour: str, width: int = 1200, height: int = 800) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def take(portal: Portal, colour: str = "red") -> list[PictureShape]:
    """Take all ordered pictures as a worker does, and return their shapes in order."""
    taken: list[PictureShape] = []

    def one(tx: Tx) -> bool:
        now = int(time.time() * 1000)
        preview = queue.claim(tx, "test", now, until=now + 1000, begun_after=now)
        if preview is None:
            return False
        work = Work.of_system(tx, portal.id, now, portal.parts.services)
        shape = rows.shape_of(preview)
        data = jpeg(colour, shape.width * shape.scale, shape.height * shape.scale)
        if shape.thumbnail or shape.format != "jpeg":
            data = copy_of(data, width=shape.thumbnail, kind=shape.format)
        key = portal.parts.media.put(data, "jpg" if shape.format == "jpeg" else shape.format)
        queue.finish(tx, "test", preview, media_key=key, problem=None, now_ms=now)
        previews.show_taken(work, preview, key, now)
        taken.append(shape)
        return True

    while portal.parts.db.write_here(one, portal_id=portal.id):
        pass
    return taken


def of_page(portal: Portal, page_id: int) -> list[Preview]:
    return portal.parts.db.read_here(lambda tx: rows.of_page(tx, portal.id, page_id))


def size(data: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(data)) as image:
        return image.size


async def test_a_picture_is_read_by_range(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    await portal.published()
    take(portal)
    whole = await portal.get(f"{SITE}/preview.jpg")
    monkeypatch.setattr(MediaStore, "get", lambda *_: pytest.fail("the whole file was read"))
    part = await portal.get(f"{SITE}/preview.jpg", range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    monkeypatch.setattr(MediaStore, "read", lambda *_: pytest.fail("the file was read"))
    known = await portal.get(f"{SITE}/preview.jpg", **{"if-none-match": whole.headers["etag"]})
    assert known.status_code == 304


async def test_the_standard_picture_is_revalidated_each_time(portal: Portal) -> None:
    await portal.published()
    take(portal)
    answer = await portal.get(f"{SITE}/preview.jpg")
    assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert answer.headers["vary"] == "accept"
    again = await portal.get(f"{SITE}/preview.jpg", **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.headers["x-landingpad-preview"]) == (304, "fresh")
    hashed = await portal.get(f"{SITE}{answer.headers['content-location']}")
    assert (hashed.content, hashed.headers["cache-control"]) == (
        answer.content,
        "public, max-age=31536000, immutable",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("preview2x.jpg", (2400, 1600)),
        ("preview3x-dark.jpg", (3600, 2400)),
        ("preview-mobile.jpg", (390, 844)),
        ("preview-full-dark.jpg", (1200, 800)),
        ("preview-600.jpg", (600, 400)),
        ("preview-mobile-300.jpg", (300, 649)),
    ],
)
async def test_a_picture_of_another_shape_is_ordered_when_it_is_asked_for(
    portal: Portal, name: str, expected: tuple[int, int]
) -> None:
    """The request does not wait, and the placeholder is never cached."""
    site_id, _, _ = await portal.published()
    nothing = await portal.get(f"{SITE}/{name}")
    assert (nothing.headers["x-landingpad-preview"], nothing.headers["cache-control"]) == ("pending", "no-store")
    take(portal)
    then = await portal.get(f"{SITE}/{name}")
    assert (size(then.content), then.headers["x-landingpad-preview"]) == (expected, "fresh")
    await portal.call("landing.site.unpublic", id=site_id)
    assert (await portal.get(f"{SITE}/{name}")).headers["x-landingpad-preview"] == "none"


async def test_the_closest_picture_is_shown_until_the_requested_one_is_ready(portal: Portal) -> None:
    await portal.published()
    take(portal, "red")
    first = await portal.get(f"{SITE}/preview2x.jpg")
    assert size(first.content) == (1200, 800)
    assert first.headers["x-landingpad-preview"] == "pending"
    assert first.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers
    assert take(portal) == [PictureShape(1200, 800, scale=2)]
    then = await portal.get(f"{SITE}/preview2x.jpg")
    assert (size(then.content), then.headers["x-landingpad-preview"]) == ((2400, 1600), "fresh")
    assert then.headers["cache-control"] == "public, max-age=0, must-revalidate"


async def test_unknown_picture_names_are_not_found(portal: Portal) -> None:
    await portal.published()
    take(portal)
    for name in ("preview4x.jpg", "preview-601.jpg", "preview2x-mobile.jpg", "preview2x-600.jpg", "preview-.jpg"):
        assert (await portal.get(f"{SITE}/{name}")).status_code == 404, name
    assert take(portal) == []


async def test_better_formats_are_negotiated(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    take(portal)
    first = await portal.get(f"{SITE}/preview.jpg", Accept=AVIF)
    assert (first.headers["content-type"], first.headers["x-landingpad-preview"]) == ("image/jpeg", "fresh")
    assert take(portal) == [PictureShape(1200, 800, format="avif")]  # made of the JPEG; no browser is needed
    then = await portal.get(f"{SITE}/preview.jpg", Accept=AVIF)
    assert then.headers["content-type"] == "image/avif"
    assert then.headers["etag"] != first.headers["etag"]
    assert len(then.content) < len(first.content)
    for accept in ("*/*", "image/*", "image/webp;q=0,image/avif;q=0.0", ""):
        assert (await portal.get(f"{SITE}/preview.jpg", Accept=accept)).headers["content-type"] == "image/jpeg", accept
    assert take(portal) == []
    await portal.get(f"{SITE}/preview.jpg", Accept="image/webp")
    take(portal)
    assert (await portal.get(f"{SITE}/preview.jpg", Accept="image/webp")).headers["content-type"] == "image/webp"
    assert len(of_page(portal, page_id)) == 3


async def test_simultaneous_requests_make_one_order(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    take(portal)
    async with portal.http("acme.localhost") as http:
        names = ["/preview3x.jpg", "/preview-600.jpg", "/preview-mobile-300.jpg"] * 12
        answers = await asyncio.gather(*(http.get(name) for name in names))
    assert {answer.status_code for answer in answers} == {200}
    shapes = [rows.shape_of(preview) for preview in of_page(portal, page_id)]
    assert (
        len(shapes) == len(set(shapes)) == 5
    )  # including the standard picture and the mobile one from which a copy is made
    assert len(take(portal)) == 4


async def test_copies_follow_a_new_original(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    take(portal, "red")
    await portal.get(f"{SITE}/preview-600.jpg")
    take(portal, "red")
    small = await portal.get(f"{SITE}/preview-600.jpg")

    def renew(tx: Tx) -> None:
        previews.regenerate(Work.of_system(tx, portal.id, 1, portal.parts.services), page_id)

    portal.parts.db.write_here(renew, portal_id=portal.id)
    stale = await portal.get(f"{SITE}/preview.jpg")
    assert (stale.headers["x-landingpad-preview"], size(stale.content)) == ("stale", (1200, 800))
    take(portal, "blue")
    pending = await portal.get(f"{SITE}/preview-600.jpg")
    assert pending.headers["x-landingpad-preview"] == "pending"
    take(portal, "blue")
    assert (await portal.get(f"{SITE}/preview-600.jpg")).content != small.content


async def test_orders_stop_at_the_limit(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, preview_asked=2) as parts:
        portal = Portal(parts)
        _, page_id, _ = await portal.published()
        take(portal)
        for name in ("preview2x", "preview3x", "preview-mobile", "preview-dark"):
            assert (await portal.get(f"{SITE}/{name}.jpg")).status_code == 200
        assert len(of_page(portal, page_id)) == 3


async def test_a_picture_whose_file_is_lost_is_taken_again(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    take(portal)
    key = of_page(portal, page_id)[0].media_key or ""
    file = portal.parts.settings.data / "media" / key[:2] / key
    file.unlink()
    lost = await portal.get(f"{SITE}/preview.jpg")
    assert lost.headers["x-landingpad-preview"].startswith("pending; reason=")
    assert lost.headers["cache-control"] == "no-store"
    assert take(portal) == [PictureShape(1200, 800)]
    assert (await portal.get(f"{SITE}/preview.jpg")).headers["x-landingpad-preview"] == "fresh"


async def test_old_pictures_are_deleted(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, preview_kept=3) as parts:
        portal = Portal(parts)
        _, page_id, block_id = await portal.published()
        take(portal, "red")
        for number in range(5):
            data = {".landing-block-node-title": f"Edition {number}"}
            await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data=data)
            await portal.call("landing.landing.publication", lid=page_id)
            await portal.get(f"{SITE}/preview2x.jpg")
            take(portal, ("blue", "green", "yellow", "black", "white")[number])
        shapes = [(preview.publication, preview.scale) for preview in of_page(portal, page_id)]
        assert shapes == [(4, 1), (5, 1), (5, 2), (6, 1), (6, 2)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("preview_size", "1200"),
        ("preview_size", "9x9"),
        ("preview_mobile_size", "390x9000"),
        ("preview_thumbnails", "600;300"),
        ("preview_formats", "webp,gif"),
        ("preview_quality", "0"),
    ],
)
def test_an_invalid_setting_names_its_variable(name: str, value: str) -> None:
    make: Callable[[], object] = lambda: PreviewPlan.of(Settings.from_env({f"LANDINGPAD_{name.upper()}": value}))  # noqa: E731
    with pytest.raises(SettingError, match=f"LANDINGPAD_{name.upper()}"):
        make()


async def test_link_previews_use_the_existing_picture(portal: Portal) -> None:
    """Its address is immutable, so that other services never cache a placeholder."""
    _, page_id, block_id = await portal.published()
    before = await portal.get(f"{SITE}/")
    assert "og:image" not in before.text
    assert "twitter:image" not in before.text
    take(portal, "red")
    page = await portal.get(f"{SITE}/")
    assert page.headers["etag"] != before.headers["etag"]
    key = of_page(portal, page_id)[0].media_key
    for name in ('property="og:image"', 'name="twitter:image"'):
        assert f'<meta {name} content="{SITE}/_media/{key}">' in page.text
    assert (await portal.get(f"{SITE}/_media/{key}")).status_code == 200
    await portal.call(
        "landing.block.updatenodes", lid=page_id, block=block_id, data={".landing-block-node-title": "New"}
    )
    await portal.call("landing.landing.publication", lid=page_id)
    assert f"{SITE}/_media/{key}" in (await portal.get(f"{SITE}/")).text
    take(portal, "blue")
    assert f"{SITE}/_media/{key}" not in (await portal.get(f"{SITE}/")).text
    own = {"ADDITIONAL_FIELDS": {"METAOG_IMAGE": "https://cdn.example/own.jpg"}}
    await portal.call("landing.landing.update", lid=page_id, fields=own)
    await portal.call("landing.landing.publication", lid=page_id)
    text = (await portal.get(f"{SITE}/")).text
    assert text.count('content="https://cdn.example/own.jpg"') == 2
    assert "/_media/" not in text


async def test_files_of_deleted_pictures_are_removed_unless_used_again(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    take(portal, "red")
    old = of_page(portal, page_id)[0].media_key or ""

    def renew(tx: Tx) -> None:
        previews.regenerate(Work.of_system(tx, portal.id, 1, portal.parts.services), page_id)

    portal.parts.db.write_here(renew, portal_id=portal.id)
    take(portal, "blue")
    new = of_page(portal, page_id)[0].media_key or ""
    services, media = portal.parts.services, portal.parts.media
    assert remove_forgotten(services) == 0  # not yet, because a page served a moment ago may refer to it
    assert media.get(old)
    await asyncio.sleep(0.01)
    assert remove_forgotten(services, kept_seconds=0.0) == 1
    assert (media.get(old), remove_forgotten(services, kept_seconds=0.0)) == (None, 0)
    portal.parts.db.write_here(renew, portal_id=portal.id)
    take(portal, "red")
    portal.parts.db.write_here(renew, portal_id=portal.id)
    take(portal, "blue")
    portal.parts.db.write_here(renew, portal_id=portal.id)
    take(portal, "red")
    await asyncio.sleep(0.01)
    assert remove_forgotten(services, kept_seconds=0.0) == 1
    assert media.get(old)
    assert media.get(new) is None


# -- drafts


def draft_of(portal: Portal, page_id: int) -> DraftAddresses:
    def read(tx: Tx) -> DraftAddresses:
        work = Work.of_system(tx, portal.id, portal.parts.services.clock.now_ms(), portal.parts.services)
        return drafts.addresses_of(work, page_id)

    return portal.parts.db.read_here(read)


async def test_a_draft_is_visible_only_at_its_signed_address(portal: Portal) -> None:
    _, page_id, block_id = await portal.published()
    take(portal, "red")
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content="<p>not public yet</p>")
    draft = draft_of(portal, page_id)
    shown = await portal.get(draft.page)
    assert "not public yet" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert (shown.headers["x-robots-tag"], shown.headers["referrer-policy"]) == ("noindex", "no-referrer")
    assert "not public yet" not in (await portal.get(f"{SITE}/")).text

    first = await portal.get(draft.picture)
    assert (first.headers["x-landingpad-preview"], first.headers["cache-control"]) == ("pending", "no-store")
    assert take(portal, "blue") == [PictureShape(1200, 800)]
    second = await portal.get(draft.picture)
    assert (second.headers["x-landingpad-preview"], second.headers["cache-control"]) == ("fresh", "no-store")
    public = await portal.get(f"{SITE}/preview.jpg")
    assert public.headers["x-landingpad-preview"] == "fresh"
    assert public.content != second.content

    # The address shows later changes of the draft, and the former picture is deleted.
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content="<p>better</p>")
    assert "better" in (await portal.get(draft.page)).text
    assert (await portal.get(draft.picture)).headers["x-landingpad-preview"] == "pending"
    take(portal, "green")
    assert [one.publication for one in of_page(portal, page_id)].count(rows.DRAFT) == 1
    await portal.call("landing.landing.publication", lid=page_id)
    take(portal, "green")
    assert [one.publication for one in of_page(portal, page_id)].count(rows.DRAFT) == 0


async def test_a_lost_picture_of_a_draft_is_taken_again(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    take(portal)
    picture = draft_of(portal, page_id).picture
    await portal.get(picture)
    take(portal, "blue")
    (key,) = {one.media_key for one in of_page(portal, page_id) if one.publication == rows.DRAFT}
    portal.parts.media.remove(key or "")
    assert (await portal.get(picture)).headers["x-landingpad-preview"].startswith("pending")
    assert take(portal, "green") == [PictureShape(1200, 800)]
    assert (await portal.get(picture)).headers["x-landingpad-preview"] == "fresh"


async def test_pictures_of_drafts_never_replace_pictures_of_pages(portal: Portal) -> None:
    _, page_id, block_id = await portal.published()
    await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content="<p>secret</p>")
    await portal.get(draft_of(portal, page_id).picture)
    before = {one.id for one in of_page(portal, page_id) if one.publication != rows.DRAFT}

    def settle(tx: Tx) -> None:
        for one in of_page(portal, page_id):
            if one.id not in before:
                rows.settle(tx, one, portal.parts.media.put(jpeg("blue"), "jpg"), 1)

    portal.parts.db.write_here(settle, portal_id=portal.id)
    for name in ("preview.jpg", "preview2x.jpg", "preview-mobile.jpg"):
        answer = await portal.get(f"{SITE}/{name}")
        assert answer.headers["x-landingpad-preview"] == "pending"
        assert answer.content != jpeg("blue")


async def test_addresses_of_drafts_are_signed_and_expire(portal: Portal) -> None:
    site_id, page_id, _ = await portal.published()
    other = await portal.call("landing.landing.add", fields={"SITE_ID": site_id, "TITLE": "Other"})
    draft = draft_of(portal, page_id)
    await portal.call("landing.landing.unpublic", lid=page_id)
    assert (await portal.get(draft.page)).status_code == 200
    query = draft.page.partition("?")[2]
    version = query.replace("_draft", "_version")
    bad = [
        query.replace(f"_draft={page_id}", f"_draft={other}"),
        query.replace(str(draft.expires_ms), str(draft.expires_ms + 1)),
        query[:-1] + ("0" if query[-1] != "0" else "1"),
        version,
        f"_draft={page_id}",
    ]
    for given in bad:
        assert (await portal.get(f"{SITE}/?{given}")).status_code == 404, given
        assert (await portal.get(f"{SITE}/preview.jpg?{given}")).headers["x-landingpad-preview"] == "none", given
    portal.parts.services.clock.advance(drafts.LIFETIME_MS / 1000 + 1)
    assert (await portal.get(draft.page)).status_code == 404
    portal.parts.services.clock.reset()
    await portal.call("landing.landing.delete", lid=other)
    await portal.call("landing.landing.markDelete", lid=page_id)
    assert (await portal.get(draft.page)).status_code == 404


async def test_scripts_of_authors_do_not_run_in_drafts(portal: Portal) -> None:
    _, page_id, _ = await portal.published()
    fields = {"HEADBLOCK_USE": "Y", "HEADBLOCK_CODE": "<script>let own = 1</script>"}
    await portal.call("landing.landing.update", lid=page_id, fields={"ADDITIONAL_FIELDS": fields})
    shown = await portal.get(draft_of(portal, page_id).page)
    assert "script-src" not in shown.headers["content-security-policy"]
