"""The screens of a site and of a page: tree, publication, rights, export, history, differences."""

import json

from playwright.async_api import Browser

from browser.screen import Screen, screen
from browser.test_screens_gallery import finish_picture
from support.portal import Portal


async def with_folders(portal: Portal) -> tuple[int, int, int]:
    """Create a site with a home page and a page in a nested folder; return the ids of site, home and nested page."""
    site_id, page_id, _ = await portal.published("acme")
    outer = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Outer", "CODE": "outer"})
    inner = await portal.call(
        "landing.site.addFolder", siteId=site_id, fields={"TITLE": "Inner", "CODE": "inner", "PARENT_ID": outer}
    )
    deep = await portal.page(site_id, "deep", TITLE="Deep", FOLDER_ID=inner)
    finish_picture(portal, page_id)
    return site_id, page_id, deep


async def choose(seen: Screen, menu: str, action: str) -> None:
    """Open a menu by keyboard and choose an action."""
    await seen.page.get_by_label(menu, exact=True).press("Enter")
    await seen.page.get_by_role("button", name=action, exact=True).press("Enter")


async def test_a_site_is_a_tree_of_pages_and_folders(portal: Portal, browser: Browser) -> None:
    site_id, _, deep = await with_folders(portal)
    async with screen(browser, portal) as seen:
        page = await seen.open(f"/sites/{site_id}/")
        await seen.is_sound("site")
        assert await page.locator(".page-row h3").all_inner_texts() == ["Home", "Outer", "Inner", "Deep"]
        await choose(seen, "Actions for Deep", "Publish")
        await page.get_by_text("Deep is published.").wait_for()
        assert (await portal.get("http://acme.localhost:8080/outer/inner/deep/")).status_code == 200
        await choose(seen, "Actions for the folder Outer", "Take offline")
        await page.get_by_text("The folder is offline").wait_for()
        assert (await portal.get("http://acme.localhost:8080/outer/inner/deep/")).status_code == 404
        await choose(seen, "Actions for the folder Inner", "Move to the trash")
        await page.get_by_text("The folder is in the trash").wait_for()
        await choose(seen, "Actions for the folder Inner", "Restore")
        await page.get_by_text("The folder is restored").wait_for()
        await choose(seen, "Actions for Deep", "Move to the trash")
        await page.get_by_text("Deep is in the trash.").wait_for()
        await page.get_by_text("In the trash: 1").press("Enter")
        await seen.is_sound("site with trash")
        await choose(seen, "Actions for Deep", "Restore")
        await page.get_by_text("Deep is back.").wait_for()
        await page.get_by_role("link", name="Deep").press("Enter")
        await page.wait_for_url(f"**/pages/{deep}/")
        assert seen.alarms == []


async def test_a_site_goes_offline_online_and_into_a_file(portal: Portal, browser: Browser) -> None:
    site_id, _, _ = await with_folders(portal)
    async with screen(browser, portal, width=390) as seen:
        page = await seen.open(f"/sites/{site_id}/")
        await page.locator(".secret button").press("Enter")
        assert await page.evaluate("navigator.clipboard.readText()") == "http://acme.localhost:8080"
        await page.get_by_label("More", exact=True).press("Enter")
        await seen.is_sound("site with its menu")
        async with page.expect_download() as started:
            await page.get_by_role("link", name="Export as a file").press("Enter")
        file = await started.value
        assert file.suggested_filename == f"site-{site_id}.json"
        exported = json.loads((await file.path()).read_bytes())
        assert exported == await portal.call("landing.site.fullExport", id=site_id, params={"edit_mode": "Y"})
        await seen.open(f"/sites/{site_id}/")
        await choose(seen, "More", "Take offline")
        await page.get_by_text("Acme is offline.").wait_for()
        await page.get_by_text("Visitors see it once the site is published.").wait_for()
        await seen.is_sound("site offline")
        await page.get_by_role("button", name="Publish", exact=True).first.press("Enter")
        await page.get_by_text("Acme is published. Some of its pages are still offline.").wait_for()
        await page.get_by_text("Show the call").press("Enter")
        await page.get_by_role("status").get_by_role("button", name="Copy").press("Enter")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied.index("landing.site.publication") < copied.index("landing.landing.publication")
        assert (await portal.get("http://acme.localhost:8080/")).status_code == 200
        await choose(seen, "More", "Move to the trash")
        await page.get_by_text("Acme is in the trash.").wait_for()
        await seen.open(f"/sites/{site_id}/")
        await page.get_by_text("Restore it to see its pages.").wait_for()
        await seen.is_sound("site in the trash")
        assert seen.alarms == []


async def test_a_user_sees_their_rights(portal: Portal, browser: Browser) -> None:
    site_id, _, _ = await with_folders(portal)
    await portal.call("landing.site.setRights", id=site_id, rights={f"U{portal.plain_id}": ["read", "edit"]})
    async with screen(browser, portal, user_id=portal.plain_id) as seen:
        page = await seen.open(f"/sites/{site_id}/")
        rights = [text.replace("\n", "") for text in await page.locator(".checks li").all_inner_texts()]
        assert rights == [
            "See it: yes",
            "Change pages and blocks: yes",
            "Change settings: no",
            "Publish and take offline: no",
            "Put into the trash and delete: no",
        ]
        await seen.is_sound("rights")
        await page.get_by_role("button", name="Publish changes").first.press("Enter")
        await page.get_by_role("alert").wait_for()
        assert "ACCESS_DENIED" in await page.get_by_role("alert").inner_text()
        assert seen.alarms == []


async def test_a_page_shows_its_picture_its_history_and_what_changed(portal: Portal, browser: Browser) -> None:
    site_id, page_id, _ = await portal.published("acme")
    finish_picture(portal, page_id, "white")
    async with screen(browser, portal, width=390) as seen:
        page = await seen.open(f"/sites/{site_id}/pages/{page_id}/")
        await page.evaluate("globalThis.sameDocument = true")
        await portal.block(page_id, "html")
        await portal.call("landing.landing.publication", lid=page_id)
        await page.get_by_label("A new picture is being taken").wait_for()
        key = finish_picture(portal, page_id, "black")
        await page.locator(f'.large img[src="/_media/{key}"]').wait_for()
        assert await page.evaluate("globalThis.sameDocument"), "it came without a reload"
        await page.reload()
        await page.get_by_text("Visitors see this").wait_for()
        assert await page.locator(".history h3").all_inner_texts() == [
            "Publication 2 Visitors see this",
            "Publication 1",
        ]
        await seen.is_sound("page")
        await page.get_by_text("What changed", exact=True).press("Enter")
        shown = page.get_by_alt_text("What changed since publication 1, marked in the picture")
        await shown.scroll_into_view_if_needed()
        await shown.evaluate("(picture) => picture.decode()")
        assert await shown.evaluate("(picture) => picture.naturalWidth") == 1200
        await seen.is_sound("page with a difference")
        await choose(seen, "More", "Take offline")
        await page.get_by_text("Home is offline.").wait_for()
        await page.get_by_role("button", name="Publish", exact=True).first.press("Enter")
        await page.get_by_text("Home is published.").wait_for()
        assert seen.alarms == []


async def test_a_missing_page_is_reported_with_a_way_back(portal: Portal, browser: Browser) -> None:
    async with screen(browser, portal) as seen:
        seen.expected.append("404")
        page = await seen.open("/sites/999/")
        await page.get_by_text("SITE_NOT_FOUND").wait_for()
        await seen.is_sound("no site")
        await page.get_by_role("link", name="To the sites").press("Enter")
        await page.wait_for_url("**/sites/")
