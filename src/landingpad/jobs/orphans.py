"""Media files without a use: of deleted pages and blocks, and uploads that were never used."""

import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

import structlog

from landingpad.domain.work import Services
from landingpad.store.block import files
from landingpad.store.db.engine import Tx
from landingpad.store.db.mentions import not_mentioned
from landingpad.store.db.portable import RowReader
from landingpad.store.preview import forgotten_media

log = structlog.get_logger("landingpad.media")
T = TypeVar("T")

MIN_AGE_SECONDS = 86_400.0
"""Uploads are used a while after they were stored, at the latest on the next day."""
_MOST = 50_000  # files of one run; the next one finds the rest
_AT_A_TIME = 200


def forget_orphans(services: Services, *, min_age_seconds: float = MIN_AGE_SECONDS) -> int:
    """Find files without a use and return their number. `remove_forgotten` removes them a day later.

    A file is in use if a row names it or a text has its address. The row of an upload counts only while its block
    exists or a field has its id.
    """
    db, now = services.db, int(time.time() * 1000)
    before = now - int(min_age_seconds * 1000)

    def find(tx: Tx) -> tuple[list[files.Unattached], set[str]]:
        unattached = files.unattached(tx, before=before, most=_MOST)
        lonely = (key for key in _without_row(tx, services) if _is_old(services, key, min_age_seconds))
        unused = not_mentioned(tx, {*(file.media_key for file in unattached), *islice(lonely, _MOST)})
        return [file for file in unattached if file.media_key in unused], unused

    unattached, unused = db.read_here(find)
    for uploads in _portions(unattached):
        db.write_here(partial(_remove_uploads, uploads=uploads))
    still_named = db.read_here(lambda tx: unused.intersection(RowReader(tx, db.dialect).media_keys()))
    orphans = sorted(unused - still_named)
    for keys in _portions(orphans):
        db.write_here(partial(_forget, keys=keys, now=now))
    if orphans:
        log.info("media_without_use", files=len(orphans), uploads=len(unattached))
    return len(orphans)


def _remove_uploads(tx: Tx, *, uploads: Sequence[files.Unattached]) -> None:
    for upload in uploads:
        files.remove_unattached(tx, upload)


def _forget(tx: Tx, *, keys: Sequence[str], now: int) -> None:
    for key in keys:
        forgotten_media.add(tx, key, now)


def _without_row(tx: Tx, services: Services) -> Iterator[str]:
    """Return the keys of stored files that no row names. Both lists are sorted, so memory stays flat."""
    named = RowReader(tx, services.db.dialect).media_keys()
    next_named = next(named, None)
    for key in services.media.keys():  # noqa: SIM118  # a store is no dictionary
        while next_named is not None and next_named < key:
            next_named = next(named, None)
        if key != next_named:
            yield key


def _is_old(services: Services, key: str, seconds: float) -> bool:
    age = services.media.age_seconds(key)
    return age is not None and age >= seconds


def _portions(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Divide work, so that other writers wait for a moment only."""
    return (items[start : start + _AT_A_TIME] for start in range(0, len(items), _AT_A_TIME))
