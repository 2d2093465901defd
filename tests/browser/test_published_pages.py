"""Published pages in a real browser: forms work, and attacks have no effect."""

import pytest
from playwright.async_api import Browser

from blockhtml import hostile
from browser.conftest import window
from landingpad.store.tables.site import blocks
from support.portal import Portal

PLACES = ("http://acme.localhost:8080/", "http://localhost:8080/pub/site/acme/")
"""A site on its own host, and below a path of the portal, where a sandbox takes the origin away."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("width", [1280, 390])
async def test_a_form_can_be_sent_by_keyboard(portal: Portal, browser: Browser, place: str, width: int) -> None:
    site_id = await portal.site()
    page_id = await portal.page(site_id)
    await portal.block(page_id, "33.13.form_2_light_no_text")
    await portal.call("landing.landing.publication", lid=page_id)
    async with window(browser, portal, width) as opened:
        page = opened.page
        await page.goto(place)
        thanks = page.get_by_role("status")
        assert not await thanks.is_visible()
        await page.get_by_label("Name").press_sequentially("Ada")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.type("A table, please")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await thanks.wait_for(state="visible", timeout=5000)
        assert page.url.startswith(f"{place}#sent-")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert (opened.alarms, opened.foreign) == ([], [])


@pytest.mark.parametrize("place", PLACES)
async def test_attacks_have_no_effect(portal: Portal, browser: Browser, place: str) -> None:
    """The content security policy would also stop scripts; without any violation nothing got through cleaning."""
    page_id = await portal.page(await portal.site())
    block_id = await portal.block(page_id, "html")
    styles = "".join(f"<p style='{style.replace(chr(39), '&#39;')}'>x</p>" for style in hostile.CSS)
    attacks = "".join(f"<div>{vector}</div>" for vector in hostile.HTML)
    await portal.call(
        "landing.block.updatecontent", lid=page_id, block=block_id, content=f"{attacks}{styles}<b id='end'>e</b>"
    )
    await portal.call("landing.landing.publication", lid=page_id)
    async with window(browser, portal) as opened:
        page = opened.page
        await page.goto(place)
        for link in await page.locator("main a[href]").all():
            address = await link.get_attribute("href") or ""
            assert not address.lower().lstrip().startswith(("javascript:", "data:", "vbscript:")), address
        await page.evaluate(
            "for (const a of document.querySelectorAll('main *')) a.dispatchEvent(new Event('mouseover'))"
        )
        await page.wait_for_timeout(300)
        assert opened.alarms == []
        scripts = [url for url in opened.foreign if url.endswith(".js") or "script" in url]
        assert scripts == []


async def test_an_attack_that_is_not_cleaned_is_noticed(portal: Portal, browser: Browser) -> None:
    page_id = await portal.page(await portal.site())
    block_id = await portal.block(page_id, "html")
    attack = "<img src=x onerror=alert(1)>"
    portal.parts.db.write_here(lambda tx: tx.update(blocks, portal.id, block_id, content=attack))
    await portal.call("landing.landing.publication", lid=page_id)
    async with window(browser, portal) as opened:
        await opened.page.goto(PLACES[0])
        await opened.page.wait_for_timeout(300)
        assert len(opened.alarms) == 1
