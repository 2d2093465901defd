"""Taking one picture of one page, whatever the page does."""

import asyncio
from typing import TYPE_CHECKING, Any, Literal, cast

import structlog

from landingpad.render.browser import Browser
from landingpad.render.egress import Egress
from landingpad.render.picture import CONTENT_TYPES, Picture, PictureFailed, Viewport

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Response

log = structlog.get_logger("landingpad.render")

LOAD_SHARE = 0.5
"""Part of a picture's time for which its load event is waited for; then the page is photographed as far as it came."""
_SETTLE_SHARE = 0.2
_FIRST_STAGE = "waiting for the browser"
_CLOSE_SECONDS = 3.0
_REDIRECTS = range(300, 400)

# Fonts, and the images that are in the window: those that load lazily begin only when the window is laid out.
_SETTLED = """() => Promise.all([
  document.fonts.ready,
  ...[...document.images].filter(image => {
    const box = image.getBoundingClientRect();
    return !image.complete && box.top < innerHeight && box.bottom >= 0 && box.left < innerWidth && box.right >= 0;
  }).map(image => image.decode().catch(() => 0)),
]).then(() => 0)"""


async def take(browser: Browser, egress: Egress, url: str, viewport: Viewport, seconds: float) -> Picture:
    """Photograph the page at `url` within `seconds`.

    Raises:
        PictureFailed: the page did not answer with 200, left for another that did not, crashed or took too long.

    """
    shot = _Shot(url, seconds, egress)
    try:
        async with asyncio.timeout(seconds), egress:
            return await shot.take(browser, viewport)
    except TimeoutError as error:
        if shot.stage == _FIRST_STAGE:  # no page was asked for anything yet: it is the browser that hangs
            browser.wear_out()
        raise PictureFailed(
            f"{url} was not photographed within {seconds:g} s; it was {shot.stage}. If the page only needs longer,"
            " raise LANDINGPAD_PREVIEW_TIMEOUT."
        ) from error
    finally:
        if egress.refused:
            log.warning("render.refused", url=url, refused=egress.refused)


class _Shot:
    def __init__(self, url: str, seconds: float, egress: Egress) -> None:
        self.url = url
        self.seconds = seconds
        self.egress = egress
        self.stage = _FIRST_STAGE
        self.last: Response | None = None
        self.crashed = False

    async def take(self, browser: Browser, viewport: Viewport) -> Picture:
        context = await browser.chromium.new_context(
            viewport={"width": viewport.width, "height": viewport.height},
            screen={"width": viewport.width, "height": viewport.height},
            device_scale_factor=viewport.scale,
            color_scheme=cast("Literal['light', 'dark', 'no-preference']", viewport.color_scheme),
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="UTC",
            service_workers="block",
            accept_downloads=False,
            permissions=[],
            proxy={
                "server": self.egress.url,
                "bypass": "<-loopback>",  # loopback addresses must be asked of the proxy as well
                "username": self.egress.username,
                "password": self.egress.password,
            },
        )
        try:
            return await self._photograph(context, viewport)
        finally:
            await _close(context, browser)

    async def _photograph(self, context: "BrowserContext", viewport: Viewport) -> Picture:
        from playwright.async_api import Error  # noqa: PLC0415  # loaded when the browser started

        try:
            page = await context.new_page()
            page.on("response", self._note_response)
            page.on("crash", self._note_crash)
            context.on("page", _close_popup)
            self.stage = "waiting for the first byte of the page"
            await page.goto(self.url, wait_until="commit", timeout=self.seconds * 1000)
            self._check()
            await self._settle(page)
            self.stage = "being drawn"
            data = await page.screenshot(
                type=cast("Literal['jpeg', 'png']", viewport.format),
                quality=viewport.quality if viewport.format == "jpeg" else None,
                animations="disabled",
                caret="hide",
                scale="device",
                timeout=self.seconds * 1000,
            )
            self._check()
        except Error as error:
            self._check()
            reason = error.message.partition("\n")[0]
            raise PictureFailed(
                f"{self.url} was not photographed while {self.stage}: {reason}{self._refusal()}"
            ) from error
        return Picture(
            data, CONTENT_TYPES[viewport.format], viewport.width * viewport.scale, viewport.height * viewport.scale
        )

    async def _settle(self, page: "Page") -> None:
        """Wait until the page is complete, but not for ever: then it is photographed as far as it came."""
        from playwright.async_api import Error  # noqa: PLC0415  # loaded when the browser started

        for stage, share, step in (
            ("waiting for everything to load", LOAD_SHARE, lambda: page.wait_for_load_state("load")),
            ("waiting for fonts and images", _SETTLE_SHARE, lambda: page.evaluate(_SETTLED)),
        ):
            self.stage = stage
            try:
                async with asyncio.timeout(self.seconds * share):
                    await step()
            except (Error, TimeoutError) as error:
                # Also a page that goes elsewhere by itself ends here; what it shows then is what visitors see.
                self._check()
                log.info("render.not_settled", url=self.url, stage=stage, error=str(error).partition("\n")[0])

    def _note_response(self, response: Any) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.last = response

    def _note_crash(self, _: object) -> None:
        self.crashed = True

    def _check(self) -> None:
        """Fail if what is shown is not a page that was answered with 200."""
        if self.crashed:
            raise PictureFailed(f"{self.url} crashed the browser's page process while {self.stage}.")
        if self.last is not None and self.last.status != 200 and self.last.status not in _REDIRECTS:  # noqa: PLR2004
            where = "" if self.last.url == self.url else f" led to {self.last.url}, which"
            raise PictureFailed(
                f"{self.url}{where} answered {self.last.status}, not 200{self._refusal() or ': open it to see why'}"
            )

    def _refusal(self) -> str:
        return f" (not allowed: {self.egress.refused[0]})" if self.egress.refused else ""


async def _close_popup(page: "Page") -> None:
    from playwright.async_api import Error  # noqa: PLC0415  # loaded when the browser started

    try:
        await page.close()
    except Error:  # it went by itself, or with its context
        log.debug("render.popup_gone")


async def _close(context: "BrowserContext", browser: Browser) -> None:
    from playwright.async_api import Error  # noqa: PLC0415  # loaded when the browser started

    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await context.close()
    except (Error, TimeoutError) as error:
        if browser.usable:
            log.warning("render.page_does_not_close", error=repr(error), next="Chromium is replaced")
        browser.wear_out()
