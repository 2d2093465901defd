"""Downloads from untrusted addresses: from public hosts only, with limits on size, time and redirects."""

import asyncio
import ssl
from collections.abc import Callable
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import httptools

from landingpad.network.addresses import IpAddress, Resolve, is_public, resolve
from landingpad.network.connect import connect

_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_OK = 200
_CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}


class FetchError(Exception):
    """The download failed; the text says why, for the author of the address."""


class Fetcher:
    """Downloads files; every host in a chain of redirects is checked."""

    def __init__(
        self,
        *,
        most_bytes: int,
        seconds: float = 20.0,
        resolve: Resolve = resolve,
        public: Callable[[IpAddress], bool] = is_public,
    ) -> None:
        """Set the limits.

        Args:
            most_bytes: of one file.
            seconds: for one file, redirects included.
            resolve: returns the addresses of a host name.
            public: returns whether an address may be reached.

        """
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._resolve = resolve
        self._public = public
        self._tls: ssl.SSLContext | None = None

    async def get(self, url: str) -> bytes:
        """Return the file at an address.

        Raises:
            FetchError: the address is not http(s), not public, does not answer 200 in time, or the file is too large.

        """
        try:
            async with asyncio.timeout(self._seconds):
                for _ in range(_REDIRECTS + 1):
                    answer = await self._get_once(url)
                    if answer.location is None:
                        return bytes(answer.body)
                    url = urljoin(url, answer.location)
        except TimeoutError as error:
            raise FetchError(f"{_shown(url)} did not send the file within {self._seconds:g} seconds") from error
        raise FetchError(f"{_shown(url)}: more than {_REDIRECTS} redirects")

    async def _get_once(self, url: str) -> "_Answer":
        parts, port = _parse(url)
        host = unquote(parts.hostname or "")
        try:
            reader, writer = await connect(
                host,
                port,
                resolve=self._resolve,
                public=self._public,
                limit=_CHUNK,
                tls=self._context() if parts.scheme == "https" else None,
            )
        except OSError as error:
            raise FetchError(str(error)) from error
        try:
            writer.write(_request(_host_header(parts), parts.path, parts.query))
            await writer.drain()
            answer = _Answer(self._most_bytes)
            while not answer.complete and (data := await reader.read(_CHUNK)):
                answer.feed(data)
            answer.end()
        except (OSError, httptools.HttpParserError) as error:
            raise FetchError(f"{_shown(url)} does not answer as a web server does ({error})") from error
        finally:
            writer.transport.abort()
        if answer.location is None and answer.status != _OK:
            raise FetchError(f"{_shown(url)} answers with status {answer.status}")
        return answer

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


class _Answer:
    """An answer being read; the parser calls its `on_...` methods."""

    def __init__(self, most_bytes: int) -> None:
        self.status = 0
        self.body = bytearray()
        self.location: str | None = None
        self.complete = False
        self._most_bytes = most_bytes
        self._has_end = False
        self._header_bytes = 0
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Parse the next bytes."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            if isinstance(error.__context__, FetchError):
                raise error.__context__ from error
            raise
        except httptools.HttpParserError:
            if not self.complete:  # bytes after the answer are ignored
                raise

    def end(self) -> None:
        """Note the end of the connection, which completes an answer without a declared length.

        Raises:
            FetchError: the connection ended too early.

        """
        if not self.complete and (self._has_end or not self.status):
            raise FetchError("the connection ended in the middle of the answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > _CHUNK:
            raise FetchError("the answer has too many headers")
        match name.lower():
            case b"location":
                self.location = value.decode("latin-1")
            case b"content-length" | b"transfer-encoding":
                self._has_end = True

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self.status not in _MOVED:
            self.location = None
        self.complete = self.location is not None  # the body of a redirect is not needed

    def on_body(self, data: bytes) -> None:
        if len(self.body) + len(data) > self._most_bytes:
            raise FetchError(f"the file has more than {self._most_bytes} bytes")
        self.body += data

    def on_message_complete(self) -> None:
        self.complete = self.status >= _OK  # 103 Early Hints may come first


def _parse(url: str) -> tuple[SplitResult, int]:
    """Parse an address, percent-encode non-ASCII characters and return it with its port.

    Raises:
        FetchError: it is not a valid http or https address.

    """
    try:
        parts = urlsplit(quote(url.strip(), safe="%/:=&?~#+!$,;'@()*[]"))
        port = parts.port or _PORTS.get(parts.scheme, 0)
        unquote(parts.hostname or "").encode("idna")
    except ValueError as error:
        raise FetchError(f"{_shown(url)} is not an address") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise FetchError(f"{_shown(url)} is not an address that begins with http:// or https://")
    return parts, port


def _request(host: str, path: str, query: str) -> bytes:
    target = (path or "/") + (f"?{query}" if query else "")
    return (
        f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Landingpad\r\nAccept: */*\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    ).encode("latin-1")


def _host_header(parts: SplitResult) -> str:
    name = unquote(parts.hostname or "").encode("idna").decode()
    shown = f"[{name}]" if ":" in name else name
    return shown if parts.port in {None, _PORTS[parts.scheme]} else f"{shown}:{parts.port}"


def _shown(url: str) -> str:
    return url[:200]
