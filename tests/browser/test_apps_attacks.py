"""Attacks by applications and other pages in a frame of the portal; none of them has an effect."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Frame, Page

from browser.stage import Stage, stage
from landingpad.domain.people import oauth
from landingpad.store.records import Application
from support.portal import Portal

pytestmark = pytest.mark.long

BODY = """<p id="name"></p><script>
const heard = [];
addEventListener("message", (event) => heard.push([event.origin, event.data]));
document.getElementById("name").textContent = window.name;
/** Sends to a window what a client of the protocol sends, and gives what has come back a while later. */
const attempt = async (target, message) => {
  heard.length = 0;
  target.postMessage(message, "*");
  await new Promise((resolve) => setTimeout(resolve, 400));
  return [...heard];
};
</script>"""


class Scene:
    """A portal with an application without our script, opened by the administrator."""

    def __init__(self, on: Stage, page: Page, app: Application, frame: Frame) -> None:
        self.on, self.page, self.app, self.frame = on, page, app, frame

    async def sid(self) -> str:
        """Return the id of the frame; the application knows it too."""
        return (await self.frame.inner_text("#name")).split("|")[2]

    async def attempt(self, message: Any, frame: Frame | None = None, target: str = "parent") -> Any:
        return await (frame or self.frame).evaluate(f"(message) => attempt({target}, message)", message)


@pytest.fixture
async def scene(portal: Portal, browser: Browser) -> AsyncIterator[Scene]:
    with stage(portal) as on:
        on.app.page("/app", BODY, script="data:,")
        on.other.page("/evil", BODY, script="data:,")
        app = on.register()
        page = await on.sign_in(browser)
        yield Scene(on, page, app, await on.open(page, app))
        await page.context.close()


async def test_only_valid_messages_are_answered(scene: Scene) -> None:
    sid = await scene.sid()
    answer = await scene.attempt(f"getInitData:cb:{sid}")
    assert [origin for origin, _ in answer] == [scene.on.origin]
    assert answer[0][1].startswith('cb:{"AUTH_ID"')
    # The format of b24jssdk for commands with a colon in their name.
    by_object = await scene.attempt({"method": "getInterface", "params": "", "callback": "o", "appSid": sid})
    assert by_object == [[scene.on.origin, 'o:{"command":[],"event":[]}']]
    for wrong in (
        "getInitData:cb:0123456789abcdef0123456789abcdef",
        "getInitData:cb:",
        "getInitData",
        "",
        ":::",
        f"getInitData:{{:cb:{sid}",
        f"__proto__:cb:{sid}",
        f"constructor:{{}}:cb:{sid}",
        f"hasOwnProperty:{{}}:cb:{sid}",
        f"noSuchCommand:{{}}:cb:{sid}",
        f"getInitData::{sid}",  # without an id no answer is requested
        {"method": "getInitData", "callback": "o", "appSid": "else"},
        {"method": {}, "callback": "o", "appSid": sid},
        [1, 2, 3],
        None,
        7,
    ):
        assert await scene.attempt(wrong) == [], wrong
    assert scene.on.alarms == []


async def test_a_page_of_another_origin_inside_the_application_gets_nothing(scene: Scene) -> None:
    """It knows the id of the frame and sends messages to the page that answers the application."""
    sid = await scene.sid()
    await scene.frame.evaluate(
        "(src) => { const inner = document.createElement('iframe'); inner.src = src; document.body.append(inner); }",
        f"{scene.on.other.origin}/evil",
    )
    inner = scene.frame.child_frames[0]
    await inner.wait_for_selector("main")
    for target in ("top", "parent", "top.frames[0]"):
        assert await scene.attempt(f"getInitData:cb:{sid}", inner, target) == []
    assert scene.on.alarms == []


async def test_an_allowed_origin_other_than_the_frames_gets_no_answer(portal: Portal, browser: Browser) -> None:
    """A widget and the page of its application have different origins; each frame is answered at its own only."""
    with stage(portal) as on:
        on.app.page("/app", BODY, script="data:,")
        on.other.page("/widget", BODY, script="data:,")
        app = on.register()
        portal.tokens["mine"] = portal.parts.db.write_here(
            lambda tx: oauth.grant_directly(tx, app, portal.admin_id, 10**14)
        ).access_token
        handler = f"{on.other.origin}/widget"
        await portal.call("placement.bind", by="mine", PLACEMENT="LEFT_MENU", HANDLER=handler)
        page = await on.sign_in(browser)
        frame = await on.open(page, app, "/apps/widgets/1/")
        scene = Scene(on, page, app, frame)
        sid = await scene.sid()
        assert len(await scene.attempt(f"getInitData:cb:{sid}")) == 1
        await frame.evaluate("(target) => { location.href = target; }", f"{on.app.origin}/app")
        await frame.wait_for_url(f"{on.app.origin}/app")
        assert await scene.sid() == sid
        assert await scene.attempt(f"getInitData:cb:{sid}") == []
        assert await scene.attempt(f"setTitle:{json.dumps({'title': 'Taken over'})}:cb:{sid}") == []
        assert await page.inner_text("#pagetitle") != "Taken over"


async def test_the_frame_cannot_navigate_to_another_origin(scene: Scene) -> None:
    await scene.frame.evaluate("(target) => { location.href = target; }", f"{scene.on.other.origin}/evil")
    await scene.page.wait_for_timeout(500)
    assert not any(posted.path == "/evil" for posted in scene.on.other.posted)
    assert scene.page.frames[1].url.startswith("chrome-error:") or scene.page.frames[1].url.startswith(
        scene.on.app.origin
    )
    assert any("frame-src" in alarm for alarm in scene.on.alarms)


async def test_the_application_can_neither_read_nor_navigate_the_portal(scene: Scene) -> None:
    address = scene.page.url
    for reach in (
        "parent.document.body.innerHTML",
        "top.document.cookie",
        "top.localStorage.length",
        "frameElement.ownerDocument.title",
        "top.location.href",
    ):
        assert await scene.frame.evaluate(
            f"() => {{ try {{ return String({reach}); }} catch (e) {{ return null; }} }}"
        ) in {
            None,
            "null",
        }, reach
    for leave in ("top.location = 'http://app-two.localhost/'", "window.open('http://app-two.localhost/', '_top')"):
        await scene.frame.evaluate(f"() => {{ try {{ {leave}; }} catch (e) {{ return e.name; }} }}")
    await scene.page.wait_for_timeout(300)
    assert scene.page.url == address
    sandbox = await scene.page.get_attribute(".app-holder iframe", "sandbox")
    assert sandbox is not None
    assert "allow-top-navigation" not in sandbox
    assert "allow-popups" in sandbox


async def test_another_application_gets_no_answer_from_a_window_that_it_opens(scene: Scene) -> None:
    """It opens the page of the first application and sends messages to that page and to its frame."""
    on = scene.on
    on.other.page("/app", BODY, script="data:,")
    other = on.register(title="Other", handler_url=f"{on.other.origin}/app")
    mine = await scene.sid()
    frame = await on.open(scene.page, other)
    async with scene.page.context.expect_page() as popped:
        await frame.evaluate(
            "(target) => { globalThis.opened = window.open(target); }", f"{on.origin}/apps/{scene.app.id}/"
        )
    window = await popped.value
    await on.frame(window)
    theirs = (await (await on.frame(window)).inner_text("#name")).split("|")[2]
    for sid in (mine, theirs, (await frame.inner_text("#name")).split("|")[2]):
        assert await scene.attempt(f"getInitData:cb:{sid}", frame, "opened") == []
    assert await frame.evaluate("() => opened.closed")  # it looks closed: the browser cut the connection


async def test_an_application_gets_messages_from_a_window_of_another_site(scene: Scene) -> None:
    """Needed to sign in to other services."""
    async with scene.page.context.expect_page() as popped:
        await scene.frame.evaluate("(target) => { window.open(target); }", f"{scene.on.other.origin}/evil")
    await (await popped.value).evaluate("opener.postMessage('signed in', '*')")
    await scene.frame.wait_for_function("heard.length === 1")
    assert await scene.frame.evaluate("heard") == [[scene.on.other.origin, "signed in"]]


async def test_other_sites_get_no_reference_to_windows_of_the_portal(scene: Scene) -> None:
    """Another site opens the page of an application to send it messages; the browser cuts the connection."""
    page = await scene.page.context.new_page()
    await page.goto(f"{scene.on.other.origin}/evil")
    async with scene.page.context.expect_page() as popped:
        await page.evaluate("(target) => { globalThis.opened = window.open(target); }", scene.page.url)
    await scene.on.frame(await popped.value)
    assert await page.evaluate("() => opened.closed")


async def test_tokens_of_one_application_are_useless_for_another(scene: Scene) -> None:
    on = scene.on
    on.other.page("/app", BODY, script="data:,")
    other = on.register(title="Other", handler_url=f"{on.other.origin}/app")
    sid = await scene.sid()
    init = json.loads((await scene.attempt(f"getInitData:cb:{sid}"))[0][1].partition(":")[2])
    on.portal.tokens["first"] = init["AUTH_ID"]
    await on.portal.call("app.option.set", by="first", options={"secret": 1})
    frame = await on.open(scene.page, other)
    sid = (await frame.inner_text("#name")).split("|")[2]
    init = json.loads((await scene.attempt(f"getInitData:cb:{sid}", frame))[0][1].partition(":")[2])
    on.portal.tokens["second"] = init["AUTH_ID"]
    assert await on.portal.call("app.option.get", by="second") == {}
    assert init["APP_OPTIONS"] == {}
    assert (await on.portal.call("app.info", by="second"))["ID"] == other.id


async def test_our_script_accepts_messages_of_the_portal_only(portal: Portal, browser: Browser) -> None:
    """A page inside the application cannot answer in place of the portal."""
    with stage(portal) as on:
        on.app.page(
            "/app",
            "<script>const ids = []; const post = parent.postMessage.bind(parent);"
            "const got = []; BX24.init(() => { BX24.placement.getInterface((answer) => got.push(answer)); });</script>",
            script=f"{on.origin}/api/v1/",
        )
        on.other.page("/evil", BODY, script="data:,")
        page = await on.sign_in(browser)
        frame = await on.open(page, on.register())
        await frame.wait_for_function("got.length === 1")
        asked = await frame.evaluate(
            "(src) => new Promise((resolve) => { const random = crypto.getRandomValues.bind(crypto);"
            " crypto.getRandomValues = (bytes) => bytes.fill(7);"
            " BX24.placement.bindEvent('never', (answer) => got.push(answer)); crypto.getRandomValues = random;"
            " const inner = document.createElement('iframe'); inner.src = src;"
            " inner.onload = () => resolve('07'.repeat(16)); document.body.append(inner); })",
            f"{on.other.origin}/evil",
        )
        inner = frame.child_frames[0]
        await inner.evaluate("(id) => parent.postMessage(`${id}:{\"forged\":1}`, '*')", asked)
        await page.wait_for_timeout(300)
        assert await frame.evaluate("got.length") == 1


async def test_the_page_around_an_application_cannot_be_framed(scene: Scene) -> None:
    scene.on.other.page("/trap", f'<iframe src="{scene.page.url}"></iframe>', script="data:,")
    await scene.page.goto(f"{scene.on.other.origin}/trap")
    inner = scene.page.frames[1]
    await scene.page.wait_for_timeout(300)
    assert not inner.url.startswith(scene.on.origin)


@pytest.mark.parametrize("mark", ["title", "setTitle", "slider"])
async def test_names_are_never_markup(portal: Portal, browser: Browser, mark: str) -> None:
    """An application's title, and the titles that it sets later."""
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    with stage(portal) as on:
        on.app.page("/app", BODY, script=f"{on.origin}/api/v1/")
        app = on.register(title=attack if mark == "title" else "Mine")
        page = await on.sign_in(browser)
        page.on("dialog", lambda dialog: on.alarms.append(dialog.message))
        frame = await on.open(page, app)
        if mark == "setTitle":
            await frame.evaluate("(text) => new Promise((done) => BX24.init(() => BX24.setTitle(text, done)))", attack)
        if mark == "slider":
            await frame.evaluate(
                "(text) => BX24.init(() => BX24.openApplication({}, null, {title: text, label: {text}}))", attack
            )
            await on.frame(page, ".slider iframe")
        where = ".slider h2" if mark == "slider" else "#pagetitle"
        assert await page.inner_text(where) == attack
        assert await page.locator("img[src=x]").count() == 0
        assert on.alarms == []
