"""Backup of everything that a server stores, in one file for both databases.

A backup has the rows of one moment, then the media files. The file of a key never changes and outlives its last row by
a day, so every file that these rows name is still there when it is copied. Jobs are left out: a restored copy must not
post the events of the original once more.
"""

import gzip
import hashlib
import os
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from landingpad import __version__
from landingpad.media.store import MediaStore
from landingpad.operations.archive import ArchiveReader, ArchiveWriter, DamagedArchive, Member
from landingpad.operations.errors import Refused
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, Tx, database_url
from landingpad.store.db.migrate import NewerDatabaseError
from landingpad.store.db.portable import RowReader
from landingpad.store.db.presence import has_portal

Report = Callable[[str], None]
"""Function that shows one line about the progress."""

FORMAT = 1
ABOUT = "landingpad.json"
_MANIFEST = "manifest.json"
_CHUNK = 4 * 1024 * 1024  # bytes of rows in one member, before compression
_FAST = 3  # level of compression
_KILO = 1000
_REPORT_SECONDS = 2.0
_KEPT_FILES = ("portal.json", "tls/*")
"""Files of the data folder that a backup has besides the database and the media."""


class About(msgspec.Struct):
    """Where a backup comes from: its first member."""

    format: int
    release: str
    tables: str
    """Revision of the database."""
    engine: str
    made_at: str


class Manifest(msgspec.Struct):
    """What a backup has: its last member."""

    rows: dict[str, int]
    """Table -> number of rows."""
    numbers: dict[str, int]
    """Table -> last assigned id."""
    media: int = 0
    media_bytes: int = 0
    missing: int = 0
    """Media files that rows name and that were not in the store."""

    @property
    def text(self) -> str:
        """The content in words."""
        return f"{sum(self.rows.values()):,} rows, {self.media:,} media files ({size_text(self.media_bytes)})"


class Finished(msgspec.Struct):
    """A backup that was written or restored."""

    about: About
    manifest: Manifest
    size: int


class Progress:
    """Reports at most one line every two seconds."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._next = time.monotonic() + _REPORT_SECONDS

    def show(self, text: str) -> None:
        """Report a line if the last one is old enough."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _REPORT_SECONDS
            self._report(text)


def back_up(settings: Settings, target: Path, report: Report) -> Finished:
    """Write a backup into a new file, and read it back. The server may run; people may write.

    Raises:
        Refused: the file exists or cannot be written, or there is nothing to back up.

    """
    if target.exists():
        raise Refused(f"{target} exists already. Choose another name; a backup never replaces a file.")
    with _database(settings) as db, _new_file(target) as file:
        progress = Progress(report)
        finished = _write(db, settings, file, progress)
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # so that the disk is read, not the memory
        file.seek(0)
        try:
            found = verify(file, finished.size, progress)
        except DamagedArchive as error:
            raise Refused(f"The backup was read back and is not what was written: {error}. Check the disk.") from error
        if found != finished.manifest:
            raise Refused("The backup was read back and has other rows than were written. Check the disk.")
    return finished


# -- writing


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    with Database(database_url(settings.data, settings.database_url)) as db:
        where = "the PostgreSQL database" if settings.database_url else settings.data
        if not db.exists or not has_portal(db):
            raise Refused(f"There is no portal in {where}, so there is nothing to back up. Check --data.")
        yield db


@contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """Open a file that only its owner can read, and that gets its name when it is complete."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}. Choose another place.") from error
    temporary = Path(name)
    try:
        with open(handle, "w+b") as file:  # noqa: PTH123  # a handle
            yield file
        os.link(temporary, target)  # fails if the name was taken meanwhile
    except FileExistsError as error:
        raise Refused(f"{target} exists already. Choose another name; a backup never replaces a file.") from error
    except OSError as error:
        raise Refused(f"{error.filename or target}: {error.strerror}. There is no backup.") from error
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(db: Database, settings: Settings, file: BinaryIO, progress: Progress) -> Finished:
    now = time.time()
    archive = ArchiveWriter(file, now)
    with tempfile.TemporaryFile() as named:

        def work(tx: Tx) -> tuple[About, Manifest]:
            reader = _reader(tx, db)
            made_at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
            about = About(FORMAT, __version__, reader.revision, db.dialect, made_at)
            archive.add(ABOUT, msgspec.json.encode(about))
            manifest = Manifest({table.name: 0 for table in reader.tables}, reader.numbers())
            for table in reader.tables:
                for number, (rows, lines) in enumerate(_chunks(reader.lines(table)), 1):
                    archive.add(f"tables/{table.name}/{number:06}.jsonl.gz", gzip.compress(lines, _FAST, mtime=0))
                    manifest.rows[table.name] += rows
                    progress.show(f"{sum(manifest.rows.values()):,} rows, {size_text(archive.size)}")
            named.writelines(f"{key}\n".encode() for key in reader.media_keys())
            return about, manifest

        about, manifest = db.read_here(work)
        named.seek(0)
        _add_media(archive, MediaStore(settings.data / "media"), named, manifest, progress)
    for path in (path for pattern in _KEPT_FILES for path in sorted(settings.data.glob(pattern))):
        if path.is_file():
            archive.add(f"files/{path.relative_to(settings.data)}", path.read_bytes())
    archive.add(_MANIFEST, msgspec.json.encode(manifest))
    archive.close()
    return Finished(about, manifest, archive.size)


def _reader(tx: Tx, db: Database) -> RowReader:
    try:
        return RowReader(tx, db.dialect)
    except NewerDatabaseError as error:
        raise Refused(f"{error} Back up with that release.") from error


def _chunks(lines: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Return the rows of a table in portions, each with its number of rows and the names of the columns first."""
    names = next(lines)
    chunk, size = [names], 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield len(chunk) - 1, b"\n".join(chunk)
            chunk, size = [names], 0
    if len(chunk) > 1:
        yield len(chunk) - 1, b"\n".join(chunk)


