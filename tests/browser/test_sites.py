"""The demo site and the ready-made sites in a browser: accessible on every screen size."""

import pytest
from playwright.async_api import Browser

from browser.axe import problems
from browser.conftest import window
from landingpad.blocks.site_designs import site_designs
from landingpad.demo.build import build_demo_site
from landingpad.demo.site import DEMO
from landingpad.operations.sites import create_site
from landingpad.rpc.auth import webhook_caller
from support.portal import Portal

pytestmark = pytest.mark.long

SCREENS = [(1280, "light"), (390, "dark")]


async def check(browser: Browser, portal: Portal, home: str, paths: list[str]) -> None:
    """Check pages in light and dark mode."""
    found = []
    for width, scheme in SCREENS:
        async with window(browser, portal, width) as opened:
            await opened.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for path in paths:
                await opened.page.goto(home + path)
                found += [f"{path} {width} {scheme} {problem}" for problem in await problems(opened.page)]
                if await opened.page.evaluate("document.documentElement.scrollWidth") > width:
                    found.append(f"{path} is wider than {width}")
            assert (opened.alarms, opened.foreign) == ([], [])
    assert found == []


@pytest.mark.parametrize("code", site_designs())
async def test_a_ready_made_site_is_accessible(portal: Portal, browser: Browser, code: str) -> None:
    create_site(portal.parts, code, title="", code="made", site_type="PAGE", publish=True)
    pages = site_designs()[code].pages
    await check(browser, portal, "http://made.localhost:8080", ["/", *(f"/{page.code}/" for page in pages[1:])])


async def test_the_demo_site_is_accessible(portal: Portal, browser: Browser) -> None:
    user, code = portal.webhooks["admin"].strip("/").split("/")[1:]
    caller = portal.parts.db.read_here(lambda tx: webhook_caller(tx, portal.id, user, code, 0))
    await build_demo_site(portal.parts.dispatcher, caller)
    await check(browser, portal, "http://lindmoor.localhost:8080", [page.path for page in DEMO.pages])


async def test_a_ready_made_site_can_be_walked_by_keyboard(portal: Portal, browser: Browser) -> None:
    """Every link, button and field of a page gets the focus once, in order, and is visible then."""
    create_site(portal.parts, "restaurant", title="", code="made", site_type="PAGE", publish=True)
    async with window(browser, portal, 390) as opened:
        page = opened.page
        await page.emulate_media(reduced_motion="reduce")  # smooth scrolling would not be finished
        await page.goto("http://made.localhost:8080/")
        count = await page.locator("a[href], button:visible, input:visible, textarea, summary").count()
        seen = []
        for _ in range(count + 5):
            await page.keyboard.press("Tab")
            place = await page.evaluate(
                "() => { const e = document.activeElement; if (e === document.body) return null; "
                "const r = e.getBoundingClientRect(), s = getComputedStyle(e); "
                "return [r.top < innerHeight && r.bottom > 0 && r.width > 0, s.outlineStyle !== 'none', "
                "e.outerHTML.slice(0, 90)] }"
            )
            if place is None:
                break
            assert place[0], f"{place[2]} has the focus out of sight"
            assert place[1], f"{place[2]} does not show that it has the focus"
            seen.append(place[2])
        assert len(seen) >= 20
        assert any("<textarea" in element for element in seen)
