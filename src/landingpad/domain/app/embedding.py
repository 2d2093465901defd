"""Placements of applications in the page editor (landing/embedding/*.md)."""

import re
from urllib.parse import urlsplit

from landingpad.domain.app import origins
from landingpad.domain.work import Work
from landingpad.errors.block import PlacementDoesNotExist
from landingpad.errors.calls import AccessDenied, ArgumentProblem
from landingpad.store.app import embedding as rows
from landingpad.store.records import Application

_PLACES = re.compile(r"LANDING_SETTINGS|LANDING_BLOCK_(?:\*|[A-Z0-9_.-]+)")
"""Placements: the settings of a page, one kind of block, or every block. Compared in upper case."""


def bind(work: Work, app: Application, place: str, handler: str, *, title: str) -> None:
    """Bind an application to a placement.

    Raises:
        PlacementDoesNotExist: the placement is unknown.
        ArgumentProblem: the handler is not a web address.
        AccessDenied: only an administrator may bind an address outside the origins of the application.

    """
    if not _PLACES.fullmatch(place.upper()):
        raise PlacementDoesNotExist(
            f"There is no embedding placement {place[:100]!r}. Use LANDING_SETTINGS, LANDING_BLOCK_<CODE> or "
            "LANDING_BLOCK_*."
        )
    try:
        is_web = origins.origin_of(handler).startswith(("http://", "https://")) and bool(urlsplit(handler).hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise ArgumentProblem("PLACEMENT_HANDLER")
    if not origins.may_entrust(work.tx, work.user, app, handler):
        raise AccessDenied(origins.refusal(handler))
    is_entrusted = work.user.is_admin
    rows.put(
        work.tx,
        work.portal_id,
        app.id,
        place.upper(),
        handler,
        title=title,
        is_entrusted=is_entrusted,
        now_ms=work.now_ms,
    )


def unbind(work: Work, app_id: int, place: str, handler: str | None) -> None:
    """Unbind one handler of an application from a placement, or with None all of them.

    Raises:
        PlacementDoesNotExist: nothing was bound.

    """
    if not rows.remove(work.tx, work.portal_id, app_id, place.upper(), handler):
        raise PlacementDoesNotExist
