"""Downloads and posts: framing, redirects, addresses, limits."""

import asyncio
from ipaddress import ip_address

import pytest

from landingpad.network.addresses import IpAddress
from landingpad.network.outgoing import OutgoingClient, OutgoingError
from support.raw_server import MOVED, OK, Answers, raw_server


async def resolve(host: str, port: int) -> list[IpAddress]:
    """Resolve names below `inner.example` to a private address, all others to the test server."""
    assert port
    if host == "unknown.example":
        raise OSError("no such name")
    addresses = ["127.0.0.1", "10.0.0.1"] if host == "mixed.example" else ["127.0.0.1"]
    return [ip_address(address) for address in (["10.0.0.1"] if host == "inner.example" else addresses)]


def client(seconds: float = 5.0) -> OutgoingClient:
    """A client for which the test server is public."""
    return OutgoingClient(seconds=seconds, resolve=resolve, public=lambda address: str(address) == "127.0.0.1")


async def get(url: str, most_bytes: int = 1000) -> bytes:
    return await client().get(url, most_bytes=most_bytes)


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
    async with raw_server({"/a.png?x=1": answer}) as server:
        assert await get(f" http://files.example:{server.port}/a.png?x=1#top ") == b"hello"
        assert [(one.host, one.target) for one in server.seen] == [(f"files.example:{server.port}", "/a.png?x=1")]


async def test_the_request_asks_for_the_plain_file_on_a_connection_of_its_own() -> None:
    async with raw_server({"/": OK + b"Set-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok"}) as server:
        for _ in range(2):
            await get(f"http://files.example:{server.port}")
        assert sorted(server.seen[0].head.split("\r\n")[1:-2]) == [
            "Accept-Encoding: identity",
            "Accept: */*",
            "Connection: close",
            f"Host: files.example:{server.port}",
            "User-Agent: Landingpad",
        ]
        assert server.seen[1].head == server.seen[0].head


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/ф a.png", "/%D1%84%20a.png"),
        ("/a%20b%2Fc?d=%26&e=[f]|'g'", "/a%20b%2Fc?d=%26&e=[f]%7C'g'"),
        ("?x", "/?x"),
        ("/a\r\nX-Injected: 1", "/a%0D%0AX-Injected:%201"),
        ("/a\tb\0", "/a%09b%00"),
    ],
)
async def test_addresses_are_sent_as_they_were_given(path: str, target: str) -> None:
    async with raw_server({"*": OK + b"Content-Length: 2\r\n\r\nok"}) as server:
        assert await get(f"http://files.example:{server.port}{path}") == b"ok"
        assert server.seen[0].target == target
        assert "X-Injected" not in server.seen[0].head.split("\r\n", 1)[1]


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("me:secret@files.example", "files.example"),
        ("inner.example@files.example", "files.example"),
        ("ФАЙЛЫ.example", "xn--80asg7a0b.example"),
        ("%D1%84%D0%B0%D0%B9%D0%BB%D1%8B.example", "xn--80asg7a0b.example"),
        ("strasse。example", "strasse.example"),
        ("①②⑦.0.0.1", "127.0.0.1"),
    ],
)
async def test_hosts_are_named_in_ascii_without_credentials(authority: str, host: str) -> None:
    async with raw_server({"/": OK + b"Content-Length: 2\r\n\r\nok"}) as server:
        assert await get(f"http://{authority}:{server.port}/") == b"ok"
        await client().post(f"http://{authority}:{server.port}/", b"", "text/plain")
        assert [one.host for one in server.seen] == [f"{host}:{server.port}"] * 2
        assert not any("authorization" in one.head.lower() for one in server.seen)


