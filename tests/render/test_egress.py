"""The egress proxy alone, with requests like Chromium's."""

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest

from landingpad.network.addresses import IpAddress
from landingpad.render.certificate import make_own_key
from landingpad.render.egress import EgressConfig, EgressProxy, OwnAnswer, PictureLimits
from render.helpers import HOME, HOST, Canary, Pages, html, local_server, slow

PASSWORD = "open sesame"
LOCAL: IpAddress = ip_address("127.0.0.1")
LOOPBACK = ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1", "[::ffff:7f00:1]"]  # noqa: S104  # an address to request, not to bind
Open = Callable[..., contextlib.AbstractAsyncContextManager[EgressProxy]]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Factory of open proxies; tests can make loopback count as public."""
    with ThreadPoolExecutor(2) as threads:
        tls = make_own_key(datetime.now(UTC)).tls

        @contextlib.asynccontextmanager
        async def build(own: Any, **more: Any) -> AsyncIterator[EgressProxy]:
            async with EgressProxy(EgressConfig(own, threads, tls, **more), PASSWORD) as egress:
                yield egress

        yield build


def anything(_: IpAddress) -> bool:
    return True


async def ask(egress: EgressProxy, first: str, *headers: str, body: bytes = b"", password: str = PASSWORD) -> bytes:
    """Send one request and read until the proxy closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", egress.port)
    credential = base64.b64encode(f"{egress.username}:{password}".encode()).decode()
    lines = [f"{first} HTTP/1.1", f"Proxy-Authorization: Basic {credential}", *headers, "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    writer.write_eof()
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


async def test_own_addresses_are_answered_in_this_process(opened: Open) -> None:
    async with opened(Pages(x=html("hello"))) as egress:
        answer = await ask(egress, f"GET {HOME}x", f"Host: {HOST}")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"hello" in answer
    assert egress.refused == []


async def test_own_answers_may_come_from_a_coroutine_function(opened: Open) -> None:
    async def own(method: str, url: str) -> OwnAnswer:
        await asyncio.sleep(0)
        return OwnAnswer(200, [], f"{method} {url}".encode())

    # In debug mode, asyncio checks what uvloop always checks: executors get no coroutine functions.
    asyncio.get_running_loop().set_debug(True)
    async with opened(own) as egress:
        assert (await ask(egress, f"GET {HOME}")).endswith(f"GET {HOME}".encode())


async def test_the_proxy_requires_its_password(opened: Open) -> None:
    with Canary() as canary:
        async with opened(Pages(x=html("")), public=anything) as egress:
            for target in (f"{HOME}x", f"http://127.0.0.1:{canary.port}/"):
                answer = await ask(egress, f"GET {target}", password="guess")
                assert answer.startswith(b"HTTP/1.1 407 ")
            assert (await ask(egress, f"CONNECT 127.0.0.1:{canary.port}", password="")).startswith(b"HTTP/1.1 407 ")
    assert canary.heard == []


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.parametrize("form", ["GET http://{}:{}/", "CONNECT {}:{}", "POST http://{}:{}/"])
async def test_private_hosts_are_refused_and_get_no_connection(opened: Open, host: str, form: str) -> None:
    with Canary() as canary:
        async with opened(Pages()) as egress:
            answer = await ask(egress, form.format(host, canary.port))
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"not on the public internet" in answer
    assert len(egress.refused) == 1
    assert canary.heard == []


async def test_a_name_with_one_private_address_is_refused(opened: Open) -> None:
    async def resolve(_: str, __: int) -> list[IpAddress]:
        return [ip_address("8.8.8.8"), ip_address("10.0.0.1")]

    async with opened(Pages(), resolve=resolve) as egress:
        assert (await ask(egress, "GET http://both.example/")).startswith(b"HTTP/1.1 403 ")
    assert "10.0.0.1" in egress.refused[0]


async def test_the_connection_goes_to_the_address_that_was_checked(opened: Open) -> None:
    """A name is resolved once, so a different second answer (DNS rebinding) has no effect."""
    asked: list[str] = []
    checked: list[IpAddress] = []

    async def resolve(host: str, _: int) -> list[IpAddress]:
        asked.append(host)
        return [LOCAL] if len(asked) == 1 else [ip_address("10.0.0.1")]

    def public(address: IpAddress) -> bool:
        checked.append(address)
        return True

    with Canary() as canary:
        async with opened(Pages(), resolve=resolve, public=public) as egress:
            answer = await ask(egress, f"GET http://rebind.example:{canary.port}/")
    assert answer.endswith(b"ok")
    assert (asked, checked, len(canary.heard)) == (["rebind.example"], [LOCAL], 1)


async def test_requests_are_forwarded_in_origin_form_without_the_credential(opened: Open) -> None:
    said: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        said.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nyes")

    with local_server(handle) as port:
        async with opened(Pages(), public=anything) as egress:
            answer = await ask(
                egress,
                f"POST http://127.0.0.1:{port}/a?b=c",
                f"Host: 127.0.0.1:{port}",
                "Content-Length: 2",
                body=b"hi",
            )
    assert said[0].startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert said[0].endswith(b"\r\n\r\nhi")
    assert b"authorization" not in said[0].lower()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert b"Connection: close" in head
    assert b"keep-alive" not in head
    assert body == b"yes"


async def test_a_second_request_on_a_connection_reaches_no_other_host(opened: Open) -> None:
    said: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        said.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with local_server(handle) as port:
        async with opened(Pages(), public=anything) as egress:
            first = f"GET http://127.0.0.1:{port}/"
            await ask(egress, first, body=f"GET http://127.0.0.1:{port}/smuggled HTTP/1.1\r\n\r\n".encode())
    assert len(said) == 1
    assert b"smuggled" not in said[0]


async def test_tunnels_carry_bytes_both_ways(opened: Open) -> None:
    def handle(connection: socket.socket) -> None:
        connection.sendall(connection.recv(100).upper())

    with local_server(handle) as port:
        async with opened(Pages(), public=anything) as egress:
            answer = await ask(egress, f"CONNECT 127.0.0.1:{port}", body=b"hello")
    assert answer == b"HTTP/1.1 200 OK\r\n\r\nHELLO"


async def test_an_endless_answer_is_cut_off_at_its_time_limit(opened: Open) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nbegin")
        connection.recv(100)  # until the proxy closes

    with local_server(handle) as port:
        async with opened(Pages(), public=anything, limits=PictureLimits(seconds=0.5)) as egress:
            assert (await ask(egress, f"GET http://127.0.0.1:{port}/")).endswith(b"begin")
            assert (await ask(egress, f"CONNECT 127.0.0.1:{port}", body=b"x")).endswith(b"begin")


async def test_a_picture_receives_no_more_than_its_byte_limit(opened: Open) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(bytes(65536))

    with local_server(handle) as port:
        async with opened(Pages(), public=anything, limits=PictureLimits(megabytes=1)) as egress:
            answer = await ask(egress, f"GET http://127.0.0.1:{port}/")
            assert len(answer) < 1024 * 1024 + 1000
            assert len(await ask(egress, f"GET http://127.0.0.1:{port}/")) < 1000
    assert "after the first 1 MiB" in egress.refused[0]


async def test_own_answers_that_fail_or_hang_become_an_error_status(opened: Open) -> None:
    def fail() -> OwnAnswer:
        raise ValueError("no such table")

    pages = Pages(fail=fail, hang=slow(1, html("")))
    async with opened(pages, limits=PictureLimits(seconds=0.3)) as egress:
        assert (await ask(egress, f"GET {HOME}fail")).startswith(b"HTTP/1.1 500 ")
        assert (await ask(egress, f"GET {HOME}hang")).startswith(b"HTTP/1.1 504 ")


async def test_pages_can_only_read_from_this_server(opened: Open) -> None:
    pages = Pages(x=html("hello"))
    async with opened(pages) as egress:
        answer = await ask(egress, f"POST {HOME}x", "Content-Length: 2", body=b"hi")
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert {method for method, _ in pages.asked} <= {"GET", "HEAD"}


@pytest.mark.parametrize(
    ("first", "header", "status"),
    [
        ("GET ftp://example.com/", "A: b", 400),
        ("GET file:///etc/passwd", "A: b", 400),
        ("GET http:///nowhere", "A: b", 400),
        ("POST http://example.com/", "Transfer-Encoding: chunked", 411),
        ("POST http://example.com/", "Content-Length: 99999999", 413),
        ("GET http://name.invalid/", "A: b", 502),
    ],
)
async def test_requests_that_cannot_be_forwarded_are_refused(
    opened: Open, first: str, header: str, status: int
) -> None:
    async with opened(Pages()) as egress:
        answer = await ask(egress, first, header)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert len(egress.refused) == 1


async def test_closing_ends_open_connections(opened: Open) -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.recv(1000)

    with local_server(handle) as port:
        async with opened(Pages(), public=anything) as egress:
            waiting = asyncio.create_task(ask(egress, f"CONNECT 127.0.0.1:{port}"))
            await asyncio.sleep(0.2)
        with contextlib.suppress(ConnectionResetError):
            async with asyncio.timeout(2):
                await waiting
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", egress.port)
