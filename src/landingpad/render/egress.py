"""The egress proxy: a small HTTP proxy on loopback for one tab, and the only way from a page to the network.

Pages contain untrusted HTML, so the browser has no other network: it resolves no names, and every request of a page,
including redirects, goes through the proxy. Requests for addresses of this server are answered inside this process. All
others go to the address that was checked to be public, so a name that resolves differently after the check (DNS
rebinding) gains nothing. Closing the tab ends the proxy and its connections.
"""

import asyncio
import base64
import contextlib
import hmac
import inspect
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from http import HTTPStatus
from typing import Self
from urllib.parse import urlsplit

import msgspec
import structlog

from landingpad.network.addresses import IpAddress, Resolve, is_public, resolve
from landingpad.network.connect import NotPublicError, Streams, connect

log = structlog.get_logger("landingpad.render")

PROXY_HOST = "egress.invalid"
"""Host name of the proxy; browser.py makes it the only name that Chromium can resolve."""

_HEAD_LIMIT = 64 * 1024
_REQUEST_BODY_LIMIT = 1024 * 1024
_CHUNK = 64 * 1024
_REFUSALS_KEPT = 20
_REASONS = {status.value: status.phrase for status in HTTPStatus}
_HOP_BY_HOP = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)


class OwnAnswer(msgspec.Struct, frozen=True):
    """The answer of this server to a request for one of its own addresses."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


OwnFetch = Callable[[str, str], Awaitable[OwnAnswer | None] | OwnAnswer | None]
"""Function that answers (method, absolute URL) without the network, or returns None if the address is not ours.

A coroutine function runs on the photographer's event loop; any other is called on a worker thread and may block.
It gets GET and HEAD only, without headers or cookies, and must answer only with what everybody may see. Whether an
address is ours depends on scheme, host and port alone: the proxy tests this by HEAD of "/" before an https connection.
"""


class PictureLimits(msgspec.Struct, frozen=True):
    """Network limits of one picture."""

    seconds: float = 10.0
    """Longest duration of one answer or tunnel."""
    megabytes: int = 64
    """Received from outside by all requests of the picture together."""


class EgressConfig(msgspec.Struct, frozen=True):
    """Configuration shared by all proxies of a photographer."""

    own: OwnFetch
    own_threads: Executor
    own_tls: ssl.SSLContext
    limits: PictureLimits = PictureLimits()
    public: Callable[[IpAddress], bool] = is_public
    resolve: Resolve = resolve


class _Refused(Exception):  # noqa: N818  # an answer to the page, not a defect
    """The request is refused; the page gets this status and text."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class _Request(msgspec.Struct, frozen=True):
    method: str
    target: str
    headers: list[tuple[str, str]]

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


