"""Rows of folders."""

from collections.abc import Iterable
from typing import TypedDict, Unpack

from sqlalchemy import bindparam, delete, func, null, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.listing import Condition, Lister, Listing
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Folder, Stamp
from landingpad.store.tables.site import folders, pages

_ALL = select(folders).where(folders.c.portal_id == bindparam("portal_id"))
_BY_ID = Query(_ALL.where(folders.c.id == bindparam("id")), Folder)
_OF_SITE = Query(_ALL.where(folders.c.site_id == bindparam("site_id")).order_by(folders.c.id), Folder)
# A folder with all its parents. UNION drops repeated rows, so that a circle ends.
_chain = (
    _ALL.with_only_columns(folders.c.id, folders.c.parent_id)
    .where(folders.c.id == bindparam("id"))
    .cte("chain", recursive=True)
)
_above = folders.alias("above")
_chain = _chain.union(
    select(_above.c.id, _above.c.parent_id)
    .join(_chain, _above.c.id == _chain.c.parent_id)
    .where(_above.c.portal_id == bindparam("portal_id"))
)
_CHAIN = Query(_ALL.where(folders.c.id.in_(select(_chain.c.id))), Folder)
_BY_CODE = Query(
    _ALL.where(
        folders.c.site_id == bindparam("site_id"),
        func.coalesce(folders.c.parent_id, 0) == bindparam("parent_id"),
        folders.c.code == bindparam("code"),
    ).order_by(folders.c.deleted, folders.c.id),
    Folder,
)
_TRASHED = Statement(
    select(folders.c.id)
    .where(folders.c.portal_id == bindparam("portal_id"), folders.c.deleted_at < bindparam("before"))
    .order_by(folders.c.deleted_at, folders.c.id)
    .limit(bindparam("most"))
)
_DELETE = Statement(
    delete(folders).where(folders.c.id == bindparam("id"), folders.c.portal_id == bindparam("portal_id"))
)
_PAGES_TO_ROOT = Statement(
    pages.update()
    .where(pages.c.folder_id == bindparam("of_folder"), pages.c.portal_id == bindparam("of_portal"))
    .values(folder_id=null())
)
_FOLDERS_TO_ROOT = Statement(
    folders.update()
    .where(folders.c.parent_id == bindparam("of_folder"), folders.c.portal_id == bindparam("of_portal"))
    .values(parent_id=null())
)
LISTER = Lister(_ALL, Folder, {column.name: column for column in folders.c})


class FolderChanges(TypedDict, total=False):
    """Columns of a folder that can change."""

    active: bool
    code: str
    deleted: bool
    deleted_at: int | None
    index_page_id: int | None
    parent_id: int | None
    title: str


def find(tx: Tx, portal_id: int, folder_id: int) -> Folder | None:
    """Return a folder of this portal, or None."""
    return tx.one(_BY_ID, id=folder_id, portal_id=portal_id)


def list_folders(tx: Tx, portal_id: int, listing: Listing) -> list[Folder]:
    """Return the folders that match a listing."""
    return LISTER.rows(tx, listing, portal_id=portal_id)


def of_site(tx: Tx, portal_id: int, site_id: int) -> list[Folder]:
    """Return every folder of a site, including trashed ones."""
    return tx.all(_OF_SITE, site_id=site_id, portal_id=portal_id)


def by_code(tx: Tx, portal_id: int, site_id: int, parent_id: int | None, code: str) -> Folder | None:
    """Return the folder with this code in a parent (None for the root). A live one is preferred to a trashed one."""
    return tx.one(_BY_CODE, portal_id=portal_id, site_id=site_id, parent_id=parent_id or 0, code=code)


def chain(tx: Tx, portal_id: int, folder_id: int | None) -> list[Folder]:
    """Return a folder and all its parents, the outermost first."""
    if not folder_id:
        return []
    known = {folder.id: folder for folder in tx.all(_CHAIN, id=folder_id, portal_id=portal_id)}
    found: list[Folder] = []
    while folder_id and (folder := known.pop(folder_id, None)) is not None:
        found.insert(0, folder)
        folder_id = folder.parent_id
    return found


def of_sites(tx: Tx, portal_id: int, site_ids: Iterable[int]) -> dict[int, Folder]:
    """Return all folders of some sites by id, in one query."""
    wanted = tuple(site_ids)
    if not wanted:
        return {}
    while len(wanted) & (len(wanted) - 1):  # a power of two, so that few shapes of SQL are built
        wanted += wanted[-1:]
    listing = Listing([Condition("site_id", "in", wanted)])
    return {folder.id: folder for folder in list_folders(tx, portal_id, listing)}


def add(
    tx: Tx, portal_id: int, by: Stamp, *, site_id: int, parent_id: int | None, title: str, code: str, active: bool
) -> int:
    """Store a folder and return its id."""
    return tx.insert(
        folders,
        portal_id=portal_id,
        site_id=site_id,
        parent_id=parent_id,
        title=title,
        code=code,
        active=active,
        **by.created(),
    )


def update(tx: Tx, portal_id: int, folder_id: int, by: Stamp, **changes: Unpack[FolderChanges]) -> None:
    """Change columns of a folder."""
    tx.update(folders, portal_id, folder_id, **changes, **by.modified())


def set_active(tx: Tx, portal_id: int, by: Stamp, folder_ids: Iterable[int], *, active: bool) -> None:
    """Put folders online or offline in bulk."""
    tx.update_many(folders, portal_id, {folder_id: {"active": active, **by.modified()} for folder_id in folder_ids})


def trashed_before(tx: Tx, portal_id: int, before_ms: int, *, limit: int) -> list[int]:
    """Return the ids of up to `limit` folders that were trashed before a time, first the oldest."""
    return [row[0] for row in tx.all(_TRASHED, portal_id=portal_id, before=before_ms, most=limit)]


def remove(tx: Tx, portal_id: int, folder_id: int) -> None:
    """Delete a folder. Pages and folders in it move to the root."""
    tx.run(_PAGES_TO_ROOT, of_folder=folder_id, of_portal=portal_id)
    tx.run(_FOLDERS_TO_ROOT, of_folder=folder_id, of_portal=portal_id)
    tx.run(_DELETE, id=folder_id, portal_id=portal_id)
