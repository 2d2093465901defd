"""Screens of the developer area: no serious barrier, no wider than a phone, usable by keyboard, light and dark."""

import os
import time
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Dialog

from browser.checked_page import CheckedPage
from browser.stage import stage
from landingpad.domain.people import oauth
from landingpad.domain.people.portals import SCOPES, add_user, add_webhook
from landingpad.rpc.journal import CallRecord
from landingpad.rpc.limits import LimitMode
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Statement
from landingpad.store.people import roles
from landingpad.store.tables.app import apps
from landingpad.store.tables.site import users, webhooks
from support.control import order
from support.portal import Portal
from support.web import begin_session

pytestmark = pytest.mark.long

SCREENS = [(1280, "light"), pytest.param((390, "dark"), marks=pytest.mark.long)]
if os.environ.get("LANDINGPAD_SCREENSHOTS"):
    SCREENS += [(1280, "dark"), (390, "light")]
LONG = "Инвентаризация витрин и складов для всех магазинов Северо-Западного округа / لوحة متابعة المبيعات اليومية"
ARABIC = "تقرير المبيعات الليلي"
UNBROKEN = "nightly_export_of_everything_that_there_is_" * 4


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> tuple[int, str]:
    found: tuple[int, str] = request.param
    return found


@pytest.fixture
async def checked(portal: Portal, browser: Browser, screen: tuple[int, str]) -> AsyncIterator[CheckedPage]:
    width, scheme = screen
    with stage(portal) as on:
        page = await on.sign_in(browser, color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 844})
        yield CheckedPage(on, page, f"{width}-{scheme}", strict=True)
        await page.context.close()
    # A refused form is an answer with 422, which browsers log as an error.
    assert [alarm for alarm in on.alarms if "status of 422" not in alarm] == []


async def test_webhooks(checked: CheckedPage) -> None:
    page, portal, path = checked.page, checked.on.portal, f"{checked.on.origin}/developer/webhooks/"
    now_ms = int(time.time() * 1000)

    def fill(tx: Tx) -> None:
        for number, title in enumerate((LONG, ARABIC, UNBROKEN, "Night")):
            scopes = SCOPES if number % 2 else ["landing"]
            made_at = now_ms - number * 10**7
            add_webhook(tx, portal.id, portal.admin_id, scopes=scopes, title=title, now_ms=made_at)
        add_webhook(tx, portal.id, portal.plain_id, scopes=["landing"], title="Old", now_ms=1, expires_at=2)

    await portal.call("server.time")
    portal.parts.uses.store()
    portal.parts.db.write_here(fill)
    await page.goto(path)
    await checked.check("webhooks")
    await page.get_by_role("link", name="New webhook").click()
    await checked.check("webhook-new")
    await page.get_by_label("Name").fill("Weekly")
    await page.get_by_role("checkbox", name="user_brief").check()
    await page.get_by_role("button", name="Make the webhook").press("Enter")
    await page.get_by_text("Your new webhook").wait_for()
    await checked.check("webhook-made")
    assert page.url == path, "a reload shows the list and creates nothing"
    await page.reload()
    assert await page.get_by_text("Your new webhook").count() == 0
    assert await page.get_by_role("heading", name="Weekly").count() == 1
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Revoke Weekly").click()
    await page.get_by_role("button", name="Close").click()
    await page.get_by_text("Revoked: 1").click()
    await checked.check("webhook-revoked")


