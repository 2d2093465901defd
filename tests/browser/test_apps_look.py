"""Screens of applications: no serious barrier known to axe-core, no wider than a phone, light and dark."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from browser.look import Look
from browser.stage import stage
from landingpad.domain.people import oauth
from support.portal import Portal

LONG = "Инвентаризация витрин и складов для всех магазинов Северо-Западного округа / لوحة متابعة المبيعات"
BODY = "<style>:root { color-scheme: light dark; } body { font: 15px system-ui; margin: 20px; }</style><p>Hello</p>"


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=[1280, 390])
def width(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


@pytest.fixture
async def look(portal: Portal, browser: Browser, scheme: str, width: int) -> AsyncIterator[Look]:
    with stage(portal) as on:
        on.app.page("/app", BODY, script=f"{on.origin}/api/v1/")
        page = await on.sign_in(browser, color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 844})
        yield Look(on, page, f"{width}-{scheme}")
        await page.context.close()


async def test_the_list_of_applications(look: Look) -> None:
    await look.page.goto(f"{look.on.origin}/apps/")
    await look.check("apps-empty")
    for title in ("Site pictures", LONG, "Tax"):
        look.on.register(title=title)
    look.on.register(title="Not yet", install_url=f"{look.on.app.origin}/install")
    await look.page.goto(f"{look.on.origin}/apps/")
    await look.check("apps")


async def test_an_application_with_slider_and_dialog(look: Look) -> None:
    app = look.on.register(title="Site pictures")
    frame = await look.on.open(look.page, app)
    await look.check("app")
    await frame.evaluate("BX24.init(() => BX24.openApplication({}, null, {title: 'Details', label: {text: 'new'}}))")
    await look.on.frame(look.page, ".slider iframe")
    await look.check("app-slider")
    await look.page.keyboard.press("Escape")
    await look.page.locator(".slider").wait_for(state="detached")
    await frame.evaluate("BX24.selectUsers(() => undefined)")
    await look.page.get_by_role("checkbox", name="Ada").check()
    await look.check("app-choice")
    await look.page.get_by_role("searchbox").fill("nobody of this name")
    await look.page.get_by_text("There is nobody of this name.").wait_for()
    await look.check("app-choice-empty")


async def test_an_application_with_a_long_name_that_cannot_be_shown(look: Look) -> None:
    app = look.on.register(title=LONG)
    await look.on.open(look.page, app)
    await look.check("app-long")
    own = look.on.register(title="Own", handler_url=f"{look.on.origin}/x")
    await look.page.goto(f"{look.on.origin}/apps/{own.id}/")
    await look.check("app-refused")


async def test_a_widget_beside_a_block(look: Look) -> None:
    portal, app = look.on.portal, look.on.register(title="Texts")
    portal.tokens["mine"] = portal.parts.db.write_here(
        lambda tx: oauth.grant_directly(tx, app, portal.admin_id, 10**14)
    ).access_token
    fields = {
        "PLACEMENT": "LANDING_BLOCK_*",
        "PLACEMENT_HANDLER": f"{look.on.app.origin}/app",
        "TITLE": "Write the text anew",
    }
    await portal.call("landing.repo.bind", by="mine", fields=fields)
    await portal.call("landing.repo.bind", by="mine", fields={**fields, "PLACEMENT": "LANDING_SETTINGS", "TITLE": LONG})
    site_id, page_id, _ = await portal.published()
    block_id = (await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": 1}))[0]["id"]
    await look.page.goto(f"{look.on.origin}/sites/{site_id}/pages/{page_id}/")
    await look.check("page-widgets")
    await look.page.get_by_role("link", name="Write the text anew").click()
    frame = await look.on.frame(look.page)
    shown = look.page.frame_locator(".block-shown")
    await shown.get_by_text("Plan your project").wait_for()
    await look.check("app-block")
    # The application changes the block and refreshes it.
    script = (
        "([lid, block]) => new Promise((done) => BX24.init(() => BX24.callMethod('landing.block.updatenodes',"
        " {lid, block, data: {'.landing-block-node-title': 'Written anew'}},"
        " (result) => BX24.placement.call('refreshBlock', {id: block}, () => done(String(result.error()))))))"
    )
    result = await asyncio.wait_for(frame.evaluate(script, [page_id, block_id]), 30)
    assert result == "undefined"
    await shown.get_by_text("Written anew").wait_for()
