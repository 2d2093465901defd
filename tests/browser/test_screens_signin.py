"""Sign-in, account and sign-out, by keyboard in a browser."""

from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Browser

from browser.screen import screen
from landingpad.domain.app.apps import add_app
from landingpad.domain.people import sessions
from landingpad.domain.people.oauth import exchange_code
from landingpad.domain.people.portals import SCOPES
from support.app_server import app_server
from support.portal import Portal
from support.web import COOKIE, begin_session
from web.screens.test_signin import PASSWORD, given_password, now_ms


async def test_signing_in_by_keyboard_leads_to_the_requested_page(portal: Portal, browser: Browser) -> None:
    given_password(portal, portal.admin_id)
    async with screen(browser, portal, signed_in=False) as seen:
        page = await seen.open("/sites/?state=draft")
        await seen.is_sound("sign-in")
        # The first field has the focus.
        await page.keyboard.type("ada")
        await page.keyboard.press("Tab")
        await page.keyboard.type("wrong")
        seen.expected.append("401")
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").wait_for()
        assert await page.get_by_role("alert").inner_text() == "The login or the password is wrong."
        assert await page.get_by_label("Login or e-mail").input_value() == "ada"
        await seen.is_sound("sign-in refused")
        await page.keyboard.type(PASSWORD)  # the focus is in the field to fill
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/sites/?state=draft")
        await seen.open("/sign-in/?next=/account/")
        assert page.url == f"{seen.origin}/account/", "who is signed in is not asked again"
        assert seen.alarms == []


async def test_after_wrong_guesses_people_have_to_wait(portal: Portal, browser: Browser) -> None:
    given_password(portal, portal.admin_id)
    for _ in range(10):
        portal.parts.sign_in._remember_failure((portal.id, "ada", "127.0.0.1"), now_ms())
    async with screen(browser, portal, signed_in=False) as seen:
        page = await seen.open("/sign-in/")
        seen.expected.append("429")
        await page.get_by_label("Login or e-mail").fill("ada")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.get_by_text("Too many attempts").wait_for()
        await seen.is_sound("sign-in slowed down")


async def test_a_link_signs_in_once(portal: Portal, browser: Browser) -> None:
    code = portal.parts.db.write_here(lambda tx: sessions.new_link(tx, portal.id, portal.admin_id, now_ms()))
    async with screen(browser, portal, signed_in=False) as seen:
        page = await seen.open(f"/sign-in/{code}")
        await seen.is_sound("link")
        await page.keyboard.press("Enter")  # the button has the focus
        await page.wait_for_url("**/sites/")
        seen.expected.append("404")
        await seen.open(f"/sign-in/{code}")
        await page.get_by_role("heading", name="This link has been used").wait_for()
        await seen.is_sound("link used")
        await page.get_by_role("link", name="Sign in with a password").press("Enter")
        await page.wait_for_url("**/sites/")


async def test_a_password_is_changed_by_keyboard(portal: Portal, browser: Browser) -> None:
    given_password(portal, portal.admin_id)
    elsewhere = begin_session(portal, portal.admin_id)
    async with screen(browser, portal) as seen:
        page = await seen.open("/account/")
        await seen.is_sound("account")
        await seen.tab_to(page.get_by_label("Current password"))
        for text in (PASSWORD, "a new one, long", "another one, long"):
            await page.keyboard.type(text)
            await page.keyboard.press("Tab")
        seen.expected.append("422")
        await page.keyboard.press("Enter")  # the button comes after the fields
        await page.get_by_text("The two new passwords differ.").wait_for()
        assert await page.get_by_label("New password again").evaluate("(field) => field === document.activeElement")
        await seen.is_sound("account refused")
        for label, text in (
            ("Current password", PASSWORD),
            ("New password", "a new one, long"),
            ("New password again", "a new one, long"),
        ):
            await page.get_by_label(label, exact=True).fill(text)
        await page.keyboard.press("Enter")
        await page.get_by_text("Your password has changed.").wait_for()
        await seen.is_sound("account changed")
        assert await page.get_by_text("This browser").count() == 1
        assert await page.get_by_role("button", name="Sign out there").count() == 0, "only this browser is left"
        assert seen.alarms == []
    async with portal.http() as http:
        assert (await http.get("/sites/", headers={"cookie": f"{COOKIE}={elsewhere}"})).status_code == 303


