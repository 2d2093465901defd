"""Data of the demo site, which is sent through the API."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec


class DemoBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A block of the standard library with its own texts and pictures."""

    code: str
    nodes: dict[str, Any] = {}
    """`data` of landing.block.updatenodes: "selector@N" to a text, a picture or a link. Links name pages of the site
    by path ("/about/") and blocks of the same page by anchor ("#map")."""
    anchor: str | None = None

    def data(self, addresses: Mapping[str, str]) -> dict[str, Any]:
        """Return the nodes with paths and anchors replaced, such as "/about/" by "#landing12", "#map" by "#block34".

        Links by id stay valid wherever the site is published, even below a path.
        """
        return {selector: _linked(value, addresses) for selector, value in self.nodes.items()}


class DemoPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page with its fields for landing.landing.add and its blocks from top to bottom."""

    fields: dict[str, Any]
    additional_fields: dict[str, str]
    blocks: tuple[DemoBlock, ...]
    is_index: bool = False

    @property
    def path(self) -> str:
        """Path of the page in links of the site, such as "/" or "/about/"."""
        return "/" if self.is_index else f"/{self.fields['CODE']}/"


class DemoSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site with its fields for landing.site.add and its pages; exactly one is the index page."""

    fields: dict[str, Any]
    additional_fields: dict[str, str]
    pages: tuple[DemoPage, ...]

    @property
    def index(self) -> DemoPage:
        """The index page."""
        return next(page for page in self.pages if page.is_index)


def each(selector: str, values: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the values for the first, second, ... match of a selector."""
    for number, value in enumerate(values):
        yield f"{selector}@{number}", value


def _linked(value: Any, addresses: Mapping[str, str]) -> Any:
    if not isinstance(value, dict) or value.get("href") not in addresses:
        return value
    return value | {"href": addresses[value["href"]]}
