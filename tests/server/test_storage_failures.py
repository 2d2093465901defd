"""What stands in the way of storage is told in one line, and to callers with status 503 where trying again may help."""

import errno
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from landingpad.cli.main import app as commands
from landingpad.server.app import App
from landingpad.server.http_server import CannotStartError
from landingpad.server.lost_database import refuse_lost_database
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, sqlite_url
from landingpad.store.db.migrate import migrate
from support.portal import Databases, Portal
from support.postgres import Cluster
from support.server import Server, wait_until

REQUEST = re.compile(r"\(request [0-9a-f]{8}-[0-9a-f-]{27}\)$")
DOORS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("POST", "/rest/1/code/profile", {}),
    ("POST", "/rest/profile", {"auth": "token"}),
    ("POST", "/rest/1/code/batch", {"cmd": {"a": "profile"}}),
    ("GET", "/", None),
    ("GET", "/pub/site/acme/", None),
    ("GET", "/sites/", None),
    ("GET", "/sign-in/", None),
    (
        "POST",
        "/oauth/token/",
        {"grant_type": "refresh_token", "client_id": "a", "client_secret": "c", "refresh_token": "b"},
    ),
    ("POST", "/pub/site/acme/?form=1", {"name": "value"}),
)


@contextmanager
def reopened(settings: Settings) -> Iterator[App]:
    """A server without its start, which would refuse."""
    parts = Parts(settings, scheme="http", port=8080)
    try:
        yield App(parts)
    finally:
        parts.close()


def visitor(app: App, host: str = "localhost") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=f"http://{host}:8080"
    )


def has_no_details(answer: httpx.Response, folder: Path) -> bool:
    words = ("Traceback", "sqlite", "psycopg", "sqlalchemy", "connection to server", "127.0.0.1", str(folder))
    return not any(word.lower() in answer.text.lower() for word in words)


async def all_doors(app: App, folder: Path) -> list[tuple[str, int]]:
    """Return the status at every door, after a check that no answer has details."""
    found = []
    async with visitor(app) as http:
        for method, path, form in DOORS:
            answer = await http.request(method, path, data=form)
            assert has_no_details(answer, folder), answer.text
            if path.startswith("/rest/"):
                assert answer.json()["error"] in {"OVERLOAD_LIMIT", "INTERNAL_SERVER_ERROR"}
                assert REQUEST.search(answer.json()["error_description"])
            elif answer.status_code == 503:
                assert answer.headers["retry-after"]
            found.append((path, answer.status_code))
    return found


async def test_a_database_that_cannot_be_opened_is_503_at_every_door(tmp_path: Path) -> None:
    with reopened(Settings(data=tmp_path)) as app:
        assert await all_doors(app, tmp_path) == [(path, 503) for _, path, _ in DOORS]


