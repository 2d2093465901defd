"""The file of a backup: an uncompressed tar archive whose last member is the SHA-256 of everything before it.

Members are written and read one by one, so memory does not grow with their number. Any change of the file is found:
the hash covers the members, each header has a checksum, and what follows the hash must be zero.
"""

import hashlib
import tarfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

HASH = "sha256"
_BLOCK = 512
_END = bytes(2 * _BLOCK)


class DamagedArchive(ValueError):  # noqa: N818  # reads as what happened
    """The file is not a backup, not complete, or was changed."""


class Member(NamedTuple):
    """One file in an archive."""

    name: str
    content: bytes


class ArchiveWriter:
    """Writes members into a new file. Finish it with `close`."""

    def __init__(self, file: BinaryIO, made_at: float) -> None:
        self._file = file
        self._made_at = int(made_at)
        self._hash = hashlib.sha256()
        self.size = 0

    def add(self, name: str, content: bytes) -> None:
        """Add a member."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(content), 0o600, self._made_at
        for part in (info.tobuf(tarfile.USTAR_FORMAT), content, _padding(len(content))):
            self._file.write(part)
            self._hash.update(part)
            self.size += len(part)

    def close(self) -> None:
        """Add the hash and the end of the archive."""
        self.add(HASH, f"{self._hash.hexdigest()}\n".encode())
        self._file.write(_END)
        self.size += len(_END)


class ArchiveReader:
    """Reads the members of an archive in their order."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.position = 0

    def __iter__(self) -> Iterator[Member]:
        """Return every member but the hash, which is compared at the end.

        Raises:
            DamagedArchive: the file is not an archive, not complete, or was changed. Its last members may be false
                until the end is reached.

        """
        while True:
            expected = self._hash.hexdigest()
            try:
                info = tarfile.TarInfo.frombuf(self._read(_BLOCK), "utf-8", "strict")
            except (tarfile.HeaderError, ValueError) as error:
                raise DamagedArchive(f"at byte {self.position}: {error}") from error
            content = self._read(info.size)
            if any(self._read(len(_padding(info.size)))):
                raise DamagedArchive(f"bytes after {info.name} were changed")
            if info.name != HASH:
                yield Member(info.name, content)
                continue
            if content != f"{expected}\n".encode():
                raise DamagedArchive("its SHA-256 is not the one that was written")
            if self._file.read(len(_END) + 1) != _END:
                raise DamagedArchive("its end was changed")
            return

    def _read(self, size: int) -> bytes:
        found = self._file.read(size)
        if len(found) != size:
            raise DamagedArchive(f"it ends after {self.position + len(found)} bytes, before its end")
        self._hash.update(found)
        self.position += size
        return found


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)
