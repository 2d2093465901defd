"""Each request is answered by the row of the table that a reader expects."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import httpx
import pytest
from structlog.testing import capture_logs

from landingpad.blockhtml.forms import FORM_PARAMETER
from landingpad.http.asgi import Application, Receive, Scope, Send
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.server.table import ALL, NEXT, POST, READ, Host, Row
from support.portal import Portal

PORTAL, SITE, ADDRESS, NOBODYS = "localhost", "acme.localhost", "192.0.2.1", "elsewhere.example"
Key = tuple[str, frozenset[str], Host]

API: Key = ("/rest/* //rest/*", ALL, Host.ANY)
MCP: Key = ("/mcp", ALL, Host.PEOPLE)
CONTROL: Key = ("/_landingpad /_landingpad/*", ALL, Host.ANY)
OAUTH = "/oauth/* //oauth/*"
NO_PREVIEW: Key = ("/bitrix/images/landing/nopreview.jpg", READ, Host.ANY)
DOCS: Key = ("/docs /docs/* /openapi.json /llms.txt", READ, Host.PEOPLE)
BX24: Key = ("/api/v1 /api/v1/", READ, Host.PEOPLE)
START: Key = ("/", READ, Host.BROWSER)
PREVIEW: Key = ("/preview.jpg", READ, Host.ANY)
NOT_FOUND: Key = ("*", READ, Host.ANY)
REFUSED: Key = ("*", ALL, Host.ANY)
OF_SITE: Key = ("*", READ, Host.SITE)
BELOW_PORTAL: Key = ("*", READ, Host.PORTAL)
SCREENS = "screens"

CASES: list[tuple[str, str, str, Key | str, int]] = [
    ("POST", PORTAL, "/rest/server.time", API, 401),
    ("POST", SITE, "//rest//server.time", API, 401),
    ("GET", NOBODYS, "/rest/", API, 401),
    ("GET", PORTAL, "/mcp", MCP, 405),
    ("GET", NOBODYS, "/mcp", MCP, 403),
    ("GET", SITE, "/mcp", OF_SITE, 404),
    ("GET", PORTAL, "/mcp/", NOT_FOUND, 404),
    ("GET", PORTAL, "/sites/", SCREENS, 303),
    ("GET", PORTAL, "/sites", SCREENS, 301),
    ("GET", ADDRESS, "/sign-in/", SCREENS, 200),
    ("POST", PORTAL, "/sign-out", SCREENS, 303),
    ("GET", NOBODYS, "/sites/", NOT_FOUND, 404),
    ("GET", SITE, "/sites/", OF_SITE, 404),
    ("GET", PORTAL, "/_landingpad", CONTROL, 200),
    ("PUT", SITE, "/_landingpad/clock", CONTROL, 403),
    ("GET", PORTAL, "/_landingpads", NOT_FOUND, 404),
    ("GET", PORTAL, "/oauth/authorize/", (OAUTH, ALL, Host.BROWSER), 400),
    ("GET", NOBODYS, "/oauth/authorize/", (OAUTH, ALL, Host.PEOPLE), 400),
    ("GET", SITE, "/oauth/authorize/", (OAUTH, ALL, Host.ANY), 404),
    ("POST", SITE, "//oauth/token/", (OAUTH, ALL, Host.ANY), 400),
    ("POST", SITE, f"/home/?{FORM_PARAMETER}=1", ("*", POST, Host.ANY), 415),
    ("POST", SITE, "/home/", REFUSED, 405),
    ("DELETE", PORTAL, "/", REFUSED, 405),
    ("GET", SITE, "/bitrix/images/landing/nopreview.jpg", NO_PREVIEW, 200),
    ("HEAD", PORTAL, "/docs/", DOCS, 200),
    ("GET", PORTAL, "/llms.txt", DOCS, 200),
    ("GET", SITE, "/docs/", OF_SITE, 404),
    ("GET", PORTAL, "/api/v1/", BX24, 200),
    ("GET", SITE, "/api/v1/", OF_SITE, 404),
    ("GET", SITE, "/", OF_SITE, 200),
    ("GET", SITE, "/preview.jpg", OF_SITE, 200),
    ("GET", PORTAL, "/pub/site/acme/", BELOW_PORTAL, 200),
    ("GET", PORTAL, "/", START, 303),
    ("GET", NOBODYS, "/", ("/", READ, Host.ANY), 200),
    ("GET", PORTAL, "/preview.jpg", PREVIEW, 200),
    ("GET", PORTAL, "/of/nobody/", NOT_FOUND, 404),
]


def key_of(row: Row) -> Key | str:
    return SCREENS if row.paths.startswith("/sign-out") else (row.paths, row.methods, row.host)


class Watched(App):
    """Records the row that answered last."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.answered: Key | str | None = API  # the first row has a shortcut
        self.table = tuple(Row(row.paths, row.methods, row.host, self._noted(row)) for row in self.table)  # type: ignore[assignment]

    def _noted(self, row: Row) -> Application:
        async def noted(scope: Scope, receive: Receive, send: Send) -> object:
            result = await row.application(scope, receive, send)
            self.answered = key_of(row) if result is not NEXT else self.answered
            return result

        return noted


