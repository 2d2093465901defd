"""Blocks on a page: add, copy, move, hide, delete, and save for other pages."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from landingpad import blockhtml
from landingpad.blocks.library import BlockDesign
from landingpad.domain.block import files, repo
from landingpad.domain.block.blocks import FULL_ACCESS, design_of, get_draft, require_access, save, touch_page
from landingpad.domain.work import Work, stamp
from landingpad.errors.block import BlockCannotBeAdded, BlockNotFound, BlockWrongSort
from landingpad.errors.calls import AccessDenied
from landingpad.store.block import blocks as rows
from landingpad.store.block import repo as repo_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block

SORT_STEP = 500
_COPIED = ("code", "content", "active", "access", "designed", "xml_id", "wrapper")


class SavedFields(NamedTuple):
    """Fields of a block that a user saves for reuse."""

    name: str = ""
    sections: Sequence[str] | None = None
    """None stands for the sections of the block's design."""
    preview_file_id: int | None = None
    template_code: str = ""


def add(
    work: Work,
    page: PageView,
    code: str,
    *,
    after_id: int | None = None,
    active: bool = True,
    content: str | None = None,
) -> int:
    """Add a block to the draft, below the block `after_id` or at the top, and return its id.

    `code` names a block of the library, a registered one (`repo_7`) or a saved one (`01.big_with_text@51`).

    Raises:
        BlockCannotBeAdded: the code is unknown, or the block does not fit the type of the site.
        BlockNotFound: `content` is given, and cleaning leaves nothing of it.

    """
    source = _source(work, code)
    if source is None:
        raise BlockCannotBeAdded(
            f'Cannot add block because there is no block with the code "{code}". '
            "landing.block.getrepository lists the codes."
        )
    if not source.design.fits(page.site_type):
        raise BlockCannotBeAdded
    if content is not None:
        content = work.outside(len(content), blockhtml.clean_html, content)
        if not content.strip():
            raise BlockNotFound("There is no content for the block: CONTENT is empty, or nothing in it is safe.")
    draft = rows.of_page(work.tx, work.portal_id, page.id, public=False)
    return _insert(
        work,
        page,
        _make_room(work, page.id, draft, after_id, at_end=False),
        code=source.design.code,
        content=source.content if content is None else content,
        wrapper=source.wrapper,
        designed=source.designed,
        active=active,
        access=FULL_ACCESS,
    )


def copy(work: Work, page: PageView, block: Block, *, after_id: int | None = None) -> int:
    """Copy a block of this or another page below the block `after_id` or to the end; return the id of the copy.

    The copy does not get the anchor of the original, since an anchor must be unique on a page.

    Raises:
        BlockNotFound: the block is marked as deleted.

    """
    if block.deleted:
        raise BlockNotFound("Block not found in the landing")
    draft = rows.of_page(work.tx, work.portal_id, page.id, public=False)
    values = {name: getattr(block, name) for name in _COPIED}
    return _insert(work, page, _make_room(work, page.id, draft, after_id, at_end=True), **values)


def move(work: Work, page: PageView, block: Block, *, after_id: int | None = None) -> int:
    """Move a block of this or another draft below the block `after_id` or to the end; return its unchanged id.

    Raises:
        BlockNotFound: the block is marked as deleted, or public.
        AccessDenied: the access level of the block does not allow it.

    """
    if block.deleted or block.is_public or block.page_id is None:
        raise BlockNotFound("Block not found in the landing")
    require_access(block, "W")
    if after_id == block.id:
        return block.id
    draft = [other for other in rows.of_page(work.tx, work.portal_id, page.id, public=False) if other.id != block.id]
    sort = _make_room(work, page.id, draft, after_id, at_end=True)
    save(work, page, block, page_id=page.id, sort=sort)
    if block.page_id != page.id:
        touch_page(work, block.page_id)
    return block.id


def shift(work: Work, page: PageView, block_id: int, step: int) -> None:
    """Move a block of the draft past its neighbour: `step` is -1 for up, 1 for down.

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.
        AccessDenied: the access level of the block does not allow it.
        BlockWrongSort: it is the first or last block already.

    """
    block = get_draft(work, page, block_id, access="W")
    draft = rows.of_page(work.tx, work.portal_id, page.id, public=False)
    live = [index for index, other in enumerate(draft) if not other.deleted]
    position = next(number for number, index in enumerate(live) if draft[index].id == block.id)
    if not 0 <= position + step < len(live):
        raise BlockWrongSort(f"Out of sort range: the block is at the {'top' if step < 0 else 'bottom'} of the page.")
    one, other = live[position], live[position + step]
    sorts = [member.sort for member in draft]
    if len(set(sorts)) < len(sorts):
        sorts = [SORT_STEP * (number + 1) for number in range(len(draft))]
    draft[one], draft[other] = draft[other], draft[one]
    for member, sort in zip(draft, sorts, strict=True):
        save(work, page, member, sort=sort)


