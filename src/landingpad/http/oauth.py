"""The authorization server: `/oauth/authorize/` in the browser, `/oauth/token/` for applications (settings/oauth/*.md).

The token address answers at every host name: some SDKs have the names of the original's servers built in.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from landingpad.domain import oauth
from landingpad.domain.oauth import ACCESS_MS, Refusal, TokenPair
from landingpad.domain.portals import Plan, PortalState
from landingpad.domain.signin import SignIn, TooManyFailuresError
from landingpad.domain.urls import OAUTH_HOSTS
from landingpad.domain.work import Services
from landingpad.http.envelope import JSON
from landingpad.http.message import Answer, BodyTooLargeError, Receive, Request, read_body
from landingpad.http.pages import message_page
from landingpad.http.params import MalformedJson, decode_params
from landingpad.http.rest import CORS, is_secure
from landingpad.http.signin import signin_page
from landingpad.rpc.phpquery import BadRequestBody
from landingpad.store import apps as app_rows
from landingpad.store import portals as portal_rows
from landingpad.store.engine import Tx
from landingpad.store.records import Application, Portal

_LARGEST_BODY = 64 * 1024
_JSON_HEADERS = ((b"content-type", JSON), (b"cache-control", b"no-store"), *CORS)
_LOCAL = "L"
BeforeTokens = Callable[[Application], Awaitable[Refusal | None]]
"""What happens before an application gets tokens: it may take time, or refuse them."""


class OAuthRoutes:
    """Answers every request below `/oauth/`."""

    def __init__(self, services: Services, sign_in: SignIn) -> None:
        self._services = services
        self._db = services.db
        self._urls = services.urls
        self._sign_in = sign_in
        self.before: BeforeTokens | None = None

    async def answer(self, request: Request, receive: Receive, portal_id: int | None) -> Answer:
        """Answer one request; doubled and missing slashes mean nothing, and nothing is ever redirected to another."""
        now_ms = self._services.clock.now_ms()
        match [part for part in request.path.split("/") if part]:
            case ["oauth", "token"]:
                return await self._token(request, receive, now_ms)
            case ["oauth", "authorize"] if portal_id is not None:
                return await self._authorize(request, receive, portal_id, now_ms)
        return message_page(404, "There is nothing here", "Applications send users to /oauth/authorize/.")

    # -- tokens

    async def _token(self, request: Request, receive: Receive, now_ms: int) -> Answer:
        if request.method == "OPTIONS":
            return Answer(200, CORS)
        if not is_secure(request):
            return _refuse(Refusal("invalid_request", "Https required"))
        params = await _params(request, receive)
        if isinstance(params, Refusal):
            return _refuse(params)
        given = {name: str(value) for name, value in params.items() if isinstance(value, str | int)}
        missing = [name for name in ("grant_type", "client_id", "client_secret") if not given.get(name)]
        if missing:
            return _refuse(Refusal("invalid_request", f"Missing: {', '.join(missing)}."))

        def read(tx: Tx) -> tuple[Application, Portal] | Refusal:
            app = oauth.check_client(tx, given["client_id"], given["client_secret"])
            if isinstance(app, Refusal):
                return app
            portal = portal_rows.find(tx, app.portal_id)
            if portal is None or portal.state == PortalState.DELETED or portal.plan == Plan.FREE:
                return Refusal("invalid_client", "The portal of this application is closed or has no REST API.")
            return app, portal

        found = await self._db.read(read)
        if isinstance(found, Refusal):
            return _refuse(found)
        app, portal = found
        injected = None if self.before is None else await self.before(app)
        if injected is not None:
            return _refuse(injected)
        asked = {scope for scope in given.get("scope", "").replace(" ", ",").split(",") if scope}
        if not asked <= set(app.scopes.split(",")):
            return _refuse(Refusal("invalid_scope", f"The application has these permissions only: {app.scopes}."))
        pair = await self._issue(app, given, now_ms)
        if isinstance(pair, Refusal):
            return _refuse(pair)
        return Answer(200, _JSON_HEADERS, msgspec.json.encode(self._told(request, app, portal, pair)))

    async def _issue(self, app: Application, given: Mapping[str, str], now_ms: int) -> TokenPair | Refusal:
        random = self._services.random
        match given["grant_type"]:
            case "authorization_code":
                code = given.get("code", "")
                return await self._db.write(
                    lambda tx: oauth.exchange_code(tx, app, code, now_ms, random), portal_id=app.portal_id
                )
            case "refresh_token":
                token = given.get("refresh_token", "")
                return await self._db.write(
                    lambda tx: oauth.refresh(tx, app, token, now_ms, random), portal_id=app.portal_id
                )
        return Refusal("invalid_request", "grant_type is authorization_code or refresh_token.")

    def _told(self, request: Request, app: Application, portal: Portal, pair: TokenPair) -> dict[str, Any]:
        """Return all members that any known SDK reads.

        `server_endpoint` is where the question came to, so that an SDK that follows it comes here again.
        """
        is_original_name = request.host in OAUTH_HOSTS
        domain = request.host if is_original_name else request.header(b"host")
        scheme = "https" if is_original_name else request.scope["scheme"]
        return {
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "expires": pair.expires_at // 1000,
            "expires_in": ACCESS_MS // 1000,
            "scope": app.scopes,
            "domain": domain,
            "server_endpoint": f"{scheme}://{domain}/rest/",
            "client_endpoint": f"{self._urls.origin(portal.domain)}/rest/",
            "status": _LOCAL,
            "member_id": portal.member_id,
            "user_id": pair.user_id,
        }

    # -- the browser

    async def _authorize(self, request: Request, receive: Receive, portal_id: int, now_ms: int) -> Answer:
        asked = dict(parse_qsl(request.query.decode("utf-8", "replace"), keep_blank_values=True))

        def read(tx: Tx) -> tuple[Application | None, Portal | None]:
            return app_rows.by_client_id(tx, asked.get("client_id", "")), portal_rows.find(tx, portal_id)

        app, portal = await self._db.read(read)
        if portal is None or portal.state == PortalState.DELETED:
            return message_page(404, "This portal is closed", "Ask whoever runs it.")
        if app is None or app.portal_id != portal_id:
            return message_page(
                400, "Unknown application", "This portal has no application with this client_id. Check the link."
            )
        if asked.get("redirect_uri", app.redirect_uri) != app.redirect_uri:
            return message_page(
                400,
                "Wrong return address",
                "The redirect_uri of the link is not the one that the application was registered with.",
            )
        if request.method not in {"GET", "HEAD", "POST"}:
            answer = message_page(405, "Not like this", "Open the link in a browser.")
            answer.headers.append((b"allow", b"GET, HEAD, POST"))
            return answer
        if not is_secure(request):
            return message_page(400, "Https required", "A password must not travel over plain http.")
        if request.method != "POST":
            return signin_page(request, app, portal)
        return await self._signed_in(request, receive, app, portal, asked.get("state"), now_ms)

    async def _signed_in(
        self, request: Request, receive: Receive, app: Application, portal: Portal, state: str | None, now_ms: int
    ) -> Answer:
        if not _is_own_form(request):
            return message_page(403, "Not like this", "The form was sent from another site.")
        params = await _params(request, receive)
        if isinstance(params, Refusal):
            return message_page(400, "The form could not be read", params.text)
        login, password = str(params.get("login", "")).strip(), str(params.get("password", ""))
        try:
            person = await asyncio.to_thread(
                self._sign_in.check, portal.id, login, password, request.client_address, now_ms
            )
        except TooManyFailuresError:
            return signin_page(
                request, app, portal, 429, login=login, problem="Too many attempts. Wait five minutes, then try again."
            )
        if person is None:
            return signin_page(request, app, portal, 401, login=login, problem="The login or the password is wrong.")
        if not app.is_open_to(person.id):
            return signin_page(
                request, app, portal, 403, login=login, problem=f"You do not have access to {app.title}."
            )
        user_id = person.id
        code = await self._db.write(
            lambda tx: oauth.give_code(tx, app, user_id, now_ms, self._services.random), portal_id=portal.id
        )
        told = {
            "code": code,
            **({} if state is None else {"state": state}),
            "domain": portal.domain + self._urls.suffix,  # applications call it; without a port on a usual portal
            "member_id": portal.member_id,
            "scope": app.scopes,
            "server_domain": request.header(b"host"),
        }
        answer = Answer.redirect(with_query(app.redirect_uri, told), 302)
        answer.headers += [(b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
        return answer


def with_query(address: str, more: Mapping[str, str]) -> str:
    """Return an address with more in its query."""
    split = urlsplit(address)
    query = "&".join(part for part in (split.query, urlencode(more)) if part)
    return urlunsplit((split.scheme, split.netloc, split.path or "/", query, ""))


def _is_own_form(request: Request) -> bool:
    """Say whether the form was sent from our own page, as far as the browser tells."""
    origin = request.header(b"origin")
    return not origin or urlsplit(origin).netloc.lower() == request.header(b"host").lower()


async def _params(request: Request, receive: Receive) -> dict[str, Any] | Refusal:
    try:
        body = await read_body(request, receive, _LARGEST_BODY)
        return decode_params(query=request.query, content_type=request.header(b"content-type"), body=body)
    except BodyTooLargeError:
        return Refusal("invalid_request", f"The body is larger than {_LARGEST_BODY} bytes.", 413)
    except (MalformedJson, BadRequestBody) as error:
        return Refusal("invalid_request", str(error))


def _refuse(refusal: Refusal) -> Answer:
    body = msgspec.json.encode({"error": refusal.code, "error_description": refusal.text})
    return Answer(refusal.status, _JSON_HEADERS, body)
