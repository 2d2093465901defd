"""The element that the server puts around the HTML of a block."""

import re
from collections.abc import Mapping

from landingpad.blockhtml.clean import safe_attribute
from landingpad.blockhtml.source import with_attributes

_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]+")


def is_valid_anchor(text: str) -> bool:
    """Return whether a text is a valid anchor of a block (landing-block-change-anchor.md)."""
    return _ANCHOR.fullmatch(text) is not None


def default_anchor(block_id: int) -> str:
    """Return the default anchor of a block."""
    return f"b{block_id}"


def wrap(
    content: str,
    *,
    block_id: int,
    anchor: str | None,
    code: str,
    edit_mode: bool,
    attributes: Mapping[str, str] | None = None,
) -> str:
    """Return the HTML of a block inside its wrapper.

    The id of the wrapper is the block's number in edit mode, its anchor on the page. `attributes` are additional ones,
    set by landing.block.updateattrs.
    """
    own: dict[str, str] = {"id": f"block{block_id}", "data-id": str(block_id)} if edit_mode else {}
    if not edit_mode:
        own["id"] = anchor or default_anchor(block_id)
    own["class"] = f"block-wrapper block-{re.sub(r'[^A-Za-z0-9-]', '-', code)}"
    given = {name: value for name, value in (attributes or {}).items() if name not in own}
    safe = {name: safe_attribute("div", name, value) for name, value in given.items()}
    return f"{with_attributes('<div>', {**own, **safe})}{content}</div>"
