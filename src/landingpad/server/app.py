"""The ASGI application: a table of paths, methods and hosts with their handlers."""

from collections.abc import Callable, Iterable, MutableMapping
from functools import partial
from typing import Any

import structlog

from landingpad.domain.site.urls import NO_PREVIEW, PREVIEW_FILE
from landingpad.http.bx24 import script_answer
from landingpad.http.forms import answer_form
from landingpad.http.gallery import gallery_answer
from landingpad.http.message import Answer, Receive, Request, Scope, Send, send_answer
from landingpad.http.proxies import TrustedProxies
from landingpad.http.public import no_picture
from landingpad.http.server_pages import not_found_page, start_page
from landingpad.mcp.route import PATH as MCP
from landingpad.mcp.route import McpRoute
from landingpad.server.parts import Parts
from landingpad.server.table import ALL, POST, READ, Host, Row, Sends
from landingpad.web.frame.paths import SCREENS, SITES, is_safe_host

log = structlog.get_logger("landingpad.app")


class App:
    """The ASGI application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._proxies = TrustedProxies(parts.settings.trusted_proxies) if parts.settings.trusted_proxies else None
        self._mcp_route = McpRoute(parts.registry, self)
        self._portal_at: dict[Host, Callable[[str], int | None]] = {
            Host.SITE: lambda host: None if parts.portals.is_portal_host(host) else 0,
            Host.PORTAL: parts.portals.find,
            Host.PEOPLE: self._portal_of_people,
            Host.BROWSER: self._portal_in_browser,
        }
        # The first matching row answers; if its handler returns None, the next matching row does.
        self._public = (
            Row(NO_PREVIEW, READ, Host.ANY, self._no_picture),
            Row("/docs /docs/* /openapi.json /llms.txt", READ, Host.PEOPLE, self._docs),
            Row("/api/v1 /api/v1/", READ, Host.PEOPLE, self._bx24),
            Row("*", READ, Host.SITE, self._page_of_site),
            Row("*", READ, Host.PORTAL, self._page_below_portal),
            Row("/", READ, Host.BROWSER, self._to_screens),
            Row("/", READ, Host.ANY, self._start_page),
            Row(f"/{PREVIEW_FILE}", READ, Host.ANY, self._no_picture),
            Row("*", READ, Host.ANY, self._not_found),
            Row("*", ALL, Host.ANY, self._only_reading),
        )
        self.table = (
            Row("/rest/* //rest/*", ALL, Host.ANY, Sends(self._rest)),
            Row(MCP, ALL, Host.PEOPLE, Sends(self._mcp)),
            Row(SCREENS, ALL, Host.BROWSER, Sends(self._screens)),
            Row("/_landingpad /_landingpad/*", ALL, Host.ANY, self._control),
            Row("/oauth/* //oauth/*", ALL, Host.BROWSER, partial(self._oauth, with_sessions=True)),
            Row("/oauth/* //oauth/*", ALL, Host.PEOPLE, self._oauth),
            Row("/oauth/* //oauth/*", ALL, Host.ANY, self._oauth),
            Row("*", POST, Host.ANY, self._form),
            *self._public,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if self._proxies is not None:
            scope = self._proxies.applied(scope)
        if self.table[0].is_at(scope["path"]):  # a shortcut for calls of the API
            await self._rest(scope, receive, send, 0)
            return
        request = Request(scope)
        try:
            answer, portal_id = await self._first(self.table, request, receive)
        except Exception:
            log.exception("request_failed", path=request.path)
            answer, portal_id = Answer.text(500, "Something went wrong on this server. The error is in its log."), 0
        if isinstance(answer, Sends):
            await answer.application(scope, receive, send, portal_id)
        else:
            await send_answer(send, answer, head=request.method == "HEAD")

    async def answer(self, request: Request) -> Answer:
        """Answer requests of the camera and of exports, which see only what visitors see."""
        answer, _ = await self._first(self._public, request, _no_body)
        assert isinstance(answer, Answer)  # noqa: S101  # all public rows have handlers that return answers
        return answer

    async def _first(self, rows: Iterable[Row], request: Request, receive: Receive) -> tuple[Answer | Sends, int]:
        """Return the answer of the first matching row whose handler does not return None, and the portal's id."""
        for row in rows:
            if not row.fits(request):
                continue
            portal_id = 0 if row.host is Host.ANY else self._portal_at[row.host](request.host)
            if portal_id is None:
                continue
            handler = row.handler
            answer = handler if isinstance(handler, Sends) else await handler(request, receive, portal_id)
            if answer is not None:
                return answer, portal_id
        raise AssertionError("the last row answers every request")

    # -- kinds of host

    def _portal_of_people(self, host: str) -> int | None:
        parts = self._parts
        is_site = not parts.portals.is_portal_host(host) and parts.public.knows_host(host)
        return None if is_site else parts.portals.find(host)

    def _portal_in_browser(self, host: str) -> int | None:
        is_safe = self._parts.portals.is_portal_host(host) or is_safe_host(host)
        return self._portal_of_people(host) if is_safe else None

    # -- handlers that send

    async def _rest(self, scope: Scope, receive: Receive, send: Send, _portal_id: int) -> None:
        await self._parts.rest(scope, receive, send)

    async def _mcp(self, scope: Scope, receive: Receive, send: Send, _portal_id: int) -> None:
        await self._mcp_route(scope, receive, send)

    async def _screens(self, scope: Scope, receive: Receive, send: Send, portal_id: int) -> None:
        await self._parts.web(scope, receive, send, portal_id)

    # -- handlers

    async def _control(self, request: Request, receive: Receive, _portal_id: int) -> Answer:
        control = self._parts.control
        if control is None:
            return not_found_page(home="/", accent=None, sandboxed=False)
        is_dark = request.query == b"dark"
        gallery = gallery_answer(request.path, dark=is_dark) if request.method in READ else None
        return gallery or await control.answer(request, receive)

    async def _oauth(
        self, request: Request, receive: Receive, portal_id: int, *, with_sessions: bool = False
    ) -> Answer:
        return await self._parts.oauth.answer(request, receive, portal_id or None, with_sessions=with_sessions)

    async def _form(self, request: Request, receive: Receive, _portal_id: int) -> Answer | None:
        """Accept a form of a published page, first at the host of a site, as for GET."""
        parts = self._parts
        hosts = [] if parts.portals.is_portal_host(request.host) else [None]
        portal_ids = [*hosts, parts.portals.find(request.host)]
        now_ms = parts.services.clock.now_ms()
        return await answer_form(parts.services, parts.public, request, receive, portal_ids, now_ms)

    async def _no_picture(self, _request: Request, _receive: Receive, _portal_id: int) -> Answer:
        return no_picture()

    async def _docs(self, request: Request, _receive: Receive, _portal_id: int) -> Answer:
        return self._parts.docs.answer(request)

    async def _bx24(self, request: Request, _receive: Receive, _portal_id: int) -> Answer:
        return script_answer(request)

    async def _page_of_site(self, request: Request, _receive: Receive, _portal_id: int) -> Answer | None:
        return await self._parts.public.answer(request, None, self._parts.services.clock.now_ms())

    async def _page_below_portal(self, request: Request, _receive: Receive, portal_id: int) -> Answer | None:
        return await self._parts.public.answer(request, portal_id, self._parts.services.clock.now_ms())

    async def _to_screens(self, _request: Request, _receive: Receive, _portal_id: int) -> Answer:
        answer = Answer.redirect(SITES, 303)  # redirects to the sign-in and back if there is no session
        answer.headers.append((b"cache-control", b"no-store"))
        return answer

    async def _start_page(self, request: Request, _receive: Receive, _portal_id: int) -> Answer:
        origin = f"{request.scope['scheme']}://{request.header(b'host')}"
        return start_page(title="Landingpad", origin=origin, is_dev=self._parts.settings.dev)

    async def _not_found(self, _request: Request, _receive: Receive, _portal_id: int) -> Answer:
        return not_found_page(home="/", accent=None, sandboxed=False)

    async def _only_reading(self, _request: Request, _receive: Receive, _portal_id: int) -> Answer:
        answer = Answer.text(405, "This address answers GET and HEAD only.")
        answer.headers.append((b"allow", b"GET, HEAD"))
        return answer


async def _no_body() -> MutableMapping[str, Any]:
    return {"type": "http.request", "body": b""}
