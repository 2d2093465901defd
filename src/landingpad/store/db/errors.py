"""Errors of the database. Importing them loads no driver, so that `--help` does not wait for one."""

from landingpad.errors import OperatorError


class DatabaseUnusableError(Exception):
    """The database cannot be opened or does not answer; the text is the driver's reason, in one line."""


class MissingDriverError(OperatorError):
    """The driver of a database is an extra that is not installed."""
