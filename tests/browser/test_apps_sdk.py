"""The unmodified npm package @bitrix24/b24jssdk in a frame of a real portal."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from browser.stage import Stage, stage
from landingpad.store.db.query import Statement
from landingpad.store.tables.app import tokens
from support.portal import Portal

BODY = """<script>
let begun;
const use = async (work, given) => work(await (begun ??= B24Js.initializeB24Frame()), given);
</script>"""


class Opened:
    """An application with the SDK, opened by the administrator."""

    def __init__(self, on: Stage, page: Page) -> None:
        self.on, self.page = on, page

    async def use(self, work: str, given: Any = None) -> Any:
        """Run a function in the application; it gets the SDK's object and `given`."""
        frame = await self.on.frame(self.page)
        return await frame.evaluate(f"(given) => use({work}, given)", given)


@pytest.fixture
async def opened(portal: Portal, browser: Browser) -> AsyncIterator[Opened]:
    with stage(portal) as on:
        on.app.page("/app", BODY, script="/b24jssdk.js")
        page = await on.sign_in(browser)
        await on.open(page, on.register())
        yield Opened(on, page)
        await page.context.close()


async def test_it_starts_with_the_data_of_its_frame(opened: Opened) -> None:
    answer = await opened.use(
        "(b24) => [b24.isInit, b24.isFirstRun, b24.isInstallMode, b24.auth.isAdmin, b24.getLang(),"
        " b24.getTargetOrigin(), b24.placement.title, b24.placement.options, b24.auth.getAuthData().domain]"
    )
    assert answer[:5] == [True, True, False, True, "en"]
    assert answer[5] == opened.on.origin
    assert answer[6:8] == ["DEFAULT", {}]
    assert opened.on.alarms == []


async def test_it_calls_the_api(opened: Opened) -> None:
    """Across origins, with the preflight request for JSON; single calls and batches."""
    site_id, _, _ = await opened.on.portal.published()
    answer = await opened.use(
        "async (b24, id) => { const one = await b24.callMethod('landing.site.getPreview', {id});"
        " const many = await b24.callBatch({list: {method: 'landing.site.getList', params: {}},"
        " preview: {method: 'landing.site.getPreview', params: {id}}}, true);"
        " let problem = ''; try { await b24.callMethod('landing.site.getPreview', {}); }"
        " catch (error) { problem = error.code; }"
        " return [one.getData().result, many.getData().preview, problem]; }",
        site_id,
    )
    assert answer[0] == answer[1]
    assert answer[0].endswith("preview.jpg")
    assert answer[2] == "MISSING_PARAMS"


async def test_it_gets_new_tokens(opened: Opened) -> None:
    before = await opened.use("(b24) => b24.auth.getAuthData().access_token")
    after = await opened.use("async (b24) => (await b24.auth.refreshAuth()).access_token")
    assert before != after
    opened.on.portal.parts.db.write_here(lambda tx: tx.run(Statement(tokens.update().values(expires_at=1))))
    answer = await opened.use("async (b24) => (await b24.callMethod('user.current', {})).getData().result.ID")
    assert answer == str(opened.on.portal.admin_id)


async def test_options_are_stored_and_the_window_obeys(opened: Opened) -> None:
    await opened.use("async (b24) => { await b24.options.appSet('k', 'v'); await b24.options.userSet('u', 5); }")
    call = opened.on.portal.call
    answer = await opened.use(
        "async (b24) => [(await b24.callMethod('app.option.get', {})).getData().result,"
        " (await b24.callMethod('user.option.get', {})).getData().result,"
        " b24.options.appGet('k'), b24.options.userGet('u')]"
    )
    assert answer == [{"k": "v"}, {"u": 5}, "v", 5]
    assert await call("app.option.get", by="app") == {}
    page = opened.page
    await opened.use(
        "async (b24) => { await b24.parent.setTitle('A title: with, a colon');"
        " await b24.parent.resizeWindow(700, 1500); await b24.parent.scrollParentWindow(200); }"
    )
    assert await page.inner_text("#pagetitle") == "A title: with, a colon"
    assert await page.evaluate("document.querySelector('.app-holder').offsetHeight") == 1500
    assert await page.evaluate("scrollY") == 200
    assert await opened.use("(b24) => b24.placement.getInterface()") == {"command": [], "event": []}


async def test_sliders_and_dialogs_open(opened: Opened) -> None:
    page = opened.page
    closed = asyncio.ensure_future(
        opened.use("(b24) => b24.slider.openSliderAppPage({screen: 'details', bx24_title: 'More'})")
    )
    inner = await opened.on.frame(page, ".slider iframe")
    assert await inner.evaluate("() => use((b24) => b24.placement.options.screen)") == "details"
    await page.get_by_role("dialog", name="More").get_by_role("button", name="Close").click()
    await closed
    chosen = asyncio.ensure_future(opened.use("(b24) => b24.dialog.selectUser()"))
    dialog = page.get_by_role("dialog", name="Choose a person")
    await dialog.get_by_role("radio", name="Sam").check()
    await dialog.get_by_role("button", name="Choose").click()
    assert (await chosen)["name"] == "Sam"
    assert opened.on.alarms == []


async def test_the_installation_can_be_finished(opened: Opened) -> None:
    on, page = opened.on, opened.page
    on.app.page("/install", BODY, script="/b24jssdk.js")
    app = on.register(title="Second", install_url=f"{on.app.origin}/install")
    await on.open(page, app)
    assert await opened.use("(b24) => [b24.isInstallMode, b24.isFirstRun]") == [True, True]
    async with page.expect_navigation(url="**/?install_finished=Y"):
        await opened.use("(b24) => { b24.installFinish(); }")
    assert await opened.use("(b24) => [b24.isInstallMode, b24.isFirstRun]") == [False, False]
    assert on.app.posted[-1].path == "/app"
