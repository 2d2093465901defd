"""Access to the control plane, and its list of orders."""

import re
from pathlib import Path

import httpx
import pytest

from landingpad.control.orders import listing
from landingpad.server.app import App
from landingpad.testing import portal as fixture
from support.control import order
from support.portal import Databases, Portal

PATHS = [known["path"].replace("{name}", "start").replace("{id}", "1") for known in listing()]
TESTS = Path(__file__).parents[1]
VERBS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


def test_every_order_is_used_by_a_test() -> None:
    """Either by its path or through the fixture `portal`."""
    files = [*TESTS.rglob("test_*.py"), Path(fixture.__file__)]
    tests = "\n".join(path.read_text("utf-8") for path in files)
    missing = []
    for known in listing():
        verb, first = known["method"], known["path"].split("/")[2]
        given = rf'"{verb}",\s+f?"(/_landingpad/)?{first}|\.{verb.lower()}\([^)]*_landingpad/{first}'
        if re.search(given, tests) is None:
            missing.append(f"{verb} {known['path']}: no test gives this order; write one in tests/control/orders/.")
    assert not missing, "\n".join(missing)


async def test_without_developer_mode_every_path_is_missing(databases: Databases, tmp_path: Path) -> None:
    """Every path and verb, even with the control token."""
    with databases.parts(tmp_path, dev=False, control_token="secret") as parts:
        portal = Portal(parts)
        async with portal.http() as http:
            others = ("", "/", "/nothing", "/reset/", "/reset?x=1", "/reset.json", "/./reset", "/blocks")
            for path in {
                *PATHS,
                *(f"/_landingpad{end}" for end in others),
                "/%5Flandingpad/reset",
            }:
                for verb in VERBS:
                    answer = await http.request(verb, path, headers={"x-landingpad-token": "secret"})
                    assert answer.status_code == 404, (verb, path)
                    assert "json" not in answer.headers["content-type"]
        assert parts.kit is None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://acme.localhost:8080"},
        {"origin": "http://localhost:9999"},
        {"origin": "null"},
        {"host": "evil.example"},
        {"host": "acme.localhost:8080"},
        {"host": "localhost.evil.example"},
        {"host": "127.0.0.1.nip.io"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-host": "localhost"},
        {"x-real-ip": "192.0.2.7"},
        {"forwarded": "for=127.0.0.1"},
        {"cf-connecting-ip": "192.0.2.7"},
        {"x-landingpad-token": "wrong"},
        {"x-landingpad-token": "secret", "origin": "https://evil.example"},
    ],
)
async def test_foreign_pages_and_hosts_are_refused(
    databases: Databases, tmp_path: Path, headers: dict[str, str]
) -> None:
    """At every path, because a developer may have a malicious page open in the same browser."""
    with databases.parts(tmp_path, control_token="secret") as parts:
        portal = Portal(parts)
        await portal.site("acme")
        async with portal.http() as http:
            for known in listing():
                path = known["path"].replace("{name}", "start").replace("{id}", "1")
                answer = await http.request(known["method"], path, headers=headers)
                assert answer.status_code == 403, (known["method"], path)
        assert len(await portal.call("landing.site.getList")) == 1


async def test_other_machines_need_the_token(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path, control_token="secret") as parts:
        portal = Portal(parts)
        elsewhere = httpx.ASGITransport(App(parts), client=("192.0.2.7", 1234))
        async with httpx.AsyncClient(transport=elsewhere, base_url="http://portal.test:8080") as http:
            assert (await http.get("/_landingpad/clock")).status_code == 403
            given = {"x-landingpad-token": "secret"}
            assert (await http.get("/_landingpad/clock", headers=given)).status_code == 200
        assert portal.id


async def test_through_a_tunnel_the_token_is_needed(databases: Databases, tmp_path: Path) -> None:
    """Tunnels for an application's events may rewrite the Host, and they connect from this machine."""
    with databases.parts(tmp_path, control_token="secret") as parts:
        async with Portal(parts).http() as http:
            tunnel = {"x-forwarded-for": "192.0.2.7", "host": "localhost:8080"}
            refused = await http.post("/_landingpad/reset", headers=tunnel)
            assert refused.status_code == 403
            assert "LANDINGPAD_CONTROL_TOKEN" in refused.json()["error_description"]
            given = {**tunnel, "x-landingpad-token": "secret"}
            assert (await http.get("/_landingpad/clock", headers=given)).status_code == 200


async def test_a_server_without_a_token_accepts_no_token(portal: Portal) -> None:
    elsewhere = httpx.ASGITransport(portal.app, client=("192.0.2.7", 1234))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://localhost:8080") as http:
        for token in ("", "x"):
            answer = await http.get("/_landingpad/clock", headers={"x-landingpad-token": token})
            assert answer.status_code == 403


async def test_the_portal_s_own_pages_may_use_it(portal: Portal) -> None:
    async with portal.http() as http:
        own = {"origin": "http://localhost:8080", "sec-fetch-site": "same-origin"}
        assert (await http.get("/_landingpad/clock", headers=own)).status_code == 200


async def test_orders_are_refused_with_several_processes(databases: Databases, tmp_path: Path) -> None:
    """An order would reach only one of them."""
    with databases.parts(tmp_path, workers=2) as parts:
        async with Portal(parts).http() as http:
            assert (await http.get("/_landingpad/clock")).status_code == 409


async def test_the_list_explains_every_order(portal: Portal) -> None:
    orders = (await order(portal, "GET", ""))["orders"]
    assert {(known["method"], known["path"]) for known in orders} >= {
        ("POST", "/_landingpad/reset"),
        ("POST", "/_landingpad/faults"),
    }
    for known in orders:
        assert known["text"], known["path"]
        assert known["body"]["type"] == "object"


async def test_requests_are_filtered_and_waited_for(portal: Portal) -> None:
    await portal.site("one")
    told = await order(portal, "GET", "requests", method="landing.site.*", params={"fields": {"CODE": "one"}}, wait=30)
    assert [entry["method"] for entry in told["requests"]] == ["landing.site.add"]
    missed = await order(portal, "GET", "requests", method="landing.site.add", params={"fields": {"CODE": "two"}})
    assert (missed["requests"], missed["near_misses"][0]["params"]["fields"]["CODE"]) == ([], "one")
    async with portal.http() as http:
        query = await http.get("/_landingpad/requests?method=landing.site.add&status=200&params=%7B%7D")
    assert len(query.json()["requests"]) == 1
    await order(portal, "DELETE", "requests")
    assert (await order(portal, "GET", "requests", after=told["last"]))["requests"] == []


async def test_coverage_lists_called_and_uncalled_methods(portal: Portal) -> None:
    await portal.call("LANDING.site.getlist")
    await portal.call("batch", cmd=["server.time", "server.time", "no.such.method"])
    told = await order(portal, "GET", "coverage")
    assert told["called"] == {"batch": 1, "landing.site.getList": 1, "server.time": 2}
    assert told["unknown"] == {"no.such.method": 1}
    assert "landing.site.getPreview" in told["never"]
    assert len(told["never"]) + len(told["called"]) == told["methods"]
