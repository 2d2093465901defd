"""The job that follows a change of a site: its published pages are rendered anew, one short transaction each."""

from landingpad.domain.page.publishing import refresh_next_page
from landingpad.domain.work import Services, SystemWork
from landingpad.store.db.engine import Tx


class RefreshJob:
    """Renders the pages of one site; safe to run again at any point, for it does only what is left to do."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def run(self, portal_id: int, site_id: int) -> int:
        """Bring the pages of a site up to date and return how many that were."""

        def next_page(tx: Tx) -> bool:
            return refresh_next_page(SystemWork(tx, portal_id, self._services.clock.now_ms(), self._services), site_id)

        done = 0
        while self._services.db.write_here(next_page, portal_id=portal_id):
            done += 1
        return done
