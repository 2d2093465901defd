"""Folders of a site: create, change and publish."""

from typing import Any

import msgspec

from landingpad.domain.page import publishing
from landingpad.domain.site import addresses, codes
from landingpad.domain.work import Work, stamp
from landingpad.errors.calls import AccessDenied
from landingpad.errors.site import EmptyRequired, FolderIsNotUnique, SlashIsNotAllowed
from landingpad.store.page import pages as page_rows
from landingpad.store.records import Folder, Site
from landingpad.store.site import folders as rows
from landingpad.store.site.folders import FolderChanges


class FolderFields(msgspec.Struct, kw_only=True):
    """Fields of a folder that an author can set. UNSET stands for a field that was not sent."""

    title: str | msgspec.UnsetType | None = msgspec.UNSET
    code: str | msgspec.UnsetType | None = msgspec.UNSET
    parent_id: int | None = None
    index_page_id: int | msgspec.UnsetType | None = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET


def add(work: Work, site: Site, fields: FolderFields) -> int:
    """Create a folder and return its id.

    Raises:
        EmptyRequired: the title is empty.
        SlashIsNotAllowed, FolderIsNotUnique: the code is invalid or taken.
        AccessDenied: the parent is not a folder of this site.

    """
    title = fields.title.strip() if isinstance(fields.title, str) else ""
    if not title:
        raise EmptyRequired('The required field "TITLE" of the folder is empty.')
    parent_id = _parent(work, site, fields.parent_id)
    code = _free_code(work, site, parent_id, _code(work, fields, title))
    return rows.add(
        work.tx,
        work.portal_id,
        stamp(work),
        site_id=site.id,
        parent_id=parent_id,
        title=title,
        code=code,
        active=fields.active is True,
    )


def update(work: Work, site: Site, folder: Folder, fields: FolderFields) -> None:
    """Change a folder. Without a parent it moves to the root, as documented. Old addresses of its pages redirect.

    Raises:
        SlashIsNotAllowed, FolderIsNotUnique: the code is invalid or taken.
        AccessDenied: the parent is not a folder of this site or lies below this one; the index page is of another site.

    """
    parent_id = _parent(work, site, fields.parent_id, folder)
    changes: FolderChanges = {"parent_id": parent_id}
    if isinstance(fields.title, str) and fields.title.strip():
        changes["title"] = fields.title.strip()
    wanted = _code(work, fields, folder.title) if isinstance(fields.code, str) and fields.code.strip() else folder.code
    changes["code"] = _free_code(work, site, parent_id, wanted, folder)
    if fields.index_page_id is not msgspec.UNSET:
        changes["index_page_id"] = _index_page(work, site, fields.index_page_id)
    if isinstance(fields.active, bool):
        changes["active"] = fields.active
    if (changes["code"], parent_id) != (folder.code, folder.parent_id):
        addresses.remember_folder(work, folder, site)
    rows.update(work.tx, work.portal_id, folder.id, stamp(work), **changes)
    moved = any(changes.get(name, was) != was for name, was in _values_shown_on_pages(folder).items())
    if moved:
        publishing.refresh_changed_site(work, site.id)


def _values_shown_on_pages(folder: Folder) -> dict[str, Any]:
    return {name: getattr(folder, name) for name in ("code", "parent_id", "index_page_id")}


def publish(work: Work, folder: Folder, *, active: bool) -> None:
    """Put a folder and all its parents online or offline."""
    publishing.set_folders(work, rows.chain(work.tx, work.portal_id, folder.id), active=active)


def _parent(work: Work, site: Site, parent_id: int | None, folder: Folder | None = None) -> int | None:
    if not parent_id:
        return None
    chain = rows.chain(work.tx, work.portal_id, parent_id)
    parent = chain[-1] if chain else None
    if parent is None or parent.site_id != site.id or parent.deleted:
        raise AccessDenied(f"The parent folder {parent_id} was not found on this site.")
    if folder is not None and any(above.id == folder.id for above in chain):
        raise AccessDenied("A folder cannot be moved into itself or into a folder below it.")
    return parent.id


def _code(work: Work, fields: FolderFields, title: str) -> str:
    given = fields.code.strip() if isinstance(fields.code, str) else ""
    if "/" in given:
        raise SlashIsNotAllowed("Slash is not allowed in the folder address.")
    return given or codes.slug(title) or codes.random_code(work.services.random)


def _free_code(work: Work, site: Site, parent_id: int | None, code: str, folder: Folder | None = None) -> str:
    other = rows.by_code(work.tx, work.portal_id, site.id, parent_id, code)
    if other is not None and (folder is None or other.id != folder.id):
        where = "in the trash " if other.deleted else ""
        raise FolderIsNotUnique(f'There already is a folder {where}with the code "{code}" (id {other.id}).')
    return code


def _index_page(work: Work, site: Site, page_id: int | msgspec.UnsetType | None) -> int | None:
    if not isinstance(page_id, int):
        return None
    page = page_rows.find(work.tx, work.portal_id, page_id)
    if page is None or page.site_id != site.id or page.deleted:
        raise AccessDenied(f"The index page {page_id} was not found on this site.")
    return page.id
