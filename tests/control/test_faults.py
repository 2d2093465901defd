"""Injected faults, limits and states of the portal."""

import shutil
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import httpx
import pytest

import landingpad.errors
from landingpad.control.faults import Spoiled, known_codes, known_errors
from landingpad.domain.app.apps import add_app
from landingpad.domain.people.oauth import give_code
from landingpad.domain.people.portals import SCOPES
from landingpad.errors import ApiError
from landingpad.errors.calls import SystemApiError
from support.control import order
from support.portal import ApiFailure, Portal
from support.server import Server

DOCUMENTED = {
    "INTERNAL_SERVER_ERROR": 500,
    "ERROR_UNEXPECTED_ANSWER": 500,
    "QUERY_LIMIT_EXCEEDED": 503,
    "ERROR_BATCH_METHOD_NOT_ALLOWED": 405,
    "ERROR_BATCH_LENGTH_EXCEEDED": 400,
    "NO_AUTH_FOUND": 401,
    "INVALID_REQUEST": 400,
    "OVERLOAD_LIMIT": 503,
    "INVALID_CREDENTIALS": 401,
    "ERROR_MANIFEST_IS_NOT_AVAILABLE": 404,
    "insufficient_scope": 403,
    "expired_token": 401,
    "invalid_token": 401,
    "user_access_error": 403,
    "PORTAL_DELETED": 500,
    "OPERATION_TIME_LIMIT": 429,
    "ERROR_METHOD_NOT_FOUND": 404,
    "WRONG_AUTH_TYPE": 403,
    "METHOD_CONFIRM_WAITING": 401,
    "METHOD_CONFIRM_DENIED": 403,
}
"""Every system error of the documentation, with its status."""


async def failure(portal: Portal, method: str = "landing.site.getList", by: str = "admin", **params: Any) -> ApiFailure:
    with pytest.raises(ApiFailure) as caught:
        await portal.call(method, by=by, **params)
    return caught.value


async def test_every_error_of_the_api_can_be_injected(portal: Portal) -> None:
    """With the documented status and code, and a text in the body."""
    assert set(known_codes()) >= set(DOCUMENTED)
    for code in known_codes():
        await order(portal, "POST", "faults", method="landing.site.getList", error=code)
        error = await failure(portal)
        assert error.code == code
        assert error.status == DOCUMENTED.get(code, error.status)
        assert error.status >= 400 or code == "wrong_client"
        assert error.text
        await order(portal, "DELETE", "faults")
    await portal.call("landing.site.getList")


def test_the_errors_of_every_subject_are_known() -> None:
    """Also those of a file that is added to the package of errors later."""
    known = {error for errors in known_errors().values() for error in errors}
    in_package: set[type[ApiError]] = set()
    for module in iter_modules(landingpad.errors.__path__, "landingpad.errors."):
        values = vars(import_module(module.name)).values()
        in_package |= {value for value in values if isinstance(value, type) and issubclass(value, ApiError)}
    assert in_package - {ApiError, SystemApiError} == known


async def test_the_status_is_the_one_declared_by_the_method(portal: Portal) -> None:
    """ACCESS_DENIED has several: 400 if a method checks a right, 403 if it is for administrators or applications."""
    await order(portal, "POST", "faults", method="landing.site.getList", error="ACCESS_DENIED")
    assert (await failure(portal)).status == 400
    await order(portal, "POST", "faults", method="event.get", error="ACCESS_DENIED")
    assert (await failure(portal, "event.get", by="app")).status == 403


async def test_an_error_can_be_defined_but_not_misspelt(portal: Portal) -> None:
    async with portal.http() as http:
        refused = await http.post("/_landingpad/faults", json={"error": "QUERY_LIMIT_EXCEDED"})
    assert refused.status_code == 400
    assert "QUERY_LIMIT_EXCEEDED" in refused.json()["error_description"]
    await order(portal, "POST", "faults", error="MADE_UP", status=418, text="I am a teapot")
    error = await failure(portal)
    assert (error.status, error.code, error.text) == (418, "MADE_UP", "I am a teapot")


async def test_a_fault_meets_only_matching_calls(portal: Portal) -> None:
    await order(portal, "POST", "faults", method="landing.site.*", user=portal.plain_id, error="OVERLOAD_LIMIT")
    await portal.call("landing.site.getList")
    await portal.call("landing.landing.getList", by="plain")
    assert (await failure(portal, by="plain")).code == "OVERLOAD_LIMIT"


