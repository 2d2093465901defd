"""A data folder that was used before and whose database is gone: never a first start."""

from pathlib import Path

from landingpad.server.http_server import CannotStartError
from landingpad.server.portal_json import PORTAL_FILE
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.presence import file_has_portal, has_portal


def traces(data: Path) -> str:
    """Name what an earlier server left in a data folder beside its database; "" for nothing."""
    return " and ".join(name for name in (PORTAL_FILE, "media") if (data / name).exists())


def refuse_lost_database(settings: Settings) -> None:
    """Refuse a folder with media or portal.json whose database has no portal, before anything is written.

    Raises:
        CannotStartError: the database was lost.
        DatabaseUnusableError: it is damaged.

    """
    data = settings.data
    kept = traces(data)
    if not kept:
        return
    if settings.database_url:
        where = "the PostgreSQL database"
        with Database(database_url(data, settings.database_url)) as db:
            is_there = has_portal(db)
    else:
        where = "landingpad.db"
        is_there = file_has_portal(data / where)
    if not is_there:
        raise CannotStartError(
            f"The data folder {data} has {kept}, but {where} has no portal: the database was lost, "
            "emptied or replaced. Restore a backup (docs/operations/backup.md), or choose another folder for a new "
            "portal."
        )
