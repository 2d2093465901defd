"""Blocks of a page: what they are made of and what they hold. All changes go to the draft."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Unpack

import msgspec

from landingpad import blockhtml
from landingpad.blocks.library import BlockDesign, standard_library
from landingpad.domain.block import repo
from landingpad.domain.people.rights import UNKNOWN_SITE, Right
from landingpad.domain.work import Work, stamp
from landingpad.errors import AccessDenied, BadAnchor, BlockNotFound
from landingpad.store.block import blocks as rows
from landingpad.store.block.blocks import BlockChanges
from landingpad.store.page import pages as page_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block
from landingpad.store.site import sites as site_rows

FULL_ACCESS = "X"
_LEVELS = "ADVWX"
"""What may be done with a block, least first: nothing (A, D), its look (V), its content (W), all with removal (X)."""


def design_of(work: Work, code: str) -> BlockDesign | None:
    """Return the design of a block; that of a registered block also when it is no longer registered."""
    return standard_library().get(code) or repo.designs(work, [code]).get(code)


def designs_of(work: Work, codes: Collection[str]) -> Mapping[str, BlockDesign]:
    """Return the designs of many blocks by code, in one query."""
    library = standard_library()
    own = repo.designs(work, codes)
    return {**own, **{code: library[code] for code in codes if code in library}}


def get(work: Work, page: PageView, block_id: int, *, edit_mode: bool) -> Block:
    """Return a block of the draft, or of the public page.

    Raises:
        BlockNotFound: that version of the page has no such block, or it is marked as deleted.

    """
    block = rows.find(work.tx, work.portal_id, page.id, block_id)
    if block is None or block.is_public is edit_mode or block.deleted:
        raise BlockNotFound
    return block


def get_draft(work: Work, page: PageView, block_id: int, *, access: str = _LEVELS[0]) -> Block:
    """Return a block of the draft that may be changed to this extent (see `_LEVELS`).

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.
        AccessDenied: the block is kept from such changes.

    """
    block = get(work, page, block_id, edit_mode=True)
    require_access(block, access)
    return block


def require_access(block: Block, level: str) -> None:
    """Refuse a change that the block's own access level does not allow.

    Raises:
        AccessDenied: it does not.

    """
    if _LEVELS.find(block.access) < _LEVELS.index(level):
        raise AccessDenied(f"Operation is forbidden: the access level of the block is {block.access}, not {level}.")


def access_of(work: Work, block: Block, site_id: int) -> str:
    """Return what the caller may do with a block."""
    return block.access if work.may(Right.EDIT, site_id) else _LEVELS[0]


def anywhere(work: Work, block_id: int, types: tuple[str, ...]) -> tuple[PageView, Block]:
    """Return a block of whatever page that the call may read, with the page; draft or public, marked or not.

    Raises:
        BlockNotFound: there is none.

    """
    block = rows.find_anywhere(work.tx, work.portal_id, block_id)
    # An unknown block takes as many reads as one that may not be read.
    page_id = block.page_id if block is not None and block.page_id is not None else 0
    page = page_rows.find_view(work.tx, work.portal_id, page_id)
    may_read = work.may(Right.READ, page.site_id if page else UNKNOWN_SITE)
    if block is None or page is None or page.site_type not in types or page.deleted or page.site_deleted:
        raise BlockNotFound
    if not may_read:
        raise BlockNotFound
    return page, block


def of_page(work: Work, page_id: int, *, edit_mode: bool, deleted: bool = False) -> list[Block]:
    """Return the blocks of a page in order: live ones, or with `deleted` the marked ones, which only drafts have."""
    found = rows.of_page(work.tx, work.portal_id, page_id, public=not edit_mode)
    return [block for block in found if block.deleted is deleted]


def update_nodes(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Change nodes of a block: `{".selector@0": text or {"src", "alt"} or {"text", "href", "target"} ...}`.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        NodesNotFound, IncorrectAffected: see `nodes.update_nodes`.

    """
    hosts = _own_hosts(work, page)
    _change(work, page, block_id, lambda html, manifest: blockhtml.update_nodes(html, manifest, data, own_hosts=hosts))


