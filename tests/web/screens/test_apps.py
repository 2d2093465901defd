"""Applications in the portal: requests of the browser, access, and the values given to applications."""

import json
import re
import time
from html import unescape
from typing import Any

import httpx
import pytest

from landingpad.domain.app import apps as domain_apps
from landingpad.domain.people import oauth, sessions
from landingpad.domain.people.portals import SCOPES
from landingpad.store.app import placements as widget_rows
from landingpad.store.records import Application
from support.portal import Portal
from support.web import ORIGIN, Visitor, text_of, visitor

HANDLER = "https://app.example/page?a=1"
_LINK = re.compile(r'href="(/apps/widgets/[^"]+)" dir="auto">([^<]+)<')


def given_app(portal: Portal, **values: Any) -> Application:
    """Make an application; calls by its name are calls with a token of the administrator."""
    wanted = {"title": "Mine", "scopes": SCOPES, "handler_url": HANDLER, **values}
    now_ms = int(time.time() * 1000)

    def work(tx: Any) -> tuple[Application, str]:
        app = domain_apps.add_app(tx, portal.id, now_ms=now_ms, **wanted).app
        return app, oauth.grant_directly(tx, app, portal.admin_id, now_ms).access_token

    app, token = portal.parts.db.write_here(work)
    portal.tokens[app.title] = token
    return app


async def ask(who: Visitor, path: str, body: Any, **headers: str) -> httpx.Response:
    """Send a request as the script of the page does."""
    own = {"origin": ORIGIN, "x-csrf": sessions.csrf_token(who.token), "referer": f"{ORIGIN}/apps/1/?x=1"}
    return await who.http.post(path, json=body, headers={**own, **headers})


async def test_the_page_shows_the_origin_of_its_application_and_no_other(portal: Portal) -> None:
    app = given_app(portal)
    async with visitor(portal) as who:
        listed = await who.get("/apps/")
        page = await who.get(f"/apps/{app.id}/")
    assert f'href="/apps/{app.id}/"' in listed.text
    policy = page.headers["content-security-policy"]
    assert "frame-src 'self' https://app.example;" in policy
    assert "form-action 'self' https://app.example;" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-frame-options"] == "DENY"
    # The page itself contains no token, because pages are cached, copied and shown.
    assert "AUTH_ID" not in page.text


async def test_opening_returns_the_documented_values(portal: Portal) -> None:
    app = given_app(portal)
    async with visitor(portal, portal.plain_id) as who:
        told = (await ask(who, f"/apps/{app.id}/open", {"widget": 0, "options": {"URI": "/x/"}})).json()
    sid, fields, init = told["sid"], told["fields"], told["init"]
    assert told["name"] == f"localhost:8080|0|{sid}"
    assert told["origin"] == "https://app.example"
    action = httpx.URL(told["action"])
    assert dict(action.params) == {
        "a": "1", "DOMAIN": "localhost:8080", "PROTOCOL": "0", "LANG": "en", "APP_SID": sid,
    }  # fmt: skip
    assert set(fields) == {
        "AUTH_ID", "AUTH_EXPIRES", "REFRESH_ID", "SERVER_ENDPOINT", "APPLICATION_TOKEN", "APPLICATION_SCOPE",
        "member_id", "status", "PLACEMENT", "PLACEMENT_OPTIONS",
    }  # fmt: skip
    assert (fields["PLACEMENT"], json.loads(fields["PLACEMENT_OPTIONS"])) == ("DEFAULT", {"URI": "/x/"})
    assert (fields["APPLICATION_TOKEN"], fields["status"]) == (app.application_token, "L")
    assert (init["IS_ADMIN"], init["FIRST_RUN"], init["INSTALL"]) == (False, True, False)
    assert (init["PATH"], init["PROTOCOL"], init["USER_OPTIONS"], init["APP_OPTIONS"]) == ("/rest", 0, {}, {})
    portal.tokens["frame"] = init["AUTH_ID"]
    assert (await portal.call("user.current", by="frame"))["ID"] == str(portal.plain_id)


