"""Copies of pages."""

import re
from collections.abc import Mapping
from typing import Any

from landingpad.domain.page import pages
from landingpad.domain.page.versions import COPIED
from landingpad.domain.site import codes
from landingpad.domain.work import Work, stamp
from landingpad.store.block import blocks as block_rows
from landingpad.store.page import pages as rows
from landingpad.store.page import view_templates
from landingpad.store.page.pages import PageView
from landingpad.store.records import Site
from landingpad.store.site import folders as folder_rows
from landingpad.store.site import sites as site_rows

_OWN_LINK = re.compile(r"#(landing|block)(\d+)\b")


def copy_page(work: Work, page: PageView, target: Site, folder_id: int | None) -> int:
    """Copy a page with its draft blocks to a site and return the id of the copy, which is not published.

    An unknown folder, or one of another site, counts as the root (landing/page/methods/landing-landing-copy.md).
    Links from the page to itself or to its blocks are changed to the copies.
    """
    folder = folder_rows.find(work.tx, work.portal_id, folder_id) if folder_id else None
    if folder is not None and (folder.site_id != target.id or folder.deleted):
        folder = None
    place = folder.id if folder else None
    copy_id = rows.add(
        work.tx,
        work.portal_id,
        stamp(work),
        site_id=target.id,
        folder_id=place,
        title=page.title,
        code=pages.free_code(work, target.id, place, _code(page)),
        description=page.description,
        xml_id=page.xml_id,
        in_sitemap=page.in_sitemap,
        is_folder=page.is_folder,
        template_id=page.template_id,
    )
    for name, value in rows.fields(work.tx, work.portal_id, "page", page.id).items():
        rows.set_field(work.tx, work.portal_id, "page", copy_id, name, value)
    refs = view_templates.refs(work.tx, work.portal_id, "page", page.id)
    view_templates.set_refs(work.tx, work.portal_id, "page", copy_id, refs)
    _copy_blocks(work, page.id, copy_id)
    if target.index_page_id is None and place is None:
        site_rows.set_index_page(work.tx, work.portal_id, target.id, copy_id)
    return copy_id


def _copy_blocks(work: Work, page_id: int, copy_id: int) -> None:
    new_ids: dict[tuple[str, int], int] = {("landing", page_id): copy_id}
    contents: dict[int, str] = {}
    for block in block_rows.of_page(work.tx, work.portal_id, page_id, public=False):
        if block.deleted:
            continue
        values: dict[str, Any] = {name: getattr(block, name) for name in COPIED}
        made = block_rows.add(work.tx, work.portal_id, stamp(work), page_id=copy_id, **values)
        new_ids["block", block.id] = made
        contents[made] = block.content
    relink_blocks(work, contents, new_ids)


def relink_blocks(work: Work, contents: Mapping[int, str], new_ids: Mapping[tuple[str, int], int]) -> None:
    """Update the links in new blocks. `contents`: block id -> HTML; `new_ids`: ("landing" or "block", old id) -> id."""
    for block_id, content in contents.items():
        changed = relinked(content, new_ids)
        if changed != content:
            block_rows.update(work.tx, work.portal_id, block_id, stamp(work), content=changed)


def relinked(content: str, new_ids: Mapping[tuple[str, int], int]) -> str:
    """Return block HTML with links such as #landing12 and #block34 changed to the new ids."""

    def link(match: re.Match[str]) -> str:
        kind, number = match.group(1), int(match.group(2))
        return f"#{kind}{new_ids.get((kind, number), number)}"

    return _OWN_LINK.sub(link, content)


def _code(page: PageView) -> str:
    return page.code[: codes.MAX_CODE]
