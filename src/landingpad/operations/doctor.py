"""Checks of everything that a server needs."""

from typing import NamedTuple

from landingpad.errors import OperatorError
from landingpad.media.store import MediaStore
from landingpad.render.browser import find_chromium
from landingpad.render.picture import ChromiumMissing
from landingpad.server.lost_database import traces
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.errors import StorageError
from landingpad.store.db.integrity import damages
from landingpad.store.db.migrate import HEAD, NewerDatabaseError, current_revision
from landingpad.store.db.portable import RowReader
from landingpad.store.preview import overview

_MOST = 3  # missing files that are named
_MOST_PICTURES = 10
_RESTORE = "Copy the data folder as it is, then restore a backup into a new one (docs/operations/backup.md)."


class Finding(NamedTuple):
    """Result of one check."""

    subject: str
    is_good: bool
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Run all checks. The whole database is read."""
    return [_data_folder(settings), *_database(settings), _chromium(settings)]


def _data_folder(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe = settings.data / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        text = f"{settings.data} cannot be written: {error.strerror}. Choose another one with --data."
        return Finding("data folder", is_good=False, text=text)
    return Finding("data folder", is_good=True, text=str(settings.data.resolve()))


def _database(settings: Settings) -> list[Finding]:
    kind = "PostgreSQL" if settings.database_url else "SQLite"
    try:
        with Database(database_url(settings.data, settings.database_url)) as db:
            revision = current_revision(db)
            if revision is None:
                return [_empty(settings, kind)]
            found = damages(db)
            if found:
                text = f"{kind}, damaged: {'; '.join(found)}. {_RESTORE}"
                return [Finding("database", is_good=False, text=text)]
            media = _media(db, settings)
            pictures = _pictures(db) if revision == HEAD else []
    except (OperatorError, StorageError, NewerDatabaseError) as error:
        return [Finding("database", is_good=False, text=str(error))]
    state = "up to date" if revision == HEAD else f"at {revision}; the next start upgrades it to {HEAD}"
    return [Finding("database", is_good=True, text=f"{kind}, {state}, not damaged"), media, *pictures]


def _empty(settings: Settings, kind: str) -> Finding:
    kept = traces(settings.data)
    if kept:
        text = f"{kind}, empty, but the data folder has {kept}: the database was lost. {_RESTORE}"
        return Finding("database", is_good=False, text=text)
    return Finding("database", is_good=True, text=f"{kind}, empty; the first start creates the tables")


def _media(db: Database, settings: Settings) -> Finding:
    store = MediaStore(settings.data / "media")

    def read(tx: Tx) -> tuple[int, list[str]]:
        count, missing = 0, []
        for key in RowReader(tx, db.dialect).media_keys():
            count += 1
            if store.size(key) is None:
                missing.append(key)
        return count, missing

    count, missing = db.read_here(read)
    if missing:
        named = ", ".join(missing[:_MOST]) + (", ..." if len(missing) > _MOST else "")
        text = (
            f"{len(missing):,} of {count:,} files that the database names are missing: {named}. "
            "Copy them from a backup; `landingpad preview regenerate` retakes pictures of pages."
        )
        return Finding("media", is_good=False, text=text)
    return Finding("media", is_good=True, text=f"{count:,} files, none missing")


def _chromium(settings: Settings) -> Finding:
    try:
        path = find_chromium(settings.chromium)
    except ChromiumMissing as error:
        return Finding("Chromium", is_good=False, text=str(error))
    return Finding("Chromium", is_good=True, text=str(path))


def _pictures(db: Database) -> list[Finding]:
    """Name public pages whose pictures could not be taken. The pages are to blame, not the server."""
    failed = db.read_here(lambda tx: overview.failed(tx, most=_MOST_PICTURES))
    return [
        Finding("picture", is_good=True, text=f"of page {page_id} could not be taken: {problem}")
        for page_id, problem in failed.items()
    ]
