"""Rendering of all published pages after a change of their site, one short transaction each."""

from landingpad.domain.page.publishing import refresh_next_page
from landingpad.domain.work import Services, Work
from landingpad.store.db.engine import Tx


class RefreshJob:
    """Renders the outdated pages of a site; it can be repeated at any point."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def run(self, portal_id: int, site_id: int) -> int:
        """Render the outdated pages of a site and return their number."""

        def next_page(tx: Tx) -> bool:
            work = Work.of_system(tx, portal_id, self._services.clock.now_ms(), self._services)
            return refresh_next_page(work, site_id)

        done = 0
        while self._services.db.write_here(next_page, portal_id=portal_id):
            done += 1
        return done
