"""A real browser whose requests are all answered by the application in this process, without port or network."""

import asyncio
import html
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Browser, Frame, Page, Route, async_playwright

from landingpad.render.browser import find_chromium
from support.portal import Databases, Portal
from support.postgres import Cluster


class Window:
    """A page of the browser, with a record of suspicious events."""

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page = page
        self.foreign: list[str] = []
        """Requested addresses of other hosts."""
        self.alarms: list[str] = []
        """Dialogs that opened, and violations of the content security policy."""
        self._portal = portal

    async def listen(self) -> None:
        """Answer requests and record alarms."""
        await self.page.context.route("**/*", self._answer)
        self.page.on("dialog", lambda dialog: self.alarms.append(f"dialog {dialog.message}"))
        self.page.on("pageerror", lambda error: self.alarms.append(f"script {error}"))
        self.page.on("console", lambda message: self._noted(message.text))

    def _noted(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.alarms.append(text)

    async def _answer(self, route: Route) -> None:
        request = route.request
        url = httpx.URL(request.url)
        if not (url.host == "localhost" or url.host.endswith(".localhost")):
            self.foreign.append(request.url)
            await route.abort()
            return
        async with self._portal.http(url.host) as http:
            headers = {name: value for name, value in request.headers.items() if name != "accept-encoding"}
            answer = await http.request(
                request.method, url.raw_path.decode(), headers=headers, content=request.post_data_buffer
            )
        if answer.has_redirect_location and request.is_navigation_request():
            # The browser would request the target of a redirect from the network, so the page navigates there itself.
            cookies = {"set-cookie": answer.headers["set-cookie"]} if "set-cookie" in answer.headers else {}
            there = html.escape(str(url.join(answer.headers["location"])))
            body = f'<!doctype html><meta http-equiv="refresh" content="0;url={there}">'
            await route.fulfill(status=200, content_type="text/html", headers=cookies, body=body)
            return
        await route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.content)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Keep one event loop for all tests of this folder, so that they can share a browser: a start takes seconds."""
    return "asyncio"


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium. Without it the tests fail with instructions to install it; they are never skipped."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=str(find_chromium("")), args=sandbox)
        try:
            yield opened
        finally:
            await opened.close()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Only SQLite: pages do not depend on the engine."""
    no_cluster: Cluster | None = None
    return Databases("sqlite", tmp_path_factory.mktemp("browser"), no_cluster)


async def eventually(page: Page | Frame, expression: str) -> None:
    """Wait until an expression is true in a page.

    Playwright's own wait evaluates a string in the page, which the content security policy of our pages forbids: it
    fails whenever the expression is not true at once.
    """
    async with asyncio.timeout(30):
        while not await page.evaluate(expression):  # noqa: ASYNC110  # the page sends no event to wait for
            await asyncio.sleep(0.03)


@asynccontextmanager
async def window(browser: Browser, portal: Portal, width: int = 1280) -> AsyncIterator[Window]:
    """Open a page of the browser on a portal."""
    page = await browser.new_page(viewport={"width": width, "height": 844})
    made = Window(page, portal)
    try:
        await made.listen()
        yield made
    finally:
        # Also after a failure: an open page with pending requests keeps the browser from ending.
        await page.unroute_all(behavior="ignoreErrors")
        await page.context.unroute_all(behavior="ignoreErrors")
        await page.close()
