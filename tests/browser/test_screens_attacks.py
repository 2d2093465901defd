"""Attacks on a user who is signed in to the portal, in a real browser; none of them works."""

from collections.abc import AsyncIterator
from html import escape
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page

from browser.stage import Stage, stage
from landingpad.store.db.engine import Tx
from landingpad.store.tables.site import users
from support.app_server import app_server
from support.portal import Portal

pytestmark = pytest.mark.long

ATTACK = "</h1></script><img src=x onerror=alert(1)><svg onload=alert(2)>\"'><a href=javascript:alert(3)>{{7*7}}"


class Scene:
    """An administrator's browser that also visits a server of an attacker."""

    def __init__(self, on: Stage, page: Page, site_id: int, page_id: int) -> None:
        self.on, self.page, self.site_id, self.page_id = on, page, site_id, page_id
        self.dialogs: list[str] = []

    def paths(self) -> list[str]:
        """Return the paths of screens with actions."""
        site = f"/sites/{self.site_id}/"
        return ["/sites/", "/sites/new", site, f"{site}pages/{self.page_id}/", "/account/", "/apps/"]

    async def lure(self, markup: str) -> Page:
        """Open a page of the attacker in the same browser."""
        self.on.other.page("/trap", markup, script="data:,")
        page = await self.page.context.new_page()
        await page.goto(f"{self.on.other.origin}/trap")
        return page


@pytest.fixture
async def scene(portal: Portal, browser: Browser) -> AsyncIterator[Scene]:
    with stage(portal) as on:
        site_id, page_id, _ = await portal.published("acme")
        made = Scene(on, await on.sign_in(browser), site_id, page_id)
        made.page.on("dialog", lambda dialog: made.dialogs.append(dialog.message))
        yield made
        await made.page.context.close()


@pytest.mark.parametrize("near", [True, False])
async def test_a_form_of_another_site_has_no_effect(scene: Scene, near: bool) -> None:
    """Another port is the same site: the browser sends the session with a form of such a page."""
    goals = [f"{scene.on.origin}/sites/{scene.site_id}/{action}" for action in ("trash", "unpublish")]
    with app_server("127.0.0.1" if near else "far.localhost") as attacker:
        kinds = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data")
        forms = "".join(
            f'<form method="post" action="{goal}" enctype="{kind}"><input name="csrf" value="guess">'
            '<input name="from" value="gallery"><button>Win</button></form>'
            for goal in goals
            for kind in kinds
        )
        trap = attacker.page("/trap", forms, script="data:,")
        for number in range(len(goals) * len(kinds)):
            await scene.page.goto(trap)
            async with scene.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
                await scene.page.get_by_role("button", name="Win").nth(number).press("Enter")
            answer = await answered.value
            # Refused with the session, redirected to the sign-in without.
            assert answer.status == (403 if near else 303)
            assert ("cookie" in await answer.request.all_headers()) is near
        await scene.page.goto(trap)
        # A script has no effect either, and cannot read the answer.
        ask = "([goal, options]) => fetch(goal, options).then((answer) => answer.text(), () => 'refused')"
        headers = {"x-csrf": "guess", "hx-request": "true"}
        posting = {"method": "POST", "credentials": "include", "headers": headers}
        assert await scene.page.evaluate(ask, [goals[0], posting]) == "refused"
        assert await scene.page.evaluate(ask, [f"{scene.on.origin}/sites/", {"credentials": "include"}]) == "refused"
    (row,) = await scene.on.portal.call("landing.site.getList", params={"filter": {"ID": scene.site_id}})
    assert (row["ACTIVE"], row["DELETED"]) == ("Y", "N")


async def test_no_screen_is_shown_in_a_frame(scene: Scene) -> None:
    """Clickjacking: an attacker's page puts our page, invisible, over its own buttons."""
    app = scene.on.register(title="Mine", redirect_uri=f"{scene.on.app.origin}/back")
    paths = [*scene.paths(), "/sign-in/", f"/oauth/authorize/?client_id={app.client_id}"]
    frames = "".join(f'<iframe src="{escape(scene.on.origin + path)}"></iframe>' for path in paths)
    page = await scene.lure(f"{frames}<object data='{scene.on.origin}/sites/'></object>")
    await page.wait_for_load_state("networkidle")
    inner = [frame for frame in page.frames if frame is not page.main_frame]
    assert len(inner) >= len(paths)
    for frame in inner:
        assert not frame.url.startswith(scene.on.origin), frame.url
        assert await frame.locator("form, h1").count() == 0


