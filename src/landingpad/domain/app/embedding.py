"""Placements of applications in the page editor (landing/embedding/*.md)."""

import re
from urllib.parse import urlsplit

from landingpad.domain.work import Work
from landingpad.errors import ArgumentProblem, PlacementDoesNotExist
from landingpad.store.app import embedding as rows

_PLACES = re.compile(r"LANDING_SETTINGS|LANDING_BLOCK_(?:\*|[A-Z0-9_.-]+)")
"""Placements: the settings of a page, one kind of block, or every block. Compared in upper case."""


def bind(work: Work, app_id: int, place: str, handler: str, *, title: str) -> None:
    """Bind an application to a placement.

    Raises:
        PlacementDoesNotExist: the placement is unknown.
        ArgumentProblem: the handler is not a web address.

    """
    if not _PLACES.fullmatch(place.upper()):
        raise PlacementDoesNotExist(
            f"There is no embedding placement {place[:100]!r}. Use LANDING_SETTINGS, LANDING_BLOCK_<CODE> or "
            "LANDING_BLOCK_*."
        )
    if urlsplit(handler).scheme not in {"http", "https"} or not urlsplit(handler).netloc:
        raise ArgumentProblem("PLACEMENT_HANDLER")
    rows.put(work.tx, work.portal_id, app_id, place.upper(), handler, title=title, now_ms=work.now_ms)


def unbind(work: Work, app_id: int, place: str, handler: str | None) -> None:
    """Unbind one handler of an application from a placement, or with None all of them.

    Raises:
        PlacementDoesNotExist: nothing was bound.

    """
    if not rows.remove(work.tx, work.portal_id, app_id, place.upper(), handler):
        raise PlacementDoesNotExist
