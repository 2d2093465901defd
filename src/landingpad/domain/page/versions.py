"""Public versions of pages: HTML rendered at publication, or again after a change of the site."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from landingpad.domain.block.blocks import wrapper_of
from landingpad.domain.preview import previews
from landingpad.domain.preview.previews import Priority
from landingpad.domain.site import additional
from landingpad.domain.site.addresses import path_of, paths_of
from landingpad.domain.site.urls import base_path
from landingpad.domain.work import Work
from landingpad.render.fields import has_own_code
from landingpad.render.html import PAGE_LINK, PageParts, RenderedBlock, render_page
from landingpad.store.block import blocks as block_rows
from landingpad.store.db.listing import Condition, Listing
from landingpad.store.page import pages as page_rows
from landingpad.store.page import syspages, view_templates
from landingpad.store.page import versions as rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block, Page, PageVersion, Site
from landingpad.store.site import sites as site_rows

KEPT_PUBLICATIONS = 20
"""Number of publications of a page that are kept for undo."""
COPIED = tuple(
    name
    for name in Block.__struct_fields__
    if name
    not in {
        "id",
        "portal_id",
        "page_id",
        "is_public",
        "draft_id",
        "deleted",
        "created_by",
        "modified_by",
        "created_at",
        "modified_at",
    }
)
"""Columns that a public block copies from its draft block."""


class _Numbers(NamedTuple):
    """Numbers of a new version, and the user who published it."""

    number: int
    publication: int
    created_by: int


def current(work: Work, site: Site, page: Page, priority: Priority = Priority.PUBLISHED) -> PageVersion:
    """Return the public version of a page. Render it again if the site has changed since.

    A new rendering orders its picture with this priority.

    Raises:
        LookupError: the page was never published.

    """
    version = find(work, page)
    if version is None:
        raise LookupError(f"page {page.id} was never published")
    if version.settings_version == site.settings_version:
        return version
    blocks = block_rows.of_page(work.tx, work.portal_id, page.id, public=True)
    number, _ = rows.last_numbers(work.tx, work.portal_id, page.id)
    following = _Numbers(number + 1, version.publication, version.created_by)
    rendered = _store(work, site, page, blocks, following, priority)
    rows.forget_earlier_renderings(work.tx, work.portal_id, page.id, publication=version.publication, but=rendered.id)
    return rendered


def publish(
    work: Work,
    site: Site,
    page: Page | PageView,
    blocks: Sequence[Block],
    priority: Priority = Priority.PUBLISHED,
    *,
    goes_online: bool = False,
) -> PageVersion:
    """Store the public blocks of a page, in order, as a new publication, and order its picture with this priority."""
    number, last = rows.last_numbers(work.tx, work.portal_id, page.id)
    following = _Numbers(number + 1, last + 1, work.user.id)
    version = _store(work, site, page, blocks, following, priority, published_at=work.now_ms if goes_online else None)
    if version.publication > KEPT_PUBLICATIONS:
        rows.forget_old(work.tx, work.portal_id, page.id, up_to=version.publication - KEPT_PUBLICATIONS)
    return version


def find(work: Work, page: Page) -> PageVersion | None:
    """Return the last rendered public version of a page, or None."""
    return None if page.public_version_id is None else rows.find(work.tx, work.portal_id, page.public_version_id)


def copied(block: Block) -> dict[str, Any]:
    """Return the values that a public block copies from its draft block."""
    return {name: getattr(block, name) for name in COPIED}


def blocks_of(version: PageVersion) -> list[dict[str, Any]]:
    """Return the blocks of a version as dicts of the columns in COPIED and `draft_id`."""
    found: list[dict[str, Any]] = msgspec.json.decode(version.blocks)
    return found


def parts_of(work: Work, site: Site, page: Page | PageView, blocks: Sequence[Block]) -> PageParts:
    """Collect the input of the renderer for a page with these blocks."""
    fields = additional.effective(work, site, page.id)
    own_template = view_templates.find(page.template_id)
    template = own_template or view_templates.find(site.template_id)
    areas: dict[int, list[Block]] = {}
    if template is not None and template.area_count:
        areas = {area: _area(work, page_id) for area, page_id in area_pages(work, site, page).items()}
    shown = [*blocks, *(block for members in areas.values() for block in members)]
    specials = syspages.of_site(work.tx, work.portal_id, site.id)
    paths = _page_paths(work, site, shown, [found.page_id for found in specials])
    return PageParts(
        language=site.language or site_rows.portal_language(work.tx, work.portal_id),
        title=page.title,
        description=page.description or "",
        site_title=site.title,
        path=path_of(work, page, site.index_page_id),
        base=base_path(site.type, site.code),
        fields=fields,
        layout=template.content if template else "#CONTENT#",
        blocks=[_rendered(block) for block in blocks],
        areas={area: [_rendered(block) for block in members] for area, members in areas.items()},
        page_paths=paths,
        special_paths={found.type: paths[found.page_id] for found in specials if found.page_id in paths},
        block_anchors={block.draft_id or block.id: block.anchor or f"b{block.id}" for block in shown},
    )


def draft_html(work: Work, site: Site, page: Page) -> str:
    """Render the draft of a page as a publication would show it now."""
    drafts = block_rows.of_page(work.tx, work.portal_id, page.id, public=False)
    return render_page(parts_of(work, site, page, [block for block in drafts if block.active and not block.deleted]))


def area_pages(work: Work, site: Site, page: Page | PageView) -> Mapping[int, int]:
    """Return the areas of a page: area number -> id of the page that fills it. The page's own win over the site's.

    A page with another template than its site uses only its own areas: the site's area numbers are of another layout.
    """
    own = view_templates.refs(work.tx, work.portal_id, "page", page.id)
    if page.template_id and page.template_id != site.template_id:
        return own
    return {**view_templates.refs(work.tx, work.portal_id, "site", site.id), **own}


def _store(
    work: Work,
    site: Site,
    page: Page | PageView,
    blocks: Sequence[Block],
    numbers: _Numbers,
    priority: Priority,
    *,
    published_at: int | None = None,
) -> PageVersion:
    """Render a page, make the result its public version, and order a picture unless one of this content exists."""
    parts = parts_of(work, site, page, [block for block in blocks if block.active])
    html = render_page(parts)
    content_hash = hashlib.sha256(html.encode()).hexdigest()
    rendered = PageVersion(
        id=0,
        portal_id=work.portal_id,
        page_id=page.id,
        number=numbers.number,
        publication=numbers.publication,
        settings_version=site.settings_version,
        content_hash=content_hash,
        html=html,
        blocks=msgspec.json.encode([{"draft_id": block.draft_id, **copied(block)} for block in blocks]).decode(),
        own_code=has_own_code(parts.fields),
        created_by=numbers.created_by,
        created_at=work.now_ms,
    )
    version = rows.add(work.tx, rendered)
    picture = previews.order_for_version(work, version, priority)
    page_rows.show_version(work.tx, work.portal_id, page.id, version.id, media_key=picture, published_at=published_at)
    return version


def _area(work: Work, page_id: int) -> list[Block]:
    """Return the public blocks of an area page; an empty list while it is not published."""
    page = page_rows.find(work.tx, work.portal_id, page_id)
    if page is None or not page.active or page.deleted:
        return []
    return [b for b in block_rows.of_page(work.tx, work.portal_id, page_id, public=True) if b.active]


def _rendered(block: Block) -> RenderedBlock:
    return RenderedBlock(block.id, block.code, block.content, block.anchor, wrapper_of(block))


def _page_paths(work: Work, site: Site, blocks: Sequence[Block], others: Sequence[int]) -> dict[int, str]:
    """Return page id -> path for the pages of this site that the blocks link to, and for `others`."""
    wanted = {int(number) for block in blocks for number in PAGE_LINK.findall(block.content)} | set(others)
    if not wanted:
        return {}
    conditions = [Condition("id", "in", tuple(sorted(wanted))), Condition("site_id", "in", (site.id,))]
    return paths_of(work, page_rows.list_views(work.tx, work.portal_id, Listing(conditions)))
