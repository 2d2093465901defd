"""The ASGI application: which part answers a request."""

import structlog

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.domain.site.urls import NO_PREVIEW, PREVIEW_FILE
from landingpad.http.bx24 import script_answer
from landingpad.http.forms import answer_form
from landingpad.http.gallery import gallery_answer
from landingpad.http.message import Answer, Receive, Request, Scope, Send, send_answer
from landingpad.http.proxies import TrustedProxies
from landingpad.http.public import no_picture
from landingpad.http.server_pages import not_found_page, start_page
from landingpad.mcp.route import PATH as MCP_PATH
from landingpad.mcp.route import McpRoute
from landingpad.server.parts import Parts
from landingpad.web.frame.paths import SITES, is_safe_host, is_web

log = structlog.get_logger("landingpad.app")

_READING = frozenset({"GET", "HEAD"})
_CONTROL = "/_landingpad"
_DOCS = frozenset({"/docs", "/openapi.json", "/llms.txt"})
"""Paths of the reference, beside those below /docs/."""
_SCRIPT = frozenset({"/api/v1/", "/api/v1"})
"""Where applications load BX24 from, at whichever host they were written for."""


class App:
    """The ASGI application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rest = parts.rest
        self._proxies = TrustedProxies(parts.settings.trusted_proxies) if parts.settings.trusted_proxies else None
        self._mcp = McpRoute(parts.registry, self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, by the path and then by the host that it names."""
        if scope["type"] != "http":
            return
        if self._proxies is not None:
            scope = self._proxies.applied(scope)
        if scope["path"].startswith(("/rest/", "//rest/")):
            await self._rest(scope, receive, send)
            return
        request = Request(scope)
        if scope["path"] == MCP_PATH and self._portal_of_people(request.host) is not None:
            await self._mcp(scope, receive, send)
            return
        if is_web(request.path) and (portal_id := self._portal_in_browser(request.host)) is not None:
            await self._parts.web(scope, receive, send, portal_id)
            return
        try:
            if request.path == _CONTROL or request.path.startswith(f"{_CONTROL}/"):
                answer = await self._control(request, receive)
            elif scope["path"].startswith(("/oauth/", "//oauth/")):
                answer = await self._authorize(request, receive)
            else:
                answer = await (self.post(request, receive) if request.method == "POST" else self.answer(request))
        except Exception:
            log.exception("request_failed", path=request.path)
            answer = Answer.text(500, "Something went wrong on this server. It is in the log.")
        await send_answer(send, answer, head=request.method == "HEAD")

    async def _authorize(self, request: Request, receive: Receive) -> Answer:
        with_sessions = self._portal_in_browser(request.host) is not None
        portal_id = self._portal_of_people(request.host)
        return await self._parts.oauth.answer(request, receive, portal_id, with_sessions=with_sessions)

    async def _control(self, request: Request, receive: Receive) -> Answer:
        control = self._parts.control
        if control is None:
            return not_found_page(home="/", accent=None, sandboxed=False)
        is_dark = request.query == b"dark"
        gallery = gallery_answer(request.path, dark=is_dark) if request.method in _READING else None
        return gallery or await control.answer(request, receive)

    def _portal_of_people(self, host: str) -> int | None:
        """Return the portal where people may type a password: never at the host of a published site."""
        parts = self._parts
        is_site = not parts.portals.is_portal_host(host) and parts.public.knows_host(host)
        return None if is_site else parts.portals.find(host)

    def _portal_in_browser(self, host: str) -> int | None:
        """Return the portal whose pages for people this host shows.

        A name that nobody gave this server shows none: its owner could lead a browser here whenever they like.
        """
        is_safe = self._parts.portals.is_portal_host(host) or is_safe_host(host)
        return self._portal_of_people(host) if is_safe else None

    async def post(self, request: Request, receive: Receive) -> Answer:
        """Take what a visitor sends through a form."""
        parts = self._parts
        now_ms = parts.services.clock.now_ms()
        # As for GET: a host that is no portal's own may be a site's, else it means the first portal.
        hosts = [] if parts.portals.is_portal_host(request.host) else [None]
        portal_ids = [*hosts, parts.portals.find(request.host)]
        found = await answer_form(parts.services, parts.public, request, receive, portal_ids, now_ms)
        return await self.answer(request) if found is None else found

    async def answer(self, request: Request) -> Answer:
        """Answer a request for anything but the API."""
        parts = self._parts
        if request.method not in _READING:
            answer = Answer.text(405, "Only GET and HEAD are answered here.")
            answer.headers.append((b"allow", b"GET, HEAD"))
            return answer
        if request.path == NO_PREVIEW:
            return no_picture()
        is_docs = request.path.startswith("/docs/") or request.path in _DOCS
        if is_docs and self._portal_of_people(request.host) is not None:
            return parts.docs.answer(request)
        if request.path in _SCRIPT and self._portal_of_people(request.host) is not None:
            return script_answer(request)
        now_ms = parts.services.clock.now_ms()
        is_portal = parts.portals.is_portal_host(request.host)
        if not is_portal:
            found = await parts.public.answer(request, None, now_ms)
            if found is not None:
                return found
        portal_id = parts.portals.find(request.host)
        if portal_id is not None:
            found = await parts.public.answer(request, portal_id, now_ms)
            if found is not None:
                return found
        if request.path == "/" and self._portal_in_browser(request.host) is not None:
            to_sites = Answer.redirect(SITES, 303)  # those who are not signed in are asked to there, and come back
            to_sites.headers.append((b"cache-control", b"no-store"))
            return to_sites
        if request.path == "/":
            origin = f"{request.scope['scheme']}://{request.header(b'host')}"
            return start_page(title="Landingpad", origin=origin, is_dev=parts.settings.dev)
        if request.path == f"/{PREVIEW_FILE}":
            return no_picture()
        return not_found_page(home="/", accent=None, sandboxed=False)
