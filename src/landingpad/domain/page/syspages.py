"""Special pages of a site, such as cart and catalogue. Links such as #system_cart lead to them."""

from landingpad.domain.page import publishing
from landingpad.domain.work import Work
from landingpad.store.page import syspages as rows
from landingpad.store.page.syspages import SpecialPage
from landingpad.store.records import Site

KINDS = frozenset({"mainpage", "catalog", "personal", "cart", "order", "payment", "compare", "feedback"})


def of_site(work: Work, site: Site, *, online_only: bool = False) -> list[SpecialPage]:
    """Return the special pages of a site, or with `online_only` those that visitors can see."""
    found = rows.of_site(work.tx, work.portal_id, site.id)
    return [page for page in found if not online_only or (page.active and not page.deleted)]


def assign(work: Work, site: Site, kind: str, page_id: int) -> None:
    """Assign a page to a kind of special page, one of KINDS."""
    rows.store(work.tx, work.portal_id, site.id, kind, page_id)
    publishing.refresh_changed_site(work, site.id)


def release(work: Work, site: Site, kind: str) -> None:
    """Remove the special page of one kind from a site."""
    if any(page.type == kind for page in of_site(work, site)):
        rows.forget(work.tx, work.portal_id, site.id, kind)
        publishing.refresh_changed_site(work, site.id)


def release_site(work: Work, site: Site) -> None:
    """Remove all special pages of a site."""
    if of_site(work, site):
        rows.forget_site(work.tx, work.portal_id, site.id)
        publishing.refresh_changed_site(work, site.id)


def release_page(work: Work, page_id: int) -> None:
    """Remove a page from its special roles on every site."""
    showing = rows.sites_of_page(work.tx, work.portal_id, page_id)
    rows.forget_page(work.tx, work.portal_id, page_id)
    for site_id in sorted(set(showing)):
        publishing.refresh_changed_site(work, site_id)


def page_id_of(work: Work, site: Site, kind: str) -> int:
    """Return the id of a special page, even unpublished or trashed, or 0 if the site has none of this kind."""
    return next((found.page_id for found in of_site(work, site) if found.type == kind), 0)
