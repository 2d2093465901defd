"""REST 3.0 through the wire: its addresses, envelope and methods, for webhooks and applications."""

from typing import Any

import httpx
import pytest

from landingpad.domain.people.portals import add_webhook
from landingpad.store.db.engine import Tx
from support.portal import Portal

PREFIX = "BITRIX_REST_V3_EXCEPTION_"
JSON = {"content-type": "application/json"}
OWN = {"rest.scope.list", "rest.documentation.openapi", "documentation", "batch"}


def address(portal: Portal, method: str, by: str = "admin") -> str:
    return portal.webhooks[by].replace("/rest/", "/rest/api/") + method


async def post(portal: Portal, method: str, json: Any = None, *, by: str = "admin") -> httpx.Response:
    async with portal.http() as http:
        if by in portal.tokens:
            return await http.post(f"/rest/api/{method}", json={**(json or {}), "auth": portal.tokens[by]})
        return await http.post(address(portal, method, by), json={} if json is None else json)


def error(answer: httpx.Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    body = answer.json()
    assert set(body) == {"error"}, "an error has neither result nor time"
    return answer.status_code, body["error"]["code"], body["error"]["message"]


@pytest.mark.parametrize("by", ["admin", "plain", "app"])
async def test_methods_are_listed_by_module_and_controller(portal: Portal, by: str) -> None:
    answer = await post(portal, "rest.scope.list", by=by)
    assert answer.status_code == 200
    assert set(answer.json()) == {"result", "time"}
    found = answer.json()["result"]
    assert set(found) == {"rest"}
    assert {name for methods in found["rest"].values() for name in methods} == {"list", "openapi"}
    assert set(found["rest"]["scope"]["list"]) == {"scope", "title", "description", "fields"}
    assert found["rest"]["scope"]["list"]["scope"] == "rest.scope.list"


async def test_the_list_is_filtered(portal: Portal) -> None:
    """An SDK sends null for filters that are not used."""
    none = {"filterModule": None, "filterController": None, "filterMethod": None}
    assert set((await post(portal, "REST.Scope.LIST", none)).json()["result"]["rest"]) == {"scope", "documentation"}
    one = await post(portal, "rest.scope.list", {"filterController": "scope"})
    assert set(one.json()["result"]["rest"]) == {"scope"}
    assert (await post(portal, "rest.scope.list", {"filterModule": "tasks"})).json()["result"] == {}


@pytest.mark.parametrize("name", ["documentation", "rest.documentation.openapi"])
async def test_the_openapi_document_is_the_whole_answer(portal: Portal, name: str) -> None:
    async with portal.http() as http:
        answers = [await http.get(address(portal, name)), await http.post(address(portal, name), json=[])]
    answers.append(await post(portal, name, by="app"))
    for answer in answers:
        assert answer.status_code == 200
        document = answer.json()
        assert document["openapi"].startswith("3.0.")
        assert set(document["paths"]) == {f"/{own}" for own in OWN}
        assert "result" not in document


async def test_an_unknown_method_is_not_found(portal: Portal) -> None:
    status, code, text = error(await post(portal, "no.such.method"))
    assert (status, code) == (400, f"{PREFIX}METHODNOTFOUNDEXCEPTION")
    assert "no.such.method" in text


@pytest.mark.parametrize("name", ["server.time", "landing.site.getList", "user.get", "event.bind"])
async def test_methods_of_the_earlier_rest_are_named(portal: Portal, name: str) -> None:
    status, code, text = error(await post(portal, name))
    assert (status, code) == (400, f"{PREFIX}METHODNOTFOUNDEXCEPTION")
    assert f"{name} has not been moved to REST 3.0" in text


@pytest.mark.parametrize(
    "name", ["tasks.task.get", "main.eventlog.list", "mail.mailbox.list", "humanresources.node.add"]
)
async def test_methods_of_other_parts_need_their_scope(portal: Portal, name: str) -> None:
    for by in ("admin", "app"):
        status, code, text = error(await post(portal, name, {"id": 1}, by=by))
        assert (status, code) == (403, f"{PREFIX}INSUFFICIENTSCOPEEXCEPTION")
        assert name in text


async def test_with_the_scope_such_a_method_is_not_here(portal: Portal) -> None:
    def work(tx: Tx) -> str:
        return add_webhook(tx, portal.id, portal.admin_id, scopes=["tasks", "humanresources"], title="t", now_ms=1)

    portal.webhooks["tasks"] = f"/rest/{portal.admin_id}/{portal.parts.db.write_here(work)}/"
    for name in ("tasks.task.get", "humanresources.node.list"):
        status, code, text = error(await post(portal, name, by="tasks"))
        assert (status, code) == (400, f"{PREFIX}METHODNOTFOUNDEXCEPTION")
        assert "belongs to a part of a portal that is not here" in text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"a=1"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("text/plain", b"{}"),
        ("application/json", b"{"),
        ("application/json", b'"text"'),
    ],
)
async def test_a_body_other_than_json_is_refused(portal: Portal, kind: str, body: bytes) -> None:
    async with portal.http() as http:
        by_webhook = await http.post(address(portal, "rest.scope.list"), content=body, headers={"content-type": kind})
        by_token = await http.post(
            f"/rest/api/rest.scope.list?auth={portal.tokens['app']}", content=body, headers={"content-type": kind}
        )
    for answer in (by_webhook, by_token):
        assert error(answer)[:2] == (400, f"{PREFIX}INVALIDJSONEXCEPTION")


