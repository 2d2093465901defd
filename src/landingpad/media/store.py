"""Files by content hash: the file of a key never changes, so its address may be cached for ever."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

CONTENT_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
"""Kinds of files that can be stored, by the extension of their key."""

_KEY = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")


class MediaStore:
    """A folder of files, spread over 256 subfolders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, kind: str) -> str:
        """Store a file and return its key; a crash leaves the whole file or nothing.

        Raises:
            ValueError: `kind` is not one of CONTENT_TYPES.

        """
        if kind not in CONTENT_TYPES:
            raise ValueError(f"media of kind {kind!r} cannot be stored; known kinds are {', '.join(CONTENT_TYPES)}")
        key = f"{hashlib.sha256(data).hexdigest()}.{kind}"
        path = self._path(key)
        try:
            os.utime(path)  # resets its age, so that the removal of old files spares it
        except FileNotFoundError:
            pass
        else:
            return key
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return key

    def get(self, key: str) -> bytes | None:
        """Return a stored file, or None if the key is unknown or invalid."""
        if not _KEY.fullmatch(key):
            return None
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def size(self, key: str) -> int | None:
        """Return the bytes of a stored file without reading it, or None if the key is unknown or invalid."""
        if not _KEY.fullmatch(key):
            return None
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, key: str, start: int, length: int) -> bytes:
        """Return a part of a stored file.

        Raises:
            FileNotFoundError: the file was removed.

        """
        with self._path(key).open("rb", buffering=0) as file:
            file.seek(start)
            return file.read(length) or b""

    def keys(self) -> Iterator[str]:
        """Return the keys of all stored files in sorted order; memory does not grow with their number."""
        for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(entry.name for entry in folder.iterdir() if _KEY.fullmatch(entry.name))

    def remove(self, key: str) -> None:
        """Remove a stored file if it exists; nothing may refer to it any more."""
        if _KEY.fullmatch(key):
            self._path(key).unlink(missing_ok=True)

    def age_seconds(self, key: str) -> float | None:
        """Return the seconds since a file was last stored, or None if the key is unknown."""
        try:
            return time.time() - self._path(key).stat().st_mtime
        except FileNotFoundError:
            return None

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / key


def content_type(key: str) -> str:
    """Return the Content-Type of the file of a key."""
    return CONTENT_TYPES.get(key.rpartition(".")[2], "application/octet-stream")
