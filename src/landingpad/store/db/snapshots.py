"""States of a whole database that can be gone back to, while the server and its connections stay up.

Only our own tables: the job queue keeps its, and a job whose page is gone does nothing. On SQLite a snapshot is a file
beside the database, on PostgreSQL a schema in it. Going back is one transaction, of milliseconds for a demo portal. On
SQLite it writes only the tables that have changed since: to find them costs a tenth of writing them, and what is not
written need not reach the disk.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from landingpad.store.db.columns import metadata
from landingpad.store.db.engine import BUSY_TIMEOUT_MS, Database
from landingpad.store.db.migrate import HEAD

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class SnapshotError(Exception):
    """A snapshot cannot be made or used; the text says why."""


class UnknownSnapshotError(SnapshotError):
    """There is no snapshot of this name."""


class Snapshots(Protocol):
    """The snapshots of one database."""

    def create(self, name: str) -> None:
        """Keep the present state under a name; an older one of that name is replaced."""
        ...

    def restore(self, name: str) -> None:
        """Go back to a state. Raises UnknownSnapshotError if there is none of that name."""
        ...

    def names(self) -> list[str]:
        """Return the names that there are, in order."""
        ...

    def delete(self, name: str) -> None:
        """Forget a state. Raises UnknownSnapshotError if there is none of that name."""
        ...


def snapshots_of(db: Database, folder: Path) -> Snapshots:
    """Return the snapshots of a database; those of SQLite are kept in `folder`."""
    path = sa.make_url(db.url).database
    return SqliteSnapshots(Path(path or ""), folder) if db.dialect == "sqlite" else PostgresSnapshots(db)


@cache
def _tables() -> tuple[str, ...]:
    """Return our tables, each after those that it refers to."""
    return tuple(table.name for table in metadata.sorted_tables)


@cache
def _sqlite_statements() -> tuple[tuple[str, tuple[str, str]], ...]:
    """Return for each table a question whether it differs from the kept one, and how to make it the same.

    Rows are the same if they have the same number and the same values, case and all, whatever the column's collation.
    """
    found = []
    for table in metadata.sorted_tables:
        name = f'"{table.name}"'
        columns = ", ".join(("rowid", *(f'"{column.name}"' for column in table.columns)))
        differs = " OR ".join(f'ours."{c.name}" IS NOT theirs."{c.name}" COLLATE BINARY' for c in table.columns)
        question = (
            f"SELECT (SELECT count(*) FROM main.{name}) <> (SELECT count(*) FROM kept.{name}) OR EXISTS ("  # noqa: S608  # our own names, here and below
            f"SELECT 1 FROM main.{name} AS ours LEFT JOIN kept.{name} AS theirs ON theirs.rowid = ours.rowid "
            f"WHERE theirs.rowid IS NULL OR {differs})"
        )
        delete = f"DELETE FROM main.{name}"  # noqa: S608
        insert = f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM kept.{name}"  # noqa: S608
        found.append((question, (delete, insert)))
    return tuple(found)


class SqliteSnapshots:
    """Each a database file."""

    def __init__(self, database: Path, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def create(self, name: str) -> None:
        """Keep the present state under a name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._file(name)
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with closing(self._open(self._database)) as live, closing(self._open(new)) as copy:
            live.backup(copy)
            # Not beside a log of its own: it is attached for reading only.
            copy.execute("PRAGMA journal_mode=DELETE")
        new.replace(path)

    def restore(self, name: str) -> None:
        """Go back to a state.

        Raises:
            UnknownSnapshotError: there is none of that name.
            SnapshotError: it was made by another release.

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
            ours = ", ".join(f"'{table}'" for table in _tables())
            live.execute(f"DELETE FROM main.sqlite_sequence WHERE name IN ({ours})")  # noqa: S608  # names of our own tables
            live.execute(
                "INSERT INTO main.sqlite_sequence (name, seq) "  # noqa: S608
                f"SELECT name, seq FROM kept.sqlite_sequence WHERE name IN ({ours})"
            )
            live.execute("COMMIT")

    def names(self) -> list[str]:
        """Return the names that there are, in order."""
        return sorted(path.stem for path in self._folder.glob("*.db"))

    def delete(self, name: str) -> None:
        """Forget a state."""
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
    """Each a schema with copies of the tables."""

    _PREFIX = "landingpad_snapshot_"

    def __init__(self, db: Database) -> None:
        self._db = db

    def create(self, name: str) -> None:
        """Keep the present state under a name."""
        schema = self._schema(name)
        copies = "; ".join(f'CREATE TABLE {schema}."{table}" AS TABLE public."{table}"' for table in _tables())
        with self._transaction() as session:
            _run(session, f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; {copies}")
            _run(session, f"CREATE TABLE {schema}.alembic_version AS TABLE public.alembic_version")
            # Numbers that were given stay given, as in the state itself.
            _run(
                session,
                f"CREATE TABLE {schema}.numbers AS SELECT sequencename, last_value FROM pg_sequences "  # noqa: S608
                "WHERE schemaname = 'public'",
            )

    def restore(self, name: str) -> None:
        """Go back to a state.

        Raises:
            UnknownSnapshotError: there is none of that name.
            SnapshotError: it was made by another release.

        """
        schema = self._known(name)
        with self._transaction() as session:
            made_by = session.exec_driver_sql(f"SELECT version_num FROM {schema}.alembic_version").scalar_one()  # noqa: S608
            _check_release(name, made_by)
            tables = _tables()
            # One round trip. Rows are deleted, not tables truncated: for few rows that is a hundred times faster.
            deletes = [f'DELETE FROM public."{table}"' for table in reversed(tables)]  # noqa: S608
            inserts = [
                f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE SELECT * FROM {schema}."{table}"'  # noqa: S608
                for table in tables
            ]
            numbers = (
                "SELECT setval(format('public.%I', sequencename)::regclass, coalesce(last_value, 1), "  # noqa: S608
                f"last_value IS NOT NULL) FROM {schema}.numbers"
            )
            barrier = "LOCK TABLE public.portals IN EXCLUSIVE MODE"  # every write refers to a portal
            _run(session, "; ".join([barrier, *deletes, *inserts, numbers]))

    def names(self) -> list[str]:
        """Return the names that there are, in order."""
        with self._db.engine.connect() as session:
            rows = session.exec_driver_sql(
                "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (self._PREFIX,)
            )
            return sorted(str(row[0]).removeprefix(self._PREFIX) for row in rows)

    def delete(self, name: str) -> None:
        """Forget a state."""
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
        raise SnapshotError(f"{name!r} is no name for a snapshot: small letters, digits, - and _, at most 40.")
    return name


def _check_release(name: str, made_by: str) -> None:
    if made_by != HEAD:
        raise SnapshotError(f"The snapshot {name!r} was made by another release (tables {made_by}, here {HEAD}).")
