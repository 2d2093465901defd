"""Requests and answers of plain ASGI routes, without a framework."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from landingpad.http.asgi import Scope, Send, client_address, host_of
from landingpad.media.store import MediaStore

CHUNK = 256 * 1024
"""Bytes of a stored file that are read and sent at once."""


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
        return host_of(self.scope)

    @property
    def client_address(self) -> str:
        """Address of the peer, or ""."""
        return client_address(self.scope)


class Part(Protocol):
    """A body that is read while it is sent."""

    @property
    def length(self) -> int:
        """Its bytes."""
        ...

    def read(self, at: int) -> bytes:
        """Return the chunk that begins at a position."""
        ...


class StoredPart(NamedTuple):
    """A stored file, or a range of it, that is read while it is sent."""

    media: MediaStore
    key: str
    start: int
    length: int

    def read(self, at: int) -> bytes:
        """Return the chunk that begins `at` bytes after the start of the part.

        Raises:
            FileNotFoundError: the file was removed.
            EOFError: the file has become shorter.

        """
        chunk = self.media.read(self.key, self.start + at, min(CHUNK, self.length - at))
        if not chunk:
            raise EOFError(f"{self.key} is shorter than {self.start + self.length} bytes")
        return chunk


class Answer:
    """Status, headers and body of a response. Sending adds Content-Length."""

    __slots__ = ("body", "headers", "part", "status")

    def __init__(
        self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"", part: Part | None = None
    ) -> None:
        """Make an answer.

        Args:
            status: the HTTP status.
            headers: the headers but Content-Length.
            body: the whole body, unless there is a `part`.
            part: what to read and send as the body, such as a range of a stored file.

        """
        self.status = status
        self.headers = list(headers)
        self.body = body
        self.part = part

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
    part = answer.part
    length = len(answer.body) if part is None else part.length
    headers = [*answer.headers, (b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if head or part is None:
        await send({"type": "http.response.body", "body": b"" if head else answer.body})
        return
    sent = 0
    while sent < length:
        chunk = await asyncio.to_thread(part.read, sent)
        sent += len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": sent < length})
