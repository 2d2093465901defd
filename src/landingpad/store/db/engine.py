"""Connections and transactions of one database: SQLite (one writer, many readers) or PostgreSQL.

A write is a function that gets a `Tx` and runs in one transaction, together with the jobs that it enqueues. Writers of
SQLite take turns (BEGIN IMMEDIATE); on PostgreSQL the writers of one portal take turns by an advisory lock. So rules
such as "this code is free" hold on both.
"""

import asyncio
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, overload

import msgspec
import sqlalchemy as sa
from sqlalchemy import Table

from landingpad.store.db.errors import MissingDriverError
from landingpad.store.db.problems import problem_of, too_slow
from landingpad.store.db.query import WRITES, Query, Statement

T = TypeVar("T")
R = TypeVar("R")

_ROWS_AT_A_TIME = 100  # rows of pages are large
_LONG_READERS = 2
_STEPS_BETWEEN_LOOKS = 100_000  # of SQLite's virtual machine: about a millisecond
BUSY_TIMEOUT_MS = 30_000  # another process may hold the write lock: a long import, a backup


class DriverConnection(Protocol):
    """The common part of sqlite3 and psycopg connections that we use."""

    def execute(self, query: Any, params: Any = ..., /) -> Any:
        """Run one statement and return its cursor."""
        ...

    def cursor(self) -> Any:
        """Return a cursor, which can run a statement for many rows."""
        ...


