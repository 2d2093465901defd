"""A portal and applications on real ports, and browsers signed in to the portal."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Frame, Page, async_playwright

from landingpad.domain.app import apps as domain_apps
from landingpad.domain.people.portals import SCOPES
from landingpad.render.browser import find_chromium
from landingpad.store.records import Application
from support.app_server import AppServer, app_server
from support.listening import listening
from support.portal import Portal
from support.web import begin_session


class Stage:
    """A portal and two web servers, for tests of applications in frames."""

    def __init__(self, portal: Portal, origin: str, app: AppServer, other: AppServer) -> None:
        self.portal = portal
        self.origin = origin
        self.app = app
        self.other = other
        """Web server of another application or of an attacker."""
        self.alarms: list[str] = []

    def register(self, **values: Any) -> Application:
        """Create an application; its page is /app on the first server by default."""
        wanted = {"title": "Mine", "scopes": SCOPES, "handler_url": f"{self.app.origin}/app", **values}
        now_ms = int(time.time() * 1000)
        return self.portal.parts.db.write_here(
            lambda tx: domain_apps.add_app(tx, self.portal.id, now_ms=now_ms, **wanted).app
        )

    async def sign_in(self, browser: Browser, user_id: int | None = None, **context: Any) -> Page:
        """Return a browser page with a signed-in user, by default the administrator."""
        own = await browser.new_context(viewport={"width": 1280, "height": 844}, **context)
        token = begin_session(self.portal, self.portal.admin_id if user_id is None else user_id)
        name = f"landingpad_{urlsplit(self.origin).port}"
        await own.add_cookies([{"name": name, "value": token, "url": self.origin, "httpOnly": True, "sameSite": "Lax"}])
        page = await own.new_page()
        page.on("pageerror", lambda error: self.alarms.append(f"script: {error}"))
        page.on("console", lambda message: self.alarms.append(message.text) if message.type == "error" else None)
        return page

    async def open(self, page: Page, app: Application, path: str = "") -> Frame:
        """Open an application and return its frame once its page reports that it is done."""
        await page.goto(f"{self.origin}{path or f'/apps/{app.id}/'}")
        return await self.frame(page)

    async def frame(self, page: Page, selector: str = ".app-holder iframe") -> Frame:
        """Return the frame of an application once its page is loaded."""
        element = await page.wait_for_selector(selector)
        assert element is not None
        frame = await element.content_frame()
        assert frame is not None
        await frame.wait_for_selector("main")
        return frame


@contextmanager
def stage(portal: Portal) -> Iterator[Stage]:
    """Serve the portal, and run two web servers."""
    with listening(portal.app) as origin, app_server() as app, app_server("app-two.localhost") as other:
        yield Stage(portal, origin, app, other)


@asynccontextmanager
async def mapped_browser(origin: str) -> AsyncIterator[Browser]:
    """Start a Chromium that maps the host from which applications load BX24 to the portal."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    rule = f"--host-resolver-rules=MAP api.bitrix24.com 127.0.0.1:{urlsplit(origin).port}"
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=str(find_chromium("")), args=[*sandbox, rule])
        yield opened
        await opened.close()
