"""Rows of blocks: draft blocks of pages, and their public copies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict, Unpack

from sqlalchemy import bindparam, select

from landingpad.store.db.engine import Tx
from landingpad.store.db.query import Query, Statement
from landingpad.store.records import Block, Stamp
from landingpad.store.tables.site import blocks

_BY_ID = Query(
    select(blocks).where(
        blocks.c.id == bindparam("id"),
        blocks.c.page_id == bindparam("page_id"),
        blocks.c.portal_id == bindparam("portal_id"),
    ),
    Block,
)
_OF_PAGE = Query(
    select(blocks)
    .where(
        blocks.c.page_id == bindparam("page_id"),
        blocks.c.is_public == bindparam("is_public"),
        blocks.c.portal_id == bindparam("portal_id"),
    )
    .order_by(blocks.c.sort, blocks.c.id),
    Block,
)
_ALL_OF_PAGE = Query(
    select(blocks)
    .where(blocks.c.page_id == bindparam("page_id"), blocks.c.portal_id == bindparam("portal_id"))
    .order_by(blocks.c.sort, blocks.c.id),
    Block,
)
_ANYWHERE = Query(
    select(blocks).where(
        blocks.c.id == bindparam("id"), blocks.c.portal_id == bindparam("portal_id"), blocks.c.page_id.is_not(None)
    ),
    Block,
)
_DRAFTS_OF_CODE = Query(
    select(blocks)
    .where(
        blocks.c.code == bindparam("code"), blocks.c.portal_id == bindparam("portal_id"), blocks.c.is_public.is_(False)
    )
    .order_by(blocks.c.id),
    Block,
)
_IS_USED = Statement(
    select(blocks.c.id).where(blocks.c.code == bindparam("code"), blocks.c.portal_id == bindparam("portal_id")).limit(1)
)
_DELETE = Statement(blocks.delete().where(blocks.c.id == bindparam("id"), blocks.c.portal_id == bindparam("portal_id")))
_SHIFT = Statement(
    blocks.update()
    .where(
        blocks.c.page_id == bindparam("of_page"),
        blocks.c.portal_id == bindparam("of_portal"),
        blocks.c.is_public.is_(False),
        blocks.c.sort > bindparam("above"),
    )
    .values(sort=blocks.c.sort + bindparam("step"))
)


class BlockSettings(TypedDict, total=False):
    """Optional columns of a new block."""

    access: str
    active: bool
    anchor: str | None
    designed: bool
    wrapper: str
    xml_id: str


class BlockChanges(BlockSettings, total=False):
    """Columns of a block that can change."""

    code: str
    content: str
    deleted: bool
    page_id: int
    sort: int


def find(tx: Tx, portal_id: int, page_id: int, block_id: int) -> Block | None:
    """Return a draft or public block of a page, or None."""
    return tx.one(_BY_ID, id=block_id, page_id=page_id, portal_id=portal_id)


def of_page(tx: Tx, portal_id: int, page_id: int, *, public: bool) -> list[Block]:
    """Return the draft or public blocks of a page in order, including hidden ones and those marked as deleted."""
    return tx.all(_OF_PAGE, page_id=page_id, is_public=public, portal_id=portal_id)


def drafts_and_public(tx: Tx, portal_id: int, page_id: int) -> tuple[list[Block], list[Block]]:
    """Return the draft blocks and the public blocks of a page like `of_page`, in one query."""
    found = tx.all(_ALL_OF_PAGE, page_id=page_id, portal_id=portal_id)
    return [block for block in found if not block.is_public], [block for block in found if block.is_public]


def find_anywhere(tx: Tx, portal_id: int, block_id: int) -> Block | None:
    """Return a draft or public block of any page, or None."""
    return tx.one(_ANYWHERE, id=block_id, portal_id=portal_id)


def drafts_of_code(tx: Tx, portal_id: int, code: str) -> list[Block]:
    """Return all draft blocks and saved blocks of this design."""
    return tx.all(_DRAFTS_OF_CODE, code=code, portal_id=portal_id)


def is_used(tx: Tx, portal_id: int, code: str) -> bool:
    """Say whether any page or saved block uses this design."""
    return tx.one(_IS_USED, code=code, portal_id=portal_id) is not None


def add(
    tx: Tx,
    portal_id: int,
    by: Stamp,
    *,
    page_id: int | None,
    is_public: bool = False,
    draft_id: int | None = None,
    code: str,
    content: str,
    sort: int,
    **settings: Unpack[BlockSettings],
) -> int:
    """Store a block and return its id.

    Args:
        tx: the transaction.
        portal_id: the portal.
        by: user and time.
        page_id: the page; None for a saved block.
        is_public: whether it belongs to the public page.
        draft_id: the draft block that a public one was copied from.
        code: the code of its design.
        content: its HTML.
        sort: its position.
        settings: the other columns.

    """
    return tx.insert(
        blocks,
        portal_id=portal_id,
        page_id=page_id,
        is_public=is_public,
        draft_id=draft_id,
        code=code,
        content=content,
        sort=sort,
        **settings,
        **by.created(),
    )


def add_public(tx: Tx, portal_id: int, by: Stamp, page_id: int, rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Store public blocks with these values (`draft_id` and the copied columns), in bulk, and return them."""
    fixed: dict[str, Any] = {
        "portal_id": portal_id,
        "page_id": page_id,
        "is_public": True,
        "deleted": False,
        **by.created(),
    }
    made = tx.insert_many(blocks, [{**fixed, **row} for row in rows])
    return [Block(id=block_id, **fixed, **row) for block_id, row in zip(made, rows, strict=True)]


def update_many(tx: Tx, portal_id: int, by: Stamp, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Change the same columns of some blocks in bulk. `changes`: block id -> values."""
    tx.update_many(blocks, portal_id, {block_id: {**row, **by.modified()} for block_id, row in changes.items()})


def update(tx: Tx, portal_id: int, block_id: int, by: Stamp, **changes: Unpack[BlockChanges]) -> None:
    """Change columns of a block."""
    tx.update(blocks, portal_id, block_id, **changes, **by.modified())


def make_room(tx: Tx, portal_id: int, page_id: int, *, above: int, step: int) -> None:
    """Add `step` to the sort values of draft blocks below position `above`."""
    tx.run(_SHIFT, of_page=page_id, of_portal=portal_id, above=above, step=step)


def delete_many(tx: Tx, portal_id: int, block_ids: Iterable[int]) -> None:
    """Delete some blocks in bulk."""
    tx.run_many(_DELETE, [{"id": block_id, "portal_id": portal_id} for block_id in block_ids])


def delete(tx: Tx, portal_id: int, block_id: int) -> None:
    """Delete one block."""
    tx.run(_DELETE, id=block_id, portal_id=portal_id)
