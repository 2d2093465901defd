"""Forms are posted once, to public addresses only, and redirects are not followed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl

import pytest

from landingpad.network.addresses import IpAddress
from landingpad.network.post import Poster, PostError, form_body


def loopback_too(_address: IpAddress) -> bool:
    return True


@asynccontextmanager
async def handler(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A web server that records requests and always gives the same answer."""
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        got.append(head + await reader.readexactly(length))
        writer.write(answer)
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], got


async def test_a_form_is_posted() -> None:
    async with handler(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n") as (port, got):
        await Poster(public=loopback_too).post(f"http://localhost:{port}/h?a=1", {"event": "X", "auth": {"d": "ä&"}})
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /h?a=1 HTTP/1.1\r\n")
    assert f"Host: localhost:{port}".encode() in head
    assert parse_qsl(body.decode()) == [("event", "X"), ("auth[d]", "ä&")]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oops\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"",
        b"HTTP/1.1 " + b"x" * 20_000,
    ],
)
async def test_answers_other_than_2xx_are_errors(answer: bytes) -> None:
    async with handler(answer) as (port, _):
        with pytest.raises(PostError):
            await Poster(public=loopback_too).post(f"http://127.0.0.1:{port}/", {"a": 1})


async def test_a_silent_handler_fails_at_the_time_limit() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read()
        writer.close()
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(PostError, match=r"within 0\.3 seconds"):
            await Poster(seconds=0.3, public=loopback_too).post(f"http://127.0.0.1:{port}/", {"a": 1})
        await gone.wait()


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
    ],
)
async def test_private_addresses_are_never_reached(address: str) -> None:
    with pytest.raises(PostError):
        await Poster().post(address, {"a": 1})


async def test_a_name_with_one_private_address_is_not_reached() -> None:
    async def resolve(_host: str, _port: int) -> list[IpAddress]:
        return [ip_address("93.184.216.34"), ip_address("127.0.0.1")]

    with pytest.raises(PostError, match="not on the public internet"):
        await Poster(resolve=resolve).post("http://two-faced.example/", {"a": 1})


@pytest.mark.parametrize(
    "address", ["", "ftp://a.example/", "http://", "http://a.example:99999/", "http://" + "ä" * 80]
)
async def test_invalid_addresses_are_refused(address: str) -> None:
    with pytest.raises(PostError):
        await Poster().post(address, {"a": 1})


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ({}, b""),
        ({"a": None, "b": [], "c": {}}, b""),
        ({"a": True, "b": False, "c": 0, "d": ""}, b"a=1&b=0&c=0&d="),
        ({"a": {"b": [1, {"c d": "x y"}]}}, b"a[b][0]=1&a[b][1][c+d]=x+y"),
        ({"a&b": "c=d"}, b"a%26b=c%3Dd"),
    ],
)
def test_forms_are_encoded_as_php_reads_them(form: dict[str, Any], body: bytes) -> None:
    assert form_body(form) == body


def test_by_default_only_public_addresses_are_reached() -> None:
    default: Callable[[IpAddress], bool] = Poster()._public
    assert not default(ip_address("127.0.0.1"))
    assert not default(ip_address("192.168.0.1"))