@pytest.fixture
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases of SQLite, whose file or connection a test breaks."""
    return Databases("sqlite", tmp_path_factory.mktemp("databases"), None)


async def test_a_damaged_database_is_500_at_every_door(sqlite: Databases, tmp_path: Path) -> None:
    """Trying again does not help. The log and the doctor say what to do."""
    with sqlite.parts(tmp_path) as parts:
        await Portal(parts).published()
    file = tmp_path / "landingpad.db"
    content = bytearray(file.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    file.write_bytes(content)
    with reopened(Settings(data=tmp_path)) as app:
        assert await all_doors(app, tmp_path) == [(path, 500) for _, path, _ in DOORS]
    result = CliRunner().invoke(commands, ["doctor", "--data", str(tmp_path)])
    (line,) = [line for line in result.output.splitlines() if line.startswith("FAIL  database: ")]
    assert "damaged" in line
    assert "restore a backup" in line


@pytest.mark.long
async def test_postgresql_that_went_away_is_503_at_every_door(tmp_path: Path) -> None:
    with Cluster() as cluster:
        settings = Settings(data=tmp_path, database_url=cluster.new_database())
        with Database(settings.database_url.replace("postgresql:", "postgresql+psycopg:")) as db:
            migrate(db)
        with reopened(settings) as app:
            portal = Portal(app._parts)
            site_id = await portal.site("acme")
            cluster.stop()
            assert await all_doors(portal.app, tmp_path) == [(path, 503) for _, path, _ in DOORS]
            answer = await portal.answer("landing.site.update", {"id": site_id, "fields": {"TITLE": "New"}})
            assert (answer.status_code, answer.json()["error"]) == (503, "OVERLOAD_LIMIT")
    given = ["--data", str(tmp_path), "--database-url", settings.database_url]
    output = CliRunner().invoke(commands, ["doctor", *given]).output
    (line,) = [
        line for line in output.splitlines() if line.startswith("FAIL  database: The database does not answer (")
    ]
    assert settings.database_url.split(":")[2].split("@")[0] not in line  # the password


def on_the_writer(portal: Portal, *statements: str) -> None:
    """Change the one connection that writes."""
    with portal.parts.db.engine.connect() as session:
        driver: Any = session.connection.driver_connection
        for statement in statements:
            driver.execute(statement)


@pytest.fixture
def on_sqlite(sqlite: Databases, tmp_path: Path) -> Iterator[Portal]:
    with sqlite.parts(tmp_path) as parts:
        yield Portal(parts)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("PRAGMA max_page_count=1", "the disk is full"),  # what SQLite reports for a full disk
        ("PRAGMA query_only=1", "the database cannot be written"),
    ],
)
async def test_a_write_that_finds_no_room_is_503(on_sqlite: Portal, statement: str, what: str) -> None:
    site_id = await on_sqlite.site("before")
    on_the_writer(on_sqlite, statement)
    fields = {"TITLE": "x" * 100_000, "CODE": "after"}
    answer = await on_sqlite.answer("landing.site.add", {"fields": fields})
    assert (answer.status_code, answer.json()["error"]) == (503, "OVERLOAD_LIMIT")
    assert what in answer.json()["error_description"]
    assert REQUEST.search(answer.json()["error_description"])
    assert [site["ID"] for site in await on_sqlite.call("landing.site.getList")] == [str(site_id)]  # reads go on
    on_the_writer(on_sqlite, "PRAGMA max_page_count=100000", "PRAGMA query_only=0")
    assert await on_sqlite.call("landing.site.add", fields=fields) > site_id


async def test_a_database_that_stays_locked_is_503(on_sqlite: Portal) -> None:
    await on_sqlite.site("before")
    on_the_writer(on_sqlite, "PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(on_sqlite.parts.settings.data / "landingpad.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = await on_sqlite.answer("landing.site.add", {"fields": {"TITLE": "A", "CODE": "a"}})
    assert answer.status_code == 503
    assert "locked by another process" in answer.json()["error_description"]
    assert await on_sqlite.site("after")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE])
async def test_a_file_that_cannot_be_stored_is_503(
    portal: Portal, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, _, block_id = await portal.published()

    def failing(_handle: int) -> None:
        raise OSError(code, os.strerror(code), str(tmp_path / "media"))

    monkeypatch.setattr(os, "fsync", failing)
    gif = ["a.gif", "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"]
    answer = await portal.answer("landing.block.uploadfile", {"block": block_id, "picture": gif})
    assert (answer.status_code, answer.json()["error"]) == (503, "OVERLOAD_LIMIT")
    assert has_no_details(answer, tmp_path)


# -- the start


@pytest.fixture
def used(demo_folder: Path, tmp_path: Path) -> Path:
    """The data folder of a server that was stopped."""
    return shutil.copytree(demo_folder, tmp_path / "data")


def lost(folder: Path) -> None:
    (folder / "landingpad.db").unlink()


def emptied(folder: Path) -> None:
    (folder / "landingpad.db").write_bytes(b"")


def replaced(folder: Path) -> None:
    (folder / "landingpad.db").unlink()
    with Database(sqlite_url(folder)) as db:
        migrate(db)


def contents(folder: Path) -> dict[Path, bytes]:
    """Return every file, but not those that readers of SQLite share."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".db-shm"]
    return {path: path.read_bytes() for path in files if path.stat().st_size}