async def test_a_fault_meets_an_application_by_its_name(portal: Portal) -> None:
    caller = f"app:{portal.app_record.id}"
    await order(portal, "POST", "faults", caller=caller, error="QUERY_LIMIT_EXCEEDED")
    await portal.call("landing.site.getList")
    assert (await failure(portal, by="app")).code == "QUERY_LIMIT_EXCEEDED"


async def test_a_fault_meets_a_limited_number_of_calls(portal: Portal) -> None:
    await order(portal, "POST", "faults", method="landing.site.getList", error="QUERY_LIMIT_EXCEEDED", after=2, times=3)
    came = [(await portal.answer("landing.site.getList")).status_code for _ in range(7)]
    assert came == [200, 200, 503, 503, 503, 200, 200]
    assert (await order(portal, "GET", "faults"))["faults"][0]["struck"] == 3


async def test_equal_seeds_choose_equal_calls(portal: Portal) -> None:
    runs = []
    for _ in range(2):
        await order(portal, "DELETE", "faults")
        await order(portal, "POST", "seed", value="chance")
        await order(portal, "POST", "faults", error="QUERY_LIMIT_EXCEEDED", probability=0.5)
        runs.append([(await portal.answer("server.time")).status_code for _ in range(40)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


async def test_a_failed_call_has_changed_nothing(portal: Portal) -> None:
    await order(portal, "POST", "faults", method="landing.site.add", error="INTERNAL_SERVER_ERROR")
    await failure(portal, "landing.site.add", fields={"TITLE": "T", "CODE": "c"})
    assert await portal.call("landing.site.getList") == []


async def test_commands_of_a_batch_are_met_too(portal: Portal) -> None:
    await order(portal, "POST", "faults", method="landing.site.getList", error="QUERY_LIMIT_EXCEEDED", times=1)
    told = await portal.call("batch", cmd={"a": "landing.site.getList", "b": "landing.site.getList"})
    assert told["result_error"]["a"]["error"] == "QUERY_LIMIT_EXCEEDED"
    assert told["result"]["b"] == []


async def test_a_call_takes_longer(portal: Portal) -> None:
    await order(portal, "POST", "faults", method="server.time", slow_ms=300)
    began = time.monotonic()
    await portal.call("server.time")
    assert time.monotonic() - began >= 0.3


async def test_a_fault_is_turned_off(portal: Portal) -> None:
    made = await order(portal, "POST", "faults", error="OVERLOAD_LIMIT")
    await order(portal, "DELETE", f"faults/{made['id']}")
    await portal.call("landing.site.getList")
    async with portal.http() as http:
        assert (await http.delete(f"/_landingpad/faults/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error": "OVERLOAD_LIMIT", "answer": "half"},
        {"answer": "no"},
        {"unknown": 1},
        {"answer": "half", "to": "http://localhost:1"},
        {"answer": "moved", "to": "localhost"},
        {"method": "oauth.token", "answer": "half"},
        {"method": "oauth.token", "error": "invalid_grant", "user": 1},
    ],
)
async def test_invalid_faults_are_refused(portal: Portal, body: dict[str, Any]) -> None:
    async with portal.http() as http:
        assert (await http.post("/_landingpad/faults", json=body)).status_code == 400


async def new_tokens(portal: Portal) -> httpx.Response:
    """Exchange a code for tokens, as an application does after a sign-in."""
    now_ms = int(time.time() * 1000)
    wanted: dict[str, Any] = {"title": "Test app", "scopes": SCOPES, "redirect_uri": "https://app.example/"}
    made = portal.parts.db.write_here(lambda tx: add_app(tx, portal.id, now_ms=now_ms, **wanted))
    code = portal.parts.db.write_here(lambda tx: give_code(tx, made.app, portal.plain_id, now_ms))
    given = {"grant_type": "authorization_code", "code": code}
    async with portal.http() as http:
        secret = {"client_id": made.app.client_id, "client_secret": made.client_secret}
        return await http.post("/oauth/token/", data={**given, **secret})


async def test_every_error_of_the_authorization_server_can_be_injected(portal: Portal) -> None:
    told = (await order(portal, "GET", "faults"))["token_errors"]
    assert set(told) >= {
        "invalid_request",
        "invalid_client",
        "insufficient_scope",
        "invalid_scope",
        "invalid_grant",
        "PAYMENT_REQUIRED",
    }
    for code in told:
        await order(portal, "POST", "faults", method="oauth.token", error=code, times=1)
        refused = await new_tokens(portal)
        assert refused.json()["error"] == code
        assert refused.json()["error_description"]
        assert refused.status_code >= 400 or code == "wrong_client"
        assert "access_token" in (await new_tokens(portal)).json()


async def test_token_requests_fail_only_by_their_own_name(portal: Portal) -> None:
    """Tokens can be renewed even if every method fails."""
    await order(portal, "POST", "faults", method="*", error="OVERLOAD_LIMIT")
    assert "access_token" in (await new_tokens(portal)).json()
    await order(portal, "POST", "faults", method="OAuth.Token", slow_ms=300)
    began = time.monotonic()
    assert "access_token" in (await new_tokens(portal)).json()
    assert time.monotonic() - began >= 0.3


# -- limits and the portal


async def test_a_bucket_is_filled_and_leaks_by_the_clock_of_the_server(portal: Portal) -> None:
    await order(portal, "PUT", "clock", now=1_790_000_000, freeze=True)
    await order(portal, "PUT", "limits", mode="enforce", level=49)
    await portal.call("server.time")
    assert (await failure(portal, "server.time")).code == "QUERY_LIMIT_EXCEEDED"
    await order(portal, "PUT", "clock", advance=1)
    await portal.call("server.time")


async def test_the_size_of_the_bucket_follows_the_plan(portal: Portal) -> None:
    await order(portal, "PUT", "limits", mode="enforce", plan="enterprise", level=249)
    await order(portal, "PUT", "clock", freeze=True)
    await portal.call("server.time")
    assert (await failure(portal, "server.time")).code == "QUERY_LIMIT_EXCEEDED"


async def test_running_time_is_used_up(portal: Portal) -> None:
    caller = portal.parts.journal
    await portal.call("landing.site.getList")
    credential = (await order(portal, "GET", "requests"))["requests"][0]["caller"]
    used = [{"method": "landing.site.getList", "caller": credential, "seconds": 481}]
    told = await order(portal, "PUT", "limits", mode="enforce", used=used)
    assert told == {"mode": "enforce", "plan": "basic", "operating_limit": 480.0}
    assert (await failure(portal)).code == "OPERATION_TIME_LIMIT"
    await portal.call("landing.landing.getList")
    await order(portal, "PUT", "clock", advance=600)
    await portal.call("landing.site.getList")
    assert caller.last == 4


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        ({"state": "deleted"}, "PORTAL_DELETED", 500),
        ({"state": "overloaded"}, "OVERLOAD_LIMIT", 503),
        ({"plan": "free"}, "ACCESS_DENIED", 403),
    ],
)
async def test_a_portal_refuses(portal: Portal, change: dict[str, str], code: str, status: int) -> None:
    await order(portal, "PUT", "portal", **change)
    error = await failure(portal)
    assert (error.code, error.status) == (code, status)
    told = await order(portal, "PUT", "portal", state="active", plan="basic")
    assert told == {"domain": "localhost", "state": "active", "plan": "basic", "reached": []}
    await portal.call("landing.site.getList")


