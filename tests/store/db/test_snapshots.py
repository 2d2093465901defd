"""Restore of snapshots: on SQLite only changed tables are written, so every change must be detected."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from landingpad.store.db.columns import state_tables
from landingpad.store.db.engine import Database, sqlite_url
from landingpad.store.db.migrate import create_tables
from landingpad.store.db.snapshots import Snapshots, snapshots_of

pytestmark = pytest.mark.both_engines

ROWS = 3
ROWID: sa.ColumnElement[int] = sa.literal_column("rowid")


class Kept(NamedTuple):
    """A database with some rows in every table, and a snapshot of it."""

    live: sa.Connection
    snapshots: Snapshots
    log: Path
    """The write-ahead log of SQLite."""

    def rows(self, table: sa.Table) -> list[Any]:
        return list(self.live.execute(sa.select(table).order_by(ROWID)))

    def everything(self) -> list[Any]:
        numbers = self.live.execute(sa.text("SELECT name, seq FROM sqlite_sequence ORDER BY name"))
        return [*map(self.rows, state_tables()), list(numbers)]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("snapshots")
    engine = sa.create_engine(sqlite_url(folder), isolation_level="AUTOCOMMIT")
    with Database(sqlite_url(folder)) as db:
        create_tables(db)
        with engine.connect() as live:
            live.execute(sa.text("PRAGMA synchronous=OFF"))
            for table in state_tables():
                for number in range(1, ROWS + 1):
                    live.execute(_row(table, number))
            snapshots = snapshots_of(db, folder / "snapshots")
            snapshots.create("kept")
            yield Kept(live, snapshots, folder / "landingpad.db-wal")
    engine.dispose()


def _row(table: sa.Table, number: int) -> sa.Insert:
    return table.insert().values({column.name: _value(column, number) for column in table.columns})


def _value(column: sa.Column[Any], number: int) -> Any:
    if isinstance(column.type, sa.Boolean):
        return number == 1
    return number if isinstance(column.type, sa.Integer | sa.Float) else f"Text {number}"


def _changes(table: sa.Table) -> Iterator[sa.Delete | sa.Update]:
    """Yield changes of a table: rows deleted, or one column changed, also only in upper or lower case."""
    last = sa.select(sa.func.max(ROWID)).select_from(table).scalar_subquery() == ROWID
    yield table.delete()
    yield table.delete().where(last)
    for column in table.columns:
        other = _value(column, 9)
        new: list[Any] = (
            ["Other", sa.func.lower(column)] if isinstance(other, str) else [True if other is False else other]
        )
        new += [None] if column.nullable else []
        for value in new:
            yield table.update().where(last).values({column.name: value})


@pytest.mark.parametrize("table", state_tables(), ids=str)
def test_every_change_of_a_table_is_undone(kept: Kept, table: sa.Table) -> None:
    everything, before = kept.everything(), kept.rows(table)
    another = _row(table, ROWS + 1)
    one_gone = table.delete().where(ROWID == 1)
    for statements in (*((change,) for change in _changes(table)), (another,), (one_gone, another)):
        for statement in statements:
            assert kept.live.execute(statement).rowcount > 0, statement
        assert kept.rows(table) != before, statements[0]
        kept.snapshots.restore("kept")
        assert kept.rows(table) == before, statements[0]
    assert kept.everything() == everything


def test_tables_that_have_not_changed_are_not_written(kept: Kept) -> None:
    """The write-ahead log contains a few pages, not the database."""
    kept.live.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
    kept.snapshots.restore("kept")
    assert 0 < kept.log.stat().st_size <= 4 * 4096
