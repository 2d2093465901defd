"""Requests of the program to its own server."""

import asyncio
import ssl
from pathlib import Path

import pytest

from landingpad.http.tls import ensure_development_certificate
from landingpad.network.own_server import ask
from support.raw_server import MOVED, OK, raw_server


async def test_a_request_and_its_response() -> None:
    async with raw_server(
        {"/a?b=1": b"HTTP/1.1 409 Conflict\r\nX-Name: Value\r\nContent-Length: 2\r\n\r\nno"}
    ) as server:
        answer = await asyncio.to_thread(
            ask, f"http://127.0.0.1:{server.port}/a?b=1", "PUT", b"sent", {"host": "site.localhost"}
        )
        assert (answer.status, answer.headers["x-name"], answer.body) == (409, "Value", b"no")
        (seen,) = server.seen
        assert (seen.host, seen.body, seen.head.split(" ")[0]) == ("site.localhost", b"sent", "PUT")


async def test_redirects_are_not_followed_and_proxies_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with raw_server({"/": MOVED + b"/next\r\n\r\n"}) as server:
        answer = await asyncio.to_thread(ask, f"http://127.0.0.1:{server.port}")
        assert (answer.status, answer.headers["location"]) == (302, "/next")


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n", OK + b"Content-Length: 9\r\n\r\nhalf"])
async def test_a_broken_answer_is_an_error_of_the_connection(answer: bytes) -> None:
    async with raw_server({"/": answer}) as server:
        with pytest.raises(ConnectionError):
            await asyncio.to_thread(ask, f"http://127.0.0.1:{server.port}/")


async def test_a_server_that_is_not_there_is_an_error_of_the_connection() -> None:
    with pytest.raises(ConnectionError):
        await asyncio.to_thread(ask, "http://127.0.0.1:1/")


async def test_the_certificate_is_checked(tmp_path: Path) -> None:
    files = ensure_development_certificate(tmp_path, [])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.certificate, files.key)
    async with raw_server({"/": OK + b"Content-Length: 2\r\n\r\nok"}, tls) as server:
        address = f"https://localhost:{server.port}/"
        trust = ssl.create_default_context(cafile=str(files.authority))
        assert (await asyncio.to_thread(ask, address, tls=trust)).body == b"ok"
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.to_thread(ask, address)
