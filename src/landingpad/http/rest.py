"""The REST route: `/rest/{user}/{code}/{method}[.json]` for webhooks, and (next) `/rest/{method}` for applications."""

import ipaddress
from functools import lru_cache
from typing import Any
from uuid import uuid4

import msgspec
import structlog

from landingpad.domain.errors import (
    ApiError,
    BadRequest,
    BodyTooLarge,
    HttpsRequired,
    InternalServerError,
    NoAuthFound,
)
from landingpad.http.envelope import JSON, Clock, failure, success
from landingpad.http.message import Answer, BodyTooLargeError, Receive, Request, Scope, Send, read_body, send_answer
from landingpad.http.params import BadRequestBody, MalformedJson, decode_params
from landingpad.http.xml import to_xml
from landingpad.rpc.auth import webhook_caller
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.portals import PortalDirectory
from landingpad.store.engine import Database, Tx

log = structlog.get_logger("landingpad.rest")

# As the original: any page may call the API; a token is what gives rights, and no cookie is ever looked at.
CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"Origin, X-Requested-With, Content-Type, Accept, X-Bitrix-Csrf-Token"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
)
_JSON_HEADERS = ((b"content-type", JSON), (b"cache-control", b"no-store"), *CORS)
_XML_HEADERS = ((b"content-type", b"text/xml; charset=utf-8"), (b"cache-control", b"no-store"), *CORS)
_FORMATS = ("json", "xml")


class Target:
    """What the path of a REST request names."""

    __slots__ = ("code", "method", "user", "xml")

    def __init__(self, method: str, *, user: str = "", code: str = "", xml: bool = False) -> None:
        self.method = method
        self.user = user
        self.code = code
        self.xml = xml


def parse_target(path: str) -> Target:
    """Read `/rest/[user/code/]method[.json|.xml]`. Doubled and trailing slashes mean nothing: clients send both."""
    match [part for part in path.split("/") if part][1:]:
        case [name]:
            user = code = ""
        case [user, code, name, *_]:
            pass
        case [user, code]:
            name = ""
        case _:
            user = code = name = ""
    method, dot, suffix = name.rpartition(".")
    if dot and suffix.lower() in _FORMATS:
        return Target(method, user=user, code=code, xml=suffix.lower() == "xml")
    return Target(name, user=user, code=code)


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Say whether a peer address is this machine; "" (a Unix socket) is."""
    if not address:
        return True
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


class RestRoute:
    """Answers every request below `/rest/`."""

    def __init__(self, db: Database, portals: PortalDirectory, dispatcher: Dispatcher, *, body_limit: int) -> None:
        self._db = db
        self._portals = portals
        self._dispatcher = dispatcher
        self._body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        if request.method == "OPTIONS":
            await send_answer(send, Answer(200, [*CORS, (b"access-control-max-age", b"600")]))
            return
        clock = Clock()
        target = parse_target(request.path)
        status = 200
        extra: list[tuple[bytes, bytes]] = []
        try:
            body = await self._call(request, receive, target, clock)
        except ApiError as error:
            status, body = error.status, failure(error)
            if isinstance(error, BodyTooLarge):
                extra = [(b"connection", b"close")]
        except Exception:
            request_id = str(uuid4())
            log.exception("call_failed", request_id=request_id, method=target.method)
            status, body = 500, failure(InternalServerError(f"Internal server error (request {request_id})"))
        if target.xml:
            body = to_xml(msgspec.json.decode(body))
        headers = _XML_HEADERS if target.xml else _JSON_HEADERS
        await send_answer(send, Answer(status, [*headers, *extra], body), head=request.method == "HEAD")

    async def _call(self, request: Request, receive: Receive, target: Target, clock: Clock) -> bytes:
        if request.scope["scheme"] != "https" and not is_loopback(request.client_address):
            raise HttpsRequired(
                "Https required. Start the server with --tls, or put it behind a proxy that speaks https."
            )
        params = await self._params(request, receive)
        caller = await self._authenticate(request, target, clock)
        outcome = await self._dispatcher.run(
            caller,
            target.method,
            params,
            now=clock.start,
            origin=f"{request.scope['scheme']}://{request.header(b'host')}",
        )
        return success(outcome.result, clock, caller.portal.time_zone, processing=outcome.processing)

    async def _params(self, request: Request, receive: Receive) -> dict[str, Any]:
        try:
            body = await read_body(request, receive, self._body_limit)
        except BodyTooLargeError:
            raise BodyTooLarge(
                f"The request body is larger than {self._body_limit} bytes; LANDINGPAD_BODY_LIMIT sets the limit."
            ) from None
        try:
            return decode_params(query=request.query, content_type=request.header(b"content-type"), body=body)
        except (MalformedJson, BadRequestBody) as error:
            raise BadRequest(str(error)) from error

    async def _authenticate(self, request: Request, target: Target, clock: Clock) -> Caller:
        portal_id = self._portals.find(request.host)
        if portal_id is None or not target.code:
            raise NoAuthFound
        found = portal_id

        def read(tx: Tx) -> Caller:
            return webhook_caller(tx, found, target.user, target.code, int(clock.start * 1000))

        if self._db.reads_are_local:
            return self._db.read_row(read)
        return await self._db.read(read)
