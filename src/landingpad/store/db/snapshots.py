"""Snapshots of a database, restored while the server and its connections stay up.

Snapshots do not contain the job queue: a restore removes the jobs of portals and keeps the schedules. On SQLite a
snapshot is a file beside the database, on PostgreSQL a schema in it. A restore is one transaction, of milliseconds for
a demo portal. On SQLite it writes only tables that have changed, since finding them costs a tenth of writing them.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from landingpad.store.db.columns import state_tables
from landingpad.store.db.engine import BUSY_TIMEOUT_MS, Database
from landingpad.store.db.migrate import HEAD

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class SnapshotError(Exception):
    """A snapshot cannot be created or restored; the text says why."""


class UnknownSnapshotError(SnapshotError):
    """The snapshot is unknown."""


class Snapshots(Protocol):
    """The snapshots of one database."""

    def create(self, name: str) -> None:
        """Save the present state under a name, replacing an older snapshot of this name."""
        ...

    def restore(self, name: str) -> None:
        """Restore a snapshot.

        Raises:
            UnknownSnapshotError: the name is unknown.
            SnapshotError: another release made the snapshot.

        """
        ...

    def names(self) -> list[str]:
        """Return the sorted names of all snapshots."""
        ...

    def delete(self, name: str) -> None:
        """Delete a snapshot.

        Raises:
            UnknownSnapshotError: the name is unknown.

        """
        ...


def snapshots_of(db: Database, folder: Path) -> Snapshots:
    """Return the snapshots of a database. Those of SQLite are files in `folder`."""
    path = sa.make_url(db.url).database
    return SqliteSnapshots(Path(path or ""), folder) if db.dialect == "sqlite" else PostgresSnapshots(db)


@cache
def _tables() -> tuple[str, ...]:
    """Return the names of our tables, each after the tables it refers to."""
    return tuple(table.name for table in state_tables())


@cache
def _sqlite_statements() -> tuple[tuple[str, tuple[str, str]], ...]:
    """Return for each table a query whether it differs from the snapshot, and the statements that restore it.

    Rows are compared by rowid and by value, with case, regardless of the collation of a column.
    """
    found = []
    for table in state_tables():
        name = f'"{table.name}"'
        columns = ", ".join(("rowid", *(f'"{column.name}"' for column in table.columns)))
        differs = " OR ".join(f'ours."{c.name}" IS NOT theirs."{c.name}" COLLATE BINARY' for c in table.columns)
        question = (
            f"SELECT (SELECT count(*) FROM main.{name}) <> (SELECT count(*) FROM kept.{name}) OR EXISTS ("  # noqa: S608  # interpolates names of our tables
            f"SELECT 1 FROM main.{name} AS ours LEFT JOIN kept.{name} AS theirs ON theirs.rowid = ours.rowid "
            f"WHERE theirs.rowid IS NULL OR {differs})"
        )
        delete = f"DELETE FROM main.{name}"  # noqa: S608  # interpolates a name of our tables
        insert = f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM kept.{name}"  # noqa: S608  # interpolates names of our tables
        found.append((question, (delete, insert)))
    return tuple(found)


class SqliteSnapshots:
    """Snapshots of SQLite: database files in a folder."""

    def __init__(self, database: Path, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def create(self, name: str) -> None:
        """Save the present state under a name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._file(name)
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with closing(self._open(self._database)) as live, closing(self._open(new)) as copy:
            live.backup(copy)
            # Without a write-ahead log, since it is attached read-only.
            copy.execute("PRAGMA journal_mode=DELETE")
        new.replace(path)

    def restore(self, name: str) -> None:
        """Restore a snapshot.

        Raises:
            UnknownSnapshotError: the name is unknown.
            SnapshotError: another release made the snapshot.

        """
        path = self._known(name)
        with closing(self._open(self._database)) as live:
            live.execute("ATTACH ? AS kept", (f"file:{path}?mode=ro",))
            (made_by,) = live.execute("SELECT version_num FROM kept.alembic_version").fetchone()
            _check_release(name, made_by)
            live.execute("PRAGMA foreign_keys=OFF")
            live.execute("BEGIN IMMEDIATE")
            for question, statements in _sqlite_statements():
                (differs,) = live.execute(question).fetchone()
                if differs:
                    for statement in statements:
                        live.execute(statement)
            live.execute("DELETE FROM main.jobs WHERE portal_id IS NOT NULL")
            ours = ", ".join(f"'{table}'" for table in _tables())
            live.execute(f"DELETE FROM main.sqlite_sequence WHERE name IN ({ours})")  # noqa: S608  # interpolates names of our tables
            live.execute(
                "INSERT INTO main.sqlite_sequence (name, seq) "  # noqa: S608  # interpolates names of our tables
                f"SELECT name, seq FROM kept.sqlite_sequence WHERE name IN ({ours})"
            )
            live.execute("COMMIT")

    def names(self) -> list[str]:
        """Return the sorted names of all snapshots."""
        return sorted(path.stem for path in self._folder.glob("*.db"))

    def delete(self, name: str) -> None:
        """Delete a snapshot."""
        self._known(name).unlink()

    def _file(self, name: str) -> Path:
        return self._folder / f"{_checked(name)}.db"

    def _known(self, name: str) -> Path:
        path = self._file(name)
        if not path.is_file():
            raise UnknownSnapshotError(
                f"There is no snapshot {name!r}. There are: {', '.join(self.names()) or 'none'}."
            )
        return path

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{path}", uri=True, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


