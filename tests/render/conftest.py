"""Fixtures with photographers for the tests of pictures."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landingpad.render.browser import find_chromium
from landingpad.render.photographer import OwnAnswer, OwnFetch, Photographer, Picture, Viewport
from landingpad.settings import Settings
from render.helpers import HOME, Pages

Make = Callable[..., Photographer]


class Room:
    """A photographer shared by many tests, each with its own pages."""

    def __init__(self, **settings: Any) -> None:
        self.pages = Pages()
        self.photographer = Photographer(Settings(**settings), self._own)

    def _own(self, method: str, url: str) -> OwnAnswer | None:
        return self.pages(method, url)

    def take(self, pages: Pages, url: str = HOME, viewport: Viewport | None = None) -> Picture:
        """Take a picture of one of the pages."""
        self.pages = pages
        return self.photographer.photograph(url, viewport or Viewport())


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """One browser for all tests of a file. Without Chromium they fail with the error text; they are never skipped."""
    find_chromium("")
    opened = Room(preview_timeout=20.0)
    yield opened
    opened.photographer.close()


@pytest.fixture
def make() -> Iterator[Make]:
    """Factory of photographers, closed after the test. Without Chromium the test fails; it is never skipped."""
    find_chromium("")
    made: list[Photographer] = []

    def build(own: OwnFetch, *, options: dict[str, Any] | None = None, **settings: Any) -> Photographer:
        made.append(Photographer(Settings(**settings), own, **(options or {})))
        return made[-1]

    yield build
    for photographer in made:
        photographer.close()
