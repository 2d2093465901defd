"""Moving a block to a new design while keeping what people wrote into it (landing.repo.register)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from landingpad.blockhtml.cards import update_cards
from landingpad.blockhtml.document import Document, Element, apply
from landingpad.blockhtml.selection import section
from landingpad.blockhtml.values import attribute_edit, set_content

_PICTURE = ("src", "srcset", "alt", "data-fileid", "data-fileid2x", "data-src", "data-src2x", "data-srcset", "style")
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "embed": ("src", "data-src", "data-source", "data-preview"),
    "icon": ("class",),
    "img": _PICTURE,
    "link": ("href", "target", "data-embed", "data-url"),
    "map": ("data-map",),
    "styleimg": _PICTURE,
    "text": (),
}
"""Attributes that hold the value of a node, by node type."""
_MOST_PARSED = 16 * 1024 * 1024
"""Characters that one block may make the parser read."""
_WITH_CONTENT = frozenset({"link", "text"})


class Design(NamedTuple):
    """HTML and manifest from which blocks are made."""

    content: str
    manifest: Mapping[str, Any]


def renew(content: str, old: Design, new: Design) -> str:
    """Return a block of the design `old` converted to the design `new`.

    Changed nodes keep their values if the new design has them too; all other nodes and the markup come from the new
    design. The number of cards is kept where people added or removed some. A block with very many changed nodes stays
    as it is, because each of them takes as long as the block is large.
    """
    renewed = _with_cards(content, old, new)
    left = _MOST_PARSED // max(len(content), len(renewed), 1)
    before, default = Document(content), Document(old.content)
    for selector, node in section(new.manifest, "nodes").items():
        kind = _kind(node)
        if kind not in _ATTRIBUTES or _kind(section(old.manifest, "nodes").get(selector)) != kind:
            continue
        defaults = default.select(selector)
        for position, element in enumerate(before.select(selector)):
            untouched = position < len(defaults) and _value(before, element, kind) == _value(
                default, defaults[position], kind
            )
            if not untouched and left == 0:
                return content
            if not untouched:
                left -= 1
                renewed = _carried(renewed, selector, position, _value(before, element, kind))
    return renewed


class _Value(NamedTuple):
    attributes: dict[str, str | None]
    content: str | None


def _kind(node: Any) -> str:
    return str(node.get("type", "text")) if isinstance(node, Mapping) else ""


def _value(document: Document, element: Element, kind: str) -> _Value:
    inner = document.source[element.inner : element.inner_end] if kind in _WITH_CONTENT else None
    return _Value({name: element.attributes.get(name) for name in _ATTRIBUTES[kind]}, inner)


def _carried(content: str, selector: str, position: int, value: _Value) -> str:
    document = Document(content)
    found = document.select(selector)[position : position + 1]
    if not found:
        return content
    content = apply(content, [attribute_edit(document, found[0], value.attributes)])
    return content if value.content is None else set_content(content, found[0].number, value.content)


def _with_cards(content: str, old: Design, new: Design) -> str:
    """Return the new HTML, with the block's number of cards where people added or removed some."""
    renewed = new.content
    for selector in section(new.manifest, "cards"):
        wanted, came_with, present = (
            len(Document(source).select(selector)) for source in (content, old.content, renewed)
        )
        if selector in section(old.manifest, "cards") and wanted != came_with and wanted and present:
            source = [{"type": "card", "value": min(position, present - 1)} for position in range(wanted)]
            renewed = update_cards(renewed, new.manifest, {selector: {"source": source}})
    return renewed