async def test_limits_of_the_plan_are_reached(portal: Portal) -> None:
    """Each documented method returns its documented error."""
    site_id, page_id, _ = await portal.published()
    await order(portal, "PUT", "portal", reached=["sites", "published_sites"])
    add = await failure(portal, "landing.site.add", fields={"TITLE": "T", "CODE": "c"})
    assert add.code == "SITE_LIMIT_REACHED"
    assert (await failure(portal, "landing.site.publication", id=site_id)).code == "PUBLIC_SITE_REACHED"
    await order(portal, "PUT", "portal", reached=["pages"])
    assert (await failure(portal, "landing.landing.publication", lid=page_id)).code == "PUBLIC_PAGE_REACHED"
    await order(portal, "PUT", "portal", reached=[])
    await portal.call("landing.landing.publication", lid=page_id)


# -- spoiled answers on a real connection


@pytest.fixture(scope="module")
def server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = shutil.copytree(demo_folder, tmp_path_factory.mktemp("faults") / "data")
    with Server(data, "--dev", landingpad_preview_slots="0") as running:
        yield running


def spoiled(server: Server, kind: Spoiled) -> httpx.Response:
    """Call a method whose answer is spoiled, once."""
    told = httpx.post(f"{server.url}/_landingpad/faults", json={"answer": kind, "times": 1}).raise_for_status().json()
    try:
        return httpx.post(f"{server.file['webhook']}landing.site.getList", json={})
    finally:
        httpx.delete(f"{server.url}/_landingpad/faults/{told['id']}").raise_for_status()


