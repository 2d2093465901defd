"""The authorization page for users who are signed in to the portal."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from argon2 import PasswordHasher

from landingpad.domain.app import apps as domain_apps
from landingpad.domain.app.apps import NewApplication
from landingpad.domain.people import oauth
from landingpad.domain.people.portals import SCOPES
from landingpad.domain.people.sessions import csrf_token
from landingpad.store.db.query import Query
from landingpad.store.tables.app import grants
from landingpad.store.tables.site import users
from support.portal import Portal
from support.web import COOKIE, ORIGIN, begin_session, text_of

PASSWORD = "correct horse battery"
REDIRECT = "https://app.example/back"


def given_app(portal: Portal, title: str = "Stock list", user_ids: list[int] | None = None) -> NewApplication:
    now_ms = int(time.time() * 1000)
    return portal.parts.db.write_here(
        lambda tx: domain_apps.add_app(
            tx, portal.id, title=title, scopes=SCOPES, redirect_uri=REDIRECT, user_ids=user_ids or (), now_ms=now_ms
        )
    )


def given_password(portal: Portal, user_id: int) -> None:
    stored = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    portal.parts.db.write_here(lambda tx: tx.update(users, portal.id, user_id, password_hash=stored))


def path_of(app: NewApplication, **more: str) -> str:
    return str(httpx.URL("/oauth/authorize/", params={"client_id": app.app.client_id, "state": "s", **more}))


async def send(
    portal: Portal, app: NewApplication, token: str, *, host: str | None = None, **data: str
) -> httpx.Response:
    """Send the form of the page, or a GET without fields."""
    headers = {"cookie": f"{COOKIE}={token}"} if token else {}
    async with portal.http(host) as http:
        if not data:
            return await http.get(path_of(app), headers=headers)
        origin = f"http://{host or 'localhost'}:8080"
        return await http.post(path_of(app), data=data, headers={"origin": origin, **headers})


def code_of(answer: httpx.Response) -> str:
    """Return the code in the redirect to the application."""
    assert answer.status_code == 302, answer.text
    target = urlsplit(answer.headers["location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == REDIRECT
    query = parse_qs(target.query)
    assert query["state"] == ["s"]
    return query["code"][0]


def use(portal: Portal, app: NewApplication, code: str) -> int:
    """Exchange a code as the application does; return the user of the tokens."""
    pair = portal.parts.db.write_here(lambda tx: oauth.exchange_code(tx, app.app, code, int(time.time() * 1000)))
    assert isinstance(pair, oauth.TokenPair)
    return pair.user_id


async def test_a_signed_in_user_agrees_only_once(portal: Portal) -> None:
    app, other = given_app(portal), given_app(portal, "<b>Other</b>")
    token = begin_session(portal, portal.plain_id)
    page = await send(portal, app, token)
    assert page.status_code == 200
    assert "Continue as Sam" in text_of(page)
    assert "password" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    code = code_of(await send(portal, app, token, csrf=csrf_token(token)))
    # An unused code is not yet a consent.
    assert "Continue as Sam" in text_of(await send(portal, app, token))
    assert use(portal, app, code) == portal.plain_id
    assert use(portal, app, code_of(await send(portal, app, token))) == portal.plain_id
    # The consent is for this application and this user only.
    asked = await send(portal, other, token)
    assert "Continue as Sam" in text_of(asked)
    assert "<b>Other</b></b>" not in asked.text
    assert "Continue as Ada" in text_of(await send(portal, app, begin_session(portal, portal.admin_id)))


async def test_a_user_who_withdrew_consent_is_asked_again(portal: Portal) -> None:
    app, token = given_app(portal), begin_session(portal, portal.plain_id)
    use(portal, app, code_of(await send(portal, app, token, csrf=csrf_token(token))))
    (row,) = portal.parts.db.read_here(
        lambda tx: tx.all(Query(grants.select().where(grants.c.app_id == app.app.id), tuple))
    )
    portal.parts.db.write_here(lambda tx: tx.update(grants, portal.id, row[0], revoked_at=1))
    assert "Continue as Sam" in text_of(await send(portal, app, token))


@pytest.mark.parametrize(
    ("csrf", "headers", "status"),
    [
        ("x" * 64, {}, 403),
        ("", {}, 403),
        ("right", {"origin": "https://evil.example"}, 403),
        ("right", {"origin": "http://acme.localhost:8080"}, 403),
        ("right", {"sec-fetch-site": "cross-site"}, 403),
        ("right", {"sec-fetch-site": "same-site"}, 403),
        ("right", {"cookie": ""}, 401),
        ("right", {"origin": ORIGIN, "sec-fetch-site": "same-origin"}, 302),
    ],
)
async def test_forged_consent_is_refused(portal: Portal, csrf: str, headers: dict[str, str], status: int) -> None:
    app, token = given_app(portal), begin_session(portal, portal.plain_id)
    sent = {"csrf": csrf_token(token) if csrf == "right" else csrf}
    async with portal.http() as http:
        answer = await http.post(path_of(app), data=sent, headers={"cookie": f"{COOKIE}={token}", **headers})
    assert answer.status_code == status
    assert ("location" in answer.headers) == (status == 302)


async def test_a_token_in_the_link_is_no_consent(portal: Portal) -> None:
    """Only the form counts, because links are written by others."""
    app, token = given_app(portal), begin_session(portal, portal.plain_id)
    headers = {"cookie": f"{COOKIE}={token}", "origin": ORIGIN}
    async with portal.http() as http:
        answer = await http.post(path_of(app, csrf=csrf_token(token)), data={"x": "1"}, headers=headers)
    assert answer.status_code == 401


async def test_this_sign_in_also_opens_the_portal(portal: Portal) -> None:
    app = given_app(portal)
    given_password(portal, portal.plain_id)
    invented = "chosenbytheattacker"
    answer = await send(portal, app, invented, login="sam", password=PASSWORD)
    assert use(portal, app, code_of(answer)) == portal.plain_id
    cookie = answer.headers["set-cookie"]
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))
    name, _, token = cookie.partition(";")[0].partition("=")
    assert (name, token == invented) == (COOKIE, False)
    async with portal.http() as http:
        assert (await http.get("/sites/", headers={"cookie": f"{name}={token}"})).status_code == 200
        # A sign-in as another user replaces the session.
        given_password(portal, portal.admin_id)
        again = await http.get(path_of(app, prompt="login"), headers={"cookie": f"{name}={token}"})
        assert 'name="password"' in again.text
        await send(portal, app, token, login="ada", password=PASSWORD)
        assert (await http.get("/sites/", headers={"cookie": f"{name}={token}"})).status_code == 303


async def test_both_sign_ins_count_guesses_together(portal: Portal) -> None:
    app = given_app(portal)
    given_password(portal, portal.plain_id)
    for _ in range(10):
        assert (await send(portal, app, "", login="sam", password="guess")).status_code == 401
    async with portal.http() as http:
        answer = await http.post("/sign-in/", data={"login": "sam", "password": PASSWORD}, headers={"origin": ORIGIN})
    assert answer.status_code == 429
    assert (await send(portal, app, "", login="sam", password=PASSWORD)).status_code == 429


async def test_a_user_without_access_is_refused_without_a_password(portal: Portal) -> None:
    app = given_app(portal, user_ids=[portal.admin_id])
    token = begin_session(portal, portal.plain_id)
    for data in ({}, {"csrf": csrf_token(token)}):
        answer = await send(portal, app, token, **data)
        assert answer.status_code == 403
        assert "You do not have access to Stock list." in answer.text


async def test_a_host_name_that_anybody_may_own_has_no_sessions(portal: Portal) -> None:
    """The owner could show pages there that act as the signed-in user."""
    app, token = given_app(portal), begin_session(portal, portal.plain_id)
    given_password(portal, portal.plain_id)
    page = await send(portal, app, token, host="portal.example")
    assert 'name="password"' in page.text
    answer = await send(portal, app, token, host="portal.example", login="sam", password=PASSWORD)
    assert code_of(answer)
    assert "set-cookie" not in answer.headers
