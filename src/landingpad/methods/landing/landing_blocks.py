"""landing.landing.*block: add, copy, move, hide, delete and save blocks of a draft."""

from collections.abc import Mapping
from typing import Annotated, Any

from landingpad.domain.block import arrange, blocks
from landingpad.domain.people.rights import Right
from landingpad.errors.block import BlockCannotBeAdded, BlockNotFound, BlockWrongSort
from landingpad.errors.calls import AccessDenied
from landingpad.errors.page import PageNotFound
from landingpad.methods.landing.access import find_block, get_page, may_reuse
from landingpad.methods.landing.block_shapes import block_object
from landingpad.methods.wire import given_int, given_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.page.pages import PageView

DOCS = "api-reference/landing/page/block-methods/"

PageId = Annotated[int, Doc("Id of the page.", see="landing.landing.getList")]
BlockId = Annotated[int, Doc("Id of a block of the draft.", see="landing.block.getlist")]
PreventHistory = Annotated[bool, Doc("Accepted; this server keeps no undo history of single steps.")]
PlaceParams = Annotated[
    dict[str, Any] | None,
    Doc("AFTER_ID: id of the block to place it after, by default the last; RETURN_CONTENT: Y also returns the block."),
]
_ERRORS = (PageNotFound, AccessDenied, BlockNotFound)


@method(
    "landing.landing.addblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_ERRORS, BlockCannotBeAdded],
    doc=DOCS + "landing-landing-add-block.md",
)
def addblock(
    call: Call,
    lid: PageId,
    fields: Annotated[
        dict[str, Any],
        Doc(
            "CODE of the block; AFTER_ID: id of the block to place it after; ACTIVE: N hides it; CONTENT: HTML instead "
            "of the default; RETURN_CONTENT: Y returns the block."
        ),
    ],
    preventHistory: PreventHistory = False,
) -> int | dict[str, Any]:
    """Add a block to the draft of a page, after AFTER_ID or at the top; return its id."""
    page = get_page(call, lid, Right.EDIT)
    content = given_text(fields, "CONTENT")
    block_id = arrange.add(
        call,
        page,
        str(given_text(fields, "CODE") or ""),
        after_id=_after(fields),
        active=fields.get("ACTIVE", "Y") not in ("N", False),
        content=content if isinstance(content, str) else None,
    )
    if _wants_content(fields):
        return block_object(call, page, blocks.get_draft(call, page, block_id))
    return block_id


@method(
    "landing.landing.copyblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-copy-block.md",
)
def copyblock(call: Call, lid: PageId, block: BlockId, params: PlaceParams = None) -> int | dict[str, Any]:
    """Copy a block of this or another page into the draft of a page; return the id of the copy."""
    page = get_page(call, lid, Right.EDIT)
    given = params or {}
    _, original = find_block(call, block)
    return _placed(call, page, given, arrange.copy(call, page, original, after_id=_after(given)))


@method(
    "landing.landing.moveblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-move-block.md",
)
def moveblock(call: Call, lid: PageId, block: BlockId, params: PlaceParams = None) -> int | dict[str, Any]:
    """Move a block of this or another draft into the draft of a page; return its id."""
    page = get_page(call, lid, Right.EDIT)
    given = params or {}
    source, moved = find_block(call, block)
    if not call.may(Right.EDIT, source.site_id):
        raise BlockNotFound("Block not found in the landing")
    return _placed(call, page, given, arrange.move(call, page, moved, after_id=_after(given)))


@method(
    "landing.landing.upblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_ERRORS, BlockWrongSort],
    doc=DOCS + "landing-landing-up-block.md",
)
def upblock(call: Call, lid: PageId, block: BlockId, preventHistory: PreventHistory = False) -> bool:
    """Move a block of the draft up by one."""
    arrange.shift(call, get_page(call, lid, Right.EDIT), block, -1)
    return True


@method(
    "landing.landing.downblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_ERRORS, BlockWrongSort],
    doc=DOCS + "landing-landing-down-block.md",
)
def downblock(call: Call, lid: PageId, block: BlockId, preventHistory: PreventHistory = False) -> bool:
    """Move a block of the draft down by one."""
    arrange.shift(call, get_page(call, lid, Right.EDIT), block, 1)
    return True


