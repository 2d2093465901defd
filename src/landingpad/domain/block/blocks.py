"""Blocks of a page: their design and content. All changes go to the draft."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Unpack

import msgspec

from landingpad import blockhtml
from landingpad.blocks.library import BlockDesign, standard_library
from landingpad.domain.block import repo
from landingpad.domain.work import Work, stamp
from landingpad.errors.block import BadAnchor, BlockNotFound
from landingpad.errors.calls import AccessDenied, TypeProblem
from landingpad.store.block import blocks as rows
from landingpad.store.block.blocks import BlockChanges
from landingpad.store.page import pages as page_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block
from landingpad.store.site import sites as site_rows

FULL_ACCESS = "X"
NO_ACCESS = "A"
_CARD_MEMBERS = ("source", "values")
_LEVELS = "ADVWX"
"""Access levels of a block, lowest first: A and D nothing, V appearance, W content, X everything with deletion."""


def design_of(work: Work, code: str) -> BlockDesign | None:
    """Return the design with a code, or None. Blocks that were unregistered but are still on pages are found."""
    return standard_library().get(code) or repo.designs(work, [code]).get(code)


def designs_of(work: Work, codes: Collection[str]) -> Mapping[str, BlockDesign]:
    """Return the known designs of some codes, in one query."""
    library = standard_library()
    own = repo.designs(work, codes)
    return {**own, **{code: library[code] for code in codes if code in library}}


def get(work: Work, page: PageView, block_id: int, *, edit_mode: bool) -> Block:
    """Return a block of the draft (`edit_mode`) or of the public page.

    Raises:
        BlockNotFound: that version of the page has no such block, or it is marked as deleted.

    """
    block = rows.find(work.tx, work.portal_id, page.id, block_id)
    if block is None or block.is_public is edit_mode or block.deleted:
        raise BlockNotFound
    return block


def get_draft(work: Work, page: PageView, block_id: int, *, access: str = NO_ACCESS) -> Block:
    """Return a block of the draft whose access level is at least `access`, a letter of `_LEVELS`.

    Raises:
        BlockNotFound: the draft has no such block, or it is marked as deleted.
        AccessDenied: the access level of the block is lower.

    """
    block = get(work, page, block_id, edit_mode=True)
    require_access(block, access)
    return block


def require_access(block: Block, level: str) -> None:
    """Check that the access level of a block is at least `level`.

    Raises:
        AccessDenied: it is lower.

    """
    if _LEVELS.find(block.access) < _LEVELS.index(level):
        raise AccessDenied(f"Operation is forbidden: the access level of the block is {block.access}, not {level}.")


def of_page(work: Work, page_id: int, *, edit_mode: bool, deleted: bool = False) -> list[Block]:
    """Return the live blocks of a page in order, or with `deleted` those marked as deleted."""
    found = rows.of_page(work.tx, work.portal_id, page_id, public=not edit_mode)
    return [block for block in found if block.deleted is deleted]


def update_nodes(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Change nodes of a block: `{".selector@0": text or {"src", "alt"} or {"text", "href", "target"} ...}`.

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.
        NodesNotFound, IncorrectAffected: raised by `blockhtml.update_nodes`.

    """
    hosts = _own_hosts(work, page)
    _change(work, page, block_id, _with_nodes, (data, hosts), count=len(data))


