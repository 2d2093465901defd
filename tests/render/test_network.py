"""A hostile page in a real Chromium tries every way to a server on this machine, which must get no connection."""

import asyncio
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest
import structlog
from playwright.async_api import async_playwright
from structlog.testing import LogCapture

from landingpad.render import shot
from landingpad.render.browser import find_chromium
from landingpad.render.photographer import OwnAnswer, Viewport
from render.conftest import Make
from render.helpers import HOME, HOST, RED, Canary, Pages, alike, colour, html, slow, wait_until
from render.hostile_pages import LOOPBACK, WAYS

pytestmark = pytest.mark.long

ELSEWHERE = [
    "169.254.169.254",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "100.64.0.1",
    "[fd00:ec2::254]",
    "[64:ff9b::a00:1]",
]


class Hostile(Pages):
    """Answers with the page, and with redirects to the address in the query."""

    def __call__(self, method: str, url: str) -> OwnAnswer | None:
        origin = f"http://{HOST}/to?"
        if url.startswith(origin):
            return OwnAnswer(302, [("Location", f"http://{url.removeprefix(origin)}/redirect")], b"")
        return super().__call__(method, url)


def page(body: str) -> Hostile:
    pages = Hostile(**{"": html(f"{body}<img src=/slow>")})
    pages.answers["/slow"] = slow(1.5, OwnAnswer(200, [], b""))
    return pages


def own_address() -> str:
    """Return the address of this machine in its network, which is private too, or loopback if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def test_no_way_out_reaches_loopback(make: Make) -> None:
    """All ways at once, to every notation of this machine: nothing arrives, and the picture is taken."""
    with Canary() as canary:
        pages = page("".join(way.format(to=f"127.0.0.1:{canary.port}") for way in WAYS.values()))
        picture = make(pages).photograph(HOME, Viewport())
        assert canary.heard == []
    assert alike(colour(picture), RED)


def test_every_way_reaches_loopback_where_it_is_allowed(make: Make) -> None:
    """Control: with loopback allowed each of these ways arrives, so the canary would notice a leak."""
    with Canary() as canary:
        pages = page("".join(way.format(to=f"127.0.0.1:{canary.port}") for way in WAYS.values()))
        make(pages, options={"public": lambda _: True}).photograph(HOME, Viewport())
        heard = " ".join(canary.heard)
    expected = ["img", "srcset", "script", "module", "iframe", "srcdoc", "data", "css", "import", "background", "font"]
    expected += ["object", "embed", "video", "audio", "svg", "preload", "prefetch", "fetch", "post", "keepalive", "xhr"]
    expected += ["beacon", "events", "socket", "worker", "form", "redirect"]
    assert [way for way in expected if f"/{way}" not in heard] == []
    assert "udp" not in heard


async def test_a_browser_without_our_arguments_reaches_loopback_by_webrtc() -> None:
    """Control for WebRTC, which bypasses the proxy: Chromium once renamed the argument, so its effect is tested."""
    with Canary() as canary:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(""), chromium_sandbox=False)
            opened = await browser.new_page()
            await opened.set_content(WAYS["webrtc"].format(to=f"127.0.0.1:{canary.port}"))
            await asyncio.to_thread(wait_until, lambda: "udp" in " ".join(canary.heard))
            await browser.close()


def test_no_notation_of_this_machine_is_reached(make: Make) -> None:
    hosts = [*LOOPBACK, own_address()]
    assert not ip_address(own_address()).is_global
    ways = [WAYS[name] for name in ("img", "iframe", "fetch", "socket", "redirect", "webrtc")]
    with Canary() as canary:
        pages = page("".join(way.format(to=f"{host}:{canary.port}") for host in hosts for way in ways))
        make(pages).photograph(HOME, Viewport())
        assert canary.heard == []


def test_private_addresses_are_refused_by_rule_and_named_in_the_log(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by rule, not because the network happens not to answer."""
    heard = LogCapture()  # not structlog's global configuration, which commands in other tests change
    monkeypatch.setattr(
        shot, "log", structlog.wrap_logger(None, processors=[heard], wrapper_class=structlog.BoundLogger)
    )
    asked = [f"{host}:8099/{number}" for number, host in enumerate(ELSEWHERE)]
    body = "".join(f"<img src='http://{address}'>" for address in asked)
    make(page(body)).photograph(HOME, Viewport())
    refused = next(entry["refused"] for entry in heard.entries if entry["event"] == "render.refused")
    assert len(refused) == len(asked)
    assert all("is not on the public internet" in line for line in refused)


def test_names_are_not_resolved_by_the_browser(make: Make) -> None:
    """The browser resolves only the proxy's name; even a name of this machine goes to the proxy."""
    with Canary() as canary:
        pages = page(f"<img src='http://localhost:{canary.port}/'><link rel=dns-prefetch href='//name.example'>")
        make(pages).photograph(HOME, Viewport())
        assert canary.heard == []
    assert ("GET", f"http://localhost:{canary.port}/") in pages.asked


def test_pages_cannot_read_local_files(make: Make, tmp_path: Path) -> None:
    """A frame of a file stays empty and a script cannot read it."""
    secret = tmp_path / "secret.html"
    secret.write_text("<body style='background:lime'>secret")
    body = f"""
      <iframe src='file://{secret}' style='position:fixed;inset:0;width:100%;height:100%;border:0'></iframe>
      <script>fetch('file://{secret}').then(() => document.write('<img src=/read>')).catch(() => 0)</script>"""
    pages = page(body)
    assert not alike(colour(make(pages).photograph(HOME, Viewport())), (0, 255, 0))
    assert ("GET", f"{HOME}read") not in pages.asked
