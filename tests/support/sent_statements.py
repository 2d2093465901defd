"""The statements that transactions send to the database."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Table

from landingpad.store.db.engine import Tx

_IN_THE_BACKGROUND = "UPDATE webhooks SET used_at"
"""Written some time after a call, so that no call waits for it."""
_NOW_AND_THEN = "FROM portals ORDER BY portals.id"
"""Read every few seconds by whichever request comes then."""


class _Cursor:
    """A cursor that records a statement for many rows once, as it is sent once."""

    def __init__(self, cursor: Any, seen: list[str]) -> None:
        self._cursor, self._seen = cursor, seen

    def executemany(self, sql: str, rows: Sequence[Any]) -> Any:
        self._seen.append(sql)
        return self._cursor.executemany(sql, rows)


class _Connection:
    """A connection that records its statements."""

    def __init__(self, connection: Any, seen: list[str]) -> None:
        self._connection, self._seen = connection, seen

    def execute(self, sql: str, *values: Any) -> Any:
        if not sql.startswith(_IN_THE_BACKGROUND) and _NOW_AND_THEN not in " ".join(sql.split()):
            self._seen.append(sql)
        return self._connection.execute(sql, *values)

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection.cursor(), self._seen)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each statement is added from now on, apart from those that no single request causes."""
    seen: list[str] = []
    begin, insert_many = Tx.__init__, Tx.insert_many

    def begun(self: Tx, connection: Any, dialect: str, session: Any = None, **more: Any) -> None:
        begin(self, _Connection(connection, seen), dialect, session, **more)

    def inserted(self: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        if rows:
            seen.append(f"INSERT INTO {table.name}")  # SQLAlchemy sends it past the connection above
        return insert_many(self, table, rows)

    monkeypatch.setattr(Tx, "__init__", begun)
    monkeypatch.setattr(Tx, "insert_many", inserted)
    return seen
