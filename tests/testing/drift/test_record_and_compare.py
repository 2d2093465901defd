"""A cassette recorded from a client is replayed on the same portal and on one that differs."""

import http.server
import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.server import Server

COMMAND = [sys.executable, "-m", "landingpad"]


@pytest.fixture(scope="module")
def server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = shutil.copytree(demo_folder, tmp_path_factory.mktemp("real") / "data")
    with Server(data, "--dev", landingpad_preview_slots="0") as running:
        yield running


@pytest.fixture(scope="module")
def cassette(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recorded calls of a client that makes a site, a page and a block, publishes, lists, and makes mistakes."""
    out = tmp_path_factory.mktemp("recorded") / "site.jsonl"
    recorder = subprocess.Popen(
        [*COMMAND, "record", "--portal", server.url, "--out", str(out)], stdout=subprocess.PIPE, text=True
    )
    assert recorder.stdout is not None
    address = recorder.stdout.readline().removeprefix("ready ").strip()
    webhook = server.file["webhook"].replace(server.url, address)
    with httpx.Client(base_url=webhook, timeout=60) as http:

        def call(method: str, params: Any = None, **how: Any) -> Any:
            return http.post(method, **(how or {"json": params or {}})).json()

        site = call("landing.site.add", {"fields": {"TITLE": "Shop", "CODE": "drift-shop"}})["result"]
        page = call("landing.landing.add", {"fields": {"TITLE": "Home", "SITE_ID": site, "CODE": "home"}})["result"]
        block = call("landing.landing.addblock.json", {"lid": page, "fields": {"CODE": "01.big_with_text"}})["result"]
        call("landing.block.getlist", data={"lid": str(page), "params[edit_mode]": "1"})
        call("landing.block.updatenodes", {"lid": page, "block": block, "data": {".landing-block-node-title": "Hi"}})
        call("landing.landing.publication", {"lid": page})
        assert http.get("landing.site.getPreview", params={"id": site}).json()["result"].endswith("preview.jpg")
        call("landing.site.getPreview")
        call("no.such.method")
        call("batch", {"cmd": {"all": "landing.site.getList?params[select][0]=ID", "bad": "landing.site.getPreview"}})
        token = server.file["oauth"]["access_token"]
        assert "result" in httpx.post(f"{address}/rest/profile", json={"auth": token}, timeout=60).json()
        call("landing.site.delete", {"id": site})
        call("landing.landing.delete", {"lid": page})
        call("landing.site.delete", {"id": site})
    recorder.send_signal(signal.SIGINT)
    said, _ = recorder.communicate(timeout=60)
    assert said.splitlines()[-1].startswith("recorded 14 calls in ")
    text = out.read_text()
    assert webhook.strip("/").rpartition("/")[2] not in text
    assert token not in text
    return out


def drift(cassette: Path, webhook: str, *options: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [*COMMAND, "drift", str(cassette), "--webhook", webhook, *options], capture_output=True, text=True, check=False
    )
    assert done.stderr == "" or "--json" in options, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_a_portal_does_not_differ_from_itself(server: Server, cassette: Path) -> None:
    """Although all ids are different."""
    token = server.file["oauth"]["access_token"]
    assert drift(cassette, server.file["webhook"], "--token", token) == (0, ["14 calls, 0 differences"])


class Crooked(http.server.BaseHTTPRequestHandler):
    """Forwards calls and changes some answers."""

    target = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        kind = self.headers.get("content-type", "")
        found = httpx.post(self.target + self.path, content=body, headers={"content-type": kind}, timeout=60)
        self._send(found.status_code, found.json())

    def do_GET(self) -> None:
        self._send(500, {"error": "INTERNAL_SERVER_ERROR", "error_description": "..."})

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        method = self.path.rpartition("/")[2]
        if method == "landing.block.getlist":
            answer["result"] = [{**row, "id": str(row["id"])} for row in answer["result"]]
        elif method == "no.such.method":
            status = 400
        elif method == "landing.landing.publication":
            del answer["time"]
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the parameter's name in the standard library
        pass


def test_every_deliberate_difference_is_named(server: Server, cassette: Path) -> None:
    handler = type("Handler", (Crooked,), {"target": server.url})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as crooked:
        threading.Thread(target=crooked.serve_forever, daemon=True).start()
        webhook = server.file["webhook"].replace(server.url, f"http://127.0.0.1:{crooked.server_address[1]}")
        code, lines = drift(cassette, webhook, "--json")
        crooked.shutdown()
    assert code == 1
    found = [json.loads(line) for line in lines]
    assert [(one["method"], one["path"], one["recorded"], one["here"]) for one in found] == [
        ("landing.block.getlist", "result[].id", "an integer", "a string of digits"),
        ("landing.landing.publication", "time", "an object", "nothing"),
        ("landing.site.getPreview", "status", "200", "500"),
        ("landing.site.getPreview", "error", "none", "'INTERNAL_SERVER_ERROR'"),
        ("no.such.method", "status", "404", "400"),
    ]


def test_tokens_are_never_sent_over_plain_http(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "record", "--portal", "http://acme.example", "--out", str(tmp_path / "x")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Expected: https://host, or http for this machine." in done.stderr
