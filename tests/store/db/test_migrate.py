"""Migrations on both engines: they create the tables of store/tables, and refuse unknown revisions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import landingpad.store
from landingpad.store.db.columns import metadata
from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.migrate import HEAD, NewerDatabaseError, current_revision, migrate
from support.portal import Databases
from support.postgres import Cluster

MIGRATIONS = Path(landingpad.store.__file__ or "").parent / "migrations"
VERSION_LENGTH = 32  # of the column in which alembic stores the revision


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def differences(database: Database) -> list[object]:
    with database.engine.connect() as session:
        # SQLite returns defaults in another notation.
        opts = {"compare_type": True, "compare_server_default": database.dialect == "postgresql"}
        found: list[object] = compare_metadata(MigrationContext.configure(session, opts=opts), metadata)
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database without tables."""
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
    assert differences(empty) == []


def test_the_numbers_are_the_order_and_the_last_is_the_only_head() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    chain = [script.revision for script in scripts.walk_revisions()][::-1]
    assert chain == sorted(file.stem for file in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:5] for name in chain] == [f"{number:04}_" for number in range(1, len(chain) + 1)]
    assert max(map(len, chain)) <= VERSION_LENGTH
    assert scripts.get_heads() == [HEAD] == chain[-1:]


@pytest.mark.parametrize(
    ("former", "name"),
    [
        ("0001", "0001_first_tables"),
        ("0002", "0002_templates_apps_rights"),
        ("0008", "0003_app_pages"),
        ("0007", "0004_sessions"),
        ("0006", "0005_picture_queue"),
    ],
)
def test_a_database_with_an_old_revision_number_is_upgraded(empty: Database, former: str, name: str) -> None:
    config = alembic_config()
    with empty.engine.begin() as session:
        config.attributes["connection"] = session
        command.upgrade(config, name)
        session.execute(sa.text("UPDATE alembic_version SET version_num = :former"), {"former": former})
    assert migrate(empty) is True
    assert current_revision(empty) == HEAD
    assert differences(empty) == []
    assert migrate(empty) is False


def test_an_up_to_date_database_is_left_alone(empty: Database) -> None:
    migrate(empty)
    assert migrate(empty) is False


def test_a_database_of_a_newer_release_is_refused(empty: Database) -> None:
    migrate(empty)
    with empty.engine.begin() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError, match="newer release"):
        migrate(empty)


def test_ids_are_never_reused(databases: Databases, tmp_path: Path) -> None:
    with databases.parts(tmp_path) as parts, parts.db.engine.begin() as session:
        portals = metadata.tables["portals"]
        values = {"title": "x", "member_id": "x", "signing_key": "x", "domain": "x", "created_at": 0}
        first = session.execute(portals.insert().returning(portals.c.id), values).scalar_one()
        session.execute(portals.delete())
        second = session.execute(portals.insert().returning(portals.c.id), values).scalar_one()
    assert second > first
