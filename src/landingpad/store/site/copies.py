"""Rows of a whole site, read and written in bulk, for copying it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Block, Stamp
from landingpad.store.tables.site import (
    additional_fields,
    blocks,
    folders,
    pages,
    special_pages,
    template_refs,
)

_LIVE_PAGES = (
    pages.c.site_id == bindparam("site_id"),
    pages.c.portal_id == bindparam("portal_id"),
    pages.c.deleted.is_(False),
)
_DRAFTS = Query(
    select(blocks)
    .join(pages, pages.c.id == blocks.c.page_id)
    .where(*_LIVE_PAGES, blocks.c.is_public.is_(False), blocks.c.deleted.is_(False))
    .order_by(blocks.c.page_id, blocks.c.sort, blocks.c.id),
    Block,
)
_FIELDS = Statement(
    select(additional_fields.c.owner_id, additional_fields.c.code, additional_fields.c.value)
    .join(pages, pages.c.id == additional_fields.c.owner_id)
    .where(*_LIVE_PAGES, additional_fields.c.owner == "page")
)
_AREAS = Statement(
    select(template_refs.c.owner_id, template_refs.c.area, template_refs.c.page_id)
    .join(pages, pages.c.id == template_refs.c.owner_id)
    .where(*_LIVE_PAGES, template_refs.c.owner == "page")
)


def drafts(tx: Tx, portal_id: int, site_id: int) -> list[Block]:
    """Return the draft blocks of a site, without trashed pages and blocks marked as deleted."""
    return tx.all(_DRAFTS, portal_id=portal_id, site_id=site_id)


def page_fields(tx: Tx, portal_id: int, site_id: int) -> list[tuple[int, str, str]]:
    """Return (page id, name, value) of the additional fields of the live pages of a site."""
    return tx.all(_FIELDS, portal_id=portal_id, site_id=site_id)


def page_areas(tx: Tx, portal_id: int, site_id: int) -> list[tuple[int, int, int]]:
    """Return (page id, area, id of the page that fills it) for the live pages of a site."""
    return tx.all(_AREAS, portal_id=portal_id, site_id=site_id)


def add_folders(tx: Tx, portal_id: int, by: Stamp, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store folders and return their ids in this order."""
    return tx.insert_many(folders, [{"portal_id": portal_id, **row, **by.created()} for row in rows])


def add_pages(tx: Tx, portal_id: int, by: Stamp, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store unpublished pages and return their ids in this order."""
    return tx.insert_many(pages, [{"portal_id": portal_id, **row, **by.created()} for row in rows])


def add_blocks(tx: Tx, portal_id: int, by: Stamp, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store draft blocks and return their ids in this order."""
    return tx.insert_many(blocks, [{"portal_id": portal_id, **row, **by.created()} for row in rows])


def add_fields(tx: Tx, portal_id: int, found: Iterable[tuple[str, int, str, str]]) -> None:
    """Store additional fields: ("site" or "page", its id, name, value)."""
    rows = [
        {"portal_id": portal_id, "owner": owner, "owner_id": owner_id, "code": code, "value": value}
        for owner, owner_id, code, value in found
    ]
    tx.insert_many(additional_fields, rows)


def add_areas(tx: Tx, portal_id: int, found: Mapping[tuple[str, int, int], int]) -> None:
    """Store areas: ("site" or "page", its id, area) -> id of the page that fills it."""
    rows = [
        {"portal_id": portal_id, "owner": owner, "owner_id": owner_id, "area": area, "page_id": page_id}
        for (owner, owner_id, area), page_id in found.items()
    ]
    tx.insert_many(template_refs, rows)


def add_special_pages(tx: Tx, portal_id: int, site_id: int, found: Mapping[str, int]) -> None:
    """Store special pages of a site: kind -> page id."""
    rows = [
        {"portal_id": portal_id, "site_id": site_id, "type": kind, "page_id": page_id}
        for kind, page_id in found.items()
    ]
    tx.insert_many(special_pages, rows)


def set_folder_index_pages(tx: Tx, portal_id: int, found: Mapping[int, int]) -> None:
    """Set the index pages of folders: folder id -> page id."""
    tx.update_many(folders, portal_id, {folder: {"index_page_id": page} for folder, page in found.items()})


def set_contents(tx: Tx, portal_id: int, found: Mapping[int, str]) -> None:
    """Set the HTML of blocks: block id -> content."""
    tx.update_many(blocks, portal_id, {block: {"content": content} for block, content in found.items()})
