"""Pages: making, changing and removing them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from landingpad.domain import additional, codes, sites
from landingpad.domain.errors import (
    AccessDenied,
    CannotDeleteMain,
    CodeCannotBeEmpty,
    FolderNotFound,
    PageNotFound,
    SiteNotFound,
)
from landingpad.domain.rights import Right
from landingpad.domain.urls import NO_PREVIEW, PREVIEW_FILE, page_path
from landingpad.domain.work import Work
from landingpad.store import pages as rows
from landingpad.store.pages import PageView
from landingpad.store.records import Page, Site
from landingpad.store.tables import pages
from landingpad.store.tables import sites as sites_table


class PageFields(msgspec.Struct, kw_only=True):
    """What an author says about a page. UNSET: not said."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    code: str | msgspec.UnsetType | None = msgspec.UNSET
    site_id: int | msgspec.UnsetType = msgspec.UNSET
    folder_id: int | msgspec.UnsetType | None = msgspec.UNSET
    description: str | msgspec.UnsetType | None = msgspec.UNSET
    xml_id: str | msgspec.UnsetType | None = msgspec.UNSET
    template_id: int | msgspec.UnsetType | None = msgspec.UNSET
    in_sitemap: bool | msgspec.UnsetType = msgspec.UNSET
    is_folder: bool | msgspec.UnsetType = msgspec.UNSET
    deleted: bool | msgspec.UnsetType = msgspec.UNSET
    published_at: int | msgspec.UnsetType | None = msgspec.UNSET
    additional: Mapping[str, Any] | msgspec.UnsetType = msgspec.UNSET

    def plain(self) -> dict[str, Any]:
        """Return the columns that need no rule of their own."""
        names = ("description", "xml_id", "template_id", "in_sitemap", "is_folder", "published_at")
        return {name: value for name in names if (value := getattr(self, name)) is not msgspec.UNSET}


def get(work: Work, page_id: int, types: tuple[str, ...], *, trashed: bool = False) -> PageView:
    """Return a page of the site types that the call sees.

    Raises:
        PageNotFound: there is none, or it may not be read, or it is in the trash and `trashed` is false.

    """
    page = rows.find_view(work.tx, work.portal_id, page_id)
    if page is None or page.site_type not in types or not work.may(Right.READ, page.site_id):
        raise PageNotFound
    if not trashed and (page.deleted or page.site_deleted):
        raise PageNotFound
    return page


def add(work: Work, fields: PageFields, types: tuple[str, ...]) -> int:
    """Make a page and return its id. The first page of a site becomes its index page.

    Raises:
        SiteNotFound, FolderNotFound: where it should go.
        SlashIsNotAllowed, CodeCannotBeEmpty, WrongCodeFormat: about the code.
        AccessDenied: the caller may not edit the site.

    """
    site = sites.find(work, fields.site_id, types) if isinstance(fields.site_id, int) else None
    if site is None or site.deleted:
        raise SiteNotFound
    if not work.may(Right.EDIT, site.id):
        raise AccessDenied
    folder_id = _checked_folder(work, site.id, fields.folder_id or None)
    title = (fields.title if isinstance(fields.title, str) else "").strip()
    if fields.code == "" and fields.is_folder is msgspec.UNSET:
        raise CodeCannotBeEmpty
    wanted = codes.page_code(fields.code or None, title)
    codes.check_page_code(wanted)
    page_id = work.tx.insert(
        pages,
        portal_id=work.portal_id,
        site_id=site.id,
        folder_id=folder_id,
        title=title or wanted,
        code=_free_code(work, site.id, folder_id, wanted),
        active=False,
        deleted=False,
        created_by=work.user.id,
        modified_by=work.user.id,
        created_at=work.now_ms,
        modified_at=work.now_ms,
        **fields.plain(),
    )
    if isinstance(fields.additional, Mapping):
        additional.save(work, "page", page_id, fields.additional)
    if site.index_page_id is None:
        work.tx.update(sites_table, work.portal_id, site.id, index_page_id=page_id)
    return page_id