Ask = Callable[[str, str, str], Awaitable[tuple[Key | str | None, httpx.Response]]]


@pytest.fixture
async def ask(portal: Portal) -> Ask:
    """Send a request to a server with a published site; return the row that answered, and the answer."""
    await portal.published()
    app = Watched(portal.parts)

    async def send(method: str, host: str, path: str) -> tuple[Key | str | None, httpx.Response]:
        app.answered = API
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport) as http:
            # A raw path, because a client would read two slashes at its start as a host name.
            url = httpx.URL(f"http://{host}:8080").copy_with(raw_path=path.encode())
            response = await http.request(method, url)
        return app.answered, response

    return send


async def test_each_request_is_answered_by_its_row(ask: Ask) -> None:
    for method, host, path, row, status in CASES:
        answered, response = await ask(method, host, path)
        assert (answered, response.status_code) == (row, status), (method, host, path)


def test_each_row_has_a_case(portal: Portal) -> None:
    assert [key for row in App(portal.parts).table if (key := key_of(row)) not in {case[3] for case in CASES}] == []


@pytest.mark.parametrize("path", ["/rest/server.time", "/mcp", "/sites/", "/_landingpad/", "/oauth/token/"])
async def test_photographed_pages_reach_only_public_pages(portal: Portal, path: str) -> None:
    """The camera's requests bypass the network; the page in it must not reach the API or the control plane that way."""
    answer = await App(portal.parts).visit("localhost", path)
    assert answer.status == 404


@pytest.mark.parametrize("path", ["/oauth/authorize/?client_id=x", "/_landingpad/portal", "/pub/site/acme/"])
async def test_an_unexpected_error_is_answered_and_logged_once(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """With a framework or without, and never by a page of the framework."""

    async def fail(_read: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(portal.parts.db, "read", fail)
    with capture_logs() as logged:
        async with portal.http() as http:
            answer = await http.get(path)
    assert answer.status_code == 500
    assert "The error is in the log of this server." in answer.text
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["request_failed"]


LATE_PARTS = {"web": "/sign-in/", "docs": "/docs/", "oauth": "/oauth/authorize/", "control": "/_landingpad/"}


@pytest.mark.parametrize("name", LATE_PARTS)
async def test_others_do_not_wait_for_a_part_that_is_loaded(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    load: Callable[[], Application] = getattr(portal.parts, name)
    threads: list[threading.Thread] = []
    begun, may_go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def recorded() -> Application:
        threads.append(threading.current_thread())
        loop.call_soon_threadsafe(begun.set)
        assert may_go_on.wait(60)
        return load()

    monkeypatch.setattr(portal.parts, name, recorded)
    portal.app = App(portal.parts)
    waiting = [asyncio.create_task(portal.get(LATE_PARTS[name])) for _ in range(3)]
    await begun.wait()
    assert await portal.call("server.time")
    assert not any(task.done() for task in waiting)
    may_go_on.set()
    assert all(answer.status_code in {200, 400} for answer in await asyncio.gather(*waiting))
    assert len(threads) == 1
    assert threads[0] is not threading.current_thread()
