"""Attributes that authors may set according to the manifest (attributes.md, landing-block-update-attrs.md)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from landingpad.blockhtml.clean import safe_attribute
from landingpad.blockhtml.document import Document, apply
from landingpad.blockhtml.selection import all_or_nth, parse_selection, section
from landingpad.blockhtml.values import attribute_edit, attribute_text

_WRAPPER = "#wrapper"


def update_attrs(
    content: str, manifest: Mapping[str, Any], data: Mapping[str, Any], *, block_id: int
) -> tuple[str, dict[str, str]]:
    """Return the HTML of a block with attributes changed, and the new attributes of its wrapper (for `wrap`).

    `data` maps `selector` (all matches) or `selector@N` (from 0) to `{attribute: value}`; `#block<id>` is the wrapper.
    Attributes that `attrs`, `style.nodes`, `style.block` or `cards` of the manifest do not list are ignored, as are
    values that could run code. Objects and lists become JSON.
    """
    allowed = allowed_attributes(manifest)
    wrapper: dict[str, str] = {}
    for key, values in data.items():
        if not isinstance(values, Mapping):
            continue
        selection = parse_selection(key)
        if selection.selector == f"#block{block_id}":
            wrapper |= _safe("div", allowed[_WRAPPER], values)
            continue
        document = Document(content)
        edits = [
            attribute_edit(document, element, _safe(element.name, allowed[selection.selector], values))
            for element in (all_or_nth(document, selection) if selection.selector in allowed else [])
        ]
        content = apply(content, edits)
    return content, wrapper


def allowed_attributes(manifest: Mapping[str, Any]) -> defaultdict[str, set[str]]:
    """Return the attributes that may be set, by selector; those of the wrapper under `#wrapper`."""
    allowed: defaultdict[str, set[str]] = defaultdict(set)
    sources = [
        *section(manifest, "attrs").items(),
        *((selector, _additional(entry)) for selector, entry in section(manifest, "cards").items()),
        *((selector, _additional(entry)) for selector, entry in section(manifest, "style", "nodes").items()),
        (_WRAPPER, _additional(section(manifest, "style", "block"))),
    ]
    for selector, declared in sources:
        for attribute in _flat(declared):
            allowed[str(attribute.get("selector") or selector)].add(str(attribute["attribute"]).lower())
    return allowed


def _additional(entry: Any) -> Any:
    """Return the `additional` member of a manifest entry: a group, or a list of groups and attributes."""
    return entry.get("additional") if isinstance(entry, Mapping) else None


def _flat(declared: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the attributes of a declaration: a single one, a list, or groups with a member `attrs`."""
    if isinstance(declared, list):
        for member in declared:
            yield from _flat(member)
    elif isinstance(declared, Mapping):
        if declared.get("attribute"):
            yield declared
        yield from _flat(declared.get("attrs"))


def _safe(tag: str, allowed: set[str], values: Mapping[str, Any]) -> dict[str, str]:
    wanted = {name.lower(): attribute_text(value) for name, value in values.items() if name.lower() in allowed}
    safe = {name: safe_attribute(tag, name, value) for name, value in wanted.items()}
    return {name: value for name, value in safe.items() if value is not None}