def test_a_connection_is_reset(server: Server) -> None:
    with pytest.raises(httpx.ReadError):
        spoiled(server, Spoiled.RESET)


def test_an_answer_ends_in_the_middle(server: Server) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        spoiled(server, Spoiled.HALF)


def test_an_answer_is_a_page_of_a_proxy(server: Server) -> None:
    answer = spoiled(server, Spoiled.HTML_503)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "<html>" in answer.text


def test_an_answer_has_the_wrong_type(server: Server) -> None:
    answer = spoiled(server, Spoiled.WRONG_TYPE)
    assert answer.headers.get_list("content-type") == ["text/html; charset=utf-8"]
    assert answer.json()["result"]


def test_an_answer_is_not_json(server: Server) -> None:
    answer = spoiled(server, Spoiled.NOT_JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json; charset=utf-8")
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_an_answer_is_empty(server: Server) -> None:
    answer = spoiled(server, Spoiled.EMPTY)
    assert (answer.status_code, answer.content) == (200, b"")


def moved(server: Server, **wanted: Any) -> None:
    httpx.delete(f"{server.url}/_landingpad/faults").raise_for_status()
    fault = {"method": "landing.site.*", "answer": "moved", **wanted}
    httpx.post(f"{server.url}/_landingpad/faults", json=fault).raise_for_status()


def test_a_renamed_portal_answers_at_its_new_address_only(server: Server) -> None:
    """The call is made once: where the client follows to, with method and body."""
    moved(server)
    called = f"{server.file['webhook']}landing.site.add?bx24_request_id=1"
    body = {"fields": {"TITLE": "Moved", "CODE": "moved-portal"}}
    first = httpx.post(called, json=body)
    assert (first.status_code, first.content) == (302, b"")
    other = "localhost" if "127.0.0.1" in called else "127.0.0.1"
    location = first.headers["location"]
    assert location == called.replace("127.0.0.1" if other == "localhost" else "localhost", other)
    again = httpx.post(location, json=body)
    assert isinstance(again.json()["result"], int)
    assert httpx.post(called, json=body).status_code == 302, "the former address stays the former one"
    listed = httpx.post(location.replace("site.add", "site.getList"), json={"params": {"filter": {"TITLE": "Moved"}}})
    assert len(listed.json()["result"]) == 1
    assert httpx.post(called.replace("landing.site.add", "server.time")).status_code == 200, "other methods are not met"
    wrong = called.replace("/rest/1/", "/rest/1/x")
    assert httpx.post(wrong, json=body).status_code == 401
    entry = httpx.get(f"{server.url}/_landingpad/requests").json()["requests"]
    assert {one["status"] for one in entry if one["error"] == "moved"} == {302}
    httpx.delete(f"{server.url}/_landingpad/faults").raise_for_status()
    assert isinstance(httpx.post(called.replace("site.add", "site.getList"), json={}).json()["result"], list)


def test_a_portal_moves_to_a_given_address_for_some_calls(server: Server) -> None:
    moved(server, to="https://new.example", times=1)
    called = f"{server.file['webhook']}landing.site.getList"
    first = httpx.post(called, json={})
    path = called.removeprefix(server.url)
    assert (first.status_code, first.headers["location"]) == (302, f"https://new.example{path}")
    assert httpx.post(called, json={}).status_code == 200
    httpx.delete(f"{server.url}/_landingpad/faults").raise_for_status()


def test_injected_faults_leave_no_error_in_the_log(server: Server) -> None:
    """The server also keeps answering."""
    server.call("server.time")
    assert "Traceback" not in server.log.read_text()
    assert "ASGI" not in server.log.read_text()
