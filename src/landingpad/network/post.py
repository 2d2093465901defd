"""Posts of forms to untrusted addresses: to public hosts only, without following redirects."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from landingpad.network.addresses import IpAddress, Resolve, is_public, resolve
from landingpad.network.connect import connect

_PORTS = {"http": 80, "https": 443}
_LONGEST_LINE = 8192
_GOOD = range(200, 300)
_FIRST_FINAL = 200


class PostError(Exception):
    """The post failed; the text says why."""


class Poster:
    """Posts forms."""

    def __init__(
        self,
        *,
        seconds: float = 20.0,
        resolve: Resolve = resolve,
        public: Callable[[IpAddress], bool] = is_public,
    ) -> None:
        """Set the limits.

        Args:
            seconds: for one form, with its answer.
            resolve: returns the addresses of a host name.
            public: returns whether an address may be reached.

        """
        self._seconds = seconds
        self._resolve = resolve
        self._public = public
        self._tls: ssl.SSLContext | None = None

    async def post(self, url: str, form: Mapping[str, Any]) -> None:
        """Send a form and wait for a 2xx answer; objects and lists become names with brackets, as in PHP.

        Raises:
            PostError: the address is not http(s), not public, or does not answer 2xx in time.

        """
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._status(url, form_body(form))
        except TimeoutError as error:
            raise PostError(f"{url[:200]} did not answer within {self._seconds:g} seconds") from error
        except OSError as error:
            raise PostError(f"{url[:200]}: {error}") from error
        if status not in _GOOD:
            raise PostError(f"{url[:200]} answers with status {status}")

    async def _status(self, url: str, body: bytes) -> int:
        parts = urlsplit(quote(url.strip(), safe="%/:=&?~#+!$,;'@()*[]"))
        try:
            port = parts.port or _PORTS.get(parts.scheme, 0)
            host = (parts.hostname or "").encode("idna").decode()
        except ValueError as error:
            raise PostError(f"{url[:200]} is not an address") from error
        if not host or not port:
            raise PostError(f"{url[:200]} is not an address that begins with http:// or https://")
        if parts.scheme == "https" and self._tls is None:
            self._tls = ssl.create_default_context()
        reader, writer = await connect(
            host,
            port,
            resolve=self._resolve,
            public=self._public,
            limit=_LONGEST_LINE,
            tls=self._tls if parts.scheme == "https" else None,
        )
        try:
            shown = f"[{host}]" if ":" in host else host
            named = shown if port == _PORTS[parts.scheme] else f"{shown}:{port}"
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            head = (
                f"POST {target} HTTP/1.1\r\nHost: {named}\r\nUser-Agent: Landingpad\r\nAccept: */*\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n"
            )
            writer.write(head.encode("latin-1") + body)
            await writer.drain()
            return await _read_status(reader, url)
        finally:
            writer.transport.abort()


async def _read_status(reader: asyncio.StreamReader, url: str) -> int:
    """Return the status of the final answer, without reading further."""
    try:
        while True:
            line = (await reader.readline()).split(b" ", 2)
            status = int(line[1]) if len(line) > 1 and line[0].startswith(b"HTTP/1.") else 0
            if status == 0:
                raise PostError(f"{url[:200]} does not answer as a web server does")
            if status >= _FIRST_FINAL:
                return status
            while (await reader.readline()).strip():
                pass  # headers of an informational answer
    except ValueError as error:
        raise PostError(f"{url[:200]} does not answer as a web server does ({error})") from error


def form_body(form: Mapping[str, Any]) -> bytes:
    """Encode a form as PHP reads it: `auth[domain]=a.example&data[0]=x`; null and empty containers are omitted."""
    return "&".join(_pairs(form, "")).encode()


def _pairs(value: Any, name: str) -> list[str]:
    if isinstance(value, Mapping | list):
        members = value.items() if isinstance(value, Mapping) else enumerate(value)
        return [pair for key, member in members for pair in _pairs(member, f"{name}[{key}]" if name else str(key))]
    if value is None:
        return []
    text = "1" if value is True else "0" if value is False else str(value)
    return [f"{quote_plus(name, safe='[]')}={quote_plus(text)}"]
