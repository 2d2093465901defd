"""Where blocks stand: put on a page, copied, moved, hidden, removed, and saved for other pages."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from landingpad import blockhtml
from landingpad.blocks.library import BlockDesign
from landingpad.domain.block import files, repo
from landingpad.domain.block.blocks import FULL_ACCESS, anywhere, design_of, get_draft, require_access, save, touch_page
from landingpad.domain.people.rights import Right
from landingpad.domain.work import Work, stamp
from landingpad.errors import AccessDenied, BlockCannotBeAdded, BlockNotFound, BlockWrongSort
from landingpad.store.block import blocks as rows
from landingpad.store.block import repo as repo_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block

SORT_STEP = 500
_COPIED = ("code", "content", "active", "access", "designed", "xml_id", "wrapper")


class SavedFields(NamedTuple):
    """What a user says about a block that is saved for reuse."""

    name: str = ""
    sections: Sequence[str] | None = None
    """None: those of the block itself."""
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
    """Add a block to the draft, below the block `after_id` or at the top; return its id.

    `code` names a block of the library, a registered one (`repo_7`) or a saved one (`01.big_with_text@51`).

    Raises:
        BlockCannotBeAdded: there is no such block for this type of site.
        BlockNotFound: `content` is given and nothing is left of it when it is cleaned.

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
        content = blockhtml.clean_html(content)
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


def copy(work: Work, page: PageView, block_id: int, types: tuple[str, ...], *, after_id: int | None = None) -> int:
    """Copy a block of this or another page below the block `after_id` or to the end; return the id of the copy.

    The copy gets an anchor of its own: an anchor names one place.

    Raises:
        BlockNotFound: there is none that the caller may read, or it is marked as deleted.

    """
    _, block = anywhere(work, block_id, types)
    if block.deleted:
        raise BlockNotFound("Block not found in the landing")
    draft = rows.of_page(work.tx, work.portal_id, page.id, public=False)
    values = {name: getattr(block, name) for name in _COPIED}
    return _insert(work, page, _make_room(work, page.id, draft, after_id, at_end=True), **values)


def move(work: Work, page: PageView, block_id: int, types: tuple[str, ...], *, after_id: int | None = None) -> int:
    """Move a block of this or another draft below the block `after_id` or to the end; return its id, which it keeps.

    Raises:
        BlockNotFound: there is none that the caller may edit, it is marked as deleted, or it is of a public page.
        AccessDenied: the block is kept from being moved.

    """
    source, block = anywhere(work, block_id, types)
    if block.deleted or block.is_public or not work.may(Right.EDIT, source.site_id):
        raise BlockNotFound("Block not found in the landing")
    require_access(block, "W")
    if after_id == block.id:
        return block.id
    draft = [other for other in rows.of_page(work.tx, work.portal_id, page.id, public=False) if other.id != block.id]
    sort = _make_room(work, page.id, draft, after_id, at_end=True)
    save(work, page, block, page_id=page.id, sort=sort)
    if source.id != page.id:
        touch_page(work, source.id)
    return block.id


def shift(work: Work, page: PageView, block_id: int, step: int) -> None:
    """Move a block of the draft past its neighbour: `step` is -1 for up, 1 for down.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        BlockWrongSort: it is the first or the last one.

    """
    block = get_draft(work, page, block_id, access="W")
    draft = rows.of_page(work.tx, work.portal_id, page.id, public=False)
    live = [place for place, other in enumerate(draft) if not other.deleted]
    here = next(number for number, place in enumerate(live) if draft[place].id == block.id)
    if not 0 <= here + step < len(live):
        raise BlockWrongSort(f"Out of sort range: the block is at the {'top' if step < 0 else 'bottom'} of the page.")
    one, other = live[here], live[here + step]
    sorts = [member.sort for member in draft]
    if len(set(sorts)) < len(sorts):
        sorts = [SORT_STEP * (number + 1) for number in range(len(draft))]
    draft[one], draft[other] = draft[other], draft[one]
    for member, sort in zip(draft, sorts, strict=True):
        save(work, page, member, sort=sort)


def set_active(work: Work, page: PageView, block_id: int, *, active: bool) -> None:
    """Show or hide a block.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.

    """
    save(work, page, get_draft(work, page, block_id, access="W"), active=active)


def mark_deleted(work: Work, page: PageView, block_id: int, *, deleted: bool) -> None:
    """Put a block of the draft aside, or take it back; a hidden block stays hidden.

    Raises:
        BlockNotFound: the draft has no such block.
        AccessDenied: the block is kept from being removed.

    """
    block = rows.find(work.tx, work.portal_id, page.id, block_id)
    if block is None or block.is_public:
        raise BlockNotFound("Block not found in the landing")
    require_access(block, FULL_ACCESS)
    save(work, page, block, deleted=deleted)


def delete(work: Work, page: PageView, block_id: int) -> None:
    """Remove a block from the draft for good; the public page shows it until it is published again.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.

    """
    block = get_draft(work, page, block_id, access=FULL_ACCESS)
    rows.delete(work.tx, work.portal_id, block.id)
    touch_page(work, page.id)


def save_block(work: Work, page: PageView, block_id: int, fields: SavedFields) -> int:
    """Save a copy of a block for other pages and return the id of the copy.

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.

    """
    block = get_draft(work, page, block_id)
    design = design_of(work, block.code)
    sections = fields.sections if fields.sections is not None else (design.sections if design else ())
    values = {name: getattr(block, name) for name in _COPIED}
    saved_id = rows.add(work.tx, work.portal_id, stamp(work), page_id=None, sort=0, **values)
    preview = files.find_own(work, fields.preview_file_id) if fields.preview_file_id else None
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
    """Remove a block that the caller saved.

    Raises:
        BlockNotFound: no saved block has this id.
        AccessDenied: somebody else saved it.

    """
    saved = repo_rows.find_saved(work.tx, work.portal_id, block_id)
    if saved is None:
        raise BlockNotFound
    if saved.created_by != work.user.id:
        raise AccessDenied("Operation is forbidden: another user saved this block.")
    rows.delete(work.tx, work.portal_id, block_id)


class _Source(NamedTuple):
    """What a new block is made of."""

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
    """Make room below the block `after_id`, or where that is not on the page at one end; return the sort to use."""
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
