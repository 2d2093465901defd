"""A process that is killed while it delivers: others take over its events, and no event is posted twice but those."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from landingpad.store.db.engine import Database, database_url
from landingpad.store.tables.jobs import jobs
from support.handler import Handler
from support.postgres import Cluster
from support.processes import children_of
from support.server import Server, wait_until

pytestmark = pytest.mark.long

EVENTS = 12  # more than one process delivers at a time
TESTS = Path(__file__).parents[1]


@contextmanager
def runner(data: Path) -> Iterator[None]:
    """Another process that runs the jobs of a data folder."""
    with subprocess.Popen(
        [sys.executable, "-m", "support.runner", str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield
        process.communicate()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_killed_process_loses_no_event_and_none_is_posted_more_than_twice(
    engine: str, demo_folder: Path, tmp_path: Path, handler: Handler, request: pytest.FixtureRequest
) -> None:
    """On SQLite a server with two workers beside two processes for jobs, on PostgreSQL three servers."""
    with ExitStack() as stack:
        others: list[AbstractContextManager[object]]
        if engine == "sqlite":
            data, url = shutil.copytree(demo_folder, tmp_path / "data"), ""
            first = Server(data, "--dev", "--workers", "2", landingpad_preview_slots="0")
            others = [runner(data), runner(data)]
        else:
            cluster: Cluster = request.getfixturevalue("cluster")
            url = cluster.new_database()
            stack.callback(cluster.drop, url)
            first, *servers = (
                Server(tmp_path / f"server-{number}", "--dev", "--database-url", url, landingpad_preview_slots="0")
                for number in range(3)
            )
            others = [*servers]
        first.start()
        db = stack.enter_context(Database(database_url(first.data, url)))
        stack.callback(lambda: suppress_kill(first))
        stack.enter_context(others.pop())

        def call(method: str, **params: object) -> object:
            params["auth"] = first.file["oauth"]["access_token"]
            return httpx.post(f"{first.url}/rest/{method}", json=params, timeout=60).raise_for_status().json()["result"]

        def rows() -> list[sa.Row[tuple[object, ...]]]:
            with db.engine.connect() as session:
                return list(session.execute(sa.select(jobs).where(jobs.c.kind == "event")))

        def number(payload: str) -> str:
            return str(json.loads(payload)["data"]["QUERY"]["number"])

        assert call("event.bind", event="ONAPPTEST", handler=handler.address) is True
        handler.answers.clear()
        for each in range(EVENTS):
            assert call("event.test", number=each) == 1
        wait_until("every event is being delivered", lambda: len(handler.got) == EVENTS)
        holders = {number(row.payload): int(row.claimed_by.split(":")[1]) for row in rows()}
        assert len(holders) == EVENTS
        assert len(set(holders.values())) == 2
        victim = first.pid
        victims = [victim, *(children_of(victim) if engine == "sqlite" else [])]
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        first.kill()
        stack.enter_context(others.pop())
        handler.answers.set()
        wait_until("every event is delivered", lambda: {row.outcome for row in rows()} == {"delivered"})
        got = Counter(str(payload["data"]["QUERY"]["number"]) for payload in handler.got)
        assert got == {each: 2 if holder == victim else 1 for each, holder in holders.items()}
        assert all(row.attempts == 1 for row in rows())


def suppress_kill(server: Server) -> None:
    """Kill a server if it still runs."""
    with suppress(ProcessLookupError, AssertionError):
        server.kill()
