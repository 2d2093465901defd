"""Jobs that wait in a database of an earlier release, which stored them with DBOS, continue after the upgrade."""

import base64
import gzip
import json
import pickle
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.migrate import migrate
from landingpad.store.tables.jobs import jobs
from support.handler import Handler
from support.server import Server, wait_until

DATA = Path(__file__).parent / "data"
RELEASE = "1590c06"
NOW = int(time.time() * 1000)
DBOS_TABLES = {"workflow_status", "workflow_input", "queues", "notifications", "streams", "dbos_migrations"}

# What DBOS 3.4 wrote for three deliveries and a refresh: a new one, one with a key, a third attempt in a minute.
EVENT = "gASV8QAAAAAAAAB9lCiMBGFyZ3OUfZQojAlwb3J0YWxfaWSUSwGMBmFwcF9pZJRLAYwKaGFuZGxlcl9pZJRLB4wHYWRkcmVzc5SMFGh0dHA6Ly8xMjcuMC4wLjE6OS94lIwFZXZlbnSUjAlPTkFQUFRFU1SUjARkYXRhlH2UKIwFUVVFUlmUfZQojANhbnmUaAqMBHRleHSUjAzQn9GA0LjQstC10YKUdYwLTEFOR1VBR0VfSUSUjAJlbpR1jAd1c2VyX2lklEsBjAJhdJRKOaAOa4wRYXBwbGljYXRpb25fdG9rZW6UjACUdUsAhpSMBmt3YXJnc5R9lHUu"  # noqa: E501  # one text
THIRD_ATTEMPT = EVENT.replace("dUsAhpSM", "dUsChpSM")
REFRESH = "gASVHQAAAAAAAAB9lCiMBGFyZ3OUSwFLAYaUjAZrd2FyZ3OUfZR1Lg=="
ROWS = [
    # id, status, name, inputs, delayed until
    ("3abc4c93-d734-4b56-8a72-0386966bf7e1", "ENQUEUED", "deliver_event", EVENT, None),
    ("offline-7-1796120633", "PENDING", "deliver_event", EVENT, None),
    ("e9d3c81d-9f69-4cfd-92cf-ade65e4e3d3c", "DELAYED", "deliver_event", THIRD_ATTEMPT, NOW + 60_000),
    ("c92c709c-2647-4e12-ae77-4f1dc2398ec4", "ENQUEUED", "refresh_pages", REFRESH, None),
    ("offline-7-1796120632", "SUCCESS", "deliver_event", EVENT, None),
    ("11111111-2647-4e12-ae77-4f1dc2398ec4", "SUCCESS", "deliver_event", EVENT, None),
    ("22222222-2647-4e12-ae77-4f1dc2398ec4", "ERROR", "refresh_pages", REFRESH, None),
    ("sched-empty_trash-2026", "PENDING", "empty_trash", "gASVHQ==", None),
]


