"""Errors of the database and of disks. Importing this module loads no driver, which keeps `--help` fast."""

import errno

from landingpad.errors import OperatorError


class StorageError(Exception):
    """The database, a disk or the limit of open files stands in the way: no defect of this server.

    `what` may be shown to everybody. The text adds details and advice for the person who runs the server.
    """

    def __init__(self, what: str, *, detail: str = "", advice: str = "", passes: bool = True) -> None:
        super().__init__(f"{what} ({detail}). {advice}" if detail else f"{what}. {advice}")
        self.what = what
        self.passes = passes
        """Whether trying again may help."""


_SHORTAGES = {
    errno.ENOSPC: ("The disk is full", "Make space."),
    errno.EDQUOT: ("The disk quota is used up", "Make space."),
    errno.EROFS: ("The disk is read-only", "Mount it for writing, or choose another folder with --data."),
    errno.EACCES: ("A file or folder may not be used", "Give it to the user of the server."),
    errno.EPERM: ("A file or folder may not be used", "Give it to the user of the server."),
    errno.EIO: ("The disk cannot be read or written", "Check the disk."),
    errno.EMFILE: ("Too many files are open", "Raise the limit of open files (ulimit -n)."),
    errno.ENFILE: ("Too many files are open", "Raise the limit of open files of the machine."),
}


def storage_error(error: BaseException) -> StorageError | None:
    """Return what stands in the way of storage, or None if an error has another cause."""
    if isinstance(error, StorageError):
        return error
    if not isinstance(error, OSError) or error.errno not in _SHORTAGES:
        return None
    what, advice = _SHORTAGES[error.errno]
    return StorageError(what, detail=str(error.filename or error.strerror), advice=advice)


class DatabaseUnusableError(StorageError):
    """The database cannot be opened, does not answer, is full, locked or damaged."""


class TooSlowError(StorageError):
    """A statement took longer than the limit and was ended."""


class MissingDriverError(OperatorError):
    """The driver of a database cannot be imported."""


class UnfitRowsError(ValueError):
    """Rows of a backup do not fit into their table; the text names the table and the driver's message."""
