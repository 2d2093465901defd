"""Publication: the draft of a page becomes its public version, with a picture to be taken of it."""

import hashlib
from collections.abc import Sequence

import msgspec

from landingpad.domain import additional, pages
from landingpad.domain.urls import base_path
from landingpad.domain.work import Work
from landingpad.render.html import PAGE_LINK, PageParts, RenderedBlock, render_page
from landingpad.store import blocks as block_rows
from landingpad.store import pages as page_rows
from landingpad.store import previews
from landingpad.store import sites as site_rows
from landingpad.store.records import Block, Page, PageVersion, Site
from landingpad.store.tables import blocks as blocks_table
from landingpad.store.tables import folders as folders_table
from landingpad.store.tables import page_versions
from landingpad.store.tables import pages as pages_table
from landingpad.store.tables import sites as sites_table

KEPT_VERSIONS = 20
"""How many public versions of a page are kept, the newest first."""

_COPIED = ("code", "content", "sort", "active", "anchor", "access", "designed", "xml_id")


def publish_page(work: Work, page_id: int) -> None:
    """Make the draft of a page public, with the folders above it and its site."""
    page = _page(work, page_id)
    site = _site(work, page.site_id)
    for folder in page_rows.folder_chain(work.tx, work.portal_id, page.folder_id):
        if not folder.active:
            work.tx.update(folders_table, work.portal_id, folder.id, active=True, modified_at=work.now_ms)
    if not site.active:
        work.tx.update(sites_table, work.portal_id, site.id, active=True, modified_at=work.now_ms)
    _publish_draft(work, site, page)


def unpublish_page(work: Work, page_id: int) -> None:
    """Take a page offline. Its public version is kept for the next publication."""
    work.tx.update(
        pages_table, work.portal_id, page_id, active=False, modified_by=work.user.id, modified_at=work.now_ms
    )


def publish_site(work: Work, site: Site) -> None:
    """Make a site public: its folders, and the drafts of those of its pages that are active.

    Pages that were never published, or were taken offline, stay offline (landing/site/landing-site-publication.md).
    """
    work.tx.update(sites_table, work.portal_id, site.id, active=True, modified_by=work.user.id, modified_at=work.now_ms)
    _set_folders(work, site, active=True)
    for page in page_rows.of_site(work.tx, work.portal_id, site.id):
        if page.active and not page.deleted:
            _publish_draft(work, site, page)


def unpublish_site(work: Work, site: Site) -> None:
    """Take a site offline with all its pages and folders."""
    work.tx.update(
        sites_table, work.portal_id, site.id, active=False, modified_by=work.user.id, modified_at=work.now_ms
    )
    _set_folders(work, site, active=False)
    for page in page_rows.of_site(work.tx, work.portal_id, site.id):
        if page.active:
            unpublish_page(work, page.id)


def current_version(work: Work, site: Site, page: Page) -> PageVersion:
    """Return the public version of a page; made anew if the site has changed in a way that its pages show.

    Raises:
        LookupError: the page has no public version.

    """
    version = _version(work, page)
    if version is None:
        raise LookupError(f"page {page.id} was never published")
    if version.settings_version == site.settings_version:
        return version
    return _make_version(work, site, page)


def refresh_index_page(work: Work, site_id: int) -> None:
    """Have the picture of a site follow a change of the site itself; its other pages follow when they are visited."""
    site = _site(work, site_id)
    page = pages.index_page_of(work, site)
    if site.active and page is not None and page.active and page.public_version_id is not None:
        current_version(work, site, page)


def _publish_draft(work: Work, site: Site, page: Page) -> None:
    draft = block_rows.of_page(work.tx, work.portal_id, page.id, public=False)
    public = {block.draft_id: block for block in block_rows.of_page(work.tx, work.portal_id, page.id, public=True)}
    for block in draft:
        if block.deleted:
            continue
        _copy_block(work, block, public.pop(block.id, None))
    for left_over in public.values():
        block_rows.delete(work.tx, work.portal_id, left_over.id)
    work.tx.update(pages_table, work.portal_id, page.id, active=True, published_at=work.now_ms)
    _make_version(work, site, page)


