"""Errors of the database. Importing them loads no driver, so that `--help` does not wait for one."""


class DatabaseUnusableError(Exception):
    """The database cannot be opened or does not answer; the text is the driver's reason, in one line."""
