"""Local applications in the browser: creation, changes, new secrets and removal, for administrators only."""

import json
import re
from html import unescape
from typing import Any

import pytest

from landingpad.domain.people.secrets import hashed
from landingpad.store.app import apps as rows
from landingpad.store.records import Application
from landingpad.store.tables.app import event_handlers, placements
from support.portal import Portal
from support.web import ORIGIN, text_of, visitor
from web.screens.test_apps import given_app

PATH = "/developer/apps/"
_SECRET = re.compile(r'id="new-secret"[^>]*>(\w+)</code>')
HOSTILE = "\"><script>alert(1)</script>' onload=alert(1) {{ 7*7 }}"
FIELDS = {"title": "Pictures", "handler_url": "https://app.example/", "scopes[]": ["landing", "placement"]}


def stored(portal: Portal) -> dict[str, Application]:
    return {app.title: app for app in portal.parts.db.read_here(lambda tx: rows.of_portal(tx, portal.id))}


def secret_hash(portal: Portal, app: Application) -> str:
    return portal.parts.db.read_here(lambda tx: rows.secret_hash(tx, app))


async def test_made_opened_and_changed(portal: Portal) -> None:
    async with visitor(portal) as me:
        made = await me.send(f"{PATH}new", **FIELDS)
        assert made.status_code == 200
        (secret,) = _SECRET.findall(made.text)
        app = stored(portal)["Pictures"]
        assert secret_hash(portal, app) == hashed(secret)
        assert (app.scopes, app.handler_url, app.redirect_uri) == (
            "landing,placement", "https://app.example/", "https://app.example/",
        )  # fmt: skip
        page = await me.get(f"{PATH}{app.id}/")
        assert secret not in page.text, "it is shown once"
        assert app.client_id in page.text
        assert "Everybody in this portal" in text_of(page)
        assert f'href="/apps/{app.id}/"' in page.text
        assert (await me.get(f"/apps/{app.id}/")).status_code == 200
        fields = {**FIELDS, "title": "Photos", "scopes[]": "landing", "redirect_uri": "https://app.example/back"}
        told = await me.follow(f"{PATH}{app.id}/", **fields)
        assert "Photos is changed." in text_of(told)
    changed = stored(portal)["Photos"]
    assert (changed.id, changed.client_id, changed.scopes) == (app.id, app.client_id, "landing")
    assert changed.redirect_uri == "https://app.example/back"


async def test_addresses_that_get_no_tokens_are_marked(portal: Portal) -> None:
    """They stand in databases of earlier releases; binding them again as an administrator allows them."""
    app = given_app(portal)
    row = {"portal_id": portal.id, "app_id": app.id, "handler": "https://w.example/", "user_id": 0, "created_at": 0}
    portal.parts.db.write_here(lambda tx: tx.insert(placements, **row, placement="LEFT_MENU"))
    portal.parts.db.write_here(lambda tx: tx.insert(event_handlers, **row, event="ONAPPTEST"))
    async with visitor(portal) as me:
        assert text_of(await me.get(f"{PATH}{app.id}/")).count("No administrator allowed this address") == 2
        await portal.call("event.bind", by="Mine", event="ONAPPTEST", handler="https://w.example/")
        assert "No administrator allowed this address" not in text_of(await me.get(f"{PATH}{app.id}/"))


async def test_widgets_and_handlers_are_shown(portal: Portal) -> None:
    app = given_app(portal)
    handler = "https://app.example/widget"
    await portal.call("placement.bind", by="Mine", PLACEMENT="LEFT_MENU", HANDLER=handler, TITLE="Numbers")
    await portal.call("event.bind", by="Mine", event="ONAPPUNINSTALL", handler="https://app.example/gone")
    async with visitor(portal) as me:
        page = text_of(await me.get(f"{PATH}{app.id}/"))
        assert re.search(r"Placements 1 Numbers LEFT_MENU https://app.example/widget", page)
        assert re.search(r"Events 1 ONAPPUNINSTALL https://app.example/gone", page)
        assert "1 widget " in text_of(await me.get(PATH))


async def test_a_new_secret_ends_the_old_one_and_every_token(portal: Portal) -> None:
    app = given_app(portal)
    before = secret_hash(portal, app)
    await portal.call("server.time", by="Mine")
    async with visitor(portal) as me:
        answer = await me.send(f"{PATH}{app.id}/rotate")
        (secret,) = _SECRET.findall(answer.text)
    assert secret_hash(portal, app) == hashed(secret) != before
    assert (await portal.answer("server.time", by="Mine")).status_code == 401


async def test_removal_deletes_everything_it_stored(portal: Portal) -> None:
    app = given_app(portal)
    await portal.call("event.bind", by="Mine", event="ONAPPUNINSTALL", handler="https://app.example/gone")
    async with visitor(portal) as me:
        told = await me.follow(f"{PATH}{app.id}/delete")
        assert "Mine is removed" in text_of(told)
        assert "Mine" not in stored(portal)
        assert (await portal.answer("server.time", by="Mine")).status_code == 401
        for path in (f"{PATH}{app.id}/delete", f"{PATH}{app.id}/rotate"):
            assert "There is no such application" in text_of(await me.follow(path))
    assert _deliveries(portal) == ["https://app.example/gone"]


