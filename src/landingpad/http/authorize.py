"""`/oauth/authorize/`: users allow an application to act for them, and their browser brings it a code.

A user with a session in the portal needs no password. The user must agree once to each application, so that no
application gets tokens of a user who merely opens a page of it.
"""

import asyncio
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landingpad.domain.people import oauth, sessions
from landingpad.domain.people.portals import PortalState
from landingpad.domain.people.signin import SignIn, TooManyFailuresError
from landingpad.domain.work import Services
from landingpad.http.asgi import client_address, is_secure
from landingpad.http.browser import is_from_elsewhere, session_cookie_name
from landingpad.http.message_pages import message, read_form
from landingpad.http.signin_page import agree_page, signin_page
from landingpad.rpc.auth import session_caller
from landingpad.store.app import apps as app_rows
from landingpad.store.db.engine import Tx
from landingpad.store.people import portals as portal_rows
from landingpad.store.people import tokens as token_rows
from landingpad.store.records import Application, PortalRow, User

_LARGEST_FORM = 64 * 1024
_LOGIN = "login"  # value of `prompt` that always asks for a password


class _AuthorizationLink(NamedTuple):
    """The parsed link to the authorization page."""

    app: Application
    portal: PortalRow
    state: str | None
    wants_login: bool


class _Visitor(NamedTuple):
    """The user whose session this browser has."""

    user: User
    token: str
    has_agreed: bool

    @property
    def csrf(self) -> str:
        return sessions.csrf_token(self.token)


