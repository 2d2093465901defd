"""A whole database as one archive, readable on SQLite and PostgreSQL by the release that wrote it."""

import zipfile
from collections.abc import Iterator
from typing import IO, Any

import msgspec
import sqlalchemy as sa

from landingpad.store.db.columns import state_tables
from landingpad.store.db.engine import Database
from landingpad.store.db.migrate import HEAD
from landingpad.store.db.snapshots import SnapshotError

_ABOUT = "landingpad.json"
_FORMAT = 1
_MANY = 500


class _About(msgspec.Struct):
    """Metadata of an archive."""

    format: int
    tables: str
    numbers: dict[str, int]
    """Table -> last assigned id."""


def write_state(db: Database, archive: zipfile.ZipFile) -> None:
    """Write every row but jobs into an archive: one file per table, one JSON array per row."""
    with db.engine.connect().execution_options(isolation_level=_snapshot_isolation(db)) as session:
        about = _About(_FORMAT, HEAD, _numbers(db, session))
        archive.writestr(_ABOUT, msgspec.json.encode(about))
        for table in state_tables():
            rows = session.execute(sa.select(table))
            lines = [msgspec.json.encode([str(column.name) for column in table.c])]
            lines += [msgspec.json.encode(list(row)) for row in rows]
            archive.writestr(f"tables/{table.name}.jsonl", b"\n".join(lines))


def read_state(db: Database, archive: zipfile.ZipFile) -> None:
    """Replace all rows by those of an archive; jobs end with the portals that caused them.

    Raises:
        SnapshotError: the file is not an archive, or is of another release.

    """
    try:
        about = msgspec.json.decode(archive.read(_ABOUT), type=_About)
    except (KeyError, msgspec.MsgspecError) as error:
        raise SnapshotError("The file is not a state of Landingpad.") from error
    if (about.format, about.tables) != (_FORMAT, HEAD):
        raise SnapshotError(f"The state was written by another release (tables {about.tables}, here {HEAD}).")
    with db.engine.begin() as session:
        for table in reversed(state_tables()):
            session.execute(table.delete())
        for table in state_tables():
            for rows in _chunks(archive, table.name):
                session.execute(table.insert(), rows)
        _set_numbers(db, session, about.numbers)


def _snapshot_isolation(db: Database) -> Any:
    return "REPEATABLE READ" if db.dialect == "postgresql" else "SERIALIZABLE"


def _chunks(archive: zipfile.ZipFile, table: str) -> Iterator[list[dict[str, Any]]]:
    with archive.open(f"tables/{table}.jsonl") as file:
        names: list[str] = msgspec.json.decode(file.readline())
        chunk: list[dict[str, Any]] = []
        for line in _lines(file):
            chunk.append(dict(zip(names, msgspec.json.decode(line), strict=True)))
            if len(chunk) == _MANY:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    return (line for line in file if line.strip())


def _numbers(db: Database, session: sa.Connection) -> dict[str, int]:
    if db.dialect == "sqlite":
        rows = session.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").fetchall()
        ours = {table.name for table in state_tables()}
        return {str(name): int(last) for name, last in rows if name in ours}
    found = {}
    for table in state_tables():
        if "id" in table.c:
            sequence = session.exec_driver_sql(f"SELECT pg_get_serial_sequence('{table.name}', 'id')").scalar()
            last = session.exec_driver_sql("SELECT pg_sequence_last_value(%s::regclass)", (sequence,)).scalar()
            if sequence and last:
                found[table.name] = int(last)
    return found


def _set_numbers(db: Database, session: sa.Connection, numbers: dict[str, int]) -> None:
    for table in state_tables():
        if "id" not in table.c:
            continue
        last = numbers.get(table.name, 0)
        if db.dialect == "sqlite":
            session.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            if last:
                session.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, last))
        else:
            session.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), %s, %s)",  # a name of our tables
                (max(last, 1), bool(last)),
            )