async def test_by_https_and_without_a_port(portal: Portal) -> None:
    app = given_app(portal)
    async with visitor(portal) as who:
        own = {"origin": "https://localhost", "x-csrf": sessions.csrf_token(who.token), "host": "localhost"}
        name = {"cookie": f"__Host-landingpad={who.token}"}
        told = (await who.http.post(f"https://localhost/apps/{app.id}/open", json={}, headers={**own, **name})).json()
    assert told["name"] == f"localhost|1|{told['sid']}"
    assert (told["init"]["PROTOCOL"], told["init"]["DOMAIN"]) == (1, "localhost")
    assert told["fields"]["SERVER_ENDPOINT"] == "https://localhost/rest/"


@pytest.mark.parametrize("path", ["open", "refresh", "started", "installed", "options"])
async def test_tokens_are_refused_to_everybody_else(portal: Portal, path: str) -> None:
    """Forged requests, other sites, people without a session, and unknown applications."""
    app = given_app(portal)
    async with visitor(portal) as who:
        target = f"/apps/{app.id}/{path}"
        assert (await ask(who, target, {}, **{"x-csrf": "wrong"})).status_code == 403
        assert (await ask(who, target, {}, origin="https://evil.example")).status_code == 403
        assert (await ask(who, target, {}, **{"sec-fetch-site": "cross-site"})).status_code == 403
        gone = await ask(who, f"/apps/9999/{path}", {"of": "user", "name": "x"})
        assert (gone.status_code, "There is no such application" in gone.json()["error"]) == (403, True)
        assert (await who.get(target)).status_code == 405
    async with portal.http() as http:
        assert (await http.post(target, json={})).status_code == 303


async def test_an_application_is_opened_by_its_own_users_only(portal: Portal) -> None:
    app = given_app(portal, user_ids=[portal.admin_id])
    async with visitor(portal, portal.plain_id) as who:
        assert "/apps/" + str(app.id) not in (await who.get("/apps/")).text
        assert (await who.get(f"/apps/{app.id}/")).status_code == 403
        for path in ("open", "refresh"):
            answer = await ask(who, f"/apps/{app.id}/{path}", {})
            assert (answer.status_code, list(answer.json())) == (403, ["error"])