class PostgresSnapshots:
    """Snapshots of PostgreSQL: schemas with copies of the tables."""

    _PREFIX = "landingpad_snapshot_"

    def __init__(self, db: Database) -> None:
        self._db = db

    def create(self, name: str) -> None:
        """Save the present state under a name."""
        schema = self._schema(name)
        copies = "; ".join(f'CREATE TABLE {schema}."{table}" AS TABLE public."{table}"' for table in _tables())
        with self._transaction() as session:
            _run(session, f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; {copies}")
            _run(session, f"CREATE TABLE {schema}.alembic_version AS TABLE public.alembic_version")
            # Sequences are restored too, so that ids continue as in the saved state.
            _run(
                session,
                f"CREATE TABLE {schema}.numbers AS SELECT sequencename, last_value FROM pg_sequences "  # noqa: S608  # interpolates a checked name
                "WHERE schemaname = 'public' AND sequencename != 'jobs_id_seq'",
            )

    def restore(self, name: str) -> None:
        """Restore a snapshot.

        Raises:
            UnknownSnapshotError: the name is unknown.
            SnapshotError: another release made the snapshot.

        """
        schema = self._known(name)
        with self._transaction() as session:
            made_by = session.exec_driver_sql(f"SELECT version_num FROM {schema}.alembic_version").scalar_one()  # noqa: S608  # a checked name
            _check_release(name, made_by)
            tables = _tables()
            # One round trip. DELETE is a hundred times faster than TRUNCATE for few rows; it cascades to jobs.
            deletes = [f'DELETE FROM public."{table}"' for table in reversed(tables)]  # noqa: S608  # names of our tables
            inserts = [
                f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE SELECT * FROM {schema}."{table}"'  # noqa: S608  # a checked name and names of our tables
                for table in tables
            ]
            numbers = (
                "SELECT setval(format('public.%I', sequencename)::regclass, coalesce(last_value, 1), "  # noqa: S608  # interpolates a checked name
                f"last_value IS NOT NULL) FROM {schema}.numbers"
            )
            barrier = "LOCK TABLE public.portals IN EXCLUSIVE MODE"  # every write refers to a portal
            _run(session, "; ".join([barrier, *deletes, *inserts, numbers]))

    def names(self) -> list[str]:
        """Return the sorted names of all snapshots."""
        with self._db.engine.connect() as session:
            rows = session.exec_driver_sql(
                "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (self._PREFIX,)
            )
            return sorted(str(row[0]).removeprefix(self._PREFIX) for row in rows)

    def delete(self, name: str) -> None:
        """Delete a snapshot."""
        schema = self._known(name)
        with self._transaction() as session:
            _run(session, f"DROP SCHEMA {schema} CASCADE")

    def _schema(self, name: str) -> str:
        return f'"{self._PREFIX}{_checked(name)}"'

    def _known(self, name: str) -> str:
        schema, names = self._schema(name), self.names()
        if name not in names:
            raise UnknownSnapshotError(f"There is no snapshot {name!r}. There are: {', '.join(names) or 'none'}.")
        return schema

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        with self._db.engine.begin() as session:
            yield session


def _run(session: sa.Connection, statements: str) -> Any:
    """Run statements without parameters in one round trip."""
    connection = session.connection.driver_connection
    assert connection is not None  # noqa: S101  # a checked-out connection has a driver connection
    return connection.execute(statements)


def _checked(name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise SnapshotError(f"{name!r} is not a valid snapshot name: use up to 40 small letters, digits, - and _.")
    return name


def _check_release(name: str, made_by: str) -> None:
    if made_by != HEAD:
        raise SnapshotError(f"The snapshot {name!r} was made by another release (tables {made_by}, here {HEAD}).")
