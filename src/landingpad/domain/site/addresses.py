"""Addresses of pages, one or many at once, and redirects from old addresses."""

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol
from urllib.parse import quote

from landingpad.domain.site.urls import page_path
from landingpad.domain.work import Work
from landingpad.store.page import pages as page_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Folder, Page, Site
from landingpad.store.site import addresses as rows
from landingpad.store.site import folders as folder_rows
from landingpad.store.site import sites as site_rows


class Placed(Protocol):
    """The part of a page that decides about its path."""

    @property
    def id(self) -> int:
        """Id of the page."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def folder_id(self) -> int | None:
        """Its folder, or None for the root of the site."""


def path_of(work: Work, page: Placed, index_page_id: int | None) -> str:
    """Return the path of a page on its site: "/" for the index page."""
    if page.id == index_page_id:
        return "/"
    return _path(page, folder_rows.chain(work.tx, work.portal_id, page.folder_id))


def address_of(work: Work, page: PageView, portal_host: str) -> str:
    """Return the public address of a page."""
    return _site_address(work, page, portal_host) + path_of(work, page, page.site_index_page_id)


class Places:
    """Addresses of many pages, portion by portion; folders are read once for neighbouring pages of a site."""

    def __init__(self, work: Work) -> None:
        """Read with the transaction of `work`."""
        self._work = work
        self._folders: Mapping[int, Folder] = {}
        self._sites: set[int] = set()
        """The sites whose folders are known."""

    def addresses_of(self, pages: Collection[PageView], portal_host: str) -> dict[int, str]:
        """Return the public addresses of pages."""
        paths = self.paths_of(pages)
        return {page.id: _site_address(self._work, page, portal_host) + paths[page.id] for page in pages}

    def paths_of(self, pages: Collection[PageView]) -> dict[int, str]:
        """Return the paths of pages on their sites."""
        sites = {page.site_id for page in pages if page.folder_id}
        if not sites <= self._sites:
            self._folders = folder_rows.of_sites(self._work.tx, self._work.portal_id, sites)
            self._sites = sites
        return {
            page.id: "/" if page.id == page.site_index_page_id else _path(page, _chain(self._folders, page.folder_id))
            for page in pages
        }


def addresses_of(work: Work, pages: Collection[PageView], portal_host: str) -> dict[int, str]:
    """Return the public addresses of many pages with one query for all folders."""
    return Places(work).addresses_of(pages, portal_host)


def paths_of(work: Work, pages: Collection[PageView]) -> dict[int, str]:
    """Return the paths of many pages on their sites with one query for all folders."""
    return Places(work).paths_of(pages)


def public_addresses_of(work: Work, pages: Iterable[PageView], portal_host: str) -> dict[int, str]:
    """Return the public addresses of pages, without those below a folder that is offline."""
    listed = list(pages)
    folders = folder_rows.of_sites(work.tx, work.portal_id, {page.site_id for page in listed if page.folder_id})
    public = [
        page
        for page in listed
        if all(folder.active and not folder.deleted for folder in _chain(folders, page.folder_id))
    ]
    return addresses_of(work, public, portal_host)


def quoted(code: str) -> str:
    """Percent-encode a code for use in an address."""
    return quote(code, safe="")


def page_at(work: Work, site: Site, path: str, *, public: bool) -> Page | None:
    """Return the page at a path of a site, or None.

    A path consists of folder codes and the code of a page; without the latter it leads to the folder's index page.
    With `public`, the page and every folder in the path must be online.
    """
    names = [name for name in path.split("/") if name]
    parent_id: int | None = None
    for name in names[:-1]:
        folder = _live_folder(work, site, parent_id, name, public=public)
        if folder is None:
            return None
        parent_id = folder.id
    if not names:
        return _live_page(work, site, site.index_page_id, public=public)
    page = page_rows.by_code(work.tx, work.portal_id, site.id, parent_id, names[-1])
    if page is not None and (page.active or not public):
        return page
    folder = _live_folder(work, site, parent_id, names[-1], public=public)
    return None if folder is None else _live_page(work, site, folder.index_page_id, public=public)


def remember_page(work: Work, page: PageView | Page, index_page_id: int | None) -> None:
    """Redirect the present address of a published page to its next one. Call this before the change."""
    path = path_of(work, page, index_page_id)
    if page.active and path != "/":
        rows.remember(work.tx, work.portal_id, page.site_id, path, page.id, work.now_ms)


def remember_folder(work: Work, folder: Folder, site: Site) -> None:
    """Redirect the present addresses of the published pages below a folder. Call this before the change."""
    folders = folder_rows.of_sites(work.tx, work.portal_id, [site.id])
    for page in page_rows.of_site(work.tx, work.portal_id, site.id):
        chain = _chain(folders, page.folder_id)
        if page.active and page.id != site.index_page_id and any(above.id == folder.id for above in chain):
            rows.remember(work.tx, work.portal_id, site.id, _path(page, chain), page.id, work.now_ms)


def moved_page(work: Work, site: Site, path: str) -> PageView | None:
    """Return the published page that used to live at `path`, or None."""
    page_id = rows.page_once_at(work.tx, work.portal_id, site.id, path)
    page = page_rows.find_view(work.tx, work.portal_id, page_id) if page_id else None
    if page is None or not page.active or page.deleted or page.site_deleted:
        return None
    home = site_rows.find(work.tx, work.portal_id, page.site_id)
    if home is None or not home.active:
        return None
    chain = folder_rows.chain(work.tx, work.portal_id, page.folder_id)
    return page if all(folder.active and not folder.deleted for folder in chain) else None


def _site_address(work: Work, page: PageView, portal_host: str) -> str:
    return work.services.urls.site(portal_host, page.site_type, page.site_code, page.host)


def _path(page: Placed, chain: list[Folder]) -> str:
    is_index = bool(chain) and chain[-1].index_page_id == page.id
    return page_path([folder.code for folder in chain], page.code, is_index=is_index)


def _chain(folders: Mapping[int, Folder], folder_id: int | None) -> list[Folder]:
    chain: list[Folder] = []
    folder = folders.get(folder_id or 0)
    while folder is not None and folder not in chain:
        chain.insert(0, folder)
        folder = folders.get(folder.parent_id or 0)
    return chain


def _live_folder(work: Work, site: Site, parent_id: int | None, code: str, *, public: bool) -> Folder | None:
    folder = folder_rows.by_code(work.tx, work.portal_id, site.id, parent_id, code)
    return folder if folder is not None and not folder.deleted and (folder.active or not public) else None


def _live_page(work: Work, site: Site, page_id: int | None, *, public: bool) -> Page | None:
    page = page_rows.find(work.tx, work.portal_id, page_id) if page_id else None
    if page is None or page.site_id != site.id or page.deleted or (public and not page.active):
        return None
    return page
