"""Rows of a whole database as lines that SQLite and PostgreSQL read alike: a JSON array per row."""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import msgspec
import sqlalchemy as sa

from landingpad.store.db.columns import state_tables
from landingpad.store.db.engine import Database, Tx
from landingpad.store.db.errors import UnfitRowsError
from landingpad.store.db.migrate import HEAD, create_tables_in, known_revision, tables_at, upgrade
from landingpad.store.db.query import Statement
from landingpad.store.db.snapshots import SnapshotError

_ABOUT = "landingpad.json"
_FORMAT = 1
_MANY = 500
_MEDIA_COLUMNS = ("media_key", "preview_key")
_WITHOUT_USES = ("forgotten_media",)

_REVISION = Statement(sa.select(sa.column("version_num")).select_from(sa.table("alembic_version")))
_SQLITE_NUMBERS = Statement(sa.text("SELECT name, seq FROM sqlite_sequence"))
_POSTGRES_NUMBER = Statement(
    sa.text("SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:name, 'id') AS regclass))")
)


class RowReader:
    """The rows of one state of a database, without jobs, read one by one. It needs a transaction for reading."""

    def __init__(self, tx: Tx, dialect: str) -> None:
        """Find the tables.

        Raises:
            NewerDatabaseError: the database belongs to a newer release.

        """
        self._tx = tx
        self._dialect = dialect
        self.revision = known_revision(str(tx.one(_REVISION)[0]))
        self.tables = tables_at(self.revision)

    def lines(self, table: sa.Table) -> Iterator[bytes]:
        """Return the rows of a table, after a line with the names of its columns."""
        yield msgspec.json.encode([str(column.name) for column in table.c])
        booleans = [i for i, column in enumerate(table.c) if isinstance(column.type, sa.Boolean)]
        convert = bool(booleans) and self._dialect == "sqlite"
        encode = msgspec.json.Encoder().encode
        for row in self._tx.each(Statement(sa.select(*table.c))):
            values = list(row)
            if convert:
                for i in booleans:
                    values[i] = None if values[i] is None else bool(values[i])
            yield encode(values)

    def numbers(self) -> dict[str, int]:
        """Return the last assigned id of each table that has ids."""
        names = {table.name for table in self.tables}
        if self._dialect == "sqlite":
            return {str(name): int(last) for name, last in self._tx.all(_SQLITE_NUMBERS) if name in names}
        found = {
            table.name: self._tx.one(_POSTGRES_NUMBER, name=table.name)[0] for table in self.tables if _has_id(table)
        }
        return {name: int(last) for name, last in found.items() if last}

    def media_keys(self) -> Iterator[str]:
        """Return the keys of media files that rows name, in sorted order."""
        columns = [
            table.c[name]
            for table in self.tables
            for name in _MEDIA_COLUMNS
            if name in table.c and table.name not in _WITHOUT_USES
        ]
        named = sa.union(*(sa.select(column.label("media_key")).where(column.is_not(None)) for column in columns))
        key = named.subquery().c.media_key
        order = sa.collate(key, "C") if self._dialect == "postgresql" else key
        for (found,) in self._tx.each(Statement(sa.select(key).order_by(order))):
            yield str(found)


class RowWriter:
    """Writes rows into the tables of one revision, inside the transaction of a session."""

    def __init__(self, session: sa.Connection, tables: Iterable[sa.Table]) -> None:
        self._session = session
        self._tables = {table.name: table for table in tables}

    def add(self, name: str, lines: Iterable[bytes]) -> int:
        """Insert rows into a table and return their number. The first line has the names of the columns.

        Raises:
            KeyError: the revision has no such table.
            UnfitRowsError: there is no such table, or it refuses a row.

        """
        try:
            return self._add(self._tables[name], iter(lines))
        except (KeyError, ValueError, sa.exc.SQLAlchemyError, msgspec.MsgspecError) as error:
            cause = getattr(error, "orig", None) or error
            raise UnfitRowsError(f"its rows do not fit into the table {name!r}: {cause}") from error

    def _add(self, table: sa.Table, rows: Iterator[bytes]) -> int:
        names: list[str] = msgspec.json.decode(next(rows, b""), type=list[str])
        count = 0
        decode = msgspec.json.Decoder(list[Any]).decode
        while some := list(islice(rows, _MANY)):
            values = [dict(zip(names, decode(line), strict=True)) for line in some]
            self._session.execute(table.insert(), values)
            count += len(some)
        return count

    def set_numbers(self, numbers: dict[str, int]) -> None:
        """Set the last assigned id of each table, so that the id of a deleted row is not used again."""
        for table in filter(_has_id, self._tables.values()):
            last = numbers.get(table.name, 0)
            if self._session.dialect.name == "sqlite":
                run = self._session.exec_driver_sql
                run("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
                if last:
                    run("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, last))
            else:
                self._session.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), %s, %s)",  # a name of our tables
                    (max(last, 1), bool(last)),
                )


@contextmanager
def filled(db: Database, revision: str) -> Iterator[RowWriter]:
    """Create the tables of a revision, take their rows, then migrate to this release: all in one transaction."""
    with db.engine.begin() as session:
        if revision == HEAD:
            create_tables_in(session)
        else:
            upgrade(session, revision)
        yield RowWriter(session, tables_at(revision))
        if revision != HEAD:
            upgrade(session)


class _About(msgspec.Struct):
    """Metadata of an exported state."""

    format: int
    tables: str
    numbers: dict[str, int]
    """Table -> last assigned id."""


def write_state(db: Database, archive: zipfile.ZipFile) -> None:
    """Write every row but jobs into an archive: one file per table, one JSON array per row."""

    def work(tx: Tx) -> None:
        reader = RowReader(tx, db.dialect)
        archive.writestr(_ABOUT, msgspec.json.encode(_About(_FORMAT, HEAD, reader.numbers())))
        for table in reader.tables:
            with archive.open(f"tables/{table.name}.jsonl", "w") as file:
                file.writelines(line + b"\n" for line in reader.lines(table))

    db.read_here(work)


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
        writer = RowWriter(session, state_tables())
        for table in state_tables():
            with archive.open(f"tables/{table.name}.jsonl") as file:
                writer.add(table.name, (line for line in file if line.strip()))
        writer.set_numbers(about.numbers)


def _has_id(table: sa.Table) -> bool:
    return "id" in table.c