@pytest.mark.parametrize("accident", [lost, emptied, replaced])
@pytest.mark.parametrize("trace", ["portal.json", "media"])
def test_a_used_folder_without_its_database_is_no_first_start(used: Path, accident: Any, trace: str) -> None:
    (used / "media").mkdir(exist_ok=True)
    other = used / ("media" if trace == "portal.json" else "portal.json")
    shutil.rmtree(other) if other.is_dir() else other.unlink()
    refuse_lost_database(Settings(data=used))
    accident(used)
    before = contents(used)
    with pytest.raises(CannotStartError, match=f"has {trace}, but landingpad.db has no portal"):
        refuse_lost_database(Settings(data=used))
    assert contents(used) == before


def test_a_used_folder_with_an_empty_postgresql_is_no_first_start(used: Path, cluster: Cluster) -> None:
    with pytest.raises(CannotStartError, match="the PostgreSQL database has no portal"):
        refuse_lost_database(Settings(data=used, database_url=cluster.new_database()))


@pytest.mark.long
def test_a_server_refuses_a_damaged_log_and_leaves_it(used: Path) -> None:
    """Everything new was in the log when the machine stopped, and its middle is damaged."""
    with closing(sqlite3.connect(used / "landingpad.db", isolation_level=None)) as database:
        rows = "\n".join(database.iterdump())
    (used / "landingpad.db").unlink()
    with closing(sqlite3.connect(used / "landingpad.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA wal_autocheckpoint=0")
        database.executescript(rows)
        shutil.copytree(used, used.with_name("crashed"))
    log = used.with_name("crashed") / "landingpad.db-wal"
    content = bytearray(log.read_bytes())
    content[4096:8192] = os.urandom(4096)
    log.write_bytes(content)
    command = [sys.executable, "-m", "landingpad", "serve", "--port", "0", "--data", str(log.parent)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("landingpad: The data folder ")
    assert "Restore a backup" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert log.read_bytes() == bytes(content)


@pytest.mark.parametrize("command", ["serve --port 0", "site list", "user list", "backup x.tar"])
def test_what_is_no_database_is_said_in_one_line(used: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(used.parent)
    (used / "landingpad.db").write_bytes(b"no database at all " * 1000)
    result = CliRunner().invoke(commands, [*command.split(), "--data", str(used)])
    assert result.exit_code == 1
    assert result.output.startswith("landingpad: The database is damaged (file is not a database). ")
    assert result.output.count("\n") == 1


def test_a_read_only_folder_is_said_in_one_line(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.open

    def read_only(self: Path, mode: str = "r", *arguments: Any, **more: Any) -> Any:
        if set(mode) & set("wa+x"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))
        return original(self, mode, *arguments, **more)

    monkeypatch.setattr(Path, "open", read_only)
    result = CliRunner().invoke(commands, ["serve", "--port", "0", "--data", str(used)])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith(f"landingpad: The disk is read-only ({used}/lock). ")


@pytest.mark.long
def test_the_database_file_is_complete_when_nobody_writes(used: Path, tmp_path: Path) -> None:
    """A copy of the file alone has every site, a few seconds after the last write."""

    def copied() -> int:
        shutil.copy(used / "landingpad.db", tmp_path / "copy.db")
        with closing(sqlite3.connect(f"file:{tmp_path}/copy.db?immutable=1", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM sites WHERE code LIKE 'copied%'").fetchone()[0])

    with Server(used, "--dev", landingpad_preview_slots="0") as server:
        for number in range(3):
            server.call("landing.site.add", fields={"TITLE": "A", "CODE": f"copied{number}"})
        wait_until("the file has the sites", lambda: copied() == 3, 20)
        server.call("landing.site.add", fields={"TITLE": "A", "CODE": "copied3"})
    assert copied() == 4  # after the end
    assert not (used / "landingpad.db-wal").exists()
