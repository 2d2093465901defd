"""Migrate a database to the tables of this release."""

from pathlib import Path

import sqlalchemy as sa

from landingpad.store.db.columns import metadata, state_tables
from landingpad.store.db.engine import Database
from landingpad.store.tables import app, jobs, preview, rights, site, web  # noqa: F401  # they fill the metadata

_FOLDER = Path(__file__).parents[1] / "migrations"

HEAD = max(file.stem for file in (_FOLDER / "versions").glob("[0-9]*.py"))
"""The newest migration. Compared first, so that an up-to-date database starts without importing alembic."""

_FORMER_NAMES = {
    "0001": "0001_first_tables",
    "0002": "0002_templates_apps_rights",
    "0008": "0003_app_pages",
    "0007": "0004_sessions",
    "0006": "0005_picture_queue",
}
"""Old revisions of migrations -> present ones. Databases made before the renaming have the old ones."""
_NO_STATE = {"alembic_version", "jobs"}


class NewerDatabaseError(Exception):
    """The database was made by a newer release than this one."""


def current_revision(db: Database) -> str | None:
    """Return the revision of a database, or None if it is empty or its file does not exist."""
    if not db.exists:
        return None
    with db.engine.connect() as session:
        if not sa.inspect(session).has_table("alembic_version"):
            return None
        return session.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def create_tables(db: Database) -> None:
    """Create all tables in an empty database at once, with the result of all migrations."""
    with db.engine.begin() as session:
        create_tables_in(session)


def create_tables_in(session: sa.Connection) -> None:
    """Create all tables in the transaction of a session, see `create_tables`."""
    metadata.create_all(session, checkfirst=False)
    session.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
    session.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{HEAD}')")  # noqa: S608  # our own constant


def migrate(db: Database) -> bool:
    """Apply missing migrations in one transaction. Return whether any was missing.

    Raises:
        NewerDatabaseError: the revision of the database is unknown to this release.

    """
    revision = current_revision(db)
    if revision == HEAD:
        return False
    if revision is not None:
        known_revision(revision)
    with db.engine.begin() as session:
        if revision in _FORMER_NAMES:
            renamed = sa.text("UPDATE alembic_version SET version_num = :name")
            session.execute(renamed, {"name": _FORMER_NAMES[revision]})
        upgrade(session)
    return True


def known_revision(revision: str) -> str:
    """Return the present name of a revision.

    Raises:
        NewerDatabaseError: the revision is unknown to this release.

    """
    present = _FORMER_NAMES.get(revision, revision)
    if not (_FOLDER / "versions" / f"{present}.py").exists():
        raise NewerDatabaseError(
            f"The database was made by a newer release (its tables are at {revision}, this release knows {HEAD}). "
            "Install that release, or start with another data folder."
        )
    return present


def upgrade(session: sa.Connection, revision: str = "head") -> None:
    """Apply missing migrations up to a revision in the transaction of a session."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = session
    command.upgrade(config, revision)


def tables_at(revision: str) -> list[sa.Table]:
    """Return the tables of a revision without the queue of jobs, each after the tables it refers to."""
    if revision == HEAD:
        return state_tables()
    engine = sa.create_engine("sqlite://")
    with engine.begin() as session:
        upgrade(session, revision)
        found = sa.MetaData()
        found.reflect(session)
    return [table for table in found.sorted_tables if table.name not in _NO_STATE]
