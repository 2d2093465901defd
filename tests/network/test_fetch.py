"""Downloads from untrusted addresses: limits, redirects, and no private hosts."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from landingpad.http.tls import ensure_development_certificate
from landingpad.network.addresses import IpAddress
from landingpad.network.fetch import Fetcher, FetchError

OK = b"HTTP/1.1 200 OK\r\n"
MOVED = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
Answers = dict[str, bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]]


class Far:
    """A web server with the answers of a test; it records the requests."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            target = head.split(" ")[1]
            host = next(line[6:] for line in head.split("\r\n") if line.startswith("Host: "))
            self.asked.append((host, target))
            answer = self.answers[target]
            if isinstance(answer, bytes):
                writer.write(answer.replace(b"{port}", str(self.port).encode()))
                await writer.drain()
            else:
                await answer(writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client closed the connection, or the test is over
        finally:
            writer.close()


@asynccontextmanager
async def far(answers: Answers, tls: ssl.SSLContext | None = None) -> AsyncIterator[Far]:
    made = Far(answers)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


async def resolve(host: str, port: int) -> list[IpAddress]:
    """Resolve names below `inner.example` to a private address, all others to the test server."""
    assert port
    if host == "unknown.example":
        raise OSError("no such name")
    addresses = ["127.0.0.1", "10.0.0.1"] if host == "mixed.example" else ["127.0.0.1"]
    return [ip_address(address) for address in (["10.0.0.1"] if host == "inner.example" else addresses)]


def fetcher(most_bytes: int = 1000, seconds: float = 5.0) -> Fetcher:
    return Fetcher(
        most_bytes=most_bytes, seconds=seconds, resolve=resolve, public=lambda address: str(address) == "127.0.0.1"
    )


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 5\r\n\r\nhello",
        OK + b"Content-Length: 5\r\n\r\nhello and more that does not count",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        OK + b"\r\nhello",  # ends with the connection
        b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
    ],
)
async def test_files_in_every_framing_are_fetched(answer: bytes) -> None:
    async with far({"/a.png?x=1": answer}) as server:
        assert await fetcher().get(f" http://files.example:{server.port}/a.png?x=1#top ") == b"hello"
        assert server.asked == [(f"files.example:{server.port}", "/a.png?x=1")]


async def test_credentials_are_dropped_and_paths_are_encoded() -> None:
    async with far({"/%D1%84%20a.png": OK + b"Content-Length: 2\r\n\r\nok"}) as server:
        assert await fetcher().get(f"http://me:secret@files.example:{server.port}/ф a.png") == b"ok"
        assert server.asked[0][0] == f"files.example:{server.port}"


async def test_redirects_are_followed() -> None:
    answers: Answers = {
        "/1": MOVED + b"/2\r\n\r\n",
        "/2": MOVED + b"http://other.example:{port}/3\r\n\r\n",
        "/3": OK + b"Content-Length: 2\r\n\r\nok",
    }
    async with far(answers) as server:
        assert await fetcher().get(f"http://files.example:{server.port}/1") == b"ok"
        assert [host.partition(":")[0] for host, _ in server.asked] == [
            "files.example",
            "files.example",
            "other.example",
        ]


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (b"http://inner.example/", "not on the public internet"),
        (b"file:///etc/passwd", "begins with http:// or https://"),
        (b"/again", "more than 5 redirects"),
        (b"http://:x/", "is not an address"),
    ],
)
async def test_invalid_redirects_are_refused(location: bytes, text: str) -> None:
    async with far({"/again": MOVED + location + b"\r\n\r\n"}) as server:
        with pytest.raises(FetchError, match=text):
            await fetcher().get(f"http://files.example:{server.port}/again")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "status 404"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "status 302"),
        (OK + b"Content-Length: 9\r\n\r\nhello", "in the middle"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe", "in the middle"),
        (OK + b"Content-Length: 1001\r\n\r\n" + b"x" * 1001, "more than 1000 bytes"),
        (OK + b"\r\n" + b"x" * 1001, "more than 1000 bytes"),
        (OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n", "does not answer as a web server|too many headers"),
        (OK + b"".join(b"X%d: y\r\n" % n for n in range(20_000)) + b"\r\n", "too many headers"),
        (b"SSH-2.0-OpenSSH_9\r\n", "does not answer as a web server"),
        (b"", "in the middle"),
    ],
)
async def test_invalid_answers_are_refused(answer: bytes, text: str) -> None:
    async with far({"/": answer}) as server:
        with pytest.raises(FetchError, match=text):
            await fetcher().get(f"http://files.example:{server.port}")


async def test_a_slow_server_fails_at_the_time_limit() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"Content-Length: 500\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with far({"/": drip}) as server:
        with pytest.raises(FetchError, match=r"within 0\.2 seconds"):
            await fetcher(seconds=0.2).get(f"http://files.example:{server.port}/")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://inner.example/", r"not on the public internet \(10\.0\.0\.1\)"),
        ("http://mixed.example/", r"not on the public internet \(10\.0\.0\.1\)"),  # one private address is enough
        ("http://unknown.example/", "was not found"),
        ("https://files.example:1/", "does not answer"),
        ("ftp://files.example/", "begins with http:// or https://"),
        ("//files.example/a", "begins with http:// or https://"),
        ("javascript:alert(1)", "begins with http:// or https://"),
        ("http://", "begins with http:// or https://"),
        ("http://a.example:99999/", "is not an address"),
        ("http://[::1/", "is not an address"),
        (f"http://{'a' * 70}.example/", "is not an address"),
        ("", "begins with http:// or https://"),
    ],
)
async def test_invalid_and_private_addresses_are_refused(url: str, text: str) -> None:
    with pytest.raises(FetchError, match=text):
        await fetcher().get(url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0", "2130706433", "0x7f.1", "169.254.169.254", "[::ffff:10.0.0.1]"],
)
async def test_by_default_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(FetchError, match="not on the public internet"):
        await Fetcher(most_bytes=1000).get(f"http://{host}/")


async def test_a_certificate_must_be_valid(tmp_path: Path) -> None:
    certificate, key, _ = ensure_development_certificate(tmp_path, ["files.example"])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with far({"/": OK + b"Content-Length: 2\r\n\r\nok"}, tls) as server:
        with pytest.raises(FetchError, match="certificate verify failed"):
            await fetcher().get(f"https://files.example:{server.port}/")
        assert server.asked == []


async def test_a_name_is_resolved_once_for_each_connection() -> None:
    """A name that resolves differently after the check gains nothing."""
    asked = []

    async def changing(host: str, port: int) -> list[IpAddress]:
        asked.append((host, port))
        return [ip_address("127.0.0.1" if len(asked) == 1 else "10.0.0.1")]

    async with far({"/": OK + b"Content-Length: 2\r\n\r\nok"}) as server:
        careful = Fetcher(most_bytes=10, resolve=changing, public=lambda address: address.is_loopback)
        assert await careful.get(f"http://files.example:{server.port}/") == b"ok"
        assert len(asked) == 1
