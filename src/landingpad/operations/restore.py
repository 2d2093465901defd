"""Restoration of a backup into an empty data folder, and an empty database."""

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from landingpad.media.store import CONTENT_TYPES, MediaStore
from landingpad.operations.archive import ArchiveReader, DamagedArchive, Member
from landingpad.operations.backup import ABOUT, FORMAT, About, Finished, Progress, Report, size_text, take, verify
from landingpad.operations.errors import Refused
from landingpad.settings import Settings
from landingpad.store.db.engine import Database, database_url
from landingpad.store.db.errors import UnfitRowsError
from landingpad.store.db.migrate import NewerDatabaseError, known_revision
from landingpad.store.db.portable import RowWriter, filled
from landingpad.store.db.presence import holds_tables

_MAY_BE_THERE = frozenset({"lock", "lost+found"})
_STAGING = ".restoring"
_DATABASE = "landingpad.db"
_KEPT_FILE = re.compile(r"portal\.json|tls/[a-zA-Z0-9_-][a-zA-Z0-9._-]*")


def restore(settings: Settings, source: Path, report: Report) -> Finished:
    """Restore a backup into an empty data folder, and an empty database.

    The whole file is checked first, and everything appears at the end. An older backup is migrated to this release.

    Raises:
        Refused: folder or database are in use, or the file cannot be restored.

    """
    from landingpad.server.http_server import CannotStartError  # noqa: PLC0415  # a backup needs no server
    from landingpad.server.serve import locked  # noqa: PLC0415

    data = settings.data
    try:
        with source.open("rb") as file:
            data.mkdir(parents=True, exist_ok=True)
            size = source.stat().st_size
            _refuse_small_disk(data, size)
            with locked(data):
                return _restore(settings, file, size, Progress(report))
    except CannotStartError as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"{error.filename or data}: {error.strerror}. Nothing was restored.") from error


class _Restorer:
    """Puts each member into its place."""

    def __init__(self, writer: RowWriter, staging: Path) -> None:
        self._writer = writer
        self._staging = staging
        self._media = MediaStore(staging / "media")

    def rows(self, table: str, content: bytes, /) -> int:
        """Insert a portion of a table."""
        return self._writer.add(table, gzip.decompress(content).split(b"\n"))

    def media(self, key: str, content: bytes, /) -> None:
        """Store a media file."""
        kind = key.rpartition(".")[2]
        if kind not in CONTENT_TYPES or self._media.put(content, kind) != key:
            raise DamagedArchive(f"the media file {key} was changed")

    def file(self, name: str, content: bytes, /) -> None:
        """Write another file of the data folder."""
        if not _KEPT_FILE.fullmatch(name):
            raise DamagedArchive(f"it has a file {name!r}, which is not of a data folder")
        path = self._staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)


def _restore(settings: Settings, file: BinaryIO, size: int, progress: Progress) -> Finished:
    data = settings.data
    staging = data / _STAGING
    shutil.rmtree(staging, ignore_errors=True)  # of a restore that was killed
    _refuse_used_folder(data)
    moved: list[Path] = []
    staging.mkdir(mode=0o700)
    try:
        verify(file, size, progress)
        file.seek(0)
        reader = ArchiveReader(file)
        members = iter(reader)
        about = _about(next(members))
        with _empty_database(settings, staging) as db, filled(db, about.tables) as writer:
            manifest = take(
                members,
                _Restorer(writer, staging),
                lambda: progress.show(f"restoring: {reader.position * 100 // size} %"),
            )
            writer.set_numbers(manifest.numbers)
            files = [path for path in sorted(staging.iterdir()) if not path.name.startswith(_DATABASE)]
            moved += (path.rename(data / path.name) for path in files)
        if not settings.database_url:
            moved.append((staging / _DATABASE).rename(data / _DATABASE))
        return Finished(about, manifest, size)
    except BaseException as error:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if isinstance(error, DamagedArchive | UnfitRowsError):
            raise Refused(f"The backup cannot be restored: {error}. Nothing was restored; use another one.") from error
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _empty_database(settings: Settings, staging: Path) -> Iterator[Database]:
    with Database(database_url(staging, settings.database_url)) as db:
        if settings.database_url and holds_tables(db):
            raise Refused("The PostgreSQL database has tables of a portal already. Restore into an empty database.")
        yield db


def _about(member: Member) -> About:
    if member.name != ABOUT:
        raise DamagedArchive("it was not written by `landingpad backup`")
    try:
        about = msgspec.json.decode(member.content, type=About)
    except msgspec.MsgspecError as error:
        raise DamagedArchive(str(error)) from error
    if about.format != FORMAT:
        raise Refused(f"The backup was made by Landingpad {about.release}. Restore it with that release.")
    try:
        about.tables = known_revision(about.tables)
    except NewerDatabaseError:
        raise Refused(
            f"The backup was made by a newer release, {about.release} (tables {about.tables}). Install that release."
        ) from None
    return about


def _refuse_used_folder(data: Path) -> None:
    there = sorted(entry.name for entry in data.iterdir() if entry.name not in _MAY_BE_THERE)
    if there:
        raise Refused(
            f"The data folder {data} is not empty (it has {', '.join(there[:3])}). "
            "Restore into a new folder with --data, then start the server on that one."
        )


def _refuse_small_disk(data: Path, size: int) -> None:
    free = shutil.disk_usage(data).free
    if free < size:
        raise Refused(f"The disk of {data} has {size_text(free)} left, and the backup alone has {size_text(size)}.")
