"""Removal of picture files that no page uses any more, a day after they were forgotten."""

import time

import structlog

from landingpad.domain.work import Services
from landingpad.store.db.engine import Tx
from landingpad.store.preview import forgotten_media

log = structlog.get_logger("landingpad.previews")

KEPT_SECONDS = 86_400.0
"""Delay of the removal: proxies may still show a replaced picture, and a backup copies files later than rows."""


def remove_forgotten(services: Services, *, kept_seconds: float = KEPT_SECONDS) -> int:
    """Remove files that were forgotten more than `kept_seconds` ago and return their number.

    Files that another picture uses or that were stored again recently stay.
    """
    db, media = services.db, services.media

    def sweep(tx: Tx) -> tuple[int, int]:
        due = forgotten_media.due(tx, before=int((time.time() - kept_seconds) * 1000))
        count = 0
        for key, is_used in due:
            age = None if is_used else media.age_seconds(key)
            if age is not None and age >= kept_seconds:
                media.remove(key)
                count += 1
            elif age is not None:
                continue  # it was stored again: removed at a later run
            forgotten_media.remove(tx, key)
        return len(due), count

    total = 0
    while True:
        seen, removed = db.write_here(sweep)
        total += removed
        if not removed or seen < forgotten_media.AT_A_TIME:
            break
    if total:
        log.info("forgotten_pictures_removed", removed=total)
    return total
