"""`landingpad serve` as a real process."""

import http.client
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from landingpad.domain.site.urls import NO_PREVIEW
from support.portal import ApiFailure
from support.server import Server, wait_until


@pytest.fixture(scope="module")
def demo(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A stopped server of a demo portal without a camera."""
    data = tmp_path_factory.mktemp("demo") / "data"
    return Server(shutil.copytree(demo_folder, data), "--dev", landingpad_preview_slots="0")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "landingpad", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_demo_portal_is_as_promised(demo: Server) -> None:
    with demo:
        assert re.fullmatch(r"ready http://127\.0\.0\.1:\d+", demo.lines[-1])
        file = demo.file
        assert stat.S_IMODE((demo.data / "portal.json").stat().st_mode) == 0o600
        assert (file["url"], file["pid"]) == (demo.url, demo.pid)
        assert file["webhook"] == file["webhooks"]["admin"]
        assert re.fullmatch(rf"{demo.url}/rest/1/[A-Za-z0-9]+/", file["webhook"])
        assert file["admin"]["password"]
        assert demo.call("profile")["ADMIN"] is True
        plain = demo.call("profile", by="plain")
        assert (plain["ID"], plain["ADMIN"]) == ("2", False)
        with pytest.raises(ApiFailure) as failure:
            demo.call("landing.site.getList", by="limited")
        assert (failure.value.status, failure.value.code) == (403, "insufficient_scope")
        home = demo.fetch(file["public_url"])
        assert home.status_code == httpx.codes.OK
        assert "Lindmoor" in home.text


def test_the_demo_site_is_photographed(demo: Server) -> None:
    with Server(demo.data, "--dev") as server:
        site_id = server.file["site_id"]
        wait_until(
            "the picture of the demo site", lambda: server.call("landing.site.getPreview", id=site_id) != NO_PREVIEW
        )
        picture = server.fetch(server.call("landing.site.getPreview", id=site_id))
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")


def test_webhooks_survive_a_restart_on_another_port(demo: Server) -> None:
    with demo:
        before = demo.file["webhook"]
    with demo:
        after = demo.file["webhook"]
        assert before.partition("/rest/")[2] == after.partition("/rest/")[2]
        assert demo.call("server.time")


def test_sigterm_ends_well(demo: Server) -> None:
    demo.start()
    assert demo.stop() == 0


def test_a_request_received_while_the_server_was_paused_is_answered(demo: Server) -> None:
    """The connection is not closed first, although it was idle for longer than the timeout."""
    with Server(demo.data, "--dev", landingpad_preview_slots="0", landingpad_keep_alive="1") as server:
        path = f"{urlsplit(server.file['webhook']).path}server.time"
        with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)) as connection:

            def status() -> int:
                answer = connection.getresponse()
                answer.read()
                return answer.status

            connection.request("POST", path)
            assert status() == httpx.codes.OK
            os.kill(server.pid, signal.SIGSTOP)
            connection.request("POST", path)
            time.sleep(1.5)
            os.kill(server.pid, signal.SIGCONT)
            assert status() == httpx.codes.OK
            assert connection.sock is not None
            connection.sock.settimeout(60)
            assert connection.sock.recv(1) == b"", "an idle connection ends"


def test_a_data_folder_in_use_is_refused(demo: Server) -> None:
    with demo:
        second = run("serve", "--data", str(demo.data), "--port", "0")
    assert second.returncode == 1
    assert f"in use by another server (process {demo.pid})" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("serve", "--data", str(tmp_path / "data"), "--port", str(port))
    assert refused.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use. Choose another port" in refused.stderr


def test_without_dev_a_portal_is_empty_and_nothing_secret_is_written(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", landingpad_preview_slots="0")
    with server:
        password = next(line for line in server.lines if line.startswith("password "))
        assert set(server.file) == {"url", "pid"}
        made = run("webhook", "create", "--user", "1", "--scope", "landing", "--data", str(server.data))
        webhook = made.stdout.strip()
        assert webhook.startswith(f"{server.url}/rest/1/")
        assert httpx.post(f"{webhook}landing.site.getList").json()["result"] == []
    stored = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
    assert password.removeprefix("password ").encode() not in stored
    assert webhook.rstrip("/").rpartition("/")[2].encode() not in stored
    with server:
        assert not any(line.startswith("password") for line in server.lines)


def test_a_command_without_a_portal_says_so_and_makes_none(tmp_path: Path) -> None:
    """As a real process; tests/cli covers the other commands."""
    done = run("user", "list", "--data", str(tmp_path / "nothing"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"landingpad: There is no portal in {tmp_path}/nothing yet: start `landingpad serve` once.\n"
    assert not (tmp_path / "nothing").exists()


def test_without_chromium_pages_are_served_and_the_placeholder_is_shown(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    server = Server(data, "--dev", landingpad_chromium="/nowhere/chromium")
    with server:
        wait_until("the log names the missing Chromium", lambda: "renderer_without_browser" in server.log.read_text())
        assert server.call("landing.site.getPreview", id=server.file["site_id"]) == NO_PREVIEW
        assert server.fetch(server.file["public_url"]).status_code == httpx.codes.OK
        placeholder = server.fetch(f"{server.file['public_url']}preview.jpg")
        assert placeholder.headers["cache-control"] == "no-store"
        assert placeholder.headers["x-landingpad-preview"].startswith('pending; reason="')


def test_workers_share_the_work(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", "--dev", "--workers", "2", landingpad_preview_slots="0")
    with server:
        for _ in range(20):
            assert server.call("landing.site.getList")[0]["ID"] == str(server.file["site_id"])
    assert "Traceback" not in server.log.read_text()
