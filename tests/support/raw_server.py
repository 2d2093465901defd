"""A web server that answers with raw bytes, for clients that meet invalid and hostile answers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

OK = b"HTTP/1.1 200 OK\r\n"
MOVED = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "

Answers = dict[str, bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]]
"""Answer by request target; `{port}` in it becomes the port of the server. "*" answers all other targets."""


class SeenRequest(NamedTuple):
    host: str
    target: str
    head: str
    body: bytes


class RawServer:
    """A server on loopback; it records the requests."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.seen: list[SeenRequest] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, EOFError, asyncio.CancelledError):  # the client went away, or the test is over
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            target = head.split(" ")[1]
            self.seen.append(SeenRequest(headers["host"], target, head, body))
            answer = self.answers[target if target in self.answers else "*"]
            if isinstance(answer, bytes):
                writer.write(answer.replace(b"{port}", str(self.port).encode()))
                await writer.drain()
            else:
                await answer(writer)
        writer.close()


@asynccontextmanager
async def raw_server(answers: Answers, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Run a server while the block runs."""
    made = RawServer(answers)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