@method(
    "landing.landing.showblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-show-block.md",
)
def showblock(call: Call, lid: PageId, block: BlockId) -> bool:
    """Show a hidden block of the draft."""
    arrange.set_active(call, get_page(call, lid, Right.EDIT), block, active=True)
    return True


@method(
    "landing.landing.hideblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-hide-block.md",
)
def hideblock(call: Call, lid: PageId, block: BlockId) -> bool:
    """Hide a block of the draft; visitors no longer see it after the next publication."""
    arrange.set_active(call, get_page(call, lid, Right.EDIT), block, active=False)
    return True


@method(
    "landing.landing.deleteblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-delete-block.md",
)
def deleteblock(call: Call, lid: PageId, block: BlockId) -> bool:
    """Remove a block from the draft for good."""
    arrange.delete(call, get_page(call, lid, Right.EDIT), block)
    return True


@method(
    "landing.landing.markdeletedblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-mark-deleted-block.md",
)
def markdeletedblock(
    call: Call,
    lid: PageId,
    block: BlockId,
    mark: Annotated[bool, Doc("false: remove the mark.")] = True,
    preventHistory: PreventHistory = False,
) -> bool:
    """Mark a block of the draft as deleted: it disappears from the page but can be restored."""
    arrange.mark_deleted(call, get_page(call, lid, Right.EDIT), block, deleted=mark)
    return True


@method(
    "landing.landing.markundeletedblock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-mark-undeleted-block.md",
)
def markundeletedblock(call: Call, lid: PageId, block: BlockId, preventHistory: PreventHistory = False) -> bool:
    """Restore a block marked as deleted; a hidden block stays hidden."""
    arrange.mark_deleted(call, get_page(call, lid, Right.EDIT), block, deleted=False)
    return True


@method(
    "landing.landing.favoriteBlock",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_ERRORS,
    doc=DOCS + "landing-landing-favorite-block.md",
)
def favorite_block(
    call: Call,
    lid: PageId,
    block: BlockId,
    meta: Annotated[
        dict[str, Any] | None,
        Doc(
            "name; section: a code or a list of codes; preview: id of an uploaded file; tpl_code: code of its template."
        ),
    ] = None,
) -> int:
    """Save a copy of a block for other pages; return the id of the copy.

    Its code is `<code>@<id>`; landing.block.getrepository lists it.
    """
    page, given = get_page(call, lid, Right.EDIT), meta or {}
    preview = _int(given, "preview")
    fields = arrange.SavedFields(
        name=str(given_text(given, "name") or ""),
        sections=_sections(given.get("section")),
        preview_file_id=preview if preview and may_reuse(call, preview) else None,
        template_code=str(given_text(given, "tpl_code") or ""),
    )
    return arrange.save_block(call, page, block, fields)


@method(
    "landing.landing.unFavoriteBlock",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[BlockNotFound, AccessDenied],
    doc=DOCS + "landing-landing-unfavorite-block.md",
)
def unfavorite_block(
    call: Call, blockId: Annotated[int, Doc("Id of the saved copy.", see="landing.landing.favoriteBlock")]
) -> bool:
    """Delete a saved block of the caller."""
    call.require(Right.SECTION)
    arrange.forget_saved(call, blockId)
    return True


def _placed(call: Call, page: PageView, given: Mapping[str, Any], block_id: int) -> int | dict[str, Any]:
    if not _wants_content(given):
        return block_id
    return {"result": True, "content": block_object(call, page, blocks.get_draft(call, page, block_id))}


def _wants_content(given: Mapping[str, Any]) -> bool:
    return given.get("RETURN_CONTENT") in ("Y", True)


def _after(given: Mapping[str, Any]) -> int | None:
    return _int(given, "AFTER_ID")


def _int(given: Mapping[str, Any], name: str) -> int | None:
    value = given_int(given, name)
    return value if isinstance(value, int) else None


def _sections(given: Any) -> list[str] | None:
    if isinstance(given, str):
        return [given]
    members = list(given.values()) if isinstance(given, Mapping) else given
    return [str(member) for member in members] if isinstance(members, list) else None
