"""A public list of attacks, written by every method that stores input: nothing of it runs in a real browser.

Protected are the portal's origin (screens, reference, previews, pages below the portal's own host) and the site's own
origin, where only the author's own code may run.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from browser.injection import APPLICATION, Injector, reflecting
from landingpad.render.browser import find_chromium
from landingpad.web.frame.paths import SCREENS
from support.listening import listening
from support.payloads import payloads
from support.portal import Portal
from support.web import begin_session

pytestmark = pytest.mark.long

TOGETHER = 15
"""Payloads of one test: each has its own page; they share a site, a library and the portal's screens."""
PARTS = [payloads()[start : start + TOGETHER] for start in range(0, len(payloads()), TOGETHER)]
MOST_SCREENS = 60

# Functions that attacks call to prove that they run; calls are recorded, even where dialogs are not allowed.
TELL = """(() => {
  globalThis.ran = [];
  for (const name of ["alert", "confirm", "prompt", "print", "open"]) {
    globalThis[name] = (...given) => { globalThis.ran.push(name + " " + given.map(String).join(" ")); };
  }
})()"""
SUSPECTS = (Path(__file__).parent / "suspects.js").read_text()


class Watched:
    """A tab with a record of events that harmless pages do not cause."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.alarms: list[str] = []
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.alarms.append(f"script {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        self._only_local = False

    async def _dialog(self, dialog: Any) -> None:
        self.alarms.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.alarms.append(message.text)

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if self._only_local and host not in {"127.0.0.1", APPLICATION} and not host.endswith("localhost"):
            self.alarms.append(f"asks {request.url}")

    async def look(self, address: str, *, own_code: bool = False, only_local: bool = False) -> list[str]:
        """Open an address and return the suspicious findings."""
        self.alarms.clear()
        self._only_local = only_local
        await self.page.goto(address, wait_until="load")
        found = [] if own_code else list(self.alarms)
        found += await self.page.evaluate("globalThis.ran ?? []")  # undefined where a sandbox forbids scripts
        found += await self.page.evaluate(f"({SUSPECTS})(document, {'true' if own_code else 'false'})")
        if urlsplit(self.page.url).netloc != urlsplit(address).netloc:
            found.append(f"went to {self.page.url}")
        return [f"{address}: {problem}" for problem in found]


@pytest.fixture(scope="module")
async def offline() -> AsyncIterator[Browser]:
    """Chromium that resolves only this machine; requests to other hosts fail."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    rules = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE *.localhost , EXCLUDE localhost"
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=str(find_chromium("")), args=[*sandbox, rules])
        try:
            yield opened
        finally:
            await opened.close()


@asynccontextmanager
async def signed_in(browser: Browser, portal: Portal, origin: str) -> AsyncIterator[Watched]:
    context = await browser.new_context(viewport={"width": 1280, "height": 844})
    token = begin_session(portal, portal.admin_id)
    await context.add_cookies([{"name": f"landingpad_{urlsplit(origin).port}", "value": token, "url": origin}])
    await context.add_init_script(TELL)
    try:
        yield Watched(await context.new_page())
    finally:
        await context.close()


def is_screen_at(path: str) -> bool:
    return any(path == known or (known.endswith("*") and path.startswith(known[:-1])) for known in SCREENS.split())


async def screens(tab: Watched, origin: str) -> list[str]:
    """Follow all links of the portal and return the suspicious findings."""
    waiting = ["/sites/", "/apps/", "/developer/", "/account/"]
    known = set(waiting)
    found: list[str] = []
    for path in waiting:
        found += await tab.look(origin + path, only_local=True)
        links = await tab.page.evaluate("[...document.querySelectorAll('a[href]')].map((link) => link.href)")
        for link in links:
            split = urlsplit(link)
            new = split.path + (f"?{split.query}" if split.query else "")
            is_screen = f"{split.scheme}://{split.netloc}" == origin and is_screen_at(split.path)
            if is_screen and new not in known and len(known) < MOST_SCREENS and not split.path.endswith("/export"):
                known.add(new)
                waiting.append(new)
    assert len(waiting) > len(PARTS[-1])  # each page has its own screen
    return found


