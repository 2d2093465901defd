"""Forwarding headers apply if, and only if, a trusted proxy sent them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from landingpad.http.proxies import TrustedProxies
from landingpad.settings import SettingError, Settings
from support.portal import Databases, Portal

FAR = ("203.0.113.9", 5)
PROXY = ("10.1.2.3", 5)


def applied(client: Any, *headers: tuple[str, str], trusted: str = "10.0.0.0/8, ::1") -> tuple[Any, str, str]:
    scope = {
        "client": client,
        "scheme": "http",
        "headers": [(b"host", b"inner:8080"), *((n.encode(), v.encode("latin-1")) for n, v in headers)],
    }
    found = TrustedProxies(trusted).applied(scope)
    host = next(value for name, value in found["headers"] if name == b"host")
    return found["client"] and found["client"][0], found["scheme"], host.decode()


FORWARDED = (
    ("x-forwarded-for", "198.51.100.7"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "acme.example"),
)


def test_headers_of_a_trusted_proxy_apply() -> None:
    assert applied(PROXY, *FORWARDED) == ("198.51.100.7", "https", "acme.example")
    assert applied(("::1", 1), *FORWARDED)[1] == "https"
    assert applied(("::ffff:10.0.0.1", 1), *FORWARDED)[1] == "https"
    assert applied(PROXY) == ("10.1.2.3", "http", "inner:8080")


def test_headers_of_other_clients_are_ignored() -> None:
    assert applied(FAR, *FORWARDED) == ("203.0.113.9", "http", "inner:8080")
    assert applied(None, *FORWARDED) == (None, "http", "inner:8080")
    assert applied(("not an address", 1), *FORWARDED)[1] == "http"
    assert applied(PROXY, *FORWARDED, trusted="")[1] == "http"


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("1.1.1.1, 198.51.100.7", "198.51.100.7"),  # the client forged an address before its own
        ("198.51.100.7, 10.9.9.9", "198.51.100.7"),  # two trusted proxies
        ("10.9.9.9, 10.8.8.8", "10.9.9.9"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ('"[2001:db8::7]:80"', "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("198.51.100.7, nonsense", "unknown"),
        (" , ", "10.1.2.3"),
    ],
)
def test_the_client_is_the_last_untrusted_address(chain: str, client: str) -> None:
    assert applied(PROXY, ("x-forwarded-for", chain))[0] == client


def test_the_value_of_the_nearest_proxy_applies() -> None:
    headers = (
        ("x-forwarded-proto", "https"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "evil.example, good.example"),
    )
    assert applied(PROXY, *headers)[1:] == ("http", "good.example")
    assert applied(PROXY, ("x-forwarded-proto", "gopher"))[1] == "http"


def test_invalid_lists_of_proxies() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        TrustedProxies("10.0.0.1, nonsense")
    with pytest.raises(SettingError, match="LANDINGPAD_TRUSTED_PROXIES"):
        Settings.from_env({"LANDINGPAD_TRUSTED_PROXIES": "10.0.0.1, nonsense"})


@pytest.fixture
def behind(databases: Databases, tmp_path: Path) -> Iterator[Portal]:
    """A portal behind a proxy at 10.1.2.3."""
    with databases.parts(tmp_path, trusted_proxies="10.1.2.3") as parts:
        yield Portal(parts)


async def status(portal: Portal, client: tuple[str, int], **headers: str) -> int:
    transport = httpx.ASGITransport(portal.app, client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as http:
        return (await http.get(portal.webhooks["admin"] + "profile", headers=headers)).status_code


async def test_https_is_required_of_the_client_of_the_proxy(behind: Portal) -> None:
    https = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https"}
    assert await status(behind, PROXY, **https) == 200
    assert await status(behind, PROXY, **{**https, "x-forwarded-proto": "http"}) == 400
    assert await status(behind, FAR, **https) == 400
    assert await status(behind, FAR, **{"x-forwarded-for": "127.0.0.1"}) == 400
    assert await status(behind, PROXY, **{"x-forwarded-for": "127.0.0.1, 198.51.100.7"}) == 400


async def test_the_forwarded_host_selects_the_portal(behind: Portal) -> None:
    other = Portal(behind.parts, host="other.example")
    headers = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https", "x-forwarded-host": "other.example"}
    assert await status(other, PROXY, **headers) == 200
    assert await status(behind, PROXY, **headers) == 401
