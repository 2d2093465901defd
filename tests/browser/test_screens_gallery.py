"""The gallery of sites: search, publish, take offline, trash, restore, copy the call."""

import io

import pytest
from PIL import Image
from playwright.async_api import Browser

from browser.screen import Screen, screen, settled
from landingpad.media.store import MediaStore
from landingpad.store.db.engine import Tx
from landingpad.store.preview import previews
from landingpad.store.tables.preview import previews as preview_table
from landingpad.store.tables.site import pages
from support.portal import Portal

pytestmark = pytest.mark.long

LONG = "The complete autumn and winter catalogue of hand-made furniture for homes and offices and everybody else"
CYRILLIC = "Весенняя распродажа мебели ручной работы для дома и дачи"
ARABIC = "متجر الأثاث المصنوع يدويًا للمنازل والمكاتب"


def finish_picture(portal: Portal, page_id: int, colour: str = "teal") -> str:
    """Store a picture of the public version, as the camera does."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), colour).save(out, "JPEG")
    key = MediaStore(portal.parts.settings.data / "media").put(out.getvalue(), "jpg")

    def work(tx: Tx) -> None:
        (row,) = (one for one in previews.current(tx, portal.id, page_id) if one.scale == 1)
        tx.update(preview_table, portal.id, row.id, state=previews.READY, media_key=key, finished_at=1)
        tx.update(pages, portal.id, page_id, preview_key=key)

    portal.parts.db.write_here(work)
    return key


async def titles(seen: Screen) -> list[str]:
    await settled(seen.page)
    return await seen.page.locator(".site h2").all_inner_texts()


async def act(seen: Screen, title: str, action: str) -> None:
    """Open the menu of a site by keyboard and choose an action."""
    summary = seen.page.get_by_label(f"Actions for {title}", exact=True)
    await summary.press("Enter")
    await seen.page.get_by_role("button", name=action, exact=True).press("Enter")


async def test_an_empty_gallery_teaches_the_first_call(portal: Portal, browser: Browser) -> None:
    async with screen(browser, portal) as seen:
        page = await seen.open("/sites/")
        await page.get_by_role("heading", name="There is no site yet").wait_for()
        await seen.is_sound("empty gallery")
        await page.get_by_role("button", name="Copy").press("Enter")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(f"curl {seen.origin}/rest/{portal.admin_id}/CODE/landing.site.add")
        await page.get_by_role("button", name="Copied").wait_for()
        await page.get_by_role("radio", name="cURL").press("ArrowLeft")  # the last of the three
        await page.get_by_role("button", name="Copy").press("Enter")
        assert "import" in await page.evaluate("navigator.clipboard.readText()")
        await seen.open("/sites/?state=trash")
        await page.get_by_role("heading", name="The trash is empty").wait_for()
        await seen.is_sound("empty trash")


async def test_every_title_fits(portal: Portal, browser: Browser) -> None:
    for number, title in enumerate((LONG, CYRILLIC, ARABIC, "W" * 120)):
        site_id = await portal.site(f"s{number}", TITLE=title)
        page_id = await portal.page(site_id, TITLE=title)
        await portal.call("landing.landing.publication", lid=page_id)
        finish_picture(portal, page_id)
    await portal.site("store", TITLE="Tea", TYPE="STORE")
    async with screen(browser, portal) as seen:
        page = await seen.open("/sites/")
        assert set(await titles(seen)) == {LONG, CYRILLIC, ARABIC, "W" * 120, "Tea"}
        await seen.is_sound("gallery")
        # All titles are aligned, and none overlaps another.
        lefts = await page.locator(".site-link").evaluate_all(
            "(links) => links.map((link) => link.getBoundingClientRect().left - link.closest('.site')"
            ".getBoundingClientRect().left)"
        )
        assert len({round(left) for left in lefts}) == 1
        for title in (LONG, ARABIC):
            await seen.open("/sites/")
            await page.get_by_role("link", name=title).press("Enter")
            await page.get_by_role("heading", name=title, level=1).wait_for()
            await seen.is_sound(title)
            await page.get_by_role("link", name=title).first.press("Enter")
            await page.get_by_role("heading", name="Publications").wait_for()
            await seen.is_sound(f"page {title}")


async def test_search_and_filters_by_keyboard(portal: Portal, browser: Browser) -> None:
    await portal.published("acme")
    for code, title, kind in (("blog", "Blog of 100%", "PAGE"), ("tea", "Чай и кофе", "STORE")):
        await portal.site(code, TITLE=title, TYPE=kind)
    async with screen(browser, portal) as seen:
        page = await seen.open("/sites/")
        await page.keyboard.press("/")
        await page.keyboard.type("чай")
        await page.wait_for_url("**/sites/?q=%D1%87%D0%B0%D0%B9**")
        assert await titles(seen) == ["Чай и кофе"]
        assert await page.get_by_role("searchbox").evaluate("(field) => field === document.activeElement")
        await page.keyboard.press("Control+A")
        await page.keyboard.type("nothing of this name")
        await page.get_by_role("heading", name="No matching site").wait_for()
        await seen.is_sound("nothing found")
        await page.get_by_role("link", name="Show all sites").press("Enter")
        await page.wait_for_url("**/sites/")
        await page.get_by_label("Type").select_option(label="Stores")
        await page.wait_for_url("**type=STORE**")
        assert await titles(seen) == ["Чай и кофе"]
        await page.go_back()
        await page.locator(".site").nth(2).wait_for()  # the filter can be undone
        for state, found in (("Published", ["Acme"]), ("Drafts", ["Чай и кофе", "Blog of 100%"]), ("Trash", [])):
            await page.get_by_role("navigation", name="State").get_by_role("link", name=state).press("Enter")
            await page.get_by_role("navigation", name="State").locator(f"[aria-current]:text-is('{state}')").wait_for()
            assert await titles(seen) == found
        assert seen.alarms == []


async def test_publishing_shows_the_new_picture_without_a_reload(portal: Portal, browser: Browser) -> None:
    site_id = await portal.site("acme")
    page_id = await portal.page(site_id)
    await portal.block(page_id)
    async with screen(browser, portal) as seen:
        page = await seen.open("/sites/")
        await page.evaluate("globalThis.sameDocument = true")
        await page.get_by_text("Not published").wait_for()
        await act(seen, "Acme", "Publish")
        await page.get_by_text("Acme is published.").wait_for()
        await page.get_by_role("link", name="landing.site.publication").wait_for()

        await page.get_by_text("Taking the picture").wait_for()
        await settled(page)
        # The keyboard focus stays.
        focused = page.get_by_label("Actions for Acme", exact=True)
        assert await focused.evaluate("(element) => element === document.activeElement")
        await page.get_by_text("Show the call").press("Enter")
        await page.get_by_role("button", name="Copy").press("Enter")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert "/landing.site.publication" in copied
        assert f'{{"id": {site_id}}}' in copied
        await seen.is_sound("gallery with a call")
        key = finish_picture(portal, page_id)
        shown = page.locator(f'.site img[src="/_media/{key}"]')
        await shown.wait_for()
        await seen.is_sound("gallery with the picture")
        # Later changes appear too, and the old picture stays until the new one is ready.
        await portal.block(page_id, "html")
        await portal.call("landing.landing.publication", lid=page_id)
        await page.get_by_label("A new picture is being taken").wait_for()
        assert await shown.is_visible()
        second = finish_picture(portal, page_id, "tomato")
        await page.locator(f'.site img[src="/_media/{second}"]').wait_for()
        await page.get_by_label("A new picture is being taken").wait_for(state="detached")
        assert await page.evaluate("globalThis.sameDocument")
        assert seen.alarms == []


async def test_offline_into_the_trash_and_back(portal: Portal, browser: Browser) -> None:
    await portal.published("acme")
    async with screen(browser, portal, width=390) as seen:
        page = await seen.open("/sites/")
        await act(seen, "Acme", "Take offline")
        await page.get_by_text("Acme is offline.").wait_for()
        assert await page.locator(".site .tag").all_inner_texts() == ["Draft"]
        assert (await portal.get("http://acme.localhost:8080/")).status_code == 404
        await act(seen, "Acme", "Move to the trash")
        await page.get_by_text("Acme is in the trash.").wait_for()
        assert await titles(seen) == []
        await seen.open("/sites/?state=trash")
        await seen.is_sound("trash")
        await act(seen, "Acme", "Restore")
        await page.get_by_text("Acme is back.").wait_for()
        assert await titles(seen) == []
        await seen.open("/sites/")
        await act(seen, "Acme", "Move to the trash")
        await page.get_by_text("Acme is in the trash.").wait_for()
        await seen.open("/sites/?state=trash")
        seen.answers += [False, True]
        await act(seen, "Acme", "Delete for good")
        assert await titles(seen) == ["Acme"], "the question was answered with no"
        await page.get_by_role("button", name="Delete for good").press("Enter")
        await page.get_by_text("Acme is deleted.").wait_for()
        assert seen.asked == ["Delete Acme for good? This cannot be undone."] * 2
        assert await titles(seen) == []
        assert seen.alarms == []


async def test_a_refused_action_is_reported_and_changes_nothing(portal: Portal, browser: Browser) -> None:
    site_id, _, _ = await portal.published("acme")
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.plain_id}": ["read"]})
    async with screen(browser, portal, user_id=portal.plain_id) as seen:
        page = await seen.open("/sites/")
        await act(seen, "Acme", "Take offline")
        await page.get_by_role("alert").wait_for()
        assert "ACCESS_DENIED" in await page.get_by_role("alert").inner_text()
        assert await page.locator(".site .tag").all_inner_texts() == ["Published"]
        await seen.is_sound("refused")
        await page.get_by_role("button", name="Close").press("Enter")
        assert await page.get_by_role("alert").count() == 0
        assert seen.alarms == []


async def test_more_sites_are_loaded_on_scrolling(portal: Portal, browser: Browser) -> None:
    for number in range(50):
        await portal.site(f"s{number}", TITLE=f"Site {number}")
    async with screen(browser, portal) as seen:
        page = await seen.open("/sites/")
        assert len(await titles(seen)) == 48
        await page.locator(".site").last.scroll_into_view_if_needed()
        await page.get_by_role("link", name="Site 0", exact=True).wait_for()
        assert len(await titles(seen)) == 50
        await seen.is_sound("all of them")


async def test_a_site_is_created_by_keyboard(portal: Portal, browser: Browser) -> None:
    async with screen(browser, portal) as seen:
        page = await seen.open("/sites/")
        await page.get_by_role("link", name="New site").press("Enter")
        await page.get_by_label("Title").wait_for()
        await seen.is_sound("new site")
        await page.keyboard.type("Весна")
        await page.keyboard.press("Tab")
        await page.keyboard.type("spring")
        await page.keyboard.press("Tab")
        await page.keyboard.press("ArrowDown")
        assert await page.get_by_label("Store").is_checked()
        await page.keyboard.press("Enter")
        await page.get_by_text("Весна is created.").wait_for()
        await seen.is_sound("made")
    (row,) = await portal.call("landing.site.getList", params={"filter": {"CODE": "spring"}})
    assert (row["TITLE"], row["TYPE"]) == ("Весна", "STORE")