async def test_signing_out_there_everywhere_and_here(portal: Portal, browser: Browser) -> None:
    for _ in range(2):
        begin_session(portal, portal.admin_id)
    async with screen(browser, portal, width=390) as seen:
        page = await seen.open("/account/")
        others = page.get_by_role("button", name="Sign out there")
        assert await others.count() == 2
        await others.first.press("Enter")
        await page.get_by_text("Signed out there.").wait_for()
        assert await others.count() == 1
        everywhere = page.get_by_role("button", name="Sign out everywhere")
        seen.answers.append(False)
        await everywhere.press("Enter")
        assert seen.asked == ["Sign out in every browser, here too?"]
        assert page.url == f"{seen.origin}/account/", "the question was answered with no"
        seen.answers.append(True)
        await everywhere.press("Enter")
        await page.wait_for_url("**/sign-in/")
        await seen.open("/account/")
        assert "/sign-in/?next=/account/" in page.url
        assert seen.alarms == []
    async with screen(browser, portal, width=390) as seen:
        page = await seen.open("/sites/")
        await page.get_by_role("button", name="Menu").press("Enter")
        await seen.is_sound("menu")
        await seen.tab_to(page.get_by_role("button", name="Sign out"))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/sign-in/")
        await page.go_back()
        assert "/sign-in/" in page.url, "nothing of the portal is kept"


async def test_an_application_is_authorized_by_keyboard(portal: Portal, browser: Browser) -> None:
    """Signed-out users sign in once; later they press one button, and finally nothing is asked."""
    given_password(portal, portal.admin_id)
    with app_server() as server:
        back = server.page("/back", "<p>Thanks</p>", script="data:,")
        first, second = (
            portal.parts.db.write_here(
                lambda tx, title=title: add_app(  # type: ignore[misc]  # mypy cannot infer the default argument
                    tx, portal.id, title=title, scopes=SCOPES, redirect_uri=back, now_ms=now_ms()
                )
            ).app
            for title in ("Stock list", "Tax")
        )
        async with screen(browser, portal, signed_in=False) as seen:
            seen.friends.append(server.origin)
            page = await seen.open(f"/oauth/authorize/?client_id={first.client_id}&state=one")
            await seen.is_sound("authorize")
            await page.keyboard.type("ada")
            await page.keyboard.press("Tab")
            await page.keyboard.type(PASSWORD)
            await page.keyboard.press("Enter")
            await page.wait_for_url(f"{back}?code=*")
            assert "state=one" in page.url
            await seen.open("/sites/")
            assert page.url == f"{seen.origin}/sites/", "they are signed in to the portal, too"
            await seen.open(f"/oauth/authorize/?client_id={second.client_id}&state=two")
            await page.get_by_role("button", name="Continue as Ada").wait_for()
            await page.get_by_text("What it may do").click()
            await seen.is_sound("agree")
            await page.get_by_role("button", name="Continue as Ada").press("Enter")
            await page.wait_for_url(f"{back}?code=*state=two*")
            code = parse_qs(urlsplit(page.url).query)["code"][0]
            portal.parts.db.write_here(lambda tx: exchange_code(tx, second, code, now_ms()))
            await seen.open(f"/oauth/authorize/?client_id={second.client_id}&state=three")
            assert page.url.startswith(f"{back}?code=")
            assert [alarm for alarm in seen.alarms if "favicon" not in alarm and "404" not in alarm] == []
