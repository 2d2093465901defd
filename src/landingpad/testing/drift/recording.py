"""A proxy in front of a real portal that records calls to a cassette."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from landingpad.http.asgi import Receive, Scope, Send, read_body, target_of
from landingpad.http.params import MalformedJson, decode_params
from landingpad.rpc.phpquery import BadRequestBody
from landingpad.testing.drift import cassette

log = structlog.get_logger("landingpad.recording")

_FORWARDED = frozenset({"accept", "authorization", "content-type", "origin", "user-agent", "x-request-id"})
_RETURNED = ("content-type", "cache-control", "retry-after", "location", "x-bitrix-rest-time")
_CORS = "access-control-"
_BODY_LIMIT = 64 * 1024 * 1024
_SECONDS = 120.0


class Recorder:
    """The proxy, as an ASGI application."""

    def __init__(self, portal: str, writer: cassette.Writer, *, client: httpx.AsyncClient | None = None) -> None:
        """Set up a recorder.

        Args:
            portal: scheme and host of the real portal, such as https://acme.example.
            writer: writes the exchanges.
            client: HTTP client for the portal; None: one with the trusted certificates of this machine.

        """
        self._portal = portal.rstrip("/")
        self._writer = writer
        self._client = client or httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            response = await self._forward(Request(scope, receive))
            await response(scope, receive, send)

    async def _forward(self, request: Request) -> Response:
        """Forward a request, return the answer, and record both if it was a call of the API."""
        body = await read_body(request.scope, request.receive, _BODY_LIMIT)
        headers = [(name, value) for name, value in request.headers.items() if name in _FORWARDED]
        address = self._portal + target_of(request.scope)
        try:
            found = await self._client.request(request.method, address, headers=headers, content=body)
        except httpx.HTTPError as error:
            log.warning("recording.portal_unreachable", portal=self._portal, error=repr(error))
            return PlainTextResponse(f"{self._portal} did not answer: {error!r}. Is the address right?", 502)
        self._record(request, body, found)
        kept = {name: value for name, value in found.headers.items() if name in _RETURNED or name.startswith(_CORS)}
        return Response(found.content, found.status_code, kept)

    def _record(self, request: Request, body: bytes, found: httpx.Response) -> None:
        parts = [part for part in request.scope["path"].split("/") if part]
        if request.method not in {"GET", "POST"} or len(parts) < 2 or parts[0] != "rest":  # noqa: PLR2004  # rest, method
            return
        content_type = request.headers.get("content-type", "")
        try:
            params = decode_params(query=request.scope["query_string"], content_type=content_type, body=body)
        except (MalformedJson, BadRequestBody) as error:
            log.warning("recording.not_recorded", path=parts[-1], why=str(error))
            return
        if _holds_files(params):
            log.warning("recording.not_recorded", method=parts[-1], why="it uploads a file; cassettes hold none")
            return
        is_webhook = len(parts) >= 4  # noqa: PLR2004  # rest, user, code, method
        secrets = [parts[2]] if is_webhook else []
        tokens = [str(params.pop(name)) for name in ("auth", "access_token") if isinstance(params.get(name), str)]
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            tokens.append(bearer.strip())
        credential: cassette.Credential = "webhook" if is_webhook else "token" if any(tokens) else "none"
        asked = cassette.RecordedRequest(
            verb=request.method,
            method=parts[3] if is_webhook else parts[1],
            credential=credential,
            content_type=content_type.partition(";")[0],
            params=params,
        )
        answered = cassette.RecordedAnswer(
            status=found.status_code,
            content_type=found.headers.get("content-type", "").partition(";")[0],
            body=_decoded(found.content),
        )
        self._writer.add(cassette.Exchange(asked, answered), [*secrets, *tokens])


def _holds_files(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_holds_files(member) for member in value.values())
    if isinstance(value, list):
        return any(_holds_files(member) for member in value)
    return not isinstance(value, str | int | float | bool | None)


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return content.decode("utf-8", "replace")


def is_acceptable_portal(address: str) -> bool:
    """Say whether tokens may be sent to a portal address: https, or this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"})
    )
