"""landing.block.*: content of blocks, changes to it, and the block repository."""

from typing import Annotated, Any

from landingpad.blocks.library import standard_library
from landingpad.domain.block import blocks, repo
from landingpad.domain.page import publishing
from landingpad.domain.people.rights import Right
from landingpad.errors.block import BadAnchor, BlockNotFound, CardNotFound, IncorrectAffected, NodesNotFound
from landingpad.errors.calls import AccessDenied, TypeProblem
from landingpad.errors.page import PageNotFound
from landingpad.methods.landing import block_shapes
from landingpad.methods.landing.access import find_block, get_page, page_of_draft_block
from landingpad.methods.wire import params_flag
from landingpad.rpc.bind import to_int
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method

DOCS = "api-reference/landing/block/methods/"

PageId = Annotated[int, Doc("Id of the page.", see="landing.landing.getList")]
BlockId = Annotated[int, Doc("Id of the block.", see="landing.block.getlist")]
CardSelector = Annotated[str, Doc("Card selector from the manifest; `@N` picks the N-th card, counted from 0.")]
PreventHistory = Annotated[bool, Doc("Accepted; this server keeps no undo history of single steps.")]
_EDIT_ERRORS = (PageNotFound, BlockNotFound, AccessDenied)
_CARD_ERRORS = (*_EDIT_ERRORS, CardNotFound)


@method(
    "landing.block.getlist",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied],
    doc=DOCS + "landing-block-get-list.md",
)
def get_list(
    call: Call,
    lid: Annotated[Any, Doc("Id of a page, or a list of ids.", see="landing.landing.getList")],
    params: Annotated[
        dict[str, Any] | None,
        Doc(
            "Flags, all false by default. edit_mode: blocks of the draft instead of the public page; deleted: blocks "
            "marked as deleted; get_content: add the HTML."
        ),
    ] = None,
) -> list[dict[str, Any]]:
    """List the blocks of pages: of the public page, empty before publication, or of the draft with params.edit_mode."""
    given = params or {}
    edit_mode, deleted = params_flag(given, "edit_mode"), params_flag(given, "deleted")
    call.require(Right.READ)
    views = [get_page(call, page_id) for page_id in page_ids(lid)]
    found = [
        (page, block) for page in views for block in blocks.of_page(call, page.id, edit_mode=edit_mode, deleted=deleted)
    ]
    designs = blocks.designs_of(call, {block.code for _, block in found})
    with_content = params_flag(given, "get_content")
    return [
        block_shapes.list_row(
            call, page, block, designs.get(block.code), edit_mode=edit_mode, with_content=with_content
        )
        for page, block in found
    ]


@method(
    "landing.block.getbyid",
    needs=Right.READ,
    raises=[AccessDenied, BlockNotFound],
    doc=DOCS + "landing-block-get-by-id.md",
)
def get_by_id(
    call: Call,
    block: BlockId,
    params: Annotated[
        dict[str, Any] | None,
        Doc(
            "Flags, all false by default. edit_mode: a block of a draft instead of a public page; deleted: a block "
            "marked as deleted; get_content: add the HTML."
        ),
    ] = None,
) -> dict[str, Any]:
    """Return one block by its id: a block of a public page, or of a draft with params.edit_mode."""
    given = params or {}
    edit_mode = params_flag(given, "edit_mode")
    call.require(Right.READ)
    page, found = find_block(call, block)
    if found.is_public is edit_mode or found.deleted is not params_flag(given, "deleted"):
        raise BlockNotFound
    return block_shapes.list_row(
        call,
        page,
        found,
        blocks.design_of(call, found.code),
        edit_mode=edit_mode,
        with_content=params_flag(given, "get_content"),
    )


@method(
    "landing.block.getcontent",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied, BlockNotFound],
    doc=DOCS + "landing-block-get-content.md",
)
def get_content(
    call: Call,
    lid: PageId,
    block: BlockId,
    editMode: Annotated[bool, Doc("true: the draft instead of the public page.")] = False,
    params: Annotated[
        dict[str, Any] | None,
        Doc("wrapper_show: false omits the wrapper element; force_unactive: true includes hidden blocks."),
    ] = None,
) -> dict[str, Any]:
    """Return a block with its HTML and manifest."""
    given = params or {}
    page = get_page(call, lid)
    return block_shapes.block_object(
        call,
        page,
        blocks.get(call, page, block, edit_mode=editMode),
        edit_mode=editMode,
        with_wrapper=params_flag(given, "wrapper_show", default=True),
        with_hidden=params_flag(given, "force_unactive"),
    )


