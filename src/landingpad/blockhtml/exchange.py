"""Blocks in exports: the changes to their design, by selector (landing-site-full-export.md)."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from landingpad.blockhtml.attrs import allowed_attributes, update_attrs
from landingpad.blockhtml.cards import update_cards
from landingpad.blockhtml.clean import clean_html
from landingpad.blockhtml.document import Document, Element
from landingpad.blockhtml.selection import section
from landingpad.blockhtml.styles import update_styles
from landingpad.blockhtml.values import set_node
from landingpad.errors import ApiError


def take_apart(content: str, design: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cards, nodes, styles and attributes of a block, without empty parts.

    If these do not reproduce the HTML exactly, `content` holds it as well.
    """
    document, default = Document(content), Document(design)
    parts: dict[str, Any] = {
        "cards": _cards(document, default, manifest),
        "nodes": {
            selector: [_value(document, element, str(node.get("type", "text"))) for element in found]
            for selector, node in section(manifest, "nodes").items()
            if isinstance(node, Mapping) and (found := document.select(selector))
        },
        "style": {
            selector: [_style(element) for element in found]
            for selector in section(manifest, "style", "nodes")
            if (found := document.select(selector))
        },
        "attrs": {
            selector: [{name: element.attributes[name] for name in sorted(names) if name in element.attributes}]
            for selector, names in allowed_attributes(manifest).items()
            for element in document.select(selector)[:1]
            if any(name in element.attributes for name in names)
        },
    }
    parts = {name: part for name, part in parts.items() if part}
    if put_together(design, manifest, parts) != content:
        parts["content"] = content
    return parts


def put_together(
    design: str, manifest: Mapping[str, Any], parts: Mapping[str, Any], *, own_hosts: Collection[str] = ()
) -> str:
    """Return the cleaned HTML of a block: its design with the exported parts; parts that do not fit are ignored."""
    given = parts.get("content")
    if isinstance(given, str) and given.strip():
        return clean_html(given)
    content = design
    with suppress(ApiError):
        content = update_cards(content, manifest, _mapping(parts.get("cards")), own_hosts=own_hosts)
    for selector, values in _mapping(parts.get("nodes")).items():
        kind = str(_mapping(section(manifest, "nodes").get(selector)).get("type", "text"))
        for position, value in enumerate(_listed(values)):
            now = Document(content)
            found = now.select(selector)[position : position + 1]
            if found and _value(now, found[0], kind) != value:  # an unchanged node keeps its bytes
                with suppress(ApiError):
                    content = set_node(content, manifest, f"{selector}@{position}", value, own_hosts=own_hosts)
    for selector, values in _mapping(parts.get("style")).items():
        for position, value in enumerate(_listed(values)):
            with suppress(ApiError):
                content = update_styles(content, manifest, {f"{selector}@{position}": value})
    for selector, values in _mapping(parts.get("attrs")).items():
        for position, value in enumerate(_listed(values)):
            content, _ = update_attrs(content, manifest, {f"{selector}@{position}": value}, block_id=0)
    return content


def _cards(document: Document, default: Document, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the list of cards for each selector whose number differs from the design."""
    found = {}
    for selector in section(manifest, "cards"):
        count, came_with = len(document.select(selector)), len(default.select(selector))
        if count and came_with and count != came_with:
            source = [{"type": "card", "value": min(position, came_with - 1)} for position in range(count)]
            found[selector] = {"source": source}
    return found


def _value(document: Document, element: Element, kind: str) -> Any:
    """Return the value of a node in the form that `update_nodes` takes."""
    attributes = element.attributes
    inner = document.source[element.inner : element.inner_end]
    match kind:
        case "link":
            value = {"text": inner, "href": attributes.get("href", ""), "target": attributes.get("target", "")}
            extra = {name: attributes[name] for name in ("data-embed", "data-url") if name in attributes}
            return {name: text for name, text in value.items() if text or name == "text"} | (
                {"attrs": extra} if extra else {}
            )
        case "img" | "styleimg":
            names = {"src": "src", "alt": "alt", "data-fileid": "id", "data-fileid2x": "id2x"}
            return {wire: attributes[name] for name, wire in names.items() if attributes.get(name)}
        case "icon":
            return {"classList": attributes.get("class", "").split()}
        case "embed":
            source = attributes.get("src") or attributes.get("data-src", "")
            value = {"src": source, "source": attributes.get("data-source", "")}
            return {name: text for name, text in value.items() if text}
        case "map":
            return attributes.get("data-map", "{}")
    return inner


def _style(element: Element) -> Any:
    classes, style = element.attributes.get("class", ""), element.attributes.get("style", "")
    if not style:
        return classes
    pairs = (declaration.partition(":") for declaration in style.split(";") if ":" in declaration)
    return {"classList": classes.split(), "style": {name.strip(): value.strip() for name, _, value in pairs}}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Mapping):  # PHP encodes lists with gaps as objects
        return list(value.values())
    return value if isinstance(value, list) else [value]
