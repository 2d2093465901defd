"""Whether a database has a portal, whatever its release."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from landingpad.store.db.engine import Database
from landingpad.store.db.problems import problem_of
from landingpad.store.db.query import Statement

_PORTAL = Statement(sa.select(sa.literal_column("1")).select_from(sa.table("portals")).limit(1))
_HOLDS_TABLES = {
    "sqlite": Statement(sa.text("SELECT 1 FROM sqlite_master WHERE name IN ('alembic_version', 'portals')")),
    "postgresql": Statement(
        sa.text(
            "SELECT 1 FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) "
            "AND tablename IN ('alembic_version', 'portals')"
        )
    ),
}


def holds_tables(db: Database) -> bool:
    """Say whether a database has tables of a portal, of any release."""
    return db.read_here(lambda tx: tx.one(_HOLDS_TABLES[db.dialect])) is not None


def has_portal(db: Database) -> bool:
    """Say whether a database has tables, of any release, and a portal in them."""
    return holds_tables(db) and db.read_here(lambda tx: tx.one(_PORTAL)) is not None


def file_has_portal(path: Path) -> bool:
    """Say whether an SQLite file has a portal; nothing beside it changes, so that a damaged log can be examined."""
    if not path.exists() or not path.stat().st_size:  # SQLite would delete the log beside an empty file
        return False
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'portals'").fetchone()
            return there is not None and connection.execute("SELECT 1 FROM portals LIMIT 1").fetchone() is not None
    except sqlite3.Error as error:
        if (problem := problem_of(error)) is not None:
            raise problem from error
        raise
