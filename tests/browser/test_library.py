"""The blocks of the library in a browser: accessible in light and dark themes."""

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
"""Rules that a page of all blocks cannot meet, because it has three menus in its middle."""
ALONE = ("landmark-one-main", "page-has-heading-one", "region")
"""Rules that a single block need not meet, because they concern the page around it."""


@pytest.mark.parametrize("theme", ["", pytest.param("wiki-dark", marks=pytest.mark.long)])
async def test_every_block_is_accessible(portal: Portal, browser: Browser, theme: str) -> None:
    """All on one page, in a light and a dark theme, on wide and narrow screens."""
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


_FAINT = """
() => {
  // axe ignores texts near pictures and pseudo-elements; this checks those on a background of their own.
  const channels = (text) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, place) => sum + v * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    for (let here = element; here; here = here.parentElement) {
      const style = getComputedStyle(here);
      if (style.backgroundImage !== "none" || here.querySelector(":scope > img, :scope > [class*=bgimg]")) return null;
      const color = channels(style.backgroundColor);
      if (color[3] === 255) return color;
      if (color[3]) return null;
    }
    return null;
  };
  const found = [];
  for (const element of document.querySelectorAll(".block-wrapper *")) {
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const isField = element.matches("input, textarea, select");
    if (!(isText || isField) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest("[inert], [aria-hidden=true], .lp-trap")) continue;
    const style = getComputedStyle(element), below = ground(element);
    if (!below) continue;
    const ink = channels(style.color), [dim, bright] = [light(ink), light(below)].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize), needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const ratio = (bright + 0.05) / (dim + 0.05);
    if (ratio < needed) found.push(`${element.closest(".block-wrapper").className}: ${element.className} ${ratio.toFixed(2)}`);
  }
  return found;
}
"""  # noqa: E501  # a program of the browser
_LOOK_AT_FOCUS = """
() => {
  const here = document.activeElement;
  if (here === document.body || !here) return null;
  const box = here.getBoundingClientRect(), style = getComputedStyle(here);
  const name = `${here.closest(".block-wrapper")?.className}: ${here.outerHTML.slice(0, 80)}`;
  const isSeen = box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0
    && box.top < innerHeight;
  return [name, isSeen && style.visibility !== "hidden", style.outlineStyle !== "none" || style.boxShadow !== "none"];
}
"""


_WITH_SOMETHING_TO_USE = """
() => [...document.querySelectorAll(".block-wrapper")].filter((block) =>
  [...block.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].some((one) =>
    one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert], .lp-trap")
    && !one.disabled && one.type !== "hidden")).map((block) => block.className)
"""


async def every_block(portal: Portal, theme: str = "") -> None:
    """Publish a page with all blocks."""
    page_id = await portal.page(await portal.site(), ADDITIONAL_FIELDS={"THEME_CODE": theme} if theme else {})
    for code in reversed(list(standard_library())):
        await portal.block(page_id, code)
    await portal.call("landing.landing.publication", lid=page_id)


@pytest.mark.parametrize("theme", ["", pytest.param("wiki-dark", marks=pytest.mark.long)])
async def test_texts_and_fields_have_contrast_on_their_own_background(
    portal: Portal, browser: Browser, theme: str
) -> None:
    await every_block(portal, theme)
    async with window(browser, portal) as opened:
        await opened.page.goto(PLACE)
        assert await opened.page.evaluate(_FAINT) == []
        # Control: missing contrast is found.
        await opened.page.add_style_tag(
            content=".landing-block-node-form-note { color: var(--lp-surface) !important; }"
        )
        assert len(await opened.page.evaluate(_FAINT)) >= 1


@pytest.mark.parametrize("width", [1280, pytest.param(390, marks=pytest.mark.long)])
async def test_all_controls_are_reached_by_keyboard(portal: Portal, browser: Browser, width: int) -> None:
    """By Tab, in the order of the page, each visible and with a visible focus."""
    await every_block(portal)
    async with window(browser, portal, width) as opened:
        page = opened.page
        await page.emulate_media(reduced_motion="reduce")  # smooth scrolling would not be finished
        await page.goto(PLACE)
        blocks: set[str] = set()
        tops = [0]
        for _ in range(500):
            await page.keyboard.press("Tab")
            here = await page.evaluate(_LOOK_AT_FOCUS)
            if here is None:
                break
            name, is_seen, is_shown = here
            assert is_seen, f"{name} has the focus out of sight"
            assert is_shown, f"{name} does not show that it has the focus"
            blocks.add(name.partition(":")[0])
            top = await page.evaluate("document.activeElement.closest('.block-wrapper')?.offsetTop")
            tops += [] if top is None else [top]  # elements outside of blocks may come anywhere
        else:
            raise AssertionError("Tab never reaches the end")
        assert tops == sorted(tops)
        assert blocks - {"undefined"} == set(await page.evaluate(_WITH_SOMETHING_TO_USE))
        assert opened.alarms == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_the_gallery_is_accessible(portal: Portal, browser: Browser, scheme: str, width: int) -> None:
    async with window(browser, portal, width) as opened:
        await opened.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await opened.page.goto(GALLERY)
        assert await problems(opened.page) == []
        assert await opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert (opened.alarms, opened.foreign) == ([], [])


async def test_axe_finds_known_mistakes(portal: Portal, browser: Browser) -> None:
    async with window(browser, portal) as opened:
        await opened.page.goto(f"{GALLERY}/lp.quote")
        await opened.page.evaluate("document.querySelector('.landing-block-node-job').style.color = '#ccc'")
        assert [problem.partition(":")[0] for problem in await problems(opened.page, *ALONE)] == ["color-contrast"]
