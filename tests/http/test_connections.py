"""Connections of a real server: none is kept for ever, none takes the server down."""

import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlencode, urlsplit

import pytest

from landingpad.http import connections
from landingpad.testing import InProcess, Portal
from support.server import wait_until

_HEADER = b"GET /rest/server.time HTTP/1.1\r\nHost: localhost\r\n"
_PATIENCE = 30


@pytest.fixture(scope="module")
def server() -> Iterator[InProcess]:
    """A server with short limits."""
    with InProcess(header_timeout=1, body_timeout=1, keep_alive=3) as server:
        yield server


@contextmanager
def connected(server: InProcess) -> Iterator[socket.socket]:
    """Open a connection."""
    with closing(socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=_PATIENCE)) as client:
        yield client


def rest_of(client: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    parts = []
    while part := client.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def after(server: InProcess, *sent: bytes, pause: float = 0) -> bytes:
    """Send parts of a request one after the other, then wait for the end of the connection; return the answer."""
    with connected(server) as client:
        for part in sent:
            client.sendall(part)
            time.sleep(pause)
        return rest_of(client)


def test_connections_without_progress_end(server: InProcess) -> None:
    """All at once, because each waits for its limit."""
    path = urlsplit(server.seeded.webhooks["admin"]).path.encode()
    post = b"POST " + path + b"profile HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    tries = {
        "nothing": (),
        "half a header": (_HEADER,),
        "half a second header": (_HEADER + b"\r\n", _HEADER),
        "half a body": (post + b"Content-Length: 100\r\n\r\n", b'{"a":'),
        "half a chunk": (post + b"Transfer-Encoding: chunked\r\n\r\n", b"50\r\nabc"),
    }
    with ThreadPoolExecutor(len(tries)) as threads:
        found = dict(zip(tries, threads.map(lambda sent: after(server, *sent), tries.values()), strict=True))
    assert found["nothing"] == found["half a header"] == b""
    assert found["half a second header"].startswith(b"HTTP/1.1 401 ")
    for name in ("half a body", "half a chunk"):
        assert found[name].startswith(b"HTTP/1.1 408 Request Timeout\r\n"), name


def test_a_header_that_drips_ends_as_well(server: InProcess) -> None:
    with connected(server) as client:
        client.sendall(_HEADER)
        with pytest.raises(ConnectionError):
            drip(client, lines=100)


def drip(client: socket.socket, lines: int) -> None:
    """Send lines of a header slowly."""
    for number in range(lines):
        time.sleep(0.1)
        client.sendall(b"X-A%d: b\r\n" % number)


def test_a_slow_body_that_makes_progress_is_taken(server: InProcess) -> None:
    """It takes three times the limit, but more than 500 bytes come each second."""
    body = b"{" + b" " * 4000 + b"}"
    path = urlsplit(server.seeded.webhooks["admin"]).path
    head = f"POST {path}profile HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    parts = [body[at : at + 300] for at in range(0, len(body), 300)]
    assert after(server, head.encode(), *parts, pause=0.2).startswith(b"HTTP/1.1 200 ")


def test_idle_connections_make_room() -> None:
    """Half-open connections beyond the limit push out one another, never a visitor."""
    with InProcess(connection_limit=20) as server, ExitStack() as held:
        for _ in range(60):
            held.enter_context(connected(server)).sendall(_HEADER)
        for _ in range(20):
            answer = after(server, _HEADER + b"Connection: close\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 401 ")


def test_the_limit_follows_the_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: changed.append(limits))
    connections.raise_descriptor_limit()
    assert changed == [(4096, 4096)]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("{webhook}landing.site.add", "application/x-www-form-urlencoded"),
        ("/rest/landing.site.add?auth={token}", "application/x-www-form-urlencoded"),
        ("{webhook}landing.site.add", "multipart/form-data; boundary=x"),
    ],
)
@pytest.mark.parametrize("sent", [1000, 100_000])
def test_half_a_body_is_never_carried_out(server: InProcess, path: str, kind: str, sent: int) -> None:
    """A form that ends early would be read as one with fewer fields, or shorter ones."""
    webhook = urlsplit(server.seeded.webhooks["admin"]).path
    target = path.format(webhook=webhook, token=server.seeded.told["oauth"]["access_token"])
    fields = {"fields[TITLE]": "half", "fields[CODE]": "half", "fields[DESCRIPTION]": ""}
    text = urlencode(fields)
    if kind.startswith("multipart"):
        parts = (f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}' for name in fields)
        text = "\r\n".join(parts)
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: 900000\r\n\r\n"
    before = server.kit.journal.last
    with connected(server) as client:
        client.sendall(head.encode() + text.encode() + b"d" * sent)
    wait_until("the call in the journal", lambda: server.kit.journal.last > before)
    assert Portal(server).call("landing.site.getList", params={"select": ["CODE"]}) == []
