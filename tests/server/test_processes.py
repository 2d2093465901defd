"""The processes of a server: how workers end, and what the log of all of them looks like."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from support.processes import children_of, is_running
from support.server import START_SECONDS, Server, wait_until

pytestmark = pytest.mark.long


def send_nonsense(url: str) -> None:
    """Send what is no request, about which uvicorn logs a warning."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=60) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")


def test_workers_stop_when_their_parent_is_killed(demo_folder: Path, tmp_path: Path) -> None:
    """Nobody is left who holds the port or works on the data of the next server."""
    data = shutil.copytree(demo_folder, tmp_path / "data")
    server = Server(data, "--dev", "--workers", "2", landingpad_preview_slots="0", landingpad_log_format="json")
    server.start()
    assert server.call("profile")["ADMIN"] is True
    children = children_of(server.pid)
    assert len(children) >= 2  # the workers, and a helper of multiprocessing
    server.kill()
    wait_until("the workers have stopped", lambda: not any(map(is_running, children)), seconds=20)
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [line["event"] for line in lines].count("worker_without_parent") == 2
    with server:
        assert server.call("profile")["ADMIN"] is True


def test_a_stop_ends_streams_of_workers(demo_folder: Path, tmp_path: Path) -> None:
    """An answer that is cut off after the time for running calls lacks its last chunk."""
    data = shutil.copytree(demo_folder, tmp_path / "data")
    with (
        Server(data, "--dev", "--workers", "2", landingpad_preview_slots="0") as server,
        httpx.Client(base_url=server.url, timeout=START_SECONDS) as browser,
    ):
        browser.post(server.file["sign_in"], headers={"origin": server.url})
        with browser.stream("GET", "/developer/log/live") as answer:
            parts = answer.iter_bytes()
            assert (answer.status_code, next(parts)) == (200, b"retry: 1000\n\n")
            assert server.stop() == 0
            assert b"".join(parts) == b""
    assert "timeout graceful shutdown exceeded" not in server.log.read_text()


def test_workers_store_the_use_of_a_webhook_before_they_stop(demo_folder: Path, tmp_path: Path) -> None:
    """Uses are gathered for two seconds, and the stop does not wait for those."""
    data = shutil.copytree(demo_folder, tmp_path / "data")
    with Server(data, "--dev", "--workers", "2", landingpad_preview_slots="0") as server:
        begun_ms = time.time() * 1000
        server.call("profile", by="plain")
        assert server.stop() == 0
    with closing(sqlite3.connect(data / "landingpad.db")) as database:
        used = [used_at or 0 for (used_at,) in database.execute("SELECT used_at FROM webhooks")]
    assert sum(used_at >= begun_ms for used_at in used) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_every_line_of_the_log_is_an_object_of_json(demo_folder: Path, tmp_path: Path, workers: int) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    with Server(data, "--dev", "--workers", str(workers), landingpad_log_format="json") as server:
        for number in range(200):
            server.call("landing.site.getList" if number % 2 else "profile")
        send_nonsense(server.url)
        wait_until("jobs are done", lambda: "worker_started" in server.log.read_text())
        assert server.stop() == 0
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    assert {"worker_started", "Invalid HTTP request received."} <= {line["event"] for line in lines}


def test_a_worker_that_is_killed_is_replaced(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    with Server(data, "--dev", "--workers", "2", landingpad_preview_slots="0") as server:
        before = children_of(server.pid)
        os.kill(before[-1], signal.SIGKILL)
        wait_until("there is another worker", lambda: set(children_of(server.pid)) - set(before), seconds=20)
        for _ in range(20):
            assert server.call("profile")["ADMIN"] is True


def test_a_worker_that_hangs_is_replaced(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    with Server(data, "--dev", "--workers", "2", landingpad_preview_slots="0", landingpad_log_format="json") as server:
        stopped = children_of(server.pid)[-1]
        wait_until("it beats", lambda: len(list(Path(f"/proc/{stopped}/task").iterdir())) > 1)
        os.kill(stopped, signal.SIGSTOP)
        wait_until("it is replaced", lambda: "worker_replaced" in server.log.read_text())
        assert not is_running(stopped)
    [line] = [one for one in map(json.loads, server.log.read_text().splitlines()) if one["event"] == "worker_replaced"]
    assert (line["pid"], line["exit_code"]) == (stopped, -signal.SIGKILL)


def test_a_start_whose_workers_fail_ends(demo_folder: Path, tmp_path: Path) -> None:
    data = shutil.copytree(demo_folder, tmp_path / "data")
    damaged = tmp_path / "damaged.pem"
    damaged.write_text("no certificate")
    options = ["--data", str(data), "--port", "0", "--workers", "2", "--tls", f"{damaged},{damaged}"]
    command = [sys.executable, "-m", "landingpad", "serve", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)
    assert (done.returncode, "ready" in done.stdout) == (1, False)
    assert done.stderr.splitlines()[-1] == (
        "landingpad: A worker process ended with exit code 1 before it was ready. The log says why."
    )
