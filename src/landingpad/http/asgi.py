"""What every ASGI application needs, with a framework or without: types, the body, the host and the peer."""

import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[object]]


class BodyTooLargeError(Exception):
    """The client sends more bytes than allowed."""


class ClientGoneError(Exception):
    """The client closed the connection before its whole request had come; what came must not be carried out."""


def header(scope: Scope, name: bytes) -> str:
    """Return the value of a header (name in lower case), or ""."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


def host_of(scope: Scope) -> str:
    """Return the host name of a request in lower case, without port: "example.com", "::1"."""
    value = header(scope, b"host").strip().lower()
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.rpartition(":")[0] if value.count(":") == 1 else value


def client_address(scope: Scope) -> str:
    """Return the address of the peer, or ""."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def target_of(scope: Scope, path: str = "") -> str:
    """Return the path of a request, or `path` in its place, with the query, percent-encoded."""
    query = scope["query_string"].decode("latin-1")
    return quote(path or scope["path"], safe="/:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")


@lru_cache(maxsize=1024)
def is_loopback(address: str) -> bool:
    """Say whether a peer address is this machine; "" (a Unix socket) counts as this machine."""
    if not address:
        return True
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def is_secure(scope: Scope) -> bool:
    """Say whether a request came by https or from this machine."""
    return bool(scope["scheme"] == "https") or is_loopback(client_address(scope))


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Read the whole body of a request.

    Raises:
        BodyTooLargeError: it is larger than `limit` bytes; the rest is not read.
        ClientGoneError: the client closed the connection before the end of the body.

    """
    declared = header(scope, b"content-length")
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLargeError
    parts = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLargeError
        parts.append(part)
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)