class EgressProxy:
    """The proxy of one tab; `async with` opens and closes it."""

    def __init__(self, config: EgressConfig, password: str) -> None:
        self._config = config
        self.username = "picture"
        self.password = password
        """Password of the browser; it keeps other programs on this machine from using the proxy."""
        credential = base64.b64encode(f"{self.username}:{password}".encode())
        self._authorization = b"Basic " + credential
        self._left = config.limits.megabytes * 1024 * 1024
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.refused: list[str] = []
        """The first refused requests of the page, with reasons."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_HEAD_LIMIT)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def begin(self) -> None:
        """Reset byte count and refusals for the next picture."""
        self._left = self._config.limits.megabytes * 1024 * 1024
        self.refused = []

    @property
    def url(self) -> str:
        """Address of the proxy for Chromium."""
        return f"http://{PROXY_HOST}:{self.port}"

    # --- connections of the browser ---

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("Every connection is served by its own task.")
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            # One side closed the connection early; the page learns this from the browser.
            log.debug("render.connection_lost", error=repr(error))
        except asyncio.CancelledError:
            # The picture is done. Not raised again: asyncio's callback would report the cancelled task as a defect.
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (request := await _read_request(reader)) is not None:
            if not hmac.compare_digest(request.header("proxy-authorization").encode("latin-1"), self._authorization):
                headers = [("Proxy-Authenticate", 'Basic realm="landingpad"')]
                await _answer(writer, request, OwnAnswer(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, headers, b""))
                continue
            try:
                stay = await (self._tunnel if request.method == "CONNECT" else self._exchange)(request, reader, writer)
            except _Refused as refusal:
                self._note(request, str(refusal))
                text = [("Content-Type", "text/plain; charset=utf-8")]
                await _answer(writer, request, OwnAnswer(refusal.status, text, f"{refusal}\n".encode()), last=True)
                return
            if not stay:
                return

    def _note(self, request: _Request, why: str) -> None:
        if len(self.refused) < _REFUSALS_KEPT:
            self.refused.append(f"{request.method} {request.target}: {why}")

    async def _tunnel(self, request: _Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        parts = urlsplit(f"https://{request.target}")
        origin = f"https://{request.target.removesuffix(':443')}"
        if await self._own("HEAD", f"{origin}/") is not None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.start_tls(self._config.own_tls)
            while (inner := await _read_request(reader)) is not None:
                await _read_body(inner, reader)
                answer = await self._own(inner.method, origin + inner.target)
                await _answer(writer, inner, answer or OwnAnswer(HTTPStatus.NOT_FOUND, [], b""))
            return False
        async with _closing(await self._connect(parts.hostname, parts.port or 443)) as far:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await self._both_ways(reader, writer, far)
        return False

    async def _both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, far: Streams) -> None:
        far_reader, far_writer = far
        out = asyncio.create_task(_copy(reader, far_writer))
        try:
            async with asyncio.timeout(self._config.limits.seconds):
                await self._copy_back(far_reader, writer)
        except TimeoutError:
            log.debug("render.tunnel_ended", seconds=self._config.limits.seconds)
        finally:
            out.cancel()
            await asyncio.gather(out, return_exceptions=True)

    async def _exchange(self, request: _Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one plain http request; return whether the connection can carry another."""
        parts = urlsplit(request.target)
        if parts.scheme != "http" or not parts.hostname:
            raise _Refused(HTTPStatus.BAD_REQUEST, "only http and https addresses can be loaded")
        body = await _read_body(request, reader)
        answer = await self._own(request.method, request.target)
        if answer is not None:
            await _answer(writer, request, answer)
            return True
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        async with _closing(await self._connect(parts.hostname, parts.port or 80)) as (far_reader, far_writer):
            far_writer.write(_head(f"{request.method} {path} HTTP/1.1", request.headers) + body)
            with contextlib.suppress(TimeoutError):  # the page keeps the part received so far
                async with asyncio.timeout(self._config.limits.seconds):
                    await far_writer.drain()
                    writer.write(await _read_answer_head(far_reader))
                    await self._copy_back(far_reader, writer)
        return False

    async def _copy_back(self, far_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self._left > 0 and (data := await far_reader.read(min(_CHUNK, self._left))):
            self._left -= len(data)
            writer.write(data)
            await writer.drain()
        if self._left <= 0 and len(self.refused) < _REFUSALS_KEPT:
            self.refused.append(f"everything after the first {self._config.limits.megabytes} MiB")

    # --- destinations of requests ---

    async def _own(self, method: str, url: str) -> OwnAnswer | None:
        """Return this server's own answer, or None if the address is not its own."""
        asked = "GET" if method == "GET" else "HEAD"
        own = self._config.own
        found: Awaitable[OwnAnswer | None] | OwnAnswer | None
        try:
            async with asyncio.timeout(self._config.limits.seconds):
                if inspect.iscoroutinefunction(own):  # executors of uvloop, and of asyncio in debug mode, refuse it
                    found = own(asked, url)
                else:
                    loop = asyncio.get_running_loop()
                    found = await loop.run_in_executor(self._config.own_threads, own, asked, url)
                answer = await found if inspect.isawaitable(found) else found
        except TimeoutError:
            log.warning("render.own_answer_late", url=url, seconds=self._config.limits.seconds)
            return OwnAnswer(HTTPStatus.GATEWAY_TIMEOUT, [], b"")
        except Exception:
            log.exception("render.own_answer_failed", method=method, url=url)
            return OwnAnswer(HTTPStatus.INTERNAL_SERVER_ERROR, [], b"")
        if answer is not None and method not in {"GET", "HEAD"}:
            return OwnAnswer(HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "GET, HEAD")], b"")
        return answer

    async def _connect(self, host: str | None, port: int) -> Streams:
        """Connect to a verified address of the host.

        Raises:
            _Refused: the host has an address that is not public, or it cannot be reached.

        """
        if not host:
            raise _Refused(HTTPStatus.BAD_REQUEST, "the address names no host")
        config = self._config
        try:
            return await connect(host, port, resolve=config.resolve, public=config.public, limit=_HEAD_LIMIT)
        except NotPublicError as error:
            raise _Refused(HTTPStatus.FORBIDDEN, str(error)) from error
        except OSError as error:
            raise _Refused(HTTPStatus.BAD_GATEWAY, str(error)) from error


@contextlib.asynccontextmanager
async def _closing(streams: Streams) -> AsyncIterator[Streams]:
    try:
        yield streams
    finally:
        streams[1].close()


# --- bytes of HTTP/1.1 ---


async def _read_lines(reader: asyncio.StreamReader) -> tuple[str, list[tuple[str, str]]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    return first, [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]


async def _read_request(reader: asyncio.StreamReader) -> _Request | None:
    """Return the head of the next request, or None at the end of the connection."""
    try:
        first, headers = await _read_lines(reader)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    method, _, rest = first.partition(" ")
    return _Request(method, rest.rpartition(" ")[0], headers)


async def _read_body(request: _Request, reader: asyncio.StreamReader) -> bytes:
    length = request.header("content-length") or "0"
    if request.header("transfer-encoding") or not length.isascii() or not length.isdigit():
        raise _Refused(HTTPStatus.LENGTH_REQUIRED, "a request body needs a Content-Length")
    if int(length) > _REQUEST_BODY_LIMIT:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a page may send {_REQUEST_BODY_LIMIT} bytes at most")
    return await reader.readexactly(int(length))


async def _read_answer_head(far_reader: asyncio.StreamReader) -> bytes:
    """Return the head of the final answer, rewritten so that the connection closes after it."""
    while True:
        first, headers = await _read_lines(far_reader)
        if not first.startswith("HTTP/1.1 1"):  # 100 Continue, 103 Early Hints
            framing = [(name, value) for name, value in headers if name.lower() == "transfer-encoding"]
            return _head(first, headers, framing)


def _head(first: str, headers: list[tuple[str, str]], more: list[tuple[str, str]] | None = None) -> bytes:
    kept = [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]
    lines = [first, *(f"{name}: {value}" for name, value in (*kept, *(more or ()), ("Connection", "close")))]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _answer(writer: asyncio.StreamWriter, request: _Request, answer: OwnAnswer, *, last: bool = False) -> None:
    reason = _REASONS.get(answer.status, "")
    skipped = _HOP_BY_HOP - {"proxy-authenticate"} | {"content-length"}
    lines = [f"HTTP/1.1 {int(answer.status)} {reason}"]
    lines += [f"{name}: {value}" for name, value in answer.headers if name.lower() not in skipped]
    lines += [f"Content-Length: {len(answer.body)}", *(["Connection: close"] if last else [])]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    if request.method != "HEAD":
        writer.write(answer.body)
    await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
