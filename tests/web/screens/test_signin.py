"""Signing in and out: passwords, one-time links, and attacks."""

import time
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from landingpad.domain.people import sessions
from landingpad.domain.people.portals import Plan, PortalState
from landingpad.store.db.query import Query
from landingpad.store.people import portals as portal_rows
from landingpad.store.tables.site import users
from landingpad.store.tables.web import sessions as session_table
from landingpad.store.tables.web import signin_links
from support.portal import Databases, Portal
from support.web import COOKIE, ORIGIN, begin_session, text_of, visitor

PASSWORD = "correct horse battery"
DAY_MS = 86_400_000


def now_ms() -> int:
    return int(time.time() * 1000)


def given_password(portal: Portal, user_id: int, password: str = PASSWORD) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # a quick hash, safe enough for tests
    stored = cheap.hash(password)
    portal.parts.db.write_here(lambda tx: tx.update(users, portal.id, user_id, password_hash=stored))


async def sign_in(
    portal: Portal, login: str = "sam", password: str = PASSWORD, *, goal: str = "", token: str = "", **headers: str
) -> httpx.Response:
    async with portal.http() as http:
        if token:
            headers["cookie"] = f"{COOKIE}={token}"
        return await http.post(
            "/sign-in/",
            data={"login": login, "password": password, "next": goal},
            headers={"origin": ORIGIN, **headers},
        )


async def sites(portal: Portal, token: str) -> httpx.Response:
    async with portal.http() as http:
        return await http.get("/sites/", headers={"cookie": f"{COOKIE}={token}"})


async def test_the_whole_way_from_the_password_to_the_sites_and_out(portal: Portal) -> None:
    given_password(portal, portal.plain_id)
    async with portal.http() as http:
        first = await http.get("/sites/?state=draft")
        assert first.headers["location"] == "/sign-in/?next=/sites/%3Fstate%3Ddraft"
        page = await http.get(first.headers["location"])
        assert 'value="/sites/?state=draft"' in page.text
        answer = await sign_in(portal, goal="/sites/?state=draft")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sites/?state=draft")
        cookie = answer.headers["set-cookie"]
        assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))
        token = cookie.partition(";")[0].partition("=")[2]
        assert (await sites(portal, token)).status_code == 200
        left = await http.post(
            "/sign-out",
            data={"csrf": sessions.csrf_token(token)},
            headers={"cookie": f"{COOKIE}={token}", "origin": ORIGIN},
        )
    assert left.headers["location"] == "/sign-in/"
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert (await sites(portal, token)).status_code == 303


@pytest.mark.parametrize(
    ("login", "password", "status"),
    [("sam", "wrong", 401), ("nobody", PASSWORD, 401), ("", "", 401), ("sam@example.com", PASSWORD, 303)],
)
async def test_a_wrong_password_is_refused(portal: Portal, login: str, password: str, status: int) -> None:
    given_password(portal, portal.plain_id)
    answer = await sign_in(portal, login, password)
    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) == (status == 303)
    assert ("The login or the password is wrong." in answer.text) == (status == 401)


async def test_guessing_slows_down_only_the_guesser(portal: Portal) -> None:
    given_password(portal, portal.plain_id)
    for _ in range(10):
        assert (await sign_in(portal, password="guess")).status_code == 401
    assert (await sign_in(portal)).status_code == 429
    given_password(portal, portal.admin_id)
    assert (await sign_in(portal, "ada")).status_code == 303


async def test_guessing_one_password_for_many_names_is_slowed_down(portal: Portal) -> None:
    given_password(portal, portal.plain_id)
    for number in range(50):
        portal.parts.sign_in._remember_failure((portal.id, "", "127.0.0.1"), now_ms() - number)
    assert (await sign_in(portal)).status_code == 429