async def test_local_applications(checked: CheckedPage) -> None:
    page, on, path = checked.page, checked.on, f"{checked.on.origin}/developer/apps/"
    on.portal.parts.db.write_here(lambda tx: tx.run(Statement(apps.delete())))
    await page.goto(path)
    await checked.check("local-apps-empty")
    await page.get_by_role("link", name="New application").click()
    await checked.check("local-app-new")
    await page.get_by_label("Name").fill(LONG)
    await page.get_by_label("Page in the portal").fill(f"{on.origin}/x")
    await page.get_by_role("button", name="Make the application").click()
    await page.get_by_role("alert").filter(has_text="has the host and port of the portal").wait_for()
    await checked.check("local-app-refused")
    await page.get_by_label("Page in the portal").fill(f"{on.app.origin}/{'a-very-long-path/' * 12}")
    await page.get_by_role("button", name="Make the application").press("Enter")
    await page.get_by_text("The secret of your new application").wait_for()
    app_id = int(page.url.rstrip("/").rpartition("/")[2])
    await checked.check("local-app-made")
    await page.reload()
    assert await page.get_by_text("The secret of").count() == 0
    portal = on.portal
    app = portal.parts.db.read_here(lambda tx: app_rows.find(tx, portal.id, app_id))
    assert app is not None
    portal.tokens["mine"] = portal.parts.db.write_here(
        lambda tx: oauth.grant_directly(tx, app, portal.admin_id, 10**14).access_token
    )
    for place, title in (("LEFT_MENU", ARABIC), ("LANDING_SETTINGS", UNBROKEN)):
        bound = {"PLACEMENT": place, "HANDLER": f"{on.app.origin}/app?{UNBROKEN}", "TITLE": title}
        await portal.call("placement.bind", by="mine", **bound)
    await portal.call("event.bind", by="mine", event="ONAPPUNINSTALL", handler=f"{on.app.origin}/{UNBROKEN}")
    await page.goto(f"{path}{app_id}/")
    await checked.check("local-app")
    for title in (ARABIC, UNBROKEN, "Tax"):
        on.register(title=title, scopes=["landing"])
    on.register(title="Not yet", install_url=f"{on.app.origin}/install")
    await page.goto(path)
    await checked.check("local-apps")


def _call(checked: CheckedPage, number: int) -> None:
    """Add a call of a program to the log directly; a hundred real calls would take seconds."""
    names = ["landing.site.getPreview", "landing.block.updatenodes", "landing.landing.copy", "profile"]
    entry = CallRecord(names[number % 4] if number % 9 else f"landing.{UNBROKEN}", time.time() - 1000 + number)
    entry.portal_id, entry.user_id, entry.credential = checked.on.portal.id, checked.on.portal.admin_id, "webhook:1"
    entry.params = {"id": number, "title": LONG, "nodes": {f".landing-block-node-{key}": ARABIC for key in range(9)}}
    entry.seconds = number / 7000
    if number % 5 == 0:
        entry.set_error(403, "ACCESS_DENIED_FOR_THIS_ONE", f"Access denied: {UNBROKEN}")
    checked.on.portal.parts.journal.add(entry)


async def test_the_request_log(checked: CheckedPage) -> None:
    page, portal, path = checked.page, checked.on.portal, f"{checked.on.origin}/developer/log/"
    await page.goto(path)
    await page.get_by_text("No call yet").wait_for()
    await checked.check("log-empty")
    await portal.call("server.time", extra="x")
    lines = page.locator("#calls summary")
    await lines.filter(has_text="server.time").wait_for()
    assert not await page.get_by_text("No call yet").is_visible()
    for number in range(500):
        _call(checked, number)
    await page.get_by_text("more calls in between").first.wait_for()
    await page.goto(path)
    await checked.check("log")
    await lines.nth(4).press("Enter")
    assert await page.locator("#calls details[open]").count() == 1
    await checked.check("log-open")
    await page.get_by_label("Status").select_option("errors")
    await page.get_by_text("100 calls").wait_for()
    # An open entry stays open while new ones are added above; entries that do not match the filter are not added.
    await lines.first.press("Enter")
    await portal.call("server.time")
    await portal.answer("landing.site.getPreview")
    await lines.filter(has_text="MISSING_PARAMS").wait_for()
    assert await page.locator("#calls details[open]").count() == 1
    assert await lines.filter(has_text="server.time").count() == 0
    await page.get_by_role("searchbox").fill("no such method")
    await page.get_by_text("No matching call").wait_for()
    await checked.check("log-nothing-fits")
    assert "method=no%20such%20method" in page.url