class Earlier:
    """A database of the earlier release in a data folder, or on PostgreSQL."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        folder.mkdir()
        if url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute((DATA / f"{RELEASE}.sql").read_bytes())
        else:
            with gzip.open(DATA / f"{RELEASE}.db.gz") as packed, (folder / "landingpad.db").open("wb") as file:
                shutil.copyfileobj(packed, file)

    def store(self, rows: list[tuple[str, str, str, str, int | None]]) -> None:
        """Store jobs as DBOS stored them."""
        prefix = "dbos." if self.url else ""
        status = (
            f"INSERT INTO {prefix}workflow_status (workflow_uuid, status, name, created_at, updated_at, "  # noqa: S608  # one of two constants
            "delay_until_epoch_ms, queue_name, serialization) VALUES (?, ?, ?, ?, ?, ?, 'events', 'py_pickle')"
        )
        inputs = f"INSERT INTO {prefix}workflow_input (workflow_uuid, inputs) VALUES (?, ?)"  # noqa: S608  # one of two constants
        connection: Any = psycopg.connect(self.url) if self.url else sqlite3.connect(self.folder / "landingpad.db")
        sign = "%s" if self.url else "?"
        for number, (job, state, name, given, delay) in enumerate(rows):
            at = NOW - 60_000 + number
            connection.execute(status.replace("?", sign), (job, state, name, at, at, delay))
            connection.execute(inputs.replace("?", sign), (job, given))
        connection.commit()
        connection.close()

    def database(self) -> Database:
        return Database(database_url(self.folder, self.url))


@pytest.fixture(params=["sqlite", "postgresql"])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Earlier]:
    url = request.getfixturevalue("cluster").new_database() if request.param == "postgresql" else ""
    yield Earlier(tmp_path / "data", url)
    if url:
        request.getfixturevalue("cluster").drop(url)


def test_waiting_jobs_are_taken_over_and_the_tables_of_dbos_go(earlier: Earlier) -> None:
    earlier.store(ROWS)
    with earlier.database() as db:
        assert migrate(db)
        with db.engine.connect() as session:
            found = list(session.execute(sa.select(jobs).order_by(jobs.c.id)))
            inspected = sa.inspect(session)
            assert not DBOS_TABLES & set(inspected.get_table_names())
            assert "dbos" not in inspected.get_schema_names()
    assert [(row.kind, row.attempts, row.once, row.finished_at is None) for row in found] == [
        ("event", 0, None, True),
        ("event", 0, "offline-7-1796120633", True),
        ("event", 2, None, True),
        ("refresh", 0, None, True),
        ("event", 0, "offline-7-1796120632", False),  # so that this event is not posted a second time
    ]
    assert [row.due_at for row in found[:4]] == [NOW - 60_000, NOW - 59_999, NOW + 60_000, NOW - 59_997]
    assert json.loads(found[0].payload) == {
        "portal_id": 1,
        "app_id": 1,
        "handler_id": 7,
        "address": "http://127.0.0.1:9/x",
        "event": "ONAPPTEST",
        "data": {"QUERY": {"any": "data", "text": "Привет"}, "LANGUAGE_ID": "en"},
        "user_id": 1,
        "at": 1796120633,
        "application_token": "",
    }
    assert json.loads(found[3].payload) == {"site_id": 1}
    assert {row.portal_id for row in found} == {1}


def test_a_stored_job_that_would_run_code_stops_the_upgrade(earlier: Earlier) -> None:
    """And nothing is lost: the migration is one transaction."""
    hostile = base64.b64encode(pickle.dumps({"args": (print, 0), "kwargs": {}})).decode()
    earlier.store([("3abc4c93-d734-4b56-8a72-0386966bf7e1", "ENQUEUED", "deliver_event", hostile, None)])
    with earlier.database() as db:
        with pytest.raises(pickle.UnpicklingError, match="print"):
            migrate(db)
        assert not sa.inspect(db.engine).has_table("jobs")


def test_waiting_events_reach_their_handler_once(earlier: Earlier, handler: Handler) -> None:
    with earlier.database() as db, db.engine.begin() as session:
        app_id, portal_id = session.exec_driver_sql("SELECT id, portal_id FROM apps ORDER BY id").first() or (0, 0)
        # An upgrade entrusts no tokens to handlers outside the addresses that administrators registered.
        registered = sa.text("UPDATE apps SET handler_url = :address WHERE id = :id")
        session.execute(registered, {"address": handler.address, "id": app_id})
        admin = "SELECT id FROM users WHERE portal_id = 1 ORDER BY id"
        user_id = session.exec_driver_sql(admin).scalar()
    delivery = {
        "portal_id": portal_id,
        "app_id": app_id,
        "handler_id": 1,
        "address": handler.address,
        "event": "ONAPPTEST",
        "user_id": user_id,
        "at": 1,
        "application_token": "",
    }

    def waiting(number: int, state: str) -> tuple[str, str, str, str, int | None]:
        inputs = {"args": ({**delivery, "data": {"number": str(number)}}, 0), "kwargs": {}}
        return (f"id-{number}", state, "deliver_event", base64.b64encode(pickle.dumps(inputs)).decode(), None)

    states = ["ENQUEUED", "PENDING", "SUCCESS", "ENQUEUED"]
    earlier.store([waiting(number, state) for number, state in enumerate(states)])
    options = ["--database-url", earlier.url] if earlier.url else []
    for _ in range(2):
        with Server(earlier.folder, "--dev", *options, landingpad_preview_slots="0"):
            wait_until("the waiting events are delivered", lambda: len(handler.got) >= 3)
    assert sorted(payload["data"]["number"] for payload in handler.got) == ["0", "1", "3"]
