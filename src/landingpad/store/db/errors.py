"""Errors of the database. Importing this module loads no driver, which keeps `--help` fast."""

from landingpad.errors import OperatorError, StorageError


class DatabaseUnusableError(StorageError):
    """The database cannot be opened, does not answer, is full, locked or damaged."""


class MissingDriverError(OperatorError):
    """The driver of a database cannot be imported."""


class UnfitRowsError(Exception):
    """Rows of a backup do not fit into their table; the text names the table and the driver's message."""
