"""Which elements a key of a change means: `.title@1` is the second one that `.title` matches."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from landingpad.blockhtml.document import Document, Element


class Place(NamedTuple):
    """A selector of a manifest, and a position among its matches; None where the caller gave no position."""

    selector: str
    position: int | None


def parse_place(key: str) -> Place:
    """Read `selector@N`. What is no number counts as 0 (landing-block-remove-card.md)."""
    selector, at, position = key.strip().rpartition("@")
    if not at:
        return Place(position, None)
    return Place(selector.strip(), int(position) if position.strip().isdecimal() else 0)


def first_or_nth(document: Document, place: Place) -> list[Element]:
    """Return the element at a place, without position the first; none if there is no such element."""
    return document.select(place.selector, place.position or 0)


def all_or_nth(document: Document, place: Place) -> list[Element]:
    """Return the element at a place, without position all matches."""
    return document.select(place.selector, place.position)


def section(manifest: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """Return a part of a manifest by its path; manifests write an empty or missing one as a list, or not at all."""
    value: Any = manifest
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