@method(
    "landing.block.getmanifest",
    needs=Right.READ,
    raises=[PageNotFound, AccessDenied, BlockNotFound],
    doc=DOCS + "landing-block-get-manifest.md",
)
def get_manifest(
    call: Call,
    lid: PageId,
    block: BlockId,
    params: Annotated[dict[str, Any] | None, Doc("edit_mode: true reads the draft instead of the public page.")] = None,
) -> dict[str, Any]:
    """Return the manifest of a block, completed for editors."""
    page = get_page(call, lid)
    found = blocks.get(call, page, block, edit_mode=params_flag(params or {}, "edit_mode"))
    return block_shapes.prepared_manifest(blocks.design_of(call, found.code), found)


@method(
    "landing.block.getmanifestfile",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-block-get-manifest-file.md",
)
def get_manifest_file(
    call: Call, code: Annotated[str, Doc("Code of a standard block.", see="landing.block.getrepository")]
) -> dict[str, Any] | list[Any]:
    """Return the unmodified manifest of a standard block; [] for any other code."""
    call.require(Right.SECTION)
    design = standard_library().get(code.removeprefix(f"{block_shapes.NAMESPACE}:"))
    return [] if design is None else design.manifest


@method(
    "landing.block.getContentFromRepository",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-block-get-content-from-repository.md",
)
def get_content_from_repository(
    call: Call,
    code: Annotated[
        str,
        Doc("Code of a standard (`01.big_with_text`), registered (`repo_7`) or saved (`01.big_with_text@51`) block."),
    ],
) -> str | None:
    """Return the HTML with which a block is added to a page; null for an unknown code."""
    call.require(Right.SECTION)
    saved = repo.saved(call, code)
    if saved is not None:
        return saved.content
    registered = repo.find(call, code)
    if registered is not None:
        return registered.content if registered.registered else None
    design = standard_library().get(code)
    return None if design is None else design.content


@method(
    "landing.block.getrepository",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-block-get-repository.md",
)
def get_repository(
    call: Call, section: Annotated[str | None, Doc("Id of a section; without it all sections.")] = None
) -> dict[str, Any] | bool:
    """Return the blocks that can be added, by section; false for an unknown section."""
    if not call.may(Right.SECTION):
        raise AccessDenied("Insufficient permissions.")
    found = block_shapes.repository(call)
    return found if section is None else found.get(section, False)


@method(
    "landing.block.updatenodes",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_EDIT_ERRORS, NodesNotFound, IncorrectAffected],
    doc=DOCS + "landing-block-update-nodes.md",
)
def updatenodes(
    call: Call,
    lid: PageId,
    block: BlockId,
    data: Annotated[
        dict[str, Any],
        Doc(
            "Node selector (`@N`: the N-th match, counted from 0) -> new value by node type: text a string, img {src, "
            "alt}, link {text, href, target}, icon a list of classes, embed {src}."
        ),
    ],
    additional: Annotated[
        dict[str, Any] | None, Doc("Accepted; a menu is always replaced as a whole, so appendMenu adds nothing.")
    ] = None,
    preventHistory: PreventHistory = False,
) -> bool:
    """Change texts, pictures, links, icons and films of a block in the draft."""
    blocks.update_nodes(call, get_page(call, lid, Right.EDIT), block, data)
    return True


@method(
    "landing.block.updateattrs",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_EDIT_ERRORS,
    doc=DOCS + "landing-block-update-attrs.md",
)
def updateattrs(
    call: Call,
    lid: PageId,
    block: BlockId,
    data: Annotated[
        dict[str, Any],
        Doc("`selector` (all matches), `selector@N` or `#block<id>` (the wrapper) -> {attribute: value}."),
    ],
) -> bool:
    """Change attributes of a block in the draft; only attributes that its manifest lists outside `nodes`."""
    blocks.update_attrs(call, get_page(call, lid, Right.EDIT), block, data)
    return True


@method(
    "landing.block.updateStyles",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_EDIT_ERRORS,
    doc=DOCS + "landing-block-update-styles.md",
)
def update_styles(
    call: Call,
    lid: PageId,
    block: BlockId,
    data: Annotated[
        dict[str, Any],
        Doc(
            "`selector` (all matches), `selector@N` or `#wrapper` -> a class, a list of classes, or {classList, style, "
            "affect}."
        ),
    ],
    preventHistory: PreventHistory = False,
) -> bool:
    """Change CSS classes and inline styles of a block in the draft."""
    blocks.update_styles(call, get_page(call, lid, Right.EDIT), block, data)
    return True


@method(
    "landing.block.updatecontent",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_EDIT_ERRORS,
    doc=DOCS + "landing-block-update-content.md",
)
def updatecontent(
    call: Call,
    lid: PageId,
    block: BlockId,
    content: Annotated[str, Doc("The new HTML. Scripts and other dangerous parts are removed.")],
    designed: Annotated[Any, Doc('true, "true" or 1: mark the block as designed by hand.')] = None,
    preventHistory: PreventHistory = False,
) -> bool | None:
    """Replace the HTML of a block in the draft; null if `designed` is set for a block without designable nodes."""
    is_designed = designed in (True, "true", "1")
    changed = blocks.update_content(call, get_page(call, lid, Right.EDIT), block, content, designed=is_designed)
    return True if changed else None


