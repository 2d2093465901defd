"""A backup is taken while people write, is restored on either engine, and is never restored in part."""

import asyncio
import gzip
import itertools
import shutil
import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from PIL import Image

from landingpad.operations import backup as writing
from landingpad.operations.archive import ArchiveReader, ArchiveWriter, DamagedArchive, Member
from landingpad.operations.backup import Finished, back_up
from landingpad.operations.errors import Refused
from landingpad.operations.restore import restore
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, Tx, sqlite_url
from landingpad.store.db.migrate import HEAD, current_revision
from landingpad.store.tables.site import blocks
from support.portal import Portal
from support.postgres import Cluster

KEPT = Path(__file__).parents[1] / "store" / "db" / "data" / "1590c06.db.gz"


def picture(color: str, kind: str = "png") -> list[str]:
    """Return an uploaded file: its name and its content in Base64."""
    out = BytesIO()
    Image.new("RGB", (8, 8), color).save(out, kind)
    return [f"{color}.{kind}", b64encode(out.getvalue()).decode()]


def silent(_line: str) -> None:
    pass


def backup_of(portal: Portal, file: Path) -> Finished:
    return back_up(portal.parts.settings, file, silent)


@pytest.fixture
def file(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of an empty portal."""
    path = tmp_path_factory.mktemp("backup") / "backup.tar"
    backup_of(portal, path)
    return path


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty") / "data"


def members(file: Path) -> list[Member]:
    with file.open("rb") as source:
        return list(ArchiveReader(source))


def rewritten(file: Path, change: Callable[[Member], Member]) -> None:
    """Write a complete archive with changed members."""
    kept = members(file)
    with file.open("wb") as target:
        archive = ArchiveWriter(target, 0)
        for member in kept:
            archive.add(*change(member))
        archive.close()


@pytest.mark.both_engines
async def test_a_backup_under_writers_is_restored_on_the_other_engine(
    portal: Portal, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It is one state: each site has its domain, though both were written during the backup."""
    site_id, page_id, block_id = await portal.published()
    uploaded = await portal.call("landing.block.uploadfile", block=block_id, picture=picture("red"))
    stop = asyncio.Event()
    made: list[int] = []

    async def write(name: int) -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            made.append(await portal.site(f"w{name}n{number}"))

    async def more(count: int) -> None:
        wanted = len(made) + count
        while len(made) < wanted:  # noqa: ASYNC110  # the writers count, not an event
            await asyncio.sleep(0.01)

    folder = tmp_path_factory.mktemp("other")
    writers = [asyncio.create_task(write(name)) for name in range(4)]
    await more(8)
    done = await asyncio.to_thread(backup_of, portal, folder / "backup.tar")
    await more(8)
    stop.set()
    await asyncio.gather(*writers)
    assert done.manifest.missing == 0
    assert 8 < done.manifest.rows["sites"] < len(made) + 1
    assert done.manifest.rows["sites"] == done.manifest.rows["domains"]

    url = "" if portal.parts.settings.database_url else cluster.new_database()
    settings = Settings(data=folder / "data", database_url=url, dev=True)
    restored = restore(settings, folder / "backup.tar", silent)
    assert restored.manifest == done.manifest
    again = back_up(settings, folder / "again.tar", silent)
    assert again.manifest == done.manifest
    assert {again.about.engine, done.about.engine} == {"sqlite", "postgresql"}

    portal_at_home = portal.app
    parts = Parts(settings, scheme="http", port=8080)
    try:
        portal.app = App(parts)
        listed = await portal.answer("landing.site.getList")  # by the webhook of before
        assert listed.json().get("total", len(listed.json()["result"])) == done.manifest.rows["sites"]
        shown = await portal.get("http://acme.localhost/")
        served = await portal.get(uploaded["src"])
        assert (shown.status_code, served.status_code, served.headers["content-type"]) == (200, 200, "image/png")
        assert await portal.site("after") > max(done.manifest.numbers["sites"], site_id)
        await portal.call("landing.landing.update", lid=page_id, fields={"TITLE": "Changed"})
    finally:
        portal.app = portal_at_home
        parts.close()


def test_only_the_owner_can_read_the_file(portal: Portal, file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_a_backup_replaces_no_file(portal: Portal, file: Path) -> None:
    content = file.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        backup_of(portal, file)
    assert file.read_bytes() == content


def test_a_backup_that_fails_leaves_no_file(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "out").mkdir()
    monkeypatch.setattr(ArchiveWriter, "add", full)
    with pytest.raises(Refused, match=r"No space left on device\. There is no backup"):
        backup_of(portal, tmp_path / "out" / "backup.tar")
    assert not list((tmp_path / "out").iterdir())


def test_what_the_disk_changed_is_found_when_it_is_read_back(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_badly(*_arguments: Any) -> None:
        raise DamagedArchive("its SHA-256 is not the one that was written")

    (tmp_path / "out").mkdir()
    monkeypatch.setattr(writing, "verify", read_badly)
    with pytest.raises(Refused, match="read back"):
        backup_of(portal, tmp_path / "out" / "backup.tar")
    assert not list((tmp_path / "out").iterdir())


def test_nothing_to_back_up_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing to back up"):
        back_up(Settings(data=tmp_path / "none"), tmp_path / "backup.tar", silent)
    assert not list(tmp_path.iterdir())


async def test_a_missing_and_a_damaged_picture_are_counted(portal: Portal, tmp_path: Path) -> None:
    _, _, block_id = await portal.published()
    keys = []
    for color in ("red", "blue"):
        answer = await portal.call("landing.block.uploadfile", block=block_id, picture=picture(color))
        keys.append(answer["src"].partition("/_media/")[2].partition("/")[0])
    assert backup_of(portal, tmp_path / "whole.tar").manifest.missing == 0
    portal.parts.media.remove(keys[0])
    (portal.parts.settings.data / "media" / keys[1][:2] / keys[1]).write_bytes(b"damaged")
    done = backup_of(portal, tmp_path / "backup.tar")
    assert (done.manifest.missing, done.manifest.media) == (2, 0)


def test_a_damaged_file_restores_nothing(portal: Portal, file: Path, empty: Path) -> None:
    """Any changed byte is found, wherever it is, and any missing end."""
    whole = file.read_bytes()
    damaged = [whole[:size] for size in (0, 1, 511, 512, len(whole) // 2, len(whole) - 1024, len(whole) - 1)]
    damaged.append(whole + b"\0")
    step = max(1, len(whole) // 60)
    places = [*range(0, len(whole), step), len(whole) - 1, len(whole) - 1025, len(whole) - 1500]
    damaged += (whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :] for at in places)
    for content in damaged:
        file.write_bytes(content)
        with pytest.raises(Refused, match="Nothing was restored"):
            restore(Settings(data=empty), file, silent)
        assert [entry.name for entry in empty.iterdir()] == ["lock"]
    file.write_bytes(whole)
    restore(Settings(data=empty), file, silent)


def test_a_backup_without_some_of_its_rows_restores_nothing(portal: Portal, file: Path, empty: Path) -> None:
    def without_a_user(member: Member) -> Member:
        if not member.name.startswith("tables/users/"):
            return member
        lines = gzip.decompress(member.content).split(b"\n")
        return Member(member.name, gzip.compress(b"\n".join(lines[:-1])))

    rewritten(file, without_a_user)
    with pytest.raises(Refused, match="rows of its manifest"):
        restore(Settings(data=empty), file, silent)
    assert [entry.name for entry in empty.iterdir()] == ["lock"]


def test_rows_that_do_not_fit_restore_nothing(portal: Portal, file: Path, empty: Path) -> None:
    def of_no_portal(member: Member) -> Member:
        if not member.name.startswith("tables/users/"):
            return member
        lines = gzip.decompress(member.content).split(b"\n")
        names = msgspec.json.decode(lines[0])
        row = msgspec.json.decode(lines[1])
        row[names.index("portal_id")] = 999
        return Member(member.name, gzip.compress(b"\n".join([lines[0], msgspec.json.encode(row), *lines[2:]])))

    rewritten(file, of_no_portal)
    with pytest.raises(Refused, match="do not fit into the table 'users'"):
        restore(Settings(data=empty), file, silent)
    assert [entry.name for entry in empty.iterdir()] == ["lock"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("files/../outside", b""),
        ("files//etc/outside", b""),
        ("files/landingpad.db", b""),
        ("files/tls/../../outside", b""),
        ("files/media", b""),
        ("media/../outside", b""),
        ("media/outside.sh", b""),
        ("tables/nothing/000001.jsonl.gz", gzip.compress(b'["id"]\n[1]', mtime=0)),
        ("tables/users/000002.jsonl.gz", gzip.compress(b'["nothing"]\n[1]', mtime=0)),
        ("tables/users/000002.jsonl.gz", gzip.compress(b'["id"]\n[1, 2]', mtime=0)),
        ("tables/users/000002.jsonl.gz", gzip.compress(b'["id"]\nno list', mtime=0)),
        ("tables/users/000002.jsonl.gz", b"not compressed"),
    ],
)
def test_a_forged_backup_writes_nothing(portal: Portal, file: Path, empty: Path, name: str, content: bytes) -> None:
    """Its hash is right, because whoever forged it computed it again."""
    kept = members(file)
    with file.open("wb") as target:
        archive = ArchiveWriter(target, 0)
        for member in [*kept[:-1], Member(name, content), kept[-1]]:
            archive.add(*member)
        archive.close()
    with pytest.raises(Refused, match="Nothing was restored"):
        restore(Settings(data=empty), file, silent)
    assert [entry.name for entry in empty.iterdir()] == ["lock"]
    assert not (empty.parent / "outside").exists()


@pytest.mark.parametrize("name", ["landingpad.db", "media", "portal.json", "anything.txt"])
def test_a_folder_with_anything_in_it_is_not_restored_into(portal: Portal, file: Path, empty: Path, name: str) -> None:
    empty.mkdir()
    (empty / name).write_bytes(b"kept")
    with pytest.raises(Refused, match="is not empty"):
        restore(Settings(data=empty), file, silent)
    assert (empty / name).read_bytes() == b"kept"


def test_a_restore_that_was_killed_can_be_repeated(portal: Portal, file: Path, empty: Path) -> None:
    (empty / ".restoring" / "media").mkdir(parents=True)
    (empty / ".restoring" / "landingpad.db").write_bytes(b"half")
    restore(Settings(data=empty), file, silent)
    assert not (empty / ".restoring").exists()
    with Database(sqlite_url(empty)) as db:
        assert current_revision(db) == HEAD


def test_a_database_with_a_portal_is_not_restored_into(
    portal: Portal, file: Path, empty: Path, cluster: Cluster
) -> None:
    settings = Settings(data=empty, database_url=cluster.new_database())
    restore(settings, file, silent)
    other = Settings(data=empty.with_name("other"), database_url=settings.database_url)
    with pytest.raises(Refused, match="has tables of a portal already"):
        restore(other, file, silent)
    assert [entry.name for entry in other.data.iterdir()] == ["lock"]


def test_a_refused_restore_leaves_postgresql_empty(portal: Portal, file: Path, empty: Path, cluster: Cluster) -> None:
    """The tables are made in the same transaction as the rows."""

    def false_count(member: Member) -> Member:
        return Member(member.name, member.content.replace(b'"users":2', b'"users":3'))

    rewritten(file, false_count)
    url = cluster.new_database()
    with pytest.raises(Refused):
        restore(Settings(data=empty, database_url=url), file, silent)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_backup_of_an_older_release_is_migrated(cluster: Cluster, empty: Path, tmp_path: Path, engine: str) -> None:
    (tmp_path / "old").mkdir()
    with gzip.open(KEPT) as packed, (tmp_path / "old" / "landingpad.db").open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    done = back_up(Settings(data=tmp_path / "old"), tmp_path / "backup.tar", silent)
    assert done.about.tables < HEAD
    assert done.manifest.rows["pages"] > 0
    settings = Settings(data=empty, database_url=cluster.new_database() if engine == "postgresql" else "")
    restore(settings, tmp_path / "backup.tar", silent)
    again = back_up(settings, tmp_path / "again.tar", silent)
    assert again.about.tables == HEAD
    assert {name: again.manifest.rows[name] for name in ("pages", "blocks", "sites", "users")} == {
        name: done.manifest.rows[name] for name in ("pages", "blocks", "sites", "users")
    }


def test_a_backup_of_a_newer_release_is_refused(portal: Portal, file: Path, empty: Path) -> None:
    rewritten(file, lambda member: Member(member.name, member.content.replace(HEAD.encode(), b"9999_future")))
    with pytest.raises(Refused, match="newer release"):
        restore(Settings(data=empty), file, silent)


@pytest.mark.long
async def test_memory_does_not_grow_with_the_portal(portal: Portal, tmp_path: Path, empty: Path) -> None:
    """60 MB of blocks are backed up and restored with less than 32 MB."""
    _, page_id, _ = await portal.published()
    rows = [
        {
            "portal_id": portal.id,
            "page_id": page_id,
            "code": "01.big_with_text",
            "content": f"{number:06}" * 10_000,
            "sort": number,
            "created_by": 1,
            "modified_by": 1,
            "created_at": 1,
            "modified_at": 1,
        }
        for number in range(1000)
    ]

    def fill(tx: Tx) -> None:
        for row in rows:
            tx.insert(blocks, **row)

    portal.parts.db.write_here(fill)
    rows.clear()
    tracemalloc.start()
    try:
        backup_of(portal, tmp_path / "backup.tar")
        restore(Settings(data=empty), tmp_path / "backup.tar", silent)
        assert tracemalloc.get_traced_memory()[1] < 32 * 1024 * 1024
    finally:
        tracemalloc.stop()
