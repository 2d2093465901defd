"""What a ready-made site is made of: plain data that is sent through the API like anybody's."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec


class DemoBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A block of the standard library with its own texts and pictures."""

    code: str
    nodes: dict[str, Any] = {}
    """As `data` of landing.block.updatenodes: "selector@N" to a text, a picture or a link; links to other pages of the
    site are paths such as "/about/"."""
    anchor: str | None = None
    """For landing.block.changeAnchor."""

    def data(self, page_ids: Mapping[str, int]) -> dict[str, Any]:
        """Return the nodes with each link to a page of `page_ids` (path to page id) in the form "#landing12".

        Such a link is right wherever the site is published, also below a path.
        """
        return {selector: _linked(value, page_ids) for selector, value in self.nodes.items()}


class DemoPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page with its fields for landing.landing.add and its blocks from top to bottom."""

    fields: dict[str, Any]
    additional_fields: dict[str, str]
    blocks: tuple[DemoBlock, ...]
    is_index: bool = False

    @property
    def path(self) -> str:
        """Where the page is on its site, as links name it: "/" or "/about/"."""
        return "/" if self.is_index else f"/{self.fields['CODE']}/"


class DemoSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site with its fields for landing.site.add and its pages, of which exactly one is the index."""

    fields: dict[str, Any]
    additional_fields: dict[str, str]
    pages: tuple[DemoPage, ...]

    @property
    def index(self) -> DemoPage:
        """The page that visitors see first."""
        return next(page for page in self.pages if page.is_index)


def each(selector: str, values: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the values for the first, second ... match of a selector."""
    for number, value in enumerate(values):
        yield f"{selector}@{number}", value


def _linked(value: Any, page_ids: Mapping[str, int]) -> Any:
    if not isinstance(value, dict) or value.get("href") not in page_ids:
        return value
    return value | {"href": f"#landing{page_ids[value['href']]}"}
