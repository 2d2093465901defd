"""Requests to untrusted addresses by httpx, with connections to checked addresses only.

Import this module only where a request is made: httpx is slow to load. It uses public names of httpx and httpcore
alone. A subclass of httpx.AsyncHTTPTransport would have to replace a private attribute, and after a release that
renames it nobody would check addresses any more.
"""

import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from landingpad.network.addresses import Resolve
from landingpad.network.connect import CONNECT_SECONDS, IsPublic, checked_addresses

_HEADERS = {"User-Agent": "Landingpad", "Accept-Encoding": "identity", "Connection": "close"}
_TIMEOUT = httpx.Timeout(None, connect=CONNECT_SECONDS)  # the caller limits the time of the whole request


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to hosts whose addresses were all checked; each name is resolved once for each connection."""

    def __init__(self, resolve: Resolve, public: IsPublic) -> None:
        self._resolve = resolve
        self._public = public
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address that accepts; TLS checks the certificate for the name afterwards."""
        failure: Exception | None = None
        for address in await checked_addresses(host, port, resolve=self._resolve, public=self._public):
            try:
                return await self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise httpcore.ConnectError(_cause(failure))


class _Transport(httpx.AsyncBaseTransport):
    """Sends one request on a connection of its own. Its errors are those of httpcore."""

    def __init__(self, backend: CheckedBackend, tls: ssl.SSLContext | None) -> None:
        self._pool = httpcore.AsyncConnectionPool(tls, max_keepalive_connections=0, network_backend=backend)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.content,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@asynccontextmanager
async def open_answer(
    method: str,
    url: str,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    backend: CheckedBackend,
    tls: ssl.SSLContext | None,
) -> AsyncIterator[httpx.Response]:
    """Send a request and yield its answer, with the body unread and as it was sent (`aiter_raw`).

    Redirects are not followed, cookies not kept, and proxies of the environment not used.

    Raises:
        ValueError: httpx does not accept the address.
        OSError: the host is unknown or not public, no address accepts, or the answer is not one of a web server.

    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from error
    no_cookies = CookieJar(DefaultCookiePolicy(netscape=False))
    client = httpx.AsyncClient(
        transport=_Transport(backend, tls), headers=_HEADERS, timeout=_TIMEOUT, trust_env=False, cookies=no_cookies
    )
    try:
        async with client, client.stream(method, address, content=content, headers=headers) as answer:
            yield answer
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise ConnectionError(f"{address.netloc.decode()} does not answer ({_cause(error)})") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.ProtocolError, httpx.InvalidURL) as error:
        # Of a redirect, httpx reads the address and complains, although nobody asked it to follow.
        raise ConnectionError(f"{url[:200]} does not answer as a web server does ({error})") from error


def _cause(error: BaseException | None) -> str:
    """Return the text of the error of the operating system or of TLS that led to an error of httpcore."""
    while error is not None and error.__cause__ is not None:
        error = error.__cause__
    return str(error) or "no answer in time"
