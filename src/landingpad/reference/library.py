"""The reference: every page, found by name, by a near miss, or by a search."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib.resources import files

from landingpad.reference.articles import articles, events
from landingpad.reference.doc_page import Kind, Page
from landingpad.reference.examples import examples
from landingpad.reference.methods import Recorded, method_page
from landingpad.reference.search import Found, Search
from landingpad.rpc.declare import Registry

RECORDED_FILE = "recorded.json"


def read_recorded() -> Recorded:
    """Return the recorded answers that came with this release."""
    return Recorded(json.loads(files(__package__).joinpath(RECORDED_FILE).read_text("utf-8")))


class Library:
    """All pages about one set of methods."""

    def __init__(self, registry: Registry, recorded: Recorded) -> None:
        self.registry = registry
        self.recorded = recorded
        self._by_lower_key = {page.key.lower(): page for page in self.pages}

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every page: articles first, then methods and events."""
        known = examples()
        methods = (method_page(method, known.get(method.name), self.recorded) for method in self.registry)
        return (*articles(self.registry), *methods, *events())

    @cached_property
    def search(self) -> Search:
        """The index; built when it is first asked."""
        return Search(self.pages)

    def page(self, key: str) -> Page | None:
        """Return a page by its key in any case, or None."""
        return self._by_lower_key.get(key.strip().strip("/").lower())

    def of_kind(self, *kinds: Kind) -> list[Page]:
        """Return the pages of some kinds."""
        return [page for page in self.pages if page.kind in kinds]

    def near(self, wanted: str, *kinds: Kind) -> list[str]:
        """Return the keys that look most like a name that does not exist."""
        return nearest(wanted, [page.key for page in self.of_kind(*(kinds or tuple(Kind)))])

    def by_title(self, hint: str, *kinds: Kind, most: int = 1) -> list[Found]:
        """Return the pages that a title or a hint means: the one of that key or title, else the best of a search."""
        wanted = hint.strip().lower()
        exact = self._by_lower_key.get(wanted) or self._by_lower_key.get(f"events/{wanted}")
        named = [exact] if exact else [page for page in self.pages if page.title.lower() == wanted]
        named = [page for page in named if page.kind in kinds]
        if named:
            return [Found(page, 0.0) for page in named[:most]]
        return self.search.find(hint, kinds=kinds, most=most)


def nearest(wanted: str, names: Iterable[str], most: int = 5) -> list[str]:
    """Return the names that are spelt most like `wanted`, in any case; those that contain it come first."""
    by_lower: Mapping[str, str] = {name.lower(): name for name in names}
    low = wanted.strip().lower()
    last = low.rpartition(".")[2]
    containing = [name for lower, name in by_lower.items() if len(last) > 2 and lower.endswith(f".{last}")]  # noqa: PLR2004  # shorter ones say nothing
    close = [by_lower[name] for name in get_close_matches(low, by_lower, n=most, cutoff=0.6)]
    return list(dict.fromkeys([*close, *containing]))[:most]
