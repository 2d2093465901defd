"""What the person who runs a server does with previews: see how they stand, renew and compare them, run workers."""

import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from landingpad.domain.page import drafts
from landingpad.domain.page.drafts import DraftAddresses
from landingpad.domain.preview import previews
from landingpad.domain.preview.previews import KeptPicture, NothingToCompareError, Status
from landingpad.domain.site import addresses
from landingpad.domain.work import SystemWork
from landingpad.media.compare import PictureDifference
from landingpad.server.app import App
from landingpad.server.background import Renderer
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Tx
from landingpad.store.db.migrate import HEAD, current_revision
from landingpad.store.page import pages as page_rows
from landingpad.store.preview import previews as rows
from landingpad.store.records import Page, Site
from landingpad.store.site import sites as site_rows

__all__ = ["NothingToCompareError"]

_LOOK_AHEAD = 32
"""Orders are carried out in their order, but several at a time."""


class UnknownSiteError(Exception):
    """There is no such site, or no index page to speak of."""


class OldDatabaseError(Exception):
    """The database is not at the release of this worker."""


class PageStatus(NamedTuple):
    """How it stands with the picture of a page."""

    page_id: int
    address: str
    status: Status


def page_statuses(parts: Parts, site_id: int) -> list[PageStatus]:
    """Return how it stands with the pictures of the pages of a site.

    Raises:
        UnknownSiteError: see there.

    """

    def read(tx: Tx) -> list[PageStatus]:
        work, site = _site(parts, tx, site_id)
        host = site_rows.portal_host(tx, work.portal_id)
        found = []
        for page in _pages(work, site):
            view = page_rows.find_view(tx, work.portal_id, page.id)
            address = addresses.address_of(work, view, host) if view else ""
            found.append(PageStatus(page.id, address, previews.status(work, page)))
        return found

    return parts.db.read_here(read)


def regenerate(parts: Parts, site_id: int | None) -> list[int]:
    """Have the pictures of a site's public pages taken anew, or of all sites; return which are expected now.

    Raises:
        UnknownSiteError: see there.

    """
    ordered: list[int] = []

    def find(tx: Tx) -> list[tuple[int, int]]:
        if site_id is not None:
            _site(parts, tx, site_id)
        return rows.public_pages(tx, site_id)

    for portal_id, page_id in parts.db.read_here(find):

        def order(tx: Tx, portal_id: int = portal_id, page_id: int = page_id) -> list[int]:
            return previews.regenerate(_work(parts, tx, portal_id), page_id)

        ordered += parts.db.write_here(order, portal_id=portal_id)
    return sorted(ordered)


def wait_for(parts: Parts, ordered: list[int], tell: Callable[[int, int], None], *, poll_seconds: float = 0.2) -> None:
    """Wait until these pictures are taken, or cannot be; tell how many are done, and how many of them failed."""
    waiting, done, failed, nap = deque(ordered), 0, 0, threading.Event()
    while waiting:
        ahead = [waiting.popleft() for _ in range(min(_LOOK_AHEAD, len(waiting)))]
        states = parts.db.read_here(lambda tx, ahead=ahead: [_state(tx, number) for number in ahead])  # type: ignore[misc]  # a lambda with a default
        left = [number for number, state in zip(ahead, states, strict=True) if state == rows.PENDING]
        done += len(ahead) - len(left)
        failed += states.count(rows.FAILED)
        waiting.extendleft(reversed(left))
        tell(done, failed)
        if len(left) > len(ahead) // 2:
            nap.wait(poll_seconds)


def difference(
    parts: Parts, site_id: int, page_id: int | None, before: int | None, after: int | None
) -> tuple[KeptPicture, KeptPicture, PictureDifference]:
    """Compare two pictures of a page of a site; without a page of its index page.

    Raises:
        UnknownSiteError: see there.
        NothingToCompareError: there are no two such pictures.

    """

    def read(tx: Tx) -> tuple[KeptPicture, KeptPicture, PictureDifference]:
        work, site = _site(parts, tx, site_id)
        return previews.difference(work, _page_of(work, site, page_id), before=before, after=after)

    return parts.db.read_here(read)


def draft_addresses(parts: Parts, site_id: int, page_id: int | None) -> DraftAddresses:
    """Return where the draft of a page of a site can be seen for a while; without a page of its index page.

    Raises:
        UnknownSiteError: see there.

    """

    def read(tx: Tx) -> DraftAddresses:
        work, site = _site(parts, tx, site_id)
        return drafts.addresses_of(work, _page_of(work, site, page_id))

    return parts.db.read_here(read)


def run_worker(parts: Parts, announce: Callable[[str], None]) -> None:
    """Take pictures until the process is told to stop.

    Raises:
        OldDatabaseError: the server has to be started with this release first.

    """
    revision = current_revision(parts.db)
    if revision != HEAD:
        raise OldDatabaseError(
            f"The database is at {revision}, this release works with {HEAD}. Start `landingpad serve` of the same "
            "release first: it brings the database up to date."
        )
    renderer = Renderer(parts, App(parts))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    renderer.start()
    announce(f"ready worker {renderer.worker.name}, {parts.settings.preview_slots} pictures at a time")
    stop.wait()
    renderer.stop()


def _page_of(work: SystemWork, site: Site, page_id: int | None) -> int:
    """Return the id of a page of a site, or of its index page."""
    wanted = page_id or site.index_page_id
    if wanted is None or wanted not in {page.id for page in _pages(work, site)}:
        raise UnknownSiteError(f"Site {site.id} has no page {page_id or 'at its address'}.")
    return wanted


def _state(tx: Tx, preview_id: int) -> str:
    """Return the state of a picture; one that is not needed any more is done."""
    found = rows.find(tx, preview_id)
    return rows.READY if found is None else found.state


def _site(parts: Parts, tx: Tx, site_id: int) -> tuple[SystemWork, Site]:
    portal_id = _portal(parts)
    site = site_rows.find(tx, portal_id, site_id)
    if site is None:
        raise UnknownSiteError(f"There is no site {site_id}. `landingpad site list` shows which there are.")
    return _work(parts, tx, portal_id), site


def _pages(work: SystemWork, site: Site) -> list[Page]:
    return [page for page in page_rows.of_site(work.tx, work.portal_id, site.id) if not page.deleted]


def _portal(parts: Parts) -> int:
    portal_id = parts.portals.find("")
    if portal_id is None:
        raise UnknownSiteError("There is no portal yet: start `landingpad serve` once.")
    return portal_id


def _work(parts: Parts, tx: Tx, portal_id: int) -> SystemWork:
    return SystemWork(tx, portal_id, parts.services.clock.now_ms(), parts.services)