def _add_media(
    archive: ArchiveWriter, store: MediaStore, named: Iterable[bytes], manifest: Manifest, progress: Progress
) -> None:
    """Add every stored file, and count those that rows name and that are not there. Both lists are sorted."""
    wanted = (line.decode().strip() for line in named)
    next_wanted = next(wanted, None)
    for key in store.keys():  # noqa: SIM118  # a store is no dictionary
        while next_wanted is not None and next_wanted < key:
            manifest.missing += 1
            next_wanted = next(wanted, None)
        content = store.get(key)
        if content is None:
            continue  # removed since; no row names it
        if next_wanted == key:
            next_wanted = next(wanted, None)
        if hashlib.sha256(content).hexdigest() != key.partition(".")[0]:
            manifest.missing += 1
            continue  # a damaged file; `landingpad doctor` names it
        archive.add(f"media/{key}", content)
        manifest.media += 1
        manifest.media_bytes += len(content)
        progress.show(f"{manifest.media:,} media files, {size_text(archive.size)}")
    manifest.missing += (next_wanted is not None) + sum(1 for _ in wanted)


# -- reading


class Taker(Protocol):
    """Takes the members of a backup."""

    def rows(self, table: str, content: bytes, /) -> int:
        """Take a portion of a table, compressed, and return its number of rows."""
        ...

    def media(self, key: str, content: bytes, /) -> None:
        """Take a media file."""
        ...

    def file(self, name: str, content: bytes, /) -> None:
        """Take another file of the data folder."""
        ...


class Checker:
    """Takes nothing, but reads everything."""

    def rows(self, _table: str, content: bytes, /) -> int:
        """Count the rows of a portion."""
        return gzip.decompress(content).count(b"\n")

    def media(self, key: str, content: bytes, /) -> None:
        """Compare a file with its key, which is its hash."""
        if hashlib.sha256(content).hexdigest() != key.partition(".")[0]:
            raise DamagedArchive(f"the media file {key} was changed")

    def file(self, _name: str, _content: bytes, /) -> None:
        """Take another file of the data folder."""


def verify(file: BinaryIO, size: int, progress: Progress) -> Manifest:
    """Read a whole backup and return its manifest.

    Raises:
        DamagedArchive: it is not complete or was changed.

    """
    reader = ArchiveReader(file)
    members = iter(reader)
    next(members)
    return take(members, Checker(), lambda: progress.show(f"checking: {reader.position * 100 // size} %"))


def take(members: Iterator[Member], taker: Taker, passed: Callable[[], None]) -> Manifest:
    """Take all members after the first and return the manifest, compared with what was there."""
    rows: dict[str, int] = {}
    media = media_bytes = 0
    manifest: Manifest | None = None
    try:
        for name, content in members:
            folder, _, rest = name.partition("/")
            match folder:
                case "tables":
                    table = rest.partition("/")[0]
                    rows[table] = rows.get(table, 0) + taker.rows(table, content)
                case "media":
                    taker.media(rest, content)
                    media, media_bytes = media + 1, media_bytes + len(content)
                case "files":
                    taker.file(rest, content)
                case _:
                    manifest = msgspec.json.decode(content, type=Manifest)
            passed()
    except (gzip.BadGzipFile, zlib.error, EOFError, msgspec.MsgspecError) as error:
        raise DamagedArchive(str(error)) from error
    if manifest is None or (manifest.media, manifest.media_bytes) != (media, media_bytes):
        raise DamagedArchive("it has not the media files of its manifest")
    if {name: count for name, count in manifest.rows.items() if count} != rows:
        raise DamagedArchive("it has not the rows of its manifest")
    return manifest


def size_text(count: float) -> str:
    """Return a number of bytes in words."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < _KILO:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= _KILO
    return f"{count:.1f} TB"
