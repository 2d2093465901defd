"""Areas of view templates: pages that fill the areas around the content of other pages."""

from collections.abc import Mapping

from landingpad.domain.page import publishing
from landingpad.domain.work import Work
from landingpad.store.page import view_templates as rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Site


def areas_of_site(work: Work, site: Site) -> dict[int, int]:
    """Return area number -> id of the page that fills it, for a site."""
    return rows.refs(work.tx, work.portal_id, "site", site.id)


def areas_of_page(work: Work, page: PageView) -> dict[int, int]:
    """Return area number -> id of the page that fills it, for one page, without the areas of its site."""
    return rows.refs(work.tx, work.portal_id, "page", page.id)


def fill_site(work: Work, site: Site, areas: Mapping[int, int]) -> None:
    """Replace all areas of a site and refresh its published pages."""
    if areas_of_site(work, site) != dict(areas):
        rows.set_refs(work.tx, work.portal_id, "site", site.id, dict(areas))
        publishing.refresh_changed_site(work, site.id)


def fill_page(work: Work, page: PageView, areas: Mapping[int, int]) -> None:
    """Replace all areas of one page and refresh the published pages of its site."""
    if areas_of_page(work, page) != dict(areas):
        rows.set_refs(work.tx, work.portal_id, "page", page.id, dict(areas))
        publishing.refresh_changed_site(work, page.site_id)