async def test_parameters_of_the_wrong_type_are_named(portal: Portal) -> None:
    answer = await post(portal, "rest.scope.list", {"filterModule": {"a": 1}})
    body = answer.json()["error"]
    assert (answer.status_code, body["code"]) == (400, f"{PREFIX}VALIDATION_REQUESTVALIDATIONEXCEPTION")
    assert "filterModule" in body["validation"][0]["message"]


async def test_the_query_has_no_parameters(portal: Portal) -> None:
    async with portal.http() as http:
        answer = await http.get(address(portal, "rest.scope.list?filterModule=tasks"))
    assert set(answer.json()["result"]) == {"rest"}


async def test_credentials_are_checked_as_at_other_addresses(portal: Portal) -> None:
    """And first: an unknown caller learns nothing of methods or bodies."""
    async with portal.http() as http:
        wrong = await http.post("/rest/api/1/wrong/tasks.task.get", content=b"{", headers=JSON)
        nobody = await http.post("/rest/api/rest.scope.list", json={})
        unknown = await http.post("/rest/api/rest.scope.list", json={"auth": "unknown"})
        nameless = await http.post("/rest/api/")
    assert error(wrong)[:2] == (401, "INVALID_CREDENTIALS")
    assert error(nobody)[:2] == (401, "NO_AUTH_FOUND")
    assert error(unknown)[:2] == (401, "invalid_token")
    assert nameless.status_code == 401


async def test_a_batch_is_an_array(portal: Portal) -> None:
    calls: list[Any] = [
        {"method": "rest.scope.list", "query": {"filterMethod": "list"}},
        {"method": "documentation", "query": []},
    ]
    result = (await post(portal, "batch", calls)).json()["result"]
    assert set(result[0]["rest"]) == {"scope"}
    assert result[1]["openapi"] == "3.0.0"
    assert (await post(portal, "batch", [])).json()["result"] == []


@pytest.mark.parametrize(
    ("calls", "code"),
    [
        ([{"method": "rest.scope.list"}], "INVALIDSELECTEXCEPTION"),
        (["rest.scope.list"], "INVALIDSELECTEXCEPTION"),
        ({"cmd": {"a": "rest.scope.list"}}, "INVALIDSELECTEXCEPTION"),
        ([{"method": "rest.scope.list", "query": {}}] * 51, "INVALIDSELECTEXCEPTION"),
        ([{"method": "batch", "query": {}}], "METHODNOTFOUNDEXCEPTION"),
        ([{"method": "no.such.method", "query": {}}], "METHODNOTFOUNDEXCEPTION"),
        ([{"method": "tasks.task.get", "query": {"id": 1}}], "INSUFFICIENTSCOPEEXCEPTION"),
    ],
)
async def test_the_first_error_ends_a_batch(portal: Portal, calls: Any, code: str) -> None:
    assert error(await post(portal, "batch", calls))[1] == f"{PREFIX}{code}"


async def test_faults_meet_these_calls_too(portal: Portal) -> None:
    async with portal.http() as http:
        order = {"method": "tasks.task.get", "error": "QUERY_LIMIT_EXCEEDED", "times": 1}
        (await http.post("/_landingpad/faults", json=order)).raise_for_status()
    assert error(await post(portal, "tasks.task.get"))[:2] == (503, "QUERY_LIMIT_EXCEEDED")


async def test_the_log_tells_of_them(portal: Portal) -> None:
    await post(portal, "rest.scope.list")
    await post(portal, "tasks.task.get")
    async with portal.http() as http:
        told = (await http.get("/_landingpad/requests")).json()["requests"]
    by_name = {entry["method"]: entry for entry in told}
    assert by_name["rest.scope.list"]["hints"] == []
    assert by_name["tasks.task.get"]["hints"] == ["tasks.task.get belongs to a part of a portal that is not here."]
    assert by_name["tasks.task.get"]["error"] == f"{PREFIX}INSUFFICIENTSCOPEEXCEPTION"
