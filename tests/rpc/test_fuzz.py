"""Random requests: each gets a result or a documented error in time, without defects, hangs or growing memory.

The suite sends hundreds of requests; LANDINGPAD_FUZZ sets the number for a real server, `make fuzz` sends very many.
"""

import asyncio
import http.client
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.fuzzing import Sent, make
from support.portal import Databases, Portal
from support.server import Server

pytestmark = pytest.mark.long

REQUESTS = int(os.environ.get("LANDINGPAD_FUZZ", "0"))
IN_ONE_EXAMPLE = 40
SEEDS = st.integers(0, 2**64 - 1)
PATIENCE = 60.0
"""Seconds after which a request is said to hang."""
MOST_GROWTH = 48 * 2**20
"""Bytes by which a server may grow after it has warmed up: caches fill, and SQLite's pages come in."""
ALLOWED = {200, 400, 401, 403, 404, 405, 413}
"""Statuses that a client may cause; 404 and 405 are methods that there are not and that a batch may not hold."""
SETTINGS = settings(
    deadline=None,
    database=None,
    derandomize=REQUESTS == 0,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def check(sent: Sent, status: int, content_type: str, body: bytes) -> None:
    """Assert that an answer is a result or an error of the API."""
    assert status in ALLOWED, (sent, status, body[:500])
    if content_type.startswith("text/xml"):
        assert body.startswith(b"<?xml"), sent
        assert (status == 200) == (b"<response><error>" not in body), sent
        return
    found = json.loads(body)
    if status == 200:
        assert {"result", "time"} <= found.keys() <= {"result", "time", "total", "next"}, (sent, found)
        errors = found["result"].get("result_error") if isinstance(found["result"], dict) else None
        for error in (errors or {}).values() if isinstance(errors, dict) else errors or ():
            assert error["error"] not in {"INTERNAL_SERVER_ERROR", "ERROR_UNEXPECTED_ANSWER"}, (sent, error)
    else:
        assert isinstance(found["error"], str), sent
        assert isinstance(found["error_description"], str), sent


# --- in this process, on both databases ---


@pytest.fixture(scope="module")
def shared(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with databases.parts(tmp_path_factory.mktemp("fuzz")) as parts:
        yield Portal(parts)


async def ask(portal: Portal, sent: Sent) -> tuple[int, str, bytes]:
    """Send a request to the ASGI application."""
    path = f"/rest/{sent.method}" if sent.by_app else f"{portal.webhooks['admin']}{sent.method}"
    token = f"Bearer {portal.tokens['app']}" if sent.by_app else ""
    headers = {"host": "localhost:8080", "content-type": sent.kind, "authorization": token}
    answer: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body}

    async def send(message: Any) -> None:
        answer.append(message)

    scope = {
        "type": "http",
        "scheme": "http",
        "method": sent.verb,
        "path": path,
        "query_string": sent.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
        "client": ("127.0.0.1", 1),
    }
    await portal.app(scope, receive, send)
    start, *bodies = answer
    given_type = dict(start["headers"])[b"content-type"].decode()
    return start["status"], given_type, b"".join(part["body"] for part in bodies)


@settings(SETTINGS, max_examples=20)
@given(seeds=st.lists(SEEDS, min_size=1, max_size=IN_ONE_EXAMPLE))
def test_every_request_is_answered(shared: Portal, seeds: list[int]) -> None:
    async def all_of_them() -> None:
        for one in map(make, seeds):
            async with asyncio.timeout(PATIENCE):
                check(one, *await ask(shared, one))

    asyncio.run(all_of_them())


# --- over the network, watching the memory of the server ---


class Target:
    """A running server, its answers and its memory over time."""

    def __init__(self, server: Server) -> None:
        told = server.file
        self._pid = server.pid
        self._webhook = urlsplit(told["webhook"]).path
        self._token = told["oauth"]["access_token"]
        address = urlsplit(server.url)
        self.connection = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=PATIENCE)
        self.statuses: Counter[int] = Counter()
        self.slowest = 0.0
        self.memory: list[int] = []

    def ask(self, sent: Sent) -> None:
        path = f"/rest/{sent.method}" if sent.by_app else f"{self._webhook}{sent.method}"
        headers = {"Content-Type": sent.kind} if sent.kind else {}
        if sent.by_app:
            headers["Authorization"] = f"Bearer {self._token}"
        began = time.perf_counter()
        self.connection.request(
            sent.verb, f"{path}?{sent.query}" if sent.query else path, body=sent.body or None, headers=headers
        )
        answer = self.connection.getresponse()
        body = answer.read()
        self.slowest = max(self.slowest, time.perf_counter() - began)
        self.statuses[answer.status] += 1
        if self.statuses.total() % max(500, REQUESTS // 20) == 0:
            self.memory.append(self._resident())
        check(sent, answer.status, answer.headers["content-type"], body)

    def _resident(self) -> int:
        pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    data = tmp_path_factory.mktemp("fuzz") / "data"
    # Without pictures, so that the server's memory is measured, not Chromium's.
    with Server(data, "--dev", landingpad_chromium="/bin/false", landingpad_log_level="error") as server:
        running = Target(server)
        yield running
        running.connection.close()


@settings(SETTINGS, max_examples=max(20, REQUESTS // (IN_ONE_EXAMPLE // 2)))
@given(seeds=st.lists(SEEDS, min_size=IN_ONE_EXAMPLE // 2, max_size=IN_ONE_EXAMPLE))
def test_a_server_answers_every_request(target: Target, seeds: list[int]) -> None:
    if REQUESTS and target.statuses.total() >= REQUESTS:
        return
    for one in map(make, seeds):
        target.ask(one)


def test_a_server_does_not_grow(target: Target) -> None:
    """Runs after test_a_server_answers_every_request."""
    warm = target.memory[len(target.memory) // 4 :]
    figures = [f"{size / 2**20:.0f}" for size in target.memory]
    print(  # noqa: T201  # the report of `make fuzz`
        f"\n{target.statuses.total()} requests, statuses {dict(target.statuses)}, slowest {target.slowest:.2f} s, "
        f"memory in MiB on the way: {' '.join(figures)}"
    )
    assert not warm or warm[-1] - warm[0] < MOST_GROWTH