async def test_limits_people_methods_and_assistants(checked: CheckedPage) -> None:
    page, portal, start = checked.page, checked.on.portal, f"{checked.on.origin}/developer"
    await page.goto(f"{start}/limits/")
    await checked.check("limits-empty")
    now, parts = time.time(), portal.parts
    parts.limits.change(LimitMode.ENFORCE, 480.0)
    rate, operating = parts.limits.rate, parts.limits.operating
    assert rate is not None
    assert operating is not None
    for address, count in (("", 3), ("198.51.100.7", 49), ("2001:db8:85a3:1234:5678:8a2e:370:7334", 21)):
        rate.set_level(portal.id, address, count, now + 3600)
    for number, seconds in enumerate((470.5, 200, 0.25)):
        operating.charge("webhook:1", f"landing.{UNBROKEN[: 30 * number]}", seconds, now)

    def people(tx: Tx) -> None:
        for number, name in enumerate((LONG, ARABIC, UNBROKEN, "")):
            login = f"user{number}{UNBROKEN if number == 2 else ''}"
            user_id = add_user(
                tx, portal.id, login=login, name=name, password=None, is_admin=number == 1, now_ms=int(now * 1000)
            )
            tx.update(users, portal.id, user_id, is_active=number != 2, is_extranet=number == 0)
        role = next(role for role in roles.of_section(tx, portal.id, "SITES") if role.xml_id == "MANAGER")
        roles.replace_codes(tx, portal.id, role.id, ["AU", "DR1", "U3", "U4", "U5"])
        roles.replace_rights(tx, portal.id, role.id, {0: "read", 12: "read,edit,sett,public,delete", 13: "denied"})

    parts.db.write_here(people)
    for screen in ("limits", "people", "methods", "assistants"):
        await page.goto(f"{start}/{screen}/")
        await checked.check(screen)
    await page.goto(f"{start}/methods/?method=nothing+like+it")
    await checked.check("methods-nothing-fits")


async def test_the_test_kit(checked: CheckedPage) -> None:
    page, portal, path = checked.page, checked.on.portal, f"{checked.on.origin}/developer/test-kit/"
    kit = portal.parts.kit
    assert kit is not None
    await page.goto(path)
    await checked.check("kit-empty")
    kit.started()
    (cookie,) = await page.context.cookies()
    later = begin_session(portal, portal.admin_id)
    await page.context.add_cookies([{"name": cookie["name"], "value": later, "url": checked.on.origin}])
    for name in ("after-import", "x" * 40):
        await page.goto(path)
        await page.get_by_label("New snapshot").fill(name)
        await page.get_by_label("New snapshot").press("Enter")
        await page.get_by_text("The snapshot is taken.").wait_for()
    await page.get_by_text("Show the call").press("Enter")
    await checked.check("kit-note")
    await page.get_by_role("button", name="Freeze").press("Enter")
    await page.get_by_text("Frozen", exact=True).wait_for()
    await page.get_by_label("Advance by").fill("36")
    await page.get_by_role("button", name="Advance").press("Enter")
    await page.get_by_text("The clock has moved.").wait_for()
    for given in ({"method": "landing.site.*", "error": "OVERLOAD_LIMIT"}, {"answer": "html_503"}, {"slow_ms": 900}):
        await order(portal, "POST", "faults", times=3, after=2, probability=0.25, **given)
    await order(portal, "POST", "faults", method=f"landing.{UNBROKEN}", error="OVERLOAD_LIMIT", caller="webhook:1")
    await order(portal, "PUT", "limits", mode="enforce")
    await order(portal, "PUT", "portal", reached=["sites"])
    await page.goto(path)
    await page.get_by_label("What goes wrong").select_option("Cut off in the middle")
    await checked.check("kit")
    await page.get_by_text("API calls behind this page").press("Enter")
    await checked.check("kit-calls")
    await page.get_by_label("What goes wrong").select_option("It is slow")
    await page.get_by_role("button", name="Add the fault").click()
    await page.get_by_role("alert").filter(has_text="exclude each other").wait_for()
    await checked.check("kit-refused")
    page.once("dialog", lambda dialog: dialog.dismiss())
    await page.get_by_role("button", name="Remove all").click()
    assert await page.get_by_role("alert").count() == 1, "refusing the dialog keeps the page"
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Reset", exact=True).first.click()
    await page.get_by_text("which ended your session").wait_for()
    await checked.check("kit-signed-out")


async def test_closing_the_portal_in_the_test_kit(checked: CheckedPage) -> None:
    page, path = checked.page, f"{checked.on.origin}/developer/test-kit/"
    await page.goto(path)
    await page.locator("#portal-state").select_option("deleted")
    await page.get_by_role("region", name="Portal").get_by_role("button", name="Change").click()
    await page.get_by_text("This command opens it again").wait_for()
    await checked.check("kit-closed")


