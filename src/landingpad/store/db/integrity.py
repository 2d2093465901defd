"""Checks of a whole database: its pages, its references, and that every table can be read."""

import sqlalchemy as sa

from landingpad.store.db.columns import metadata
from landingpad.store.db.engine import Database, Tx
from landingpad.store.db.query import Statement

_MOST = 5  # problems that are named
_INTEGRITY = Statement(sa.text(f"PRAGMA integrity_check({_MOST})"))
_REFERENCES = Statement(sa.text("PRAGMA foreign_key_check"))


def damages(db: Database) -> list[str]:
    """Read a whole database and return what is damaged in it, at most a few lines.

    SQLite checks its pages, indexes and references. PostgreSQL checks references itself; there every row is read.
    """
    if db.dialect != "sqlite":
        for table in metadata.sorted_tables:
            count = Statement(sa.select(sa.func.count()).select_from(table))
            db.read_here(lambda tx, count=count: tx.one(count))  # type: ignore[misc]  # an unreadable page raises
        return []
    return db.read_here(_damages_of_sqlite)


def _damages_of_sqlite(tx: Tx) -> list[str]:
    found = [str(line) for (line,) in tx.all(_INTEGRITY) if line != "ok"]
    if not found:
        rows = (row for row, _ in zip(tx.each(_REFERENCES), range(_MOST), strict=False))
        found = [f"row {row} of {table} refers to a row of {parent} that is missing" for table, row, parent, _ in rows]
    return [line.replace("\n", " ") for line in found]
