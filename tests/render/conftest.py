"""Photographers for the tests of pictures."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landingpad.render.browser import find_chromium
from landingpad.render.photographer import OwnFetch, Photographer
from landingpad.settings import Settings

Make = Callable[..., Photographer]


@pytest.fixture
def make() -> Iterator[Make]:
    """Make photographers, closed after the test. Without Chromium the test fails with its text; it never skips."""
    find_chromium("")
    made: list[Photographer] = []

    def build(own: OwnFetch, *, options: dict[str, Any] | None = None, **settings: Any) -> Photographer:
        made.append(Photographer(Settings(**settings), own, **(options or {})))
        return made[-1]

    yield build
    for photographer in made:
        photographer.close()