async def test_a_plain_user_is_told_what_is_for_administrators(checked: CheckedPage, browser: Browser) -> None:
    page = await checked.on.sign_in(browser, checked.on.portal.plain_id)
    await page.goto(f"{checked.on.origin}/developer/people/")
    await CheckedPage(checked.on, page, checked.name, strict=True).check("admins")
    assert await page.get_by_role("link", name="Local applications").count() == 0
    checked.on.alarms.clear()  # browsers log an answer with 403 as an error
    await page.context.close()


@pytest.mark.parametrize("screen", SCREENS[1:2], indirect=True)
@pytest.mark.parametrize(
    "path", ["webhooks/new", "log/", "apps/new", "limits/", "people/", "methods/", "assistants/", "test-kit/"]
)
async def test_everything_is_reached_by_keyboard(checked: CheckedPage, path: str) -> None:
    """Every link, button and field gets the focus once, in the order of the page, and shows it."""
    page = checked.page
    await checked.on.portal.call("server.time")
    await page.goto(f"{checked.on.origin}/developer/{path}")
    await page.locator(".skip").focus()
    wanted = await page.locator(
        "a[href]:visible, button:visible, select:visible, summary:visible, "
        "input:not([type=hidden]):not([type=radio]):visible"
    ).count()
    seen = 1
    while True:
        await page.keyboard.press("Tab")
        place = await page.evaluate(
            "() => { const e = document.activeElement; if (e === document.body) return null; "
            "const r = e.getBoundingClientRect(), s = getComputedStyle(e); "
            "const after = getComputedStyle(e, '::after'), label = e.nextElementSibling; "
            "const rings = [s, after, ...(label ? [getComputedStyle(label)] : [])].map((one) => one.outlineStyle); "
            "return [r.top < innerHeight && r.bottom > 0 && r.width > 0, rings.some((one) => one !== 'none'), "
            "e.outerHTML.slice(0, 90)] }"
        )
        if place is None:
            break
        assert place[0] or "skip" in place[2], f"{place[2]} has the focus out of sight"
        assert place[1], f"{place[2]} does not show that it has the focus"
        seen += 1
        assert seen < 1000, "there is no end"
    assert seen >= wanted


@pytest.mark.parametrize("screen", SCREENS[:1], indirect=True)
async def test_hostile_names_and_parameters_run_no_script(checked: CheckedPage) -> None:
    """Names of webhooks, applications and users and parameters of calls never become markup or scripts."""
    page, on, portal = checked.page, checked.on, checked.on.portal
    hostile = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'{{7*7}}"
    on.register(title=hostile)
    now_ms = int(time.time() * 1000)
    portal.parts.db.write_here(
        lambda tx: add_webhook(tx, portal.id, portal.admin_id, scopes=["landing"], title=hostile, now_ms=now_ms)
    )
    portal.parts.db.write_here(lambda tx: tx.update(users, portal.id, portal.plain_id, name=hostile))
    await portal.answer("landing.site.add", {"fields": {"TITLE": hostile}, hostile: hostile})
    said: list[str] = []

    async def dismiss(dialog: Dialog) -> None:
        said.append(dialog.message)
        await dialog.dismiss()

    page.on("dialog", dismiss)
    app_id = portal.parts.db.read_here(lambda tx: app_rows.of_portal(tx, portal.id))[0].id
    for path in ("webhooks/", "apps/", f"apps/{app_id}/", "log/", "people/", "limits/", "log/?method=%3Cscript%3E"):
        await page.goto(f"{on.origin}/developer/{path}")
        await page.wait_for_load_state("networkidle" if not path.startswith("log") else "load")
        assert await page.locator("img[src=x], script:not([src])").count() == 0
    assert said == []
    await page.goto(f"{on.origin}/developer/webhooks/")
    await page.get_by_role("button", name="Revoke").first.click()
    assert said == [f"Revoke {hostile}? Programs that use it stop working. This cannot be undone."]
    assert "49" not in said[0]


async def test_empty_screens(checked: CheckedPage) -> None:
    checked.on.portal.parts.db.write_here(lambda tx: tx.run(Statement(webhooks.delete())))
    page = checked.page
    await page.goto(f"{checked.on.origin}/developer/webhooks/")
    await checked.check("webhooks-empty")
