"""Copies of whole sites."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from landingpad.domain.page.versions import COPIED
from landingpad.domain.site import sites
from landingpad.domain.site.copying import relinked
from landingpad.domain.site.sites import SiteFields
from landingpad.domain.work import Work, stamp
from landingpad.store.page import pages as page_rows
from landingpad.store.page import syspages, view_templates
from landingpad.store.people import rights
from landingpad.store.records import Folder, Page, Site
from landingpad.store.site import copies as rows
from landingpad.store.site import folders as folder_rows
from landingpad.store.site import sites as site_rows

K = TypeVar("K", bound=Hashable)
_SITE = ("type", "description", "xml_id", "template_id")
_FOLDER = ("title", "code")
_PAGE = ("title", "code", "description", "xml_id", "in_sitemap", "is_folder", "rule", "template_id")


class _Copy:
    """An unfinished copy of a site, with maps from original to new ids of folders and pages."""

    def __init__(self, work: Work, original: Site, site_id: int) -> None:
        self.work = work
        self.original = original
        self.site_id = site_id
        self.folders: dict[int, int] = {}
        self.pages: dict[int, int] = {}
        self.left_out: set[int] = set()
        """Pages of the original in the trash."""

    def instead_of(self, pages: Mapping[K, int]) -> dict[K, int]:
        """Replace page ids by those of the copies. Pages of other sites stay, trashed ones are dropped."""
        return {key: self.pages.get(id_, id_) for key, id_ in pages.items() if id_ not in self.left_out}


def duplicate(work: Work, site: Site, fields: SiteFields, types: tuple[str, ...]) -> int:
    """Copy a site without its trash, and return the id of the copy, which is not published.

    The number of SQL statements depends on the depth of the folders, not on the number of pages and blocks.

    Args:
        work: the work at hand.
        site: the original.
        fields: title and code of the copy; unset ones are those of the original. A number is added to a taken code.
        types: the types of sites that the call may use.

    Raises:
        SlashIsNotAllowed: the code contains a slash.

    """
    settings = {name: getattr(site, name) for name in _SITE}
    title = fields.title.strip() if isinstance(fields.title, str) else ""
    new = SiteFields(title=title or site.title, code=fields.code or site.code, **settings)
    copy = _Copy(work, site, sites.add(work, new, types))
    _copy_folders(copy)
    _copy_pages(copy)
    _copy_blocks(copy)
    _copy_fields(copy)
    _copy_roles(copy)
    rights.copy_of_site(work.tx, work.portal_id, site.id, copy.site_id)
    return copy.site_id


def _copy_folders(copy: _Copy) -> None:
    """Copy the folders level by level, since each row refers to its parent."""
    work = copy.work
    waiting = [f for f in folder_rows.of_site(work.tx, work.portal_id, copy.original.id) if not f.deleted]
    while waiting:
        level = [folder for folder in waiting if folder.parent_id is None or folder.parent_id in copy.folders]
        level = level or waiting  # their parent is in the trash or gone: they move to the root
        made = rows.add_folders(work.tx, work.portal_id, stamp(work), [_folder(copy, folder) for folder in level])
        copy.folders |= zip((folder.id for folder in level), made, strict=True)
        waiting = [folder for folder in waiting if folder.id not in copy.folders]


def _folder(copy: _Copy, folder: Folder) -> dict[str, Any]:
    parent_id = None if folder.parent_id is None else copy.folders.get(folder.parent_id)
    values = {name: getattr(folder, name) for name in _FOLDER}
    return {"site_id": copy.site_id, "parent_id": parent_id, **values}


def _copy_pages(copy: _Copy) -> None:
    work = copy.work
    found = page_rows.of_site(work.tx, work.portal_id, copy.original.id)
    live = [page for page in found if not page.deleted]
    copy.left_out = {page.id for page in found if page.deleted}
    made = rows.add_pages(work.tx, work.portal_id, stamp(work), [_page(copy, page) for page in live])
    copy.pages |= zip((page.id for page in live), made, strict=True)


def _page(copy: _Copy, page: Page) -> dict[str, Any]:
    folder_id = None if page.folder_id is None else copy.folders.get(page.folder_id)
    values = {name: getattr(page, name) for name in _PAGE}
    return {"site_id": copy.site_id, "folder_id": folder_id, **values}


def _copy_blocks(copy: _Copy) -> None:
    """Copy the draft blocks. Links to pages are changed before the insert, links to blocks after it."""
    work = copy.work
    drafts = rows.drafts(work.tx, work.portal_id, copy.original.id)
    page_ids: dict[tuple[str, int], int] = {("landing", old): new for old, new in copy.pages.items()}
    contents = [relinked(block.content, page_ids) for block in drafts]
    new_rows = [
        {**{name: getattr(block, name) for name in COPIED}, "page_id": copy.pages[block.page_id], "content": content}
        for block, content in zip(drafts, contents, strict=True)
    ]
    made = rows.add_blocks(work.tx, work.portal_id, stamp(work), new_rows)
    block_ids: dict[tuple[str, int], int] = {("block", block.id): new for block, new in zip(drafts, made, strict=True)}
    changed = {
        new: relinked(content, block_ids) for new, content in zip(made, contents, strict=True) if "#block" in content
    }
    rows.set_contents(work.tx, work.portal_id, changed)


def _copy_fields(copy: _Copy) -> None:
    """Copy the additional fields of the site and its pages."""
    work, site = copy.work, copy.original
    of_site = page_rows.fields(work.tx, work.portal_id, "site", site.id)
    made = [("site", copy.site_id, code, value) for code, value in of_site.items()]
    for page_id, code, value in rows.page_fields(work.tx, work.portal_id, site.id):
        made.append(("page", copy.pages[page_id], code, value))
    rows.add_fields(work.tx, work.portal_id, made)


def _copy_roles(copy: _Copy) -> None:
    """Give each copied page the roles of its original: index page, error page, area, special page."""
    work, site = copy.work, copy.original
    site_rows.update(
        work.tx,
        work.portal_id,
        copy.site_id,
        stamp(work),
        language=site.language,
        index_page_id=copy.pages.get(site.index_page_id or 0),
        not_found_page_id=copy.pages.get(site.not_found_page_id or 0),
        unavailable_page_id=copy.pages.get(site.unavailable_page_id or 0),
    )
    folders = [f for f in folder_rows.of_site(work.tx, work.portal_id, site.id) if f.id in copy.folders]
    index_pages = {copy.folders[f.id]: copy.pages[f.index_page_id] for f in folders if f.index_page_id in copy.pages}
    rows.set_folder_index_pages(work.tx, work.portal_id, index_pages)
    of_site = view_templates.refs(work.tx, work.portal_id, "site", site.id)
    areas = {("site", copy.site_id, area): page_id for area, page_id in of_site.items()}
    for owner_id, area, page_id in rows.page_areas(work.tx, work.portal_id, site.id):
        areas["page", copy.pages[owner_id], area] = page_id
    rows.add_areas(work.tx, work.portal_id, copy.instead_of(areas))
    special = {found.type: found.page_id for found in syspages.of_site(work.tx, work.portal_id, site.id)}
    rows.add_special_pages(work.tx, work.portal_id, copy.site_id, copy.instead_of(special))