async def test_redirects_are_followed() -> None:
    answers: Answers = {
        "/1": MOVED + b"/2\r\nSet-Cookie: a=b\r\n\r\n",
        "/2": MOVED + b"http://other.example:{port}/3\r\n\r\n",
        "/3": OK + b"Content-Length: 2\r\n\r\nok",
    }
    async with raw_server(answers) as server:
        assert await get(f"http://files.example:{server.port}/1") == b"ok"
        assert [one.host.partition(":")[0] for one in server.seen] == [
            "files.example",
            "files.example",
            "other.example",
        ]
        assert not any("cookie" in one.head.lower() for one in server.seen)


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (b"http://inner.example/", r"not on the public internet \(10\.0\.0\.1\)"),
        (b"//inner.example/", r"not on the public internet \(10\.0\.0\.1\)"),
        (b"http://files.example@inner.example/", r"not on the public internet \(10\.0\.0\.1\)"),
        (b"file:///etc/passwd", "begins with http:// or https://"),
        (b"gopher://files.example/", "begins with http:// or https://"),
        (b"javascript:alert(1)", "does not answer as a web server does"),
        (b"/again", "more than 5 redirects"),
        (b"http://:x/", "does not answer as a web server does .*Invalid URL in location header"),
        (b"http://[::1/", "does not answer as a web server does .*Invalid URL in location header"),
        (b"http://a.example:99999/", "is not an address"),
        (b"http://\xff\xfe.example/", "is not an address|was not found|does not answer"),
    ],
)
async def test_invalid_redirects_are_refused(location: bytes, text: str) -> None:
    async with raw_server({"/again": MOVED + location + b"\r\n\r\n"}) as server:
        with pytest.raises(OutgoingError, match=text):
            await get(f"http://files.example:{server.port}/again")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "status 404"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "status 302"),
        (OK + b"Content-Length: 9\r\n\r\nhello", r"received 5 bytes, expected 9"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe", "incomplete chunked read"),
        (OK + b"Content-Length: 1001\r\n\r\n" + b"x" * 1001, "more than 1000 bytes"),
        (OK + b"\r\n" + b"x" * 1001, "more than 1000 bytes"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1F4\r\n" + b"x" * 500 + b"\r\n", "incomplete chunked read"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + (b"1F4\r\n" + b"x" * 500 + b"\r\n") * 3, "more than 1000 bytes"),
        (b"SSH-2.0-OpenSSH_9\r\n", "does not answer as a web server"),
        (b"HTTP/1.1 abc\r\n\r\n", "does not answer as a web server"),
        (OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "does not answer as a web server"),
        (OK + b"Content-Length: -5\r\n\r\nhello", "does not answer as a web server"),
        (OK + b"Transfer-Encoding: gzip\r\n\r\nhello", "does not answer as a web server"),
        (b"", "does not answer as a web server does .*disconnected"),
    ],
)
async def test_invalid_answers_are_refused(answer: bytes, text: str) -> None:
    async with raw_server({"/": answer}) as server:
        with pytest.raises(OutgoingError, match=text):
            await get(f"http://files.example:{server.port}")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://inner.example/", r"not on the public internet \(10\.0\.0\.1\)"),
        ("http://mixed.example/", r"not on the public internet \(10\.0\.0\.1\)"),  # one private address is enough
        ("http://unknown.example/", "was not found"),
        ("http://files.example:1/", r"files\.example:1 does not answer .*Connect call failed"),
        ("https://files.example:1/", r"files\.example:1 does not answer .*Connect call failed"),
        ("ftp://files.example/", "begins with http:// or https://"),
        ("//files.example/a", "begins with http:// or https://"),
        ("javascript:alert(1)", "begins with http:// or https://"),
        ("http://", "begins with http:// or https://"),
        ("http://a.example:99999/", "is not an address"),
        ("http://a.example:-1/", "is not an address"),
        ("http://[::1/", "is not an address"),
        (f"http://{'a' * 70}.example/", "is not an address"),
        (f"http://{'ä' * 80}.example/", "is not an address"),
        ("http://files.example%0d%0aX-Injected:1/", "is not an address"),
        ("http://files.example%2f@inner.example/", r"not on the public internet \(10\.0\.0\.1\)"),
        ("http://files.example%2finner.example/", "is not an address"),
        ("http://files.example%00/", "is not an address"),
        ("http://files.example%3fx/", "is not an address"),
        (f"http://files.example/{'a' * 70_000}", "is not an address"),
        ("", "begins with http:// or https://"),
    ],
)
async def test_invalid_and_private_addresses_are_refused(url: str, text: str) -> None:
    with pytest.raises(OutgoingError, match=text):
        await get(url)
    with pytest.raises(OutgoingError, match=text):
        await client().post(url, b"a=1", "text/plain")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost:8080",
        "[::1]",
        "[::]",
        "0",
        "2130706433",
        "0x7f.1",
        "127.1",
        "①②⑦.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "[::ffff:10.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[fd00:ec2::254]",
        "me:secret@127.0.0.1",
        "1.1.1.1@127.0.0.1",
        "1.1.1.1%2f@127.0.0.1",
    ],
)
async def test_by_default_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(OutgoingError, match="not on the public internet"):
        await OutgoingClient().get(f"http://{host}/", most_bytes=1000)
    with pytest.raises(OutgoingError, match="not on the public internet"):
        await OutgoingClient().post(f"http://{host}/", b"a=1", "text/plain")


@pytest.mark.parametrize("host", ["0177.0.0.1", "127.0.0.01", "[fe80::1%25eth0]"])
async def test_odd_notations_of_private_addresses_are_no_addresses(host: str) -> None:
    with pytest.raises(OutgoingError, match=r"is not an address|not on the public internet"):
        await OutgoingClient().get(f"http://{host}/", most_bytes=1000)


async def test_a_body_is_posted() -> None:
    answer = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    async with raw_server({"/h?a=1": answer}) as server:
        await client().post(f"http://handler.example:{server.port}/h?a=1", b"event=X&auth[d]=1", "text/x-form")
        (seen,) = server.seen
        assert seen.head.startswith("POST /h?a=1 HTTP/1.1\r\n")
        assert "Content-Type: text/x-form\r\n" in seen.head
        assert (seen.host, seen.body) == (f"handler.example:{server.port}", b"event=X&auth[d]=1")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oops\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\n\r\n",
        b"HTTP/1.1 307 Moved\r\nLocation: /\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"",
        b"HTTP/1.1 " + b"x" * 20_000,
    ],
)
async def test_answers_to_posts_other_than_2xx_are_errors(answer: bytes) -> None:
    async with raw_server({"/": answer}) as server:
        with pytest.raises(OutgoingError):
            await client().post(f"http://handler.example:{server.port}/", b"a=1", "text/plain")
        assert len(server.seen) == 1


async def test_the_body_of_an_answer_to_a_post_is_not_waited_for() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"\r\n")
        await writer.drain()
        await asyncio.sleep(60)

    async with raw_server({"/": endless}) as server:
        await client().post(f"http://handler.example:{server.port}/", b"a=1", "text/plain")


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve names itself, after the check."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.1:1")
    async with raw_server({"/": OK + b"Content-Length: 2\r\n\r\nok"}) as server:
        assert await get(f"http://files.example:{server.port}/") == b"ok"


async def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    async def two(_host: str, _port: int) -> list[IpAddress]:
        return [ip_address("127.0.0.2"), ip_address("127.0.0.1")]

    async with raw_server({"/": OK + b"Content-Length: 2\r\n\r\nok"}) as server:
        patient = OutgoingClient(resolve=two, public=lambda address: address.is_loopback)
        assert await patient.get(f"http://files.example:{server.port}/", most_bytes=10) == b"ok"
