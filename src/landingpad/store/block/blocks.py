"""Rows of blocks: the draft of a page, and the copy of it that is public."""

from typing import TypedDict, Unpack

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
    """Columns of a block that may be left out when it is made."""

    access: str
    active: bool
    anchor: str | None
    designed: bool
    wrapper: str
    xml_id: str


class BlockChanges(BlockSettings, total=False):
    """Columns of a block that change."""

    code: str
    content: str
    deleted: bool
    page_id: int
    sort: int


def find(tx: Tx, portal_id: int, page_id: int, block_id: int) -> Block | None:
    """Return a block of a page, draft or public."""
    return tx.one(_BY_ID, id=block_id, page_id=page_id, portal_id=portal_id)


def of_page(tx: Tx, portal_id: int, page_id: int, *, public: bool) -> list[Block]:
    """Return the blocks of the draft or of the public page, in page order, marked and hidden ones included."""
    return tx.all(_OF_PAGE, page_id=page_id, is_public=public, portal_id=portal_id)


def find_anywhere(tx: Tx, portal_id: int, block_id: int) -> Block | None:
    """Return a block of whatever page, draft or public."""
    return tx.one(_ANYWHERE, id=block_id, portal_id=portal_id)


def drafts_of_code(tx: Tx, portal_id: int, code: str) -> list[Block]:
    """Return the blocks of this design on the drafts of all pages, and the saved ones."""
    return tx.all(_DRAFTS_OF_CODE, code=code, portal_id=portal_id)


def is_used(tx: Tx, portal_id: int, code: str) -> bool:
    """Say whether a block of this design stands on any page, or was saved."""
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
        portal_id: whose.
        by: who puts it there, and when.
        page_id: of the page; None for a saved block.
        is_public: whether it is one of the public page.
        draft_id: the draft block that a public one was made from.
        code: its design.
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


def update(tx: Tx, portal_id: int, block_id: int, by: Stamp, **changes: Unpack[BlockChanges]) -> None:
    """Change columns of a block."""
    tx.update(blocks, portal_id, block_id, **changes, **by.modified())


def make_room(tx: Tx, portal_id: int, page_id: int, *, above: int, step: int) -> None:
    """Move the draft blocks that stand below position `above` further down."""
    tx.run(_SHIFT, of_page=page_id, of_portal=portal_id, above=above, step=step)


def delete(tx: Tx, portal_id: int, block_id: int) -> None:
    """Remove one block."""
    tx.run(_DELETE, id=block_id, portal_id=portal_id)