async def test_a_page_that_opens_a_screen_gets_no_reference_to_its_window(scene: Scene) -> None:
    page = await scene.lure("")
    async with scene.page.context.expect_page() as popped:
        await page.evaluate("(target) => { globalThis.opened = window.open(target); }", f"{scene.on.origin}/sites/")
    await (await popped.value).get_by_role("heading", name="Sites").wait_for()
    assert await page.evaluate("opened.closed")


async def test_names_and_blocks_are_never_markup(scene: Scene) -> None:
    """Stored XSS: names of sites, pages, folders, people and applications, texts and codes of blocks."""
    portal = scene.on.portal
    site_id = await portal.site("evil", TITLE=ATTACK, DESCRIPTION=ATTACK)
    folder = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": ATTACK, "CODE": "f"})
    page_id = await portal.page(site_id, TITLE=ATTACK)
    await portal.page(site_id, "second", TITLE=ATTACK, FOLDER_ID=folder)
    block_id = await portal.block(page_id)
    data = {".landing-block-node-title": ATTACK, ".landing-block-node-text": ATTACK}
    await portal.call("landing.block.updatenodes", lid=page_id, block=block_id, data=data)
    await portal.call("landing.landing.publication", lid=page_id)
    scene.on.register(title=ATTACK, handler_url=f"{scene.on.app.origin}/app")

    def rename(tx: Tx) -> None:
        tx.update(users, portal.id, portal.admin_id, name=ATTACK[:90], last_name=ATTACK[:90])

    portal.parts.db.write_here(rename)
    screens = [
        "/sites/",
        f"/sites/?q={ATTACK[:20]}%22%3E%3Cimg%20src=x%20onerror=alert(9)%3E",
        f"/sites/{site_id}/",
        f"/sites/{site_id}/pages/{page_id}/",
        "/account/",
        "/apps/",
        "/sites/new?type=%22%3E%3Cimg%20src=x%20onerror=alert(9)%3E",
        "/sign-in/nothing%22%3E%3Cimg%20src=x%20onerror=alert(9)%3E",
    ]
    for path in screens:
        await scene.page.goto(scene.on.origin + path)
        assert await scene.page.locator("img[src='x'], svg[onload], a[href^=javascript]").count() == 0, path
        assert "49" not in (await scene.page.inner_text("body")).partition("7*7")[0][-20:], path
    # Messages after actions contain these names.
    await scene.page.goto(f"{scene.on.origin}/sites/")
    await scene.page.locator(f"#site-{site_id} summary").press("Enter")
    await scene.page.locator(f"#site-{site_id}").get_by_role("button", name="Take offline").press("Enter")
    await scene.page.get_by_role("status").get_by_text("is offline.").wait_for()
    assert await scene.page.locator("img[src='x'], svg[onload], a[href^=javascript]").count() == 0
    assert scene.dialogs == []
    assert [alarm for alarm in scene.on.alarms if "404" not in alarm] == []


async def test_the_sign_in_redirects_to_the_portal_only(scene: Scene) -> None:
    """With the address parser of a browser, which accepts more than ours. Signed-in users are redirected at once."""
    for goal in (
        "https://app-two.localhost/",
        "//app-two.localhost/",
        "/\\app-two.localhost/",
        "/%2F/app-two.localhost",
        "/\t/app-two.localhost/",
        "javascript:alert(1)",
        "http:app-two.localhost",
    ):
        await scene.page.goto(f"{scene.on.origin}/sign-in/?next={quote(goal, safe='')}")
        assert scene.page.url.startswith(f"{scene.on.origin}/"), goal
        assert "/sign-in/" not in scene.page.url, goal
    assert scene.dialogs == []
