"""The REST route: `/rest/{user}/{code}/{method}[.json]` for webhooks, `/rest/{method}` for applications."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
import structlog

from landingpad.domain.clock import Clock
from landingpad.errors import (
    ApiError,
    BadRequest,
    BodyTooLarge,
    HttpsRequired,
    InternalServerError,
    NoAuthFound,
    RequestTooMany,
    TypeProblem,
)
from landingpad.http.asgi import BodyTooLargeError, Receive, Scope, Send, is_secure, read_body
from landingpad.http.envelope import JSON, failure, success
from landingpad.http.message import Answer, Request, send_answer
from landingpad.http.params import MalformedJson, decode_params, parameter_with_file
from landingpad.rpc.auth import token_caller, webhook_caller
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.journal import CallRecord, Journal
from landingpad.rpc.limits import RATES, USUAL_RATE, Limits
from landingpad.rpc.phpquery import BadRequestBody
from landingpad.rpc.portals import PortalDirectory, PortalEntry
from landingpad.rpc.timing import Stopwatch
from landingpad.rpc.webhook_uses import WebhookUses
from landingpad.store.db.engine import Database, Tx

log = structlog.get_logger("landingpad.rest")

# As in the original, any page may call the API: tokens give rights, and cookies are ignored.
CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"Origin, X-Requested-With, Content-Type, Accept, X-Bitrix-Csrf-Token"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
)
_JSON_HEADERS = ((b"content-type", JSON), (b"cache-control", b"no-store"), *CORS)
_XML_HEADERS = ((b"content-type", b"text/xml; charset=utf-8"), (b"cache-control", b"no-store"), *CORS)
_FORMATS = ("json", "xml")


Deliver = Callable[[Send, Answer, CallRecord], Awaitable[None]]
"""Function that sends the answer to a call."""


async def deliver_whole(send: Send, answer: Answer, _entry: CallRecord) -> None:
    """Send an answer completely and at once."""
    await send_answer(send, answer)


class Target:
    """Parts of the path of a REST request."""

    __slots__ = ("code", "method", "user", "xml")

    def __init__(self, method: str, *, user: str = "", code: str = "", xml: bool = False) -> None:
        self.method = method
        self.user = user
        self.code = code
        self.xml = xml


def parse_target(path: str) -> Target:
    """Parse `/rest/[user/code/]method[.json|.xml]`; doubled and trailing slashes, which clients send, are ignored."""
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


class RestRoute:
    """Answers every request below `/rest/`."""

    def __init__(
        self,
        db: Database,
        portals: PortalDirectory,
        dispatcher: Dispatcher,
        *,
        clock: Clock,
        journal: Journal,
        uses: WebhookUses,
        limits: Limits,
        body_limit: int,
        deliver: Deliver = deliver_whole,
    ) -> None:
        self._db = db
        self._portals = portals
        self._dispatcher = dispatcher
        self._clock = clock
        self._journal = journal
        self._uses = uses
        self._limits = limits
        self._body_limit = body_limit
        self._deliver = deliver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        if request.method == "OPTIONS":
            await send_answer(send, Answer(200, [*CORS, (b"access-control-max-age", b"600")]))
            return
        watch = Stopwatch(self._clock.now())
        target = parse_target(request.path)
        entry = CallRecord(target.method, watch.start)
        status = 200
        extra: list[tuple[bytes, bytes]] = []
        try:
            body = await self._call(request, receive, target, watch, entry)
        except ApiError as error:
            status, body = error.status, failure(error)
            entry.set_error(status, error.code, str(error))
            if isinstance(error, BodyTooLarge):
                extra = [(b"connection", b"close")]
        except Exception:
            request_id = str(uuid4())
            log.exception("call_failed", request_id=request_id, method=target.method)
            problem = InternalServerError(f"Internal server error (request {request_id})")
            status, body = 500, failure(problem)
            entry.set_error(status, problem.code, str(problem))
        entry.seconds = watch.elapsed()
        self._journal.add(entry)
        if target.xml:
            from landingpad.http.xml import to_xml  # noqa: PLC0415  # imports a client for HTTP, and most answers are JSON

            body = to_xml(msgspec.json.decode(body))
        headers = _XML_HEADERS if target.xml else _JSON_HEADERS
        answer = Answer(status, [*headers, *extra], body)
        if request.method == "HEAD":
            await send_answer(send, answer, head=True)
        else:
            await self._deliver(send, answer, entry)

    async def _call(
        self, request: Request, receive: Receive, target: Target, watch: Stopwatch, entry: CallRecord
    ) -> bytes:
        if not is_secure(request.scope):
            raise HttpsRequired(
                "Https required. Start the server with --tls, or put it behind a proxy that speaks https."
            )
        portal = self._portals.entry(request.host)
        if portal is not None:
            entry.portal_id = portal.id  # lets administrators also see calls that fail before authentication
        params = await self._params(request, receive, entry)
        caller = await self._authenticate(request, target, params, watch, portal)
        entry.set_caller(caller.portal.id, caller.user.id, caller.credential)
        self._uses.note(caller, int(watch.start * 1000))
        self._refuse_files(request, target, params)
        outcome = await self._dispatcher.run(
            caller,
            target.method,
            params,
            now=watch.start,
            origin=f"{request.scope['scheme']}://{request.header(b'host')}",
        )
        return success(outcome, watch, caller.portal.time_zone)

    async def _params(self, request: Request, receive: Receive, entry: CallRecord) -> dict[str, Any]:
        try:
            body = await read_body(request.scope, receive, self._body_limit)
        except BodyTooLargeError:
            raise BodyTooLarge(
                f"The request body is larger than {self._body_limit} bytes; LANDINGPAD_BODY_LIMIT sets the limit."
            ) from None
        try:
            params = decode_params(query=request.query, content_type=request.header(b"content-type"), body=body)
        except (MalformedJson, BadRequestBody) as error:
            raise BadRequest(str(error)) from error
        if self._journal.is_on:
            entry.set_params(params, len(body) + len(request.query))
        return params

    def _refuse_files(self, request: Request, target: Target, params: dict[str, Any]) -> None:
        """Refuse an uploaded file in parameters that a method would store as values.

        Raises:
            TypeProblem: a parameter is a file, or holds one.

        """
        kind = request.header(b"content-type").strip().lower()
        if not kind.startswith("multipart/") or self._dispatcher.takes_files(target.method):
            return
        name = parameter_with_file(params)
        if name is not None:
            raise TypeProblem(f'Parameter "{name}" must be of type string, file given')

    async def _authenticate(
        self, request: Request, target: Target, params: dict[str, Any], watch: Stopwatch, portal: PortalEntry | None
    ) -> Caller:
        if portal is None:
            raise NoAuthFound(f"{NoAuthFound.text}: there is no portal here yet.")
        portal_id = portal.id
        rate = self._limits.rate
        if rate is not None and not rate.admit(
            portal_id, request.client_address, RATES.get(portal.plan, USUAL_RATE), watch.start
        ):
            raise RequestTooMany
        now_ms = int(watch.start * 1000)
        token = "" if target.code else take_token(request, params)

        def read(tx: Tx) -> Caller:
            if target.code:
                return webhook_caller(tx, portal_id, target.user, target.code, now_ms)
            return token_caller(tx, portal_id, token, now_ms)

        if not target.code and not token:
            raise NoAuthFound
        if self._db.reads_are_local:
            return self._db.read_row(read)
        return await self._db.read(read)


def take_token(request: Request, params: dict[str, Any]) -> str:
    """Remove the access token from the parameters and return it, or "" if the request has none."""
    token = params.pop("auth", None) or params.pop("access_token", None)
    if isinstance(token, str) and token:
        return token
    if isinstance(token, dict) and isinstance(token.get("access_token"), str):
        return str(token["access_token"])
    scheme, _, value = request.header(b"authorization").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
