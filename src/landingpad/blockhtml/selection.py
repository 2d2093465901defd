"""Keys of changes and the elements they select: `.title@1` is the second match of `.title`."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from landingpad.blockhtml.document import Document, Element

_NUMBER = re.compile(r"[0-9]{1,18}")


class Selection(NamedTuple):
    """A selector of the manifest and a position among its matches, None if the key has none."""

    selector: str
    position: int | None


def parse_selection(key: str) -> Selection:
    """Parse `selector@N`; a position that is not a number counts as 0 (landing-block-remove-card.md)."""
    selector, at, position = key.strip().rpartition("@")
    if not at:
        return Selection(position, None)
    return Selection(selector.strip(), int(position) if _NUMBER.fullmatch(position.strip()) else 0)


def first_or_nth(document: Document, selection: Selection) -> list[Element]:
    """Return the element at the position, by default the first match, or [] if there is no such element."""
    return document.select(selection.selector, selection.position or 0)


def all_or_nth(document: Document, selection: Selection) -> list[Element]:
    """Return the element at the position, or all matches without a position."""
    return document.select(selection.selector, selection.position)


def section(manifest: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return a section of a manifest by its path, or {} if it is missing or a list, as PHP encodes empty objects."""
    value: Any = manifest
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