async def test_applications_of_another_portal_are_unknown(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    app = given_app(other)
    async with visitor(portal) as who:
        assert (await who.get(f"/apps/{app.id}/")).status_code == 403
        assert (await ask(who, f"/apps/{app.id}/open", {})).status_code == 403
        assert (await who.get(f"/marketplace/view/{app.client_id}/")).status_code == 403


@pytest.mark.parametrize("handler", [f"{ORIGIN}/", "http://LOCALHOST:8080/rest/x"])
async def test_a_page_of_the_portal_cannot_be_an_application(portal: Portal, handler: str) -> None:
    """In a frame of the same origin it could act as the signed-in user."""
    app = given_app(portal, handler_url=handler)
    async with visitor(portal) as who:
        page = await who.get(f"/apps/{app.id}/")
        opened = await ask(who, f"/apps/{app.id}/open", {})
    assert page.status_code == opened.status_code == 403
    assert "at the address of the portal itself" in text_of(page)
    assert "data-app" not in page.text


async def test_new_tokens(portal: Portal) -> None:
    app = given_app(portal)
    async with visitor(portal) as who:
        told = (await ask(who, f"/apps/{app.id}/open", {})).json()
        first = told["init"]
        second = (await ask(who, f"/apps/{app.id}/refresh", told["again"])).json()
        for wrong in ({}, {**told["again"], "origin": "https://former.example"}):
            refused = await ask(who, f"/apps/{app.id}/refresh", wrong)
            assert (refused.status_code, list(refused.json())) == (403, ["error"])
    assert set(second) == {"AUTH_ID", "AUTH_EXPIRES", "REFRESH_ID"}
    assert second["AUTH_ID"] != first["AUTH_ID"]
    for number, token in enumerate((first["AUTH_ID"], second["AUTH_ID"])):
        portal.tokens[str(number)] = token
        assert await portal.call("user.current", by=str(number))


async def test_options(portal: Portal) -> None:
    app = given_app(portal)
    path = f"/apps/{app.id}/options"
    async with visitor(portal) as ada, visitor(portal, portal.plain_id) as sam:
        assert (await ask(ada, path, {"of": "app", "name": "k", "value": [1, None]})).json() == {
            "options": {"k": [1, None]}
        }
        assert (await ask(ada, path, {"of": "app", "name": "l", "value": "v"})).json()["options"]["k"] == [1, None]
        refused = await ask(sam, path, {"of": "app", "name": "k", "value": "mine"})
        assert (refused.status_code, refused.json()["error"].partition(":")[0]) == (400, "AccessException")
        assert (await ask(sam, path, {"of": "user", "name": "u", "value": 1})).json() == {"options": {"u": 1}}
        init = (await ask(sam, f"/apps/{app.id}/open", {})).json()["init"]
        for wrong in ({}, {"of": "app"}, {"of": "app", "name": ""}, {"of": "portal", "name": "k"}):
            assert (await ask(ada, path, wrong)).status_code == 403
    assert (init["APP_OPTIONS"], init["USER_OPTIONS"]) == ({"k": [1, None], "l": "v"}, {"u": 1})


async def test_the_first_run_lasts_until_it_is_confirmed(portal: Portal) -> None:
    app = given_app(portal)
    async with visitor(portal) as who:
        for expected in (True, True):
            assert (await ask(who, f"/apps/{app.id}/open", {})).json()["init"]["FIRST_RUN"] is expected
        assert (await ask(who, f"/apps/{app.id}/started", {})).json() == {}
        assert (await ask(who, f"/apps/{app.id}/open", {})).json()["init"]["FIRST_RUN"] is False


async def test_the_installation(portal: Portal) -> None:
    app = given_app(portal, install_url="https://app.example/install")
    async with visitor(portal) as ada, visitor(portal, portal.plain_id) as sam:
        assert (await ask(sam, f"/apps/{app.id}/installed", {})).status_code == 403
        assert "not fully installed yet" in text_of(await sam.get(f"/apps/{app.id}/"))
        assert "Not installed yet" in text_of(await ada.get("/apps/"))
        told = (await ask(ada, f"/apps/{app.id}/open", {})).json()
        assert told["action"].startswith("https://app.example/install?")
        assert told["init"]["INSTALL"] is True
        assert (await ask(ada, f"/apps/{app.id}/installed", {})).json() == {}
        told = (await ask(sam, f"/apps/{app.id}/open", {})).json()
        assert told["action"].startswith("https://app.example/page?")
        assert told["init"]["INSTALL"] is False


async def test_people_and_access_codes_to_choose_from(portal: Portal) -> None:
    async with visitor(portal, portal.plain_id) as who:
        found = (await who.get("/apps/people?find=ad")).json()["found"]
        assert [(row["id"], row["name"]) for row in found] == [(portal.admin_id, "Ada")]
        assert len((await who.get("/apps/people")).json()["found"]) == 2
        codes = {row["id"] for row in (await who.get("/apps/access")).json()["found"]}
        assert {"AU", f"U{portal.admin_id}", f"U{portal.plain_id}"} <= codes


# -- widgets


def widget(portal: Portal, place: str) -> str:
    """Return the path of the only widget at a placement."""
    found = portal.parts.db.read_here(lambda tx: widget_rows.at_places(tx, portal.id, [place]))
    return f"/apps/widgets/{found[0].id}/"


async def opened_widget(who: Visitor, path: str, came: str = "/sites/1/") -> tuple[dict[str, Any], dict[str, Any]]:
    """Open a widget as a link on another page does; return its request and the answer."""
    page = await who.get(path, referer=f"{ORIGIN}{came}")
    assert page.status_code == 200, text_of(page)
    asked = json.loads(unescape(page.text.split('data-app="', 1)[1].split('"', 1)[0]))
    told: dict[str, Any] = (await ask(who, f"{asked['base']}open", asked["place"])).json()
    return asked, told


async def test_a_widget_in_the_menu(portal: Portal) -> None:
    app = given_app(portal)
    await portal.call(
        "placement.bind", by="Mine", PLACEMENT="LEFT_MENU", HANDLER="https://app.example/left", TITLE="Left",
        LANG_ALL={"en": {"TITLE": "In English"}, "de": {"TITLE": "Auf Deutsch"}},
    )  # fmt: skip
    async with visitor(portal, portal.plain_id) as who:
        page = await who.get("/apps/")
        assert "In English" in text_of(page)
        assert "Auf Deutsch" not in page.text
        path = widget(portal, "LEFT_MENU")
        assert f'href="{path}"' in page.text
        _, told = await opened_widget(who, path)
    assert (told["fields"]["PLACEMENT"], told["init"]["PLACEMENT_OPTIONS"]) == ("LEFT_MENU", {"URI": "/sites/1/"})
    assert told["action"].startswith("https://app.example/left?")
    assert (told["title"], told["base"]) == ("In English", f"/apps/{app.id}/")


async def test_a_documented_link_opens_the_application(portal: Portal) -> None:
    app = given_app(portal)
    link = f"/marketplace/view/{app.client_id}/?params[doc]=42&params[URI]=mine"
    async with visitor(portal) as who:
        _, told = await opened_widget(who, link)
        assert told["fields"]["PLACEMENT"] == "DEFAULT"
        await portal.call("placement.bind", by="Mine", PLACEMENT="REST_APP_URI", HANDLER="https://app.example/link")
        _, told = await opened_widget(who, link)
    assert told["fields"]["PLACEMENT"] == "REST_APP_URI"
    assert told["init"]["PLACEMENT_OPTIONS"] == {"doc": "42", "URI": "mine"}


async def test_widgets_of_a_page_and_of_a_block(portal: Portal) -> None:
    given_app(portal)
    site_id, page_id, _ = await portal.published()
    blocks = await portal.call("landing.block.getlist", lid=page_id, params={"edit_mode": 1})
    block = blocks[0]
    query = f"?lid={page_id}&block={block['id']}"
    for place in ("LANDING_SETTINGS", "LANDING_BLOCK_01.big_with_text", "LANDING_BLOCK_*"):
        fields = {"PLACEMENT": place, "PLACEMENT_HANDLER": f"https://w.example/{place}", "TITLE": f"For {place}"}
        await portal.call("landing.repo.bind", by="Mine", fields=fields)
    async with visitor(portal) as who:
        asked, told = await opened_widget(who, f"{widget(portal, 'LANDING_SETTINGS')}{query}", "/sites/9/?tab=1")
        assert told["init"]["PLACEMENT_OPTIONS"] == {
            "SITE_ID": str(site_id), "LID": str(page_id), "URI": "/sites/9/?tab=1",
        }  # fmt: skip
        assert (asked["back"], told["commands"]) == ("/sites/9/?tab=1", [])
        _, told = await opened_widget(who, f"{widget(portal, 'LANDING_BLOCK_01.BIG_WITH_TEXT')}{query}", "/")
        assert told["fields"]["PLACEMENT"] == "LANDING_BLOCK_01.BIG_WITH_TEXT"
        assert told["init"]["PLACEMENT_OPTIONS"] == {
            "ID": str(block["id"]), "CODE": "01.big_with_text", "LID": str(page_id), "URI": "/",
        }  # fmt: skip
        assert told["commands"] == ["refreshBlock"]
        page = await who.get(f"{widget(portal, 'LANDING_BLOCK_*')}{query}")
        assert "frame-src 'self' https://w.example https://app.example;" in page.headers["content-security-policy"]
        shown = await who.get(f"/apps/blocks/{page_id}/{block['id']}/")
    assert "Plan your project" in text_of(shown)
    assert shown.headers["content-security-policy"].endswith("; sandbox")


@pytest.mark.parametrize("scope", ["", "KNOWLEDGE"])
async def test_the_page_of_a_page_leads_to_its_widgets_and_those_of_its_blocks(portal: Portal, scope: str) -> None:
    given_app(portal)
    kind = {"TYPE": scope} if scope else {}
    named = {"scope": scope} if scope else {}
    site_id = await portal.call("landing.site.add", fields={"TITLE": "Acme", "CODE": "acme", **kind}, **named)
    page_id = await portal.call(
        "landing.landing.add", fields={"TITLE": "Home", "SITE_ID": site_id, "CODE": "home"}, **named
    )
    ids = {}
    for code in ("01.big_with_text", "26.separator"):
        ids[code] = await portal.call("landing.landing.addblock", lid=page_id, fields={"CODE": code}, **named)
    bound = {
        "LANDING_SETTINGS": "Of the page",
        "LANDING_BLOCK_26.separator": "Of separators",
        "LANDING_BLOCK_*": "Of all",
    }
    for place, title in bound.items():
        fields = {"PLACEMENT": place, "PLACEMENT_HANDLER": f"https://w.example/{place}", "TITLE": title}
        await portal.call("landing.repo.bind", by="Mine", fields=fields)
    async with visitor(portal) as who:
        page = await who.get(f"/sites/{site_id}/pages/{page_id}/" + (f"?scope={scope}" if scope else ""))
        links = {unescape(path): title for path, title in _LINK.findall(page.text)}
        assert sorted(links.values()) == ["Of all", "Of all", "Of separators", "Of the page"]
        for path, title in links.items():
            _, told = await opened_widget(who, path)
            options = told["init"]["PLACEMENT_OPTIONS"]
            assert (told["title"], options["LID"]) == (title, str(page_id))
            if title == "Of the page":
                assert options["SITE_ID"] == str(site_id)
            else:
                assert int(options["ID"]) == ids[options["CODE"]]
                assert title == "Of all" or options["CODE"] == "26.separator"
        host = await who.get(next(path for path in links if f"block={ids['26.separator']}" in path))
        shown = host.text.split('data-block="', 1)[1].split('"', 1)[0]
        assert (await who.get(unescape(shown))).status_code == 200
        gone = next(path for path, title in links.items() if title == "Of all").split("&block=")[0] + "&block=9999"
        assert (await who.get(gone)).status_code in {400, 404}
    async with visitor(portal, portal.plain_id) as who:
        await portal.call("landing.repo.unbind", by="Mine", code="LANDING_SETTINGS")
        page = await who.get(f"/sites/{site_id}/pages/{page_id}/" + (f"?scope={scope}" if scope else ""))
        assert "Of the page" not in page.text


async def test_a_widget_learns_nothing_of_invisible_pages(portal: Portal) -> None:
    given_app(portal)
    _, page_id, _ = await portal.published()
    fields = {"PLACEMENT": "LANDING_BLOCK_*", "PLACEMENT_HANDLER": "https://w.example/", "TITLE": "x"}
    await portal.call("landing.repo.bind", by="Mine", fields=fields)
    await portal.call("landing.role.enable", mode=True)
    async with visitor(portal, portal.plain_id) as who:
        assert (await who.get(f"{widget(portal, 'LANDING_BLOCK_*')}?lid={page_id}&block=1")).status_code in {
            400,
            403,
            404,
        }
        assert (await who.get(f"/apps/blocks/{page_id}/1/")).status_code in {400, 403, 404}


async def test_names_are_shown_as_they_are(portal: Portal) -> None:
    """Scripts stored in titles of applications and widgets, and in addresses, do not run."""
    attack = "\"></script><script>alert(1)</script><img src=x onerror=alert(2)>'{{7*7}}"
    app = given_app(portal, title=attack)
    await portal.call("placement.bind", by=attack, PLACEMENT="LEFT_MENU", HANDLER="https://app.example/", TITLE=attack)
    async with visitor(portal) as who:
        paths = ("/apps/", f"/apps/{app.id}/", widget(portal, "LEFT_MENU"), "/sites/")
        pages = [await who.get(path) for path in paths]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49" not in text_of(page).partition("{{7*7}}")[0]
