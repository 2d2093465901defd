"""Menus on pages: add a link to a new page."""

from collections.abc import Mapping
from typing import Any

from landingpad import blockhtml
from landingpad.blockhtml.document import Document
from landingpad.blocks.library import BlockDesign
from landingpad.domain.block import blocks
from landingpad.domain.work import Work
from landingpad.errors.calls import AccessDenied
from landingpad.store.block import blocks as block_rows
from landingpad.store.page import pages as page_rows
from landingpad.store.page.pages import PageView
from landingpad.store.records import Block, Site


def add_link(work: Work, page: PageView, block: Block, menu: str, page_id: int, title: str) -> bool:
    """Add a link to a page as the last item of a menu in a block of the draft of `page`.

    `menu` is the code of the menu in the block's manifest, or the selector of its items. Return False if the block has
    no such menu, or its access level forbids changes.
    """
    design = blocks.design_of(work, block.code)
    item = _item_selector(design, menu) if design else ""
    link = _link_selector(design.manifest, block.content, item) if design and item else ""
    if design is None or not link:
        return False
    value = {"text": title, "href": f"#landing{page_id}", "target": "_self"}
    weight = (len(block.content) + len(title)) * 3
    content = work.outside(weight, _with_link, block.content, design.manifest, item, link, value)
    try:
        blocks.require_access(block, "W")
    except AccessDenied:
        return False
    blocks.save(work, page, block, content=content)
    return True


def _with_link(content: str, manifest: Mapping[str, Any], item: str, link: str, value: Mapping[str, str]) -> str:
    count = len(Document(content).select(item))
    content = blockhtml.clone_card(content, manifest, f"{item}@{count - 1}")
    return blockhtml.checked(
        blockhtml.update_cards(content, manifest, {item: {"values": [{f"{link}@{count}": value}]}})
    )


def add_link_to_site(work: Work, site: Site, page_id: int, title: str) -> bool:
    """Add a link to a page to the first menu of the site's index page. Return False if there is no such menu."""
    page = page_rows.find_view(work.tx, work.portal_id, site.index_page_id) if site.index_page_id else None
    if page is None or page.id == page_id:
        return False
    draft = block_rows.of_page(work.tx, work.portal_id, page.id, public=False)
    return any(not block.deleted and add_link(work, page, block, "", page_id, title) for block in draft)


def _item_selector(design: BlockDesign, menu: str) -> str:
    """Return the selector of menu items: declared for the code, `menu` itself, or the only one containing "menu"."""
    cards = blockhtml.section(design.manifest, "cards")
    declared = blockhtml.section(design.manifest, "menu", menu).get("item") if menu else ""
    for selector in (declared, menu):
        if selector in cards:
            return str(selector)
    named = [selector for selector in cards if "menu" in selector]
    return named[0] if len(named) == 1 else ""


def _link_selector(manifest: Mapping[str, Any], content: str, item: str) -> str:
    """Return the selector of the links in the items of a menu, or ""."""
    document = Document(content)
    items = document.select(item)
    for selector, node in blockhtml.section(manifest, "nodes").items():
        if (
            items
            and isinstance(node, Mapping)
            and node.get("type") == "link"
            and document.descendants(items[-1], selector)
        ):
            return selector
    return ""
