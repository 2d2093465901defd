"""The REST route: `/rest/{user}/{code}/{method}[.json]` for webhooks, `/rest/{method}` for applications.

REST 3.0 has the same form below `/rest/api/`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import msgspec
import structlog

from landingpad.domain.clock import Clock
from landingpad.errors import ApiError
from landingpad.errors.calls import BadRequest, BodyTooLarge, HttpsRequired, NoAuthFound, RequestTooMany, TypeProblem
from landingpad.http.asgi import BodyTooLargeError, ClientGoneError, Receive, Scope, Send, is_secure
from landingpad.http.bodies import SMALL, BodiesOfNobody, Incoming, token_in
from landingpad.http.envelope import JSON, REST, Envelope, LongBody
from landingpad.http.params import (
    MAX_VALUES,
    MAX_VALUES_OF_NOBODY,
    MalformedJson,
    parameter_with_file,
)
from landingpad.http.plain import Answer, Request, send_answer
from landingpad.http.rest3 import REST3, Rest3Dispatcher
from landingpad.rpc.auth import token_caller, webhook_caller
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import Dispatcher
from landingpad.rpc.failures import unexpected
from landingpad.rpc.journal import CallRecord, Journal
from landingpad.rpc.limits import RATES, USUAL_RATE, Limits
from landingpad.rpc.phpquery import BadRequestBody, parse_query
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
_REST3 = "api"


Sender = Callable[[Send, CallRecord], Awaitable[Send]]
"""Hook that returns what sends the answer to a call."""


async def unchanged(send: Send, _entry: CallRecord) -> Send:
    """Send answers as they are."""
    return send


Moved = Callable[[str, Caller, str], Awaitable[str]]
"""Hook that returns the address to which a portal moved, or "": receives the called one, caller and method."""


async def stays(_origin: str, _caller: Caller, _method: str) -> str:
    """Leave the portal where it is."""
    return ""


class PortalMovedError(Exception):
    """The portal has another address now."""

    def __init__(self, location: str) -> None:
        super().__init__(f"The portal moved to {location}")
        self.location = location.encode("latin-1", "replace")


class Target:
    """Parts of the path of a REST request."""

    __slots__ = ("code", "envelope", "method", "user", "xml")

    def __init__(self, method: str, envelope: Envelope, *, user: str = "", code: str = "", xml: bool = False) -> None:
        self.method = method
        self.envelope = envelope
        self.user = user
        self.code = code
        self.xml = xml


def parse_target(path: str) -> Target:
    """Parse `/rest/[user/code/]method[.json|.xml]`; doubled and trailing slashes, which clients send, are ignored."""
    parts = [part for part in path.split("/") if part][1:]
    is_rest3 = len(parts) > 1 and parts[0] == _REST3
    match parts[1:] if is_rest3 else parts:
        case [name]:
            user = code = ""
        case [user, code, name, *_]:
            pass
        case [user, code]:
            name = ""
        case _:
            user = code = name = ""
    if is_rest3:
        return Target(name, REST3, user=user, code=code)
    method, dot, suffix = name.rpartition(".")
    if dot and suffix.lower() in _FORMATS:
        return Target(method, REST, user=user, code=code, xml=suffix.lower() == "xml")
    return Target(name, REST, user=user, code=code)


class RestRoute:
    """Answers every request below `/rest/`."""

    def __init__(
        self,
        db: Database,
        portals: PortalDirectory,
        dispatcher: Dispatcher,
        rest3: Rest3Dispatcher,
        *,
        clock: Clock,
        journal: Journal,
        uses: WebhookUses,
        limits: Limits,
        body_limit: int,
        nobody: BodiesOfNobody,
        sender: Sender = unchanged,
        moved: Moved = stays,
    ) -> None:
        self._db = db
        self._portals = portals
        self._dispatcher = dispatcher
        self._rest3 = rest3
        self._clock = clock
        self._journal = journal
        self._uses = uses
        self._limits = limits
        self._body_limit = body_limit
        self._nobody = nobody
        self._sender = sender
        self._moved = moved

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        if request.method == "OPTIONS":
            await send_answer(send, Answer(200, [*CORS, (b"access-control-max-age", b"600")]))
            return
        watch = Stopwatch(self._clock.now())
        target = parse_target(request.path)
        entry = CallRecord(target.method, watch.start)
        incoming = Incoming(scope, receive)
        status = 200
        body: bytes | LongBody
        headers: tuple[tuple[bytes, bytes], ...] = _JSON_HEADERS
        try:
            body = await self._call(request, incoming, target, watch, entry)
        except ApiError as error:
            status, code, body = target.envelope.failure(error)
            entry.set_error(status, code, str(error))
        except PortalMovedError as moved:
            status, body = 302, b""
            headers = (*CORS, (b"location", moved.location), (b"cache-control", b"no-store"))
            entry.set_error(status, "moved", str(moved))
        except ClientGoneError:  # seen in the log of calls, although nobody reads the answer
            gone = BadRequest("The connection was closed before the whole body had come.")
            status, code, body = target.envelope.failure(gone)
            entry.set_error(status, code, str(gone))
        except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets an answer and the log the error
            problem = unexpected(log, error, target.method)
            status, code, body = target.envelope.failure(problem)
            entry.set_error(status, code, str(problem))
        entry.seconds = watch.elapsed()
        self._journal.add(entry)
        if isinstance(body, LongBody):
            answer = Answer(status, headers, part=body)
        elif target.xml and body:
            answer = Answer(status, _XML_HEADERS, await _as_xml(body))
        else:
            answer = Answer(status, headers, body)
        if not incoming.is_complete and not await incoming.drop_small():
            await _send_early(send, answer, incoming)
        elif request.method == "HEAD":
            await send_answer(send, answer, head=True)
        else:
            await send_answer(await self._sender(send, entry), answer)

    async def _call(
        self, request: Request, incoming: Incoming, target: Target, watch: Stopwatch, entry: CallRecord
    ) -> bytes | LongBody:
        if not is_secure(request.scope):
            raise HttpsRequired(
                "Https required. Start the server with --tls, or put it behind a proxy that speaks https."
            )
        portal = self._admit(request, watch.start, entry)
        if target.code:
            caller = await self._authenticate(target, "", portal, watch)
            body = await self._body(incoming)
            params = await self._params(request, target, _query(request), body, entry)
        else:
            caller, params = await self._by_token(request, incoming, target, portal, watch, entry)
        entry.set_caller(caller.portal.id, caller.user.id, caller.credential)
        self._uses.note(caller, int(watch.start * 1000))
        origin = f"{request.scope['scheme']}://{request.header(b'host')}"
        if new := await self._moved(origin, caller, target.method):
            query = request.scope["query_string"].decode("latin-1")
            raise PortalMovedError(f"{new}{quote(request.path)}{'?' if query else ''}{query}")
        self._refuse_files(request, target, params)
        dispatcher = self._rest3 if target.envelope is REST3 else self._dispatcher
        outcome = await dispatcher.run(
            caller,
            target.method,
            params,
            now=watch.start,
            origin=origin,
        )
        return target.envelope.success(outcome, watch, caller.portal.time_zone, whole=target.xml)

    def _admit(self, request: Request, now: float, entry: CallRecord) -> PortalEntry:
        """Return the portal of a request, if its address sends no more than the rate allows."""
        portal = self._portals.entry(request.host)
        if portal is None:
            raise NoAuthFound(f"{NoAuthFound.text}: there is no portal here yet.")
        entry.portal_id = portal.id  # lets administrators also see calls that fail before authentication
        rate = self._limits.rate
        if rate is not None and not rate.admit(
            portal.id, request.client_address, RATES.get(portal.plan, USUAL_RATE), now
        ):
            raise RequestTooMany
        return portal

    async def _by_token(
        self,
        request: Request,
        incoming: Incoming,
        target: Target,
        portal: PortalEntry,
        watch: Stopwatch,
        entry: CallRecord,
    ) -> tuple[Caller, dict[str, Any]]:
        """Authenticate by a token: first by one in header or query, so that nobody's body is read."""
        query = _query(request)
        token = _take_token(query) or _bearer(request)
        caller = await self._authenticate(target, token, portal, watch) if token else None
        if caller is None:
            await incoming.begin(SMALL)
        if caller is not None:
            params = await self._params(request, target, query, await self._body(incoming), entry)
        elif incoming.size <= SMALL:
            params = await self._params(request, target, query, incoming.so_far(), entry, MAX_VALUES_OF_NOBODY)
        else:
            large = await self._large_of_nobody(request, query, incoming, target, portal, watch, entry)
            caller, token, params = large
        sent = _take_token(params)  # a token in the body wins
        if sent and sent != token:
            caller = await self._authenticate(target, sent, portal, watch)
        if caller is None:
            raise NoAuthFound
        return caller, params

    async def _large_of_nobody(
        self,
        request: Request,
        query: dict[str, Any],
        incoming: Incoming,
        target: Target,
        portal: PortalEntry,
        watch: Stopwatch,
        entry: CallRecord,
    ) -> tuple[Caller | None, str, dict[str, Any]]:
        """Read a large body with the token inside.

        Above the limit it is read on only if a token at its beginning is valid.
        """
        limit = min(self._nobody.limit, self._body_limit)
        async with self._nobody.turn():
            await incoming.begin(limit)
            if incoming.size <= limit:
                params = await self._params(request, target, query, incoming.so_far(), entry, MAX_VALUES_OF_NOBODY)
                return None, "", params
            token = await asyncio.to_thread(token_in, incoming.so_far())
        if not token:
            raise BodyTooLarge(
                f"The request body is larger than {limit} bytes, the limit for a token inside it that does not stand "
                "at its beginning. Send the token in the header `Authorization: Bearer` or as `auth` in the query."
            )
        caller = await self._authenticate(target, token, portal, watch)
        return caller, token, await self._params(request, target, query, await self._body(incoming), entry)

    async def _body(self, incoming: Incoming) -> bytes:
        try:
            return await incoming.read(self._body_limit)
        except BodyTooLargeError:
            raise BodyTooLarge(
                f"The request body is larger than {self._body_limit} bytes; LANDINGPAD_BODY_LIMIT sets the limit."
            ) from None

    async def _params(
        self,
        request: Request,
        target: Target,
        query: dict[str, Any],
        body: bytes,
        entry: CallRecord,
        most_values: int = MAX_VALUES,
    ) -> dict[str, Any]:
        """Return the parameters of query and body; large bodies are decoded in a thread."""
        kind = request.header(b"content-type")
        try:
            if len(body) <= SMALL:
                given = target.envelope.decode(kind, body, most_values)
            else:
                given = await asyncio.to_thread(target.envelope.decode, kind, body, most_values)
        except (MalformedJson, BadRequestBody) as error:
            raise BadRequest(str(error)) from error
        params = {**query, **given} if query and target.envelope.takes_query else given
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

    async def _authenticate(self, target: Target, token: str, portal: PortalEntry, watch: Stopwatch) -> Caller:
        """Return the caller by the webhook of the path, or by a token."""
        now_ms = int(watch.start * 1000)

        def read(tx: Tx) -> Caller:
            if target.code:
                return webhook_caller(tx, portal.id, target.user, target.code, now_ms)
            return token_caller(tx, portal.id, token, now_ms)

        if self._db.reads_are_local:
            return self._db.read_row(read)
        return await self._db.read(read)


