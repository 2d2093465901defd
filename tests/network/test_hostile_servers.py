"""Servers that attack whoever fetches from them: changing names, wrong certificates, endless answers."""

import asyncio
import gzip
import ssl
import time
import tracemalloc
from ipaddress import ip_address

import pytest

from landingpad.http.tls import DevelopmentCertificate, ensure_development_certificate
from landingpad.network.addresses import IpAddress
from landingpad.network.outgoing import OutgoingClient, OutgoingError
from support.raw_server import MOVED, OK, raw_server

GOOD = OK + b"Content-Length: 2\r\n\r\nok"


class Names:
    """A name server whose answers change with every question."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str, _port: int) -> list[IpAddress]:
        self.asked.append(host)
        return [ip_address(self.answers[min(len(self.asked), len(self.answers)) - 1])]


def client(names: Names | None = None, seconds: float = 5.0) -> OutgoingClient:
    """A client for which this machine is public."""
    resolve = (names or Names("127.0.0.1")).resolve
    return OutgoingClient(seconds=seconds, resolve=resolve, public=lambda address: str(address) == "127.0.0.1")


async def test_a_name_that_changes_between_check_and_connection_gains_nothing() -> None:
    names = Names("127.0.0.1", "10.0.0.1")
    async with raw_server({"/": GOOD}) as server:
        assert await client(names).get(f"http://files.example:{server.port}/", most_bytes=10) == b"ok"
        assert names.asked == ["files.example"]


async def test_the_connection_goes_to_the_checked_address_without_another_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody below the check asks the resolver of the system, which a rebinding name would answer differently."""

    async def never(*_args: object, **_more: object) -> None:
        raise AssertionError("a second resolution")

    async with raw_server({"/": GOOD}) as server:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
        assert await client().get(f"http://files.example:{server.port}/", most_bytes=10) == b"ok"