@pytest.mark.parametrize("given", PARTS, ids=[f"part{number}" for number in range(len(PARTS))])
async def test_nothing_of_a_list_of_attacks_runs(portal: Portal, offline: Browser, given: list[str]) -> None:
    injector = Injector(portal, "target")
    await injector.begin()
    for payload in given:
        await injector.write(payload)
    assert injector.taken > injector.refused  # most payloads were really stored
    with listening(portal.app) as origin:
        port = urlsplit(origin).port
        async with signed_in(offline, portal, origin) as tab:

            async def visit(*, own_code: bool) -> list[str]:
                paths = await injector.publish()
                site = (await portal.call("landing.site.getList", params={"select": ["CODE", "DOMAIN_NAME"]}))[0]
                host = httpx.URL(await portal.call("landing.site.getPublicUrl", id=injector.site_id)).host
                homes = (f"http://{host}:{port}", f"{origin}/pub/site/{site['CODE'].strip('/')}")
                return [
                    problem for path in paths for home in homes
                    for problem in await tab.look(f"{home}{path}", own_code=own_code)
                ]  # fmt: skip

            found = await visit(own_code=False)
            await injector.dress(given)
            found += await visit(own_code=True)
            found += await screens(tab, origin)
            for payload in given:
                for path in reflecting(payload):
                    text = (await portal.get(f"http://localhost:8080{path}")).text
                    problems = await tab.page.evaluate(
                        f"(text) => ({SUSPECTS})(new DOMParser().parseFromString(text, 'text/html'), false)", text
                    )
                    found += [f"{path}: {problem}" for problem in problems]
    assert found == []


# An author's own code may do anything at its site; here it tries to attack the portal.
ATTEMPTS = """<script>
(async () => {
  const report = {origin: self.origin};
  try { report.cookie = document.cookie; } catch (error) { report.cookie = error.name; }
  try { report.storage = String(localStorage.length); } catch (error) { report.storage = error.name; }
  for (const address of [PORTAL + "/sites/", PORTAL + "/account/", "/sites/"]) {
    try { report[address] = (await (await fetch(address, {credentials: "include"})).text()).includes("Test"); }
    catch (error) { report[address] = error.name; }
  }
  const frame = document.createElement("iframe");
  frame.src = PORTAL + "/sites/";
  document.body.append(frame);
  await new Promise((resolve) => { frame.onload = frame.onerror = resolve; setTimeout(resolve, 2000); });
  try { report.frame = frame.contentDocument.title; } catch (error) { report.frame = error.name; }
  document.documentElement.dataset.report = JSON.stringify(report);
})();
</script>"""


async def test_code_of_an_author_runs_at_its_site_but_never_at_the_portals_origin(
    portal: Portal, offline: Browser
) -> None:
    site_id, page_id, _ = await portal.published()
    with listening(portal.app) as origin:
        code = ATTEMPTS.replace("PORTAL", json.dumps(origin))
        fields = {"HEADBLOCK_USE": "Y", "HEADBLOCK_CODE": code}
        await portal.call("landing.landing.update", lid=page_id, fields={"ADDITIONAL_FIELDS": fields})
        async with signed_in(offline, portal, origin) as tab:
            assert await tab.look(f"{origin}/sites/") == []
            assert "Acme" in await tab.page.content()  # the visitor is signed in to the portal
            site = f"http://acme.localhost:{urlsplit(origin).port}"
            for home, itself, cookie, storage in (
                (site, site, "", "0"),
                (f"{origin}/pub/site/acme", "null", "SecurityError", "SecurityError"),
            ):
                await tab.page.goto(f"{home}/")
                await tab.page.wait_for_selector("[data-report]", state="attached")
                report = json.loads(await tab.page.get_attribute("html", "data-report") or "")
                assert (report["origin"], report["cookie"], report["storage"]) == (itself, cookie, storage)
                read = {name: value for name, value in report.items() if "/" in name and name != "origin"}
                assert len(read) == 3
                assert set(read.values()) <= {"TypeError", False}, read
                assert report["frame"] in {"TypeError", "SecurityError", ""}
            assert site_id
