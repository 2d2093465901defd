"""Sliders, galleries, countdowns, videos, menus and searches on published pages."""

import asyncio

import pytest
from playwright.async_api import Browser, Page

from browser.axe import problems
from browser.conftest import eventually, window
from support.portal import Portal

HOST = "http://acme.localhost:8080/"
BELOW_A_PATH = "http://localhost:8080/pub/site/acme/"
PLACES = (HOST, BELOW_A_PATH)
DAY_MS = 86_400_000


async def published(portal: Portal, *codes: str, content: str = "") -> int:
    """Publish a page of some blocks, or of one block with other HTML; return its id."""
    page_id = await portal.page(await portal.site())
    for code in reversed(codes):
        await portal.block(page_id, code)
    if content:
        block_id = await portal.block(page_id, "html")
        await portal.call("landing.block.updatecontent", lid=page_id, block=block_id, content=content)
    await portal.call("landing.landing.publication", lid=page_id)
    return page_id


async def stop_the_clock(page: Page, at_ms: int = 1_800_000_000_000) -> None:
    """Control the clock of a page, so that it sees the same moments on slow machines."""
    await page.clock.install(time=(at_ms - DAY_MS) / 1000)  # it runs on until the next line
    await page.clock.pause_at(at_ms / 1000)


async def current(page: Page) -> int:
    """Return the position of the current slide of the first slider."""
    slides = await page.locator(".lp-slider").first.locator(".js-slide").all()
    classes = [await slide.get_attribute("class") or "" for slide in slides]
    return next(place for place, names in enumerate(classes) if "lp-current" in names)


@pytest.mark.parametrize("place", PLACES)
async def test_a_slider_turns_by_keyboard_and_by_buttons(portal: Portal, browser: Browser, place: str) -> None:
    await published(portal, "lp.quotes_slider")
    async with window(browser, portal) as opened:
        page = opened.page
        await page.goto(place)
        await page.locator(".lp-track").focus()
        for key, expected in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowRight", 0), ("ArrowLeft", 2), ("Home", 0)):
            await page.keyboard.press(key)
            assert await current(page) == expected, key
        await page.get_by_role("button", name="Next").press("Enter")
        assert await current(page) == 1
        await page.get_by_role("button", name="Slide 3").press("Space")
        assert await current(page) == 2
        await eventually(page, "document.querySelector('.lp-track').scrollLeft > 0")
        assert await page.get_by_role("button", name="Slide 3").get_attribute("aria-current") == "true"
        assert (opened.alarms, opened.foreign) == ([], [])


async def test_a_slider_shows_as_many_slides_as_fit(portal: Portal, browser: Browser) -> None:
    await published(portal, "39.1.five_blocks_carousel")
    for width, shown in ((1280, 4), (900, 3), (700, 2), (390, 1)):
        async with window(browser, portal, width) as opened:
            await opened.page.goto(HOST)
            slide = "document.querySelector('.js-slide').getBoundingClientRect().width"
            track = "document.querySelector('.lp-track').getBoundingClientRect().width"
            assert round(await opened.page.evaluate(f"{track} / {slide}")) == shown


async def test_autoplay_can_be_paused(portal: Portal, browser: Browser) -> None:
    await published(portal, "01.big_with_text_blocks")
    async with window(browser, portal) as opened:
        page = opened.page
        await stop_the_clock(page)
        await page.goto(HOST)
        assert await current(page) == 0
        await page.clock.fast_forward(7100)
        assert await current(page) == 1
        await page.get_by_role("button", name="Pause").press("Enter")
        await page.clock.fast_forward(20_000)
        assert await current(page) == 1
        await page.get_by_role("button", name="Play").press("Enter")
        await page.evaluate("document.activeElement.blur()")
        await page.clock.fast_forward(7100)
        assert await current(page) == 2
        hidden = page.locator(".js-slide").first
        assert await hidden.evaluate("(slide) => slide.inert")


async def test_autoplay_respects_reduced_motion(portal: Portal, browser: Browser) -> None:
    await published(portal, "01.big_with_text_blocks")
    async with window(browser, portal) as opened:
        await opened.page.emulate_media(reduced_motion="reduce")
        await stop_the_clock(opened.page)
        await opened.page.goto(HOST)
        await opened.page.clock.fast_forward(60_000)
        assert await current(opened.page) == 0
        assert await opened.page.get_by_role("button", name="Pause").count() == 0


async def test_a_slider_without_scripts_can_be_scrolled(portal: Portal, browser: Browser) -> None:
    await published(portal, "45.2.gallery_app_with_slider")
    context = await browser.new_context(java_script_enabled=False)
    html = (await portal.get(HOST)).text
    page = await context.new_page()
    await page.set_content(html.replace('rel="stylesheet"', 'rel="none"'))
    await page.locator(".js-slide").last.scroll_into_view_if_needed()
    assert await page.locator(".js-slide").last.is_visible()
    await context.close()


