"""Requests and answers of plain ASGI routes, without a framework."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import quote

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class BodyTooLargeError(Exception):
    """The client sends more than the setting LANDINGPAD_BODY_LIMIT allows."""


class Request:
    """An HTTP request."""

    __slots__ = ("_headers", "method", "path", "query", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self._headers: list[tuple[bytes, bytes]] = scope["headers"]

    def header(self, name: bytes) -> str:
        """Return the value of a header (name in lower case), or ""."""
        for key, value in self._headers:
            if key == name:
                return value.decode("latin-1")
        return ""

    @property
    def host(self) -> str:
        """Host name of the request in lower case, without port."""
        return host_name(self.header(b"host"))

    @property
    def client_address(self) -> str:
        """Address of the peer, or ""."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @property
    def raw_target(self) -> str:
        """Path and query, percent-encoded."""
        query = f"?{self.query.decode('latin-1')}" if self.query else ""
        return quote(self.path, safe="/:@!$&'()*+,;=~-._") + query


class Answer:
    """Status, headers and body of a response. Sending adds Content-Length."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.status = status
        self.headers = list(headers)
        self.body = body

    @classmethod
    def text(cls, status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> "Answer":
        """Make an answer from a text."""
        return cls(status, [(b"content-type", content_type.encode())], text.encode())

    @classmethod
    def redirect(cls, location: str, status: int = 301) -> "Answer":
        """Make a redirect."""
        return cls(status, [(b"location", location.encode("latin-1", "replace"))])


async def send_answer(send: Send, answer: Answer, *, head: bool = False) -> None:
    """Send an answer; for HEAD without the body, but with its Content-Length."""
    headers = [*answer.headers, (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


async def read_body(request: Request, receive: Receive, limit: int) -> bytes:
    """Read the whole body.

    Raises:
        BodyTooLargeError: it is larger than `limit` bytes; the rest is not read.

    """
    declared = request.header(b"content-length")
    if declared.isdigit() and int(declared) > limit:
        raise BodyTooLargeError
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > limit:
            raise BodyTooLargeError
        return body
    parts = [body]
    size = len(body)
    async for part in _rest_of_body(receive):
        size += len(part)
        if size > limit:
            raise BodyTooLargeError
        parts.append(part)
    return b"".join(parts)


async def _rest_of_body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


def host_name(value: str) -> str:
    """Return the host name of a Host header: "Example.com:8080" -> "example.com", "[::1]:80" -> "::1"."""
    value = value.strip().lower()
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.rpartition(":")[0] if value.count(":") == 1 else value
