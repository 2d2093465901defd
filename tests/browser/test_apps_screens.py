"""Screens of applications: no serious barrier known to axe-core, no wider than a phone, light and dark."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from browser.checked_page import CheckedPage
from browser.stage import stage
from landingpad.domain.people import oauth
from support.portal import Portal

LONG = "Инвентаризация витрин и складов для всех магазинов Северо-Западного округа / لوحة متابعة المبيعات"
BODY = "<style>:root { color-scheme: light dark; } body { font: 15px system-ui; margin: 20px; }</style><p>Hello</p>"


@pytest.fixture(params=["light", pytest.param("dark", marks=pytest.mark.long)])
def scheme(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=[1280, pytest.param(390, marks=pytest.mark.long)])
def width(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture
async def checked(portal: Portal, browser: Browser, scheme: str, width: int) -> AsyncIterator[CheckedPage]:
    with stage(portal) as on:
        on.app.page("/app", BODY, script=f"{on.origin}/api/v1/")
        page = await on.sign_in(browser, color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 844})
        yield CheckedPage(on, page, f"{width}-{scheme}")
        await page.context.close()


async def test_the_list_of_applications(checked: CheckedPage) -> None:
    await checked.page.goto(f"{checked.on.origin}/apps/")
    await checked.check("apps-empty")
    for title in ("Site pictures", LONG, "Tax"):
        checked.on.register(title=title)
    checked.on.register(title="Not yet", install_url=f"{checked.on.app.origin}/install")
    await checked.page.goto(f"{checked.on.origin}/apps/")
    await checked.check("apps")


async def test_an_application_with_slider_and_dialog(checked: CheckedPage) -> None:
    app = checked.on.register(title="Site pictures")
    frame = await checked.on.open(checked.page, app)
    await checked.check("app")
    await frame.evaluate("BX24.init(() => BX24.openApplication({}, null, {title: 'Details', label: {text: 'new'}}))")
    await checked.on.frame(checked.page, ".slider iframe")
    await checked.check("app-slider")
    await checked.page.keyboard.press("Escape")
    await checked.page.locator(".slider").wait_for(state="detached")
    await frame.evaluate("BX24.selectUsers(() => undefined)")
    await checked.page.get_by_role("checkbox", name="Ada").check()
    await checked.check("app-choice")
    await checked.page.get_by_role("searchbox").fill("nobody of this name")
    await checked.page.get_by_text("No match for this name.").wait_for()
    await checked.check("app-choice-empty")


async def test_an_application_with_a_long_name_that_cannot_be_shown(checked: CheckedPage) -> None:
    app = checked.on.register(title=LONG)
    await checked.on.open(checked.page, app)
    await checked.check("app-long")
    own = checked.on.register(title="Own", handler_url=f"{checked.on.origin}/x")
    await checked.page.goto(f"{checked.on.origin}/apps/{own.id}/")
    await checked.check("app-refused")


async def test_a_widget_beside_a_block(checked: CheckedPage) -> None:
    portal, app = checked.on.portal, checked.on.register(title="Texts")
    portal.tokens["mine"] = portal.parts.db.write_here(
        lambda tx: oauth.grant_directly(tx, app, portal.admin_id, 10**14)
    ).access_token
    fields = {
        "PLACEMENT": "LANDING_BLOCK_*",
        "PLACEMENT_HANDLER": f"{checked.on.app.origin}/app",
        "TITLE": "Write the text anew",
    }
    await portal.call("landing.repo.bind", by="mine", fields=fields)
    await portal.call("landing.repo.bind", by="mine", fields={**fields, "PLACEMENT": "LANDING_SETTINGS", "TITLE": LONG})
    site_id, page_id, _ = await portal.published()
    block_id = (await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": 1}))[0]["id"]
    await checked.page.goto(f"{checked.on.origin}/sites/{site_id}/pages/{page_id}/")
    await checked.check("page-widgets")
    await checked.page.get_by_role("link", name="Write the text anew").click()
    frame = await checked.on.frame(checked.page)
    shown = checked.page.frame_locator(".block-shown")
    await shown.get_by_text("Plan your project").wait_for()
    await checked.check("app-block")
    # The application changes the block and refreshes it.
    script = (
        "([lid, block]) => new Promise((done) => BX24.init(() => BX24.callMethod('landing.block.updatenodes',"
        " {lid, block, data: {'.landing-block-node-title': 'Written anew'}},"
        " (result) => BX24.placement.call('refreshBlock', {id: block}, () => done(String(result.error()))))))"
    )
    result = await asyncio.wait_for(frame.evaluate(script, [page_id, block_id]), 30)
    assert result == "undefined"
    await shown.get_by_text("Written anew").wait_for()