@pytest.mark.parametrize("place", PLACES)
async def test_a_gallery_opens_turns_and_closes_by_keyboard(portal: Portal, browser: Browser, place: str) -> None:
    await published(portal, "lp.gallery")
    async with window(browser, portal) as opened:
        page = opened.page
        await page.goto(place)
        link = page.get_by_role("link", name="Enlarge: Oak wall shelf with books")
        await link.press("Enter")
        large = page.get_by_role("dialog")
        assert await large.locator("img").get_attribute("src") == "/_assets/wall-shelf.webp"
        assert await problems(page, "page-has-heading-one") == []
        await page.keyboard.press("ArrowRight")
        assert await large.locator("img").get_attribute("alt") == "Desk by the window"
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("ArrowLeft")
        await page.keyboard.press("Escape")
        # By tag: a closed dialog that is not removed yet has no role.
        await page.locator("dialog").wait_for(state="detached")
        focused = await page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused == "Enlarge: Green kitchen with an oak island"
        assert (opened.alarms, opened.foreign) == ([], [])


async def test_a_countdown_counts_and_ends(portal: Portal, browser: Browser) -> None:
    end = 1_900_000_000_000
    markup = (
        f'<div class="js-countdown" data-end-date="{end}" data-days-format="%-D" data-hours-format="%H" '
        'data-days-expired-classes="over"><b class="js-cd-days">?</b><b class="js-cd-hours">?</b>'
        '<b class="js-cd-minutes">?</b><b class="js-cd-seconds">?</b></div>'
        f'<div class="js-countdown" data-end-date="{end}" data-hours-format="%-I"><i class="js-cd-hours">?</i></div>'
    )
    await published(portal, content=markup)
    async with window(browser, portal) as opened:
        page = opened.page
        await stop_the_clock(page, end - 2 * DAY_MS - 3_700_000)
        await page.goto(HOST)
        assert await page.locator("b").all_inner_texts() == ["2", "01", "01", "40"]
        assert await page.locator("i").inner_text() == "49"
        await page.clock.run_for(1000)
        assert await page.locator("b").all_inner_texts() == ["2", "01", "01", "39"]
        await page.clock.fast_forward(3 * DAY_MS)
        assert await page.locator("b").all_inner_texts() == ["0", "00", "00", "00"]
        assert "over" in (await page.locator(".js-countdown").first.get_attribute("class") or "")


async def test_a_video_sends_no_request_before_it_is_played(portal: Portal, browser: Browser) -> None:
    unknown = '<div class="js-embed" data-src="https://films.example/embed/1"></div>'
    await published(portal, "lp.video", content=unknown)
    async with window(browser, portal) as opened:
        page = opened.page
        await page.goto(HOST)
        assert opened.foreign == []
        play = page.get_by_role("button", name="Play the video")
        assert await play.count() == 1, "unknown services are not framed"
        await play.press("Enter")
        await page.locator("iframe").wait_for()
        async with asyncio.timeout(30):
            while not opened.foreign:  # noqa: ASYNC110  # the frame exists before it sends a request
                await asyncio.sleep(0.03)
        assert [url.partition("?")[0] for url in opened.foreign] == [
            "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ"
        ]


async def test_a_menu_folds_and_opens_by_keyboard(portal: Portal, browser: Browser) -> None:
    await published(portal, "lp.menu_fold")
    async with window(browser, portal, 390) as opened:
        page = opened.page
        await page.goto(HOST)
        services = page.get_by_role("link", name="Services")
        assert not await services.is_visible()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await services.is_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    async with window(browser, portal) as opened:
        await opened.page.goto(HOST)
        assert await opened.page.get_by_role("link", name="Services").is_visible()


@pytest.mark.parametrize("place", PLACES)
async def test_a_search_finds_pages_of_the_site(portal: Portal, browser: Browser, place: str) -> None:
    page_id = await published(portal, "59.1.search")
    page = (await portal.call("landing.landing.getList", params={"filter": {"ID": page_id}}))[0]
    other = await portal.page(int(page["SITE_ID"]), "care", TITLE="Care")
    block_id = await portal.block(other, "27.6.one_col_fix_text")
    await portal.call(
        "landing.block.updatenodes",
        lid=other,
        block=block_id,
        data={".landing-block-node-text": "Linseed & <b>wax</b>"},
    )
    await portal.call("landing.landing.publication", lid=other)
    async with window(browser, portal, 390) as opened:
        shown = opened.page
        await shown.goto(place)
        await shown.get_by_role("searchbox").fill("WAX linseed")
        await shown.keyboard.press("Enter")
        await shown.wait_for_url("**/search/?q=WAX+linseed")
        assert await shown.get_by_role("status").inner_text() == "1 page found."
        if place == HOST:  # below a path no script runs on that page, not even axe
            assert await problems(shown) == []
        await shown.get_by_role("link", name="Care").click()
        await shown.wait_for_url("**/care/")
        assert opened.alarms == []