def _copy_block(work: Work, draft: Block, public: Block | None) -> None:
    values = {name: getattr(draft, name) for name in _COPIED}
    if public is not None:
        if any(getattr(public, name) != value for name, value in values.items()):
            work.tx.update(
                blocks_table,
                work.portal_id,
                public.id,
                **values,
                modified_by=draft.modified_by,
                modified_at=draft.modified_at,
            )
        return
    work.tx.insert(
        blocks_table,
        portal_id=work.portal_id,
        page_id=draft.page_id,
        is_public=True,
        draft_id=draft.id,
        deleted=False,
        created_by=draft.created_by,
        created_at=draft.created_at,
        modified_by=draft.modified_by,
        modified_at=draft.modified_at,
        **values,
    )


def _make_version(work: Work, site: Site, page: Page) -> PageVersion:
    """Store what visitors get now, and enqueue its picture unless there is one of the very same content."""
    html = render_page(_parts(work, site, page))
    content_hash = hashlib.sha256(html.encode()).hexdigest()
    number = page_rows.last_version_number(work.tx, page.id) + 1
    version = PageVersion(
        id=0,
        portal_id=work.portal_id,
        page_id=page.id,
        number=number,
        settings_version=site.settings_version,
        content_hash=content_hash,
        html=html,
        created_by=work.user.id,
        created_at=work.now_ms,
    )
    version_id = work.tx.insert(
        page_versions, **{name: value for name, value in msgspec.structs.asdict(version).items() if name != "id"}
    )
    page_rows.forget_versions(work.tx, page.id, up_to=number - KEPT_VERSIONS)
    known = previews.standard(work.tx, work.portal_id, page.id, content_hash)
    work.tx.update(
        pages_table,
        work.portal_id,
        page.id,
        public_version_id=version_id,
        **({"preview_key": known.media_key} if known and known.media_key else {}),
    )
    if known is None or known.state == previews.FAILED:
        preview_id = previews.expect(work.tx, work.portal_id, page.id, content_hash, work.now_ms)
        work.services.jobs.take_preview(work.tx, preview_id=preview_id, version_id=version_id)
    return msgspec.structs.replace(version, id=version_id)


def _parts(work: Work, site: Site, page: Page) -> PageParts:
    blocks = [b for b in block_rows.of_page(work.tx, work.portal_id, page.id, public=True) if b.active]
    return parts_of(work, site, page, blocks)


def parts_of(work: Work, site: Site, page: Page, blocks: Sequence[Block]) -> PageParts:
    """Gather what the renderer needs for a page with these blocks."""
    fields = {**additional.read(work, "site", site.id), **additional.read(work, "page", page.id)}
    base = base_path(site.type, site.code)
    return PageParts(
        language=site.language or site_rows.portal_language(work.tx, work.portal_id),
        title=page.title,
        description=page.description or "",
        site_title=site.title,
        path=pages.path_of(work, page, site.index_page_id),
        base=base,
        fields=fields,
        blocks=[RenderedBlock(block.id, block.code, block.content, block.anchor) for block in blocks],
        page_paths=_page_paths(work, site, blocks),
        block_anchors={b.draft_id or b.id: b.anchor or f"b{b.id}" for b in blocks},
    )


def _page_paths(work: Work, site: Site, blocks: Sequence[Block]) -> dict[int, str]:
    """Return the paths of the pages that these blocks link to."""
    wanted = {int(number) for block in blocks for number in PAGE_LINK.findall(block.content)}
    found = (page_rows.find(work.tx, work.portal_id, page_id) for page_id in sorted(wanted))
    return {p.id: pages.path_of(work, p, site.index_page_id) for p in found if p and p.site_id == site.id}


def _set_folders(work: Work, site: Site, *, active: bool) -> None:
    for folder in page_rows.folders_of_site(work.tx, work.portal_id, site.id):
        if folder.active != active and not folder.deleted:
            work.tx.update(folders_table, work.portal_id, folder.id, active=active, modified_at=work.now_ms)


def _version(work: Work, page: Page) -> PageVersion | None:
    if page.public_version_id is None:
        return None
    return page_rows.find_version(work.tx, work.portal_id, page.public_version_id)


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