async def _as_xml(body: bytes) -> bytes:
    """Return an answer as XML; a large one is converted in a thread."""
    from landingpad.http.xml import to_xml  # noqa: PLC0415  # imports a client for HTTP, and most answers are JSON

    if len(body) <= SMALL:
        return to_xml(msgspec.json.decode(body))
    return await asyncio.to_thread(lambda: to_xml(msgspec.json.decode(body)))


async def _send_early(send: Send, answer: Answer, incoming: Incoming) -> None:
    """Send an answer before the whole body has come, then drop some of the rest and close the connection."""
    length = str(len(answer.body)).encode()
    headers = [*answer.headers, (b"connection", b"close"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": True})
    await incoming.drop()
    await send({"type": "http.response.body", "body": b""})


def _query(request: Request) -> dict[str, Any]:
    try:
        return parse_query(request.query) if request.query else {}
    except BadRequestBody as error:
        raise BadRequest(str(error)) from error


def _take_token(params: dict[str, Any]) -> str:
    """Remove the access token from the parameters and return it, or "" if they have none."""
    token = params.pop("auth", None) or params.pop("access_token", None)
    if isinstance(token, str) and token:
        return token
    if isinstance(token, dict) and isinstance(token.get("access_token"), str):
        return str(token["access_token"])
    return ""


def _bearer(request: Request) -> str:
    scheme, _, value = request.header(b"authorization").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
