"""Publish drafts of pages, and take pages, folders and sites offline."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from landingpad.domain.page import versions
from landingpad.domain.preview.previews import Priority
from landingpad.domain.work import Work, stamp
from landingpad.errors import OperatorError
from landingpad.store.block import blocks as block_rows
from landingpad.store.page import pages as page_rows
from landingpad.store.page import versions as version_rows
from landingpad.store.page import view_templates
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block, Folder, Page, Site, Stamp
from landingpad.store.site import folders as folder_rows
from landingpad.store.site import sites as site_rows

_BOTH = 2


class CannotUndoError(OperatorError):
    """The page has no such earlier publication; the text lists those that exist."""


def publish_page(work: Work, page: Page | PageView, *, only: int | None = None) -> None:
    """Publish the draft of a page, and put its site and the folders above it online.

    Args:
        work: the work at hand.
        page: the page.
        only: the one draft block that is published, the others staying as they are; None for all.

    """
    site = _site(work, page.site_id)
    set_folders(work, folder_rows.chain(work.tx, work.portal_id, page.folder_id), active=True)
    if not site.active:
        by = Stamp(site.modified_by, work.now_ms)
        site_rows.update(work.tx, work.portal_id, site.id, by, active=True)
    _publish_draft(work, site, page, only=only)
    refresh_pages_showing(work, page.id)


def unpublish_page(work: Work, page_id: int) -> None:
    """Take a page offline. Its public version is kept."""
    page_rows.update(work.tx, work.portal_id, page_id, stamp(work), active=False)
    refresh_pages_showing(work, page_id)


def publish_site(work: Work, site: Site) -> None:
    """Put a site and its folders online, and publish the drafts of its active pages.

    Pages that were never published, or were taken offline, stay offline (landing/site/landing-site-publication.md).
    """
    site_rows.update(work.tx, work.portal_id, site.id, stamp(work), active=True)
    set_folders(work, _live_folders(work, site), active=True)
    published = [p for p in page_rows.of_site(work.tx, work.portal_id, site.id) if p.active and not p.deleted]
    areas = view_templates.area_pages(work.tx, work.portal_id)
    # Area pages come first, so that the pages around them are rendered only once.
    for page in sorted(published, key=lambda page: page.id not in areas):
        # The index page's picture is that of the site, so it does not wait for the other pages.
        is_index = page.id == site.index_page_id
        _publish_draft(work, site, page, Priority.PUBLISHED if is_index else Priority.BULK)
    for page in published:
        if page.id in areas:
            refresh_pages_showing(work, page.id, but=site.id)


def unpublish_site(work: Work, site: Site) -> None:
    """Take a site offline with all its pages and folders."""
    site_rows.update(work.tx, work.portal_id, site.id, stamp(work), active=False)
    set_folders(work, _live_folders(work, site), active=False)
    online = [page.id for page in page_rows.of_site(work.tx, work.portal_id, site.id) if page.active]
    page_rows.set_active(work.tx, work.portal_id, stamp(work), online, active=False)
    shown = view_templates.shown_pages(work.tx, work.portal_id)
    for page_id in online:
        if page_id in shown:
            refresh_pages_showing(work, page_id)


def set_folders(work: Work, folders: Iterable[Folder], *, active: bool) -> None:
    """Put folders online or offline."""
    changed = [folder.id for folder in folders if folder.active != active]
    folder_rows.set_active(work.tx, work.portal_id, stamp(work), changed, active=active)


def undo_publication(work: Work, page_id: int, publication: int | None = None) -> int:
    """Publish an earlier publication of a page again. The draft does not change.

    Args:
        work: the work at hand.
        page_id: the page.
        publication: number of the earlier publication; None for the one before the present.

    Returns:
        The number of the earlier publication.

    Raises:
        CannotUndoError: the page has no such publication.

    """
    page = _page(work, page_id)
    history = version_rows.history(work.tx, work.portal_id, page_id)
    kept = [entry for entry in history if entry.id != page.public_version_id]
    wanted = next((entry for entry in kept if publication in (None, entry.publication)), None)
    if wanted is None:
        numbers = ", ".join(str(entry.publication) for entry in kept) or "none"
        raise CannotUndoError(f"Page {page_id} has no publication {publication or 'before this one'}. Kept: {numbers}.")
    version = version_rows.find(work.tx, work.portal_id, wanted.id)
    assert version is not None  # noqa: S101  # listed in this transaction
    public = block_rows.of_page(work.tx, work.portal_id, page_id, public=True)
    blocks = _write_public(work, page_id, versions.blocks_of(version), public)
    versions.publish(work, _site(work, page.site_id), page, blocks)
    refresh_pages_showing(work, page_id)
    return wanted.publication


def has_changes(work: Work, page_id: int) -> bool:
    """Say whether the draft blocks differ from the published ones."""
    drafts, public = block_rows.drafts_and_public(work.tx, work.portal_id, page_id)
    wanted = {block.id: versions.copied(block) for block in drafts if not block.deleted}
    return wanted != {block.draft_id: versions.copied(block) for block in public}


def publication_to_undo(work: Work, page_id: int) -> int:
    """Return the number of the publication before the last one, or 0 if there is none or visitors saw no change."""
    last = version_rows.last_blocks(work.tx, work.portal_id, page_id)
    if len(last) < _BOTH or last[0][1] == last[1][1]:
        return 0
    return last[1][0]


def refresh_site(work: Work, site_id: int) -> None:
    """Render the outdated published pages of a site again, with their pictures.

    The index page is rendered in this transaction; the others in a job, or earlier when one is visited.
    """
    site = _site(work, site_id)
    if not site.active or site.deleted:
        return
    page = page_rows.find(work.tx, work.portal_id, site.index_page_id) if site.index_page_id else None
    if page is not None and page.active and page.public_version_id is not None:
        versions.current(work, site, page)
    if page_rows.outdated(work.tx, work.portal_id, site_id, limit=1):
        work.services.jobs.refresh_pages(work.tx, portal_id=work.portal_id, site_id=site_id)


def refresh_changed_site(work: Work, site_id: int) -> None:
    """Render all published pages of a site again, after a change that they show."""
    site_rows.count_change(work.tx, work.portal_id, site_id)
    refresh_site(work, site_id)


def refresh_next_page(work: Work, site_id: int) -> bool:
    """Render one outdated page of a site; return False if none is left."""
    site = site_rows.find(work.tx, work.portal_id, site_id)
    found = page_rows.outdated(work.tx, work.portal_id, site_id, limit=1)
    if site is None or not found:
        return False
    versions.current(work, site, found[0], Priority.BULK)
    return True


def refresh_pages_showing(work: Work, page_id: int, *, but: int = 0) -> None:
    """Refresh the sites that show a page as an area or as a special page."""
    showing = view_templates.sites_showing(work.tx, work.portal_id, page_id)
    for site_id in sorted({*showing} - {but}):
        site_rows.count_change(work.tx, work.portal_id, site_id)
        refresh_site(work, site_id)


def _publish_draft(
    work: Work,
    site: Site,
    page: Page | PageView,
    priority: Priority = Priority.PUBLISHED,
    *,
    only: int | None = None,
) -> None:
    drafts, public = block_rows.drafts_and_public(work.tx, work.portal_id, page.id)
    wanted = [
        {"draft_id": block.id, **versions.copied(block)}
        for block in drafts
        if not block.deleted and only in (None, block.id)
    ]
    if only is not None:
        wanted += [{"draft_id": block.draft_id, **versions.copied(block)} for block in public if block.draft_id != only]
    blocks = _write_public(work, page.id, wanted, public)
    versions.publish(work, site, page, blocks, priority, goes_online=True)


def _write_public(
    work: Work, page_id: int, wanted: Iterable[Mapping[str, Any]], public: Iterable[Block]
) -> list[Block]:
    """Make the public blocks of a page like `wanted`: values with the id of the draft block. Return them in order."""
    tx, portal_id, by = work.tx, work.portal_id, stamp(work)
    left_over = {block.draft_id: block for block in public}
    shown: list[Block] = []
    missing: list[Mapping[str, Any]] = []
    changes: dict[int, Mapping[str, Any]] = {}
    for values in wanted:
        block = left_over.pop(values["draft_id"], None)
        if block is None:
            missing.append(values)
            continue
        if any(getattr(block, name) != value for name, value in values.items()):
            changes[block.id] = values
            block = msgspec.structs.replace(block, **values, **by.modified())
        shown.append(block)
    shown += block_rows.add_public(tx, portal_id, by, page_id, missing)
    block_rows.update_many(tx, portal_id, by, changes)
    block_rows.delete_many(tx, portal_id, [block.id for block in left_over.values()])
    return sorted(shown, key=lambda block: (block.sort, block.id))


def _live_folders(work: Work, site: Site) -> list[Folder]:
    return [folder for folder in folder_rows.of_site(work.tx, work.portal_id, site.id) if not folder.deleted]


def _page(work: Work, page_id: int) -> Page:
    page = page_rows.find(work.tx, work.portal_id, page_id)
    if page is None:
        raise LookupError(f"there is no page {page_id}")
    return page


def _site(work: Work, site_id: int) -> Site:
    site = site_rows.find(work.tx, work.portal_id, site_id)
    if site is None:
        raise LookupError(f"there is no site {site_id}")
    return site
