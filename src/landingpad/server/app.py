"""The composition root: which parts a server is made of, and which of them answers a request."""

import threading
from functools import cached_property
from random import Random, SystemRandom
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.domain.people.signin import SignIn
from landingpad.domain.preview.shapes import PreviewPlan
from landingpad.domain.site.urls import NO_PREVIEW, PREVIEW_FILE, PublicUrls
from landingpad.domain.work import JobQueue, Services
from landingpad.http.bx24 import script_answer
from landingpad.http.forms import answer_form
from landingpad.http.gallery import gallery_answer
from landingpad.http.message import Answer, Receive, Request, Scope, Send, send_answer
from landingpad.http.oauth import OAuthRoutes
from landingpad.http.proxies import TrustedProxies
from landingpad.http.public import PublicSites, no_picture
from landingpad.http.rest import RestRoute
from landingpad.http.server_pages import not_found_page, start_page
from landingpad.jobs.deliveries import Deliveries
from landingpad.jobs.queue import JobEnqueuer
from landingpad.mcp.route import PATH as MCP_PATH
from landingpad.mcp.route import McpRoute
from landingpad.media.picture import LARGEST_FILE, PictureReader
from landingpad.media.store import MediaStore
from landingpad.network.addresses import is_public, is_public_or_own
from landingpad.network.fetch import Fetcher
from landingpad.rpc.declare import REGISTRY
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.journal import Journal
from landingpad.rpc.limits import LimitMode, RequestRate
from landingpad.rpc.lint import RequestLint
from landingpad.rpc.portals import PortalDirectory
from landingpad.rpc.webhook_uses import WebhookUses
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, database_url
from landingpad.web.frame.paths import SITES, is_safe_host, is_web

if TYPE_CHECKING:
    from landingpad.control.route import Control
    from landingpad.http.docs import DocsRoute
    from landingpad.web.frame.route import WebRoute

log = structlog.get_logger("landingpad.app")

_READING = frozenset({"GET", "HEAD"})
_CONTROL = "/_landingpad"
_DOCS = frozenset({"/docs", "/openapi.json", "/llms.txt"})
"""Paths of the reference, beside those below /docs/."""
_SCRIPT = frozenset({"/api/v1/", "/api/v1"})
"""Where applications load BX24 from, at whichever host they were written for."""


class Parts:
    """The long-lived parts of one process."""

    def __init__(self, settings: Settings, *, scheme: str, port: int, jobs: JobQueue | None = None) -> None:
        self.settings = settings
        self.closing = threading.Event()
        """Set when the server is about to stop, so that answers without an end come to one."""
        self.db = Database(database_url(settings.data, settings.database_url))
        self.media = MediaStore(settings.data / "media")
        self.portals = PortalDirectory(self.db)
        public = urlsplit(settings.public_url)
        if public.hostname:
            scheme, port = public.scheme, public.port or (443 if public.scheme == "https" else 80)
        self.jobs = JobEnqueuer(self.db)
        self.services = Services(
            db=self.db,
            jobs=jobs or self.jobs,
            urls=PublicUrls(scheme, port),
            # Codes that follow from a seed can be guessed: only where a developer wants that.
            random=Random(settings.chance) if settings.dev and settings.chance else SystemRandom(),  # noqa: S311
            media=self.media,
            fetcher=Fetcher(most_bytes=LARGEST_FILE, public=is_public_or_own if settings.dev else is_public),
            pictures=PictureReader(),
            previews=PreviewPlan.of(settings),
        )
        self.deliveries = Deliveries(settings.journal)
        self.journal = Journal(settings.journal, count=settings.dev)
        mode = LimitMode(settings.limit_mode)
        self.dispatcher = Dispatcher(
            REGISTRY,
            self.services,
            prove_declarations=settings.dev,
            limits=mode,
            operating_limit=settings.operating_limit,
            lint=RequestLint(strict=settings.strict) if settings.strict or settings.dev else None,
            journal=self.journal,
        )
        self.public = PublicSites(self.services, self.media)
        self.sign_in = SignIn(self.db)
        self.oauth = OAuthRoutes(self.services, self.sign_in)
        self.uses = WebhookUses(self.db)
        rate = RequestRate() if mode is LimitMode.ENFORCE else None
        self.rest = RestRoute(
            self.db,
            self.portals,
            self.dispatcher,
            clock=self.services.clock,
            journal=self.journal,
            uses=self.uses,
            body_limit=settings.body_limit,
            rate=rate,
        )

        self.control = self._control() if settings.dev else None

    def _control(self) -> "Control":
        from landingpad.control.kit import Kit  # noqa: PLC0415  # the same
        from landingpad.control.route import Control  # noqa: PLC0415  # nobody else loads it

        control = Control(
            Kit(
                self.settings,
                self.services,
                portals=self.portals,
                public=self.public,
                dispatcher=self.dispatcher,
                rest=self.rest,
                oauth=self.oauth,
                journal=self.journal,
                deliveries=self.deliveries,
                media=self.media,
            )
        )
        control.kit.going_back.append(self.uses.forget)
        return control

    @cached_property
    def docs(self) -> "DocsRoute":
        """The reference; a portal that nobody reads it on does not load it."""
        from landingpad.http.docs import DocsRoute  # noqa: PLC0415  # see above

        return DocsRoute(REGISTRY)

    @cached_property
    def web(self) -> "WebRoute":
        """The portal in the browser; a server that only programs use does not load it."""
        from landingpad.web.frame.route import WebRoute  # noqa: PLC0415  # see above
        from landingpad.web.routes import routes  # noqa: PLC0415

        table = routes(
            self.sign_in,
            self.closing,
            self.journal,
            self.rest,
            processes=self.settings.workers,
            body_limit=self.settings.body_limit,
            control=self.control,
        )
        return WebRoute(self.dispatcher, table, has_kit=self.control is not None)

    def close(self) -> None:
        """Finish running work and close the database."""
        self.services.pictures.close()
        self.uses.close()
        self.db.close()


class App:
    """The ASGI application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._rest = parts.rest
        self._proxies = TrustedProxies(parts.settings.trusted_proxies) if parts.settings.trusted_proxies else None
        self._mcp = McpRoute(REGISTRY, self)

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
