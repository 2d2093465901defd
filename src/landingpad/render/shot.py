"""Taking one picture of one page, however the page behaves."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from landingpad.render.browser import Browser
from landingpad.render.cdp import CommandError, TabGone
from landingpad.render.egress import EgressConfig
from landingpad.render.picture import CONTENT_TYPES, Picture, PictureFailed, Viewport
from landingpad.render.settle import settle_script
from landingpad.render.tab import Tab

log = structlog.get_logger("landingpad.render")

LOAD_SHARE = 0.5
"""Part of a picture's time to wait for the load event; after that the page is photographed as it is."""
_SETTLE_SHARE = 0.2
_IMAGE_SHARE = 0.6
"""Part of the settling time to wait for one image."""
_MAX_DEPARTURES = 10
"""Navigations after which a page is considered a redirect loop and photographed where it is."""
_REDRAW_SECONDS = 0.05
_FIRST_STAGE = "waiting for the browser"
_LONGEST_SIDE = 16_000
"""Pixels of the longer side of a picture; Chromium can draw them and every viewer of JPEG and WebP shows them."""


class ShotRequest(msgspec.Struct, frozen=True):
    """Parameters of one picture."""

    url: str
    viewport: Viewport
    owner: str
    """Pages of one owner may reuse the same tab if no script can run in them."""
    seconds: float
    """Timeout of the whole picture."""
    now_ms: int = 0
    """Time that scripts in the page see, in milliseconds since the epoch."""


async def take(browser: Browser, config: EgressConfig, request: ShotRequest) -> Picture:
    """Take a picture.

    Raises:
        PictureFailed: the page or the one it navigated to did not answer with 200, crashed or took too long.

    """
    shot = _Shot(request)
    try:
        async with asyncio.timeout(request.seconds):
            return await shot.take(browser, config)
    except TimeoutError as error:
        if shot.stage == _FIRST_STAGE:  # no page was requested yet: the browser itself hangs
            browser.wear_out()
        raise PictureFailed(
            f"{request.url} was not photographed within {request.seconds:g} s; it was {shot.stage}. If the page only"
            " needs longer, raise LANDINGPAD_PREVIEW_TIMEOUT."
        ) from error


