"""Rows that a call names: found, and checked against the rights of the caller.

A forbidden row raises the error of an unknown one, and an unknown row costs the same check, so that neither error nor
time tells them apart.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from landingpad.domain.block import files
from landingpad.domain.page import menus
from landingpad.domain.people.rights import UNKNOWN_SITE, Right
from landingpad.domain.site import additional, sites
from landingpad.errors.block import BlockNotFound
from landingpad.errors.calls import AccessDenied
from landingpad.errors.page import PageNotFound
from landingpad.errors.site import SiteNotFound
from landingpad.rpc.call import Call
from landingpad.store.block import blocks as block_rows
from landingpad.store.page import pages as page_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block, Site


def find_page(call: Call, page_id: int, *, trashed: bool = False) -> PageView | None:
    """Return a readable page, or None. Trashed pages are found only with `trashed`."""
    page = page_rows.find_view(call.tx, call.portal_id, page_id)
    may_read = call.may(Right.READ, page.site_id if page else UNKNOWN_SITE)
    if page is None or not may_read or page.site_type not in call.site_types:
        return None
    return page if trashed or not (page.deleted or page.site_deleted) else None


def get_page(call: Call, page_id: int, right: Right | None = None, *, trashed: bool = False) -> PageView:
    """Return a readable page to whose site the caller has a further right.

    Raises:
        PageNotFound: the page is unknown, not readable, or in the trash and `trashed` is false.
        AccessDenied: the further right is missing.

    """
    page = find_page(call, page_id, trashed=trashed)
    if page is None:
        raise PageNotFound
    if right is not None:
        call.require(right, page.site_id)
    return page


def find_block(call: Call, block_id: int) -> tuple[PageView, Block]:
    """Return a block by its id alone, with its page: of the draft or the public page, marked as deleted or not.

    Raises:
        BlockNotFound: the block is unknown, or its page is not readable.

    """
    block = block_rows.find_anywhere(call.tx, call.portal_id, block_id)
    page_id = block.page_id if block is not None and block.page_id is not None else 0
    page = page_rows.find_view(call.tx, call.portal_id, page_id)
    may_read = call.may(Right.READ, page.site_id if page else UNKNOWN_SITE)
    if block is None or page is None or page.site_type not in call.site_types or page.deleted or page.site_deleted:
        raise BlockNotFound
    if not may_read:
        raise BlockNotFound
    return page, block


def page_of_draft_block(call: Call, block_id: int, right: Right) -> tuple[PageView | None, bool]:
    """Return the page of a block of a draft, marked as deleted or not, and whether the caller has a right to it.

    The page is None if no readable draft has such a block.

    Raises:
        PageNotFound: the page is in the trash, or of another site type than the `scope` of the call.

    """
    block = block_rows.find_anywhere(call.tx, call.portal_id, block_id)
    page_id = block.page_id if block is not None and not block.is_public and block.page_id is not None else 0
    page = page_rows.find_view(call.tx, call.portal_id, page_id)
    site_id = page.site_id if page else UNKNOWN_SITE
    may_read, is_allowed = call.may(Right.READ, site_id), call.may(right, site_id)
    if page is None or not may_read:
        return None, False
    if page.deleted or page.site_deleted or page.site_type not in call.site_types:
        raise PageNotFound
    return page, is_allowed


def add_menu_link(call: Call, block_id: int, menu: str, page_id: int, title: str) -> bool:
    """Add a link to a page to a menu of a draft. Return False if the block or menu is unknown or may not be changed."""
    try:
        page, block = find_block(call, block_id)
    except BlockNotFound:
        return False
    if block.deleted or block.is_public or not call.may(Right.EDIT, page.site_id):
        return False
    return menus.add_link(call, page, block, menu, page_id, title)


def site_for_page(call: Call, site_id: int | msgspec.UnsetType, refusal: str = "") -> Site:
    """Return a site on which the caller may create pages.

    Raises:
        SiteNotFound: the site is unknown, in the trash or not readable.
        AccessDenied: the caller may not edit it; `refusal` is the text.

    """
    site = sites.find(call, site_id, call.site_types) if isinstance(site_id, int) else None
    known = site.id if site else UNKNOWN_SITE
    may_edit = call.may(Right.EDIT, known)
    if site is None or site.deleted or not call.may(Right.READ, known):
        raise SiteNotFound
    if not may_edit:
        raise AccessDenied(refusal) if refusal else AccessDenied
    return site


def may_reuse(call: Call, file_id: int) -> bool:
    """Return whether the caller may use an uploaded file again: it is on no page, or on one the caller may edit."""
    page = files.page_of(call, file_id)
    return page is None or call.may(Right.EDIT, page.site_id)


def own_pictures(call: Call, given: Mapping[str, Any] | msgspec.UnsetType) -> Mapping[str, Any] | msgspec.UnsetType:
    """Return additional fields with "" for each picture that the caller may not reuse."""
    if not isinstance(given, Mapping):
        return given
    return {name: value if _may_use(call, name, value) else "" for name, value in given.items()}


def _may_use(call: Call, name: str, value: Any) -> bool:
    file_id = additional.file_id_of(name, value)
    return file_id is None or may_reuse(call, file_id)
