"""The authorization server over HTTP: sign-in, codes, tokens and refusals."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from argon2 import PasswordHasher

from landingpad.domain.app import apps as domain_apps
from landingpad.domain.app.apps import BadAddressError, NewApplication
from landingpad.domain.people import oauth
from landingpad.domain.people.portals import SCOPES, Plan, PortalState
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query
from landingpad.store.people import portals as portal_rows
from landingpad.store.tables.app import apps, grants, tokens
from landingpad.store.tables.site import users
from support.portal import Portal

PASSWORD = "correct horse battery"
REDIRECT = "https://app.example/oauth/back?keep=1"
DAY_MS = 86_400_000


def now_ms() -> int:
    return int(time.time() * 1000)


def given_app(portal: Portal, **changes: Any) -> NewApplication:
    wanted = {"title": "Test app", "scopes": SCOPES, "redirect_uri": REDIRECT, **changes}
    return portal.parts.db.write_here(lambda tx: domain_apps.add_app(tx, portal.id, now_ms=now_ms(), **wanted))


def write(portal: Portal, table: Any, row_id: int, **values: Any) -> None:
    portal.parts.db.write_here(lambda tx: tx.update(table, portal.id, row_id, **values))


def given_password(portal: Portal, user_id: int) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # a quick hash, safe enough for tests
    write(portal, users, user_id, password_hash=cheap.hash(PASSWORD))


def authorize_path(app: NewApplication, **more: str) -> str:
    return str(httpx.URL("/oauth/authorize/", params={"client_id": app.app.client_id, "state": "s&1", **more}))


async def sign_in(
    portal: Portal, app: NewApplication, login: str = "sam", password: str = PASSWORD, **headers: str
) -> httpx.Response:
    async with portal.http() as http:
        return await http.post(authorize_path(app), data={"login": login, "password": password}, headers=headers)


async def code_of(portal: Portal, app: NewApplication, user_id: int | None = None) -> str:
    user = user_id or portal.plain_id
    return await portal.parts.db.write(lambda tx: oauth.give_code(tx, app.app, user, now_ms()))


async def token(portal: Portal, app: NewApplication, *, host: str | None = None, **params: str) -> httpx.Response:
    given = {"client_id": app.app.client_id, "client_secret": app.client_secret, **params}
    async with portal.http(host) as http:
        return await http.get("/oauth/token/", params=given)


async def pair_of(portal: Portal, app: NewApplication) -> dict[str, Any]:
    response = await token(portal, app, grant_type="authorization_code", code=await code_of(portal, app))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def profile(portal: Portal, access_token: str) -> httpx.Response:
    async with portal.http() as http:
        return await http.post("/rest/profile.json", json={"auth": access_token})


def error(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


async def test_the_whole_way_from_the_sign_in_to_a_call(portal: Portal) -> None:
    app = given_app(portal)
    given_password(portal, portal.plain_id)
    async with portal.http() as http:
        page = await http.get(authorize_path(app))
    assert page.status_code == 200
    assert "<b>Test app</b>" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "form-action 'self' https://app.example" in page.headers["content-security-policy"]
    response = await sign_in(portal, app, origin="http://localhost:8080")
    assert response.status_code == 302
    back = urlsplit(response.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "https://app.example/oauth/back"
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert query["keep"] == "1"
    assert query["state"] == "s&1"
    assert query["domain"] == f"{portal.host}:8080"
    assert set(query["scope"].split(",")) == set(SCOPES)
    assert {"member_id", "server_domain"} <= set(query)
    answer = await token(portal, app, grant_type="authorization_code", code=query["code"])
    assert answer.headers["cache-control"] == "no-store"
    pair = answer.json()
    assert pair["expires_in"] == 3600
    assert abs(pair["expires"] - time.time() - 3600) < 60
    assert pair["user_id"] == portal.plain_id
    assert pair["client_endpoint"] == "http://localhost:8080/rest/"
    assert pair["server_endpoint"] == "http://localhost:8080/rest/"
    assert (pair["status"], pair["member_id"]) == ("L", query["member_id"])
    me = await profile(portal, pair["access_token"])
    assert me.json()["result"]["ID"] == str(portal.plain_id)


async def test_secrets_are_stored_as_hashes(portal: Portal) -> None:
    app = given_app(portal)
    pair = await pair_of(portal, app)
    for table in (grants, tokens, apps):
        rows = str(portal.parts.db.read_here(lambda tx, table=table: tx.all(Query(table.select(), tuple))))  # type: ignore[misc]
        for secret in (app.client_secret, pair["access_token"], pair["refresh_token"]):
            assert secret not in rows


async def test_a_token_is_taken_from_every_place(portal: Portal) -> None:
    access = (await pair_of(portal, given_app(portal)))["access_token"]
    async with portal.http() as http:
        answers = [
            await http.post("/rest/profile", json={"auth": access}),
            await http.post("/rest//profile/", json={"access_token": access}),
            await http.post("/rest/profile.json", data={"auth": access}),
            await http.post("/rest/profile.json", json={"auth": {"access_token": access}}),
            await http.post(f"/rest/profile.json?auth={access}", json={}),
            await http.get("/rest/profile", params={"access_token": access}),
            await http.get("/rest/profile", headers={"authorization": f"Bearer {access}"}),
            await http.post(
                "/rest/profile.json",
                content=f"auth={access}&&&a[b]=1",
                headers={"content-type": "text/plain;charset=UTF-8"},
            ),
        ]
    assert [answer.json()["result"]["ID"] for answer in answers] == [str(portal.plain_id)] * 8


@pytest.mark.parametrize("host", [None, "oauth.bitrix.info", "oauth.bitrix24.tech", "anything.example"])
async def test_the_token_address_answers_at_every_host_and_never_redirects(portal: Portal, host: str | None) -> None:
    app = given_app(portal)
    pair = await pair_of(portal, app)
    given = {
        "grant_type": "refresh_token",
        "client_id": app.app.client_id,
        "client_secret": app.client_secret,
        "refresh_token": pair["refresh_token"],
        "bx24_request_id": "1",
    }
    async with portal.http(host) as http:
        answers = [
            await http.get("/oauth/token/", params=given),
            await http.post("/oauth/token", data=given),
            await http.send(http.build_request("GET", httpx.URL("http://x/").copy_with(
                host=host or portal.host, raw_path=b"//oauth/token/?" + str(httpx.QueryParams(given)).encode()
            ))),
            await http.post("/oauth/token/", json=given),
        ]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 200, answer.text
    if host in {"oauth.bitrix.info", "oauth.bitrix24.tech"}:
        assert answers[0].json()["server_endpoint"] == f"https://{host}/rest/"
        assert answers[0].json()["domain"] == host


async def test_a_code_works_once_and_a_replay_revokes_its_tokens(portal: Portal) -> None:
    app = given_app(portal)
    code = await code_of(portal, app)
    first = await token(portal, app, grant_type="authorization_code", code=code)
    access = first.json()["access_token"]
    assert (await profile(portal, access)).status_code == 200
    assert error(await token(portal, app, grant_type="authorization_code", code=code)) == (400, "invalid_grant")
    assert error(await profile(portal, access)) == (401, "invalid_token")
    refreshed = await token(portal, app, grant_type="refresh_token", refresh_token=first.json()["refresh_token"])
    assert error(refreshed) == (400, "invalid_grant")


async def test_a_code_is_valid_for_thirty_seconds(portal: Portal) -> None:
    app = given_app(portal)
    old = now_ms() - 30_001
    code = await portal.parts.db.write(lambda tx: oauth.give_code(tx, app.app, portal.plain_id, old))
    assert error(await token(portal, app, grant_type="authorization_code", code=code)) == (400, "invalid_grant")


async def test_a_refresh_token_is_replaced(portal: Portal) -> None:
    app = given_app(portal)
    pair = await pair_of(portal, app)
    new = (await token(portal, app, grant_type="refresh_token", refresh_token=pair["refresh_token"])).json()
    assert new["refresh_token"] != pair["refresh_token"]
    assert (await profile(portal, new["access_token"])).status_code == 200
    # An answer may get lost, so the old token works for another day; later use reveals a stolen copy.
    again = await token(portal, app, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert again.status_code == 200
    later = now_ms() + DAY_MS + 1000

    def replay(tx: Tx) -> oauth.TokenPair | oauth.Refusal:
        return oauth.refresh(tx, app.app, pair["refresh_token"], later)

    assert isinstance(portal.parts.db.write_here(replay), oauth.Refusal)
    assert error(await profile(portal, new["access_token"])) == (401, "invalid_token")


async def test_tokens_expire(portal: Portal) -> None:
    app = given_app(portal)

    def old(tx: Tx) -> oauth.TokenPair:
        return oauth.grant_directly(tx, app.app, portal.plain_id, now_ms() - 3_600_001)

    pair = portal.parts.db.write_here(old)
    assert error(await profile(portal, pair.access_token)) == (401, "expired_token")
    new = await token(portal, app, grant_type="refresh_token", refresh_token=pair.refresh_token)
    assert (await profile(portal, new.json()["access_token"])).status_code == 200
    half_a_year = now_ms() + 181 * DAY_MS

    def refresh(tx: Tx) -> oauth.TokenPair | oauth.Refusal:
        return oauth.refresh(tx, app.app, pair.refresh_token, half_a_year)

    assert isinstance(portal.parts.db.write_here(refresh), oauth.Refusal)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"client_id": "local.none"}, (200, "wrong_client")),
        ({"client_secret": "wrong"}, (400, "invalid_client")),
        ({"grant_type": "password"}, (400, "invalid_request")),
        ({"grant_type": ""}, (400, "invalid_request")),
        ({"refresh_token": "wrong"}, (400, "invalid_grant")),
        ({"refresh_token": ""}, (400, "invalid_grant")),
        ({"grant_type": "authorization_code", "code": "wrong"}, (400, "invalid_grant")),
        ({"scope": "landing,crm"}, (400, "invalid_scope")),
    ],
)
async def test_refused_token_requests(portal: Portal, changes: dict[str, str], expected: tuple[int, str]) -> None:
    app = given_app(portal)
    pair = await pair_of(portal, app)
    given = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"], **changes}
    response = await token(portal, app, **given)
    assert error(response) == expected
    assert response.json()["error_description"]


async def test_unreadable_token_requests(portal: Portal) -> None:
    async with portal.http() as http:
        for content, status in ((b"{", 400), (b"x" * 70_000, 413)):
            response = await http.post("/oauth/token/", content=content, headers={"content-type": "application/json"})
            assert error(response) == (status, "invalid_request")


async def test_codes_and_tokens_belong_to_one_application(portal: Portal) -> None:
    app, other = given_app(portal), given_app(portal)
    pair = await pair_of(portal, app)
    stolen = await token(portal, other, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert error(stolen) == (400, "invalid_grant")
    code = await code_of(portal, app)
    assert error(await token(portal, other, grant_type="authorization_code", code=code)) == (400, "invalid_grant")
    assert (await token(portal, app, grant_type="authorization_code", code=code)).status_code == 200


async def test_a_refresh_token_does_not_work_as_access_token(portal: Portal) -> None:
    pair = await pair_of(portal, given_app(portal))
    assert error(await profile(portal, pair["refresh_token"])) == (401, "invalid_token")
    assert error(await profile(portal, "unknown")) == (401, "invalid_token")
    assert error(await profile(portal, "")) == (401, "NO_AUTH_FOUND")


async def test_blocked_users_and_closed_applications(portal: Portal) -> None:
    app = given_app(portal)
    pair = await pair_of(portal, app)
    write(portal, users, portal.plain_id, is_active=False)
    assert error(await profile(portal, pair["access_token"])) == (401, "authorization_error")
    refreshed = await token(portal, app, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert error(refreshed) == (400, "invalid_grant")
    write(portal, users, portal.plain_id, is_active=True)
    write(portal, apps, app.app.id, user_ids=str(portal.admin_id))
    assert error(await profile(portal, pair["access_token"])) == (403, "user_access_error")


async def test_a_new_secret_and_a_removed_application(portal: Portal) -> None:
    app = given_app(portal)
    pair = await pair_of(portal, app)
    secret = portal.parts.db.write_here(lambda tx: domain_apps.rotate_secret(tx, app.app, now_ms()))
    assert error(await profile(portal, pair["access_token"])) == (401, "invalid_token")
    old = await token(portal, app, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert error(old) == (400, "invalid_client")
    new = await pair_of(portal, NewApplication(app.app, secret))
    portal.parts.db.write_here(lambda tx: app_rows.delete(tx, app.app))
    assert error(await profile(portal, new["access_token"])) == (401, "invalid_token")


async def test_a_token_is_refused_at_another_portal(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    pair = await pair_of(portal, given_app(portal))
    assert error(await profile(other, pair["access_token"])) == (401, "invalid_token")


async def test_an_application_has_only_its_scopes(portal: Portal) -> None:
    pair = await pair_of(portal, given_app(portal, scopes=["user_basic"]))
    async with portal.http() as http:
        response = await http.post("/rest/landing.site.getList", json={"auth": pair["access_token"]})
    assert error(response) == (403, "insufficient_scope")


async def test_wrong_passwords(portal: Portal) -> None:
    app = given_app(portal)
    given_password(portal, portal.plain_id)
    for login, password in (("sam", "wrong"), ("nobody", PASSWORD), ("ada", PASSWORD), ("", "")):
        response = await sign_in(portal, app, login, password)
        assert response.status_code == 401
        assert "The login or the password is wrong." in response.text
        assert "location" not in response.headers
    assert (await sign_in(portal, app, "sam@example.com")).status_code == 302
    write(portal, users, portal.plain_id, is_active=False)
    assert (await sign_in(portal, app)).status_code == 401


async def test_guessing_is_stopped(portal: Portal) -> None:
    app = given_app(portal)
    given_password(portal, portal.plain_id)
    statuses = [(await sign_in(portal, app, "sam", f"guess {number}")).status_code for number in range(11)]
    assert statuses == [401] * 10 + [429]
    assert (await sign_in(portal, app)).status_code == 429  # even the right password is refused now


async def test_a_user_without_access_sees_the_reason(portal: Portal) -> None:
    app = given_app(portal, user_ids=[portal.admin_id], title="<i>Secret</i>")
    given_password(portal, portal.plain_id)
    response = await sign_in(portal, app)
    assert response.status_code == 403
    assert "&lt;i&gt;Secret&lt;/i&gt;" in response.text
    assert "<i>Secret" not in response.text


async def test_links_with_another_redirect_address_are_refused(portal: Portal) -> None:
    app = given_app(portal)
    async with portal.http() as http:
        for target in ("https://evil.example/", REDIRECT + "&x=1", "https://app.example/oauth/back"):
            response = await http.get(authorize_path(app, redirect_uri=target))
            assert response.status_code == 400
            assert "evil" not in response.text
        assert (await http.get(authorize_path(app, redirect_uri=REDIRECT))).status_code == 200
        assert (await http.get("/oauth/authorize/?client_id=local.none")).status_code == 400
        assert (await http.get("/oauth/nothing/")).status_code == 404
        assert (await http.put(authorize_path(app))).status_code == 405


async def test_forms_of_other_sites_are_refused(portal: Portal) -> None:
    app = given_app(portal)
    given_password(portal, portal.plain_id)
    for origin in ("https://evil.example", "null", "http://acme.localhost:8080"):
        assert (await sign_in(portal, app, origin=origin)).status_code == 403


async def test_hosts_of_sites_show_no_sign_in(portal: Portal) -> None:
    app = given_app(portal)
    await portal.published("acme")
    async with portal.http("acme.localhost") as http:
        assert (await http.get(authorize_path(app))).status_code == 404


async def test_an_application_of_another_portal_is_unknown(portal: Portal) -> None:
    other = Portal(portal.parts, host="other.localhost")
    app = given_app(portal)
    async with other.http() as http:
        assert (await http.get(authorize_path(app))).status_code == 400


@pytest.mark.parametrize("change", [{"state": PortalState.DELETED}, {"plan": Plan.FREE}])
async def test_a_closed_portal_gives_no_tokens(portal: Portal, change: dict[str, Any]) -> None:
    app = given_app(portal)
    pair = await pair_of(portal, app)
    wanted = {"plan": Plan.BASIC, "state": PortalState.ACTIVE, **change}
    portal.parts.db.write_here(lambda tx: portal_rows.update(tx, portal.id, **wanted))
    refreshed = await token(portal, app, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert error(refreshed) == (400, "invalid_client")


async def test_plain_http_from_elsewhere_is_refused(portal: Portal) -> None:
    app = given_app(portal)
    given_password(portal, portal.plain_id)
    far = httpx.ASGITransport(portal.app, client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=far, base_url="http://localhost:8080") as http:
        response = await http.get("/oauth/token/", params={"grant_type": "refresh_token"})
        assert error(response) == (400, "invalid_request")
        assert "Https required" in response.text
        assert (await http.get(authorize_path(app))).status_code == 400


@pytest.mark.parametrize("address", ["", "app.example", "ftp://app.example/", "https:///x", "https://a.example/#part"])
def test_invalid_redirect_addresses(portal: Portal, address: str) -> None:
    with pytest.raises(BadAddressError):
        given_app(portal, redirect_uri=address)


async def test_app_info_of_an_application(portal: Portal) -> None:
    app = given_app(portal)
    access = (await pair_of(portal, app))["access_token"]
    async with portal.http() as http:
        info = (await http.post("/rest/app.info", json={"auth": access})).json()["result"]
    assert info == {
        "ID": app.app.id,
        "CODE": app.app.client_id,
        "VERSION": 1,
        "STATUS": "L",
        "INSTALLED": True,
        "PAYMENT_EXPIRED": "N",
        "DAYS": None,
        "LANGUAGE_ID": "en",
        "LICENSE": "en_basic",
        "LICENSE_TYPE": "basic",
        "LICENSE_FAMILY": "basic",
    }
    async with portal.http("oauth.bitrix24.tech") as http:
        info = (await http.get("/rest/app.info/", params={"auth": access})).json()["result"]
    assert info["client_id"] == app.app.client_id
    assert info["user_id"] == portal.plain_id
    assert info["install"]["client_endpoint"] == "http://localhost:8080/rest/"
    assert info["install"]["status"] == "L"


async def test_options_of_an_application_and_of_its_users(portal: Portal) -> None:
    app, other = given_app(portal), given_app(portal)
    owners: dict[str, str] = {}
    for name, made, user in (("ada", app, portal.admin_id), ("sam", app, portal.plain_id), ("else", other, 1)):
        user_id = user if name != "else" else portal.admin_id
        pair = portal.parts.db.write_here(
            lambda tx, made=made, user_id=user_id: oauth.grant_directly(tx, made.app, user_id, now_ms())  # type: ignore[misc]
        )
        owners[name] = pair.access_token

    async def call(who: str, method: str, **params: Any) -> Any:
        async with portal.http() as http:
            body = (await http.post(f"/rest/{method}", json={"auth": owners[who], **params})).json()
        return body.get("result", body.get("error"))

    assert await call("ada", "app.option.get") == {}
    assert await call("ada", "app.option.set", options={"k": "v1", "ж": [1, {"a": None}]}) is True
    assert await call("ada", "app.option.set", options={"k": "v2"}) is True
    assert await call("sam", "app.option.get") == {"k": "v2", "ж": [1, {"a": None}]}
    assert await call("sam", "app.option.get", option="k") == "v2"
    assert await call("sam", "app.option.get", option="none") is None
    assert await call("else", "app.option.get") == {}
    assert await call("sam", "app.option.set", options={"k": "v3"}) == "AccessException"
    for method in ("app.option.set", "user.option.set"):
        empty: list[dict[str, Any]] = [{}, {"options": {}}, {"options": []}]
        for nothing in empty:
            assert await call("ada", method, **nothing) == "ArgumentNullException"
    assert await call("sam", "user.option.set", options={"mine": True}) is True
    assert await call("sam", "user.option.get") == {"mine": True}
    assert await call("ada", "user.option.get") == {}