class _Shot:
    def __init__(self, request: ShotRequest) -> None:
        self.request = request
        self.stage = _FIRST_STAGE
        self.problems: list[str] = []

    async def take(self, browser: Browser, config: EgressConfig) -> Picture:
        try:
            tab = await browser.tab(self.request.owner, config)
        except CommandError as error:
            raise PictureFailed(f"{self.request.url} was not photographed: no tab could be opened: {error}") from error
        done = False
        try:
            picture = await self._photograph(tab)
            done = True
        finally:
            tab.inert = tab.inert and done
            if tab.egress.refused:
                log.warning("render.refused", url=self.request.url, refused=tab.egress.refused)
            # Put the tab back or close it even if this picture is cancelled: the next one relies on it.
            await asyncio.shield(browser.put_back(tab))
        return picture

    async def _photograph(self, tab: Tab) -> Picture:
        crash = asyncio.create_task(tab.crashed.wait())
        work = asyncio.create_task(self._steps(tab))
        try:
            await asyncio.wait({crash, work}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise PictureFailed(f"{self.request.url} crashed the browser's page process while {self.stage}.")
            return work.result()
        except CommandError as error:
            self._check(tab)
            raise PictureFailed(
                f"{self.request.url} was not photographed while {self.stage}: {error}{_refusal(tab)}"
            ) from error
        finally:
            crash.cancel()
            work.cancel()
            await asyncio.gather(crash, work, return_exceptions=True)

    async def _steps(self, tab: Tab) -> Picture:
        viewport = self.request.viewport
        await tab.prepare(viewport, self.request.now_ms)
        self.stage = "waiting for the first byte of the page"
        answer = await tab.session.send("Page.navigate", url=self.request.url)
        if answer.get("errorText"):
            self._check(tab)
            raise CommandError(answer["errorText"])
        settle = _SETTLE_SHARE * self.request.seconds
        await self._arrive(tab, LOAD_SHARE * self.request.seconds, settle)
        self._check(tab)
        self.stage = "being drawn"
        options: dict[str, Any] = {"format": viewport.format, "optimizeForSpeed": True}
        if viewport.format != "png":
            options["quality"] = viewport.quality
        width, height = viewport.width, viewport.height
        if viewport.whole:
            metrics = await tab.session.send("Page.getLayoutMetrics")
            height = max(height, int(metrics["cssContentSize"]["height"]))
            if height * viewport.scale > _LONGEST_SIDE:
                height = _LONGEST_SIDE // viewport.scale
                self.problems.append(f"everything below {height} pixels")
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            options |= {"clip": clip, "captureBeyondViewport": True}
        data = await self._capture(tab, options, settle)
        self._check(tab)
        return Picture(
            data,
            CONTENT_TYPES[viewport.format],
            width * viewport.scale,
            height * viewport.scale,
            "; ".join(self.problems),
        )

    async def _arrive(self, tab: Tab, load_seconds: float, settle_seconds: float) -> None:
        """Wait until the page is loaded and settled; if it navigates, wait for the next page too."""
        script = settle_script(whole=self.request.viewport.whole, image_seconds=settle_seconds * _IMAGE_SHARE)
        end = asyncio.get_running_loop().time() + load_seconds
        while True:
            left = max(0.0, end - asyncio.get_running_loop().time())
            await self._wait_for(tab, "waiting for everything to load", left, tab.loaded.wait)
            restless = tab.departures >= _MAX_DEPARTURES
            if restless:
                self.problems.append("it navigates to other pages without end")
                tab.stay()
            await self._wait_for(
                tab, "waiting for fonts and images", settle_seconds, lambda: self._evaluate(tab, script)
            )
            if restless or tab.loaded.is_set() or asyncio.get_running_loop().time() >= end:
                tab.stay()
                return
            self.problems.clear()  # they belong to a page that is no longer shown

    async def _capture(self, tab: Tab, options: dict[str, Any], patience: float) -> bytes:
        """Take the screenshot; retry if the page navigated meanwhile: then Chromium refuses or never answers."""
        while True:
            try:
                async with asyncio.timeout(patience):
                    return base64.b64decode((await tab.session.send("Page.captureScreenshot", **options))["data"])
            except TabGone:
                raise
            except (CommandError, TimeoutError) as error:
                log.info("render.drawn_again", url=self.request.url, error=repr(error))
                await asyncio.sleep(_REDRAW_SECONDS)
                await tab.loaded.wait()

    async def _wait_for(self, tab: Tab, stage: str, seconds: float, step: Callable[[], Awaitable[object]]) -> None:
        """Wait for one step of loading, at most `seconds`; after that the page is photographed as it is."""
        self.stage = stage
        try:
            async with asyncio.timeout(seconds):
                await step()
        except (CommandError, TimeoutError) as error:
            # A page that navigates also ends the step; visitors see its target too.
            self._check(tab)
            if isinstance(error, TimeoutError):
                self.problems.append(f"{stage} was given up after {seconds:g} s")
            log.info("render.not_settled", url=self.request.url, stage=stage, error=str(error))

    async def _evaluate(self, tab: Tab, script: str) -> None:
        answer = await tab.session.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=False
        )
        late = answer.get("result", {}).get("value")
        if late:
            self.problems.append(f"{late} of its images or fonts came too late")

    def _check(self, tab: Tab) -> None:
        """Raise PictureFailed if the page shown was not answered with 200."""
        failed = tab.failed_status()
        if failed is not None:
            url, status = failed
            where = "" if url == self.request.url else f" led to {url}, which"
            why = _refusal(tab) or ": open it to see why"
            raise PictureFailed(f"{self.request.url}{where} answered {status}, not 200{why}")


def _refusal(tab: Tab) -> str:
    return f" (not allowed: {tab.egress.refused[0]})" if tab.egress.refused else ""
