"""Lists too long to be kept as objects: JSON that is made portion by portion while the rows are read."""

import weakref
from tempfile import SpooledTemporaryFile
from typing import Any

import msgspec

from landingpad.errors.calls import BadRequest

PORTION = 500
"""Rows that are read and encoded at once; shorter lists are plain lists."""
LARGE_ROWS = 20
"""The same for rows that hold HTML of up to a mebibyte."""
MOST_AS_A_WHOLE = 8 * 1024 * 1024
"""Bytes of JSON that a list may have where its whole is needed: in a batch, as XML, inside the server."""
_IN_MEMORY = 4 * 1024 * 1024
"""Bytes beyond which a list is kept in a temporary file."""

_encode = msgspec.json.Encoder().encode


class LongList:
    """A JSON array in memory, or beyond 4 MiB in a temporary file."""

    __slots__ = ("__weakref__", "_file", "size")

    def __init__(self) -> None:
        """Make an empty list; `add` rows, then `end` it."""
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed with this object, whoever drops it
        self.size = 0
        """Length in bytes."""
        weakref.finalize(self, self._file.close)

    def add(self, rows: list[Any]) -> None:
        """Append rows.

        Raises:
            OSError: the disk is full.

        """
        self._write((b"," if self.size else b"[") + _encode(rows)[1:-1])

    def end(self) -> None:
        """Close the array, which has rows."""
        self._write(b"]")

    def _write(self, text: bytes) -> None:
        self.size += self._file.write(text)

    def read(self, at: int, most: int) -> bytes:
        """Return at most `most` bytes from the position `at`."""
        self._file.seek(at)
        return self._file.read(most)

    def whole(self, most: int = MOST_AS_A_WHOLE) -> bytes:
        """Return the whole text.

        Raises:
            BadRequest: it has more than `most` bytes.

        """
        if self.size > most:
            raise BadRequest(
                f"The list has {self.size} bytes; here lists may have {MOST_AS_A_WHOLE} bytes together. "
                "Send `limit` and `offset`, or ask for it in a call of its own, as JSON."
            )
        return self.read(0, self.size)


Rows = list[dict[str, Any]] | LongList
"""Result of a list method."""


def as_objects(result: Any) -> Any:
    """Return the result of a call with a long list as objects.

    Raises:
        BadRequest: the list is too long for that.

    """
    return msgspec.json.decode(result.whole()) if isinstance(result, LongList) else result


class LongRead(Exception):  # noqa: N818  # not a failure: the dispatcher repeats the call where it delays nobody
    """A list has more rows than one portion."""
