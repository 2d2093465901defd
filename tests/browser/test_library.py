"""The blocks of the library in a browser: everybody can use them, on a light and on a dark ground."""

import pytest
from playwright.async_api import Browser

from browser.axe import problems
from browser.conftest import window
from landingpad.blocks.library import standard_library
from support.portal import Portal

GALLERY = "http://localhost:8080/_landingpad/blocks"
PLACE = "http://acme.localhost:8080/"
TOGETHER = (
    "heading-order", "landmark-banner-is-top-level", "landmark-contentinfo-is-top-level",
    "landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo", "landmark-unique", "region",
)  # fmt: skip
"""What a page of all blocks, one below the other, cannot have: it has three menus in its middle."""
ALONE = ("landmark-one-main", "page-has-heading-one", "region")
"""What a block on a page of its own need not have: the page around it has them."""


@pytest.mark.parametrize("theme", ["", "wiki-dark"])
async def test_every_block_can_be_used_by_everybody(portal: Portal, browser: Browser, theme: str) -> None:
    """On one page, on the ground of a light and of a dark theme, on wide and on narrow screens."""
    fields = {"THEME_CODE": theme} if theme else {}
    page_id = await portal.page(await portal.site(), ADDITIONAL_FIELDS=fields)
    for code in reversed(list(standard_library())):
        await portal.block(page_id, code)
    await portal.call("landing.landing.publication", lid=page_id)
    for width in (1280, 390):
        async with window(browser, portal, width) as opened:
            await opened.page.goto(PLACE)
            assert await problems(opened.page, *TOGETHER) == []
            wide = f"[...document.querySelectorAll('.block-wrapper')].filter((b) => b.scrollWidth > {width})"
            assert await opened.page.evaluate(f"{wide}.map((block) => block.className)") == []
            assert await opened.page.evaluate("document.documentElement.scrollWidth") <= width
            assert (opened.alarms, opened.foreign) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_the_gallery_can_be_used_by_everybody(portal: Portal, browser: Browser, scheme: str, width: int) -> None:
    async with window(browser, portal, width) as opened:
        await opened.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await opened.page.goto(GALLERY)
        assert await problems(opened.page) == []
        assert await opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert (opened.alarms, opened.foreign) == ([], [])


async def test_what_axe_should_find_it_finds(portal: Portal, browser: Browser) -> None:
    async with window(browser, portal) as opened:
        await opened.page.goto(f"{GALLERY}/lp.quote")
        await opened.page.evaluate("document.querySelector('.landing-block-node-job').style.color = '#ccc'")
        assert [problem.partition(":")[0] for problem in await problems(opened.page, *ALONE)] == ["color-contrast"]
