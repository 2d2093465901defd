"""A screen of the portal on a real port for a signed-in user, with a record of events that should not happen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request

from browser.axe import problems
from browser.conftest import eventually
from support.listening import listening
from support.portal import Portal
from support.web import begin_session

_SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) shifts.push([entry.value, ...entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120))]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""  # noqa: E501  # a script for the browser

_LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (390, "dark"))
_UNSEEN = 0.01
"""A tenth of what browsers call good; a line added below a list causes half of it."""


class Screen:
    """A browser page at a portal."""

    def __init__(self, portal: Portal, origin: str, page: Page) -> None:
        self.portal, self.origin, self.page = portal, origin, page
        self.alarms: list[str] = []
        """Console errors, unexpected dialogs, and requests to other hosts."""
        self.expected: list[str] = []
        """Parts of alarms that a test causes on purpose."""
        self.friends: list[str] = []
        """Other origins that may get requests."""
        self.answers: list[bool] = []
        """Answers to the next dialogs of the page; a dialog without an answer is an alarm."""
        self.asked: list[str] = []

    async def watch(self) -> None:
        """Record events that should not happen."""
        self.page.on("pageerror", lambda error: self.alarms.append(f"script: {error}"))
        self.page.on("console", self._noted)
        self.page.on("request", self._requested)
        self.page.on("dialog", self._dialog)
        await self.page.add_init_script(_SHIFTS)

    def _noted(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(part in message.text for part in self.expected):
            self.alarms.append(f"{message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:", *self.friends)):
            self.alarms.append(f"elsewhere: {request.url}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.asked.append(dialog.message)
        if not self.answers:
            self.alarms.append(f"dialog: {dialog.message}")
        accepted = bool(self.answers) and self.answers.pop(0)
        await (dialog.accept() if accepted else dialog.dismiss())

    async def open(self, path: str) -> Page:
        """Open a path of the portal."""
        await self.page.goto(self.origin + path)
        return self.page

    async def tab_to(self, goal: Locator, most: int = 80) -> None:
        """Press Tab until an element has the focus, and check that it is visible."""
        for _ in range(most):
            await self.page.keyboard.press("Tab")
            if await goal.evaluate("(element) => element === document.activeElement"):
                assert await goal.evaluate("(element) => element.matches(':focus-visible')")
                return
        raise AssertionError(f"Tab does not reach {goal}")

    async def is_sound(self, name: str) -> None:
        """Check layout shifts so far, and accessibility on a light desktop and a dark phone."""
        found = []
        shifts = await self.page.evaluate("shifts")
        if sum(shift[0] for shift in shifts) > _UNSEEN:
            found.append(f"{name} jumps: {shifts}")
        before = self.page.viewport_size
        assert before is not None
        for width, scheme in _LOOKS:
            await self.page.set_viewport_size({"width": width, "height": before["height"]})
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            await eventually(self.page, "!document.getAnimations().some((one) => one instanceof CSSTransition)")
            found += [f"{name} {scheme}: {problem}" for problem in await problems(self.page)]
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{name} is wider than {width}: {wide}")
        await self.page.set_viewport_size(before)
        await self.page.evaluate("shifts.length = 0")  # shifts caused by our changes of the window
        wrong = found + self.alarms
        assert not wrong, "\n".join(wrong)


@asynccontextmanager
async def screen(
    browser: Browser, portal: Portal, *, user_id: int | None = None, signed_in: bool = True, width: int = 1280
) -> AsyncIterator[Screen]:
    """Open a browser with a signed-in user, by default the administrator."""
    with listening(portal.app) as origin:
        context = await browser.new_context(viewport={"width": width, "height": 844})
        try:
            await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
            if signed_in:
                token = begin_session(portal, portal.admin_id if user_id is None else user_id)
                name = f"landingpad_{urlsplit(origin).port}"
                await context.add_cookies(
                    [{"name": name, "value": token, "url": origin, "httpOnly": True, "sameSite": "Lax"}]
                )
            made = Screen(portal, origin, await context.new_page())
            await made.watch()
            yield made
        finally:
            await context.close()


async def settled(page: Page) -> None:
    """Wait until htmx has no pending swaps in the page."""
    await eventually(page, "!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
