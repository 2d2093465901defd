"""Special pages: which page of a site is its cart, catalogue and so on. Links such as #system_cart lead there."""

from landingpad.domain.page import pages, publishing
from landingpad.domain.people.rights import Right
from landingpad.domain.site import addresses, sites
from landingpad.domain.work import Work
from landingpad.store.page import syspages as rows
from landingpad.store.page.syspages import SpecialPage
from landingpad.store.records import Site

KINDS = frozenset({"mainpage", "catalog", "personal", "cart", "order", "payment", "compare", "feedback"})


def of_site(work: Work, site: Site, *, online_only: bool = False) -> list[SpecialPage]:
    """Return the special pages of a site; on request only those that visitors see."""
    found = rows.of_site(work.tx, work.portal_id, site.id)
    return [page for page in found if not online_only or (page.active and not page.deleted)]


def assign(work: Work, site: Site, kind: str, page_id: int, types: tuple[str, ...]) -> None:
    """Make a page the special page of a kind; an unknown kind, or a page that may not be changed, changes nothing."""
    if kind not in KINDS:
        return
    if page_id:
        page = pages.find(work, page_id, types)
        if page is None or not work.may(Right.SETT, page.site_id):
            return
    rows.store(work.tx, work.portal_id, site.id, kind, page_id)
    _refresh_site(work, site.id)


def release(work: Work, site: Site, kind: str) -> None:
    """Leave a site without a special page of a kind."""
    if any(page.type == kind for page in of_site(work, site)):
        rows.forget(work.tx, work.portal_id, site.id, kind)
        _refresh_site(work, site.id)


def release_site(work: Work, site: Site) -> None:
    """Leave a site without special pages."""
    if of_site(work, site):
        rows.forget_site(work.tx, work.portal_id, site.id)
        _refresh_site(work, site.id)


def release_page(work: Work, page_id: int) -> None:
    """Make a page an ordinary one, on every site for which it is special."""
    showing = rows.sites_of_page(work.tx, work.portal_id, page_id)
    rows.forget_page(work.tx, work.portal_id, page_id)
    for site_id in sorted(set(showing)):
        _refresh_site(work, site_id)


def address_of(work: Work, site: Site, kind: str, portal_host: str, types: tuple[str, ...]) -> str:
    """Return the address of a special page, published or not, in the trash or not; "" if there is none."""
    page_id = next((found.page_id for found in of_site(work, site) if found.type == kind), 0)
    page = pages.find(work, page_id, types, trashed=True) if page_id else None
    return "" if page is None else addresses.address_of(work, page, portal_host)


def _refresh_site(work: Work, site_id: int) -> None:
    sites.mark_pages_outdated(work, site_id)
    publishing.refresh_site(work, site_id)