async def test_a_sign_in_always_begins_a_new_session(portal: Portal) -> None:
    """Session fixation: a token planted in a browser is worthless after the sign-in."""
    given_password(portal, portal.plain_id)
    known = begin_session(portal, portal.plain_id)
    async with portal.http() as http:
        invented = await http.post(
            "/sign-in/",
            data={"login": "sam", "password": PASSWORD},
            headers={"origin": ORIGIN, "cookie": f"{COOKIE}=chosenbytheattacker"},
        )
    assert "chosenbytheattacker" not in invented.headers["set-cookie"]
    assert (await sites(portal, "chosenbytheattacker")).status_code == 303
    answer = await sign_in(portal, token=known)
    assert known not in answer.headers["set-cookie"]
    assert (await sites(portal, known)).status_code == 303


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aset-cookie:x=1\r\nset-cookie: y=1",
        "/\tevil",
        "sites/",
        "",
        "/sign-in/?next=/sign-in/",
    ],
)
async def test_the_sign_in_redirects_within_the_portal_only(portal: Portal, goal: str) -> None:
    given_password(portal, portal.plain_id)
    answer = await sign_in(portal, goal=goal)
    assert answer.headers["location"] == "/sites/"
    async with portal.http() as http:
        page = await http.get("/sign-in/", params={"next": goal})
    assert 'name="next" value="/sites/"' in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://acme.localhost:8080"},
        {"origin": "http://localhost:9999"},
        {"origin": "https://localhost:8080"},
        {"sec-fetch-site": "same-site", "origin": ORIGIN},
        {"sec-fetch-site": "cross-site", "origin": ORIGIN},
    ],
)
async def test_forms_of_other_sites_cannot_sign_in(portal: Portal, headers: dict[str, str]) -> None:
    given_password(portal, portal.plain_id)
    answer = await sign_in(portal, **headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_forms_need_the_token_of_the_session(portal: Portal) -> None:
    """Pages on subdomains are of the same site, so browsers send them the cookie; only the token is missing."""
    token = begin_session(portal, portal.admin_id)
    others = sessions.csrf_token(begin_session(portal, portal.plain_id))
    cookie = {"cookie": f"{COOKIE}={token}"}
    async with portal.http() as http:
        for data, headers in (
            ({}, {"origin": ORIGIN}),
            ({"csrf": ""}, {"origin": ORIGIN}),
            ({"csrf": "x" * 64}, {"origin": ORIGIN}),
            ({"csrf": "ü"}, {"origin": ORIGIN}),
            ({"csrf": others}, {"origin": ORIGIN}),
            ({"csrf[]": sessions.csrf_token(token)}, {"origin": ORIGIN}),
            ({"csrf": sessions.csrf_token(token)}, {"origin": "http://acme.localhost:8080"}),
            ({"csrf": sessions.csrf_token(token)}, {"sec-fetch-site": "same-site"}),
        ):
            answer = await http.post("/sign-out", data=data, headers={**cookie, **headers})
            assert answer.status_code == 403, (data, headers)
        assert (await http.get("/sign-out", headers=cookie)).status_code == 405
        assert (await sites(portal, token)).status_code == 200
        sent = {"csrf": sessions.csrf_token(token)}
        assert (await http.post("/sign-out", data=sent, headers=cookie)).status_code == 303


async def test_tokens_and_links_are_stored_as_hashes(portal: Portal) -> None:
    token = begin_session(portal, portal.admin_id)
    code = portal.parts.db.write_here(lambda tx: sessions.new_link(tx, portal.id, portal.admin_id, now_ms()))
    for table in (session_table, signin_links):
        rows = str(portal.parts.db.read_here(lambda tx, table=table: tx.all(Query(table.select(), tuple))))  # type: ignore[misc]
        assert len(rows) > 50
        assert token not in rows
        assert sessions.csrf_token(token) not in rows
        assert code not in rows


async def test_sessions_end_by_themselves(portal: Portal) -> None:
    unused = begin_session(portal, portal.admin_id, now_ms=now_ms() - sessions.IDLE_MS)
    assert (await sites(portal, unused)).status_code == 303
    used = begin_session(portal, portal.admin_id, now_ms=now_ms() - sessions.IDLE_MS + 60_000)
    assert (await sites(portal, used)).status_code == 200
    rows = portal.parts.db.read_here(lambda tx: tx.all(Query(session_table.select(), tuple)))
    assert max(row[6] for row in rows) > now_ms() - 60_000, "that it was used is remembered"
    portal.parts.db.write_here(lambda tx: tx.update(session_table, portal.id, rows[-1][0], expires_at=now_ms()))
    assert (await sites(portal, used)).status_code == 303


async def test_blocked_users_and_closed_portals_refuse_the_sign_in(portal: Portal) -> None:
    token = begin_session(portal, portal.plain_id)
    portal.parts.db.write_here(lambda tx: tx.update(users, portal.id, portal.plain_id, is_active=False))
    assert (await sites(portal, token)).status_code == 303
    admin = begin_session(portal, portal.admin_id)
    portal.parts.db.write_here(
        lambda tx: portal_rows.update(tx, portal.id, plan=Plan.FREE, state=PortalState.OVERLOADED)
    )
    assert (await sites(portal, admin)).status_code == 200, "it is for people, also where REST is not"
    portal.parts.db.write_here(lambda tx: portal_rows.update(tx, portal.id, plan=Plan.BASIC, state=PortalState.DELETED))
    assert (await sites(portal, admin)).status_code == 404


async def test_a_link_signs_in_once(portal: Portal) -> None:
    made = portal.parts.db.write_here(lambda tx: sessions.new_link(tx, portal.id, portal.admin_id, now_ms()))
    async with portal.http() as http:
        for _ in range(2):
            looked = await http.get(f"/sign-in/{made}")  # following the link does not use it up
            assert looked.status_code == 200
            assert "Ada" in text_of(looked)
        answer = await http.post(f"/sign-in/{made}", headers={"origin": ORIGIN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sites/")
        again = await http.post(f"/sign-in/{made}", headers={"origin": ORIGIN})
        assert again.status_code == 404
        assert "set-cookie" not in again.headers
        assert (await http.get(f"/sign-in/{made}")).status_code == 404


async def test_a_link_ends_after_a_day_and_with_the_next_one(portal: Portal) -> None:
    def link(at: int) -> str:
        return portal.parts.db.write_here(lambda tx: sessions.new_link(tx, portal.id, portal.admin_id, at))

    old = link(now_ms() - sessions.LINK_MS)
    async with portal.http() as http:
        assert (await http.get(f"/sign-in/{old}")).status_code == 404
        first, second = link(now_ms()), link(now_ms())
        assert (await http.get(f"/sign-in/{first}")).status_code == 404
        assert (await http.get(f"/sign-in/{second}")).status_code == 200


async def test_a_new_password_signs_out_everywhere_else(portal: Portal) -> None:
    given_password(portal, portal.admin_id)
    elsewhere = begin_session(portal, portal.admin_id)
    async with visitor(portal) as me:
        for fields, problem in (
            ({"old": PASSWORD, "new": "a new one, long", "again": "another, also long"}, "passwords differ"),
            ({"old": "wrong", "new": "a new one, long", "again": "a new one, long"}, "current password is wrong"),
            ({"old": PASSWORD, "new": "short", "again": "short"}, "at least 10"),
            ({"old": PASSWORD, "new": "x" * 20, "again": "x" * 20}, "too easy"),
        ):
            refused = await me.send("/account/password", **fields)
            assert refused.status_code == 422
            assert problem in refused.text
        assert (await sites(portal, elsewhere)).status_code == 200
        answer = await me.send("/account/password", old=PASSWORD, new="a new one, long", again="a new one, long")
        assert answer.status_code == 303
        new = answer.headers["set-cookie"].partition(";")[0].partition("=")[2]
        assert (await sites(portal, new)).status_code == 200
        for ended in (elsewhere, me.token):
            assert (await sites(portal, ended)).status_code == 303
    assert (await sign_in(portal, "ada")).status_code == 401
    assert (await sign_in(portal, "ada", "a new one, long")).status_code == 303


async def test_signing_out_elsewhere_and_everywhere(portal: Portal) -> None:
    elsewhere, others = begin_session(portal, portal.admin_id), begin_session(portal, portal.plain_id)
    async with visitor(portal) as me:
        rows = portal.parts.db.read_here(lambda tx: tx.all(Query(session_table.select(), tuple)))
        ids = {user_id: row_id for row_id, _, user_id, *_ in reversed(rows)}
        await me.send(f"/account/sessions/{ids[portal.plain_id]}/end")
        assert (await sites(portal, others)).status_code == 200, "only sessions of one's own"
        page = await me.follow(f"/account/sessions/{ids[portal.admin_id]}/end")
        assert "Signed out there." in page.text
        assert (await sites(portal, elsewhere)).status_code == 303
        second = begin_session(portal, portal.admin_id)
        assert (await me.send("/account/sign-out-everywhere")).headers["location"] == "/sign-in/"
    for ended in (second, me.token):
        assert (await sites(portal, ended)).status_code == 303
    assert (await sites(portal, others)).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1", 200),
        ("landingpad", 200),
        ("evil.example", 404),
        ("acme.localhost", 404),
        ("unknown.localhost", 404),
    ],
)
async def test_the_portal_is_at_hosts_of_its_own_only(portal: Portal, host: str, status: int) -> None:
    """Foreign host names and hosts of published sites do not show it."""
    await portal.published("acme")
    async with portal.http(host) as http:
        for path in ("/sign-in/", "/_ui/ui.css"):
            answer = await http.get(path)
            assert answer.status_code == status, path
            assert ("Sign in" in answer.text) == (status == 200 and path == "/sign-in/")
        if status == 404:
            posted = await http.post("/sign-in/", data={"login": "ada", "password": PASSWORD})
            assert posted.status_code in {404, 405}


async def test_nobody_else_shows_the_portal_in_a_frame(portal: Portal) -> None:
    async with visitor(portal) as me:
        for path in ("/sites/", "/account/", "/sign-in/"):
            headers = (await me.get(path)).headers
            if path != "/sign-in/":
                assert "frame-ancestors 'none'" in headers["content-security-policy"]
                assert "script-src 'self';" in headers["content-security-policy"]
                assert headers["x-frame-options"] == "DENY"
                assert headers["cache-control"] == "no-store"


async def test_passwords_do_not_travel_over_plain_http(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path) as parts:
        portal = Portal(parts)
        transport = httpx.ASGITransport(portal.app, client=("192.0.2.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as http:
            assert (await http.get("/sign-in/")).status_code == 400
            assert (await http.post("/sign-in/", data={})).status_code == 400


async def test_by_https_the_cookie_belongs_to_this_host_alone(portal: Portal) -> None:
    given_password(portal, portal.plain_id)
    transport = httpx.ASGITransport(portal.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as http:
        answer = await http.post("/sign-in/", data={"login": "sam", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-landingpad=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        token = cookie.partition(";")[0].partition("=")[2]
        assert (await http.get("/sites/", headers={"cookie": f"landingpad={token}"})).status_code == 303
        assert (await http.get("/sites/", headers={"cookie": f"__Host-landingpad={token}"})).status_code == 200
