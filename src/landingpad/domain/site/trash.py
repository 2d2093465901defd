"""The trash. Its sites, pages and folders are offline and hidden until they are restored or deleted."""

import time
from collections.abc import Sequence

from landingpad.domain.page import publishing
from landingpad.domain.site import hosts
from landingpad.domain.work import Work, stamp
from landingpad.errors.page import CannotDeleteMain, UnableDeleteInclude
from landingpad.errors.site import FolderContainsAreas
from landingpad.store.page import pages as page_rows
from landingpad.store.page import view_templates
from landingpad.store.page.pages import PageView
from landingpad.store.records import Folder, Page, Site
from landingpad.store.site import folders as folder_rows
from landingpad.store.site import sites as site_rows

_PORTION_SECONDS = 0.1
"""Time after which a transaction that empties the trash ends."""

KEPT_DAYS = 30
"""Days until the trash deletes something (landing/site/landing-site-mark-delete.md)."""


def trash_site(work: Work, site: Site) -> None:
    """Put a site into the trash. Its pages are unchanged, so that publishing the restored site brings them back."""
    if not site.deleted:
        _mark_site(work, site, deleted=True)


def restore_site(work: Work, site: Site) -> None:
    """Restore a site, which stays offline."""
    if site.deleted:
        _mark_site(work, site, deleted=False)


def trash_page(work: Work, page: PageView) -> None:
    """Put a page into the trash.

    Raises:
        CannotDeleteMain: it is the index page of a site with other live pages.
        UnableDeleteInclude: it fills an area of other pages.

    """
    if page.deleted:
        return
    if page.site_index_page_id == page.id and page_rows.has_live(work.tx, work.portal_id, page.site_id, but=page.id):
        raise CannotDeleteMain
    if view_templates.is_area(work.tx, work.portal_id, page.id):
        raise UnableDeleteInclude
    _mark_pages(work, [page], deleted=True)
    publishing.refresh_pages_showing(work, page.id)


def restore_page(work: Work, page: PageView) -> None:
    """Restore a page and the folders above it, which are part of its address. The page stays offline."""
    if page.deleted:
        _restore_chain(work, page.folder_id)
        _mark_pages(work, [page], deleted=False)


def trash_folder(work: Work, folder: Folder) -> None:
    """Put a folder into the trash, with the folders and pages below it.

    Raises:
        FolderContainsAreas: one of these pages fills an area of other pages.

    """
    if folder.deleted:
        return
    folders = [member for member in _below(work, folder) if not member.deleted]
    pages = [page for page in _pages_in(work, folder.site_id, folders) if not page.deleted]
    areas = view_templates.area_pages(work.tx, work.portal_id)
    if any(page.id in areas for page in pages):
        raise FolderContainsAreas
    _mark_folders(work, folders, deleted=True)
    _mark_pages(work, pages, deleted=True)


def restore_folder(work: Work, folder: Folder) -> None:
    """Restore a folder with everything that was trashed together with it. The pages stay offline."""
    if not folder.deleted:
        return
    _restore_chain(work, folder.parent_id)
    folders = [member for member in _below(work, folder) if member.deleted_at == folder.deleted_at]
    _mark_folders(work, folders, deleted=False)
    pages = _pages_in(work, folder.site_id, folders)
    _mark_pages(work, [page for page in pages if page.deleted_at == folder.deleted_at], deleted=False)


def empty(work: Work, *, before_ms: int) -> tuple[int, bool]:
    """Delete some of what was trashed before a time, in a fraction of a second, so that others can write.

    Returns:
        The number of deleted sites, folders and pages that were due, and whether none is left.

    """
    removed, ends_at = 0, time.monotonic() + _PORTION_SECONDS
    tx, portal_id = work.tx, work.portal_id
    while True:
        # Pages first: a deleted folder would move those in it to the root.
        if pages := page_rows.trashed_before(tx, portal_id, before_ms, limit=1):
            page_rows.remove(tx, portal_id, pages[0])
            removed += 1
        elif folders := folder_rows.trashed_before(tx, portal_id, before_ms, limit=1):
            folder_rows.remove(tx, portal_id, folders[0])
            removed += 1
        elif sites := site_rows.trashed_before(tx, portal_id, before_ms, limit=1):
            removed += _remove_page_or_site(work, sites[0])
        else:
            return removed, True
        if time.monotonic() > ends_at:
            return removed, False


def _remove_page_or_site(work: Work, site_id: int) -> bool:
    """Delete a page of a site, or the site if it has none left; return whether the site is gone."""
    page_id = site_rows.any_page(work.tx, work.portal_id, site_id)
    if page_id is not None:
        page_rows.remove(work.tx, work.portal_id, page_id)
        return False
    site = site_rows.find(work.tx, work.portal_id, site_id)
    site_rows.remove(work.tx, work.portal_id, site_id)
    if site is not None:
        hosts.drop_unused(work, site.domain_id)
    return True


def _mark_site(work: Work, site: Site, *, deleted: bool) -> None:
    by, deleted_at = stamp(work), work.now_ms if deleted else None
    site_rows.update(work.tx, work.portal_id, site.id, by, deleted=deleted, active=False, deleted_at=deleted_at)


def _mark_pages(work: Work, pages: Sequence[Page | PageView], *, deleted: bool) -> None:
    by, deleted_at = stamp(work), work.now_ms if deleted else None
    for page in pages:
        page_rows.update(work.tx, work.portal_id, page.id, by, deleted=deleted, active=False, deleted_at=deleted_at)


def _mark_folders(work: Work, folders: Sequence[Folder], *, deleted: bool) -> None:
    by, deleted_at = stamp(work), work.now_ms if deleted else None
    for folder in folders:
        folder_rows.update(work.tx, work.portal_id, folder.id, by, deleted=deleted, deleted_at=deleted_at)


def _restore_chain(work: Work, folder_id: int | None) -> None:
    chain = folder_rows.chain(work.tx, work.portal_id, folder_id)
    _mark_folders(work, [folder for folder in chain if folder.deleted], deleted=False)


def _below(work: Work, folder: Folder) -> list[Folder]:
    """Return a folder and all folders below it, each after its parent."""
    everything = folder_rows.of_site(work.tx, work.portal_id, folder.site_id)
    found = [folder]
    for parent in found:  # the list grows during the loop
        found += [child for child in everything if child.parent_id == parent.id and child not in found]
    return found


def _pages_in(work: Work, site_id: int, folders: Sequence[Folder]) -> list[Page]:
    ids = {folder.id for folder in folders}
    return [page for page in page_rows.of_site(work.tx, work.portal_id, site_id) if page.folder_id in ids]
