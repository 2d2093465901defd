"""Requests to untrusted addresses: to public hosts only, with limits on size, time and redirects."""

import asyncio
import re
import ssl
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit

from landingpad.network.addresses import Resolve, is_public, resolve
from landingpad.network.connect import IsPublic

if TYPE_CHECKING:
    import httpx

_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_OK = 200
_GOOD = range(200, 300)
_PORTS = {"http": 80, "https": 443}
_TRANSPORT = "landingpad.network.transport"
_HOST = re.compile(r"[\w.~:-]+", re.ASCII)


class OutgoingError(Exception):
    """The request failed; the text says why, for the author of the address."""


class OutgoingClient:
    """Downloads files and posts forms. Every host is checked, those of redirects too."""

    def __init__(self, *, seconds: float = 20.0, resolve: Resolve = resolve, public: IsPublic = is_public) -> None:
        """Set the limits.

        Args:
            seconds: for one call, redirects and body included.
            resolve: returns the addresses of a host name.
            public: returns whether an address may be reached.

        """
        self._seconds = seconds
        self._resolve = resolve
        self._public = public

    async def get(self, url: str, *, most_bytes: int) -> bytes:
        """Return the file at an address; redirects are followed.

        Raises:
            OutgoingError: the address is not http(s), not public, does not answer 200 in time, or the file is larger.

        """
        asked = url
        async with self._limit(url):
            for _ in range(_REDIRECTS + 1):
                async with self._answer("GET", asked) as answer:
                    location = answer.headers.get("location") if answer.status_code in _MOVED else None
                    if location is None:
                        if answer.status_code != _OK:
                            raise OutgoingError(f"{_shown(asked)} answers with status {answer.status_code}")
                        return await _read(answer, most_bytes)
                asked = _joined(asked, location)
        raise OutgoingError(f"{_shown(asked)}: more than {_REDIRECTS} redirects")

    async def post(self, url: str, body: bytes, content_type: str) -> None:
        """Post a body and wait for the head of a 2xx answer; redirects are not followed.

        Raises:
            OutgoingError: the address is not http(s), not public, or does not answer 2xx in time.

        """
        async with self._limit(url), self._answer("POST", url, body, {"Content-Type": content_type}) as answer:
            if answer.status_code not in _GOOD:
                raise OutgoingError(f"{_shown(url)} answers with status {answer.status_code}")

    @asynccontextmanager
    async def _limit(self, url: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except TimeoutError as error:
            raise OutgoingError(f"{_shown(url)} did not answer completely within {self._seconds:g} seconds") from error

    @asynccontextmanager
    async def _answer(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator["httpx.Response"]:
        """Send one request and yield the answer; the caller reads as much of its body as it needs."""
        address = _address(url)
        if _TRANSPORT not in sys.modules:  # httpx loads for a quarter of a second, in which the loop goes on
            await asyncio.to_thread(import_module, _TRANSPORT)
        from landingpad.network.transport import CheckedBackend, open_answer  # noqa: PLC0415  # loaded by now

        backend = CheckedBackend(self._resolve, self._public)
        tls = self._tls if address.startswith("https:") else None
        try:
            async with open_answer(method, address, body, headers, backend=backend, tls=tls) as answer:
                yield answer
        except ValueError as error:
            raise OutgoingError(f"{_shown(url)} is not an address") from error
        except OSError as error:
            raise OutgoingError(str(error)) from error

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


async def _read(answer: "httpx.Response", most_bytes: int) -> bytes:
    body = bytearray()
    async for part in answer.aiter_raw():
        if len(body) + len(part) > most_bytes:
            raise OutgoingError(f"the file has more than {most_bytes} bytes")
        body += part
    return bytes(body)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise OutgoingError(f"{_shown(location)} is not an address") from error


def _address(url: str) -> str:
    """Return an address in ASCII: the host by IDNA, other characters percent-encoded, without user name and password.

    Raises:
        OutgoingError: it is not a valid http or https address.

    """
    try:
        parts = urlsplit(quote(url.strip(), safe="%/:=&?~#+!$,;'@()*[]"))
        host = unquote(parts.hostname or "").encode("idna").decode()
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise OutgoingError(f"{_shown(url)} is not an address") from error
    if parts.scheme not in _PORTS or not host:
        raise OutgoingError(f"{_shown(url)} is not an address that begins with http:// or https://")
    if not _HOST.fullmatch(host):
        raise OutgoingError(f"{_shown(url)} is not an address")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


def _shown(url: str) -> str:
    return url[:200]