def update_cards(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Rearrange the cards of a block and change nodes in them.

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.
        IncorrectAffected: raised by `blockhtml.update_cards`.

    """
    hosts = _own_hosts(work, page)
    _change(work, page, block_id, _with_cards, (data, hosts), count=_card_changes(data))


def add_card(work: Work, page: PageView, block_id: int, selector: str, content: str) -> None:
    """Add a card. Without `content` it is a copy of the card `selector`.

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.
        CardNotFound: raised by `blockhtml.add_card`.

    """
    _change(work, page, block_id, blockhtml.add_card, (selector, content))


def remove_card(work: Work, page: PageView, block_id: int, selector: str) -> None:
    """Remove the card `selector@N`.

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.
        CardNotFound: raised by `blockhtml.remove_card`.

    """
    _change(work, page, block_id, blockhtml.remove_card, (selector,))


def change_node_name(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Give nodes other element names: `{".title@1": "h3"}`.

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.
        NodesNotFound, TypeProblem: raised by `blockhtml.change_node_name`.

    """
    _change(work, page, block_id, blockhtml.change_node_name, (data,), count=len(data))


def update_styles(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Change classes and inline styles of nodes, or of the block itself (`#wrapper`).

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.
        TypeProblem: raised by `blockhtml.update_styles`.

    """
    _change(work, page, block_id, blockhtml.update_styles, (data,), count=len(data), access="V")


def update_attrs(work: Work, page: PageView, block_id: int, data: Mapping[str, Any]) -> None:
    """Change attributes that the manifest lists, also of the element around the block (`#block<id>`).

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.

    """
    block = get_draft(work, page, block_id, access="V")
    manifest = _manifest(work, block.code)
    weight = _weight(block.content, (data,), len(data))
    content, wrapper = work.outside(weight, _with_attrs, block.content, manifest, data, block.id)
    save(work, page, block, content=content, wrapper=_encoded({**wrapper_of(block), **wrapper}))


def update_content(work: Work, page: PageView, block_id: int, content: str, *, designed: bool) -> bool:
    """Replace the HTML of a block after cleaning it.

    With `designed`, mark the block as changed in the designer; return False and change nothing if the manifest has no
    node for the designer.

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.

    """
    block = get_draft(work, page, block_id, access="W")
    if designed and not _can_be_designed(_manifest(work, block.code)):
        return False
    cleaned = work.outside(len(content), blockhtml.clean_html, content)
    save(work, page, block, content=cleaned, designed=designed or block.designed)
    return True


def change_anchor(work: Work, page: PageView, block_id: int, anchor: str) -> None:
    """Change the anchor of a block. An empty one resets it to `b<ID>`.

    Raises:
        BlockNotFound, AccessDenied: raised by `get_draft`.
        BadAnchor: the anchor is invalid.

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
    """Return the attributes of the element around a block."""
    return msgspec.json.decode(block.wrapper, type=dict[str, str]) if block.wrapper else {}


def save(work: Work, page: PageView, block: Block, **values: Unpack[BlockChanges]) -> None:
    """Store values of a draft block if any of them changes."""
    if all(getattr(block, name) == value for name, value in values.items()):
        return
    rows.update(work.tx, work.portal_id, block.id, stamp(work), **values)
    touch_page(work, page.id)


def touch_page(work: Work, page_id: int) -> None:
    """Mark a page as modified."""
    page_rows.update(work.tx, work.portal_id, page_id, stamp(work))


def _change(
    work: Work,
    page: PageView,
    block_id: int,
    change: Callable[..., str],
    args: tuple[Any, ...],
    *,
    count: int = 1,
    access: str = "W",
) -> None:
    """Change the HTML of a block by a pure function of HTML, manifest and `args` that parses it `count` times."""
    block = get_draft(work, page, block_id, access=access)
    manifest = _manifest(work, block.code)
    weight = _weight(block.content, args, count)
    save(work, page, block, content=work.outside(weight, _changed, change, block.content, manifest, args))


def _weight(content: str, args: tuple[Any, ...], count: int) -> int:
    """Return about how many characters a change makes the parsers read.

    Raises:
        TypeProblem: the new texts alone are larger than a block may be.

    """
    size = blockhtml.text_size(args)
    if size > blockhtml.MOST_BYTES:
        raise TypeProblem(f"The changes have {size} characters; a block may have {blockhtml.MOST_BYTES} bytes.")
    return (len(content) + size) * max(count, 1)


def _changed(change: Callable[..., str], content: str, manifest: Mapping[str, Any], args: tuple[Any, ...]) -> str:
    new = change(content, manifest, *args)
    return new if new == content else blockhtml.checked(new)


def _with_nodes(content: str, manifest: Mapping[str, Any], data: Mapping[str, Any], hosts: tuple[str, ...]) -> str:
    return blockhtml.update_nodes(content, manifest, data, own_hosts=hosts)


def _with_cards(content: str, manifest: Mapping[str, Any], data: Mapping[str, Any], hosts: tuple[str, ...]) -> str:
    return blockhtml.update_cards(content, manifest, data, own_hosts=hosts)


def _with_attrs(
    content: str, manifest: Mapping[str, Any], data: Mapping[str, Any], block_id: int
) -> tuple[str, dict[str, str]]:
    new, wrapper = blockhtml.update_attrs(content, manifest, data, block_id=block_id)
    return new if new == content else blockhtml.checked(new), wrapper


def _card_changes(data: Mapping[str, Any]) -> int:
    """Return the number of cards and values in the changes of cards."""
    given = [change.get(name) for change in data.values() if isinstance(change, Mapping) for name in _CARD_MEMBERS]
    lists = [list(value.values()) if isinstance(value, Mapping) else value for value in given]
    members = [member for value in lists if isinstance(value, list) for member in value]
    return sum(len(member) if isinstance(member, Mapping) else 1 for member in members)


def _manifest(work: Work, code: str) -> Mapping[str, Any]:
    design = design_of(work, code)
    return design.manifest if design is not None else {}


def _can_be_designed(manifest: Mapping[str, Any]) -> bool:
    entries = blockhtml.section(manifest, "nodes").values()
    return any(isinstance(node, Mapping) and node.get("useInDesigner") is not False for node in entries)


def _encoded(attributes: Mapping[str, str]) -> str:
    return msgspec.json.encode(attributes).decode() if attributes else ""


def _own_hosts(work: Work, page: PageView) -> tuple[str, ...]:
    """Return the hosts of this server that pictures may be loaded from without https."""
    if work.services.urls.scheme == "https":
        return ()
    return (page.host, site_rows.portal_host(work.tx, work.portal_id))
