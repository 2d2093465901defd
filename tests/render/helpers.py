"""Helpers of the picture tests: own pages, a server that must get no connection, a list of processes."""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image

from landingpad.render.photographer import OwnAnswer, Picture

HOST = "acme.localhost:8080"
HOME = f"http://{HOST}/"
RED = (224, 32, 32)
Answer = OwnAnswer | Callable[[], OwnAnswer]


def html(body: str, *, status: int = 200, **headers: str) -> OwnAnswer:
    """Return a page with a red background."""
    text = f"<!doctype html><html><body style='margin:0;background:rgb{RED}'>{body}</body></html>"
    more = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return OwnAnswer(status, [("Content-Type", "text/html; charset=utf-8"), *more], text.encode())


class Pages:
    """Answers for the host of the tests by path; 404 for all other paths."""

    def __init__(self, **answers: Answer) -> None:
        self.answers: dict[str, Answer] = {f"/{path}": answer for path, answer in answers.items()}
        self.asked: list[tuple[str, str]] = []

    def __call__(self, method: str, url: str) -> OwnAnswer | None:
        self.asked.append((method, url))
        origin, _, path = url.partition("://")[2].partition("/")
        if origin not in {HOST, "acme.localhost"}:
            return None
        answer = self.answers.get(f"/{path}", OwnAnswer(404, [], b""))
        return answer() if callable(answer) else answer


def slow(seconds: float, answer: OwnAnswer) -> Callable[[], OwnAnswer]:
    """Return an answer after a delay."""

    def late() -> OwnAnswer:
        time.sleep(seconds)
        return answer

    return late


def colour(picture: Picture, x: int = 600, y: int = 700) -> tuple[int, int, int]:
    """Return the colour of a pixel of the decoded picture."""
    with Image.open(BytesIO(picture.data)) as image:
        pixel = image.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


def size(picture: Picture) -> tuple[int, int]:
    """Return width and height of the decoded picture."""
    with Image.open(BytesIO(picture.data)) as image:
        image.load()
        return image.size


def alike(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Return whether two colours are equal up to JPEG errors."""
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


class Canary:
    """Listens on one port, TCP and UDP, IPv4 and IPv6, and records every connection and packet."""

    def __init__(self, reply: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok") -> None:
        self.heard: list[str] = []
        self._reply = reply
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []
        self._stop = threading.Event()
        first = self._listen(socket.AF_INET, socket.SOCK_STREAM, "0.0.0.0", 0)  # noqa: S104  # it has to hear connections to every address
        self.port: int = first.getsockname()[1]
        self._listen(socket.AF_INET, socket.SOCK_DGRAM, "0.0.0.0", self.port)  # noqa: S104  # it has to hear packets to every address
        with contextlib.suppress(OSError):  # a machine without IPv6
            self._listen(socket.AF_INET6, socket.SOCK_STREAM, "::1", self.port)
            self._listen(socket.AF_INET6, socket.SOCK_DGRAM, "::1", self.port)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        for open_socket in self._sockets:
            open_socket.close()
        self._selector.close()

    def _listen(self, family: int, kind: int, address: str, port: int) -> socket.socket:
        listener = socket.socket(family, kind)
        self._sockets.append(listener)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        if kind == socket.SOCK_STREAM:
            listener.listen(128)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ)
        return listener

    def _run(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(timeout=0.05):
                ready = key.fileobj
                assert isinstance(ready, socket.socket)
                if ready.type == socket.SOCK_DGRAM:
                    self.heard.append(f"udp {ready.recvfrom(2048)[0][:40]!r}")
                else:
                    self._answer(ready.accept()[0])

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(0.5)
            said = b""
            try:
                said = connection.recv(2048)
                connection.sendall(self._reply)
            finally:
                self.heard.append(f"tcp {said.partition(b' HTTP')[0][:80]!r}")


def processes_with(marker: str) -> dict[int, str]:
    """Return processes (id, command line) with this text in their environment, without zombies."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile, or belongs to another user
            if marker.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:120]
    return found


def gone(marker: str, *, seconds: float = 10) -> dict[int, str]:
    """Wait until no process with this marker is left; return those left after `seconds`."""
    end = time.monotonic() + seconds
    while (left := processes_with(marker)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def wait_until(true: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait until a condition holds that another thread brings about."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.02)


@contextlib.contextmanager
def local_server(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve connections on loopback, one thread each; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # the other side closed the connection
            handle(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the listener was closed
                return
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(5)