def update_cards(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Arrange the cards of a block anew and change nodes in them.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        IncorrectAffected: see `nodes.update_cards`.

    """
    hosts = _own_hosts(work, page)
    _change(work, page, block_id, lambda html, manifest: blockhtml.update_cards(html, manifest, data, own_hosts=hosts))


def add_card(work: Work, page: PageView, block_id: int, selector: str, content: str) -> None:
    """Add a card; an empty one is a copy of that which `selector` names.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        CardNotFound: see `nodes.add_card`.

    """
    _change(work, page, block_id, lambda html, manifest: blockhtml.add_card(html, manifest, selector, content))


def remove_card(work: Work, page: PageView, block_id: int, selector: str) -> None:
    """Remove the card `selector@N`.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        CardNotFound: see `nodes.remove_card`.

    """
    _change(work, page, block_id, lambda html, manifest: blockhtml.remove_card(html, manifest, selector))


def change_node_name(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Give nodes other element names: `{".title@1": "h3"}`.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        NodesNotFound, TypeProblem: see `nodes.change_node_name`.

    """
    _change(work, page, block_id, lambda html, manifest: blockhtml.change_node_name(html, manifest, data))


def update_styles(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Change classes and inline styles of nodes, or of the block itself (`#wrapper`).

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        TypeProblem: see `nodes.update_styles`.

    """
    _change(work, page, block_id, lambda html, manifest: blockhtml.update_styles(html, manifest, data), access="V")


def update_attrs(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Change attributes that the manifest lists, those of the element around the block included (`#block<id>`).

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.

    """
    block = get_draft(work, page, block_id, access="V")
    manifest = _manifest(work, block.code)
    content, wrapper = blockhtml.update_attrs(block.content, manifest, data, block_id=block.id)
    save(work, page, block, content=content, wrapper=_encoded({**wrapper_of(block), **wrapper}))


def update_content(work: Work, page: PageView, block_id: int, content: str, *, designed: bool) -> bool:
    """Replace the HTML of a block; what is dangerous in it is removed.

    With `designed` the block is marked as changed by hand. False, and nothing is changed, for a block without nodes
    that take part in a designer.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.

    """
    block = get_draft(work, page, block_id, access="W")
    if designed and not _can_be_designed(_manifest(work, block.code)):
        return False
    save(work, page, block, content=blockhtml.clean_html(content), designed=designed or block.designed)
    return True


def change_anchor(work: Work, page: PageView, block_id: int, anchor: str) -> None:
    """Give a block another anchor; an empty one gives it back its own, `b<ID>`.

    Raises:
        BlockNotFound, AccessDenied: see `get_draft`.
        BadAnchor: it is none.

    """
    block = get_draft(work, page, block_id, access="W")
    if anchor and not blockhtml.is_valid_anchor(anchor):
        raise BadAnchor
    save(work, page, block, anchor=anchor or None)


def html_of(block: Block, *, edit_mode: bool, with_wrapper: bool = True) -> str:
    """Return the HTML of a block as the API shows it."""
    if not with_wrapper:
        return block.content
    return blockhtml.wrap(
        block.content,
        block_id=block.id,
        anchor=block.anchor,
        code=block.code,
        edit_mode=edit_mode,
        attributes=wrapper_of(block),
    )


def wrapper_of(block: Block) -> dict[str, str]:
    """Return the attributes that the element around a block was given."""
    return msgspec.json.decode(block.wrapper, type=dict[str, str]) if block.wrapper else {}


def save(work: Work, page: PageView, block: Block, **values: Unpack[BlockChanges]) -> None:
    """Store new values of a block of the draft, if they are new."""
    if all(getattr(block, name) == value for name, value in values.items()):
        return
    rows.update(work.tx, work.portal_id, block.id, stamp(work), **values)
    touch_page(work, page.id)


def touch_page(work: Work, page_id: int) -> None:
    """Note that the draft of a page has changed."""
    page_rows.update(work.tx, work.portal_id, page_id, stamp(work))


def _change(
    work: Work,
    page: PageView,
    block_id: int,
    change: Callable[[str, Mapping[str, Any]], str],
    *,
    access: str = "W",
) -> None:
    block = get_draft(work, page, block_id, access=access)
    save(work, page, block, content=change(block.content, _manifest(work, block.code)))


def _manifest(work: Work, code: str) -> Mapping[str, Any]:
    design = design_of(work, code)
    return design.manifest if design is not None else {}


def _can_be_designed(manifest: Mapping[str, Any]) -> bool:
    entries = blockhtml.section(manifest, "nodes").values()
    return any(isinstance(node, Mapping) and node.get("useInDesigner") is not False for node in entries)


def _encoded(attributes: Mapping[str, str]) -> str:
    return msgspec.json.encode(attributes).decode() if attributes else ""


def _own_hosts(work: Work, page: PageView) -> tuple[str, ...]:
    """Return the host names at which pictures of our own may be addressed without https."""
    if work.services.urls.scheme == "https":
        return ()
    return (page.host, site_rows.portal_host(work.tx, work.portal_id))
