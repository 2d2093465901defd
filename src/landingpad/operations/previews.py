"""Pictures of pages: their state, new ones, comparisons, and workers that take them."""

import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from landingpad.domain.page import drafts
from landingpad.domain.page.drafts import DraftAddresses
from landingpad.domain.preview import previews
from landingpad.domain.preview.previews import KeptPicture, Status
from landingpad.domain.site import addresses
from landingpad.domain.work import Work
from landingpad.media.compare import PictureDifference
from landingpad.operations.errors import NotFound
from landingpad.operations.sites import find_site, work_of
from landingpad.server.app import App
from landingpad.server.background import Renderer
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Tx
from landingpad.store.page import pages as page_rows
from landingpad.store.preview import previews as rows
from landingpad.store.records import Page, Site
from landingpad.store.site import sites as site_rows

_LOOK_AHEAD = 32
"""Orders looked at together: they are carried out in sequence, several at a time."""


class PageStatus(NamedTuple):
    """State of the picture of a page."""

    page_id: int
    address: str
    status: Status


def page_statuses(parts: Parts, site_id: int) -> list[PageStatus]:
    """Return the state of the picture of each page of a site.

    Raises:
        NotFound: there is no such site.

    """

    def read(tx: Tx) -> list[PageStatus]:
        work, site = work_of(parts, tx), find_site(parts, tx, site_id, in_trash=True)
        host = site_rows.portal_host(tx, work.portal_id)
        found = []
        for page in _pages(work, site):
            view = page_rows.find_view(tx, work.portal_id, page.id)
            address = addresses.address_of(work, view, host) if view else ""
            found.append(PageStatus(page.id, address, previews.status(work, page)))
        return found

    return parts.db.read_here(read)


def regenerate(parts: Parts, site_id: int | None) -> list[int]:
    """Order new pictures of the public pages of a site, or of all sites; return the ids of the orders.

    Raises:
        NotFound: there is no such site.

    """
    ordered: list[int] = []

    def find(tx: Tx) -> list[tuple[int, int]]:
        if site_id is not None:
            find_site(parts, tx, site_id, in_trash=True)
        return rows.public_pages(tx, site_id)

    for portal_id, page_id in parts.db.read_here(find):

        def order(tx: Tx, portal_id: int = portal_id, page_id: int = page_id) -> list[int]:
            return previews.regenerate(work_of(parts, tx, portal_id), page_id)

        ordered += parts.db.write_here(order, portal_id=portal_id)
    return sorted(ordered)


def wait_for(parts: Parts, ordered: list[int], tell: Callable[[int, int], None], *, poll_seconds: float = 0.2) -> None:
    """Wait until the ordered pictures are taken or have failed; `tell` gets how many are done, and how many failed."""
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
    """Compare two pictures of a page; without `page_id`, of the index page of the site.

    Raises:
        NotFound: there is no such site or page.
        NothingToCompareError: there are no two such pictures.

    """

    def read(tx: Tx) -> tuple[KeptPicture, KeptPicture, PictureDifference]:
        work, site = work_of(parts, tx), find_site(parts, tx, site_id, in_trash=True)
        return previews.difference(work, _page_of(work, site, page_id), before=before, after=after)

    return parts.db.read_here(read)


def draft_addresses(parts: Parts, site_id: int, page_id: int | None) -> DraftAddresses:
    """Return signed addresses of the draft of a page; without `page_id`, of the index page of the site.

    Raises:
        NotFound: there is no such site or page.

    """

    def read(tx: Tx) -> DraftAddresses:
        work, site = work_of(parts, tx), find_site(parts, tx, site_id, in_trash=True)
        return drafts.addresses_of(work, _page_of(work, site, page_id))

    return parts.db.read_here(read)


def run_worker(parts: Parts, announce: Callable[[str], None]) -> None:
    """Take pictures until a signal to stop."""
    renderer = Renderer(parts, App(parts))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    renderer.start()
    announce(f"ready worker {renderer.worker.name}, {parts.settings.preview_slots} pictures at a time")
    stop.wait()
    renderer.stop()


def _page_of(work: Work, site: Site, page_id: int | None) -> int:
    """Return the id of a page of a site, or of its index page."""
    wanted = page_id or site.index_page_id
    if wanted is None or wanted not in {page.id for page in _pages(work, site)}:
        raise NotFound(f"Site {site.id} has no page {page_id}." if page_id else f"Site {site.id} has no index page.")
    return wanted


def _state(tx: Tx, preview_id: int) -> str:
    """Return the state of a picture; a deleted one counts as done."""
    found = rows.find(tx, preview_id)
    return rows.READY if found is None else found.state


def _pages(work: Work, site: Site) -> list[Page]:
    return [page for page in page_rows.of_site(work.tx, work.portal_id, site.id) if not page.deleted]