def update(work: Work, page: PageView, fields: PageFields, types: tuple[str, ...]) -> None:
    """Change the settings of a page. The content of its public version stays as it was published.

    Raises:
        SiteNotFound, FolderNotFound: where it should move.
        SlashIsNotAllowed, CodeCannotBeEmpty, WrongCodeFormat: about the code.
        CannotDeleteMain: DELETED for the index page of a site that has other pages.
        AccessDenied: the caller may not edit the site it should move to.

    """
    changes: dict[str, Any] = fields.plain()
    if isinstance(fields.title, str) and fields.title.strip():
        changes["title"] = fields.title.strip()
    # The folder is looked for in the present site: site and folder cannot change in one call.
    folder_id = page.folder_id
    if fields.folder_id is not msgspec.UNSET:
        folder_id = changes["folder_id"] = _checked_folder(work, page.site_id, fields.folder_id)
    site_id = page.site_id
    if isinstance(fields.site_id, int) and fields.site_id != page.site_id:
        target = sites.find(work, fields.site_id, types)
        if target is None or target.deleted:
            raise SiteNotFound
        if not work.may(Right.EDIT, target.id):
            raise AccessDenied
        site_id = changes["site_id"] = target.id
        folder_id = changes["folder_id"] = None
    code = _changed_code(fields, page)
    if code is not None or (site_id, folder_id) != (page.site_id, page.folder_id):
        changes["code"] = _free_code(work, site_id, folder_id, code or page.code, but=page.id)
    if isinstance(fields.deleted, bool):
        changes |= _trash_changes(work, page, deleted=fields.deleted)
    if isinstance(fields.additional, Mapping):
        additional.save(work, "page", page.id, fields.additional)
    work.tx.update(pages, work.portal_id, page.id, **changes, modified_by=work.user.id, modified_at=work.now_ms)
    site = sites.find(work, page.site_id, types)
    if site is not None:
        sites.pages_look_different(work, site)
        if site_id != site.id and site.index_page_id == page.id:
            work.tx.update(sites_table, work.portal_id, site.id, index_page_id=None)


def delete(work: Work, page: PageView) -> None:
    """Remove a page for good, with its blocks, versions and pictures."""
    rows.delete(work.tx, work.portal_id, page.id)
    if page.site_index_page_id == page.id:
        work.tx.update(sites_table, work.portal_id, page.site_id, index_page_id=None)


def path_of(work: Work, page: PageView | Page, index_page_id: int | None) -> str:
    """Return the path of a page on its site."""
    if page.id == index_page_id:
        return "/"
    chain = rows.folder_chain(work.tx, work.portal_id, page.folder_id)
    is_index = bool(chain) and chain[-1].index_page_id == page.id
    return page_path([folder.code for folder in chain], page.code, is_index=is_index)


def address_of(work: Work, page: PageView, portal_host: str) -> str:
    """Return the public address of a page."""
    site = work.services.urls.site(portal_host, page.site_type, page.site_code, page.host)
    return site + path_of(work, page, page.site_index_page_id)


def preview_address(page: PageView, address: str) -> str:
    """Return the address of a page's picture: the author's own, that of the photograph, or of the placeholder."""
    if page.own_picture:
        return page.own_picture
    return f"{address}{PREVIEW_FILE}" if page.active and page.preview_key else NO_PREVIEW


def index_page_of(work: Work, site: Site) -> Page | None:
    """Return the index page of a site."""
    return rows.find(work.tx, work.portal_id, site.index_page_id) if site.index_page_id else None


def _changed_code(fields: PageFields, page: PageView) -> str | None:
    if fields.code is msgspec.UNSET:
        return None
    if not fields.code:
        if fields.code == "" and fields.is_folder is msgspec.UNSET:
            raise CodeCannotBeEmpty
        return None
    title = fields.title if isinstance(fields.title, str) else page.title
    code = codes.page_code(fields.code, title)
    codes.check_page_code(code)
    return code if code != page.code else None


def _checked_folder(work: Work, site_id: int, folder_id: int | msgspec.UnsetType | None) -> int | None:
    if not isinstance(folder_id, int) or folder_id == 0:
        return None
    folder = rows.find_folder(work.tx, work.portal_id, folder_id)
    if folder is None or folder.site_id != site_id or folder.deleted:
        raise FolderNotFound
    return folder.id


def _free_code(work: Work, site_id: int, folder_id: int | None, wanted: str, *, but: int = 0) -> str:
    return codes.with_random_suffix(
        wanted,
        work.services.random,
        lambda code: rows.code_is_taken(work.tx, site_id, folder_id, code, but=but),
    )


def _trash_changes(work: Work, page: PageView, *, deleted: bool) -> dict[str, Any]:
    """Trashing a page takes it offline; restoring does not publish it again."""
    if deleted and not page.deleted and page.site_index_page_id == page.id:
        others = [p for p in rows.of_site(work.tx, work.portal_id, page.site_id) if not p.deleted and p.id != page.id]
        if others:
            raise CannotDeleteMain
    return {"deleted": deleted, "active": False, "deleted_at": work.now_ms if deleted else None}
