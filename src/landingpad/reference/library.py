"""The reference: all pages, found by name, by a similar name, or by search."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib.resources import files

from landingpad.reference.articles import articles, events
from landingpad.reference.doc_page import DocPage, PageKind
from landingpad.reference.examples import examples
from landingpad.reference.methods import Recorded, method_page
from landingpad.reference.search import Search, SearchHit
from landingpad.rpc.declare import Registry

RECORDED_FILE = "recorded.json"


def read_recorded() -> Recorded:
    """Return the recorded answers shipped with this release."""
    return Recorded(json.loads(files(__package__).joinpath(RECORDED_FILE).read_text("utf-8")))


class Library:
    """All pages about the methods of one registry."""

    def __init__(self, registry: Registry, recorded: Recorded) -> None:
        self.registry = registry
        self.recorded = recorded
        self._by_lower_key = {page.key.lower(): page for page in self.pages}

    @cached_property
    def pages(self) -> tuple[DocPage, ...]:
        """All pages: articles, then methods, then events."""
        known = examples()
        methods = (method_page(method, known.get(method.name), self.recorded) for method in self.registry)
        return (*articles(self.registry), *methods, *events())

    @cached_property
    def search(self) -> Search:
        """The search index, built on first use."""
        return Search(self.pages)

    def page(self, key: str) -> DocPage | None:
        """Return the page with this key, case-insensitively, or None."""
        return self._by_lower_key.get(key.strip().strip("/").lower())

    def of_kind(self, *kinds: PageKind) -> list[DocPage]:
        """Return the pages of these kinds."""
        return [page for page in self.pages if page.kind in kinds]

    def near(self, wanted: str, *kinds: PageKind) -> list[str]:
        """Return the keys most similar to an unknown name."""
        return nearest(wanted, [page.key for page in self.of_kind(*(kinds or tuple(PageKind)))])

    def by_title(self, hint: str, *kinds: PageKind, most: int = 1) -> list[SearchHit]:
        """Return the pages with this key or title, or else the best search results."""
        wanted = hint.strip().lower()
        exact = self._by_lower_key.get(wanted) or self._by_lower_key.get(f"events/{wanted}")
        named = [exact] if exact else [page for page in self.pages if page.title.lower() == wanted]
        named = [page for page in named if page.kind in kinds]
        if named:
            return [SearchHit(page, 0.0) for page in named[:most]]
        return self.search.find(hint, kinds=kinds, most=most)


def nearest(wanted: str, names: Iterable[str], most: int = 5) -> list[str]:
    """Return the names most similar to `wanted`, then those with the same last part, case-insensitively."""
    by_lower: Mapping[str, str] = {name.lower(): name for name in names}
    low = wanted.strip().lower()
    last = low.rpartition(".")[2]
    containing = [name for lower, name in by_lower.items() if len(last) > 2 and lower.endswith(f".{last}")]  # noqa: PLR2004  # shorter parts match too much
    close = [by_lower[name] for name in get_close_matches(low, by_lower, n=most, cutoff=0.6)]
    return list(dict.fromkeys([*close, *containing]))[:most]