async def test_a_name_that_changes_before_a_redirect_is_checked_again() -> None:
    names = Names("127.0.0.1", "169.254.169.254")
    async with raw_server({"/": MOVED + b"/secret\r\n\r\n", "/secret": GOOD}) as server:
        with pytest.raises(OutgoingError, match=r"not on the public internet \(169\.254\.169\.254\)"):
            await client(names).get(f"http://files.example:{server.port}/", most_bytes=10)
        assert [one.target for one in server.seen] == ["/"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "private", ["127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "me@127.0.0.1"]
)
async def test_a_redirect_from_a_public_to_a_private_address_is_refused(status: int, private: str) -> None:
    """The first host passes the check by its name; the private server would answer if it was asked."""

    async def resolve(host: str, port: int) -> list[IpAddress]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo("127.0.0.1" if host == "files.example" else host, port)
        return [ip_address(found[0][4][0])]

    allowed = iter([True])
    careful = OutgoingClient(resolve=resolve, public=lambda _address: next(allowed, False))
    answer = b"HTTP/1.1 %d Moved\r\nContent-Length: 0\r\nLocation: http://%s:{port}/x\r\n\r\n"
    async with raw_server({"/": answer % (status, private.encode()), "/x": GOOD}) as server:
        with pytest.raises(OutgoingError, match="not on the public internet"):
            await careful.get(f"http://files.example:{server.port}/", most_bytes=10)
        assert [one.target for one in server.seen] == ["/"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentCertificate:
    return ensure_development_certificate(tmp_path_factory.mktemp("tls"), ["files.example"])


def server_side(certificate: DevelopmentCertificate) -> ssl.SSLContext:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate.certificate, certificate.key)
    return tls


async def test_a_certificate_must_be_valid(certificate: DevelopmentCertificate) -> None:
    async with raw_server({"/": GOOD}, server_side(certificate)) as server:
        with pytest.raises(OutgoingError, match=r"files\.example:\d+ does not answer .*certificate verify failed"):
            await client().get(f"https://files.example:{server.port}/", most_bytes=10)
        assert server.seen == []


async def test_a_certificate_must_be_for_the_name(
    certificate: DevelopmentCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is sent and checked although the connection goes to an address."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    asked: list[str | None] = []
    tls = server_side(certificate)
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    async with raw_server({"/": GOOD}, tls) as server:
        assert await client().get(f"https://files.example:{server.port}/", most_bytes=10) == b"ok"
        with pytest.raises(OutgoingError, match=r"certificate is not valid for 'other\.example'"):
            await client().get(f"https://other.example:{server.port}/", most_bytes=10)
        with pytest.raises(OutgoingError, match=r"certificate is not valid for 'other\.example'"):
            await client().post(f"https://other.example:{server.port}/", b"a=1", "text/plain")
    assert asked == ["files.example", "other.example", "other.example"]
    assert len(server.seen) == 1


async def endless(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


@pytest.mark.parametrize("head", [OK + b"\r\n", OK + b"Content-Length: 99999999999999\r\n\r\n"])
async def test_an_endless_body_ends_at_the_size_limit(head: bytes) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await endless(writer)

    async with raw_server({"/": answer}) as server:
        tracemalloc.start()
        try:
            with pytest.raises(OutgoingError, match="more than 100000 bytes"):
                await client().get(f"http://files.example:{server.port}/", most_bytes=100_000)
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
        finally:
            tracemalloc.stop()


async def test_a_compressed_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    async with raw_server({"/": head + bomb}) as server:
        assert await client().get(f"http://files.example:{server.port}/", most_bytes=100_000) == bomb
        assert "Accept-Encoding: identity\r\n" in server.seen[0].head


@pytest.mark.parametrize(
    "head",
    [
        OK + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        OK + b"".join(b"X%d: y\r\n" % number for number in range(20_000)) + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 200_000 + b"\r\n",
        b"HTTP/1.1 200 " + b"x" * 200_000,
    ],
    ids=["one long header", "many headers", "chunk extension", "status line"],
)
async def test_a_flood_of_headers_is_refused(head: bytes) -> None:
    async with raw_server({"/": head}) as server:
        with pytest.raises(OutgoingError, match="does not answer as a web server"):
            await client().get(f"http://files.example:{server.port}/", most_bytes=1000)


async def drip(writer: asyncio.StreamWriter, head: bytes, part: bytes) -> None:
    writer.write(head)
    while True:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"", b""),  # silence
        (OK, b"X: y\r\n"),
        (OK + b"Content-Length: 500000\r\n\r\n", b"x"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"),
    ],
)
async def test_a_slow_server_fails_at_the_time_limit(head: bytes, part: bytes) -> None:
    """The time of the whole call counts, however often a byte arrives."""
    async with raw_server({"/": lambda writer: drip(writer, head, part)}) as server:
        begin = time.monotonic()
        with pytest.raises(OutgoingError, match=r"within 0\.3 seconds"):
            await client(seconds=0.3).get(f"http://files.example:{server.port}/", most_bytes=10**9)
        assert time.monotonic() - begin < 3


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n"])
async def test_a_slow_handler_fails_at_the_time_limit(head: bytes) -> None:
    async with raw_server({"/": lambda writer: drip(writer, head, b"")}) as server:
        with pytest.raises(OutgoingError, match=r"within 0\.3 seconds"):
            await client(seconds=0.3).post(f"http://files.example:{server.port}/", b"a=1", "text/plain")


async def test_slow_redirects_share_one_time_limit() -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(MOVED + b"/\r\n\r\n")
        await writer.drain()

    async with raw_server({"/": slow}) as server:
        with pytest.raises(OutgoingError, match=r"within 0\.5 seconds"):
            await client(seconds=0.5).get(f"http://files.example:{server.port}/", most_bytes=10)


async def test_redirects_are_counted() -> None:
    async with raw_server({"*": MOVED + b"/next\r\n\r\n"}) as server:
        with pytest.raises(OutgoingError, match="more than 5 redirects"):
            await client().get(f"http://files.example:{server.port}/", most_bytes=10)
        assert len(server.seen) == 6


async def test_the_body_of_a_redirect_is_not_read() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /file\r\n\r\n")
        await endless(writer)

    async with raw_server({"/": answer, "/file": GOOD}) as server:
        assert await client().get(f"http://files.example:{server.port}/", most_bytes=10) == b"ok"


async def test_a_name_server_that_never_answers_fails_at_the_time_limit() -> None:
    async def never(_host: str, _port: int) -> list[IpAddress]:
        await asyncio.sleep(60)
        return []

    with pytest.raises(OutgoingError, match=r"within 0\.2 seconds"):
        await OutgoingClient(seconds=0.2, resolve=never).get("http://files.example/", most_bytes=10)