class AuthorizePage:
    """Answers browsers at `/oauth/authorize/`."""

    def __init__(self, services: Services, sign_in: SignIn) -> None:
        self._services = services
        self._db = services.db
        self._sign_in = sign_in

    async def answer(self, request: Request) -> Response:
        """Answer one request.

        At host names that anybody may own, the portal is not shown in browsers, so there are no sessions.
        """
        portal_id: int = request.state.portal_id
        if not portal_id:
            raise HTTPException(404)
        now_ms = self._services.clock.now_ms()
        given = dict(parse_qsl(request.scope["query_string"].decode("utf-8", "replace"), keep_blank_values=True))
        token = request.cookies.get(session_cookie_name(request), "") if request.state.with_sessions else ""

        def read(tx: Tx) -> tuple[Application | None, PortalRow | None, _Visitor | None]:
            app, portal = app_rows.by_client_id(tx, given.get("client_id", "")), portal_rows.find(tx, portal_id)
            return app, portal, _visitor(tx, portal_id, app, token, now_ms)

        app, portal, visitor = await self._db.read(read)
        if portal is None or portal.state == PortalState.DELETED:
            return message(404, "This portal is closed", "Ask the person who runs this server.")
        if app is None or app.portal_id != portal_id:
            return message(
                400, "Unknown application", "This portal has no application with this client_id. Check the link."
            )
        if given.get("redirect_uri", app.redirect_uri) != app.redirect_uri:
            return message(
                400,
                "Wrong return address",
                "The redirect_uri of the link is not the one that the application was registered with.",
            )
        if request.method not in {"GET", "HEAD", "POST"}:
            text = "Programs get tokens at /oauth/token/."
            return message(405, "Open this page in your browser", text, {"allow": "GET, HEAD, POST"})
        if not is_secure(request.scope):
            return message(400, "HTTPS required", "Passwords must not be sent over plain HTTP.")
        asked = _AuthorizationLink(app, portal, given.get("state"), given.get("prompt") == _LOGIN)
        if request.method == "POST":
            return await self._sent(request, asked, visitor, now_ms)
        if visitor is None or asked.wants_login:
            return signin_page(request, app, portal)
        if not app.is_open_to(visitor.user.id):
            return signin_page(request, app, portal, 403, problem=_no_access(app))
        if not visitor.has_agreed:
            return agree_page(request, app, portal, visitor.user, visitor.csrf)
        return await self._back(request, asked, visitor.user.id, now_ms)

    async def _sent(
        self, request: Request, asked: _AuthorizationLink, visitor: _Visitor | None, now_ms: int
    ) -> Response:
        if is_from_elsewhere(request):
            text = "The form was sent from another site. Open the link again and send the form from there."
            return message(403, "Request refused", text)
        form = await read_form(request, _LARGEST_FORM)
        if "csrf" in form:
            return await self._agreed(request, asked, visitor, str(form["csrf"]), now_ms)
        return await self._signed_in(request, asked, form, visitor, now_ms)

    async def _agreed(
        self, request: Request, asked: _AuthorizationLink, visitor: _Visitor | None, csrf: str, now_ms: int
    ) -> Response:
        """Handle the consent of a signed-in user."""
        if visitor is None:
            return signin_page(request, asked.app, asked.portal, 401, problem="Your session has ended. Sign in again.")
        if not hmac.compare_digest(csrf.encode(), visitor.csrf.encode()):
            text = "The form belongs to another session. Go back, reload the page and send it again."
            return message(403, "This form is out of date", text)
        if not asked.app.is_open_to(visitor.user.id):
            return signin_page(request, asked.app, asked.portal, 403, problem=_no_access(asked.app))
        return await self._back(request, asked, visitor.user.id, now_ms)

    async def _signed_in(
        self,
        request: Request,
        asked: _AuthorizationLink,
        form: Mapping[str, Any],
        visitor: _Visitor | None,
        now_ms: int,
    ) -> Response:
        """Check login and password; on success the user is also signed in to the portal."""
        app, portal = asked.app, asked.portal
        login, password = str(form.get("login", "")).strip(), str(form.get("password", ""))
        try:
            person = await asyncio.to_thread(
                self._sign_in.check, portal.id, login, password, client_address(request.scope), now_ms
            )
        except TooManyFailuresError:
            return signin_page(
                request, app, portal, 429, login=login, problem="Too many attempts. Wait five minutes, then try again."
            )
        if person is None:
            return signin_page(request, app, portal, 401, login=login, problem="The login or the password is wrong.")
        if not app.is_open_to(person.id):
            return signin_page(request, app, portal, 403, login=login, problem=_no_access(app))
        answer = await self._back(request, asked, person.id, now_ms)
        if request.state.with_sessions:
            user_id, former = person.id, visitor.token if visitor is not None else ""
            begun = await self._db.write(
                lambda tx: sessions.begin(
                    tx,
                    portal.id,
                    user_id,
                    address=client_address(request.scope),
                    agent=request.headers.get("user-agent", ""),
                    former_token=former,
                    now_ms=now_ms,
                ),
                portal_id=portal.id,
            )
            answer.set_cookie(
                session_cookie_name(request),
                begun.token,
                max_age=sessions.LONGEST_MS // 1000,
                secure=request.scope["scheme"] == "https",
                httponly=True,
            )
        return answer

    async def _back(self, request: Request, asked: _AuthorizationLink, user_id: int, now_ms: int) -> Response:
        """Send the browser to the application with a code."""
        app, portal = asked.app, asked.portal
        code = await self._db.write(
            lambda tx: oauth.give_code(tx, app, user_id, now_ms, self._services.random), portal_id=portal.id
        )
        result = {
            "code": code,
            **({} if asked.state is None else {"state": asked.state}),
            "domain": portal.domain
            + self._services.urls.suffix,  # applications call this address; it has no port on the default one
            "member_id": portal.member_id,
            "scope": app.scopes,
            "server_domain": request.headers.get("host", ""),
        }
        headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
        return RedirectResponse(with_query(app.redirect_uri, result), 302, headers)


def with_query(address: str, more: Mapping[str, str]) -> str:
    """Return an address with further parameters in its query."""
    split = urlsplit(address)
    query = "&".join(part for part in (split.query, urlencode(more)) if part)
    return urlunsplit((split.scheme, split.netloc, split.path or "/", query, ""))


def _visitor(tx: Tx, portal_id: int, app: Application | None, token: str, now_ms: int) -> _Visitor | None:
    found = session_caller(tx, portal_id, token, now_ms) if token and app is not None else None
    if found is None or app is None:
        return None
    user = found[0].user
    return _Visitor(user, token, token_rows.has_agreed(tx, portal_id, app.id, user.id))


def _no_access(app: Application) -> str:
    return f"You do not have access to {app.title}."