class Tx:
    """A write transaction or a reader, the only access to rows."""

    def __init__(
        self,
        connection: DriverConnection,
        dialect: str,
        session: sa.Connection | None = None,
        *,
        until: float = math.inf,
    ) -> None:
        """Use a connection; `until` is the monotonic time at which `each` ends with an error."""
        self._connection = connection
        self._dialect = dialect
        self._numbers = dialect == "sqlite"
        self._session = session
        self._until = until
        self.after_commit: list[Callable[[], None]] = []
        """Callbacks after the commit. They run in the writing thread, so they must be quick."""

    @overload
    def all(self, query: Query[T], /, **params: Any) -> list[T]: ...
    @overload
    def all(self, query: Statement, /, **params: Any) -> list[Any]: ...
    def all(self, query: Statement, /, **params: Any) -> list[Any]:
        """Run a query and return every row."""
        sql, known = query.compiled(self._dialect)
        rows = self._connection.execute(sql, {**known, **params} if known else params).fetchall()
        if isinstance(query, Query):
            return [query.make(row, booleans_are_numbers=self._numbers) for row in rows]
        return list(rows)

    @overload
    def one(self, query: Query[T], /, **params: Any) -> T | None: ...
    @overload
    def one(self, query: Statement, /, **params: Any) -> Any: ...
    def one(self, query: Statement, /, **params: Any) -> Any:
        """Run a query and return its first row, or None."""
        sql, known = query.compiled(self._dialect)
        row = self._connection.execute(sql, {**known, **params} if known else params).fetchone()
        if row is None or not isinstance(query, Query):
            return row
        return query.make(row, booleans_are_numbers=self._numbers)

    @overload
    def each(self, query: Query[T], /, **params: Any) -> Iterator[T]: ...
    @overload
    def each(self, query: Statement, /, **params: Any) -> Iterator[Any]: ...
    def each(self, query: Statement, /, **params: Any) -> Iterator[Any]:
        """Run a query and return its rows one by one; memory does not grow with their number."""
        if not isinstance(query, Query):
            yield from self._each(query, params)
            return
        for row in self._each(query, params):
            yield query.make(row, booleans_are_numbers=self._numbers)

    def _each(self, query: Statement, params: Mapping[str, Any]) -> Iterator[Any]:
        sql, known = query.compiled(self._dialect)
        if self._numbers:
            yield from self._connection.execute(sql, {**known, **params})
            return
        postgres: Any = self._connection  # a cursor with a name stays in the server, which sends rows as they are read
        with postgres.cursor(f"rows_{id(query)}") as cursor:
            cursor.itersize = _ROWS_AT_A_TIME
            cursor.execute(sql, {**known, **params})
            for row in cursor:  # the limit of the server is one of each portion
                if time.monotonic() > self._until:
                    raise too_slow()
                yield row

    def run(self, statement: Statement, /, **params: Any) -> int:
        """Run a statement and return the number of affected rows."""
        sql, known = statement.compiled(self._dialect)
        return int(self._connection.execute(sql, {**known, **params}).rowcount)

    def insert(self, table: Table, **values: Any) -> int:
        """Insert one row and return its id, or 0 if the table has no id."""
        statement = WRITES.insert(table, tuple(values))
        sql, _ = statement.compiled(self._dialect)
        cursor = self._connection.execute(sql, values)
        return int(cursor.fetchone()[0]) if "id" in table.c else 0

    def insert_record(self, table: Table, record: msgspec.Struct, **more: Any) -> int:
        """Insert a record without its id, plus further columns; return the new id."""
        values = {**msgspec.structs.asdict(record), **more}
        del values["id"]
        return self.insert(table, **values)

    def insert_many(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert rows with equal columns in bulk and return their ids in this order.

        Return an empty list if the table has no id. SQLAlchemy matches rows and ids on each engine.
        """
        if not rows:
            return []
        assert self._session is not None  # noqa: S101  # a reader writes nothing
        if "id" not in table.c:
            self._session.execute(sa.insert(table), rows)
            return []
        statement = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
        return [int(row_id) for row_id in self._session.scalars(statement, rows)]

    def update_many(self, table: Table, portal_id: int, changes: Mapping[int, Mapping[str, Any]]) -> None:
        """Change rows of a portal with one call of the driver. `changes`: id -> values, of equal columns."""
        if not changes:
            return
        statement = WRITES.update(table, tuple(next(iter(changes.values()))))
        sql, _ = statement.compiled(self._dialect)
        rows = [{**values, "row_id": row_id, "row_portal": portal_id} for row_id, values in changes.items()]
        self._connection.cursor().executemany(sql, rows)

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement for many rows of parameters, with one call of the driver."""
        if rows:
            sql, known = statement.compiled(self._dialect)
            self._connection.cursor().executemany(sql, [{**known, **row} for row in rows])

    def update(self, table: Table, portal_id: int, row_id: int, **values: Any) -> int:
        """Change columns of one row of a portal; return the number of affected rows, 0 or 1."""
        if not values:
            return 0
        statement = WRITES.update(table, tuple(values))
        sql, _ = statement.compiled(self._dialect)
        return int(self._connection.execute(sql, {**values, "row_id": row_id, "row_portal": portal_id}).rowcount)


class Database:
    """One open database. Close it when done."""

    def __init__(self, url: str, *, readers: int = 4, timeout: float | None = None) -> None:
        """Open nothing yet.

        Args:
            url: the address of the database.
            readers: threads that read.
            timeout: seconds that a statement of a reader may take; None: no limit, for commands of an operator.

        """
        self.url = url
        self._timeout = timeout
        self.dialect = sa.make_url(url).get_backend_name()
        self._path = sa.make_url(url).database if self.dialect == "sqlite" else None
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._engine: sa.Engine | None = None
        self._engine_lock = threading.Lock()
        writers = 1 if self._path else readers
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="db-write")
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="db-read")
        self._long_readers = ThreadPoolExecutor(_LONG_READERS, thread_name_prefix="db-read-long")
        self._begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        if timeout is not None:
            self._begin_read += f"; SET LOCAL statement_timeout = {max(1, round(timeout * 1000))}"

    @property
    def exists(self) -> bool:
        """Whether the database file exists. Check before opening, since SQLite creates a missing file."""
        return self._path is None or Path(self._path).exists()

    # -- reading

    @property
    def reads_are_local(self) -> bool:
        """Whether an indexed read takes only microseconds, so that it may run on the event loop."""
        return self._path is not None

    def read_here(self, work: Callable[[Tx], R]) -> R:
        """Run reads in this thread, on one snapshot of the database."""
        try:
            if self._path:
                connection = self._sqlite_reader()
                connection.execute("BEGIN")
                try:
                    return work(Tx(connection, "sqlite"))
                finally:
                    if connection.in_transaction:  # a failed disk ends it
                        connection.execute("COMMIT")
            # With READ COMMITTED, each statement sees another state: a page may refer to a version that is gone.
            # AUTOCOMMIT keeps the driver from beginning one itself: one message begins the transaction and sets it up.
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
                driver: Any = _driver(session)
                driver.execute(self._begin_read, prepare=False)
                try:
                    return work(Tx(driver, self.dialect, until=time.monotonic() + (self._timeout or math.inf)))
                finally:
                    driver.rollback()
        except Exception as error:
            if (problem := problem_of(error)) is not None:
                raise problem from error
            raise

    def read_row(self, work: Callable[[Tx], R]) -> R:
        """Run a single SELECT in this thread, without the transaction of `read_here`."""
        if not self._path:
            return self.read_here(work)
        try:
            return work(Tx(self._sqlite_reader(), "sqlite"))
        except Exception as error:
            if (problem := problem_of(error)) is not None:
                raise problem from error
            raise

    async def read(self, work: Callable[[Tx], R]) -> R:
        """Run reads in a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_here, work)

    async def read_long(self, work: Callable[[Tx], R]) -> R:
        """Run reads that may take long in a thread of their own, so that other readers do not wait for them."""
        return await asyncio.get_running_loop().run_in_executor(self._long_readers, self.read_here, work)

    # -- writing

    def write_here(self, work: Callable[[Tx], R], *, portal_id: int | None = None) -> R:
        """Run a write in this thread. An exception rolls everything back."""
        try:
            with self.engine.begin() as session:
                tx = Tx(_driver(session), self.dialect, session)
                if not self._path and portal_id is not None:
                    session.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (portal_id,))
                result = work(tx)
        except Exception as error:
            if (problem := problem_of(error)) is not None:
                raise problem from error
            raise
        for callback in tx.after_commit:
            callback()
        return result

    async def write(self, work: Callable[[Tx], R], *, portal_id: int | None = None) -> R:
        """Run a write in a writer thread and return after the commit."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writers, lambda: self.write_here(work, portal_id=portal_id))

    def in_writer(self, work: Callable[[], R]) -> Future[R]:
        """Queue `work` on a writer thread; return its future."""
        return self._writers.submit(work)

    # -- connections

    @property
    def engine(self) -> sa.Engine:
        """The SQLAlchemy engine, created at first use."""
        if self._engine is None:
            with self._engine_lock:
                if self._engine is None:
                    engine = _sqlite_engine(self.url) if self._path else _postgres_engine(self.url)
                    sa.event.listen(engine, "handle_error", _translate)
                    self._engine = engine
        return self._engine

    def _sqlite_reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            uri = f"file:{self._path}?mode=rw"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            connection.execute("PRAGMA query_only=1")
            connection.execute("PRAGMA mmap_size=268435456")
            _lower_in_every_script(connection)
            if self._timeout is not None:
                connection.set_progress_handler(self._is_late, _STEPS_BETWEEN_LOOKS)
            self._local.connection = connection
            self._opened.append(connection)
        if self._timeout is not None:
            self._local.until = time.monotonic() + self._timeout
        return connection

    def _is_late(self) -> bool:
        """Return whether a read of this thread takes too long; SQLite then interrupts its statement."""
        return bool(time.monotonic() > self._local.until)

    @property
    def log_state(self) -> tuple[int, int]:
        """Size and time of change of SQLite's write-ahead log; zeros if there is none."""
        try:
            found = os.stat(f"{self._path}-wal")  # noqa: PTH116  # the name is a suffix, not a path
        except OSError:
            return 0, 0
        return found.st_size, found.st_mtime_ns

    def checkpoint(self) -> None:
        """Copy SQLite's write-ahead log into the database file, so that the file alone is complete; nobody waits."""
        if self._path:
            with closing(sqlite3.connect(f"file:{self._path}?mode=rw", uri=True, isolation_level=None)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Finish running work and close every connection."""
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._long_readers.shutdown(wait=True)
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._local = threading.local()
        if self._engine is not None:
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _driver(session: sa.Connection) -> DriverConnection:
    connection = session.connection.driver_connection
    assert connection is not None  # noqa: S101  # a checked-out connection has a driver connection
    return connection  # type: ignore[no-any-return]


def sqlite_url(folder: Path) -> str:
    """Return the address of the SQLite database in a data folder."""
    return f"sqlite:///{folder / 'landingpad.db'}"


def database_url(folder: Path, given: str) -> str:
    """Return the given address with our driver, or that of SQLite in the data folder.

    Raises:
        MissingDriverError: the PostgreSQL driver cannot be imported.

    """
    if not given:
        return sqlite_url(folder)
    url = sa.make_url(given)
    if url.get_backend_name() in {"postgresql", "postgres"}:
        try:
            import psycopg  # noqa: F401, PLC0415  # an extra; SQLAlchemy imports it at the first connection
        except ImportError as error:
            raise MissingDriverError(
                f"The driver of PostgreSQL cannot be imported ({error}). "
                "Install it: pip install 'landingpad[postgresql]'"
            ) from error
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _sqlite_engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"check_same_thread": False}, pool_size=4)

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin ourselves: sqlite3 begins too late, and not IMMEDIATE
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        # A killed process loses nothing in WAL mode with NORMAL; only a power cut can lose the last transactions.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        _lower_in_every_script(connection)

    @sa.event.listens_for(engine, "begin")
    def _on_begin(session: sa.Connection) -> None:
        session.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _lower_in_every_script(connection: sqlite3.Connection) -> None:
    """Replace `lower`, which in SQLite handles only A to Z, so that searches ignore case in every script."""
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: str | bytes | float | None) -> str | bytes | float | None:
    return value.lower() if isinstance(value, str) else value


def _translate(context: sa.ExceptionContext) -> None:
    """Turn errors of the driver into DatabaseUnusableError if the database is the cause."""
    # The pool itself replaces a connection whose ping fails.
    problem = None if context.is_pre_ping else problem_of(context.original_exception)
    if problem is not None:
        raise problem from context.original_exception


def _postgres_engine(url: str) -> sa.Engine:
    return sa.create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)