async def test_tokens_are_sent_at_once_on_request(portal: Portal) -> None:
    async with visitor(portal) as me:
        await me.send(f"{PATH}new", **FIELDS)
        assert _deliveries(portal) == []
        await me.send(f"{PATH}new", **FIELDS, install="1", redirect_uri="https://app.example/installed")
    assert _deliveries(portal) == ["https://app.example/installed"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": ""}, "needs a name"),
        ({"title": "x" * 201}, "needs a name"),
        ({"handler_url": ""}, "needs a page in the portal"),
        ({"handler_url": "javascript:alert(1)"}, "cannot be"),
        ({"handler_url": "//evil.example"}, "cannot be"),
        ({"handler_url": "http://[::1"}, "cannot be"),
        ({"handler_url": f"{ORIGIN}/x"}, "has the host and port of the portal"),
        ({"install_url": "ftp://x"}, "cannot be"),
        ({"redirect_uri": "https://x/#y"}, "cannot be"),
        ({"scopes[]": "sky"}, "There is no scope sky"),
    ],
)
async def test_an_invalid_form_shows_the_reason(portal: Portal, fields: dict[str, Any], problem: str) -> None:
    app = given_app(portal)
    before = stored(portal)
    async with visitor(portal) as me:
        for path in (f"{PATH}new", f"{PATH}{app.id}/"):
            answer = await me.send(path, **{**FIELDS, **fields})
            assert answer.status_code == 422
            assert problem in unescape(text_of(answer))
    assert stored(portal) == before


async def test_nobody_else_sees_or_changes_anything(portal: Portal) -> None:
    """Not plain users, administrators of other portals, forged forms, or people without a session."""
    other = Portal(portal.parts, host="other.localhost")
    app, foreign = given_app(portal), given_app(other, title="Foreign")
    before = (stored(portal), stored(other), secret_hash(portal, app), secret_hash(other, foreign))
    posts = [("new", FIELDS), ("{id}/", FIELDS), ("{id}/rotate", {}), ("{id}/delete", {})]
    async with visitor(portal, portal.plain_id) as sam, visitor(portal) as me, portal.http() as stranger:
        for path in ("", "new", f"{app.id}/"):
            refused = await sam.get(PATH + path)
            assert refused.status_code == 403
            assert app.client_id not in refused.text
            assert (await stranger.get(PATH + path)).headers["location"].startswith("/sign-in/?next=/developer/apps/")
        assert "/developer/apps/" not in (await sam.get("/sites/")).text, "nor is it offered"
        assert "Foreign" not in (await me.get(PATH)).text
        assert (await me.get(f"{PATH}{foreign.id}/")).status_code == 303
        for path, fields in posts:
            assert (await sam.send(PATH + path.format(id=app.id), **fields)).status_code == 403
            target = PATH + path.format(id=app.id)
            own = {"origin": ORIGIN}
            assert (await me.http.post(target, data=fields, headers=own)).status_code == 403
            assert (await me.http.post(target, data={**fields, "csrf": "x"}, headers=own)).status_code == 403
            evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
            assert (await me.http.post(target, data=fields, headers=evil)).status_code == 403
            assert (await stranger.post(target, data=fields, headers=own)).headers["location"] == "/sign-in/"
            if path != "new":
                told = await me.follow(PATH + path.format(id=foreign.id), **fields)
                assert "There is no such application" in text_of(told)
    assert (stored(portal), stored(other), secret_hash(portal, app), secret_hash(other, foreign)) == before
    assert (await portal.answer("server.time", by="Mine")).status_code == 200


async def test_a_hostile_name_is_a_text(portal: Portal) -> None:
    app = given_app(portal, title=HOSTILE)
    await portal.call("placement.bind", by=HOSTILE, PLACEMENT="LEFT_MENU", HANDLER="https://x.example/", TITLE=HOSTILE)
    async with visitor(portal) as me:
        pages = [await me.get(path) for path in (PATH, f"{PATH}{app.id}/", "/sites/", "/apps/")]
        pages.append(await me.send(f"{PATH}{app.id}/", title=HOSTILE, handler_url='"><script>alert(1)</script>'))
        for page in pages:
            assert "<script>alert" not in page.text
            assert "' onload" not in page.text
            assert "&lt;script&gt;alert(1)" in page.text


async def test_an_application_that_loses_its_install_page_is_installed(portal: Portal) -> None:
    app = given_app(portal, install_url="https://app.example/install")
    assert not app.is_installed
    async with visitor(portal) as me:
        await me.follow(f"{PATH}{app.id}/", **FIELDS, install_url="https://app.example/install")
        assert not stored(portal)["Pictures"].is_installed
        await me.follow(f"{PATH}{app.id}/", **FIELDS, install_url="")
    assert stored(portal)["Pictures"].is_installed


def _deliveries(portal: Portal) -> list[str]:
    """Return the addresses of queued events."""
    with portal.parts.db.engine.connect() as session:
        payloads = session.exec_driver_sql("SELECT payload FROM jobs ORDER BY id").scalars()
        return [json.loads(payload)["address"] for payload in payloads]
