"""Answers that the application of all screens gives by itself: unknown paths, methods, errors, large forms."""

from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest

from landingpad.domain.people import sessions
from landingpad.web.screens import sites
from support.portal import Portal
from support.web import COOKIE, ORIGIN, begin_session, visitor

OUR_PAGE = "default-src 'none'"


def is_ours(answer: httpx.Response) -> bool:
    """Say whether an answer is a page of this server, not a text of the framework."""
    return answer.headers["content-security-policy"].startswith(OUR_PAGE) and "<h1>" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/sites/nothing/here",
        "/sites/x/",
        "/sites/-1/",
        "/sites/1.5/",
        "/sites/9999999999999999/",  # no id has sixteen digits
        f"/sites/{'9' * 5000}/",
        f"/sign-in/{'x' * 201}",
        "/_ui/nothing.css",
        "/_ui/..%2Froutes.py",
    ],
)
async def test_unknown_paths_get_a_page_of_ours(portal: Portal, path: str) -> None:
    async with portal.http() as http:
        answer = await http.get(path)
    assert answer.status_code == 404
    assert is_ours(answer)


async def test_a_missing_slash_redirects_to_a_path_with_the_query(portal: Portal) -> None:
    """The redirect names no host, because the client wrote the one in the request."""
    async with portal.http() as http:
        for path, target in (
            ("/sites", "/sites/"),
            ("/sites?state=draft&q=%C3%BC", "/sites/?state=draft&q=%C3%BC"),
            ("/sites/7", "/sites/7/"),
            ("/marketplace/view/a%20b%3F", "/marketplace/view/a%20b%3F/"),
        ):
            answer = await http.get(path)
            assert (answer.status_code, answer.headers["location"]) == (301, target)
        assert (await http.get("/account/password/")).status_code == 404, "none is taken away"


async def test_other_methods_are_refused_with_those_of_all_routes_of_the_path(portal: Portal) -> None:
    async with portal.http() as http:
        for method, path, allowed in (
            ("PUT", "/sign-in/", "GET, HEAD, POST"),
            ("DELETE", "/sites/", "GET, HEAD"),
            ("GET", "/sign-out", "POST"),
            ("OPTIONS", "/developer/apps/7/", "GET, HEAD, POST"),
        ):
            answer = await http.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
            assert is_ours(answer)


async def test_an_unexpected_error_gets_a_page_without_details(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: Any) -> Any:
        raise RuntimeError("a detail")

    await portal.site("acme")
    monkeypatch.setattr(sites, "pictures_of", failing)
    async with visitor(portal) as me:
        answer = await me.get("/sites/")
    assert answer.status_code == 500
    assert is_ours(answer)
    assert "Something went wrong" in answer.text
    assert "a detail" not in answer.text


async def test_large_forms_are_refused_and_the_rest_is_not_read(portal: Portal) -> None:
    """Neither with their length in a header nor without it."""
    token = begin_session(portal, portal.admin_id)
    read = 0

    async def body() -> Any:
        nonlocal read
        for _ in range(64):
            read += 1
            yield b"x" * 65536

    headers = {"origin": ORIGIN, "cookie": f"{COOKIE}={token}", "content-type": "application/x-www-form-urlencoded"}
    async with portal.http() as http:
        declared = await http.post("/sites/new", content=b"x" * (1024 * 1024 + 1), headers=headers)
        streamed = await http.post("/sites/new", content=body(), headers=headers)
        fits = {"csrf": sessions.csrf_token(token), "title": "", "code": "x" * 1_000_000}
        assert (await http.post("/sites/new", data=fits, headers=headers)).status_code == 422
    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert "1048576 bytes" in answer.text
    assert read == 17


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
async def test_nobody_is_sent_to_the_sign_in_before_the_form_is_read(portal: Portal, headers: dict[str, str]) -> None:
    sent: list[MutableMapping[str, Any]] = []
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/sites/new",
        "query_string": b"",
        "headers": [(b"host", b"localhost:8080"), *((k.encode(), v.encode()) for k, v in headers.items())],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> MutableMapping[str, Any]:
        raise AssertionError("the body is read")

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await portal.app(scope, receive, send)
    given = dict(sent[0]["headers"])
    if headers:
        assert (sent[0]["status"], given[b"hx-redirect"]) == (200, b"/sign-in/")
    else:
        assert (sent[0]["status"], given[b"location"]) == (303, b"/sign-in/")


async def test_queries_are_read_like_those_of_the_api(portal: Portal) -> None:
    """Without NUL, which PostgreSQL cannot compare, and not nested too deeply."""
    await portal.site("acme", TITLE="Acme")
    async with visitor(portal) as me:
        assert "Acme" in (await me.get("/sites/?q=Ac%00me")).text
        deep = await me.get(f"/sites/?q{'[a]' * 100}=1")
        assert deep.status_code == 400
        assert is_ours(deep)
