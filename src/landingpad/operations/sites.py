"""Sites: listing, creating from a template, publishing."""

from typing import NamedTuple

from landingpad.domain.page import demos, publishing
from landingpad.domain.site import importing
from landingpad.domain.site.sites import SiteFields
from landingpad.domain.site.transfer import Progress
from landingpad.domain.work import Work
from landingpad.errors import ApiError
from landingpad.operations.errors import NotFound, Refused
from landingpad.operations.opening import first_portal
from landingpad.server.parts import Parts
from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Listing, SortKey
from landingpad.store.page import pages as page_rows
from landingpad.store.records import Site
from landingpad.store.site import sites as site_rows


class ListedSite(NamedTuple):
    """A site for display."""

    id: int
    title: str
    state: str
    """online, offline or trash."""
    address: str


def list_sites(parts: Parts) -> list[ListedSite]:
    """Return the sites of the first portal."""

    def read(tx: Tx) -> list[ListedSite]:
        portal_id = first_portal(parts)
        host = site_rows.portal_host(tx, portal_id)
        found = site_rows.list_views(tx, portal_id, Listing(order=[SortKey("id")]))
        return [
            ListedSite(
                site.id,
                site.title,
                "trash" if site.deleted else "online" if site.active else "offline",
                parts.services.urls.site(host, site.type, site.code, site.host) + "/",
            )
            for site in found
        ]

    return parts.db.read_here(read)


def create_site(parts: Parts, template: str, *, title: str, code: str, site_type: str, publish: bool) -> ListedSite:
    """Create a site from a standard template, or from one that an integration registered.

    Raises:
        NotFound: there is no such template for this type of site.
        Refused: its code or type is not possible.

    """

    def make(tx: Tx) -> int:
        work = work_of(parts, tx)
        data = demos.site_data(work, template, site_type)
        if data is None:
            known = ", ".join(design.code for design in demos.ready_made(site_type)) or "none"
            raise NotFound(f"There is no template {template!r} for sites of the type {site_type}. There are: {known}.")
        fields = SiteFields(title=title, code=code or template.rpartition("@")[2], type=site_type)
        try:
            return importing.add_site(work, data, fields, (site_type,))
        except ApiError as error:
            raise Refused(str(error)) from error

    site_id = parts.db.write_here(make, portal_id=first_portal(parts))
    if publish:
        publish_all(parts, site_id, lambda _done, _of: None)
    return next(site for site in list_sites(parts) if site.id == site_id)


def publish_all(parts: Parts, site_id: int, progress: Progress) -> int:
    """Publish the drafts of all pages of a site, also of pages never published; return their number.

    Each page is a transaction of its own, so that visitors and other writers do not wait for the whole site.

    Raises:
        NotFound: there is no such site.

    """

    def live(tx: Tx) -> list[int]:
        find_site(parts, tx, site_id)
        return [page.id for page in page_rows.of_site(tx, first_portal(parts), site_id) if not page.deleted]

    page_ids = parts.db.read_here(live)
    for number, page_id in enumerate(page_ids, 1):

        def publish(tx: Tx, page_id: int = page_id) -> None:
            work = work_of(parts, tx)
            page = page_rows.find(tx, work.portal_id, page_id)
            if page is not None:
                publishing.publish_page(work, page)

        parts.db.write_here(publish, portal_id=first_portal(parts))
        progress(number, len(page_ids))
    return len(page_ids)


def find_site(parts: Parts, tx: Tx, site_id: int, *, in_trash: bool = False) -> Site:
    """Return a site of the first portal.

    Raises:
        NotFound: there is no such site, or it is in the trash and `in_trash` is not set.

    """
    site = site_rows.find(tx, first_portal(parts), site_id)
    if site is None or (site.deleted and not in_trash):
        raise NotFound(f"There is no site {site_id}. `landingpad site list` shows them.")
    return site


def work_of(parts: Parts, tx: Tx, portal_id: int | None = None) -> Work:
    """Return what domain functions need to work on a portal; without an id, on the first one."""
    return Work.of_system(tx, portal_id or first_portal(parts), parts.services.clock.now_ms(), parts.services)