def set_active(work: Work, page: PageView, block_id: int, *, active: bool) -> None:
    """Show or hide a block.

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.
        AccessDenied: the access level of the block does not allow it.

    """
    save(work, page, get_draft(work, page, block_id, access="W"), active=active)


def mark_deleted(work: Work, page: PageView, block_id: int, *, deleted: bool) -> None:
    """Mark a block of the draft as deleted, or restore it. A hidden block stays hidden.

    Raises:
        BlockNotFound: the draft has no such block.
        AccessDenied: the access level of the block does not allow it.

    """
    block = rows.find(work.tx, work.portal_id, page.id, block_id)
    if block is None or block.is_public:
        raise BlockNotFound("Block not found in the landing")
    require_access(block, FULL_ACCESS)
    save(work, page, block, deleted=deleted)


def delete(work: Work, page: PageView, block_id: int) -> None:
    """Delete a block from the draft. The public page shows it until the next publication.

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.
        AccessDenied: the access level of the block does not allow it.

    """
    block = get_draft(work, page, block_id, access=FULL_ACCESS)
    rows.delete(work.tx, work.portal_id, block.id)
    touch_page(work, page.id)


def save_block(work: Work, page: PageView, block_id: int, fields: SavedFields) -> int:
    """Save a copy of a draft block for other pages and return the id of the copy.

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.

    """
    block = get_draft(work, page, block_id)
    design = design_of(work, block.code)
    sections = fields.sections if fields.sections is not None else (design.sections if design else ())
    values = {name: getattr(block, name) for name in _COPIED}
    saved_id = rows.add(work.tx, work.portal_id, stamp(work), page_id=None, sort=0, **values)
    preview = files.find(work, fields.preview_file_id) if fields.preview_file_id else None
    if preview is not None:
        files.attach(work, preview, saved_id)
    repo_rows.save(
        work.tx,
        work.portal_id,
        saved_id,
        name=fields.name.strip() or (design.name if design else block.code),
        sections=",".join(section for name in sections if (section := name.strip())),
        preview_file_id=preview.id if preview is not None else None,
        template_code=fields.template_code,
    )
    return saved_id


def forget_saved(work: Work, block_id: int) -> None:
    """Delete a saved block of the caller.

    Raises:
        BlockNotFound: no saved block has this id.
        AccessDenied: another user saved it.

    """
    saved = repo_rows.find_saved(work.tx, work.portal_id, block_id)
    if saved is None:
        raise BlockNotFound
    if saved.created_by != work.user.id:
        raise AccessDenied("Operation is forbidden: another user saved this block.")
    rows.delete(work.tx, work.portal_id, block_id)


class _Source(NamedTuple):
    """Template of a new block: its design and initial content."""

    design: BlockDesign
    content: str
    wrapper: str = ""
    designed: bool = False


def _source(work: Work, code: str) -> _Source | None:
    saved = repo.saved(work, code)
    if saved is not None:
        design = design_of(work, saved.code)
        return None if design is None else _Source(design, saved.content, saved.wrapper, saved.designed)
    registered = repo.find(work, code)
    if registered is not None and not (registered.registered and registered.active):
        return None
    design = repo.design(registered) if registered is not None else design_of(work, code)
    return None if design is None else _Source(design, design.content)


def _make_room(work: Work, page_id: int, draft: Sequence[Block], after_id: int | None, *, at_end: bool) -> int:
    """Make room below the block `after_id`, or at one end if it is not on the page; return the free sort value."""
    if not draft:
        return SORT_STEP
    above = next((block.sort for block in draft if block.id == after_id), None)
    if above is None:
        above = draft[-1].sort if at_end else draft[0].sort - 1
    rows.make_room(work.tx, work.portal_id, page_id, above=above, step=SORT_STEP)
    return above + SORT_STEP


def _insert(work: Work, page: PageView, sort: int, **values: Any) -> int:
    block_id = rows.add(work.tx, work.portal_id, stamp(work), page_id=page.id, sort=sort, **values)
    touch_page(work, page.id)
    return block_id
