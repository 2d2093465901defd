"""Our BX24 script in a frame of a real portal: it works as documented, in a real browser."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Frame, Page

from browser.stage import Stage, stage
from landingpad.domain.people import people
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.tables.app import tokens
from support.portal import Portal

BODY = """<script>
const heard = [];
/** Runs after BX24.init and gives what its callback is called with. */
const ask = (work) => new Promise((resolve) => BX24.init(() => work(resolve)));
const call = (method, params) => ask((done) => BX24.callMethod(method, params, done));
</script>"""


class Opened:
    """An application with our script, opened by the administrator."""

    def __init__(self, on: Stage, page: Page, frame: Frame) -> None:
        self.on, self.page, self.frame = on, page, frame

    async def ask(self, work: str, given: Any = None) -> Any:
        """Run a function in the application after BX24.init; it gets `done` and `given`."""
        return await self.frame.evaluate(f"(given) => ask((done) => ({work})(done, given))", given)


@pytest.fixture
async def opened(portal: Portal, browser: Browser) -> AsyncIterator[Opened]:
    with stage(portal) as on:
        on.app.page("/app", BODY, script=f"{on.origin}/api/v1/")
        page = await on.sign_in(browser)
        yield Opened(on, page, await on.open(page, on.register()))
        await page.context.close()


async def test_it_knows_user_portal_and_placement(opened: Opened) -> None:
    answer = await opened.ask(
        "(done) => done([BX24.isAdmin(), BX24.getLang(), BX24.getDomain(), BX24.placement.info(), BX24.getAuth(),"
        " BX24.isReady(), BX24.canUse('upload')])"
    )
    auth = answer.pop(4)
    host = opened.on.origin.removeprefix("http://")
    assert answer == [True, "en", host, {"placement": "DEFAULT", "options": {}}, True, True]
    assert set(auth) == {"access_token", "refresh_token", "expires_in", "domain", "member_id"}
    assert 3500 < auth["expires_in"] / 1000 - time.time() <= 3600  # the moment, in milliseconds
    assert auth["domain"] == host
    assert opened.on.alarms == []


async def test_calls_with_parameters_of_every_shape(opened: Opened) -> None:
    made = await opened.ask(
        "(done) => BX24.callMethod('landing.site.add', {fields: {TITLE: 'Кафе & Co. = 100%', CODE: 'cafe',"
        " ADDITIONAL_FIELDS: {THEME_COLOR: '#aabbcc'}}}, (result) => done([result.data(), result.error() === undefined,"
        " typeof result.time().duration]))"
    )
    site_id, went_well, timed = made
    assert (went_well, timed) == (True, "number")
    sites = await opened.on.portal.call("landing.site.getList", params={"filter": {"ID": site_id}})
    assert sites[0]["TITLE"] == "Кафе & Co. = 100%"
    found = await opened.ask(
        "(done, id) => BX24.callMethod('landing.site.getList', {params: {select: ['ID', 'CODE'], filter: {ID: id},"
        " order: {}}}, (result) => done(result.data()))",
        site_id,
    )
    assert [(site["ID"], site["CODE"]) for site in found] == [(str(site_id), "/cafe/")]


async def test_errors_are_as_documented(opened: Opened) -> None:
    answer = await opened.ask(
        "(done) => BX24.callMethod('landing.site.getPreview', {}, (result) => { const error = result.error();"
        " done([result.data() === undefined, error.status, error.ex, error.getError(), error.getStatus(),"
        " String(error), result.error_description(), result.more()]); })"
    )
    description = answer[2]["error_description"]
    assert answer[0] is True
    assert answer[1] == answer[4] == 400
    assert answer[2] == answer[3] == {"error": "MISSING_PARAMS", "error_description": description}
    assert answer[5] == f"MISSING_PARAMS: {description} (400)"
    assert answer[6:] == [description, False]


async def test_lists_are_read_page_by_page(opened: Opened) -> None:
    """50 at a time: next() requests the next page with the same callback, and returns false after the last page."""
    portal = opened.on.portal

    def work(tx: Tx) -> None:
        for number in range(60):
            people.add_user(tx, portal.id, login=f"p{number}", name=f"P{number}", now_ms=0)

    portal.parts.db.write_here(work)
    answer = await opened.ask(
        "(done) => { const pages = []; BX24.callMethod('user.get', {sort: 'ID', order: 'ASC'}, (result) => {"
        " pages.push(result.data().length); if (result.more()) { const sent = result.next();"
        " pages.push(sent instanceof XMLHttpRequest); } else done([pages, result.total(), result.next()]); }); }"
    )
    assert answer == [[50, True, 12], 62, False]


async def test_batches_return_results_by_key(opened: Opened) -> None:
    """Results have the keys of the calls, later calls use earlier answers, and `halt` stops at the first error."""
    site_id, _, _ = await opened.on.portal.published()
    answer = await opened.ask(
        "(done, id) => BX24.callBatch({list: ['landing.site.getList', {params: {filter: {ID: id}, select: ['ID']}}],"
        " preview: {method: 'landing.site.getPreview', params: {id: '$result[list][0][ID]'}},"
        " wrong: ['no.such.method', {}]}, (results) => done([Object.keys(results), results.list.data(),"
        " results.preview.data(), results.wrong.error().ex.error, results.preview.error() === undefined,"
        " results.list.more(), typeof results.preview.time().duration]))",
        site_id,
    )
    keys, listed, preview, wrong, went_well, more, timed = answer
    assert keys == ["list", "preview", "wrong"]
    assert [site["ID"] for site in listed] == [str(site_id)]
    assert preview.endswith("preview.jpg")
    assert (wrong, went_well, more, timed) == ("ERROR_METHOD_NOT_FOUND", True, False, "number")
    halted = await opened.ask(
        "(done) => BX24.callBatch([['no.such.method', {}], ['user.current', {}]],"
        " (results) => done([Array.isArray(results), results.length, 1 in results]), true)"
    )
    assert halted == [True, 1, False]


async def test_tokens_are_renewed(opened: Opened) -> None:
    """On request, and automatically when the portal reports that they expired: the call is repeated."""
    before = await opened.ask("(done) => done(BX24.getAuth())")
    after = await opened.ask("(done) => BX24.refreshAuth(done)")
    assert before["access_token"] != after["access_token"]
    assert before["refresh_token"] != after["refresh_token"]
    db = opened.on.portal.parts.db
    db.write_here(lambda tx: tx.run(Statement(tokens.update().values(expires_at=1))))
    answer = await opened.ask(
        "(done) => BX24.callMethod('user.current', {}, (result) => done([result.data().ID,"
        " BX24.getAuth().access_token]))"
    )
    assert answer[0] == str(opened.on.portal.admin_id)
    assert answer[1] != after["access_token"]


async def test_options_are_kept(opened: Opened) -> None:
    """The portal stores them: the application finds them at its next start, and its server by the API."""
    answer = await opened.ask(
        "(done) => BX24.appOption.set('color', {r: 1}, (all) => { BX24.userOption.set('seen', true);"
        " done([all, BX24.appOption.get('color'), BX24.userOption.get('seen')]); })"
    )
    assert answer == [{"color": {"r": 1}}, {"r": 1}, True]
    for by in ("appOption", "userOption"):  # options set without a callback arrive at any time
        await opened.frame.wait_for_function(
            "async (method) => Object.keys((await call(method, {})).data()).length > 0",
            arg=by.replace("Option", ".option.get"),
        )
    await opened.page.reload()
    again = await opened.on.frame(opened.page)
    kept = await again.evaluate("() => ask((done) => done([BX24.appOption.get('color'), BX24.userOption.get('seen')]))")
    assert kept == [{"r": 1}, True]


async def test_title_size_and_scroll_position_of_the_window(opened: Opened) -> None:
    page = opened.page
    assert await opened.ask("(done) => BX24.setTitle('<b>New</b> title', done)") == {"title": "<b>New</b> title"}
    assert await page.inner_text("#pagetitle") == "<b>New</b> title"
    size = await opened.ask("(done) => BX24.resizeWindow(500, 1400, done)")
    assert size == {"width": 500, "height": 1400}
    assert await page.evaluate("document.querySelector('.app-holder').offsetHeight") == 1400
    await opened.ask("(done) => BX24.scrollParentWindow(300, done)")
    assert await page.evaluate("scrollY") == 300
    await opened.frame.evaluate("document.querySelector('main').style.height = '777px'")
    fitted = await opened.ask("(done) => BX24.fitWindow(done)")
    assert 777 <= fitted["height"] < 900
    assert fitted["width"] > 900
    async with page.expect_navigation():
        await opened.frame.evaluate("BX24.reloadWindow()")


async def test_commands_of_the_placement(opened: Opened) -> None:
    assert await opened.ask("(done) => BX24.placement.getInterface(done)") == {"command": [], "event": []}
    refused = await opened.ask("(done) => BX24.openPath('/crm/deal/details/5/', done)")
    assert refused == {"result": "error", "errorCode": "PATH_NOT_AVAILABLE"}
    # Commands unknown to the placement get no answer and cause no error.
    heard = await opened.ask(
        "(done) => { let heard = 0; BX24.placement.call('refreshBlock', {id: 1}, () => { heard += 1; });"
        " BX24.placement.call('constructor', {}, () => { heard += 1; });"
        " BX24.placement.bindEvent('No::Event', () => { heard += 1; });"
        " BX24.placement.getInterface(() => done(heard)); }"
    )
    assert heard == 0
    assert opened.on.alarms == []


async def test_open_application_shows_it_in_a_slider(opened: Opened) -> None:
    page = opened.page
    closed = asyncio.ensure_future(
        opened.ask(
            "(done) => BX24.openApplication({opened: 7}, () => done('closed'),"
            " {width: 450, title: 'Details', label: {text: 'new'}})"
        )
    )
    inner = await opened.on.frame(page, ".slider iframe")
    assert await page.get_by_role("dialog", name="Details").is_visible()
    info = await inner.evaluate("() => ask((done) => done(BX24.placement.info()))")
    assert info["placement"] == "DEFAULT"
    assert info["options"]["opened"] == 7
    assert info["options"]["URI"].startswith("/apps/")
    assert '"opened": 7' in opened.on.app.posted[-1].body["PLACEMENT_OPTIONS"]
    await inner.evaluate("BX24.init(() => BX24.closeApplication())")
    assert await closed == "closed"
    assert await page.locator(".slider").count() == 0


async def test_people_are_chosen_in_a_dialog_of_the_portal(opened: Opened) -> None:
    portal, page = opened.on.portal, opened.page
    one = asyncio.ensure_future(opened.ask("(done) => BX24.selectUser(done)"))
    dialog = page.get_by_role("dialog", name="Choose a person")
    await dialog.get_by_role("searchbox").fill("Sam")
    await dialog.get_by_text("Ada").wait_for(state="detached")
    await dialog.get_by_role("radio", name="Sam").check()
    await dialog.get_by_role("button", name="Choose").click()
    chosen = await one
    assert (chosen["id"], chosen["name"]) == (portal.plain_id, "Sam")
    many = asyncio.ensure_future(opened.ask("(done) => BX24.selectUsers(done)"))
    dialog = page.get_by_role("dialog", name="Choose people")
    for name in ("Ada", "Sam"):
        await dialog.get_by_role("checkbox", name=name).check()
    await page.keyboard.press("Enter")
    assert [person["name"] for person in await many] == ["Ada", "Sam"]
    codes = asyncio.ensure_future(opened.ask("(done) => BX24.selectAccess(['U1'], done)"))
    dialog = page.get_by_role("dialog", name="Choose who has access")
    assert await dialog.get_by_role("checkbox", name="Ada").is_disabled()
    await dialog.get_by_role("checkbox", name="All signed-in users").check()
    await dialog.get_by_role("button", name="Choose").click()
    assert await codes == [{"id": "AU", "name": "All signed-in users"}]
    # A dialog closed without a choice sends no answer.
    none = await opened.ask(
        "(done) => { let heard = 0; BX24.selectUser(() => { heard += 1; });"
        " setTimeout(() => BX24.placement.getInterface(() => done(heard)), 50); }"
    )
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    assert none == 0


@pytest.mark.parametrize("is_script", [False, True])
async def test_installers_run_first_and_installation_is_finished_by_the_application(
    portal: Portal, browser: Browser, *, is_script: bool
) -> None:
    """Installers run first, once per user; the application reports the end of the installation."""
    with stage(portal) as on:
        on.app.pages["/more.js"] = "log.push('loaded');"
        second = "'/more.js'" if is_script else "() => { log.push('second'); BX24.installFinish(); }"
        body = (
            "<script>const log = []; BX24.init(() => log.push('init'));"
            "BX24.install(() => { log.push('first'); setTimeout(BX24.installFinish, 20); });"
            f"BX24.install({second});</script>"
        )
        for path in ("/app", "/install"):
            on.app.page(path, body, script=f"{on.origin}/api/v1/")
        app = on.register(install_url=f"{on.app.origin}/install")
        plain = await on.sign_in(browser, portal.plain_id)
        await plain.goto(f"{on.origin}/apps/{app.id}/")
        assert "not fully installed yet" in await plain.inner_text("main")

        page = await on.sign_in(browser)
        frame = await on.open(page, app)
        await frame.wait_for_function("log.includes('init')")
        expected = ["first", "loaded" if is_script else "second", "init"]
        assert await frame.evaluate("log") == expected
        assert on.app.posted[-1].path == "/install"
        async with page.expect_navigation(url="**/?install_finished=Y"):
            await frame.evaluate("BX24.installFinish()")
        frame = await on.frame(page)
        assert await page.get_by_role("status").inner_text() == "Mine is installed."
        await frame.wait_for_function("log.includes('init')")
        assert await frame.evaluate("log") == ["init"]
        assert on.app.posted[-1].path == "/app"

        frame = await on.open(plain, app)
        await frame.wait_for_function("log.includes('init')")
        assert await frame.evaluate("log") == expected
        assert on.alarms == ["Failed to load resource: the server responded with a status of 403 (Forbidden)"]