@method(
    "landing.block.updateCards",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_EDIT_ERRORS, IncorrectAffected],
    doc=DOCS + "landing-block-update-cards.md",
)
def update_cards(
    call: Call,
    lid: PageId,
    block: BlockId,
    data: Annotated[
        dict[str, Any],
        Doc(
            "Card selector -> {source: the final list of cards, values: list of {`selector@N`: value}}. Each member of "
            "source is {type: card or preset, value: index or preset code}."
        ),
    ],
) -> bool:
    """Rearrange the cards of a block in the draft and change their nodes."""
    blocks.update_cards(call, get_page(call, lid, Right.EDIT), block, data)
    return True


@method(
    "landing.block.addcard",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_CARD_ERRORS,
    doc=DOCS + "landing-block-add-card.md",
)
def addcard(
    call: Call,
    lid: PageId,
    block: BlockId,
    selector: CardSelector,
    content: Annotated[str, Doc("HTML of the new card; an empty string copies the card that `selector` names.")],
    preventHistory: PreventHistory = False,
) -> bool:
    """Add a card after the card `selector@N`, or at the beginning without `@N`."""
    blocks.add_card(call, get_page(call, lid, Right.EDIT), block, selector, content)
    return True


@method(
    "landing.block.clonecard",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_CARD_ERRORS,
    doc=DOCS + "landing-block-clone-card.md",
)
def clonecard(
    call: Call, lid: PageId, block: BlockId, selector: CardSelector, preventHistory: PreventHistory = False
) -> bool:
    """Insert a copy after the card `selector@N`; without `@N` copy the first card to the beginning."""
    blocks.add_card(call, get_page(call, lid, Right.EDIT), block, selector, "")
    return True


@method(
    "landing.block.removecard",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=_CARD_ERRORS,
    doc=DOCS + "landing-block-remove-card.md",
)
def removecard(
    call: Call, lid: PageId, block: BlockId, selector: CardSelector, preventHistory: PreventHistory = False
) -> bool:
    """Remove the card `selector@N`; without `@N` nothing is removed."""
    blocks.remove_card(call, get_page(call, lid, Right.EDIT), block, selector)
    return True


@method(
    "landing.block.changeAnchor",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_EDIT_ERRORS, BadAnchor],
    doc=DOCS + "landing-block-change-anchor.md",
)
def change_anchor(
    call: Call,
    lid: PageId,
    block: BlockId,
    data: Annotated[str, Doc("The new anchor without `#`; an empty string resets it to `b<ID>`.")],
    preventHistory: PreventHistory = False,
) -> bool:
    """Change the anchor of a block in the draft."""
    blocks.change_anchor(call, get_page(call, lid, Right.EDIT), block, data)
    return True


@method(
    "landing.block.changeNodeName",
    needs=Right.EDIT,
    runs=Runs.WRITE,
    raises=[*_EDIT_ERRORS, NodesNotFound],
    doc=DOCS + "landing-block-change-node-name.md",
)
def change_node_name(
    call: Call,
    lid: PageId,
    block: BlockId,
    data: Annotated[dict[str, Any], Doc("`selector@N` -> h1 ... h6, div, p, a or span; other names become div.")],
    preventHistory: PreventHistory = False,
) -> bool:
    """Change the HTML element of nodes of a block in the draft."""
    blocks.change_node_name(call, get_page(call, lid, Right.EDIT), block, data)
    return True


@method(
    "landing.block.publication",
    needs=Right.PUBLIC,
    runs=Runs.WRITE,
    raises=[PageNotFound],
    doc=DOCS + "landing-block-publication.md",
)
def publication(
    call: Call, block: Annotated[int, Doc("Id of a block of the draft.", see="landing.block.getlist")]
) -> bool | None:
    """Publish one block of a draft; the other blocks of the public page stay as they are.

    It answers true, or false without the right to publish, or null if no draft has such a block.
    """
    page, may_publish = page_of_draft_block(call, block, Right.PUBLIC)
    if page is None or not may_publish:
        return None if page is None else False
    publishing.publish_page(call, page, only=block)
    return True


def page_ids(lid: Any) -> list[int]:
    """Parse one page id or a list of page ids.

    Raises:
        TypeProblem: an id is not a whole number.

    """
    members = list(lid.values()) if isinstance(lid, dict) else lid if isinstance(lid, list) else [lid]
    try:
        return [to_int(member) for member in members]
    except TypeError as error:
        raise TypeProblem(f'Parameter "lid" {error}') from error
