"""Checks of everything that a server needs."""

from typing import NamedTuple

from landingpad.render.browser import find_chromium
from landingpad.render.picture import ChromiumMissing
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.migrate import HEAD, current_revision


class Finding(NamedTuple):
    """Result of one check."""

    subject: str
    is_good: bool
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Run all checks."""
    return [_data_folder(settings), _database(settings), _chromium(settings)]


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


def _database(settings: Settings) -> Finding:
    try:
        with Database(database_url(settings.data, settings.database_url)) as db:
            revision = current_revision(db)
            kind = "PostgreSQL" if db.dialect == "postgresql" else "SQLite"
    except Exception as error:  # noqa: BLE001  # each driver has its own errors; the person has to see them
        return Finding("database", is_good=False, text=f"cannot be opened: {error}")
    if revision is None:
        return Finding("database", is_good=True, text=f"{kind}, empty; the first start creates the tables")
    if revision != HEAD:
        return Finding("database", is_good=True, text=f"{kind}, at {revision}; the next start upgrades it to {HEAD}")
    return Finding("database", is_good=True, text=f"{kind}, up to date")


def _chromium(settings: Settings) -> Finding:
    try:
        path = find_chromium(settings.chromium)
    except ChromiumMissing as error:
        return Finding("Chromium", is_good=False, text=str(error))
    return Finding("Chromium", is_good=True, text=str(path))
