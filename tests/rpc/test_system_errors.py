"""Every system error, caused over the wire by its real cause: status, code and text."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from landingpad.domain.people.portals import Plan, PortalState
from landingpad.rpc.declare import Registry, Runs, method
from landingpad.store.db.query import Query, Statement
from landingpad.store.people import portals as portal_rows
from landingpad.store.tables.app import apps, tokens
from landingpad.store.tables.site import users, webhooks
from support.portal import Databases, Portal

Answer = tuple[int, str, str]


def read(response: httpx.Response) -> Answer:
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    body = response.json()
    assert set(body) == {"error", "error_description"}
    return response.status_code, body["error"], body["error_description"]


def change(portal: Portal, table: Any, row_id: int, **values: Any) -> None:
    portal.parts.db.write_here(lambda tx: tx.update(table, portal.id, row_id, **values))


async def get(portal: Portal, path: str, client: tuple[str, int] = ("127.0.0.1", 1)) -> Answer:
    transport = httpx.ASGITransport(portal.app, client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as http:
        return read(await http.get(path))


async def test_no_auth_found(portal: Portal) -> None:
    expected = (401, "NO_AUTH_FOUND", "Wrong authorization data")
    for path in ("/rest/profile", "/rest/no.such.method", "/rest/", "/rest/profile?auth=", "/rest//profile/"):
        assert await get(portal, path) == expected, path


async def test_invalid_credentials(portal: Portal) -> None:
    expected = (401, "INVALID_CREDENTIALS", "Invalid request credentials")
    address = portal.webhooks["admin"]
    assert await get(portal, "/rest/1/wrong/profile") == expected
    assert await get(portal, "/rest/1/profile") == expected  # a webhook without its code
    assert await get(portal, address.replace(f"/{portal.admin_id}/", "/999999/") + "profile") == expected
    change(portal, users, portal.admin_id, is_active=False)
    assert await get(portal, address + "profile") == expected
    change(portal, users, portal.admin_id, is_active=True)
    query = Query(select(webhooks.c.id).where(webhooks.c.portal_id == portal.id), tuple)
    rows = portal.parts.db.read_here(lambda tx: tx.all(query))
    for values in ({"revoked_at": 1}, {"revoked_at": None, "expires_at": 1}):
        for (webhook_id,) in rows:
            change(portal, webhooks, webhook_id, **values)
        assert await get(portal, address + "profile") == expected, values


async def test_tokens(portal: Portal) -> None:
    path = f"/rest/profile?auth={portal.tokens['plain app']}"
    assert await get(portal, "/rest/profile?auth=unknown") == (
        401,
        "invalid_token",
        "Unable to get application by token",
    )
    change(portal, apps, portal.app_record.id, user_ids=str(portal.admin_id))
    assert await get(portal, path) == (
        403,
        "user_access_error",
        "The user does not have access to the application",
    )
    change(portal, apps, portal.app_record.id, user_ids="")
    change(portal, users, portal.plain_id, is_active=False)
    assert await get(portal, path) == (401, "authorization_error", "Unable to authorize user")
    portal.parts.db.write_here(lambda tx: tx.run(Statement(tokens.update().values(expires_at=1))))
    assert await get(portal, path) == (401, "expired_token", "The access token provided has expired")


async def test_insufficient_scope(portal: Portal) -> None:
    answer = read(await portal.answer("landing.site.getList", by="limited"))
    assert answer == (
        403,
        "insufficient_scope",
        "The request requires higher privileges than provided by the webhook token",
    )
    change(portal, apps, portal.app_record.id, scopes="user")
    answer = read(await portal.answer("landing.site.getList", by="app"))
    assert answer == (
        403,
        "insufficient_scope",
        "The request requires higher privileges than provided by the access token",
    )


async def test_manifest_is_not_available(portal: Portal) -> None:
    """The portal has no importable configurations."""
    given: list[Any] = [None, {}, {"MANIFEST": []}, {"MANIFEST": {"CODE": ""}}, {"MANIFEST": {"CODE": "crm"}}]
    for data in given:
        status, code, text = read(await portal.answer("configuration.import.register", {"data": data}))
        assert (status, code) == (404, "ERROR_MANIFEST_IS_NOT_AVAILABLE")
        assert text.startswith("Manifest is not available")


async def test_method_not_found(portal: Portal) -> None:
    status, code, text = read(await portal.answer("no.such.method"))
    assert (status, code) == (404, "ERROR_METHOD_NOT_FOUND")
    assert text.startswith("Method not found!")


async def test_wrong_auth_type_and_application_context(portal: Portal) -> None:
    status, code, text = read(await portal.answer("placement.list"))
    assert (status, code) == (403, "WRONG_AUTH_TYPE")
    assert text.endswith("Application context required")
    status, code, text = read(await portal.answer("app.option.get"))
    assert (status, code, text) == (403, "ACCESS_DENIED", "Access denied! Application context required")


async def test_https_is_required_of_everybody_but_this_machine(portal: Portal) -> None:
    path = portal.webhooks["admin"] + "profile"
    for client in (("203.0.113.9", 1), ("10.0.0.1", 1), ("unknown", 1)):
        status, code, text = await get(portal, path, client)
        assert (status, code) == (400, "INVALID_REQUEST")
        assert text.startswith("Https required")
    for near in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
        transport = httpx.ASGITransport(portal.app, client=(near, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as http:
            assert (await http.get(path)).status_code == 200, near


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"<a/>", "application/xml", 400),
        (b"--x", "multipart/form-data", 400),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "application/json", 400),
        (b"a=1&" * 10_001, "application/x-www-form-urlencoded", 400),
    ],
)
async def test_unreadable_bodies(portal: Portal, content: bytes, kind: str, status: int) -> None:
    async with portal.http() as http:
        address = portal.webhooks["admin"] + "profile"
        answer = read(await http.post(address, content=content, headers={"content-type": kind}))
    assert answer[:2] == (status, "INVALID_REQUEST")


async def test_missing_and_wrong_parameters(portal: Portal) -> None:
    answer = read(await portal.answer("landing.site.getPreview"))
    assert answer == (400, "MISSING_PARAMS", "Not enough parameters for the call, missing: id")
    answer = read(await portal.answer("landing.site.getPreview", {"id": "abc"}))
    assert answer == (400, "TYPE_ERROR", 'Parameter "id" must be of type int, string given')


async def test_files_are_refused_by_methods_that_take_none(portal: Portal) -> None:
    """Only landing.block.uploadFile takes a file."""
    for called, name in (("user.option.set", "options[a][b]"), ("landing.site.add", "fields[TITLE]")):
        async with portal.http() as http:
            form = {"auth": portal.tokens["app"]}
            answer = await http.post(f"/rest/{called}", data=form, files={name: ("x.png", b"x", "image/png")})
            parameter = name.partition("[")[0]
            text = f'Parameter "{parameter}" must be of type string, file given'
            assert read(answer) == (400, "TYPE_ERROR", text)
            answer = await http.post(f"/rest/{called}", files={name: ("x.png", b"x", "image/png")})
            assert read(answer)[:2] == (401, "NO_AUTH_FOUND")


async def test_batch_errors(portal: Portal) -> None:
    commands = {"nested": "batch", **{f"c{number}": "server.time" for number in range(50)}}
    errors = (await portal.call("batch", cmd=commands))["result_error"]
    assert errors["nested"] == {
        "error": "ERROR_BATCH_METHOD_NOT_ALLOWED",
        "error_description": "Method is not allowed for batch usage",
    }
    assert errors["c49"]["error"] == "ERROR_BATCH_LENGTH_EXCEEDED"
    assert errors["c49"]["error_description"].startswith("Max batch length exceeded")


@pytest.mark.parametrize(
    ("plan", "state", "expected"),
    [
        (Plan.BASIC, PortalState.OVERLOADED, (503, "OVERLOAD_LIMIT", "REST API is blocked due to overload")),
        (Plan.BASIC, PortalState.DELETED, (500, "PORTAL_DELETED", "Portal was deleted")),
        (Plan.FREE, PortalState.ACTIVE, (403, "ACCESS_DENIED", "REST API is available only on commercial plans")),
    ],
)
async def test_portals_that_refuse(portal: Portal, plan: Plan, state: PortalState, expected: Answer) -> None:
    portal.parts.db.write_here(lambda tx: portal_rows.update(tx, portal.id, plan=plan, state=state))
    assert read(await portal.answer("profile")) == expected
    assert read(await portal.answer("profile", by="app")) == expected


@pytest.fixture
def limited(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    """A portal with a very small limit of running time."""
    with databases.parts(tmp_path, limits="enforce", operating_limit=1e-9, body_limit=1000) as parts:
        yield Portal(parts)


async def test_limits(limited: Portal) -> None:
    await limited.answer("scope")
    status, code, text = read(await limited.answer("scope"))
    assert (status, code) == (429, "OPERATION_TIME_LIMIT")
    assert text.startswith("Method is blocked due to operation time limit.")
    response = await limited.answer("profile", {"x": "y" * 100_000})
    assert response.headers["connection"] == "close"
    assert read(response)[:2] == (413, "INVALID_REQUEST")
    answers = [await limited.answer("profile") for _ in range(70)]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert read(refused[0]) == (503, "QUERY_LIMIT_EXCEEDED", "Too many requests")


async def test_a_broken_database_is_an_internal_error(portal: Portal) -> None:
    """After a defect the caller gets a request id for the log, not the cause."""
    with portal.parts.db.engine.begin() as session:
        session.exec_driver_sql("ALTER TABLE sites RENAME TO lost")
    try:
        status, code, text = read(await portal.answer("landing.site.getList"))
    finally:
        with portal.parts.db.engine.begin() as session:
            session.exec_driver_sql("ALTER TABLE lost RENAME TO sites")
    assert (status, code) == (500, "INTERNAL_SERVER_ERROR")
    assert "sites" not in text
    assert len(text.rpartition("request ")[2]) > 30
    assert (await portal.answer("landing.site.getList")).status_code == 200


async def test_a_result_that_cannot_be_encoded_is_an_internal_error(databases: Databases, tmp_path: Path) -> None:
    """Only a defective method can cause this, so the test declares one."""
    registry = Registry()

    @method("landingpad.test.object", scope="", runs=Runs.FREE, registry=registry)
    def wrong(call: Any) -> object:
        """Return a value that JSON cannot represent."""
        return object()

    with databases.parts(tmp_path, registry=registry) as parts:
        status, code, text = read(await Portal(parts).answer("landingpad.test.object"))
    assert (status, code) == (500, "ERROR_UNEXPECTED_ANSWER")
    assert text.startswith("Server returned an unexpected response")
