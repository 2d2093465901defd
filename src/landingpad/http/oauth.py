"""The authorization server: `/oauth/token/` for applications (settings/oauth/*.md), `/oauth/authorize/` for people.

The token address answers at every host name, because some SDKs contain the names of the original's servers.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from landingpad.domain.people import oauth
from landingpad.domain.people.oauth import ACCESS_MS, Refusal, TokenPair
from landingpad.domain.people.portals import Plan, PortalState
from landingpad.domain.people.signin import SignIn
from landingpad.domain.site.urls import OAUTH_HOSTS
from landingpad.domain.work import Services
from landingpad.http.application import AnyMethod, SingleSlashes, application, response
from landingpad.http.asgi import BodyTooLargeError, host_of, is_secure, read_body
from landingpad.http.authorize import AuthorizePage
from landingpad.http.envelope import JSON
from landingpad.http.message_pages import MessageError, message, message_of
from landingpad.http.params import MalformedJson, decode_params
from landingpad.http.rest import CORS
from landingpad.rpc.phpquery import BadRequestBody
from landingpad.store.db.engine import Tx
from landingpad.store.people import portals as portal_rows
from landingpad.store.records import Application, PortalRow

_LARGEST_BODY = 64 * 1024
_JSON_HEADERS = ((b"content-type", JSON), (b"cache-control", b"no-store"), *CORS)
_LOCAL = "L"
BeforeTokens = Callable[[Application], Awaitable[Refusal | None]]
"""Hook that runs before an application gets tokens: it may wait, or return a refusal."""


def oauth_application(services: Services, sign_in: SignIn, before: BeforeTokens) -> Starlette:
    """Return the application that answers below `/oauth/`; doubled and missing slashes are ignored."""
    routes = [
        Route("/oauth/token/", AnyMethod(TokenEndpoint(services, before).answer)),
        Route("/oauth/authorize/", AnyMethod(AuthorizePage(services, sign_in).answer)),
    ]
    made = application(routes, {HTTPException: _not_found, MessageError: message_of})
    made.add_middleware(SingleSlashes)
    return made


class TokenEndpoint:
    """Gives tokens to applications."""

    def __init__(self, services: Services, before: BeforeTokens) -> None:
        self._services = services
        self._db = services.db
        self._urls = services.urls
        self._before = before

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        if request.method == "OPTIONS":
            return response(200, CORS)
        if not is_secure(request.scope):
            return _refuse(Refusal("invalid_request", "Https required"))
        params = await _params(request)
        if isinstance(params, Refusal):
            return _refuse(params)
        given = {name: str(value) for name, value in params.items() if isinstance(value, str | int)}
        missing = [name for name in ("grant_type", "client_id", "client_secret") if not given.get(name)]
        if missing:
            return _refuse(Refusal("invalid_request", f"Missing: {', '.join(missing)}."))

        def read(tx: Tx) -> tuple[Application, PortalRow] | Refusal:
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
        injected = await self._before(app)
        if injected is not None:
            return _refuse(injected)
        asked = {scope for scope in given.get("scope", "").replace(" ", ",").split(",") if scope}
        if not asked <= set(app.scopes.split(",")):
            return _refuse(Refusal("invalid_scope", f"The application has these permissions only: {app.scopes}."))
        pair = await self._issue(app, given, self._services.clock.now_ms())
        if isinstance(pair, Refusal):
            return _refuse(pair)
        return response(200, _JSON_HEADERS, msgspec.json.encode(self._token_answer(request, app, portal, pair)))

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

    def _token_answer(self, request: Request, app: Application, portal: PortalRow, pair: TokenPair) -> dict[str, Any]:
        """Return all members that known SDKs read.

        `server_endpoint` is the address of this request, so that an SDK that follows it returns to this server.
        """
        host = host_of(request.scope)
        is_original_name = host in OAUTH_HOSTS
        domain = host if is_original_name else request.headers.get("host", "")
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


async def _params(request: Request) -> dict[str, Any] | Refusal:
    try:
        body = await read_body(request.scope, request.receive, _LARGEST_BODY)
        content_type = request.headers.get("content-type", "")
        return decode_params(query=request.scope["query_string"], content_type=content_type, body=body)
    except BodyTooLargeError:
        return Refusal("invalid_request", f"The body is larger than {_LARGEST_BODY} bytes.", 413)
    except (MalformedJson, BadRequestBody) as error:
        return Refusal("invalid_request", str(error))


def _refuse(refusal: Refusal) -> Response:
    body = msgspec.json.encode({"error": refusal.code, "error_description": refusal.text})
    return response(refusal.status, _JSON_HEADERS, body)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return message(404, "Page not found", "Applications send users to /oauth/authorize/.")
