"""Undo of a publication in its message, by keyboard, on a dark phone and on a light screen."""

import pytest
from playwright.async_api import Browser

from browser.checked_page import CheckedPage
from browser.stage import stage
from support.portal import Portal

TITLE = "Весенняя распродажа для всех магазинов / تخفيضات الربيع لجميع المتاجر"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
async def test_a_page_is_put_online_again(portal: Portal, browser: Browser, width: int, scheme: str) -> None:
    site_id, page_id, _ = await portal.published("acme")
    await portal.call("landing.landing.update", lid=page_id, fields={"TITLE": TITLE})
    with stage(portal) as on:
        page = await on.sign_in(browser, color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 844})
        checked = CheckedPage(on, page, f"{width}-{scheme}")
        await page.goto(f"{on.origin}/sites/{site_id}/")
        await page.get_by_label(f"Actions for {TITLE}").press("Enter")
        await page.locator(".tree").get_by_role("button", name="Take offline").press("Enter")
        await page.get_by_text(f"{TITLE} is offline.").wait_for()
        await checked.check("undo")
        assert (await portal.get("http://acme.localhost:8080/")).status_code == 404
        await page.get_by_role("button", name="Undo").press("Enter")
        await page.get_by_text(f"{TITLE} is published.").wait_for()
        assert page.url == f"{on.origin}/sites/{site_id}/", "the user stays on the same screen"
        assert (await portal.get("http://acme.localhost:8080/")).status_code == 200
        await page.context.close()
    assert on.alarms == []
