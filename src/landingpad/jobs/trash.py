"""The daily job that deletes everything that has been in the trash for thirty days."""

import structlog

from landingpad.domain.site import trash
from landingpad.domain.work import Services, Work
from landingpad.store.db.engine import Tx
from landingpad.store.site.sites import portal_ids

log = structlog.get_logger("landingpad.trash")

_DAY_MS = 86_400_000


class TrashJob:
    """Empties the trash of every portal; it can be repeated at any point."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def run(self, now_ms: int | None = None) -> int:
        """Delete everything due at `now_ms` (default: now) and return the number of sites, folders and pages.

        It takes many short transactions, between which others write.
        """
        now = self._services.clock.now_ms() if now_ms is None else now_ms
        before_ms = now - trash.KEPT_DAYS * _DAY_MS
        db, removed = self._services.db, 0
        for portal_id in db.read_here(portal_ids):

            def empty(tx: Tx, portal_id: int = portal_id) -> tuple[int, bool]:
                return trash.empty(Work.of_system(tx, portal_id, now, self._services), before_ms=before_ms)

            is_done = False
            while not is_done:
                some, is_done = db.write_here(empty, portal_id=portal_id)
                removed += some
        if removed:
            log.info("trash_emptied", removed=removed)
        return removed
