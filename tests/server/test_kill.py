"""kill -9 at any moment loses nothing acknowledged and leaves nothing half done; published pages get their pictures.

LANDINGPAD_TEST_KILL_PAGES sets the number of pages.
"""

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from landingpad.domain.site.urls import NO_PREVIEW
from support.server import Server, wait_until

pytestmark = pytest.mark.long

PAGES = int(os.environ.get("LANDINGPAD_TEST_KILL_PAGES", "6"))


class Publishing(threading.Thread):
    """A client that publishes page after page and records acknowledged calls."""

    def __init__(self, server: Server, site_id: int) -> None:
        super().__init__()
        self.server = server
        self.site_id = site_id
        self.webhook = server.file["webhook"]
        self.acknowledged: dict[int, str] = {}  # page id -> public text
        self.went_on = threading.Event()

    def run(self) -> None:
        with httpx.Client(timeout=30) as http:

            def call(method: str, **params: object) -> int:
                return int(http.post(f"{self.webhook}{method}", json=params).json()["result"])

            for number in range(PAGES):
                try:
                    page_id = call(
                        "landing.landing.add",
                        fields={"TITLE": f"Page {number}", "SITE_ID": self.site_id, "CODE": f"page-{number}"},
                    )
                    block_id = call("landing.landing.addblock", lid=page_id, fields={"CODE": "27.3.one_col_fix_title"})
                    text = f"Number {number} of {PAGES}"
                    data = {".landing-block-node-title": text}
                    call("landing.block.updatenodes", lid=page_id, block=block_id, data=data)
                    call("landing.landing.publication", lid=page_id)
                except httpx.TransportError:
                    return  # the server was killed; unanswered calls may be lost
                self.acknowledged[page_id] = text
                if number >= PAGES // 2:
                    self.went_on.set()


def check_everything(server: Server, acknowledged: dict[int, str]) -> None:
    """Check that every acknowledged page is public with its text and picture, and that no picture is pending."""
    for page_id, text in acknowledged.items():
        address = server.call("landing.landing.getPublicUrl", lid=page_id)
        assert text in server.fetch(address).text

    def have_pictures() -> bool:
        return all(server.call("landing.landing.getPreview", lid=page) != NO_PREVIEW for page in acknowledged)

    wait_until("every published page has its picture", have_pictures, seconds=30 + 3 * len(acknowledged))
    pictures = {
        server.fetch(server.call("landing.landing.getPreview", lid=page_id)).content for page_id in acknowledged
    }
    assert len(pictures) == len(acknowledged)


def kill_server(server: Server) -> None:
    server.kill()


def kill_chromium(server: Server) -> None:
    wait_until("a Chromium runs", lambda: chromiums_of(server.pid))
    for pid in chromiums_of(server.pid):
        os.kill(pid, signal.SIGKILL)


def chromiums_of(pid: int) -> list[int]:
    """Return the browser processes below a process."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, rest = re.match(r"\d+ \((.*)\) . (\d+)", (folder / "stat").read_text()).groups()  # type: ignore[union-attr]  # the format of the kernel
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(folder.name)], names[int(folder.name)] = int(rest), name

    def is_below(child: int) -> bool:
        while child in parents:
            child = parents[child]
            if child == pid:
                return True
        return False

    return [child for child, name in names.items() if "chrom" in name and is_below(child)]


@pytest.mark.parametrize("kill", [kill_server, kill_chromium])
def test_nothing_acknowledged_is_lost(tmp_path: Path, kill: Callable[[Server], None]) -> None:
    server = Server(tmp_path / "data", "--dev")
    server.start()
    client = Publishing(server, server.call("landing.site.add", fields={"TITLE": "Fire", "CODE": "fire"}))
    client.start()
    assert client.went_on.wait(60)
    time.sleep(0.05)
    kill(server)
    client.join()
    if kill is kill_server:
        server.start()
    try:
        assert len(client.acknowledged) >= PAGES // 2
        check_everything(server, client.acknowledged)
    finally:
        server.stop()
    assert chromiums_of(server.pid) == []
