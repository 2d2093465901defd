"""Errors of both drivers that are no defects of a statement: what is wrong with the database, and what to do."""

import sqlite3
import sys

from landingpad.store.db.errors import DatabaseUnusableError, StorageError, TooSlowError

_PRIMARY = 0xFF  # the rest of an SQLite result code are details
_RESTORE = "Copy the data folder as it is, then restore a backup into a new one (docs/operations/backup.md)."
_SQLITE = {
    sqlite3.SQLITE_BUSY: ("The database is locked by another process", "Wait, or end that process.", True),
    sqlite3.SQLITE_LOCKED: ("The database is locked", "Try again.", True),
    sqlite3.SQLITE_FULL: ("The disk is full", "Make space where the data folder is.", True),
    sqlite3.SQLITE_IOERR: (
        "The disk cannot be read or written",
        "Check the disk of the data folder, and its space.",
        True,
    ),
    sqlite3.SQLITE_NOMEM: ("There is not enough memory", "Give the server more.", True),
    sqlite3.SQLITE_READONLY: (
        "The database cannot be written",
        "Make landingpad.db and its folder writable for the user of the server.",
        True,
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database cannot be opened",
        "Check that the data folder exists and may be read and written; `landingpad doctor` checks both.",
        True,
    ),
    sqlite3.SQLITE_PERM: ("The database may not be opened", "Give the data folder to the user of the server.", True),
    sqlite3.SQLITE_CORRUPT: ("The database is damaged", _RESTORE, False),
    sqlite3.SQLITE_NOTADB: ("The database is damaged", _RESTORE, False),
}
_CANCELLED = "57014"
_AWAY = "Check that PostgreSQL runs and that --database-url is right; `landingpad doctor` tries it."
_POSTGRES = {  # beginnings of SQLSTATE, the longest first
    "53100": ("The disk of the database is full", "Make space on the machine of PostgreSQL.", True),
    "25006": ("The database is read-only", "Give the address of the primary server of PostgreSQL.", True),
    "55P03": ("The database is locked", "Try again.", True),
    "40": ("The database is busy", "Try again.", True),
    "53": ("The database lacks memory or connections", "Raise the limits of PostgreSQL.", True),
    "08": ("The database does not answer", _AWAY, True),
    "57": ("The database does not answer", _AWAY, True),
    "58": ("The disk of the database cannot be read or written", "Check the disk of PostgreSQL.", True),
    "XX": ("The database is damaged", "See the log of PostgreSQL; restore a backup into an empty database.", False),
}


def problem_of(error: BaseException) -> StorageError | None:
    """Return what is wrong with the database, or None if an error of a driver has another cause."""
    known = None
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        if code == sqlite3.SQLITE_INTERRUPT:
            return too_slow()
        known = _SQLITE.get(code)
    elif (psycopg := sys.modules.get("psycopg")) is not None and isinstance(error, psycopg.Error):
        if error.sqlstate == _CANCELLED:
            return too_slow()
        known = _postgres(
            error.sqlstate, is_connection=isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        )
    if known is None:
        return None
    what, advice, passes = known
    return DatabaseUnusableError(what, detail=" ".join(str(error).split()), advice=advice, passes=passes)


def too_slow() -> TooSlowError:
    """Return the error of a read that takes longer than its limit."""
    return TooSlowError(
        "The database takes too long for this",
        advice="Ask for fewer rows, or raise LANDINGPAD_READ_TIMEOUT.",
        passes=False,
    )


def _postgres(state: str | None, *, is_connection: bool) -> tuple[str, str, bool] | None:
    if state is None:  # not of the server: there is no connection to it
        return _POSTGRES["08"] if is_connection else None
    return next((known for start, known in _POSTGRES.items() if state.startswith(start)), None)
