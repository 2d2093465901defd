"""Blocks of a page: adding them and changing what they hold. All changes go to the draft."""

from collections.abc import Callable, Mapping
from typing import Any

from landingpad.blocks.library import BlockDesign, standard_library
from landingpad.domain import nodes
from landingpad.domain.errors import BlockCannotBeAdded, BlockNotFound
from landingpad.domain.work import Work
from landingpad.store import blocks as rows
from landingpad.store.pages import PageView
from landingpad.store.records import Block
from landingpad.store.tables import blocks
from landingpad.store.tables import pages as pages_table

SORT_STEP = 500
FULL_ACCESS = "X"


def design_of(code: str) -> BlockDesign | None:
    """Return the design of a block."""
    return standard_library().get(code)


def manifest_of(block: Block) -> Mapping[str, Any]:
    """Return what can be changed in a block."""
    design = design_of(block.code)
    return design.manifest if design is not None else {}


def get(work: Work, page: PageView, block_id: int, *, edit_mode: bool) -> Block:
    """Return a block of the draft, or of the public page.

    Raises:
        BlockNotFound: that version of the page has no such block.

    """
    block = rows.find(work.tx, work.portal_id, page.id, block_id)
    if block is None or block.is_public is edit_mode or (block.deleted and not edit_mode):
        raise BlockNotFound
    return block


def get_draft(work: Work, page: PageView, block_id: int) -> Block:
    """Return a block that can be changed.

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.

    """
    block = get(work, page, block_id, edit_mode=True)
    if block.deleted:
        raise BlockNotFound
    return block


def of_page(work: Work, page_id: int, *, edit_mode: bool, deleted: bool = False) -> list[Block]:
    """Return the blocks of a page in order: live ones, or with `deleted` the marked ones of the draft."""
    found = rows.of_page(work.tx, work.portal_id, page_id, public=not edit_mode)
    return [block for block in found if block.deleted is deleted]


def add(
    work: Work,
    page: PageView,
    code: str,
    *,
    after_id: int | None = None,
    active: bool = True,
    content: str | None = None,
) -> int:
    """Add a block to the draft, below the block `after_id` or at the top; return its id.

    Raises:
        BlockCannotBeAdded: there is no design of that code for this type of site.

    """
    design = design_of(code)
    if design is None:
        raise BlockCannotBeAdded(f'Cannot add block because there is no block with the code "{code}".')
    if not design.fits(page.site_type):
        raise BlockCannotBeAdded
    draft = rows.of_page(work.tx, work.portal_id, page.id, public=False)
    above = next((block.sort for block in draft if block.id == after_id), None)
    if above is None:
        above = draft[0].sort - 1 if draft else 0
    rows.make_room(work.tx, page.id, above=above, step=SORT_STEP)
    block_id = work.tx.insert(
        blocks,
        portal_id=work.portal_id,
        page_id=page.id,
        is_public=False,
        code=code,
        content=nodes.clean_html(content) if content else design.content,
        sort=above + SORT_STEP if draft else SORT_STEP,
        active=active,
        deleted=False,
        access=FULL_ACCESS,
        created_by=work.user.id,
        modified_by=work.user.id,
        created_at=work.now_ms,
        modified_at=work.now_ms,
    )
    _touch_page(work, page)
    return block_id


def update_nodes(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Change nodes of a block: `{".selector@0": text or {"src", "alt"} or {"text", "href", "target"} ...}`.

    Raises:
        BlockNotFound, NodesNotFound, IncorrectAffected: see `nodes.update_nodes`.

    """
    _change(work, page, block_id, lambda block: nodes.update_nodes(block.content, manifest_of(block), data))


def update_content(work: Work, page: PageView, block_id: int, content: str, *, designed: bool | None) -> None:
    """Replace the HTML of a block; what is dangerous in it is removed.

    Raises:
        BlockNotFound: the draft has no such block.

    """
    block = get_draft(work, page, block_id)
    values: dict[str, Any] = {"content": nodes.clean_html(content)}
    if designed is not None:
        values["designed"] = designed
    _save(work, page, block, **values)


def html_of(block: Block, *, edit_mode: bool, with_wrapper: bool = True) -> str:
    """Return the HTML of a block as the API shows it."""
    if not with_wrapper:
        return block.content
    return nodes.wrap(block.content, block_id=block.id, anchor=block.anchor, code=block.code, edit_mode=edit_mode)


def _change(work: Work, page: PageView, block_id: int, change: Callable[[Block], str]) -> None:
    block = get_draft(work, page, block_id)
    _save(work, page, block, content=change(block))


def _save(work: Work, page: PageView, block: Block, **values: Any) -> None:
    work.tx.update(blocks, work.portal_id, block.id, **values, modified_by=work.user.id, modified_at=work.now_ms)
    _touch_page(work, page)


def _touch_page(work: Work, page: PageView) -> None:
    work.tx.update(pages_table, work.portal_id, page.id, modified_by=work.user.id, modified_at=work.now_ms)
