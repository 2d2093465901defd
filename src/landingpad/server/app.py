"""The ASGI application: a table of paths, methods and hosts with the applications that answer."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import structlog

from landingpad.domain.site.urls import NO_PREVIEW, PREVIEW_FILE
from landingpad.http.asgi import ClientGoneError, Receive, Scope, Send, host_of
from landingpad.http.bx24 import script_answer
from landingpad.http.plain import Answer, Request, send_answer
from landingpad.http.proxies import TrustedProxies
from landingpad.http.public import no_picture
from landingpad.http.server_pages import failed_page, not_found_page, start_page
from landingpad.mcp.admission import Admission
from landingpad.mcp.route import PATH as MCP
from landingpad.mcp.route import McpRoute
from landingpad.rpc.failures import logged
from landingpad.server.limited import limited_messages
from landingpad.server.parts import Parts
from landingpad.server.table import ALL, NEXT, POST, READ, Host, Row, late, plain
from landingpad.web.frame.paths import SCREENS, SITES, is_safe_host

log = structlog.get_logger("landingpad.app")


class App:
    """The ASGI application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._proxies = TrustedProxies(parts.settings.trusted_proxies) if parts.settings.trusted_proxies else None
        self._portal_at: dict[Host, Callable[[str], int | None]] = {
            Host.SITE: lambda host: None if parts.portals.is_portal_host(host) else 0,
            Host.PORTAL: parts.portals.find,
            Host.PEOPLE: self._portal_of_people,
            Host.BROWSER: self._portal_in_browser,
            Host.ANY: lambda _host: 0,
        }
        loading = asyncio.Lock()
        oauth, control, missing = late(parts.oauth, loading), late(parts.control, loading), plain(_not_found)
        mcp = McpRoute(parts.registry, self, Admission(self._is_own_name, is_safe_host))
        # The first matching row answers; if its application returns NEXT, the next matching row does.
        self._public = (
            Row(NO_PREVIEW, READ, Host.ANY, plain(_no_picture)),
            Row("/docs /docs/* /openapi.json /llms.txt", READ, Host.PEOPLE, late(parts.docs, loading)),
            Row("/api/v1 /api/v1/", READ, Host.PEOPLE, plain(_script)),
            Row("*", READ, Host.SITE, plain(self._page_of_site)),
            Row("*", READ, Host.PORTAL, plain(self._page_below_portal)),
            Row("/", READ, Host.BROWSER, plain(_to_screens)),
            Row("/", READ, Host.ANY, plain(self._start_page)),
            Row(f"/{PREVIEW_FILE}", READ, Host.ANY, plain(_no_picture)),
            Row("*", READ, Host.ANY, missing),
            Row("*", ALL, Host.ANY, plain(_only_reading)),
        )
        self.table = (
            Row("/rest/* //rest/*", ALL, Host.ANY, parts.rest),
            Row(MCP, ALL, Host.PEOPLE, limited_messages(mcp, parts.nobody)),
            Row(SCREENS, ALL, Host.BROWSER, late(parts.web, loading)),
            Row("/_landingpad /_landingpad/*", ALL, Host.ANY, control if parts.kit is not None else missing),
            Row("/oauth/* //oauth/*", ALL, Host.BROWSER, oauth),
            Row("/oauth/* //oauth/*", ALL, Host.PEOPLE, oauth),
            Row("/oauth/* //oauth/*", ALL, Host.ANY, oauth),
            Row("*", POST, Host.ANY, plain(self._form)),
            *self._public,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if self._proxies is not None:
            scope = self._proxies.applied(scope)
        if self.table[0].is_at(scope["path"]):  # a shortcut for calls of the API
            await self._parts.rest(scope, receive, send)
            return
        has_begun = False

        async def noting(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._first(self.table, scope, receive, noting)
        except ClientGoneError:
            log.debug("client_gone", path=scope["path"])
        except Exception as error:  # noqa: BLE001  # whatever it is, the visitor gets an answer and the log the error
            storage = logged(log, "request_failed", error, path=scope["path"])
            if not has_begun:
                await send_answer(send, Answer(*failed_page(storage)), head=scope["method"] == "HEAD")

    async def visit(self, host: str, path: str, query: bytes = b"") -> Answer:
        """Answer a GET request of the camera or of an export, which see only what visitors see."""
        urls = self._parts.services.urls
        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "scheme": urls.scheme,
            "path": path,
            "query_string": query,
            "headers": [(b"host", f"{host}{urls.suffix}".encode())],
        }
        answer = Answer(500, ())
        parts: list[bytes] = []

        async def collect(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.headers = message["status"], list(message["headers"])
            else:
                parts.append(message["body"])

        await self._first(self._public, scope, _no_body, collect)
        answer.body = b"".join(parts)
        return answer

    async def _first(self, rows: Iterable[Row], scope: Scope, receive: Receive, send: Send) -> None:
        """Let the first matching row answer whose application does not return NEXT.

        The application finds the id of the portal, or 0, in the state of the scope, and there `with_sessions`: whether
        the portal is shown in browsers at this host.
        """
        path, method, host, state = scope["path"], scope["method"], host_of(scope), scope.get("state", {})
        for row in rows:
            portal_id = self._portal_at[row.host](host) if row.fits(path, method) else None
            if portal_id is None:
                continue
            scope["state"] = {**state, "portal_id": portal_id, "with_sessions": row.host is Host.BROWSER}
            if await row.application(scope, receive, send) is not NEXT:
                return
        raise AssertionError("the last row answers every request")

    # -- kinds of host

    def _portal_of_people(self, host: str) -> int | None:
        parts = self._parts
        is_site = not parts.portals.is_portal_host(host) and parts.public.knows_host(host)
        return None if is_site else parts.portals.find(host)

    def _portal_in_browser(self, host: str) -> int | None:
        is_safe = self._parts.portals.is_portal_host(host) or is_safe_host(host)
        return self._portal_of_people(host) if is_safe else None

    def _is_own_name(self, host: str) -> bool:
        public = urlsplit(self._parts.settings.public_url).hostname
        return self._parts.portals.is_portal_host(host) or bool(host and host == public)

    # -- handlers that need parts

    async def _form(self, request: Request, receive: Receive) -> Answer | None:
        """Accept a form of a published page, first at the host of a site, as for GET."""
        parts = self._parts
        hosts = [] if parts.portals.is_portal_host(request.host) else [None]
        portal_ids = [*hosts, parts.portals.find(request.host)]
        now_ms = parts.services.clock.now_ms()
        return await parts.forms.answer(request, receive, portal_ids, now_ms)

    async def _page_of_site(self, request: Request, _receive: Receive) -> Answer | None:
        return await self._parts.public.answer(request, None, self._parts.services.clock.now_ms())

    async def _page_below_portal(self, request: Request, _receive: Receive) -> Answer | None:
        portal_id: int = request.scope["state"]["portal_id"]
        return await self._parts.public.answer(request, portal_id, self._parts.services.clock.now_ms())

    async def _start_page(self, request: Request, _receive: Receive) -> Answer:
        origin = f"{request.scope['scheme']}://{request.header(b'host')}"
        return Answer(*start_page(title="Landingpad", origin=origin, is_dev=self._parts.settings.dev))


async def _no_picture(_request: Request, _receive: Receive) -> Answer:
    return no_picture()


async def _script(request: Request, _receive: Receive) -> Answer:
    return script_answer(request)


async def _to_screens(_request: Request, _receive: Receive) -> Answer:
    answer = Answer.redirect(SITES, 303)  # redirects to the sign-in and back if there is no session
    answer.headers.append((b"cache-control", b"no-store"))
    return answer


async def _not_found(_request: Request, _receive: Receive) -> Answer:
    return Answer(*not_found_page(home="/", accent=None, sandboxed=False))


async def _only_reading(_request: Request, _receive: Receive) -> Answer:
    answer = Answer.text(405, "This address answers GET and HEAD only.")
    answer.headers.append((b"allow", b"GET, HEAD"))
    return answer


async def _no_body() -> dict[str, Any]:
    return {"type": "http.request", "body": b""}
