"""Migrations on both engines: they make the very tables of tables.py, once, and refuse what they do not know."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from landingpad.store.db.columns import metadata
from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.migrate import HEAD, NewerDatabaseError, current_revision, migrate
from support.portal import Databases
from support.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    url = ""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.new_database()
    with Database(database_url(tmp_path, url)) as database:
        yield database


def test_migrations_make_the_tables_that_the_code_uses(empty: Database) -> None:
    assert current_revision(empty) is None
    assert migrate(empty) is True
    assert current_revision(empty) == HEAD
    with empty.engine.connect() as session:
        # SQLite gives a default back in other words than those it was told.
        opts = {"compare_type": True, "compare_server_default": empty.dialect == "postgresql"}
        context = MigrationContext.configure(session, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_an_up_to_date_database_is_left_alone(empty: Database) -> None:
    migrate(empty)
    assert migrate(empty) is False


def test_a_database_of_a_newer_release_is_refused(empty: Database) -> None:
    migrate(empty)
    with empty.engine.begin() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError, match="newer release"):
        migrate(empty)


def test_ids_are_never_given_again(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path) as parts, parts.db.engine.begin() as session:
        portals = metadata.tables["portals"]
        values = {"title": "x", "member_id": "x", "signing_key": "x", "domain": "x", "created_at": 0}
        first = session.execute(portals.insert().returning(portals.c.id), values).scalar_one()
        session.execute(portals.delete())
        second = session.execute(portals.insert().returning(portals.c.id), values).scalar_one()
    assert second > first
