"""Pages: create, change, move and delete."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from landingpad.domain.page import publishing
from landingpad.domain.site import additional, addresses, codes, trash
from landingpad.domain.site.urls import NO_PREVIEW, PREVIEW_FILE
from landingpad.domain.work import Work, stamp
from landingpad.errors.page import CodeCannotBeEmpty, FolderNotFound
from landingpad.store.page import pages as rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Site
from landingpad.store.site import folders as folder_rows
from landingpad.store.site import sites as site_rows


class PageFields(msgspec.Struct, kw_only=True):
    """Fields of a page that an author can set. UNSET stands for a field that was not sent."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    code: str | msgspec.UnsetType | None = msgspec.UNSET
    site_id: int | msgspec.UnsetType = msgspec.UNSET
    """The wanted site, which whoever asks for rights turns into a `Site` or a `Place`."""
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
        """Return the set fields that are stored without further checks."""
        names = ("description", "xml_id", "template_id", "in_sitemap", "is_folder")
        return {name: value for name in names if (value := getattr(self, name)) is not msgspec.UNSET}


class Place(NamedTuple):
    """A folder of a site, or with None its root."""

    site_id: int
    folder_id: int | None


def add(work: Work, site: Site, fields: PageFields) -> int:
    """Create a page on a site and return its id. The first page at the root of a site becomes its index page.

    Raises:
        FolderNotFound: the folder is not on this site.
        SlashIsNotAllowed, CodeCannotBeEmpty, WrongCodeFormat: the code is invalid.

    """
    folder_id = checked_folder(work, site.id, fields.folder_id or None)
    title = (fields.title if isinstance(fields.title, str) else "").strip()
    if fields.code == "" and fields.is_folder is msgspec.UNSET:
        raise CodeCannotBeEmpty
    wanted = codes.page_code(fields.code or None, title, work.services.random)
    codes.check_page_code(wanted)
    page_id = rows.add(
        work.tx,
        work.portal_id,
        stamp(work),
        site_id=site.id,
        folder_id=folder_id,
        title=title or wanted,
        code=free_code(work, site.id, folder_id, wanted),
        **fields.plain(),
    )
    if isinstance(fields.additional, Mapping):
        additional.save(work, "page", page_id, fields.additional, site.type)
    if site.index_page_id is None and folder_id is None:
        site_rows.set_index_page(work.tx, work.portal_id, site.id, page_id)
    return page_id


def update(work: Work, page: PageView, fields: PageFields, place: Place) -> None:
    """Change the settings of a page and move it to a place. The published blocks do not change.

    Raises:
        SlashIsNotAllowed, CodeCannotBeEmpty, WrongCodeFormat: the code is invalid.
        CannotDeleteMain, UnableDeleteInclude: DELETED is set for an index page or an area page.

    """
    changes = fields.plain()
    if fields.published_at is not msgspec.UNSET:
        changes["published_at"] = fields.published_at
    if isinstance(fields.title, str) and fields.title.strip():
        changes["title"] = fields.title.strip()
    code = _changed_code(work, fields, page)
    if isinstance(fields.additional, Mapping):
        additional.save(work, "page", page.id, fields.additional, page.site_type)
    _change(work, page, place, code or page.code, changes)
    if isinstance(fields.deleted, bool):
        if fields.deleted:
            trash.trash_page(work, page)
        elif page.deleted:
            trash.restore_page(work, page)
        else:  # documented: DELETED=N makes a live page inactive
            publishing.unpublish_page(work, page.id)


def move(work: Work, page: PageView, target: Site, folder_id: int | None) -> None:
    """Move a page to the root of a site, or to a folder of its present site.

    Raises:
        FolderNotFound: the folder is not on the present site, or the site is to change as well.

    """
    if folder_id and target.id != page.site_id:
        raise FolderNotFound("The site and the folder of a page cannot change in one call: move it to the site first.")
    _change(work, page, Place(target.id, checked_folder(work, target.id, folder_id)), page.code, {})


def delete(work: Work, page: PageView) -> None:
    """Delete a page with its blocks, versions and pictures."""
    if page.active:
        publishing.unpublish_page(work, page.id)  # pages that show it as an area are refreshed
    rows.remove(work.tx, work.portal_id, page.id)


def preview_address(page: PageView, address: str) -> str:
    """Return the address of a page's picture: the author's own, the screenshot, or the placeholder."""
    if page.own_picture:
        return page.own_picture
    return f"{address}{PREVIEW_FILE}" if page.active and page.preview_key else NO_PREVIEW


def checked_folder(work: Work, site_id: int, folder_id: int | msgspec.UnsetType | None) -> int | None:
    """Return the id of a live folder of a site, or None for the root.

    Raises:
        FolderNotFound: the site has no such folder.

    """
    if not isinstance(folder_id, int) or folder_id == 0:
        return None
    folder = folder_rows.find(work.tx, work.portal_id, folder_id)
    if folder is None or folder.site_id != site_id or folder.deleted:
        raise FolderNotFound
    return folder.id


def free_code(work: Work, site_id: int, folder_id: int | None, wanted: str, *, but: int = 0) -> str:
    """Return `wanted`, or a variant of it that no other page in the folder has."""
    return codes.with_random_suffix(
        wanted,
        work.services.random,
        lambda code: rows.code_is_taken(work.tx, work.portal_id, site_id, folder_id, code, but=but),
    )


def _change(work: Work, page: PageView, place: Place, code: str, changes: dict[str, Any]) -> None:
    """Store changes of a page, redirect its old address, and refresh the published pages of its site."""
    site_id, folder_id = place
    if place != (page.site_id, page.folder_id) or code != page.code:
        code = free_code(work, site_id, folder_id, code, but=page.id)
        addresses.remember_page(work, page, page.site_index_page_id)
    rows.update(
        work.tx,
        work.portal_id,
        page.id,
        stamp(work),
        site_id=site_id,
        folder_id=folder_id,
        code=code,
        **changes,
    )
    if site_id != page.site_id:
        rows.leave_site(work.tx, work.portal_id, page.id, page.site_id)
        publishing.refresh_changed_site(work, site_id)
    publishing.refresh_changed_site(work, page.site_id)


def _changed_code(work: Work, fields: PageFields, page: PageView) -> str | None:
    if fields.code is msgspec.UNSET:
        return None
    if not fields.code:
        if fields.code == "" and fields.is_folder is msgspec.UNSET:
            raise CodeCannotBeEmpty
        return None
    title = fields.title if isinstance(fields.title, str) else page.title
    code = codes.page_code(fields.code, title, work.services.random)
    codes.check_page_code(code)
    return code
